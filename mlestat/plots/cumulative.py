"""The empirical distribution function of the sample, with the fitted one over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlestat.plots.canvas import (
    INK,
    MODEL,
    Fitted,
    axes_for,
    data_label,
    ordered,
    thinned,
    tidy,
    whole_ticks,
    window,
)
from mlestat.plots.histogram import CURVE, SINGLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def cdf(fit: Fitted, ax: Axes | None = None) -> Axes:
    """Draw the empirical distribution function as steps, the fitted one as a curve (points if discrete).

    Examples
    --------
    >>> import mlestat as mle
    >>> ax = mle.plots.cdf(mle.fit(mle.Normal(), [1.0, 2.0, 2.0, 4.0]))
    >>> ax.lines[0].get_ydata().tolist()
    [0.0, 0.25, 0.75, 1.0, 1.0]
    """
    ax, data, d = axes_for(ax), ordered(fit.sample), fit.distribution
    low, high = window(data, least=2.0 if d is not None and d.discrete else 0.0)
    margin = 0.06 * (high - low) or 0.5
    chosen = thinned(data.values.size)
    steps_x = np.concatenate(([low - margin], data.values[chosen], [high + margin]))
    steps_y = np.concatenate(([0.0], data.upto[chosen], [1.0]))
    ax.step(steps_x, steps_y, where="post", color=INK, linewidth=1.3, label="data")
    if d is not None and d.discrete:
        x = np.unique(np.linspace(np.floor(low), np.ceil(high), CURVE).round())
        style = "o" if x.size <= SINGLE else "-"
        ax.plot(x, np.asarray(d.cdf(x)), style, color=MODEL, markersize=5, label="fitted")
        whole_ticks(ax.xaxis)
    elif d is not None:
        x = np.linspace(low - margin, high + margin, CURVE)
        ax.plot(x, np.asarray(d.cdf(x)), color=MODEL, linewidth=1.8, alpha=0.85, label="fitted")
    ax.set(xlim=(low - margin, high + margin), ylim=(-0.02, 1.02))
    ax.legend(frameon=False, loc="lower right")
    return tidy(ax, xlabel=data_label(fit.sample.name), ylabel="cumulated share", title="Distribution function")
