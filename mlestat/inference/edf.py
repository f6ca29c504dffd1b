r"""Statistics of the empirical distribution function: how far it lies from the fitted one. No p-value is found here.

With the probability transforms :math:`u_i = F(x_i)` in rising order, uniform if F is true,

.. math:: D = \max_i \max\{i/n - u_i,\; u_i - (i-1)/n\}, \quad
   W^2 = \tfrac1{12n} + \sum_i \bigl(u_i - \tfrac{2i-1}{2n}\bigr)^2, \quad
   A^2 = -n - \tfrac1n \sum_i (2i-1)\,[\log u_i + \log(1-u_{n+1-i})]

(Kolmogorov-Smirnov, Cramér-von Mises, Anderson-Darling; Stephens in D'Agostino, Stephens, *Goodness-of-Fit Techniques*
(1986), eqs. 4.2). With right-censored rows the product-limit estimate takes the place of the empirical one, and the
integrals :math:`W^2 = n\int(\hat F-u)^2du`, :math:`A^2 = n\int(\hat F-u)^2/(u(1-u))\,du` end where it does. Derivation:
docs/theory/goodness.md.

Every function takes many samples at once: the last axis is the rows of one.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def complete_statistics(u: Floats, v: Floats) -> dict[str, Floats]:
    """Return D, W² and A² of exact rows.

    Parameters
    ----------
    u, v : ndarray, shape (..., n)
        F(x) and 1 - F(x), in any order of the rows; both, since neither tail bears a difference.

    Returns
    -------
    dict of ndarray, shape (...)
        By the names "ks", "cvm" and "ad".

    Examples
    --------
    >>> u = np.array([0.1, 0.4, 0.9])
    >>> {name: round(float(t), 6) for name, t in complete_statistics(u, 1.0 - u).items()}
    {'ks': 0.266667, 'cvm': 0.046667, 'ad': 0.313375}
    """
    u, v = np.sort(u, axis=-1), np.sort(v, axis=-1)
    n = u.shape[-1]
    i = np.arange(1.0, n + 1.0)
    with np.errstate(divide="ignore"):
        logs = np.log(u) + np.log(v)
    return {
        "ks": np.maximum((i / n - u).max(axis=-1), (u - (i - 1.0) / n).max(axis=-1)),
        "cvm": 1.0 / (12.0 * n) + ((u - (2.0 * i - 1.0) / (2.0 * n)) ** 2).sum(axis=-1),
        "ad": -n - (logs * (2.0 * i - 1.0)).sum(axis=-1) / n,
    }


def censored_statistics(u: Floats, v: Floats, event: Flags) -> dict[str, Floats]:
    """Return D, W² and A² of rows of which some are known only to lie above their value.

    Parameters
    ----------
    u, v : ndarray, shape (..., n)
        F and 1 - F at the value or the bound.
    event : ndarray of bool, shape (..., n)
        Whether the row is exact.

    Examples
    --------
    >>> u = np.array([0.1, 0.4, 0.9])
    >>> {name: round(float(t), 6) for name, t in censored_statistics(u, 1.0 - u, np.ones(3, bool)).items()}
    {'ks': 0.266667, 'cvm': 0.046667, 'ad': 0.313375}
    """
    order = np.lexsort((~event, u), axis=-1)  # of equal values, events come before bounds
    u, v = np.take_along_axis(u, order, axis=-1), np.take_along_axis(v, order, axis=-1)
    event = np.take_along_axis(event, order, axis=-1)
    n = u.shape[-1]
    after = 1.0 - np.cumprod(1.0 - event / np.arange(n, 0.0, -1.0), axis=-1)
    before = np.concatenate([np.zeros_like(after[..., :1]), after[..., :-1]], axis=-1)
    last = event[..., -1]  # the estimate is 1 from there on; after a bound it is not known
    gap = np.maximum(np.abs(after - u), np.abs(before - u))
    gap[..., -1] = np.where(last, gap[..., -1], np.abs(before - u)[..., -1])
    level = np.concatenate([before, np.ones_like(last)[..., None]], axis=-1)
    low = np.concatenate([np.zeros_like(u[..., :1]), u], axis=-1)
    high = np.concatenate([u, np.ones_like(u[..., :1])], axis=-1)
    rest_low = np.concatenate([np.ones_like(v[..., :1]), v], axis=-1)
    rest_high = np.concatenate([v, np.zeros_like(v[..., :1])], axis=-1)
    counted = np.ones(level.shape, dtype=bool)
    counted[..., -1] = last
    square = ((high - level) ** 3 - (low - level) ** 3) / 3.0
    weighed = _weighed(level, high, rest_high) - _weighed(level, low, rest_low)
    return {
        "ks": gap.max(axis=-1),
        "cvm": n * np.where(counted, square, 0.0).sum(axis=-1),
        "ad": n * np.where(counted, weighed, 0.0).sum(axis=-1),
    }


def _weighed(c: Floats, u: Floats, v: Floats) -> Floats:
    """The antiderivative of (c - u)²/(u(1 - u)): c² log u - (1 - c)² log(1 - u) - u."""
    return np.asarray(sc.xlogy(c * c, u) - sc.xlogy((1.0 - c) ** 2, v) - u)


def cell_statistics(counts: Floats, p: Floats) -> dict[str, Floats]:
    """Return D, W² and A² of counts in ordered cells of given probabilities.

    With H the cumulated probabilities and Z = n(F_n - H) at the end of each cell: D = max |Z|/n, W² = Σ Z² p / n,
    A² = Σ Z² p / (n H (1 - H)).

    References
    ----------
    Choulakian, Lockhart, Stephens, *Can. J. Stat.* 22 (1994) 125-137, eqs. 1 and 2.

    Examples
    --------
    >>> t = cell_statistics(np.array([3.0, 1.0]), np.array([0.5, 0.5]))
    >>> {name: float(v) for name, v in t.items()}
    {'ks': 0.25, 'cvm': 0.125, 'ad': 0.5}
    """
    n = counts.sum(axis=-1, keepdims=True)
    below = np.cumsum(p, axis=-1)
    above = np.concatenate([np.cumsum(p[..., :0:-1], axis=-1)[..., ::-1], np.zeros_like(p[..., :1])], axis=-1)
    z = np.cumsum(counts, axis=-1) - n * below
    z[..., -1] = 0.0
    size, spread = n[..., 0], below * above
    with np.errstate(divide="ignore", invalid="ignore"):
        weighed = np.where(spread > 0.0, z * z * p / spread, 0.0)
    return {
        "ks": np.abs(z).max(axis=-1) / size,
        "cvm": (z * z * p).sum(axis=-1) / size,
        "ad": weighed.sum(axis=-1) / size,
    }


def chi_squared_statistic(counts: Floats, expected: Floats) -> Mapping[str, Floats]:
    """Return Pearson's X² and the likelihood-ratio G² of counts against expected ones, last axis the cells.

    Examples
    --------
    >>> float(chi_squared_statistic(np.array([12.0, 8.0]), np.array([10.0, 10.0]))["chisq"])
    0.8
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        pearson = np.where(expected > 0.0, (counts - expected) ** 2 / expected, np.where(counts > 0.0, np.inf, 0.0))
        ratio = sc.xlogy(counts, counts / expected)
    return {"chisq": pearson.sum(axis=-1), "g2": 2.0 * (ratio - counts + expected).sum(axis=-1)}
