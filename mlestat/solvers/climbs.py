"""Climbs: where Newton's steps lead on a chart, or a simplex where they stop short; and what kind of place that is."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlestat.likelihood import RESOLUTION, Evaluation
from mlestat.solvers.charts import Chart
from mlestat.solvers.newton import DECREMENT, LONGEST, ascent

Floats = NDArray[np.float64]

CLIMBED = 5
"""Starts that are climbed from, for each chart."""

CLIMBED_CENSORED = 3
"""The same where rows are censored: scipy's distribution functions are slow."""

FIRST_STEPS = 25
"""Newton needs 3 to 20 steps from most starts; those that need more are left to the best of them."""

MAX_STEPS = 75
"""Steps that the best start takes beyond; then a ridge winds on."""

IDLE = 3
"""Steps in a row that gain no more than rounding; then a climb has come to rest."""

NOISY = 1e-4
"""Decrement, in standard errors, below which a climb that can rise no further has been stopped by rounding."""

SHORTER: Floats = np.ldexp(1.0, -np.arange(14))
"""Shares of Newton's step that are tried."""

PLATEAU = 50.0
"""Standard error of a coordinate (a logarithm, mostly) from which on a maximum is one of rounding: a factor of e^50."""

FAR_OUT = 5.0
"""Coordinates from which on a parameter is asked whether it still matters: a factor of 150."""

FLAT = 1e-3
"""A loss in log-likelihood below this, over a factor of e^3 of a parameter that is far out, is none."""

SPIKE = 1e-7
"""Gap or scale, in spreads of the data, below which a climb has run onto a single value."""

NEAR_AND_NEARER = np.array([1e-7, 1e-10])
"""Gaps, in spreads, between which the likelihood is asked whether it still rises."""

RISE = 1e-3
"""A gain in log-likelihood over these gaps: less is a plateau, and the end of the support a plain one."""


@dataclass(frozen=True, eq=False)
class Peak:
    """Where a climb ended.

    Attributes
    ----------
    chart, u : Chart, ndarray
        Where it is.
    height, decrement, steps, converged : float, float, int, bool
        Objective, distance to the maximum in standard errors, steps taken, whether that distance is small enough.
    widest : float
        Largest standard error of a coordinate; infinite on a plateau.
    tired : bool
        Whether the steps were used up.
    held : tuple of str
        Shapes that are held at a closed end of their domain.
    """

    chart: Chart
    u: Floats
    height: float
    decrement: float
    steps: int
    converged: bool
    widest: float
    tired: bool = False
    held: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether it is a maximum and not a plateau."""
        return self.converged and self.widest < PLATEAU

    def values(self) -> dict[str, float]:
        """Return all parameters."""
        return {n: float(v[0]) for n, v in self.chart.values(self.u[:, None]).items()}

    @property
    def closed_up(self) -> list[str]:
        """What has vanished: the gap between an end and an extreme of the data ("low", "high"), or the scale."""
        t = dict(zip(self.chart.places, self.u[len(self.chart.shapes) :], strict=True))
        return [] if self.chart.rest else [n for n, v in t.items() if n != "loc" and v < math.log(SPIKE)]

    @property
    def is_spike(self) -> bool:
        """Whether it has run onto a single value, where the likelihood still rises: a pole."""
        for name in self.closed_up:
            pair = np.stack([self.u, self.u], axis=1)
            pair[len(self.chart.shapes) + self.chart.places.index(name)] = np.log(NEAR_AND_NEARER)
            far, near = self.chart.heights(pair)
            if near > far + RISE:
                return True
        return False

    @property
    def is_plateau(self) -> bool:
        """Whether a parameter is so far out that it hardly matters any more, and no end or scale has closed up."""
        return not self.closed_up and _indifferent(self.chart, self.u, self.height)


def climbs(chart: Chart, begins: list[dict[str, float]]) -> list[Peak]:
    """Climb from the likeliest starts that a chart can hold, and from the best on by a simplex where it stops short."""
    points = [u for u in map(chart.coordinates, begins) if np.isfinite(u).all()]
    if not points:
        return []
    if chart.size == 0:
        return [climb(chart, points[0])]
    heights = chart.heights(np.array(points).T)
    order = [i for i in range(len(points)) if math.isfinite(heights[i])]
    if chart.terrain.parts is not None:  # they were ranked by stand-ins
        order.sort(key=lambda i: -heights[i])
    few = CLIMBED if chart.terrain.parts is None else CLIMBED_CENSORED
    peaks = [climb(chart, points[i], FIRST_STEPS) for i in order[:few]]
    best = max(peaks, key=lambda p: p.height, default=None)
    if best is None or best.converged:
        return peaks
    return [*peaks, climb(chart, best.u if best.tired else _simplex(chart, best.u))]


def climb(chart: Chart, u: Floats, most: int = MAX_STEPS) -> Peak:
    """Return where Newton's steps lead; each is shortened until it rises, all lengths being tried at once."""
    if chart.size == 0:
        return Peak(chart, u, chart.height(u), 0.0, 0, True, 0.0)
    idle, steps = 0, 0
    while True:
        here = chart.slopes(u)
        direction, decrement, definite = ascent(here)
        if definite and decrement <= DECREMENT:
            return Peak(chart, u, here.value, decrement, steps, True, _spread(chart, here))
        end = Peak(chart, u, here.value, decrement, steps, False, math.inf, tired=steps == most)
        if end.tired or idle >= IDLE or not math.isfinite(decrement) or chart.lost(u):
            return end
        points = u[:, None] + _lengths(direction) * direction[:, None]
        heights = chart.heights(points)
        best = int(np.argmax(heights))
        gain = float(heights[best]) - here.value
        if not gain > 0.0:
            rounded = definite and decrement <= NOISY
            return replace(end, converged=rounded, widest=_spread(chart, here) if rounded else math.inf)
        idle = idle + 1 if gain < RESOLUTION * (abs(here.value) + chart.terrain.n) else 0
        u, steps = points[:, best], steps + 1


def _lengths(direction: Floats) -> Floats:
    """Return the shares of a step that are tried, the longest no longer than a step may be."""
    longest = float(np.max(np.abs(direction)))
    return SHORTER * (min(1.0, LONGEST / longest) if longest > 0.0 else 1.0)


def _spread(chart: Chart, here: Evaluation) -> float:
    """Return the largest standard error of a coordinate; infinite where one is unknown or hardly matters any more."""
    if not np.isfinite(here.hessian).all() or _indifferent(chart, here.eta, here.value):
        return math.inf
    try:
        variances = np.diag(np.linalg.inv(-here.hessian))
    except np.linalg.LinAlgError:
        return math.inf
    return float(np.sqrt(variances.max())) if (variances > 0.0).all() else math.inf


def _indifferent(chart: Chart, u: Floats, height: float) -> bool:
    """Whether a coordinate far out could be changed much and the likelihood would hardly fall."""
    for i in np.flatnonzero(np.abs(u) > FAR_OUT):
        sides = np.stack([u, u], axis=1)
        sides[i] += np.array([-3.0, 3.0])
        if (chart.heights(sides) > height - FLAT).any():
            return True
    return False


def _simplex(chart: Chart, u: Floats) -> Floats:
    """Return the best point of a simplex search, which needs no derivatives (Nelder, Mead 1965)."""
    from scipy.optimize import minimize

    def cost(v: Floats) -> float:
        height = chart.height(v)
        return -height if math.isfinite(height) else 1e300

    options: Any = {"xatol": 1e-9, "fatol": 1e-10, "maxfev": 150 * chart.size, "adaptive": True}
    found: Any = minimize(cost, u, method="Nelder-Mead", options=options)
    return np.asarray(found.x, dtype=float)
