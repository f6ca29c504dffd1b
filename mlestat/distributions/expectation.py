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
