"""Where data or a parameter lives: a set of numbers, with the sentence that names it.

A support answers three questions: is x inside, which inside point may stand in for an outside one
(so that formulas see clean input only), and what are its ends.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, absolute, namespace, where


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
class Interval(Support):
    """low < x < high, or low ≤ x ≤ high if `closed`; infinite ends never belong to it.

    With `closed="low"` or "high" that end alone belongs to it. The ends may be arrays, for a family whose support moves
    with a parameter.

    Examples
    --------
    >>> str(Interval(0.0, 2.0)), str(Interval(1.0, closed=True))
    ('0 < x < 2', 'x >= 1')
    """

    low: Any = -math.inf
    high: Any = math.inf
    closed: bool | str = False

    @property
    def lower(self) -> Any:
        """Lower end."""
        return self.low

    @property
    def upper(self) -> Any:
        """Upper end."""
        return self.high

    @property
    def inside(self) -> Any:
        """The middle; beyond the only finite end by its own size, or by 1 if that is 0; 0 for the whole line."""
        from_low, to_high = self.low > -math.inf, self.high < math.inf
        a, b = where(from_low, self.low, 0.0), where(to_high, self.high, 0.0)
        half_line = where(from_low, a + where(a == 0.0, 1.0, absolute(a)), b - where(b == 0.0, 1.0, absolute(b)))
        return where(from_low & to_high, 0.5 * a + 0.5 * b, where(from_low | to_high, half_line, 0.0))

    def contains(self, x: Array) -> Array:
        """Return which elements are finite and between the ends."""
        finite = (x > -math.inf) & (x < math.inf)
        above = x >= self.low if self._holds_low else x > self.low
        return finite & above & (x <= self.high if self._holds_high else x < self.high)

    @property
    def _holds_low(self) -> bool:
        return self.closed is True or self.closed == "low"

    @property
    def _holds_high(self) -> bool:
        return self.closed is True or self.closed == "high"

    def holds(self, x: NDArray[Any]) -> bool:
        """Return whether every element is between the ends, which may be one pair per row."""
        if np.ndim(self.low) or np.ndim(self.high):
            return bool(np.all(self.contains(x)))
        return bool(self.contains(x.min()) and self.contains(x.max()))

    def __str__(self) -> str:
        low_sign, high_sign = "<=" if self._holds_low else "<", "<=" if self._holds_high else "<"
        if np.ndim(self.low) or np.ndim(self.high):
            return f"low {low_sign} x {high_sign} high, with ends for each row"
        if self.high == math.inf:
            return f"x {low_sign.replace('<', '>')} {self.low:g}" if self.low > -math.inf else "any real x"
        above = f"{self.low:g} {low_sign} " if self.low > -math.inf else ""
        return f"{above}x {high_sign} {self.high:g}"


@dataclass(frozen=True)
class Integers(Support):
    """Whole numbers from `first` to `last`, either of which may be infinite.

    Examples
    --------
    >>> Integers(0).contains(1.5), str(Integers(0)), str(Integers(-math.inf))
    (np.False_, 'x = 0, 1, 2, …', 'any whole x')
    """

    first: float = 0
    last: Array = math.inf

    @property
    def lower(self) -> float:
        """The smallest member, or minus infinity."""
        return float(self.first)

    @property
    def upper(self) -> Array:
        """The largest member, or infinity; one per row where `last` is an array."""
        return self.last

    def contains(self, x: Array) -> Array:
        """Return which elements are whole and within the ends."""
        whole = namespace(x).floor(x) == x
        return whole & (x >= self.lower) & (x <= self.upper) & (x < math.inf) & (x > -math.inf)

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
        """The smallest member; where there is none, the last or 0."""
        if self.first > -math.inf:
            return float(self.first)
        return float(np.minimum(np.min(self.last), 0.0))

    def __str__(self) -> str:
        if self.first == -math.inf:
            return "any whole x" if np.all(np.isinf(self.last)) else f"whole x <= {self.last:g}"
        first = int(self.first)
        if np.ndim(self.last) > 0:
            return f"x = {first}, …, a last one per row"
        if self.last == math.inf:
            return f"x = {first}, {first + 1}, {first + 2}, …"
        return f"x = {first}, …, {int(self.last)}"


@dataclass(frozen=True)
class Cut(Support):
    """The part of another set from `first` to `last`, both included.

    Examples
    --------
    >>> str(Cut(Positive(), 1.0, math.inf))
    'x > 0 and x >= 1'
    """

    of: Support
    first: float
    last: float

    @property
    def lower(self) -> Any:
        """Lower end."""
        return np.maximum(self.of.lower, self.first)[()]

    @property
    def upper(self) -> Any:
        """Upper end."""
        return np.minimum(self.of.upper, self.last)[()]

    @property
    def inside(self) -> Any:
        """A point between the ends."""
        return _between(self.lower, self.upper)

    def contains(self, x: Array) -> Array:
        """Return which elements are in the set and between the ends."""
        return self.of.contains(x) & (x >= self.first) & (x <= self.last)

    def __str__(self) -> str:
        ends = (f"x >= {self.first:g}" * (self.first > -math.inf), f"x <= {self.last:g}" * (self.last < math.inf))
        return " and ".join((str(self.of), *(e for e in ends if e)))


@dataclass(frozen=True)
class Peaked(Interval):
    """low < x < high, with an end that belongs to it where the peak lies on it.

    Examples
    --------
    >>> str(Peaked(0.0, 2.0, peak=0.0)), bool(Peaked(0.0, 2.0, peak=0.0).contains(2.0))
    ('0 <= x < 2', False)
    """

    peak: Any = math.nan

    def contains(self, x: Array) -> Array:
        """Return which elements are finite and between the ends, or at the peak."""
        return ((x > self.low) & (x < self.high)) | (x == self.peak)

    def __str__(self) -> str:
        if np.ndim(self.low) or np.ndim(self.high) or np.ndim(self.peak):
            return "low < x < high, with ends for each row"
        above, below = "<=" if self.peak == self.low else "<", "<=" if self.peak == self.high else "<"
        if self.high == math.inf:
            return f"x {above.replace('<', '>')} {self.low:g}" if self.low > -math.inf else "any real x"
        return f"{self.low:g} {above} x {below} {self.high:g}" if self.low > -math.inf else f"x {below} {self.high:g}"


@dataclass(frozen=True)
class Moved(Support):
    """Another set, moved by a number."""

    of: Support
    by: Any

    @property
    def lower(self) -> Any:
        """Lower end."""
        return self.of.lower + self.by

    @property
    def upper(self) -> Any:
        """Upper end."""
        return self.of.upper + self.by

    @property
    def inside(self) -> Any:
        """The other set's inside point, moved."""
        return self.of.inside + self.by

    def contains(self, x: Array) -> Array:
        """Return which elements, moved back, are in the other set."""
        return self.of.contains(x - self.by)

    def __str__(self) -> str:
        return f"{self.of}, moved by {self.by}" if self.by else str(self.of)


@dataclass(frozen=True)
class WithZero(Support):
    """Another set of positive numbers, and 0."""

    of: Support

    @property
    def lower(self) -> Any:
        """The number just below 0: there is probability at 0 itself."""
        return -math.ulp(0.0)

    @property
    def upper(self) -> Any:
        """Upper end."""
        return self.of.upper

    @property
    def inside(self) -> Any:
        """The other set's inside point."""
        return self.of.inside

    def contains(self, x: Array) -> Array:
        """Return which elements are 0 or in the other set."""
        return (x == 0.0) | self.of.contains(x)

    def __str__(self) -> str:
        return f"x = 0 or {self.of}"


@dataclass(frozen=True)
class Either(Support):
    """The union of several sets."""

    parts: tuple[Support, ...]

    @classmethod
    def of(cls, parts: Iterable[Support]) -> Support:
        """Return the union; of whole numbers, the whole numbers from the first to the last."""
        sets = tuple(parts)
        if all(isinstance(s, Integers) for s in sets):
            return Integers(min(s.lower for s in sets), max(s.upper for s in sets))
        return cls(sets)

    @property
    def lower(self) -> Any:
        """Lowest end."""
        return min(s.lower for s in self.parts)

    @property
    def upper(self) -> Any:
        """Highest end."""
        return max(s.upper for s in self.parts)

    @property
    def inside(self) -> Any:
        """A point of the first set."""
        return self.parts[0].inside

    def contains(self, x: Array) -> Array:
        """Return which elements are in any of the sets."""
        found = self.parts[0].contains(x)
        for s in self.parts[1:]:
            found = found | s.contains(x)
        return found

    def __str__(self) -> str:
        return " or ".join(str(s) for s in self.parts)


def _between(low: Any, high: Any) -> Any:
    """A point strictly between two ends, either of which may be infinite."""
    if np.isfinite(low) and np.isfinite(high):
        return 0.5 * low + 0.5 * high
    if np.isfinite(low):
        return low + max(1.0, abs(low))
    return high - max(1.0, abs(high)) if np.isfinite(high) else 1.0
