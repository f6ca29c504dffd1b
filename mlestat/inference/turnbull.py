r"""Turnbull's estimate: the distribution of censored and truncated rows without a model, by maximum likelihood.

The probability lies on the innermost intervals that the rows' ends cut out, and is found by self-consistency,

.. math:: p_j \leftarrow \frac{1}{M} \sum_i w_i \Big[\frac{a_{ij} p_j}{\sum_k a_{ik} p_k}
          + \frac{(1 - b_{ij}) p_j}{\sum_k b_{ik} p_k}\Big],

with a_ij = 1 where row i may lie in interval j, b_ij = 1 where it could have been seen there, and M the sum of all
terms, so that Σ p_j = 1.

References: Turnbull, *JRSS B* 38 (1976) 290-295, eqs. 3.2-3.4; the innermost
intervals: Peto, *Appl. Stat.* 22 (1973) 86-91.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlestat.sample import Sample

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

STEPS = 5_000
"""Steps of self-consistency at most."""

STILL = 1e-9
"""Converged when no probability moves by more than this."""

MOST_ENDS = 2_000
"""Different ends of Turnbull's rows; more are moved to this many quantiles, which no picture shows."""


@dataclass(frozen=True, eq=False)
class Empirical:
    """Probability on points and intervals, in increasing order.

    Attributes
    ----------
    low, high : ndarray, shape (m,)
        Ends of each piece; equal for a point. An end may be infinite.
    mass : ndarray, shape (m,)
        Probability of each; the sum is 1.
    n : float
        Sum of the weights.
    """

    low: Floats
    high: Floats
    mass: Floats
    n: float

    @property
    def below(self) -> Floats:
        """Probability below each piece."""
        return np.concatenate(([0.0], np.cumsum(self.mass[:-1])))

    @property
    def above(self) -> Floats:
        """Probability above each piece."""
        return np.concatenate((np.cumsum(self.mass[:0:-1])[::-1], [0.0]))

    @property
    def middle(self) -> Floats:
        """The middle of each piece, or its finite end."""
        low, high = (np.where(np.isinf(a), b, a) for a, b in ((self.low, self.high), (self.high, self.low)))
        return 0.5 * low + 0.5 * high


def turnbull(sample: Sample) -> Empirical:
    """Return the nonparametric maximum-likelihood estimate of the distribution function.

    Parameters
    ----------
    sample : Sample
        Any mixture of exact, censored and truncated rows; weights count as repeated rows.

    Examples
    --------
    >>> import mlestat as mle
    >>> e = turnbull(mle.Sample.intervals([0.0, 1.0, 2.0], [2.0, 3.0, 3.0]))
    >>> e.low.tolist(), e.high.tolist(), e.mass.round(6).tolist()
    ([1.0, 2.0], [2.0, 3.0], [0.5, 0.5])
    """
    w = np.ones(sample.rows) if sample.weights is None else sample.weights
    low, high, _ = sample.ends()
    low, high = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    entry = np.full(low.shape, -math.inf) if sample.entry is None else sample.entry
    leave = np.full(low.shape, math.inf) if sample.exit is None else sample.exit
    ends = _fewer(np.column_stack((low, high, entry, leave)))
    rows, count = np.unique(ends, axis=0, return_inverse=True)
    weight = np.bincount(count.ravel(), weights=w).astype(np.float64)
    left, right = _innermost(rows)
    inside, seen = (_Ranges(*_pieces(rows[:, k], rows[:, k + 1], left, right), left.size) for k in (0, 2))
    mass = _self_consistent(inside, seen, weight)
    kept = mass > 1e-12
    return Empirical(left[kept], right[kept], mass[kept] / mass[kept].sum(), sample.n)


def _fewer(ends: Floats) -> Floats:
    """Return the ends, moved down to quantiles of all ends where there are too many different ones."""
    places = np.unique(ends[np.isfinite(ends)])
    if places.size <= MOST_ENDS:
        return ends
    places = places[np.linspace(0, places.size - 1, MOST_ENDS).round().astype(np.intp)]
    at = np.searchsorted(places, ends, side="right") - 1
    return np.where(np.isfinite(ends), places[np.clip(at, 0, None)], ends)


def _innermost(rows: Floats) -> tuple[Floats, Floats]:
    """Return the intervals from a left end to the next right end with no other end between.

    A row that is not exact lies in (low, high]; so does what could have been seen.
    """
    low, high, entry, leave = rows.T
    # order at equal places: a closed left end of an exact row comes before right ends, an open one after them
    exact = low == high
    ends = [(low[exact], 0), (high, 1), (entry, 2), (low[~exact], 2), (leave, 1)]
    place = np.concatenate([np.asarray(p) for p, _ in ends])
    kind = np.concatenate([np.full(p.size, k) for p, k in ends])
    pairs = np.unique(np.column_stack((place, kind)), axis=0)
    is_left, is_right = pairs[:-1, 1] != 1, pairs[1:, 1] == 1
    chosen = np.flatnonzero(is_left & is_right)
    return pairs[chosen, 0], pairs[chosen + 1, 0]


def _pieces(low: Floats, high: Floats, left: Floats, right: Floats) -> tuple[Places, Places]:
    """Return, for each row, the first piece that lies in (low, high], or at its point, and the one after the last."""
    first, exact = np.searchsorted(left, low, side="left"), low == high
    # a point at the open end of a row is not part of it
    points = left[left == right]
    start = np.where(exact, first, first + np.isin(low, points))
    stop = np.where(exact, first + 1, np.searchsorted(right, high, side="right"))
    return start, np.maximum(stop, start)


@dataclass(frozen=True, eq=False)
class _Ranges:
    """The 0-1 table rows × pieces whose rows are ranges: its products take one pass, not a table."""

    start: Places
    stop: Places
    pieces: int

    def of(self, p: Floats) -> Floats:
        """The probability of each row."""
        upto = np.concatenate(([0.0], np.cumsum(p)))
        return upto[self.stop] - upto[self.start]

    def back(self, v: Floats) -> Floats:
        """The sum over the rows that hold each piece."""
        ends = np.bincount(self.start, v, self.pieces + 1) - np.bincount(self.stop, v, self.pieces + 1)
        return np.cumsum(ends)[:-1]


def _self_consistent(inside: _Ranges, seen: _Ranges, weight: Floats) -> Floats:
    p = np.full(inside.pieces, 1.0 / inside.pieces)
    truncated = bool((seen.stop - seen.start < seen.pieces).any())
    for _ in range(STEPS):
        moved = p * inside.back(weight / inside.of(p))
        if truncated:
            unseen = weight / seen.of(p)
            moved = moved + p * (unseen.sum() - seen.back(unseen))
        moved = np.maximum(moved, 0.0)
        moved /= moved.sum()
        change, p = float(np.abs(moved - p).max()), moved
        if change < STILL:
            break
    return p
