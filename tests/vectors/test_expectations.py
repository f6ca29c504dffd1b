"""E[score] = 0, E[-Hessian] = E[score scoreᵀ] = fisher, moments; and samplers.

Expectations are exact: sums over all counts, rules of Gauss and Hermite that integrate polynomials of the score's
degree without error, known expectations of logarithms. Samplers are tested with fixed seeds; each check fails by chance
with probability FALSE_ALARM.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from mpmath import mp
from scipy import special
from vector_families import FAMILIES, ORDINARY

import mlestat as mle
from mlestat.errors import InputError

EXACT = 1e-12
"""Relative: sums of a few hundred terms."""

FALSE_ALARM = 1e-7
DRAWS = 20_000


def points(family: str) -> tuple[np.ndarray, np.ndarray]:
    """Rows and weights whose weighted sums are expectations."""
    d = ORDINARY[family].distribution
    if family == "Categorical":
        return np.array(d.names), d.p
    if family == "Multinomial":
        n, k = int(d.n), d.size
        x = np.array([v for v in itertools.product(range(n + 1), repeat=k) if sum(v) == n], dtype=float)
        return x, d.pdf(x)
    node, weight = np.polynomial.hermite_e.hermegauss(8)  # exact up to degree 15; scores squared have 4
    z = np.array(list(itertools.product(node, repeat=d.size)))
    w = np.prod(list(itertools.product(weight / weight.sum(), repeat=d.size)), axis=1)
    return d.mean + z @ np.linalg.cholesky(d.cov).T, w


@pytest.mark.parametrize("family", ["MultivariateNormal", "Multinomial", "Categorical"])
def test_score_and_information(family: str) -> None:
    d = ORDINARY[family].distribution
    x, w = points(family)
    s, h, i = d.score(x), d.hessian(x), d.fisher()
    size = np.sqrt(np.abs(np.outer(np.diag(i), np.diag(i))))
    assert w.sum() == pytest.approx(1.0, rel=EXACT)
    np.testing.assert_allclose(w @ s, 0.0, atol=EXACT * np.sqrt(size.max()))
    np.testing.assert_allclose(-np.einsum("i,ijk", w, h), i, atol=EXACT * size.max())
    np.testing.assert_allclose((s.T * w) @ s, i, atol=EXACT * size.max())


def test_score_and_information_of_a_dirichlet() -> None:
    """E log x_j = ψ(α_j) - ψ(α₀), Cov(log x_i, log x_j) = ψ'(α_j) δ_ij - ψ'(α₀), by mpmath; the Hessian is the same at
    any row."""
    d = ORDINARY["Dirichlet"].distribution
    x = d.sample(5, 1)[0]
    with mp.workdps(30):
        mean_log = np.array([float(mp.psi(0, a) - mp.psi(0, sum(d.alpha))) for a in d.alpha])
        cov_log = np.array(
            [
                [float((i == j) * mp.psi(1, a) - mp.psi(1, sum(d.alpha))) for j in range(3)]
                for i, a in enumerate(d.alpha)
            ]
        )
    np.testing.assert_allclose(d.score(x) - np.log(x) + mean_log, 0.0, atol=1e-14)
    np.testing.assert_allclose(d.fisher(), cov_log, rtol=EXACT)
    np.testing.assert_array_equal(-d.hessian(x), d.fisher())


def test_a_mixture_refuses_an_expected_information() -> None:
    with pytest.raises(InputError, match="observed information"):
        ORDINARY["Mixture"].distribution.fisher()


@pytest.mark.parametrize("family", ["MultivariateNormal", "Multinomial", "Categorical"])
def test_moments(family: str) -> None:
    d = ORDINARY[family].distribution
    x, w = points(family)
    rows = np.eye(d.size) if family == "Categorical" else x
    mean = w @ rows
    np.testing.assert_allclose(d.moments().mean, mean, rtol=EXACT)
    np.testing.assert_allclose(d.moments().covariance, ((rows - mean).T * w) @ (rows - mean), rtol=1e-11, atol=EXACT)


def test_moments_of_a_mixture() -> None:
    """By the law of total variance, written out for each entry."""
    d = ORDINARY["Mixture"].distribution
    w, (one, two) = d.weights, d.components
    mean = [w[0] * a + w[1] * b for a, b in zip(one.mean, two.mean, strict=True)]
    for i, j in itertools.product(range(2), repeat=2):
        second = sum(v * (c.cov[i, j] + c.mean[i] * c.mean[j]) for v, c in zip(w, (one, two), strict=True))
        assert d.moments().covariance[i, j] == pytest.approx(second - mean[i] * mean[j], rel=1e-13)


@pytest.mark.parametrize("family", FAMILIES)
def test_draws_have_the_moments(family: str) -> None:
    """Mean and mixed second moments within z standard errors, z such that a single check fails with FALSE_ALARM."""
    d = ORDINARY[family].distribution
    x = d.sample(20_260_301, DRAWS)
    rows = (x[:, None] == np.array(d.names)).astype(float) if family == "Categorical" else x
    mean, cov = d.moments()
    gaps = rows - mean
    products = np.einsum("ni,nj->nij", gaps, gaps).reshape(DRAWS, -1)
    limit = -special.ndtri(FALSE_ALARM / 2.0)
    for values, truth in ((rows, mean), (products, cov.ravel())):
        error = values.std(axis=0) / math.sqrt(DRAWS)
        assert np.all(np.abs(values.mean(axis=0) - truth) <= limit * error)


def test_draws_of_a_normal_have_its_distances() -> None:
    """Squared distances are χ²(d): Kolmogorov and Smirnov's test."""
    d = mle.MultivariateNormal([1.0, 0.0, -3.0], [[1.0, 0.2, 0.1], [0.2, 4.0, -0.5], [0.1, -0.5, 0.3]])
    u = np.sort(special.gammainc(1.5, 0.5 * d.mahalanobis(d.sample(11, DRAWS)) ** 2))
    i = np.arange(1, DRAWS + 1)
    distance = max(np.max(i / DRAWS - u), np.max(u - (i - 1) / DRAWS))
    assert special.kolmogorov(math.sqrt(DRAWS) * distance) > FALSE_ALARM


@pytest.mark.parametrize("alpha", [(2.0, 0.7, 5.0), (0.05, 0.3, 0.02)])
def test_draws_of_a_dirichlet_have_beta_margins(alpha: tuple[float, ...]) -> None:
    """In the window where shares are no doubles near 0 or 1, which sparse ones mostly are."""
    d = mle.Dirichlet(alpha)
    x = d.sample(12, DRAWS)
    assert np.allclose(x.sum(axis=1), 1.0, atol=1e-14)
    low, high = 0.1, 0.6
    for j in range(3):
        u = np.sort(d.marginal(j).cdf(np.maximum(x[:, j], 1e-300)))
        u = (u[(u > low) & (u < high)] - low) / (high - low)
        assert u.size > 0.4 * DRAWS
        i = np.arange(1, u.size + 1)
        distance = max(np.max(i / u.size - u), np.max(u - (i - 1) / u.size))
        assert special.kolmogorov(math.sqrt(u.size) * distance) > FALSE_ALARM


@pytest.mark.parametrize("family", ["Multinomial", "Categorical"])
def test_draws_of_counts(family: str) -> None:
    """Pearson's test over all rows that are expected ten times."""
    d = ORDINARY[family].distribution
    x, p = points(family)
    drawn, found = np.unique(d.sample(13, DRAWS), axis=0, return_counts=True)
    table = {str(row): count for row, count in zip(drawn.astype(x.dtype).tolist(), found.tolist(), strict=True)}
    counts = np.array([table.get(str(row), 0) for row in x.tolist()])
    often = p * DRAWS >= 10.0
    observed = np.append(counts[often], counts[~often].sum())[: often.sum() + (not often.all())]
    expected = np.append(p[often], p[~often].sum())[: observed.size] * DRAWS
    assert counts.sum() == DRAWS
    assert special.chdtrc(observed.size - 1, np.sum((observed - expected) ** 2 / expected)) > FALSE_ALARM


@pytest.mark.parametrize("family", FAMILIES)
def test_seeds_and_shapes(family: str) -> None:
    d = ORDINARY[family].distribution
    tail = () if family == "Categorical" else (d.size,)
    np.testing.assert_array_equal(d.sample(3, 50), d.sample(np.random.default_rng(3), 50))
    assert np.any(d.sample(3, 50) != d.sample(4, 50))
    assert d.sample(3, (4, 5)).shape == (4, 5, *tail)
    assert d.sample(3, 0).shape == (0, *tail)
    assert d.sample(3).shape == (1, *tail)
