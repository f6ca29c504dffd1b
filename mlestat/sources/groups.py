"""Many samples at once: rows sorted by group, and sums over each group's rows. No loop over groups.

A group's totals are what a single fit asks of its source: log-likelihood, score and Hessian in natural parameters, here
with one entry per group. The members that are asked for hold arrays, one value per group, in place of numbers; the
families' formulas are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution, Terms
from mlestat.distributions.between import log_between_derivatives
from mlestat.sources.array import BLOCK, THREADED_FROM, keep_heap

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
Totals = tuple[Floats, Floats, Floats]
"""Log-likelihood (groups,), score (k, groups) and Hessian (k, k, groups), in natural parameters."""

Kernel = Callable[[Distribution, Floats], Terms]
"""Takes a member whose parameters go by row and values of the same shape; returns arrays of that shape."""


class GroupSource(Protocol):
    """What a fit of many groups needs to know of the data."""

    @property
    def n(self) -> Floats:
        """Sum of weights of each group."""

    def totals(self, member: Distribution) -> Totals:
        """Return log-likelihood, score and Hessian of each group."""

    def take(self, groups: Index) -> GroupSource:
        """Return the source of these groups alone."""


def spread(member: Distribution, pick: Callable[[Floats], Any]) -> Distribution:
    """Return the member whose array parameters are picked out or repeated."""
    arrays = {name: pick(v) for name, v in member.params.items() if np.ndim(v) > 0}
    return member.with_values(arrays) if arrays else member


@dataclass(frozen=True, eq=False)
class GroupRows:
    """Exact values, sorted by group.

    Attributes
    ----------
    values : ndarray, shape (rows,)
        All values, group after group.
    sizes : ndarray, shape (groups,)
        How many rows each group has, at least one.
    weights : ndarray, shape (rows,), optional
    by_row : mapping
        Known parameters with one value per row, in the order of the values.

    Examples
    --------
    >>> import mlestat as mle
    >>> rows = GroupRows(np.array([1.0, 3.0, 5.0]), np.array([2, 1]))
    >>> rows.totals(mle.Exponential(np.array([2.0, 5.0])))[1].tolist()
    [[0.0, 0.0]]
    """

    values: Floats
    sizes: Index
    weights: Floats | None = None
    by_row: Mapping[str, Floats] = field(default_factory=dict)
    threads: int = 1

    @cached_property
    def n(self) -> Floats:
        """Sum of weights of each group."""
        return self.sizes.astype(np.float64) if self.weights is None else self.sums(self.weights)

    @cached_property
    def starts(self) -> Index:
        """Where each group begins."""
        return np.cumsum(self.sizes) - self.sizes

    @cached_property
    def width(self) -> int:
        """The common size of all groups; 0 if sizes differ."""
        return int(self.sizes[0]) if (self.sizes == self.sizes[0]).all() else 0

    def sums(self, column: Floats) -> Floats:
        """Return the sum of a column of one entry per row over each group."""
        return np.add.reduceat(column, self.starts)

    def take(self, groups: Index) -> GroupRows:
        """Return the rows of these groups alone; groups that follow each other are not copied."""
        if groups.size == self.sizes.size:
            return self
        run = groups.size > 0 and int(groups[-1] - groups[0]) == groups.size - 1
        at = self._run_of(groups) if run else self.rows_of(groups)
        return GroupRows(
            self.values[at],
            self.sizes[groups],
            None if self.weights is None else self.weights[at],
            {name: v[at] for name, v in self.by_row.items()},
            self.threads,
        )

    def _run_of(self, groups: Index) -> slice:
        first, last = int(groups[0]), int(groups[-1])
        return slice(int(self.starts[first]), int(self.starts[last] + self.sizes[last]))

    def rows_of(self, groups: Index) -> Index:
        """Return the places of these groups' rows."""
        sizes = self.sizes[groups]
        ends = np.cumsum(sizes)
        return np.asarray(np.arange(int(sizes.sum())) + np.repeat(self.starts[groups] - (ends - sizes), sizes))

    def totals(self, member: Distribution) -> Totals:
        """Return log-likelihood, score and Hessian of each group, by one pass."""
        if self.by_row:
            return _unflat(len(member.roles), self.total(member, _flat))
        t = self.mean_terms(member)
        return _of_terms(member, t, self.n)

    def mean_terms(self, member: Distribution) -> Terms:
        """Return the weighted means of the member's row terms in each group."""
        return tuple(column / self.n for column in self.total(member, lambda d, x: d._terms(x)))

    def total(self, member: Distribution, kernel: Kernel) -> list[Floats]:
        """Return the weighted sums over each group of what the kernel returns, block by block."""
        keep_heap()
        blocks = list(self._blocks())
        if self.threads == 1 or self.values.size < THREADED_FROM:
            parts = [self._block(member, kernel, first, last) for first, last in blocks]
        else:
            with ThreadPoolExecutor(self.threads) as pool:
                parts = list(pool.map(lambda ends: self._block(member, kernel, *ends), blocks))
        return [np.concatenate(column) for column in zip(*parts, strict=True)]

    def _blocks(self) -> Iterator[tuple[int, int]]:
        """Yield first and one past the last group of blocks of about BLOCK rows."""
        ends = self.starts + self.sizes
        first = 0
        while first < self.sizes.size:
            last = int(np.searchsorted(ends, self.starts[first] + BLOCK, side="right"))
            last = max(last, first + 1)
            yield first, last
            first = last

    def _block(self, member: Distribution, kernel: Kernel, first: int, last: int) -> list[Floats]:
        """Return the sums of these groups."""
        at = slice(int(self.starts[first]), int(self.starts[last - 1] + self.sizes[last - 1]))
        shape = (last - first, self.width) if self.width else (at.stop - at.start,)
        sizes = self.sizes[first:last]

        def pick(v: Floats) -> Floats:
            return v[first:last, None] if self.width else np.repeat(v[first:last], sizes)

        block = spread(member, pick)
        if self.by_row:
            block = block.with_values({name: v[at].reshape(shape) for name, v in self.by_row.items()})
        x = self.values[at].reshape(shape)
        w = None if self.weights is None else self.weights[at].reshape(shape)
        with np.errstate(all="ignore"):  # the error state belongs to the thread
            columns = [np.broadcast_to(c, shape) for c in kernel(block, x)]
            weighted = columns if w is None else [w * c for c in columns]
            if self.width:
                return [c.sum(axis=1) for c in weighted]
            offsets = self.starts[first:last] - at.start
            return [np.add.reduceat(c, offsets) for c in weighted]


@dataclass(frozen=True, eq=False)
class GroupStatistics:
    """Sufficient statistics of each group: mean terms at the member `at`, from one pass over the rows."""

    terms: Terms
    at: Distribution
    n: Floats

    @classmethod
    def of(cls, model: Distribution, rows: GroupRows) -> GroupStatistics:
        """Take the statistics near each group's mean, where their centred sums lose nothing."""
        mean = rows.sums(rows.values if rows.weights is None else rows.weights * rows.values) / rows.n
        at = model._reference(mean)
        return cls(rows.mean_terms(at), at, rows.n)

    def take(self, groups: Index) -> GroupStatistics:
        """Return the statistics of these groups alone."""
        terms = tuple(np.broadcast_to(t, self.n.shape)[groups] for t in self.terms)
        return GroupStatistics(terms, spread(self.at, lambda v: v[groups]), self.n[groups])

    def totals(self, member: Distribution) -> Totals:
        """Return log-likelihood, score and Hessian of each group, without touching the rows."""
        return _of_terms(member, member._translate(self.terms, self.at), self.n)


@dataclass(frozen=True, eq=False)
class GroupBetween:
    """Rows known to lie in (low, high], or seen only there; `codes` says whose they are, in rising order."""

    low: Floats
    high: Floats
    codes: Index
    groups: int
    weights: Floats | None
    by_row: Mapping[str, Floats]

    def take(self, groups: Index) -> GroupBetween:
        """Return the rows of these groups alone; `groups` rises."""
        place = np.full(self.groups, -1)
        place[groups] = np.arange(groups.size)
        at = np.flatnonzero(place[self.codes] >= 0)
        weights = None if self.weights is None else self.weights[at]
        by_row = {name: v[at] for name, v in self.by_row.items()}
        return GroupBetween(self.low[at], self.high[at], place[self.codes[at]], groups.size, weights, by_row)

    def totals(self, member: Distribution) -> Totals:
        """Return the sums of log P(low < X <= high) and its derivatives over each group."""
        by_row = spread(member, lambda v: v[self.codes])
        value, g, h = log_between_derivatives(by_row.with_values(self.by_row), self.low, self.high)
        flat = [value, *g, *(v for row in h for v in row)]
        shape = self.low.shape
        weighted = [np.broadcast_to(c, shape) if self.weights is None else self.weights * c for c in flat]
        sums = [np.bincount(self.codes, c, self.groups).astype(np.float64) for c in weighted]
        return _unflat(len(member.roles), sums)


@dataclass(frozen=True, eq=False)
class GroupIncomplete:
    """Groups with censored or truncated rows: exact rows, plus intervals, minus what could have been seen.

    `exact` holds the groups `having`, in rising order: those with exact rows.
    """

    exact: GroupRows | None
    having: Index
    inside: GroupBetween | None
    seen: GroupBetween | None
    n: Floats

    def take(self, groups: Index) -> GroupIncomplete:
        """Return the source of these groups alone; `groups` rises."""
        _, mine, theirs = np.intersect1d(groups, self.having, assume_unique=True, return_indices=True)
        exact = None if self.exact is None or theirs.size == 0 else self.exact.take(theirs)
        inside, seen = (None if part is None else part.take(groups) for part in (self.inside, self.seen))
        return GroupIncomplete(exact, mine, inside, seen, self.n[groups])

    def totals(self, member: Distribution) -> Totals:
        """Return the totals of each group."""
        k, size = len(member.roles), self.n.size
        value, score, hessian = np.zeros(size), np.zeros((k, size)), np.zeros((k, k, size))
        if self.exact is not None:
            v, s, h = self.exact.totals(spread(member, lambda p: p[self.having]))
            value[self.having], score[:, self.having], hessian[:, :, self.having] = v, s, h
        for part, sign in ((self.inside, 1.0), (self.seen, -1.0)):
            if part is not None:
                v, s, h = part.totals(member)
                value, score, hessian = value + sign * v, score + sign * s, hessian + sign * h
        return value, score, hessian


def _of_terms(member: Distribution, t: Terms, n: Floats) -> Totals:
    """Return totals from mean terms, in which every formula is affine."""
    with np.errstate(all="ignore"):
        value = n * member._logpdf(t)
        score = np.stack([n * v for v in member._score(t)])
        hessian = np.stack([np.stack([n * np.broadcast_to(v, n.shape) for v in row]) for row in member._hessian(t)])
    return value, score, hessian


def _flat(member: Distribution, x: Floats) -> Terms:
    """Log-density, score and Hessian of each row, one after the other."""
    t = member._terms(x)
    return member._logpdf(t), *member._score(t), *(v for row in member._hessian(t) for v in row)


def _unflat(k: int, sums: list[Floats]) -> Totals:
    return sums[0], np.stack(sums[1 : k + 1]), np.stack(sums[k + 1 :]).reshape(k, k, -1)
