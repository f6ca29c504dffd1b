"""Quantiles of whole-number distributions: bisection on the exact tail, for all elements at once."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array

Floats = NDArray[np.float64]

LAST_WHOLE = 2.0**1023
"""Quantiles are looked for up to here, beyond 2^53 among the whole numbers that float64 holds; further out is inf."""


def smallest_whole(
    holds: Callable[[Floats], NDArray[np.bool_]], lower: float, shape: tuple[int, ...], guess: float
) -> Floats:
    """Return the smallest whole x ≥ lower where `holds(x)`, which must be false, then true, in x.

    A bracket is doubled outward from `guess` until it holds, then halved.

    Examples
    --------
    >>> import numpy as np
    >>> float(smallest_whole(lambda x: x >= 7.0, 0.0, (), 2.0))
    7.0
    """
    low = np.full(shape, lower - 1.0)  # never holds
    high = np.full(shape, max(np.floor(guess), lower) + 1.0)
    short = ~holds(high) & (high < LAST_WHOLE)
    while short.any():
        low, high = (
            np.where(short, high, low),
            np.where(short, np.minimum(2.0 * high + 1.0, LAST_WHOLE), high),
        )
        short = ~holds(high) & (high < LAST_WHOLE)
    never = ~holds(high)
    middle = np.floor(0.5 * low + 0.5 * high)
    while np.any((middle > low) & (middle < high)):
        yes = holds(np.maximum(middle, lower)) & (middle > low)
        low, high = np.where((middle > low) & ~yes, middle, low), np.where(yes, middle, high)
        middle = np.floor(0.5 * low + 0.5 * high)
    return np.where(never, math.inf, high)


def inverted(reached: Callable[[Array], Array], low: Array, high: Array, *, whole: bool) -> Array:
    """Return the smallest x between `low` and `high` at which `reached` holds, by bisection.

    Examples
    --------
    >>> import numpy as np
    >>> float(inverted(lambda x: x >= 0.3, np.array(0.0), np.array(1.0), whole=False))
    0.3
    """
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    low = low - 1.0 if whole else np.nextafter(low, -np.inf)
    for _ in range(2000):
        middle = 0.5 * low + 0.5 * high
        middle = np.floor(middle) if whole else middle
        moving = (low < middle) & (middle < high)
        if not np.any(moving):
            break
        yes = reached(middle)
        high = np.where(moving & yes, middle, high)
        low = np.where(moving & ~yes, middle, low)
    return high
