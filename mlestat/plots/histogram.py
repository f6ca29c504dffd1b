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
    Ordered,
    Vector,
    axes_for,
    data_label,
    family_title,
    ordered,
    quartiles,
    say,
    tidy,
    whole_ticks,
    window,
)
from mlestat.sample import Sample

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
    ax = axes_for(ax)
    draw_density(ax, fit.sample, fit.distribution)
    return tidy(ax, xlabel=data_label(fit.sample.name), title=family_title(fit))


def draw_density(
    ax: Axes, sample: Sample, distribution: Distribution | None, view: tuple[float, float] | None = None
) -> None:
    """Draw bars and, where there is a distribution, its curve or points; show `view`, or just the bars."""
    data = ordered(sample)
    discrete = distribution is not None and distribution.discrete
    edges = bin_edges(data) if distribution is None or not discrete else whole_edges(data, distribution)
    heights = bar_heights(data, edges)
    ax.bar(
        edges[:-1],
        heights,
        np.diff(edges),
        align="edge",
        color=DATA,
        alpha=0.45,
        edgecolor="white",
        linewidth=0.8,
        label="data",
    )
    margin = 0.06 * (edges[-1] - edges[0])
    low, high = view or (edges[0], edges[-1])
    ax.set_xlim(min(low, edges[0]) - margin, max(high, edges[-1]) + margin)
    if distribution is not None and discrete:
        _draw_probabilities(ax, distribution, edges)
    elif distribution is not None:
        _draw_curve(ax, distribution, heights.max())
    ax.set_ylabel("share per whole number" if discrete else "density")
    _say_beyond(ax, data, edges)


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


def whole_edges(data: Ordered, distribution: Distribution) -> Vector:
    """Return edges halfway between whole numbers, each bin holding the same number of them.

    They reach over the data and the central 99 % of the distribution, so that numbers which should have
    occurred and did not are seen; but at most twice as far up as the data.
    """
    low, high = (math.floor(end) for end in window(data, least=2.0))
    expected = float(distribution.ppf(0.005)), float(distribution.isf(0.005))
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
    x = x[np.asarray(distribution.support.contains(x))]
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
    ax.plot(middles, p, color=MODEL, marker="o", markersize=5, linewidth=1.0, linestyle=":", label="fitted")
    whole_ticks(ax.xaxis)


def _say_beyond(ax: Axes, data: Ordered, edges: Vector) -> None:
    beyond = float(data.weights[(data.values < edges[0]) | (data.values > edges[-1])].sum())
    if beyond:
        say(ax, f"{beyond:g} beyond this picture")
