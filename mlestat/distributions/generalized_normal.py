r"""Generalized normal (exponential power, Subbotin) distribution.

Density :math:`f(x) = \frac{p}{2 s\,\Gamma(1/p)}\, e^{-|z|^p}` with :math:`z = (x-\mu)/s` and power p, any real x.

- Moments: mean μ, variance s² Γ(3/p)/Γ(1/p), skewness 0, kurtosis Γ(5/p) Γ(1/p)/Γ(3/p)².
- With u = |z|^p and L = log|z|: score :math:`p\,\mathrm{sign}(z)|z|^{p-1}/s` in μ, :math:`(pu-1)/s` in s,
  :math:`\psi(1+1/p)/p^2 - uL` in p. In μ there is a corner for p ≤ 1, and a Hessian without bound for p < 2.
- Fisher information: see `_fisher` (Agrò 1995); in μ it is finite for p > ½ only.
- Contains Laplace (p = 1), Normal (p = 2, s = σ√2), and in the limit p → ∞ the uniform on μ ± s.
- MLE: not smooth in μ, so it is taken from the rows: for given p the location is a root (p > 1), a median (p = 1) or a
  data value (p < 1), the scale is closed, and the power is a one-dimensional root. As p → 0 the likelihood is unbounded
  at every data value, so the estimate is the highest interior maximum.

References: Subbotin, *Mat. Sb.* 31 (1923) 296-301; Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions*
vol. 2, 2nd ed. (1995), ch. 24; Agrò, "Maximum likelihood estimation for the exponential power function parameters",
*Commun. Stat. Simul.* 24 (1995) 523-536. Derivation: docs/theory/families/generalized_normal.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.arrays import Array, absolute, digamma, exp, gammaln, log, sign, trigamma, where
from mlestat.distributions.base import Distribution, Escape, Matrix, Special, Terms, Vector, is_estimated
from mlestat.distributions.exponential_power_fit import LEAST_ORDINARY, POWERS, Best, search, surely_inside
from mlestat.distributions.gamma import Gamma
from mlestat.distributions.laplace import Laplace
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.starts import centre_and_spread
from mlestat.distributions.tail_derivatives import of_complement, tail_derivatives
from mlestat.supports import Positive, Real
from mlestat.tails import gammaincc, log_gammaincc

NARROW = 1e-30
"""|z|^p below which the incomplete gamma function is its first term, |z|/Γ(1 + 1/p), even where |z|^p underflows."""

STANDARD_GAMMA = Gamma(1.0, 1.0)

MIDDLE = 4.0
"""|z|^p below which tails are differentiated through the hazard: further out a quadrature settles, and the hazard's
own derivative would cancel."""


@dataclass(frozen=True)
class GeneralizedNormal(Distribution):
    """Generalized normal (exponential power) distribution; `power` 1 is the Laplace, 2 the normal with scale √2 sigma.

    Parameters
    ----------
    mu : float, array, free or prior
        Mean, median and mode, any real number, in units of x.
    scale : float, array, free or prior
        Scale, > 0, in units of x.
    power : float, array, free or prior
        Power of the distance in the exponent, > 0; small for a sharp peak and heavy tails.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Agrò, *Communications in Statistics - Simulation and Computation* 24 (1995) 523-536.

    Examples
    --------
    >>> import mlestat as mle
    >>> round(mle.fit(mle.GeneralizedNormal(power=2.0), [1.0, 2.0, 6.0]).params["mu"], 9)
    3.0
    """

    mu: Parameter = parameter(Real(), unit="data")
    scale: Parameter = parameter(Positive(), unit="data")
    power: Parameter = parameter(Positive())

    support = Real()
    solver = "location, scale and power in turn, over the rows"
    aliases: ClassVar[tuple[str, ...]] = ("gennorm", "exponential_power", "subbotin", "gnorm")
    costly_tails = True
    regular = False
    kinks: ClassVar[tuple[str, ...]] = ("mu",)

    def _terms(self, x: Array) -> Terms:
        u, slope, curvature, log_size = self._powers((x - self.mu) * (1.0 / self.scale))
        ul = u * log_size
        return u, ul, ul * log_size, slope, slope * log_size, curvature

    def _powers(self, z: Array) -> tuple[Array, Array, Array, Array]:
        """|z|^p, sign(z) |z|^(p-1), |z|^(p-2) and log|z|; at the corner z = 0 the middle of the slopes, 0."""
        size = absolute(z)
        corner = size == 0.0
        y = where(corner, 1.0, size)
        log_size = log(y)
        p = self.power
        u = where(corner, 0.0, exp(p * log_size))
        return u, sign(z) * exp((p - 1.0) * log_size), where(corner, 1.0 * (p == 2.0), u / y / y), log_size

    def _logpdf(self, t: Terms) -> Array:
        return -t[0] - log(2.0 * self.scale) - gammaln(1.0 + 1.0 / self.power)

    def _score(self, t: Terms) -> Vector:
        p, s = self.power, self.scale
        return p * t[3] / s, (p * t[0] - 1.0) / s, digamma(1.0 + 1.0 / p) / (p * p) - t[1]

    def _hessian(self, t: Terms) -> Matrix:
        u, ul, ull, slope, slope_log, curvature = t
        p, s = self.power, self.scale
        v = s * s
        mu_scale, mu_power, scale_power = -p * p * slope / v, (slope + p * slope_log) / s, (u + p * ul) / s
        a = 1.0 + 1.0 / p
        power_power = -(2.0 * digamma(a) + trigamma(a) / p) / (p * p * p) - ull
        return (
            (-p * (p - 1.0) * curvature / v, mu_scale, mu_power),
            (mu_scale, (1.0 - p * (p + 1.0) * u) / v, scale_power),
            (mu_power, scale_power, power_power),
        )

    def _dlogpdf(self, x: Array) -> Array:
        return -self.power * self._powers((x - self.mu) / self.scale)[1] / self.scale

    def _d2logpdf(self, x: Array) -> Array:
        p = self.power
        return -p * (p - 1.0) * self._powers((x - self.mu) / self.scale)[2] / self.scale / self.scale

    def _dscore(self, x: Array) -> Vector:
        *_, slope, slope_log, curvature = self._terms(x)
        p, s = self.power, self.scale
        return p * (p - 1.0) * curvature / (s * s), p * p * slope / (s * s), -(slope + p * slope_log) / s

    def _fisher(self) -> Matrix:
        p, s = self.power, self.scale
        a = 1.0 + 1.0 / p
        known = 1.0 + digamma(a)
        mu_mu = p * p * np.exp(sc.gammaln(2.0 - 1.0 / p) - sc.gammaln(1.0 / p)) / (s * s) if p > 0.5 else math.inf
        scale_power = -known / (p * s)
        power_power = (a * trigamma(a) + known * known - 1.0) / (p * p * p)
        return (mu_mu, 0.0, 0.0), (0.0, p / (s * s), scale_power), (0.0, scale_power, power_power)

    def _cdf(self, x: Array) -> Array:
        return self._below((x - self.mu) / self.scale)

    def _sf(self, x: Array) -> Array:
        return self._below((self.mu - x) / self.scale)

    def _logcdf(self, x: Array) -> Array:
        return self._log_below((x - self.mu) / self.scale)

    def _logsf(self, x: Array) -> Array:
        return self._log_below((self.mu - x) / self.scale)

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail_derivatives(x, upper=False)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail_derivatives(x, upper=True)

    def _tail_derivatives(self, x: Array, *, upper: bool) -> tuple[Vector, Matrix]:
        """Far out by quadrature, but in the middle, where the density is flat and then falls, through the hazard.

        With r = f/P the derivatives in location and scale are ± r and z r, and theirs follow from the score; the power
        alone needs the incomplete gamma function.
        """
        side = 1.0 if upper else -1.0
        z = side * (x - self.mu) / self.scale
        middle = np.abs(z) ** self.power < MIDDLE
        g, h = tail_derivatives(self, np.where(middle, self.mu + 2.0 * side * self.scale, x), upper=upper)
        if not np.any(middle):
            return g, h
        at, z = np.where(middle, x, self.mu), np.where(middle, z, 0.0)
        t = self._terms(at)
        r = np.exp(self._logpdf(t) - (self._logsf(at) if upper else self._logcdf(at)))
        near_g, near_h = self._through_hazard(z, side, r, self._score(t))
        return (
            tuple(np.where(middle, a, b) for a, b in zip(near_g, g, strict=True)),
            tuple(tuple(np.where(middle, near_h[i][j], h[i][j]) for j in range(3)) for i in range(3)),
        )

    def _through_hazard(self, z: Array, side: float, r: Array, s: Vector) -> tuple[Vector, Matrix]:
        g_power, power_power = self._in_power(z)
        g = side * r, z * r, g_power
        by_mu, by_scale, by_power = (r * (v - w) for v, w in zip(s, g, strict=True))
        scale_scale = z * (by_scale - r / self.scale)
        return g, (
            (side * by_mu, side * by_scale, side * by_power),
            (side * by_scale, scale_scale, z * by_power),
            (side * by_power, z * by_power, power_power),
        )

    def _in_power(self, z: Array) -> tuple[Array, Array]:
        """First and second derivative in p of log P(Z > z), from those of log Q(1/p, |z|^p) in shape and log."""
        p, size = self.power, np.abs(np.where(z == 0.0, 1.0, z))
        (k, s), ((kk, ks), (_, ss)) = STANDARD_GAMMA.with_values({"shape": 1.0 / p})._logsf_derivatives(size**p)
        w, slope = np.log(size), -1.0 / (p * p)
        first = k * slope - s * w
        second = kk * slope * slope - 2.0 * ks * slope * w + (ss + s) * w * w + 2.0 * k / p**3
        (other,), ((other_second,),) = of_complement(self._odds(-size), (first,), ((second,),))
        first, second = np.where(z > 0.0, first, other), np.where(z > 0.0, second, other_second)
        return np.where(z == 0.0, 0.0, first), np.where(z == 0.0, 0.0, second)

    def _odds(self, z: Array) -> Array:
        """Log of P(Z ≤ z) over P(Z > z)."""
        return self._log_below(z) - self._log_below(-z)

    def _below(self, z: Array) -> Array:
        """P(Z ≤ z): half of the incomplete gamma function of |z|^p with shape 1/p."""
        a, u, middle = self._incomplete(z)
        tail = 0.5 * np.where(u < NARROW, 1.0 - middle, gammaincc(a, u))
        return np.where(z < 0.0, tail, 1.0 - tail)

    def _log_below(self, z: Array) -> Array:
        a, u, middle = self._incomplete(z)
        tail = np.where(u < NARROW, np.log1p(-middle), log_gammaincc(a, u)) - math.log(2.0)
        return np.where(z < 0.0, tail, np.log1p(-np.exp(tail)))

    def _incomplete(self, z: Array) -> tuple[Array, Array, Array]:
        """Shape 1/p, u = |z|^p, and the first term of P(1/p, u)."""
        a = 1.0 / self.power
        u = np.abs(z) ** self.power
        return a, u, np.where(u < NARROW, np.abs(z) / sc.gamma(1.0 + np.minimum(a, 150.0)), 0.0)

    def _ppf(self, q: Array) -> Array:
        return self.mu + self.scale * self._standard_quantile(q)

    def _isf(self, q: Array) -> Array:
        return self.mu - self.scale * self._standard_quantile(q)

    def _standard_quantile(self, q: Array) -> Array:
        """By the nearer tail; from the middle where q is near one half."""
        a = 1.0 / self.power
        p = np.minimum(q, 1.0 - q)
        middle = 1.0 - 2.0 * p
        u = np.where(p < 0.25, sc.gammainccinv(a, 2.0 * p), sc.gammaincinv(a, middle))
        z = np.where(u < NARROW, middle * sc.gamma(1.0 + np.minimum(a, 150.0)), u**a)
        return np.where(q < 0.5, -z, z)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        """A gamma variable of shape a is one of shape a + 1 times U^(1/a): so no draw underflows for a large power."""
        a = 1.0 / self.power
        distance = rng.gamma(1.0 + a, size=size) ** a * rng.uniform(size=size)
        return self.mu + self.scale * distance * rng.choice(np.array([-1.0, 1.0]), size)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        first, third, fifth = (sc.gammaln(1.0 + j / self.power) - math.log(j) for j in (1.0, 3.0, 5.0))
        variance = self.scale * self.scale * np.exp(third - first)
        return self.mu, variance, 0.0, np.exp(fifth + first - 2.0 * third)

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        middle, spread = centre_and_spread(x, w)
        return {"mu": middle, "scale": 2.0 * spread, "power": 1.5}

    def _held(self) -> dict[str, Any]:
        """The held parameters, None for what is free."""
        return {name: None if is_estimated(value) else value for name, value in self.params.items()}

    def _best(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Best | None:
        held = self._held()
        return None if any(np.ndim(v) > 0 for v in held.values() if v is not None) else search(x, w, **held)

    def _direct(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float] | None:
        best = self._best(x, w)
        if best is None:
            return None
        # what is only approached is left to `_escape`; here a member on the way to it
        return {"mu": best.mu, "scale": best.scale, "power": min(best.power, POWERS[-1])}

    def _escape(self, x: NDArray[np.float64], w: NDArray[np.float64] | None, reached: float) -> Escape | None:
        """No interior maximum as high as the uniform's, or none below the spikes of powers near 0."""
        if self.power is not free:
            return None
        w = np.ones(x.size) if w is None else w
        x, held = x.astype(np.float64), self._held()
        if surely_inside(x, w, held["mu"], held["scale"], reached):
            return None
        best = self._best(x, w)
        if best is None or best.kind == "interior":
            return None
        if best.kind == "uniform":
            ends = {"mu": best.mu, "scale": best.scale, "power": math.inf}
            limit = f"Uniform({best.mu - best.scale:.6g}, {best.mu + best.scale:.6g})"
            return Escape(ends, "no finite power reaches the uniform's height", float(w.sum()) * best.height, limit)
        ends = {"mu": best.mu, "scale": 0.0 if is_estimated(self.scale) else self.scale, "power": 0.0}
        because = f"no maximum with a power above {LEAST_ORDINARY:g} is as high as the spike on {best.mu:g}"
        return Escape(ends, because, math.inf, f"a point mass at {best.mu:g} under a heavy tail")

    def _specials(self) -> tuple[Special, ...]:
        if self.power is not free:
            return ()
        same = {"mu": "mu", "scale": "scale"}
        return (
            Special("Laplace", "power", 1.0, Laplace(self.mu, self.scale), same),
            Special("Normal", "power", 2.0, replace(self, power=2.0), same),
        )

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        at_c = is_estimated(self.mu) or self.mu == c
        power = self.power if not is_estimated(self.power) else math.nan
        return {"mu": c, "scale": 0.0, "power": power} if self.scale is free and at_c else None
