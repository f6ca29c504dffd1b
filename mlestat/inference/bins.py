"""Bins for the chi-square statistic, and the ordered cells of whole numbers and binned data. Rules, no p-values.

Continuous rows: bins of equal probability under the fitted distribution, 2 n^(2/5) of them (Mann, Wald 1942; Moore in
D'Agostino, Stephens, *Goodness-of-Fit Techniques* (1986), sec. 3.2.4), fewer where fewer than `least` rows would be
expected in each. Whole numbers and binned rows: the cells that they have, joined from the lowest on until `least` are
expected.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.errors import InputError, UnsupportedDataError
from mlestat.inference.edf import chi_squared_statistic
from mlestat.sample import Sample
from mlestat.sources.incomplete import row_ends

Floats = NDArray[np.float64]

MOST_CELLS = 1000
"""Whole numbers that have a cell each; more are pooled into this many of about equal probability."""

FAR_TAIL = 1e-12
"""Probability beyond the cells of single values on either side; what lies there is one further cell."""


@dataclass(frozen=True, eq=False)
class Bins:
    """The bins of one test.

    Attributes
    ----------
    edges : ndarray or None
        Inner edges as asked for; a value on an edge belongs to the bin above it.
    least : float
        Rows to be expected in a bin at least.
    equal : int
        Number of bins of equal probability; 0 where the bins are something else.
    joined : ndarray or None
        First cell of each bin, where bins are joined cells.
    """

    edges: Floats | None = None
    least: float = 5.0
    equal: int = 0
    joined: NDArray[np.intp] | None = None
    cell_edges: Floats | None = field(default=None)

    @classmethod
    def asked(cls, edges: Sequence[float] | None, least: float) -> Bins:
        """Check what was asked for.

        Raises
        ------
        InputError
            Edges that do not increase, or a least count that is negative.
        """
        if not least >= 0.0 or math.isinf(least):
            raise InputError(f"least must be at least 0 rows expected in a bin, got {least!r}; 5 is usual")
        if edges is None:
            return cls(None, float(least))
        e = np.asarray(edges, dtype=np.float64)
        if e.ndim != 1 or e.size == 0 or not (np.diff(e) > 0.0).all() or not np.isfinite(e).all():
            raise InputError(f"bins must be finite edges that increase, got {edges!r:.60}; give [1, 2, 5], for example")
        return cls(e, float(least))

    @property
    def size(self) -> int:
        """Number of bins; 0 or 1 where there are too few rows for any."""
        return self.equal if self.joined is None else int(self.joined.size)

    def for_rows(self, rows: int, member: Distribution, *, complete: bool) -> Bins:
        """Return the bins of continuous rows."""
        if self.edges is None:
            most = rows if self.least == 0.0 else math.floor(rows / self.least)
            return replace(self, equal=min(math.ceil(2.0 * rows**0.4), most))
        if not complete:
            raise UnsupportedDataError(
                "bins with given edges need rows that are not truncated; leave bins out, for bins of equal probability"
            )
        edges = np.concatenate([[-math.inf], self.edges, [math.inf]])
        p = np.diff(np.asarray(member.cdf(edges)))
        return replace(self, joined=join(rows * p, self.least), cell_edges=edges)

    def for_cells(self, edges: Floats, counts: Floats, p: Floats, *, discrete: bool) -> Bins:
        """Return the bins of cells (edge, next edge]."""
        if self.edges is None:
            return replace(self, joined=join(counts.sum() * p, self.least), cell_edges=edges)
        # of whole numbers an edge is the first value of the bin above it
        wanted = self.edges - 1.0 if discrete else self.edges
        starts = np.searchsorted(edges[:-1], wanted)
        if not np.isin(wanted, edges).all():
            i = int(np.flatnonzero(~np.isin(wanted, edges))[0])
            raise InputError(f"the edge {self.edges[i]:g} of bins lies inside a cell of the data; give edges of cells")
        starts = np.unique(np.concatenate([[0], starts[starts < edges.size - 1]]))
        whole = np.add.reduceat(counts.sum() * p, starts)
        return replace(self, joined=starts[join(whole, self.least)], cell_edges=edges)

    def of_rows(self, x: Floats, u: Floats, member: Distribution) -> Mapping[str, Floats]:
        """Return X² and G² of samples of rows, one per row of x, with transforms u."""
        return chi_squared_statistic(*self.counts(x, u, member))

    def counts(self, x: Floats, u: Floats, member: Distribution) -> tuple[Floats, Floats]:
        """Return the bins' counts and expected counts, shape (replicates, bins)."""
        n = float(x.shape[-1])
        if self.joined is None or self.cell_edges is None:
            k = max(self.equal, 1)
            counts = _tally(np.minimum((u * k).astype(np.intp), k - 1), k)
            return counts, np.full(counts.shape, n / k)
        cells = self.cell_edges.size - 1
        place = np.clip(np.searchsorted(self.cell_edges, x, side="right") - 1, 0, cells - 1)
        p = np.diff(np.asarray(member.cdf(self.cell_edges)), axis=-1)
        expected = n * np.broadcast_to(p, (x.shape[0], cells))
        return self._joined(_tally(place, cells)), self._joined(expected)

    def of_cells(self, counts: Floats, p: Floats) -> Mapping[str, Floats]:
        """Return X² and G² of counts in cells, one sample per row."""
        expected = counts.sum(axis=-1, keepdims=True) * np.broadcast_to(p, counts.shape)
        return chi_squared_statistic(self._joined(counts), self._joined(expected))

    def _joined(self, cells: Floats) -> Floats:
        return cells if self.joined is None else np.add.reduceat(cells, self.joined, axis=-1)

    def record(self, member: Distribution, layout: Any) -> list[dict[str, float]]:
        """Return low and high end, observed and expected count of every bin of the sample, for reports."""
        if self.joined is None or self.cell_edges is None:
            k = max(self.equal, 1)
            u, _ = layout.transforms(member)
            counts, expected = self.counts(layout.x, u, member)
            plain = layout.entry is None and layout.exit is None and not any(np.ndim(v) for v in member.params.values())
            # rows with a distribution of their own share the probabilities of the bins, not their ends
            edges = np.asarray(member.ppf(np.arange(k + 1) / k)) if plain else np.arange(k + 1) / k
        else:
            starts = self.joined
            edges = self.cell_edges[np.append(starts, self.cell_edges.size - 1)]
            counts, expected = self._pair(member, layout)
        return [
            {"low": float(a), "high": float(b), "observed": float(o), "expected": float(e)}
            for a, b, o, e in zip(edges[:-1], edges[1:], counts[0], expected[0], strict=True)
        ]

    def _pair(self, member: Distribution, layout: Any) -> tuple[Floats, Floats]:
        if hasattr(layout, "probabilities"):
            counts, p = layout.counts, layout.probabilities(member)
            return self._joined(counts), self._joined(counts.sum() * np.broadcast_to(p, counts.shape))
        return self.counts(layout.x, layout.x, member)


def join(expected: Floats, least: float) -> NDArray[np.intp]:
    """Return the first cell of each bin, so that every bin expects at least so many.

    Examples
    --------
    >>> join(np.array([3.0, 4.0, 9.0, 1.0, 2.0]), 5.0).tolist()
    [0, 2]
    """
    starts, total = [0], 0.0
    for i, e in enumerate(expected.tolist()):
        if total >= least and i > starts[-1]:
            starts.append(i)
            total = 0.0
        total += e
    if total < least and len(starts) > 1:
        starts.pop()
    return np.array(starts, dtype=np.intp)


def _tally(place: NDArray[np.intp], size: int) -> Floats:
    """Count the places in each row."""
    flat = place + size * np.arange(place.shape[0])[:, None]
    return np.bincount(flat.ravel(), minlength=size * place.shape[0]).reshape(-1, size).astype(np.float64)


def counted(x: Floats, edges: Floats) -> Floats:
    """Return how many values of each row of x lie in each cell (edge, next edge].

    Examples
    --------
    >>> counted(np.array([[1.0, 2.0, 2.0]]), np.array([0.0, 1.0, 3.0])).tolist()
    [[1.0, 2.0]]
    """
    return _tally(np.clip(np.searchsorted(edges, x, side="left") - 1, 0, edges.size - 2), edges.size - 1)


def cells_of(member: Distribution, x: Floats, entry: float, leave: float) -> tuple[Floats, Floats | None]:
    """Return edges of cells for whole numbers, and the value of each where it holds one; None where cells are pooled.

    Examples
    --------
    >>> import mlestat as mle
    >>> edges, values = cells_of(mle.Bernoulli(0.5), np.array([0.0, 1.0]), -math.inf, math.inf)
    >>> edges.tolist(), values.tolist()
    ([-inf, 0.0, inf], [0.0, 1.0])
    """
    first = float(member.support.lower) if entry == -math.inf else float(np.floor(entry)) + 1.0
    low = max(first, min(float(x.min()), float(member.ppf(FAR_TAIL))))
    high = max(float(x.max()), float(member.isf(FAR_TAIL)) + 1.0)  # the last one stands for all beyond it
    high = min(high, float(np.floor(leave)), float(member.support.upper))
    if high - low < MOST_CELLS:
        values = np.arange(low, high + 1.0)
        edges = np.concatenate([[entry], values[:-1], [leave]])
        return edges, values
    inner = np.asarray(member.ppf(np.arange(1.0, MOST_CELLS) / MOST_CELLS))
    return np.unique(np.concatenate([[entry], inner, [leave]])), None


def intervals_of(sample: Sample, *, discrete: bool) -> tuple[Floats, Floats]:
    """Return edges and counts of rows that are known by their bin; ends that no bin reaches are cells without rows.

    Raises
    ------
    UnsupportedDataError
        If intervals overlap, so that they are no bins.
    """
    low, high, _, _, exact = row_ends(sample, discrete=discrete)
    w = np.ones(sample.rows) if sample.weights is None else np.asarray(sample.weights, dtype=np.float64)
    order = np.lexsort((high, low))
    low, high, w = low[order], high[order], w[order]
    apart, alike = low[1:] >= high[:-1], (low[1:] == low[:-1]) & (high[1:] == high[:-1])
    if (exact.any() and not discrete) or not (apart | alike).all():
        raise UnsupportedDataError(
            "the rows are neither exact, nor censored on one side alone, nor in bins that leave each other alone, and "
            "goodness of fit knows no statistic for overlapping intervals; compare the fit with Turnbull's curve by eye"
        )
    edges = np.unique(np.concatenate([[-math.inf], low, high, [math.inf]]))
    counts = np.bincount(np.searchsorted(edges, low), w, edges.size - 1)
    return edges, counts.astype(np.float64)
