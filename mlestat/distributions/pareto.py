r"""Pareto (type I) distribution.

Density :math:`f(x) = a\,m^a\,x^{-a-1}`, x ≥ m, with shape a and minimum m > 0, which is an end of the support.

- Moments: mean am/(a-1), variance m²a/((a-1)²(a-2)), skewness 2(a+1)/(a-3)·√((a-2)/a), each where it exists.
- With z = log(x/m): log-density :math:`\log(a/m) - (a+1)z`; score :math:`1/a - z` in a, :math:`a/m` in m, which is
  never 0.
- Information: 1/a² in a. The likelihood has an edge in m, so that there is no standard error for it; the squared score
  there has the mean a²/m².
- MLE: m̂ = the smallest value, 1/â = the mean of log(x/m̂).

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1, 2nd ed. (1994), ch. 20, MLE eq.
20.54. Derivation: docs/theory/families/pareto.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, log
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector, is_estimated
from mlestat.distributions.lomax import pareto_moments
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.tail_derivatives import log_complement, through
from mlestat.supports import Interval, Positive, Support


@dataclass(frozen=True)
class Pareto(Distribution):
    """Pareto distribution on x ≥ `minimum`.

    Parameters
    ----------
    shape : float, array, free or prior
        Shape, > 0: the probability of more than x is (minimum/x)^shape.
    minimum : float, array or free
        Smallest possible value, > 0, in units of x.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1 (1994), ch. 20.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.fit(mle.Pareto(), [1.0, 2.0, 4.0]).params["minimum"]
    1.0
    """

    shape: Parameter = parameter(Positive())
    minimum: Parameter = parameter(Positive(), unit="data")

    solver = "closed form (smallest value)"
    regular = False
    edges: ClassVar[tuple[str, ...]] = ("minimum",)

    @property
    def support(self) -> Support:  # type: ignore[override]
        """From the minimum on; all positive numbers while that is free."""
        return Positive() if is_estimated(self.minimum) else Interval(self.minimum, closed=True)

    def _terms(self, x: Array) -> Terms:
        return (log(x / self.minimum),)

    def _logpdf(self, t: Terms) -> Array:
        return log(self.shape / self.minimum) - (self.shape + 1.0) * t[0]

    def _score(self, t: Terms) -> Vector:
        return 1.0 / self.shape - t[0], 0.0 * t[0] + self.shape / self.minimum

    def _hessian(self, t: Terms) -> Matrix:
        a, m = self.shape, self.minimum
        return (-1.0 / (a * a), 1.0 / m), (1.0 / m, -a / m / m)

    def _dlogpdf(self, x: Array) -> Array:
        return -(self.shape + 1.0) / x

    def _d2logpdf(self, x: Array) -> Array:
        return (self.shape + 1.0) / x / x

    def _dscore(self, x: Array) -> Vector:
        return -1.0 / x, 0.0 * x

    def _fisher(self) -> Matrix:
        a, m = self.shape, self.minimum
        return (1.0 / (a * a), 0.0), (0.0, a * a / (m * m))

    def _hazard(self, x: Array) -> Array:
        near = x < 2.0 * self.minimum
        gap = np.where(near, (x - self.minimum) / self.minimum, 1.0)
        return self.shape * np.where(near, np.log1p(gap), np.log(x / self.minimum))

    def _cdf(self, x: Array) -> Array:
        return -np.expm1(-self._hazard(x))

    def _sf(self, x: Array) -> Array:
        return np.exp(-self._hazard(x))

    def _logsf(self, x: Array) -> Array:
        return -self._hazard(x)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        a, m = self.shape, self.minimum
        z = self._hazard(x) / a
        return (-z, a / m + 0.0 * z), ((0.0 * z, 1.0 / m + 0.0 * z), (1.0 / m + 0.0 * z, -a / m / m + 0.0 * z))

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        """Through log h = log a + log z."""
        a, m = self.shape, self.minimum
        h = self._hazard(x)
        z = h / a
        gradient = (1.0 / a + 0.0 * z, -1.0 / (m * z))
        corner = (z - 1.0) / (m * z) / (m * z)
        return through(*log_complement(h), gradient, ((-1.0 / (a * a) + 0.0 * z, 0.0 * z), (0.0 * z, corner)))

    def _ppf(self, q: Array) -> Array:
        return self.minimum * np.exp(-np.log1p(-q) / self.shape)

    def _isf(self, q: Array) -> Array:
        return self.minimum * np.exp(-np.log(q) / self.shape)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return self.minimum * np.exp(rng.standard_exponential(size) / self.shape)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        a, m = np.asarray(self.shape, dtype=float), self.minimum
        _, variance, skewness, kurtosis = pareto_moments(a)
        return np.where(a > 1.0, m * (a / (a - 1.0)), math.inf)[()], m * m * variance, skewness, kurtosis

    def _edges_at(self, low: float, high: float) -> Mapping[str, float]:
        return {"minimum": low} if self.minimum is free else {}

    def _direct(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float] | None:
        minimum = float(x[w > 0.0].min()) if is_estimated(self.minimum) else self.minimum
        if not is_estimated(self.shape):
            return {"minimum": minimum}
        level = float(np.average(self.with_values({"shape": 1.0, "minimum": minimum})._hazard(x), weights=w))
        return {"shape": 1.0 / level, "minimum": minimum} if level > 0.0 else None

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        at_c = is_estimated(self.minimum) or np.all(self.minimum == c)
        return {"shape": math.inf, "minimum": c} if self.shape is free and at_c else None
