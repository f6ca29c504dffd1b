"""Four pictures of a fit on one page: density, QQ, PP and distribution function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlestat.plots.canvas import Fitted, family_title
from mlestat.plots.cumulative import cdf
from mlestat.plots.histogram import density
from mlestat.plots.quantiles import pp, qq

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def diagnostics(fit: Fitted, figure: Figure | None = None) -> Figure:
    """Draw histogram and density, QQ, PP, and both distribution functions.

    Parameters
    ----------
    fit : Fit
        What `mlestat.fit` returned.
    figure : matplotlib Figure, optional
        Where to draw, for example `plt.figure()`; by default a new Figure that does not belong to pyplot.

    Returns
    -------
    matplotlib Figure

    Examples
    --------
    >>> import mlestat as mle
    >>> figure = mle.plots.diagnostics(mle.fit(mle.Normal(), [1.0, 2.0, 4.0]))
    >>> len(figure.axes)
    4
    """
    if figure is None:
        from matplotlib.figure import Figure as New

        figure = New(figsize=(9.0, 7.0), layout="constrained")
    ((upper_left, upper_right), (lower_left, lower_right)) = figure.subplots(2, 2)
    density(fit, upper_left).set_title("Density")
    qq(fit, upper_right)
    pp(fit, lower_left)
    cdf(fit, lower_right)
    figure.suptitle(family_title(fit))
    return figure
