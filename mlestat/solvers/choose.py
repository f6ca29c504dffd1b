"""Which solver: the rule, and nothing else."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from mlestat.distributions.base import Distribution
from mlestat.distributions.parameters import roles
from mlestat.likelihood import Objective, has_arrays
from mlestat.priors import corners
from mlestat.solvers.closed_form import closed_form
from mlestat.solvers.corners import resting
from mlestat.solvers.median import maximise_with_median
from mlestat.solvers.newton import Optimum, maximise
from mlestat.sources.array import Rows, Source, Statistics, counts
from mlestat.supports import Support

START_ROWS = 2_000
"""Rows that a rough start looks at."""

SUBSAMPLE = 32_768
"""Rows whose own maximum is the start on larger data: its error, 1/√32768 of a standard deviation, leaves Newton
two steps."""


def choose_source(model: Distribution, rows: Rows) -> Source:
    """Return the cheapest source that gives this model's sums."""
    if has_arrays(model):
        return rows
    rows = counts(rows) if model.discrete else rows
    return Statistics.of(model, rows) if model.sufficient else rows


def solve(objective: Objective, rows: Rows) -> Optimum:
    """Return the maximum: nothing free, closed form, median, corners of priors, or Newton."""
    if not objective.names:
        return Optimum(objective(np.empty(0)), 0.0, 0, True)
    found = closed_form(objective)
    if found is not None:
        return found
    if not objective.model.regular:
        return maximise_with_median(objective, rows, location=objective.model.kinks[0])
    return maximise(objective, start(objective, rows))


def rest_at_corners(objective: Objective, rows: Rows) -> dict[str, float]:
    """Return the parameters whose estimate is the corner of their prior, with its place."""

    def solve_rest(model: Distribution) -> Distribution:
        return solve(Objective(model, objective.source, objective.jacobian), rows).at.model

    table = roles(type(objective.model))
    inside = {n: c for n, c in corners(objective.model).items() if table[n].support.contains(c)}
    return {name: inside[name] for name in resting(objective, inside, solve_rest)} if inside else {}


def start(objective: Objective, rows: Rows) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return where Newton begins: a rough guess, or for many rows the maximum of every so-manieth row."""
    rough = objective.eta(_guess(objective, rows))
    size = rows.sample.rows
    if objective.source is not rows or has_arrays(objective.model) or size <= 4 * SUBSAMPLE:
        return rough
    part = replace(rows, sample=rows.sample.every(size // SUBSAMPLE), threads=1)
    found = maximise(Objective(objective.model, part, objective.jacobian), rough)
    return found.at.eta if found.converged else rough


def _guess(objective: Objective, rows: Rows) -> dict[str, float]:
    """Return the family's rough values, moved inside the domain and the support of a prior."""
    small = rows.sample.every(-(-rows.sample.rows // START_ROWS))
    x = rows.convert(small.values.astype(np.float64))
    w = np.ones(x.size) if small.weights is None else small.weights
    with np.errstate(all="ignore"):
        values = dict(objective.model._start(x, w))
    table = roles(type(objective.model))
    inside = {n: _inside(values.get(n, math.nan), table[n].support) for n in objective.names}
    return {n: _inside_prior(v, objective.model.priors.get(n)) for n, v in inside.items()}


def _inside(value: float, support: Support) -> float:
    return float(value) if support.contains(np.float64(value)) else support.inside


def _inside_prior(value: float, prior: Distribution | None) -> float:
    """A prior may allow less than the parameter's domain; its median is a start then."""
    return value if prior is None or prior.support.contains(np.float64(value)) else float(prior.ppf(0.5))
