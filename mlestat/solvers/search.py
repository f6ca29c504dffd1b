r"""Search: the maximum of a likelihood of which nothing is known beforehand but its values.

For families of scipy. From the likeliest of a few dozen starts Newton's method climbs on charts (`charts.py`,
`climbs.py`). Beside the interior three kinds of edges are solved for themselves and compared: an end of the support
that rests on an extreme of the data, a shape at a closed end of its domain, and a corner of the density on a value. The
highest wins; if that is an interior point, Newton's method over the rows has the last word.

Where the highest point runs away, the verdict says where to. Where the density has a pole at an end of its support the
likelihood has no bound, and the highest maximum that Newton's method confirms is the answer, as everywhere in the
library. Theory: docs/theory/numerical.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.parameters import free
from mlestat.distributions.scipy_model import FromScipy, Rest
from mlestat.distributions.scipy_starts import candidates
from mlestat.errors import DataError
from mlestat.likelihood import Evaluation, Objective
from mlestat.solvers.charts import Chart, kind_of
from mlestat.solvers.climbs import CLIMBED, FAR_OUT, NOISY, SHORTER, Peak, climb, climbs
from mlestat.solvers.density_corners import at_density_corners
from mlestat.solvers.newton import DECREMENT, Flight, Optimum, ascent
from mlestat.solvers.terrain import Terrain, terrain_of
from mlestat.sources.array import Rows
from mlestat.supports import Interval, Support

Floats = NDArray[np.float64]

STARTS = 4 * CLIMBED
"""Starts that are kept: not every chart can hold the likeliest ones."""

CLEAR_STARTS = 3 * CLIMBED
"""Of these, the ones clear of a pole, where the density has one."""

DRAWN = 2
"""Starts near a pole that are climbed from all the same."""

GAIN = 1e-9
"""A gain in log-likelihood, relative to its size, below which two points are as high as each other."""

DIFFERENT = 1e-6
"""Maxima whose log-likelihoods differ by more than this are told apart."""

BESIDE_EXTREME = 1e-12
"""Distance from an extreme, in spreads, at which an end is held whose own density scipy does not give."""

NEAR_CLOSED = 4.0
"""Link-scale distance towards a closed end of a domain from which on the end itself is tried."""

LAST_STEPS = 30
"""Newton needs 2 to 5 steps over all rows from the maximum of a part of them."""

FAR_AWAY = 1e3
"""Spreads, or factors of the spread, from which on a location or a scale counts as running away."""


def maximise_by_search(objective: Objective, rows: Rows) -> Optimum:
    """Return the maximum of a scipy family's likelihood, or where it runs to.

    Raises
    ------
    DataError
        If no member was found that makes all rows possible.
    """
    terrain = terrain_of(objective, rows)
    peaks = _peaks(terrain)
    if not peaks:
        raise DataError(
            f"no parameters of {terrain.model.label} were found that make all {rows.sample.rows} rows possible; hold "
            "what is known (loc=0, say), or choose another family"
        )
    best = _at_closed_ends(terrain, _choose(terrain, peaks))
    return replace(_reported(objective, terrain.model, best, peaks), bounded=terrain.bounded)


# -- candidates ---------------------------------------------------------------------------------------------


def _peaks(terrain: Terrain) -> list[Peak]:
    """Return where the climbs on all charts ended."""
    begins = candidates(terrain.model, *terrain.rough, STARTS)
    if terrain.endless:  # a pole draws starts to an end
        begins = candidates(terrain.model, *terrain.rough, CLEAR_STARTS, clear=True) + begins[:DRAWN]
    peaks = [p for chart in _charts(terrain, begins) for p in climbs(chart, begins)]
    if not terrain.model.family.smooth:
        peaks += at_density_corners(terrain, peaks)
    peaks += _at_unattained_ends(terrain, peaks)
    return [p for p in peaks if math.isfinite(p.height)]


def _charts(terrain: Terrain, begins: list[dict[str, float]]) -> Iterator[Chart]:
    """Charts for the interior, and for each end of the support upon its extreme."""
    model = terrain.model
    kinds = {kind_of(model, values) for values in begins} | ({"line"} if model.family.moving else set())
    for kind in sorted(kinds):
        yield Chart(terrain, kind)
    if model.family.discrete or not terrain.x.size or terrain.objective.jacobian:
        return
    for kind in sorted({"both" if k == "both" else "rest" for k in kinds}):
        yield from (Chart(terrain, kind, rest) for rest in _rests(terrain))


def _rests(terrain: Terrain) -> Iterator[Rest]:
    """Ends of the support upon the extremes of the data, as far as free parameters can put them there."""
    model, low, high = terrain.model, terrain.place.low, terrain.place.high
    loc, scale = (model.params[n] is free for n in ("loc", "scale"))
    follows = ("loc",) if loc else ("scale",)
    if loc or scale:
        yield Rest(low=low, follows=follows)
        yield Rest(high=high, follows=follows)
    if loc and scale:
        yield Rest(low=low, high=high, follows=("loc", "scale"))


def _at_unattained_ends(terrain: Terrain, peaks: list[Peak]) -> Iterator[Peak]:
    """Hold an end upon an extreme of the data where scipy has no density at the end itself, but one beside it."""
    top = max(peaks, key=lambda p: p.height, default=None)
    sound = max((p.height for p in peaks if p.sound), default=-math.inf)
    if top is None or top.sound or top.height <= sound + _margin(terrain, top) or top.is_spike:
        return
    beside = BESIDE_EXTREME * terrain.place.spread
    low = terrain.place.low - beside if "low" in top.closed_up else None
    high = terrain.place.high + beside if "high" in top.closed_up else None
    follows = ("loc",) if low is None or high is None else ("loc", "scale")
    if (low is None and high is None) or not all(terrain.model.params[n] is free for n in follows):
        return
    kind = top.chart.kind if top.chart.kind == "both" else "rest"
    chart = Chart(terrain, kind, Rest(low, high, follows, attained=False))
    yield climb(chart, chart.coordinates(top.values()))


# -- the choice ---------------------------------------------------------------------------------------------


def _margin(terrain: Terrain, peak: Peak) -> float:
    return GAIN * (abs(peak.height) + terrain.n)


def _choose(terrain: Terrain, peaks: list[Peak]) -> Peak:
    """Return the highest maximum, unless the likelihood rises beyond it towards a limit.

    A rise onto a single value is no limit, and where a pole draws climbs to an end, only a plateau counts as one.
    """
    top = max(peaks, key=lambda p: p.height)
    sound = [p for p in peaks if p.sound]
    if terrain.endless or top.is_spike:
        flat = [p for p in peaks if not p.sound and p.is_plateau]
        top = max([*flat, *sound], key=lambda p: p.height, default=top)
    if not sound:
        return top
    best = max(sound, key=lambda p: p.height)
    return best if top.height <= best.height + _margin(terrain, best) else top


def _at_closed_ends(terrain: Terrain, best: Peak) -> Peak:
    """Return the best with a shape held at a closed end of its domain, if that is as high."""
    values = best.values()
    for name in (n for n in terrain.model.family.shapes if terrain.model.params[n] is free):
        with np.errstate(all="ignore"):
            u = float(terrain.model.roles[name].link.forward(np.float64(values[name])))
        for end in _closed_ends(terrain.model.roles[name].support, u, everywhere=not best.sound):
            held = _held(terrain, name, end)
            nowhere = not best.sound and terrain.endless and not best.is_plateau
            if held is not None and (nowhere or held.height >= best.height - _margin(terrain, best)):
                return held
    return best


def _held(terrain: Terrain, name: str, end: float) -> Peak | None:
    """Return the maximum with a shape held at an end of its domain."""
    inner = terrain.holding({name: end})
    peaks = _peaks(inner) if inner.model.free else []
    best = _at_closed_ends(inner, _choose(inner, peaks)) if peaks else None
    return replace(best, held=(*best.held, name)) if best is not None and best.sound else None


def _closed_ends(domain: Support, u: float, *, everywhere: bool) -> list[float]:
    """Return the finite ends that belong to a domain, and that a coordinate comes near to."""
    if not isinstance(domain, Interval):
        return []
    near = {domain.low: u < -NEAR_CLOSED, domain.high: u > NEAR_CLOSED}
    return [end for end, close in near.items() if (close or everywhere) and bool(domain.contains(np.float64(end)))]


# -- the answer ---------------------------------------------------------------------------------------------


def _reported(objective: Objective, model: FromScipy, best: Peak, peaks: list[Peak]) -> Optimum:
    """Return the best point on all rows, with derivatives row by row where there are any."""
    values, others = best.values(), _others(best, peaks)
    rest = replace(best.chart.rest, shapes=best.held)
    if rest:
        return replace(_at_rest(objective, model.resting(rest), best, values), others=others)
    here = objective.at_values({n: values[n] for n in objective.names})
    if not best.sound:
        return Optimum(here, max(best.decrement, 1.0), best.steps, False, flight=_flight(best))
    if not model.family.smooth:
        return Optimum(_cornered(objective, here), best.decrement, best.steps, True, others)
    return replace(polished(objective, here, best.steps), others=others)


def _at_rest(objective: Objective, model: FromScipy, best: Peak, values: dict[str, float]) -> Optimum:
    """Newton's method over the rows for what is not at an edge; the edges stay where they are."""
    resting = objective.of(model)
    here = resting.at_values({n: values[n] for n in objective.names})
    inner = objective.of(model._at_edges(here.model))
    if not inner.names or not model.family.smooth:
        return Optimum(here, best.decrement, best.steps, best.sound, flight=None if best.sound else _flight(best))
    found = polished(inner, inner.at_values({n: values[n] for n in inner.names}), best.steps)
    there = resting.at_values({n: found.at.model.params[n] for n in objective.names})
    sound = found.converged and best.sound
    return replace(found, at=there, converged=sound, flight=None if sound else _flight(best))


def _cornered(objective: Objective, here: Evaluation) -> Evaluation:
    """Return a point from where the likelihood falls to both sides: the slope there is no part of the curvature."""
    links = [here.model.roles[n].link for n in objective.names]
    thetas = [here.model.params[n] for n in objective.names]
    bends = [link.second_derivative(v) / link.derivative(v) for link, v in zip(links, thetas, strict=True)]
    return replace(here, hessian=here.hessian - np.diag(here.gradient * np.array(bends, dtype=float)))


def polished(objective: Objective, here: Evaluation, steps: int) -> Optimum:
    """Newton's method over all rows, from a point that is nearly a maximum.

    Rounding in scipy's density may leave no step that rises; then the decrement that is left is told.
    """
    for _ in range(LAST_STEPS):
        direction, decrement, definite = ascent(here)
        if not definite or decrement <= DECREMENT:
            return Optimum(here, decrement, steps, definite)
        further = (objective(here.eta + share * direction) for share in SHORTER[:8])
        better = next((e for e in further if e.value >= here.value - objective.resolution(here)), None)
        if better is None or not np.isfinite(better.gradient).all():
            return Optimum(here, decrement, steps, decrement <= NOISY)
        here, steps = better, steps + 1
    _, decrement, definite = ascent(here)
    return Optimum(here, decrement, steps, definite and decrement <= NOISY)


def _others(best: Peak, peaks: list[Peak]) -> tuple[float, ...]:
    """Return the heights of lower maxima on the same chart."""
    same = (p for p in peaks if p.sound and p.chart.kind == best.chart.kind and p.chart.rest == best.chart.rest)
    lower = {round(p.height, 6) for p in same if best.height - p.height > DIFFERENT * max(1.0, abs(best.height))}
    return tuple(sorted(lower, reverse=True))


def _flight(peak: Peak) -> Flight | None:
    """Return the parameters that run away, by the coordinates that are far out; the height reached is the supremum.

    It is short of it by what the last factor of e^5 of a parameter has left to gain, which is next to nothing.
    """
    values, place, model = peak.values(), peak.chart.terrain.place, peak.chart.model
    ends: dict[str, float] = {}
    for name, u in zip(peak.chart.shapes, peak.u, strict=False):
        if abs(u) > FAR_OUT:
            domain, other = model.roles[name].support, model.family.within.get(name)
            end = domain.upper if u > 0.0 else domain.lower
            ends[name] = float(end) if other is None else math.copysign(values[other], u)
    if "loc" in model.free and abs(values["loc"] - place.middle) > FAR_AWAY * place.spread:
        ends["loc"] = math.copysign(math.inf, values["loc"] - place.middle)
    if "scale" in model.free and not 1.0 / FAR_AWAY < values["scale"] / place.spread < FAR_AWAY:
        ends["scale"] = math.inf if values["scale"] > place.spread else 0.0
    return Flight(ends, peak.height) if ends and not peak.closed_up else None
