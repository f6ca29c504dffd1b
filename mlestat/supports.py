"""Where data or a parameter lives: a set of numbers, with the sentence that names it.

A support answers three questions: is x inside, which inside point may stand in for an outside one
(so that formulas see clean input only), and what are its ends.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, namespace


@dataclass(frozen=True)
class Support:
    """A set of real numbers; see the subclasses.

    A frozen value without state, but for the ends of `Integers`, of which the last may be an array.
    """

    @property
    def lower(self) -> float:
        """Lower end."""
        return -math.inf

    @property
    def upper(self) -> float:
        """Upper end."""
        return math.inf

    @property
    def inside(self) -> float:
        """A point of the set, to stand in for values outside it."""
        return 1.0

    def contains(self, x: Array) -> Array:
        """Return a mask: which elements are in the set (NaN is not)."""
        raise TypeError(f"{type(self).__name__} is an interface; use one of its subclasses")

    def holds(self, x: NDArray[Any]) -> bool:
        """Return whether every element of a finite NumPy array is in the set, without a mask of its size."""
        return bool(self.contains(x.min()) and self.contains(x.max()))


@dataclass(frozen=True)
class Real(Support):
    """Every finite number.

    Examples
    --------
    >>> str(Real())
    'any real x'
    """

    def contains(self, x: Array) -> Array:
        """Return which elements are finite."""
        return (x > -math.inf) & (x < math.inf)

    def holds(self, x: NDArray[Any]) -> bool:
        """Return True: finite is all that is asked."""
        return True

    def __str__(self) -> str:
        return "any real x"


@dataclass(frozen=True)
class Positive(Support):
    """0 < x < ∞.

    Examples
    --------
    >>> bool(Positive().contains(0.0)), str(Positive())
    (False, 'x > 0')
    """

    @property
    def lower(self) -> float:
        """Lower end."""
        return 0.0

    def contains(self, x: Array) -> Array:
        """Return which elements are finite and above 0."""
        return (x > 0.0) & (x < math.inf)

    def holds(self, x: NDArray[Any]) -> bool:
        """Return whether the smallest element is above 0."""
        return bool(x.min() > 0.0)

    def __str__(self) -> str:
        return "x > 0"


@dataclass(frozen=True)
class NonNegative(Support):
    """0 ≤ x < ∞."""

    @property
    def lower(self) -> float:
        """Lower end."""
        return 0.0

    def contains(self, x: Array) -> Array:
        """Return which elements are finite and at least 0."""
        return (x >= 0.0) & (x < math.inf)

    def __str__(self) -> str:
        return "x >= 0"


@dataclass(frozen=True)
class UnitInterval(Support):
    """0 < x < 1."""

    @property
    def lower(self) -> float:
        """Lower end."""
        return 0.0

    @property
    def upper(self) -> float:
        """Upper end."""
        return 1.0

    @property
    def inside(self) -> float:
        """The middle."""
        return 0.5

    def contains(self, x: Array) -> Array:
        """Return which elements are strictly between 0 and 1."""
        return (x > 0.0) & (x < 1.0)

    def __str__(self) -> str:
        return "0 < x < 1"


@dataclass(frozen=True)
class Integers(Support):
    """Whole numbers from `first` to `last`.

    Examples
    --------
    >>> Integers(0).contains(1.5), str(Integers(0))
    (np.False_, 'x = 0, 1, 2, …')
    """

    first: int = 0
    last: Array = math.inf

    @property
    def lower(self) -> float:
        """The smallest member."""
        return float(self.first)

    @property
    def upper(self) -> Array:
        """The largest member, or infinity; one per row where `last` is an array."""
        return self.last

    def contains(self, x: Array) -> Array:
        """Return which elements are whole and within the ends."""
        whole = namespace(x).floor(x) == x
        return whole & (x >= self.lower) & (x <= self.upper) & (x < math.inf)

    def holds(self, x: NDArray[Any]) -> bool:
        """Return whether every element is a member; whole-number types need no look at each."""
        if np.ndim(self.last) > 0:
            return bool(np.all(self.contains(x)))
        if not (self.contains(x.min()) and self.contains(x.max())):
            return False
        blocks = range(0, x.size, 1 << 16) if x.dtype.kind == "f" else ()
        return all(bool((np.rint(part) == part).all()) for part in (x[i : i + (1 << 16)] for i in blocks))

    @property
    def inside(self) -> float:
        """The smallest member."""
        return float(self.first)

    def __str__(self) -> str:
        if self.last == math.inf:
            return f"x = {self.first}, {self.first + 1}, {self.first + 2}, …"
        if np.ndim(self.last) > 0:
            return f"x = {self.first}, …, a last one per row"
        return f"x = {self.first}, …, {int(self.last)}"
