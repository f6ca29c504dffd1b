"""Kinds of data as goodness of fit sees them: what is observed, how a sample like it is drawn, how it is refitted.

Three kinds: rows whose place is known (exact, perhaps truncated), rows of which some are censored on one side, and
counts in cells (whole numbers, bins). What is none of them has no sound statistic here, and says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.errors import DataError, UnsupportedDataError
from mlestat.inference.bins import Bins, cells_of, counted, intervals_of
from mlestat.inference.edf import cell_statistics, censored_statistics, complete_statistics
from mlestat.inference.refits import ROWS_AT_ONCE, refit
from mlestat.sample import Sample

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MOST_ROWS = 50 * ROWS_AT_ONCE
"""Rows, with their frequency weights written out, of one sample at most."""


class Layout(Protocol):
    """Data of one kind: the sample that was fitted, or replicates of it, one per row of the arrays."""

    @property
    def rows(self) -> int:
        """Rows of one sample, for memory."""

    def statistics(self, member: Distribution, names: set[str]) -> dict[str, Floats]:
        """Return the statistics asked for, of each sample at its own member."""

    def draw(self, member: Distribution, rng: np.random.Generator, replicates: int) -> Layout:
        """Return samples of the same kind from a member."""

    def take(self, places: NDArray[np.intp]) -> Layout:
        """Return these replicates alone."""

    def refit(self, model: Distribution) -> Any:
        """Fit the model to each."""


@dataclass(frozen=True, eq=False)
class ExactRows:
    """Exact values of a continuous variable, shape (replicates, n); each row may be truncated to (entry, exit]."""

    x: Floats
    entry: Floats | None
    exit: Floats | None
    bins: Bins

    @property
    def rows(self) -> int:
        """Rows of one sample."""
        return int(self.x.shape[-1])

    def transforms(self, member: Distribution) -> tuple[Floats, Floats]:
        """Return P(X ≤ x) and P(X > x), given what could have been seen."""
        return conditional(member, self.x, self.entry, self.exit)

    def statistics(self, member: Distribution, names: set[str]) -> dict[str, Floats]:
        """Return D, W², A² and the statistics of the bins."""
        u, v = self.transforms(member)
        found = complete_statistics(u, v)
        return found if names <= found.keys() else {**found, **self.bins.of_rows(self.x, u, member)}

    def draw(self, member: Distribution, rng: np.random.Generator, replicates: int) -> ExactRows:
        """Draw each row where it could have been seen."""
        return replace(self, x=draw_rows(member, rng, (replicates, self.rows), self.entry, self.exit))

    def take(self, places: NDArray[np.intp]) -> ExactRows:
        """Return these replicates alone."""
        return replace(self, x=self.x[places])

    def refit(self, model: Distribution) -> Any:
        """Fit the model to each replicate."""
        m = self.x.shape[0]
        sample = Sample(self.x.ravel(), entry=_tiled(self.entry, m), exit=_tiled(self.exit, m), check=False)
        return refit(_tiled_model(model, m), sample, np.full(m, self.rows, dtype=np.intp))


@dataclass(frozen=True, eq=False)
class CensoredRows:
    """Rows of which some are known only to lie beyond their value, on one side; perhaps truncated from below.

    `side` is 1 where they lie above and -1 where they lie below: then everything is mirrored. `follow_up` and
    `followed` are the product-limit estimate of how long a row is watched.
    """

    x: Floats
    event: Flags
    entry: Floats | None
    side: float
    follow_up: Floats
    followed: Floats

    @property
    def rows(self) -> int:
        """Rows of one sample."""
        return int(self.x.shape[-1])

    def statistics(self, member: Distribution, names: set[str]) -> dict[str, Floats]:
        """Return D, W² and A² of the product-limit estimate."""
        if not names <= {"ks", "cvm", "ad"}:
            raise UnsupportedDataError(
                "the chi-square statistic needs every row's bin, which a censored row does not have; ask for 'ks', "
                "'cvm' or 'ad'"
            )
        u, v = conditional(member, self.x, self.entry, None)
        return censored_statistics(*((u, v) if self.side > 0.0 else (v, u)), self.event)

    def draw(self, member: Distribution, rng: np.random.Generator, replicates: int) -> CensoredRows:
        """Draw values, and how long each row is watched from its own estimate."""
        shape = (replicates, self.rows)
        x = self.side * draw_rows(member, rng, shape, self.entry, None)
        place = np.searchsorted(self.followed, rng.random(shape), side="right")
        bound = np.append(self.follow_up, math.inf)[place]
        if self.entry is not None:
            bound = bound + np.where(np.isfinite(self.entry), self.entry, 0.0)
        return replace(self, x=self.side * np.minimum(x, bound), event=x <= bound)

    def take(self, places: NDArray[np.intp]) -> CensoredRows:
        """Return these replicates alone."""
        return replace(self, x=self.x[places], event=self.event[places])

    def refit(self, model: Distribution) -> Any:
        """Fit the model to each replicate."""
        m = self.x.shape[0]
        mask: dict[str, Any] = {"right_censored" if self.side > 0.0 else "left_censored": ~self.event.ravel()}
        sample = Sample(self.x.ravel(), entry=_tiled(self.entry, m), check=False, **mask)
        return refit(_tiled_model(model, m), sample, np.full(m, self.rows, dtype=np.intp))


@dataclass(frozen=True, eq=False)
class CountedCells:
    """Counts in ordered cells (edge, next edge], shape (replicates, cells); `values` names those that hold one value.

    `entry` and `exit` are the truncation that all rows share.
    """

    counts: Floats
    edges: Floats
    values: Floats | None
    entry: float
    exit: float
    bins: Bins
    rows_drawn: Floats | None = None

    @property
    def rows(self) -> int:
        """Entries of one sample: its cells, or its rows where cells hold several values."""
        return max(int(self.counts.shape[-1]), 0 if self.by_table else round(float(self.counts[0].sum())))

    @property
    def by_table(self) -> bool:
        """Whether the counts are all that is needed of a replicate."""
        return self.values is not None or self.rows_drawn is None

    def probabilities(self, member: Distribution) -> Floats:
        """Return the cells' probabilities, given what could have been seen."""
        return between_edges(member, self.edges)

    def statistics(self, member: Distribution, names: set[str]) -> dict[str, Floats]:
        """Return D, W², A² on the cells and the statistics of the bins."""
        p = self.probabilities(member)
        found = cell_statistics(self.counts, np.broadcast_to(p, self.counts.shape))
        return found if names <= found.keys() else {**found, **self.bins.of_cells(self.counts, p)}

    def draw(self, member: Distribution, rng: np.random.Generator, replicates: int) -> CountedCells:
        """Draw counts from the cells' probabilities, or rows where a cell hides which value it holds."""
        n = round(float(self.counts[0].sum()))
        if self.by_table:
            p = np.clip(np.atleast_2d(self.probabilities(member)), 0.0, None)
            p = np.broadcast_to(p / p.sum(axis=-1, keepdims=True), (replicates, p.shape[-1]))
            return replace(self, counts=rng.multinomial(n, p).astype(np.float64))
        x = np.asarray(member.sample(rng, (replicates, n)), dtype=np.float64)
        return replace(self, counts=counted(x, self.edges), rows_drawn=x)

    def take(self, places: NDArray[np.intp]) -> CountedCells:
        """Return these replicates alone."""
        x = None if self.rows_drawn is None else self.rows_drawn[places]
        return replace(self, counts=self.counts[places], rows_drawn=x)

    def refit(self, model: Distribution) -> Any:
        """Fit the model to each replicate."""
        m = self.counts.shape[0]
        if not self.by_table and self.rows_drawn is not None:
            sizes = np.full(m, self.rows_drawn.shape[1], dtype=np.intp)
            return refit(model, Sample(self.rows_drawn.ravel(), check=False), sizes)
        counts = self.counts.ravel()
        at = np.flatnonzero(counts > 0.0)
        cell = at % self.counts.shape[1]
        ends: dict[str, Any] = {
            "weights": counts[at],
            "entry": None if self.entry == -math.inf else self.entry,
            "exit": None if self.exit == math.inf else self.exit,
        }
        if self.values is not None:
            sample = Sample(self.values[cell], check=False, **ends)
        else:
            low = self.edges[cell] + (1.0 if model.discrete else 0.0)
            sample = Sample.intervals(low, self.edges[cell + 1], **ends)
        return refit(model, sample, (self.counts > 0.0).sum(axis=1).astype(np.intp))


def conditional(d: Distribution, x: Floats, entry: Floats | None, leave: Floats | None) -> tuple[Floats, Floats]:
    """Return P(X ≤ x) and P(X > x) given entry < X ≤ exit, from the tail in which they are accurate.

    Examples
    --------
    >>> import mlestat as mle
    >>> u, v = conditional(mle.Exponential(1.0), np.array([2.0]), np.array([2.0]), None)
    >>> float(u[0]), float(v[0])
    (0.0, 1.0)
    """
    below, above = np.asarray(d.cdf(x)), np.asarray(d.sf(x))
    if entry is None and leave is None:
        return below, above
    first, last = (-math.inf if entry is None else entry), (math.inf if leave is None else leave)
    fa, fb, sa, sb = (np.asarray(f(e)) for f in (d.cdf, d.sf) for e in (first, last))
    lower = fa < 0.5
    whole = np.where(lower, fb - fa, sa - sb)
    u = np.where(lower, below - fa, sa - above) / whole
    v = np.where(lower, fb - below, above - sb) / whole
    return np.clip(u, 0.0, 1.0), np.clip(v, 0.0, 1.0)


def draw_rows(
    d: Distribution, rng: np.random.Generator, shape: tuple[int, int], entry: Floats | None, leave: Floats | None
) -> Floats:
    """Draw values where they could have been seen."""
    if entry is None and leave is None:
        return np.asarray(d.sample(rng, shape), dtype=np.float64)
    first, last = (-math.inf if entry is None else entry), (math.inf if leave is None else leave)
    fa, fb, sa, sb = (np.asarray(f(e)) for f in (d.cdf, d.sf) for e in (first, last))
    u = rng.random(shape)
    x = np.where(fa < 0.5, d.ppf(fa + u * (fb - fa)), d.isf(sa - u * (sa - sb)))
    return np.asarray(np.clip(x, first, last))


def between_edges(d: Distribution, edges: Floats) -> Floats:
    """Return P(edge < X ≤ next edge | first < X ≤ last), each from the tail in which it is accurate."""
    below, above = np.asarray(d.cdf(edges)), np.asarray(d.sf(edges))
    p = np.where(below[..., :-1] < 0.5, np.diff(below, axis=-1), -np.diff(above, axis=-1))
    return np.asarray(p / p.sum(axis=-1, keepdims=True))


def _tiled(ends: Floats | None, m: int) -> Floats | None:
    return None if ends is None else np.tile(ends, m)


def _tiled_model(model: Distribution, m: int) -> Distribution:
    """Return the model for m samples in a row: what is known by row is known again in each."""
    arrays = {name: np.tile(v, m) for name, v in model.params.items() if np.ndim(v) > 0}
    return model.with_values(arrays) if arrays else model


def layout_of(model: Distribution, member: Distribution, sample: Sample, bins: Bins) -> Layout:
    """Return the data in the layout that their kind asks for.

    Raises
    ------
    UnsupportedDataError
        If there is no sound statistic for rows of this kind.
    """
    if sample.probability_weights is not None:
        raise UnsupportedDataError(
            "goodness of fit needs rows that were drawn independently from the population, which sampling weights "
            "are not; leave the weights out, or test the strata apart"
        )
    w = sample.weights
    if w is not None and not (w == np.round(w)).all():
        raise UnsupportedDataError(
            f"goodness of fit needs whole frequency weights (weight 2 is the row twice), got {w[w != np.round(w)][0]:g}"
            "; round them, or leave them out"
        )
    low, high, exact = sample.ends()
    if model.discrete:
        return _counted_values(model, member, sample, bins)
    if exact.all():
        part = written_out(sample)
        x = part.values.astype(np.float64)[None]
        return ExactRows(x, part.entry, part.exit, bins.for_rows(part.rows, member, complete=part.complete))
    if np.isinf(high[~exact]).all() and exact.any():
        return _censored(written_out(sample), 1.0)
    if np.isinf(low[~exact]).all() and exact.any():
        return _censored(written_out(sample), -1.0)
    return _binned(model, member, sample, bins)


def written_out(sample: Sample) -> Sample:
    """Return the sample with a row per unit of weight."""
    if sample.weights is None:
        return sample
    if sample.n > MOST_ROWS:
        raise UnsupportedDataError(
            f"the weights stand for {sample.n:g} rows, more than the {MOST_ROWS:g} that can be drawn again; use binned "
            "data, or a part of them"
        )
    part = sample.at(np.repeat(np.arange(sample.rows), sample.weights.astype(np.intp)))
    part._set(weights=None)
    return part


def _censored(sample: Sample, side: float) -> CensoredRows:
    """Rows censored on one side, with the product-limit estimate of how long each is watched."""
    if sample.exit is not None or (side < 0.0 and sample.entry is not None):
        raise UnsupportedDataError(
            "goodness of fit knows no statistic for rows that are censored and truncated on the same side; test the "
            "exact rows of a shorter range instead"
        )
    low, high, event = sample.ends()
    x = low if side > 0.0 else high
    start = 0.0 if sample.entry is None else np.where(np.isfinite(sample.entry), sample.entry, 0.0)
    # what ends the watch of a row is censored by the event: the same estimate with the roles exchanged, and of equal
    # values the event comes first
    order = np.lexsort((~event, side * x - start))
    watched, ended = (side * x - start)[order], ~event[order]
    share = 1.0 - np.cumprod(1.0 - ended / np.arange(x.size, 0.0, -1.0))
    return CensoredRows(
        x[None], event[None], sample.entry, side, watched[ended], np.asarray(share[ended], dtype=np.float64)
    )


def _counted_values(model: Distribution, member: Distribution, sample: Sample, bins: Bins) -> CountedCells:
    """Whole numbers, in cells of one value each if they are few."""
    if any(np.ndim(v) > 0 for v in model.params.values()):
        raise UnsupportedDataError(
            f"the rows of this {model.label} have distributions of their own, so they share no distribution function "
            "to compare with; test rows with the same known parameters together"
        )
    entry, leave = (_common(ends, open_) for ends, open_ in ((sample.entry, -math.inf), (sample.exit, math.inf)))
    low, _, exact = sample.ends()
    if not exact.all():
        if not exact.any() and sample.high is not None:
            return _binned(model, member, sample, bins)
        raise UnsupportedDataError(
            "goodness of fit knows no statistic for whole numbers of which some are censored; test a range in which "
            "all are known"
        )
    w = np.ones(sample.rows) if sample.weights is None else np.asarray(sample.weights, dtype=np.float64)
    edges, values = cells_of(member, low, entry, leave)
    if values is None and (sample.entry is not None or sample.exit is not None):
        raise UnsupportedDataError("truncated whole numbers must span at most a thousand values; test a part of them")
    place = np.searchsorted(edges, low, side="left") - 1
    counts = np.bincount(place, w, edges.size - 1).astype(np.float64)[None]
    few = values is not None and values.size <= max(sample.n, 64.0)
    told = bins.for_cells(edges, counts[0], between_edges(member, edges), discrete=True)
    if few or sample.entry is not None or sample.exit is not None:
        return CountedCells(counts, edges, values, entry, leave, told)
    return CountedCells(counts, edges, None, entry, leave, told, np.repeat(low, w.astype(np.intp))[None])


def _common(ends: Floats | None, open_end: float) -> float:
    """The truncation that all rows share."""
    if ends is None:
        return open_end
    if not (ends == ends[0]).all():
        raise UnsupportedDataError(
            "whole numbers that are truncated differently from row to row share no distribution function to compare "
            "with; test rows with the same truncation together"
        )
    return float(ends[0])


def _binned(model: Distribution, member: Distribution, sample: Sample, bins: Bins) -> CountedCells:
    """Rows known by their bin."""
    if sample.entry is not None or sample.exit is not None:
        raise UnsupportedDataError("goodness of fit knows no statistic for truncated rows in intervals; leave one out")
    edges, counts = intervals_of(sample, discrete=model.discrete)
    p = between_edges(member, edges)
    if not np.isfinite(p).all():
        raise DataError("the fitted distribution gives no probability to these bins; give others")
    bound = bins.for_cells(edges, counts, p, discrete=model.discrete)
    return CountedCells(counts[None], edges, None, -math.inf, math.inf, bound)
