"""What the rows alone say of their distribution function, for every picture that sets a fit against them.

Exact rows give steps; right-censored rows the product-limit estimate (Kaplan, Meier 1958), with late entry where rows
are truncated; bins and other intervals that do not overlap the function at their ends. Anything else gives Turnbull's
estimate (1976), each interval of which stands at its middle; of whole numbers in such rows a sentence says that nothing
is drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from mlestat.inference.turnbull import turnbull
from mlestat.sample import Sample
from mlestat.sources.incomplete import whole_ends

Vector = NDArray[np.float64]
Mask = NDArray[np.bool_]

EMPTY: Vector = np.empty(0)

UNDRAWN = "Turnbull's estimate of whole numbers is not drawn"
"""What an empirical distribution of such rows would be."""


@dataclass(frozen=True)
class Ordered:
    """Distinct values in increasing order, with the share of the sample below and above each.

    Attributes
    ----------
    values, weights : ndarray, shape (m,)
        Distinct values and the weight on each.
    below, above : ndarray, shape (m,)
        Weight strictly below and strictly above each value, as shares of the whole.
    n : float
        Sum of the weights; those of values may add to less, where the last rows are censored.
    marks : ndarray
        Where rows are censored.
    banded : bool
        Whether the ordered values are those of n independent rows, so that each has a beta distribution.
    middle : bool
        Whether positions are taken at the middle of a value's own weight, or include it.
    seen : (float, float)
        What could have been seen lies above the first and up to the second; so the shares are conditional on that.
    name : str
        What a legend calls it.
    """

    values: Vector
    weights: Vector
    below: Vector
    above: Vector
    n: float
    marks: Vector = field(default_factory=lambda: EMPTY)
    banded: bool = True
    middle: bool = True
    seen: tuple[float, float] = (-math.inf, math.inf)
    name: str = "data"

    def at(self, chosen: NDArray[np.intp]) -> Ordered:
        """Return some of the values; their shares remain those of the whole sample."""
        picked = {name: getattr(self, name)[chosen] for name in ("values", "weights", "below", "above")}
        return replace(self, **picked)

    @property
    def upto(self) -> Vector:
        """The empirical distribution function at each value."""
        return self.below + self.weights / self.n

    @property
    def position(self) -> Vector:
        """Plotting positions in (0, 1): half of a value's own weight counts as below it (Hazen)."""
        return self.below + (0.5 * self.weights / self.n if self.middle else 0.0)

    @property
    def co_position(self) -> Vector:
        """`1 - position`, with full relative precision in the upper tail."""
        return self.above + (0.5 * self.weights / self.n if self.middle else 0.0)

    @property
    def missing(self) -> tuple[float, float]:
        """The shares that censored rows leave below the first and above the last value."""
        return float(self.below[0]), float(self.above[-1])


@dataclass(frozen=True)
class Pieces:
    """Intervals (low, high] that do not overlap, in order, with the weight in each; ends may be infinite."""

    low: Vector
    high: Vector
    weights: Vector
    n: float
    seen: tuple[float, float] = (-math.inf, math.inf)

    @property
    def known(self) -> tuple[Vector, Vector]:
        """Finite ends, in order, and the distribution function there."""
        total = np.cumsum(self.weights) / self.n
        x = np.concatenate((self.low, self.high))
        share = np.concatenate((np.append(0.0, total[:-1]), total))
        at, first = np.unique(x, return_index=True)
        finite = np.isfinite(at)
        return at[finite], share[first][finite]

    @property
    def inner(self) -> Ordered:
        """The ends that have rows on both sides, as values whose positions are the shares up to them."""
        x, share = self.known
        inside = (share > 0.0) & (share < 1.0)
        x, share = x[inside], share[inside]
        nothing = np.zeros(x.size)
        return Ordered(x, nothing, share, 1.0 - share, self.n, banded=False, middle=False, seen=self.seen)


def empirical(sample: Sample, *, discrete: bool) -> Ordered | Pieces | str:
    """Return what the rows say without a model, or words that say why nothing is drawn of them.

    Examples
    --------
    >>> import mlestat as mle
    >>> empirical(mle.Sample.events([1.0, 2.0, 3.0], [1, 0, 1]), discrete=False).upto.round(6).tolist()
    [0.333333, 1.0]
    >>> empirical(mle.Sample.intervals([1.0, 2.0], [3.0, 4.0]), discrete=False).values.tolist()
    [2.5]
    """
    entry, leave = _common(sample.entry, -math.inf), _common(sample.exit, math.inf)
    if sample.complete_values and entry is not None and leave is not None:
        return replace(ordered(sample), seen=(entry, leave))
    low, high, exact = sample.ends()
    if not exact.any() and sample.high is None:
        return "no exact row"
    if (exact | np.isinf(high)).all() and leave is not None:
        return replace(_product_limit(low, exact, sample.entry, sample.weights), seen=(_least(sample.entry), leave))
    if (exact | np.isinf(low)).all() and entry is not None:
        return _mirrored(high, exact, sample, entry, discrete=discrete)
    if entry is None or leave is None:
        return _turnbull(sample) if not discrete else f"censored rows, each with a truncation of its own; {UNDRAWN}"
    if discrete:
        low, high = whole_ends(sample, low, high, exact)
        low = np.where(exact, high - 1.0, low)
    elif exact.any():
        return _turnbull(sample)
    found = _pieces(low, high, sample, (entry, leave))
    if found is not None:
        return found
    return f"rows in intervals that overlap; {UNDRAWN}" if discrete else _turnbull(sample)


def ordered(sample: Sample) -> Ordered:
    """Return the distinct values of a sample in order, with cumulated weights."""
    order = np.argsort(sample.values, kind="stable")
    x = sample.values[order].astype(np.float64)
    w = np.ones(x.shape) if sample.weights is None else sample.weights[order]
    first = np.flatnonzero(np.concatenate(([True], x[1:] > x[:-1])))
    weight = np.add.reduceat(w, first)
    total = float(weight.sum())
    below = np.concatenate(([0.0], np.cumsum(weight[:-1]))) / total
    above = np.concatenate((np.cumsum(weight[:0:-1])[::-1], [0.0])) / total
    return Ordered(x[first], weight, below, above, total, banded=sample.probability_weights is None)


def _turnbull(sample: Sample) -> Ordered:
    """Turnbull's estimate; truncation is undone, so that nothing is conditional on what could be seen."""
    found = turnbull(sample)
    values, mass = found.middle, found.mass * found.n
    return Ordered(values, mass, found.below, found.above, found.n, banded=False, name="data (Turnbull)")


def _common(bounds: Vector | None, open_end: float) -> float | None:
    """Return the bound that all rows share, None where they differ."""
    if bounds is None:
        return open_end
    return float(bounds[0]) if (bounds == bounds[0]).all() else None


def _least(entry: Vector | None) -> float:
    return -math.inf if entry is None else float(entry.min())


def _product_limit(time: Vector, exact: Mask, entry: Vector | None, weights: Vector | None) -> Ordered:
    """The estimate of Kaplan and Meier, by statsmodels; a row is at risk from its entry on, up to its own time."""
    from statsmodels.duration.survfunc import SurvfuncRight

    w = np.ones(time.size) if weights is None else weights
    entry = np.full(time.size, -math.inf) if entry is None else entry
    kept = exact | (time > entry)  # a row censored before it could be seen says nothing
    entry = np.minimum(entry, np.nextafter(time, -math.inf))
    found = SurvfuncRight(time[kept], exact[kept].astype(float), entry=entry[kept], freq_weights=w[kept])
    above = np.asarray(found.surv_prob)
    before = np.append(1.0, above[:-1])
    total = float(w.sum())
    x, marks = np.asarray(found.surv_times), np.unique(time[~exact])
    return Ordered(
        x, total * (before - above), 1.0 - before, above, total, marks, banded=False, name="data (product-limit)"
    )


def _mirrored(high: Vector, exact: Mask, sample: Sample, entry: float, *, discrete: bool) -> Ordered:
    """The same for left-censored rows, which are right-censored rows of -x."""
    time = np.where(exact | (not discrete), -high, -high - 0.5)  # a count may be the bound itself
    leave = None if sample.exit is None else np.nextafter(-sample.exit, -math.inf)  # x may be its exit
    found = _product_limit(time, exact, leave, sample.weights)
    last = math.inf if sample.exit is None else float(sample.exit.max())
    return replace(
        found,
        values=-found.values[::-1],
        weights=found.weights[::-1],
        below=found.above[::-1],
        above=found.below[::-1],
        marks=np.unique(high[~exact]),
        seen=(entry, last),
    )


def _pieces(low: Vector, high: Vector, sample: Sample, seen: tuple[float, float]) -> Pieces | None:
    """Return intervals with their weights, None where some overlap."""
    w = np.ones(low.size) if sample.weights is None else sample.weights
    low, high = np.maximum(low, seen[0]), np.minimum(high, seen[1])
    order = np.lexsort((high, low))
    low, high, w = low[order], high[order], w[order]
    first = np.flatnonzero(np.concatenate(([True], (low[1:] != low[:-1]) | (high[1:] != high[:-1]))))
    a, b, weights = low[first], high[first], np.add.reduceat(w, first)
    if (a[1:] < b[:-1]).any():
        return None
    return Pieces(a, b, weights, float(weights.sum()), seen)
