"""Expectations over a whole-number distribution: exact sums, or panels where the sum would be long.

Used for expected information that has no closed form. The density is smooth on the scale of the panels,
so a 20-point Gauss-Legendre rule on each gives the midpoint sum to about 1e-9.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from mlestat.arrays import Array
    from mlestat.distributions.base import Distribution

Floats = NDArray[np.float64]

EXACT_TERMS = 1 << 17
"""Sums up to this length are taken term by term."""

LEFT_OUT = 1e-20
"""Probability beyond the ends of the sum, on each side."""

PANELS = 400


def expect_whole(d: Distribution, f: Callable[[Floats], Floats]) -> float:
    """Return E f(X) for whole-number X ~ d.

    Examples
    --------
    >>> import mlestat as mle
    >>> round(expect_whole(mle.Poisson(3.0), lambda x: x * x), 10)
    12.0
    """
    low, high = float(d.ppf(LEFT_OUT)), float(d.isf(LEFT_OUT))
    head = np.arange(low, min(high, low + EXACT_TERMS) + 1.0)
    total = float(np.sum(d.pdf(head) * f(head)))
    if head[-1] >= high:
        return total
    edges = np.geomspace(1.0, high - head[-1] + 1.0, PANELS + 1) + head[-1] - 0.5
    nodes, weights = np.polynomial.legendre.leggauss(20)
    half = 0.5 * np.diff(edges)[:, None]
    x = 0.5 * (edges[1:] + edges[:-1])[:, None] + half * nodes
    density = np.exp(d._logpdf(d._terms(x)))  # the formula is smooth between the whole numbers
    return total + float(np.sum(half * weights * density * f(x)))


def _rule() -> tuple[Floats, Floats]:
    """Nodes u in (0, ½) and weights of the double exponential rule (Takahasi, Mori 1974)."""
    t = np.linspace(-4.6, 4.6, 260)
    s = 0.5 * np.pi * np.sinh(t)
    u = 0.5 / (1.0 + np.exp(-2.0 * s))
    w = 0.25 * np.pi * 0.5 * np.cosh(t) / np.cosh(s) ** 2 * (t[1] - t[0])
    keep = (u > 1e-200) & (w > 0.0)
    return u[keep], w[keep]


def points_of(d: Distribution) -> tuple[Floats, Floats]:
    """Return points and weights such that Σ w g(x) is E g(X): quantiles from both ends, or the whole numbers."""
    if d.discrete:
        low, high = float(d.ppf(LEFT_OUT)), float(d.isf(LEFT_OUT))
        x = np.arange(max(low, d.support.lower), min(high, low + EXACT_TERMS) + 1.0)
        return x, np.asarray(d.pdf(x))
    u, w = _rule()
    x = np.concatenate([d.ppf(u), d.isf(u)])
    weights = np.concatenate([w, w])
    inside = np.isfinite(x) & d.support.contains(x)
    return x[inside], weights[inside]


def score_covariance(d: Distribution) -> tuple[tuple[float, ...], ...]:
    """Return the expected information as E[s sᵀ], by quadrature.

    Examples
    --------
    >>> import mlestat as mle
    >>> round(score_covariance(mle.Exponential(2.0))[0][0], 9)
    0.25
    """
    x, w = points_of(d)
    s = d.score(x)
    total = (s * w[:, None]).T @ s
    return tuple(tuple(float(v) for v in row) for row in total)


def moments_by_quantiles(d: Distribution) -> tuple[float, float, float, float]:
    """Return mean, variance, skewness and kurtosis, by quadrature.

    Examples
    --------
    >>> import mlestat as mle
    >>> [round(v, 6) for v in moments_by_quantiles(mle.Exponential(2.0))]
    [2.0, 4.0, 2.0, 9.0]
    """
    x, w = points_of(d)
    mean = float(np.sum(w * x))
    v, three, four = (float(np.sum(w * (x - mean) ** j)) for j in (2, 3, 4))
    return mean, v, three / v**1.5, four / (v * v)


def standardised(mean: Array, second: Array, third: Array, fourth: Array) -> tuple[Array, Array, Array]:
    """Return variance, skewness and kurtosis from moments about any point that is near the mean.

    Examples
    --------
    >>> [float(v) for v in standardised(1.0, 2.0, 6.0, 24.0)]   # an exponential's about 0
    [1.0, 2.0, 9.0]
    """
    variance = second - mean * mean
    central3 = third - 3.0 * mean * second + 2.0 * mean**3
    central4 = fourth - 4.0 * mean * third + 6.0 * mean**2 * second - 3.0 * mean**4
    return variance, central3 / variance**1.5, central4 / (variance * variance)
