"""Rows in memory: means of row terms over blocks that stay in cache, on several threads.

A fit asks a source for one thing: the weighted mean over the rows of a model's terms. Three sources give it:
`Rows` passes over the data, `Counts` over the table of distinct whole numbers, `Statistics` over nothing at
all, since the means at one member of an exponential family give those at every other.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution, Terms
from mlestat.errors import InputError
from mlestat.sample import Sample

Floats = NDArray[np.float64]
Kernel = Callable[[Floats, slice], Terms]
"""Takes a block of values and where it lies, returns arrays of one entry per row."""

BLOCK = 32_000
"""Rows per block: 256 kB per array, so that the temporaries of a formula stay in a core's second-level cache.

On one thread 16,000 is as fast. On two, blocks must be long enough that a thread seldom waits for the
interpreter's lock: 4e6 gamma rows take 6.0 and 6.6 ms on one and two threads with 16,000, 6.1 and 5.0 ms with 32,000.
"""

THREADED_FROM = 200_000
"""Below this many rows, starting threads costs more than it saves."""

WIDEST_TABLE = 1_000_000
"""Counts are tabled up to this spread: 8 MB."""


def default_threads() -> int:
    """Return MLESTAT_NUM_THREADS, or the number of cores this process may use.

    Raises
    ------
    InputError
        If the variable is not a whole number of at least 1.
    """
    text = os.environ.get("MLESTAT_NUM_THREADS")
    if text is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not text.isdecimal() or int(text) < 1:
        raise InputError(f"MLESTAT_NUM_THREADS must be a whole number of at least 1, got {text!r}")
    return int(text)


@cache
def keep_heap() -> None:
    """Let the allocator keep the memory of a block's temporaries for the next block.

    glibc returns the top of its heap to the system after each `free` and takes it back, page fault by page fault,
    at the next allocation: a Student t pass took five times as long. Its limits for that follow the largest
    mapped allocation freed so far, so one 8 MB allocation, never touched, settles it for the process. Elsewhere
    this does nothing.
    """
    np.empty(1 << 20)


LARGEST_KNOWN = 1 << 31
"""Known numbers up to which a pair fits into one whole number of 63 bits."""


class Source(Protocol):
    """What a fit needs to know of the data."""

    @property
    def n(self) -> float:
        """Sum of weights."""

    def mean_terms(self, model: Distribution) -> Terms:
        """Return the weighted means of the model's row terms."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Values in an array, seen as (x - shift) · factor: a unit that keeps extreme data in range.

    Examples
    --------
    >>> import mlestat as mle
    >>> Rows(mle.Sample([1.0, 2.0, 6.0])).mean(lambda x, at: (x, x * x))
    (3.0, 13.666666666666666)
    """

    sample: Sample
    threads: int = 1
    factor: float = 1.0
    shift: float = 0.0

    @property
    def n(self) -> float:
        """Sum of weights."""
        return self.sample.n

    def mean_terms(self, model: Distribution) -> Terms:
        """Return the weighted means of the model's row terms, by one pass."""
        return self.mean(lambda x, at: model._terms(x))

    def mean(self, kernel: Kernel) -> tuple[float, ...]:
        """Return the weighted mean over the rows of each array that the kernel returns.

        Blocks do not depend on the number of threads, so neither does the result.
        """
        keep_heap()
        starts = range(0, self.sample.rows, BLOCK)
        if self.threads == 1 or self.sample.rows < THREADED_FROM:
            sums = [self._block(kernel, s) for s in starts]
        else:
            sums = self._threaded(kernel, starts)
        return tuple(math.fsum(column) / self.n for column in zip(*sums, strict=True))

    def _threaded(self, kernel: Kernel, starts: range) -> list[list[float]]:
        share = -(-len(starts) // self.threads)
        parts = [starts[i : i + share] for i in range(0, len(starts), share)]
        with ThreadPoolExecutor(self.threads) as pool:
            done = pool.map(lambda part: [self._block(kernel, s) for s in part], parts)
            return [sums for part in done for sums in part]

    def _block(self, kernel: Kernel, start: int) -> list[float]:
        at = slice(start, min(start + BLOCK, self.sample.rows))
        with np.errstate(all="ignore"):  # the error state belongs to the thread
            x = self.values(at)
            # a term that is the same for every row may come as one number
            columns = [c if np.ndim(c) else np.broadcast_to(c, x.shape) for c in kernel(x, at)]
            if self.sample.weights is None:
                return [float(np.add.reduce(c)) for c in columns]
            w = self.sample.weights[at]
            return [float(np.einsum("i,i->", w, c)) for c in columns]

    def values(self, at: slice) -> Floats:
        """Return these rows as float64, in the fit's unit."""
        return self.convert(self.sample.values[at].astype(np.float64, copy=False))

    def convert(self, x: Floats) -> Floats:
        """Return values in the fit's unit."""
        x = x - self.shift if self.shift else x
        return x * self.factor if self.factor != 1.0 else x

    def few(self, most: int) -> tuple[Floats, Floats]:
        """Return the values and weights of at most that many rows, every so-manieth."""
        small = self.sample.every(-(-self.sample.rows // most))
        x = self.convert(small.values.astype(np.float64))
        return x, np.ones(x.size) if small.weights is None else np.asarray(small.weights, dtype=np.float64)

    def blocks(self) -> Iterator[tuple[Floats, slice]]:
        """Yield the values block by block, with where they lie."""
        for start in range(0, self.sample.rows, BLOCK):
            at = slice(start, min(start + BLOCK, self.sample.rows))
            yield self.values(at), at


@dataclass(frozen=True, eq=False)
class Statistics:
    """Sufficient statistics: mean terms at the member `at`, from one pass over the rows."""

    terms: Terms
    at: Distribution
    n: float

    def mean_terms(self, model: Distribution) -> Terms:
        """Return the mean terms of any member, without touching the rows."""
        return model._translate(self.terms, self.at)

    @classmethod
    def of(cls, model: Distribution, rows: Rows) -> Statistics:
        """Take the statistics near the data's mean, where their centred sums lose nothing."""
        at = model._reference((rows.sample.centre - rows.shift) * rows.factor)
        return cls(rows.mean_terms(at), at, rows.n)


def pairs(model: Distribution, sample: Sample) -> tuple[Distribution, Sample]:
    """Return counts that have a known number of their own each as the table of distinct pairs, where that is small.

    Examples
    --------
    >>> import mlestat as mle
    >>> model, table = pairs(mle.Binomial(n=[5, 5, 5, 5, 5, 3]), mle.Sample([1, 1, 1, 1, 1, 2]))
    >>> model.n.tolist(), table.values.tolist(), table.weights.tolist()
    ([3.0, 5.0], [2.0, 1.0], [1.0, 5.0])
    """
    names = [name for name, value in model.params.items() if np.ndim(value) > 0]
    if len(names) != 1 or names[0] not in model.known or not sample.complete:
        return model, sample
    known = np.asarray(model.params[names[0]]).astype(np.int64)
    width = int(known.max()) + 1
    if width > LARGEST_KNOWN:
        return model, sample
    distinct, place = np.unique(known * width + sample.values.astype(np.int64), return_inverse=True)
    if 2 * distinct.size > sample.rows:
        return model, sample
    table = Sample((distinct % width).astype(np.float64), weights=np.bincount(place, weights=sample.weights))
    return model.with_values({names[0]: (distinct // width).astype(np.float64)}), table


def counts(rows: Rows) -> Rows:
    """Return whole-number rows as their table of distinct values, where that is small."""
    values = rows.sample.values
    low, high = int(values.min()), int(values.max())
    width = high - low + 1
    if width > max(min(rows.sample.rows, WIDEST_TABLE), 1024):
        return rows
    table = np.zeros(width)
    step = max(BLOCK, width)
    for start in range(0, rows.sample.rows, step):
        at = slice(start, start + step)
        index = values[at].astype(np.int64, copy=False) - low
        w: Any = None if rows.sample.weights is None else rows.sample.weights[at]
        table += np.bincount(index, weights=w, minlength=width)
    kept = np.flatnonzero(table)
    return Rows(Sample((kept + low).astype(np.float64), weights=table[kept]), threads=1)
