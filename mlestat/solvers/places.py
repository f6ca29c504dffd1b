"""Likelihoods with a corner at each data value in one parameter, and several maxima in it (Triangular).

Used where the family cannot tell its maximum from the rows: with censored, truncated or binned rows, with priors, with
parameters that go by row. For each place of that parameter the rest is smooth, or at a limit that the family names:
Newton's work. This profile is taken on a coarse grid of data values and points between; around its highest places the
bracket is divided until no data value is left in it. A data value with both sides lower is a maximum; otherwise
Newton's method in all parameters finishes on the side that rises.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.likelihood import Objective
from mlestat.priors import log_prior
from mlestat.solvers.newton import Optimum, maximise
from mlestat.sources.array import Rows, Source
from mlestat.sources.incomplete import take

Floats = NDArray[np.float64]

COARSE = 24
"""Data values on the coarse grid, and as many points between the ends of the data."""

DIVIDED = 8
"""Data values tried at once in a bracket."""

ASIDE = 3
"""Places tried on either side of the highest one within which no data value may be left: the profile is ragged."""

TOPS = 3
"""Maxima of the coarse grid that are looked at closely."""

APART = 1e-6
"""Maxima whose log-likelihoods differ by more than this are different ones."""

SIDE = 1e-7
"""Share of the range at which the two sides of a corner are read."""

PART = 2_000
"""Rows of which the maximum is taken first, where there are many."""

SPAN = 5.0
"""How far the maximum of a part may be from that of all rows, in ranges over the root of the part's number of rows: ten
standard errors of a mode in the middle, √(ab/n) ≤ ½ range/√n."""

FARTHEST = 1e4
"""A location this many ranges from the data runs away from them."""

BEYOND = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
"""Places outside the data, in ranges, to which censored rows may pull the corner."""


@dataclass(frozen=True)
class Try:
    """A place with the best values of all free parameters, those at a `limit` included, and the objective there."""

    place: float
    height: float
    values: Mapping[str, float]
    limit: Mapping[str, float]
    found: Optimum | None = None


def maximise_over_places(objective: Objective, rows: Rows, source: Callable[[Distribution, Rows], Source]) -> Optimum:
    """Return the highest maximum over the parameter that is searched, and the heights of lower ones.

    Parameters
    ----------
    objective : Objective
        What rises.
    rows : Rows
        Its data.
    source : callable
        From a model and rows to the source of its sums, for a part of the rows.
    """
    name = objective.model.searched
    profile = Profile.of(objective, rows)
    if name not in objective.names:
        value = objective.model.params[name]
        return profile.there() if np.ndim(value) > 0 else profile.result(profile.at(float(value)))
    grid = profile.grid() if rows.sample.rows < 2 * PART else _near_the_top_of_a_part(objective, rows, source, profile)
    heights = [profile.at(place).height for place in grid]
    found = [profile.closed_in(grid[i]) for i in _tops(heights)]
    if not found:
        return profile.there()
    best = max(found, key=lambda top: top.at.value)
    lower = {round(top.at.value, 6) for top in found if best.at.value - top.at.value > APART}
    return replace(best, others=tuple(sorted(lower, reverse=True)))


def _near_the_top_of_a_part(
    objective: Objective, rows: Rows, source: Callable[[Distribution, Rows], Source], profile: Profile
) -> list[float]:
    """Return places about the maximum of every so-manieth row, as far as that may be from the maximum of all."""
    step = rows.sample.rows // PART
    part = replace(rows, sample=rows.sample.every(step))
    model = take(objective.model, slice(None, None, step))
    found = maximise_over_places(objective.of(model, source(model, part)), part, source)
    width = SPAN * profile.reach / math.sqrt(part.sample.rows)
    return [float(found.at.model.params[profile.name]) + width * t for t in (-1.0, -0.5, 0.0, 0.5, 1.0)]


def _tops(heights: list[float]) -> list[int]:
    """Return where the heights are not below their neighbours, the highest first."""
    last = len(heights) - 1
    found = [
        i
        for i, h in enumerate(heights)
        if math.isfinite(h) and h >= heights[max(i - 1, 0)] and h >= heights[min(i + 1, last)]
    ]
    return sorted(found, key=lambda i: -heights[i])[:TOPS]


@dataclass
class Profile:
    """The objective's profile in the parameter that is searched; each place is evaluated once."""

    objective: Objective
    corners: Floats
    ends: tuple[float, float]
    open_ends: tuple[bool, bool]
    few: tuple[Floats, Floats]
    tried: dict[float, Try] = field(default_factory=dict)
    order: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, objective: Objective, rows: Rows) -> Profile:
        """Return the profile on these rows, nothing evaluated yet."""
        low, high, exact = rows.sample.ends()
        finite = rows.convert(np.concatenate([v[np.isfinite(v)] for v in (low, high)]))
        outermost = np.array([finite.min(), finite.max()])
        x = rows.convert(rows.sample.stand_ins().astype(np.float64))
        w = np.ones(x.size) if rows.sample.weights is None else rows.sample.weights
        few = np.append(x, outermost), np.append(w, [w.min(), w.min()])
        first, last = objective.model._corners(outermost).tolist()
        open_ends = bool(np.isinf(low).any()), bool(np.isinf(high).any())
        corners = objective.model._corners(np.unique(rows.convert(low[exact])))
        return cls(objective, corners, (first, last), open_ends, few)

    @property
    def name(self) -> str:
        """The parameter that is searched."""
        return self.objective.model.searched

    @property
    def reach(self) -> float:
        """The range of the data, or their size where they are all equal."""
        return (self.ends[1] - self.ends[0]) or abs(self.ends[0]) or 1.0

    def grid(self) -> list[float]:
        """Return the coarse grid, in order."""
        picked = np.unique(np.linspace(0, max(self.corners.size - 1, 0), COARSE).astype(int))
        beyond = [
            end + side * self.reach * np.array(BEYOND)
            for end, side, is_open in zip(self.ends, (-1.0, 1.0), self.open_ends, strict=True)
            if is_open
        ]
        places = np.concatenate([self.corners[picked[: self.corners.size]], np.linspace(*self.ends, COARSE), *beyond])
        prior = self.objective.model.priors.get(self.name)
        return [float(v) for v in np.unique(places) if prior is None or prior.support.contains(np.float64(v))]

    def there(self) -> Optimum:
        """Return where Newton's method leads from the family's own start."""
        start = self.objective.model._start(*self.few)
        return maximise(self.objective, self.objective.eta({n: float(start[n]) for n in self.objective.names}))

    # -- one place -------------------------------------------------------------------------------------------

    def at(self, place: float) -> Try:
        """Return the best of the rest with the parameter at this place."""
        if place not in self.tried:
            limits = [self._held(place, limit) for limit in self.objective.model._at_corner(place)]
            limit = max(limits, key=lambda t: t.height, default=None)
            top = limit if limit is not None and self._rests(limit) else self._held(place, {})
            prior = self.objective.model.priors.get(self.name)
            self.tried[place] = top if prior is None else replace(top, height=top.height + log_prior(prior, place)[0])
            insort(self.order, place)
        return self.tried[place]

    def _rests(self, top: Try) -> bool:
        """Whether the objective falls from a limit to both sides of it, one of which is no member at all."""
        if not math.isfinite(top.height):
            return False
        inner, step = self._inner(top.place, {}), SIDE * self.reach
        moved = [{**top.values, n: top.limit[n] + side} for n in top.limit for side in (-step, step)]
        heights = [inner(inner.eta({n: values[n] for n in inner.names})).value for values in moved]
        return not any(h > top.height for h in heights)

    def _inner(self, place: float, limit: Mapping[str, float]) -> Objective:
        return self.objective.of(self.objective.model.with_values({self.name: place, **limit}))

    def _held(self, place: float, limit: Mapping[str, float]) -> Try:
        """Return the maximum with the parameter at this place and others at their limit."""
        inner = self._inner(place, limit)
        begins = [t.values for t in self._neighbours(place)] + [dict(inner.model._start(*self.few))]
        etas = [inner.eta({name: float(values[name]) for name in inner.names}) for values in begins]
        values = [inner(eta).value for eta in etas]
        best = int(np.argmax([v if math.isfinite(v) else -math.inf for v in values]))
        if not math.isfinite(values[best]):
            return Try(place, -math.inf, {}, limit)
        found = self._climbed(inner, etas[best]) if inner.names else Optimum(inner(etas[best]), 0.0, 0, True)
        return Try(
            place, found.at.value, {n: float(found.at.model.params[n]) for n in self.objective.names}, limit, found
        )

    def _climbed(self, inner: Objective, eta: Floats) -> Optimum:
        """Return where Newton's method leads, unless an end runs away from the data."""
        low, high = self.ends[0] - FARTHEST * self.reach, self.ends[1] + FARTHEST * self.reach
        ends = [name for name in inner.names if inner.model.roles[name].is_location]
        return maximise(inner, eta, lambda member: all(low < member.params[name] < high for name in ends))

    def _neighbours(self, place: float) -> list[Try]:
        """Return what was found at the nearest places on either side."""
        i = bisect_left(self.order, place)
        return [self.tried[p] for p in self.order[max(i - 1, 0) : i + 1] if self.tried[p].values]

    def result(self, top: Try) -> Optimum:
        """Return a place as the maximum of the objective."""
        if top.found is None:
            return self.there()
        here = self.objective.at_values(dict(top.values))
        return Optimum(here, top.found.decrement, top.found.steps, top.found.converged)

    # -- closing in ------------------------------------------------------------------------------------------

    def closed_in(self, place: float) -> Optimum:
        """Return the maximum near a place that is higher than its neighbours on the grid."""
        top = self.at(place)
        while (inside := self._untried(*self._bracket(top.place, ASIDE))).size:
            picked = np.unique(np.linspace(0, inside.size - 1, DIVIDED).round().astype(int))
            top = max([top, *(self.at(float(v)) for v in inside[picked])], key=lambda t: t.height)
        return self._finished(top, *self._bracket(top.place, 1))

    def _untried(self, left: float, right: float) -> Floats:
        between = self.corners[np.searchsorted(self.corners, left) : np.searchsorted(self.corners, right, side="right")]
        return np.array([v for v in between.tolist() if v not in self.tried])

    def _bracket(self, place: float, steps: int) -> tuple[float, float]:
        """Return the places tried that many steps to either side."""
        i = self.order.index(place)
        return self.order[max(i - steps, 0)], self.order[min(i + steps, len(self.order) - 1)]

    def _finished(self, top: Try, left: float, right: float) -> Optimum:
        """Return the top itself if it is a corner, else where the profile leads between the places beside it."""
        step = SIDE * self.reach
        sides = [self.at(v) for v in (top.place - step, top.place + step) if left <= v <= right]
        higher = max(sides, key=lambda t: t.height, default=top)
        if higher.height <= top.height and top.place in self.corners:
            return self.result(top)
        begin = higher if higher.height > top.height else top
        found = self._climbed(self.objective, self.objective.eta(dict(begin.values))) if not begin.limit else None
        if found is not None and found.converged and found.at.value >= begin.height:
            return found
        return self.result(self._by_values(begin, left, right))

    def _by_values(self, top: Try, left: float, right: float) -> Try:
        """Return the highest place of a bracket from the profile's values alone (Brent's method)."""
        from scipy.optimize import minimize_scalar  # slow to import

        minimize_scalar(
            lambda v: -self.at(float(v)).height,
            bounds=(left, right),
            method="bounded",
            options={"xatol": 1e-10 * (right - left)},
        )
        inside = [t for p, t in self.tried.items() if left <= p <= right]
        return max([top, *inside], key=lambda t: t.height)
