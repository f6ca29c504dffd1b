"""Samplers against the exact distribution: Kolmogorov and Smirnov's test, or Pearson's for counts.

Each test uses a fixed seed and fails by chance with probability FALSE_ALARM: over the whole table about one in 1e5.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from cases import CASES, FAMILIES, ordinary
from scipy import special

FALSE_ALARM = 1e-7
DRAWS = 20_000

SAMPLED = [name for name, case in CASES.items() if case.samples]
"""Not Gamma(1e-3): half of its mass lies below 1e-301, and draws underflow to 0."""


def ks_p_value(u: np.ndarray) -> float:
    """Asymptotic p-value of Kolmogorov and Smirnov's two-sided test of uniformity; exact enough for 20 000 draws."""
    u = np.sort(u)
    n = u.size
    i = np.arange(1, n + 1)
    distance = max(np.max(i / n - u), np.max(u - (i - 1) / n))
    return float(special.kolmogorov(math.sqrt(n) * distance))


def chi_square_p_value(counts: np.ndarray, expected: np.ndarray) -> float:
    return float(special.chdtrc(counts.size - 1, np.sum((counts - expected) ** 2 / expected)))


@pytest.mark.parametrize("name", SAMPLED)
def test_draws_follow_the_distribution(name: str) -> None:
    case = CASES[name]
    d = case.distribution
    x = d.sample(20_260_101, DRAWS)
    assert x.shape == (DRAWS,)
    assert np.all(d.support.contains(x))
    if not case.oracle.discrete:
        assert ks_p_value(d.cdf(x)) > FALSE_ALARM
        return
    assert np.all(x == np.floor(x))
    edges = np.unique(d.ppf(np.linspace(0.04, 0.96, 24)))
    p = np.diff(np.concatenate([[0.0], d.cdf(edges), [1.0]]))
    counts = np.bincount(np.searchsorted(edges, x), minlength=edges.size + 1)
    if edges.size == 1 and p[1] * DRAWS < 10:  # nearly all draws are one value: how many are not is binomial
        above = int(counts[1])
        assert above == 0 or special.bdtrc(above - 1, DRAWS, p[1]) > FALSE_ALARM
        assert special.bdtr(above, DRAWS, p[1]) > FALSE_ALARM
        return
    assert not counts[p == 0.0].any()
    assert chi_square_p_value(counts[p > 0.0], p[p > 0.0] * DRAWS) > FALSE_ALARM


@pytest.mark.parametrize("family", FAMILIES)
def test_draws_are_independent_of_their_order(family: str) -> None:
    """The lag-one correlation of the ranks is that of independent draws: |r|·√n beyond 5.33 has probability 1e-7."""
    ranks = np.argsort(np.argsort(ordinary(family).sample(7, DRAWS), kind="stable"), kind="stable").astype(float)
    r = np.corrcoef(ranks[1:], ranks[:-1])[0, 1] if not ordinary(family).discrete else 0.0
    assert abs(r) * math.sqrt(DRAWS) < -special.ndtri(FALSE_ALARM / 2)


@pytest.mark.parametrize("family", FAMILIES)
def test_seeds_and_generators(family: str) -> None:
    d = ordinary(family)
    np.testing.assert_array_equal(d.sample(3, 50), d.sample(np.random.default_rng(3), 50))
    assert np.any(d.sample(3, 50) != d.sample(4, 50))
    rng = np.random.default_rng(3)
    assert np.any(d.sample(rng, 50) != d.sample(rng, 50))
    assert d.sample(3, (4, 5)).shape == (4, 5)
    np.testing.assert_array_equal(d.sample(3, (4, 5)).ravel(), d.sample(3, 20))
    assert d.sample(3, 0).shape == (0,)
