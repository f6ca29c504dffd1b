"""The one place for shapes, masks and warnings: formulas written for clean input, applied to any input.

A formula sees an inside point in place of one outside the support. With a single `where` around the result
alone, the derivative that an autodiff library takes would be NaN there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, namespace
from mlestat.errors import DataError
from mlestat.supports import Integers, Support

Formula = Callable[[Array], Array]


def masked(
    support: Support, x: Array, parameters: Iterable[Array], formula: Formula, outside: float, axes: int = 0
) -> Array:
    """Evaluate where x is in the support; `outside` elsewhere, and NaN for NaN. `axes` counts the formula's own."""
    xp = namespace(x, *parameters)
    x = as_float(x) if xp.name == "numpy" else xp.asarray(x)
    with np.errstate(all="ignore"):
        inside = support.contains(x)
        value = formula(xp.where(inside, x, support.inside))
        missing = x != x
        for _ in range(axes):
            inside, missing = inside[..., None], missing[..., None]
        value = xp.where(inside, value, xp.where(missing, math.nan, outside))
    return value[()] if xp.name == "numpy" else value


def tail(support: Support, x: Array, formula: Formula, low: float, high: float) -> Array:
    """Evaluate a probability; `low` below the support, `high` at and above its upper end, NaN for NaN."""
    x = as_float(x)
    whole = isinstance(support, Integers)
    with np.errstate(all="ignore"):
        at = np.floor(x) if whole else x
        below = (at < support.lower) if whole else (at <= support.lower)
        above = at >= support.upper
        value = formula(np.where(below | above | np.isnan(at), support.inside, at))
        value = np.where(below, low, np.where(above, high, np.where(np.isnan(x), math.nan, value)))
    return value[()]


def quantile(q: Array, formula: Formula, at0: float, at1: float) -> Array:
    """Evaluate a quantile for q inside (0, 1); the given ends at 0 and 1, NaN elsewhere."""
    q = as_float(q)
    with np.errstate(all="ignore"):
        inside = (q > 0.0) & (q < 1.0)
        value = formula(np.where(inside, q, 0.5))
        ends = np.where(q == 0.0, at0, np.where(q == 1.0, at1, math.nan))
        value = np.where(inside, value, ends)
    return value[()]


def stack(columns: Iterable[Array], like: Array) -> Array:
    """Return the columns side by side in a last axis, each broadcast to one shape."""
    columns = list(columns)
    xp = namespace(like, *columns)
    shape = np.broadcast_shapes(*(np.shape(c) for c in columns), np.shape(like))
    if xp.name == "numpy":
        return np.stack([np.broadcast_to(c, shape) for c in columns], axis=-1)
    # adding 0 · like turns plain numbers into arrays of the right kind and device
    return xp.stack([xp.broadcast_to(c + 0.0 * like, shape) for c in columns], -1)


def as_float(x: Array) -> NDArray[np.float64]:
    """Return x as a float64 array; complex and text are refused with a sentence."""
    array = np.asarray(x)
    if array.dtype.kind not in "biuf":
        first = array.ravel()[:1].tolist()
        raise DataError(f"x must be real numbers, got {array.dtype} such as {first}; convert it first")
    return array.astype(np.float64, copy=False)


def lowest(support: Support) -> float:
    """Return the quantile at 0: the lower end; for whole numbers, the last point that has no probability."""
    return support.lower - 1.0 if isinstance(support, Integers) else support.lower


def log_of_smaller(p: Array, complement: Array) -> Array:
    """Return log p, from whichever of p and 1 - p is the smaller and so the more accurate one."""
    with np.errstate(divide="ignore"):
        return np.where(p < 0.5, np.log(p), np.log1p(-np.where(p < 0.5, 0.5, complement)))
