"""compare: criteria by hand, held-out scores and selection frequencies beside single fits, failures that sink none."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

import mlestat as mle
from mlestat.distributions import FAMILIES
from mlestat.errors import DataError, InputError, MlestatError, UnknownNameError, UnsupportedDataError
from mlestat.inference.folds import fold_weights
from mlestat.inference.selection import Comparison
from mlestat.plots.cullen_frey import cullen_frey, moments

X = mle.Gamma(2.5, 1.3).sample(0, 120)
SOME = ("gamma", "weibull", "lognormal", "exponential", "normal")


def test_criteria_and_weights_are_those_of_the_fits() -> None:
    c = mle.compare(X, SOME)
    aic = {name: mle.fit(name, X).aic for name in SOME}
    assert [x.name for x in c.candidates] == sorted((FAMILIES_OF[n] for n in SOME), key=lambda n: aic[n.lower()])
    least = min(aic.values())
    total = math.fsum(math.exp(-0.5 * (a - least)) for a in aic.values())
    for x in c.candidates:
        assert x.aic == pytest.approx(aic[x.name.lower()], rel=1e-12)
        assert x.delta == pytest.approx(x.aic - least, abs=1e-9)
        assert x.weight == pytest.approx(math.exp(-0.5 * (x.aic - least)) / total, rel=1e-9)
    assert c.best.model.label == c.candidates[0].name == "Gamma"


FAMILIES_OF = {name.lower(): name for name in FAMILIES}


@pytest.mark.parametrize("criterion", ["aic", "aicc", "bic"])
def test_the_criterion_ranks(criterion: str) -> None:
    values = [getattr(x, criterion) for x in mle.compare(X[:15], SOME, criterion=criterion).candidates]
    assert values == sorted(values)


def test_a_family_is_never_worse_than_one_it_contains() -> None:
    """Log-likelihoods, whatever the data: contained families as the library itself knows them, limits included."""
    for seed, truth in enumerate((mle.Exponential(2.0), mle.Weibull(0.7, 3.0), mle.LogNormal(0.0, 1.0))):
        c = mle.compare(truth.sample(seed, 80))
        seen = 0
        for x in c.candidates:
            for special in x.fit.model._specials():
                inner = next((y for y in c.candidates if y.name == special.model.label), None)
                if inner is not None and len(special.model.free) == inner.k:
                    seen += 1
                    assert x.loglik >= inner.loglik - 1e-8 * (1.0 + abs(inner.loglik)), (x.name, inner.name)
        assert seen >= 5


def test_by_default_all_families_whose_support_holds_the_data() -> None:
    c = mle.compare(X, folds=0)
    compared = {x.name for x in c.candidates}
    assert {"Gamma", "Weibull", "Normal", "Uniform", "StudentT", "Pareto"} <= compared
    assert set(c.failed) >= {"Beta", "Kumaraswamy"}
    assert "outside the support" in c.failed["Beta"]
    assert compared | set(c.failed) == {n for n, f in FAMILIES.items() if not f.is_discrete() and "." not in n} - {
        "VonMises"
    }
    assert "VonMises" in c.notes[0]


def test_whole_numbers_are_counts_unless_told_otherwise() -> None:
    k = mle.Poisson(3.0).sample(1, 80)
    c = mle.compare(k)
    assert c.best.model.label == "Poisson"
    assert all(x.fit.model.discrete for x in c.candidates)
    assert any("whole numbers" in note for note in c.notes)
    assert any("Binomial, BetaBinomial" in note for note in c.notes)
    assert not mle.compare(k + 1, ["normal", "gamma"]).best.model.discrete
    assert not any(x.fit.model.discrete for x in mle.compare(-k - 1, discrete=None).candidates)


def test_the_held_out_score_is_that_of_single_fits() -> None:
    c = mle.compare(X, ("gamma", "normal"), folds=4, seed=7)
    held = fold_weights(mle.Sample(X), 4, np.random.default_rng(7))
    for name in ("Gamma", "Normal"):
        parts = [mle.fit(name, X[h == 0.0]).distribution.logpdf(X[h > 0.0]).sum() for h in held]  # type: ignore[union-attr]
        assert c[name].cv == pytest.approx(math.fsum(parts) / X.size, rel=1e-9)


def test_folds_of_a_table_of_counts_split_its_rows() -> None:
    table = mle.Sample([0, 1, 2, 3], weights=[20, 13, 5, 2])
    held = fold_weights(table, 10, np.random.default_rng(0))
    assert held.sum(axis=1).tolist() == [4.0] * 10
    assert held.sum(axis=0).tolist() == [20.0, 13.0, 5.0, 2.0]
    c = mle.compare(table, criterion="cv")
    assert c.best.model.label == "Poisson"
    assert c.candidates[0].cv == max(x.cv for x in c.candidates)


def test_the_selection_frequency_is_that_of_single_fits() -> None:
    names = ("gamma", "weibull", "lognormal", "rayleigh")
    c = mle.compare(X, names, bootstrap=40, seed=3)
    counts = np.random.default_rng(3).multinomial(X.size, np.full(X.size, 1.0 / X.size), size=40)
    best = [min(names, key=lambda n, w=w: mle.fit(n, X, weights=w).aic) for w in counts]
    for name in names:
        assert c[FAMILIES_OF[name]].frequency == best.count(name) / 40


def test_p_values_on_request() -> None:
    c = mle.compare(X, ("gamma", "exponential", "uniform"), goodness="ad", simulations=99)
    assert c["Exponential"].p_value <= 0.02 < c["Gamma"].p_value
    assert math.isnan(c["Uniform"].p_value)


def test_ties_are_marked_and_the_smaller_family_comes_first() -> None:
    """The same family under two names: a Weibull with shape 1 held is the exponential."""
    c = mle.compare(X, [mle.Weibull(shape=1.0), mle.Exponential(), mle.Gamma()], criterion="bic")
    assert c.candidates[0].name == "Gamma"
    c = mle.compare(X, [mle.Weibull(shape=1.0), mle.Exponential(), mle.Normal(sigma=1000.0)])
    assert [x.tied for x in c.candidates] == [True, True, False]
    assert "tied with the best" in str(c) or c.candidates[1].delta == 0.0


def test_quantiles_are_averaged_with_the_weights() -> None:
    c = mle.compare(X, SOME)
    q = np.array([0.1, 0.5, 0.99])
    by_hand = sum(x.weight * np.asarray(x.fit.distribution.ppf(q)) for x in c.candidates)  # type: ignore[union-attr]
    np.testing.assert_allclose(c.quantile(q), by_hand, rtol=1e-14)
    with pytest.raises(InputError, match="between 0 and 1"):
        c.quantile(1.0)


def test_censored_truncated_and_weighted_rows() -> None:
    rng = np.random.default_rng(4)
    x, bound = mle.Weibull(2.0, 3.0).sample(rng, 150), rng.exponential(6.0, 150)
    censored = mle.Sample(np.minimum(x, bound), right_censored=bound < x)
    c = mle.compare(censored, ("weibull", "exponential", "lognormal"), folds=3, goodness="ks", bootstrap=10)
    assert c["Weibull"].loglik == pytest.approx(mle.fit("weibull", censored).loglik)
    assert all(math.isfinite(x.cv) and math.isfinite(x.p_value) for x in c.candidates)
    assert sum(x.frequency for x in c.candidates) == pytest.approx(1.0)
    weighted = mle.compare(X, SOME, weights=np.full(X.size, 2.0))
    assert weighted["Gamma"].loglik == pytest.approx(2.0 * mle.fit("gamma", X).loglik)
    assert weighted.n == 2 * X.size


def test_no_failure_sinks_another() -> None:
    c = mle.compare([2.0, 2.0, 2.0, 2.0], discrete=False)
    assert c.candidates  # families with a maximum on equal values
    assert "Normal" in c.failed
    c = mle.compare(X[:2], discrete=False)
    assert "StudentT" in c.failed
    assert "3 parameters need more than 3 rows, got 2" in c.failed["StudentT"]
    limit = mle.compare(np.linspace(-1.0, 1.0, 41), ("normal", "student_t"))
    assert limit["StudentT"].note == "limit: Normal"
    assert limit.best.model.label == "Normal"


def test_the_result_as_table_json_and_text() -> None:
    c = mle.compare(X, (*SOME, "beta"))
    assert list(c.to_frame().index) == [x.name for x in c.candidates]
    record = json.loads(c.to_json())
    assert record["families"][0]["family"] == "Gamma"
    assert record["families"][0]["cv"] is None
    assert "Beta" in record["failed"]
    text = str(c)
    assert text.splitlines()[0] == "5 families on n = 120, ranked by AIC"
    assert "not compared: Beta: " in text


BAD: dict[str, tuple[Any, type[MlestatError], str]] = {
    "criterion": (lambda: mle.compare(X, criterion="bicc"), UnknownNameError, "no criterion 'bicc'; did you mean"),
    "statistic": (lambda: mle.compare(X, SOME, goodness="kss"), UnknownNameError, "did you mean 'ks'"),
    "family": (lambda: mle.compare(X, ["gama"]), UnknownNameError, "did you mean 'Gamma'"),
    "no family": (lambda: mle.compare(X, []), InputError, "empty"),
    "twice": (lambda: mle.compare(X, ["gamma", mle.Gamma()]), InputError, "Gamma is given twice"),
    "densities and counts": (lambda: mle.compare([1, 2, 4], ["gamma", "poisson"]), InputError, "different units"),
    "none fits": (lambda: mle.compare([-1.0, -2.0, 3.5], ["gamma"]), InputError, "none of 1 families.*outside"),
    "folds": (lambda: mle.compare(X, SOME, folds=1), InputError, "folds"),
    "more folds than rows": (lambda: mle.compare(X[:5], ["normal"], folds=9), InputError, "9 folds.*got 5"),
    "bootstrap": (lambda: mle.compare(X, SOME, bootstrap=-1), InputError, "bootstrap.*got -1"),
    "seed": (lambda: mle.compare(X, SOME, seed=-3), InputError, "seed.*got -3"),
    "nan": (lambda: mle.compare([1.0, math.nan]), DataError, "index 1"),
    "failed family": (
        lambda: mle.compare(X, ["gamma", "beta"])["Beta"],
        UnknownNameError,
        "could not be compared: .*su",
    ),
    "other family": (lambda: mle.compare(X, ["gamma"])["Gama"], UnknownNameError, "did you mean 'Gamma'"),
    "picture of few": (lambda: cullen_frey([1.0, 2.0]), DataError, "at least 4 rows"),
    "picture of equals": (lambda: cullen_frey([1.0] * 5), DataError, "not all equal"),
    "picture of censored": (
        lambda: cullen_frey(mle.Sample([1.0, 2.0, 3.0, 4.0], right_censored=[1, 0, 0, 0])),
        UnsupportedDataError,
        "censored",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(name: str) -> None:
    call, error, sentence = BAD[name]
    with pytest.raises(error, match=sentence):
        call()


def test_the_picture_shows_the_moments() -> None:
    from scipy import stats

    square, kurtosis = moments(X, np.ones((1, X.size)))
    assert square[0] == pytest.approx(stats.skew(X) ** 2, rel=1e-12)
    assert kurtosis[0] == pytest.approx(stats.kurtosis(X, fisher=False), rel=1e-12)
    ax = cullen_frey(X, bootstrap=50)
    labels = [t.get_text() for t in ax.get_legend().get_texts()]  # type: ignore[union-attr]
    assert {"beta", "gamma", "log-normal", "normal", "50 samples drawn from the rows"} <= set(labels)
    cloud = next(c for c in ax.collections if c.get_label().startswith("50"))
    assert cloud.get_offsets().shape == (50, 2)
    counts = cullen_frey(mle.Poisson(3.0).sample(0, 50), bootstrap=0, discrete=True)
    assert "Poisson" in [t.get_text() for t in counts.get_legend().get_texts()]  # type: ignore[union-attr]


def test_what_compare_returns_is_a_comparison() -> None:
    assert isinstance(mle.compare(X, "gamma"), Comparison)
