"""Rows that are not exact values: censored, in intervals, binned, truncated; any mixture of them in one sum.

A row that lies in (a, b] and could only be seen in (c, d] has the log-likelihood

    log P(max(a, c) < X <= min(b, d)) - log P(c < X <= d),

with log f(x) in place of the first term where the row is exact. So the sum has three parts: exact rows, which go the
way of complete data (sufficient statistics included), intervals, and what could have been seen, with a minus.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution, Terms
from mlestat.distributions.between import (
    log_between,
    log_between_by_hazard,
    log_between_derivatives,
    log_tail_derivatives,
)
from mlestat.sample import Sample
from mlestat.sources.array import Rows, Source

Floats = NDArray[np.float64]

PROBED = 512
"""Rows that are looked at to tell whether pairs of ends repeat."""


@dataclass(frozen=True, eq=False)
class Between:
    """Rows that lie in (low, high], in the fit's unit; `index` says which rows of the data they are.

    `open_end` is "upper" or "lower" where all of them are open there, else None.
    """

    rows: Rows
    high: Floats
    index: NDArray[np.intp]
    open_end: str | None = None

    def totals(self, member: Distribution) -> tuple[float, Floats, Floats]:
        """Return the sum over the rows of log P(low < X <= high), with its first and second derivatives."""
        k = len(member.roles)
        lower = np.tril_indices(k)
        inside = self.inside(member)

        def kernel(x: Floats, at: slice) -> Terms:
            block = take(member, self.index[at])
            if inside and self.open_end is not None:
                upper = self.open_end == "upper"
                value, g, h = log_tail_derivatives(block, x if upper else self.high[at], upper=upper)
            elif inside and member.affine_tail:
                value, g, h = log_between_by_hazard(block, x, self.high[at])
            else:
                value, g, h = log_between_derivatives(block, x, self.high[at])
            return tuple(
                np.broadcast_to(v, x.shape) for v in (value, *g, *(h[i][j] for i, j in zip(*lower, strict=True)))
            )

        sums = np.array(self.rows.mean(kernel)) * self.rows.n
        hessian = np.zeros((k, k))
        hessian[lower] = sums[k + 1 :]
        return float(sums[0]), sums[1 : k + 1], hessian + np.tril(hessian, -1).T

    def inside(self, member: Distribution) -> bool:
        """Whether all ends that are not open lie inside the support, so that neither tail is empty."""
        first, last = self.reach
        return bool(np.all((first > member.support.lower) & (last < member.support.upper)))

    @cached_property
    def reach(self) -> tuple[float, float]:
        """The smallest and the largest end that is not open."""
        low, high = self.rows.values(slice(None)), self.high
        low, high = (high if self.open_end == "lower" else low), (low if self.open_end == "upper" else high)
        return float(low.min()), float(high.max())

    def heights(self, member: Distribution) -> Floats:
        """Return log P(low < X <= high) of each row."""
        return np.asarray(log_between(take(member, self.index), self.rows.values(slice(None)), self.high))

    def scores(self, member: Distribution) -> Floats:
        """Return the score of each row, shape (rows, k)."""
        _, g, _ = log_between_derivatives(take(member, self.index), self.rows.values(slice(None)), self.high)
        return np.stack([np.broadcast_to(v, self.high.shape) for v in g], axis=1)


@dataclass(frozen=True, eq=False)
class Tail:
    """The same, open above, where log S is affine in the row terms: summed as exact rows, by the cheapest source."""

    source: Source

    def totals(self, member: Distribution) -> tuple[float, Floats, Floats]:
        """Return the sum over the rows of log P(X > low), with its first and second derivatives."""
        value, g, h = member._survival(self.source.mean_terms(member))
        n = self.source.n
        return n * float(value), n * np.array(g, dtype=float), n * np.array(h, dtype=float)


class Part(Protocol):
    """Rows that are no exact values."""

    def totals(self, member: Distribution) -> tuple[float, Floats, Floats]:
        """Return the sum over the rows of the log of their probability, with its first and second derivatives."""


@dataclass(frozen=True, eq=False)
class Split:
    """A sample taken apart, in the fit's unit: exact rows, intervals, and what could have been seen.

    Intervals that are open on the same side are kept together, since one tail gives their probability.
    """

    exact: Rows | None
    exact_index: NDArray[np.intp]
    inside: tuple[Between, ...]
    seen: tuple[Between, ...]

    def signed(self) -> Iterator[tuple[Between, float]]:
        """Yield the parts that add to the log-likelihood, then those that are taken from it, with their sign."""
        yield from ((part, 1.0) for part in self.inside)
        yield from ((part, -1.0) for part in self.seen)


@dataclass(frozen=True, eq=False)
class Incomplete:
    """The source of a sample that is not complete: its parts, the exact rows by whatever source is cheapest."""

    exact: Source | None
    parts: Split
    signed: tuple[tuple[Part, float], ...]
    n: float

    def mean_terms(self, model: Distribution) -> Terms:
        """Refuse: the terms of censored rows have no means."""
        raise TypeError("an incomplete sample gives totals, not mean terms")


def split(rows: Rows, model: Distribution) -> Split:
    """Take a sample apart.

    For a discrete family the ends that a user gives belong to the interval: [2, 4] is (1, 4].
    """
    sample = rows.sample
    low, high, exact = sample.ends()
    if model.discrete:
        low, high = whole_ends(sample, low, high, exact)
    at, rest = np.flatnonzero(exact), np.flatnonzero(~exact)
    low, high = low[rest], high[rest]
    seen: tuple[Between, ...] = ()
    if sample.entry is not None or sample.exit is not None:
        entry = np.full(sample.rows, -math.inf) if sample.entry is None else sample.entry
        leave = np.full(sample.rows, math.inf) if sample.exit is None else sample.exit
        low, high = np.maximum(low, entry[rest]), np.minimum(high, leave[rest])
        seen = tuple(_by_side(rows, model, entry, leave, np.arange(sample.rows)))
    values = None if at.size == 0 else replace(rows, sample=_part(sample, sample.values[at], at))
    return Split(values, at, tuple(_by_side(rows, model, low, high, rest)), seen)


def row_ends(sample: Sample, *, discrete: bool) -> tuple[Floats, Floats, Floats, Floats, NDArray[np.bool_]]:
    """Return the interval of each row inside what could have been seen, what could, and which rows are exact."""
    low, high, exact = sample.ends()
    if discrete:
        low, high = whole_ends(sample, low, high, exact)
    entry = np.full(sample.rows, -math.inf) if sample.entry is None else sample.entry
    leave = np.full(sample.rows, math.inf) if sample.exit is None else sample.exit
    return np.maximum(low, entry), np.minimum(high, leave), entry, leave, exact


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
    low, high, exact = sample.ends()
    place = float(low[np.argmax(exact)]) if exact.any() else None
    if place is not None and (exact[:64] & (low[:64] != place)).any():  # the first rows settle it nearly always
        return None
    first, last = _common_interval(sample, low, high, exact, discrete=discrete)
    if place is not None:
        fits = (first < place if discrete else first <= place) and place <= last
        return place if fits and bool((~exact | (low == place)).all()) else None
    if not -math.inf < first < last < math.inf:
        return None
    return first + 1.0 if discrete else 0.5 * first + 0.5 * last


def _common_interval(
    sample: Sample, low: Floats, high: Floats, exact: NDArray[np.bool_], *, discrete: bool
) -> tuple[float, float]:
    """The interval in which all rows that are not exact may be, inside what could have been seen."""
    if discrete:
        low, high = whole_ends(sample, low, high, exact)
    low = low if sample.entry is None else np.maximum(low, sample.entry)
    high = high if sample.exit is None else np.minimum(high, sample.exit)
    return float(low[~exact].max(initial=-math.inf)), float(high[~exact].min(initial=math.inf))


def whole_ends(sample: Sample, low: Floats, high: Floats, exact: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return ends such that (low, high] holds the whole numbers that the user's interval holds."""
    censored = np.isinf(high) if sample.high is None else np.zeros(low.shape, dtype=bool)
    lower = np.where(exact | censored, low, np.ceil(low) - 1.0)
    if sample.half_open:
        high = np.where(high == sample.last_edge, high, np.ceil(high) - 1.0)
    return lower, high


def _part(sample: Sample, values: NDArray[np.float64], at: NDArray[np.intp]) -> Sample:
    weights = None if sample.weights is None else sample.weights[at]
    return Sample(values, weights=weights, check=False)


def _by_side(rows: Rows, model: Distribution, low: Floats, high: Floats, index: NDArray[np.intp]) -> Iterator[Between]:
    """Yield the intervals that are open above, below, and not at all; those that hold the whole support say nothing."""
    first, last = _whole(model)
    above, below = high >= last, (low < first) if model.discrete else (low <= first)
    for side, open_end in ((above & ~below, "upper"), (below & ~above, "lower"), (~(above | below), None)):
        if 0 < side.size == np.count_nonzero(side):
            yield _between(rows, low, high, index, open_end)
        elif side.any():
            yield _between(rows, low[side], high[side], index[side], open_end)


def _whole(model: Distribution) -> tuple[float, float]:
    """The ends of the support, where no parameter moves them."""
    if isinstance(type(model).support, property):
        return -math.inf, math.inf
    return model.support.lower, model.support.upper


def _between(rows: Rows, low: Floats, high: Floats, index: NDArray[np.intp], open_end: str | None) -> Between:
    part = replace(rows, sample=_part(rows.sample, low, index))
    return Between(part, rows.convert(high), index, open_end)


def grouped(part: Between) -> Between:
    """Return the distinct pairs of ends with their total weights, where many rows share few of them."""
    if part.index.size < 64:
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
    return replace(part, rows=replace(part.rows, sample=sample), high=high[new], index=part.index[order][new])


def take(model: Distribution, at: NDArray[np.intp] | slice) -> Distribution:
    """Return the model of these rows: parameters with a value per row are cut down to them."""
    arrays = {name: v[at] for name, v in model.params.items() if np.ndim(v) > 0}
    return model.with_values(arrays) if arrays else model
