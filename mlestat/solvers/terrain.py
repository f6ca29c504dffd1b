"""What a search of a scipy family climbs on: the objective as a function of values alone, for many members at a time.

Newton's method over the rows needs derivatives of each; a search from many starts needs heights, and one call of scipy
for all of them is much cheaper than one for each.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import is_estimated
from mlestat.distributions.scipy_model import FromScipy, Rest
from mlestat.distributions.scipy_starts import Place, candidates
from mlestat.likelihood import Objective
from mlestat.sources.array import Rows
from mlestat.sources.incomplete import Between, Split, split

Floats = NDArray[np.float64]
Values = dict[str, Floats]

FEW = 2_000
"""Rows that are searched on; Newton's method over all of them has the last word."""

BESIDE = 1e-9
"""Standard values this near to a resting end (relative to their size) lie on it: rounding."""

CLOSE = 1e-7
"""Distance from an extreme of the data, in spreads, at which an end of the support is tried."""

TRIED = 20
"""Members that are asked whether an end of their support can come that close."""


@dataclass(frozen=True, eq=False)
class Terrain:
    """The objective as a function of values alone, for many members at a time.

    `x` and `w` are the exact rows, `parts` the others; `place` tells the extremes of the exact rows, and centre and
    spread of stand-ins for all, which are `rough`, with their weights. `bounded` says that these rows keep a pole of
    the density away from every value.
    """

    model: FromScipy
    objective: Objective
    x: Floats
    w: Floats
    parts: Split | None
    place: Place
    rough: tuple[Floats, Floats]
    bounded: bool = False

    @property
    def endless(self) -> bool:
        """Whether the density has a pole that free parameters can put upon a value."""
        return not self.bounded and self.model._unbounded() is not None

    def holding(self, values: Mapping[str, float]) -> Terrain:
        """Return the terrain with some parameters held."""
        model = self.model.with_values(values)
        return replace(self, model=model, objective=self.objective.of(model))

    @property
    def n(self) -> float:
        """Sum of weights."""
        return self.objective.source.n

    def heights(self, values: Values, rest: Rest) -> Floats:
        """Return the objective of each member; -inf where it is not a number, or has a pole."""
        model = self.model
        columns = {
            n: v[:, None] if is_estimated(model.params[n]) or rest.follows else model.params[n]
            for n, v in values.items()
        }
        size = len(next(iter(values.values())))
        total = np.zeros(size)
        with np.errstate(all="ignore"):
            if self.x.size:
                total = total + np.broadcast_to(self._rows(columns, rest), (size, self.x.size)) @ self.w
            for part, sign in () if self.parts is None else self.parts.signed():
                total = total + sign * self._censored(part, values, columns, size)
            for name, prior in model.priors.items():
                total = total + prior.logpdf(values[name])
            if self.objective.jacobian:
                for name in model.free:
                    total = total + model.roles[name].link.log_jacobian_derivatives(values[name])[0]
        return np.where(np.isfinite(total), total, -math.inf)

    def _rows(self, columns: Mapping[str, Any], rest: Rest) -> Floats:
        family = self.model.family
        shapes = [columns[n] for n in family.shapes]
        if family.discrete:
            return np.asarray(family.logpdf(self.x, *shapes, columns["loc"]))
        scale = columns["scale"]
        z = (self.x - columns["loc"]) / scale
        ends = family.ends(tuple(shapes)) if rest.follows and rest.attained else ()
        for place, end in zip((rest.low, rest.high), ends, strict=False):
            if place is not None:
                z = np.where(np.abs(z - end) <= BESIDE * np.maximum(1.0, np.abs(end)), end, z)
        return np.asarray(family.logpdf(z, *shapes) - np.log(scale))

    def _censored(self, part: Between, values: Values, columns: Mapping[str, Any], size: int) -> Floats:
        """Rows in (low, high]: those open at one end for all members at once, the others member by member."""
        w = part.rows.sample.weights
        weights = np.ones(part.index.size) if w is None else np.asarray(w, dtype=float)
        if part.open_end is None:
            names = [n for n in values if is_estimated(self.model.params[n])]
            members = (self.model.with_values({n: float(values[n][i]) for n in names}) for i in range(size))
            return np.asarray(np.array([part.heights(m) for m in members]) @ weights)
        upper = part.open_end == "upper"
        ends = part.rows.values(slice(None)) if upper else part.high
        own = (v[part.index] if np.ndim(v) == 1 and v.size > 1 else v for v in columns.values())
        logs = self.model.family("logsf" if upper else "logcdf", ends, *own)
        return np.asarray(np.broadcast_to(logs, (size, weights.size)) @ weights)


def terrain_of(objective: Objective, rows: Rows) -> Terrain:
    """Take the rows apart and look at a part of many; extremes belong to it: ends of supports depend on them."""
    model = cast("FromScipy", objective.model)
    rough = rows.convert(rows.sample.stand_ins().astype(np.float64))
    weights = np.ones(rough.size) if rows.sample.weights is None else np.asarray(rows.sample.weights, dtype=float)
    if rows.sample.complete:
        x, w = (rough, weights) if rough.size <= FEW or _by_row(model) else _thinned(rough, weights)
        return Terrain(model, objective, x, w, None, Place(x, w), (x, w))
    rough = into_support(np.floor(rough) if model.discrete else rough, model)
    parts, place = split(rows, model), Place(rough, weights)
    exact = np.empty(0) if parts.exact is None else parts.exact.values(slice(None))
    if exact.size:
        place.low, place.high = float(exact.min()), float(exact.max())
    terrain = Terrain(model, objective, exact, weights[parts.exact_index], parts, place, (rough, weights))
    return replace(terrain, bounded=not _reaches_a_value(terrain))


def into_support(x: Floats, model: FromScipy) -> Floats:
    """Move stand-ins of censored rows, such as a lower end of 0, to where the family has a density."""
    inside = model.support.contains(x)
    if np.all(inside):
        return x
    return np.where(inside, x, np.median(x[inside]) if np.any(inside) else model.support.inside)


def _by_row(model: FromScipy) -> bool:
    return any(np.ndim(v) > 0 for v in model.values if not is_estimated(v))


def _thinned(x: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Return every so-manieth row, its weight for all that it stands for, and the two extremes with their own."""
    step = -(-x.size // FEW)
    ends = [int(np.argmin(x)), int(np.argmax(x))]
    share = float(w.sum()) / float(w[::step].sum())
    return np.append(x[::step], x[ends]), np.append(w[::step] * share, w[ends])


def _reaches_a_value(terrain: Terrain) -> bool:
    """Whether an end of the support can come close to an exact value: rows that are censored further out forbid it."""
    model, place = terrain.model, terrain.place
    if not terrain.x.size or model._unbounded() is None:
        return False
    if not model.family.smooth:
        return True
    places = (place.low - CLOSE * place.spread, place.high + CLOSE * place.spread)
    for values in candidates(model, *terrain.rough, TRIED):
        ends = model.family.ends(tuple(np.float64(values[n]) for n in model.family.shapes))
        moved = [_moved(model, values, float(end), at) for end, at in zip(ends, places, strict=True)]
        for member in (m for m in moved if m is not None):
            if math.isfinite(terrain.heights({n: np.array([v]) for n, v in member.items()}, Rest())[0]):
                return True
    return False


def _moved(model: FromScipy, values: dict[str, float], end: float, at: float) -> dict[str, float] | None:
    """Return values that put an end of the support at a place; None if nothing free moves it there."""
    if not math.isfinite(end):
        return None
    if is_estimated(model.params["loc"]):
        return {**values, "loc": at - values["scale"] * end}
    scale = (at - values["loc"]) / end if end != 0.0 else math.nan
    return {**values, "scale": scale} if is_estimated(model.params["scale"]) and scale > 0.0 else None
