"""Stored reference results of every further family, of censored, truncated and interval data, mixtures and wrappers."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from data import REFERENCE, cases, column, text_columns

import mlestat as mle

ESTIMATE = 1e-6
"""In standard errors; relative where there is none."""

STANDARD_ERROR = 1e-6
LOGLIK = 1e-9


def _read(name: str) -> list[dict[str, Any]]:
    return list(json.loads((REFERENCE / name).read_text(encoding="utf-8")))


def _incomplete(case: dict[str, Any]) -> bool:
    plain = ("complete", "weighted")
    return case["kind"] == "distribution" and not str(case["data_kind"]).startswith(plain)


ALL = {c["id"]: c for c in (*_read("more_cases.json"), *(c for c in cases() if _incomplete(c)))}
HARD = {c["id"]: c for c in _read("more_hard_cases.json")}

SAME: dict[str, str] = {}
MODELS: dict[str, tuple[Callable[[dict[str, Any]], Any], dict[str, str]]] = {
    "normal": (lambda c: mle.Normal(), SAME),
    "lognormal": (lambda c: mle.LogNormal(), SAME),
    "exponential": (lambda c: mle.Exponential(), SAME),
    "gamma": (lambda c: mle.Gamma(), SAME),
    "weibull": (lambda c: mle.Weibull(), SAME),
    "inverse_gamma": (lambda c: mle.InverseGamma(), SAME),
    "beta": (lambda c: mle.Beta(), {"shape1": "a", "shape2": "b"}),
    "logistic": (lambda c: mle.Logistic(), {"location": "mu"}),
    "loglogistic": (lambda c: mle.LogLogistic(), SAME),
    "cauchy": (lambda c: mle.Cauchy(), {"location": "mu"}),
    "lomax": (lambda c: mle.Lomax(), SAME),
    "gpd": (lambda c: mle.GPD(), {"scale": "sigma", "shape": "xi"}),
    "gumbel": (lambda c: mle.GumbelMax(), {"location": "mu"}),
    "gev": (lambda c: mle.GEV(), {"location": "mu", "scale": "sigma", "shape": "xi"}),
    "rayleigh": (lambda c: mle.Rayleigh(), {"sigma": "scale"}),
    "maxwell": (lambda c: mle.Maxwell(), SAME),
    "inverse_gaussian": (lambda c: mle.InverseGaussian(), {"mu": "mean", "lambda": "shape"}),
    "gompertz": (lambda c: mle.Gompertz(), SAME),
    "chi_square": (lambda c: mle.ChiSquared(), SAME),
    "half_normal": (lambda c: mle.HalfNormal(), SAME),
    "burr12": (lambda c: mle.Burr(), {"shape1": "d", "shape2": "c"}),
    "geometric": (lambda c: mle.Geometric(), {"prob": "p"}),
    "binomial": (lambda c: mle.Binomial(n=12), {"prob": "p"}),
    "bernoulli": (lambda c: mle.Bernoulli(), {"prob": "p"}),
    "beta_binomial": (lambda c: mle.BetaBinomial(n=_trials(c)), {"alpha": "a", "beta": "b"}),
    "logseries": (lambda c: mle.LogSeries(), {"theta": "p"}),
    "pareto1": (lambda c: mle.Pareto(), {"min": "minimum"}),
    "uniform": (lambda c: mle.Uniform(), {"min": "low", "max": "high"}),
    "von_mises": (lambda c: mle.VonMises(), SAME),
    "zip": (lambda c: mle.ZeroInflated(mle.Poisson()), {"lambda": "rate", "pi": "p"}),
    "zt_poisson": (lambda c: mle.Truncated(mle.Poisson(), lower=1), {"lambda": "rate"}),
    "zt_negbin": (lambda c: mle.Truncated(mle.NegativeBinomial(), lower=1), {"mu": "mean"}),
    "normal_mixture_2": (lambda c: mle.Mixture([mle.Normal(), mle.Normal()]), {"p": "weight1"}),
}


def _trials(case: dict[str, Any]) -> Any:
    return column(case["dataset"], case["columns"]["trials"]) if "trials" in case["columns"] else 12


def _column(case: dict[str, Any], part: str) -> np.ndarray:
    """A column with the rows of the case's filter; blank is NaN."""
    texts = text_columns(case["dataset"])
    kept = range(len(next(iter(texts.values()))))
    if "equals" in (rule := case.get("filter", {})):
        kept = [i for i in kept if texts[rule["column"]][i] == rule["equals"]]
    name = case["columns"][part]
    return np.array([float(texts[name][i]) if texts[name][i] else math.nan for i in kept])


def _sample(case: dict[str, Any]) -> mle.Sample:
    columns, transform = case["columns"], " ".join(case.get("transform") or [])
    weights = _column(case, "weights") if "weights" in columns else None
    if weights is not None and "1000" in transform:
        weights = weights / 1000
    if "left" in columns:
        return mle.Sample.intervals(_column(case, "left"), _column(case, "right"), weights=weights)
    x, entry = _column(case, "x"), None
    if "degrees" in transform:
        x = np.radians(x)
    if transform.startswith("subtract"):
        x = np.round(x - float(transform.split()[1]), 9)
        x = x[x > 0]
    if case["data_kind"].startswith("left-truncated at ") and "entry" not in columns:
        entry = float(case["data_kind"].split()[-1])
        x = x[x > entry]
    if "entry" in columns:
        entry = _column(case, "entry")
    if "event" in columns:
        return mle.Sample.events(x, _column(case, "event"), weights=weights, entry=entry)
    return mle.Sample(x, weights=weights, entry=entry)


def _ours(case: dict[str, Any]) -> dict[str, tuple[float, float | None]]:
    """Estimates and standard errors in our parameters: rates become scales."""
    if case["family"] == "gompertz":
        a, b = case["estimate"]["a"], case["estimate"]["b"]
        slope = np.array([[1.0 / b, -a / b**2], [0.0, -1.0 / b**2]])
        se = np.sqrt(np.diag(slope @ np.array(case["cov"]) @ slope.T))
        return {"shape": (a / b, se[0]), "scale": (1.0 / b, se[1])}
    names, errors = MODELS[case["family"]][1], case.get("se") or {}
    found = {}
    for name in case["parameters"]:
        value, se = case["estimate"][name], errors.get(name)
        if name == "rate" and case["family"] in ("gamma", "exponential"):
            found["scale"] = (1.0 / value, se / value**2)
        else:
            found[names.get(name, name)] = (value, se)
    return found


@pytest.mark.parametrize("case_id", ALL)
def test_reference(case_id: str) -> None:
    case = ALL[case_id]
    fit = mle.fit(MODELS[case["family"]][0](case), _sample(case))
    assert fit.verdict.finite
    for name, (value, se) in _ours(case).items():
        if se is None:
            assert fit.params[name] == pytest.approx(value, rel=ESTIMATE)
            continue
        assert abs(fit.params[name] - value) <= ESTIMATE * se, name
        assert fit.se[name] == pytest.approx(se, rel=STANDARD_ERROR), name
    assert abs(fit.loglik - case["loglik"]) <= LOGLIK


BY_MEAN = {
    c["id"]: c
    for c in (*cases(), *_read("more_cases.json"))
    if c["kind"] == "distribution" and c["family"] in ("gamma", "beta")
}


def _by_mean(case: dict[str, Any]) -> tuple[mle.Distribution, np.ndarray, np.ndarray]:
    """The model by its mean, with the estimates and their covariance by the chain rule."""
    first, second = (case["estimate"][name] for name in case["parameters"])
    if case["family"] == "gamma":  # from shape and rate to mean and shape
        slope = np.array([[1.0 / second, -first / second**2], [1.0, 0.0]])
        return mle.Gamma.by_mean(), np.array([first / second, first]), slope @ np.array(case["cov"]) @ slope.T
    size = first + second
    slope = np.array([[second / size**2, -first / size**2], [1.0, 1.0]])
    return mle.Beta.by_mean(), np.array([first / size, size]), slope @ np.array(case["cov"]) @ slope.T


@pytest.mark.parametrize("case_id", BY_MEAN)
def test_reference_by_mean(case_id: str) -> None:
    """Complete, weighted, censored and truncated rows: the same maximum in other parameters."""
    case = BY_MEAN[case_id]
    model, values, covariance = _by_mean(case)
    fit = mle.fit(model, _sample(case))
    se = np.sqrt(np.diag(covariance))
    assert np.all(np.abs(np.array(list(fit.params.values())) - values) <= ESTIMATE * se)
    np.testing.assert_allclose(list(fit.se.values()), se, rtol=STANDARD_ERROR)
    np.testing.assert_allclose(fit.cov, covariance, atol=STANDARD_ERROR * np.max(np.outer(se, se)), rtol=STANDARD_ERROR)
    assert abs(fit.loglik - case["loglik"]) <= LOGLIK * max(1.0, abs(case["loglik"]) * 1e-3)


def _hard(case_id: str, fit: mle.Fit) -> None:
    case = HARD[case_id]
    for name, value in case["expected"].items():
        ours = {"loc": "by"}.get(name, name)
        se = case["se_observed_info"][name]
        assert abs(fit.params[ours] - value) <= ESTIMATE * se, name
        assert fit.se[ours] == pytest.approx(se, rel=STANDARD_ERROR), name
    assert abs(fit.loglik - case["loglik"]) <= LOGLIK * max(1.0, abs(case["loglik"]) * 1e-3)


def test_right_censored_with_large_weights() -> None:
    data = HARD["weibull23-rightcens"]["data"]
    sample = mle.Sample.events(data["time"], data["event"], weights=data["weight"])
    _hard("weibull23-rightcens", mle.fit(mle.Weibull(), sample))


def test_three_intervals() -> None:
    data = HARD["lifelines827-interval"]["data"]
    _hard("lifelines827-interval", mle.fit(mle.Weibull(), mle.Sample.intervals(data["left"], data["right"])))


def test_scipys_censored_data() -> None:
    from scipy.stats import CensoredData

    data = HARD["scipy-test-gamma-rc"]["data"]
    _hard("scipy-test-gamma-rc", mle.fit(mle.Gamma(), CensoredData(data["uncensored"], right=data["right"])))


def test_limited_failure_population() -> None:
    data = HARD["meeker-ic-lfp"]["data"]
    sample = mle.Sample.events(data["time"], data["event"], weights=data["weight"])
    _hard("meeker-ic-lfp", mle.fit(mle.LimitedFailure(mle.Weibull()), sample))


def test_salinity() -> None:
    data = HARD["salinity-lnorm-censored"]["data"]
    low, high = ([math.nan if v is None else v for v in data[side]] for side in ("left", "right"))
    _hard("salinity-lnorm-censored", mle.fit(mle.LogNormal(), mle.Sample.intervals(low, high)))


def test_beta_of_ten_values() -> None:
    _hard("scipy22328-beta", mle.fit(mle.Beta(), HARD["scipy22328-beta"]["data"]))


def test_binned_weibull_with_a_threshold() -> None:
    """The threshold lies inside the lowest class: bins have no smallest value for it to run to."""
    data = HARD["scipy20659-binned"]["data"]
    middle = np.array(data["mid"])
    sample = mle.Sample.intervals(middle - 0.25, middle + 0.25, weights=data["count"])
    _hard("scipy20659-binned", mle.fit(mle.Shifted(mle.Weibull()), sample))


def test_every_hard_case_is_tested() -> None:
    """The six of hard_cases.json are in test_golden.py."""
    here = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in HARD if here.count(f'"{name}"') == 0] == []


def test_gumbel_of_minima_and_the_weibull_limit() -> None:
    case = HARD["scipy11806-gumbelmin"]
    x = np.array(case["data"])
    least = mle.fit(mle.GumbelMin(), x)
    for ours, theirs in (("mu", "loc"), ("scale", "scale")):
        se = case["se_observed_info"][theirs]
        assert abs(least.params[ours] - case["expected"][theirs]) <= ESTIMATE * se
        assert least.se[ours] == pytest.approx(se, rel=STANDARD_ERROR)
    fit = mle.fit(mle.Shifted(mle.Weibull()), x, strict=False)
    assert fit.verdict.kind == "limit"
    assert type(fit.verdict.limit).__name__ == "GumbelMin"
    assert abs(fit.loglik - case["loglik"]) <= LOGLIK
