"""Location by the median: families whose log-density has a corner at the location (Laplace).

For any scale the best location without a prior is a weighted median, found by narrowing a bracket over
passes of counting, so that no copy of the data is made. With a prior on the location the objective is
still concave in it; its slope, a staircase plus the prior's derivative, is bisected to its zero.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.distributions.starts import weighted_quantile
from mlestat.distributions.wrapper import Wrapper
from mlestat.likelihood import Objective, totals
from mlestat.priors import log_prior
from mlestat.solvers.newton import Optimum, maximise
from mlestat.sources.array import Rows

Floats = NDArray[np.float64]

GATHERED = 50_000
"""Rows up to which all are sorted at once; of more, only those in a bracket about the median."""

LOOKED_AT = 20_000
"""Rows whose quantiles suggest the bracket, and on which a rough scale rests."""

ASIDE = 1e-6
"""Share of the weight by which either side of the bracket must fall short of a half."""

SUM_ROUNDING = 1e-12
"""Relative rounding of a sum of weights, within which a half counts as exact."""


def weighted_median(rows: Rows) -> float:
    """Return the weighted median; the midpoint where any point between two values is one.

    Examples
    --------
    >>> import mlestat as mle
    >>> weighted_median(Rows(mle.Sample([1.0, 2.0, 4.0, 9.0])))
    3.0
    """
    low, high = _bracket(rows)
    values, weights, below = _gather(rows, low, high)
    order = np.argsort(values, kind="stable")
    cumulative = below + np.cumsum(weights[order])
    half = 0.5 * rows.n
    sorted_values = values[order]
    i = int(np.searchsorted(cumulative, half * (1.0 - SUM_ROUNDING)))
    # an exact half leaves the whole gap to the next value: its midpoint is reported
    tied = cumulative[i] <= half * (1.0 + SUM_ROUNDING) and i + 1 < sorted_values.size
    return float(0.5 * sorted_values[i] + 0.5 * sorted_values[i + 1]) if tied else float(sorted_values[i])


def _bracket(rows: Rows) -> tuple[float, float]:
    """Return ends between which the median and its neighbour lie, by quantiles of a strided subsample."""
    if rows.sample.rows <= GATHERED:
        return -np.inf, np.inf
    small, w = rows.few(LOOKED_AT)
    for width in (0.02, 0.1, 0.5):
        low, high = (weighted_quantile(small, w, q) for q in (0.5 - width, 0.5 + width))
        under, over = rows.mean(lambda x, at, lo=low, hi=high: (x < lo, x > hi))  # type: ignore[misc]
        # less than half on either side, so that both middle values are inside
        if max(under, over) < 0.5 - ASIDE:
            return low, high
    return -np.inf, np.inf


def _gather(rows: Rows, low: float, high: float) -> tuple[Floats, Floats, float]:
    """Return the values in the bracket, their weights, and the weight below it."""
    parts, shares, below = [], [], 0.0
    for x, at in rows.blocks():
        inside = (x >= low) & (x <= high)
        w = np.ones(x.size) if rows.sample.weights is None else rows.sample.weights[at]
        parts.append(x[inside])
        shares.append(w[inside])
        below += float(w[x < low].sum())
    return np.concatenate(parts), np.concatenate(shares), below


def maximise_with_median(objective: Objective, rows: Rows, location: str) -> Optimum:
    """Return the maximum over a location with a corner and whatever else is free."""
    model = objective.model
    if location not in model.free:
        rest = _best_rest(objective, rows, location, float(model.params[location]))
    elif rows.sample.complete and location not in model.priors and not isinstance(model, Wrapper):
        rest = _best_rest(objective, rows, location, weighted_median(rows))
    else:
        rest = _balance(objective, rows, location)
    values = {name: float(rest.at.model.params[name]) for name in objective.names}
    moved = objective.eta(values) - objective.eta({**values, **_free(rest.at.model, rows, location, objective.names)})
    return Optimum(objective.at_values(values), rest.decrement, rest.steps, rest.converged, moved=moved)


def _free(member: Distribution, rows: Rows, location: str, names: tuple[str, ...]) -> dict[str, float]:
    """Return where the search of all but the location began."""
    guess = _guess(member, rows, float(member.params[location]))
    return {name: float(guess[name]) for name in names if name != location}


def _best_rest(
    objective: Objective, rows: Rows, location: str, place: float, near: Distribution | None = None
) -> Optimum:
    """Return the best member with the location held: smooth, so Newton's work, from a member nearby if there is one."""
    held = objective.model.with_values({location: place})
    inner = objective.of(held)
    if not held.free:
        return Optimum(inner(np.empty(0)), 0.0, 0, True)
    guess = _guess(held, rows, place) if near is None else near.params
    return maximise(inner, inner.eta({name: float(guess[name]) for name in held.free}))


def _guess(held: Distribution, rows: Rows, place: float) -> Mapping[str, float]:
    small = rows.sample.every(-(-rows.sample.rows // LOOKED_AT))
    x = rows.convert(small.stand_ins().astype(np.float64))
    w = np.ones(x.size) if small.weights is None else small.weights
    return {**held._start(x, w), "scale": _mean_distance(rows, x, w, place)}


def _mean_distance(rows: Rows, x: Floats, w: Floats, place: float) -> float:
    """Of all rows where they are exact, of the few stand-ins otherwise."""
    if not rows.sample.complete:
        return float(np.average(np.abs(x - place), weights=w))
    return rows.mean(lambda v, at: (np.abs(v - place),))[0]


def _balance(objective: Objective, rows: Rows, location: str) -> Optimum:
    """Return the maximum where the slope in the location, a falling staircase plus smooth parts, changes sign.

    With the rest at its best for each location, that slope is the profile's. Its steps are at exact rows, so once a
    bracket holds a single one of them, both sides of that one are looked at.
    """
    prior = objective.model.priors.get(location)
    index = list(objective.model.roles).index(location)
    best: Optimum | None = None

    def rises(place: float) -> bool:
        nonlocal best
        best = _best_rest(objective, rows, location, place, None if best is None else best.at.model)
        _, score, _ = totals(best.at.model, objective.source)
        return float(score[index]) + (0.0 if prior is None else log_prior(prior, place)[1]) > 0.0

    (low, high), steps = _ends(rows, prior), _exact_places(rows)
    seen = False
    while low < (middle := 0.5 * low + 0.5 * high) < high:
        low, high = (middle, high) if rises(middle) else (low, middle)
        inside = steps[np.searchsorted(steps, low) : np.searchsorted(steps, high, side="right")]
        if not seen and inside.size == 1:
            seen, step = True, float(inside[0])
            if rises(math.nextafter(step, -math.inf)) and not rises(math.nextafter(step, math.inf)):
                low = high = step
    return _best_rest(objective, rows, location, low, None if best is None else best.at.model)


def _exact_places(rows: Rows) -> Floats:
    """Return the distinct exact values, sorted."""
    _, _, exact = rows.sample.ends()
    return np.unique(rows.convert(rows.sample.values[exact].astype(np.float64)))


def _ends(rows: Rows, prior: Distribution | None) -> tuple[float, float]:
    """The location lies between the data's range and the prior's bulk; censored rows may pull it further out."""
    low, high, _ = rows.sample.ends()
    finite = rows.convert(np.concatenate([v[np.isfinite(v)] for v in (low, high)]))
    reach = 0.0 if rows.sample.complete else 10.0 * float(np.ptp(finite))
    bulk = [] if prior is None else [float(prior.ppf(q)) for q in (1e-3, 1.0 - 1e-3)]
    return min([float(finite.min()) - reach, *bulk]), max([float(finite.max()) + reach, *bulk])
