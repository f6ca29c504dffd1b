"""Triangles of symmetric matrices, and the factorisations that NumPy, PyTorch and JAX each bring along.

A symmetric matrix of d rows is d (d + 1)/2 numbers: its upper triangle, row by row. No statistics here.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, namespace

Indices = NDArray[np.intp]


@cache
def triangle(d: int) -> tuple[Indices, Indices]:
    """Return rows and columns of the upper triangle, row by row.

    Examples
    --------
    >>> [v.tolist() for v in triangle(2)]
    [[0, 0, 1], [0, 1, 1]]
    """
    rows, columns = np.triu_indices(d)
    return rows, columns


@cache
def halves(d: int) -> NDArray[np.float64]:
    """Return ½ for each place on the diagonal of the triangle, 1 elsewhere.

    The derivative in a number off the diagonal moves two entries of the matrix.

    Examples
    --------
    >>> halves(2).tolist()
    [0.5, 1.0, 0.5]
    """
    rows, columns = triangle(d)
    return np.where(rows == columns, 0.5, 1.0)


def cholesky(a: Array) -> Array:
    """Return the lower triangular L with L Lᵀ = a, by the library that `a` belongs to."""
    name = namespace(a).name
    if name == "torch":
        return importlib.import_module("torch").linalg.cholesky(a)
    if name == "jax":
        return importlib.import_module("jax.numpy").linalg.cholesky(a)
    return np.linalg.cholesky(a)


def solve_lower(factor: Array, right: Array) -> Array:
    """Return L⁻¹ right, for a lower triangular L of shape (d, d) and right-hand sides of shape (d, m)."""
    name = namespace(factor, right).name
    if name == "torch":
        return importlib.import_module("torch").linalg.solve_triangular(factor, right, upper=False)
    if name == "jax":
        return importlib.import_module("jax.scipy.linalg").solve_triangular(factor, right, lower=True)
    # not scipy's solve_triangular: its threads take milliseconds for a 2 × 2 matrix where all cores are busy
    return np.linalg.solve(factor, right)


def inverse_of_lower(factor: Array) -> Array:
    """Return L⁻¹ of a lower triangular L."""
    return solve_lower(factor, like(np.eye(factor.shape[0]), factor))


def like(constant: Any, array: Array) -> Array:
    """Return a constant as an array of the library that `array` belongs to."""
    return namespace(array).asarray(constant)


def joined(parts: list[Array], axis: int = -1) -> Array:
    """Return the arrays side by side along an axis."""
    name = namespace(*parts).name
    if name == "torch":
        return importlib.import_module("torch").cat(parts, axis)
    if name == "jax":
        return importlib.import_module("jax.numpy").concatenate(parts, axis)
    return np.concatenate(parts, axis)


def spread_to(value: Array, shape: tuple[int, ...]) -> Array:
    """Return a view of the value in a larger shape."""
    return namespace(value).broadcast_to(value, shape)


def diagonal_matrix(values: Array) -> Array:
    """Return the matrix with these values on its diagonal, 0 elsewhere."""
    return values * like(np.eye(len(values)), values)
