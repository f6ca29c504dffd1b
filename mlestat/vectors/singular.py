"""Rows that do not fill their dimensions: constant columns, columns that follow from others, too few rows.

Found by Cholesky's factorisation of the correlation matrix in the order of the columns: a pivot is the share of a
column's variance that the columns before it leave unexplained. A pivot is 0 if it is no larger than what rounding of
the sums, or of the data themselves, leaves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlestat.vectors.sample import VectorSample

Floats = NDArray[np.float64]

EPS = float(np.finfo(float).eps)

SUMS = 32.0 * EPS
"""Rounding of a correlation, per column that a pivot depends on: sums over blocks err by a few units of the last
place."""

GRAIN = 4.0
"""Data a distance c from 0 are rounded to steps of about EPS c; columns made from each other differ by a few of
them."""

INVOLVED = 1e-6
"""A column counts as part of a combination if its coefficient, in standard deviations, is above this."""

PLAIN = 1e-6
"""Pivots above this need no closer look."""


@dataclass(frozen=True)
class Deficit:
    """Why the rows do not fill their dimensions, what to do, and what the distribution becomes."""

    because: str
    remedy: str
    limit: str


def deficit(second: Floats, size: Floats, sample: VectorSample) -> Deficit | None:
    """Return why second moments are singular; None if they are not.

    Parameters
    ----------
    second : ndarray, shape (d, d)
        Second moments.
    size : ndarray, shape (d,)
        Distance of the columns from 0 in the same unit, which tells how coarse their numbers are.
    sample : VectorSample
        The rows, for their number and the names of the columns.
    """
    d = len(second)
    spread = np.sqrt(np.diag(second))
    grain = GRAIN * EPS * size
    constant = np.flatnonzero(spread <= grain)
    if constant.size == d:
        what = "there is a single row" if sample.rows == 1 else f"all {sample.rows} rows are equal"
        return Deficit(what, "hold cov, or collect rows that differ", "point mass")
    if constant.size:
        name = sample.said(int(constant[0]))
        return Deficit(f"{name} is constant", f"drop {name}, or hold cov", "distribution on a plane")
    found = _first_dependent(second / spread / spread[:, None], (grain / spread) ** 2)
    if found is None:
        return None
    if sample.rows <= d:
        what = f"{sample.rows} rows cannot span {d} dimensions"
        return Deficit(what, f"collect more than {d} rows, drop columns, or hold cov", "distribution on a plane")
    column, others = found
    name, of = sample.said(column), " and ".join(sample.said(i) for i in others)
    return Deficit(f"{name} is a linear function of {of}", f"drop {name}, or hold cov", "distribution on a plane")


def _first_dependent(correlation: Floats, noise: Floats) -> tuple[int, list[int]] | None:
    """Return the first column that follows from those before it, and which of these it is made of."""
    if _plainly_definite(correlation, noise):
        return None
    d = len(correlation)
    factor = np.zeros((d, d))
    for j in range(d):
        if j:
            factor[j, :j] = np.linalg.solve(factor[:j, :j], correlation[:j, j])
        pivot = correlation[j, j] - float(factor[j, :j] @ factor[j, :j])
        if j:
            weights = np.linalg.solve(factor[:j, :j].T, factor[j, :j])
            rounding = SUMS * (j + 1.0) * (1.0 + float(np.sum(np.abs(weights))) ** 2)
            if pivot <= rounding + noise[j] + float(noise[:j] @ weights**2):
                return j, np.flatnonzero(np.abs(weights) > INVOLVED).tolist()
        factor[j, j] = np.sqrt(pivot)
    return None


def _plainly_definite(correlation: Floats, noise: Floats) -> bool:
    """Whether the pivots are so far from 0 that no rounding matters: nearly all data."""
    try:
        pivots = np.diag(np.linalg.cholesky(correlation)) ** 2
    except np.linalg.LinAlgError:
        return False
    return bool(pivots.min() > PLAIN and noise.max() < PLAIN**2)
