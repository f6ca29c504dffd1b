"""Families whose support ends at a parameter (Uniform, Pareto), on rows that are censored or truncated.

Either the likelihood is highest with the end at an extreme of the exact rows, as on complete data, or it is smooth and
higher further out, where censored rows lie. Both are tried: a direct search over everything, which needs no
derivatives, starts at the first and is polished by Newton's steps where they climb.

Reference for the search: Nelder, Mead (1965), as in scipy.optimize.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.likelihood import Evaluation, Objective
from mlestat.solvers.newton import Optimum, maximise
from mlestat.sources.array import Rows

Floats = NDArray[np.float64]

OUTWARD = 1e-3
"""Share of the data's range by which a search starts outside the extremes."""


def maximise_at_edges(objective: Objective, rows: Rows) -> Optimum:
    """Return the maximum, at the extremes of the rows or beyond them."""
    begin, holds = objective.eta(_extremes(objective, rows)), _holding(rows)
    found = _search(objective, _search(objective, begin, holds), holds)
    again = maximise(objective, found, holds)
    here = objective(found)
    if again.converged and again.at.value >= here.value - objective.resolution(here):
        return again
    here = _with_best_rest(objective, here)
    return Optimum(here, 0.0, 0, math.isfinite(here.value))


def _with_best_rest(objective: Objective, here: Evaluation) -> Evaluation:
    """Hold the ends of the support where the search has put them, and take Newton's steps in the rest."""
    ends = {name: here.model.params[name] for name in here.model.edges if name in objective.names}
    inner = objective.of(objective.model.with_values(ends))
    if not inner.names:
        return here
    rest = maximise(inner, inner.eta({name: here.model.params[name] for name in inner.names})).at
    there = objective.at_values({name: float(rest.model.params[name]) for name in objective.names})
    return there if there.value >= here.value - objective.resolution(here) else here


def _holding(rows: Rows) -> Callable[[Distribution], bool]:
    """Return whether a member's support holds every exact row: sums over rows do not look."""
    low, _, exact = rows.sample.ends()
    if not exact.any():
        return lambda member: True
    ends = rows.convert(np.array([low[exact].min(), low[exact].max()]))
    return lambda member: bool(member.support.contains(ends).all())


def _extremes(objective: Objective, rows: Rows) -> dict[str, float]:
    """Return the estimates on stand-ins for the rows, ends moved slightly outward."""
    model = objective.model
    x = rows.convert(rows.sample.stand_ins().astype(np.float64))
    w = np.ones(x.size) if rows.sample.weights is None else rows.sample.weights
    inside = np.asarray(model.support.contains(x))  # a row that is censored at the end of the support says nothing
    x, w = x[inside], w[inside]
    finite = np.concatenate([v[np.isfinite(v)] for v in map(rows.convert, rows.sample.ends()[:2])])
    finite = finite[model.support.contains(finite)]
    values = dict(model._direct(x, w) or model._start(x, w))
    reach = OUTWARD * float(np.ptp(finite)) or OUTWARD * abs(float(finite[0])) or OUTWARD
    low, high = float(finite.min()) - reach, float(finite.max()) + reach
    for name in model.edges:
        if name in objective.names:
            end = low if values[name] <= float(np.median(finite)) else high
            # the smallest of values on many scales is closer to 0 than a share of their range
            values[name] = end if model.roles[name].support.contains(end) else float(finite.min()) * (1.0 - OUTWARD)
    return {name: float(values[name]) for name in objective.names}


def _search(objective: Objective, begin: Floats, holds: Callable[[Distribution], bool]) -> Floats:
    """Return the best point of a simplex search."""
    from scipy.optimize import minimize

    def cost(eta: Floats) -> float:
        here = objective(eta)
        return -here.value if math.isfinite(here.value) and holds(here.model) else 1e300

    options: Any = {"xatol": 1e-12, "fatol": 1e-13, "maxiter": 4000, "maxfev": 8000, "adaptive": True}
    found: Any = minimize(cost, begin, method="Nelder-Mead", options=options)
    return np.asarray(found.x, dtype=np.float64)
