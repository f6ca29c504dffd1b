"""Thresholds: where a search for the lower end of a moved distribution begins.

The likelihood of a three-parameter Weibull, gamma or lognormal distribution may have an interior maximum, rise towards
a limit as the threshold runs to -∞, and is unbounded as it runs to the smallest value. What there is, the profile over
the distance of the threshold from the smallest value shows: at each distance the rest is an ordinary fit of moved rows.
Each of its peaks is a start, and where it has none there is no interior maximum.

Reference: Smith, Naylor, *Applied Statistics* 36 (1987) 358-369.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.distributions.shifted import Shifted
from mlestat.likelihood import Objective
from mlestat.solvers.newton import Flight, Optimum
from mlestat.sources.array import Rows

Floats = NDArray[np.float64]
Fitter = Callable[[Distribution, Rows], Optimum]
Point = tuple[float, float, Distribution]
"""Log of the distance, height of the profile, the best member of the inner family there."""

DISTANCES = np.geomspace(1e-7, 1e5, 37)
"""Distances of the threshold from the smallest value that are looked at, in standard deviations of the data."""

FEW = 2_000
"""Rows that are looked at."""

NARROWINGS = 8
"""Golden sections by which a peak's bracket is narrowed, to a fiftieth of it: Newton's method does the rest."""

GOLDEN = 0.5 * (3.0 - math.sqrt(5.0))

LEVELS = 0.6
"""A rise that is at most this share of the one before, at half a decade further off, is a profile that levels off."""

NOISE = 1e-12
"""Relative height by which a peak must stand out."""


def has_threshold(objective: Objective, rows: Rows) -> bool:
    """Whether a lower end is to be estimated that is no extreme of the data, and some row bounds it."""
    model = objective.model
    return isinstance(model, Shifted) and model.has_smooth_threshold and math.isfinite(_top(rows))


def threshold_starts(objective: Objective, rows: Rows, fitted: Fitter) -> list[Floats] | Optimum:
    """Return the members at the peaks of the profile likelihood over the threshold; where it has none, how it ends."""
    profile = _Profile.of(objective, rows, fitted)
    points = [profile.at(math.log(distance)) for distance in DISTANCES]
    peaks = [_narrowed(profile, points[i - 1 : i + 2]) for i in range(1, len(points) - 1) if _is_peak(points, i)]
    peaks.sort(key=lambda point: -point[1])
    return [profile.eta(point) for point in peaks] or _without_peak(objective, profile, points)


def _without_peak(objective: Objective, profile: _Profile, points: list[Point]) -> Optimum:
    """Return the end of the profile at which it is highest: at the smallest value, or far below it."""
    near, far = objective(profile.eta(points[0])), objective(profile.eta(points[-1]))
    if objective.unbounded is None and not near.value > far.value:
        return Optimum(far, math.inf, 0, False, whole=True)
    second, third = (objective(profile.eta(point)).value for point in points[1:3])
    flight = None
    if near.value - second < LEVELS * (second - third):  # else it rises by as much at each step nearer
        slope = (near.value - second) / math.expm1(points[1][0] - points[0][0])
        flight = Flight({"by": profile.top}, near.value + slope)
    return Optimum(near, math.inf, 0, False, whole=True, flight=flight)


def _top(rows: Rows) -> float:
    """Return the value that the threshold stays below: the smallest one, or the least upper end of an interval."""
    _, high, _ = rows.sample.ends()
    return float(rows.convert(np.array([high.min()]))[0])


@dataclass(frozen=True, eq=False)
class _Profile:
    """The height of the likelihood over the threshold's distance from `top`, on a few rows."""

    objective: Objective
    few: Rows
    top: float
    spread: float
    fitted: Fitter

    @classmethod
    def of(cls, objective: Objective, rows: Rows, fitted: Fitter) -> _Profile:
        few = replace(rows, sample=rows.sample.every(-(-rows.sample.rows // FEW)), threads=1)
        x = few.convert(few.sample.stand_ins().astype(np.float64))
        return cls(objective, few, _top(rows), float(np.std(x)) or 1.0, fitted)

    def at(self, log_distance: float) -> Point:
        """Fit the inner family to the rows as seen from a threshold."""
        model = self.objective.model
        assert isinstance(model, Shifted)
        by = self._threshold(log_distance)
        found = self.fitted(model.d, replace(self.few, shift=self.few.shift + by / self.few.factor))
        height = found.at.value
        return log_distance, height if math.isfinite(height) else -math.inf, found.at.model

    def _threshold(self, log_distance: float) -> float:
        return self.top - self.spread * math.exp(log_distance)

    def eta(self, point: Point) -> Floats:
        """Return a point of the profile on the objective's link scale."""
        member = self.objective.model.with_values({**point[2].params, "by": self._threshold(point[0])})
        return self.objective.eta({name: float(member.params[name]) for name in self.objective.names})


def _is_peak(points: list[Point], i: int) -> bool:
    """Whether a point of the profile stands out from both neighbours, by more than rounding."""
    before, here, after = (point[1] for point in points[i - 1 : i + 2])
    return here - max(before, after) > NOISE * abs(here)


def _narrowed(profile: _Profile, bracket: list[Point]) -> Point:
    """Return the best point of a bracket after some golden sections."""
    left, best, right = bracket
    for _ in range(NARROWINGS):
        longer_left = best[0] - left[0] > right[0] - best[0]
        far = left if longer_left else right
        new = profile.at(best[0] + GOLDEN * (far[0] - best[0]))
        if new[1] > best[1]:
            left, best, right = (left, new, best) if longer_left else (best, new, right)
        else:
            left, right = (new, right) if longer_left else (left, new)
    return best
