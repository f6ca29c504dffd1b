r"""Laplace (double exponential) distribution.

Density :math:`f(x) = e^{-|r|}/(2b)` with :math:`r = (x-\mu)/b` and scale b, any real x.

- Moments: mean μ, variance 2b², skewness 0, kurtosis 6.
- Score: :math:`\operatorname{sign}(r)/b` in μ, :math:`(|r|-1)/b` in b; there is a corner at x = μ.
- Fisher information: diag(1/b², 1/b²). The second derivative in μ is 0 wherever it exists, so an *observed*
  information for μ
  does not exist; standard errors come from the expected one.
- MLE: μ̂ = a median, b̂ = the mean distance from it. With an even number of rows any point between the two middle values
  maximises the likelihood; the midpoint is reported.

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 2, 2nd ed. (1995), ch. 24, eq. 24.2;
Norton, "The double exponential distribution", *Am. Stat.* 38 (1984) 135-136. Derivation:
docs/theory/families/laplace.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, absolute, log, sign
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector, is_estimated
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.tail_derivatives import location_scale
from mlestat.supports import Positive, Real


@dataclass(frozen=True)
class Laplace(Distribution):
    """Laplace distribution with median `mu` and mean distance from it `scale`.

    Parameters
    ----------
    mu : float, array, free or prior
        Mean and median, any real number, in units of x.
    scale : float, array, free or prior
        Mean absolute deviation, > 0, in units of x.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 2 (1995), ch. 24.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.fit(mle.Laplace(), [1.0, 2.0, 6.0]).params["mu"]
    2.0
    """

    mu: Parameter = parameter(Real(), unit="data")
    scale: Parameter = parameter(Positive(), unit="data")

    support = Real()
    solver = "closed form (median)"
    aliases: ClassVar[tuple[str, ...]] = ("double_exponential",)
    regular = False
    kinks: ClassVar[tuple[str, ...]] = ("mu",)

    def _terms(self, x: Array) -> Terms:
        r = (x - self.mu) / self.scale
        return absolute(r), sign(r)

    def _logpdf(self, t: Terms) -> Array:
        return -t[0] - log(self.scale) - math.log(2.0)

    def _score(self, t: Terms) -> Vector:
        size, direction = t
        return direction / self.scale, (size - 1.0) / self.scale

    def _hessian(self, t: Terms) -> Matrix:
        size, direction = t
        v = self.scale * self.scale
        return (0.0 * size, -direction / v), (-direction / v, (1.0 - 2.0 * size) / v)

    def _dlogpdf(self, x: Array) -> Array:
        return -sign(x - self.mu) / self.scale

    def _d2logpdf(self, x: Array) -> Array:
        return 0.0 * sign(x - self.mu) / self.scale

    def _dscore(self, x: Array) -> Vector:
        direction = sign(x - self.mu)
        return 0.0 * direction / self.scale, direction / (self.scale * self.scale)

    def _fisher(self) -> Matrix:
        v = self.scale * self.scale
        return (1.0 / v, 0.0), (0.0, 1.0 / v)

    def _cdf(self, x: Array) -> Array:
        return _below((x - self.mu) / self.scale)

    def _sf(self, x: Array) -> Array:
        return _below((self.mu - x) / self.scale)

    def _logcdf(self, x: Array) -> Array:
        return _log_below((x - self.mu) / self.scale)

    def _logsf(self, x: Array) -> Array:
        return _log_below((self.mu - x) / self.scale)

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        r = (x - self.mu) / self.scale
        rise, bend = _log_tail_slopes(-r)
        return location_scale(r, self.scale, -rise, bend)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        r = (x - self.mu) / self.scale
        return location_scale(r, self.scale, *_log_tail_slopes(r))

    def _ppf(self, q: Array) -> Array:
        return self.mu + self.scale * _quantile(q)

    def _isf(self, q: Array) -> Array:
        return self.mu - self.scale * _quantile(q)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return rng.laplace(self.mu, self.scale, size)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        return self.mu, 2.0 * self.scale * self.scale, 0.0, 6.0

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        mu = float(np.median(x))
        return {"mu": mu, "scale": float(np.average(np.abs(x - mu), weights=w))}

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        at_c = is_estimated(self.mu) or self.mu == c
        return {"mu": c, "scale": 0.0} if self.scale is free and at_c else None


def _below(r: Array) -> Array:
    """Standard cdf: ½ e^r below 0, 1 - ½ e^-r above."""
    half = 0.5 * np.exp(-np.abs(r))
    return np.where(r < 0.0, half, 0.5 - 0.5 * np.expm1(-np.abs(r)))


def _log_below(r: Array) -> Array:
    """Log of the standard cdf."""
    return np.where(r < 0.0, np.minimum(r, 0.0) - math.log(2.0), np.log1p(-0.5 * np.exp(-np.abs(r))))


def _quantile(q: Array) -> Array:
    """Standard quantile, by the nearer tail."""
    return np.where(q < 0.5, np.log(2.0 * q), -np.log(2.0 * (1.0 - q)))


def _log_tail_slopes(r: Array) -> tuple[Array, Array]:
    """First and second derivative of the log of the standard upper tail: -1 and 0 above the centre."""
    share = 1.0 / (2.0 * np.exp(-np.minimum(r, 0.0)) - 1.0)  # f/S below the centre
    return np.where(r >= 0.0, -1.0, -share), np.where(r >= 0.0, 0.0, -share * (1.0 + share))
