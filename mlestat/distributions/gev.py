r"""Generalised extreme value distribution (GEV).

With :math:`z = (x-\mu)/\sigma`, L = log(1+ξz)/ξ and T = e^-L: :math:`F(x) = e^{-T}` and density
:math:`f(x) = \frac1\sigma e^{-(1+\xi)L - T}`, where 1 + ξz > 0: any x above μ - σ/ξ for ξ > 0 (Fréchet, heavy tail),
below it for ξ < 0 (Weibull), any real x for ξ = 0 (Gumbel).

- Moments: with :math:`g_j = \Gamma(1-j\xi)`, mean :math:`\mu + \sigma(g_1-1)/\xi`, variance
  :math:`\sigma^2(g_2-g_1^2)/\xi^2`, each where it exists.
- With w = 1/(1+ξz): score :math:`-zw + (T-1)\,\partial L/\partial\xi` in ξ, :math:`(1+\xi-T)w/\sigma` in μ,
  :math:`((z-1)w - Tzw)/\sigma` in σ.
- Fisher information, ξ > -½: a quadrature over T, a unit exponential (Prescott, Walden 1980 have it in gamma
  functions, which cancel near ξ = 0).
- Sufficient statistics: none of fixed dimension.
- MLE: the likelihood is unbounded for ξ < -1, as the end of the support comes to the largest value, so the estimate is
  the interior maximum with ξ > -1, as everywhere in the literature: Newton over the rows, from L-moments. Where there
  is no interior maximum the verdict says so.

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 2, 2nd ed. (1995), ch. 22, eq.
22.183; Prescott, Walden, "Maximum likelihood estimation of the parameters of the generalized extreme-value
distribution", *Biometrika* 67 (1980) 723-724; Hosking, Wallis, Wood, "Estimation of the generalized extreme-value
distribution by the method of probability-weighted moments", *Technometrics* 27 (1985) 251-261; Smith, *Biometrika* 72
(1985) 67-90. Derivation: docs/theory/families/gev.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.arrays import Array, exp, expm1, log, where
from mlestat.distributions.base import Distribution, Matrix, Special, Terms, Vector, is_estimated
from mlestat.distributions.gpd import LOST, UNBOUNDED
from mlestat.distributions.gumbel import GumbelMax
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.power_logistic import central
from mlestat.distributions.tail_derivatives import log_complement, through
from mlestat.special import from_reduced, polynomial, reduced
from mlestat.supports import Interval, Positive, Real, Support

Floats = NDArray[np.float64]

START_XI = (-0.7, -0.45, -0.25, -0.1, 0.0, 0.1, 0.25, 0.5, 1.0, 2.0)
"""Shapes that are tried as a start, beside that of the L-moments."""

STEP = 0.05
"""Step of the trapezoidal rule in log T: the integrand is smooth on a strip of width π, which leaves 1e-50."""

EXPREL_SERIES = tuple((-1.0) ** (n + 1) / math.factorial(n + 2) for n in range(14))
"""(exprel(-a) - 1)/a in powers of a."""


@dataclass(frozen=True)
class GEV(Distribution):
    """Generalised extreme value distribution of block maxima.

    Parameters
    ----------
    xi : float, array, free or prior
        Shape, any real number; above 0 the upper tail is heavy, below 0 it ends at mu - sigma/xi. Other libraries
        (scipy's genextreme) use the opposite sign.
    mu : float, array, free or prior
        Location, any real number, in units of x: the quantile at 1/e.
    sigma : float, array, free or prior
        Scale, > 0, in units of x.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Prescott, Walden, *Biometrika* 67 (1980) 723-724.

    Examples
    --------
    >>> import mlestat as mle
    >>> round(float(mle.GEV(0.2, 1.0, 2.0).cdf(1.0)), 6)   # 1/e at mu
    0.367879
    """

    xi: Parameter = parameter(Real())
    mu: Parameter = parameter(Real(), unit="data")
    sigma: Parameter = parameter(Positive(), unit="data")

    solver = "Newton over the rows"
    aliases: ClassVar[tuple[str, ...]] = ("genextreme", "generalized_extreme_value")

    @property
    def support(self) -> Support:  # type: ignore[override]
        """Above mu - sigma/xi for xi > 0, below it for xi < 0; the whole line for xi = 0 or while something is free."""
        if any(is_estimated(v) for v in (self.xi, self.mu, self.sigma)):
            return Real()
        heavy, ends = self.xi > 0.0, self.xi < 0.0
        end = self.mu - self.sigma / where(heavy | ends, self.xi, 1.0)
        return Interval(where(heavy, end, -math.inf), where(ends, end, math.inf))

    def _terms(self, x: Array) -> Terms:
        z = (x - self.mu) * (1.0 / self.sigma)
        level, slope, bend, w = reduced(self.xi, z)
        xi = self.xi
        t, rest = exp(-level), -expm1(-level)  # T and 1 - T
        zw = z * w
        mixed = (w - zw * rest + t * slope) * w
        return (
            (1.0 + xi) * level + t,
            -rest * slope - zw,
            (xi + rest) * w,
            zw * rest - w,
            zw * zw - t * slope * slope - rest * bend,
            mixed,
            z * mixed,
            (t - xi) * w * w,
            (xi + rest + t * z) * w * w,
            zw + (zw - w) * w - t * zw * (2.0 + (xi - 1.0) * z) * w,
        )

    def _logpdf(self, t: Terms) -> Array:
        return -log(self.sigma) - t[0]

    def _score(self, t: Terms) -> Vector:
        return t[1], t[2] / self.sigma, t[3] / self.sigma

    def _hessian(self, t: Terms) -> Matrix:
        *_, xi_xi, xi_mu, xi_sigma, mu_mu, mu_sigma, sigma_sigma = t
        s = self.sigma
        v = s * s
        xi_mu, xi_sigma = xi_mu / s, xi_sigma / s
        mu_mu, mu_sigma, sigma_sigma = -(1.0 + self.xi) * mu_mu / v, -mu_sigma / v, -sigma_sigma / v
        return (xi_xi, xi_mu, xi_sigma), (xi_mu, mu_mu, mu_sigma), (xi_sigma, mu_sigma, sigma_sigma)

    def _dlogpdf(self, x: Array) -> Array:
        return -self._terms(x)[2] / self.sigma

    def _d2logpdf(self, x: Array) -> Array:
        return -(1.0 + self.xi) * self._terms(x)[7] / self.sigma / self.sigma

    def _dscore(self, x: Array) -> Vector:
        """A shift of x is the opposite one of μ."""
        *_, xi_mu, _, mu_mu, mu_sigma, _ = self._terms(x)
        s = self.sigma
        return -xi_mu / s, (1.0 + self.xi) * mu_mu / s / s, mu_sigma / s / s

    def _fisher(self) -> Matrix:
        """E[score scoreᵀ] over L = -log T; not a number for ξ ≤ -½, where it does not exist."""
        xi, s = float(self.xi), self.sigma
        if not xi > -0.5:
            return ((math.nan,) * 3,) * 3
        level, weight = _nodes(1.0 + min(0.0, 2.0 * xi))
        t, w, a = np.exp(-level), np.exp(-xi * level), xi * level
        zw = level * sc.exprel(-a)
        slope = level * level * _exprel_slope(a)
        parts = ((t - 1.0) * slope - zw, ((1.0 + xi) - t) * w / s, (zw - w - t * zw) / s)
        return tuple(tuple(float(np.sum(weight * p * q)) for q in parts) for p in parts)

    def _level(self, x: Array) -> Array:
        return reduced(self.xi, (x - self.mu) / self.sigma)[0]

    def _cdf(self, x: Array) -> Array:
        return np.exp(-np.exp(-self._level(x)))

    def _sf(self, x: Array) -> Array:
        return -np.expm1(-np.exp(-self._level(x)))

    def _logcdf(self, x: Array) -> Array:
        return -np.exp(-self._level(x))

    def _logsf(self, x: Array) -> Array:
        """Where T is small, log S = -L + log((1 - e^-T)/T), also where T underflows."""
        level = self._level(x)
        t = np.exp(-level)
        return np.where(t < 1.0, -level + np.log(sc.exprel(-np.minimum(t, 1.0))), np.log1p(-np.exp(-t)))

    def _level_derivatives(self, x: Array) -> tuple[Array, Vector, Matrix]:
        """L with its first and second derivatives in (ξ, μ, σ)."""
        s = self.sigma
        z = (x - self.mu) / s
        level, slope, bend, w = reduced(self.xi, z)
        zw = z * w
        xi_mu, xi_sigma, mu_sigma = zw * w / s, zw * zw / s, w * w / s / s
        hessian = (
            (bend, xi_mu, xi_sigma),
            (xi_mu, -self.xi * mu_sigma, mu_sigma),
            (xi_sigma, mu_sigma, zw * (1.0 + w) / s / s),
        )
        return level, (slope, -w / s, -zw / s), hessian

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        level, gradient, hessian = self._level_derivatives(x)
        t = np.exp(-level)
        return through(t, -t, gradient, hessian)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        """Through log T = -L."""
        level, gradient, hessian = self._level_derivatives(x)
        first, second = log_complement(np.exp(-level))
        return through(-first, second, gradient, hessian)

    def _quantile(self, level: Array) -> Array:
        return self.mu + from_reduced(self.xi, level, self.sigma)

    def _ppf(self, q: Array) -> Array:
        return self._quantile(-np.log(-np.log(q)))

    def _isf(self, q: Array) -> Array:
        return self._quantile(-np.log(-np.log1p(-q)))

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return self._quantile(-np.log(rng.standard_exponential(size)))

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        mean, variance, skewness, kurtosis = gev_moments(np.asarray(self.xi, dtype=float))
        return self.mu + self.sigma * mean, self.sigma * self.sigma * variance, skewness, kurtosis

    def _start(self, x: Floats, w: Floats) -> Mapping[str, float]:
        """The best by likelihood of several shapes, each with the location and scale of the first two L-moments."""
        fixed = {name: float(np.mean(v)) for name, v in self.params.items() if not is_estimated(v)}
        l1, l2, l3 = l_moments(x, w)
        c = 2.0 / (3.0 + l3 / l2) - math.log(2.0) / math.log(3.0)
        shapes = [-(7.859 * c + 2.9554 * c * c), *START_XI] if "xi" not in fixed else [fixed["xi"]]
        best: tuple[float, Mapping[str, float]] = (-math.inf, {})
        for xi in shapes:
            if xi <= -1.0 and "xi" not in fixed:
                continue
            values = self._feasible({**_by_l_moments(xi, l1, l2), **fixed}, fixed, float(x.min()), float(x.max()))
            model = self.with_values(values)
            height = float(np.average(model._logpdf(model._terms(x)), weights=w))
            best = max(best, (height, values), key=lambda pair: pair[0])
        return best[1]

    @staticmethod
    def _feasible(values: dict[str, float], fixed: Mapping[str, float], low: float, high: float) -> dict[str, float]:
        """Move what is free until all data are inside the support: a wider scale, else a smaller shape."""
        for _ in range(200):
            xi, mu, sigma = values["xi"], values["mu"], values["sigma"]
            inside = min(1.0 + xi * (low - mu) / sigma, 1.0 + xi * (high - mu) / sigma) > 0.01
            if inside:
                break
            if "sigma" not in fixed:
                values = {**values, "sigma": 1.1 * sigma}
            elif "xi" not in fixed:
                values = {**values, "xi": 0.9 * xi}
            else:
                values = {**values, "mu": mu + math.copysign(0.1 * sigma, xi * -1.0) if xi > 0 else mu + 0.1 * sigma}
        return values

    def _unbounded(self) -> str | None:
        return UNBOUNDED if is_estimated(self.xi) or (self.free and np.any(self.xi < -1.0)) else None

    def _lost(self) -> Array:
        return self.xi <= LOST

    def _specials(self) -> tuple[Special, ...]:
        if self.xi is not free:
            return ()
        names = {"mu": "mu", "sigma": "scale"}
        return (Special("GumbelMax", "xi", 0.0, GumbelMax(self.mu, self.sigma), names),)

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        at_c = is_estimated(self.mu) or self.mu == c
        xi = math.nan if is_estimated(self.xi) else self.xi
        return {"xi": xi, "mu": c, "sigma": 0.0} if self.sigma is free and at_c else None


def l_moments(x: Floats, w: Floats) -> tuple[float, float, float]:
    """Return the first three L-moments of weighted data, by probability-weighted moments at the middle of each row."""
    order = np.argsort(x, kind="stable")
    x, w = x[order], w[order] / np.sum(w)
    p = np.cumsum(w) - 0.5 * w
    b0, b1, b2 = float(np.sum(w * x)), float(np.sum(w * x * p)), float(np.sum(w * x * p * p))
    return b0, max(2.0 * b1 - b0, 1e-9 * float(x[-1] - x[0])), 6.0 * b2 - 6.0 * b1 + b0


def _by_l_moments(xi: float, l1: float, l2: float) -> dict[str, float]:
    """Location and scale at a shape, from the mean and the second L-moment (Hosking, Wallis, Wood 1985, eq. 14)."""
    xi = min(xi, 0.95) if abs(xi) > 1e-6 else 1e-6
    gamma = math.gamma(1.0 - xi)
    sigma = l2 * xi / ((2.0**xi - 1.0) * gamma)
    return {"xi": xi, "mu": l1 - sigma * (gamma - 1.0) / xi, "sigma": sigma}


def _nodes(rate: float) -> tuple[Floats, Floats]:
    """Values of L = -log T and weights, for integrands that fall like exp(-rate·L)."""
    level = np.arange(-7.0, 45.0 / rate, STEP)
    return level, STEP * np.exp(-level - np.exp(-level))


def _exprel_slope(a: Floats) -> Floats:
    """(exprel(-a) - 1)/a, which is -½ at 0."""
    near = np.abs(a) < 0.5
    far = np.where(near, 1.0, a)
    return np.where(near, polynomial(np.where(near, a, 0.0), EXPREL_SERIES), (sc.exprel(-far) - 1.0) / far)


def gev_moments(xi: Floats) -> tuple[Array, Array, Array, Array]:
    """Return mean, variance, skewness and kurtosis of the standard GEV; inf or nan where there is none.

    By quadrature over L where the integrand falls fast, else by gamma functions, which do not cancel there.
    """
    g = [sc.gamma(np.where(j * xi < 1.0, 1.0 - j * xi, math.nan)) for j in (1, 2, 3, 4)]
    unit = np.where(xi == 0.0, 1.0, xi)
    closed = [(g[0] - 1.0) / unit, *(c / unit**j for j, c in zip((2, 3, 4), central(*g), strict=True))]
    level, weight = _nodes(0.5)
    y = level * sc.exprel(np.minimum(xi, 0.5)[..., None] * level)
    mean = np.sum(weight * y, axis=-1)
    summed = [mean, *(np.sum(weight * (y - mean[..., None]) ** j, axis=-1) for j in (2, 3, 4))]
    m1, m2, m3, m4 = (np.where(j * xi < 0.5, s, c) for j, s, c in zip((1, 2, 3, 4), summed, closed, strict=True))
    spread = np.where(xi < 0.5, math.inf, math.nan)
    return (
        np.where(xi < 1.0, m1, math.inf)[()],
        np.where(xi < 0.5, m2, np.where(xi < 1.0, math.inf, math.nan))[()],
        np.where(xi < 1.0 / 3.0, m3 / m2**1.5, spread)[()],
        np.where(xi < 0.25, m4 / (m2 * m2), spread)[()],
    )
