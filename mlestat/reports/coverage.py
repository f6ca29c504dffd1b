"""How many values ±k sigma should hold, and whether a count agrees with that.

Pure numbers in, pure numbers out: no fit, no data, no text.
"""

from __future__ import annotations

import math
from typing import NamedTuple


class Coverage(NamedTuple):
    """Exact probabilities that belong to ±k sigma of a normal distribution.

    Attributes
    ----------
    inside : float
        `P(|Z| <= k) = erf(k / sqrt 2)`.
    outside : float
        `P(|Z| > k)`, computed by itself and not as `1 - inside`, so that all its digits are right.
    tail : float
        `P(Z > k) = Phi(-k)`, one tail.
    """

    inside: float
    outside: float
    tail: float


def normal_coverage(k: float) -> Coverage:
    """Return what ±k sigma of a normal distribution holds, leaves out, and leaves out on each side.

    `outside = erfc(k / sqrt 2)` is written as `erfcx(k / sqrt 2) exp(-k^2 / 2)`. The scaled function is flat,
    so the rounding of `k / sqrt 2` does no harm; in `erfc` itself it costs a factor `k^2` in the last digit.

    Parameters
    ----------
    k : float
        Half-width in units of sigma, k > 0.

    Examples
    --------
    >>> from mlestat.reports.coverage import normal_coverage
    >>> [round(normal_coverage(k).inside, 12) for k in (1, 2, 3)]
    [0.682689492137, 0.954499736104, 0.997300203937]
    >>> print(f"{normal_coverage(6).outside:.12e}")
    1.973175290075e-09
    """
    from scipy.special import erf, erfcx

    z = k / math.sqrt(2.0)
    outside = float(erfcx(z)) * math.exp(-0.5 * k * k)
    return Coverage(inside=float(erf(z)), outside=outside, tail=0.5 * outside)


def wilson(inside: float, n: float, confidence: float) -> tuple[float, float]:
    """Return the Wilson score interval for a share, `inside` of `n`.

    Counts may be sums of weights, so they need not be integers.

    Examples
    --------
    >>> from mlestat.reports.coverage import wilson
    >>> low, high = wilson(68, 100, 0.95)
    >>> round(low, 4), round(high, 4)
    (0.5834, 0.7633)
    """
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(inside, n, alpha=1.0 - confidence, method="wilson")
    # At the ends the interval reaches 0 and 1 exactly; the formula misses them by a rounding error.
    return (0.0 if inside == 0.0 else float(low)), (1.0 if inside == n else float(high))


def binomial_p_value(outside: int, n: int, probability: float) -> float:
    """Return the exact two-sided p-value of `outside` among `n` when each has that probability.

    The rare side is counted, because its probability is known to full relative precision.

    Examples
    --------
    >>> from mlestat.reports.coverage import binomial_p_value
    >>> round(binomial_p_value(1, 100, 0.0027), 6)
    0.236899
    """
    from scipy.stats import binomtest

    return float(binomtest(outside, n, probability).pvalue)
