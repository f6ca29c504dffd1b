"""Scalars with their first and second derivatives in k parameters, and sums, products and inverses of them.

For the few scalars that a frame is made of (an origin, a length), whose derivatives in a family's shapes are known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scalar:
    """A function of k parameters at r members: shapes (r,), (k, r) and (k, k, r).

    Examples
    --------
    >>> x = Scalar.variable(2.0, 0, 1)
    >>> y = x * x.inverse() * x        # it is x again
    >>> y.value, y.first, y.second
    (array([2.]), array([[1.]]), array([[[0.]]]))
    """

    value: Floats
    first: Floats
    second: Floats

    @classmethod
    def constant(cls, value: Any, k: int) -> Scalar:
        """Return a constant of k parameters."""
        v = np.atleast_1d(np.asarray(value, dtype=float))
        return cls(v, np.zeros((k, v.size)), np.zeros((k, k, v.size)))

    @classmethod
    def variable(cls, value: Any, at: int, k: int) -> Scalar:
        """Return the parameter of that number itself."""
        constant = cls.constant(value, k)
        constant.first[at] = 1.0
        return constant

    def __add__(self, other: Scalar) -> Scalar:
        return Scalar(self.value + other.value, self.first + other.first, self.second + other.second)

    def __sub__(self, other: Scalar) -> Scalar:
        return Scalar(self.value - other.value, self.first - other.first, self.second - other.second)

    def __mul__(self, other: Scalar) -> Scalar:
        cross = self.first[:, None] * other.first[None, :]
        return Scalar(
            self.value * other.value,
            self.first * other.value + self.value * other.first,
            self.second * other.value + cross + np.swapaxes(cross, 0, 1) + self.value * other.second,
        )

    def inverse(self) -> Scalar:
        """Return 1 over it."""
        one = 1.0 / self.value
        square = one * one
        bend = 2.0 * one * self.first[:, None] * self.first[None, :] - self.second
        return Scalar(one, -self.first * square, bend * square)

    def over(self, n: int) -> Scalar:
        """Return it for n rows, each member having its share of them."""
        r = self.value.size
        if r in (1, n):
            return self
        return Scalar(*(np.repeat(part, n // r, axis=-1) for part in (self.value, self.first, self.second)))
