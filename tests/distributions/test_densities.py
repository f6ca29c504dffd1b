"""Log-densities and all their derivatives against mpmath, on every row of the table, far tails included."""

from __future__ import annotations

import numpy as np
import pytest
from cases import CASES, CONTINUOUS, STABLE, TINY, Case
from oracles import unit_orders, value_and_condition

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


@pytest.mark.parametrize("name", CASES)
def test_logpdf(name: str) -> None:
    case = CASES[name]
    assert_stable(case, case.distribution.logpdf(case.points), unit_orders(len(case.theta)), "logpdf")


@pytest.mark.parametrize("name", CASES)
def test_pdf_is_the_exponential_of_logpdf(name: str) -> None:
    d, x = CASES[name].distribution, CASES[name].points
    with np.errstate(under="ignore", over="ignore"):
        np.testing.assert_array_equal(d.pdf(x), np.exp(d.logpdf(x)))


@pytest.mark.parametrize("name", CASES)
def test_score(name: str) -> None:
    case = CASES[name]
    got = case.distribution.score(case.points)
    k = len(case.theta)
    assert got.shape == (len(case.x), k)
    for j in range(k):
        assert_stable(case, got[:, j], unit_orders(k, j), f"score in {case.oracle.parameters[j]}")


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.orders == 2])
def test_hessian(name: str) -> None:
    case = CASES[name]
    got = case.distribution.hessian(case.points)
    k = len(case.theta)
    assert got.shape == (len(case.x), k, k)
    np.testing.assert_array_equal(got, np.swapaxes(got, 1, 2))
    for i in range(k):
        for j in range(i + 1):
            names = case.oracle.parameters[i], case.oracle.parameters[j]
            assert_stable(case, got[:, i, j], unit_orders(k, i, j), f"Hessian in {names}")


@pytest.mark.parametrize("name", CONTINUOUS)
def test_derivative_in_x(name: str) -> None:
    case = CASES[name]
    assert_stable(case, case.distribution.dlogpdf(case.points), (1, *([0] * len(case.theta))), "dlogpdf")


@pytest.mark.parametrize("name", [name for name, case in CONTINUOUS.items() if case.orders == 2])
def test_second_derivative_in_x(name: str) -> None:
    case = CASES[name]
    assert_stable(case, case.distribution.d2logpdf(case.points), (2, *([0] * len(case.theta))), "d2logpdf")


def test_laplace_at_its_kink_has_the_middle_slope() -> None:
    """At x = mu the log-density has no derivative; 0 lies between the two one-sided ones and keeps E[score] = 0."""
    d = CASES["Laplace(1, 2)"].distribution
    assert d.score(np.array([1.0]))[0, 0] == 0.0
    assert d.dlogpdf(np.array([1.0]))[0] == 0.0
