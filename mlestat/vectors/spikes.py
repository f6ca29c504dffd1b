"""Spikes: the rule by which a component of a mixture that shrinks onto a plane is told from a part of the population.

The likelihood of a mixture of normals is unbounded: a component may shrink onto a plane that holds d of the rows. A
climb is given up, and the verdict says so, when a component holds fewer than d + LEAST rows, or is over 1/√FLAT times
as narrow as another in some direction. Both are unchanged by linear maps of the rows. Nothing is added to a covariance
to prevent it.

References: Day, *Biometrika* 56 (1969), 463, sec. 7; Hathaway, *Annals of Statistics* 13 (1985), 795, eq. 1.4 for the
second part; McLachlan, Peel, *Finite Mixture Models* (2000), sec. 3.8-3.10.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlestat.vectors.em import Columns, Held, State

LEAST = 5.0
"""A component needs this many rows beyond the d that always lie on a plane."""

FLAT = 1e-8
"""Smallest ratio of two components' variances in any direction: 1e4 in standard deviations."""


def is_spike(data: Columns, state: State, masses: NDArray[np.float64], held: Held) -> Any:
    """Return whether a component is a spike; for several members one answer each. The members must be sound."""
    loose = held.loose
    if not loose:
        return np.zeros(masses.shape[:-1], dtype=bool)
    few = masses[..., loose].min(axis=-1) / data.n * data.rows < least_rows(data)
    whiten = np.linalg.inv(np.linalg.cholesky(state.covs))[..., None, :, :, :]
    # of each component's covariance where another one's is the unit matrix
    seen = whiten @ state.covs[..., loose, None, :, :] @ np.swapaxes(whiten, -1, -2)
    with np.errstate(all="ignore"):
        flat = np.linalg.eigvalsh(0.5 * (seen + np.swapaxes(seen, -1, -2)))[..., 0].min(axis=(-1, -2)) < FLAT
    return few | flat


def least_rows(data: Columns) -> float:
    """Return how many rows a component must hold."""
    return data.size + LEAST


def rule(data: Columns) -> str:
    """Return which starts are given up, in words."""
    return (
        f"starts in which one holds under {least_rows(data):g} rows, or is {1.0 / math.sqrt(FLAT):g} times as narrow "
        "as another, are discarded"
    )
