"""Where no finite maximum exists: the verdict names the limit, strict raises one sentence, strict=False returns."""

from __future__ import annotations

import math
import pickle
from typing import Any

import numpy as np
import pytest
from mpmath import mp

import mlestat as mle
from mlestat.errors import MlestatError, NoFiniteMLE

LIGHT = np.linspace(-1.0, 1.0, 41)
"""Lighter tails than a normal: kurtosis 1.8."""

UNDER = np.array([2, 3, 3, 3, 4, 4, 2, 3, 3, 4.0])
"""Counts whose variance is below their mean."""

# family, data, kind, limit (a family's name, or what the sentence must say), supremum of the log-likelihood
NO_MAXIMUM: dict[str, tuple[str, Any, str, str, float]] = {
    "t-light-tails": ("StudentT", LIGHT, "limit", "Normal", math.nan),
    "t-two-points": ("StudentT", [0.0, 1.0], "limit", "Normal", math.nan),
    "nb-under-dispersed": ("NegativeBinomial", UNDER, "limit", "Poisson", math.nan),
    "nb-constant": ("NegativeBinomial", [4, 4, 4], "limit", "Poisson", math.nan),
    "nb-one-point": ("NegativeBinomial", [4], "limit", "Poisson", math.nan),
    "nb-zeros": ("NegativeBinomial", [0, 0, 0], "limit", "0", 0.0),
    "poisson-zeros": ("Poisson", [0, 0, 0], "limit", "0", 0.0),
    "poisson-one-zero": ("Poisson", [0], "limit", "0", 0.0),
    "normal-constant": ("Normal", [2.5, 2.5, 2.5], "unbounded", "2.5", math.inf),
    "normal-one-point": ("Normal", [2.5], "unbounded", "2.5", math.inf),
    "normal-zeros": ("Normal", [0.0, 0.0], "unbounded", "0", math.inf),
    "lognormal-constant": ("LogNormal", [2.5, 2.5, 2.5], "unbounded", "2.5", math.inf),
    "lognormal-one-point": ("LogNormal", [2.5], "unbounded", "2.5", math.inf),
    "laplace-constant": ("Laplace", [2.5, 2.5, 2.5], "unbounded", "2.5", math.inf),
    "laplace-one-point": ("Laplace", [2.5], "unbounded", "2.5", math.inf),
    "gamma-constant": ("Gamma", [2.5, 2.5, 2.5], "unbounded", "2.5", math.inf),
    "gamma-one-point": ("Gamma", [2.5], "unbounded", "2.5", math.inf),
    "weibull-constant": ("Weibull", [2.5, 2.5, 2.5], "unbounded", "2.5", math.inf),
    "weibull-one-point": ("Weibull", [2.5], "unbounded", "2.5", math.inf),
    "t-constant": ("StudentT", [2.5, 2.5, 2.5], "unbounded", "2.5", math.inf),
    "t-one-point": ("StudentT", [2.5], "unbounded", "2.5", math.inf),
    "logistic-constant": ("Logistic", [2.5, 2.5], "unbounded", "2.5", math.inf),
    "gumbel-constant": ("GumbelMax", [2.5, 2.5], "unbounded", "2.5", math.inf),
    "gumbel-min-constant": ("GumbelMin", [2.5, 2.5], "unbounded", "2.5", math.inf),
    "cauchy-constant": ("Cauchy", [2.5, 2.5], "unbounded", "2.5", math.inf),
    "cauchy-most-on-one-value": ("Cauchy", [0.0, 2.5, 2.5, 2.5, 7.0], "unbounded", "2.5", math.inf),
    "cauchy-half-on-one-value": ("Cauchy", [0.0, 2.5, 2.5, 7.0], "limit", "2.5", math.nan),
    "power-constant": ("GeneralizedNormal", [2.5, 2.5], "unbounded", "2.5", math.inf),
    "power-uniform": ("GeneralizedNormal", LIGHT, "limit", "Uniform(-1, 1)", -41 * math.log(2.0)),
    "power-spike": ("GeneralizedNormal", [-9.0, -0.1, 0.0, 0.1, 30.0], "unbounded", "0", math.inf),
    "skew-constant": ("SkewNormal", [2.5, 2.5], "unbounded", "2.5", math.inf),
    "skew-half-normal": ("SkewNormal", [0.1, 0.5, 0.7, 0.9, 1.0, 1.3, 1.6, 2.0], "limit", "half-normal", math.nan),
    "check-constant": ("AsymmetricLaplace", [2.5, 2.5], "unbounded", "2.5", math.inf),
    "check-exponential": ("AsymmetricLaplace", [1.0, 1.1, 1.3, 2.0, 3.5], "limit", "exponential", math.nan),
    "circle-constant": ("VonMises", [2.5, 2.5], "unbounded", "2.5", math.inf),
    "circle-balanced": ("VonMises", [0.0, math.pi], "limit", "uniform", -2 * math.log(2 * math.pi)),
    "exponential-zeros": ("Exponential", [0.0, 0.0, 0.0], "unbounded", "0", math.inf),
}


@pytest.mark.parametrize("name", NO_MAXIMUM)
def test_no_finite_maximum(name: str) -> None:
    family, x, kind, limit, supremum = NO_MAXIMUM[name]
    model = getattr(mle, family)()
    with pytest.raises(NoFiniteMLE) as caught:
        mle.fit(model, x)
    sentence = str(caught.value)
    assert limit in sentence
    assert "\n" not in sentence
    assert family in sentence
    fit = mle.fit(model, x, strict=False)
    assert isinstance(fit, mle.Fit)
    assert fit.verdict.kind == kind
    assert fit.verdict.sentence == sentence
    assert caught.value.fit.verdict.kind == kind
    assert (
        limit in str(fit.verdict.limit)
        if not hasattr(fit.verdict.limit, "params")
        else type(fit.verdict.limit).__name__ == limit
    )
    if not math.isnan(supremum):
        assert fit.loglik == supremum


@pytest.mark.parametrize("name", [n for n, row in NO_MAXIMUM.items() if row[3] in ("Normal", "Poisson")])
def test_a_limit_is_the_fit_of_the_contained_family(name: str) -> None:
    family, x, _, limit, _ = NO_MAXIMUM[name]
    fit = mle.fit(getattr(mle, family)(), x, strict=False)
    inner = mle.fit(getattr(mle, limit)(), x)
    assert type(fit.verdict.limit).__name__ == limit
    assert fit.verdict.limit.params == pytest.approx(inner.params, rel=1e-12)
    assert fit.loglik == pytest.approx(inner.loglik, abs=1e-10)
    assert fit.params["df" if family == "StudentT" else "size"] == math.inf


EXISTS: dict[str, tuple[str, Any, dict[str, float]]] = {
    "exponential-one-point": ("Exponential", [2.5], {"scale": 2.5}),
    "exponential-constant": ("Exponential", [2.5, 2.5], {"scale": 2.5}),
    "exponential-with-zeros": ("Exponential", [0.0, 3.0], {"scale": 1.5}),
    "poisson-one-point": ("Poisson", [4], {"rate": 4.0}),
    "poisson-constant": ("Poisson", [4, 4, 4], {"rate": 4.0}),
    "poisson-mostly-zeros": ("Poisson", [0, 0, 0, 1], {"rate": 0.25}),
    "normal-two-points": ("Normal", [1.0, 2.0], {"mu": 1.5, "sigma": 0.5}),
    "laplace-two-points": ("Laplace", [1.0, 2.0], {"scale": 0.5}),
}


@pytest.mark.parametrize("name", EXISTS)
def test_small_data_with_a_maximum(name: str) -> None:
    family, x, params = EXISTS[name]
    fit = mle.fit(getattr(mle, family)(), x)
    assert fit.verdict.kind == "interior"
    assert {k: fit.params[k] for k in params} == pytest.approx(params, rel=1e-14)
    assert all(math.isfinite(v) and v > 0 for v in fit.se.values())


@pytest.mark.parametrize(
    ("model", "x"),
    [
        (mle.Normal(mu=1.0), [2.5, 2.5]),
        (mle.Normal(sigma=2.0), [2.5, 2.5]),
        (mle.Gamma(shape=2.0), [2.5, 2.5]),
        (mle.Gamma(scale=2.0), [2.5, 2.5]),
        (mle.Weibull(shape=2.0), [2.5]),
        (mle.Weibull(scale=2.0), [2.5]),
        (mle.Laplace(mu=1.0), [2.5]),
        (mle.StudentT(df=3.0, sigma=1.0), [2.5]),
        (mle.StudentT(df=3.0), LIGHT),
        (mle.NegativeBinomial(size=3.0), UNDER),
    ],
    ids=str,
)
def test_holding_a_parameter_can_bring_the_maximum_back(model: mle.Distribution, x: Any) -> None:
    fit = mle.fit(model, x)
    assert fit.verdict.kind == "interior"
    assert all(math.isfinite(v) for v in fit.se.values())


def test_the_exception_carries_the_fit_and_survives_pickling() -> None:
    with pytest.raises(MlestatError) as caught:
        mle.fit(mle.StudentT(), LIGHT)
    error = caught.value
    assert isinstance(error, NoFiniteMLE)
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert again.fit.verdict.kind == "limit"
    assert again.fit.params == error.fit.params


def test_weights_decide_as_repetitions_do() -> None:
    """Over-dispersed values whose weights make them under-dispersed, and the other way round."""
    x = np.array([0.0, 3.0, 10.0])
    with pytest.raises(NoFiniteMLE, match="Poisson"):
        mle.fit(mle.NegativeBinomial(), x, weights=[1, 1000, 1])
    assert mle.fit(mle.NegativeBinomial(), x, weights=[5, 1, 5]).verdict.kind == "interior"
    with pytest.raises(NoFiniteMLE):
        mle.fit(mle.Normal(), x, weights=[0, 2, 0])


def test_an_interior_maximum_says_so() -> None:
    fit = mle.fit(mle.Gamma(), [1.0, 2.0, 4.0, 9.0])
    v = fit.verdict
    assert v.kind == "interior"
    assert v.limit is None
    assert v.sentence
    assert "\n" not in v.sentence
    assert 0 <= v.newton_decrement <= 1e-6
    assert 0 <= v.gradient_norm <= 1e-4
    assert v.condition >= 1
    assert set(v.nested) == {"Exponential"}


def test_the_condition_number_is_that_of_the_scaled_information() -> None:
    """Scaled to unit diagonal a 2 × 2 information has the condition (1 + |r|)/(1 - |r|), r the correlation."""
    fit = mle.fit(mle.Gamma(), [1.0, 2.0, 4.0, 9.0])
    r = abs(fit.cov[0, 1] / math.sqrt(fit.cov[0, 0] * fit.cov[1, 1]))
    assert fit.verdict.condition == pytest.approx((1 + r) / (1 - r), rel=0.5)


@pytest.mark.parametrize("spread", [1e-3, 1e-6, 1e-9])
def test_nearly_constant_data_are_still_fitted(spread: float) -> None:
    """The maximum exists, however far out; its log-likelihood is that of the estimates."""
    x = 5.0 * (1.0 + spread * np.array([-1.0, 0.5, 0.25, 0.75, -0.5]))
    for family in ("Normal", "LogNormal", "Gamma", "Weibull"):
        if family in ("Gamma", "Weibull") and spread < 1e-7:
            continue  # the rounding of the data themselves hides that maximum: see the next test
        fit = mle.fit(getattr(mle, family)(), x)
        assert fit.verdict.kind == "interior", family
        relative = np.std(x) / np.mean(x)
        if family == "Gamma":
            assert fit.params["shape"] == pytest.approx(1 / relative**2, rel=max(1e-6, 10 * spread, 1e-15 / spread))
        if family == "LogNormal":
            assert fit.params["sigma"] == pytest.approx(relative, rel=max(10 * spread, 1e-15 / spread))


def test_a_direction_that_doubles_cannot_tell_is_called_flat() -> None:
    """At a relative spread of 1e-9 a gamma's shape (1e18) and scale are correlated to 1 - 1e-18."""
    x = 5.0 * (1.0 + 1e-9 * np.array([-1.0, 0.5, 0.25, 0.75, -0.5]))
    with pytest.raises(NoFiniteMLE, match=r"shape.*scale"):
        mle.fit(mle.Gamma(), x)
    fit = mle.fit(mle.Gamma(), x, strict=False)
    assert fit.verdict.kind == "flat"
    assert fit.params["shape"] * fit.params["scale"] == pytest.approx(np.mean(x), rel=1e-12)


@pytest.mark.parametrize(("spread", "digits"), [(1e-3, None), (1e-5, 5), (1e-6, 3)])
def test_worn_standard_errors_are_told(spread: float, digits: int | None) -> None:
    """Gamma on nearly constant data: the digits that the sentence leaves are there, by the information in mpmath."""
    x = 1.0 + spread * np.random.default_rng(0).normal(size=200)
    fit = mle.fit(mle.Gamma(), x)
    with mp.workdps(50):
        k = mp.mpf(fit.params["shape"])
        exact = 1 / mp.sqrt(200 * (mp.polygamma(1, k) - 1 / k))
        wrong = abs(float(fit.se["shape"] / exact - 1))
    told = f"about {digits} digits" in fit.verdict.sentence
    assert told if digits else "digits" not in fit.verdict.sentence
    assert wrong < 10.0 ** -(digits or 8)
