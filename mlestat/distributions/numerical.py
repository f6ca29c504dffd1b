r"""First and second derivatives of a function that is only known by its values, row by row.

Central differences of order 8 (Fornberg, "Generation of finite difference formulas on arbitrarily spaced grids",
*Math. Comp.* 51 (1988) 699-706, table 1). With nine values along a line and a step h their error is of the order of
(h/ρ)⁸ for a function that is smooth up to a distance ρ, and that of rounding ε/h²: with h = ρ/30 both are near 1e-10 of
the second derivative. The mixed derivatives follow from those along the diagonals,

.. math:: 2 f_{ij} h_i h_j = D^2_{ij} - D^2_i - D^2_j ,

D² being the second derivative along a direction. ρ is not known beforehand: the formulas of order 6 on the same values
tell each row's error, and rows whose error is too large are done again with a smaller step.

This is not for families of the library, which write their derivatives as formulas.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Function = Callable[[Floats, NDArray[np.intp]], Floats]
"""Takes points, shape (d, p, r), and which r rows they belong to; returns values, shape (p, r)."""

SHARE = 1.0 / 32.0
"""Step as a share of the length on which the function changes: the rounding and the formula err alike there."""

TOLERANCE = 1e-6
"""Difference of the two formulas, relative to the second derivative or in units of the length, from which on a row is
done again.

That of order 8 is better than this by the factor (h/ρ)², about a thousand.
"""

SHRINK = 4.0
"""How much smaller a step is tried."""

ROUNDS = 6
"""Steps tried: from 1/32 to 1/32768 of the length."""

POINTS = 400_000
"""Values that are asked for at a time."""


@dataclass(frozen=True)
class Formula:
    """Weights of central differences: first and second derivative, both again by the next lower order, and centres."""

    first: Floats
    second: Floats
    lower_first: Floats
    lower_second: Floats
    centre: float
    lower_centre: float


FORMULAS = {
    8: Formula(
        np.array([4 / 5, -1 / 5, 4 / 105, -1 / 280]),
        np.array([8 / 5, -1 / 5, 8 / 315, -1 / 560]),
        np.array([3 / 4, -3 / 20, 1 / 60, 0.0]),
        np.array([3 / 2, -3 / 20, 1 / 90, 0.0]),
        -205 / 72,
        -49 / 18,
    ),
    4: Formula(
        np.array([2 / 3, -1 / 12]),
        np.array([4 / 3, -1 / 12]),
        np.array([1 / 2, 0.0]),
        np.array([1.0, 0.0]),
        -5 / 2,
        -2.0,
    ),
}
"""By their order."""


def directions(d: int) -> Floats:
    """Return the axes and the diagonals of each pair of them, shape (d (d + 1) / 2, d).

    Examples
    --------
    >>> directions(2).tolist()
    [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
    """
    axes = np.eye(d)
    pairs = [axes[i] + axes[j] for i, j in itertools.combinations(range(d), 2)]
    return np.array([*axes, *pairs]).reshape(-1, d)


def derivatives(
    f: Function, at: Floats, step: Floats, *, tolerance: float = TOLERANCE, rounds: int = ROUNDS, order: int = 8
) -> tuple[Floats, Floats, Floats]:
    """Return values, gradients and Hessians of a function at many points.

    Parameters
    ----------
    f : callable
        The function, for points of shape (d, p, r) and the indices of the r rows they belong to.
    at : ndarray, shape (d, n)
        One point per row.
    step : ndarray, shape (d, n)
        First steps; a step of 0 leaves that coordinate out, and its derivatives are 0.
    tolerance : float
        Difference of the two formulas from which on a row is done again; see `TOLERANCE`.
    rounds : int
        Steps tried at most, each a quarter of the last.
    order : {8, 4}
        Of the formulas; that of order 4 takes half the values.

    Returns
    -------
    value : ndarray, shape (n,)
    gradient : ndarray, shape (d, n)
    hessian : ndarray, shape (d, d, n)
        NaN where no step gave finite values.

    Examples
    --------
    >>> import numpy as np
    >>> v, g, h = derivatives(lambda q, rows: np.exp(q[0] * q[1]), np.array([[2.0], [3.0]]), np.full((2, 1), 0.05))
    >>> g[:, 0] / v, h[:, :, 0] / v
    (array([3., 2.]), array([[9., 7.], [7., 4.]]))
    """
    d, n = at.shape
    if d == 0:
        return f(at[:, None, :], np.arange(n))[0], np.empty((0, n)), np.empty((0, 0, n))
    value, gradient, hessian = np.full(n, np.nan), np.full((d, n), np.nan), np.full((d, d, n), np.nan)
    best = np.full(n, np.inf)
    rows = np.arange(n)
    width = max(1, POINTS // (1 + order * len(directions(d))))
    for k in range(rounds):
        h = step / SHRINK**k
        for part in (rows[i : i + width] for i in range(0, rows.size, width)):
            v, g, hh, error = _scaled(f, at[:, part], h[:, part], part, FORMULAS[order])
            with np.errstate(all="ignore"):
                error = error / (SHARE**2 / SHRINK ** (2 * k) + np.abs(hh).max(axis=(0, 1)))
            error = np.where(np.isfinite(error), error, np.inf)
            better = error < best[part]
            chosen = part[better]
            best[chosen] = error[better]
            gradient[:, chosen] = _over(g, h[:, part])[:, better]
            hessian[:, :, chosen] = _over(hh, h[None, :, part] * h[:, None, part])[:, :, better]
            if k == 0:
                value[part] = v
        rows = rows[(best[rows] > tolerance) & np.isfinite(value[rows])]
        if rows.size == 0:
            break
    return value, gradient, hessian


def _over(a: Floats, h: Floats) -> Floats:
    """Divide by the steps; what has no step has no slope."""
    return np.where(h == 0.0, 0.0, a / np.where(h == 0.0, 1.0, h))


def _scaled(
    f: Function, at: Floats, h: Floats, rows: NDArray[np.intp], formula: Formula
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return value, gradient and Hessian in units of the steps, and the error of the latter by two orders."""
    d = at.shape[0]
    lines = directions(d)
    reach = np.arange(1.0, formula.first.size + 1.0)
    reach = np.concatenate([-reach[::-1], reach])
    offsets = np.concatenate([np.zeros((1, d)), (lines[:, None, :] * reach[None, :, None]).reshape(-1, d)])
    with np.errstate(all="ignore"):
        values = f(at[:, None, :] + offsets.T[:, :, None] * h[:, None, :], rows)
        return _differences(values, lines, d, formula)


def _differences(values: Floats, lines: Floats, d: int, formula: Formula) -> tuple[Floats, Floats, Floats, Floats]:
    """Return value, slopes, bends and their error from values along the lines."""
    n, half = values.shape[1], formula.first.size
    centre, around = values[0], values[1:].reshape(len(lines), 2 * half, n)
    below, above = around[:, half - 1 :: -1], around[:, half:]
    turns = above[:d] - below[:d]
    slopes = np.einsum("k,lkn->ln", formula.first, turns)
    sums = above + below
    bends = np.einsum("k,lkn->ln", formula.second, sums) + formula.centre * centre
    lower = np.einsum("k,lkn->ln", formula.lower_second, sums) + formula.lower_centre * centre
    error = np.abs(bends - lower).max(axis=0, initial=0.0)
    # a slope's error counts like the change of the slope over a step that it would be
    error = np.maximum(error, SHARE * np.abs(slopes - np.einsum("k,lkn->ln", formula.lower_first, turns)).max(axis=0))
    hessian = np.empty((d, d, n))
    for i in range(d):
        hessian[i, i] = bends[i]
    for line, (i, j) in enumerate(itertools.combinations(range(d), 2), start=d):
        hessian[i, j] = hessian[j, i] = 0.5 * (bends[line] - bends[i] - bends[j])
    return centre, slopes, hessian, error
