"""Counts out of a known number: one number for all or one per row, what is refused, and where no maximum exists."""

from __future__ import annotations

import math

import numpy as np
import pytest
from families import ENTRIES
from mpmath import mp
from oracles import derivative

import mlestat as mle
from mlestat.errors import DataError, FreeParameterError, NoFiniteMLE, ParameterError, SupportError

TRIALS = np.array([10, 12, 5, 8, 20, 3, 10, 7])
COUNTS = np.array([4, 9, 5, 1, 0, 2, 10, 3])
SAME = 1e-6
"""In standard errors."""


def test_one_number_per_row_of_a_binomial_is_the_pooled_share() -> None:
    fit = mle.fit(mle.Binomial(n=TRIALS), COUNTS)
    p = COUNTS.sum() / TRIALS.sum()
    assert fit.params["p"] == pytest.approx(p, rel=1e-14)
    assert fit.se["p"] == pytest.approx(math.sqrt(p * (1 - p) / TRIALS.sum()), rel=1e-12)
    assert fit.free == ("p",)
    np.testing.assert_array_equal(fit.params["n"], TRIALS)
    np.testing.assert_array_equal(fit.distribution.n, TRIALS)


def test_one_number_per_row_of_a_beta_binomial() -> None:
    """The score equations by mpmath, each row with its own number of trials."""
    fit = mle.fit(mle.BetaBinomial(n=TRIALS), COUNTS)
    a, b = fit.params["a"], fit.params["b"]
    o = ENTRIES["BetaBinomial"].oracle
    rows = [(float(k), (float(n), a, b)) for k, n in zip(COUNTS, TRIALS, strict=True)]
    each = ((0, 0, 1, 0), (0, 0, 0, 1))
    with mp.workdps(30):
        score = [float(mp.fsum(derivative(o, k, t, orders) for k, t in rows)) for orders in each]
        loglik = float(mp.fsum(o.logpdf(k, *t) for k, t in rows))
    assert math.sqrt(np.array(score) @ fit.cov @ np.array(score)) <= SAME
    assert fit.loglik == pytest.approx(loglik, abs=1e-11)


@pytest.mark.parametrize("family", ["Binomial", "BetaBinomial"])
def test_repeated_pairs_are_tabled(family: str) -> None:
    """Many rows with few distinct pairs: the fit of the pairs with their weights."""
    repeats = np.arange(1, 9) * 50
    order = np.random.default_rng(0).permutation(repeats.sum())
    n, k = np.repeat(TRIALS, repeats)[order], np.repeat(COUNTS, repeats)[order]
    many = mle.fit(getattr(mle, family)(n=n), k)
    few = mle.fit(getattr(mle, family)(n=TRIALS), COUNTS, weights=repeats)
    for name in many.free:
        assert abs(many.params[name] - few.params[name]) <= SAME * few.se[name]
        assert many.se[name] == pytest.approx(few.se[name], rel=1e-9)
    assert many.loglik == pytest.approx(few.loglik, rel=1e-12)
    assert many.distribution.n.shape == n.shape
    assert many.n == few.n == repeats.sum()


def test_one_number_for_all_rows_is_the_array_of_it() -> None:
    k = [0, 3, 10, 4, 9, 1]
    one, rows = mle.fit(mle.BetaBinomial(n=10), k), mle.fit(mle.BetaBinomial(n=np.full(6, 10)), k)
    for name in ("a", "b"):
        assert abs(one.params[name] - rows.params[name]) <= SAME * one.se[name]
    assert one.loglik == pytest.approx(rows.loglik, abs=1e-11)


@pytest.mark.parametrize("model", [mle.Binomial(), mle.BetaBinomial(), mle.Binomial, "binomial", "betabinom"], ids=str)
def test_the_number_of_trials_is_never_estimated(model: object) -> None:
    with pytest.raises(FreeParameterError, match=r"n of .*known.*\(n=10\)"):
        mle.fit(model, [1, 2])


def test_the_number_of_trials_takes_no_prior() -> None:
    with pytest.raises(ParameterError, match=r"n is known.*no prior"):
        mle.Binomial(n=mle.Gamma(2, 3))


def test_counts_beyond_their_trials_are_named() -> None:
    with pytest.raises(SupportError, match=r"1 of 3.*index 1: 13 where 12 is the last"):
        mle.fit(mle.Binomial(n=[10, 12, 5]), [4, 13, 5])
    with pytest.raises(SupportError, match=r"0, …, 10.*index 2: 11"):
        mle.fit(mle.BetaBinomial(n=10), [4, 3, 11])
    with pytest.raises(DataError, match="3 rows"):
        mle.fit(mle.Binomial(n=[10, 12]), [4, 3, 5])


def test_no_trial_says_nothing() -> None:
    """Rows without trials change nothing; without any trial p is not identified."""
    with_none = mle.fit(mle.Binomial(n=[10, 0, 5]), [4, 0, 2])
    assert with_none.params["p"] == pytest.approx(0.4, rel=1e-14)
    assert with_none.loglik == mle.fit(mle.Binomial(n=[10, 5]), [4, 2]).loglik
    assert mle.fit(mle.Binomial(n=0), [0, 0], strict=False).verdict.kind == "flat"


# name: model, data, what the sentence says, supremum
NO_MAXIMUM = {
    "bernoulli-zeros": (mle.Bernoulli(), [0, 0], "p → 0", 0.0),
    "bernoulli-ones": (mle.Bernoulli(), [1, 1], "p → 1", 0.0),
    "geometric-zeros": (mle.Geometric(), [0, 0, 0], "p → 1", 0.0),
    "binomial-zeros": (mle.Binomial(10), [0, 0], "p → 0", 0.0),
    "binomial-full": (mle.Binomial(10), [10, 10], "p → 1", 0.0),
    "binomial-full-rows": (mle.Binomial([3, 4]), [3, 4], "p → 1", 0.0),
    "log-series-ones": (mle.LogSeries(), [1, 1, 1], "p → 0", 0.0),
    "zipf-ones": (mle.Zipf(), [1, 1, 1], "exponent → ∞", 0.0),
    "beta-binomial-zeros": (mle.BetaBinomial(10), [0, 0], "a → 0", 0.0),
    "beta-binomial-zeros-a-held": (mle.BetaBinomial(10, a=2.0), [0, 0], "b → ∞", 0.0),
    "beta-binomial-full": (mle.BetaBinomial(10), [10, 10], "b → 0", 0.0),
    "beta-binomial-full-rows": (mle.BetaBinomial([3, 4]), [3, 4], "b → 0", 0.0),
    "beta-binomial-all-or-none": (
        mle.BetaBinomial(10), [0, 10, 10, 0, 0], "a → 0 and b → 0", 2 * math.log(0.4) + 3 * math.log(0.6)
    ),
    "beta-binomial-all-or-none-rows": (mle.BetaBinomial([10, 3, 4]), [0, 3, 0], "a → 0 and b → 0", -math.log(27 / 4)),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_MAXIMUM)
def test_data_that_are_only_approached(name: str) -> None:
    model, x, running, supremum = NO_MAXIMUM[name]
    with pytest.raises(NoFiniteMLE, match=running) as caught:
        mle.fit(model, x)
    assert caught.value.fit.verdict.kind == "limit"
    assert "point mass" in caught.value.fit.verdict.limit
    assert caught.value.fit.loglik == pytest.approx(supremum, abs=1e-14)


@pytest.mark.parametrize("n", [10, np.array([10, 12, 10, 11, 10, 10])], ids=["one", "rows"])
def test_no_more_spread_than_a_binomial(n: object) -> None:
    x = [4, 5, 5, 6, 5, 5]
    fit = mle.fit(mle.BetaBinomial(n), x, strict=False)
    inner = mle.fit(mle.Binomial(n), x)
    assert fit.verdict.kind == "limit"
    assert "a → ∞ and b → ∞" in fit.verdict.sentence
    assert fit.params["a"] == fit.params["b"] == math.inf
    assert type(fit.distribution) is type(fit.verdict.limit) is mle.Binomial
    assert fit.distribution.p == inner.params["p"]
    assert fit.loglik == pytest.approx(inner.loglik, abs=1e-12)


def test_the_binomial_limit_is_found_just_where_it_is() -> None:
    """With one n a maximum exists if and only if Σ x(x-1)/p + (n-x)(n-x-1)/q > N n(n-1) (Levin, Reeds 1977)."""
    rng = np.random.default_rng(5)
    for _ in range(60):
        n, size = int(rng.integers(2, 15)), int(rng.integers(2, 40))
        x = rng.binomial(n, rng.beta(40, 60, size))
        if not 0 < x.sum() < n * size or np.isin(x, (0, n)).all():
            continue
        p = x.mean() / n
        excess = np.sum(x * (x - 1) / p + (n - x) * (n - x - 1) / (1 - p)) / (n * (n - 1) * size) - 1
        if abs(excess) > 1e-3:
            kind = mle.fit(mle.BetaBinomial(n), x, strict=False).verdict.kind
            assert kind == ("interior" if excess > 0 else "limit"), (n, x)


def test_one_trial_each_cannot_tell_a_from_b() -> None:
    with pytest.raises(NoFiniteMLE, match="not unique"):
        mle.fit(mle.BetaBinomial(1), [0, 1, 1, 0])
    assert mle.fit(mle.BetaBinomial(1, b=2.0), [0, 1, 1, 0]).params["a"] == pytest.approx(2.0, rel=1e-9)


def test_derivatives_in_what_is_known_do_not_exist() -> None:
    d = mle.BetaBinomial(10, 2.0, 3.0)
    assert np.isnan(d.score([1.0])[:, 0]).all()
    assert np.isnan(d.fisher()[0]).all()
    assert np.isfinite(d.fisher()[1:, 1:]).all()
