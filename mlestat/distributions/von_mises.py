r"""Von Mises distribution of angles.

Density :math:`f(x) = e^{\kappa\cos(x-\mu)} / (2\pi I_0(\kappa))` on the circle, x and μ in radians.

- **x is an angle.** Any real x is accepted and stands for its class modulo 2π: the density is periodic, and cdf, sf and
  quantiles are those of the representative in (μ-π, μ+π], where draws lie too. The estimate of μ is the representative
  nearest to the data's mean; compare locations modulo 2π.
- Moments of that representative: mean μ, variance and kurtosis by quadrature, skewness 0.
- With c = cos(x-μ) - 1, s = sin(x-μ), A = I₁(κ)/I₀(κ): score :math:`\kappa s` in μ, :math:`c + (1-A)` in κ.
- Fisher information: diag(κA, 1 - A/κ - A²).
- Sufficient statistics: Σ cos x, Σ sin x, taken here as means of c and s at a reference direction near the data.
- MLE: μ̂ the mean direction, A(κ̂) = R, the mean resultant length, as a root in 1 - A = 1 - R. For R = 0 the supremum is
  the uniform distribution on the circle, κ → 0, and μ is not identified.

References: Mardia, Jupp, *Directional Statistics* (2000), sec. 3.5.4 and 5.3.1; Best, Fisher, "The bias of the maximum
likelihood estimators of the von Mises-Fisher concentration parameters", *Commun. Stat. Simul.* 10 (1981) 493-502.
Derivation: docs/theory/families/von_mises.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.arrays import Array, exp, log, sin, sqrt, where
from mlestat.distributions.base import Distribution, Escape, Matrix, Terms, Vector, is_estimated
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.special import SETTLED
from mlestat.supports import Positive, Real

Floats = NDArray[np.float64]

NODES = 32
"""Steps of the trapezoidal rule on the half circle; what it leaves out is I₆₄(κ)/I₀(κ), below 1e-28 for κ = WIDE."""

WIDE = 30.0
"""Up to this κ the rule spans the half circle; beyond, π √(30/κ), where the density has fallen by exp(-148)."""

FALL = 45.0
"""Exponent at which the integral of a tail is cut off."""

NO_DIRECTION = 1e-15
"""Mean resultant length that is 0 to rounding."""


@dataclass(frozen=True)
class VonMises(Distribution):
    """Von Mises distribution on the circle, with mean direction `mu` and concentration `kappa`; angles in radians.

    Parameters
    ----------
    mu : float, array, free or prior
        Mean direction in radians, any real number, meant modulo 2π.
    kappa : float, array, free or prior
        Concentration, > 0; near 0 uniform on the circle, large: normal with variance 1/kappa.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Mardia, Jupp, *Directional Statistics* (2000), sec. 3.5.4 and 5.3.1.

    Examples
    --------
    >>> import mlestat as mle
    >>> round(mle.fit(mle.VonMises(), [0.5, 1.0, 1.5]).params["mu"], 9)
    1.0
    """

    mu: Parameter = parameter(Real())
    kappa: Parameter = parameter(Positive())

    support = Real()
    solver = "sufficient statistics, one-dimensional root"
    aliases: ClassVar[tuple[str, ...]] = ("circular_normal",)
    costly_tails = True
    sufficient = True
    guards = True

    def _terms(self, x: Array) -> Terms:
        y = x - self.mu
        half = sin(0.5 * y)
        return -2.0 * half * half, sin(y)

    def _logpdf(self, t: Terms) -> Array:
        return self.kappa * t[0] - math.log(2.0 * math.pi) - log(_circle(self.kappa)[0])

    def _score(self, t: Terms) -> Vector:
        return self.kappa * t[1], t[0] + _circle(self.kappa)[1]

    def _hessian(self, t: Terms) -> Matrix:
        return (-self.kappa * (1.0 + t[0]), t[1]), (t[1], -_circle(self.kappa)[2])

    def _dlogpdf(self, x: Array) -> Array:
        return -self.kappa * sin(x - self.mu)

    def _d2logpdf(self, x: Array) -> Array:
        return -self.kappa * (1.0 + self._terms(x)[0])

    def _dscore(self, x: Array) -> Vector:
        c, s = self._terms(x)
        return self.kappa * (1.0 + c), -s

    def _fisher(self) -> Matrix:
        k = self.kappa
        return (k * sc.i1e(k) / sc.i0e(k), 0.0), (0.0, _circle(k)[2])

    def _angle(self, x: Array) -> Array:
        """x - mu, moved by whole turns into [-π, π]."""
        y = x - self.mu
        return np.clip(y - 2.0 * math.pi * np.round(y / (2.0 * math.pi)), -math.pi, math.pi)

    def _cdf(self, x: Array) -> Array:
        return self._below(self._angle(x))

    def _sf(self, x: Array) -> Array:
        return self._below(-self._angle(x))

    def _logcdf(self, x: Array) -> Array:
        return self._log_below(self._angle(x))

    def _logsf(self, x: Array) -> Array:
        return self._log_below(-self._angle(x))

    def _below(self, y: Array) -> Array:
        tail = np.exp(_log_tail(-np.abs(y), self.kappa)[0])
        return np.where(y < 0.0, tail, 1.0 - tail)

    def _log_below(self, y: Array) -> Array:
        tail = _log_tail(-np.abs(y), self.kappa)[0]
        return np.where(y < 0.0, tail, np.log1p(-np.exp(tail)))

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail_derivatives(x, 1.0)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail_derivatives(x, -1.0)

    def _tail_derivatives(self, x: Array, side: float) -> tuple[Vector, Matrix]:
        """Of the tail T on the side of x, by its mean and variance of cos; of 1 - T on the other side.

        The second derivatives of T itself, over T, serve 1 - T: those of log T would cancel there.
        """
        angle, k = self._angle(x), self.kappa
        y, direction = -np.abs(angle), np.where(angle < 0.0, 1.0, -1.0)
        height, below_one, slope = _circle(k)
        log_p, mean, variance = _log_tail(y, k)
        c = -2.0 * np.sin(0.5 * y) ** 2
        h, e = np.exp(k * c - np.log(2.0 * math.pi * height) - log_p), c - mean + below_one
        odds, same = np.exp(log_p - np.log1p(-np.exp(log_p))), direction == side
        g = (-direction * h, e)
        other = tuple(-odds * v for v in g)
        mu_mu = np.where(same, h * (-k * np.sin(y) - h), odds * h * k * np.sin(y) - other[0] * other[0])
        far = odds * direction * h * (c + below_one) - other[0] * other[1]
        mu_kappa = np.where(same, -direction * h * mean, far)
        spread = variance - slope
        kappa_kappa = np.where(same, spread, -odds * (e * e + spread) - other[1] * other[1])
        first = tuple(np.where(same, a, b) for a, b in zip(g, other, strict=True))
        return first, ((mu_mu, mu_kappa), (mu_kappa, kappa_kappa))

    def _ppf(self, q: Array) -> Array:
        return self.mu + self._standard_quantile(q)

    def _isf(self, q: Array) -> Array:
        return self.mu - self._standard_quantile(q)

    def _standard_quantile(self, q: Array) -> Array:
        """Newton's method on log F in [-π, 0], halving the bracket where a step leaves it; mirrored for q above ½."""
        p, k = np.minimum(q, 1.0 - q), self.kappa
        low, high = np.full_like(p + 0.0 * k, -math.pi), np.zeros_like(p + 0.0 * k)
        y = np.clip(sc.ndtri(p) / np.sqrt(k), -3.0, 0.0) + low * 0.0
        log_height = -np.log(2.0 * math.pi * _circle(k)[0])
        for _ in range(200):
            gap = _log_tail(y, k)[0] - np.log(p)
            low, high = np.where(gap < 0.0, y, low), np.where(gap < 0.0, high, y)
            slope = np.exp(log_height - 2.0 * k * np.sin(0.5 * y) ** 2 - gap - np.log(p))
            there = y - gap / slope
            new = np.where((there > low) & (there < high), there, 0.5 * (low + high))
            done = np.all((np.abs(new - y) <= 1e-16 * np.abs(y)) | (gap == 0.0))
            y = np.where(gap == 0.0, y, new)
            if done:
                break
        return np.where(q < 0.5, y, -y)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return self.mu + rng.vonmises(0.0, self.kappa, size)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        second, fourth = _angle_moments(np.asarray(self.kappa, dtype=float))
        return self.mu, second, 0.0, fourth / (second * second)

    @classmethod
    def _reference(cls, mean: Array) -> Self:
        return cls(mean, 1.0)

    def _translate(self, t: Terms, at: Self) -> Terms:
        c, s = t
        turn = at.mu - self.mu
        less, across = -2.0 * sin(0.5 * turn) ** 2, sin(turn)
        return c + less + c * less - s * across, s + s * less + (1.0 + c) * across

    def _mle(self, t: Terms, at: Self) -> Mapping[str, float] | None:
        mu = at.mu + np.arctan2(t[1], 1.0 + t[0]) if is_estimated(self.mu) else self.mu
        if not is_estimated(self.kappa):
            return {"mu": mu}
        short, _ = self.with_values({"mu": mu})._translate(t, at)
        return {"mu": mu, "kappa": concentration(-short)}

    def _start(self, x: Floats, w: Floats) -> Mapping[str, float]:
        c, s = (float(np.average(f(x), weights=w)) for f in (np.cos, np.sin))
        return {"mu": math.atan2(s, c), "kappa": concentration(1.0 - math.hypot(c, s))}

    def _escape(self, x: Floats, w: Floats | None, reached: float) -> Escape | None:
        """No mean direction, or one on the far side of a held mu: the concentration falls to 0."""
        if not self.free or np.ndim(self.mu) > 0 or np.ndim(self.kappa) > 0:
            return None
        c, s = (float(np.average(f(x), weights=w)) for f in (np.cos, np.sin))
        held = not is_estimated(self.mu)
        length = c * math.cos(self.mu) + s * math.sin(self.mu) if held else math.hypot(c, s)
        if length > NO_DIRECTION:
            return None
        if not is_estimated(self.kappa):
            ends, because = {"mu": math.nan, "kappa": self.kappa}, "the values cancel to no mean direction"
            return None if held else Escape(ends, because, reached, "every mu is as good; give it a prior or hold it")
        n = float(x.size if w is None else w.sum())
        ends = {"mu": self.mu if held else math.nan, "kappa": 0.0}
        because = "the values point away from mu" if held else "the values cancel to no mean direction"
        return Escape(ends, because, -n * math.log(2.0 * math.pi), "the uniform distribution on the circle")

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        at_c = is_estimated(self.mu) or self.mu == c
        return {"mu": c, "kappa": math.inf} if self.kappa is free and at_c else None


def _circle(k: Array) -> tuple[Array, Array, Array]:
    """exp(-κ) I₀(κ), 1 - A(κ) and A'(κ), all to full relative precision for any κ.

    With u = 1 - cos θ they are the mean of exp(-κu) over the circle, and the mean and variance of u under that weight:
    positive sums by the trapezoidal rule, which is exact to rounding for a periodic function.
    """
    width = math.pi * where(k > WIDE, sqrt(WIDE / where(k > WIDE, k, WIDE)), 1.0)
    mass: Array = 0.5
    first: Array = 0.0
    second: Array = 0.0
    for j in range(1, NODES + 1):
        half = sin(0.5 * j / NODES * width)
        u = 2.0 * half * half
        weight = exp(-k * u) * (0.5 if j == NODES else 1.0)
        mass, first, second = mass + weight, first + weight * u, second + weight * u * u
    mean = first / mass
    return mass * width / (NODES * math.pi), mean, second / mass - mean * mean


def _log_tail(y: Array, k: Array) -> tuple[Array, Array, Array]:
    """log P(-π < Y ≤ y) for y ≤ 0, with the mean and the variance of cos y - cos Y in that tail.

    With Y = y - s the exponent κ(cos y - cos Y) = 2κ sin(s/2) sin(s/2 - y) starts at 0 and grows; Gauss and Legendre's
    rule up to where it is FALL, or up to -π.
    """
    steep = np.abs(np.sin(y))
    reach = 2.0 * FALL / k / (steep + np.sqrt(steep * steep + 2.0 * FALL / k))
    length = np.minimum(math.pi + y, 1.5 * reach)
    nodes, weights = np.polynomial.legendre.leggauss(80)
    mass, first, second = np.zeros_like(length), np.zeros_like(length), np.zeros_like(length)
    for node, weight in zip(0.5 * (nodes + 1.0), 0.5 * weights, strict=True):
        half = 0.5 * node * length
        drop = 2.0 * np.sin(half) * np.sin(half - y)
        share = weight * np.exp(-k * drop)
        mass, first, second = mass + share, first + share * drop, second + share * drop * drop
    mean = first / mass
    log_p = -2.0 * k * np.sin(0.5 * y) ** 2 + np.log(length * mass) - np.log(2.0 * math.pi * _circle(k)[0])
    return log_p, mean, second / mass - mean * mean


def _angle_moments(k: Floats) -> tuple[Array, Array]:
    """Second and fourth moment of the angle in (-π, π], by Gauss and Legendre's rule over the half that holds it."""
    length = np.minimum(math.pi, 12.0 / np.sqrt(k))
    nodes, weights = np.polynomial.legendre.leggauss(80)
    t = 0.5 * (nodes + 1.0) * length[..., None]
    density = weights * np.exp(-2.0 * k[..., None] * np.sin(0.5 * t) ** 2)
    mass = density.sum(axis=-1)
    return (density * t**2).sum(axis=-1) / mass, (density * t**4).sum(axis=-1) / mass


def concentration(short: Array) -> Array:
    """Return κ with 1 - A(κ) = `short`, where short = 1 - R, elementwise; NaN where no κ > 0 has it.

    Newton's method from Best and Fisher's start (1981).

    Examples
    --------
    >>> round(float(concentration(1.0 - 0.44639)), 4)
    0.9999
    """
    short = np.asarray(short, dtype=float)
    short = np.where((short > 0.0) & (short < 1.0), short, np.nan)
    r = 1.0 - short
    wide, middle = 2.0 * r + r**3 + 5.0 * r**5 / 6.0, -0.4 + 1.39 * r + 0.43 / short
    k = np.where(r < 0.53, wide, np.where(r < 0.85, middle, 1.0 / (r * short * (3.0 - r))))
    for _ in range(100):
        _, gap, slope = _circle(k)
        step = (gap - short) / slope
        k = np.where(k + step > 0.0, k + step, 0.5 * k)
        if not np.any(np.abs(step) > SETTLED * k):
            break
    return k[()]
