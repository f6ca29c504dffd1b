r"""Asymmetric Laplace distribution, by its quantile.

Density :math:`f(x) = \frac{\tau(1-\tau)}{b} e^{-\rho(r)}` with r = (x-μ)/b and the check function
:math:`\rho(r) = r(\tau - 1[r<0])`; P(X ≤ μ) = τ. Its location is the τ-quantile, its loss the pinball loss.

- Moments: mean μ + b(1-2τ)/(τ(1-τ)), variance b²(1-2τ+2τ²)/(τ²(1-τ)²).
- Score: :math:`(τ - 1[r<0])/b` in μ, (ρ - 1)/b in b, :math:`1/τ - 1/(1-τ) - r` in τ; there is a corner at x = μ.
- Fisher information: :math:`τ(1-τ)/b^2` in μ, 1/b² in b; see the theory page for the rest.
- MLE: for known τ, μ̂ is the weighted τ-quantile and b̂ = mean ρ. For free τ, with α and β the mean distances above and
  below μ, τ/(1-τ) = √(β/α) and b = √(αβ); the log-likelihood per row is -2 log(√α + √β) - 1, and that sum is least at
  one of the values (Kotz, Kozubowski, Podgórski 2001, sec. 3.5.1).

References: Kotz, Kozubowski, Podgórski, *The Laplace Distribution and Generalizations* (2001), ch. 3; Koenker,
Machado, *JASA*
94 (1999) 1296-1310. Derivation: docs/theory/families/asymmetric_laplace.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, log, sign
from mlestat.distributions.base import Distribution, Escape, Matrix, Terms, Vector, is_estimated
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.tail_derivatives import of_complement
from mlestat.supports import Positive, Real, UnitInterval

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class AsymmetricLaplace(Distribution):
    """Asymmetric Laplace distribution whose `quantile`-quantile is `mu`.

    Parameters
    ----------
    mu : float, array, free or prior
        Location, any real number, in units of x: P(X <= mu) = quantile.
    scale : float, array, free or prior
        Mean pinball loss about mu, > 0, in units of x.
    quantile : float, array, free or prior
        Share of the probability below mu, in (0, 1).

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Kotz, Kozubowski, Podgórski, *The Laplace Distribution and Generalizations* (2001), ch. 3.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.fit(mle.AsymmetricLaplace(quantile=0.75), [1.0, 2.0, 3.0, 4.0, 9.0]).params["mu"]
    4.0
    """

    mu: Parameter = parameter(Real(), unit="data")
    scale: Parameter = parameter(Positive(), unit="data")
    quantile: Parameter = parameter(UnitInterval())

    support = Real()
    solver = "closed form (quantile)"
    aliases: ClassVar[tuple[str, ...]] = ("laplace_asymmetric", "ald")
    regular = False
    kinks: ClassVar[tuple[str, ...]] = ("mu",)

    def _terms(self, x: Array) -> Terms:
        r = (x - self.mu) / self.scale
        below = 0.5 * (1.0 - sign(r))
        return r, r * below, below

    def _loss(self, t: Terms) -> Array:
        return self.quantile * t[0] - t[1]

    def _logpdf(self, t: Terms) -> Array:
        q = self.quantile
        return log(q) + log(1.0 - q) - log(self.scale) - self._loss(t)

    def _score(self, t: Terms) -> Vector:
        q, b = self.quantile, self.scale
        return (q - t[2]) / b, (self._loss(t) - 1.0) / b, 1.0 / q - 1.0 / (1.0 - q) - t[0]

    def _hessian(self, t: Terms) -> Matrix:
        q, b = self.quantile, self.scale
        v = b * b
        mu_b, b_q = -(q - t[2]) / v, t[0] / b
        b_b = (1.0 - 2.0 * self._loss(t)) / v
        q_q = -1.0 / (q * q) - 1.0 / ((1.0 - q) * (1.0 - q)) + 0.0 * t[0]
        return (0.0 * t[0], mu_b, 1.0 / b + 0.0 * t[0]), (mu_b, b_b, b_q), (1.0 / b + 0.0 * t[0], b_q, q_q)

    def _dlogpdf(self, x: Array) -> Array:
        return -(self.quantile - self._terms(x)[2]) / self.scale

    def _d2logpdf(self, x: Array) -> Array:
        return 0.0 * self._terms(x)[2] / self.scale

    def _dscore(self, x: Array) -> Vector:
        return 0.0 * self._terms(x)[2], -self._dlogpdf(x) / self.scale, -1.0 / self.scale + 0.0 * x

    def _fisher(self) -> Matrix:
        q, b = self.quantile, self.scale
        p = 1.0 - q
        mu_q = -1.0 / b
        b_q = -(p - q) / (b * q * p)
        q_q = 1.0 / (q * q) + 1.0 / (p * p)
        return (q * p / (b * b), 0.0, mu_q), (0.0, 1.0 / (b * b), b_q), (mu_q, b_q, q_q)

    def _cdf(self, x: Array) -> Array:
        return _below((x - self.mu) / self.scale, self.quantile)

    def _sf(self, x: Array) -> Array:
        return _below((self.mu - x) / self.scale, 1.0 - self.quantile)

    def _logcdf(self, x: Array) -> Array:
        return _log_below((x - self.mu) / self.scale, self.quantile)

    def _logsf(self, x: Array) -> Array:
        return _log_below((self.mu - x) / self.scale, 1.0 - self.quantile)

    def _thin(self, x: Array, *, upper: bool) -> tuple[Vector, Matrix]:
        """Of log S = log(1-τ) - τ r, or log F = log τ + (1-τ) r: each on its own side of μ."""
        r, b, q = (x - self.mu) / self.scale, self.scale, self.quantile
        k = -q if upper else 1.0 - q
        edge = -1.0 / (1.0 - q) if upper else 1.0 / q
        zero = 0.0 * r
        mu_b, mu_q, b_q = k / (b * b) + zero, 1.0 / b + zero, r / b
        return (-k / b + zero, -k * r / b, edge - r), (
            (zero, mu_b, mu_q),
            (mu_b, 2.0 * k * r / (b * b), b_q),
            (mu_q, b_q, -edge * edge + zero),
        )

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._either(x, upper=True)

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._either(x, upper=False)

    def _either(self, x: Array, *, upper: bool) -> tuple[Vector, Matrix]:
        own = (x >= self.mu) if upper else (x < self.mu)
        g, h = self._thin(x, upper=upper)
        odds = self._log_odds_of_other(x, upper=upper)
        og, oh = of_complement(odds, *self._thin(x, upper=not upper))
        k = range(3)
        return (
            tuple(np.where(own, g[i], og[i]) for i in k),
            tuple(tuple(np.where(own, h[i][j], oh[i][j]) for j in k) for i in k),
        )

    def _log_odds_of_other(self, x: Array, *, upper: bool) -> Array:
        """Log of the other tail less that of this one."""
        difference = self._logcdf(x) - self._logsf(x)
        return difference if upper else -difference

    def _ppf(self, q: Array) -> Array:
        return self.mu + self.scale * _quantile(q, 1.0 - q, self.quantile)

    def _isf(self, q: Array) -> Array:
        return self.mu + self.scale * _quantile(1.0 - q, q, self.quantile)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        above, below = rng.standard_exponential(size), rng.standard_exponential(size)
        return self.mu + self.scale * (above / self.quantile - below / (1.0 - self.quantile))

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        """The difference of two exponentials of scales 1/τ and 1/(1-τ): cumulants add."""
        u, v = 1.0 / self.quantile, 1.0 / (1.0 - self.quantile)
        variance = u * u + v * v
        skewness = 2.0 * (u**3 - v**3) / variance**1.5
        kurtosis = 3.0 + 6.0 * (u**4 + v**4) / (variance * variance)
        return self.mu + self.scale * (u - v), self.scale * self.scale * variance, skewness, kurtosis

    def _direct(self, x: Floats, w: Floats) -> Mapping[str, float] | None:
        order = np.argsort(x, kind="stable")
        x, w = x[order], w[order]
        place = self._place(x, w)
        if place is None:
            return None
        above = float(np.sum(w * np.maximum(x - place, 0.0)) / np.sum(w))
        below = float(np.sum(w * np.maximum(place - x, 0.0)) / np.sum(w))
        values = self._shape_of(above, below)
        return None if values is None else {"mu": place, **values}

    def _place(self, x: Floats, w: Floats) -> float | None:
        """The location from sorted values: held, a quantile, or the value where √α + √β is least."""
        if not is_estimated(self.mu):
            return float(self.mu)
        total = np.cumsum(w)
        if not is_estimated(self.quantile):
            target = float(self.quantile) * total[-1]
            i = int(np.searchsorted(total, target * (1.0 - 1e-12)))
            tied = total[i] <= target * (1.0 + 1e-12) and i + 1 < x.size
            return float(0.5 * x[i] + 0.5 * x[i + 1]) if tied else float(x[i])
        sums = np.cumsum(w * (x - x[0]))
        y = x - x[0]
        below = (total * y - sums) / total[-1]
        above = ((sums[-1] - sums) - (total[-1] - total) * y) / total[-1]
        above, below = np.maximum(above, 0.0), np.maximum(below, 0.0)
        if is_estimated(self.scale):
            return float(x[int(np.argmin(np.sqrt(above) + np.sqrt(below)))])
        q = _best_quantile(above, below, float(self.scale))
        height = np.log(q * (1.0 - q)) - (q * above + (1.0 - q) * below) / float(self.scale)
        return float(x[int(np.argmax(height))])

    def _shape_of(self, above: float, below: float) -> Mapping[str, float] | None:
        """Scale and quantile from the mean distances above and below the location."""
        if not is_estimated(self.quantile):
            q = float(self.quantile)
            return {"scale": q * above + (1.0 - q) * below, "quantile": q}
        if not is_estimated(self.scale):
            return {"scale": float(self.scale), "quantile": float(_best_quantile(above, below, float(self.scale)))}
        if above <= 0.0 or below <= 0.0:
            return None
        q = math.sqrt(below) / (math.sqrt(above) + math.sqrt(below))
        return {"scale": q * above + (1.0 - q) * below, "quantile": q}

    def _start(self, x: Floats, w: Floats) -> Mapping[str, float]:
        q = 0.5 if is_estimated(self.quantile) else float(self.quantile)
        mu = float(np.quantile(x, q))
        return {"mu": mu, "scale": float(np.average(np.abs(x - mu), weights=w)) * 0.5, "quantile": q}

    def _escape(self, x: NDArray[Any], w: Floats | None, reached: float) -> Escape | None:
        """Where √α + √β is least at an end of the data, one side is empty: a one-sided exponential is approached."""
        if not all(v is free for v in (self.mu, self.scale, self.quantile)):
            return None
        weights = np.ones(x.size) if w is None else w
        order = np.argsort(x, kind="stable")
        place = self._place(x[order].astype(np.float64), weights[order])
        if place is None or float(x.min()) < place < float(x.max()):
            return None
        distance = float(np.average(np.abs(x - place), weights=weights))
        top = place == float(x.max())
        side, end = ("below", 1.0) if top else ("above", 0.0)
        return Escape(
            {"mu": place, "scale": 0.0, "quantile": end},
            f"all values lie {side} the best location, {place:g}",
            -float(np.sum(weights)) * (math.log(distance) + 1.0),
            f"an exponential of scale {distance:.6g} {side} {place:g}",
        )

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        at_c = is_estimated(self.mu) or self.mu == c
        q = math.nan if is_estimated(self.quantile) else self.quantile
        return {"mu": c, "scale": 0.0, "quantile": q} if self.scale is free and at_c else None


def _best_quantile(above: Array, below: Array, scale: float) -> Array:
    """The root τ of 1/τ - 1/(1-τ) = (α - β)/b."""
    d = (above - below) / scale
    return 2.0 / (d + 2.0 + np.sqrt(d * d + 4.0))


def _below(r: Array, q: Array) -> Array:
    """Standard cdf: q e^{(1-q) r} below 0, 1 - (1-q) e^{-q r} above."""
    low = q * np.exp((1.0 - q) * np.minimum(r, 0.0))
    return np.where(r < 0.0, low, q - (1.0 - q) * np.expm1(-q * np.maximum(r, 0.0)))


def _log_below(r: Array, q: Array) -> Array:
    """Log of the standard cdf."""
    above = np.log1p(-(1.0 - q) * np.exp(-q * np.maximum(r, 0.0)))
    return np.where(r < 0.0, np.log(q) + (1.0 - q) * np.minimum(r, 0.0), above)


def _quantile(below: Array, above: Array, q: Array) -> Array:
    """Standard quantile from the probabilities below and above."""
    return np.where(below < q, np.log(below / q) / (1.0 - q), -np.log(above / (1.0 - q)) / q)
