r"""Normal distribution.

Density :math:`f(x) = \exp(-r^2/2) / (\sigma\sqrt{2\pi})` with :math:`r = (x-\mu)/\sigma`, any real x.

- Moments: mean μ, variance σ², skewness 0, kurtosis 3.
- Score: :math:`r/\sigma` in μ, :math:`(r^2-1)/\sigma` in σ.
- Fisher information: diag(1/σ², 2/σ²).
- Sufficient statistics: Σx and Σx², taken here as means of r and r² at a reference member near the data.
- MLE: :math:`\hat\mu = \bar x`, :math:`\hat\sigma^2 = \sum(x_i-\bar x)^2/n` (the 1/(n-1) form is the unbiased variance,
  not the maximum likelihood estimate).

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1, 2nd ed. (1994), ch. 13, eq. 13.1;
Cramér, *Mathematical Methods of Statistics* (1946), p. 500. Derivation: docs/theory/families/normal.md.
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
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector, is_estimated
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.tail_derivatives import location_scale
from mlestat.special import HALF_LOG_2PI
from mlestat.supports import Positive, Real
from mlestat.tails import log_tail_slopes


@dataclass(frozen=True)
class Normal(Distribution):
    """Normal distribution with mean `mu` and standard deviation `sigma`.

    Parameters
    ----------
    mu : float, array, free or prior
        Mean, any real number, in units of x.
    sigma : float, array, free or prior
        Standard deviation, > 0, in units of x.

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
    >>> mle.fit(mle.Normal(), [1.0, 2.0, 6.0]).params["mu"]
    3.0
    """

    mu: Parameter = parameter(Real(), unit="data")
    sigma: Parameter = parameter(Positive(), unit="data")

    support = Real()
    solver = "closed form"
    aliases: ClassVar[tuple[str, ...]] = ("gaussian", "norm")
    sufficient = True
    guards = True

    def _terms(self, x: Array) -> Terms:
        r = (x - self.mu) * (1.0 / self.sigma)  # one division instead of one per row
        return r, r * r

    def _logpdf(self, t: Terms) -> Array:
        _, rr = t
        return -0.5 * rr - log(self.sigma) - HALF_LOG_2PI

    def _score(self, t: Terms) -> Vector:
        r, rr = t
        return r / self.sigma, (rr - 1.0) / self.sigma

    def _hessian(self, t: Terms) -> Matrix:
        r, rr = t
        v = self.sigma * self.sigma
        return (-1.0 / v, -2.0 * r / v), (-2.0 * r / v, (1.0 - 3.0 * rr) / v)

    def _dlogpdf(self, x: Array) -> Array:
        return -(x - self.mu) / self.sigma / self.sigma

    def _d2logpdf(self, x: Array) -> Array:
        return 0.0 * x - 1.0 / (self.sigma * self.sigma)

    def _dscore(self, x: Array) -> Vector:
        r, v = (x - self.mu) / self.sigma, self.sigma * self.sigma
        return 0.0 * r + 1.0 / v, 2.0 * r / v

    def _fisher(self) -> Matrix:
        v = self.sigma * self.sigma
        return (1.0 / v, 0.0), (0.0, 2.0 / v)

    def _cdf(self, x: Array) -> Array:
        return sc.ndtr((x - self.mu) / self.sigma)

    def _sf(self, x: Array) -> Array:
        return sc.ndtr((self.mu - x) / self.sigma)

    def _logcdf(self, x: Array) -> Array:
        return sc.log_ndtr((x - self.mu) / self.sigma)

    def _logsf(self, x: Array) -> Array:
        return sc.log_ndtr((self.mu - x) / self.sigma)

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        z = (x - self.mu) / self.sigma
        rise, bend = log_tail_slopes(-z)
        return location_scale(z, self.sigma, -rise, bend)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        z = (x - self.mu) / self.sigma
        return location_scale(z, self.sigma, *log_tail_slopes(z))

    def _ppf(self, q: Array) -> Array:
        return self.mu + self.sigma * sc.ndtri(q)

    def _isf(self, q: Array) -> Array:
        return self.mu - self.sigma * sc.ndtri(q)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return rng.normal(self.mu, self.sigma, size)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        return self.mu, self.sigma * self.sigma, 0.0, 3.0

    def _reference(self, mean: Array) -> Self:
        return type(self)(mean, 1.0)

    def _translate(self, t: Terms, at: Self) -> Terms:
        r, rr = t
        a, b = (at.mu - self.mu) / self.sigma, at.sigma / self.sigma
        return a + b * r, a * a + 2.0 * a * b * r + b * b * rr

    def _mle(self, t: Terms, at: Self) -> Mapping[str, float]:
        mu = at.mu + at.sigma * t[0] if is_estimated(self.mu) else self.mu
        _, rr = self.with_values({"mu": mu, "sigma": at.sigma})._translate(t, at)
        return {"mu": mu, "sigma": at.sigma * np.sqrt(np.maximum(rr, 0.0))}

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        mu = float(np.average(x, weights=w))
        return {"mu": mu, "sigma": math.sqrt(float(np.average((x - mu) ** 2, weights=w)))}

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        at_c = is_estimated(self.mu) or self.mu == c
        return {"mu": c, "sigma": 0.0} if self.sigma is free and at_c else None
