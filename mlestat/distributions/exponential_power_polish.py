r"""Newton's method for an exponential power likelihood on many rows, from the maximum of some of them.

With z = (x - mu)/h for a fixed unit h near the scale, l = log|z| and means over the rows

    A = |z|^p,  B = |z|^p l,  D = |z|^p l²,  C = sign(z) |z|^(p-1),  C' = sign(z) |z|^(p-1) l,  E = |z|^(p-2),

the location solves C = 0 and the power ψ(1 + 1/p) = p² T, where T = (B/A - (log p + log A)/p)/p with the scale at its
best, (s/h)^p = pA, and T = B with a held scale, which is then the unit. One pass gives both equations and their
derivatives, dA/dmu = -pC/h and dB/dmu = -(pC' + C)/h among them. For p > 1; NumPy only.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BLOCK = 32_000
"""Rows that are summed at once, so that the temporaries stay in cache."""

PASSES = 8
"""Newton takes four from so near; more means that a power close to 1 leaves the slope in the location too steep."""

SETTLED = 1e-12
"""Last step, relative to scale and power: their standard errors are above 1e-5 for less than 1e10 rows."""

NEAR = 0.2
"""Longest step, relative to scale and power; a longer one is no polish."""


def block_sums(f: Callable[[Floats, Floats], tuple[float, ...]], x: Floats, w: Floats) -> tuple[float, ...]:
    """Add up what f gives for blocks of values and weights.

    Examples
    --------
    >>> import numpy as np
    >>> block_sums(lambda v, u: (float(u @ v), float(u.sum())), np.arange(4.0), np.ones(4))
    (6.0, 4.0)
    """
    if x.size <= BLOCK:
        return f(x, w)
    blocks = (slice(i, i + BLOCK) for i in range(0, x.size, BLOCK))
    return tuple(math.fsum(column) for column in zip(*(f(x[at], w[at]) for at in blocks), strict=True))


def polish(
    x: Floats, w: Floats, mu: float, scale: float, power: float, *, move: bool, stretch: bool
) -> tuple[float, float, float] | None:
    """Return location, scale and power of the maximum beside these; None where Newton's steps do not settle.

    `w` sums to 1; `move` and `stretch` tell whether location and scale are free.
    """
    if power <= 1.0:
        return None
    for _ in range(PASSES):
        sums = _means(x, w, mu, scale, power)
        step = _step(sums, power, move=move, stretch=stretch)
        if step is None:
            return None
        mu, power = mu + step[0] * scale, power * (1.0 + step[1])
        if max(map(abs, step)) <= SETTLED:
            return mu, scale * (power * sums[0]) ** (1.0 / power) if stretch else scale, power
    return None


def _means(x: Floats, w: Floats, mu: float, unit: float, p: float) -> tuple[float, ...]:
    """A, B, D, C, C' and E."""

    def part(v: Floats, u: Floats) -> tuple[float, ...]:
        z = (v - mu) / unit
        apart = z != 0.0
        if not apart.all():
            z, u = z[apart], u[apart]
        level = np.log(np.abs(z))
        rise = u * np.exp(p * level)
        tilted, slope = rise * level, rise / z
        return (
            float(rise.sum()),
            float(tilted.sum()),
            float(tilted @ level),
            float(slope.sum()),
            float(slope @ level),
            float(slope @ (1.0 / z)),
        )

    with np.errstate(all="ignore"):
        return block_sums(part, x, w)


def _step(sums: tuple[float, ...], p: float, *, move: bool, stretch: bool) -> tuple[float, float] | None:
    """Newton's step in location (in units of h) and log power; None where the point is no maximum, or far from one."""
    a, b, d, c, tilted, e = sums
    digamma, trigamma = float(sc.digamma(1.0 + 1.0 / p)), float(sc.zeta(2.0, 1.0 + 1.0 / p))
    if stretch:
        log_s = (math.log(p) + math.log(a)) / p
        t = (b / a - log_s) / p
        t_p = ((d - b * b / a) / a - ((1.0 / p + b / a) - log_s) / p - t) / p
        t_mu = (-(p * tilted + c) + b / a * p * c + c) / a / p
    else:
        t, t_p, t_mu = b, d, -(p * tilted + c)
    f, f_p, f_mu = digamma - p * p * t, -trigamma / (p * p) - 2.0 * p * t - p * p * t_p, -p * p * t_mu
    g, g_p, g_mu = c, tilted, -(p - 1.0) * e
    if not (f_p < 0.0 and (g_mu < 0.0 or not move)):
        return None
    determinant = f_p * g_mu - f_mu * g_p
    d_p = -(f * g_mu - g * f_mu) / determinant if move else -f / f_p
    d_mu = -(g * f_p - f * g_p) / determinant if move else 0.0
    near = abs(d_mu) <= NEAR and abs(d_p) <= NEAR * p
    return (d_mu, d_p / p) if near else None
