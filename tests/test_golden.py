"""Stored reference results (tests/reference): estimates, errors, log-likelihood and criteria."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from data import cases, hard_cases, named, values_and_weights

import mlestat as mle

ESTIMATE = 1e-6
"""In standard errors."""

STANDARD_ERROR = 1e-6
"""Relative."""

LOGLIK = 1e-9
"""Absolute, in nats."""

FAMILY = {
    "normal": "Normal",
    "lognormal": "LogNormal",
    "exponential": "Exponential",
    "laplace": "Laplace",
    "gamma": "Gamma",
    "weibull": "Weibull",
    "student_t": "StudentT",
    "poisson": "Poisson",
    "negative_binomial": "NegativeBinomial",
}
RENAMED = {"lambda": "rate", "mu": "mean"}
"""Names of the stored counts' parameters; `mu` is a mean only there."""

COMPLETE = ("complete", "complete (frequency table)")


def is_fitted(case: dict[str, Any]) -> bool:
    kind = str(case.get("data_kind", ""))
    return case["kind"] == "distribution" and (kind in COMPLETE or kind.startswith("weighted"))


FITTED = [case["id"] for case in cases() if is_fitted(case)]


def in_our_parameters(case: dict[str, Any]) -> tuple[dict[str, float], np.ndarray]:
    """Estimate and covariance in the library's parameters; at a maximum information goes by the Jacobian alone."""
    names, scales = [], []
    estimate = {}
    for name in case["parameters"]:
        value = case["estimate"][name]
        ours, theirs_to_ours, slope = name, value, 1.0
        if name == "rate":
            ours, theirs_to_ours, slope = "scale", 1.0 / value, -1.0 / value**2
        elif case["family"] in ("poisson", "negative_binomial"):
            ours = RENAMED.get(name, name)
        names.append(ours)
        scales.append(slope)
        estimate[ours] = theirs_to_ours
    cov = np.array(case["cov"]) * np.outer(scales, scales)
    order = [names.index(n) for n in getattr(mle, FAMILY[case["family"]]).parameter_names()]
    return estimate, cov[np.ix_(order, order)]


def test_the_reference_holds_all_of_them() -> None:
    assert len(FITTED) == 28 + 1  # 25 complete, one frequency table, three weighted: none may be lost from the file
    assert {named(i)["family"] for i in FITTED} == set(FAMILY)


@pytest.mark.parametrize("case_id", [i for i in FITTED if i != "laplace-newcomb"])
def test_complete_and_weighted_cases(case_id: str) -> None:
    case = named(case_id)
    x, w = values_and_weights(case)
    fit = mle.fit(getattr(mle, FAMILY[case["family"]])(), x, weights=w)
    estimate, cov = in_our_parameters(case)
    se = np.sqrt(np.diag(cov))
    assert fit.verdict.kind == "interior"
    assert fit.covariance == "observed"
    for name, error in zip(fit.free, se, strict=True):
        assert abs(fit.params[name] - estimate[name]) <= ESTIMATE * error, name
        assert abs(fit.se[name] - error) <= STANDARD_ERROR * error, name
    np.testing.assert_array_less(np.abs(fit.cov - cov), STANDARD_ERROR * np.outer(se, se))
    assert abs(fit.loglik - case["loglik"]) <= LOGLIK
    assert abs(fit.aic - case["aic"]) <= 2 * LOGLIK
    assert abs(fit.bic - case["bic"]) <= 2 * LOGLIK
    assert fit.n == pytest.approx(case["bic_uses_n"], rel=1e-15)


def test_laplace_on_newcomb() -> None:
    """The median is the whole set of maxima here; an observed information in mu does not exist."""
    case = named("laplace-newcomb")
    x, _ = values_and_weights(case)
    fit = mle.fit(mle.Laplace(), x)
    assert fit.params["mu"] == case["estimate"]["mu"]
    assert fit.params["scale"] == pytest.approx(case["estimate"]["scale"], rel=1e-15)
    assert abs(fit.loglik - case["loglik"]) <= LOGLIK
    assert abs(fit.aic - case["aic"]) <= 2 * LOGLIK
    assert abs(fit.bic - case["bic"]) <= 2 * LOGLIK
    assert fit.covariance == "expected"
    assert fit.se["mu"] == pytest.approx(case["estimate"]["scale"] / np.sqrt(x.size), rel=1e-14)


WALD_SAME_LINK = [i for i in FITTED if i.startswith("normal-")]


@pytest.mark.parametrize("case_id", WALD_SAME_LINK)
def test_wald_interval_of_a_mean(case_id: str) -> None:
    """On the identity link the interval is the stored one."""
    case = named(case_id)
    fit = mle.fit(mle.Normal(), values_and_weights(case)[0])
    low, high = case["ci_wald_95"]["mu"]
    assert fit.interval("mu").low == pytest.approx(low, rel=1e-12)
    assert fit.interval("mu").high == pytest.approx(high, rel=1e-12)


HARD_FAMILY = {
    "weibull(shape,scale)": ("Weibull", {}),
    "gamma(shape,scale)": ("Gamma", {}),
    "nbinom(size,mu)": ("NegativeBinomial", {"mu": "mean"}),
    "lognormal(mu,sigma)": ("LogNormal", {}),
}


@pytest.mark.parametrize("case", hard_cases(), ids=lambda case: case["id"])
def test_cases_that_users_reported_elsewhere(case: dict[str, Any]) -> None:
    family, renamed = HARD_FAMILY[case["family"]]
    fit = mle.fit(getattr(mle, family)(), case["data"])
    for name, value in case["expected"].items():
        ours = renamed.get(name, name)
        se = case["se_observed_info"][name]
        assert abs(fit.params[ours] - value) <= ESTIMATE * se, name
        assert abs(fit.se[ours] - se) <= STANDARD_ERROR * se, name
    assert abs(fit.loglik - case["loglik"]) <= LOGLIK
    assert fit.verdict.kind == "interior"
