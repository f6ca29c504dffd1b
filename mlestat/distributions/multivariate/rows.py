"""Where one row of several numbers lives: the supports of the vector families.

As the supports of single numbers do, each answers which rows are inside, gives an inside row to stand in for others,
and names itself. The last axis of x holds the numbers of a row.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlestat.arrays import Array, absolute, namespace
from mlestat.distributions.multivariate.categories import codes_of
from mlestat.errors import InputError

OFF_SIMPLEX = 1e-6
"""How far the sum of a row of shares may be from 1: single precision rounds by 1e-7, a digit lost in typing is more."""


@dataclass(frozen=True)
class RowSupport:
    """Base of the sets of rows; see the subclasses. `size` is the length of a row."""

    size: int

    @property
    def inside(self) -> Array:
        """A row of the set, shape (size,)."""
        return np.zeros(self.size)

    def contains(self, x: Array) -> Array:
        """Return a mask of the shape of x without its last axis: which rows are in the set."""
        raise TypeError(f"{type(self).__name__} is an interface; use one of its subclasses")


@dataclass(frozen=True)
class RealRows(RowSupport):
    """Rows of finite numbers."""

    def contains(self, x: Array) -> Array:
        """Return which rows are finite throughout."""
        return ((x > -math.inf) & (x < math.inf)).all(-1)

    def __str__(self) -> str:
        return f"rows of {self.size} real numbers" if self.size else "rows of d real numbers"


@dataclass(frozen=True)
class Simplex(RowSupport):
    """Rows of numbers above 0 that add to 1, to within OFF_SIMPLEX."""

    @property
    def inside(self) -> Array:
        """Equal shares."""
        return np.full(self.size, 1.0 / max(self.size, 1))

    def contains(self, x: Array) -> Array:
        """Return which rows are shares."""
        return (x > 0.0).all(-1) & (absolute(x.sum(-1) - 1.0) <= OFF_SIMPLEX)

    def __str__(self) -> str:
        return "rows of K numbers > 0 that add to 1"


@dataclass(frozen=True)
class CountRows(RowSupport):
    """Rows of whole numbers >= 0 that add to n; `n` is a number, or one per row."""

    n: Array = math.inf

    def contains(self, x: Array) -> Array:
        """Return which rows are counts with that sum."""
        whole = ((x >= 0.0) & (namespace(x).floor(x) == x)).all(-1)
        return whole & (x.sum(-1) == self.n)

    @property
    def inside(self) -> Array:
        """One of each; the formulas take any counts, whatever their sum, and all of them count here."""
        return np.ones(self.size)

    def __str__(self) -> str:
        return "rows of K counts that add to n"


@dataclass(frozen=True)
class LabelSet(RowSupport):
    """The labels of a set of categories, one a row."""

    labels: tuple[Any, ...] | None = None

    def contains(self, x: Array) -> Array:
        """Return which labels are categories."""
        return codes_of(np.asarray(x), self.labels or ()) >= 0

    def __str__(self) -> str:
        return "labels of K categories" if self.labels is None else f"labels {self.labels!r:.60}"


def position(column: int, size: int) -> int:
    """Return a column's position, or refuse it."""
    if not 0 <= column < size or column != int(column):
        raise InputError(f"column must be a position from 0 to {size - 1}, got {column!r}")
    return int(column)
