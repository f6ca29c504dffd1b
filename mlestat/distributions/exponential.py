r"""Exponential distribution.

Density :math:`f(x) = e^{-u}/s` with :math:`u = x/s` and scale s, x ≥ 0.

- Moments: mean s, variance s², skewness 2, kurtosis 9.
- Score: :math:`(u-1)/s`. Fisher information: 1/s².
- Sufficient statistic: Σx. MLE: :math:`\hat s = \bar x`.

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1, 2nd ed. (1994), ch. 19, eq. 19.1.
Derivation: docs/theory/families/exponential.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, log
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.special import or_one
from mlestat.supports import NonNegative, Positive


@dataclass(frozen=True)
class Exponential(Distribution):
    """Exponential distribution with mean `scale`; the rate is 1/scale.

    Parameters
    ----------
    scale : float, array, free or prior
        Mean, > 0, in units of x.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1 (1994), ch. 19.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.fit(mle.Exponential(), [1.0, 2.0, 6.0]).params
    {'scale': 3.0}
    """

    scale: Parameter = parameter(Positive(), unit="data")

    support = NonNegative()
    solver = "closed form"
    aliases: ClassVar[tuple[str, ...]] = ("expon", "exp")
    affine_tail = True
    sufficient = True

    def _terms(self, x: Array) -> Terms:
        return (x / self.scale,)

    def _logpdf(self, t: Terms) -> Array:
        return -t[0] - log(self.scale)

    def _score(self, t: Terms) -> Vector:
        return ((t[0] - 1.0) / self.scale,)

    def _hessian(self, t: Terms) -> Matrix:
        return (((1.0 - 2.0 * t[0]) / (self.scale * self.scale),),)

    def _dlogpdf(self, x: Array) -> Array:
        return 0.0 * x - 1.0 / self.scale

    def _d2logpdf(self, x: Array) -> Array:
        return 0.0 * (x / self.scale)

    def _dscore(self, x: Array) -> Vector:
        return (0.0 * (x / self.scale) + 1.0 / (self.scale * self.scale),)

    def _fisher(self) -> Matrix:
        return ((1.0 / (self.scale * self.scale),),)

    def _cdf(self, x: Array) -> Array:
        return -np.expm1(-x / self.scale)

    def _sf(self, x: Array) -> Array:
        return np.exp(-x / self.scale)

    def _logsf(self, x: Array) -> Array:
        return -x / self.scale

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        z, s = x / self.scale, self.scale
        ratio = z / np.expm1(z)  # of f x to F
        return (-ratio / s,), ((ratio * (2.0 - z - ratio) / (s * s),),)

    def _survival(self, t: Terms) -> tuple[Array, Vector, Matrix]:
        z, s = t[0], self.scale
        return -z, (z / s,), ((-2.0 * z / (s * s),),)

    def _ppf(self, q: Array) -> Array:
        return -self.scale * np.log1p(-q)

    def _isf(self, q: Array) -> Array:
        return -self.scale * np.log(q)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return rng.exponential(self.scale, size)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        return self.scale, self.scale * self.scale, 2.0, 9.0

    def _reference(self, mean: Array) -> Self:
        return type(self)(or_one(mean))

    def _translate(self, t: Terms, at: Self) -> Terms:
        return (t[0] * (at.scale / self.scale),)

    def _mle(self, t: Terms, at: Self) -> Mapping[str, float]:
        return {"scale": at.scale * t[0]}

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        return {"scale": float(np.average(x, weights=w))}

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        return {"scale": 0.0} if c == 0.0 and self.scale is free else None
