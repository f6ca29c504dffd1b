"""Probability of an interval, low < X <= high, in logs, with its derivatives in the parameters.

Three ways, each where it cancels nothing: an interval that holds at least half of the nearer tail is a difference of
two tails; a narrower one is a quadrature of the density; one of few whole numbers is their sum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array

if TYPE_CHECKING:
    from mlestat.distributions.base import Distribution, Matrix, Vector

Floats = NDArray[np.float64]
Moments = tuple[Floats, Floats, Floats]
"""log P (rows,), its gradient (k, rows) and Hessian (k, k, rows)."""

NARROW = {False: 0.9, True: 0.5}
"""An interval that leaves more than this share of the nearer tail beyond it is narrow: the difference of the two would
lose a digit, or a bit where tails are costly and quadratures themselves."""

FEW = 64
"""Whole numbers that are summed one by one."""

BLOCK = 4096
"""Rows per block of quadrature."""

_RULE: tuple[Any, Any] = np.polynomial.legendre.leggauss(24)
_X, _W = np.asarray(_RULE[0]), np.asarray(_RULE[1])


def log_between(d: Distribution, low: Array, high: Array) -> Array:
    """Return log P(low < X <= high); -inf where nothing lies between.

    Examples
    --------
    >>> import mlestat as mle
    >>> float(log_between(mle.Exponential(1.0), 0.0, float("inf")))
    0.0
    """
    low, high = np.broadcast_arrays(np.asarray(low, float), np.asarray(high, float))
    return _evaluate(d, low.ravel(), high.ravel(), derivatives=False)[0].reshape(low.shape)[()]


def log_between_derivatives(d: Distribution, low: Array, high: Array) -> tuple[Array, Vector, Matrix]:
    """Return log P(low < X <= high) with first and second derivatives in the natural parameters.

    Examples
    --------
    >>> import mlestat as mle
    >>> value, g, h = log_between_derivatives(mle.Exponential(2.0), [2.0], [float("inf")])
    >>> float(value[0]), float(g[0][0]), float(h[0][0][0])
    (-1.0, 0.5, -0.5)
    """
    low, high = np.broadcast_arrays(np.asarray(low, float), np.asarray(high, float))
    value, g, h = _evaluate(d, low.ravel(), high.ravel(), derivatives=True)
    k = range(len(d.roles))
    shape = low.shape
    return (
        value.reshape(shape),
        tuple(g[i].reshape(shape) for i in k),
        tuple(tuple(h[i, j].reshape(shape) for j in k) for i in k),
    )


def log_tail_derivatives(d: Distribution, x: Floats, *, upper: bool) -> tuple[Array, Vector, Matrix]:
    """Return the same for intervals that are all open on one side, x lying where neither tail is empty.

    Examples
    --------
    >>> import mlestat as mle
    >>> value, g, h = log_tail_derivatives(mle.Exponential(2.0), np.array([2.0]), upper=True)
    >>> float(value[0]), float(g[0][0]), float(h[0][0][0])
    (-1.0, 0.5, -0.5)
    """
    x = np.floor(x) if d.discrete else x
    with np.errstate(all="ignore"):
        if upper:
            return d._logsf(x), *d._logsf_derivatives(x)
        return d._logcdf(x), *d._logcdf_derivatives(x)


def log_between_by_hazard(d: Distribution, low: Floats, high: Floats) -> tuple[Array, Vector, Matrix]:
    """Return the same for finite ends inside the support of a family with an affine tail, which knows its log S.

    With D = log S(low) - log S(high), log P = log S(low) + log(1 - e^-D), on whichever side of the median: log S keeps
    its digits where S is nearly 1.

    Examples
    --------
    >>> import mlestat as mle
    >>> value, g, h = log_between_by_hazard(mle.Exponential(2.0), np.array([2e-9]), np.array([4e-9]))
    >>> float(value[0])   # log 1e-9, which 1 - cdf would know to seven digits
    -20.723265838...
    """
    with np.errstate(all="ignore"):
        (va, ga, ha), (vb, gb, hb) = (d._survival(d._terms(x)) for x in (low, high))
        drop = va - vb
        r = 1.0 / np.expm1(drop)
        rr = r * (1.0 + r)
        fall = [a - b for a, b in zip(ga, gb, strict=True)]
        k = range(len(fall))
        value = va + np.log(-np.expm1(-drop))
        g = np.stack([ga[i] + r * fall[i] for i in k])
        h = np.empty((len(fall), *g.shape))
        for i in k:
            for j in range(i + 1):
                h[i, j] = h[j, i] = ha[i][j] + r * (ha[i][j] - hb[i][j]) - rr * fall[i] * fall[j]
    narrow = np.flatnonzero(va < NARROW[False] * vb)  # log S is negative
    for part in (narrow[i : i + BLOCK] for i in range(0, narrow.size, BLOCK)):
        member = _rows(d, part, column=True)
        value[part], g[:, part], h[:, :, part] = _by_quadrature(member, low[part], high[part])
    return value, tuple(g), tuple(tuple(row) for row in h)


def _open(d: Distribution, x: Floats) -> NDArray[np.bool_]:
    """Tell where neither tail is empty."""
    above = (x >= d.support.lower) if d.discrete else (x > d.support.lower)
    return np.asarray(above & (x < d.support.upper) & np.isfinite(x))


def _evaluate(d: Distribution, low: Floats, high: Floats, *, derivatives: bool) -> Moments:
    if d.discrete:
        low, high = np.floor(low), np.floor(high)
    with np.errstate(all="ignore"):
        log_sa, log_fb = np.asarray(d.logsf(low)), np.asarray(d.logcdf(high))
        right = log_sa < log_fb
        outer: Floats = np.where(right, log_sa, log_fb)
        rest = np.empty_like(outer)
        for side, tail, end in ((right, "logsf", high), (~right, "logcdf", low)):
            rows = np.flatnonzero(side)
            rest[rows] = getattr(_rows(d, rows), tail)(end[rows])
        share = np.exp(rest - outer)
        value = outer + np.log1p(-share)
    k = len(d.roles)
    g, h = np.zeros((k, low.size)), np.zeros((k, k, low.size))
    narrow = _narrow(d, low, high, share)
    if derivatives:
        wide = np.flatnonzero(~narrow)
        g[:, wide], h[:, :, wide] = _from_tails(_rows(d, wide), low[wide], high[wide], right[wide], share[wide])
    at = np.flatnonzero(narrow)
    how = _by_points if d.discrete else _by_quadrature
    for part in (at[i : i + BLOCK] for i in range(0, at.size, BLOCK)):
        value[part], g[:, part], h[:, :, part] = how(_rows(d, part, column=True), low[part], high[part])
    nothing = ~(low < high) | (value == -np.inf) | np.isnan(value)
    value[nothing], g[:, nothing], h[:, :, nothing] = -np.inf, np.nan, np.nan
    return value, g, h


def _narrow(d: Distribution, low: Floats, high: Floats, share: Floats) -> NDArray[np.bool_]:
    """Tell intervals that a difference of tails would lose digits on."""
    if d.discrete:
        return (high - low <= FEW) & np.isfinite(low) & np.isfinite(high) & (high > low)
    narrow = (share > NARROW[d.costly_tails]) & (low > d.support.lower) & (high < d.support.upper) & (low < high)
    narrow &= np.isfinite(low) & np.isfinite(high)
    for name in d.kinks:  # a corner inside the interval is no place for a quadrature
        narrow &= ~((low < d.params[name]) & (d.params[name] < high))
    return narrow


def _rows(d: Distribution, at: NDArray[np.intp], *, column: bool = False) -> Distribution:
    """Return the distribution of these rows; parameters that go by row as columns if asked for."""
    arrays = {n: (v[at, None] if column else v[at]) for n, v in d.params.items() if np.ndim(v) > 0}
    return d.with_values(arrays) if arrays else d


def _from_tails(
    d: Distribution, low: Floats, high: Floats, right: NDArray[np.bool_], share: Floats
) -> tuple[Floats, Floats]:
    """Derivatives of log(A - B), A the outer tail and B the rest of it: weighted, centred means of theirs.

    With a = A/(A - B) and b = B/(A - B) = a - 1: g = a gA - b gB and H = a (HA + (gA - g)²) - b (HB + (gB - g)²).
    """
    k = len(d.roles)
    ends = np.where(right, low, high), np.where(right, high, low)
    (ga, ha), (gb, hb) = (_tail(d, end, right) for end in ends)
    a = 1.0 / (1.0 - share)
    b = share * a
    empty = b == 0.0
    gb[:, empty], hb[:, :, empty] = 0.0, 0.0
    g = a * ga - b * gb
    da, db = ga - g, gb - g
    h = np.empty((k, k, low.size))
    for i in range(k):
        for j in range(i + 1):
            h[i, j] = h[j, i] = a * (ha[i, j] + da[i] * da[j]) - b * (hb[i, j] + db[i] * db[j])
    return g, h


def _tail(d: Distribution, x: Floats, right: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Derivatives of log S(x) where `right`, of log F(x) elsewhere; 0 beyond the support, where P is 0 or 1."""
    k = len(d.roles)
    g, h = np.zeros((k, x.size)), np.zeros((k, k, x.size))
    open_ = _open(d, x)
    for side, member in ((right, "_logsf_derivatives"), (~right, "_logcdf_derivatives")):
        at = np.flatnonzero(side & open_)
        if at.size:
            with np.errstate(all="ignore"):
                first, second = getattr(_rows(d, at), member)(x[at])
            for i in range(k):
                g[i, at] = first[i]
                for j in range(k):
                    h[i, j, at] = second[i][j]
    return g, h


def _by_quadrature(d: Distribution, low: Floats, high: Floats) -> Moments:
    """Gauss and Legendre's rule, 24 nodes, on x or on the log of the distance from the nearer end of the support."""
    low, high = low[:, None], high[:, None]
    width = high - low
    below, above = low - d.support.lower, d.support.upper - high
    from_low = np.isfinite(below) & ~(above < below)
    from_high = np.isfinite(above) & ~from_low
    unit = 0.5 * (_X + 1.0)
    with np.errstate(all="ignore"):
        stretch = np.log1p(width / np.where(from_low, below, above))
        grown = np.expm1(stretch * unit)
        u = np.where(from_low, low + below * grown, np.where(from_high, high - above * grown, low + width * unit))
        slope = np.where(
            from_low, below * (1.0 + grown) * stretch, np.where(from_high, above * (1.0 + grown) * stretch, width)
        )
        t = d._terms(u)
        log_weight = d._logpdf(t) + np.log(slope) + np.log(0.5 * _W)
    return _averages(d, t, log_weight)


def _by_points(d: Distribution, low: Floats, high: Floats) -> Moments:
    """Sum over the whole numbers of the interval."""
    first = np.maximum(low[:, None] + 1.0, d.support.lower)
    u = first + np.arange(float(np.max(high - low)))
    inside = (u <= high[:, None]) & d.support.contains(u)
    with np.errstate(all="ignore"):
        t = d._terms(np.where(inside, u, d.support.inside))
        log_weight = np.where(inside, np.broadcast_to(d._logpdf(t), u.shape), -np.inf)
    return _averages(d, t, log_weight)


def _averages(d: Distribution, t: Any, log_weight: Floats) -> Moments:
    """Log of the total, E[s], and E[h] + Cov(s)."""
    from mlestat.distributions.tail_derivatives import averages

    log_weight = np.where(np.isnan(log_weight), -np.inf, log_weight)
    top = log_weight.max(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        value = top[:, 0] + np.log(np.sum(np.exp(log_weight - top), axis=1))
        g, h = averages(d, t, log_weight, log_weight.shape)
    return value, g, h
