r"""Half-normal distribution: the size of a normal variable with mean 0.

Density :math:`f(x) = \sqrt{2/\pi}\,e^{-u/2}/\sigma` with :math:`u = (x/\sigma)^2`, x ≥ 0; σ is the standard deviation
of the normal, not of x.

- Moments: mean :math:`\sigma\sqrt{2/\pi}`, variance :math:`\sigma^2(1-2/\pi)`, skewness 0.9953, kurtosis 3.8692.
- Score: :math:`(u-1)/\sigma`. Fisher information: 2/σ².
- Sufficient statistic: Σx². MLE: :math:`\hat\sigma = \sqrt{\overline{x^2}}`.

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1, 2nd ed. (1994), ch. 13, and
ch. 18 (a chi variable with one degree of freedom). Derivation: docs/theory/families/half_normal.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.arrays import Array, log
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector
from mlestat.distributions.evaluation import log_of_smaller
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.tail_derivatives import scale_alone
from mlestat.special import or_one, root_mean_square
from mlestat.supports import NonNegative, Positive
from mlestat.tails import mills, mills_remainders

HALF_LOG_2_OVER_PI = 0.5 * math.log(2.0 / math.pi)


@dataclass(frozen=True)
class HalfNormal(Distribution):
    """Half-normal distribution: that of the size of a normal X with mean 0 and standard deviation `sigma`.

    Parameters
    ----------
    sigma : float, array, free or prior
        Standard deviation of the normal, > 0, in units of x; that of x itself is 0.603 sigma.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1 (1994), ch. 13.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.fit(mle.HalfNormal(), [1.0, 5.0, 7.0]).params
    {'sigma': 5.0}
    """

    sigma: Parameter = parameter(Positive(), unit="data")

    support = NonNegative()
    solver = "closed form"
    aliases: ClassVar[tuple[str, ...]] = ("halfnorm", "hnorm", "dhnorm")
    sufficient = True

    def _terms(self, x: Array) -> Terms:
        z = x / self.sigma
        return (z * z,)

    def _logpdf(self, t: Terms) -> Array:
        return HALF_LOG_2_OVER_PI - log(self.sigma) - 0.5 * t[0]

    def _score(self, t: Terms) -> Vector:
        return ((t[0] - 1.0) / self.sigma,)

    def _hessian(self, t: Terms) -> Matrix:
        return (((1.0 - 3.0 * t[0]) / (self.sigma * self.sigma),),)

    def _dlogpdf(self, x: Array) -> Array:
        return -(x / self.sigma) / self.sigma

    def _d2logpdf(self, x: Array) -> Array:
        return 0.0 * x - 1.0 / self.sigma / self.sigma

    def _dscore(self, x: Array) -> Vector:
        return (2.0 * (x / self.sigma) / self.sigma / self.sigma,)

    def _fisher(self) -> Matrix:
        return ((2.0 / (self.sigma * self.sigma),),)

    def _cdf(self, x: Array) -> Array:
        return sc.erf(x / self.sigma * math.sqrt(0.5))

    def _sf(self, x: Array) -> Array:
        return sc.erfc(x / self.sigma * math.sqrt(0.5))

    def _logsf(self, x: Array) -> Array:
        deep = math.log(2.0) + sc.log_ndtr(-x / self.sigma)
        return np.where(x < self.sigma, log_of_smaller(self._sf(x), self._cdf(x)), deep)

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        z = x / self.sigma
        slope = z * np.exp(HALF_LOG_2_OVER_PI - 0.5 * z * z) / self._cdf(x)
        return scale_alone(self.sigma, slope, 2.0 - z * z - slope)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        z = x / self.sigma
        ratio = mills(z)
        return scale_alone(self.sigma, -z / ratio, 2.0 + z * mills_remainders(z)[0] / ratio)

    def _ppf(self, q: Array) -> Array:
        return self.sigma * (math.sqrt(2.0) * sc.erfinv(q))

    def _isf(self, q: Array) -> Array:
        return self.sigma * (math.sqrt(2.0) * sc.erfcinv(q))

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return self.sigma * np.abs(rng.standard_normal(size))

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        v = math.pi - 2.0
        skewness = math.sqrt(2.0) * (4.0 - math.pi) / v**1.5
        variance = self.sigma * self.sigma * (v / math.pi)
        return self.sigma * math.sqrt(2.0 / math.pi), variance, skewness, 3.0 + 8.0 * (math.pi - 3.0) / (v * v)

    @classmethod
    def _reference(cls, mean: Array) -> Self:
        return cls(or_one(mean))

    def _translate(self, t: Terms, at: Self) -> Terms:
        ratio = at.sigma / self.sigma
        return (t[0] * ratio * ratio,)

    def _mle(self, t: Terms, at: Self) -> Mapping[str, float]:
        return {"sigma": at.sigma * np.sqrt(t[0])}

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        return {"sigma": root_mean_square(x, w)}

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        return {"sigma": 0.0} if c == 0.0 and self.sigma is free else None
