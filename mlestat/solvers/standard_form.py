"""A family fitted in other parameters than its own: several starts on a few rows, Newton's method on all, and back.

The generalised gamma has a curved ridge in shape, scale and power, along which Newton's steps are tiny, and possibly
several maxima; in Prentice's location, scale and q it is an ordinary three-parameter fit.
"""

from __future__ import annotations

from dataclasses import replace

from mlestat.distributions.base import StandardForm
from mlestat.likelihood import Evaluation, Objective
from mlestat.sample import Sample
from mlestat.solvers.newton import Optimum, maximise
from mlestat.solvers.subsample import subsample
from mlestat.sources.array import Rows

FEW = 2_000
"""Rows on which the starts are tried."""

CLIMBED = 4
"""Starts from which Newton's method climbs, the likeliest ones: on each side of q = 0 and beyond."""


def maximise_in(form: StandardForm, objective: Objective, rows: Rows) -> Optimum:
    """Return the maximum in the objective's own parameters; not converged if they cannot hold it."""
    few = _climb(form, rows)
    part = subsample(rows)
    more = few if part is None else _from(form, part, few.at.model.params)
    if part is not None and _ours(form, more):  # so near the maximum the bend does not matter, and our terms cost less
        near = maximise(objective, _own(form, objective, more))
        if near.converged:
            return near
    found = _from(form, rows, (more if more.converged else few).at.model.params)
    ours = found.converged and form.back(found.at.model)[1]
    return replace(found, at=_own(form, objective, found), converged=ours, whole=True)


def _own(form: StandardForm, objective: Objective, top: Optimum) -> Evaluation:
    """Return the objective at the member of its own family that this one is, or one nearby."""
    values, _ = form.back(top.at.model)
    return objective.at_values({name: float(values[name]) for name in objective.names})


def _climb(form: StandardForm, rows: Rows) -> Optimum:
    """Newton's method in the standard form from each start, on a few rows."""
    x, w = rows.few(FEW)
    few = Rows(Sample(x, weights=w))
    tops = [_from(form, few, values) for values in form.starts(x, w)[:CLIMBED]]
    return max(tops, key=lambda top: (_ours(form, top), top.at.value))


def _from(form: StandardForm, rows: Rows, values: dict[str, float]) -> Optimum:
    """Newton's method on these rows from that member."""
    objective = Objective(form.model, rows)
    return maximise(objective, objective.eta(values), lambda member: form.in_reach(member, rows.sample.rows))


def _ours(form: StandardForm, top: Optimum) -> bool:
    """Whether a maximum is one of the family's own members: such a one comes before those beyond its edge."""
    return top.converged and form.back(top.at.model)[1]
