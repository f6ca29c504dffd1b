"""Mixtures: expectation and maximisation from many starts on a few rows; what follows is Newton's work on all of them.

Expectation gives each row to the components by their responsibilities. Maximisation fits each component to the rows
with these as weights: by its closed form where it has one, else by Newton's method from where it stands. Rows may be
censored in any way: a component then answers with the probability of the interval. Where rows are truncated, what is
mixed is the part of each component that could have been seen; the weights are taken back to the whole at the end.

Short climbs from every partition, long ones from the best (Biernacki, Celeux, Govaert 2003). A component that shrinks
onto a single value makes the likelihood infinite: a climb is given up when a component holds fewer than LEAST rows, or
rows of one value alone. That rule is reported in the verdict; nothing is added to a likelihood or a scale.

References: Dempster, Laird, Rubin, *JRSS B* 39 (1977) 1-38; Biernacki, Celeux, Govaert, *Comput. Stat. Data Anal.* 41
(2003) 561-575; McLachlan, Peel, *Finite Mixture Models* (2000), sec. 2.8, 2.12, 3.10.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution, is_estimated
from mlestat.distributions.mixture import LEAST, Mixture
from mlestat.errors import UnsupportedDataError
from mlestat.likelihood import Objective, row_logliks
from mlestat.priors import log_prior
from mlestat.sample import Sample
from mlestat.solvers.newton import Optimum
from mlestat.sources.array import Rows

Floats = NDArray[np.float64]
Fitter = Callable[[Distribution, Rows, Distribution | None], Distribution]
"""Takes a component, rows weighted by its responsibilities and the member that it is now, returns its best member."""

FEW = 4_000
"""Rows on which is climbed."""

SHORT = 10
"""Steps of each short climb."""

LONG = 40
"""Steps of a long climb at most; Newton's method ends what is slow."""

ENDLESS = 3_000
"""Steps at most where Newton's method cannot."""

KEPT = 5
"""Short climbs that are continued: those of the best heights that differ."""

SETTLED = 1e-7
"""A gain per row below this ends a long climb."""

ALIKE = 1e-4
"""Heights per row that differ by less than this lead to the same maximum."""

FINE = 1e-13
"""The same for a mixture with corners, which Newton's method cannot end, relative to the height."""


@dataclass(frozen=True, eq=False)
class Climb:
    """A member, its height, and the responsibilities there, shape (components, rows)."""

    member: Mixture
    height: float
    shares: Floats


def mixture_starts(objective: Objective, rows: Rows, fitted: Fitter) -> tuple[list[Mapping[str, float]], str]:
    """Return the members that the best climbs lead to, the highest first, and what must be told of the others."""
    model = objective.model
    assert isinstance(model, Mixture)
    _refuse_edges(model)
    few = _in_the_fits_unit(rows)
    hill = _Hill(model, few, fitted)
    begun = [hill.climb(shares, SHORT) for shares in model.partitions(_stand_ins(few, model))]
    alive = [climb for climb in begun if climb is not None]
    best = _apart(alive, few.rows)[:KEPT]
    done = [climb for kept in best if (climb := hill.climb(kept.shares, LONG)) is not None]
    lost = len(begun) - len(alive) + len(best) - len(done)
    told = f"; {lost} of {len(begun)} starts were discarded by that rule" if lost and hill.may_collapse else ""
    ends: list[Mapping[str, float]] = [
        hill.seen_back(climb.member).ordered(model).params for climb in _apart(done, few.rows)
    ]
    return ends, told


def maximise_with_corners(objective: Objective, rows: Rows, fitted: Fitter, begin: Mapping[str, float]) -> Optimum:
    """Climb on all rows to the end: for components with a corner, which Newton's method cannot pass."""
    model = objective.model
    assert isinstance(model, Mixture)
    hill = _Hill(model, _in_the_fits_unit(rows, every=True), fitted)
    climb = hill.climb(hill.shares_of(model.with_values(begin)), ENDLESS, FINE)
    if climb is None:
        return Optimum(objective.at_values(dict(begin)), math.inf, 0, False)
    values = hill.seen_back(climb.member).ordered(model).params
    return Optimum(objective.at_values({name: float(values[name]) for name in objective.names}), 0.0, 0, True)


def spike_rule(objective: Objective, rows: Rows) -> Callable[[Optimum], bool]:
    """Return whether no component of an optimum is a spike, by the rule that climbs are given up by."""
    model = objective.model
    assert isinstance(model, Mixture)
    hill = _Hill(model, _in_the_fits_unit(rows), lambda c, rows, near: c)

    def sound(found: Optimum) -> bool:
        member = found.at.model
        assert isinstance(member, Mixture)
        return not hill.collapsed(hill.shares_of(member))

    return sound


def _refuse_edges(model: Mixture) -> None:
    """A support that ends at a free parameter leaves the maximisation step nothing to do but to stay."""
    for c in model.components:
        if open_ends := [name for name in c.edges if name in c.free]:
            raise UnsupportedDataError(
                f"a mixture has no method for {c.label} with its {open_ends[0]} free, an end of its support; give "
                f"{open_ends[0]} a number"
            )


def _in_the_fits_unit(rows: Rows, *, every: bool = False) -> Sample:
    """Return some rows, or all, as a sample in the unit of the fit."""
    small = rows.sample if every else rows.sample.every(-(-rows.sample.rows // FEW))
    changed = {
        name: rows.convert(np.asarray(value, dtype=np.float64))
        for name in ("values", "entry", "exit", "high")
        if (value := getattr(small, name)) is not None
    }
    return small.changed(**changed)


def _stand_ins(sample: Sample, model: Mixture) -> Floats:
    return np.asarray(sample.stand_ins(), dtype=np.float64)


def _apart(climbs: list[Climb], rows: int) -> list[Climb]:
    """Return the climbs of different heights, the highest first."""
    found: list[Climb] = []
    for climb in sorted(climbs, key=lambda c: -c.height):
        if not found or found[-1].height - climb.height > ALIKE * rows:
            found.append(climb)
    return found


class _Hill:
    """A mixture on a few rows: the two steps, and the rule by which a climb is given up."""

    def __init__(self, model: Mixture, sample: Sample, fitted: Fitter) -> None:
        self.model, self.sample, self.fitted = model, sample, fitted
        self.w = np.ones(sample.rows) if sample.weights is None else np.asarray(sample.weights, dtype=np.float64)
        middle = float(np.median(sample.stand_ins()))
        self.loose = [k for k, c in enumerate(model.components) if not c.discrete and _can_shrink(c, middle)]
        self.truncated = sample.entry is not None or sample.exit is not None
        _, _, exact = sample.ends()
        self.places = np.where(exact, sample.values, np.nan)

    @property
    def may_collapse(self) -> bool:
        """Whether a component can shrink onto a value."""
        return bool(self.loose)

    def climb(self, shares: Floats, steps: int, settled: float | None = None) -> Climb | None:
        """Alternate maximisation and expectation from responsibilities; None where a component becomes a spike."""
        member, last = None, -math.inf
        for _ in range(steps):
            if self.collapsed(shares):
                return None
            member = self.maximised(shares, member)
            height, shares = self.expected(member)
            if not math.isfinite(height):
                return None
            gain, last = height - last, height
            if gain < (SETTLED * self.sample.rows if settled is None else settled * abs(height)):
                break
        return None if member is None or self.collapsed(shares) else Climb(member, last, shares)

    def expected(self, member: Mixture) -> tuple[float, Floats]:
        """Return the height of a member, priors included, and its responsibilities."""
        logs = self._heights(member)
        top = logs.max(axis=0)
        with np.errstate(all="ignore"):
            shares = np.exp(logs - top)
            total = shares.sum(axis=0)
            height = float(self.w @ (top + np.log(total)))
        for name, prior in self.model.priors.items():
            height += log_prior(prior, float(member.params[name]))[0]
        return height, shares / total

    def shares_of(self, member: Mixture) -> Floats:
        """Return the responsibilities at a member of the whole population."""
        return self.expected(member._copy(member.components, self._seen_weights(member)))[1]

    def _heights(self, member: Mixture) -> Floats:
        whole = self.sample.complete
        with np.errstate(all="ignore"):
            rows = [c.logpdf(self.places) if whole else row_logliks(c, self.sample) for c in member.components]
            return np.stack([np.log(w) + v for w, v in zip(member.weights, rows, strict=True)])

    def maximised(self, shares: Floats, near: Mixture | None) -> Mixture:
        """Return the member that each component's fit to the rows it is responsible for makes."""
        parts = [
            self._fitted(k, c, r, None if near is None else near.components[k])
            for k, (c, r) in enumerate(zip(self.model.components, shares, strict=True))
        ]
        mass = shares @ self.w / float(self.w.sum())
        free = [is_estimated(v) for v in self.model.weights]
        return self.model._copy(tuple(parts), tuple(mass.tolist()) if all(free) else self._given_weights(parts))

    def _fitted(self, k: int, c: Distribution, r: Floats, near: Distribution | None) -> Distribution:
        w = self.w * r
        kept = np.flatnonzero(w > 0.0)
        if not c.free or kept.size == 0:
            return c if near is None else near
        part = self.sample.changed(weights=w)
        return self.fitted(c, Rows(part if kept.size == w.size else part.at(kept)), near)

    def _given_weights(self, parts: list[Distribution]) -> tuple[float, ...]:
        """Return held weights, of what could have been seen."""
        return self._seen_weights(self.model._copy(tuple(parts), self.model.weights))

    def _seen_weights(self, member: Mixture) -> tuple[float, ...]:
        """Return the shares of the components among what could have been seen."""
        return self._tilted(member, 1.0)

    def seen_back(self, member: Mixture) -> Mixture:
        """Return the member with its shares of the whole population."""
        held = not all(is_estimated(v) for v in self.model.weights)
        weights = self.model.weights if held else self._tilted(member, -1.0)
        return member._copy(member.components, tuple(weights))

    def _tilted(self, member: Mixture, sign: float) -> tuple[float, ...]:
        """Return weights times the components' mean probabilities of being seen, to the power `sign`."""
        if not self.truncated:
            return tuple(float(v) for v in member.weights)
        seen = np.array([self._seen(c) for c in member.components])
        tilted = np.asarray(member.weights, dtype=float) * seen**sign
        return tuple((tilted / tilted.sum()).tolist())

    def _seen(self, c: Distribution) -> float:
        entry = -math.inf if self.sample.entry is None else self.sample.entry
        leave = math.inf if self.sample.exit is None else self.sample.exit
        with np.errstate(all="ignore"):
            return max(float(np.average(c.cdf(leave) - c.cdf(entry) + 0.0 * self.w, weights=self.w)), 1e-300)

    def collapsed(self, shares: Floats) -> bool:
        """Whether a component that can shrink holds too few rows, or rows of a single value alone."""
        for k in self.loose:
            if float(shares[k] @ self.w / self.w.sum()) * self.sample.rows < min(LEAST, 0.1 * self.sample.rows):
                return True
            mine = self.places[shares[k] > 0.5]
            if mine.size and (mine == mine[0]).all():
                return True
        return False


def _can_shrink(c: Distribution, place: float) -> bool:
    """Whether a component can be concentrated at a place, or next to the nearest one in its support."""
    inside = place if np.all(c.support.contains(np.float64(place))) else c.support.inside
    return c._collapse(float(np.min(inside))) is not None
