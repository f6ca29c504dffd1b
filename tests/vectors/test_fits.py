"""Fits of the families of rows: estimates and errors against independent formulas, weights, held parameters, units,
frames."""

from __future__ import annotations

import json
import math
import pickle
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf
from vector_families import FAMILIES, ORDINARY

import mlestat as mle
from mlestat.errors import InputError
from mlestat.vectors.dirichlet import statistics
from mlestat.vectors.moments import moments
from mlestat.vectors.sample import as_vectors

AGREE = 1e-10
"""In standard errors, and relative for these."""

FITTED = [f for f in FAMILIES if f != "Mixture"]


def free(family: str) -> Any:
    return getattr(mle, family)()


def rows(family: str, n: int = 120) -> Any:
    return ORDINARY[family].distribution.sample(77, n)


def numbers(fit: mle.Fit) -> np.ndarray:
    return np.array([fit.estimate_of(name) for name in fit.free])


def errors(fit: mle.Fit) -> np.ndarray:
    return np.array([fit.error_of(name) for name in fit.free])


def assert_same(one: mle.Fit, other: mle.Fit, errors_too: bool = True) -> None:
    assert one.free == other.free
    assert np.all(np.abs(numbers(one) - numbers(other)) <= AGREE * errors(one))
    assert one.loglik == pytest.approx(other.loglik, rel=1e-12)
    if errors_too:
        np.testing.assert_allclose(errors(one), errors(other), rtol=AGREE)
        np.testing.assert_allclose(one.correlation, other.correlation, atol=AGREE)


@pytest.mark.parametrize("family", FITTED)
def test_the_score_vanishes_and_the_height_is_the_sum(family: str) -> None:
    x = rows(family)
    fit = mle.fit(free(family), x)
    d = fit.distribution
    assert fit.verdict.kind == "interior"
    assert fit.verdict.newton_decrement <= 1e-8
    assert fit.loglik == pytest.approx(math.fsum(d.logpdf(x)), rel=1e-13)
    assert np.all(np.abs(d.score(x).sum(axis=0)) * errors(fit) <= 1e-7 * math.sqrt(fit.n))
    assert fit.aic == -2.0 * fit.loglik + 2.0 * fit.k


@pytest.mark.parametrize("family", FITTED)
def test_standard_errors_invert_the_observed_information(family: str) -> None:
    """The inverse of minus the summed Hessian; where numbers add to 1, on the space in which they can move."""
    x = rows(family)
    fit = mle.fit(free(family), x)
    information = -fit.distribution.hessian(x).sum(axis=0)
    k = len(fit.free)
    basis = np.eye(k)
    if fit.redundant:  # steps that keep the sum
        basis = np.eye(k)[:, 1:] - np.eye(k)[:, :1]
    cov = basis @ np.linalg.inv(basis.T @ information @ basis) @ basis.T
    np.testing.assert_allclose(fit.cov, cov, rtol=1e-9, atol=1e-12 * np.abs(cov).max())
    np.testing.assert_allclose(errors(fit), np.sqrt(np.diag(cov)), rtol=1e-9)
    assert fit.k == k - fit.redundant


@pytest.mark.parametrize("family", FITTED)
def test_expected_information_agrees_at_the_maximum(family: str) -> None:
    """For these four families: regular exponential families in which the maximum matches the statistics."""
    x = rows(family)
    assert_same(mle.fit(free(family), x), mle.fit(free(family), x, covariance="expected"))


@pytest.mark.parametrize("weights", ["none", "frequency", "survey"])
@pytest.mark.parametrize("family", FITTED)
def test_sandwich(family: str, weights: str) -> None:
    """Bread and filling written out: H⁻¹ (Σ w s sᵀ) H⁻¹, the weight of a survey squared."""
    x = rows(family)
    n = len(x)
    w = np.ones(n) if weights == "none" else np.random.default_rng(5).integers(1, 4, n).astype(float)
    told = {"none": {}, "frequency": {"weights": w}, "survey": {"probability_weights": w}}[weights]
    fit = mle.fit(free(family), x, covariance=None if weights == "survey" else "sandwich", **told)
    assert fit.covariance == "sandwich"
    scaled = w * n / w.sum() if weights == "survey" else w
    s, h = fit.distribution.score(x), fit.distribution.hessian(x)
    k = len(fit.free)
    basis = np.eye(k)[:, 1:] - np.eye(k)[:, :1] if fit.redundant else np.eye(k)
    bread = basis @ np.linalg.inv(-basis.T @ np.einsum("i,ijk", scaled, h) @ basis) @ basis.T
    cov = bread @ (s.T * (scaled**2 if weights == "survey" else scaled)) @ s @ bread
    np.testing.assert_allclose(fit.cov, cov, rtol=1e-8, atol=1e-11 * np.abs(cov).max())


@pytest.mark.parametrize("family", FITTED)
def test_a_weight_is_a_repetition(family: str) -> None:
    x = rows(family)
    w = np.random.default_rng(6).integers(0, 4, len(x))
    weighted, written = mle.fit(free(family), x, weights=w), mle.fit(free(family), np.repeat(x, w, axis=0))
    assert_same(weighted, written)
    assert weighted.n == written.n
    assert weighted.bic == pytest.approx(written.bic, rel=1e-12)
    for kind in ("expected", "sandwich"):
        one = mle.fit(free(family), x, weights=w, covariance=kind)
        other = mle.fit(free(family), np.repeat(x, w, axis=0), covariance=kind)
        np.testing.assert_allclose(errors(one), errors(other), rtol=1e-9)


@pytest.mark.parametrize("weight", [1e-100, 0.1, 1e100])
@pytest.mark.parametrize("family", FITTED)
def test_equal_weights_scale_the_errors_alone(family: str, weight: float) -> None:
    x = rows(family)
    plain, weighted = mle.fit(free(family), x), mle.fit(free(family), x, weights=np.full(len(x), weight))
    assert np.all(np.abs(numbers(weighted) - numbers(plain)) <= 1e-7 * errors(plain))
    np.testing.assert_allclose(errors(weighted) * math.sqrt(weight), errors(plain), rtol=1e-7)
    survey = mle.fit(free(family), x, probability_weights=np.full(len(x), weight))
    np.testing.assert_allclose(errors(survey), errors(mle.fit(free(family), x, covariance="sandwich")), rtol=1e-9)
    assert survey.n == pytest.approx(plain.n, rel=1e-12)  # scaled to the number of rows
    assert survey.loglik == pytest.approx(plain.loglik, rel=1e-12)


@pytest.mark.parametrize("family", FITTED)
def test_held_at_the_estimate(family: str) -> None:
    """Everything held: the same height, nothing free. One of two held: the same estimate of the other."""
    x = rows(family)
    fit = mle.fit(free(family), x)
    held = mle.fit(fit.distribution, x)
    assert held.loglik == pytest.approx(fit.loglik, rel=1e-13)
    assert (held.free, held.k, held.se) == ((), 0, {})
    assert "nothing was free" in held.verdict.sentence
    assert held.cov.shape == (0, 0)
    if family == "MultivariateNormal":
        for name, other in (("mean", "cov"), ("cov", "mean")):
            part = mle.fit(mle.MultivariateNormal(**{name: fit.params[name]}), x)
            np.testing.assert_allclose(part.params[other], fit.params[other], rtol=1e-12)
            np.testing.assert_allclose(part.se[other], fit.se[other], rtol=1e-12)
            assert name not in part.se
            assert part.k == len(part.free)
            assert part.loglik == pytest.approx(fit.loglik, rel=1e-13)


def test_a_known_mean_or_covariance() -> None:
    """Second moments about the known mean; the mean's errors from the known covariance."""
    x = rows("MultivariateNormal")
    mean, cov = np.array([0.4, -1.1]), np.array([[2.0, 0.5], [0.5, 1.0]])
    about = mle.fit(mle.MultivariateNormal(mean=mean), x)
    gap = x - mean
    np.testing.assert_allclose(about.params["cov"], gap.T @ gap / len(x), rtol=1e-13)
    assert about.loglik == pytest.approx(math.fsum(about.distribution.logpdf(x)), rel=1e-13)
    known = mle.fit(mle.MultivariateNormal(cov=cov), x)
    np.testing.assert_allclose(known.params["mean"], x.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(known.se["mean"], np.sqrt(np.diag(cov) / len(x)), rtol=1e-14)
    r = 0.5 / math.sqrt(2.0)
    np.testing.assert_allclose(known.correlation, [[1.0, r], [r, 1.0]], rtol=1e-14)
    sandwich = mle.fit(mle.MultivariateNormal(cov=cov), x, covariance="sandwich")
    np.testing.assert_allclose(sandwich.se["mean"], x.std(axis=0) / math.sqrt(len(x)), rtol=1e-12)
    assert mle.fit(mle.MultivariateNormal(mean, cov), x).loglik == pytest.approx(
        math.fsum(mle.MultivariateNormal(mean, cov).logpdf(x)), rel=1e-13
    )


def test_wald_intervals_have_the_links_of_their_domains() -> None:
    x = rows("MultivariateNormal")
    fit = mle.fit(mle.MultivariateNormal(), x)
    z = 1.959963984540054
    value, error = fit.params["mean"][0], fit.se["mean"][0]
    assert fit.interval("mean[0]") == pytest.approx((value - z * error, value + z * error), rel=1e-13)
    value, error = fit.params["cov"][1, 1], fit.se["cov"][1, 1]
    factor = math.exp(z * error / value)
    assert fit.interval("cov[1,1]") == pytest.approx((value / factor, value * factor), rel=1e-12)
    value, error = fit.params["cov"][0, 1], fit.se["cov"][0, 1]
    assert fit.interval("cov[0,1]", level=0.95) == pytest.approx((value - z * error, value + z * error), rel=1e-12)
    p = mle.fit(mle.Categorical(), ["a", "b", "b"])
    low, high = p.interval("p[a]")
    assert 0.0 < low < 1 / 3 < high < 1.0
    assert p.interval("p[0]") == p.interval("p[a]")
    for name, words in (("cov", "several numbers"), ("cov[1,0]", "not a parameter"), ("p", "not a parameter")):
        with pytest.raises(InputError, match=words):
            fit.interval(name)
    held = mle.fit(mle.MultivariateNormal(mean=[0.0, 0.0]), x)
    with pytest.raises(InputError, match="fixed"):
        held.interval("mean[0]")


def test_functions_of_the_numbers_by_the_delta_method() -> None:
    """A correlation has (1 - r²)/√n, the log-odds of two of K shares √(1/N_i + 1/N_j), a mean share its gradient."""
    x = rows("MultivariateNormal")
    fit = mle.fit(mle.MultivariateNormal(), x)
    r = fit.quantity(lambda d: d.cov[0, 1] / math.sqrt(d.cov[0, 0] * d.cov[1, 1]))
    assert r.value == pytest.approx(np.corrcoef(x.T)[0, 1], rel=1e-12)
    assert r.se == pytest.approx((1.0 - r.value**2) / math.sqrt(len(x)), rel=1e-6)
    assert r.high - r.low == pytest.approx(2.0 * 1.959963984540054 * r.se, rel=1e-12)
    whole = fit.quantity(lambda d: d.cov)
    np.testing.assert_allclose(whole.se, fit.se["cov"], rtol=1e-9)
    counts = mle.fit(mle.Multinomial(), [30, 50, 20])
    odds = counts.quantity(lambda d: math.log(d.p[0] / d.p[2]))
    assert odds.se == pytest.approx(math.sqrt(1 / 30 + 1 / 20), rel=1e-5)
    assert counts.quantity(lambda d: d.p.sum()).se == pytest.approx(0.0, abs=1e-12)
    expected = counts.quantity(lambda d: d.moments().mean)  # n and the names stay those of the rows
    np.testing.assert_allclose(expected.se, 100.0 * counts.se["p"], rtol=1e-9)
    assert counts.quantity(lambda d: d.size).value == 3.0
    shares = mle.fit(mle.Dirichlet(), rows("Dirichlet"))
    mean = shares.quantity(lambda d: d.moments().mean)
    slope = (np.eye(3) - mean.value[:, None]) / shares.params["alpha"].sum()
    np.testing.assert_allclose(mean.se, np.sqrt(np.diag(slope @ shares.cov @ slope.T)), rtol=1e-6)
    held = mle.fit(mle.MultivariateNormal(cov=fit.params["cov"]), x).quantity(lambda d: d.mean[0] * d.cov[0, 0])
    assert held.se == pytest.approx(fit.se["mean"][0] * fit.params["cov"][0, 0], rel=1e-9)
    with pytest.raises(InputError, match="single numbers"):
        fit.quantity(lambda d: d.mean[0], method="profile")
    empty = mle.fit(mle.Categorical(categories=["a", "b", "c"]), ["a", "b", "a"])
    with pytest.raises(InputError, match=r"p\[c\] has no standard error"):
        empty.quantity(lambda d: d.p[0])


# -- units -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["observed", "sandwich"])
@pytest.mark.parametrize("factors", [(1e100, 1e-100), (1e-100, 1e-140), (4e153, 1e-140), (20000.0, 2.0**-30)])
def test_columns_multiplied(factors: tuple[float, float], kind: str) -> None:
    x, f = rows("MultivariateNormal"), np.array(factors)
    one = mle.fit(mle.MultivariateNormal(), x, covariance=kind)
    other = mle.fit(mle.MultivariateNormal(), x * f, covariance=kind)
    assert np.all(np.abs(other.params["mean"] / f - one.params["mean"]) <= AGREE * one.se["mean"])
    assert np.all(np.abs(other.params["cov"] / f / f[:, None] - one.params["cov"]) <= AGREE * one.se["cov"])
    np.testing.assert_allclose(other.se["mean"] / f, one.se["mean"], rtol=AGREE)
    np.testing.assert_allclose(other.se["cov"] / f / f[:, None], one.se["cov"], rtol=AGREE)
    np.testing.assert_allclose(other.correlation, one.correlation, atol=AGREE)
    assert other.loglik == pytest.approx(one.loglik - len(x) * np.log(f).sum(), rel=1e-13, abs=1e-9)
    assert other.verdict.kind == "interior"


def test_columns_with_a_known_mean_or_covariance_multiplied() -> None:
    x, f = rows("MultivariateNormal"), np.array([1e120, 1e-120])
    mean, cov = np.array([0.4, -1.1]), np.array([[2.0, 0.5], [0.5, 1.0]])
    one, other = (mle.fit(mle.MultivariateNormal(mean=mean * g), x * g) for g in (np.ones(2), f))
    np.testing.assert_allclose(other.params["cov"] / f / f[:, None], one.params["cov"], rtol=1e-12)
    one, other = (mle.fit(mle.MultivariateNormal(cov=cov * np.outer(g, g)), x * g) for g in (np.ones(2), f))
    np.testing.assert_allclose(other.params["mean"] / f, one.params["mean"], rtol=1e-12)
    assert other.loglik == pytest.approx(one.loglik - len(x) * np.log(f).sum(), rel=1e-12)


def test_shifted_by_a_million_spreads() -> None:
    """x - 1e6 is exact, so both fits see the same numbers; the mean can be no finer than a double near 1e6."""
    x = 1e6 + 1e-3 * rows("MultivariateNormal")
    near, far = mle.fit(mle.MultivariateNormal(), x - 1e6), mle.fit(mle.MultivariateNormal(), x)
    assert np.all(np.abs(far.params["mean"] - (1e6 + near.params["mean"])) <= np.spacing(1e6))
    assert np.all(np.abs(far.params["cov"] - near.params["cov"]) <= AGREE * near.se["cov"])
    assert far.loglik == pytest.approx(near.loglik, rel=1e-12)


def test_rows_in_an_unlucky_order() -> None:
    """The centre is taken from every so-manieth row; if just those lie far away, the pass is made about the mean."""
    x = np.random.default_rng(8).normal(size=(200_000, 2))
    x[::200, 0] += 1e6
    found = moments(as_vectors(x, None, None, "raise", "x"))
    spread = np.sqrt(np.diag(found.second))
    assert np.all(np.abs(found.offset) <= 1e-10 * spread)
    assert np.all(np.abs(found.centre - x.mean(axis=0)) <= 1e-10 * spread)
    np.testing.assert_allclose(found.second, np.cov(x, rowvar=False, bias=True), rtol=1e-11)


def test_columns_permuted_and_mapped() -> None:
    """A linear map of the rows maps mean and covariance, and adds -n log |det| to the height."""
    x = rows("MultivariateNormal")
    a = np.array([[2.0, -1.0], [0.5, 3.0]])
    one, other = mle.fit(mle.MultivariateNormal(), x), mle.fit(mle.MultivariateNormal(), x @ a.T)
    np.testing.assert_allclose(other.params["mean"], a @ one.params["mean"], rtol=1e-12)
    np.testing.assert_allclose(other.params["cov"], a @ one.params["cov"] @ a.T, rtol=1e-12)
    assert other.loglik == pytest.approx(one.loglik - len(x) * math.log(abs(np.linalg.det(a))), rel=1e-12)


def test_one_dimension_is_the_univariate_family() -> None:
    x = rows("MultivariateNormal")[:, 0]
    one, other = mle.fit(mle.Normal(), x), mle.fit(mle.MultivariateNormal(), x[:, None])
    assert other.params["cov"][0, 0] == pytest.approx(one.params["sigma"] ** 2, rel=1e-13)
    assert other.se["cov"][0, 0] == pytest.approx(2.0 * one.params["sigma"] * one.se["sigma"], rel=1e-12)
    assert other.loglik == pytest.approx(one.loglik, rel=1e-13)


def test_two_shares_are_a_beta() -> None:
    x = mle.Dirichlet([2.0, 5.0]).sample(1, 80)
    one, other = mle.fit(mle.Beta(), x[:, 0]), mle.fit(mle.Dirichlet(), x)
    np.testing.assert_allclose(other.params["alpha"], [one.params["a"], one.params["b"]], rtol=1e-8)
    np.testing.assert_allclose(other.se["alpha"], [one.se["a"], one.se["b"]], rtol=1e-8)
    assert other.loglik == pytest.approx(one.loglik, rel=1e-11)


def test_two_counts_are_a_binomial() -> None:
    k, n = np.array([3, 2, 5]), np.array([10, 10, 20])
    one = mle.fit(mle.Binomial(n=n), k)
    other = mle.fit(mle.Multinomial(), np.stack([k, n - k], axis=1))
    assert other.params["p"][0] == pytest.approx(one.params["p"], rel=1e-14)
    assert other.se["p"][0] == pytest.approx(one.se["p"], rel=1e-13)
    assert other.loglik == pytest.approx(one.loglik, rel=1e-13)
    np.testing.assert_array_equal(other.params["n"], n)


def test_counts_too_large_for_a_table() -> None:
    x = mle.Multinomial(10**6, [0.2, 0.5, 0.3]).sample(4, 30)
    for weights in (None, np.arange(30)):
        fit = mle.fit(mle.Multinomial(), x, weights=weights)
        heights = fit.distribution.logpdf(x) * (1.0 if weights is None else weights)
        assert fit.loglik == pytest.approx(math.fsum(heights), rel=1e-13)


def test_counts_and_their_labels_tell_the_same() -> None:
    """One row of counts, a table of labels with weights, the labels written out: one estimate, one error."""
    counts, names = [3, 5, 2], ["x", "y", "z"]
    one = mle.fit(mle.Multinomial(), counts)
    table = mle.fit(mle.Categorical(), names, weights=counts)
    written = mle.fit(mle.Categorical(), np.repeat(names, counts))
    for other in (table, written):
        np.testing.assert_allclose(other.params["p"], one.params["p"], rtol=1e-15)
        np.testing.assert_allclose(other.se["p"], one.se["p"], rtol=1e-13)
        assert other.n == one.n == 10.0
    ways = math.log(math.factorial(10) / math.prod(map(math.factorial, counts)))
    assert one.loglik == pytest.approx(table.loglik + ways, rel=1e-13)


@pytest.mark.parametrize("alpha", [(1e-2, 3e-2), (0.5, 1e3, 2.0), (1e6, 2e6, 3e6), (1.0,) * 40])
def test_dirichlets_far_apart(alpha: tuple[float, ...]) -> None:
    """The truth lies within a few standard errors (5 of them: a false alarm in 1e6 per number), the score vanishes."""
    x = mle.Dirichlet(alpha).sample(3, 500)
    x = np.maximum(x, 1e-300)
    fit = mle.fit(mle.Dirichlet(), x)
    assert np.all(np.abs(fit.params["alpha"] - alpha) <= 5.0 * fit.se["alpha"])
    with mp.workdps(40):
        for j, a in enumerate(fit.params["alpha"]):
            mean_log = mp.fsum(mp.log(mpf(v)) for v in x[:, j].tolist()) / len(x)
            slope = mean_log + mp.psi(0, mp.fsum(fit.params["alpha"].tolist())) - mp.psi(0, mpf(a))
            assert abs(slope) * len(x) * fit.se["alpha"][j] <= 1e-4 * math.sqrt(len(x))


def test_logarithms_of_narrow_shares_keep_their_digits() -> None:
    """Shares that spread by 1e-4 have logarithms about the centre of that size, exact to their own rounding, 1e-20."""
    x = mle.Dirichlet([2e8, 3e8, 1e8]).sample(9, 300)
    found = statistics(as_vectors(x, None, None, "raise", "x"))
    with mp.workdps(40):
        for j, c in enumerate(found.centre.tolist()):
            mean_log = mp.fsum(mp.log(mpf(v) / mpf(c)) for v in x[:, j].tolist()) / len(x)
            assert abs(mean_log - mpf(float(found.mean[j]))) <= 1e-19


# -- what comes out -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", FITTED)
def test_reports(family: str) -> None:
    fit = mle.fit(free(family), rows(family))
    names = [e.name for e in fit.summary().estimates]
    assert [n for n in names if n != "n"] == list(fit.free)
    told = json.loads(fit.to_json())
    assert told["free"] == list(fit.free)
    assert told["k"] == fit.k
    assert told["verdict"]["kind"] == "interior"
    first = told["parameters"][fit.free[0]]
    assert first["wald_95"] == pytest.approx(fit.interval(fit.free[0]))
    assert fit.free[0] in fit.summary().as_latex().replace("\\_", "_")
    assert family in repr(fit)
    again = pickle.loads(pickle.dumps(fit))
    np.testing.assert_array_equal(again.cov, fit.cov)


@pytest.mark.parametrize("family", FITTED)
def test_a_family_by_its_class_and_name(family: str) -> None:
    x = rows(family)
    one = mle.fit(free(family), x)
    assert_same(one, mle.fit(getattr(mle, family), x))
    assert_same(one, mle.fit(family.lower(), x))
    assert_same(one, mle.fit(free(family), x, threads=2))


def test_a_covariance_is_computed_when_it_is_asked_for() -> None:
    """200 dimensions have 20 300 numbers, whose correlation fills 3 GB: the fit itself needs none of it."""
    x = np.random.default_rng(2).normal(size=(500, 200))
    fit = mle.fit(mle.MultivariateNormal(), x)
    assert len(fit.free) == 20_300
    assert fit.se["cov"].shape == (200, 200)
    assert callable(fit.__dict__["correlation"])
    small = mle.fit(mle.MultivariateNormal(), x[:, :2])
    assert small.correlation is small.correlation


def test_many_rows_are_summed_in_blocks_and_threads() -> None:
    x = np.random.default_rng(4).normal(size=(250_000, 3)) @ np.array(
        [[1.0, 0.2, 0.0], [0.0, 1.0, 0.5], [0.0, 0.0, 2.0]]
    )
    one, two = (mle.fit(mle.MultivariateNormal(), x, threads=t) for t in (1, 2))
    np.testing.assert_array_equal(one.params["cov"], two.params["cov"])
    np.testing.assert_allclose(one.params["cov"], np.cov(x, rowvar=False, bias=True), rtol=1e-12, atol=1e-14)


# -- data frames and other data --------------------------------------------------------------------------------


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_data_frames_bring_the_names(library: str) -> None:
    x = rows("MultivariateNormal")
    table = {"height": x[:, 0], "weight": x[:, 1]}
    if library == "pandas":
        import pandas as pd

        frame: Any = pd.DataFrame(table)
    elif library == "polars":
        import polars as pl

        frame = pl.DataFrame(table)
    else:
        import pyarrow as pa

        frame = pa.table(table)
    fit = mle.fit(mle.MultivariateNormal(), frame)
    assert fit.free == (
        "mean[height]",
        "mean[weight]",
        "cov[height,height]",
        "cov[height,weight]",
        "cov[weight,weight]",
    )
    plain = mle.fit(mle.MultivariateNormal(), x)
    np.testing.assert_array_equal(numbers(fit), numbers(plain))
    assert fit.interval("cov[0,1]") == fit.interval("cov[height,weight]") == plain.interval("cov[0,1]")


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow", "list", "array", "objects"])
def test_labels_of_any_kind(library: str) -> None:
    labels = ["b", "a", "b", "c", "b"]
    data: Any = labels
    if library == "pandas":
        import pandas as pd

        data = pd.Series(labels, name="kind")
    elif library == "polars":
        import polars as pl

        data = pl.Series("kind", labels)
    elif library == "pyarrow":
        import pyarrow as pa

        data = pa.chunked_array([labels])
    elif library == "array":
        data = np.array(labels)
    elif library == "objects":
        data = np.array(labels, dtype=object)
    fit = mle.fit(mle.Categorical(), data)
    assert fit.distribution.categories == ("a", "b", "c")
    np.testing.assert_allclose(fit.params["p"], [0.2, 0.6, 0.2])
    assert fit.distribution.logpdf("b") == pytest.approx(math.log(0.6))
    assert set(fit.distribution.sample(0, 50)) <= {"a", "b", "c"}


def test_numbers_truth_values_and_mixed_labels() -> None:
    assert mle.fit(mle.Categorical(), [3, 1, 3]).distribution.categories == (1, 3)
    assert mle.fit(mle.Categorical(), np.array([2.5, 1.5])).distribution.categories == (1.5, 2.5)
    assert mle.fit(mle.Categorical(), [True, False, True]).free == ("p[False]", "p[True]")
    assert mle.fit(mle.Categorical(), ["x", 1, "x"]).distribution.categories == ("x", 1)
    assert mle.fit(mle.Categorical(), ["1", 1]).free == ("p['1']", "p[1]")
    assert mle.fit(mle.Categorical(), mle.Sample([1.0, 2.0, 2.0], weights=[1, 1, 3])).params["p"].tolist() == [0.2, 0.8]


def test_all_categories_of_a_categorical_column() -> None:
    import pandas as pd
    import polars as pl

    kind = pd.CategoricalDtype(["low", "mid", "high"])
    for data in (
        pd.Series(["high", "low", "high"], dtype=kind),
        pd.DataFrame({"level": pd.Series(["high", "low", "high"], dtype=kind)}),
        pl.Series(["high", "low", "high"], dtype=pl.Enum(["low", "mid", "high"])),
    ):
        fit = mle.fit(mle.Categorical(), data)
        assert fit.distribution.categories == ("low", "mid", "high")
        assert fit.params["p"].tolist() == pytest.approx([1 / 3, 0.0, 2 / 3])
        assert fit.verdict.kind == "boundary"


def test_missing_rows_and_labels_are_dropped_on_demand() -> None:
    x = rows("MultivariateNormal")
    holes = x.copy()
    holes[[3, 7], [0, 1]] = math.nan
    fit = mle.fit(mle.MultivariateNormal(), holes, missing="drop")
    assert fit.sample.dropped == 2
    assert_same(fit, mle.fit(mle.MultivariateNormal(), np.delete(x, [3, 7], axis=0)))
    w = np.ones(len(x))
    w[3] = 0.0
    assert mle.fit(mle.MultivariateNormal(), holes, weights=w, missing="drop").sample.rows == len(x) - 2
    labels = mle.fit(mle.Categorical(), ["a", None, "b", "a"], missing="drop")
    assert (labels.sample.dropped, labels.n) == (1, 3.0)
    n = mle.fit(mle.Multinomial(n=[3, 5, 2]), [[1, 2], [2, 3], [1, 1]], weights=[1, 0, 1])
    assert n.params["n"].tolist() == [3.0, 5.0, 2.0]


def test_rows_of_weight_zero_may_hold_anything() -> None:
    x = rows("MultivariateNormal")
    wild = np.vstack([x, [[math.nan, math.inf]]])
    fit = mle.fit(mle.MultivariateNormal(), wild, weights=[*np.ones(len(x)), 0])
    assert_same(fit, mle.fit(mle.MultivariateNormal(), x))


def test_single_precision_and_whole_numbers() -> None:
    x = np.round(rows("MultivariateNormal") * 100).astype(np.int32)
    one = mle.fit(mle.MultivariateNormal(), x)
    assert_same(one, mle.fit(mle.MultivariateNormal(), x.astype(np.float32)))
    assert_same(one, mle.fit(mle.MultivariateNormal(), np.asfortranarray(x.astype(float))))
    assert_same(one, mle.fit(mle.MultivariateNormal(), [list(map(int, row)) for row in x]))
    assert_same(one, mle.fit(mle.MultivariateNormal(), np.ma.masked_array(x)))
