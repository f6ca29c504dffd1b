r"""Lomax (Pareto type II) distribution.

Density :math:`f(x) = \frac{a}{s}\left(1+\frac{x}{s}\right)^{-a-1}`, x ≥ 0, with shape a and scale s.

- Moments: mean s/(a-1), variance s²a/((a-1)²(a-2)), skewness 2(a+1)/(a-3)·√((a-2)/a), each where it exists.
- With y = x/s, L = log(1+y), w = 1/(1+y) and b = 1 - w: score :math:`1/a - L` in a, :math:`(ab - w)/s` in s.
- Fisher information: :math:`\begin{pmatrix}1/a^2 & -1/(s(a+1))\\ -1/(s(a+1)) & a/(s^2(a+2))\end{pmatrix}`.
- Sufficient statistics: none of fixed dimension.
- MLE: Newton over the rows. Where the coefficient of variation is at most about 1 the likelihood rises for ever as
  a, s → ∞ with s/a fixed; the limit is the exponential.

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1, 2nd ed. (1994), ch. 20, p. 575;
Castillo, Hadi, "Fitting the generalized Pareto distribution to data", *JASA* 92 (1997) 1609-1620. Derivation:
docs/theory/families/lomax.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, log, log1p
from mlestat.distributions.base import Distribution, Matrix, Special, Terms, Vector, is_estimated
from mlestat.distributions.exponential import Exponential
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.tail_derivatives import log_complement, through
from mlestat.supports import NonNegative, Positive

START_SCALES = tuple(10.0**e for e in np.linspace(-4.0, 4.0, 33))
"""Scales, in units of a typical value, that are tried as a start; the best by profile likelihood is taken."""


@dataclass(frozen=True)
class Lomax(Distribution):
    """Lomax distribution: a Pareto distribution that starts at 0.

    Parameters
    ----------
    shape : float, array, free or prior
        Shape, > 0: the upper tail falls like x^-shape.
    scale : float, array, free or prior
        Scale, > 0, in units of x.

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
    >>> mle.fit(mle.Lomax(), [0.1, 0.3, 1.0, 2.0, 60.0]).verdict.kind
    'interior'
    """

    shape: Parameter = parameter(Positive())
    scale: Parameter = parameter(Positive(), unit="data")

    support = NonNegative()
    solver = "Newton over the rows"
    aliases: ClassVar[tuple[str, ...]] = ("pareto2",)
    affine_tail = True

    def _terms(self, x: Array) -> Terms:
        y, w, b = self._shares(x)
        return log1p(y), w, b, b * w, w * w

    def _shares(self, x: Array) -> tuple[Array, Array, Array]:
        y = x * (1.0 / self.scale)
        w = 1.0 / (1.0 + y)
        return y, w, y * w

    def _logpdf(self, t: Terms) -> Array:
        return log(self.shape / self.scale) - (self.shape + 1.0) * t[0]

    def _score(self, t: Terms) -> Vector:
        return 1.0 / self.shape - t[0], (self.shape * t[2] - t[1]) / self.scale

    def _hessian(self, t: Terms) -> Matrix:
        _, _, b, bw, ww = t
        a, s = self.shape, self.scale
        return (-1.0 / (a * a), b / s), (b / s, (ww - a * (b + bw)) / (s * s))

    def _dlogpdf(self, x: Array) -> Array:
        return -(self.shape + 1.0) * self._shares(x)[1] / self.scale

    def _d2logpdf(self, x: Array) -> Array:
        w = self._shares(x)[1]
        return (self.shape + 1.0) * w * w / self.scale / self.scale

    def _dscore(self, x: Array) -> Vector:
        w = self._shares(x)[1]
        return -w / self.scale, (self.shape + 1.0) * w * w / self.scale / self.scale

    def _fisher(self) -> Matrix:
        a, s = self.shape, self.scale
        cross = -1.0 / (s * (a + 1.0))
        return (1.0 / (a * a), cross), (cross, a / (s * s * (a + 2.0)))

    def _hazard(self, x: Array) -> Array:
        return self.shape * np.log1p(x / self.scale)

    def _cdf(self, x: Array) -> Array:
        return -np.expm1(-self._hazard(x))

    def _sf(self, x: Array) -> Array:
        return np.exp(-self._hazard(x))

    def _logsf(self, x: Array) -> Array:
        return -self._hazard(x)

    def _survival(self, t: Terms) -> tuple[Array, Vector, Matrix]:
        level, _, b, bw, _ = t
        a, s = self.shape, self.scale
        return -a * level, (-level, a * b / s), ((0.0 * b, b / s), (b / s, -a * (b + bw) / (s * s)))

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        """Through log h = log a + log L, where L = log(1+y)."""
        y, w, b = self._shares(x)
        a, s = self.shape, self.scale
        level = np.log1p(y)
        share = b / level
        bend = share * (w + (1.0 - share))
        gradient = (1.0 / a + 0.0 * y, -share / s)
        return through(
            *log_complement(a * level), gradient, ((-1.0 / (a * a) + 0.0 * y, 0.0 * y), (0.0 * y, bend / (s * s)))
        )

    def _ppf(self, q: Array) -> Array:
        return self.scale * np.expm1(-np.log1p(-q) / self.shape)

    def _isf(self, q: Array) -> Array:
        return self.scale * np.expm1(-np.log(q) / self.shape)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return self.scale * np.expm1(rng.standard_exponential(size) / self.shape)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        mean, variance, skewness, kurtosis = pareto_moments(np.asarray(self.shape, dtype=float))
        return self.scale * mean, self.scale * self.scale * variance, skewness, kurtosis

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        """The best of several scales, each with its own best shape; a peak, since zeros make a spike as s → 0."""
        fixed = {name: value for name, value in self.params.items() if not is_estimated(value)}
        typical = float(np.average(x, weights=w)) or 1.0
        tried = [self._profiled(factor * typical, fixed, x, w) for factor in START_SCALES]
        h = [height for height, _ in tried]
        peaks = [i for i in range(1, len(h) - 1) if h[i - 1] <= h[i] >= h[i + 1]]
        return max((tried[i] for i in peaks or range(len(h))), key=lambda pair: pair[0])[1]

    def _profiled(
        self, scale: float, fixed: Mapping[str, float], x: NDArray[np.float64], w: NDArray[np.float64]
    ) -> tuple[float, Mapping[str, float]]:
        """Mean log-density and parameters at a scale, with the best shape for it."""
        level = float(np.average(np.log1p(x / scale), weights=w))
        values = {"shape": 1.0 / level, "scale": scale, **fixed}
        model = self.with_values(values)
        return float(np.average(model._logpdf(model._terms(x)), weights=w)), values

    def _specials(self) -> tuple[Special, ...]:
        if self.shape is not free or self.scale is not free:
            return ()
        return (
            Special(
                "Exponential",
                "shape",
                math.inf,
                Exponential(),
                {},
                {"scale": math.inf},
                lambda member, shape: {"shape": shape, "scale": shape * member.params["scale"]},
            ),
        )

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        if c != 0.0:
            return None
        if self.scale is free:
            return {"shape": math.nan if is_estimated(self.shape) else self.shape, "scale": 0.0}
        return {"shape": math.inf, "scale": self.scale} if self.shape is free else None


def pareto_moments(a: Array) -> tuple[Array, Array, Array, Array]:
    """Return mean, variance, skewness and kurtosis of X with P(X > x) = (1+x)^-a, x ≥ 0; inf or nan where none exists.

    Those of 1 + X, the Pareto distribution, differ in the mean alone.
    """
    mean = np.where(a > 1.0, 1.0 / (a - 1.0), math.inf)
    variance = a / ((a - 1.0) ** 2 * (a - 2.0))
    skewness = 2.0 * (1.0 + a) / (a - 3.0) * np.sqrt(np.maximum(a - 2.0, 0.0) / a)
    kurtosis = 3.0 * (a - 2.0) * (3.0 * a * a + a + 2.0) / (a * (a - 3.0) * (a - 4.0))
    return (
        mean[()],
        np.where(a > 2.0, variance, np.where(a > 1.0, math.inf, math.nan))[()],
        np.where(a > 3.0, skewness, np.where(a > 2.0, math.inf, math.nan))[()],
        np.where(a > 4.0, kurtosis, np.where(a > 2.0, math.inf, math.nan))[()],
    )
