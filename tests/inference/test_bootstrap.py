"""The bootstrap: replicates that differ and repeat with their seed, scipy's BCa as oracle, every kind of rows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

import mlestat as mle
from mlestat.errors import InputError, NoFiniteMLE
from mlestat.inference.bootstrap import acceleration

X = mle.Gamma(2.0, 3.0).sample(0, 60)


def test_replicates_differ_and_repeat_with_the_seed() -> None:
    fit = mle.fit(mle.Gamma(), X)
    one, same, other = (fit.bootstrap(200, seed=s) for s in (1, 1, 2))
    assert np.array_equal(one.params["shape"], same.params["shape"])
    assert np.unique(one.params["shape"]).size == 200
    assert not np.array_equal(one.params["shape"], other.params["shape"])
    assert one.failed == 0


def test_each_replicate_is_a_fit_of_its_own() -> None:
    fit = mle.fit(mle.Weibull(), X)
    boot = fit.bootstrap(5, seed=3)
    draws = fit.distribution.sample(np.random.default_rng(3), (5, X.size))
    for i, row in enumerate(draws):
        assert boot.params["shape"][i] == pytest.approx(mle.fit(mle.Weibull(), row).params["shape"], rel=1e-10)


def test_rows_with_replacement_against_scipy() -> None:
    """The mean of an exponential: standard error and BCa of scipy.stats.bootstrap, 20,000 replicates each.

    Sampling error of a standard error at 20,000 is 0.5 %, of a 2.5 % quantile about 1.5 % of the interval's width.
    """
    x = X[:40]
    boot = mle.fit(mle.Exponential(), x).bootstrap(20_000, kind="rows", seed=5)
    peer = stats.bootstrap((x,), np.mean, n_resamples=20_000, method="BCa", rng=np.random.default_rng(6))
    assert boot.se("scale") == pytest.approx(peer.standard_error, rel=0.03)
    width = peer.confidence_interval.high - peer.confidence_interval.low
    for got, want in zip(boot.interval("scale", method="bca"), peer.confidence_interval, strict=True):
        assert abs(got - want) < 0.06 * width


def test_the_acceleration_of_a_mean_is_its_skewness() -> None:
    fit = mle.fit(mle.Exponential(), X)
    c = X - X.mean()
    assert acceleration(fit, lambda d: d.params["scale"]) == pytest.approx(
        np.sum(c**3) / (6.0 * np.sum(c**2) ** 1.5), rel=1e-6
    )


def test_functions_of_replicates() -> None:
    fit = mle.fit(mle.Gamma(), X)
    boot = fit.bootstrap(400, seed=1)
    q = boot.of(lambda d: d.ppf(0.9))
    assert q[7] == pytest.approx(mle.Gamma(boot.params["shape"][7], boot.params["scale"][7]).ppf(0.9))
    low, high = boot.interval(lambda d: d.ppf(0.9), method="bca")
    assert low < fit.distribution.ppf(0.9) < high
    assert fit.interval("shape", method="bootstrap").low > 0.0


def test_censored_weighted_and_known_rows() -> None:
    rows = mle.Sample(np.minimum(X, 8.0), right_censored=X > 8.0)
    fit = mle.fit(mle.Weibull(), rows)
    boot = fit.bootstrap(300, kind="rows")
    assert boot.se("shape") == pytest.approx(fit.se["shape"], rel=0.3)
    counted = mle.fit(mle.Poisson(), [0, 1, 2, 3], weights=[20, 30, 15, 5])
    assert counted.bootstrap(500, kind="rows").se("rate") == pytest.approx(counted.se["rate"], rel=0.2)
    assert counted.bootstrap(500).se("rate") == pytest.approx(counted.se["rate"], rel=0.2)
    trials = np.array([5, 8, 10, 12, 9, 7])
    share = mle.fit(mle.Binomial(n=trials), [2, 3, 4, 7, 3, 3])
    for kind in ("parametric", "rows"):
        assert share.bootstrap(300, kind=kind).params["p"].shape == (300,)


def test_a_limit_is_counted_and_kept_at_infinity() -> None:
    fit = mle.fit(mle.StudentT(), mle.StudentT(6.0, 0.0, 1.0).sample(3, 60))
    boot = fit.bootstrap(200, seed=2)
    assert boot.failed > 0
    assert np.isinf(boot.params["df"]).sum() == np.sum(boot.status == "limit")
    assert boot.interval("df").high == math.inf


def test_what_cannot_be_repeated() -> None:
    fit = mle.fit(mle.Gamma(), X)
    for replicates in (0, 1.5, True):
        with pytest.raises(InputError, match="replicates must be a whole number"):
            fit.bootstrap(replicates)
    with pytest.raises(InputError, match="'parametric' or 'rows'"):
        fit.bootstrap(10, kind="block")
    with pytest.raises(InputError, match="use kind='rows'"):
        mle.fit(mle.Gamma(), mle.Sample(X, right_censored=X > 8.0)).bootstrap(10)
    with pytest.raises(InputError, match="at least 20"):
        fit.bootstrap(5).interval("shape")
    with pytest.raises(InputError, match="did you mean 'shape'"):
        fit.bootstrap(30).interval("shap")
    with pytest.raises(InputError, match="'percentile' or 'bca'"):
        fit.bootstrap(30).interval("shape", method="basic")
    with pytest.raises(NoFiniteMLE):
        mle.fit(mle.Gamma(), [2.0, 2.0], strict=False).bootstrap(10)
