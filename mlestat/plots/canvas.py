"""What all pictures share: axes, colours, names, ranges. Draws nothing of its own but words."""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.distributions.truncated import Truncated
from mlestat.plots.empirical import Ordered
from mlestat.sample import Sample

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

Vector = NDArray[np.float64]

DATA = "#8c8c8c"
"""Grey: what was observed, as an area."""
INK = "#333333"
"""Dark grey: what was observed, as points or steps."""
MODEL = "#0072b2"
"""Blue of Okabe and Ito's colours, which stay apart for colour-blind readers: the fitted distribution."""
ALERT = "#d55e00"
"""Vermilion of the same: what lies outside."""

LONGEST = 60
"""Characters of a name that a picture has room for."""

WIDEST = 76
"""Characters of a title that a picture has room for on one line."""

NO_BREAK = "\N{NO-BREAK SPACE}"

SMALL_SHARE = 0.4
"""Shares that all stay below this get an axis of their own length: most of the rows are censored."""

FENCE = 8.0
"""Where values reach further out than twice this many quartile distances, a picture ends at this many. A few
values in a far tail would squeeze all others into one bar."""

POINTS = 2000
"""Most points of a QQ, PP or step picture: more are not seen, and a million take seconds to draw."""

TAIL = 200
"""Points kept at either end when thinning, where every one matters."""


class Fitted(Protocol):
    """What a picture of a fit needs."""

    @property
    def model(self) -> Distribution:
        """The family."""

    @property
    def distribution(self) -> Distribution | None:
        """The fitted distribution, if there is one."""

    @property
    def params(self) -> Mapping[str, float]:
        """Estimates and fixed values."""

    @property
    def se(self) -> Mapping[str, float]:
        """Standard errors."""

    @property
    def sample(self) -> Sample:
        """The data."""


def window(data: Ordered, least: float = 0.0) -> tuple[float, float]:
    """Return the range of x to show: the data's, cut where a far tail would squeeze everything else.

    Parameters
    ----------
    data : Ordered
        The sample.
    least : float
        Quartile distance to assume at least.
    """
    low, high = float(data.values[0]), float(data.values[-1])
    q1, q3 = quartiles(data)
    reach = FENCE * max(q3 - q1, least)
    if reach == 0.0:
        return low, high
    return (q1 - reach if q1 - low > 2.0 * reach else low), (q3 + reach if high - q3 > 2.0 * reach else high)


def quartiles(data: Ordered) -> tuple[float, float]:
    """Return the lower and upper quartile, weights counted as rows; the last value where censoring hides one."""
    q1, q3 = data.values[np.minimum(np.searchsorted(data.upto, (0.25, 0.75)), data.values.size - 1)]
    return float(q1), float(q3)


def thinned(m: int) -> NDArray[np.intp]:
    """Return which of m ordered points to draw: all of a few; of many, the ends and an even choice."""
    if m <= POINTS:
        return np.arange(m)
    inner = np.linspace(TAIL, m - 1 - TAIL, POINTS - 2 * TAIL).round().astype(np.intp)
    return np.concatenate((np.arange(TAIL), inner, np.arange(m - TAIL, m)))


def axes_for(ax: Axes | None, figsize: tuple[float, float] = (7.0, 4.5)) -> Axes:
    """Return the axes, or new ones on a Figure of their own."""
    if ax is not None:
        return ax
    from matplotlib.figure import Figure

    return Figure(figsize=figsize, layout="constrained").subplots()


def png(drawn: Axes | Figure, dpi: int = 110) -> bytes:
    """Return a picture as the bytes of a PNG file.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.plots.png(mle.plots.density(mle.fit(mle.Normal(), [1.0, 2.0, 4.0])))[1:4]
    b'PNG'
    """
    figure: Any = getattr(drawn, "figure", None) or drawn
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi)
    return buffer.getvalue()


def literal(text: str) -> str:
    """Return a name as matplotlib shows it letter by letter: a dollar sign would start mathematics."""
    return shortened(text).replace("$", r"\$")


def shortened(text: str) -> str:
    """Return a name with control characters made visible, cut where a picture has no more room."""
    visible = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return visible if len(visible) <= LONGEST else visible[: LONGEST - 1] + "…"


def data_label(name: str | None) -> str:
    """Return the label of the axis on which the data lie."""
    return "value" if name is None else literal(name)


def family_title(fit: Fitted) -> str:
    """Return the family with its estimates: `Gamma(shape = 2.49 ± 0.31, scale = 1.7 ± 0.2)`; a long one on lines."""
    parts = [f"{name} = {_with_error(value, fit.se.get(name))}" for name, value in fit.params.items()]
    whole = f"{fit.model.label}({', '.join(part.replace(' ', NO_BREAK) for part in parts)})"
    return "\n".join(textwrap.wrap(whole, WIDEST, break_long_words=False)).replace(NO_BREAK, " ")


def _with_error(value: float, se: float | None) -> str:
    """Write value and error with the same number of decimals, two digits of the error."""
    if np.ndim(value):
        return "one per row"
    if se is None or not np.isfinite(se) or se <= 0.0:
        return f"{value:.5g}"
    places = 1 - math.floor(math.log10(se))
    if abs(value) >= 1e9 or not -6 <= places <= 8:
        return f"{value:.4g} ± {se:.2g}"
    shown = max(0, places)
    return f"{round(value, places):.{shown}f} ± {round(se, places):.{shown}f}"


def say(ax: Axes, text: str) -> None:
    """Write a remark into the upper right corner."""
    behind = {"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 1.5}
    ax.annotate(text, (0.98, 0.95), xycoords="axes fraction", ha="right", va="top", fontsize="small", bbox=behind)


def nothing_to_draw(ax: Axes, reason: str) -> None:
    """Write into the middle of a picture why the rows are not in it."""
    text = "data not drawn:\n" + reason.replace("; ", ";\n")
    ax.annotate(text, (0.5, 0.5), xycoords="axes fraction", ha="center", va="center", fontsize="small", color=ALERT)


def compared(fit: Fitted, seen: tuple[float, float]) -> tuple[Distribution | None, str]:
    """Return the fitted distribution of what could have been seen, or None and why there is none.

    Rows that were seen only because they lie in (low, high] follow the distribution truncated to that.
    """
    d = fit.distribution
    if d is None:
        return None, "the fit has no distribution"
    if any(np.ndim(value) for value in d.params.values()):
        return None, "each row has a distribution of its own"
    low, high = seen
    if d.discrete and math.isfinite(low):
        low = math.floor(low) + 1.0
    whole = low <= d.support.lower and high >= d.support.upper
    return d if whole else Truncated(d, lower=low, upper=high), ""


def fitted_label(seen: tuple[float, float]) -> str:
    """Return what a legend calls the fitted distribution."""
    low, high = (f"{end:.4g}" if math.isfinite(end) else "" for end in seen)
    bounds = (f"{low} < " if low else "") + "x" + (f" ≤ {high}" if high else "")
    return f"fitted, given {bounds}" if low or high else "fitted"


def share_limits(ax: Axes) -> tuple[float, float]:
    """Return limits for an axis of shares: from 0 to 1, or less where all that is drawn is small."""
    highest = max((float(np.nanmax(line.get_ydata(), initial=0.0)) for line in ax.lines), default=1.0)
    top = 1.0 if highest > SMALL_SHARE else 1.15 * highest or 1.0
    return -0.02 * top, 1.02 * top


def whole_ticks(*axes: Axis) -> None:
    """Put ticks at whole numbers only."""
    from matplotlib.ticker import MaxNLocator

    for axis in axes:
        axis.set_major_locator(MaxNLocator("auto", integer=True))


def plain_numbers(*axes: Axis) -> None:
    """Write few ticks, each as the number it is: an offset in a corner is easily overlooked."""
    from matplotlib.ticker import MaxNLocator, ScalarFormatter

    for axis in axes:
        if axis.get_scale() == "linear":
            axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
            axis.set_major_formatter(ScalarFormatter(useOffset=False))


def tidy(ax: Axes, **labels: Any) -> Axes:
    """Set labels, and take away what carries no information."""
    ax.set(**labels)
    ax.spines[["top", "right"]].set_visible(False)
    return ax
