"""Mixtures of normals in several dimensions: passes, maxima, errors, held parts, units, spikes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from data import column
from vector_families import ORDINARY

import mlestat as mle
from mlestat.errors import NoFiniteMLE
from mlestat.vectors.em import Columns, Held, State, from_shares, slopes, step
from mlestat.vectors.mixture import climb
from mlestat.vectors.spikes import FLAT, LEAST, is_spike

TWO = ORDINARY["Mixture"].distribution
FREE = Held(None, (None, None), (None, None))


def pair(k: int = 2, **held: Any) -> Any:
    return mle.Mixture([mle.MultivariateNormal() for _ in range(k)], **held)


def rows(n: int = 400) -> np.ndarray:
    return np.asarray(TWO.sample(31, n))


def numbers(fit: mle.Fit) -> np.ndarray:
    return np.array([fit.estimate_of(name) for name in fit.free])


def errors(fit: mle.Fit) -> np.ndarray:
    return np.array([fit.error_of(name) for name in fit.free])


def truth() -> State:
    return State(
        np.array(TWO.weights), np.stack([c.mean for c in TWO.components]), np.stack([c.cov for c in TWO.components])
    )


def faithful() -> np.ndarray:
    return np.stack([column("faithful", "eruptions"), column("faithful", "waiting")], axis=1)


# -- passes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weighted", [False, True])
def test_slopes_are_sums_over_the_rows(weighted: bool) -> None:
    """The pass over blocks against the public members, which are checked against mpmath."""
    x = rows(150)
    w = np.random.default_rng(1).uniform(0.5, 2.0, 150) if weighted else np.ones(150)
    got = slopes(Columns(x.T.copy(), w if weighted else None, surveyed=weighted), truth())
    s = TWO.score(x)
    assert got.loglik == pytest.approx(float(w @ TWO.logpdf(x)), rel=1e-13)
    np.testing.assert_allclose(got.gradient, w @ s, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(got.hessian, np.einsum("i,ijk", w, TWO.hessian(x)), rtol=1e-10, atol=1e-9)
    np.testing.assert_allclose(got.outer, (s.T * w**2) @ s, rtol=1e-10, atol=1e-9)
    np.testing.assert_allclose(got.masses, w @ TWO.memberships(x), rtol=1e-12)


def test_a_step_of_expectation_and_maximisation() -> None:
    """Weighted means and covariances by the textbook's formulas (McLachlan, Peel 2000, eq. 3.5-3.7)."""
    x, w = rows(150), np.random.default_rng(1).uniform(0.5, 2.0, 150)
    got = step(Columns(x.T.copy(), w), truth(), FREE)
    r = TWO.memberships(x) * w[:, None]
    mass = r.sum(axis=0)
    np.testing.assert_allclose(got.state.weights, mass / w.sum(), rtol=1e-12)
    for k in range(2):
        mean = r[:, k] @ x / mass[k]
        np.testing.assert_allclose(got.state.means[k], mean, rtol=1e-12)
        np.testing.assert_allclose(got.state.covs[k], ((x - mean).T * r[:, k]) @ (x - mean) / mass[k], rtol=1e-11)
    after = step(Columns(x.T.copy(), w), got.state, FREE)
    assert got.loglik == pytest.approx(float(w @ TWO.logpdf(x)), rel=1e-13)
    assert after.loglik > got.loglik


def test_several_members_are_stepped_as_each_alone() -> None:
    data = Columns(rows(100).T.copy(), None)
    shares = np.random.default_rng(2).dirichlet([1.0, 1.0], (5, 100)).swapaxes(1, 2)
    together = step(data, from_shares(data, shares, FREE), FREE)
    for i in range(5):
        alone = step(data, from_shares(data, shares[i], FREE), FREE)
        assert together.loglik[i] == pytest.approx(float(alone.loglik), rel=1e-14)
        np.testing.assert_allclose(together.state.covs[i], alone.state.covs, rtol=1e-13)


# -- maxima and errors ---------------------------------------------------------------------------------------


def test_the_score_vanishes_and_errors_invert_the_information() -> None:
    x = rows()
    fit = mle.fit(pair(), x)
    d = fit.distribution
    assert fit.verdict.kind == "interior"
    assert fit.verdict.newton_decrement <= 1e-8
    assert fit.loglik == pytest.approx(math.fsum(d.logpdf(x)), rel=1e-13)
    assert np.all(np.abs(d.score(x).sum(axis=0)) * errors(fit) <= 1e-6)
    cov = np.linalg.inv(-d.hessian(x).sum(axis=0))
    np.testing.assert_allclose(fit.cov, cov, rtol=1e-7, atol=1e-9 * np.abs(cov).max())
    s = d.score(x)
    sandwich = mle.fit(pair(), x, covariance="sandwich")
    np.testing.assert_allclose(sandwich.cov, cov @ s.T @ s @ cov, rtol=1e-6, atol=1e-8 * np.abs(cov).max())
    assert fit.k == 11
    assert fit.free == (
        "weight1", "mean1[0]", "mean1[1]", "cov1[0,0]", "cov1[0,1]", "cov1[1,1]",
        "mean2[0]", "mean2[1]", "cov2[0,0]", "cov2[0,1]", "cov2[1,1]",
    )  # fmt: skip


def test_the_truth_is_near() -> None:
    """Within 5.5 standard errors: a false alarm in 4e-8 per number, 4e-7 for all."""
    fit = mle.fit(pair(), rows(4000))
    want = np.array([part.of(TWO.params) for part in TWO.parts().values()])
    assert np.all(np.abs(numbers(fit) - want) <= 5.5 * errors(fit))


@pytest.mark.parametrize(
    ("k", "height", "weights"),
    [(2, -1130.2639601847416, (0.35587285771823723,)), (3, -1114.4398729032578, (0.1272906, 0.2291833))],
)
def test_as_high_as_scikit_learn(k: int, height: float, weights: tuple[float, ...]) -> None:
    """Old Faithful; the highest of 60 starts of GaussianMixture (scikit-learn 1.9.1; reg_covar=1e-14, tol=1e-13)."""
    fit = mle.fit(pair(k), faithful())
    assert fit.loglik == pytest.approx(height, abs=1e-8)
    for j, w in enumerate(weights):
        assert fit.params[f"weight{j + 1}"] == pytest.approx(w, abs=1e-6)


def test_one_dimension_is_the_univariate_mixture() -> None:
    x = column("faithful", "waiting")
    one = mle.fit(mle.Mixture([mle.Normal(), mle.Normal()]), x)
    other = mle.fit(pair(), x[:, None])
    assert other.loglik == pytest.approx(one.loglik, rel=1e-12)
    assert other.params["weight1"] == pytest.approx(one.params["weight1"], abs=1e-7 * one.se["weight1"])
    assert other.se["weight1"] == pytest.approx(one.se["weight1"], rel=1e-6)
    assert other.se["mean2"][0] == pytest.approx(one.se["mu2"], rel=1e-6)
    assert other.se["cov1"][0, 0] == pytest.approx(2.0 * one.params["sigma1"] * one.se["sigma1"], rel=1e-6)


def test_a_weight_is_a_repetition() -> None:
    x = rows(200)
    w = np.random.default_rng(6).integers(0, 4, 200)
    for kind in ("observed", "sandwich"):
        weighted = mle.fit(pair(), x, weights=w, covariance=kind)
        written = mle.fit(pair(), np.repeat(x, w, axis=0), covariance=kind)
        assert weighted.loglik == pytest.approx(written.loglik, rel=1e-12)
        assert np.all(np.abs(numbers(weighted) - numbers(written)) <= 1e-6 * errors(written))
        np.testing.assert_allclose(errors(weighted), errors(written), rtol=1e-5)
    survey = mle.fit(pair(), x, probability_weights=np.full(200, 7.0))
    plain = mle.fit(pair(), x, covariance="sandwich")
    np.testing.assert_allclose(errors(survey), errors(plain), rtol=1e-6)


@pytest.mark.parametrize("factors", [(1e100, 1e-100), (1e-140, 20000.0)])
def test_columns_multiplied_and_shifted(factors: tuple[float, float]) -> None:
    x, f = rows(), np.array(factors)
    one, other = mle.fit(pair(), x), mle.fit(pair(), x * f)
    for k in ("1", "2"):
        assert np.all(np.abs(other.params[f"mean{k}"] / f - one.params[f"mean{k}"]) <= 1e-6 * one.se[f"mean{k}"])
        np.testing.assert_allclose(other.se[f"cov{k}"] / f / f[:, None], one.se[f"cov{k}"], rtol=1e-6)
    assert other.loglik == pytest.approx(one.loglik - len(x) * np.log(f).sum(), rel=1e-12)
    far = mle.fit(pair(), 1e6 + 1e-3 * x)
    near = mle.fit(pair(), (1e6 + 1e-3 * x) - 1e6)
    assert far.loglik == pytest.approx(near.loglik, rel=1e-11)
    np.testing.assert_allclose(far.params["cov1"], near.params["cov1"], rtol=1e-7)


def test_two_equal_components_are_no_maximum() -> None:
    """The score vanishes there, but the Hessian is not negative definite: a climb from there does not converge."""
    x = rows(60)
    mean, cov = x.mean(axis=0), np.cov(x, rowvar=False, bias=True)
    equal = State(np.array([0.5, 0.5]), np.stack([mean] * 2), np.stack([cov] * 2))
    end = climb(Columns(x.T.copy(), None), equal, FREE)
    assert end is None or not end.converged or end.at.loglik > mle.fit(mle.MultivariateNormal(), x).loglik + 1e-6


def test_many_rows_begin_from_a_part_of_them() -> None:
    """140 000 rows go by way of every fourth: the estimate is that of the truth's own climb."""
    x = np.asarray(TWO.sample(8, 140_000))
    fit = mle.fit(pair(), x, threads=2)
    end = climb(Columns(x.T.copy(), None), truth(), FREE)
    assert end is not None
    assert fit.loglik == pytest.approx(end.at.loglik, rel=1e-13)
    assert fit.verdict.newton_decrement <= 1e-8
    assert fit.verdict.steps <= 5


# -- held parts -----------------------------------------------------------------------------------------------


def test_held_parts_stay_and_the_rest_is_a_maximum() -> None:
    x = rows()
    one, two = TWO.components
    models = (
        mle.Mixture([mle.MultivariateNormal(), mle.MultivariateNormal()], weights=[0.3, 0.7]),
        mle.Mixture([mle.MultivariateNormal(mean=one.mean), mle.MultivariateNormal()]),
        mle.Mixture([mle.MultivariateNormal(cov=one.cov), mle.MultivariateNormal(mean=two.mean)]),
        mle.Mixture([one, two]),
    )
    whole = mle.fit(pair(), x)
    for model in models:
        fit = mle.fit(model, x)
        assert fit.loglik < whole.loglik
        assert fit.loglik >= math.fsum(TWO.logpdf(x))
        names = [n for n in fit.distribution.parts() if fit.parts[n].parameter in model.free]
        assert fit.free == tuple(names)
        at = [list(fit.distribution.parts()).index(n) for n in names]
        assert np.all(np.abs(fit.distribution.score(x).sum(axis=0)[at]) * errors(fit) <= 1e-6)
        cov = np.linalg.inv(-fit.distribution.hessian(x).sum(axis=0)[np.ix_(at, at)])
        np.testing.assert_allclose(fit.cov, cov, rtol=1e-6, atol=1e-8 * np.abs(cov).max())
        for name, value in model.params.items():
            if name not in model.free:
                np.testing.assert_array_equal(fit.params[name], value)


def test_everything_held() -> None:
    x = rows()
    fit = mle.fit(TWO, x)
    assert fit.loglik == pytest.approx(math.fsum(TWO.logpdf(x)), rel=1e-13)
    assert (fit.free, fit.k) == ((), 0)


def test_components_are_ordered_by_their_means() -> None:
    for x in (rows(), rows() * [-1.0, 1.0]):
        fit = mle.fit(pair(), x)
        assert fit.params["mean1"][0] < fit.params["mean2"][0]


# -- spikes -----------------------------------------------------------------------------------------------------


def test_the_rule_for_spikes() -> None:
    data = Columns(rows(100).T.copy(), None)
    state, held = truth(), FREE
    assert not is_spike(data, state, np.array([30.0, 70.0]), held)
    assert is_spike(data, state, np.array([2 + LEAST - 0.1, 93.1]), held)
    flat = State(state.weights, state.means, np.stack([state.covs[0], np.diag([1.0, 0.1 * FLAT])]))
    assert is_spike(data, flat, np.array([30.0, 70.0]), held)
    known = Held(None, (None, None), (state.covs[0], np.diag([1.0, 0.1 * FLAT])))
    assert not is_spike(data, flat, np.array([2.0, 98.0]), known)


def test_the_rule_is_told() -> None:
    sentence = mle.fit(pair(), rows()).verdict.sentence
    assert "unbounded as one component shrinks onto a plane" in sentence
    assert "under 7 rows, or is 10000 times as narrow" in sentence
    known = mle.Mixture([mle.MultivariateNormal(cov=c.cov) for c in TWO.components])
    assert "unbounded" not in mle.fit(known, rows()).verdict.sentence


def test_repeated_rows_do_not_become_a_component() -> None:
    """A third of the rows at one point, or on one line: a component there has no bound, and is not what is returned."""
    for columns in ([0, 1], [0]):
        x = rows(120)
        x[::3, columns] = 0.25
        fit = mle.fit(pair(), x)
        assert fit.verdict.kind == "interior"
        for k in ("1", "2"):
            assert np.linalg.eigvalsh(fit.params[f"cov{k}"])[0] > 0.1
    half = np.random.default_rng(0).normal(size=(60, 2))
    half[:30] = [1.0, 2.0]
    with pytest.raises(NoFiniteMLE, match="from every start a component shrinks onto a plane"):
        mle.fit(pair(), half)


def test_too_few_rows_for_the_components() -> None:
    with pytest.raises(NoFiniteMLE, match="from every start a component shrinks") as caught:
        mle.fit(pair(4), rows(20))
    fit = caught.value.fit
    assert fit.verdict.kind == "unbounded"
    assert "use fewer than 4 components" in fit.verdict.sentence
    assert fit.loglik == math.inf
    assert math.isnan(fit.params["weight1"])
    assert np.isnan(fit.params["mean3"]).all()
    assert fit.to_json()
    assert str(fit.summary())
    assert "nan" in repr(fit)


def test_rows_on_a_plane() -> None:
    x = np.column_stack([rows(), rows() @ [1.0, 2.0]])
    with pytest.raises(NoFiniteMLE, match="column 2 is a linear function of column 0 and column 1"):
        mle.fit(pair(), x)


def test_reports_of_a_mixture() -> None:
    fit = mle.fit(pair(), rows())
    assert repr(fit).startswith("Fit(Mixture(MultivariateNormal, MultivariateNormal)(weight1=0.")
    assert [e.name for e in fit.summary().estimates] == list(fit.free)
    low, high = fit.interval("weight1")
    assert 0.0 < low < fit.params["weight1"] < high < 1.0
    assert fit.distribution.weight1 == fit.params["weight1"]
    with pytest.raises(AttributeError):
        fit.distribution.weight9  # noqa: B018
