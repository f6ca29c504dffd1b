r"""Expected information of a member of a scipy family, E[s sᵀ], by quadrature in the standard form.

Between corners of the density and its tails the double exponential rule is taken (Takahasi, Mori 1974), whose nodes
crowd at both ends of each panel: at a corner the score jumps, and beside a zero or a pole of the density it has a pole.
There the information about the location may be infinite: an estimate that is more accurate than any standard error.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from mlestat.distributions.scipy_model import FromScipy

Floats = NDArray[np.float64]

PROBES = (1e-6, 1e-9)
"""Distances from a corner, in the standard form, at which it is asked whether z (log f)'² f still falls."""

LEFT_OUT = 1e-15
"""Probability on each side that a sum over whole numbers leaves out: scipy's quantiles reach no further."""

MOST_TERMS = 1 << 17
"""Whole numbers that are summed at most."""

FALLS = 0.9
"""Falling by less than this factor over the three decades between the probes is not falling: the integral diverges."""


def information(member: FromScipy) -> tuple[tuple[float, ...], ...]:
    """Return the expected information of one observation in (shapes, loc, scale).

    Examples
    --------
    >>> import scipy.stats
    >>> import mlestat as mle
    >>> d = mle.from_scipy(scipy.stats.norm(0.0, 2.0))
    >>> (d.fisher().round(8) + 0.0).tolist()
    [[0.25, 0.0], [0.0, 0.5]]
    """
    k, m = len(member.values), len(member.family.shapes)
    standard = member.resting(type(member.rest)()).with_values({"loc": 0.0, "scale": 1.0})
    x, w = _points(standard)
    s = np.atleast_2d(standard.score(x))
    told = np.isfinite(s).any(axis=0)  # known parameters, and shapes at an end of their domain, have no score
    used = (w > 0.0) & np.isfinite(s[:, told]).all(axis=1)
    total = np.full((k, k), math.nan)
    with np.errstate(all="ignore"):
        total[np.ix_(told, told)] = np.einsum("n,ni,nj->ij", w[used], s[np.ix_(used, told)], s[np.ix_(used, told)])
    if not member.discrete:
        unit = np.array([1.0] * m + [1.0 / float(member.params["scale"])] * 2)
        total = total * np.outer(unit, unit)
        if any(_diverges(standard, float(at)) for at in member.family.corners(member.shapes)):
            total[m, :] = total[:, m] = 0.0
            total[m, m] = math.inf
        total = _along(member, total)
    return tuple(tuple(float(v) for v in row) for row in total)


def _along(member: FromScipy, total: Floats) -> Floats:
    """Where an end of the support rests on a place, loc follows the scale: the information of what is left.

    The families that get here, those with a corner, have ends that no shape moves.
    """
    if member.rest.follows != ("loc",):
        return total
    low, high = member.family.ends(member.shapes)
    slope = -float(low if member.rest.low is not None else high)
    along = total.copy()
    along[:, -1] += slope * total[:, -2]
    along[-1, :] += slope * along[-2, :]
    return along


def _points(d: FromScipy) -> tuple[Floats, Floats]:
    """Points and weights such that Σ w g(x) is E g(X)."""
    from mlestat.distributions.expectation import points_of

    corners = sorted(float(c) for c in d.family.corners(d.shapes))
    if d.discrete:
        low, high = (float(d.ppf(q)) for q in (LEFT_OUT, 1.0 - LEFT_OUT))
        x = np.arange(low, min(high, low + MOST_TERMS) + 1.0)
        return x, np.asarray(d.pdf(x))
    if not corners:
        return points_of(d)
    t, share = _panel()
    parts = [_tail(d, corners[0], upper=False), _tail(d, corners[-1], upper=True)]
    for a, b in itertools.pairwise(corners):
        x = np.concatenate([a + (b - a) * t, b - (b - a) * t])
        parts.append((x, (b - a) * np.concatenate([share, share]) * np.exp(d.logpdf(x))))
    x, w = (np.concatenate(column) for column in zip(*parts, strict=True))
    return x, w


def _tail(d: FromScipy, corner: float, *, upper: bool) -> tuple[Floats, Floats]:
    """From a corner outward: in x up to the middle of the tail's mass, by quantiles beyond it."""
    t, share = _panel()
    mass = float(d.sf(corner) if upper else d.cdf(corner))
    half = 0.5 * mass
    middle = float(d.isf(half) if upper else d.ppf(half))
    x = corner + (middle - corner) * np.concatenate([t, 1.0 - t])
    w = abs(middle - corner) * np.concatenate([share, share]) * np.exp(d.logpdf(x))
    q = half * np.concatenate([t, 1.0 - t])
    far = np.asarray(d.isf(q) if upper else d.ppf(q))
    kept = np.isfinite(far)
    return np.concatenate([x, far[kept]]), np.concatenate([w, (half * np.concatenate([share, share]))[kept]])


def _panel() -> tuple[Any, Any]:
    """Nodes in (0, 1/2), to be used from both ends, and weights of the double exponential rule on (0, 1)."""
    t = np.linspace(-4.3, 0.0, 160)
    h = t[1] - t[0]
    s = 0.5 * np.pi * np.sinh(t)
    u = 1.0 / (1.0 + np.exp(-2.0 * s))
    w = h * 0.25 * np.pi * np.cosh(t) / np.cosh(s) ** 2
    w[-1] *= 0.5  # the middle is there twice
    return u, w


def _diverges(d: FromScipy, corner: float) -> bool:
    """Whether the information about the location is infinite at a corner."""
    for side in (-1.0, 1.0):
        z = corner + side * np.array(PROBES)
        with np.errstate(all="ignore"):
            rate = np.abs(z - corner) * np.asarray(d.dlogpdf(z)) ** 2 * np.exp(np.asarray(d.logpdf(z)))
        if np.isfinite(rate).all() and rate[0] > 0.0 and rate[1] > FALLS * rate[0]:
            return True
    return False
