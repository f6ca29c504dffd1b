"""Tolerance and prediction limits: published tables, independent integrals, and simulation."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from scipy import special, stats

from mlestat.reports import limits

# Berthouex & Brown, Statistics for Environmental Engineers, table 21.1 (after Hahn, 1970): factors for
# 95 % confidence and contents 0.90, 0.95, 0.99.
PUBLISHED = {
    4: (5.37, 6.34, 8.22),
    5: (4.29, 5.08, 6.60),
    7: (3.39, 4.02, 5.24),
    8: (3.16, 3.75, 4.89),
    9: (2.99, 3.55, 4.63),
    12: (2.67, 3.17, 4.16),
    20: (2.32, 2.76, 3.62),
    25: (2.22, 2.64, 3.46),
    60: (1.96, 2.34, 3.07),
}

PRINTED = 0.011
"""Two printed decimals, and a table whose last digit is not always rounded the right way."""


@pytest.mark.parametrize("n", PUBLISHED)
def test_factors_are_the_published_ones(n):
    for content, factor in zip((0.90, 0.95, 0.99), PUBLISHED[n], strict=True):
        assert abs(limits.normal_tolerance_factor(n, content, 0.95) - factor) < PRINTED


def confidence_of(k, n, content):
    """The confidence of a factor by mpmath: outer integral over the mean, chi-square tail inside."""
    half = mpmath.mpf(n - 1) / 2

    def needed(z):
        start = z + mpmath.mpf(2)
        return mpmath.findroot(lambda r: mpmath.ncdf(z + r) - mpmath.ncdf(z - r) - content, start)

    def integrand(u):
        r = needed(u / mpmath.sqrt(n))
        return mpmath.npdf(u) * mpmath.gammainc(half, half * r * r / mpmath.mpf(k) ** 2, regularized=True)

    return 2 * mpmath.quad(integrand, [0, 1, 2, 4, 9])


@pytest.mark.parametrize(("n", "content"), [(2, 0.9), (10, 0.95), (40, 0.99)])
def test_factor_has_its_confidence_by_another_route(n, content):
    with mpmath.workdps(20):
        k = limits.normal_tolerance_factor(n, content, 0.95)
        assert abs(float(confidence_of(k, n, mpmath.mpf(content))) - 0.95) < 1e-9


@pytest.mark.parametrize(("n", "content", "confidence"), [(2, 0.95, 0.95), (10, 0.999999, 0.999), (1000, 0.5, 0.9)])
def test_more_nodes_change_nothing(n, content, confidence, monkeypatch):
    k = limits.normal_tolerance_factor(n, content, confidence)
    monkeypatch.setattr(limits, "NODES", 400)
    more = limits.normal_tolerance_factor.__wrapped__(n, content, confidence)
    assert math.isclose(k, more, rel_tol=1e-11)


def test_factor_grows_to_the_normal_quantile():
    factors = [limits.normal_tolerance_factor(n, 0.95, 0.95) for n in (5, 50, 500, 50_000, 5_000_000)]
    assert factors == sorted(factors, reverse=True)
    assert 1.9599 < factors[-1] < 1.962


def test_howe_is_close_and_not_exact():
    exact, howe = limits.normal_tolerance_factor(10, 0.95, 0.95), limits.howe_factor(10, 0.95, 0.95)
    assert 0.003 < 1 - howe / exact < 0.004


def test_half_width_holds_the_content():
    z = np.array([0.0, 0.3, 2.0, 9.0])
    r = limits.half_width(z, 0.95)
    assert np.allclose(special.ndtr(z + r) - special.ndtr(z - r), 0.95, rtol=1e-14)


def test_prediction_factor_against_a_table_of_t():
    assert round(limits.normal_prediction_factor(5, 0.95), 3) == round(2.776 * math.sqrt(1.2), 3)
    assert math.isclose(limits.normal_prediction_factor(10**8, 0.95), 1.959963984540054, rel_tol=1e-7)


@pytest.mark.parametrize(
    ("content", "confidence", "n"), [(0.95, 0.95, 93), (0.90, 0.95, 46), (0.99, 0.95, 473), (0.90, 0.90, 38)]
)
def test_smallest_sample_whose_range_is_a_tolerance_interval(content, confidence, n):
    # the values of Wilks' two-sided table; the confidence is 1 - n p^(n-1) + (n-1) p^n
    assert limits.rank_tolerance_size(content, confidence) == n
    assert limits.rank_tolerance(n, content, confidence) == 1
    assert limits.rank_tolerance(n - 1, content, confidence) is None


def test_ranks_are_the_largest_that_are_confident_enough():
    for n in (93, 200, 1234, 100_000):
        r = limits.rank_tolerance(n, 0.95, 0.95)
        # between r-th and (n+1-r)-th lie fewer than n p of n uniform values: a binomial statement
        assert stats.binom.cdf(n - 2 * r, n, 0.95) >= 0.95
        assert stats.binom.cdf(n - 2 * (r + 1), n, 0.95) < 0.95


def test_prediction_ranks_from_their_definition():
    for n in range(1, 400):
        r = limits.rank_prediction(n, 0.95)
        possible = [i for i in range(1, n // 2 + 1) if 20 * 2 * i <= n + 1]
        assert r == (possible[-1] if possible else None)
    assert limits.rank_prediction_size(0.95) == 39
    assert limits.rank_prediction_size(0.9) == 19


def test_simulated_tolerance_and_prediction_keep_their_word():
    # 20000 samples of 8: the standard error of the share is 0.0015, so 5 of them are a false alarm of 6e-7
    rng = np.random.default_rng(20)
    x = rng.normal(3.0, 2.0, (20_000, 8))
    mean, sd = x.mean(axis=1), x.std(axis=1, ddof=1)
    k = limits.normal_tolerance_factor(8, 0.9, 0.95)
    held = special.ndtr((mean + k * sd - 3) / 2) - special.ndtr((mean - k * sd - 3) / 2)
    assert abs((held >= 0.9).mean() - 0.95) < 5 * 0.0016
    t = limits.normal_prediction_factor(8, 0.95)
    following = rng.normal(3.0, 2.0, 20_000)
    assert abs((np.abs(following - mean) <= t * sd).mean() - 0.95) < 5 * 0.0016
