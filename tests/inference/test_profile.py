"""Profile and Wald intervals against the stored reference, the likelihood-ratio equation, and in any unit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import test_golden as first
import test_golden_families as further
from data import named, values_and_weights

import mlestat as mle
from mlestat.errors import InputError, NoFiniteMLE

END = 1e-6
"""Of an interval's end, in standard errors."""

CUT = 3.841458820694124
"""The 0.95 quantile of chi-squared with one degree of freedom."""


def _fitted(case_id: str) -> tuple[dict[str, Any], mle.Fit, dict[str, str]]:
    """A stored case, its fit, and from its names of the parameters to ours."""
    if case_id in further.ALL:
        case = further.ALL[case_id]
        model, names = further.MODELS[case["family"]]
        return case, mle.fit(model(case), further._sample(case)), names
    case = named(case_id)
    x, w = values_and_weights(case)
    names = first.RENAMED if case["family"] in ("poisson", "negative_binomial") else {}
    return case, mle.fit(getattr(mle, first.FAMILY[case["family"]])(), x, weights=w), names


CASES = [i for i in (*first.FITTED, *further.ALL) if "gompertz" not in i]
"""All stored fits; a Gompertz has other parameters there, so that its intervals are not ours."""


def _ours(case: dict[str, Any], name: str, ends: list[float | None]) -> tuple[str, list[float | None]]:
    """A rate's interval is a scale's, upside down."""
    if name == "rate" and case["family"] in ("gamma", "exponential"):
        low, high = ends
        return "scale", [None if high is None else 1.0 / high, None if low is None else 1.0 / low]
    return name, ends


@pytest.mark.parametrize("case_id", CASES)
def test_profile_intervals(case_id: str) -> None:
    case, fit, names = _fitted(case_id)
    for name, stored in (case.get("ci_profile_95") or {}).items():
        if stored is None:
            continue
        ours, ends = _ours(case, name, stored)
        ours = names.get(ours, ours)
        interval = fit.interval(ours, method="profile")
        for got, want in zip(interval, ends, strict=True):
            if want is None:
                assert got in (fit.model.roles[ours].support.lower, fit.model.roles[ours].support.upper), (name, got)
                assert any(ours in sentence for sentence in fit.profile(ours).open_ends())
            else:
                assert abs(got - want) <= END * fit.se[ours], (name, got, want)


@pytest.mark.parametrize("case_id", CASES)
def test_wald_intervals_on_the_stored_scale(case_id: str) -> None:
    case, fit, names = _fitted(case_id)
    for name, stored in (case.get("ci_wald_95") or {}).items():
        if stored is None or (name == "rate" and case["family"] in ("gamma", "exponential")):
            continue  # symmetric about a rate is not symmetric about a scale
        ours = names.get(name, name)
        interval = fit.interval(ours, scale="natural")
        for got, want in zip(interval, stored, strict=True):
            assert abs(got - want) <= END * fit.se[ours], (name, got, want)


PROFILED: dict[str, Any] = {
    "gamma": (mle.Gamma(), mle.Gamma(2.0, 3.0).sample(1, 40)),
    "weibull": (mle.Weibull(), mle.Weibull(1.5, 2.0).sample(2, 30)),
    "t": (mle.StudentT(), mle.StudentT(3.0, 1.0, 2.0).sample(3, 200)),
    "negative binomial": (mle.NegativeBinomial(), mle.NegativeBinomial(4.0, 2.0).sample(4, 80)),
    "gev": (mle.GEV(), mle.GEV(0.1, 2.0, 1.0).sample(5, 100)),
    "laplace": (mle.Laplace(), mle.Laplace(1.0, 2.0).sample(6, 41)),
    "censored": (
        mle.LogNormal(),
        mle.Sample(np.minimum(x := mle.LogNormal(1.0, 0.6).sample(7, 60), 4.0), right_censored=x > 4.0),
    ),
    "prior": (mle.Gamma(shape=mle.LogNormal(0.5, 0.3)), mle.Gamma(2.0, 3.0).sample(8, 20)),
}


@pytest.mark.parametrize("case", PROFILED)
def test_an_end_solves_the_equation_by_a_fit_of_its_own(case: str) -> None:
    model, data = PROFILED[case]
    fit = mle.fit(model, data)
    for name in fit.free:
        for end in fit.interval(name, method="profile"):
            if math.isfinite(end) and end > 0.0:
                held = mle.fit(model.with_values({name: end}), data, strict=False)
                prior = model.priors.get(name)
                more = 0.0 if prior is None else float(prior.logpdf(end))
                assert 2.0 * (fit.objective - held.objective - more) == pytest.approx(CUT, abs=2e-5), (name, end)


@pytest.mark.parametrize("unit", [1e-200, 1e-3, 1e150])
def test_ends_move_with_the_unit(unit: float) -> None:
    x = mle.Gamma(2.0, 3.0).sample(1, 40)
    one, other = mle.fit(mle.Gamma(), x), mle.fit(mle.Gamma(), x * unit)
    for name, factor in (("shape", 1.0), ("scale", unit)):
        for a, b in zip(one.interval(name, method="profile"), other.interval(name, method="profile"), strict=True):
            assert b == pytest.approx(a * factor, rel=1e-7)


def test_open_above_where_the_normal_is_not_rejected() -> None:
    fit = mle.fit(mle.StudentT(), mle.StudentT(6.0, 0.0, 1.0).sample(3, 60))
    profile = fit.profile("df")
    assert profile.interval(0.95).high == math.inf
    said = "df has no end above: the likelihood never falls as far as the 0.95 interval allows"
    assert profile.open_ends() == (said,)
    assert math.isfinite(profile.interval(0.05).high)


def test_the_curve_is_twice_half_the_statistic() -> None:
    fit = mle.fit(mle.Exponential(), [1.0, 2.0, 6.0])
    curve = fit.profile("scale").curve([3.0, 1.5, -1.0])
    assert curve[0] == pytest.approx(0.0, abs=1e-12)
    assert curve[1] == pytest.approx(3.0 * (math.log(0.5) + 2.0 - 1.0))
    assert curve[2] == math.inf


def test_bad_requests() -> None:
    fit = mle.fit(mle.Gamma(), [1.0, 2.0, 6.0])
    with pytest.raises(InputError, match="did you mean 'shape'"):
        fit.profile("shap")
    with pytest.raises(InputError, match="between 0 and 1"):
        fit.interval("shape", level=1.0, method="profile")
    with pytest.raises(InputError, match="did you mean 'profile'"):
        fit.interval("shape", method="profil")
    with pytest.raises(InputError, match="'link' or 'natural'"):
        fit.interval("shape", scale="log")
    limit = mle.fit(mle.StudentT(), np.linspace(-1.0, 1.0, 30), strict=False)
    with pytest.raises(NoFiniteMLE, match="no profile"):
        limit.profile("mu")
