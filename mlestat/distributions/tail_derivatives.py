r"""Derivatives of log F and log S in the parameters: closed where a family writes them, else conditional expectations.

Differentiating under the integral, with s the score and h the Hessian of the log-density,

    ∇ log S(a) = E[s | X > a],    ∇∇ᵀ log S(a) = E[h + s sᵀ | X > a] - ∇ log S ∇ log Sᵀ,

so that one quadrature of what every family writes anyway serves them all. It is taken over the tail that holds less
than half of the probability; the other tail follows from S' = -F' without cancellation.

This is not for autodiff libraries: censored rows are evaluated on NumPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array
from mlestat.special import polynomial

if TYPE_CHECKING:
    from mlestat.distributions.base import Distribution, Matrix, Vector

Floats = NDArray[np.float64]

SERIES_BELOW = 0.5
"""Hazards below which h/(1 - e^-h) comes from its series."""

BERNOULLI = (1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160, -691 / 1307674368000)
"""Coefficients of h², h⁴, … in h/(1 - e^-h) = 1 + h/2 + h²/12 - …: Bernoulli numbers over factorials."""


def location_scale(z: Array, scale: Array, first: Array, second: Array) -> tuple[Vector, Matrix]:
    """Return derivatives in (location, scale) of g((x - location)/scale), from g' and g'' at z.

    Examples
    --------
    >>> location_scale(2.0, 1.0, 3.0, 0.0)[0]
    (-3.0, -6.0)
    """
    v = scale * scale
    cross = (first + z * second) / v
    return (-first / scale, -z * first / scale), ((second / v, cross), (cross, z * (2.0 * first + z * second) / v))


def log_scale_shape(z: Array, shape: Array, scale: Array, first: Array, second: Array) -> tuple[Vector, Matrix]:
    """Return derivatives in (shape, scale) of g(shape · z), z = log(x/scale), from g' and g''.

    Examples
    --------
    >>> log_scale_shape(2.0, 1.0, 1.0, 3.0, 0.0)[0]
    (6.0, -3.0)
    """
    cross = -(second * shape * z + first) / scale
    corner = shape / scale / scale * (first + shape * second)
    return (first * z, -first * shape / scale), ((second * z * z, cross), (cross, corner))


def through(first: Array, second: Array, gradient: Vector, hessian: Matrix) -> tuple[Vector, Matrix]:
    """Return derivatives of g(u) from g' and g'' and the derivatives of u: the chain rule.

    Examples
    --------
    >>> through(2.0, 3.0, (5.0,), ((7.0,),))
    ((10.0,), ((89.0,),))
    """
    k = range(len(gradient))
    return (
        tuple(first * gradient[i] for i in k),
        tuple(tuple(second * gradient[i] * gradient[j] + first * hessian[i][j] for j in k) for i in k),
    )


def log_complement(h: Array) -> tuple[Array, Array]:
    """Return first and second derivative in log h of log(1 - exp(-h)), the other tail of a hazard h.

    They are r = h/(e^h - 1) and -r b with b = h/(1 - e^-h) - 1, which is near h/2 for small h.

    Examples
    --------
    >>> first, second = log_complement(1e-9)
    >>> float(first), float(second)
    (0.9999999995, -5e-10)
    """
    small = h < SERIES_BELOW
    s = np.where(small, h, 0.0)
    g = np.where(small, 1.0, h)
    fall = -np.expm1(-g)
    r = np.where(small, 1.0 - 0.5 * s + s * s * polynomial(s * s, BERNOULLI), g / np.expm1(g))
    b = np.where(small, 0.5 * s + s * s * polynomial(s * s, BERNOULLI), (g - fall) / fall)
    return r, -r * b


def scale_alone(scale: Array, slope: Array, rest: Array) -> tuple[Vector, Matrix]:
    """Return derivatives of log P in the one parameter `scale`, where P depends on z = x/scale alone.

    `slope` is z d log P/dz, `rest` is 2 + z f'(z)/f(z) - slope with the density f, since z d slope/dz is
    slope · (rest - 1) for either tail.

    Examples
    --------
    >>> scale_alone(2.0, -3.0, 2.0)   # an exponential at z = 3
    ((1.5,), ((-1.5,),))
    """
    return (-slope / scale,), ((slope * rest / (scale * scale),),)


def of_complement(log_odds: Array, g: Vector, h: Matrix) -> tuple[Vector, Matrix]:
    """Return derivatives of log(1 - P) from those of log P; `log_odds` is log P - log(1 - P).

    Examples
    --------
    >>> of_complement(0.0, (1.0,), ((0.0,),))
    ((np.float64(-1.0),), ((np.float64(-2.0),),))
    """
    odds = np.exp(log_odds)
    first = tuple(-odds * v for v in g)
    k = range(len(first))
    return first, tuple(tuple(-odds * (h[i][j] + g[i] * g[j]) - first[i] * first[j] for j in k) for i in k)


def tail_derivatives(d: Distribution, x: Array, *, upper: bool) -> tuple[Vector, Matrix]:
    """Return first and second derivatives of log S(x) (`upper`) or log F(x) in the natural parameters."""
    x = np.asarray(x, dtype=float)
    log_s, log_f = d._logsf(x), d._logcdf(x)
    right = log_s < log_f
    g, h = conditional(d, x, right, np.where(right, log_s, log_f))
    other_g, other_h = of_complement(-np.abs(log_s - log_f), g, h)
    same = right == upper
    k = range(len(g))
    whole = (x >= d.support.upper) & (not upper)  # F is 1 at the last point
    return (
        tuple(np.where(whole, 0.0, np.where(same, g[i], other_g[i])) for i in k),
        tuple(tuple(np.where(whole, 0.0, np.where(same, h[i][j], other_h[i][j])) for j in k) for i in k),
    )


def conditional(d: Distribution, x: Floats, right: Any, log_p: Array) -> tuple[Vector, Matrix]:
    """Return derivatives of log P of the tail beyond x, to the right or to the left, block by block of rows."""
    flat, side, lp = (np.broadcast_to(v, np.broadcast(x, right, log_p).shape).ravel() for v in (x, right, log_p))
    k = len(d.roles)
    g, h = np.empty((k, flat.size)), np.empty((k, k, flat.size))
    tail = _whole_tail if d.discrete else _smooth_tail
    for at in (slice(i, i + ROWS) for i in range(0, flat.size, ROWS)):
        g[:, at], h[:, :, at] = tail(_columns(d, x.shape, at), flat[at, None], side[at, None], lp[at, None])
    shape = np.broadcast(x, right, log_p).shape
    first = tuple(g[i].reshape(shape) for i in range(k))
    return first, tuple(tuple(h[i, j].reshape(shape) for j in range(k)) for i in range(k))


def _columns(d: Distribution, shape: tuple[int, ...], at: slice) -> Distribution:
    """Return the distribution of these rows, parameters that go by row as columns beside the nodes."""
    arrays = {n: np.broadcast_to(v, shape).ravel()[at, None] for n, v in d.params.items() if np.ndim(v) > 0}
    return d.with_values(arrays) if arrays else d


def _smooth_tail(d: Distribution, x: Floats, right: Any, log_p: Floats) -> tuple[Floats, Floats]:
    """Double exponential quadrature from x outward (Takahasi, Mori 1974; Mori, Sugihara 2001, eq. 2.10).

    The distance δ from x is h w / (1 + h w / D), w = exp(π/2 sinh t), D the distance of the far end. The natural
    scale h is P / f(x), which is the decay length of an exponential tail, x/α of a power tail, and never underflows,
    being a difference of logs. Weights are relative to their own sum, so that P itself is not needed again.
    """
    far = np.where(right, d.support.upper, d.support.lower)
    length = np.abs(far - x)
    with np.errstate(all="ignore"):
        scale = np.exp(np.minimum(log_p - d._logpdf(d._terms(x)), 705.0))
        scale = np.minimum(scale, np.where(np.isfinite(length), 1e6 * length, 1e300))
        w, dw = _NODES
        reached = scale * w / length
        v = 1.0 / (1.0 + reached)  # share of the way that is left
        delta = np.where(np.isfinite(length), length * (reached * v), scale * w)
        near_end = np.isfinite(length) & (v < 0.5)
        sign = np.where(right, 1.0, -1.0)
        u = np.where(near_end, far - sign * length * v, x + sign * delta)
        inside = d.support.contains(u) & (u != x)
        t = d._terms(np.where(inside, u, x))
        log_weight = d._logpdf(t) + np.log(dw) + 2.0 * np.log(v)
        log_weight = np.where(inside & np.isfinite(log_weight), log_weight, -np.inf)
        return averages(d, t, log_weight, u.shape)


def _whole_tail(d: Distribution, x: Floats, right: Any, log_p: Floats) -> tuple[Floats, Floats]:
    """Sum over the whole numbers outward from x, as many as carry weight."""
    first = np.where(right, np.floor(x) + 1.0, np.floor(x))
    sign = np.where(right, 1.0, -1.0)
    count = 64
    while True:
        u = first + sign * np.arange(float(count))
        with np.errstate(all="ignore"):
            inside = d.support.contains(u)
            t = d._terms(np.where(inside, u, first))
            log_weight = np.where(inside, np.broadcast_to(d._logpdf(t), u.shape), -np.inf)
        last = log_weight[:, -1] - log_weight.max(axis=1)
        if count >= LONGEST or not np.any(last > NEGLIGIBLE):
            return averages(d, t, log_weight, u.shape)
        count *= 4


def averages(d: Distribution, t: Any, log_weight: Floats, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """E[s] and E[h] + Cov(s) under the weights of each row."""
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    used = weight > 0.0
    k = range(len(d.roles))
    with np.errstate(all="ignore"):
        s = [np.where(used, np.broadcast_to(v, shape), 0.0) for v in d._score(t)]
        hessian = d._hessian(t)
    g = np.array([np.sum(weight * v, axis=1) for v in s])
    centred = [v - m[:, None] for v, m in zip(s, g, strict=True)]
    h = np.empty((len(s), len(s), shape[0]))
    for i in k:
        for j in range(i + 1):
            inner = np.where(used, np.broadcast_to(hessian[i][j], shape), 0.0) + centred[i] * centred[j]
            h[i, j] = h[j, i] = np.sum(weight * inner, axis=1)
    return g, h


def _exp_sinh() -> tuple[Floats, Floats]:
    """Nodes w and weights dw of the rule on (0, ∞)."""
    t = np.arange(-4.0, 6.85, STEP)
    w = np.exp(0.5 * np.pi * np.sinh(t))
    return w, STEP * 0.5 * np.pi * np.cosh(t) * w


STEP = 1.0 / 20.0
"""Step of the double exponential rule. Its error falls like exp(-c/step): for second derivatives of a half-normal tail
it is 1.5e-10 at 1/14, 5e-14 at 1/20, and rounding from there on."""

ROWS = 384
"""Rows per block: 218 nodes each make arrays of 670 kB, which stay in cache."""

NEGLIGIBLE = -42.0
"""Log of a relative weight that no longer counts."""

LONGEST = 1 << 18
"""Whole numbers that one tail sums at most."""

_NODES = _exp_sinh()
