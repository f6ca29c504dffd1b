"""Pictures of the likelihood, return levels and several fits: artists hold what independent formulas say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from data import column
from scipy import optimize, stats

import mlestat as mle
from mlestat import plots
from mlestat.inference.heights import Heights

HOURS = column("aircondit", "hours")
LEVEL = column("portpirie", "level")


def exponential_drop(scale):
    """The exponential's log-likelihood below its maximum, by hand."""
    n, mean = HOURS.size, HOURS.mean()
    return n * (math.log(scale / mean) + mean / scale - 1.0)


def test_a_profile_is_the_log_likelihood_below_its_maximum():
    ax = plots.profile(mle.fit(mle.Exponential(), HOURS), "scale")
    x, y = ax.lines[0].get_data()
    assert np.allclose(y, [-exponential_drop(v) for v in x], atol=1e-9)
    low, high = ax.lines[1].get_xdata()
    cut = stats.chi2.ppf(0.95, 1) / 2
    assert low < HOURS.mean() < high
    assert exponential_drop(low) == pytest.approx(cut, abs=1e-7)
    assert exponential_drop(high) == pytest.approx(cut, abs=1e-7)
    assert ax.get_xlabel() == "scale"


def test_a_profile_maximises_over_the_other_parameters():
    fit = mle.fit(mle.Gamma(), HOURS)
    ax = plots.profile(fit, "shape", level=0.9)
    x, y = (values[::20] for values in ax.lines[0].get_data())
    for shape, height in zip(x, y, strict=True):  # given the shape, the best scale is mean / shape
        best = stats.gamma.logpdf(HOURS, shape, scale=HOURS.mean() / shape).sum()
        assert height == pytest.approx(best - fit.loglik, abs=1e-8)


def test_regions_are_contours_of_the_likelihood_ratio():
    fit = mle.fit(mle.Normal(), HOURS)
    ax = plots.surface(fit, levels=(0.5, 0.95))
    (lines,) = [c for c in ax.collections if hasattr(c, "levels") and not c.filled]
    assert np.allclose(lines.levels, stats.chi2.ppf([0.5, 0.95], 2) / 2)
    for cut, path in zip(lines.levels, lines.get_paths(), strict=True):
        mu, sigma = path.vertices[:: max(1, len(path.vertices) // 9)].T
        drop = [fit.loglik - stats.norm.logpdf(HOURS, m, s).sum() for m, s in zip(mu, sigma, strict=True)]
        assert np.allclose(drop, cut, atol=0.03)  # contours are straight between the points of a mesh


def test_the_path_rises_to_the_estimate():
    fit = mle.fit(mle.Weibull(), HOURS)
    path = Heights(fit).path()
    heights = [stats.weibull_min.logpdf(HOURS, p["shape"], scale=p["scale"]).sum() for p in path]
    assert len(path) > 1
    assert heights == sorted(heights)
    assert path[-1] == pytest.approx(fit.params, rel=1e-6)
    drawn = plots.surface(fit).lines[0].get_xydata()
    assert np.allclose(drawn, [[p["shape"], p["scale"]] for p in path])


def test_other_parameters_are_maximised_over():
    fit = mle.fit(mle.GEV(), LEVEL)
    xi, sigma = 0.05, 0.22

    def height(mu):
        return -stats.genextreme.logpdf(LEVEL, -xi, loc=mu[0], scale=sigma).sum()

    best = -optimize.minimize(height, [fit.params["mu"]], method="Nelder-Mead", options={"xatol": 1e-9}).fun
    assert Heights(fit).drop({"xi": xi, "sigma": sigma}) == pytest.approx(fit.loglik - best, abs=1e-7)
    assert plots.surface(fit, ("xi", "sigma")).get_ylabel() == "sigma"


@pytest.mark.parametrize(
    "sample",
    [
        mle.Sample(HOURS),
        mle.Sample(HOURS, weights=np.arange(1.0, HOURS.size + 1)),
        mle.Sample(HOURS, entry=np.full(HOURS.size, 1.0)),
        mle.Sample(1e120 * HOURS),
    ],
    ids=["plain", "weighted", "truncated", "far out"],
)
def test_heights_are_the_log_likelihood(sample):
    fit = mle.fit(mle.Weibull(), sample)
    values = {"shape": 1.1 * fit.params["shape"], "scale": 0.9 * fit.params["scale"]}
    d = mle.Weibull(**values)
    w = 1.0 if sample.weights is None else sample.weights
    seen = 0.0 if sample.entry is None else d.logsf(sample.entry)
    assert Heights(fit).loglik(values) == pytest.approx(float(np.sum(w * (d.logpdf(sample.values) - seen))), rel=1e-12)


def test_an_impossible_row_has_no_likelihood():
    fit = mle.fit(mle.Uniform(), HOURS)
    assert Heights(fit).loglik({"low": HOURS.min() + 0.5}) == -math.inf
    n, wider = HOURS.size, 2.0 * np.ptp(HOURS)
    assert Heights(fit).loglik({"high": HOURS.min() + wider}) == pytest.approx(-n * math.log(wider), rel=1e-12)


def test_bad_questions_are_refused_in_a_sentence():
    fit = mle.fit(mle.Gamma(shape=2.0), HOURS)
    with pytest.raises(mle.errors.InputError, match="two different free parameters"):
        plots.surface(fit)
    with pytest.raises(mle.errors.InputError, match="'shape' is not a free parameter"):
        plots.profile(fit, "shape")
    with pytest.raises(mle.errors.InputError, match="level must be between 0 and 1"):
        plots.profile(fit, "scale", level=1.0)
    with pytest.raises(mle.NoFiniteMLE):
        plots.profile(mle.fit(mle.Normal(), [2.0, 2.0], strict=False), "mu")
    with pytest.raises(mle.errors.InputError, match="1 to 6 fits"):
        plots.overlay([])
    with pytest.raises(mle.errors.InputError, match="share no axis"):
        plots.overlay([mle.fit(mle.Poisson(), [1, 2]), mle.fit(mle.Normal(), [1, 2])])


def test_return_levels_are_quantiles():
    fit = mle.fit(mle.GEV(), LEVEL)
    ax = plots.return_level(fit)
    period, value = ax.lines[0].get_data()
    p = fit.params
    assert np.allclose(value, stats.genextreme.isf(1.0 / period, -p["xi"], p["mu"], p["sigma"]), rtol=1e-9)
    at, seen = ax.lines[-1].get_data()
    assert np.array_equal(np.sort(np.unique(LEVEL)), seen)
    assert at.max() == pytest.approx(2.0 * LEVEL.size)


def test_each_fit_of_an_overlay_is_its_density():
    fits = [mle.fit(model, HOURS) for model in (mle.Gamma(), mle.LogNormal(), mle.Weibull())]
    ax = plots.overlay(fits, labels=["a", "b", "c"])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b", "c", "data"]
    for fit, line in zip(fits, ax.lines, strict=True):
        x, y = line.get_data()
        assert np.allclose(y, fit.distribution.pdf(x))
    assert len({(line.get_color(), line.get_linestyle()) for line in ax.lines}) == 3
