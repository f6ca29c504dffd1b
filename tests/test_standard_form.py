"""The generalised gamma through Prentice's coordinates: its ridge, its other edges, never below what it contains."""

from __future__ import annotations

import math

import numpy as np
import pytest
from families import ENTRIES
from mpmath import mp
from oracles import exact
from scipy import stats

import mlestat as mle
from mlestat.distributions.prentice import PrenticeForm, standard_moments
from mlestat.errors import NoFiniteMLE

CONTAINED = ("Gamma", "Weibull", "Exponential", "LogNormal", "HalfNormal", "Rayleigh", "Maxwell")
ROUNDING = 1e-9
"""Of a log-likelihood, relative, with the same absolute floor."""

LAPSE = 1e-12
"""Prentice's form against Stacy's in mpmath, relative to 1 and to the value."""


def assert_not_below(fit: mle.Fit, x: np.ndarray) -> None:
    for name in CONTAINED:
        inner = mle.fit(getattr(mle, name)(), x, strict=False)
        assert fit.loglik >= inner.loglik - ROUNDING * max(1.0, abs(inner.loglik)), (name, fit.verdict, x[:6])


@pytest.mark.parametrize("q", [1e-3, 0.2499, 0.2501, 0.7, 3.0])
def test_the_standard_form_is_the_same_density(q: float) -> None:
    """Value, score and Hessian, on both sides of where the series change over."""
    theta = (0.3, 0.8, q)

    def logpdf(x: mp.mpf, mu: mp.mpf, sigma: mp.mpf, q: mp.mpf) -> mp.mpf:
        k = q**-2
        c = q / sigma
        return ENTRIES["GeneralizedGamma"].oracle.logpdf(x, k, mp.exp(mu - mp.log(k) / c), c)

    for x in (0.5, 1.3, 1.7, 4.0):
        member = PrenticeForm(*theta)
        t = member._terms(np.array([x]))
        with mp.workdps(60):
            at = exact(theta)
            f = lambda *p, x=x: logpdf(mp.mpf(x), *p)  # noqa: E731
            unit = lambda *which: tuple(which.count(i) for i in range(3))  # noqa: E731
            assert abs(member._logpdf(t)[0] - f(*at)) <= LAPSE
            for i in range(3):
                first = mp.diff(f, at, unit(i))
                assert abs(np.ravel(member._score(t)[i])[0] - first) <= LAPSE * (1 + abs(first))
                for j in range(3):
                    second = mp.diff(f, at, unit(i, j))
                    assert abs(np.ravel(member._hessian(t)[i][j])[0] - second) <= LAPSE * (1 + abs(second))


def test_the_standard_form_passes_through_the_lognormal() -> None:
    x = np.array([0.2, 1.0, 3.0])
    form = PrenticeForm(0.3, 0.8, 0.0)
    np.testing.assert_allclose(form._logpdf(form._terms(x)), mle.LogNormal(0.3, 0.8).logpdf(x), rtol=1e-14)
    near, far = standard_moments(1e-5), standard_moments(-1e-5)
    assert near[0] == pytest.approx(-far[0], rel=1e-12) == pytest.approx(-5e-6, rel=1e-4)
    assert standard_moments(1.0) == pytest.approx((-0.5772156649015329, math.pi / math.sqrt(6.0)), rel=1e-14)


@pytest.mark.parametrize("family", CONTAINED)
@pytest.mark.parametrize("n", [8, 40, 200])
def test_never_below_what_it_contains_on_its_data(family: str, n: int) -> None:
    theta = (1.3, 2.0)[: len(getattr(mle, family).parameter_names())]
    for seed in range(12):
        x = getattr(mle, family)(*theta).sample(seed, n)
        fit = mle.fit(mle.GeneralizedGamma(), x, strict=False)
        on_ridge = "generalised gamma ridge" in fit.verdict.sentence
        assert fit.verdict.kind in ("interior", "limit") or (fit.verdict.kind == "flat" and on_ridge), (
            seed,
            fit.verdict,
        )
        assert_not_below(fit, x)


ODD = [
    [1e-300, 1.0],
    [1.0, 1.0 + 1e-9],
    [1e-8, 1e8],
    [1.0, 2.0],
    np.linspace(0.1, 10, 40),
    [1e-150, 1e150],
    [3.0, 3.0, 3.1],
    [1.0, 1.0, 1.0, 50.0],
    1.0 / np.linspace(0.01, 1.0, 60),
    np.exp(np.linspace(-40.0, 40.0, 30)),
    np.concatenate([np.full(20, 1.0), np.full(20, 100.0)]),
    np.concatenate([np.linspace(1.0, 1.1, 30), np.linspace(50.0, 60.0, 10)]),
]


@pytest.mark.parametrize("values", ODD, ids=range(len(ODD)))
def test_never_below_what_it_contains_on_odd_data(values: object) -> None:
    x = np.asarray(values, dtype=float)
    fit = mle.fit(mle.GeneralizedGamma(), x, strict=False)
    assert math.isfinite(fit.loglik)
    for name in ("Gamma", "Weibull", "LogNormal"):
        inner = mle.fit(getattr(mle, name)(), x, strict=False)
        assert fit.loglik >= inner.loglik - ROUNDING * max(1.0, abs(inner.loglik)), (name, fit.verdict)


def test_the_ridge_is_named() -> None:
    """The inverse of a gamma variable has a heavier right tail than any member: the supremum is a lognormal."""
    x = mle.InverseGamma(3.0, 2.0).sample(1, 500)
    with pytest.raises(NoFiniteMLE, match=r"ridge.*LogNormal.*shape → ∞ and scale → 0 and power → 0") as e:
        mle.fit(mle.GeneralizedGamma(), x)
    fit, inner = e.value.fit, mle.fit(mle.LogNormal(), x)
    assert fit.verdict.kind == "limit"
    assert fit.params == {"shape": math.inf, "scale": 0.0, "power": 0.0}
    assert all(math.isnan(v) for v in fit.se.values())
    assert fit.distribution == fit.verdict.limit == inner.distribution
    assert fit.loglik == pytest.approx(inner.loglik, rel=1e-14)
    # every member lies below, the nearest ones least
    for k in (3.0, 30.0, 300.0):
        root = math.sqrt(k) * inner.params["sigma"]
        member = mle.GeneralizedGamma(k, math.exp(inner.params["mu"] - root * math.log(k)), 1.0 / root)
        assert member.logpdf(x).sum() < fit.loglik


@pytest.mark.parametrize("factor", [1e-200, 1.0, 1e200])
def test_the_power_function_is_named(factor: float) -> None:
    """Even spacing up to a sharp end: shape → 0, power → ∞."""
    x = np.linspace(0.5, 10.0, 20)
    fit = mle.fit(mle.GeneralizedGamma(), x * factor, strict=False)
    assert fit.verdict.kind == "limit"
    assert "power function" in fit.verdict.sentence
    b = 1.0 / float(np.mean(np.log(10.0 / x)))
    assert fit.params["scale"] == pytest.approx(10.0 * factor, rel=1e-14)
    assert (fit.params["shape"], fit.params["power"]) == (0.0, math.inf)
    want = 20 * (math.log(b) - math.log(10.0) - 1.0 + 1.0 / b) - 20 * math.log(factor)
    assert fit.loglik == pytest.approx(want, rel=1e-12)
    k = 1e-5
    near = mle.GeneralizedGamma(k, 10.0 * (20 * k) ** (-k / b), b / k).logpdf(x).sum() - 20 * math.log(factor)
    assert want - 0.01 < near < want


def test_the_end_of_float64_on_the_ridge() -> None:
    """A maximum at q = 0.01 with sigma = 1 has the scale e^-921: told as flat, or as the lognormal."""
    k, n = 1e4, 3000
    p = (np.arange(n) + 0.5) / n
    x = np.exp(np.log(stats.gamma(k).ppf(p) / k) * math.sqrt(k))
    fit = mle.fit(mle.GeneralizedGamma(), x, strict=False)
    inner = mle.fit(mle.LogNormal(), x)
    assert fit.verdict.kind in ("flat", "limit")
    assert "generalised gamma ridge" in fit.verdict.sentence
    assert inner.loglik <= fit.loglik <= inner.loglik + 1.0


def test_far_along_the_ridge_the_maximum_is_found() -> None:
    """Shape 900: the estimate is Prentice's, and its score is zero in mpmath to a part of a standard error."""
    k, n = 900.0, 4000
    p = (np.arange(n) + 0.5) / n
    x = np.exp(0.2 * np.log(stats.gamma(k).ppf(p) / k) * math.sqrt(k))
    fit = mle.fit(mle.GeneralizedGamma(), x)
    assert 200.0 < fit.params["shape"] < 5000.0
    theta = tuple(fit.params.values())
    for name, value in fit.params.items():
        for step in (-0.3, 0.3):
            moved = fit.params | {name: value + step * fit.se[name] * 1e-2}
            assert mle.GeneralizedGamma(**moved).logpdf(x).sum() < fit.loglik
    assert mle.GeneralizedGamma(*theta).logpdf(x).sum() == pytest.approx(fit.loglik, rel=1e-11)


@pytest.mark.parametrize(
    ("model", "ends"),
    [
        (mle.GeneralizedGamma(), {"scale": 2.0, "power": math.inf}),
        (mle.GeneralizedGamma(shape=1.5), {"shape": 1.5, "scale": 2.0, "power": math.inf}),
        (mle.GeneralizedGamma(power=1.5), {"shape": math.inf, "scale": 0.0, "power": 1.5}),
        (mle.GeneralizedGamma(scale=2.0), {"scale": 2.0, "power": math.inf}),
        (mle.GeneralizedGamma(scale=1.0), {"shape": math.inf, "scale": 1.0, "power": math.inf}),
    ],
    ids=str,
)
def test_constant_data(model: mle.Distribution, ends: dict[str, float]) -> None:
    fit = mle.fit(model, [2.0, 2.0, 2.0], strict=False)
    assert fit.verdict.kind == "unbounded"
    assert {name: fit.params[name] for name in ends} == ends


def test_parts_of_it_are_the_contained_families() -> None:
    x = mle.Gamma(2.5, 3.0).sample(5, 60)
    for held, name, pairs in (
        ({"power": 1.0}, "Gamma", {"shape": "shape", "scale": "scale"}),
        ({"shape": 1.0}, "Weibull", {"power": "shape", "scale": "scale"}),
        ({"shape": 1.0, "power": 1.0}, "Exponential", {"scale": "scale"}),
    ):
        part, whole = mle.fit(mle.GeneralizedGamma(**held), x), mle.fit(getattr(mle, name)(), x)
        assert part.loglik == pytest.approx(whole.loglik, rel=1e-13)
        for ours, theirs in pairs.items():
            assert abs(part.params[ours] - whole.params[theirs]) <= 1e-7 * whole.se[theirs]
            assert part.se[ours] == pytest.approx(whole.se[theirs], rel=1e-7)


def test_a_family_without_a_unit_keeps_the_data() -> None:
    """Chi-squared values near 1e150 are their own degrees of freedom; in another unit they would be others."""
    fit = mle.fit(mle.ChiSquared(), [1e150, 1.1e150, 0.9e150])
    assert fit.params["df"] == pytest.approx(1e150 * (1.1 * 0.9) ** (1 / 3), rel=1e-12)
