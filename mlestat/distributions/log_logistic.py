r"""Log-logistic distribution.

Density :math:`f(x) = \frac{k}{s}\left(\frac{x}{s}\right)^{k-1}\left(1+\left(\frac{x}{s}\right)^k\right)^{-2}`, x > 0,
with shape k and scale s, the median.

- Moments: :math:`E X^j = s^j\,(j\pi/k)/\sin(j\pi/k)` for j < k.
- With z = log(x/s), v = kz, p = 1/(1+e^-v), q = 1 - p and h = p - q = tanh(v/2): score :math:`1/k - zh` in k,
  :math:`kh/s` in s.
- Fisher information: diag((3+π²)/(9k²), k²/(3s²)).
- Sufficient statistics: none of fixed dimension.
- MLE: Newton over the rows; log x is logistic with scale 1/k, whose likelihood has a single maximum.

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 2, 2nd ed. (1995), ch. 23, p. 151;
Lawless, *Statistical Models and Methods for Lifetime Data*, 2nd ed. (2003), sec. 1.3.4. Derivation:
docs/theory/families/log_logistic.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.arrays import Array, absolute, exp, log, log1p, sigmoid, softplus, tanh
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector, is_estimated
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.power_logistic import burr_moments
from mlestat.distributions.tail_derivatives import log_scale_shape
from mlestat.supports import Positive


@dataclass(frozen=True)
class LogLogistic(Distribution):
    """Log-logistic distribution (Fisk) with median `scale`.

    Parameters
    ----------
    shape : float, array, free or prior
        Shape, > 0: both tails fall like a power, with exponents shape and -shape.
    scale : float, array, free or prior
        Median, > 0, in units of x.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Lawless, *Statistical Models and Methods for Lifetime Data*, 2nd ed. (2003), sec. 1.3.4.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.LogLogistic(2.0, 3.0).cdf(3.0)
    np.float64(0.5)
    """

    shape: Parameter = parameter(Positive())
    scale: Parameter = parameter(Positive(), unit="data")

    support = Positive()
    solver = "Newton over the rows"
    aliases: ClassVar[tuple[str, ...]] = ("fisk", "llogis")

    def _terms(self, x: Array) -> Terms:
        z = log(x * (1.0 / self.scale))
        v = self.shape * z
        size = absolute(v)
        e = exp(-size)
        share = 1.0 / (1.0 + e)
        h, pq = tanh(0.5 * v), e * share * share
        zpq = z * pq
        return z, size + 2.0 * log1p(e), h, z * h, pq, zpq, z * zpq

    def _logpdf(self, t: Terms) -> Array:
        return log(self.shape / self.scale) - t[0] - t[1]

    def _score(self, t: Terms) -> Vector:
        return 1.0 / self.shape - t[3], (self.shape / self.scale) * t[2]

    def _hessian(self, t: Terms) -> Matrix:
        _, _, h, _, pq, zpq, zzpq = t
        k, s = self.shape, self.scale
        cross = (h + 2.0 * k * zpq) / s
        return (-1.0 / (k * k) - 2.0 * zzpq, cross), (cross, -(k / s / s) * (h + 2.0 * k * pq))

    def _dlogpdf(self, x: Array) -> Array:
        return -(1.0 + self.shape * tanh(0.5 * self._v(x))) / x

    def _d2logpdf(self, x: Array) -> Array:
        v = self._v(x)
        k = self.shape
        return (1.0 + k * tanh(0.5 * v) - 2.0 * k * k * sigmoid(v) * sigmoid(-v)) / x / x

    def _dscore(self, x: Array) -> Vector:
        v = self._v(x)
        slope = 2.0 * sigmoid(v) * sigmoid(-v)
        return -(tanh(0.5 * v) + v * slope) / x, self.shape / self.scale * (self.shape * slope) / x

    def _v(self, x: Array) -> Array:
        return self.shape * log(x * (1.0 / self.scale))

    def _fisher(self) -> Matrix:
        k, s = self.shape, self.scale
        return ((3.0 + math.pi**2) / (9.0 * k * k), 0.0), (0.0, k * k / (3.0 * s * s))

    def _cdf(self, x: Array) -> Array:
        return sigmoid(self._v(x))

    def _sf(self, x: Array) -> Array:
        return sigmoid(-self._v(x))

    def _logcdf(self, x: Array) -> Array:
        return -softplus(-self._v(x))

    def _logsf(self, x: Array) -> Array:
        return -softplus(self._v(x))

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        v = self._v(x)
        p, q = sigmoid(v), sigmoid(-v)
        return log_scale_shape(v / self.shape, self.shape, self.scale, q, -p * q)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        v = self._v(x)
        p, q = sigmoid(v), sigmoid(-v)
        return log_scale_shape(v / self.shape, self.shape, self.scale, -p, -p * q)

    def _ppf(self, q: Array) -> Array:
        return self.scale * np.exp(sc.logit(q) / self.shape)

    def _isf(self, q: Array) -> Array:
        return self.scale * np.exp(-sc.logit(q) / self.shape)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return self.scale * np.exp(rng.logistic(0.0, 1.0, size) / self.shape)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        mean, variance, skewness, kurtosis = burr_moments(self.shape, 1.0)
        return self.scale * mean, self.scale * self.scale * variance, skewness, kurtosis

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        y = np.log(x)
        centre = float(np.average(y, weights=w))
        sd = math.sqrt(float(np.average((y - centre) ** 2, weights=w)))
        # log x is logistic: variance π²/(3k²)
        return {"shape": math.pi / math.sqrt(3.0) / sd if sd > 0.0 else 1.0, "scale": math.exp(centre)}

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        at_c = is_estimated(self.scale) or self.scale == c
        return {"shape": math.inf, "scale": c} if self.shape is free and at_c else None
