"""The maximum of an exponential power likelihood: location, scale and power from the rows, one root each.

With d = |x - mu| and means over the rows, the mean log-density is

    -log 2s - log Γ(1 + 1/p) - mean (d/s)^p.

For given mu and p the scale is closed, s^p = p mean d^p. For given p the location minimises Σ w d^p: for p > 1 a
convex function with one root of its slope, for p = 1 a median, for p < 1 one of the data values. For given mu the
power is a root of the profile's slope. They are taken in turn until the location stays. The profile in p can have
several maxima: a coarse grid finds where to look. Of many rows some are settled first, and all from there, by Newton's
method where the power is above 1. NumPy only.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.distributions.exponential_power_polish import block_sums, polish
from mlestat.distributions.starts import weighted_quantile

Floats = NDArray[np.float64]

LEAST_ORDINARY = 0.5
"""Down to this power no point of the likelihood may lie above the estimate; in mu the information ends there."""

POWERS = tuple(LEAST_ORDINARY * 1.6**i for i in range(-4, 15))
"""Grid of powers, 0.08 to 360, on which maxima of the profile are looked for."""

GRID_ROWS = 1_000
"""Rows that the grid looks at."""

CANDIDATES = 64
"""Data values tried as location at once for powers below 1; the search closes in on the best of them."""

THINNED = 32_768
"""Rows that are settled first where there are more than four times as many."""

ROUGHLY = 1e-6
"""Relative change of the power at which these are settled."""

ROUNDS = 60
"""Alternations of location and power; the change falls by a factor of about the number of rows each time."""


class Best(NamedTuple):
    """A maximum, or what is approached: `kind` is interior, uniform or spike; `height` is the mean log-density."""

    kind: str
    height: float
    mu: float
    scale: float
    power: float


def search(x: Floats, w: Floats, mu: float | None, scale: float | None, power: float | None) -> Best:
    """Return the best member; None stands for what is free.

    Examples
    --------
    >>> import numpy as np
    >>> best = search(np.array([1.0, 2.0, 6.0]), np.ones(3), None, None, 2.0)
    >>> round(best.mu, 9), round(best.scale**2, 9)
    (3.0, 9.333333333)
    """
    x, w = x[w > 0.0], w[w > 0.0]
    w = w / w.sum()
    if power is not None:
        return _at_power(x, w, mu, scale, power)
    few, w_few = _thinned(x, w, -(-x.size // GRID_ROWS))
    grid = [_at_power(few, w_few, mu, scale, p) for p in POWERS]
    tops = [_climbed(x, w, mu, scale, start) for start in _local_maxima(grid)]
    low = [b for b in grid if b.power >= LEAST_ORDINARY]
    return _choose(tops, low, _uniform(x, mu, scale), x.size > GRID_ROWS)


def _thinned(x: Floats, w: Floats, step: int) -> tuple[Floats, Floats]:
    """Every so-manieth row, with weights that sum to 1."""
    return x[::step], w[::step] / w[::step].sum()


def surely_inside(x: Floats, w: Floats, mu: float | None, scale: float | None, reached: float) -> bool:
    """Return whether many rows have a maximum for certain: a member that is higher than the uniform.

    `reached` is the log-likelihood of that member.
    """
    return x.size > GRID_ROWS and reached > float(w.sum()) * _uniform(x, mu, scale).height


def _local_maxima(grid: list[Best]) -> list[Best]:
    """The grid's interior maxima; the last point counts where it lies above its neighbour."""
    return [
        b
        for a, b, c in zip(grid, grid[1:], [*grid[2:], grid[-1]], strict=False)
        if b.height >= a.height and b.height >= c.height and math.isfinite(b.height)
    ]


def _choose(tops: list[Best | None], low: list[Best], uniform: Best, thinned: bool) -> Best:
    found = [top for top in tops if top is not None]
    best = max(found, key=lambda b: b.height, default=None)
    if best is None or uniform.height > best.height:
        best = uniform
    # left of the lowest maximum the profile may rise again, towards the spikes of powers near 0
    left = [b for b in low if not found or b.power < min(f.power for f in found)]
    spike = max(left, key=lambda b: b.height, default=None)
    if spike is not None and spike.height > best.height and not thinned:
        return spike._replace(kind="spike")
    return best


def _uniform(x: Floats, mu: float | None, scale: float | None) -> Best:
    """The limit p → ∞: the narrowest interval that holds all rows, or none where the scale is too short for it."""
    middle = 0.5 * float(x.min()) + 0.5 * float(x.max()) if mu is None else mu
    reach = float(np.max(np.abs(x - middle)))
    half = reach if scale is None else scale
    height = -math.log(2.0 * half) if half >= reach else -math.inf
    return Best("uniform", height, middle, half, math.inf)


# -- for one power ------------------------------------------------------------------------------------


def _at_power(x: Floats, w: Floats, mu: float | None, scale: float | None, p: float) -> Best:
    """Location and scale that are best for this power, with their height."""
    place = location(x, w, p) if mu is None else mu
    s = math.exp(_log_scale(*_distances(x, w, place), p)) if scale is None else scale
    return Best("interior", _height(x, w, place, s, p), place, s, p)


def _height(x: Floats, w: Floats, mu: float, s: float, p: float) -> float:
    with np.errstate(all="ignore"):
        (mean,) = block_sums(lambda v, u: (float(u @ (np.abs((v - mu) / s) ** p)),), x, w)
    return -math.log(2.0 * s) - float(sc.gammaln(1.0 + 1.0 / p)) - mean


def _distances(x: Floats, w: Floats, mu: float) -> tuple[Floats, Floats]:
    """log|x - mu| of the rows that differ from mu, and their weights."""
    d = np.abs(x - mu)
    apart = d > 0.0
    return (np.log(d), w) if apart.all() else (np.log(d[apart]), w[apart])


def _log_scale(log_d: Floats, w: Floats, p: float) -> float:
    """log s = (log p + log mean d^p)/p."""
    top = float(log_d.max())
    (mean,) = block_sums(lambda v, u: (float(u @ np.exp(p * (v - top))),), log_d, w)
    return top + (math.log(p) + math.log(mean)) / p


def location(x: Floats, w: Floats, p: float) -> float:
    """Return the mu that minimises Σ w |x - mu|^p.

    Examples
    --------
    >>> import numpy as np
    >>> location(np.array([0.0, 1.0, 5.0]), np.ones(3), 0.5)
    1.0
    """
    if p == 2.0:
        (near,) = block_sums(lambda v, u: (float(u @ v),), x, w)
        return near + block_sums(lambda v, u: (float(u @ (v - near)),), x, w)[0]
    if p == 1.0:
        return 0.5 * weighted_quantile(x, w, 0.5) - 0.5 * weighted_quantile(-x, w, 0.5)
    return _root_of_slope(x, w, p) if p > 1.0 else _best_value(x, w, p)


def _root_of_slope(x: Floats, w: Floats, p: float) -> float:
    """For p > 1: the slope Σ w sign(x - mu) |x - mu|^(p-1) falls through 0 once, between the ends of the data."""
    low, high = float(x.min()), float(x.max())

    def slope(mu: float) -> float:
        d = x - mu
        size = np.abs(d)
        # relative to the farthest value, which no power can make overflow
        return float((w * np.sign(d)) @ (size / size.max()) ** (p - 1.0))

    return _root(slope, low, high) if low < high else low


def _root(f: Callable[[float], float], low: float, high: float) -> float:
    """The root between two ends of opposite sign, by Brent's method."""
    from scipy.optimize import brentq  # slow to import, and only this family needs it

    tiny = 4.0 * np.finfo(float).eps
    return float(brentq(f, low, high, xtol=1e-15 * (high - low) + 1e-300, rtol=tiny, maxiter=500))


def _best_value(x: Floats, w: Floats, p: float) -> float:
    """For p < 1 the sum is concave between neighbours, so a data value is best: closing in on the best of a few."""
    values = np.unique(x)
    low, high = 0, values.size - 1

    def total(mu: float) -> float:
        return block_sums(lambda v, u: (float(u @ np.abs(v - mu) ** p),), x, w)[0]

    def totals(places: Floats) -> Floats:
        if x.size <= GRID_ROWS:  # all at once
            return np.asarray((np.abs(x - places[:, None]) ** p) @ w)
        return np.array([total(float(a)) for a in places])

    while True:
        tried = np.unique(np.linspace(low, high, min(CANDIDATES, high - low + 1)).round().astype(int))
        best = int(np.argmin(totals(values[tried])))
        if high - low < CANDIDATES:
            return float(values[tried[best]])
        low, high = int(tried[max(best - 1, 0)]), int(tried[min(best + 1, tried.size - 1)])


# -- for one location ------------------------------------------------------------------------------------


def _climbed(x: Floats, w: Floats, mu: float | None, scale: float | None, start: Best) -> Best | None:
    """The maximum that a point of the grid leads to, by way of some of many rows."""
    step = x.size // THINNED
    near = _settled(*_thinned(x, w, step), mu, scale, start, ROUGHLY) if step >= 4 else None
    if near is not None:
        found = polish(x, w, near.mu, near.scale, near.power, move=mu is None, stretch=scale is None)
        if found is not None:
            return Best("interior", _height(x, w, *found), *found)
    return _settled(x, w, mu, scale, near or start)


def _settled(
    x: Floats, w: Floats, mu: float | None, scale: float | None, start: Best, tolerance: float = 1e-15
) -> Best | None:
    """Location and power in turn until neither moves; None where the power runs out of the grid."""
    p = start.power
    place = start.mu if x.size <= GRID_ROWS or mu is not None else location(x, w, p)
    for _ in range(ROUNDS):
        new = _best_power(*_distances(x, w, place), scale, p)
        if new is None:
            return None
        moved = place if mu is not None else location(x, w, new)
        settled = moved == place or (abs(new - p) <= tolerance * p)
        place, p = moved, new
        if settled:
            break
    s = math.exp(_log_scale(*_distances(x, w, place), p)) if scale is None else scale
    return Best("interior", _height(x, w, place, s, p), place, s, p)


def _best_power(log_d: Floats, w: Floats, scale: float | None, near: float) -> float | None:
    """The maximum in p that lies uphill of `near`, the scale at its best; None where there is none on the grid."""

    def slope(log_p: float) -> float:
        return _power_slope(log_d, w, scale, math.exp(log_p))

    here = math.log(near)
    step = 0.1 if slope(here) > 0.0 else -0.1
    end = here
    for _ in range(40):
        start, end = end, end + step
        step *= 1.3
        if not math.log(POWERS[0] / 2.0) < end < math.log(2.0 * POWERS[-1]):
            return None
        if (slope(end) > 0.0) != (step > 0.0):
            return math.exp(_root(slope, min(start, end), max(start, end)))
    return None


def _power_slope(log_d: Floats, w: Floats, scale: float | None, p: float) -> float:
    """p² times the slope in p of the mean log-density: ψ(1 + 1/p) - p² mean uL, with u = (d/s)^p, L = log d/s."""
    unit = float(log_d.max()) if scale is None else math.log(scale)

    def part(block: Floats, v: Floats) -> tuple[float, ...]:
        z = block - unit
        u = v * np.exp(np.minimum(p * z, 700.0))
        return float(u.sum()), float(u @ z)

    with np.errstate(all="ignore"):
        mean, tilted = block_sums(part, log_d, w)
        if scale is None:  # s^p = p mean d^p
            tilted = (tilted / mean - (math.log(p) + math.log(mean)) / p) / p
    return float(sc.digamma(1.0 + 1.0 / p)) - p * p * tilted
