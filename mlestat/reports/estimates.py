"""Estimates: the parameters of a fit with their uncertainty, as records that every report shares."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mlestat.reports.pages import number
from mlestat.result import Fit


@dataclass(frozen=True)
class Estimate:
    """One parameter of the fitted family.

    `se`, `low` and `high` are None where the fit has none or the parameter was fixed; `value` is None for a
    fixed parameter with one value per row.
    """

    name: str
    value: float | None
    se: float | None
    low: float | None
    high: float | None
    fixed: bool


def estimates(fit: Fit, confidence: float) -> tuple[Estimate, ...]:
    """Return every parameter with its standard error and Wald interval, fixed ones included."""
    return tuple(_estimate(fit, name, confidence) for name in fit.names)


def _estimate(fit: Fit, name: str, confidence: float) -> Estimate:
    value = fit.estimate_of(name)
    if name not in fit.free:
        return Estimate(name, value if np.ndim(value) == 0 else None, None, None, None, fixed=True)
    se = fit.error_of(name)
    if not (math.isfinite(se) and se > 0.0):
        return Estimate(name, value, None, None, None, fixed=False)
    low, high = fit.interval(name, level=confidence)
    return Estimate(name, value, se, low, high, fixed=False)


def estimate_row(e: Estimate) -> tuple[str, ...]:
    """Return the cells of a parameter: name, estimate, standard error, interval."""
    value = "one per row" if e.value is None else number(e.value, e.se)
    return e.name, value, "fixed" if e.fixed else number(e.se), number(e.low, e.se), number(e.high, e.se)
