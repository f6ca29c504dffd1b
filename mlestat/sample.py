"""Sample: values with their weights, censoring, truncation and bins, checked once and never changed.

Everything a fit may assume about its data is established here: one dimension, real, finite, weights that
are finite and not negative. Where the rows go (blocks, threads) is `mlestat.sources`' business.
"""

from __future__ import annotations

import math
from dataclasses import InitVar, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlestat.errors import DataError, InputError

Vector = NDArray[Any]
"""An array of shape (n,) of any real dtype."""

SHOWN = 5
"""How many faulty values an error message shows."""

CENTRE_ROWS = 10_000
"""Rows that `centre` looks at."""

CACHED = ("n", "centre", "constant", "magnitude")
"""What a sample computes once, on demand."""


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
        raise DataError(
            f"{what} must have one dimension, got shape {array.shape}; pass one column, or .ravel() it if "
            "every entry is a row"
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


def _mask(data: ArrayLike | None, n: int, what: str) -> NDArray[np.bool_] | None:
    """Return a censoring mask of length n, or None where nothing is marked."""
    if data is None:
        return None
    array = np.asarray(data)
    if array.dtype.kind not in "biuf" or not np.isin(array, (0, 1)).all():
        raise DataError(
            f"{what} must hold True or False (1 or 0) for each row, got {array.ravel()[:SHOWN].tolist()}; pass a mask"
        )
    _same_length(array, n, what)
    return array.astype(bool) if array.any() else None


def _bounds(data: ArrayLike | None, n: int, what: str, open_end: float) -> NDArray[np.float64] | None:
    """Return truncation bounds, one per row; NaN stands for an open end."""
    if data is None:
        return None
    array = np.asarray(data, dtype=np.float64)
    array = np.full(n, float(array)) if array.ndim == 0 else array.copy()
    _same_length(array, n, what)
    array[np.isnan(array)] = open_end
    return array


def _same_length(array: Vector, n: int, what: str) -> None:
    if array.shape != (n,):
        raise DataError(
            f"{what} must have one entry per row: shape ({n},), got {array.shape}; align it with the values"
        )


def _weights(data: ArrayLike | None, n: int) -> Vector | None:
    """Return weights that are finite, not negative and not all zero."""
    if data is None:
        return None
    w = as_vector(data, "weights")
    _same_length(w, n, "weights")
    for bad, what in ((~np.isfinite(w), "not finite"), (w < 0, "negative")):
        if bad.any():
            i = int(np.flatnonzero(bad)[0])
            raise DataError(
                f"{int(bad.sum())} of {n} weights are {what}, first at index {i}: {w[i]}; weights must be >= 0 "
                "and finite"
            )
    if not w.any():
        raise DataError(f"all {n} weights are 0, so no row is left; give at least one row a positive weight")
    return w.astype(np.float64)


@dataclass(frozen=True, eq=False)
class Sample:
    """Data for a fit: values, and what is known about them.

    Parameters
    ----------
    values : array_like, shape (n,)
        The observations. For a censored row, the bound that was reached.
    weights : array_like, shape (n,), optional
        Frequency weights: weight 2 is the row twice, weight 0 the row dropped.
    right_censored, left_censored : array_like of bool, shape (n,), optional
        Rows known only to lie above (below) their value.
    entry, exit : array_like or float, optional
        Truncation per row: the row could only be seen with ``entry < x`` and ``x <= exit``. NaN is an open end.
    missing : {"raise", "drop"}
        NaN is an error, or such rows are dropped and counted in `dropped`.
    name : str, optional
        A label for reports; taken from a pandas or Polars series by itself.
    check : bool
        False leaves the search for NaN and infinities to `check_finite`, for a caller whose first pass shows them.

    Attributes
    ----------
    n : float
        Sum of the weights, or the number of rows.
    rows : int
        Number of rows kept.
    high : ndarray or None
        Upper ends, for interval-censored rows made by `intervals` and `binned`; `values` holds the lower ends.

    Raises
    ------
    DataError
        Empty, not one-dimensional, not numeric, not finite, or weights that are negative, not finite or all zero.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.Sample([1.0, 2.0, 4.0], weights=[1, 1, 2]).n
    4.0
    """

    values: Vector
    weights: Vector | None = None
    right_censored: NDArray[np.bool_] | None = None
    left_censored: NDArray[np.bool_] | None = None
    entry: NDArray[np.float64] | None = None
    exit: NDArray[np.float64] | None = None
    high: NDArray[np.float64] | None = None
    missing: str = "raise"
    name: str | None = None
    check: InitVar[bool] = True
    dropped: int = field(default=0, init=False)

    def __post_init__(self, check: bool) -> None:
        label = self.name if self.name is not None else getattr(self.values, "name", None)
        values = as_vector(self.values, "data")
        n = values.shape[0]
        if n == 0:
            raise DataError("data is empty (0 values); a fit needs at least one value")
        if self.missing not in ("raise", "drop"):
            raise InputError(f"missing must be 'raise' or 'drop', got {self.missing!r}")
        checked: dict[str, Any] = {
            "values": values,
            "weights": _weights(self.weights, n),
            "right_censored": _mask(self.right_censored, n, "right_censored"),
            "left_censored": _mask(self.left_censored, n, "left_censored"),
            "entry": _bounds(self.entry, n, "entry", -math.inf),
            "exit": _bounds(self.exit, n, "exit", math.inf),
            "name": None if label is None else str(label),
        }
        self._set(**checked)
        self._drop_rows()
        if check:
            self.check_finite()
        self._check_rows()

    def _set(self, **fields: Any) -> None:
        for key, value in fields.items():
            object.__setattr__(self, key, value)

    def _keep(self, mask: NDArray[np.bool_]) -> None:
        """Keep the rows of the mask in every per-row field."""
        for key in ("values", "weights", "right_censored", "left_censored", "entry", "exit", "high"):
            array = getattr(self, key)
            if array is not None:
                self._set(**{key: array[mask]})

    def _drop_rows(self) -> None:
        """Drop missing rows if that was asked for, and rows of weight 0."""
        if self.missing == "drop":
            missing = np.isnan(self.values)
            if missing.all():
                raise DataError(f"all {self.values.size} values are missing; nothing is left to fit")
            if missing.any():
                self._set(dropped=int(missing.sum()))
                self._keep(~missing)
        if self.weights is not None and not self.weights.all():
            self._keep(self.weights > 0)
            if self.rows == 0:
                raise DataError("every row that is not missing has weight 0; nothing is left to fit")

    def check_finite(self) -> None:
        """Refuse NaN and infinities. One sum tells whether there are any; only then is the place searched.

        Raises
        ------
        DataError
            Naming the first such value and its index.
        """
        with np.errstate(all="ignore"):
            if self.high is not None or math.isfinite(float(self.values.sum(dtype=np.float64))):
                return
        bad = ~np.isfinite(self.values)
        if not bad.any():  # finite values whose sum overflows
            return
        i = int(np.flatnonzero(bad)[0])
        remedy = "; remove them, or pass missing='drop' (--drop-missing) to leave NaN out"
        raise DataError(
            f"{int(bad.sum())} of {self.values.size} values are not finite, first at index {i}: "
            f"{self.values[i]}{remedy}"
        )

    def _check_rows(self) -> None:
        """Truncation must leave the row possible, and a row has one kind of censoring."""
        if self.entry is not None and self.exit is not None:
            self._reject(self.entry >= self.exit, "have entry >= exit, which leaves nothing to observe")
        if self.entry is not None:
            self._reject(self.values < self.entry, "lie below their entry, where they could not have been seen")
        if self.exit is not None:
            self._reject(self.values > self.exit, "lie above their exit, where they could not have been seen")
        if self.right_censored is not None and self.left_censored is not None:
            self._reject(self.right_censored & self.left_censored, "are marked both right- and left-censored")

    def _reject(self, bad: NDArray[np.bool_], what: str) -> None:
        if bad.any():
            i = int(np.flatnonzero(bad)[0])
            raise DataError(
                f"{int(bad.sum())} of {self.rows} rows {what}, first at index {i}: {self.values[i]}; correct or "
                "remove them"
            )

    @classmethod
    def intervals(cls, low: ArrayLike, high: ArrayLike, weights: ArrayLike | None = None) -> Sample:
        """Return a sample of rows known to lie in [low, high]; equal ends are exact, NaN is an open end.

        Examples
        --------
        >>> import mlestat as mle
        >>> mle.Sample.intervals([1.0, 2.0], [1.0, 3.0]).complete
        False
        """
        lo = as_vector(low, "low").astype(np.float64)
        hi = as_vector(high, "high").astype(np.float64)
        _same_length(hi, lo.shape[0], "high")
        lo[np.isnan(lo)], hi[np.isnan(hi)] = -math.inf, math.inf
        for bad, what in (
            (lo > hi, "have low > high"),
            (np.isinf(lo) & np.isinf(hi), "are open at both ends"),
        ):
            if bad.any():
                i = int(np.flatnonzero(bad)[0])
                raise DataError(
                    f"{int(bad.sum())} of {lo.size} intervals {what}, first at index {i}: [{lo[i]}, {hi[i]}]; "
                    "correct them"
                )
        if (lo == hi).all():
            return cls(lo, weights=weights)  # type: ignore[arg-type]
        return cls(lo, weights=weights, high=hi)  # type: ignore[arg-type]

    @classmethod
    def events(cls, time: ArrayLike, event: ArrayLike, entry: ArrayLike | None = None) -> Sample:
        """Return a sample of times, right-censored where `event` is 0.

        Examples
        --------
        >>> import mlestat as mle
        >>> mle.Sample.events([3.0, 5.0], [1, 0]).right_censored.tolist()
        [False, True]
        """
        observed = _mask(event, as_vector(time, "time").shape[0], "event")
        censored = None if observed is None else ~observed
        if observed is None:
            censored = np.ones(as_vector(time, "time").shape[0], dtype=bool)
        return cls(time, right_censored=censored, entry=entry)  # type: ignore[arg-type]

    @classmethod
    def binned(cls, edges: ArrayLike, counts: ArrayLike) -> Sample:
        """Return a sample known only as counts between edges: intervals with weights.

        Examples
        --------
        >>> import mlestat as mle
        >>> mle.Sample.binned([0, 1, 2], [3, 5]).n
        8.0
        """
        e = as_vector(edges, "edges").astype(np.float64)
        c = as_vector(counts, "counts")
        if e.size != c.size + 1 or not (np.diff(e) > 0).all():
            raise DataError(
                f"edges must increase and number one more than the counts, got {e.size} edges and {c.size} counts"
            )
        return cls.intervals(e[:-1], e[1:], weights=c)

    @property
    def rows(self) -> int:
        """Number of rows kept."""
        return int(self.values.shape[0])

    @cached_property
    def n(self) -> float:
        """Sum of the weights; the number of rows where there are none."""
        return float(self.rows) if self.weights is None else float(self.weights.sum())

    @cached_property
    def centre(self) -> float:
        """A value near the mean, to take sums about: the weighted mean, or that of every so-manieth row of many."""
        with np.errstate(all="ignore"):
            if self.weights is not None:
                return float(np.einsum("i,i->", self.weights, self.values, dtype=np.float64)) / self.n
            few = self.values[:: -(-self.rows // CENTRE_ROWS)]
            return float(few.sum(dtype=np.float64)) / few.size

    @property
    def complete(self) -> bool:
        """Whether every row is exact and nothing is truncated."""
        parts = (self.right_censored, self.left_censored, self.entry, self.exit, self.high)
        return all(part is None for part in parts)

    @cached_property
    def constant(self) -> bool:
        """Whether all values are equal. Looks at the first rows first, since that settles it nearly always."""
        first = self.values[0]
        return bool((self.values[:64] == first).all() and (self.values == first).all())

    @cached_property
    def magnitude(self) -> float:
        """Largest absolute value."""
        return max(abs(float(self.values.max())), abs(float(self.values.min())))

    def every(self, step: int) -> Sample:
        """Return each `step`-th row, in order: a small sample to start from."""
        if step == 1:
            return self
        small = object.__new__(Sample)
        small.__dict__.update({k: v for k, v in self.__dict__.items() if k not in CACHED})
        small._set(**{key: value[::step] for key, value in self._arrays().items()})
        return small

    def _arrays(self) -> dict[str, Vector]:
        keys = ("values", "weights", "right_censored", "left_censored", "entry", "exit", "high")
        return {key: getattr(self, key) for key in keys if getattr(self, key) is not None}


def as_sample(
    data: Sample | ArrayLike, weights: ArrayLike | None = None, missing: str = "raise", check: bool = True
) -> Sample:
    """Return `data` as a `Sample`; weights may come along with plain values only."""
    if isinstance(data, Sample):
        if weights is not None:
            raise DataError("weights were given beside a Sample; pass them to Sample(…, weights=…) alone")
        return data
    return Sample(data, weights=weights, missing=missing, check=check)  # type: ignore[arg-type]
