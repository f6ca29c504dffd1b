r"""The maximum of a triangular likelihood: the mode at one of the data values, the ends by Newton's method.

For given ends the log-likelihood is convex in the mode between neighbouring data values, so the best mode is a data
value. For a given mode m, with a = m - low, b = high - m and d the distances from m, it is

    -n log(a + b) + Σ_left log(1 - d/a) + Σ_right log(1 - d/b),

which is concave in (log a, log b): one maximum. What is left is which data value. That is settled for certain without
trying all: for a mode anywhere between the data values y_f and y_g, the rows from y_f to y_g contribute at most 0, and
the others a function that is convex in the mode; so the better of the modes y_f and y_g, those rows left out, bounds
them all. Gaps whose bound is below the best value found are dropped, the others are divided again.

On many rows the sums run over cells of neighbouring values, each by its weight, mean and central moments, which is
exact to about 1e-9 per row; the ends for the mode that is best come from all rows. NumPy only.

References: Oliver, "A maximum likelihood oddity", *Am. Stat.* 26 (1972) no. 3, 43-44; Kotz, van Dorp, *Beyond Beta*
(2004), ch. 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Whole = NDArray[np.intp]

KNOTS = 32
"""Modes tried at once."""

SINGLE = 512
"""Up to this many distinct values each is a cell of its own."""

EVEN = 128
"""Least number of cells that hold equal numbers of values."""

RATIO = 1.05
"""Longest cell, as the ratio of the distances of its two ends from an end of the data. The moments leave out about the
fifth power of half of its logarithm, 1e-8, and few rows lie in such cells."""

SETTLED = 1e-13
"""Newton's squared decrement per row at which the ends have come to rest; two more steps, each of which squares the
error, then leave rounding alone."""

ROUNDS = 100
"""Newton's steps; 9 are needed from the roughest start."""

LARGEST_STEP = 0.9
"""Share of its distance from the data that an end may give up in one step."""


class Held(NamedTuple):
    """Ends that are held, as distances outward from the smallest and the largest value; NaN where free."""

    below: float
    above: float


class Ends(NamedTuple):
    """Distances of the ends outward from the smallest and the largest value, one pair per place of the mode."""

    below: Floats
    above: Floats


def search(
    x: Floats, w: Floats, low: float | None, mode: float | None, high: float | None
) -> tuple[float, float, float]:
    """Return low, mode and high of the highest maximum; None stands for what is free.

    Parameters
    ----------
    x, w : ndarray, shape (n,)
        Values, not all equal unless an end is held, and weights.
    low, mode, high : float or None
        What is held.

    Examples
    --------
    >>> import numpy as np
    >>> [round(v, 9) for v in search(np.array([0.1, 0.4, 0.5, 0.9]), np.ones(4), 0.0, None, 1.0)]
    [0.0, 0.1, 1.0]
    """
    values, share = _distinct(x, w)
    first, last = float(values[0]), float(values[-1])
    unit = max(last - first, *(abs(v - first) for v in (low, mode, high) if v is not None), 0.0)
    y = (values - first) / unit
    held = Held(math.nan if low is None else (first - low) / unit, math.nan if high is None else (high - last) / unit)
    if mode is None:
        at, begin = _best_mode(y, share, held)
        mode, place = float(values[at]), float(y[at])
    else:
        place, begin = (mode - first) / unit, _begin(y, share)
    rows = Cells.of(y, share, np.arange(y.size))
    sides = Places.among(y, np.array([place])).sides(rows, held)
    ends = _sharp(sides, _settled(sides, _first(sides, begin))[0])
    return (
        _outside(first, unit * float(ends.below[0]), -math.inf, mode) if low is None else low,
        mode,
        _outside(last, unit * float(ends.above[0]), math.inf, mode) if high is None else high,
    )


def _outside(value: float, distance: float, side: float, mode: float) -> float:
    """Return the end at that distance beyond a data value, on the side of that infinity.

    However small the distance, it is another number; and an end that has come to the mode is the mode.
    """
    if distance == 0.0:
        return value
    end = value + math.copysign(distance, side)
    if end == value:
        return math.nextafter(value, side)
    return min(end, mode) if side < 0.0 else max(end, mode)


def _distinct(x: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Return the distinct values with weight, in order, and their shares of it."""
    x, w = (x, w) if w.all() else (x[w > 0.0], w[w > 0.0])
    if (w == w[0]).all():
        x, share = np.sort(x), np.full(x.size, 1.0 / x.size)
    else:
        order = np.argsort(x)
        x, share = x[order], w[order] / w.sum()
    new = np.flatnonzero(np.concatenate([[True], x[1:] > x[:-1]]))
    return (x, share) if new.size == x.size else (x[new], np.add.reduceat(share, new))


def _begin(y: Floats, share: Floats) -> tuple[float, float]:
    """Where Newton begins: an end lies about as far out as the root of the weight of the outermost value."""
    length = float(y[-1]) or 1.0
    return length * math.sqrt(float(share[0])), length * math.sqrt(float(share[-1]))


# -- which data value -------------------------------------------------------------------------------------


def _best_mode(y: Floats, share: Floats, held: Held) -> tuple[int, tuple[float, float]]:
    """Return the index of the value that is the best mode, and about where its ends are."""
    coarse = Cells.of(y, share, _coarse(y))
    windows, begin = np.array([[0, y.size - 1]]), _begin(y, share)
    best, height = 0, -math.inf
    while windows.size:
        knots = _spread(windows)
        gaps = _gaps(windows, knots)
        cells = coarse.divided(y, share, np.unique(np.concatenate([knots, knots + 1, gaps[:, 0], gaps[:, 1] + 1])))
        sides = Places.of(cells, y, knots, gaps).sides(cells, held)
        ends, heights = _settled(sides, _first(sides, begin))
        at_knots, at_first, at_last = np.split(heights, [knots.size, knots.size + len(gaps)])
        here = int(np.argmax(at_knots))
        if at_knots[here] > height:
            best, height = int(knots[here]), float(at_knots[here])
            # an end that has closed up to the data is no place to begin from
            begin = float(ends.below[here]) or begin[0], float(ends.above[here]) or begin[1]
        windows = gaps[np.maximum(at_first, at_last) > height]
    return best, begin


def _coarse(y: Floats) -> Whole:
    """Return the first indices of cells that are short beside their distance from either end of the data."""
    if y.size <= SINGLE:
        return np.arange(y.size)
    nearest = min(float(y[1]), float(y[-1] - y[-2]))
    steps = y[-1] * RATIO ** -np.arange(math.log(y[-1] / nearest) / math.log(RATIO) + 1.0)
    near = np.searchsorted(y, np.concatenate([steps, y[-1] - steps]))
    even = np.linspace(0, y.size, EVEN, endpoint=False).astype(np.intp)
    return np.unique(np.concatenate([even, near[near < y.size]]))


def _spread(windows: Whole) -> Whole:
    """Return indices spread evenly over the windows, (first, last) each; all of them if they are few."""
    sizes = windows[:, 1] - windows[:, 0] + 1
    ends: Whole = np.cumsum(sizes)
    picked: Whole = np.unique(np.linspace(0, ends[-1] - 1, min(KNOTS, int(ends[-1]))).round().astype(np.intp))
    window = np.searchsorted(ends, picked, side="right")
    return np.asarray(windows[window, 0] + picked - (ends - sizes)[window])


def _gaps(windows: Whole, knots: Whole) -> Whole:
    """Return what the knots leave of the windows: first and last index of each gap, shape (gaps, 2)."""
    starts = np.sort(np.concatenate([windows[:, 0], knots + 1]))
    stops = np.sort(np.concatenate([knots - 1, windows[:, 1]]))
    return np.stack([starts, stops], axis=1)[starts <= stops]


# -- rows in cells ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cells:
    """Neighbouring distinct values in cells: share of the weight, mean, central moments; `edges` are first indices.

    `moments`, the second to fourth in rows, is None where every cell is a single value. Values begin at 0 and stop at
    `end`.
    """

    edges: Whole
    share: Floats
    mean: Floats
    moments: Floats | None
    end: float

    @classmethod
    def of(cls, y: Floats, share: Floats, edges: Whole) -> Cells:
        """Return the cells that begin at these indices."""
        if edges.size == y.size:
            return cls(edges, share, y, None, float(y[-1]))
        total = np.add.reduceat(share, edges)
        size = np.diff(edges, append=y.size)
        # a single value keeps its last digit: it may be an end of the data
        mean = np.where(size == 1, y[edges], np.add.reduceat(share * y, edges) / total)
        t = y - np.repeat(mean, size)
        moments, u = np.empty((3, edges.size)), share * t
        for i in range(3):
            u = u * t
            moments[i] = np.add.reduceat(u, edges) / total
        return cls(edges, total, mean, moments, float(y[-1]))

    def divided(self, y: Floats, share: Floats, edges: Whole) -> Cells:
        """Return the cells with these edges as well, which may lie close together: only what they divide is new."""
        if self.moments is None:
            return self
        i, j = np.searchsorted(self.edges, edges[0], side="right") - 1, np.searchsorted(self.edges, edges[-1])
        f, g = int(self.edges[i]), int(self.edges[j]) if j < self.edges.size else y.size
        inner = np.unique(np.concatenate([self.edges[i:j], edges[edges < g]]))
        new = Cells.of(y[f:g], share[f:g], inner - f)
        moments = np.zeros((3, inner.size)) if new.moments is None else new.moments
        return Cells(
            np.concatenate([self.edges[:i], inner, self.edges[j:]]),
            np.concatenate([self.share[:i], new.share, self.share[j:]]),
            np.concatenate([self.mean[:i], new.mean, self.mean[j:]]),
            np.concatenate([self.moments[:, :i], moments, self.moments[:, j:]], axis=1),
            self.end,
        )


@dataclass(frozen=True)
class Side:
    """The rows on one side of each place of the mode, as seen from the end on that side.

    `from_end` are the cells' distances from the outermost value, `share` (places, cells) their weights, `to_mode` the
    distances from there to the mode, `weight` the sums of the weights, `moves` whether the end is to be found, and
    `still` where it is where it is not.
    """

    from_end: Floats
    moments: Floats | None
    share: Floats
    to_mode: Floats
    weight: Floats
    moves: Mask
    still: Floats

    def at(self, out: Floats) -> tuple[Floats, Floats, Floats]:
        """Return Σ log((y + out)/(to_mode + out)) over the rows, with first and second derivative in `out`."""
        value, first, second = self._logs(np.where(self.weight > 0.0, out, 1.0))
        a = self.to_mode + out
        lone = self.weight == 0.0
        r = self.weight / np.where(lone, 1.0, a)
        return (
            _dot(self.share, value) - sc.xlogy(self.weight, a),
            _dot(self.share, first) - r,
            _dot(self.share, second) + r / np.where(lone, 1.0, a),
        )

    def _logs(self, out: Floats) -> tuple[Floats, Floats, Floats]:
        """Mean of log(y + out) in each cell, with first and second derivative in `out`."""
        at = self.from_end + out[:, None]
        r = 1.0 / at
        value, first, second = np.log(at), r, -r * r
        if self.moments is not None:
            two, three, four = self.moments
            r = np.where(two > 0.0, r, 0.0)  # a single value may lie at the end itself
            rr = r * r
            value = value + rr * (-0.5 * two + r * (three / 3.0 - r * (0.25 * four)))
            first = first + r * rr * (two - r * (three - r * four))
            second = second + rr * rr * (-3.0 * two + r * (4.0 * three - r * (5.0 * four)))
        return value, first, second


def _dot(p: Floats, v: Floats) -> Floats:
    total: Floats = np.einsum("bk,bk->b", p, v)
    return total


class Places(NamedTuple):
    """Where the mode may be; cells before `first` lie to the left of it, those from `last` on to the right."""

    mode: Floats
    first: Whole
    last: Whole

    @classmethod
    def of(cls, cells: Cells, y: Floats, knots: Whole, gaps: Whole) -> Places:
        """Return the places at the knots, then at each gap's first value and at its last one, its rows left out."""
        first, last = (np.concatenate([knots, v, v]) for v in gaps.T)
        mode = np.concatenate([knots, *gaps.T])
        return cls(y[mode], np.searchsorted(cells.edges, first), np.searchsorted(cells.edges, last + 1))

    @classmethod
    def among(cls, y: Floats, mode: Floats) -> Places:
        """Return places among single values, at one of them or not."""
        return cls(mode, np.searchsorted(y, mode, side="left"), np.searchsorted(y, mode, side="right"))

    def sides(self, cells: Cells, held: Held) -> tuple[Side, Side]:
        """Return what lies to the left and to the right of these places."""
        i, j = int(self.first.max()), int(self.last.min())
        left = np.where(np.arange(i) < self.first[:, None], cells.share[:i], 0.0)
        right = np.where(np.arange(j, cells.share.size) >= self.last[:, None], cells.share[j:], 0.0)
        near = far = None
        if cells.moments is not None:
            near, far = cells.moments[:, :i], cells.moments[:, j:] * np.array([[1.0], [-1.0], [1.0]])
        to_high = cells.end - self.mode
        return (
            _side(cells.mean[:i], near, left, self.mode, held.below),
            _side(cells.end - cells.mean[j:], far, right, to_high, held.above),
        )


def _side(from_end: Floats, moments: Floats | None, share: Floats, to_mode: Floats, held: float) -> Side:
    """Return one side; a free end without rows there closes up to the mode, or to the outermost value."""
    weight = share.sum(axis=1)
    still = np.maximum(-to_mode, 0.0) if math.isnan(held) else np.full(to_mode.shape, held)
    return Side(from_end, moments, share, to_mode, weight, math.isnan(held) & (weight > 0.0), still)


# -- the ends for given modes -------------------------------------------------------------------------------


class Point(NamedTuple):
    """The log-likelihood per row, but a constant, with gradient and Hessian in (log a, log b), at some ends."""

    height: Floats
    gradient: tuple[Floats, Floats]
    hessian: tuple[Floats, Floats, Floats]

    def kept(self, kept: Mask, other: Point) -> Point:
        """Return this point where it is kept, else the other."""
        mine, theirs = ((p.height, *p.gradient, *p.hessian) for p in (self, other))
        height, ga, gb, aa, ab, bb = (np.where(kept, u, v) for u, v in zip(mine, theirs, strict=True))
        return Point(height, (ga, gb), (aa, ab, bb))

    def newton(self) -> tuple[Floats, Floats, Floats]:
        """Return Newton's step in log a and in log b, and its squared decrement."""
        (ga, gb), (aa, ab, bb) = self.gradient, self.hessian
        det = aa * bb - ab * ab
        da, db = (ab * gb - bb * ga) / det, (ab * ga - aa * gb) / det
        return da, db, ga * da + gb * db


def _evaluate(sides: tuple[Side, Side], ends: Ends) -> Point:
    left, right = sides
    a, b = left.to_mode + ends.below, right.to_mode + ends.above
    s, s1, s2 = left.at(ends.below)
    t, t1, t2 = right.at(ends.above)
    width = a + b
    p, q = a / width, b / width
    both = left.moves & right.moves
    return Point(
        s + t - np.log(width),
        (np.where(left.moves, a * s1 - p, 0.0), np.where(right.moves, b * t1 - q, 0.0)),
        (
            np.where(left.moves, a * (s1 + a * s2) - p * q, -1.0),
            np.where(both, p * q, 0.0),
            np.where(right.moves, b * (t1 + b * t2) - p * q, -1.0),
        ),
    )


def _first(sides: tuple[Side, Side], begin: tuple[float, float]) -> Ends:
    """Return where Newton begins: ends that move at these distances, the others where they are."""
    below, above = (np.where(side.moves, out, side.still) for side, out in zip(sides, begin, strict=True))
    return Ends(below, above)


def _settled(sides: tuple[Side, Side], ends: Ends) -> tuple[Ends, Floats]:
    """Return the best ends for each place, by Newton's method for all places at once, and the heights there."""
    with np.errstate(all="ignore"):
        here, step = _evaluate(sides, ends), np.ones(ends.below.size)
        for _ in range(ROUNDS):
            da, db, decrement = here.newton()
            if not (decrement > SETTLED).any():
                break
            new = _moved(sides, ends, step * da, step * db)
            there = _evaluate(sides, new)
            worse = ~(there.height >= here.height) & (decrement > SETTLED)
            step = np.where(worse, 0.5 * step, 1.0)
            ends = Ends(*(np.where(worse, old, fresh) for old, fresh in zip(ends, new, strict=True)))
            here = here.kept(worse, there)
    return ends, here.height


def _sharp(sides: tuple[Side, Side], ends: Ends) -> Ends:
    """Return ends that were close as close as rounding allows."""
    with np.errstate(all="ignore"):
        for _ in range(2):
            da, db, _ = _evaluate(sides, ends).newton()
            ends = _moved(sides, ends, da, db)
    return ends


def _moved(sides: tuple[Side, Side], ends: Ends, da: Floats, db: Floats) -> Ends:
    """Return the ends when their distances from the mode change by the factors e^da and e^db."""
    moved = []
    for side, out, step in zip(sides, ends, (da, db), strict=True):
        new = np.maximum(out + (side.to_mode + out) * np.expm1(step), (1.0 - LARGEST_STEP) * out)
        moved.append(np.where(side.moves, new, out))
    return Ends(*moved)
