"""Families of scipy whose log-density has a corner inside its support: maxima with the corner upon a value of the data.

The likelihood then has a corner wherever that of the density lies on a value, and is smooth between. So the corner is
tried on every value, and from the best ones climbs go on in what is left, which is smooth. Where the density vanishes
at its corner (dgamma, dweibull) each gap between two values has a maximum of its own, and the likeliest gaps are
climbed in.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mlestat.solvers.charts import Chart, Pin, kind_of
from mlestat.solvers.climbs import CLIMBED, Peak, climb
from mlestat.solvers.terrain import Terrain

Floats = NDArray[np.float64]

NEAR = 2
"""Peaks, the highest ones, near which corners are looked for."""

TURNS = 6
"""Times that one of two corners is moved while the other is held."""

SCANNED = 400
"""Values on which a corner is tried."""

GAPS = 20
"""Gaps between two values that are climbed in."""


def at_density_corners(terrain: Terrain, peaks: list[Peak]) -> list[Peak]:
    """Return peaks with corners of the density upon values, or in a gap between two, near the best of those found."""
    found: list[Peak] = []
    family = terrain.model.family
    fit_for_it = (p for p in peaks if not p.chart.rest or p.chart.kind == "both")
    for peak in sorted(fit_for_it, key=lambda p: -p.height)[:NEAR]:
        values = peak.values()
        shapes = tuple(np.float64(values[n]) for n in family.shapes)
        corners = family.corners(shapes)
        if any(float(family.logpdf(at, *shapes)) == -math.inf for at in corners):
            found += _in_gaps(terrain, values)
        else:
            found += _on_values(peak, len(corners))
    return found


def _places(terrain: Terrain) -> Floats:
    """Return the distinct values, or every so-manieth of many."""
    places = np.unique(terrain.x)
    return places[:: -(-places.size // SCANNED)] if places.size else places


def _movable(terrain: Terrain, kind: str, corner: int) -> bool:
    """Whether something free moves the corner: the location, or the shape that it is itself."""
    names = terrain.model.free
    if kind == "line":
        return "loc" in names
    both = {"loc", "scale"} <= set(names)
    if kind == "low":
        return both
    fixed = not {"loc", "scale"} & set(names)
    return kind == "both" and terrain.model.family.shapes[corner] in names and (both or fixed)


def _on_values(peak: Peak, corners: int) -> list[Peak]:
    """Put one corner on a value; where there are two, then each in turn with the other held, while that rises."""
    found = [p for corner in range(corners) for p in _one_on_values(peak, corner, ())]
    best = max(found, key=lambda p: p.height, default=None)
    for turn in range(TURNS if corners == 2 else 0):
        others = () if best is None else tuple(p for p in best.chart.pins if p.corner != turn % 2)
        if best is not None and others:
            more = _one_on_values(best, turn % 2, others)
            found += more
            best = max([best, *more], key=lambda p: p.height)
    return found


def _one_on_values(peak: Peak, corner: int, others: tuple[Pin, ...]) -> list[Peak]:
    """Try a corner on every value, climb from the best, and walk on to the neighbours while that rises."""
    terrain, kind, places = peak.chart.terrain, peak.chart.kind, _places(peak.chart.terrain)
    if not places.size or not _movable(terrain, kind, corner):
        return []
    known: dict[int, Peak] = {}

    def chart(i: int) -> Chart:
        return replace(peak.chart, pins=(*others, Pin(corner, float(places[i]))))

    def top(i: int, u: Floats) -> Peak:
        if i not in known:
            known[i] = climb(chart(i), u)
        return known[i]

    u = chart(0).coordinates(peak.values())
    if not np.isfinite(u).all():
        return []
    heights = np.array([chart(i).height(u) for i in range(places.size)])
    for i in np.argsort(-heights)[:CLIMBED].tolist():
        if math.isfinite(heights[i]):
            _walk(top, i, u, places.size)
    return list(known.values())


def _walk(top: Callable[[int, Floats], Peak], i: int, u: Floats, size: int) -> None:
    """Move the corner from value to value while the likelihood rises."""
    start = top(i, u)
    for step in (-1, 1):
        at, peak = i, start
        while 0 <= at + step < size and (further := top(at + step, peak.u)).height > peak.height:
            at, peak = at + step, further


def _in_gaps(terrain: Terrain, values: Mapping[str, float]) -> list[Peak]:
    """Climb with the corner in the likeliest gaps between two values."""
    places, kind = _places(terrain), kind_of(terrain.model, values)
    if kind != "line" or "loc" not in terrain.model.free or places.size < 2:
        return []
    plain = Chart(terrain, kind)
    (at,) = terrain.model.family.corners(tuple(np.float64(values[n]) for n in terrain.model.family.shapes))
    middles = 0.5 * places[1:] + 0.5 * places[:-1]
    moved = ({**values, "loc": float(m) - values["scale"] * float(at)} for m in middles)
    points = np.array([plain.coordinates(member) for member in moved]).T
    heights = plain.heights(points)
    likeliest = [i for i in np.argsort(-heights)[:GAPS] if math.isfinite(heights[i])]
    return [climb(plain, points[:, i]) for i in likeliest]
