"""Mean and second moments of rows of numbers, from one pass in blocks that stay in cache.

Sums are taken about a centre near the mean, so that data far from 0 lose nothing, and in a unit per column where
squares would leave float64. One pass of a matrix product: columns first, with a row of ones that brings the sums along.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlestat.sources.array import THREADED_FROM
from mlestat.vectors.sample import VectorSample

Floats = NDArray[np.float64]

BLOCK = 64_000
"""Numbers in a block: half a megabyte, which a core's second-level cache holds beside the rows that it is read from."""

CENTRE_ROWS = 1_000
"""Rows that the centre is taken from. A centre that is off by many spreads would cost digits; see `moments`."""

OFF_CENTRE = 10.0
"""Distance of mean and centre, in standard deviations, from which on the pass is made again about the mean: two
digits."""


@dataclass(frozen=True, eq=False)
class Moments:
    """Weighted mean and second central moments of rows.

    Attributes
    ----------
    centre : ndarray, shape (d,)
        Near the mean, in the user's unit.
    factor : ndarray, shape (d,)
        Powers of two: sums are those of (x - centre) · factor.
    offset : ndarray, shape (d,)
        Mean of those.
    second : ndarray, shape (d, d)
        Their second moments about their mean, divided by n.
    n : float
        Sum of the weights.
    """

    centre: Floats
    factor: Floats
    offset: Floats
    second: Floats
    n: float

    @property
    def mean(self) -> Floats:
        """Mean in the user's unit."""
        return self.centre + self.offset / self.factor

    def about(self, point: Floats) -> Floats:
        """Return the second moments about a point of the user's unit."""
        gap = (self.centre - point) * self.factor + self.offset
        return self.second + np.outer(gap, gap)


def moments(sample: VectorSample, threads: int = 1) -> Moments:
    """Return the moments of a sample; not finite where a row is not.

    The sums are about the mean of every so-manieth row. Where that turns out far from the mean of all, as with data in
    an unlucky order, or squares leave float64, a second pass is made.

    Examples
    --------
    >>> from mlestat.vectors.sample import as_vectors
    >>> m = moments(as_vectors([[0.0, 1.0], [2.0, 3.0]], None, None, "raise", "x"))
    >>> m.mean.tolist(), m.second.tolist()
    ([1.0, 2.0], [[1.0, 1.0], [1.0, 1.0]])
    """
    with np.errstate(all="ignore"):
        few = sample.values[:: -(-sample.rows // CENTRE_ROWS)].astype(np.float64)
        unit = np.ones(sample.size)
        found = _pass(sample, few.mean(axis=0), unit, threads)
        variances = np.diag(found.second)
        if not (np.isfinite(found.mean).all() and ((variances > 0.0) & (variances < math.inf)).all()):
            centre, factor = _in_range(sample)
            found = _pass(sample, centre, factor, threads)
            variances = np.diag(found.second)
        if (np.abs(found.offset) > OFF_CENTRE * np.sqrt(variances)).any():
            found = _pass(sample, found.mean, found.factor, threads)
    return found


def _in_range(sample: VectorSample) -> tuple[Floats, Floats]:
    """Return centres and units that keep squares in range: the middle of the extremes, and half of their distance."""
    low, high = sample.values.min(axis=0).astype(np.float64), sample.values.max(axis=0).astype(np.float64)
    reach = 0.5 * high - 0.5 * low
    exponents = np.frexp(np.where((reach > 0.0) & np.isfinite(reach), reach, 1.0))[1]
    return 0.5 * low + 0.5 * high, np.ldexp(1.0, np.minimum(-exponents, 1022))


def _pass(sample: VectorSample, centre: Floats, factor: Floats, threads: int) -> Moments:
    d = sample.size
    total = np.zeros((d + 1, d + 1))
    for gram in over_blocks(sample.rows, d, _gram(sample, centre, factor), threads):
        total += gram
    offset = total[d, :d] / total[d, d]
    second = total[:d, :d] / total[d, d] - np.outer(offset, offset)
    return Moments(centre, factor, offset, 0.5 * (second + second.T), float(total[d, d]))


def _gram(sample: VectorSample, centre: Floats, factor: Floats) -> Callable[[slice], Floats]:
    """Return what takes one block: the products of all columns and of a column of ones."""
    plain = bool((factor == 1.0).all())

    def block(at: slice) -> Floats:
        rows = sample.values[at]
        z = np.empty((rows.shape[1] + 1, rows.shape[0]))
        np.subtract(rows.T, centre[:, None], out=z[:-1])
        z[-1] = 1.0
        if not plain:
            z[:-1] *= factor[:, None]
        return z @ z.T if sample.weights is None else (z * sample.weights[at]) @ z.T

    return block


def over_blocks(rows: int, columns: int, work: Callable[[slice], Any], threads: int) -> Iterator[Any]:
    """Yield what `work` makes of each block of rows, in order; on several threads if there are many rows.

    Examples
    --------
    >>> list(over_blocks(5, 32_000, lambda at: at.stop - at.start, 1))
    [2, 2, 1]
    """
    step = max(1, BLOCK // columns)
    blocks = [slice(start, min(start + step, rows)) for start in range(0, rows, step)]

    def quietly(at: slice) -> Any:
        with np.errstate(all="ignore"):  # the error state belongs to the thread
            return work(at)

    if threads == 1 or rows < THREADED_FROM:
        yield from map(quietly, blocks)
        return
    share = math.ceil(len(blocks) / threads)
    with ThreadPoolExecutor(threads) as pool:
        for done in pool.map(
            lambda part: [quietly(at) for at in part], [blocks[i : i + share] for i in range(0, len(blocks), share)]
        ):
            yield from done
