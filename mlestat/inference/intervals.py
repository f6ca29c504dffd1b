"""Confidence intervals for a parameter."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import scipy.special as sc

from mlestat.errors import InputError
from mlestat.links import Link


class Interval(NamedTuple):
    """Ends of an interval; nan where there is none."""

    low: float
    high: float


def check_level(level: float) -> float:
    """Return the level if it is strictly between 0 and 1."""
    if not 0.0 < level < 1.0:
        raise InputError(f"level must be between 0 and 1, got {level!r}; 0.95 is usual")
    return float(level)


def wald(estimate: float, se: float, link: Link, level: float) -> Interval:
    """Return the Wald interval, made on the link scale and mapped back, so that it stays in the domain.

    Parameters
    ----------
    estimate, se : float
        On the natural scale.
    link : Link
        Of the parameter.
    level : float
        Confidence level in (0, 1).

    Examples
    --------
    >>> from mlestat.links import Log
    >>> low, high = wald(2.0, 0.5, Log(), 0.95)
    >>> round(low, 4), round(high, 4)
    (1.2253, 3.2646)
    """
    z = -float(sc.ndtri(0.5 * (1.0 - check_level(level))))
    if not (math.isfinite(estimate) and math.isfinite(se)):
        return Interval(math.nan, math.nan)
    centre, half = link.forward(estimate), z * se / float(link.derivative(estimate))
    with np.errstate(over="ignore", under="ignore"):  # an end may be beyond every float
        return Interval(float(link.inverse(centre - half)), float(link.inverse(centre + half)))
