"""Where the climbs of a mixture of normals begin: partitions of a small sample, improved by short climbs.

Short runs from many partitions, long runs from the best of them (Biernacki, Celeux, Govaert 2003). The partitions are
slices along the longest axis, and those around centres drawn far apart (k-means++), in the rows as they are and after
they are made spherical. The random numbers are part of the method: a fit is the same each time.

References: Biernacki, Celeux, Govaert, *Computational Statistics & Data Analysis* 41 (2003), 561; Arthur,
Vassilvitskii, *k-means++* (2007), sec. 2.2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlestat.solvers.choose import START_ROWS
from mlestat.vectors.em import Columns, Held, State, from_shares, step
from mlestat.vectors.spikes import is_spike

Floats = NDArray[np.float64]

__all__ = ["START_ROWS", "starts"]

SPLITS = (30, 200)
"""Least and most partitions around random centres, half of them of the rows as they are and half of spherical ones."""

WORK = 60_000
"""Rows times partitions between the two: half a second on one core for three components in two dimensions."""

SHORT, LONG = 25, 400
"""Steps of expectation and maximisation for all partitions, and for the best of them."""

BEST = 8
"""Different ends that go on."""

APART = 1e-3
"""Ends whose log-likelihoods differ by less are one."""


def starts(data: Columns, held: Held) -> list[State]:
    """Return the best different ends of expectation and maximisation on a small sample, the highest first."""
    state = from_shares(data, _partitions(data, held.count), held)
    state = _run(data, state[state.sound()], held, SHORT)
    state = _run(data, state[: 2 * BEST], held, LONG)
    return [state[i] for i in range(min(len(state.weights), BEST))]


def _run(data: Columns, state: State, held: Held, rounds: int) -> State:
    """Return the different ends, the highest first; members that become spikes are left out."""
    height = np.full(len(state.weights), -np.inf)
    for _ in range(rounds):
        if not len(state.weights):
            return state
        done = step(data, state, held)
        kept = done.state.sound() & np.isfinite(done.loglik)
        kept[kept] = ~is_spike(data, done.state[kept], done.masses[kept], held)
        still = bool((done.loglik - height < 1e-9 * np.abs(done.loglik))[kept].all())
        state, height = done.state[kept], done.loglik[kept]
        if still:
            break
    order = [i for n, i in enumerate(np.argsort(-height)) if _new(height, np.argsort(-height)[:n], i)]
    return state[order]


def _new(height: Floats, before: NDArray[np.intp], i: int) -> bool:
    return bool((np.abs(height[before] - height[i]) > APART).all())


def _partitions(data: Columns, k: int) -> Floats:
    """Return responsibilities to begin with, shape (partitions, K, rows)."""
    x = data.values
    centred = x - x.mean(axis=1, keepdims=True)
    _, lengths, scores = np.linalg.svd(centred, full_matrices=False)
    longest = np.argsort(np.argsort(scores[0], kind="stable"), kind="stable")
    found = [np.minimum(longest * k // data.rows, k - 1)]
    rng = np.random.default_rng(0)
    # of spherical rows the directions that the small sample does not fill are left out
    spherical = scores[lengths > 1e-9 * lengths[0]] * np.sqrt(data.rows)
    for split in range(min(max(WORK // data.rows, SPLITS[0]), SPLITS[1])):
        y = spherical if split % 2 else centred
        found.append(_nearest(y, _far_apart(y, k, rng)))
    return np.asarray(0.9 * (np.stack(found)[:, None] == np.arange(k)[:, None]) + 0.1 / k)


def _far_apart(y: Floats, k: int, rng: np.random.Generator) -> Floats:
    """Return k of the rows, each drawn with probability in proportion to its squared distance from those before."""
    centres = y[:, [int(rng.integers(y.shape[1]))]]
    for _ in range(k - 1):
        squares = _squares(y, centres).min(axis=1)
        total = squares.sum()
        chosen = int(rng.choice(y.shape[1], p=squares / total if total > 0.0 else None))
        centres = np.concatenate([centres, y[:, [chosen]]], axis=1)
    return centres


def _squares(y: Floats, centres: Floats) -> Floats:
    return np.asarray(((y[:, :, None] - centres[:, None, :]) ** 2).sum(axis=0))


def _nearest(y: Floats, centres: Floats) -> NDArray[np.intp]:
    return np.asarray(np.argmin(_squares(y, centres), axis=1))
