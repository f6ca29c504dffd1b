r"""Inverse Gaussian (Wald) distribution: the time at which a Brownian motion with drift first reaches a level.

Density :math:`f(x) = \sqrt{\frac{\lambda}{2\pi x^3}}\,\exp\!\left(-\frac{\lambda}{2\mu}\,d\right)` with :math:`d =
(q-1)^2/q`, :math:`q = x/\mu`, x > 0, mean μ, shape λ (both in units of x).

- Moments: mean μ, variance μ³/λ, skewness :math:`3\sqrt{\mu/\lambda}`, kurtosis 3 + 15μ/λ.
- Score: :math:`\lambda(q-1)/\mu^2` in μ, :math:`\tfrac{1}{2\lambda} - \tfrac{d}{2\mu}` in λ.
- Fisher information: diag(λ/μ³, 1/(2λ²)).
- Sufficient statistics: Σx and Σ1/x.
- MLE: :math:`\hat\mu = \bar x`, :math:`1/\hat\lambda = \overline{1/x - 1/\hat\mu}`.

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1, 2nd ed. (1994), ch. 15;
Shuster, "On the inverse Gaussian distribution function", *JASA* 63 (1968) 1514-1516; Michael, Schucany, Haas, *Am.
Stat.* 30 (1976) 88-90 for the sampler. Derivation: docs/theory/families/inverse_gaussian.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, log
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector, is_estimated
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.special import HALF_LOG_2PI, or_one
from mlestat.supports import Positive
from mlestat.tails import mills, mills_difference, mills_remainders

MAX_STEPS = 200
"""Newton's steps to a quantile: in the exponential tails each moves log x by about one, and log x spans 1400."""


@dataclass(frozen=True)
class InverseGaussian(Distribution):
    """Inverse Gaussian distribution with mean `mean` and variance mean³/shape.

    Parameters
    ----------
    mean : float, array, free or prior
        Mean, > 0, in units of x.
    shape : float, array, free or prior
        Shape (often λ), > 0, in units of x: the larger, the more normal.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1 (1994), ch. 15.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.fit(mle.InverseGaussian(), [1.0, 2.0, 6.0]).params["mean"]
    3.0
    """

    mean: Parameter = parameter(Positive(), unit="data")
    shape: Parameter = parameter(Positive(), unit="data")

    support = Positive()
    solver = "closed form"
    aliases: ClassVar[tuple[str, ...]] = ("invgauss", "dinvgauss", "wald")
    sufficient = True
    guards = True

    def _terms(self, x: Array) -> Terms:
        q = x / self.mean
        e = (x - self.mean) / self.mean
        return e, e * (e / q), log(q)

    def _logpdf(self, t: Terms) -> Array:
        _, d, log_q = t
        m = self.mean
        return 0.5 * log(self.shape / m) - log(m) - HALF_LOG_2PI - 1.5 * log_q - 0.5 * (self.shape / m) * d

    def _score(self, t: Terms) -> Vector:
        e, d, _ = t
        return self.shape / self.mean * e / self.mean, 0.5 / self.shape - 0.5 * d / self.mean

    def _hessian(self, t: Terms) -> Matrix:
        e, m = t[0], self.mean
        cross = e / (m * m)
        return (-(self.shape / m) * (1.0 + 3.0 * e) / (m * m), cross), (cross, -0.5 / (self.shape * self.shape))

    def _dlogpdf(self, x: Array) -> Array:
        return -1.5 / x - 0.5 * self.shape / self.mean * self._balance(x)

    def _balance(self, x: Array) -> Array:
        """(1 - 1/q²)/μ, from x - μ."""
        q = x / self.mean
        return (x - self.mean) / self.mean / x * (1.0 + 1.0 / q)

    def _d2logpdf(self, x: Array) -> Array:
        return (1.5 - self.shape / x) / x / x

    def _dscore(self, x: Array) -> Vector:
        return self.shape / self.mean / self.mean / self.mean, -0.5 / self.mean * self._balance(x)

    def _fisher(self) -> Matrix:
        m, s = self.mean, self.shape
        return (s / m / (m * m), 0.0), (0.0, 0.5 / (s * s))

    # With g = √(λx)/μ and h = √(λ/x): a = g - h and b = g + h, and φ(a) = exp(2λ/μ) φ(b), so that
    # F = φ(a) [M(-a) + M(b)] and S = φ(a) [M(a) - M(b)] with Mills' ratio M: no large factor is left.

    def _arguments(self, x: Array) -> tuple[Array, Array, Array, Array]:
        """Return g, h, a and b; a from x - μ."""
        h = np.sqrt(self.shape / x)
        q = x / self.mean
        return h * q, h, h * ((x - self.mean) / self.mean), h * (1.0 + q)

    def _log_of_lower(self, x: Array) -> Array:
        """Return log F for a < 0."""
        _, _, a, b = self._arguments(x)
        return np.log(mills(-a) + mills(b)) - HALF_LOG_2PI - 0.5 * a * a

    def _log_of_upper(self, x: Array) -> Array:
        """Return log S where a is not far below 0."""
        _, h, a, _ = self._arguments(x)
        return np.log(mills_difference(a, 2.0 * h)) - HALF_LOG_2PI - 0.5 * a * a

    def _logcdf(self, x: Array) -> Array:
        low = np.minimum(x, self.mean)
        return np.where(x < self.mean, self._log_of_lower(low), np.log1p(-np.exp(self._log_of_upper(x))))

    def _logsf(self, x: Array) -> Array:
        log_lower = self._log_of_lower(np.minimum(x, self.mean))
        lower = (x < self.mean) & (log_lower < -1.0)
        return np.where(lower, np.log1p(-np.exp(log_lower)), self._log_of_upper(np.where(lower, self.mean, x)))

    def _cdf(self, x: Array) -> Array:
        return np.exp(self._logcdf(x))

    def _sf(self, x: Array) -> Array:
        return np.exp(self._logsf(x))

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        _, _, a, b = self._arguments(x)
        return self._tail_derivatives(x, 1.0 / (mills(-a) + mills(b)))

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        _, h, a, _ = self._arguments(x)
        return self._tail_derivatives(x, -1.0 / mills_difference(a, 2.0 * h))

    def _tail_derivatives(self, x: Array, share: Array) -> tuple[Vector, Matrix]:
        """Derivatives of log F or log S from those of F/φ(a), times `share`: φ(a)/F or -φ(a)/S."""
        g, h, a, b = self._arguments(x)
        m, s = self.mean, self.shape
        ratio, c = mills(b), self.shape / self.mean
        n, rest = mills_remainders(b)
        less = (2.0 * h * n + a) / b  # 1 - 2 h M(b)
        more = (2.0 * g * n - a) / b  # 1 - 2 g M(b)
        first = share * (-2.0 * c * ratio) / m, share * (-h * more) / s
        mean_mean = share * 2.0 * c * (2.0 * ratio - g * less) / (m * m) - first[0] * first[0]
        cross = share * c * (g * less + h * more - 2.0 * ratio) / (m * s) - first[0] * first[1]
        r = a / b
        bracket = 0.5 * r * (r * (1.0 + r) - 1.0 - a * a) + 4.0 * (g / b) * (g / b) * (h / b) * rest
        shape_shape = share * h * bracket / (s * s) - first[1] * first[1]
        return first, ((mean_mean, cross), (cross, shape_shape))

    def _ppf(self, q: Array) -> Array:
        return self._quantile(np.log(q), np.log1p(-q), q < 0.5)

    def _isf(self, q: Array) -> Array:
        return self._quantile(np.log1p(-q), np.log(q), q >= 0.5)

    def _quantile(self, log_p: Array, log_q: Array, lower: Array) -> Array:
        """Newton's method in log x: both log F and log S are concave there, so it cannot fail.

        After its first step it stays on the far side and closes in without turning back.
        """
        shape = np.broadcast_shapes(np.shape(log_p), np.shape(self.mean), np.shape(self.shape))
        x = np.broadcast_to(np.asarray(self.mean, dtype=float), shape)
        wanted, sign = np.asarray(np.where(lower, log_p, log_q)), np.where(lower, 1.0, -1.0)
        for _ in range(MAX_STEPS):
            tail = np.where(lower, self._logcdf(x), self._logsf(x))
            step = (wanted - tail) / (sign * x * np.exp(self._logpdf(self._terms(x)) - tail))
            x = x * np.exp(np.clip(np.where(np.isfinite(step), step, 0.0), -3.0, 3.0))
            if np.all(np.abs(step) <= 1e-15):
                break
        return x

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return self.mean * rng.wald(1.0, self.shape / self.mean, size)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        m, s = self.mean, self.shape
        return m, m * m * (m / s), 3.0 * np.sqrt(m / s), 3.0 + 15.0 * (m / s)

    @classmethod
    def _reference(cls, mean: Array) -> Self:
        return cls(or_one(mean), or_one(mean))

    def _translate(self, t: Terms, at: Self) -> Terms:
        r = at.mean / self.mean
        more = r - 1.0
        return more + r * t[0], (more * (more + (1.0 + r) * t[0]) + t[1]) / r, t[2] + log(r)

    def _mle(self, t: Terms, at: Self) -> Mapping[str, float] | None:
        e, d, _ = t
        mean = at.mean * (1.0 + e) if is_estimated(self.mean) else self.mean
        if not is_estimated(self.shape):
            return {"mean": mean}
        # at the estimated mean the translated d loses its linear part
        spread = d * (1.0 + e) - e * e if is_estimated(self.mean) else self._translate(t, at)[1]
        return {"mean": mean, "shape": mean / np.where(spread > 0.0, spread, np.nan)}

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        mean = float(np.average(x, weights=w)) if is_estimated(self.mean) else float(np.median(self.mean))
        e = x / mean - 1.0
        return {"mean": mean, "shape": mean / max(float(np.average(e * (e / (1.0 + e)), weights=w)), 1e-12)}

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        at_c = is_estimated(self.mean) or self.mean == c
        return {"mean": c, "shape": math.inf} if self.shape is free and at_c else None
