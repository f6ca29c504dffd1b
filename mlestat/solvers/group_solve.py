"""Solve many fits at once, and compare each with what its family contains, as `mlestat.certificate` does for one.

What cannot be certified here is left to single fits: the flags say which groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlestat.certificate import FAR, MARGIN
from mlestat.distributions.base import Distribution, Special
from mlestat.solvers.batched import GroupEvaluation, GroupObjective, GroupOptimum, ascent_groups, maximise_groups
from mlestat.solvers.group_starts import group_starts
from mlestat.sources.groups import GroupRows, GroupSource, GroupStatistics, Index

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class GroupContained:
    """A contained family with its own best fit in each group."""

    special: Special
    objective: GroupObjective
    best: GroupOptimum


@dataclass(frozen=True, eq=False)
class GroupSolution:
    """The best of each group, and the contained limit that is the supremum in its stead, if one is (else -1)."""

    objective: GroupObjective
    best: GroupOptimum
    contained: list[GroupContained]
    limit: Index


def choose_group_source(model: Distribution, rows: GroupRows) -> GroupSource:
    """Return the cheapest source that gives this model's sums on complete rows."""
    return GroupStatistics.of(model, rows) if model.sufficient and not rows.by_row else rows


def solve_groups(model: Distribution, source: GroupSource, rows: GroupRows) -> GroupSolution:
    """Return the maximum of each group.

    Parameters
    ----------
    source : GroupSource
        What sums are taken from.
    rows : GroupRows
        The values, or stand-ins for censored ones, to find starts and contained families' statistics on.
    """
    objective = GroupObjective(model, source)
    best = _solve(objective, rows)
    contained = [_solve_contained(objective, rows, special) for special in model._specials()]
    for c in contained:
        _never_below(objective, best, c)
    return GroupSolution(objective, best, contained, _limits(objective, best, contained))


def _solve(objective: GroupObjective, rows: GroupRows) -> GroupOptimum:
    """Closed form where there is one, Newton from pooled starts where not."""
    size = rows.sizes.size
    if not objective.names:
        return _given(objective, size)
    found = _closed_form(objective)
    if found is None:
        return maximise_groups(objective, objective.eta(group_starts(objective.model, rows)))
    left = np.flatnonzero(~found.converged)
    if left.size:
        part = objective.take(left)
        found.put(left, maximise_groups(part, part.eta(group_starts(objective.model, rows.take(left)))))
    return found


def _given(objective: GroupObjective, size: int) -> GroupOptimum:
    """The log-likelihood where nothing is free."""
    value, _, _ = objective.source.totals(objective.model)
    here = GroupEvaluation(np.empty((0, size)), value, value, np.empty((0, size)), np.empty((0, 0, size)))
    return GroupOptimum(here, np.zeros(size), np.zeros(size, dtype=np.intp), np.ones(size, dtype=bool))


def _closed_form(objective: GroupObjective) -> GroupOptimum | None:
    """The family's own solution; not converged in groups that have none."""
    source, model = objective.source, objective.model
    if not isinstance(source, GroupStatistics) or model.priors:
        return None
    with np.errstate(all="ignore"):
        found = model._mle(source.terms, source.at)
    if found is None:
        return None
    values = {name: np.broadcast_to(np.asarray(found[name], dtype=float), source.n.shape) for name in objective.names}
    here = objective.at_values(values)
    _, decrement, definite = ascent_groups(here.gradient, here.hessian)
    sound = np.isfinite(here.eta).all(axis=0) & np.isfinite(here.value)
    return GroupOptimum(here, decrement, np.zeros(decrement.size, dtype=np.intp), definite & sound)


def _solve_contained(objective: GroupObjective, rows: GroupRows, special: Special) -> GroupContained:
    complete = isinstance(objective.source, (GroupRows, GroupStatistics))
    source = choose_group_source(special.model, rows) if complete else objective.source
    inner = GroupObjective(special.model, source)
    return GroupContained(special, inner, _solve(inner, rows))


def _never_below(objective: GroupObjective, best: GroupOptimum, c: GroupContained) -> None:
    """Search again from a contained family that reaches higher, or where the first search got nowhere."""
    member = c.objective.model.with_values(c.objective.natural(c.best.at.eta))
    unbounded = objective.model._unbounded() is not None
    for value in FAR if c.special.is_limit else (c.special.value,):
        with np.errstate(all="ignore"):
            again = np.flatnonzero(~(best.converged & (best.at.value >= c.best.at.value)))
            start = on_the_way(c.special, member, value)
            if again.size == 0 or not start.keys() >= set(objective.names):
                return
            eta = objective.eta({name: np.asarray(start[name], dtype=float) for name in objective.names})
            again = again[np.isfinite(eta[:, again]).all(axis=0)]
        if again.size == 0:
            continue
        found = maximise_groups(objective.take(again), eta[:, again])
        was, higher = best.converged[again], found.at.value > best.at.value[again]
        nowhere = ~np.isfinite(best.at.value[again])
        better = np.flatnonzero(higher | nowhere | (found.converged & ~was & unbounded))
        best.put(again[better], _taken(found, better))


def _taken(found: GroupOptimum, at: Index) -> GroupOptimum:
    return GroupOptimum(found.at.take(at), found.decrement[at], found.steps[at], found.converged[at])


def on_the_way(special: Special, member: Distribution, value: float) -> dict[str, Any]:
    """Return our parameters where the contained family's members lie at, or on the way to, `parameter` = value."""
    if special.towards is not None:
        return dict(special.towards(member, value))
    ours = {name: member.params[theirs] for name, theirs in special.names.items()}
    return {**ours, **special.moving, special.parameter: value}


def _limits(objective: GroupObjective, best: GroupOptimum, contained: list[GroupContained]) -> Index:
    """Return which contained limit is the supremum in each group, -1 for none."""
    with np.errstate(all="ignore"):
        height = best.at.value - MARGIN * objective.resolution(best.at)
        height = np.where(np.isnan(height), -np.inf, height)
    which = np.full(height.size, -1)
    for i, c in enumerate(contained):
        if c.special.is_limit:
            higher = c.best.converged & (c.best.at.value >= height)
            which[higher] = i
            height = np.where(higher, c.best.at.value, height)
    return which
