"""The level of each point of a band that holds all n of them with 95 % probability.

A table, exact to its last digit: the probability that n ordered uniforms all stay inside their central beta intervals
comes from a recursion over the intervals' ends (tests/plots/test_levels.py recomputes the entries).

Reference: Moscovich, Nadler, *Statistics and Probability Letters* 123 (2017) 177-182 (the recursion).
"""

from __future__ import annotations

import numpy as np

LEVELS = {
    1: 0.05,
    2: 0.026533155,
    3: 0.018633324,
    5: 0.01227138,
    7: 0.0095056499,
    10: 0.0073849858,
    15: 0.0056713478,
    20: 0.0047706956,
    30: 0.0038111801,
    50: 0.0029577784,
    70: 0.0025437094,
    100: 0.0021952723,
    150: 0.0018831337,
    200: 0.0017028487,
    300: 0.0014929622,
    500: 0.0012842525,
    700: 0.0011724284,
    1000: 0.0010711115,
    1500: 0.00097323633,
    2000: 0.00091292673,
    3000: 0.000838469,
    5000: 0.00075895757,
    10000: 0.00067073834,
    20000: 0.00059953349,
}
"""Sample size and level; between them logarithms are interpolated."""


def local_level(n: float) -> float:
    """Return with what probability each of n points leaves a band that any leaves with probability 0.05.

    Examples
    --------
    >>> local_level(1), round(local_level(100), 7)
    (0.05, 0.0021953)
    """
    sizes = np.log(np.array(list(LEVELS)))
    levels = np.log(np.array(list(LEVELS.values())))
    return float(np.exp(np.interp(np.log(max(n, 1.0)), sizes, levels)))
