"""What users pass as columns, turned into clean arrays, or refused in one sentence that names the place."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlestat.errors import DataError

Vector = NDArray[Any]
"""An array of shape (n,) of any real dtype."""


def as_vector(data: ArrayLike, what: str) -> Vector:
    """Return `data` as a one-dimensional real array, without a copy where it is one already."""
    if isinstance(data, np.ma.MaskedArray):
        data = np.ma.filled(data.astype(float), math.nan)
    elif isinstance(data, (str, bytes, dict)):
        raise DataError(
            f"{what} must be a sequence of numbers, got {type(data).__name__} {data!r:.60}; pass a list or an array"
        )
    try:
        array = np.asarray(data)
        if array.dtype.kind in "US":  # NumPy turned the numbers beside a text into text as well
            array = np.asarray(data, dtype=object)
    except (ValueError, TypeError) as error:
        raise DataError(f"{what} cannot be read as an array ({error}); pass one number per row") from None
    if array.ndim != 1:
        rows = ", or fit MultivariateNormal to rows of several numbers" if what == "data" and array.ndim == 2 else ""
        raise DataError(
            f"{what} must have one dimension, got shape {array.shape}; pass one column, or .ravel() it if "
            f"every entry is a row{rows}"
        )
    return _real(array, what)


def _real(array: Vector, what: str) -> Vector:
    """Return the array with a real dtype, or say which entry is no number."""
    if array.dtype.kind in "biuf":
        # float128 has no place in the special functions; float16 is exact in float64
        return array.astype(np.float64) if array.dtype.kind == "f" and array.dtype.itemsize not in (4, 8) else array
    if array.dtype.kind == "c":
        raise DataError(f"{what} must be real, got complex values, first {array[:1]}; pass .real or .imag")
    if array.dtype.kind in "mM":
        raise DataError(
            f"{what} must be numbers, got dates or durations ({array.dtype}); convert them to a number of "
            "days or seconds"
        )
    return _from_objects(array, what)


def _from_objects(array: Vector, what: str) -> Vector:
    """Return an object or text array as float64; None and pandas' NA count as missing."""
    out = np.empty(array.shape)
    for i, value in enumerate(array.tolist()):
        if isinstance(value, (str, bytes, complex)):
            raise DataError(f"{what} must be numbers, got {value!r} at index {i}; convert or remove it")
        try:
            out[i] = math.nan if value is None else float(value)
        except (TypeError, ValueError):
            if str(value) not in ("<NA>", "NaT"):
                raise DataError(f"{what} must be numbers, got {value!r} at index {i}; convert or remove it") from None
            out[i] = math.nan
    return out


def mask(data: ArrayLike | None, n: int, what: str) -> NDArray[np.bool_] | None:
    """Return a censoring mask of length n, or None where nothing is marked."""
    if data is None:
        return None
    array = np.asarray(data)
    array = as_vector(data, what) if array.dtype.kind == "O" else array
    wrong = np.ones(array.shape, bool) if array.dtype.kind not in "biuf" else (array != 0) & (array != 1)
    if wrong.any():
        i = int(np.flatnonzero(wrong)[0])
        raise DataError(
            f"{what} must hold True or False (1 or 0) for each row, got {array.ravel()[i].item()!r} at index {i}; "
            "pass a mask"
        )
    same_length(array, n, what)
    return array.astype(bool) if array.any() else None


def bounds(data: ArrayLike | None, n: int, what: str, open_end: float) -> NDArray[np.float64] | None:
    """Return truncation bounds, one per row; NaN stands for an open end."""
    if data is None:
        return None
    if np.ndim(data) == 0 and not isinstance(data, (str, bytes)):
        array = np.full(n, as_vector([data], what)[0], dtype=np.float64)  # type: ignore[arg-type]
    else:
        array = as_vector(data, what).astype(np.float64)
    same_length(array, n, what)
    array[np.isnan(array)] = open_end
    return array


def same_length(array: Vector, n: int, what: str) -> None:
    """Refuse an array that is not aligned with the values."""
    if array.shape != (n,):
        raise DataError(
            f"{what} must have one entry per row: shape ({n},), got {array.shape}; align it with the values"
        )


def weights(data: ArrayLike | None, n: int, what: str = "weights") -> Vector | None:
    """Return weights that are finite, not negative and not all zero."""
    if data is None:
        return None
    w = as_vector(data, what)
    same_length(w, n, what)
    for bad, fault in ((~np.isfinite(w), "not finite"), (w < 0, "negative")):
        if bad.any():
            i = int(np.flatnonzero(bad)[0])
            raise DataError(
                f"{int(bad.sum())} of {n} {what} are {fault}, first at index {i}: {w[i]}; {what} must be >= 0 "
                "and finite"
            )
    if not w.any():
        raise DataError(f"all {n} {what} are 0, so no row is left; give at least one row a positive weight")
    return w.astype(np.float64)
