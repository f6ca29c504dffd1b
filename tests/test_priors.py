"""Priors on parameters: the mode against closed forms, against scipy.optimize on mpmath densities, and at corners."""

from __future__ import annotations

import math

import numpy as np
import pytest
from oracles import ORACLES, total_loglik
from scipy import optimize

import mlestat as mle

X = np.array([1.2, 0.4, 2.9, 3.3, 0.7, 1.9, 5.1, 2.2])

CLOSED = 1e-12
NUMERIC = 1e-6
"""In standard errors: a maximum found from values alone is good to the root of their rounding."""


@pytest.mark.parametrize(("location", "spread"), [(0.0, 10.0), (0.0, 0.1), (5.0, 1.0), (-100.0, 0.01)])
def test_normal_prior_on_a_normal_mean(location: float, spread: float) -> None:
    """Known sigma: the mode is the precision-weighted mean, its error the root of the inverse sum of precisions."""
    sigma = 1.5
    fit = mle.fit(mle.Normal(mu=mle.Normal(location, spread), sigma=sigma), X)
    data, prior = X.size / sigma**2, 1 / spread**2
    assert fit.params["mu"] == pytest.approx((data * X.mean() + prior * location) / (data + prior), rel=CLOSED)
    assert fit.se["mu"] == pytest.approx(1 / math.sqrt(data + prior), rel=CLOSED)
    assert fit.free == ("mu",)


def test_loglik_excludes_the_prior_and_objective_includes_it() -> None:
    prior = mle.Normal(0, 2)
    fit = mle.fit(mle.Normal(mu=prior, sigma=1.5), X)
    assert fit.loglik == pytest.approx(
        float(total_loglik(ORACLES["Normal"], X.tolist(), (fit.params["mu"], 1.5))), abs=1e-11
    )
    assert fit.objective == pytest.approx(fit.loglik + float(prior.logpdf(fit.params["mu"])), abs=1e-11)


@pytest.mark.parametrize("location", [0.0, 2.0, -7.0])
def test_normal_prior_with_sigma_free(location: float) -> None:
    """Both score equations, solved by substitution: sigma² = mean (x - mu)², n (x̄ - mu)/sigma² = (mu - m)/τ²."""
    tau = 10.0

    def equation(mu: float) -> float:
        return X.size * (X.mean() - mu) / np.mean((X - mu) ** 2) - (mu - location) / tau**2

    mu = optimize.brentq(
        equation, min(location, X.mean()) - 1e-9, max(location, X.mean()) + 1e-9, xtol=1e-14, rtol=1e-14
    )
    fit = mle.fit(mle.Normal(mu=mle.Normal(location, tau)), X)
    assert fit.params["mu"] == pytest.approx(mu, rel=1e-9)
    assert fit.params["sigma"] == pytest.approx(math.sqrt(np.mean((X - mu) ** 2)), rel=1e-9)


def mode(
    family: str, fixed: dict[str, float], priors: dict[str, tuple[str, tuple[float, ...]]], *, jacobian: bool
) -> np.ndarray:
    """The mode by Nelder and Mead on log-parameters, the densities by mpmath."""
    o = ORACLES[family]
    names = [n for n in o.parameters if n not in fixed]

    def negative(eta: np.ndarray) -> float:
        theta = {**fixed, **dict(zip(names, np.exp(eta), strict=True))}
        value = total_loglik(o, X.tolist(), tuple(theta[n] for n in o.parameters))
        for name, (prior, arguments) in priors.items():
            value += total_loglik(ORACLES[prior], [theta[name]], arguments)
        return -float(value) - (float(np.sum(eta)) if jacobian else 0.0)

    found = optimize.minimize(negative, np.zeros(len(names)), method="BFGS", options={"gtol": 1e-9})
    return np.exp(found.x)


PRIOR_CASES = {
    "gamma-shape": ("Gamma", {}, {"shape": ("Gamma", (3.0, 0.5))}),
    "gamma-both": ("Gamma", {}, {"shape": ("LogNormal", (0.0, 0.5)), "scale": ("Gamma", (2.0, 1.0))}),
    "gamma-shape-alone": ("Gamma", {"scale": 1.1}, {"shape": ("Normal", (1.0, 0.2))}),
    "weibull-shape": ("Weibull", {}, {"shape": ("Gamma", (2.0, 1.0))}),
    "exponential": ("Exponential", {}, {"scale": ("Gamma", (5.0, 1.0))}),
    "weibull-normal-on-a-scale": ("Weibull", {}, {"scale": ("Normal", (1.0, 0.3))}),
}


@pytest.mark.parametrize("jacobian", [False, True])
@pytest.mark.parametrize("name", PRIOR_CASES)
def test_modes_against_a_general_optimiser(name: str, jacobian: bool) -> None:
    family, fixed, priors = PRIOR_CASES[name]
    given = {parameter: getattr(mle, prior)(*arguments) for parameter, (prior, arguments) in priors.items()}
    fit = mle.fit(getattr(mle, family)(**given, **fixed), X, jacobian=jacobian)
    want = mode(family, fixed, priors, jacobian=jacobian)
    for parameter, value in zip(fit.free, want, strict=True):
        assert abs(fit.params[parameter] - value) <= NUMERIC * fit.se[parameter] * 10, (
            parameter,
            fit.params[parameter],
            value,
        )
    assert fit.verdict.kind == "interior"


def test_the_jacobian_moves_the_mode_as_it_must() -> None:
    """An exponential scale on the log scale: n/θ… the mode solves (n - 1)θ = Σx, against nθ = Σx without."""
    flat = mle.LogNormal(0.0, 1e8)  # its log-density in the scale is -log θ, nearly: a flat prior on log θ
    without = mle.fit(mle.Exponential(scale=flat), X)
    with_jacobian = mle.fit(mle.Exponential(scale=flat), X, jacobian=True)
    assert without.params["scale"] == pytest.approx(X.sum() / (X.size + 1), rel=1e-9)
    assert with_jacobian.params["scale"] == pytest.approx(X.sum() / X.size, rel=1e-9)


# -- corners: lasso in one dimension -------------------------------------------------------------------------


@pytest.mark.parametrize("b", [0.01, 0.05, 0.1, 0.12, 0.2, 0.5, 3.0, 100.0])
@pytest.mark.parametrize("corner", [0.0, 2.0, X.mean(), 9.0])
def test_laplace_prior_is_the_soft_threshold(corner: float, b: float) -> None:
    """Known sigma: mu - corner = soft(x̄ - corner, sigma²/(n b)); exactly at the corner inside the threshold."""
    sigma = 1.5
    fit = mle.fit(mle.Normal(mu=mle.Laplace(corner, b), sigma=sigma), X)
    distance, threshold = X.mean() - corner, sigma**2 / (X.size * b)
    if abs(distance) <= threshold:
        assert fit.params["mu"] == corner
        assert fit.verdict.kind == "boundary"
        assert "mu" in fit.verdict.sentence
    else:
        want = corner + math.copysign(abs(distance) - threshold, distance)
        assert fit.params["mu"] == pytest.approx(want, rel=1e-12, abs=1e-13)
        assert fit.verdict.kind == "interior"


def test_laplace_prior_exactly_at_the_threshold() -> None:
    """Slope of the likelihood and of the prior equal: the corner is the mode. Numbers chosen to be exact in binary."""
    x = np.array([0.5, 1.5])  # mean 1, n/sigma² · mean = 2 = 1/b
    assert mle.fit(mle.Normal(mu=mle.Laplace(0.0, 0.5), sigma=1.0), x).params["mu"] == 0.0
    assert mle.fit(mle.Normal(mu=mle.Laplace(0.0, np.nextafter(0.5, 1)), sigma=1.0), x).params["mu"] == pytest.approx(
        0.0, abs=1e-12
    )
    assert mle.fit(mle.Normal(mu=mle.Laplace(0.0, 0.51), sigma=1.0), x).params["mu"] == pytest.approx(
        1 - 1 / (2 * 0.51), rel=1e-12
    )


@pytest.mark.parametrize("b", [0.05, 0.2, 1.0])
def test_laplace_prior_with_sigma_free(b: float) -> None:
    """The profile in mu is scanned finely; the fit is not below any point of it."""
    fit = mle.fit(mle.Normal(mu=mle.Laplace(0.0, b)), X)
    grid = np.concatenate([[0.0], np.linspace(-1, 4, 2001)])
    profile = [-X.size / 2 * math.log(np.mean((X - m) ** 2)) - abs(m) / b for m in grid]
    reached = -X.size / 2 * math.log(np.mean((X - fit.params["mu"]) ** 2)) - abs(fit.params["mu"]) / b
    assert reached >= max(profile) - 1e-10
    assert fit.params["sigma"] == pytest.approx(math.sqrt(np.mean((X - fit.params["mu"]) ** 2)), rel=1e-8)


def test_a_corner_on_a_positive_parameter() -> None:
    """A tight Laplace prior on a gamma shape holds it at its corner; the scale is then that of the held shape."""
    fit = mle.fit(mle.Gamma(shape=mle.Laplace(2.0, 1e-3)), X)
    held = mle.fit(mle.Gamma(shape=2.0), X)
    assert fit.params["shape"] == 2.0
    assert fit.verdict.kind == "boundary"
    assert fit.params["scale"] == pytest.approx(held.params["scale"], rel=1e-12)
    assert fit.se["scale"] == pytest.approx(held.se["scale"], rel=1e-9)


# -- what a prior can and cannot do ---------------------------------------------------------------------------


def test_a_weak_prior_is_the_free_fit_and_a_strong_one_the_fixed_fit() -> None:
    free, fixed = mle.fit(mle.Gamma(), X), mle.fit(mle.Gamma(shape=3.0), X)
    weak = mle.fit(mle.Gamma(shape=mle.Normal(3.0, 1e6)), X)
    strong = mle.fit(mle.Gamma(shape=mle.Normal(3.0, 1e-6)), X)
    assert weak.params == pytest.approx(free.params, rel=1e-9)
    assert strong.params == pytest.approx(fixed.params, rel=1e-9)


def test_a_prior_brings_a_missing_maximum_back() -> None:
    light = np.linspace(-1, 1, 41)
    fit = mle.fit(mle.StudentT(df=mle.Gamma(2.0, 10.0)), light)
    assert fit.verdict.kind == "interior"
    assert math.isfinite(fit.params["df"])


def test_a_prior_that_is_too_weak_for_constant_data_is_found_out() -> None:
    """sigma² from the prior against sigma⁻⁴ from four equal values: the product still has no maximum."""
    with pytest.raises(mle.NoFiniteMLE):
        mle.fit(mle.Normal(sigma=mle.Gamma(3.0, 1.0)), [2.0, 2.0, 2.0, 2.0])
    fit = mle.fit(mle.Normal(sigma=mle.Gamma(6.0, 1.0)), [2.0, 2.0, 2.0, 2.0])
    assert fit.params["sigma"] == pytest.approx(1.0, rel=1e-9)  # sigma^(5 - 4) e^-sigma has its top at 1
    assert fit.params["mu"] == 2.0


def test_covariance_of_a_mode_includes_the_prior() -> None:
    fit = mle.fit(mle.Exponential(scale=mle.Gamma(5.0, 1.0)), X)
    t, n = fit.params["scale"], X.size
    curvature = 2 * X.sum() / t**3 - n / t**2 + 4.0 / t**2
    assert fit.se["scale"] == pytest.approx(1 / math.sqrt(curvature), rel=1e-9)
