r"""Generalised Pareto distribution (GPD).

Density :math:`f(x) = \frac1\sigma(1+\xi y)^{-1/\xi-1}` with :math:`y = x/\sigma`, x ≥ 0, and x < -σ/ξ where ξ < 0;
ξ > 0 is the heavy tail, ξ = 0 the exponential.

- Moments: mean σ/(1-ξ), variance σ²/((1-ξ)²(1-2ξ)), skewness 2(1+ξ)√(1-2ξ)/(1-3ξ), each where it exists.
- With L = log(1+ξy)/ξ, smooth through ξ = 0, and w = 1/(1+ξy): log-density :math:`-\log\sigma-(1+\xi)L`, score
  :math:`-yw - \partial L/\partial\xi` in ξ, :math:`(y-1)w/\sigma` in σ.
- Fisher information, ξ > -½: :math:`\frac{1}{(1+\xi)(1+2\xi)}\begin{pmatrix}2 & 1/\sigma\\ 1/\sigma &
  (1+\xi)/\sigma^2\end{pmatrix}`.
- Sufficient statistics: none of fixed dimension; at a given ξ/σ the mean of log(1+ξy).
- MLE: the likelihood is unbounded for ξ < -1, as the end -σ/ξ comes down to the largest value, so the estimate is the
  interior maximum with ξ > -1, as everywhere in the literature: Newton over the rows, from the maximum of the profile
  likelihood in ξ/σ. Where there is no interior maximum the verdict says so.

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1, 2nd ed. (1994), ch. 20, p. 614;
Grimshaw, "Computing maximum likelihood estimates for the generalized Pareto distribution", *Technometrics* 35 (1993)
185-191; Smith, "Maximum likelihood estimation in a class of nonregular cases", *Biometrika* 72 (1985) 67-90.
Derivation: docs/theory/families/gpd.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, log, where
from mlestat.distributions.base import Distribution, Matrix, Special, Terms, Vector, is_estimated
from mlestat.distributions.exponential import Exponential
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.tail_derivatives import log_complement, through
from mlestat.special import from_reduced, reduced
from mlestat.supports import Interval, NonNegative, Positive, Real, Support

Floats = NDArray[np.float64]

GRID = np.concatenate([-1.0 + np.geomspace(1e-13, 0.98, 120), [0.0], np.geomspace(1e-2, 1e7, 60)])
"""Values of ξ/σ times the largest value, from the end of the support touching the data to a very heavy tail."""

REFINEMENTS = 4
"""Rounds in which the grid is narrowed about its best point, by a factor of 10 each."""

LOST = -1.0 + 1e-6
"""From this shape on down a search is lost: below -1 the likelihood is unbounded, and a step above it the density is
so nearly flat to its end that rounding may stop the search there."""


UNBOUNDED = (
    "for xi < -1, where the density grows towards the end of the support and that end comes to the largest value; "
    "hold xi above -1, or fit a family with a density that falls"
)


@dataclass(frozen=True)
class GPD(Distribution):
    """Generalised Pareto distribution of excesses over a threshold.

    Parameters
    ----------
    xi : float, array, free or prior
        Shape, any real number; above 0 the tail falls like x^(-1/xi), below 0 it ends at -sigma/xi.
    sigma : float, array, free or prior
        Scale, > 0, in units of x.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Grimshaw, *Technometrics* 35 (1993) 185-191.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.GPD(-0.5, 2.0).sf(3.0)
    np.float64(0.0625)
    """

    xi: Parameter = parameter(Real())
    sigma: Parameter = parameter(Positive(), unit="data")

    solver = "Newton over the rows"
    aliases: ClassVar[tuple[str, ...]] = ("genpareto", "generalized_pareto")

    @property
    def support(self) -> Support:  # type: ignore[override]
        """From 0 to -sigma/xi, which is infinity unless xi < 0."""
        if is_estimated(self.xi) or is_estimated(self.sigma):
            return NonNegative()
        ends = self.xi < 0.0
        return Interval(0.0, where(ends, -self.sigma / where(ends, self.xi, -1.0), math.inf), closed="low")

    def _terms(self, x: Array) -> Terms:
        y = x * (1.0 / self.sigma)
        level, slope, bend, w = reduced(self.xi, y)
        yw, beyond = y * w, (y - 1.0) * w
        return level, yw + slope, beyond, yw * yw - bend, beyond * yw, yw + beyond * w

    def _logpdf(self, t: Terms) -> Array:
        return -log(self.sigma) - (1.0 + self.xi) * t[0]

    def _score(self, t: Terms) -> Vector:
        return -t[1], t[2] / self.sigma

    def _hessian(self, t: Terms) -> Matrix:
        s = self.sigma
        cross = -t[4] / s
        return (t[3], cross), (cross, -t[5] / (s * s))

    def _shares(self, x: Array) -> tuple[Array, Array]:
        y = x * (1.0 / self.sigma)
        return y, 1.0 / (1.0 + self.xi * y)

    def _dlogpdf(self, x: Array) -> Array:
        return -(1.0 + self.xi) * self._shares(x)[1] / self.sigma

    def _d2logpdf(self, x: Array) -> Array:
        w = self._shares(x)[1] / self.sigma
        return self.xi * (1.0 + self.xi) * w * w

    def _dscore(self, x: Array) -> Vector:
        y, w = self._shares(x)
        return (y - 1.0) * w * w / self.sigma, (1.0 + self.xi) * (w / self.sigma) * (w / self.sigma)

    def _fisher(self) -> Matrix:
        """Not a number for ξ ≤ -½, where the squared score has no mean."""
        xi, s = self.xi, self.sigma
        corner = 1.0 / (1.0 + 2.0 * xi) if xi > -0.5 else math.nan
        cross = corner / (s * (1.0 + xi))
        return (2.0 * corner / (1.0 + xi), cross), (cross, corner / (s * s))

    def _level(self, x: Array) -> Array:
        return reduced(self.xi, x / self.sigma)[0]

    def _cdf(self, x: Array) -> Array:
        return -np.expm1(-self._level(x))

    def _sf(self, x: Array) -> Array:
        return np.exp(-self._level(x))

    def _logsf(self, x: Array) -> Array:
        return -self._level(x)

    def _level_derivatives(self, x: Array) -> tuple[Array, Vector, Matrix]:
        """L with its first and second derivatives in (ξ, σ)."""
        y, s = x / self.sigma, self.sigma
        level, slope, bend, w = reduced(self.xi, y)
        yw = y * w
        cross = yw * yw / s
        return level, (slope, -yw / s), ((bend, cross), (cross, yw * (1.0 + w) / s / s))

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        _, gradient, hessian = self._level_derivatives(x)
        return through(-1.0, 0.0, gradient, hessian)

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        level, gradient, hessian = self._level_derivatives(x)
        share, bend = through(1.0 / level, -1.0 / (level * level), gradient, hessian)
        return through(*log_complement(level), share, bend)

    def _quantile(self, level: Array) -> Array:
        return from_reduced(self.xi, level, self.sigma)

    def _ppf(self, q: Array) -> Array:
        return self._quantile(-np.log1p(-q))

    def _isf(self, q: Array) -> Array:
        return self._quantile(-np.log(q))

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return self._quantile(rng.standard_exponential(size))

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        xi, s = np.asarray(self.xi, dtype=float), self.sigma
        mean = np.where(xi < 1.0, s / (1.0 - xi), math.inf)
        variance = s * s / ((1.0 - xi) ** 2 * (1.0 - 2.0 * xi))
        skewness = 2.0 * (1.0 + xi) * np.sqrt(np.maximum(1.0 - 2.0 * xi, 0.0)) / (1.0 - 3.0 * xi)
        ratio = (1.0 - 2.0 * xi) / ((1.0 - 3.0 * xi) * (1.0 - 4.0 * xi))
        kurtosis = 3.0 * ratio * (2.0 * xi * xi + xi + 3.0)
        spread = np.where(xi < 0.5, math.inf, math.nan)
        return (
            mean[()],
            np.where(xi < 0.5, variance, np.where(xi < 1.0, math.inf, math.nan))[()],
            np.where(xi < 1.0 / 3.0, skewness, spread)[()],
            np.where(xi < 0.25, kurtosis, spread)[()],
        )

    def _start(self, x: Floats, w: Floats) -> Mapping[str, float]:
        return self._starts(x, w)[0]

    def _starts(self, x: Floats, w: Floats) -> tuple[Mapping[str, float], ...]:
        """The interior maxima of the profile likelihood in ξ/σ; where there is none, a point beyond ξ = -1."""
        top = float(x.max())
        found = self._profile(GRID, x, w, top)
        peaks = _peaks(found[2], found[0])
        starts = tuple(self._narrowed(GRID[i - 1 : i + 2], x, w, top) for i in peaks)
        return starts or ({"xi": -1.5, "sigma": 1.501 * top},)

    def _narrowed(self, bracket: Floats, x: Floats, w: Floats, top: float) -> Mapping[str, float]:
        """Narrow the grid about a peak."""
        best: dict[str, float] = {}
        for _ in range(REFINEMENTS):
            grid = np.linspace(bracket[0], bracket[2], 21)
            xi, sigma, height = self._profile(grid, x, w, top)
            i = int(np.clip(np.nanargmax(np.where(xi > -1.0, height, -math.inf)), 1, grid.size - 2))
            best = {"xi": float(xi[i]), "sigma": float(sigma[i])}
            bracket = grid[i - 1 : i + 2]
        return best

    def _profile(self, tau: Floats, x: Floats, w: Floats, top: float) -> tuple[Floats, Floats, Floats]:
        """Shape, scale and mean log-density at each ξ/σ = τ/top, with what is held kept."""
        means = np.array([np.average(np.log1p(t * (x / top)), weights=w) for t in tau])
        flat = tau == 0.0
        safe = np.where(flat, 1.0, tau)
        if not is_estimated(self.sigma):
            sigma = np.full(tau.shape, float(np.mean(self.sigma)))
            xi = tau * sigma / top
        elif not is_estimated(self.xi):
            xi = np.full(tau.shape, float(np.mean(self.xi)))
            sigma = np.where(np.sign(xi) == np.sign(tau), xi * top / safe, math.nan)
        else:
            xi = means
            sigma = np.where(flat, np.average(x, weights=w), xi * top / safe)
        level = np.where(flat, np.average(x, weights=w) / sigma, means / np.where(flat, 1.0, xi))
        return xi, sigma, -np.log(sigma) - (1.0 + xi) * level

    def _unbounded(self) -> str | None:
        return UNBOUNDED if is_estimated(self.xi) or (self.free and np.any(self.xi < -1.0)) else None

    def _lost(self) -> Array:
        return self.xi <= LOST

    def _specials(self) -> tuple[Special, ...]:
        if self.xi is not free:
            return ()
        return (Special("Exponential", "xi", 0.0, Exponential(self.sigma), {"sigma": "scale"}),)

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        xi = math.nan if is_estimated(self.xi) else self.xi
        if c == 0.0:
            return {"xi": xi, "sigma": 0.0} if self.sigma is free else None
        return {"xi": -math.inf, "sigma": math.inf} if self.xi is free and self.sigma is free else None


def _peaks(height: Floats, xi: Floats) -> list[int]:
    """Indices of the points with ξ > -1 that are above both neighbours, the highest first."""
    h = np.where((xi > -1.0) & np.isfinite(height), height, -math.inf)
    inner = np.flatnonzero((h[1:-1] >= h[:-2]) & (h[1:-1] >= h[2:]) & np.isfinite(h[1:-1])) + 1
    # a point above a neighbour that is out of bounds is no maximum, but the edge of the region
    inner = inner[np.isfinite(h[inner - 1])]
    return [int(i) for i in inner[np.argsort(-h[inner], kind="stable")]]
