"""Gamma and Beta by their mean: the same distributions, digits where the plain parameters lose them, and every use."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from families.entry import Case, along
from mpmath import mp, mpf
from oracles import unit_orders
from stability import assert_stable

import mlestat as mle
from mlestat.distributions.reparametrised import chained

PATTERN = np.array([-1.0, 0.5, 0.25, 0.75, -0.5, 0.0, 0.3, -0.3])

PAIRS = (
    (mle.Gamma.by_mean(7.5, 2.5), mle.Gamma(2.5, 3.0)),
    (mle.Beta.by_mean(0.25, 8.0), mle.Beta(2.0, 6.0)),
)


@pytest.mark.parametrize(("by_mean", "plain"), PAIRS, ids=repr)
def test_the_same_distribution(by_mean: mle.Distribution, plain: mle.Distribution) -> None:
    x, q = np.array([0.01, 0.2, 0.5, 0.9]), np.array([1e-9, 0.3, 0.8])
    for member in ("logpdf", "dlogpdf", "d2logpdf", "cdf", "sf", "logcdf", "logsf"):
        np.testing.assert_allclose(getattr(by_mean, member)(x), getattr(plain, member)(x), rtol=1e-13, atol=1e-15)
    for member in ("ppf", "isf"):
        np.testing.assert_allclose(getattr(by_mean, member)(q), getattr(plain, member)(q), rtol=1e-13)
    np.testing.assert_array_equal(by_mean.sample(1, 5), plain.sample(1, 5))
    np.testing.assert_allclose(by_mean.moments(), plain.moments(), rtol=1e-14)
    assert type(by_mean) is not type(plain)
    assert isinstance(by_mean, mle.Distribution)


def test_it_reads_as_it_is_written() -> None:
    assert repr(mle.Gamma.by_mean()) == "Gamma.by_mean(mean=free, shape=free)"
    assert repr(mle.Beta.by_mean(mean=0.3)) == "Beta.by_mean(mean=0.3, precision=free)"
    x = np.array([1.0, 2.0, 4.0, 9.0])
    fit = mle.fit(mle.Gamma.by_mean(), x)
    assert repr(fit).startswith("Fit(Gamma.by_mean(mean=4.0 ± ")
    assert json.loads(fit.to_json())["family"] == "Gamma.by_mean"
    assert "Gamma.by_mean" in str(fit.summary())
    assert "Gamma.by_mean" in str(mle.sigma_report(fit))
    with pytest.raises(mle.errors.FreeParameterError, match=r"Gamma\.by_mean.*mean=free"):
        mle.Gamma.by_mean(shape=2.0).logpdf(1.0)


@pytest.mark.parametrize("weights", [None, [2.0, 0.0, 1.5, 1.0, 1.0, 3.0]])
def test_the_mean_is_the_mean_of_the_data_whatever_the_shape(weights: list[float] | None) -> None:
    x = np.array([0.5, 1.2, 3.1, 0.8, 2.2, 9.0])
    for model in (mle.Gamma.by_mean(), mle.Gamma.by_mean(shape=0.3)):
        fit = mle.fit(model, x, weights=weights)
        assert fit.params["mean"] == pytest.approx(np.average(x, weights=weights), rel=1e-15)
    assert abs(fit.se["mean"] - fit.params["mean"] / math.sqrt(0.3 * fit.n)) <= 1e-12


def test_mean_and_shape_of_a_gamma_are_orthogonal() -> None:
    fit = mle.fit(mle.Gamma.by_mean(), mle.Gamma(2.5, 3.0).sample(1, 1000))
    assert abs(fit.correlation[0, 1]) <= 1e-12
    assert fit.verdict.condition == pytest.approx(1.0, abs=1e-12)
    held = mle.fit(mle.Gamma.by_mean(shape=fit.params["shape"]), mle.Gamma(2.5, 3.0).sample(1, 1000))
    assert held.se["mean"] == pytest.approx(fit.se["mean"], rel=1e-12)


@pytest.mark.parametrize("spread", [1e-3, 1e-6, 1e-9, 1e-12])
def test_nearly_constant_data_keep_all_digits_of_a_gamma(spread: float) -> None:
    """Estimates and standard errors against mpmath on the same doubles; in (shape, scale) nothing is left at 1e-9."""
    x = 5.0 * (1.0 + spread * PATTERN)
    fit = mle.fit(mle.Gamma.by_mean(), x)
    with mp.workdps(80):
        values = [mpf(v) for v in x.tolist()]
        mean = mp.fsum(values) / len(values)
        ratio = mp.log(mean) - mp.fsum(mp.log(v) for v in values) / len(values)
        shape = mp.findroot(lambda k: (mp.log(k) - mp.digamma(k)) / ratio - 1, 1 / (2 * ratio))
        information = len(values) * (mp.polygamma(1, shape) - 1 / shape)
        want = {"shape": float(1 / mp.sqrt(information)), "mean": float(mean / mp.sqrt(len(values) * shape))}
        loglik = float(
            mp.fsum((shape - 1) * mp.log(v) - v * shape / mean for v in values)
            - len(values) * (shape * mp.log(mean / shape) + mp.loggamma(shape))
        )
    assert fit.verdict.kind == "interior"
    assert fit.params["shape"] == pytest.approx(float(shape), rel=1e-12 + 1e-15 / spread)
    assert fit.params["mean"] == pytest.approx(float(mean), rel=2e-16)
    assert fit.se == pytest.approx(want, rel=1e-12 + 1e-15 / spread)
    assert fit.loglik == pytest.approx(loglik, rel=1e-12 + 1e-16 / spread)  # its slope in 1/spread is 1


@pytest.mark.parametrize("theta", [(0.25, 1e10), (0.9, 1e6)])
def test_a_beta_of_large_precision(theta: tuple[float, float]) -> None:
    """Beyond what mpmath's incomplete beta can judge: density, score and Hessian as stable as on the table's rows."""
    mean, precision = theta
    sd = math.sqrt(mean * (1.0 - mean) / precision)
    case = Case("Beta.by_mean", theta, along(mean, sd, (-30.0, -6.0, -1.0, 1e-3, 2.0, 8.0, 30.0)))
    d = case.distribution
    assert_stable(case, d.logpdf(case.points), unit_orders(2), "logpdf")
    for i in range(2):
        assert_stable(case, d.score(case.points)[:, i], unit_orders(2, i), "score")
        for j in range(i + 1):
            assert_stable(case, d.hessian(case.points)[:, i, j], unit_orders(2, i, j), "Hessian")
    with mp.workdps(60):
        mu, phi = mpf(mean), mpf(precision)
        a, b = mu * phi, (1 - mu) * phi
        of_a, of_b, of_phi = (mp.polygamma(1, v) for v in (a, b, phi))
        want = ((phi**2 * (of_a + of_b), a * of_a - b * of_b), (0, mu**2 * of_a + (1 - mu) ** 2 * of_b - of_phi))
    np.testing.assert_allclose(
        d.fisher()[np.triu_indices(2)], [float(want[0][0]), float(want[0][1]), float(want[1][1])]
    )


@pytest.mark.parametrize("spread", [1e-3, 1e-6])
def test_nearly_constant_data_keep_the_digits_of_a_beta(spread: float) -> None:
    """The precision is that of a normal with the same variance, to relative order of the spread."""
    x = 0.3 * (1.0 + spread * PATTERN)
    fit = mle.fit(mle.Beta.by_mean(), x)
    assert fit.verdict.kind == "interior"
    assert fit.params["precision"] == pytest.approx(0.21 / np.var(x), rel=10 * spread)
    assert fit.se["precision"] == pytest.approx(fit.params["precision"] / 2.0, rel=1e-3)  # √(2/8)
    assert fit.se["mean"] == pytest.approx(np.std(x) / math.sqrt(8.0), rel=10 * spread)


def test_priors_and_held_values() -> None:
    """A prior on the mean acts on the mean: its mode against a scan of the objective."""
    x = mle.Gamma(2.5, 3.0).sample(3, 40)
    prior = mle.Normal(5.0, 0.3)
    fit = mle.fit(mle.Gamma.by_mean(mean=prior, shape=2.5), x)
    grid = fit.params["mean"] + fit.se["mean"] * np.linspace(-1e-3, 1e-3, 21)
    heights = [mle.Gamma(2.5, m / 2.5).logpdf(x).sum() + prior.logpdf(m) for m in grid]
    assert np.argmax(heights) == 10
    strong = mle.fit(mle.Beta.by_mean(mean=mle.Beta.by_mean(0.4, 1e9)), mle.Beta(2.0, 6.0).sample(1, 50))
    assert strong.params["mean"] == pytest.approx(0.4, abs=1e-6)


def test_constant_data_have_no_maximum_unless_the_mean_is_elsewhere() -> None:
    for model in (mle.Gamma.by_mean(), mle.Gamma.by_mean(mean=0.5), mle.Beta.by_mean(), mle.Beta.by_mean(mean=0.5)):
        fit = mle.fit(model, [0.5, 0.5, 0.5], strict=False)
        assert fit.verdict.kind == "unbounded"
        assert list(fit.params.values()) == [0.5, math.inf]
    assert mle.fit(mle.Gamma.by_mean(mean=0.4), [0.5, 0.5]).verdict.kind == "interior"
    assert mle.fit(mle.Beta.by_mean(mean=0.4), [0.5, 0.5]).verdict.kind == "interior"
    assert mle.fit(mle.Gamma.by_mean(shape=2.0), [0.5, 0.5]).params["mean"] == 0.5


def test_wrappers_take_them() -> None:
    x = mle.Gamma(2.5, 3.0).sample(5, 400)
    seen = x[x > 2.0]
    one, other = (mle.fit(mle.Truncated(d, lower=2.0), seen) for d in (mle.Gamma(), mle.Gamma.by_mean()))
    assert other.loglik == pytest.approx(one.loglik, abs=1e-9)
    assert other.params["mean"] == pytest.approx(one.params["shape"] * one.params["scale"], rel=1e-7)
    two, more = (mle.fit(mle.Shifted(d), x, strict=False) for d in (mle.Gamma(), mle.Gamma.by_mean()))
    assert more.verdict.kind == two.verdict.kind
    assert more.loglik == pytest.approx(two.loglik, abs=1e-7)


def test_groups_and_names_elsewhere() -> None:
    x = mle.Gamma(2.5, 3.0).sample(6, 90)
    groups = mle.fit(mle.Gamma.by_mean(), x, by=np.repeat(["a", "b", "c"], 30))
    assert groups.params["mean"] == pytest.approx(x.reshape(3, 30).mean(axis=1), rel=1e-14)
    for by_mean, plain in PAIRS:
        assert by_mean.to_scipy().cdf(0.4) == pytest.approx(plain.to_scipy().cdf(0.4), rel=1e-12)


def test_the_chain_rule() -> None:
    """g(a, b) = a² b at a = u v, b = u - v: derivatives in (u, v) by mpmath."""

    def new(u: mpf, v: mpf) -> mpf:
        return (u * v) ** 2 * (u - v)

    u, v = 1.3, 0.4
    a, b = u * v, u - v
    change = (
        ((v, u), (1.0, -1.0)),
        (((0.0, 1.0), (1.0, 0.0)), ((0.0, 0.0), (0.0, 0.0))),
    )
    g, h = chained(change, (2 * a * b, a * a), ((2 * b, 2 * a), (2 * a, 0.0)))
    orders = ((1, 0), (0, 1), (2, 0), (1, 1), (0, 2))
    want = [float(mp.diff(new, (u, v), n)) for n in orders]
    assert [*g, h[0][0], h[0][1], h[1][1]] == pytest.approx(want, rel=1e-12)
