"""What the likelihood explorer of a report needs: slider positions, data or log-likelihoods, bars. Draws nothing.

The log-likelihood in the browser is either summed there by the family's formula over the distinct values of the data,
or, where there is no formula, many values, or rows that are censored or truncated, computed here at every pair of
slider positions. Either way it is exact: no position lies between two computed ones.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.distributions.parameters import Role
from mlestat.inference.heights import Heights
from mlestat.links import Identity
from mlestat.plots.canvas import shortened
from mlestat.plots.empirical import Pieces, empirical, ordered
from mlestat.plots.histogram import bar_heights, bin_edges, view_without_rows, whole_edges

if TYPE_CHECKING:
    from mlestat.result import Fit

Floats = NDArray[np.float64]

FORMULAS = frozenset(
    {
        "Normal",
        "LogNormal",
        "HalfNormal",
        "GeneralizedNormal",
        "Exponential",
        "Gamma",
        "InverseGamma",
        "GeneralizedGamma",
        "ChiSquared",
        "Weibull",
        "Rayleigh",
        "Maxwell",
        "Gompertz",
        "LogLogistic",
        "Burr",
        "Laplace",
        "AsymmetricLaplace",
        "Logistic",
        "Cauchy",
        "StudentT",
        "GumbelMax",
        "GumbelMin",
        "GEV",
        "GPD",
        "Pareto",
        "Lomax",
        "Beta",
        "Kumaraswamy",
        "Uniform",
        "InverseGaussian",
        "Bernoulli",
        "Binomial",
        "Geometric",
        "Poisson",
        "NegativeBinomial",
        "BetaBinomial",
        "LogSeries",
    }
)
"""Families whose log-density stands in templates/densities.js."""

MOST_VALUES = 2_000
"""Distinct values that are summed over in the browser at each move; more take too long and fill the page."""

POSITIONS = 121
"""Of a slider, odd: the middle one is the estimate."""

GRID = 61
"""Of a slider where the log-likelihood is computed here, at GRID² places."""

COARSE, FEW_ROWS = 31, 100_000
"""The same for more rows, whose likelihood takes long."""

KNOTS = 13
"""Positions of each slider at which the density of a family without a formula is stored as a curve."""

CURVE = 161
"""Points of such a curve."""

REACH = 6.0
"""How far sliders go, in standard errors on the link scale."""

LEAST = math.log(2.0)
"""How far they go at least on a log or logit link: else the density would hardly move on large samples."""

FAR = 30.0
"""But no further than this many standard errors, so that a step is half of one and the top is not stepped over."""

MARKS = 201
"""Data values that the marker stops at."""


def explorer(fit: Fit) -> dict[str, Any] | None:
    """Return the data of the explorer, ready for JSON; None for a fit without one.

    There is one for a fit with a finite maximum and one free parameter or more; the first two move, the others keep
    their estimates.

    Parameters
    ----------
    fit : Fit
        What `mlestat.fit` returned.

    Examples
    --------
    >>> import mlestat as mle
    >>> data = explorer(mle.fit(mle.Normal(), [9.0, 10.0, 11.0, 12.0]))
    >>> [slider["name"] for slider in data["sliders"]], data["rows"]["x"]
    (['mu', 'sigma'], [9.0, 10.0, 11.0, 12.0])
    """
    d = fit.distribution
    if d is None or not fit.free or not fit.verdict.finite or any(np.ndim(v) for v in fit.params.values()):
        return None
    family = type(d).__name__ if type(d).__name__ in FORMULAS else None
    data = ordered(fit.sample) if fit.sample.complete else None
    by_rows = family is not None and data is not None and data.values.size <= MOST_VALUES
    moved = fit.free[:2]
    positions = POSITIONS if by_rows else GRID if fit.sample.rows <= FEW_ROWS else COARSE
    sliders = [_slider(fit, name, positions) for name in moved]
    bars = _bars(fit, d)
    view = _view(bars, fit, d)
    return {
        "family": family,
        "discrete": d.discrete,
        "params": {name: float(value) for name, value in fit.params.items()},
        "sliders": sliders,
        "rows": {"x": data.values.tolist(), "w": data.weights.tolist()} if by_rows and data else None,
        "grid": None if by_rows else _grid(fit, sliders),
        "curves": None if family is not None else _curves(d, sliders, view),
        "best": fit.loglik,
        "bars": bars.tolist(),
        "view": view,
        "top": _top(d, view, bars[:, 2]),
        "marks": _marks(fit, view),
        "label": shortened(fit.sample.name or "value"),
    }


def _slider(fit: Fit, name: str, positions: int) -> dict[str, Any]:
    """Return the values a slider takes, evenly spaced on the link scale with the estimate in the middle."""
    role, estimate, se = fit.model.roles[name], fit.params[name], fit.se[name]
    link = role.link
    centre = float(link.forward(np.float64(estimate)))
    half = _half(fit, role, estimate, se)
    with np.errstate(all="ignore"):
        values = np.asarray(link.inverse(centre + half * np.linspace(-1.0, 1.0, positions)), dtype=np.float64)
    values[positions // 2] = estimate
    return {"name": name, "values": values.tolist(), "start": positions // 2}


def _half(fit: Fit, role: Role, estimate: float, se: float) -> float:
    """How far the slider goes to either side, on the link scale."""
    link = role.link
    slope = abs(float(link.derivative(np.float64(estimate))))
    known = REACH * se / slope if math.isfinite(se) and se > 0.0 and slope > 0.0 else 0.0
    if link != Identity():
        return min(max(known, least(LEAST, known)), 5.0)
    q1, q3 = np.quantile(fit.sample.stand_ins(), (0.25, 0.75)).tolist()
    return max(known, least(q3 - q1 if role.unit == "data" else 0.0, known)) or 1.0


def least(wanted: float, known: float) -> float:
    """How far a slider goes at least: `wanted`, within `FAR` standard errors where they are known."""
    return min(wanted, known * FAR / REACH) if known > 0.0 else wanted


def _grid(fit: Fit, sliders: list[dict[str, Any]]) -> list[Any]:
    heights = Heights(fit)

    def at(*values: float) -> float | None:
        value = heights.loglik(dict(zip((s["name"] for s in sliders), values, strict=True)))
        return value if math.isfinite(value) else None

    first = sliders[0]["values"]
    if len(sliders) == 1:
        return [at(a) for a in first]
    return [[at(a, b) for b in sliders[1]["values"]] for a in first]


def _bars(fit: Fit, d: Distribution) -> Floats:
    """Return the bars of the data: left and right end, height; none where the rows say nothing without a model."""
    found = empirical(fit.sample, discrete=d.discrete)
    if isinstance(found, str):
        return np.empty((0, 3))
    if isinstance(found, Pieces):
        shown = np.isfinite(found.low) & np.isfinite(found.high)
        low, high = found.low[shown], found.high[shown]
        move = 0.5 if d.discrete else 0.0  # (1, 3] holds 2 and 3
        return np.column_stack((low + move, high + move, found.weights[shown] / found.n / (high - low)))
    edges = whole_edges(found, d) if d.discrete else bin_edges(found)
    return np.column_stack((edges[:-1], edges[1:], bar_heights(found, edges)))


def _view(bars: Floats, fit: Fit, d: Distribution) -> list[float]:
    """The x shown: the bars with some room, within the support."""
    first, last = (bars[0, 0], bars[-1, 1]) if bars.size else view_without_rows(fit.sample)
    margin = 0.12 * float(last - first)
    low, high = float(first) - margin, float(last) + margin
    if d.discrete:
        return [max(math.floor(low), float(d.support.lower) - 0.5), math.ceil(high) + 0.5]
    return [max(low, float(d.support.lower)), min(high, float(d.support.upper))]


def _top(d: Distribution, view: list[float], heights: Floats) -> float:
    """The height of the picture: room for a density that is higher than the fitted one, unless that is infinite."""
    x = np.arange(math.ceil(view[0]), view[1]) if d.discrete else np.linspace(view[0], view[1], CURVE)[1:-1]
    highest = float(np.max(np.asarray(d.pdf(x)), initial=0.0))
    bars = float(heights.max(initial=0.0)) or highest
    return 1.6 * max(bars, highest if highest < 3.0 * bars else 0.0)


def _marks(fit: Fit, view: list[float]) -> list[float]:
    """Return values that the marker stops at; a row that is no exact value is marked where it stands in for one."""
    values = np.unique(fit.sample.stand_ins()).astype(np.float64)
    inside = values[(values >= view[0]) & (values <= view[1])]
    chosen = np.unique(np.linspace(0, inside.size - 1, min(MARKS, inside.size)).round().astype(np.intp))
    return [float(v) for v in inside[chosen]]


def _curves(d: Distribution, sliders: list[dict[str, Any]], view: list[float]) -> dict[str, Any]:
    """Return log-densities over the view at some positions; between them the browser interpolates."""
    x = np.arange(math.ceil(view[0]), view[1]) if d.discrete else np.linspace(view[0], view[1], CURVE)
    at = [np.unique(np.linspace(0, len(s["values"]) - 1, KNOTS).round().astype(int)).tolist() for s in sliders]
    members: list[dict[str, float]] = [{}]
    for slider, places in zip(sliders, at, strict=True):
        members = [{**m, slider["name"]: slider["values"][i]} for m in members for i in places]
    return {"x": x.tolist(), "at": at, "log": [_log_curve(d.with_values(m), x) for m in members]}


def _log_curve(member: Distribution, x: Floats) -> list[float | None]:
    with np.errstate(all="ignore"):
        log = np.asarray(member.logpdf(x), dtype=np.float64)
    return [float(f"{v:.6g}") if math.isfinite(v) else None for v in log.tolist()]
