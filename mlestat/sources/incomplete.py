"""Rows that are not exact values: censored, in intervals, binned, truncated; any mixture of them in one sum.

A row that lies in (a, b] and could only be seen in (c, d] has the log-likelihood

    log P(max(a, c) < X <= min(b, d)) - log P(c < X <= d),

with log f(x) in place of the first term where the row is exact. So the sum has three parts: exact rows, which go the
way of complete data (sufficient statistics included), intervals, and what could have been seen, with a minus.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution, Terms
from mlestat.distributions.between import log_between_derivatives
from mlestat.sample import Sample
from mlestat.sources.array import Rows, Source

Floats = NDArray[np.float64]

PROBED = 512
"""Rows that are looked at to tell whether pairs of ends repeat."""


@dataclass(frozen=True, eq=False)
class Between:
    """Rows that lie in (low, high], in the fit's unit; `index` says which rows of the data they are."""

    rows: Rows
    high: Floats
    index: NDArray[np.intp]

    def totals(self, member: Distribution) -> tuple[float, Floats, Floats]:
        """Return the sum over the rows of log P(low < X <= high), with its first and second derivatives."""
        k = len(member.roles)
        lower = np.tril_indices(k)

        def kernel(x: Floats, at: slice) -> Terms:
            value, g, h = log_between_derivatives(take(member, self.index[at]), x, self.high[at])
            return tuple(
                np.broadcast_to(v, x.shape) for v in (value, *g, *(h[i][j] for i, j in zip(*lower, strict=True)))
            )

        sums = np.array(self.rows.mean(kernel)) * self.rows.n
        hessian = np.zeros((k, k))
        hessian[lower] = sums[k + 1 :]
        return float(sums[0]), sums[1 : k + 1], hessian + np.tril(hessian, -1).T

    def scores(self, member: Distribution) -> Floats:
        """Return the score of each row, shape (rows, k)."""
        _, g, _ = log_between_derivatives(take(member, self.index), self.rows.values(slice(None)), self.high)
        return np.stack([np.broadcast_to(v, self.high.shape) for v in g], axis=1)


@dataclass(frozen=True, eq=False)
class Split:
    """A sample taken apart, in the fit's unit: exact rows, intervals, and what could have been seen."""

    exact: Rows | None
    exact_index: NDArray[np.intp]
    inside: Between | None
    seen: Between | None


@dataclass(frozen=True, eq=False)
class Incomplete:
    """The source of a sample that is not complete: three parts, the exact one by whatever source is cheapest."""

    exact: Source | None
    exact_index: NDArray[np.intp]
    inside: Between | None
    seen: Between | None
    n: float

    def mean_terms(self, model: Distribution) -> Terms:
        """Refuse: the terms of censored rows have no means."""
        raise TypeError("an incomplete sample gives totals, not mean terms")


def split(rows: Rows, *, discrete: bool) -> Split:
    """Take a sample apart.

    For a discrete family the ends that a user gives belong to the interval: [2, 4] is (1, 4].
    """
    sample = rows.sample
    low, high, exact = sample.ends()
    if discrete:
        low, high = _whole_ends(sample, low, high, exact)
    entry = np.full(sample.rows, -math.inf) if sample.entry is None else sample.entry
    leave = np.full(sample.rows, math.inf) if sample.exit is None else sample.exit
    low, high = np.maximum(low, entry), np.minimum(high, leave)
    at, rest = np.flatnonzero(exact), np.flatnonzero(~exact)
    truncated = np.flatnonzero((entry > -math.inf) | (leave < math.inf))
    values = None if at.size == 0 else replace(rows, sample=_part(sample, sample.values[at], at))
    return Split(
        values,
        at,
        _between(rows, low[rest], high[rest], rest),
        _between(rows, entry[truncated], leave[truncated], truncated),
    )


def meeting_place(sample: Sample, *, discrete: bool) -> float | None:
    """Return a place where every row may be: the only exact value, or inside all intervals; None if there is none.

    A family that can be concentrated there has no maximum on such rows.

    Examples
    --------
    >>> import mlestat as mle
    >>> meeting_place(mle.Sample([2.0, 1.0], right_censored=[False, True]), discrete=False)
    2.0
    >>> meeting_place(mle.Sample.intervals([0.0, 1.0], [4.0, 3.0]), discrete=False)
    2.0
    """
    if sample.complete_values:
        return float(sample.values[0]) if sample.constant else None
    parts = split(Rows(sample), discrete=discrete)
    low = -math.inf if parts.inside is None else float(parts.inside.rows.sample.values.max())
    high = math.inf if parts.inside is None else float(parts.inside.high.min())
    if parts.exact is not None:
        x = parts.exact.sample.values
        fits = (low < x[0] if discrete else low <= x[0]) and x[0] <= high
        return float(x[0]) if fits and bool((x == x[0]).all()) else None
    if not -math.inf < low < high < math.inf:
        return None
    return low + 1.0 if discrete else 0.5 * low + 0.5 * high


def _whole_ends(sample: Sample, low: Floats, high: Floats, exact: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return ends such that (low, high] holds the whole numbers that the user's interval holds."""
    censored = np.isinf(high) if sample.high is None else np.zeros(low.shape, dtype=bool)
    lower = np.where(exact | censored, low, np.ceil(low) - 1.0)
    if sample.half_open:
        high = np.where(high == sample.last_edge, high, np.ceil(high) - 1.0)
    return lower, high


def _part(sample: Sample, values: NDArray[np.float64], at: NDArray[np.intp]) -> Sample:
    weights = None if sample.weights is None else sample.weights[at]
    return Sample(values, weights=weights, check=False)


def _between(rows: Rows, low: Floats, high: Floats, index: NDArray[np.intp]) -> Between | None:
    if index.size == 0:
        return None
    part = replace(rows, sample=_part(rows.sample, low, index))
    return Between(part, rows.convert(high), index)


def grouped(part: Between | None) -> Between | None:
    """Return the distinct pairs of ends with their total weights, where many rows share few of them."""
    if part is None or part.index.size < 64:
        return part
    low, high = part.rows.sample.values, part.high
    step = -(-low.size // PROBED)
    if len(set(zip(low[::step].tolist(), high[::step].tolist(), strict=True))) > low[::step].size // 2:
        return part
    order = np.lexsort((high, low))
    low, high = low[order], high[order]
    new = np.concatenate([[True], (low[1:] != low[:-1]) | (high[1:] != high[:-1])])
    weights = part.rows.sample.weights
    shares = np.ones(low.size) if weights is None else weights[order]
    sample = Sample(low[new], weights=np.add.reduceat(shares, np.flatnonzero(new)), check=False)
    return Between(replace(part.rows, sample=sample), high[new], part.index[order][new])


def take(model: Distribution, at: NDArray[np.intp] | slice) -> Distribution:
    """Return the model of these rows: parameters with a value per row are cut down to them."""
    arrays = {name: v[at] for name, v in model.params.items() if np.ndim(v) > 0}
    return model.with_values(arrays) if arrays else model
