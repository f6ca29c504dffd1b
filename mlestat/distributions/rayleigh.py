r"""Rayleigh distribution: the length of a vector of two normal components with mean 0.

Density :math:`f(x) = \frac{z}{s}\,e^{-z^2/2}` with :math:`z = x/s`, x > 0; the scale s is the standard deviation of
each component, and the mode.

- Moments: mean :math:`s\sqrt{\pi/2}`, variance :math:`s^2(2-\pi/2)`, skewness 0.6311, kurtosis 3.2451.
- Score: :math:`(z^2-2)/s`. Fisher information: 4/s².
- Sufficient statistic: Σx². MLE: :math:`\hat s = \sqrt{\overline{x^2}/2}`.

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1, 2nd ed. (1994), ch. 18 (a chi
variable with two degrees of freedom). Derivation: docs/theory/families/rayleigh.md.
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
from mlestat.distributions.parameters import Parameter, parameter
from mlestat.distributions.tail_derivatives import scale_alone
from mlestat.special import or_one, root_mean_square
from mlestat.supports import Positive


@dataclass(frozen=True)
class Rayleigh(Distribution):
    """Rayleigh distribution: the length of a vector of two independent normal components.

    Parameters
    ----------
    scale : float, array, free or prior
        Standard deviation of a component, > 0, in units of x; the mode of x.

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
    >>> mle.fit(mle.Rayleigh(), [1.0, 7.0]).params
    {'scale': 3.535533905932738}
    """

    scale: Parameter = parameter(Positive(), unit="data")

    support = Positive()
    solver = "closed form"
    affine_tail = True
    sufficient = True
    guards = True

    def _terms(self, x: Array) -> Terms:
        z = x / self.scale
        return z * z, log(z)

    def _logpdf(self, t: Terms) -> Array:
        return t[1] - log(self.scale) - 0.5 * t[0]

    def _score(self, t: Terms) -> Vector:
        return ((t[0] - 2.0) / self.scale,)

    def _hessian(self, t: Terms) -> Matrix:
        return (((2.0 - 3.0 * t[0]) / (self.scale * self.scale),),)

    def _dlogpdf(self, x: Array) -> Array:
        z = x / self.scale
        return (1.0 / z - z) / self.scale

    def _d2logpdf(self, x: Array) -> Array:
        return -1.0 / x / x - 1.0 / self.scale / self.scale

    def _dscore(self, x: Array) -> Vector:
        return (2.0 * (x / self.scale) / self.scale / self.scale,)

    def _fisher(self) -> Matrix:
        return ((4.0 / (self.scale * self.scale),),)

    def _half_square(self, x: Array) -> Array:
        z = x / self.scale
        return 0.5 * z * z

    def _cdf(self, x: Array) -> Array:
        return -np.expm1(-self._half_square(x))

    def _sf(self, x: Array) -> Array:
        return np.exp(-self._half_square(x))

    def _logcdf(self, x: Array) -> Array:
        u = self._half_square(x)
        low = 2.0 * np.log(x / self.scale) - math.log(2.0) + np.log(sc.exprel(-u))  # no square that underflows
        return np.where(u < 1.0, low, np.log1p(-np.exp(-u)))

    def _logsf(self, x: Array) -> Array:
        return -self._half_square(x)

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        u = self._half_square(x)
        slope = 2.0 / sc.exprel(u)
        return scale_alone(self.scale, slope, 3.0 - 2.0 * u - slope)

    def _survival(self, t: Terms) -> tuple[Array, Vector, Matrix]:
        return -0.5 * t[0], *scale_alone(self.scale, -t[0], 3.0)

    def _ppf(self, q: Array) -> Array:
        return self.scale * np.sqrt(-2.0 * np.log1p(-q))

    def _isf(self, q: Array) -> Array:
        return self.scale * np.sqrt(-2.0 * np.log(q))

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return rng.rayleigh(self.scale, size)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        v = 4.0 - math.pi
        skewness = 2.0 * math.sqrt(math.pi) * (math.pi - 3.0) / v**1.5
        kurtosis = (32.0 - 3.0 * math.pi**2) / (v * v)
        return self.scale * math.sqrt(0.5 * math.pi), self.scale * self.scale * (0.5 * v), skewness, kurtosis

    @classmethod
    def _reference(cls, mean: Array) -> Self:
        return cls(or_one(mean))

    def _translate(self, t: Terms, at: Self) -> Terms:
        ratio = at.scale / self.scale
        return t[0] * ratio * ratio, t[1] + log(ratio)

    def _mle(self, t: Terms, at: Self) -> Mapping[str, float]:
        return {"scale": at.scale * np.sqrt(0.5 * t[0])}

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        return {"scale": root_mean_square(x, w) / math.sqrt(2.0)}
