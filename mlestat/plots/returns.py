"""Return levels: the value that one observation in so many exceeds on average, against how many that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlestat.plots.canvas import INK, MODEL, Fitted, axes_for, data_label, tidy
from mlestat.plots.quantiles import co_quantiles, rows_and_fitted, simultaneous

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CURVE = 200
"""Points of the fitted curve."""

BEYOND = 10.0
"""The curve goes on to this many times the length of the data."""


def return_level(fit: Fitted, ax: Axes | None = None) -> Axes:
    """Draw the fitted quantile at 1 - 1/T against the return period T, with the data at their plotting positions.

    T counts observations: years for yearly maxima. The band holds all points at once with 95 % probability if the
    parameters are as fitted; censored data have none.

    References
    ----------
    Coles, *An Introduction to Statistical Modeling of Extreme Values* (2001), sec. 3.1.3.

    Examples
    --------
    >>> import mlestat as mle
    >>> ax = mle.plots.return_level(mle.fit(mle.GumbelMax(), [3.0, 4.0, 4.5, 6.0, 9.0]))
    >>> ax.get_xscale(), ax.lines[-1].get_xdata().round(3).tolist()
    ('log', [1.111, 1.429, 2.0, 3.333, 10.0])
    """
    ax = axes_for(ax)
    label = data_label(fit.sample.name)
    tidy(ax, xlabel="return period (observations)", ylabel=label, title="Return levels")
    ax.set_xscale("log")
    data, d = rows_and_fitted(fit, ax)
    if data is None or d is None:
        return ax
    last = BEYOND / max(float(data.co_position[-1]), 1.0 / (2.0 * data.n))
    tail = 1.0 / np.geomspace(1.0 / float(data.co_position[0]), last, CURVE)
    ax.plot(1.0 / tail, co_quantiles(d, tail), color=MODEL, linewidth=2.0)
    shown = data.co_position > 0.0  # a product limit may come to nothing
    data = data.at(np.flatnonzero(shown))
    period = 1.0 / data.co_position
    if data.banded and not d.discrete:
        low, co_high = simultaneous(data)
        lower, upper = co_quantiles(d, 1.0 - low), co_quantiles(d, co_high)
        seen = np.isfinite(lower) & np.isfinite(upper)
        ax.fill_between(period[seen], lower[seen], upper[seen], color=MODEL, alpha=0.15, linewidth=0)
    ax.plot(period, data.values, "o", color=INK, markersize=3.5, markeredgewidth=0, alpha=0.8)
    return ax
