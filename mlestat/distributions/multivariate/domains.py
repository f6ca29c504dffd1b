"""Where a vector or matrix parameter lives: what it may be, and into which single numbers it falls.

A domain checks a value, counts its numbers, and takes it apart and together again. It knows no family and no data.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.multivariate.linear import triangle
from mlestat.errors import ParameterError
from mlestat.links import Identity, Link, Log, Logit

Floats = NDArray[np.float64]
Places = tuple[tuple[tuple[int, ...], Link], ...]

SUM_TOLERANCE = 1e-9
"""How far the sum of probabilities may be from 1: rounding of some thousand terms, far below a digit lost in typing."""

ASYMMETRY = 1e-8
"""How far two entries that mirror each other may differ, as a correlation: more than any rounding, less than a typo."""


@dataclass(frozen=True)
class Domain:
    """Base of the domains of vector parameters; see the subclasses."""

    @property
    def redundant(self) -> int:
        """Number of equations that the parameter's numbers always fulfil."""
        return 0

    def size(self, value: Any) -> int:
        """Return the number of columns that a value belongs to."""
        return int(np.shape(value)[-1])

    def check(self, name: str, value: Floats) -> Floats:
        """Return a clean copy of the value, or refuse it in one sentence."""
        raise TypeError(f"{type(self).__name__} is an interface; use one of its subclasses")

    def places(self, size: int) -> Places:
        """Return index and link of each number, in the order in which they are laid out."""
        raise TypeError(f"{type(self).__name__} is an interface; use one of its subclasses")

    def flat(self, value: Floats) -> Floats:
        """Return the numbers side by side, shape (…, number of places)."""
        return value

    def shaped(self, numbers: Floats, size: int) -> Floats:
        """Return the value from its numbers."""
        return numbers


@cache
def _along(size: int, link: Link) -> Places:
    return tuple(((i,), link) for i in range(size))


@dataclass(frozen=True)
class RealVector(Domain):
    """d finite numbers."""

    def check(self, name: str, value: Floats) -> Floats:
        """Return the vector, or refuse it."""
        return _vector(name, value)

    def places(self, size: int) -> Places:
        """Return the d entries."""
        return _along(size, Identity())

    def __str__(self) -> str:
        return "d real numbers"


@dataclass(frozen=True)
class PositiveVector(Domain):
    """At least two numbers above 0."""

    def check(self, name: str, value: Floats) -> Floats:
        """Return the vector, or refuse it."""
        vector = _vector(name, value, least=2)
        _refuse_at(vector <= 0.0, name, vector, "be > 0")
        return vector

    def places(self, size: int) -> Places:
        """Return the entries."""
        return _along(size, Log())

    def __str__(self) -> str:
        return "K numbers > 0"


@dataclass(frozen=True)
class Probabilities(Domain):
    """Numbers from 0 to 1 that add to 1."""

    @property
    def redundant(self) -> int:
        """One: the sum."""
        return 1

    def check(self, name: str, value: Floats) -> Floats:
        """Return the vector, or refuse it."""
        vector = _vector(name, value)
        _refuse_at((vector < 0.0) | (vector > 1.0), name, vector, "be between 0 and 1")
        total = math.fsum(vector)
        if abs(total - 1.0) > SUM_TOLERANCE:
            raise ParameterError(f"{name} must add to 1, got a sum of {total:.10g}; divide it by its sum")
        return vector

    def places(self, size: int) -> Places:
        """Return the entries."""
        return _along(size, Logit())

    def __str__(self) -> str:
        return "K numbers >= 0 that add to 1"


@dataclass(frozen=True)
class Share(Domain):
    """One number between 0 and 1: a component's weight."""

    def size(self, value: Any) -> int:
        """Return 0: a single number tells no number of columns."""
        return 0

    def places(self, size: int) -> Places:
        """Return the number itself."""
        return (((), Logit()),)

    def flat(self, value: Floats) -> Floats:
        """Return the number as a vector of one."""
        return value[..., None]

    def shaped(self, numbers: Floats, size: int) -> Any:
        """Return the number."""
        return float(numbers[0])

    def __str__(self) -> str:
        return "a number between 0 and 1"


@cache
def _triangle_places(size: int) -> Places:
    rows, columns = triangle(size)
    return tuple(
        ((i, j), Log() if i == j else Identity()) for i, j in zip(rows.tolist(), columns.tolist(), strict=True)
    )


@dataclass(frozen=True)
class PositiveDefinite(Domain):
    """Symmetric positive definite matrices; their numbers are the upper triangle, row by row."""

    def check(self, name: str, value: Floats) -> Floats:
        """Return the matrix, exactly symmetric, or refuse it."""
        if value.ndim != 2 or value.shape[0] != value.shape[1] or value.size == 0:
            raise ParameterError(
                f"{name} must be a square matrix, got shape {value.shape}; give one row and one column per dimension"
            )
        _refuse_at(~np.isfinite(value), name, value, "be finite")
        variances = np.diag(value)
        if not (variances > 0.0).all():
            i = int(np.flatnonzero(~(variances > 0.0))[0])
            raise ParameterError(f"{name}[{i},{i}] is a variance and must be > 0, got {variances[i]:g}; correct it")
        return _definite(name, _symmetric(name, value))

    def places(self, size: int) -> Places:
        """Return the upper triangle; variances have a log link."""
        return _triangle_places(size)

    def flat(self, value: Floats) -> Floats:
        """Return the upper triangle, row by row."""
        rows, columns = triangle(value.shape[-1])
        return value[..., rows, columns]

    def shaped(self, numbers: Floats, size: int) -> Floats:
        """Return the symmetric matrix of a triangle."""
        matrix = np.empty((size, size))
        rows, columns = triangle(size)
        matrix[rows, columns] = numbers
        matrix[columns, rows] = numbers
        return matrix

    def __str__(self) -> str:
        return "a symmetric positive definite d × d matrix"


def _vector(name: str, value: Floats, least: int = 1) -> Floats:
    if value.ndim != 1 or value.size < least:
        wanted = "one number per dimension" if least == 1 else f"at least {least} numbers"
        raise ParameterError(f"{name} must be a vector, got shape {value.shape}; give {wanted}")
    _refuse_at(~np.isfinite(value), name, value, "be finite")
    return value.copy()


def _refuse_at(bad: NDArray[np.bool_], name: str, value: Floats, rule: str) -> None:
    if bad.any():
        index = tuple(int(i) for i in np.argwhere(bad)[0])
        place = ",".join(map(str, index))
        raise ParameterError(f"{name} must {rule}, got {value[index]:g} at {name}[{place}]; correct it")


def units(variances: Floats) -> Floats:
    """Return powers of two near the square roots: dividing by them rounds nothing.

    Examples
    --------
    >>> units(np.array([1.0, 100.0, 1e-200])).tolist()
    [1.0, 8.0, 5.71...e-101]
    """
    exponents = np.floor(0.5 * np.log2(np.where(variances > 0.0, variances, 1.0)))
    return np.asarray(np.ldexp(1.0, exponents.astype(np.int64)))


def _symmetric(name: str, value: Floats) -> Floats:
    unit = units(np.diag(value))
    gap = np.abs(value / unit / unit[:, None] - value.T / unit / unit[:, None])
    if gap.max() > ASYMMETRY:
        i, j = (int(v) for v in np.unravel_index(int(np.argmax(gap)), gap.shape))
        raise ParameterError(
            f"{name} must be symmetric, but {name}[{i},{j}] = {value[i, j]:g} and {name}[{j},{i}] = {value[j, i]:g}; "
            f"make them equal"
        )
    return 0.5 * value + 0.5 * value.T


def _definite(name: str, value: Floats) -> Floats:
    unit = units(np.diag(value))
    scaled = value / unit / unit[:, None]
    try:
        np.linalg.cholesky(scaled)
    except np.linalg.LinAlgError:
        smallest = float(np.linalg.eigvalsh(scaled)[0])
        raise ParameterError(
            f"{name} must be positive definite, but with its variances brought near 1 its smallest eigenvalue is "
            f"{smallest:.3g}; some combination of the dimensions would have no or a negative variance"
        ) from None
    return value
