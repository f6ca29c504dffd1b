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
from mlestat.sample import Sample

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
    ax, data, d = axes_for(ax, (5.0, 5.0)), drawn(fit.sample), fit.distribution
    tidy(ax, xlabel="fitted quantile", ylabel=data_label(fit.sample.name), title="QQ plot")
    if d is None:
        say(ax, ABSENT)
        return ax
    x = quantiles(d, data.position, data.co_position)
    if d.discrete:
        whole_ticks(ax.xaxis, ax.yaxis)
    else:
        low, co_high = band(data)
        _shade(ax, x, quantiles(d, low, 1.0 - low), quantiles(d, 1.0 - co_high, co_high))
    ends = min(x[0], data.values[0]), max(x[-1], data.values[-1])
    _points_and_line(ax, x, data.values, ends)
    margin = 0.05 * (ends[1] - ends[0]) or 0.5
    ax.set_ylim(ends[0] - margin, ends[1] + margin)  # the band of a heavy tail is wider than all else
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
    ax, data, d = axes_for(ax, (5.0, 5.0)), drawn(fit.sample), fit.distribution
    tidy(ax, xlabel="share of the sample", ylabel="fitted probability", title="PP plot")
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    if d is None:
        say(ax, ABSENT)
        return ax
    p = np.asarray(d.cdf(data.values))
    if d.discrete:
        p = p - 0.5 * np.asarray(d.pdf(data.values))
    else:
        low, co_high = band(data)
        _shade(ax, data.position, low, 1.0 - co_high)
    _points_and_line(ax, data.position, p, (0.0, 1.0))
    return ax


def drawn(sample: Sample) -> Ordered:
    """Return the distinct values in order, and of many only those that are drawn."""
    data = ordered(sample)
    return data.at(thinned(data.values.size))


def _shade(ax: Axes, x: Vector, lower: Vector, upper: Vector) -> None:
    finite = np.isfinite(lower) & np.isfinite(upper)
    ax.fill_between(x[finite], lower[finite], upper[finite], color=MODEL, alpha=0.15, linewidth=0)


def _points_and_line(ax: Axes, x: Vector, y: Vector, ends: tuple[float, float]) -> None:
    ax.plot(ends, ends, color=MODEL, linewidth=1.2)
    ax.plot(x, y, "o", color=INK, markersize=3.5, markeredgewidth=0, alpha=0.8)


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
