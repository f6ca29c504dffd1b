"""The histogram of the data with the fitted density; for whole numbers, observed and fitted shares."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from mlestat.distributions.base import Distribution
from mlestat.plots.canvas import (
    DATA,
    MODEL,
    Fitted,
    Vector,
    axes_for,
    compared,
    data_label,
    family_title,
    nothing_to_draw,
    quartiles,
    say,
    tidy,
    whole_ticks,
    window,
)
from mlestat.plots.empirical import Ordered, Pieces, empirical
from mlestat.sample import Sample
from mlestat.supports import WithZero

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_BINS = 100
"""More bars than this are not told apart at the width of a page."""

SINGLE = 40
"""Up to this many whole numbers each have a bar of their own."""

CURVE = 600
"""Points of the density curve."""


def density(fit: Fitted, ax: Axes | None = None) -> Axes:
    """Draw the histogram of the sample, area 1, and the fitted density.

    For a discrete family bars are the observed shares of each whole number (or group of numbers, where there
    are many) and points are the fitted probabilities. Weights count as repeated rows. Values too far out to
    be shown are counted.

    Right-censored rows give their share to later values (product-limit estimate), so that bars keep the height of a
    density; what is left beyond the last value is told. Bins and other intervals that do not overlap are bars of their
    own width. Where rows are truncated, the fitted density is that of what could have been seen.

    Parameters
    ----------
    fit : Fit
        What `mlestat.fit` returned.
    ax : matplotlib Axes, optional
        Where to draw; by default on a new Figure.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> import mlestat as mle
    >>> ax = mle.plots.density(mle.fit(mle.Poisson(), [0, 1, 1, 2, 0, 3]))
    >>> [round(float(bar.get_height()), 3) for bar in ax.patches]
    [0.333, 0.333, 0.167, 0.167, 0.0, 0.0]
    """
    ax, found = axes_for(ax), empirical(fit.sample, discrete=fit.model.discrete)
    d, missing = compared(fit, (-math.inf, math.inf) if isinstance(found, str) else found.seen)
    if isinstance(found, str):
        ax.set_xlim(*view_without_rows(fit.sample))
        ax.set_ylabel("density")
        _draw_alone(ax, d)
        nothing_to_draw(ax, found)
    elif isinstance(found, Pieces):
        _draw_pieces(ax, found, d)
    else:
        draw_density(ax, found, d, discrete=fit.model.discrete)
    if d is None and fit.distribution is not None:
        say(ax, missing)
    return tidy(ax, xlabel=data_label(fit.sample.name), title=family_title(fit))


def draw_density(
    ax: Axes,
    data: Ordered,
    distribution: Distribution | None,
    view: tuple[float, float] | None = None,
    *,
    discrete: bool,
) -> None:
    """Draw bars and, where there is a distribution, its curve or points; show `view`, or just the bars."""
    zeros, hidden = _zeros(data, distribution), _hidden(data)
    if zeros and data.values.size > 1:
        data = data.at(np.flatnonzero(data.values != 0.0))
    edges = whole_edges(data, distribution) if discrete else bin_edges(data)
    heights = bar_heights(data, edges)
    _bars(ax, edges[:-1], heights, np.diff(edges))
    margin = 0.06 * (edges[-1] - edges[0])
    low, high = view or (edges[0], edges[-1])
    ax.set_xlim(min(low, edges[0]) - margin, max(high, edges[-1]) + margin)
    if distribution is not None and discrete:
        _draw_probabilities(ax, distribution, edges)
    elif distribution is not None:
        _draw_curve(ax, distribution, heights.max())
    ax.set_ylabel("share per whole number" if discrete else "density")
    if remarks := [*_beyond(data, edges), *hidden, *zeros]:
        say(ax, "\n".join(remarks))


def _bars(ax: Axes, left: Vector, heights: Vector, widths: Vector) -> None:
    ax.bar(
        left,
        heights,
        widths,
        align="edge",
        color=DATA,
        alpha=0.45,
        edgecolor="white",
        linewidth=0.8,
        label="data",
    )


def _zeros(data: Ordered, distribution: Distribution | None) -> list[str]:
    """Return the share of zeros where these have a probability and all other values a density: no bar can show both."""
    if distribution is None or not isinstance(distribution.support, WithZero):
        return []
    observed = float(data.weights[data.values == 0.0].sum()) / data.n
    return [f"zeros: {observed:.4g}, fitted {float(distribution.cdf(0.0)):.4g}"]


def _hidden(data: Ordered) -> list[str]:
    """Return what share of the sample censored rows leave beyond the outermost exact values."""
    below, above = data.missing
    found = [(below, f"below {data.values[0]:.4g}"), (above, f"beyond {data.values[-1]:.4g}")]
    return [f"share {share:.3g} {where} (censored)" for share, where in found if share > 1e-12]


def view_without_rows(sample: Sample) -> tuple[float, float]:
    """Return the range of x to show where rows cannot be drawn: from the lowest to the highest finite end."""
    low, high, _ = sample.ends()
    x = np.concatenate((low, high))
    x = x[np.isfinite(x)]
    first, last = float(x.min()), float(x.max())
    return (first, last) if first < last else (first - 0.5 * _unit(first), last + 0.5 * _unit(last))


def _draw_alone(ax: Axes, distribution: Distribution | None) -> None:
    """Draw the fitted density without data."""
    if distribution is None:
        return
    if distribution.discrete:
        low, high = ax.get_xlim()
        _draw_probabilities(ax, distribution, np.arange(math.floor(low), math.ceil(high) + 2.0) - 0.5)
    else:
        _draw_curve(ax, distribution, math.inf)


def _draw_pieces(ax: Axes, pieces: Pieces, distribution: Distribution | None) -> None:
    """Draw a bar for each interval that has a width; those with an open end are told."""
    discrete = distribution is not None and distribution.discrete
    shown = np.isfinite(pieces.low) & np.isfinite(pieces.high)
    low, high = pieces.low[shown], pieces.high[shown]
    known, _ = pieces.known
    heights = pieces.weights[shown] / pieces.n / (high - low)
    move = 0.5 if discrete else 0.0  # (1, 3] holds 2 and 3: the bar goes from 1.5 to 3.5
    _bars(ax, low + move, heights, high - low)
    ends = known[0] + move, known[-1] + move
    margin = 0.06 * (ends[1] - ends[0]) or 0.5
    ax.set_xlim(ends[0] - margin, ends[1] + margin)
    if distribution is not None and discrete:
        p = (np.asarray(distribution.cdf(high)) - np.asarray(distribution.cdf(low))) / (high - low)
        _points(ax, 0.5 * (low + high) + 0.5, p)
    elif distribution is not None:
        _draw_curve(ax, distribution, float(heights.max(initial=0.0)) or math.inf)
    ax.set_ylabel("share per whole number" if discrete else "density")
    if not shown.all():
        say(ax, f"{pieces.weights[~shown].sum():g} with an open end, not drawn")


def bin_edges(data: Ordered) -> Vector:
    """Return bin edges: Freedman and Diaconis' or Sturges' width, the smaller, from weighted quartiles."""
    low, high = window(data)
    if low == high:
        return np.array([low - 0.5 * _unit(low), low + 0.5 * _unit(low)])
    return np.linspace(low, high, min(MOST_BINS, math.ceil(_bins(data, low, high))) + 1)


def _bins(data: Ordered, low: float, high: float) -> float:
    """Return how many bins to take from low to high."""
    q1, q3 = quartiles(data)
    sturges = math.log2(data.n) + 1.0
    return max(sturges, (high - low) / (q3 - q1) * data.n ** (1.0 / 3.0) / 2.0) if q3 > q1 else sturges


def _unit(x: float) -> float:
    return abs(x) if x else 1.0


def whole_edges(data: Ordered, distribution: Distribution | None) -> Vector:
    """Return edges halfway between whole numbers, each bin holding the same number of them.

    They reach over the data and the central 99 % of the distribution, so that numbers which should have
    occurred and did not are seen; but at most twice as far up as the data.
    """
    low, high = (math.floor(end) for end in window(data, least=2.0))
    expected = (low, high) if distribution is None else (float(distribution.ppf(0.005)), float(distribution.isf(0.005)))
    low, high = math.floor(min(low, expected[0])), math.floor(max(high, min(expected[1], 2 * high - low + 2)))
    step = 1
    if high - low >= SINGLE:
        step = math.ceil((high - low) / min(MOST_BINS, _bins(data, low, high)))
    return low - 0.5 + step * np.arange(math.ceil((high - low + 1) / step) + 1.0)


def bar_heights(data: Ordered, edges: Vector) -> Vector:
    """Return the share of the whole sample in each bin, per unit of x."""
    totals, _ = np.histogram(data.values, edges, weights=data.weights)
    heights: Vector = totals / data.n / np.diff(edges)
    return heights


def _draw_curve(ax: Axes, distribution: Distribution, highest: float) -> None:
    x = np.linspace(*ax.get_xlim(), CURVE)
    inside = distribution.support.contains(x)
    if isinstance(distribution.support, WithZero):
        inside &= x != 0.0  # a probability, no density
    x = x[np.asarray(inside)]
    y = np.asarray(distribution.pdf(x))
    ax.plot(x, y, color=MODEL, linewidth=2.0, label="fitted")
    # A density may be infinite or very high at an end of the support; the bars then set the scale.
    if y.size and not y.max() < 3.0 * highest:
        ax.set_ylim(0.0, 1.6 * highest)


def _draw_probabilities(ax: Axes, distribution: Distribution, edges: Vector) -> None:
    width = edges[1] - edges[0]
    middles = 0.5 * (edges[:-1] + edges[1:])
    if width == 1.0:
        p = np.asarray(distribution.pdf(np.round(middles)))
    else:
        p = (distribution.cdf(np.floor(edges[1:])) - distribution.cdf(np.floor(edges[:-1]))) / width
    _points(ax, middles, p)


def _points(ax: Axes, x: Vector, p: Vector) -> None:
    ax.plot(x, p, color=MODEL, marker="o", markersize=5, linewidth=1.0, linestyle=":", label="fitted")
    whole_ticks(ax.xaxis)


def _beyond(data: Ordered, edges: Vector) -> list[str]:
    beyond = float(data.weights[(data.values < edges[0]) | (data.values > edges[-1])].sum())
    return [f"{beyond:g} beyond this picture"] if beyond else []
