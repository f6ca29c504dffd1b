r"""P-values that need no simulation: of a fully known distribution, and from tables for estimated parameters.

Known distribution, n exact rows: Kolmogorov-Smirnov exactly (scipy's `kstwo`), Cramér-von Mises by scipy's
distribution with its term in 1/n, Anderson-Darling by the limit with the correction of Marsaglia and Marsaglia. The
limit of A² is :math:`\sum_j \chi^2_j / (j(j+1))`; its tail comes from Smirnov's formula for such sums, with

.. math:: \prod_j \bigl(1 - \tfrac{u}{j(j+1)}\bigr) = -\frac{\cos(\tfrac{\pi}{2}\sqrt{1+4u})}{\pi u}

in closed form, so that it keeps its relative accuracy far out.

References: Anderson, Darling, *Ann. Math. Stat.* 23 (1952) 193-212, eq. 4.35; Marsaglia, Marsaglia, *J. Stat. Softw.* 9
(2004) no. 2; D'Agostino, Stephens, *Goodness-of-Fit Techniques* (1986), tables 4.7, 4.9, 4.14; Dallas, Wilkinson,
*Am. Stat.* 40 (1986) 294-296. Derivation: docs/theory/goodness.md.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.distributions.exponential import Exponential
from mlestat.distributions.lognormal import LogNormal
from mlestat.distributions.normal import Normal

Floats = NDArray[np.float64]

NODES = 48
"""Of the Gauss-Chebyshev rule on each interval: the integrand is smooth, 48 give all digits from A² = 0.05 on."""

INTERVALS = 80
"""Of Smirnov's series: at A² = 0.05 the terms beyond are below 1e-200."""

SMALLEST = 0.05
"""Below this, P(A² > x) is 1 to all digits."""


def anderson_darling_limit_tail(x: float) -> float:
    """Return P(A² > x) in the limit of many rows, for a fully known distribution.

    Examples
    --------
    >>> round(anderson_darling_limit_tail(2.492), 5)   # 5 % point of D'Agostino, Stephens, table 4.2
    0.05002
    """
    if x <= SMALLEST:
        return 1.0
    k = np.arange(1.0, INTERVALS + 1.0)
    low, high = 2.0 * k * (2.0 * k - 1.0), 2.0 * k * (2.0 * k + 1.0)
    nodes = np.cos((2.0 * np.arange(NODES) + 1.0) * math.pi / (2.0 * NODES))
    half = 0.5 * (high - low)[:, None]
    u = 0.5 * (high + low)[:, None] + half * nodes
    # (u - low)(high - u) over -∏ stays finite at both ends, where both vanish: a Chebyshev weight is left
    minus_product = np.abs(np.cos(0.5 * math.pi * np.sqrt(1.0 + 4.0 * u))) / (math.pi * u)
    smooth = np.sqrt((u - low[:, None]) * (high[:, None] - u) / minus_product) * np.exp(-0.5 * x * u) / u
    terms = smooth.mean(axis=1)  # π/NODES Σ, over π
    return float(np.clip(np.sum(np.where(k % 2 == 1, terms, -terms)), 0.0, 1.0))


def anderson_darling_tail(x: float, n: float) -> float:
    """Return P(A² > x) for n rows and a fully known distribution.

    The correction is a fit to simulations: beside two million samples it is off by 3e-4 at most for ten rows and 3e-3
    for three. It is made to vanish at the end of the tail.

    Examples
    --------
    >>> round(anderson_darling_tail(2.5, 10), 3)
    0.051
    """
    tail = anderson_darling_limit_tail(x)
    return min(max(tail - _correction(1.0 - tail, n), 0.0 if tail == 0.0 else 1e-3 * tail), 1.0)


def _correction(p: float, n: float) -> float:
    """Marsaglia and Marsaglia's errfix: P(A² ≤ x) for n rows minus its limit p."""
    c = 0.01265 + 0.1757 / n
    if p > 0.8:
        return (_g3(p) - _g3(1.0)) / n
    if p < c:
        t = p / c
        return math.sqrt(t) * (1.0 - t) * (49.0 * t - 102.0) * (0.0037 / n**3 + 0.00078 / n**2 + 0.00006 / n)
    t = (p - c) / (0.8 - c)
    g2 = -0.00022633 + (6.54034 - (14.6538 - (14.458 - (8.259 - 1.91864 * t) * t) * t) * t) * t
    return g2 * (0.04213 / n + 0.01365 / n**2)


def _g3(p: float) -> float:
    return -130.2137 + (745.2337 - (1705.091 - (1950.646 - (1116.360 - 255.7844 * p) * p) * p) * p) * p


def known_p_value(name: str, statistic: float, u: Floats) -> tuple[float, str]:
    """Return the p-value of exact rows and a fully known continuous distribution, and where it comes from.

    Parameters
    ----------
    name : {"ks", "cvm", "ad"}
    statistic : float
    u : ndarray, shape (n,)
        The probability transforms.

    Examples
    --------
    >>> known_p_value("ks", 0.5, np.array([0.5]))
    (1.0, 'exact distribution of D')
    """
    from scipy import stats

    n = u.size
    if name == "ks":
        return float(stats.kstwo.sf(statistic, n)), "exact distribution of D"
    if name == "cvm":
        # two rows at least, for scipy; of one, W² = 1/12 + (u - 1/2)² is a uniform variable's square
        p = 1.0 - 2.0 * math.sqrt(max(statistic - 1.0 / 12.0, 0.0)) if n == 1 else _cvm_tail(u)
        return p, "distribution of W² with its term in 1/n (Csörgő, Faraway 1996)"
    return anderson_darling_tail(statistic, n), "limit of A² with the correction of Marsaglia and Marsaglia (2004)"


def _cvm_tail(u: Floats) -> float:
    from scipy import stats

    return float(stats.cramervonmises(u, "uniform").pvalue)


Table = Callable[[Floats, Distribution], tuple[float, str]]


def table_p_value(name: str, model: Distribution, x: Floats) -> tuple[float, str] | None:
    """Return the tabled p-value for estimated parameters, and where it comes from; None where no table exists.

    Tables exist for the normal (and the logarithms of the log-normal) with both parameters estimated, and for the
    exponential.

    Examples
    --------
    >>> import mlestat as mle
    >>> p, source = table_p_value("ad", mle.Normal(), np.array([1.0, 2.0, 4.0, 3.5, 9.0, 2.5, 3.0, 2.0]))
    >>> round(p, 4)
    0.0256
    """
    if model.priors or len(model.free) < len(model.params):
        return None
    if type(model) is Normal:
        return _normal_table(name, x)
    if type(model) is LogNormal:
        return _normal_table(name, np.log(x))
    return _exponential_table(name, x) if type(model) is Exponential else None


def _normal_table(name: str, x: Floats) -> tuple[float, str] | None:
    """Tables for the normal take the standard deviation with denominator n - 1."""
    n = x.size
    if n < 8:
        return None
    if name == "ks":
        return _lilliefors(x, "norm"), "Dallas, Wilkinson (1986) up to p = 0.1, statsmodels' table beyond"
    from mlestat.inference.edf import complete_statistics

    known = Normal(float(x.mean()), float(x.std(ddof=1)))
    t = complete_statistics(np.asarray(known.cdf(x)), np.asarray(known.sf(x)))
    if name == "cvm":
        return _stephens_cvm(float(t["cvm"]) * (1.0 + 0.5 / n)), "D'Agostino, Stephens (1986), table 4.9"
    a = float(t["ad"]) * (1.0 + 0.75 / n + 2.25 / n**2)
    return _stephens_ad(a), "D'Agostino, Stephens (1986), table 4.9"


def _stephens_ad(a: float) -> float:
    """Table 4.9: p of the modified A² of a normal with both parameters estimated."""
    if a < 0.2:
        return 1.0 - math.exp(-13.436 + 101.14 * a - 223.73 * a * a)
    if a < 0.34:
        return 1.0 - math.exp(-8.318 + 42.796 * a - 59.938 * a * a)
    if a < 0.6:
        return math.exp(0.9177 - 4.279 * a - 1.38 * a * a)
    return math.exp(1.2937 - 5.709 * min(a, 153.0) + 0.0186 * min(a, 153.0) ** 2)


def _stephens_cvm(w: float) -> float:
    """Table 4.9: p of the modified W² of a normal with both parameters estimated; the formulas end at 1.1."""
    if w < 0.0275:
        return 1.0 - math.exp(-13.953 + 775.5 * w - 12542.61 * w * w)
    if w < 0.051:
        return 1.0 - math.exp(-5.903 + 179.546 * w - 1515.29 * w * w)
    if w < 0.092:
        return math.exp(0.886 - 31.62 * w + 10.897 * w * w)
    return math.exp(1.111 - 34.242 * min(w, 1.1) + 12.832 * min(w, 1.1) ** 2)


def _exponential_table(name: str, x: Floats) -> tuple[float, str] | None:
    return (_lilliefors(x, "exp"), "statsmodels' table of Lilliefors' test") if name == "ks" and x.size >= 3 else None


def _lilliefors(x: Floats, dist: str) -> float:
    from statsmodels.stats.diagnostic import lilliefors

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(lilliefors(x, dist, pvalmethod="approx" if dist == "norm" else "table")[1])
