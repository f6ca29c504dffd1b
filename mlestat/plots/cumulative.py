"""The empirical distribution function of the sample, with the fitted one over it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from mlestat.distributions.base import Distribution
from mlestat.plots.canvas import (
    INK,
    MODEL,
    Fitted,
    Vector,
    axes_for,
    compared,
    data_label,
    fitted_label,
    nothing_to_draw,
    say,
    share_limits,
    thinned,
    tidy,
    whole_ticks,
    window,
)
from mlestat.plots.empirical import Ordered, Pieces, empirical
from mlestat.plots.histogram import CURVE, SINGLE, view_without_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def cdf(fit: Fitted, ax: Axes | None = None) -> Axes:
    """Draw the empirical distribution function as steps, the fitted one as a curve (points if discrete).

    Of right-censored rows the steps are the product-limit estimate (Kaplan, Meier 1958), with the censored rows
    marked on it; where rows are truncated, both sides are those of what could have been seen. Of bins the function is
    known at their edges, which are points. Where rows say nothing without a model, only the fitted function is drawn.

    Examples
    --------
    >>> import mlestat as mle
    >>> ax = mle.plots.cdf(mle.fit(mle.Normal(), [1.0, 2.0, 2.0, 4.0]))
    >>> ax.lines[0].get_ydata().tolist()
    [0.0, 0.25, 0.75, 1.0, 1.0]
    """
    ax, found = axes_for(ax), empirical(fit.sample, discrete=fit.model.discrete)
    d, missing = compared(fit, (-math.inf, math.inf) if isinstance(found, str) else found.seen)
    if isinstance(found, str):
        low, high = view_without_rows(fit.sample)
        nothing_to_draw(ax, found)
    elif isinstance(found, Pieces):
        low, high = _draw_points(ax, found)
    else:
        low, high = _draw_steps(ax, found, least=2.0 if d is not None and d.discrete else 0.0)
    margin = 0.06 * (high - low) or 0.5
    if d is None:
        say(ax, missing)
    else:
        _draw_fitted(ax, d, low, high, margin, "fitted" if isinstance(found, str) else fitted_label(found.seen))
    ax.set(xlim=(low - margin, high + margin), ylim=share_limits(ax))
    if ax.get_legend_handles_labels()[0]:
        ax.legend(frameon=False, loc="lower right")
    return tidy(ax, xlabel=data_label(fit.sample.name), ylabel="cumulated share", title="Distribution function")


def _draw_steps(ax: Axes, data: Ordered, least: float) -> tuple[float, float]:
    """Draw steps, and marks of censored rows on them; return the range of x."""
    low, high = window(data, least)
    if data.marks.size:  # as far as the censored rows, but not so far that the others look lost
        width = high - low or 1.0
        low, high = max(min(low, data.marks[0]), low - width), min(max(high, data.marks[-1]), high + width)
    margin = 0.06 * (high - low) or 0.5
    chosen = thinned(data.values.size)
    below, above = data.missing
    start, end = low - margin, high + margin
    if below > 0.0:  # beyond the outermost censored row nothing is known
        start = float(data.marks[data.marks <= data.values[0]].max(initial=data.marks[0]))
    if above > 0.0:
        end = float(data.marks[-1])
    x = np.concatenate(([start], data.values[chosen], [end]))
    y = np.concatenate(([below], data.upto[chosen], [1.0 - above]))
    ax.step(x, y, where="post", color=INK, linewidth=1.3, label=data.name)
    if data.marks.size:
        marks = data.marks[thinned(data.marks.size)]
        at = np.searchsorted(data.values, marks, side="right")
        heights = np.append(below, data.upto)[at]
        ax.plot(marks, heights, "|", color=INK, markersize=7, markeredgewidth=0.8, label="censored")
    return low, high


def _draw_points(ax: Axes, pieces: Pieces) -> tuple[float, float]:
    """Draw what is known at the ends of intervals; return the range of x."""
    x, share = pieces.known
    chosen = thinned(x.size)
    style: dict[str, Any] = {"markersize": 7, "fillstyle": "none", "markeredgewidth": 1.3, "zorder": 3}
    ax.plot(x[chosen], share[chosen], "o", color=INK, label="data, at the ends of intervals", **style)
    return float(x[0]), float(x[-1])


def _draw_fitted(ax: Axes, d: Distribution, low: float, high: float, margin: float, label: str) -> None:
    if d.discrete:
        x: Vector = np.unique(np.linspace(np.floor(low), np.ceil(high), CURVE).round())
        style = "o" if x.size <= SINGLE else "-"
        ax.plot(x, np.asarray(d.cdf(x)), style, color=MODEL, markersize=5, label=label)
        whole_ticks(ax.xaxis)
    else:
        x = np.linspace(low - margin, high + margin, CURVE)
        ax.plot(x, np.asarray(d.cdf(x)), color=MODEL, linewidth=1.8, alpha=0.85, label=label)
