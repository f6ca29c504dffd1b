"""Where many fits begin: fits of rows pooled from groups that look alike, each in its own unit.

A scale family at another scale is the same fit, so groups are brought to a common unit, pooled with others of about
the same shape, and a few thousand rows of each pool are fitted once. What is left to a group's own Newton steps is
its distance from its pool.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution, is_estimated
from mlestat.likelihood import Objective
from mlestat.sample import Sample
from mlestat.solvers.choose import START_ROWS, best_of, choose_source, rough_starts
from mlestat.sources.array import Rows
from mlestat.sources.groups import GroupRows, Index

Floats = NDArray[np.float64]

POOLS = 16
"""Pools at most, for families with a unit; without one the level differs too, and there are four times as many."""

PER_POOL = 256
"""Groups per pool, where there are enough."""


def group_starts(model: Distribution, rows: GroupRows) -> dict[str, Floats]:
    """Return a start for every free parameter of every group, shape (groups,) each.

    Examples
    --------
    >>> import mlestat as mle
    >>> rows = GroupRows(np.array([1.0, 2.0, 4.0, 10.0, 20.0, 40.0]), np.array([3, 3]))
    >>> start = group_starts(mle.Weibull(), rows)
    >>> float(start["scale"][1] / start["scale"][0])
    10.0
    """
    shift, factor = _units(model, rows)
    found = {name: np.full(rows.sizes.size, math.nan) for name in model.free}
    for pool in _pools(model, rows, factor):
        for name, value in _pooled(model, rows, pool, shift, factor).items():
            found[name][pool] = value
    return {name: _back(model, name, v, shift, factor) for name, v in found.items()}


def _units(model: Distribution, rows: GroupRows) -> tuple[Floats, Floats]:
    """Return what is taken from each group's values and what they are then divided by."""
    table = model.roles
    plain = np.zeros(rows.sizes.size), np.ones(rows.sizes.size)
    with_unit = [name for name, role in table.items() if role.unit is not None]
    if not with_unit or any(model.params[name] is not _free(model, name) for name in with_unit):
        return plain
    mean = _mean(rows, rows.values)
    if any(table[name].is_location for name in with_unit):
        deviation = rows.values - np.repeat(mean, rows.sizes)
        return mean, _sound(np.sqrt(_mean(rows, deviation * deviation)))
    if rows.values.min() > 0.0:
        return plain[0], _sound(np.exp(_mean(rows, np.log(rows.values))))
    return plain[0], _sound(np.abs(mean))


def _free(model: Distribution, name: str) -> object:
    """The value of a parameter that moves along with the unit: free, without a prior."""
    value = model.params[name]
    return value if is_estimated(value) and name not in model.priors else None


def _mean(rows: GroupRows, column: Floats) -> Floats:
    return rows.sums(column if rows.weights is None else rows.weights * column) / rows.n


def _sound(factor: Floats) -> Floats:
    return np.where((factor > 0.0) & np.isfinite(factor), factor, 1.0)


def _back(model: Distribution, name: str, value: Floats, shift: Floats, factor: Floats) -> Floats:
    """Return a parameter's values in the unit of the data."""
    role = model.roles[name]
    if role.unit == "data":
        return value * factor + (shift if role.is_location else 0.0)
    return value + np.log(factor) if role.unit == "log data" else value


def _pools(model: Distribution, rows: GroupRows, factor: Floats) -> list[Index]:
    """Return groups that look alike: by their spread in logs where a unit was taken out, else by their mean."""
    size = rows.sizes.size
    alike = (factor != 1.0).any()
    most = POOLS if alike else 4 * POOLS
    count = min(most, max(1, size // (PER_POOL if alike else PER_POOL // 8)))
    if count == 1:
        return [np.arange(size)]
    values = np.log(rows.values) if alike and rows.values.min() > 0.0 else rows.values
    mean = _mean(rows, values)
    order = np.argsort(_mean(rows, values * values) - mean * mean if alike else mean, kind="stable")
    return [np.sort(part) for part in np.array_split(order, count)]


def _pooled(model: Distribution, rows: GroupRows, pool: Index, shift: Floats, factor: Floats) -> Mapping[str, float]:
    """Return the best fit of a few rows of these groups, each in its own unit."""
    few = pool[:: max(1, -(-int(rows.sizes[pool].sum()) // START_ROWS))]
    part = rows.take(few)
    x = (part.values - np.repeat(shift[few], part.sizes)) / np.repeat(factor[few], part.sizes)
    step = -(-x.size // START_ROWS)
    known = {name: v[::step] for name, v in part.by_row.items()}
    sample = Sample(x[::step], weights=None if part.weights is None else part.weights[::step])
    asked = model.with_values(known) if known else model
    objective = Objective(asked, choose_source(asked, Rows(sample)))
    begins = rough_starts(objective, Rows(sample))
    best = best_of(objective, begins)
    eta = best.at.eta if best.converged and np.isfinite(best.at.value) else begins[0]
    member = objective.at(eta)
    return {name: float(member.params[name]) for name in objective.names}
