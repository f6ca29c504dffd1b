"""Turnbull's estimate: beside Kaplan and Meier's, by the conditions of a maximum, and drawn."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

import mlestat as mle
from mlestat import plots
from mlestat.inference.turnbull import turnbull


def rng():
    return np.random.default_rng(4)


@pytest.mark.parametrize("weighted", [False, True])
def test_turnbull_on_right_censored_rows_is_kaplan_meier(weighted):
    time, event = rng().weibull(1.5, 60).round(2) + 0.01, rng().random(60) < 0.6
    weights = rng().integers(1, 4, 60).astype(float) if weighted else None
    sample = mle.Sample.events(time, event, weights=weights)
    other = SurvfuncRight(time, event, freq_weights=weights)
    found = turnbull(sample)
    points = found.low == found.high
    assert np.allclose(1.0 - (found.below + found.mass)[points], other.surv_prob[: points.sum()], atol=1e-6)


def test_late_entry_is_the_product_limit_over_those_at_risk():
    time, entry = np.array([2.0, 3.0, 5.0, 6.0]), np.array([0.0, 2.5, 1.0, 4.0])
    found = turnbull(mle.Sample(time, entry=entry))
    # at risk: at 2 the first and third; at 3 the second and third; at 5 and 6 the third and fourth, then the fourth
    assert np.allclose(1.0 - np.cumsum(found.mass), [1 / 2, 1 / 4, 1 / 8, 0.0], atol=1e-6)


def test_turnbull_maximises_the_likelihood_of_intervals():
    """Six overlapping intervals: no other distribution on the same pieces has a higher likelihood."""
    low, high = np.array([0.0, 1.0, 1.5, 3.0, 2.0, 4.0]), np.array([2.0, 3.0, 4.0, 5.0, 6.0, np.nan])
    found = turnbull(mle.Sample.intervals(low, high))
    upper = np.where(np.isnan(high), np.inf, high)
    inside = (found.low[None, :] >= low[:, None]) & (found.high[None, :] <= upper[:, None])
    best = np.log(inside @ found.mass).sum()
    assert found.mass.sum() == pytest.approx(1.0, abs=1e-12)
    for other in rng().dirichlet(np.ones(found.mass.size), 2_000):
        assert np.log(inside @ other).sum() <= best + 1e-9
    # the largest slope towards one piece, less n, bounds what is missing to the maximum (Lindsay 1983, theorem 4.1)
    assert (inside / (inside @ found.mass)[:, None]).sum(axis=0).max() < 6.0 + 1e-5


def test_truncation_both_ways_is_undone():
    """Of exponentials those inside their windows are seen. The share below 1 is that of all within 0.05 (about 2.5 of
    its standard errors) and far from that of those seen.
    """
    x = rng().exponential(size=3_000)
    entry = np.where(np.arange(3_000) % 2, 1.0, -np.inf)
    leave = np.where(np.arange(3_000) % 3, np.inf, 2.0)
    seen = (x > entry) & (x <= leave)
    found = turnbull(mle.Sample(x[seen], entry=entry[seen], exit=leave[seen]))
    below = float(found.mass[found.high <= 1.0].sum())
    assert below == pytest.approx(1.0 - np.exp(-1.0), abs=0.05)
    assert abs(below - (x[seen] <= 1.0).mean()) > 0.05


@pytest.mark.parametrize(
    "sample",
    [
        mle.Sample.intervals([0.0, 1.0, 2.0, 2.0], [1.0, 3.0, np.nan, 2.0]),
        mle.Sample([1.0, 2, 3, 4], left_censored=[1, 0, 0, 0], right_censored=[0, 0, 0, 1]),
        mle.Sample([1.0, 2, 3, 2.5], entry=[0.1, 0.2, 0.3, 0.4], exit=[4, 3, 5, 6]),
    ],
    ids=["intervals", "both", "windows"],
)
def test_its_distribution_is_drawn_without_a_band(sample):
    fit = mle.fit(mle.Weibull(shape=1.5), sample, strict=False)
    figure = fit.plot()
    assert plots.png(figure, dpi=40).startswith(b"\x89PNG")
    assert figure.axes[3].lines[0].get_label() == "data (Turnbull)"
    assert not plots.qq(fit).collections
