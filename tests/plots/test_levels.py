"""Simultaneous bands: the table of levels against the exact recursion, and against simulation."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.special as sc
from scipy import stats

import mlestat as mle
from mlestat import plots
from mlestat.plots.empirical import ordered
from mlestat.plots.levels import LEVELS, local_level
from mlestat.plots.quantiles import simultaneous


def coverage(n: int, level: float) -> float:
    """The probability that n ordered uniforms all lie inside their central beta intervals, exactly.

    The count of a Poisson process of rate n is followed through the ends of the intervals, states outside being
    dropped; at the end it is n. Moscovich, Nadler (2017).
    """
    i = np.arange(1, n + 1)
    low = sc.betaincinv(i, n - i + 1, 0.5 * level)
    high = 1.0 - low[::-1]
    ends = np.sort(np.concatenate((low, high)))
    least, most = np.searchsorted(high, ends, side="right"), np.searchsorted(low, ends, side="left")
    p, first, before, log = np.ones(1), 0, 0.0, 0.0
    for end, a, b in zip(ends, least, most, strict=True):
        steps = stats.poisson.pmf(np.arange(b - first + 1), n * (end - before))
        p = np.convolve(p, steps)[: b - first + 1][a - first :]
        first, before = a, end
        log += np.log(p.sum())
        p = p / p.sum()
    last = stats.poisson.pmf(n - first - np.arange(p.size), n * (1.0 - before)) @ p
    return float(np.exp(log + np.log(last) - stats.poisson.logpmf(n, n)))


@pytest.mark.parametrize("n", [n for n in LEVELS if n <= 300])
def test_the_table_is_exact(n):
    assert coverage(n, LEVELS[n]) == pytest.approx(0.95, abs=1e-7)


@pytest.mark.slow
@pytest.mark.parametrize("n", [n for n in LEVELS if 300 < n <= 5000])
def test_the_rest_of_the_table_is_exact(n):
    assert coverage(n, LEVELS[n]) == pytest.approx(0.95, abs=1e-6)


@pytest.mark.parametrize("n", [12, 40, 130, 250])
def test_between_entries_the_error_is_below_a_thousandth(n):
    assert coverage(n, local_level(n)) == pytest.approx(0.95, abs=1e-3)


def test_the_band_holds_all_points_as_often_as_it_says():
    """20,000 samples of 25; outside 0.95 ± 0.0078 (5 standard errors) once in a million."""
    rng = np.random.default_rng(3)
    u = np.sort(rng.random((20_000, 25)), axis=1)
    low, co_high = simultaneous(ordered(mle.Sample(np.arange(25.0))))
    held = ((u > low) & (u < 1.0 - co_high)).all(axis=1).mean()
    assert abs(held - 0.95) < 5.0 * np.sqrt(0.95 * 0.05 / 20_000)


def test_a_simultaneous_band_is_wider_than_a_pointwise_one():
    fit = mle.fit(mle.Normal(), np.random.default_rng(1).normal(size=50))
    for picture in (plots.qq, plots.pp):
        both, each = (picture(fit, band=kind).collections[0].get_paths()[0] for kind in ("simultaneous", "pointwise"))
        assert np.ptp(both.vertices[:, 1]) > np.ptp(each.vertices[:, 1])
        assert not picture(fit, band=None).collections
    with pytest.raises(mle.errors.InputError, match="band must be"):
        plots.qq(fit, band="wide")
