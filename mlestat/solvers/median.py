"""Location by the median: families whose log-density has a corner at the location (Laplace).

For any scale the best location without a prior is a weighted median, found by narrowing a bracket over
passes of counting, so that no copy of the data is made. With a prior on the location the objective is
still concave in it; its slope, a staircase plus the prior's derivative, is bisected to its zero.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.distributions.starts import weighted_quantile
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

ROUNDS = 200
"""Alternations of location and scale under a prior; the change falls by a factor each time."""


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
    prior = model.priors.get(location)
    plain = rows.sample.complete and prior is None
    place = _first_place(rows) if location in model.free else float(model.params[location])
    for _ in range(ROUNDS):
        rest = _best_rest(objective, rows, location, place)
        if plain or location not in model.free:
            break
        moved = _balance(objective, rest, rows, location, prior)
        if moved == place:
            break
        place = moved
    values = {name: float(rest.params[name]) for name in objective.names}
    return Optimum(objective.at_values(values), 0.0, 0, True)


def _first_place(rows: Rows) -> float:
    """Return the weighted median, of stand-ins where rows are censored."""
    if rows.sample.complete:
        return weighted_median(rows)
    return float(np.median(rows.convert(rows.sample.stand_ins().astype(np.float64))))


def _best_rest(objective: Objective, rows: Rows, location: str, place: float) -> Distribution:
    """Return the best member with the location held: smooth, so Newton's work."""
    held = objective.model.with_values({location: place})
    if not held.free:
        return held
    inner = objective.of(held)
    small = rows.sample.every(-(-rows.sample.rows // LOOKED_AT))
    x = rows.convert(small.stand_ins().astype(np.float64))
    w = np.ones(x.size) if small.weights is None else small.weights
    guess = {**held._start(x, w), "scale": _mean_distance(rows, x, w, place)}
    return maximise(inner, inner.eta({name: float(guess[name]) for name in held.free})).at.model


def _mean_distance(rows: Rows, x: Floats, w: Floats, place: float) -> float:
    """Of all rows where they are exact, of the few stand-ins otherwise."""
    if not rows.sample.complete:
        return float(np.average(np.abs(x - place), weights=w))
    return rows.mean(lambda v, at: (np.abs(v - place),))[0]


def _balance(
    objective: Objective, member: Distribution, rows: Rows, location: str, prior: Distribution | None
) -> float:
    """Return where the slope in the location, a falling staircase plus smooth parts, changes sign."""
    index = list(member.roles).index(location)

    def slope(place: float) -> float:
        _, score, _ = totals(member.with_values({location: place}), objective.source)
        return float(score[index]) + (0.0 if prior is None else log_prior(prior, place)[1])

    low, high = _ends(rows, prior)
    while True:
        middle = 0.5 * low + 0.5 * high
        if not low < middle < high:
            return low
        low, high = (middle, high) if slope(middle) > 0.0 else (low, middle)


def _ends(rows: Rows, prior: Distribution | None) -> tuple[float, float]:
    """The location lies between the data's range and the prior's bulk; censored rows may pull it further out."""
    low, high, _ = rows.sample.ends()
    finite = rows.convert(np.concatenate([v[np.isfinite(v)] for v in (low, high)]))
    reach = 0.0 if rows.sample.complete else 10.0 * float(np.ptp(finite))
    bulk = [] if prior is None else [float(prior.ppf(q)) for q in (1e-3, 1.0 - 1e-3)]
    return min([float(finite.min()) - reach, *bulk]), max([float(finite.max()) + reach, *bulk])
