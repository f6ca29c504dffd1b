"""Rows without a maximum, or with one on the boundary: what is found, and what the sentence names."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

import mlestat as mle
from mlestat.errors import NoFiniteMLE


def rows(n: int = 60, d: int = 3) -> np.ndarray:
    return np.random.default_rng(21).normal(size=(n, d))


def endless(model: Any, data: Any, **options: Any) -> mle.Fit:
    """The fit that the error carries, the same as with strict=False."""
    with pytest.raises(NoFiniteMLE) as caught:
        mle.fit(model, data, **options)
    fit = caught.value.fit
    again = mle.fit(model, data, strict=False, **options)
    assert str(caught.value) == fit.verdict.sentence == again.verdict.sentence
    assert fit.distribution is None
    assert all(np.isnan(v).all() for v in fit.se.values())
    assert np.isnan(fit.cov).all()
    assert np.isnan(fit.interval(fit.free[0])).all()
    assert fit.to_json()
    assert str(fit.summary())
    return fit


def said(fit: mle.Fit, *words: str) -> None:
    for word in words:
        assert word in fit.verdict.sentence


def test_fewer_rows_than_dimensions() -> None:
    for n in (2, 3):
        fit = endless(mle.MultivariateNormal(), rows(n))
        assert fit.verdict.kind == "unbounded"
        assert fit.loglik == math.inf
        said(fit, f"{n} rows cannot span 3 dimensions", "collect more than 3 rows")
        np.testing.assert_allclose(fit.params["mean"], rows(n).mean(axis=0))
    assert mle.fit(mle.MultivariateNormal(), rows(4)).verdict.kind == "interior"


def test_equal_rows() -> None:
    said(endless(mle.MultivariateNormal(), [[1.0, 2.0]] * 5), "all 5 rows are equal")
    said(endless(mle.MultivariateNormal(), [[0.1, 0.2]]), "there is a single row")
    fit = endless(mle.Dirichlet(), [[0.2, 0.3, 0.5]] * 4)
    said(fit, "all 4 rows are equal", "alpha → ∞")
    assert fit.verdict.limit == "point mass"
    assert np.isposinf(fit.params["alpha"]).all()
    said(endless(mle.Dirichlet(), [[0.2, 0.8]]), "there is a single row")


def test_a_constant_column_is_named() -> None:
    x = rows()
    for value in (0.0, 0.1, 1e6, -1e-300):
        x[:, 1] = value
        fit = endless(mle.MultivariateNormal(), x)
        said(fit, "column 1 is constant", "drop column 1")
    table = pd.DataFrame(x, columns=["a", "b", "c"])
    said(endless(mle.MultivariateNormal(), table), "b is constant")


@pytest.mark.parametrize("shift", [0.0, 1e6, 1e11])
@pytest.mark.parametrize("scale", [1.0, 1e-90, 1e120])
def test_collinear_columns_are_named(scale: float, shift: float) -> None:
    x = np.random.default_rng(3).normal(size=(200, 4)) + shift
    table = pd.DataFrame(x * scale, columns=["a", "b", "c", "d"])
    table["e"] = 2.0 * table["a"] - 0.25 * table["c"] + 3.0 * scale
    fit = endless(mle.MultivariateNormal(), table)
    said(fit, "e is a linear function of a and c,", "drop e, or hold cov")
    assert fit.params["cov"].shape == (5, 5)
    assert mle.fit(mle.MultivariateNormal(), table[["a", "b", "c", "d"]]).verdict.kind == "interior"


@pytest.mark.parametrize("noise", [1e-3, 1e-6])
def test_nearly_collinear_columns_are_fitted(noise: float) -> None:
    """The residual variance, 1e-12 of the whole in one case, has the digits that are left; the errors have all."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=(100, 2))
    table = np.column_stack([x, x @ [1.0, 1.0] + noise * rng.normal(size=100)])
    fit = mle.fit(mle.MultivariateNormal(), table)
    left = np.linalg.lstsq(np.column_stack([np.ones(100), x]), table[:, 2], rcond=None)[1][0] / 100
    found = 1.0 / np.linalg.inv(fit.params["cov"])[2, 2]
    assert found == pytest.approx(left, rel=1e-14 / noise**2)
    assert ("the determinant about 3 digits" in fit.verdict.sentence) == (noise == 1e-6)
    np.testing.assert_allclose(
        fit.se["cov"][0, 1], math.sqrt((np.prod(table[:, :2].var(0)) + fit.params["cov"][0, 1] ** 2) / 100)
    )


def test_a_known_covariance_takes_any_rows() -> None:
    fit = mle.fit(mle.MultivariateNormal(cov=np.eye(3)), [[1.0, 2.0, 3.0]])
    assert fit.params["mean"].tolist() == [1.0, 2.0, 3.0]
    assert fit.verdict.kind == "interior"


def test_a_known_mean_needs_as_many_rows_as_dimensions() -> None:
    assert mle.fit(mle.MultivariateNormal(mean=[0.0, 0.0, 0.0]), rows(3)).verdict.kind == "interior"
    said(endless(mle.MultivariateNormal(mean=[0.0, 0.0, 0.0]), rows(2)), "2 rows cannot span 3 dimensions")
    said(endless(mle.MultivariateNormal(mean=[1.0, 2.0]), [[1.0, 2.0]] * 3), "all 3 rows are equal")


def test_rows_of_weight_zero_do_not_count() -> None:
    said(endless(mle.MultivariateNormal(), rows(6), weights=[1, 1, 1, 0, 0, 0]), "3 rows cannot span 3 dimensions")


def test_an_empty_category() -> None:
    fit = mle.fit(mle.Categorical(categories=["a", "b", "c"]), ["a", "c", "a", "a"])
    assert fit.verdict.kind == "boundary"
    said(fit, "nothing was seen of b", "estimate is 0")
    assert fit.params["p"].tolist() == [0.75, 0.0, 0.25]
    assert np.isnan(fit.se["p"][1])
    assert fit.se["p"][0] == pytest.approx(math.sqrt(0.75 * 0.25 / 4))
    assert np.isnan(fit.cov[1]).all()
    assert fit.cov[0, 2] == pytest.approx(-0.75 * 0.25 / 4)
    assert np.isnan(fit.interval("p[b]")).all()
    assert fit.distribution.logpdf("b") == -math.inf
    assert fit.k == 2


def test_empty_columns_of_counts() -> None:
    fit = mle.fit(mle.Multinomial(), pd.DataFrame({"x": [3, 1], "y": [0, 0], "z": [4, 6], "w": [0, 0]}))
    said(fit, "nothing was seen of y, w")
    assert fit.verdict.kind == "boundary"
    assert fit.loglik == pytest.approx(math.fsum(fit.distribution.logpdf([[3, 0, 4, 0], [1, 0, 6, 0]])))


def test_a_single_category() -> None:
    fit = mle.fit(mle.Categorical(), ["a", "a"])
    assert (fit.params["p"].tolist(), fit.k, fit.loglik) == ([1.0], 0, 0.0)
    assert fit.verdict.kind == "boundary"
    said(fit, "one category, a")
    both = mle.fit(mle.Categorical(categories=["a", "b"]), ["a", "a"])
    assert both.params["p"].tolist() == [1.0, 0.0]
    assert np.isnan(both.se["p"]).all()


def test_shares_that_rounding_has_made_equal() -> None:
    x = 0.25 + 1e-12 * np.random.default_rng(5).normal(size=(30, 1)) * [1.0, -1.0, 0.0, 0.0]
    fit = endless(mle.Dirichlet(), x)
    assert fit.verdict.kind == "flat"
    said(fit, "rounding hides the maximum")


def test_digits_that_an_ill_conditioned_information_leaves_are_told() -> None:
    x = mle.Dirichlet([2e10, 3e10]).sample(6, 200)
    said(mle.fit(mle.Dirichlet(), x), "rounding leaves the standard errors about 5 digits")
