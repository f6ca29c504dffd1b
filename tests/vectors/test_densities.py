"""Densities and their derivatives in parameters and in x, against mpmath at 60 digits; masks, shapes, refusals."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
import pytest
from vector_families import CASES, CONTINUOUS, FAMILIES, ORDINARY, assert_stable

import mlestat as mle
from mlestat.errors import DataError, FreeParameterError, InputError


@pytest.mark.parametrize("name", CASES)
def test_logpdf(name: str) -> None:
    case = CASES[name]
    for x in case.rows:
        got = case.distribution.logpdf(case.row(x))
        assert np.ndim(got) == 0
        assert_stable(case, x, got, ())
        assert case.distribution.pdf(case.row(x)) == np.exp(got)


@pytest.mark.parametrize("name", CASES)
def test_score(name: str) -> None:
    case = CASES[name]
    for x in case.rows:
        got = case.distribution.score(case.row(x))
        assert got.shape == (len(case.theta),)
        for i, value in enumerate(got):
            assert_stable(case, x, value, (i,))


@pytest.mark.parametrize("name", CASES)
def test_hessian(name: str) -> None:
    case = CASES[name]
    k = len(case.theta)
    for x in case.rows[:2]:
        got = case.distribution.hessian(case.row(x))
        assert got.shape == (k, k)
        np.testing.assert_allclose(got, got.T, rtol=1e-12)
        for i, j in combinations_with_replacement(range(k), 2):
            assert_stable(case, x, got[i, j], (i, j))


@pytest.mark.parametrize("name", CONTINUOUS)
def test_derivative_in_x(name: str) -> None:
    case = CASES[name]
    for x in case.rows:
        got = case.distribution.dlogpdf(case.row(x))
        for i, value in enumerate(got):
            assert_stable(case, x, value, (i,), of_x=True)


@pytest.mark.parametrize("family", FAMILIES)
def test_rows_keep_their_shape(family: str) -> None:
    """Leading axes are kept, and each row is evaluated for itself."""
    case = ORDINARY[family]
    d = case.distribution
    x = d.sample(1, (4, 3))
    k = len(case.theta)
    assert d.logpdf(x).shape == (4, 3)
    assert d.score(x).shape == (4, 3, k)
    assert d.hessian(x).shape == (4, 3, k, k)
    np.testing.assert_allclose(d.hessian(x)[2, 1], d.hessian(x[2, 1]), rtol=1e-14)
    np.testing.assert_allclose(d.score(x)[2, 1], d.score(x[2, 1]), rtol=1e-14)
    assert d.logpdf(x[:0]).shape == (0, 3)


OUTSIDE = {
    "MultivariateNormal": [[np.inf, 0.0], [0.0, -np.inf]],
    "Mixture": [[np.inf, 0.0]],
    "Dirichlet": [[0.0, 0.5, 0.5], [-0.1, 0.6, 0.5], [0.2, 0.2, 0.2], [1.0, 0.0, 0.0]],
    "Multinomial": [[2.0, 7.0, 2.0], [-1.0, 10.0, 3.0], [1.5, 7.5, 3.0], [13.0, 0.0, 0.0]],
    "Categorical": ["d", ""],
}


@pytest.mark.parametrize("family", FAMILIES)
def test_outside_the_support(family: str) -> None:
    d = ORDINARY[family].distribution
    for x in OUTSIDE[family]:
        assert d.logpdf(x) == -np.inf
        assert d.pdf(x) == 0.0
        assert np.isnan(d.score(x)).all()
        assert np.isnan(d.hessian(x)).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_missing_numbers_stay_missing(family: str) -> None:
    d = ORDINARY[family].distribution
    x = np.array([None], dtype=object) if family == "Categorical" else np.full((1, d.size), np.nan)
    assert np.isnan(d.logpdf(x)).all()
    assert np.isnan(d.score(x)).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_free_parameter_is_named(family: str) -> None:
    model = mle.Mixture([mle.MultivariateNormal()] * 2) if family == "Mixture" else getattr(mle, family)()
    for member in (
        lambda: model.logpdf([[0.0, 1.0]]),
        model.fisher,
        model.moments,
        lambda: model.sample(0),
        model.parts,
    ):
        with pytest.raises(FreeParameterError, match=r"=free"):
            member()


@pytest.mark.parametrize("family", [f for f in FAMILIES if f != "Categorical"])
def test_rows_of_another_length(family: str) -> None:
    d = ORDINARY[family].distribution
    with pytest.raises(DataError, match=rf"has {d.size} dimensions.*shape \({d.size + 1},\)"):
        d.logpdf(np.ones(d.size + 1))
    with pytest.raises(DataError, match="dimensions"):
        d.logpdf(1.0)


@pytest.mark.parametrize("family", ["Multinomial", "Categorical"])
def test_a_discrete_family_has_no_derivative_in_x(family: str) -> None:
    with pytest.raises(DataError, match="discrete"):
        ORDINARY[family].distribution.dlogpdf([1.0, 2.0, 3.0])


@pytest.mark.parametrize("family", FAMILIES)
def test_equality_and_representation(family: str) -> None:
    d = ORDINARY[family].distribution
    again = d.with_values({})
    assert again == d
    assert hash(again) == hash(d)
    assert d != "something else"
    names = {
        name: getattr(mle, name)
        for name in ("MultivariateNormal", "Dirichlet", "Multinomial", "Categorical", "Mixture")
    }
    assert eval(repr(d), names) == d


def test_long_values_are_shortened() -> None:
    shown = repr(mle.MultivariateNormal(np.zeros(50), np.eye(50)))
    assert "…" in shown
    assert "50 × 50" in shown
    assert len(shown) < 100


def test_parameters_are_copied() -> None:
    mean = np.zeros(2)
    d = mle.MultivariateNormal(mean, np.eye(2))
    mean[0] = 7.0
    assert d.mean[0] == 0.0


def test_conditional_and_marginal() -> None:
    """Joint = marginal × conditional, at any row."""
    d = CASES["MultivariateNormal of three"].distribution
    x = np.array([0.4, -1.0, -2.5])
    inner = d.conditional({2: x[2], 0: x[0]})
    assert d.logpdf(x) == pytest.approx(d.marginal([2, 0]).logpdf(x[[2, 0]]) + inner.logpdf(x[1:2]), rel=1e-13)
    one = d.marginal(1)
    assert (one.mu, one.sigma) == (0.0, 2.0)
    with pytest.raises(InputError, match="nothing is left"):
        d.conditional({0: 0.0, 1: 0.0, 2: 0.0})
    for bad in (3, -1, [0, 0], []):
        with pytest.raises(InputError, match="positions from 0 to 2"):
            d.marginal(bad)


def test_marginals_of_shares_and_counts() -> None:
    """The mean and variance of one column are those of the rows."""
    for name in ("Dirichlet", "Multinomial"):
        d = ORDINARY[name].distribution
        moments, one = d.moments(), d.marginal(1).moments()
        assert one.mean == pytest.approx(moments.mean[1], rel=1e-14)
        assert one.variance == pytest.approx(moments.covariance[1, 1], rel=1e-13)
        with pytest.raises(InputError, match="position from 0 to 2"):
            d.marginal(3)
    part = ORDINARY["Mixture"].distribution.marginal(0)
    assert isinstance(part, mle.Mixture)
    assert part.params["mu2"] == 2.0


def test_mahalanobis_distances() -> None:
    d = ORDINARY["MultivariateNormal"].distribution
    x = np.array([[0.0, 0.0], [1.7, -2.5]])
    gap = x - d.mean
    np.testing.assert_allclose(d.mahalanobis(x), np.sqrt(np.sum(gap @ np.linalg.inv(d.cov) * gap, axis=1)), rtol=1e-13)


def test_cdf_of_a_normal() -> None:
    """Two dimensions with correlation r: P(X < 0, Y < 0) = 1/4 + asin(r)/2π (Sheppard 1899)."""
    r = 0.6
    d = mle.MultivariateNormal([1.0, -2.0], [[4.0, 2.0 * r], [2.0 * r, 1.0]])
    assert d.cdf([1.0, -2.0]) == pytest.approx(0.25 + np.arcsin(r) / (2 * np.pi), abs=1e-5)
    assert d.cdf([np.inf, -2.0]) == pytest.approx(0.5, abs=1e-5)
    assert mle.MultivariateNormal([1.0], [[4.0]]).cdf([3.0]) == mle.Normal(1.0, 2.0).cdf(3.0)
    assert d.cdf([[0.0, 0.0], [1.0, 1.0]]).shape == (2,)


def test_memberships_are_bayes_rule() -> None:
    d = ORDINARY["Mixture"].distribution
    x = d.sample(3, 5)
    parts = np.stack([w * c.pdf(x) for w, c in zip(d.weights, d.components, strict=True)], axis=1)
    np.testing.assert_allclose(d.memberships(x), parts / parts.sum(axis=1, keepdims=True), rtol=1e-12)
    far = d.memberships([500.0, 500.0])  # both densities underflow
    assert far.sum() == pytest.approx(1.0)
