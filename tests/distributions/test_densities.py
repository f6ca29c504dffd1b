"""Log-densities and all their derivatives against mpmath, on every row of the table, far tails included."""

from __future__ import annotations

import numpy as np
import pytest
from cases import CASES, CONTINUOUS
from oracles import unit_orders
from stability import assert_stable


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
    assert np.all(np.isnan(np.delete(got, case.oracle.estimated, axis=1)))
    for j in case.oracle.estimated:
        assert_stable(case, got[:, j], unit_orders(k, j), f"score in {case.oracle.parameters[j]}")


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.orders == 2])
def test_hessian(name: str) -> None:
    case = CASES[name]
    got = case.distribution.hessian(case.points)
    k = len(case.theta)
    assert got.shape == (len(case.x), k, k)
    np.testing.assert_array_equal(got, np.swapaxes(got, 1, 2))
    for i in case.oracle.estimated:
        for j in (j for j in case.oracle.estimated if j <= i):
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
