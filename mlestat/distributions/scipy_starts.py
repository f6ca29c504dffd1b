"""Where the search of a scipy family begins: a grid of shapes, each placed on the data by quantiles, likeliest first.

A start need not be good, but one of them must lie in the basin of the maximum; so there are a few dozen, of which the
likeliest are climbed from.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import is_estimated
from mlestat.distributions.starts import weighted_quantile
from mlestat.links import Identity, default_link
from mlestat.supports import Support

if TYPE_CHECKING:
    from mlestat.distributions.scipy_model import FromScipy

Floats = NDArray[np.float64]

ON_A_LINE = (-4.0, -1.5, -0.6, -0.2, 0.0, 0.2, 0.6, 1.5, 4.0)
"""Shapes that are tried where they may be any real number."""

ON_A_LINK = (-3.0, -2.0, -1.2, -0.6, 0.0, 0.5, 1.0, 1.7, 2.5, 3.5, 5.0)
"""Link-scale values (log, logit) of other shapes: from 0.05 to 150 for a positive one."""

MOST = 150
"""Combinations of shapes that are tried at most."""

QUANTILES = np.array([0.1, 0.25, 0.5, 0.75, 0.9])
"""Probabilities whose quantiles put a standard form on the data."""

GAPS = (1e-3, 0.03, 0.3, 1.0, 4.0)
"""Distances of the support's ends from the extremes of the data that are tried, in spreads of the data."""

CLEAR = 0.02
"""Starts whose ends are this far from the extremes are clear of a pole there."""

OUTER = np.array([1e-4, 1e-7])
"""Probabilities beyond which the log-density is asked for its slope in the logarithm of the distance from the end."""

FLOORS = np.array([1e-5, 1e-8])
"""Least distances of these, relative to an end that is not 0: nearer ones are rounded."""

LEAST, LEAST_BESIDE = 1e-200, 1e-14
"""Least distances from an end at 0, and relative to one elsewhere."""

STEEP = 0.05
"""Exponent of a pole that is told: a density like d^-0.05 at the distance d."""

KEPT = 3
"""Starts that wrappers get; a threshold of their own makes five of each."""


class Place:
    """What a start needs to know of the data: extremes, median, spread."""

    def __init__(self, x: Floats, w: Floats) -> None:
        self.low, self.high = float(x.min()), float(x.max())
        self.first, q1, self.middle, q3, self.last = (weighted_quantile(x, w, q) for q in (0.15, 0.25, 0.5, 0.75, 0.85))
        sd = math.sqrt(float(np.average((x - np.average(x, weights=w)) ** 2, weights=w)))
        self.quarters = q3 - q1
        self.spread = self.quarters or sd or abs(self.middle) or 1.0
        self.mean, self.sd = float(np.average(x, weights=w)), sd


def shape_grid(model: FromScipy, place: Place) -> Floats:
    """Return combinations of shapes that scipy allows, held ones at their value; shape (m, g)."""
    family = model.family
    names = [n for n in family.shapes if is_estimated(model.params[n])]
    per_shape = [_values(model.roles[n].support, len(names), place if family.discrete else None) for n in names]
    rows = list(itertools.product(*per_shape))
    combinations = np.array(rows, dtype=float).reshape(len(rows), len(names)).T
    held = {n: float(np.median(v)) for n, v in model.params.items() if n in family.shapes and not is_estimated(v)}
    g = len(rows)
    table = {**dict(zip(names, combinations, strict=True)), **{n: np.full(g, v) for n, v in held.items()}}
    grid = np.array([table[n] for n in family.shapes], dtype=float).reshape(len(family.shapes), g)
    with np.errstate(all="ignore"):
        allowed = np.broadcast_to(np.asarray(family.generic._argcheck(*grid), dtype=bool), (g,))
    return grid[:, allowed]


def _values(domain: Support, free: int, place: Place | None) -> list[float]:
    """Return the values of one shape among `free` ones, as many as the whole grid allows."""
    link = default_link(domain)
    count = max(2, int(MOST ** (1.0 / free) + 1e-9))
    full = ON_A_LINE if isinstance(link, Identity) else ON_A_LINK
    picked = [full[i] for i in sorted({round(k * (len(full) - 1) / (count - 1)) for k in range(count)})]
    values = [float(link.inverse(np.float64(v))) for v in picked]
    if place is None or not domain.contains(np.float64(1e9)):
        return values
    # a count's shape is often of the size of the data: a mean, a size, a variance over the mean
    sizes = {abs(place.mean), place.sd, place.sd**2, place.sd**2 / (abs(place.mean) or 1.0)}
    return values + [v for v in sizes if domain.contains(np.float64(v)) and v > 0.0][: max(1, count // 2)]


def placements(model: FromScipy, shapes: Floats, place: Place) -> Iterator[tuple[Any, Any]]:
    """Yield locations and scales, shape (g,), that put the standard form's quantiles on those of the data."""
    family = model.family
    if family.discrete:
        yield np.full(shapes.shape[1], np.median(model.params["loc"])), np.ones(shapes.shape[1])
        return
    at = np.broadcast_to(family.quantiles(QUANTILES, tuple(shapes)), (5, shapes.shape[1]))
    a, b = (np.broadcast_to(e, shapes.shape[1]) for e in family.ends(tuple(shapes)))
    with np.errstate(all="ignore"):
        yield from _by_spread(model, at, place)
        for gap in GAPS:
            yield _held(
                model, at, place, scale=(place.middle - place.low + gap * place.spread) / (at[2] - a), low=(a, gap)
            )
            yield _held(
                model, at, place, scale=(place.high - place.middle + gap * place.spread) / (b - at[2]), high=(b, gap)
            )
        for g0, g1 in itertools.product(GAPS[:3], repeat=2):
            width = place.high - place.low + (g0 + g1) * place.spread
            yield _held(model, at, place, scale=width / (b - a), low=(a, g0))


def _by_spread(model: FromScipy, at: Floats, place: Place) -> Iterator[tuple[Any, Any]]:
    """By the median and the quartiles' distance; by the ratio of medians where loc is held."""
    loc = model.params["loc"]
    yield _held(model, at, place, scale=(place.quarters or place.spread) / (at[3] - at[1]))
    yield _held(model, at, place, scale=1.5 * place.spread / (at[4] - at[0]))
    for centre in (place.first, place.last):  # of data in two heaps each may be the place
        sigma = 0.25 * place.spread / (at[3] - at[1])
        yield _held(model, at, place, scale=sigma, centre=centre)
    if not is_estimated(loc):
        yield _held(model, at, place, scale=(place.middle - np.median(loc)) / at[2])


def _held(
    model: FromScipy,
    at: Floats,
    place: Place,
    *,
    scale: Any,
    low: Any = None,
    high: Any = None,
    centre: float | None = None,
) -> tuple[Any, Any]:
    """Return location and scale with what is held in its place; the rest by an end of the support or the median."""
    loc, fixed = model.params["loc"], model.params["scale"]
    sigma = scale if is_estimated(fixed) else np.full(at.shape[1], np.median(fixed))
    if not is_estimated(loc):
        return np.full(at.shape[1], np.median(loc)), sigma
    if low is not None:
        return place.low - low[1] * place.spread - sigma * low[0], sigma
    if high is not None:
        return place.high + high[1] * place.spread - sigma * high[0], sigma
    return (place.middle if centre is None else centre) - sigma * at[2], sigma


def candidates(model: FromScipy, x: Floats, w: Floats, most: int, *, clear: bool = False) -> list[dict[str, float]]:
    """Return values of all parameters, the likeliest on these rows first: few for each combination of shapes.

    With `clear` those are left out whose support ends close to the data.
    """
    place = Place(x, w)
    shapes = shape_grid(model, place)
    found: dict[int, list[tuple[float, dict[str, float]]]] = {}
    a, b = (np.broadcast_to(e, shapes.shape[1]) for e in model.family.ends(tuple(shapes)))
    for loc, scale in placements(model, shapes, place):
        heights = _heights(model, shapes, loc, scale, x, w)
        if clear:
            with np.errstate(all="ignore"):
                gaps = np.minimum(place.low - (loc + scale * a), loc + scale * b - place.high)
            heights = np.where(gaps >= CLEAR * place.spread, heights, -math.inf)
        for i, height in enumerate(heights):
            if math.isfinite(height):
                values = map(float, (*shapes[:, i], loc[i], scale[i]))
                found.setdefault(i, []).append((height, dict(zip(model.family.names, values, strict=False))))
    each = max(1, most // max(1, len(found)))
    kept = (pair for pairs in found.values() for pair in sorted(pairs, key=lambda p: -p[0])[:each])
    ranked = sorted(kept, key=lambda pair: -pair[0])
    return [values for _, values in ranked[:most]]


def _heights(model: FromScipy, shapes: Floats, loc: Any, scale: Any, x: Floats, w: Floats) -> Floats:
    """Log-likelihood of each combination; what is held may have a value per row."""
    g = shapes.shape[1]
    tried = dict(zip(model.family.names, (*shapes, loc, scale), strict=False))
    open_ = {n: np.broadcast_to(v, g)[:, None] for n, v in tried.items() if is_estimated(model.params[n])}
    columns = (open_.get(n, model.params[n]) for n in tried)
    with np.errstate(all="ignore"):
        return np.asarray(np.broadcast_to(model.family.logpdf(x, *columns), (g, x.size)) @ w)


def pole(model: FromScipy) -> str | None:
    """Say where the density has a pole that free parameters can put upon a value; None if nowhere.

    There the likelihood has no bound.
    """
    if model.family.discrete:
        return None
    loc, scale = (is_estimated(model.params[n]) for n in ("loc", "scale"))
    shapes = shape_grid(model, Place(np.array([0.0, 1.0]), np.ones(2)))
    low, high = (np.broadcast_to(e, shapes.shape[1]) for e in model.family.ends(tuple(shapes)))
    moves = np.zeros(shapes.shape[1], dtype=bool) | loc
    told = []
    if _rises(model, shapes, low, 1.0, moves | (scale & (low != 0.0))):
        told.append("the lower end of the support runs to the smallest value")
    if _rises(model, shapes, high, -1.0, moves | (scale & (high != 0.0))):
        told.append("the upper end of the support runs to the largest value")
    for corner in model.family.corners(tuple(shapes)):
        at = corner + np.zeros(shapes.shape[1])
        if np.any((np.asarray(model.family.logpdf(at, *shapes)) == math.inf) & (moves | (scale & (at != 0.0)))):
            told.append("the density's pole runs to any value")
    return f"as {' or '.join(told)}" if told else None


def _rises(model: FromScipy, shapes: Floats, end: Floats, inward: float, moves: NDArray[np.bool_]) -> bool:
    """Whether the density of some member rises without bound towards an end of the support that can move.

    Its slope in the logarithm of the distance is taken where little probability is left beyond, and from there on down
    to the least distance.
    """
    family = model.family
    at = np.flatnonzero(np.isfinite(end) & moves)
    if at.size == 0:
        return False
    end, picked = end[at], tuple(shapes[:, at])
    with np.errstate(all="ignore"):
        if family.integrated:
            z = family.quantiles(OUTER if inward > 0.0 else 1.0 - OUTER, picked)
        else:
            z = np.asarray(family("ppf" if inward > 0.0 else "isf", OUTER[:, None], *picked), dtype=float)
        distances = np.maximum(np.abs(z - end), FLOORS[:, None] * np.abs(end))
        least = np.where(end == 0.0, LEAST, LEAST_BESIDE * np.abs(end))
        distances = np.concatenate([distances, least[None, :]])
        heights = np.asarray(family.logpdf(end + inward * distances, *picked))
        slopes = np.diff(heights, axis=0) / -np.diff(np.log(distances), axis=0)
        return bool(np.any((slopes > STEEP).all(axis=0)))


def starts(model: FromScipy, x: Floats, w: Floats) -> tuple[Mapping[str, float], ...]:
    """Return the likeliest starts; for data that none of them allows, the middle of each domain."""
    found = candidates(model, x, w, KEPT)
    if found:
        return tuple(found)
    values = {n: model.roles[n].support.inside for n in model.family.names}
    return ({**values, "loc": float(np.median(x)), "scale": float(np.std(x)) or 1.0},)
