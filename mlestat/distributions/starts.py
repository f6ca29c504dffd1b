"""Where a search begins: values in order, weighted quantiles, and the centre and spread that outliers leave alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def ranked(x: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Return the values in order, with their weights; equal weights need no permutation.

    Examples
    --------
    >>> import numpy as np
    >>> [v.tolist() for v in ranked(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 5.0]))]
    [[1.0, 2.0, 3.0], [1.0, 5.0, 1.0]]
    """
    if (w == w[0]).all():
        return np.sort(x), w
    order = np.argsort(x, kind="stable")
    return x[order], w[order]


def weighted_quantile(x: Floats, w: Floats, q: float) -> float:
    """Return the smallest value with at least a share q of the weight at or below it.

    Examples
    --------
    >>> import numpy as np
    >>> weighted_quantile(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 5.0]), 0.5)
    2.0
    """
    values, weights = ranked(x, w)
    cumulative = np.cumsum(weights)
    i = int(np.searchsorted(cumulative, q * cumulative[-1]))
    return float(values[min(i, x.size - 1)])


def centre_and_spread(x: Floats, w: Floats) -> tuple[float, float]:
    """Return the median and half the distance between the quartiles; where these are tied, the mean distance from it.

    Examples
    --------
    >>> import numpy as np
    >>> centre_and_spread(np.array([1.0, 2.0, 3.0, 4.0, 1000.0]), np.ones(5))
    (3.0, 1.0)
    """
    low, middle, high = (weighted_quantile(x, w, q) for q in (0.25, 0.5, 0.75))
    spread = 0.5 * (high - low)
    return middle, spread if spread > 0.0 else float(np.average(np.abs(x - middle), weights=w))
