r"""Logistic distribution.

Density :math:`f(x) = e^{-z} / (s\,(1+e^{-z})^2)` with :math:`z = (x-\mu)/s`, any real x.

- Moments: mean μ, variance π²s²/3, skewness 0, kurtosis 4.2.
- With T = tanh(z/2): score :math:`T/s` in μ, :math:`(zT-1)/s` in s.
- Fisher information: diag(1/(3s²), (π²+3)/(9s²)).
- Sufficient statistics: none of fixed dimension.
- MLE: Newton over the rows. In (μ/s, 1/s) the log-likelihood is concave, so the maximum is unique; it exists unless
  all values are equal.

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 2, 2nd ed. (1995), ch. 23.
Derivation: docs/theory/families/logistic.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.arrays import Array, absolute, exp, expm1, log, log1p, sign
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector, is_estimated
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.starts import centre_and_spread
from mlestat.distributions.tail_derivatives import location_scale
from mlestat.supports import Positive, Real


@dataclass(frozen=True)
class Logistic(Distribution):
    """Logistic distribution with mean `mu` and standard deviation π scale/√3.

    Parameters
    ----------
    mu : float, array, free or prior
        Mean and median, any real number, in units of x.
    scale : float, array, free or prior
        Scale, > 0, in units of x: half the distance between the quartiles divided by log 3.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 2 (1995), ch. 23.

    Examples
    --------
    >>> import mlestat as mle
    >>> round(mle.fit(mle.Logistic(), [1.0, 2.0, 3.0, 4.0, 5.0]).params["mu"], 9)
    3.0
    """

    mu: Parameter = parameter(Real(), unit="data")
    scale: Parameter = parameter(Positive(), unit="data")

    support = Real()
    solver = "Newton over the rows"
    aliases: ClassVar[tuple[str, ...]] = ("logis",)

    def _terms(self, x: Array) -> Terms:
        z = (x - self.mu) * (1.0 / self.scale)
        size = absolute(z)
        slope, curvature = _slope_and_curvature(z)
        return size + 2.0 * log1p(exp(-size)), slope, z * slope, curvature, z * curvature, z * (z * curvature)

    def _logpdf(self, t: Terms) -> Array:
        return -t[0] - log(self.scale)

    def _score(self, t: Terms) -> Vector:
        return t[1] / self.scale, (t[2] - 1.0) / self.scale

    def _hessian(self, t: Terms) -> Matrix:
        _, slope, z_slope, curvature, z_curvature, zz_curvature = t
        v = self.scale * self.scale
        cross = -(slope + z_curvature) / v
        return (-curvature / v, cross), (cross, (1.0 - 2.0 * z_slope - zz_curvature) / v)

    def _dlogpdf(self, x: Array) -> Array:
        return -_slope_and_curvature((x - self.mu) / self.scale)[0] / self.scale

    def _d2logpdf(self, x: Array) -> Array:
        return -_slope_and_curvature((x - self.mu) / self.scale)[1] / self.scale / self.scale

    def _dscore(self, x: Array) -> Vector:
        z = (x - self.mu) / self.scale
        slope, curvature = _slope_and_curvature(z)
        v = self.scale * self.scale
        return curvature / v, (slope + z * curvature) / v

    def _fisher(self) -> Matrix:
        v = self.scale * self.scale
        return (1.0 / (3.0 * v), 0.0), (0.0, (math.pi**2 + 3.0) / (9.0 * v))

    def _cdf(self, x: Array) -> Array:
        return sc.expit((x - self.mu) / self.scale)

    def _sf(self, x: Array) -> Array:
        return sc.expit((self.mu - x) / self.scale)

    def _logcdf(self, x: Array) -> Array:
        return sc.log_expit((x - self.mu) / self.scale)

    def _logsf(self, x: Array) -> Array:
        return sc.log_expit((self.mu - x) / self.scale)

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        z = (x - self.mu) / self.scale
        p, q = sc.expit(z), sc.expit(-z)
        return location_scale(z, self.scale, q, -p * q)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        z = (x - self.mu) / self.scale
        p, q = sc.expit(z), sc.expit(-z)
        return location_scale(z, self.scale, -p, -p * q)

    def _ppf(self, q: Array) -> Array:
        return self.mu + self.scale * sc.logit(q)

    def _isf(self, q: Array) -> Array:
        return self.mu - self.scale * sc.logit(q)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return rng.logistic(self.mu, self.scale, size)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        return self.mu, math.pi**2 / 3.0 * self.scale * self.scale, 0.0, 4.2

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        middle, spread = centre_and_spread(x, w)
        return {"mu": middle, "scale": spread / math.log(3.0)}

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        at_c = is_estimated(self.mu) or self.mu == c
        return {"mu": c, "scale": 0.0} if self.scale is free and at_c else None


def _slope_and_curvature(z: Array) -> tuple[Array, Array]:
    """tanh(z/2) and its derivative, the negative first two derivatives of the standard log-density."""
    size = absolute(z)
    e = exp(-size)
    return -sign(z) * expm1(-size) / (1.0 + e), 2.0 * e / ((1.0 + e) * (1.0 + e))
