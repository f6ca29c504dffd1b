r"""Asymmetric Laplace distribution, by location, scale and quantile level.

Density :math:`f(x) = \frac{\tau(1-\tau)}{b}\, e^{-\rho}` with :math:`\rho = \tau z^+ + (1-\tau) z^-`, :math:`z =
(x-\mu)/b`, any real x; μ is the τ-quantile.

- Moments: mean μ + b(1-2τ)/(τ(1-τ)), variance b²(1/τ² + 1/(1-τ)²).
- Score: :math:`\tau/b` right of μ and :math:`-(1-\tau)/b` left of it, :math:`(\rho-1)/b` in b,
  :math:`1/\tau - 1/(1-\tau) - z` in τ; there is a corner at x = μ.
- Fisher information: see `_fisher`; the variance of the score.
- MLE: with A and B the mean distances above and below μ, b̂ = τA + (1-τ)B; for given τ a weighted τ-quantile; for free τ
  τ̂ = √B/(√A + √B) with the data value that makes √A + √B smallest. Where that is an extreme value, the supremum is a
  shifted exponential and no maximum exists.

References: Koenker, Machado, "Goodness of fit and related inference processes for quantile regression", *JASA* 94
(1999) 1296-1310; Kotz, Kozubowski, Podgórski, *The Laplace Distribution and Generalizations* (2001), sec. 3.5.
Derivation: docs/theory/families/asymmetric_laplace.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, log, log1p, sign, where
from mlestat.distributions.base import Distribution, Escape, Matrix, Special, Terms, Vector, is_estimated
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.starts import centre_and_spread, ranked
from mlestat.distributions.tail_derivatives import of_complement
from mlestat.supports import Positive, Real, UnitInterval

Floats = NDArray[np.float64]

SUM_ROUNDING = 1e-12
"""Relative rounding of a sum of weights, within which a share counts as exact."""


@dataclass(frozen=True)
class AsymmetricLaplace(Distribution):
    """Asymmetric Laplace distribution whose quantile of level `quantile` is `mu`; level ½ is a Laplace of 2 scale.

    Parameters
    ----------
    mu : float, array, free or prior
        Mode and quantile of that level, any real number, in units of x.
    scale : float, array, free or prior
        Scale of the check function, > 0, in units of x.
    quantile : float, array, free or prior
        Level: the probability below mu, between 0 and 1.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Kotz, Kozubowski, Podgórski, *The Laplace Distribution and Generalizations* (2001), sec. 3.5.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.fit(mle.AsymmetricLaplace(quantile=0.25), [1.0, 2.0, 6.0, 8.0, 9.0]).params["mu"]
    2.0
    """

    mu: Parameter = parameter(Real(), unit="data")
    scale: Parameter = parameter(Positive(), unit="data")
    quantile: Parameter = parameter(UnitInterval())

    support = Real()
    solver = "closed form (order statistic)"
    aliases: ClassVar[tuple[str, ...]] = ("ald",)
    regular = False
    kinks: ClassVar[tuple[str, ...]] = ("mu",)

    def _terms(self, x: Array) -> Terms:
        z = (x - self.mu) * (1.0 / self.scale)
        return where(z > 0.0, z, 0.0 * z), where(z < 0.0, -z, 0.0 * z), sign(z)

    def _check(self, t: Terms) -> Array:
        return self.quantile * t[0] + (1.0 - self.quantile) * t[1]

    def _slope(self, direction: Array) -> Array:
        """Of the check function: τ, τ - 1, and the middle of both at the corner."""
        return 0.5 * (direction + 1.0) - (1.0 - self.quantile)

    def _logpdf(self, t: Terms) -> Array:
        return log(self.quantile) + log1p(-self.quantile) - log(self.scale) - self._check(t)

    def _score(self, t: Terms) -> Vector:
        q, s = self.quantile, self.scale
        return self._slope(t[2]) / s, (self._check(t) - 1.0) / s, (1.0 - 2.0 * q) / (q * (1.0 - q)) - (t[0] - t[1])

    def _hessian(self, t: Terms) -> Matrix:
        q, s = self.quantile, self.scale
        mu_scale, scale_quantile = -self._slope(t[2]) / (s * s), (t[0] - t[1]) / s
        return (
            (0.0 * t[2], mu_scale, 1.0 / s),
            (mu_scale, (1.0 - 2.0 * self._check(t)) / (s * s), scale_quantile),
            (1.0 / s, scale_quantile, -1.0 / (q * q) - 1.0 / ((1.0 - q) * (1.0 - q))),
        )

    def _dlogpdf(self, x: Array) -> Array:
        return -self._slope(sign(x - self.mu)) / self.scale

    def _d2logpdf(self, x: Array) -> Array:
        return 0.0 * sign(x - self.mu) / self.scale

    def _dscore(self, x: Array) -> Vector:
        slope = self._slope(sign(x - self.mu))
        return 0.0 * slope, slope / (self.scale * self.scale), -1.0 / self.scale

    def _fisher(self) -> Matrix:
        q, s = self.quantile, self.scale
        both = q * (1.0 - q)
        scale_quantile = -(1.0 - 2.0 * q) / (both * s)
        return (
            (both / (s * s), 0.0, -1.0 / s),
            (0.0, 1.0 / (s * s), scale_quantile),
            (-1.0 / s, scale_quantile, 1.0 / (q * q) + 1.0 / ((1.0 - q) * (1.0 - q))),
        )

    def _cdf(self, x: Array) -> Array:
        return _below((x - self.mu) / self.scale, self.quantile, 1.0 - self.quantile)

    def _sf(self, x: Array) -> Array:
        return _below((self.mu - x) / self.scale, 1.0 - self.quantile, self.quantile)

    def _logcdf(self, x: Array) -> Array:
        return _log_below((x - self.mu) / self.scale, self.quantile, 1.0 - self.quantile)

    def _logsf(self, x: Array) -> Array:
        return _log_below((self.mu - x) / self.scale, 1.0 - self.quantile, self.quantile)

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail_derivatives(x, upper=False)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail_derivatives(x, upper=True)

    def _tail_derivatives(self, x: Array, *, upper: bool) -> tuple[Vector, Matrix]:
        """Of log τ + (1-τ) z left of mu and log(1-τ) - τ z right of it; of the complement on the other side."""
        q, s = self.quantile, self.scale
        z = (x - self.mu) / s
        right = z > 0.0
        slope, share = np.where(right, -q, 1.0 - q), np.where(right, -1.0 / (1.0 - q), 1.0 / q)
        g = (-slope / s, -z * slope / s, share - z)
        cross, one = slope / (s * s), np.ones_like(z) / s
        h = (
            (0.0 * z, cross, one),
            (cross, 2.0 * z * cross, z / s),
            (one, z / s, -share * share),
        )
        other_g, other_h = of_complement(self._odds(x, right), g, h)
        same = right == upper
        return (
            tuple(np.where(same, a, b) for a, b in zip(g, other_g, strict=True)),
            tuple(
                tuple(np.where(same, a, b) for a, b in zip(r, o, strict=True)) for r, o in zip(h, other_h, strict=True)
            ),
        )

    def _odds(self, x: Array, right: Array) -> Array:
        """log P - log(1 - P) for the tail beyond x, away from mu."""
        difference = self._logsf(x) - self._logcdf(x)
        return np.where(right, difference, -difference)

    def _ppf(self, q: Array) -> Array:
        return self.mu + self.scale * _standard_quantile(q, self.quantile)

    def _isf(self, q: Array) -> Array:
        return self.mu - self.scale * _standard_quantile(q, 1.0 - self.quantile)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        """The difference of two exponential variables with rates τ and 1 - τ."""
        up, down = rng.standard_exponential(size), rng.standard_exponential(size)
        return self.mu + self.scale * (up / self.quantile - down / (1.0 - self.quantile))

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        q, s = self.quantile, self.scale
        both = q * (1.0 - q)
        v = 1.0 - 2.0 * both
        skewness = 2.0 * (1.0 - 2.0 * q) * (1.0 - both) / v**1.5
        return self.mu + s * (1.0 - 2.0 * q) / both, s * s * v / both / both, skewness, 9.0 - 12.0 * both * both / v / v

    def _start(self, x: Floats, w: Floats) -> Mapping[str, float]:
        middle, spread = centre_and_spread(x, w)
        return {"mu": middle, "scale": 0.5 * spread, "quantile": 0.5}

    def _held(self, name: str) -> float | None:
        value = getattr(self, name)
        return None if is_estimated(value) else float(value)

    def _places(self, x: Floats, w: Floats) -> _Places:
        """Where mu may be, with the mean distances above and below: a held value, a quantile, or every data value."""
        mu, q = self._held("mu"), self._held("quantile")
        if mu is None and q is None:
            return _order_statistics(x, w)
        place = mu if mu is not None else _weighted_quantile(x, w, float(q or 0.0))
        w = w / w.sum()
        above, below = w @ np.maximum(x - place, 0.0), w @ np.maximum(place - x, 0.0)
        return _Places(np.array([place]), np.array([above]), np.array([below]))

    def _rest(self, p: _Places) -> tuple[Floats, Floats, Floats]:
        """Mean log-density, scale and quantile that are best at each place."""
        scale, q = self._held("scale"), self._held("quantile")
        if q is not None:
            level = np.full_like(p.mu, q)
        elif scale is not None:  # 1/τ - 1/(1-τ) = c
            c = (p.above - p.below) / scale
            share = 2.0 / (2.0 + np.abs(c) + np.sqrt(c * c + 4.0))
            level = np.where(c > 0.0, share, 1.0 - share)
        else:
            level = np.sqrt(p.below) / (np.sqrt(p.above) + np.sqrt(p.below))
        s = level * p.above + (1.0 - level) * p.below
        spread = s if scale is None else np.full_like(p.mu, scale)
        if q is None and scale is None:  # written without τ, which may be 0 or 1
            return -2.0 * np.log(np.sqrt(p.above) + np.sqrt(p.below)) - 1.0, spread, level
        return np.log(level) + np.log1p(-level) - np.log(spread) - s / spread, spread, level

    def _direct(self, x: Floats, w: Floats) -> Mapping[str, float] | None:
        if any(np.ndim(v) > 0 for v in self.params.values() if not is_estimated(v)):
            return None
        places = self._places(x[w > 0.0], w[w > 0.0])
        height, scale, level = self._rest(places)
        inside = (level > 0.0) & (level < 1.0)
        if not inside.any():  # only approached: see `_escape`
            return self._start(x, w)
        best = int(np.argmax(np.where(inside, height, -math.inf)))
        return {"mu": float(places.mu[best]), "scale": float(scale[best]), "quantile": float(level[best])}

    def _escape(self, x: Floats, w: Floats | None, reached: float) -> Escape | None:
        """With all values on one side of mu the level runs to 0 or 1: a shifted exponential."""
        if self.quantile is not free or self.scale is not free or np.ndim(self.mu) > 0:
            return None
        w = np.ones(x.size) if w is None else w
        if self.mu is free and reached > _one_sided(x, w):
            return None
        top = float(np.max(np.abs(x)))  # so that no sum leaves float64
        inner = self if is_estimated(self.mu) else self.with_values({"mu": self.mu / top})
        places = inner._places(x[w > 0.0] / top, w[w > 0.0])
        height, _, level = inner._rest(places)
        best = int(np.argmax(height))
        if 0.0 < level[best] < 1.0:
            return None
        mu, mean = top * float(places.mu[best]), top * float(places.above[best] + places.below[best])
        ends = {"mu": mu, "scale": 0.0, "quantile": float(level[best])}
        side, back = ("above", "") if level[best] == 0.0 else ("below", "downwards ")
        limit = f"an exponential with scale {mean:.6g} that starts {back}at {mu:.6g}"
        supremum = float(w.sum()) * (float(height[best]) - math.log(top))
        return Escape(ends, f"the best location has all values {side} it", supremum, limit)

    def _specials(self) -> tuple[Special, ...]:
        if self.quantile is not free:
            return ()
        return (Special("Laplace", "quantile", 0.5, replace(self, quantile=0.5), {"mu": "mu", "scale": "scale"}),)

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        at_c = is_estimated(self.mu) or self.mu == c
        level = self.quantile if not is_estimated(self.quantile) else math.nan
        return {"mu": c, "scale": 0.0, "quantile": level} if self.scale is free and at_c else None


def _one_sided(x: Floats, w: Floats) -> float:
    """The log-likelihood of the better exponential: from the smallest value up, or from the largest down."""
    with np.errstate(all="ignore"):
        middle = np.average(x, weights=w)
        nearer = min(middle - x.min(), x.max() - middle)
        return float(w.sum() * (-np.log(nearer) - 1.0))


class _Places(NamedTuple):
    """Locations with the mean distances of the rows above and below each."""

    mu: Floats
    above: Floats
    below: Floats


def _order_statistics(x: Floats, w: Floats) -> _Places:
    """Every value, by sums over the gaps between neighbours: all terms positive, one sort."""
    values, weights = ranked(x, w)
    gaps = np.diff(values)
    at_or_below = np.cumsum(weights)
    at_or_above = np.cumsum(weights[::-1])[::-1][1:]
    below = np.concatenate([[0.0], np.cumsum(gaps * at_or_below[:-1])])
    above = np.concatenate([np.cumsum((gaps * at_or_above)[::-1])[::-1], [0.0]])
    return _Places(values, above / at_or_below[-1], below / at_or_below[-1])


def _weighted_quantile(x: Floats, w: Floats, q: float) -> float:
    """The weighted quantile; the midpoint where any point between two values is one."""
    values, weights = ranked(x, w)
    cumulative = np.cumsum(weights)
    target = q * cumulative[-1]
    i = min(int(np.searchsorted(cumulative, target * (1.0 - SUM_ROUNDING))), x.size - 1)
    tied = cumulative[i] <= target * (1.0 + SUM_ROUNDING) and i + 1 < x.size
    return float(0.5 * values[i] + 0.5 * values[i + 1]) if tied else float(values[i])


def _below(z: Array, q: Array, rest: Array) -> Array:
    """Standard cdf: τ e^((1-τ)z) below 0, τ + (1-τ)(1 - e^(-τz)) above; `rest` is 1 - τ, and either may be tiny."""
    low, high = np.minimum(z, 0.0), np.maximum(z, 0.0)
    return np.where(z < 0.0, q * np.exp(rest * low), q - rest * np.expm1(-q * high))


def _log_below(z: Array, q: Array, rest: Array) -> Array:
    """Log of the standard cdf."""
    low, high = np.minimum(z, 0.0), np.maximum(z, 0.0)
    above = np.where(q < 0.5, np.log(_below(high, q, rest)), np.log1p(-rest * np.exp(-q * high)))
    return np.where(z < 0.0, np.log(q) + rest * low, above)


def _standard_quantile(p: Array, q: Array) -> Array:
    """Standard quantile, by the tail on its side of 0."""
    left = np.log(np.minimum(p, q) / q) / (1.0 - q)
    right = -np.log(np.minimum(1.0 - p, 1.0 - q) / (1.0 - q)) / q
    return np.where(p < q, left, right)
