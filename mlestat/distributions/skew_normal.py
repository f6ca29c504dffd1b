r"""Skew-normal distribution.

Density :math:`f(x) = \tfrac2\sigma\,\varphi(z)\,\Phi(\alpha z)` with :math:`z = (x-\mu)/\sigma`, any real x.

- With b = √(2/π) and δ = α/√(1+α²): mean μ + σδb, variance σ²(1-b²δ²), skewness ½(4-π)(bδ)³/(1-b²δ²)^{3/2}, kurtosis
  3 + 2(π-3)(bδ)⁴/(1-b²δ²)².
- With ζ = φ(αz)/Φ(αz): score :math:`(z-\alpha\zeta)/\sigma` in μ, :math:`(z^2-\alpha z\zeta-1)/\sigma` in σ,
  :math:`z\zeta` in α.
- Fisher information: from E[z^k ζ²], k = 0, 1, 2, by the trapezoidal rule; singular at α = 0 (Azzalini 1985).
- Sufficient statistics: none of fixed dimension.
- MLE: Newton over the rows from starts of both signs, since α = 0 is a stationary point. The likelihood also rises
  towards a half-normal on an extreme value as α → ±∞; where that is higher than any maximum, no maximum exists.

References: Azzalini, "A class of distributions which includes the normal ones", *Scand. J. Statist.* 12 (1985) 171-178;
Azzalini, Capitanio, *The Skew-Normal and Related Families* (2014), ch. 2 and 3. Derivation:
docs/theory/families/skew_normal.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.arrays import Array, log
from mlestat.distributions.base import Distribution, Escape, Matrix, Special, Terms, Vector, is_estimated
from mlestat.distributions.normal import Normal
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.tail_derivatives import location_scale
from mlestat.special import HALF_LOG_2PI, normal_hazard
from mlestat.supports import Positive, Real
from mlestat.tails import log_skew_normal_tails

MEAN = math.sqrt(2.0 / math.pi)
"""Mean of |Z| for a standard normal Z."""

START_DELTAS = (0.4, 0.8, 0.95, 0.995, 0.9999)
"""δ of the starts that are tried with both signs, beside that of the sample's skewness."""

NEAR_NORMAL = 0.7
"""Shape, of either sign, from which a maximum close to the normal is looked for."""

START_ROWS = 500
"""Rows that the choice of a start looks at."""

START_STEPS = 8
"""Newton steps in location and scale from each start."""


@dataclass(frozen=True)
class SkewNormal(Distribution):
    """Skew-normal distribution; `alpha` 0 is the normal, positive values are skewed to the right.

    Parameters
    ----------
    mu : float, array, free or prior
        Location (not the mean), any real number, in units of x.
    sigma : float, array, free or prior
        Scale (not the standard deviation), > 0, in units of x.
    alpha : float, array, free or prior
        Shape, any real number; infinity is the half-normal.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Azzalini, *Scandinavian Journal of Statistics* 12 (1985) 171-178.

    Examples
    --------
    >>> import mlestat as mle
    >>> f = mle.fit(mle.SkewNormal(), [0.2, 0.9, 1.1, 1.2, 1.4, 1.5, 1.7, 2.0, 2.2, 2.6, 3.1, 3.9])
    >>> f.verdict.kind, f.params["alpha"] > 1
    ('interior', True)
    """

    mu: Parameter = parameter(Real(), unit="data")
    sigma: Parameter = parameter(Positive(), unit="data")
    alpha: Parameter = parameter(Real())

    support = Real()
    solver = "Newton over the rows"
    aliases: ClassVar[tuple[str, ...]] = ("skewnorm", "sn")

    def _terms(self, x: Array) -> Terms:
        z = (x - self.mu) * (1.0 / self.sigma)
        log_p, hazard, gap = normal_hazard(self.alpha * z)
        k = hazard * gap
        zk = z * k
        return z, z * z, log_p, hazard, z * hazard, k, zk, z * zk

    def _logpdf(self, t: Terms) -> Array:
        return math.log(2.0) - HALF_LOG_2PI - log(self.sigma) - 0.5 * t[1] + t[2]

    def _score(self, t: Terms) -> Vector:
        z, zz, _, hazard, z_hazard, *_ = t
        a, s = self.alpha, self.sigma
        return (z - a * hazard) / s, (zz - a * z_hazard - 1.0) / s, z_hazard

    def _hessian(self, t: Terms) -> Matrix:
        z, zz, _, hazard, z_hazard, k, zk, zzk = t
        a, s = self.alpha, self.sigma
        v = s * s
        mu_sigma = (-2.0 * z + a * hazard - a * a * zk) / v
        mu_alpha, sigma_alpha = (a * zk - hazard) / s, (a * zzk - z_hazard) / s
        return (
            (-(1.0 + a * a * k) / v, mu_sigma, mu_alpha),
            (mu_sigma, (1.0 - 3.0 * zz + 2.0 * a * z_hazard - a * a * zzk) / v, sigma_alpha),
            (mu_alpha, sigma_alpha, -zzk),
        )

    def _dlogpdf(self, x: Array) -> Array:
        return -self._score(self._terms(x))[0]

    def _d2logpdf(self, x: Array) -> Array:
        return self._hessian(self._terms(x))[0][0]

    def _dscore(self, x: Array) -> Vector:
        rows = self._hessian(self._terms(x))
        return tuple(-row[0] for row in rows)

    def _fisher(self) -> Matrix:
        a, s = self.alpha, self.sigma
        a0, a1, a2 = _hazard_moments(a)
        root = math.sqrt(1.0 + a * a)
        mu_sigma = MEAN * a / root * (1.0 + 2.0 * a * a) / (1.0 + a * a) + a * a * a1
        mu_alpha = (MEAN / root**3 - a * a1) / s
        return (
            ((1.0 + a * a * a0) / (s * s), mu_sigma / (s * s), mu_alpha),
            (mu_sigma / (s * s), (2.0 + a * a * a2) / (s * s), -a * a2 / s),
            (mu_alpha, -a * a2 / s, a2),
        )

    def _cdf(self, x: Array) -> Array:
        return np.exp(self._logcdf(x))

    def _sf(self, x: Array) -> Array:
        return np.exp(self._logsf(x))

    def _logcdf(self, x: Array) -> Array:
        return log_skew_normal_tails((x - self.mu) / self.sigma, self.alpha)[0]

    def _logsf(self, x: Array) -> Array:
        return log_skew_normal_tails((x - self.mu) / self.sigma, self.alpha)[1]

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail_derivatives(x, 1.0)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail_derivatives(x, -1.0)

    def _tail_derivatives(self, x: Array, side: float) -> tuple[Vector, Matrix]:
        """Of log P, by P' = side·f in z and P' = -side·B in α, with B = exp(-z²(1+α²)/2)/(π(1+α²))."""
        a, s = self.alpha, self.sigma
        z, zz, log_p, hazard, *_ = (standard := self.with_values({"mu": 0.0, "sigma": 1.0}))._terms((x - self.mu) / s)
        log_tail = log_skew_normal_tails(z, a)[0 if side > 0.0 else 1]
        h = side * np.exp(standard._logpdf((z, zz, log_p)) - log_tail)
        c = -side * np.exp(-0.5 * zz * (1.0 + a * a) - log_tail) / (math.pi * (1.0 + a * a))
        second = h * (a * hazard - z - h)
        z_alpha, alpha_alpha = h * (z * hazard - c), -c * (a * zz + 2.0 * a / (1.0 + a * a) + c)
        (mu, sigma), ((mu_mu, mu_sigma), (_, sigma_sigma)) = location_scale(z, s, h, second)
        mu_alpha, sigma_alpha = -z_alpha / s, -z * z_alpha / s
        return (mu, sigma, c), (
            (mu_mu, mu_sigma, mu_alpha),
            (mu_sigma, sigma_sigma, sigma_alpha),
            (mu_alpha, sigma_alpha, alpha_alpha),
        )

    def _ppf(self, q: Array) -> Array:
        return self.mu + self.sigma * _standard_quantile(q, self.alpha)

    def _isf(self, q: Array) -> Array:
        return self.mu - self.sigma * _standard_quantile(q, -self.alpha)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        """δ|Z| + √(1-δ²) Z' (Azzalini, Capitanio 2014, ch. 2)."""
        root = np.sqrt(1.0 + self.alpha * self.alpha)
        z = (self.alpha * np.abs(rng.standard_normal(size)) + rng.standard_normal(size)) / root
        return self.mu + self.sigma * z

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        m = MEAN * self.alpha / np.sqrt(1.0 + self.alpha * self.alpha)
        v = 1.0 - m * m
        ratio = m * m / v
        skewness = 0.5 * (4.0 - math.pi) * ratio * m / np.sqrt(v)
        s = self.sigma
        return self.mu + s * m, s * s * v, skewness, 3.0 + 2.0 * (math.pi - 3.0) * ratio * ratio

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        return self._starts(x, w)[0]

    def _starts(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> tuple[Mapping[str, float], ...]:
        """Each shape that is tried gets its best location and scale, a concave problem; peaks among them are starts."""
        few = slice(None, None, -(-x.size // START_ROWS))
        x, w = x[few], w[few] / w[few].sum()
        deltas = {s * d for d in (*START_DELTAS, _delta_of_skewness(x, w)) for s in (-1.0, 1.0)}
        shapes = (
            [d / math.sqrt(1.0 - d * d) for d in sorted(deltas)] if is_estimated(self.alpha) else [np.mean(self.alpha)]
        )
        fits = [self._at_shape(x, w, float(a)) for a in shapes]
        heights = [-math.inf, *(height for height, _ in fits), -math.inf]
        peaks = [fits[i] for i in range(len(fits)) if heights[i] <= heights[i + 1] >= heights[i + 2]]
        return tuple(values for _, values in sorted(peaks, key=lambda pair: -pair[0]))

    def _at_shape(self, x: NDArray[np.float64], w: NDArray[np.float64], a: float) -> tuple[float, Mapping[str, float]]:
        """Newton's steps in (mu, log sigma) from the moments, and the height that they reach."""
        mean, sd = float(w @ x), math.sqrt(float(w @ (x - float(w @ x)) ** 2))
        standard = self.with_values({"mu": 0.0, "sigma": 1.0, "alpha": a})
        mean_z, variance_z, *_ = standard._moments()
        sigma = sd / math.sqrt(float(variance_z)) if is_estimated(self.sigma) else np.mean(self.sigma)
        mu = mean - sigma * float(mean_z) if is_estimated(self.mu) else np.mean(self.mu)
        here = self.with_values({"mu": float(mu), "sigma": float(sigma), "alpha": a})
        height = _mean_height(here, x, w)
        for _ in range(START_STEPS):
            there = _newton_step(here, x, w, is_estimated(self.mu), is_estimated(self.sigma))
            if not (reached := _mean_height(there, x, w)) > height:
                break
            here, height = there, reached
        return height, here.params

    def _specials(self) -> tuple[Special, ...]:
        if self.alpha is not free:
            return ()
        return (Special("Normal", "alpha", 0.0, Normal(self.mu, self.sigma), {"mu": "mu", "sigma": "sigma"}),)

    def _beside(self, special: Special, member: Distribution) -> tuple[Mapping[str, float], ...]:
        """With the mean and the standard deviation of the normal, and a shape of either sign."""
        sides = [SkewNormal(0.0, 1.0, a) for a in (-NEAR_NORMAL, NEAR_NORMAL)]
        mu, sigma = (float(v) for v in member.params.values())
        scales = [sigma / math.sqrt(float(side.moments().variance)) for side in sides]
        return tuple(
            {"mu": mu - scale * float(side.moments().mean), "sigma": scale, "alpha": side.alpha}
            for side, scale in zip(sides, scales, strict=True)
        )

    def _escape(self, x: NDArray[np.float64], w: NDArray[np.float64] | None, reached: float) -> Escape | None:
        """The half-normal on either side of the data, where no maximum is as high."""
        if self.alpha is not free or any(np.ndim(v) > 0 for v in (self.mu, self.sigma)):
            return None
        x, w = x.astype(np.float64), np.ones(x.size) if w is None else w
        sides = [half for side in (1.0, -1.0) if (half := self._half_normal(x, w, side)) is not None]
        best = max(sides, key=lambda pair: pair[0], default=None)
        if best is None or best[0] < reached:
            return None
        height, ends = best
        edge = "smallest" if ends["alpha"] > 0.0 else "largest"
        limit = f"a half-normal with scale {ends['sigma']:.6g} that starts at {ends['mu']:.6g}"
        return Escape(ends, f"a half-normal from the {edge} value is higher than any maximum", height, limit)

    def _half_normal(
        self, x: NDArray[np.float64], w: NDArray[np.float64], side: float
    ) -> tuple[float, Mapping[str, float]] | None:
        """Log-likelihood and place of the limit α → side·∞; None where a value lies on the other side of mu."""
        mu = side * float((side * x).min()) if is_estimated(self.mu) else float(self.mu)
        distance, n = side * (x - mu), float(w.sum())
        if distance.min() < 0.0:
            return None
        reach = float(distance.max())  # so that no square leaves float64
        root_mean_square = reach * math.sqrt(float(w @ (distance / reach) ** 2) / n)
        sigma = root_mean_square if is_estimated(self.sigma) else float(self.sigma)
        height = -n * (math.log(sigma) + HALF_LOG_2PI - math.log(2.0)) - 0.5 * float(w @ (distance / sigma) ** 2)
        if not is_estimated(self.mu):  # Φ(0) = ½ for the values at mu, whatever α is
            height -= math.log(2.0) * float(w[distance == 0.0].sum())
        return height, {"mu": mu, "sigma": sigma, "alpha": side * math.inf}

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        at_c = is_estimated(self.mu) or self.mu == c
        alpha = self.alpha if not is_estimated(self.alpha) else math.nan
        return {"mu": c, "sigma": 0.0, "alpha": alpha} if self.sigma is free and at_c else None


def _delta_of_skewness(x: NDArray[np.float64], w: NDArray[np.float64]) -> float:
    """δ whose skewness is the sample's, within what a skew-normal can have (Azzalini, Capitanio 2014, ch. 3)."""
    d = x - float(w @ x)
    variance = float(w @ d**2)
    skewness = float(w @ d**3) / variance**1.5 if variance > 0.0 else 0.0
    r = math.copysign((2.0 * abs(skewness) / (4.0 - math.pi)) ** (1.0 / 3.0), skewness)
    return float(np.clip(r / math.sqrt(1.0 + r * r) / MEAN, -0.99, 0.99))


def _mean_height(member: SkewNormal, x: NDArray[np.float64], w: NDArray[np.float64]) -> float:
    return float(w @ member._logpdf(member._terms(x)))


def _newton_step(
    member: SkewNormal, x: NDArray[np.float64], w: NDArray[np.float64], move_mu: bool, move_sigma: bool
) -> SkewNormal:
    """One step in (mu, log sigma) for the held shape; the curvature in log sigma taken positive."""
    t = tuple(float(w @ column) for column in member._terms(x))
    (g_mu, g_sigma, _), h = member._score(t), member._hessian(t)
    s = member.sigma
    a, b, c = -h[0][0], -h[0][1] * s, abs(h[1][1] * s * s + g_sigma * s)
    moving = np.array([move_mu, move_sigma])
    matrix = np.where(np.outer(moving, moving), [[a, b], [b, c]], np.eye(2))
    step = np.linalg.solve(matrix, np.where(moving, [g_mu, g_sigma * s], 0.0))
    values: dict[str, Any] = {"mu": member.mu + step[0], "sigma": s * math.exp(float(np.clip(step[1], -1.0, 1.0)))}
    return member.with_values(values)


def _hazard_moments(a: float) -> tuple[float, float, float]:
    """E[z^k ζ²] for k = 0, 1, 2: ∫ 2 z^k φ(z) φ(αz)²/Φ(αz) dz, smooth and falling like a normal's exponential.

    With v = z√(1+α²) all shapes have the same width; the poles of 1/Φ are 2.8 away from the real line, so that the
    trapezoidal rule with this step is exact to rounding.
    """
    v, step = np.linspace(-14.0, 40.0, 1081, retstep=True)
    root = math.sqrt(1.0 + a * a)
    z = math.copysign(1.0, a) * v / root
    y = a * z
    density = 2.0 / root * np.exp(-0.5 * z * z - HALF_LOG_2PI - y * y - 2.0 * HALF_LOG_2PI - sc.log_ndtr(y))
    return tuple(float(step * np.sum(z**k * density)) for k in (0, 1, 2))  # type: ignore[return-value]


def _standard_quantile(q: Array, alpha: Array) -> Array:
    """Newton's method on log F, or on log S for q above ½: both are concave, so no step passes the root twice."""
    upper = q > 0.5
    log_q, log_other = np.log(q), np.log1p(-q)
    target = np.where(upper, log_other, log_q)
    z = sc.ndtri(q) + 0.0 * alpha
    standard = SkewNormal(0.0, 1.0, 0.0).with_values({"alpha": alpha})
    for _ in range(60):
        log_f, log_s = log_skew_normal_tails(z, alpha)
        tail = np.where(upper, log_s, log_f)
        slope = np.exp(standard._logpdf(standard._terms(z)) - tail)
        step = np.where(upper, -1.0, 1.0) * (target - tail) / slope
        z = z + np.where(np.isfinite(step), step, 0.0)
        if not np.any(np.abs(step) > 1e-15 * np.abs(z)):
            break
    return z
