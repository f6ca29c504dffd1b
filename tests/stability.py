"""As near to the exact value as a stable formula on doubles can be: the judgement that derivatives share."""

from __future__ import annotations

import numpy as np
from cases import STABLE, TINY, Case
from oracles import value_and_condition

LARGEST = 1e307
"""A value above it, or with a condition above it, is left to the overflow rules of doubles."""


def assert_stable(case: Case, got: np.ndarray, orders: tuple[int, ...], what: str) -> None:
    """Every point is as near to the exact value as a stable formula on doubles can be."""
    for x, value in zip(case.x, got, strict=True):
        exact, condition = value_and_condition(case.family, x, case.theta, orders)
        if abs(exact) + condition > LARGEST:
            continue
        bound = STABLE * (abs(exact) + condition) + TINY
        error = abs(value - exact)
        assert error <= bound, (
            f"{what} of {case.id} at x = {x!r}: got {value!r}, exact {float(exact)!r}, "
            f"error {float(error / bound):.3g} of the bound"
        )
