"""QQ and PP pictures: the sample against the fitted distribution, by quantiles and by probabilities.

The band holds each point separately with 95 % probability if the parameters are as fitted. It is no test of
fit: the parameters were estimated, which makes the points hug the line more closely.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlestat.distributions.base import Distribution
from mlestat.plots.canvas import (
    INK,
    MODEL,
    Fitted,
    Ordered,
    Vector,
    axes_for,
    data_label,
    ordered,
    say,
    thinned,
    tidy,
    whole_ticks,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ABSENT = "the fit has no distribution"

BAND = 0.95
"""Probability of the pointwise band."""


def qq(fit: Fitted, ax: Axes | None = None) -> Axes:
    """Draw the sample's quantiles against the fitted ones, with a pointwise 95 % band.

    Ties and weights make one point, placed at the middle of its probability; of many points an even choice
    and all extreme ones are drawn.

    Examples
    --------
    >>> import mlestat as mle
    >>> ax = mle.plots.qq(mle.fit(mle.Normal(), [1.0, 2.0, 4.0]))
    >>> ax.lines[-1].get_ydata().tolist()
    [1.0, 2.0, 4.0]
    """
    ax, data, d = axes_for(ax, (5.0, 5.0)), ordered(fit.sample), fit.distribution
    tidy(ax, xlabel="fitted quantile", ylabel=data_label(fit.sample.name), title="QQ plot")
    if d is None:
        say(ax, ABSENT)
        return ax
    low, high = band(data)
    x = quantiles(d, data.position, data.co_position)
    chosen = thinned(x.size)
    if not d.discrete:
        lower, upper = quantiles(d, low, 1.0 - low), quantiles(d, 1.0 - high, high)
        finite = chosen[np.isfinite(lower[chosen]) & np.isfinite(upper[chosen])]
        ax.fill_between(
            x[finite],
            lower[finite],
            upper[finite],
            color=MODEL,
            alpha=0.15,
            linewidth=0,
            label="95 % pointwise",
        )
    else:
        whole_ticks(ax.xaxis, ax.yaxis)
    ends = [min(x[0], data.values[0]), max(x[-1], data.values[-1])]
    ax.plot(ends, ends, color=MODEL, linewidth=1.2)
    margin = 0.05 * (ends[1] - ends[0]) or 0.5
    ax.set_ylim(
        ends[0] - margin, ends[1] + margin
    )  # far out, the band of a heavy tail is wider than all else
    ax.plot(x[chosen], data.values[chosen], "o", color=INK, markersize=3.5, markeredgewidth=0, alpha=0.8)
    return ax


def pp(fit: Fitted, ax: Axes | None = None) -> Axes:
    """Draw fitted probabilities against the sample's, with a pointwise 95 % band.

    For a discrete family both are taken at the middle of each value's probability.

    Examples
    --------
    >>> import mlestat as mle
    >>> ax = mle.plots.pp(mle.fit(mle.Normal(), [1.0, 2.0, 3.0]))
    >>> round(float(ax.lines[-1].get_ydata()[1]), 12)
    0.5
    """
    ax, data, d = axes_for(ax, (5.0, 5.0)), ordered(fit.sample), fit.distribution
    tidy(
        ax,
        xlabel="share of the sample",
        ylabel="fitted probability",
        title="PP plot",
        xlim=(-0.02, 1.02),
        ylim=(-0.02, 1.02),
    )
    if d is None:
        say(ax, ABSENT)
        return ax
    low, co_high = band(data)
    p = np.asarray(d.cdf(data.values)) - (0.5 * np.asarray(d.pdf(data.values)) if d.discrete else 0.0)
    chosen = thinned(p.size)
    if not d.discrete:
        ax.fill_between(
            data.position[chosen],
            low[chosen],
            1.0 - co_high[chosen],
            color=MODEL,
            alpha=0.15,
            linewidth=0,
            label="95 % pointwise",
        )
    ax.plot([0.0, 1.0], [0.0, 1.0], color=MODEL, linewidth=1.2)
    ax.plot(data.position[chosen], p[chosen], "o", color=INK, markersize=3.5, markeredgewidth=0, alpha=0.8)
    return ax


def quantiles(d: Distribution, p: Vector, q: Vector) -> Vector:
    """Return the quantiles at p = 1 - q, each from the smaller of the two, so that both tails are precise."""
    lower, upper = np.asarray(d.ppf(np.minimum(p, 0.5))), np.asarray(d.isf(np.minimum(q, 0.5)))
    return np.where(p <= 0.5, lower, upper)


def band(data: Ordered) -> tuple[Vector, Vector]:
    """Return, for each value, the lower end of its probability's band, and one minus the upper end.

    The i-th of n ordered probabilities is Beta(i, n - i + 1); a plotting position p stands for i = n p + 1/2.
    """
    from scipy.special import betaincinv

    a, b = data.n * data.position + 0.5, data.n * data.co_position + 0.5
    tail = 0.5 * (1.0 - BAND)
    return np.asarray(betaincinv(a, b, tail), float), np.asarray(betaincinv(b, a, tail), float)
