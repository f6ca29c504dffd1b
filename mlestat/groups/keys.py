"""From a key per row to groups: names in order, and the rows of each next to each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlestat.errors import DataError

Index = NDArray[np.intp]

NARROW = 4
"""Whole numbers that span at most this many times the rows are counted instead of sorted."""


@dataclass(frozen=True, eq=False)
class Keys:
    """Groups of rows.

    Attributes
    ----------
    names : list
        The distinct keys, in rising order; tuples where several columns make the key.
    sizes : ndarray, shape (groups,)
        How many rows each has.
    order : ndarray or None
        The rows, group after group; None where they lie so already.
    """

    names: list[Any]
    sizes: Index
    order: Index | None

    @classmethod
    def of(cls, by: ArrayLike, rows: int) -> Keys:
        """Group rows by a key each.

        Raises
        ------
        DataError
            A key that is missing, or keys that are not one per row.

        Examples
        --------
        >>> keys = Keys.of(["b", "a", "b"], 3)
        >>> keys.names, keys.sizes.tolist(), keys.order.tolist()
        (['a', 'b'], [1, 2], [1, 0, 2])
        """
        if isinstance(by, (list, tuple)) and by and all(_is_column(column, rows) for column in by):
            return cls._of_columns([np.asarray(column) for column in by])
        values = np.asarray(by)
        if values.ndim != 1 or values.shape[0] != rows:
            raise DataError(f"by must have one key per row, got shape {values.shape} for {rows} rows")
        if values.dtype.kind in "iufb" and values.size and bool((values[1:] >= values[:-1]).all()):
            starts = np.concatenate([[0], np.flatnonzero(values[1:] > values[:-1]) + 1])
            return cls(values[starts].tolist(), np.diff(starts, append=values.size), None)
        names, codes = _factorised(values)
        return cls._of_codes(names, codes)

    @classmethod
    def _of_columns(cls, columns: list[NDArray[Any]]) -> Keys:
        """Combine several keys into tuples, those that occur."""
        parts = [_factorised(column) for column in columns]
        codes = np.zeros(columns[0].shape[0], dtype=np.int64)
        for names, part in parts:
            codes = codes * len(names) + part
        distinct, codes = np.unique(codes, return_inverse=True)
        names = []
        for code in distinct.tolist():
            name: list[Any] = []
            for theirs, _ in reversed(parts):
                code, place = divmod(code, len(theirs))
                name.append(theirs[place])
            names.append(tuple(reversed(name)))
        return cls._of_codes(names, codes)

    @classmethod
    def _of_codes(cls, names: list[Any], codes: NDArray[Any]) -> Keys:
        sizes = np.bincount(codes, minlength=len(names)).astype(np.intp)
        rising = codes.size < 2 or bool((codes[1:] >= codes[:-1]).all())
        return cls(names, sizes, None if rising else _sorted(codes, len(names)))

    def kept(self, rows: NDArray[np.bool_]) -> Keys:
        """Return the same groups on those of the rows that are kept; some may be empty."""
        codes = np.empty(int(self.sizes.sum()), dtype=np.int64)
        codes[slice(None) if self.order is None else self.order] = np.repeat(np.arange(self.sizes.size), self.sizes)
        return Keys._of_codes(self.names, codes[rows])

    def place(self, name: Any) -> int:
        """Return the number of the group of that name.

        Raises
        ------
        KeyError
            If there is none.
        """
        return self._places[name]

    @property
    def _places(self) -> dict[Any, int]:
        table = self.__dict__.get("_table")
        if table is None:
            table = {name: i for i, name in enumerate(self.names)}
            object.__setattr__(self, "_table", table)
        return table


def _is_column(column: Any, rows: int) -> bool:
    """Whether an entry of `by` is itself a key per row."""
    return not isinstance(column, str) and hasattr(column, "__len__") and len(column) == rows and np.ndim(column) == 1


def _factorised(values: NDArray[Any]) -> tuple[list[Any], NDArray[Any]]:
    """Return the distinct values in rising order, and which of them each row has."""
    if values.dtype.kind in "iu" and values.size:
        low, high = int(values.min()), int(values.max())
        if high - low < NARROW * values.size:
            codes = (values - low).astype(np.int64)
            present = np.flatnonzero(np.bincount(codes, minlength=high - low + 1))
            if present.size < high - low + 1:
                place = np.zeros(high - low + 1, dtype=np.int64)
                place[present] = np.arange(present.size)
                codes = place[codes]
            return (present + low).tolist(), codes
    _refuse_missing(values)
    if values.dtype.kind == "O":
        import pandas as pd

        codes, distinct = pd.factorize(values, sort=True)
        return list(distinct), codes
    distinct, codes = np.unique(values, return_inverse=True)
    return distinct.tolist(), codes


def _refuse_missing(values: NDArray[Any]) -> None:
    missing = (
        np.isnan(values)
        if values.dtype.kind == "f"
        else np.array([v is None or v != v for v in values])
        if values.dtype.kind == "O"
        else np.zeros(0, dtype=bool)
    )
    if missing.any():
        i = int(np.flatnonzero(missing)[0])
        raise DataError(
            f"{int(missing.sum())} of {values.size} keys are missing, first at index {i}; give these rows a key or "
            "leave them out"
        )


def _sorted(codes: NDArray[Any], groups: int) -> Index:
    """Return the rows in the order of their codes, stably: by 16 bits at a time, which NumPy sorts by counting."""
    order = np.argsort((codes & 0xFFFF).astype(np.uint16), kind="stable")
    digits = codes >> 16
    while groups > 1 << 16:
        order = order[np.argsort((digits[order] & 0xFFFF).astype(np.uint16), kind="stable")]
        digits, groups = digits >> 16, groups >> 16
    return order
