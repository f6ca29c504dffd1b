"""Stored reference results of the families of rows: closed forms in mpmath, Newton at 60 digits for the Dirichlet."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from data import REFERENCE, column, text_columns

import mlestat as mle

ESTIMATE = 1e-6
"""In standard errors."""

STANDARD_ERROR = 1e-6
"""Relative."""

LOGLIK = 1e-9
"""Absolute, in nats."""

CASES = {c["id"]: c for c in json.loads((REFERENCE / "vector_cases.json").read_text(encoding="utf-8"))}


def rows(case: dict[str, Any]) -> np.ndarray:
    return np.stack([column(case["dataset"], name) for name in case["columns"]["x"]], axis=1)


def assert_heights(fit: mle.Fit, case: dict[str, Any]) -> None:
    assert fit.verdict.kind == "interior"
    assert abs(fit.loglik - case["loglik"]) <= LOGLIK
    assert fit.k == case["n_parameters"]
    assert fit.n == case["bic_uses_n"]
    assert abs(fit.aic - case["aic"]) <= 2 * LOGLIK
    assert abs(fit.bic - case["bic"]) <= 2 * LOGLIK


def assert_numbers(got: np.ndarray, se: np.ndarray, want: np.ndarray, want_se: np.ndarray) -> None:
    assert np.all(np.abs(got - want) <= ESTIMATE * want_se)
    np.testing.assert_allclose(se, want_se, rtol=STANDARD_ERROR)


def test_the_reference_holds_all_of_them() -> None:
    assert set(CASES) == {"multinomial-haireye", "mvn-iris_setosa", "dirichlet-skye", "dirichlet-ducklings"}


def test_multivariate_normal() -> None:
    case = CASES["mvn-iris_setosa"]
    fit = mle.fit(mle.MultivariateNormal(), rows(case))
    want, se = (np.array([case[part][n] for n in case["parameters"]]) for part in ("estimate", "se"))
    assert_numbers(fit.params["mean"], fit.se["mean"], want, se)
    assert_numbers(fit.params["cov"], fit.se["cov"], np.array(case["Sigma"]), np.array(case["Sigma_se"]))
    assert_heights(fit, case)


@pytest.mark.parametrize("case_id", ["dirichlet-skye", "dirichlet-ducklings"])
def test_dirichlet(case_id: str) -> None:
    case = CASES[case_id]
    fit = mle.fit(mle.Dirichlet(), rows(case))
    want, se = (np.array([case[part][n] for n in case["parameters"]]) for part in ("estimate", "se"))
    assert_numbers(fit.params["alpha"], fit.se["alpha"], want, se)
    np.testing.assert_array_less(np.abs(fit.cov - np.array(case["cov"])), STANDARD_ERROR * np.outer(se, se))
    assert_heights(fit, case)


def test_multinomial_and_categorical() -> None:
    case = CASES["multinomial-haireye"]
    counts, names = column("haireye", "count"), text_columns("haireye")["Hair"]
    want, se = (np.array([case[part][n] for n in case["parameters"]]) for part in ("estimate", "se"))
    fit = mle.fit(mle.Multinomial(), counts)
    assert_numbers(fit.params["p"], fit.se["p"], want, se)
    np.testing.assert_allclose(fit.cov, case["cov"], rtol=1e-12)
    assert_heights(fit, case)
    labels = mle.fit(mle.Categorical(categories=names), names, weights=counts)
    assert_numbers(labels.params["p"], labels.se["p"], want, se)
    np.testing.assert_allclose(labels.cov, case["cov"], rtol=1e-12)
    assert labels.free == ("p[Black]", "p[Brown]", "p[Red]", "p[Blond]")
