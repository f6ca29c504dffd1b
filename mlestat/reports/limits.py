"""Tolerance and prediction limits: where a share of all values lies, and where the next value lies.

Derivations: `docs/theory/sigma_intervals.md`. These are three different intervals. A confidence interval is
about a parameter, a tolerance interval about a share of the population, a prediction interval about one
value. Numbers only; which of these routes a report takes is decided in `sigma.py`.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

NODES = 200
"""Gauss-Legendre nodes. The integrand is smooth: 400 nodes give the same factor to 1e-11 (tested)."""

REACH = 9.5
"""Upper end of the integral over |z|: beyond it a standard normal holds 2e-21, less than any last digit."""


def half_width(z: NDArray[np.float64], content: float) -> NDArray[np.float64]:
    """Return r with `Phi(z + r) - Phi(z - r) = content`: the half-width an interval off-centre by z needs.

    Bisection between two bounds that always hold: the width for z = 0, and that width plus z.

    Parameters
    ----------
    z : ndarray, shape (m,)
        Distances of the centre from the mean, in sigmas, z >= 0.
    content : float
        Share of the population, 0 < content < 1.
    """
    from scipy.special import ndtr, ndtri

    centred = -ndtri(0.5 * (1.0 - content))
    low, high = np.full_like(z, centred), z + centred
    for _ in range(60):  # halves an interval of width z <= 10 to below one unit in the last place
        middle = 0.5 * (low + high)
        short = ndtr(-middle - z) + ndtr(z - middle) > 1.0 - content
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return 0.5 * (low + high)


@lru_cache(maxsize=256)
def normal_tolerance_factor(n: float, content: float, confidence: float) -> float:
    """Return k so that mean ± k·sample_sd holds `content` of a normal population with `confidence`: exact.

    Solves `2 ∫_0^∞ φ(u) P(χ²_{n-1} >= (n-1) r(u/√n)² / k²) du = confidence`, with r from `half_width`
    (Krishnamoorthy & Mathew, *Statistical Tolerance Regions*, 2009, section 2.3). Many printed tables hold
    Howe's approximation or an older one, which are 0.4 % too small at n = 10; Howe's serves here as the
    start.

    Parameters
    ----------
    n : float
        Number of values, n > 1.
    content, confidence : float
        Both in (0, 1).

    Examples
    --------
    >>> from mlestat.reports.limits import normal_tolerance_factor
    >>> round(normal_tolerance_factor(10, 0.95, 0.95), 3)
    3.393
    """
    from scipy.optimize import brentq
    from scipy.special import gammaincc

    nodes, node_weights = np.polynomial.legendre.leggauss(NODES)
    u = 0.5 * REACH * (nodes + 1.0)
    mass = REACH * node_weights * np.exp(-0.5 * u * u) / math.sqrt(2.0 * math.pi)
    needed = half_width(u / math.sqrt(n), content) ** 2

    def excess(log_k: float) -> float:
        tail = gammaincc(0.5 * (n - 1.0), 0.5 * (n - 1.0) * needed * math.exp(-2.0 * log_k))
        return float(mass @ tail) - confidence

    start = math.log(howe_factor(n, content, confidence))
    return math.exp(brentq(excess, start - 1.0, start + 1.0, xtol=1e-14, rtol=1e-14))


def howe_factor(n: float, content: float, confidence: float) -> float:
    """Return Howe's approximation to the two-sided normal tolerance factor (JASA 64, 1969, p. 610)."""
    from scipy.special import gammaincinv, ndtri

    z = -ndtri(0.5 * (1.0 - content))
    chi2 = 2.0 * gammaincinv(0.5 * (n - 1.0), 1.0 - confidence)
    return float(z * math.sqrt((n - 1.0) * (1.0 + 1.0 / n) / chi2))


def normal_prediction_factor(n: float, confidence: float) -> float:
    """Return t so that mean ± t·sample_sd holds the next value with probability `confidence`: exact.

    `t_{n-1} sqrt(1 + 1/n)`: the next value and the mean differ by a normal with variance σ²(1 + 1/n).

    Examples
    --------
    >>> from mlestat.reports.limits import normal_prediction_factor
    >>> round(normal_prediction_factor(10, 0.95), 4)
    2.3726
    """
    from scipy.stats import t

    return float(t.isf(0.5 * (1.0 - confidence), n - 1.0)) * math.sqrt(1.0 + 1.0 / n)


def rank_tolerance(n: int, content: float, confidence: float) -> int | None:
    """Return r so that the r-th smallest to the r-th largest value hold `content` with `confidence`.

    Wilks (1941): whatever the continuous distribution, the share between those two order statistics is
    Beta(n + 1 - 2r, 2r). The largest r is returned, `None` if even the range of the data is too narrow.

    Examples
    --------
    >>> from mlestat.reports.limits import rank_tolerance
    >>> rank_tolerance(93, 0.95, 0.95), rank_tolerance(92, 0.95, 0.95)
    (1, None)
    """
    from scipy.special import betaincc

    # grows with r, so that bisection finds the last r that is confident enough
    def minus_confidence(r: int) -> float:
        return -float(betaincc(n + 1.0 - 2.0 * r, 2.0 * r, content))

    return bisect_right(range(1, n // 2 + 1), -confidence, key=minus_confidence) or None


def rank_tolerance_size(content: float, confidence: float) -> int:
    """Return the smallest n whose range is a tolerance interval: 1 - n p^(n-1) + (n-1) p^n >= confidence.

    Examples
    --------
    >>> from mlestat.reports.limits import rank_tolerance_size
    >>> rank_tolerance_size(0.95, 0.95)
    93
    """
    from scipy.optimize import brentq
    from scipy.special import betaincc

    def excess(n: float) -> float:
        return float(betaincc(n - 1.0, 2.0, content)) - confidence

    root = brentq(excess, 1.0 + 1e-9, 100.0 / (1.0 - content) / (1.0 - confidence))
    return math.ceil(root)


def rank_prediction(n: int, confidence: float) -> int | None:
    """Return r so that the next value lies from the r-th smallest to the r-th largest with `confidence`.

    Each of the n + 1 places between ordered values is equally likely for the next one, so the interval holds
    it with probability `(n + 1 - 2r) / (n + 1)`, and more if values tie. The largest r is returned, `None` if
    r = 1 is too much.

    Examples
    --------
    >>> from mlestat.reports.limits import rank_prediction
    >>> rank_prediction(39, 0.95), rank_prediction(38, 0.95)
    (1, None)
    """
    # 1e-9: (39 + 1)(1 - 0.95) is 2.0000000000000018, and 1.9999999999999996 in another order of operations
    r = math.floor(0.5 * (n + 1) * (1.0 - confidence) + 1e-9)
    return r if r >= 1 else None


def rank_prediction_size(confidence: float) -> int:
    """Return the smallest n for which `rank_prediction` has an answer."""
    return math.ceil(2.0 / (1.0 - confidence) - 1.0 - 1e-9)
