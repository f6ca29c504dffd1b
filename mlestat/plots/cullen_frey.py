"""Cullen and Frey's picture: the sample's skewness and kurtosis among those that families can have.

A point per sample, a cloud of samples drawn from its rows with replacement (so wide is the guess), a point for each
family of one shape, a curve for each with one shape parameter, an area for the beta.

Reference: Cullen, Frey, *Probabilistic Techniques in Exposure Assessment* (1999), pp. 81-159.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlestat.errors import DataError, InputError, UnsupportedDataError
from mlestat.plots.canvas import ALERT, DATA, INK, MODEL, axes_for, data_label, tidy
from mlestat.sample import Sample, as_sample

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

SHAPES = {
    "normal": (0.0, 3.0, "o"),
    "uniform": (0.0, 1.8, "s"),
    "logistic": (0.0, 4.2, "^"),
    "Laplace": (0.0, 6.0, "v"),
    "exponential": (4.0, 9.0, "D"),
    "Gumbel": (1.2985676, 5.4, "P"),
}
"""Squared skewness, kurtosis and marker of families of one shape."""

AT_ONCE = 2_000_000
"""Entries of resampled weights at a time."""

LEAST = 4
"""Rows below which a kurtosis says nothing."""


def cullen_frey(
    data: Sample | ArrayLike, ax: Axes | None = None, *, bootstrap: int = 200, seed: int = 0, discrete: bool = False
) -> Axes:
    """Draw skewness and kurtosis of a sample beside those of families.

    Parameters
    ----------
    data : Sample or array_like, shape (n,)
        Exact rows, at least four, not all equal.
    ax : matplotlib Axes, optional
        Where to draw; a Figure of its own by default.
    bootstrap : int
        Samples in the cloud; 0 for none.
    seed : int
        Of the cloud.
    discrete : bool
        Draw the families of whole numbers.

    Raises
    ------
    DataError
        Too few rows, or all equal.
    UnsupportedDataError
        Censored, binned or truncated rows, whose moments are not known.

    Examples
    --------
    >>> import mlestat as mle
    >>> ax = mle.plots.cullen_frey(mle.Gamma(2.0, 1.0).sample(0, 100), bootstrap=20)
    >>> [round(float(v), 2) for v in ax.collections[-1].get_offsets()[0]]
    [2.49, 6.83]
    """
    sample = as_sample(data)
    if not sample.complete:
        raise UnsupportedDataError(
            "skewness and kurtosis of censored, binned or truncated rows are not known; draw the complete rows alone"
        )
    if bootstrap < 0 or bootstrap != int(bootstrap):
        raise InputError(f"bootstrap must be a whole number of at least 0, got {bootstrap!r}; 200 is usual")
    if sample.rows < LEAST or sample.constant:
        raise DataError(f"skewness and kurtosis need at least {LEAST} rows, not all equal, got {sample.rows}")
    ax = axes_for(ax)
    w = np.ones((1, sample.rows)) if sample.weights is None else np.asarray(sample.weights, dtype=float)[None]
    (x,), (y,) = moments(sample.values, w)
    cloud = resampled(sample, w[0], bootstrap, seed)
    right = 1.1 * max(4.5, x, float(np.quantile(cloud[0], 0.95)) if bootstrap else 0.0)
    top = 1.1 * max(9.5, y, float(np.quantile(cloud[1], 0.95)) if bootstrap else 0.0)
    (_counts if discrete else _continuous)(ax, right)
    if bootstrap:
        label = f"{bootstrap} samples drawn from the rows"
        ax.scatter(*cloud, s=9, color=ALERT, alpha=0.35, linewidths=0, label=label, zorder=3)
    ax.scatter([x], [y], s=70, color=ALERT, edgecolors="white", label=f"data ({data_label(sample.name)})", zorder=5)
    ax.set(xlim=(-0.03 * right, right), ylim=(top, 0.9))  # kurtosis grows downwards, as in the source
    ax.legend(frameon=False, fontsize="small", loc="upper right", ncols=2)
    return tidy(ax, xlabel="squared skewness", ylabel="kurtosis (3 for a normal)", title="Cullen and Frey's picture")


def moments(x: NDArray[np.floating], w: Floats) -> tuple[Floats, Floats]:
    """Return squared skewness and kurtosis under each row of weights, shape (samples,); denominators n.

    Examples
    --------
    >>> square, kurtosis = moments(np.array([0.0, 0.0, 3.0]), np.ones((1, 3)))
    >>> round(float(square[0]), 9), round(float(kurtosis[0]), 9)
    (0.5, 1.5)
    """
    z = np.asarray(x, dtype=np.float64)
    scale = float(z.std()) or 1.0
    z = (z - z.mean()) / scale  # so that powers neither cancel nor overflow
    n = w.sum(axis=1)
    m1, m2, m3, m4 = (w @ z**j / n for j in (1, 2, 3, 4))
    v = m2 - m1**2
    third = m3 - 3.0 * m1 * m2 + 2.0 * m1**3
    fourth = m4 - 4.0 * m1 * m3 + 6.0 * m1**2 * m2 - 3.0 * m1**4
    with np.errstate(divide="ignore", invalid="ignore"):
        return third**2 / v**3, fourth / v**2


def resampled(sample: Sample, w: Floats, size: int, seed: int) -> tuple[Floats, Floats]:
    """Return the moments of samples drawn with replacement; those of one value are left out."""
    rng = np.random.default_rng(seed)
    step = max(1, AT_ONCE // sample.rows)
    parts = [
        moments(sample.values, rng.multinomial(round(float(w.sum())), w / w.sum(), size=m).astype(np.float64))
        for m in (min(step, size - done) for done in range(0, size, step))
    ]
    if not parts:
        return np.empty(0), np.empty(0)
    x, y = (np.concatenate(column) for column in zip(*parts, strict=True))
    sound = np.isfinite(x) & np.isfinite(y)
    return x[sound], y[sound]


def _continuous(ax: Axes, right: float) -> None:
    """Points, curves and areas of continuous families."""
    x = np.linspace(0.0, right, 200)
    ax.fill_between(x, 1.0 + x, 3.0 + 1.5 * x, color=DATA, alpha=0.18, linewidth=0, label="beta")
    ax.plot(x, 3.0 + 1.5 * x, "--", color=MODEL, linewidth=1.3, label="gamma")
    omega = np.exp(np.linspace(1e-6, 1.0, 400) ** 2)  # of the log-normal: exp σ²
    square = (omega + 2.0) ** 2 * (omega - 1.0)
    ax.plot(square, omega**4 + 2.0 * omega**3 + 3.0 * omega**2 - 3.0, ":", color=INK, linewidth=1.6, label="log-normal")
    for name, (a, b, marker) in SHAPES.items():
        ax.scatter([a], [b], marker=marker, s=38, color=INK, label=name, zorder=4)


def _counts(ax: Axes, right: float) -> None:
    """The Poisson's line, and the negative binomial's area beside it: its kurtosis is at most 3 + 1.5 skewness²."""
    x = np.linspace(0.0, right, 200)
    ax.fill_between(x, 3.0 + x, 3.0 + 1.5 * x, color=DATA, alpha=0.25, linewidth=0, label="negative binomial")
    ax.plot(x, 3.0 + x, "--", color=MODEL, linewidth=1.3, label="Poisson")
    a, b, marker = SHAPES["normal"]
    ax.scatter([a], [b], marker=marker, s=38, color=INK, label="normal", zorder=4)
