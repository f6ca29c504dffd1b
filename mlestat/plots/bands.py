"""Pictures of a sigma report: bands over the histogram, and values in their order (a control chart)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mlestat.plots.canvas import (
    ALERT,
    INK,
    LONGEST,
    MODEL,
    POINTS,
    Vector,
    axes_for,
    data_label,
    family_title,
    literal,
    tidy,
    whole_ticks,
    window,
)
from mlestat.plots.empirical import ordered
from mlestat.plots.histogram import draw_density

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from mlestat.reports.bands import Band
    from mlestat.reports.sigma import SigmaReport

SMALL: dict[str, Any] = {"color": MODEL, "fontsize": "small"}
"""How limits are labelled."""


def sigma_bands(report: SigmaReport, ax: Axes | None = None) -> Axes:
    """Draw the histogram, the distribution, and the bands of the report, the innermost darkest.

    Values outside the widest band are marked on the axis.

    Examples
    --------
    >>> import mlestat as mle
    >>> ax = mle.plots.sigma_bands(mle.sigma_report([1.0, 2.0, 2.5, 4.0], k=(1, 2)))
    >>> [text.get_text() for text in ax.texts]
    ['-2', '-1', '+1', '+2']
    """
    ax = axes_for(ax, (8.0, 4.5))
    bands = tuple(band for band in report.bands if band.lower < band.upper)
    data, shown = ordered(report.fit.sample), report.distribution if bands else None
    discrete = shown is not None and shown.discrete
    draw_density(ax, data, shown, _view(report) if bands else None, discrete=discrete)
    low, high = ax.get_xlim()
    for band in reversed(bands):
        ends = np.clip((band.lower, band.upper), low, high)
        ax.axvspan(*ends, color=MODEL, alpha=0.9 / (2.0 + 3.0 * len(bands)), linewidth=0, zorder=0)
    for end, label in grouped(bands, low, high, gap=0.03):
        ax.axvline(end, color=MODEL, linewidth=0.8, linestyle="--", zorder=1)
        ax.annotate(
            label,
            (end, 1.0),
            (0, 2),
            ("data", "axes fraction"),
            "offset points",
            ha="center",
            va="bottom",
            **SMALL,
        )
    out = bands[-1].values if bands else np.empty(0)
    out = out[(out >= low) & (out <= high)]
    if out.size:  # an empty line would still claim room around the axes
        ax.plot(
            out,
            np.zeros(out.shape),
            marker="D",
            linestyle="none",
            color=ALERT,
            markersize=5,
            clip_on=False,
            zorder=5,
        )
    ax.set_xlim(low, high)
    ax.set_title(_title(report), pad=18)
    return tidy(ax, xlabel=data_label(report.column))


def _view(report: SigmaReport) -> tuple[float, float]:
    """Return the x to show: data and widest band, but not so much band that the data look lost."""
    low, high = window(ordered(report.fit.sample))
    widest = report.bands[-1]
    return max(widest.lower, low - (high - low)), min(widest.upper, high + (high - low))


def grouped(bands: Sequence[Band], low: float, high: float, gap: float) -> list[tuple[float, str]]:
    """Return the limits between low and high with their labels; limits too close together share one label.

    Parameters
    ----------
    bands : sequence of Band
        Limits to label `-k` and `+k`.
    low, high : float
        Range of the axis.
    gap : float
        Least distance of two labels, as a share of the axis.
    """
    ends = sorted((end, sign * band.k) for band in bands for end, sign in ((band.lower, -1.0), (band.upper, 1.0)))
    groups: list[tuple[float, list[float]]] = []
    for end, k in ends:
        if not low <= end <= high:
            continue
        if groups and end - groups[-1][0] < gap * (high - low):
            groups[-1][1].append(k)
        else:
            groups.append((end, [k]))
    return [(end, ", ".join(f"{k:+g}" for k in ks)) for end, ks in groups]


def _title(report: SigmaReport) -> str:
    """Return column and family, on two lines where one would not do."""
    family = family_title(report.fit)
    if report.column is None:
        return family
    name = literal(report.column)
    return f"{name}: {family}" if len(name) + len(family) < LONGEST else f"{name}\n{family}"


def sequence(report: SigmaReport, ax: Axes | None = None) -> Axes:
    """Draw the values in their order, with the centre line and the limits of every band: a control chart.

    The limits are those of the report, from all values at once. They show single values that stand out; a
    chart for watching a process would take sigma from the differences of neighbours, so that a drift does not
    widen its own limits.

    Examples
    --------
    >>> import mlestat as mle
    >>> ax = mle.plots.sequence(mle.sigma_report([1.0, 2.0, 2.5, 4.0], k=1))
    >>> ax.collections[0].get_offsets()[:, 0].tolist()
    [0.0, 3.0]
    """
    ax = axes_for(ax, (8.0, 4.0))
    rows, values = report.positions, report.fit.sample.values
    shown = envelope(np.asarray(values, dtype=np.float64))
    ax.plot(
        rows[shown],
        values[shown],
        color=INK,
        linewidth=0.6,
        marker="." if shown.size < 500 else "",
        markersize=5,
        alpha=0.75,
    )
    ax.axhline(report.center, color=MODEL, linewidth=1.4)
    if report.bands:
        widest = report.bands[-1]
        ax.scatter(
            widest.rows,
            widest.values,
            marker="D",
            s=28,
            color=ALERT,
            zorder=4,
            label=f"outside ±{widest.k:g} sigma",
        )
        if widest.rows.size:
            ax.legend(frameon=False, loc="upper left")
    tidy(ax, xlabel="row, counted from 0", ylabel=data_label(report.column), title=_title(report))
    ax.margins(x=0.01)
    whole_ticks(ax.xaxis)
    _draw_lines(ax, report.bands)
    return ax


def _draw_lines(ax: Axes, bands: Sequence[Band]) -> None:
    ends = np.array([end for band in bands for end in (band.lower, band.upper) if np.isfinite(end)])
    for end in ends:
        ax.axhline(end, color=MODEL, linewidth=0.9, linestyle="--", alpha=0.8)
    for end, label in grouped(bands, *ax.get_ylim(), gap=0.035):
        ax.annotate(
            f"{label} sigma",
            (1.0, end),
            (3, 0),
            ("axes fraction", "data"),
            "offset points",
            va="center",
            **SMALL,
        )


def envelope(values: Vector) -> NDArray[np.intp]:
    """Return which points to join by lines: all of a few; of many, the lowest and highest of each stretch.

    Examples
    --------
    >>> import numpy as np
    >>> from mlestat.plots.bands import envelope
    >>> envelope(np.arange(5.0)).tolist()
    [0, 1, 2, 3, 4]
    """
    if values.size <= 2 * POINTS:
        return np.arange(values.size)
    length = values.size // POINTS
    whole = values[: POINTS * length].reshape(POINTS, length)
    start = length * np.arange(POINTS)
    rest = np.arange(POINTS * length, values.size)
    return np.unique(np.concatenate((start + whole.argmin(axis=1), start + whole.argmax(axis=1), rest)))
