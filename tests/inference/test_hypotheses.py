"""Likelihood ratio, Wald, score and Vuong's tests against formulas of their own and against published values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

import mlestat as mle
from mlestat.errors import DataError, InputError
from mlestat.inference.tests import chi_squared_tail

HOURS = np.array([3.0, 5.0, 7.0, 18.0, 43.0, 85.0, 91.0, 98.0, 100.0, 130.0, 230.0, 487.0])


def test_an_exponential_scale_by_all_three() -> None:
    """With r = mean/θ0: LR 2n(r - 1 - log r), score n(r - 1)², Wald n log²r on the log link."""
    fit = mle.fit(mle.Exponential(), HOURS)
    n, r = HOURS.size, HOURS.mean() / 80.0
    wanted = {"lr": 2.0 * n * (r - 1.0 - math.log(r)), "score": n * (r - 1.0) ** 2, "wald": n * math.log(r) ** 2}
    for method, statistic in wanted.items():
        test = fit.test("scale", 80.0, method)
        assert test.statistic == pytest.approx(statistic, rel=1e-9), method
        assert test.p_value == pytest.approx(stats.chi2.sf(statistic, 1), rel=1e-9)


def test_a_normal_mean_is_the_t_test_in_other_words() -> None:
    """LR = n log(1 + t²/(n-1)), Wald = n t²/(n-1), score = n t²/(n - 1 + t²): Cox, Hinkley (1974), ex. 9.6."""
    x = np.array([1.2, 0.3, 2.5, 3.1, 1.9, 0.8, 2.2])
    fit, n = mle.fit(mle.Normal(), x), x.size
    t = stats.ttest_1samp(x, 1.0).statistic
    assert fit.test("mu", 1.0, "lr").statistic == pytest.approx(n * math.log1p(t**2 / (n - 1)), rel=1e-9)
    assert fit.test("mu", 1.0, "wald").statistic == pytest.approx(n * t**2 / (n - 1), rel=1e-9)
    assert fit.test("mu", 1.0, "score").statistic == pytest.approx(n * t**2 / (n - 1 + t**2), rel=1e-9)


def test_a_binomial_share_by_score_is_wilsons() -> None:
    fit = mle.fit(mle.Bernoulli(), [1] * 7 + [0] * 13)
    assert fit.test("p", 0.5, "score").statistic == pytest.approx((0.35 - 0.5) ** 2 * 20 / 0.25, rel=1e-9)


def test_nested_families() -> None:
    small, large = mle.fit(mle.Exponential(), HOURS), mle.fit(mle.Gamma(), HOURS)
    test = mle.likelihood_ratio_test(small, large)
    shape, _, scale = stats.gamma.fit(HOURS, floc=0)
    by_scipy = 2.0 * (
        stats.gamma.logpdf(HOURS, shape, 0, scale).sum() - stats.expon.logpdf(HOURS, 0, HOURS.mean()).sum()
    )
    assert test.statistic == pytest.approx(by_scipy, rel=1e-6)
    assert test.df == 1.0
    assert not test.on_boundary
    assert str(test).startswith("likelihood ratio test of Exponential against Gamma: chi2(1) = ")
    assert test.to_dict()["p_value"] == test.p_value


@pytest.mark.parametrize(
    ("small", "large", "x"),
    [
        (mle.Poisson(), mle.NegativeBinomial(), mle.NegativeBinomial(3.0, 4.0).sample(1, 100)),
        (mle.Normal(), mle.StudentT(), mle.StudentT(6.0, 0.0, 1.0).sample(2, 100)),
    ],
)
def test_a_limit_is_on_the_boundary(small: mle.Distribution, large: mle.Distribution, x: np.ndarray) -> None:
    test = mle.likelihood_ratio_test(mle.fit(small, x), mle.fit(large, x))
    assert test.on_boundary
    assert test.p_value == pytest.approx(0.5 * stats.chi2.sf(test.statistic, 1))
    plain = mle.likelihood_ratio_test(mle.fit(small, x), mle.fit(large, x), on_boundary=False)
    assert plain.p_value == pytest.approx(2.0 * test.p_value)


def test_the_mixture_of_chi_squareds() -> None:
    assert chi_squared_tail(0.0, 1, on_boundary=True) == 1.0
    assert chi_squared_tail(4.0, 2, on_boundary=True) == pytest.approx(
        0.5 * stats.chi2.sf(4.0, 1) + 0.5 * stats.chi2.sf(4.0, 2)
    )


@pytest.mark.slow
def test_the_size_of_the_boundary_test() -> None:
    """Poisson counts against NegativeBinomial at nominal 5 %: 20,000 samples of 200; false alarm below 1e-4."""
    counts = np.random.default_rng(20260101).poisson(5.0, (200, 20_000))
    small, large = mle.fit(mle.Poisson(), counts), mle.fit(mle.NegativeBinomial(), counts)
    p = [chi_squared_tail(max(s, 0.0), 1, on_boundary=True) for s in 2.0 * (large.loglik - small.loglik)]
    # the asymptotic size at n = 200 is 0.046 by this simulation; sampling error of a share is 0.0015
    assert abs(np.mean(np.array(p) < 0.05) - 0.0475) < 0.0075


def test_vuong_by_hand() -> None:
    x = mle.Gamma(2.0, 1.0).sample(0, 200)
    one, other = mle.fit(mle.Gamma(), x), mle.fit(mle.LogNormal(), x)
    d = one.distribution.logpdf(x) - other.distribution.logpdf(x)
    z = d.sum() / (math.sqrt(x.size) * d.std())
    test = mle.vuong_test(one, other)
    assert test.statistic == pytest.approx(z, rel=1e-10)
    assert test.p_value == pytest.approx(2.0 * stats.norm.sf(abs(z)), rel=1e-10)
    assert mle.vuong_test(other, one).statistic == pytest.approx(-z, rel=1e-10)
    three = mle.fit(mle.GeneralizedGamma(), x)
    expected = (np.sum(three.distribution.logpdf(x) - other.distribution.logpdf(x)) - 0.5 * math.log(x.size)) / (
        math.sqrt(x.size) * (three.distribution.logpdf(x) - other.distribution.logpdf(x)).std()
    )
    assert mle.vuong_test(three, other, correction="bic").statistic == pytest.approx(expected, rel=1e-9)


def test_vuong_on_censored_rows() -> None:
    x = mle.Weibull(1.5, 2.0).sample(0, 100)
    rows = mle.Sample(np.minimum(x, 2.0), right_censored=x > 2.0)
    one, other = mle.fit(mle.Weibull(), rows), mle.fit(mle.LogNormal(), rows)

    def by_row(d: mle.Distribution) -> np.ndarray:
        return np.where(x > 2.0, d.logsf(2.0), d.logpdf(np.minimum(x, 2.0)))

    d = by_row(one.distribution) - by_row(other.distribution)
    assert mle.vuong_test(one, other).statistic == pytest.approx(d.sum() / (10.0 * d.std()), rel=1e-9)


def test_what_cannot_be_tested() -> None:
    fit = mle.fit(mle.Gamma(), HOURS)
    small = mle.fit(mle.Exponential(), HOURS)
    with pytest.raises(InputError, match="more free parameters"):
        mle.likelihood_ratio_test(fit, small)
    with pytest.raises(InputError, match="different data"):
        mle.likelihood_ratio_test(mle.fit(mle.Exponential(), HOURS[:-1]), fit)
    with pytest.raises(InputError, match="does not contain it"):
        mle.likelihood_ratio_test(mle.fit(mle.Weibull(shape=0.9), HOURS), mle.fit(mle.Normal(), HOURS))
    with pytest.raises(InputError, match="outside its domain"):
        fit.test("shape", -1.0)
    with pytest.raises(InputError, match="one of lr, wald, score"):
        fit.test("shape", 1.0, "likelihood")
    with pytest.raises(InputError, match="'none', 'aic' or 'bic'"):
        mle.vuong_test(fit, small, correction="aicc")
    with pytest.raises(DataError, match="nothing tells them apart"):
        mle.vuong_test(fit, mle.fit(mle.Gamma(), HOURS))
