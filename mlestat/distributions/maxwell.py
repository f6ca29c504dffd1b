r"""Maxwell distribution: the length of a vector of three normal components with mean 0.

Density :math:`f(x) = \sqrt{2/\pi}\,\frac{z^2}{s}\,e^{-z^2/2}` with :math:`z = x/s`, x > 0; the scale s is the standard
deviation of each component.

- Moments: mean :math:`2s\sqrt{2/\pi}`, variance :math:`s^2(3-8/\pi)`, skewness 0.4857, kurtosis 3.1082.
- Score: :math:`(z^2-3)/s`. Fisher information: 6/s².
- Sufficient statistic: Σx². MLE: :math:`\hat s = \sqrt{\overline{x^2}/3}`.

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1, 2nd ed. (1994), ch. 18
(a chi variable with three degrees of freedom). Derivation: docs/theory/families/maxwell.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.arrays import Array, log
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector
from mlestat.distributions.half_normal import HALF_LOG_2_OVER_PI
from mlestat.distributions.parameters import Parameter, parameter
from mlestat.distributions.tail_derivatives import scale_alone
from mlestat.special import or_one, root_mean_square
from mlestat.supports import Positive
from mlestat.tails import mills


@dataclass(frozen=True)
class Maxwell(Distribution):
    """Maxwell distribution: the length of a vector of three independent normal components, such as a speed in a gas.

    Parameters
    ----------
    scale : float, array, free or prior
        Standard deviation of a component, > 0, in units of x; the mode of x is √2 times it.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1 (1994), ch. 18.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.fit(mle.Maxwell(), [1.0, 5.0, 7.0]).params
    {'scale': 2.886751345948129}
    """

    scale: Parameter = parameter(Positive(), unit="data")

    support = Positive()
    solver = "closed form"
    sufficient = True
    guards = True

    def _terms(self, x: Array) -> Terms:
        z = x / self.scale
        return z * z, log(z)

    def _logpdf(self, t: Terms) -> Array:
        return HALF_LOG_2_OVER_PI + 2.0 * t[1] - log(self.scale) - 0.5 * t[0]

    def _score(self, t: Terms) -> Vector:
        return ((t[0] - 3.0) / self.scale,)

    def _hessian(self, t: Terms) -> Matrix:
        return (((3.0 - 3.0 * t[0]) / (self.scale * self.scale),),)

    def _dlogpdf(self, x: Array) -> Array:
        z = x / self.scale
        return (2.0 / z - z) / self.scale

    def _d2logpdf(self, x: Array) -> Array:
        return -2.0 / x / x - 1.0 / self.scale / self.scale

    def _dscore(self, x: Array) -> Vector:
        return (2.0 * (x / self.scale) / self.scale / self.scale,)

    def _fisher(self) -> Matrix:
        return ((6.0 / (self.scale * self.scale),),)

    def _below(self, z: Array) -> Array:
        """F/(z³ √(2/π) e^(-z²/2)/3) = M(1, 5/2, z²/2), Kummer's function (DLMF 13.6.5, 13.2.39): 1 at 0."""
        return sc.hyp1f1(1.0, 2.5, 0.5 * z * z)

    def _cdf(self, x: Array) -> Array:
        z = x / self.scale
        low = math.sqrt(2.0 / math.pi) / 3.0 * z * z * z * np.exp(-0.5 * z * z) * self._below(np.minimum(z, 1.0))
        return np.where(z < 1.0, low, sc.gammainc(1.5, 0.5 * z * z))

    def _sf(self, x: Array) -> Array:
        z = x / self.scale
        return math.sqrt(2.0 / math.pi) * np.exp(-0.5 * z * z) * (z + mills(z))

    def _logcdf(self, x: Array) -> Array:
        z = x / self.scale
        low = HALF_LOG_2_OVER_PI - math.log(3.0) + 3.0 * np.log(z) - 0.5 * z * z
        return np.where(z < 1.0, low + np.log(self._below(np.minimum(z, 1.0))), np.log1p(-self._sf(x)))

    def _logsf(self, x: Array) -> Array:
        z = x / self.scale
        return np.where(z < 1.0, np.log1p(-self._cdf(x)), HALF_LOG_2_OVER_PI - 0.5 * z * z + np.log(z + mills(z)))

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        z = x / self.scale
        slope = 3.0 / self._below(z)
        return scale_alone(self.scale, slope, 4.0 - z * z - slope)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        z = x / self.scale
        share = z / (z + mills(z))
        return scale_alone(self.scale, -z * z * share, 4.0 - z * mills(z) * share)

    def _ppf(self, q: Array) -> Array:
        return self.scale * np.sqrt(2.0 * sc.gammaincinv(1.5, q))

    def _isf(self, q: Array) -> Array:
        return self.scale * np.sqrt(2.0 * sc.gammainccinv(1.5, q))

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return self.scale * np.sqrt(2.0 * rng.standard_gamma(1.5, size))

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        v = 3.0 * math.pi - 8.0
        skewness = 2.0 * math.sqrt(2.0) * (16.0 - 5.0 * math.pi) / v**1.5
        kurtosis = 3.0 + 4.0 * (40.0 * math.pi - 96.0 - 3.0 * math.pi**2) / (v * v)
        variance = self.scale * self.scale * (v / math.pi)
        return self.scale * (2.0 * math.sqrt(2.0 / math.pi)), variance, skewness, kurtosis

    @classmethod
    def _reference(cls, mean: Array) -> Self:
        return cls(or_one(mean))

    def _translate(self, t: Terms, at: Self) -> Terms:
        ratio = at.scale / self.scale
        return t[0] * ratio * ratio, t[1] + log(ratio)

    def _mle(self, t: Terms, at: Self) -> Mapping[str, float]:
        return {"scale": at.scale * np.sqrt(t[0] / 3.0)}

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        return {"scale": root_mean_square(x, w) / math.sqrt(3.0)}
