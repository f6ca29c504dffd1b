"""Heavy tails around a location: where their likelihood has its peaks, and where a tied value makes it endless.

Student's t with ν degrees of freedom (a Cauchy has 1) may have a peak in its location at every cluster of the data, and
its likelihood has no bound as the scale falls to 0 on a value that holds more than a share ν/(1 + ν) of the weight.

References: Copas, *Biometrika* 62 (1975) 701-704; Fernández, Steel, *Biometrika* 86 (1999) 153-167.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Escape
from mlestat.special import square_shares

Floats = NDArray[np.float64]

CANDIDATES = 300
"""Places from which the location climbs, at most."""

ASCENTS = 50
"""Steps of each climb; they shrink by a factor that is seldom above a half."""

APART = 1e-3
"""Places nearer than this many scales are the same peak."""

MOST = 4
"""Peaks that are climbed by Newton's method."""

THINNED = 1_000
"""Rows that tell whether an atom can be large enough, before all are looked at."""

SUSPECT = 0.75
"""Share of the atom that it takes which those rows must show."""


def heavy_locations(x: Floats, w: Floats, scale: float, df: float) -> list[float]:
    """Return the peaks of Σ -w log(1 + z²/ν), z = (x - μ)/scale, in μ, the highest first.

    Each is reached from the data by the mean that is weighted with 1/(1 + z²/ν) again and again.

    Examples
    --------
    >>> import numpy as np
    >>> [round(v, 3) for v in heavy_locations(np.array([0.0, 0.1, 9.0]), np.ones(3), 0.5, 1.0)]
    [0.064, 8.943]
    """
    unit = scale * math.sqrt(df)
    place = np.sort(x)[:: -(-x.size // CANDIDATES)]
    with np.errstate(all="ignore"):
        for _ in range(ASCENTS):
            share = w * square_shares((x - place[:, None]) / unit)[4]
            place = (share @ x) / share.sum(axis=1)
        _, big, _, s, _, _ = square_shares((x - place[:, None]) / unit)
        depth = (np.log1p(s) + 2.0 * np.log(big)) @ w
    found: list[float] = []
    for i in np.argsort(depth, kind="stable"):
        if len(found) < MOST and all(abs(place[i] - other) > APART * scale for other in found):
            found.append(float(place[i]))
    return found


def atom_escape(x: NDArray[Any], w: Floats | None, df: float, log_constant: float, mu: float | None) -> Escape | None:
    """Return the spike on a value that holds a share ν/(1 + ν) of the weight or more, if there is one.

    Parameters
    ----------
    x, w : ndarray, shape (n,)
        Rows and their weights.
    df : float
        Degrees of freedom ν, held.
    log_constant : float
        Log of the density at 0, scale 1.
    mu : float or None
        The location if it is held.
    """
    needed = df / (1.0 + df)
    few = x[:: -(-x.size // THINNED)].astype(np.float64)
    if w is None and _atom(few, np.ones(few.size), mu)[1] < SUSPECT * needed:
        return None
    x, w = x.astype(np.float64), np.ones(x.size) if w is None else w
    c, share = _atom(x, w, mu)
    others = x[x != c]
    # two values with equal weight: a ridge, which is flat for a Cauchy alone
    ridge = df == 1.0 and share == needed and mu is None and others.size and others.min() == others.max()
    if share < needed or others.size == 0 or ridge:
        return None
    height = math.inf
    if share == needed:
        n = float(w.sum())
        far = w[x != c]
        height = n * log_constant - (df + 1.0) * float(np.log(np.abs(others - c)) @ far)
        height += 0.5 * (df + 1.0) * math.log(df) * float(far.sum())
    because = f"a share of {share:.3g} of the weight lies on {c:g}"
    return Escape({"mu": c}, because, height, f"a point mass at {c:g}")


def _atom(x: Floats, w: Floats, mu: float | None) -> tuple[float, float]:
    """The value that holds most of the weight, or the held location, with its share."""
    if mu is not None:
        return mu, float(w[x == mu].sum() / w.sum())
    values, place = np.unique(x, return_inverse=True)
    shares = np.bincount(place, weights=w) / w.sum()
    top = int(np.argmax(shares))
    return float(values[top]), float(shares[top])
