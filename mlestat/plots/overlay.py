"""Several fits to the same data in one picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from mlestat.errors import InputError
from mlestat.plots.canvas import Fitted, axes_for, data_label, tidy
from mlestat.plots.histogram import CURVE, density

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLES = (
    ("#0072b2", "-"),
    ("#d55e00", "--"),
    ("#009e73", "-."),
    ("#cc79a7", ":"),
    ("#56b4e9", (0, (5, 1, 1, 1))),
    ("#e69f00", (0, (3, 1, 1, 1, 1, 1))),
)
"""Okabe and Ito's colours, each with a dash of its own: told apart without colour too."""


def overlay(fits: Sequence[Fitted], ax: Axes | None = None, *, labels: Sequence[str] | None = None) -> Axes:
    """Draw the histogram of the data once, and the density of each fit over it.

    Parameters
    ----------
    fits : sequence of Fit
        One to six fits to the same data, all continuous or all discrete.
    ax : matplotlib Axes, optional
        Where to draw; by default on a new Figure.
    labels : sequence of str, optional
        By default the families.

    Raises
    ------
    InputError
        No fit, more than six, or continuous and discrete ones together.

    Examples
    --------
    >>> import mlestat as mle
    >>> x = [1.0, 2.0, 2.5, 4.0, 7.0]
    >>> ax = mle.plots.overlay([mle.fit(mle.Gamma(), x), mle.fit(mle.Weibull(), x)])
    >>> [line.get_label() for line in ax.lines]
    ['Gamma', 'Weibull']
    """
    fits = list(fits)
    _check(fits)
    names = [fit.model.label for fit in fits] if labels is None else list(labels)
    ax, first = axes_for(ax), fits[0]
    density(first, ax)
    for line in list(ax.lines):
        line.remove()
    for fit, name, (colour, dash) in zip(fits, names, STYLES, strict=False):
        _draw(ax, fit, name, colour, dash)
    ax.legend(frameon=False)
    return tidy(ax, xlabel=data_label(first.sample.name), title="Fitted densities")


def _check(fits: Sequence[Fitted]) -> None:
    if not 1 <= len(fits) <= len(STYLES):
        raise InputError(f"an overlay draws 1 to {len(STYLES)} fits, got {len(fits)}; choose some")
    if len({fit.model.discrete for fit in fits}) > 1:
        raise InputError("continuous and discrete fits share no axis; draw them apart")


def _draw(ax: Axes, fit: Fitted, name: str, colour: str, dash: object) -> None:
    d, (low, high) = fit.distribution, ax.get_xlim()
    if d is None:
        return
    x = np.arange(np.ceil(low), high) if d.discrete else np.linspace(low, high, CURVE)
    x = x[np.asarray(d.support.contains(x))]
    marker = "o" if d.discrete else ""
    ax.plot(x, np.asarray(d.pdf(x)), color=colour, linestyle=dash, marker=marker, markersize=4, label=name)
