"""Pictures of the likelihood itself: profiles with their interval, and the surface over two parameters.

Curves are drops below the maximum in nats: a drop of half a chi-square quantile is the end of an interval or region.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import scipy.special as sc

from mlestat.errors import InputError
from mlestat.inference.heights import Heights, check_names
from mlestat.inference.intervals import check_level
from mlestat.inference.profile import Profile
from mlestat.links import Identity
from mlestat.plots.canvas import ALERT, INK, MODEL, Vector, axes_for, plain_numbers, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mlestat.result import Fit

CURVE = 61
"""Points of a profile; it is smooth."""

MESH = 41
"""Points of a surface along each parameter."""

ROUGH = 17
"""The same where the other parameters are maximised over at each point."""

LEVELS = (0.5, 0.9, 0.95, 0.99)
"""Of the regions."""


def profile(fit: Fit, name: str, ax: Axes | None = None, *, level: float = 0.95) -> Axes:
    """Draw the profile log-likelihood of one parameter, its maximum, and the interval it gives.

    Parameters
    ----------
    fit : Fit
        A fit with a finite maximum.
    name : str
        A free parameter.
    ax : matplotlib Axes, optional
        Where to draw; by default on a new Figure.
    level : float
        Of the interval, in (0, 1).

    Examples
    --------
    >>> import mlestat as mle
    >>> ax = mle.plots.profile(mle.fit(mle.Exponential(), [1.0, 2.0, 6.0]), "scale")
    >>> low, high = ax.lines[1].get_xdata()
    >>> round(float(low), 4), round(float(high), 4)
    (1.1569, 12.0633)
    """
    ax, found = axes_for(ax), Profile(fit, name)
    low, high = found.interval(level)
    cut = 0.5 * float(sc.chdtri(1.0, 1.0 - check_level(level)))
    x = _around(fit, name, low, high)
    ax.plot(x, -found.curve(x), color=MODEL, linewidth=2.0, label="profile log-likelihood")
    ax.plot(
        (low, high),
        (-cut, -cut),
        color=ALERT,
        linewidth=2.4,
        solid_capstyle="butt",
        label=f"{100 * level:.4g} % interval",
    )
    for end in (low, high):
        if x[0] <= end <= x[-1]:
            ax.plot((end, end), (-cut, -3.0 * cut), color=ALERT, linewidth=1.0, linestyle="--")
    ax.plot(fit.params[name], 0.0, "o", color=INK, markersize=6, label="estimate")
    ax.set(xlim=(x[0], x[-1]), ylim=(-2.2 * cut, 0.25 * cut))
    ax.legend(frameon=False, loc="lower center", fontsize="small")
    plain_numbers(ax.xaxis)
    return tidy(ax, xlabel=name, ylabel="log-likelihood below the maximum", title=f"Profile likelihood of {name}")


def _around(fit: Fit, name: str, low: float, high: float, share: float = 0.3) -> Vector:
    """Return values from a bit below to a bit above an interval, evenly spaced on the link scale."""
    role = fit.model.roles[name]
    with np.errstate(all="ignore"):
        ends = [float(role.link.forward(np.float64(v))) for v in (low, fit.params[name], high)]
    reach = [abs(e - ends[1]) for e in (ends[0], ends[2]) if math.isfinite(e)]
    most = (1.0 + share) * (max(reach) if reach and max(reach) > 0.0 else 1.0)
    to_left = (1.0 + share) * reach[0] if math.isfinite(ends[0]) else most
    to_right = (1.0 + share) * reach[-1] if math.isfinite(ends[2]) else most
    eta = np.union1d(np.linspace(ends[1] - to_left, ends[1] + to_right, CURVE), [ends[1]])
    return np.asarray(role.link.inverse(eta), dtype=np.float64)


def surface(
    fit: Fit,
    names: Sequence[str] | None = None,
    ax: Axes | None = None,
    *,
    levels: Sequence[float] = LEVELS,
    path: bool = True,
) -> Axes:
    """Draw the likelihood over two parameters: confidence regions, the estimate, and Newton's way to it.

    Other free parameters are maximised over at each point, so that regions have the likelihood-ratio test's confidence
    (two degrees of freedom).

    Parameters
    ----------
    fit : Fit
        A fit with a finite maximum and at least two free parameters.
    names : two of str, optional
        The parameters, horizontal first; by default the first two.
    ax : matplotlib Axes, optional
        Where to draw; by default on a new Figure.
    levels : sequence of float
        Confidence of the regions, each in (0, 1).
    path : bool
        Whether to draw the points that Newton's method passes from a rough start.

    Raises
    ------
    InputError
        If these are no two different free parameters.

    Examples
    --------
    >>> import mlestat as mle
    >>> ax = mle.plots.surface(mle.fit(mle.Gamma(), [1.0, 2.0, 6.0, 3.0]))
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('shape', 'scale')
    """
    one, two = _two(fit, names)
    ax, heights = axes_for(ax, (6.0, 5.0)), Heights(fit)
    cuts = sorted(0.5 * float(sc.chdtri(2.0, 1.0 - check_level(level))) for level in levels)
    points = MESH if len(fit.free) == 2 else ROUGH
    x, y = (_span(fit, name, cuts[-1], points) for name in (one, two))
    drop = np.array([[heights.drop({one: a, two: b}) for a in x] for b in y])
    top = max(4.0 * cuts[-1], 1.0)
    drop = np.where(np.isfinite(drop), np.minimum(drop, top), top)
    ax.contourf(x, y, drop, levels=[0.0, *cuts], colors=MODEL, alpha=0.16)
    for k in range(1, len(cuts)):
        ax.contourf(x, y, drop, levels=[0.0, cuts[k - 1]], colors=MODEL, alpha=0.16)
    lines = ax.contour(x, y, drop, levels=cuts, colors=MODEL, linewidths=1.1)
    ax.clabel(
        lines, fmt={cut: f"{100 * level:.4g} %" for cut, level in zip(cuts, sorted(levels), strict=True)}, fontsize=8
    )
    if path:
        _draw_path(ax, heights, one, two)
    ax.plot(fit.params[one], fit.params[two], "o", color=INK, markersize=6, zorder=5)
    ax.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    _scale(ax, fit, one, two)
    plain_numbers(ax.xaxis, ax.yaxis)
    return tidy(ax, xlabel=one, ylabel=two, title="Confidence regions")


def _two(fit: Fit, names: Sequence[str] | None) -> tuple[str, str]:
    chosen = tuple(fit.free[:2] if names is None else names)
    check_names(chosen, fit.free)
    if len(set(chosen)) != 2 or len(chosen) != 2:
        raise InputError(f"a surface needs two different free parameters, got {chosen!r}; this fit has {fit.free}")
    return chosen[0], chosen[1]


def _span(fit: Fit, name: str, cut: float, points: int) -> Vector:
    """Return values over which the profile falls to the cut: those of its interval of the same drop."""
    low, high = Profile(fit, name).interval(float(sc.chdtr(1.0, 2.0 * cut)))
    x = _around(fit, name, low, high, share=0.12)
    role = fit.model.roles[name]
    first, last = (float(role.link.forward(v)) for v in (x[0], x[-1]))
    eta = np.linspace(first, last, points)
    return np.asarray(role.link.inverse(eta), dtype=np.float64)


def _draw_path(ax: Axes, heights: Heights, one: str, two: str) -> None:
    steps = heights.path()
    if len(steps) > 1:
        xs, ys = ([step[name] for step in steps] for name in (one, two))
        ax.plot(xs, ys, color=ALERT, marker="o", markersize=3.5, linewidth=1.2, zorder=4, label="Newton's steps")
        ax.legend(frameon=False, loc="best", fontsize="small")


def _scale(ax: Axes, fit: Fit, one: str, two: str) -> None:
    """Use a logarithmic axis for a positive parameter that spans a factor of ten or more."""
    for name, set_scale, limits in ((one, ax.set_xscale, ax.get_xlim()), (two, ax.set_yscale, ax.get_ylim())):
        low, high = limits
        if fit.model.roles[name].link != Identity() and fit.model.roles[name].support.lower == 0.0 < low < high / 10.0:
            set_scale("log")
