"""QQ and PP pictures: the sample against the fitted distribution, by quantiles and by probabilities.

The band holds *all* points at once with 95 % probability if the parameters are as fitted, each with the same
probability (equal local levels); `band="pointwise"` holds each point separately. Neither is a test of fit: the
parameters were estimated, which makes the points hug the line more closely.

Reference: Aldor-Noiman, Brown, Buja, Rolke, Stine, *The American Statistician* 67 (2013) 249-260.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from mlestat.distributions.base import Distribution
from mlestat.errors import InputError
from mlestat.plots.canvas import (
    INK,
    MODEL,
    SMALL_SHARE,
    Fitted,
    Vector,
    axes_for,
    compared,
    data_label,
    nothing_to_draw,
    say,
    thinned,
    tidy,
    whole_ticks,
)
from mlestat.plots.empirical import Ordered, Pieces, empirical
from mlestat.plots.levels import local_level
from mlestat.supports import WithZero

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAND = 0.95
"""Probability of the bands."""


def qq(fit: Fitted, ax: Axes | None = None, *, band: str | None = "simultaneous") -> Axes:
    """Draw the sample's quantiles against the fitted ones, with a 95 % band.

    Ties and weights make one point, placed at the middle of its probability; of many points an even choice
    and all extreme ones are drawn. Right-censored rows move the positions of the others (product-limit estimate); of
    bins the points are their edges. The band is that of independent rows alone: there is none for censored, binned or
    survey-weighted ones.

    Parameters
    ----------
    fit : Fit
        What `mlestat.fit` returned.
    ax : matplotlib Axes, optional
        Where to draw; by default on a new Figure.
    band : {"simultaneous", "pointwise", None}
        What the band holds: all points at once, each point, or no band.

    Raises
    ------
    InputError
        For another band.

    Examples
    --------
    >>> import mlestat as mle
    >>> ax = mle.plots.qq(mle.fit(mle.Normal(), [1.0, 2.0, 4.0]))
    >>> ax.lines[-1].get_ydata().tolist()
    [1.0, 2.0, 4.0]
    """
    ax = axes_for(ax, (5.0, 5.0))
    tidy(ax, xlabel="fitted quantile", ylabel=data_label(fit.sample.name), title="QQ plot")
    data, d = rows_and_fitted(fit, ax)
    if data is None or d is None:
        return ax
    x = quantiles(d, data.position, data.co_position)
    if d.discrete:
        whole_ticks(ax.xaxis, ax.yaxis)
    elif edges := _edges(data, band):
        low, co_high = edges
        _shade(ax, x, quantiles(d, low, 1.0 - low), quantiles(d, 1.0 - co_high, co_high))
    finite = np.isfinite(x)  # not all of a population may fail
    if not finite.any():
        return ax
    x, y = x[finite], data.values[finite]
    ends = float(min(x[0], y[0])), float(max(x[-1], y[-1]))
    _points_and_line(ax, x, y, ends)
    margin = 0.05 * (ends[1] - ends[0]) or 0.5
    ax.set_ylim(ends[0] - margin, ends[1] + margin)  # the band of a heavy tail is wider than all else
    return ax


def pp(fit: Fitted, ax: Axes | None = None, *, band: str | None = "simultaneous") -> Axes:
    """Draw fitted probabilities against the sample's, with a 95 % band.

    For a discrete family both are taken at the middle of each value's probability. Censored, binned and weighted rows
    are treated as in `qq`.

    Parameters
    ----------
    fit : Fit
        What `mlestat.fit` returned.
    ax : matplotlib Axes, optional
        Where to draw; by default on a new Figure.
    band : {"simultaneous", "pointwise", None}
        What the band holds: all points at once, each point, or no band.

    Raises
    ------
    InputError
        For another band.

    Examples
    --------
    >>> import mlestat as mle
    >>> ax = mle.plots.pp(mle.fit(mle.Normal(), [1.0, 2.0, 3.0]))
    >>> round(float(ax.lines[-1].get_ydata()[1]), 12)
    0.5
    """
    ax = axes_for(ax, (5.0, 5.0))
    tidy(ax, xlabel="share of the sample", ylabel="fitted probability", title="PP plot")
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    data, d = rows_and_fitted(fit, ax)
    if data is None or d is None:
        return ax
    p = np.asarray(d.cdf(data.values))
    if d.discrete and data.middle:
        p = p - 0.5 * np.asarray(d.pdf(data.values))
    elif isinstance(d.support, WithZero):
        p = np.where(data.values == 0.0, 0.5 * p, p)  # zeros have a probability, and share one point
    edges = None if d.discrete else _edges(data, band)
    if edges:
        low, co_high = edges
        _shade(ax, data.position, low, 1.0 - co_high)
    shares = np.concatenate((data.position, p))
    top = 1.0 if shares.max(initial=1.0 if shares.size == 0 else 0.0) > SMALL_SHARE else float(1.15 * shares.max())
    ax.set(xlim=(-0.02 * top, 1.02 * top), ylim=(-0.02 * top, 1.02 * top))
    _points_and_line(ax, data.position, p, (0.0, top))
    return ax


def rows_and_fitted(fit: Fitted, ax: Axes) -> tuple[Ordered | None, Distribution | None]:
    """Return rows and fitted distribution, or say in the picture what is missing."""
    found = empirical(fit.sample, discrete=fit.model.discrete)
    d, missing = compared(fit, (-math.inf, math.inf) if isinstance(found, str) else found.seen)
    if isinstance(found, str):
        nothing_to_draw(ax, found)
        return None, d
    if d is None:
        say(ax, missing)
    data = found.inner if isinstance(found, Pieces) else found
    return data.at(thinned(data.values.size)), d


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


def co_quantiles(d: Distribution, tail: Vector) -> Vector:
    """Return the values exceeded with these probabilities."""
    return quantiles(d, 1.0 - tail, tail)


def _edges(data: Ordered, kind: str | None) -> tuple[Vector, Vector] | None:
    """Return the band that was asked for, where there is one."""
    if kind not in ("simultaneous", "pointwise", None):
        raise InputError(f"band must be 'simultaneous', 'pointwise' or None, got {kind!r}")
    if kind is None or not data.banded:
        return None
    return simultaneous(data) if kind == "simultaneous" else band(data)


def simultaneous(data: Ordered) -> tuple[Vector, Vector]:
    """Return the band that holds all ordered probabilities at once with probability `BAND`, each with the same."""
    return band(data, local_level(data.n))


def band(data: Ordered, level: float = 1.0 - BAND) -> tuple[Vector, Vector]:
    """Return, for each value, the lower end of its probability's band, and one minus the upper end.

    The i-th of n ordered probabilities is Beta(i, n - i + 1); a plotting position p stands for i = n p + 1/2. Each
    leaves its band with probability `level`.
    """
    from scipy.special import betaincinv

    a, b = data.n * data.position + 0.5, data.n * data.co_position + 0.5
    tail = 0.5 * level
    return np.asarray(betaincinv(a, b, tail), float), np.asarray(betaincinv(b, a, tail), float)
