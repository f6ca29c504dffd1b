"""Derivatives of log P(k, z), the lower incomplete gamma function, near z = 0, where a quadrature would run into 0.

From the series P = z^k e^-z / Γ(k+1) · S, S = Σ z^n / (k+1)_n (DLMF 8.11.4), differentiated term by term.
"""

from __future__ import annotations

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.arrays import Array, trigamma

Floats = NDArray[np.float64]

NEAR = 0.5
"""z below which the series serves."""

TERMS = 16
"""Terms of the series: what is left out is below NEAR^16 / 16! = 7e-19 of the sum."""


def near_zero(k: Array, z: Array) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Return derivatives of log P(k, z) at z < NEAR: in k, in log z, twice in k, in both, twice in log z.

    Examples
    --------
    >>> [round(float(v), 6) for v in near_zero(1.0, 0.25)]   # log(1 - e^-z)
    [-1.872391, 0.880203, -0.583273, 0.935931, -0.114605]
    """
    k, z = np.broadcast_arrays(np.asarray(k, dtype=float), np.asarray(z, dtype=float))
    term, first, second = np.ones_like(z), np.zeros_like(z), np.zeros_like(z)
    sums = np.zeros((6, *z.shape))
    for n in range(TERMS):
        if n:
            term = term * z / (k + n)
            first, second = first + 1.0 / (k + n), second + 1.0 / (k + n) ** 2
        # d log term/dk = -first, d log term/d log z = n
        sums += term * np.stack(
            [np.ones_like(z), -first, first * first + second, np.full_like(z, n), -n * first, np.full_like(z, n * n)]
        )
    _, of_k, of_kk, of_z, of_kz, of_zz = sums / sums[0]
    in_k = np.log(z) - sc.digamma(k + 1.0) + of_k
    return in_k, k - z + of_z, of_kk - of_k**2 - trigamma(k + 1.0), 1.0 + of_kz - of_k * of_z, of_zz - of_z**2 - z
