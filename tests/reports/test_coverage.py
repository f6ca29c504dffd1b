"""Coverage of ±k sigma against mpmath, Wilson intervals and binomial p-values against sums by hand."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlestat.reports.coverage import binomial_p_value, normal_coverage, wilson

ROUNDING = 1e-15
"""k^2 / 2 is exact for these k, so that a few units in the last place are all that may be lost."""


@pytest.mark.parametrize("k", [1e-8, 0.125, 0.5, 1, 1.5, 2, 2.5, 3, 4, 4.5, 5, 6, 8, 10, 20, 37])
def test_both_sides_are_exact(k):
    with mpmath.workdps(60):
        z = mpmath.mpf(k) / mpmath.sqrt(2)
        inside, outside = mpmath.erf(z), mpmath.erfc(z)
        found = normal_coverage(k)
        assert abs(found.inside / inside - 1) < ROUNDING
        assert abs(found.outside / outside - 1) < ROUNDING
        assert abs(2 * found.tail / outside - 1) < ROUNDING


def test_the_numbers_that_everyone_knows():
    shown = [f"{normal_coverage(k).inside:.12f}" for k in (1, 2, 3)]
    assert shown == ["0.682689492137", "0.954499736104", "0.997300203937"]
    assert f"{normal_coverage(6).outside:.3e}" == "1.973e-09"


@given(st.floats(1e-6, 37.0))
def test_any_k_to_the_rounding_of_its_square(k):
    with mpmath.workdps(60):
        outside = mpmath.erfc(mpmath.mpf(k) / mpmath.sqrt(2))
        # exp(-k^2/2) turns an error of half a unit in k^2/2 into k^2/2 of them
        assert abs(normal_coverage(k).outside / outside - 1) < ROUNDING + 0.5 * k * k * np.finfo(float).eps


def test_far_out_nothing_is_left_and_nothing_breaks():
    assert normal_coverage(60) == (1.0, 0.0, 0.0)


@pytest.mark.parametrize(("inside", "n"), [(68, 100), (1, 7), (2.5, 10.2), (999_999, 1_000_000)])
def test_wilson_ends_solve_the_score_equation(inside, n):
    share, z = inside / n, 1.959963984540054
    for end in wilson(inside, n, 0.95):
        assert math.isclose((share - end) ** 2, z * z * end * (1 - end) / n, rel_tol=1e-9)


@pytest.mark.parametrize("n", [1, 7, 100, 12345])
def test_wilson_ends_are_exact_where_all_or_none_are_inside(n):
    low, high = wilson(n, n, 0.95)
    assert high == 1.0
    assert 0.0 < low < 1.0
    assert wilson(0, n, 0.95)[0] == 0.0


def by_hand(count, n, p):
    """The two-sided p-value: all outcomes at most as likely as the one seen."""
    mass = [math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(n + 1)]
    return sum(m for m in mass if m <= mass[count] * (1 + 1e-7))


@pytest.mark.parametrize(
    ("count", "n", "p"), [(0, 20, 0.3), (11, 20, 0.3), (1, 100, 0.0027), (3, 60, 0.0455), (5, 10, 0.5)]
)
def test_p_value_sums_the_outcomes_that_are_no_likelier(count, n, p):
    assert math.isclose(binomial_p_value(count, n, p), by_hand(count, n, p), rel_tol=1e-10)


def test_p_value_keeps_a_tiny_probability():
    # one of 1000 beyond 6 sigma: 1 - (1 - p)^1000, to all digits
    p = normal_coverage(6).outside
    assert math.isclose(binomial_p_value(1, 1000, p), -math.expm1(1000 * math.log1p(-p)), rel_tol=1e-12)
    assert binomial_p_value(0, 1000, p) == 1.0
    assert binomial_p_value(1, 1000, 0.0) == 0.0
