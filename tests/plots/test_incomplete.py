"""Pictures of censored, truncated, binned and survey-weighted rows: nothing is drawn that the rows do not say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from data import column
from scipy import stats

import mlestat as mle
from mlestat import plots
from mlestat.plots.empirical import Ordered, Pieces, empirical


def rng():
    return np.random.default_rng(5)


def remissions() -> mle.Sample:
    """The 21 patients of Freireich et al. (1963) who were given 6-mercaptopurine."""
    given = column("gehan", "control") == 0
    return mle.Sample.events(column("gehan", "time")[given], column("gehan", "event")[given])


def test_the_product_limit_of_the_textbooks() -> None:
    """Kalbfleisch, Prentice, The Statistical Analysis of Failure Time Data (2002), table 1.3: the 6-MP group."""
    found = empirical(remissions(), discrete=False)
    assert isinstance(found, Ordered)
    assert found.values.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert np.round(1.0 - found.upto, 3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert found.missing == (0.0, pytest.approx(0.448, abs=5e-4))
    assert not found.banded


def test_late_entry_by_hand() -> None:
    """At 2 two rows are at risk (entered before it, seen until it or later), at 3 three, at 5 one."""
    sample = mle.Sample.events([2.0, 3.0, 4.0, 5.0], [1, 1, 0, 1], entry=[0.0, 1.0, 2.5, 2.5])
    found = empirical(sample, discrete=False)
    assert np.allclose(found.upto, [1 - 1 / 2, 1 - 1 / 2 * 2 / 3, 1.0])
    assert found.seen == (0.0, math.inf)


@pytest.mark.parametrize("weights", [None, [1.0, 2.0, 0.5, 3.0, 1.0]])
def test_without_censored_rows_the_product_limit_is_the_empirical_function(weights) -> None:
    x = np.array([3.0, 1.0, 2.0, 1.0, 7.0])
    entry = [0.1, 0.2, 0.3, 0.2, 0.1]  # differs, but no row enters late
    late = empirical(mle.Sample(x, weights=weights, entry=entry), discrete=False)
    plain = empirical(mle.Sample(x, weights=weights), discrete=False)
    assert late.values.tolist() == plain.values.tolist()
    assert np.allclose(late.upto, plain.upto)
    assert np.allclose(late.above, plain.above)
    assert np.allclose(late.weights, plain.weights)


def test_left_censored_rows_are_right_censored_ones_of_minus_x() -> None:
    x, seen = rng().normal(size=40), rng().random(40) < 0.6
    left = empirical(mle.Sample(x, left_censored=~seen, exit=np.where(seen, 9.0, 8.0)), discrete=False)
    right = empirical(mle.Sample(-x, right_censored=~seen, entry=np.where(seen, -9.0, -8.0)), discrete=False)
    assert np.allclose(left.values, -right.values[::-1])
    assert np.allclose(left.position, right.co_position[::-1])
    assert np.allclose(left.co_position, right.position[::-1])
    assert left.missing == right.missing[::-1]
    assert left.seen == (-math.inf, 9.0)


def test_a_detection_limit_leaves_the_share_below_it() -> None:
    sample = mle.Sample([5, 5, 5, 6, 7, 8, 9], left_censored=[1, 1, 1, 0, 0, 0, 0])
    found = empirical(sample, discrete=False)
    assert found.values.tolist() == [6, 7, 8, 9]
    assert np.allclose(found.upto, np.array([4, 5, 6, 7]) / 7)
    counts = empirical(mle.Sample([5, 5, 5, 5, 9], left_censored=[1, 1, 1, 0, 0]), discrete=True)
    assert np.allclose(counts.upto, [0.8, 1.0])  # a count censored at 5 may be 5: three at most 5, one 5, one 9
    assert np.allclose(counts.below, [0.0, 0.8])


def test_a_common_truncation_leaves_the_empirical_function_alone() -> None:
    x = column("danishuni", "loss")
    x = x[x > 5.0]
    found = empirical(mle.Sample(x, entry=5.0), discrete=False)
    assert np.allclose(found.upto, empirical(mle.Sample(x), discrete=False).upto)
    assert found.seen == (5.0, math.inf)
    assert found.banded


def test_truncated_rows_are_set_against_the_truncated_distribution() -> None:
    x = column("danishuni", "loss")
    x = x[x > 5.0]
    by_row, as_model = mle.fit(mle.LogNormal(), mle.Sample(x, entry=5.0)), mle.fit("truncated(lognormal, lower=5)", x)
    for picture in (plots.cdf, plots.qq, plots.pp, plots.density):
        for a, b in zip(picture(by_row).lines, picture(as_model).lines, strict=True):
            np.testing.assert_allclose(a.get_ydata(), b.get_ydata(), rtol=1e-4, atol=1e-6)
    assert plots.cdf(by_row).get_legend_handles_labels()[1] == ["data", "fitted, given 5 < x"]


def test_counts_above_an_entry_are_set_against_what_could_have_been_seen() -> None:
    x = np.array([1, 1, 2, 3, 1, 2, 5])
    by_row = mle.fit(mle.Poisson(), mle.Sample(x, entry=0.0))
    as_model = mle.fit(mle.Truncated(mle.Poisson(), lower=1), x)
    for a, b in zip(plots.density(by_row).lines, plots.density(as_model).lines, strict=True):
        np.testing.assert_allclose(a.get_ydata(), b.get_ydata(), rtol=1e-6)


def test_bins_are_bars_of_their_own_and_points_at_their_edges() -> None:
    edges, counts = np.array([0.0, 1.0, 1.5, 4.0]), np.array([2, 5, 3])
    fit = mle.fit(mle.Gamma(), mle.Sample.binned(edges, counts))
    bars = plots.density(fit).patches
    assert [bar.get_x() for bar in bars] == [0.0, 1.0, 1.5]
    assert np.allclose([bar.get_height() for bar in bars], counts / 10 / np.diff(edges))
    x, share = plots.cdf(fit).lines[0].get_data()
    assert x.tolist() == edges.tolist()
    assert np.allclose(share, [0.0, 0.2, 0.7, 1.0])
    a, b = fit.params["shape"], fit.params["scale"]
    theory, sample = plots.qq(fit).lines[-1].get_data()
    assert sample.tolist() == [1.0, 1.5]
    assert np.allclose(theory, stats.gamma.ppf([0.2, 0.7], a, scale=b))
    position, p = plots.pp(fit).lines[-1].get_data()
    assert np.allclose(position, [0.2, 0.7])
    assert np.allclose(p, stats.gamma.cdf([1.0, 1.5], a, scale=b))


def test_bins_of_counts_hold_their_lower_edge_and_not_their_upper_one() -> None:
    sample = mle.Sample.binned([0, 1, 3, 7], [4, 5, 6])  # 0; 1, 2; 3 … 7
    found = empirical(sample, discrete=True)
    assert isinstance(found, Pieces)
    assert (found.low.tolist(), found.high.tolist()) == ([-1, 0, 2], [0, 2, 7])
    ax = plots.density(mle.fit(mle.Poisson(), sample))
    assert [(bar.get_x(), bar.get_width()) for bar in ax.patches] == [(-0.5, 1), (0.5, 2), (2.5, 5)]
    rate = mle.fit(mle.Poisson(), sample).params["rate"]
    mass = np.diff(stats.poisson.cdf([-1, 0, 2, 7], rate))
    assert np.allclose(ax.lines[0].get_ydata(), mass / [1, 2, 5])


def test_open_bins_are_told() -> None:
    fit = mle.fit(mle.Normal(), mle.Sample.binned([-math.inf, 1, 2, 3, math.inf], [4, 6, 8, 3]))
    ax = plots.density(fit)
    assert len(ax.patches) == 2
    assert ax.texts[0].get_text() == "7 with an open end, not drawn"
    x, share = plots.cdf(fit).lines[0].get_data()
    assert x.tolist() == [1, 2, 3]
    assert np.allclose(share, np.array([4, 10, 18]) / 21)


def test_bars_of_censored_rows_have_the_area_of_what_was_seen() -> None:
    fit = mle.fit(mle.Exponential(), remissions())
    ax = plots.density(fit)
    area = sum(bar.get_width() * bar.get_height() for bar in ax.patches)
    assert area == pytest.approx(1 - 0.448, abs=5e-4)
    assert ax.texts[0].get_text() == "share 0.448 beyond 23 (censored)"


def test_steps_end_where_nothing_is_known_any_more_and_censored_rows_are_marked() -> None:
    ax = plots.cdf(mle.fit(mle.Exponential(), remissions()))
    x, share = ax.lines[0].get_data()
    assert (x[-1], share[-1]) == (35.0, pytest.approx(0.552, abs=5e-4))
    marks, heights = ax.lines[1].get_data()
    assert marks.tolist() == [6, 9, 10, 11, 17, 19, 20, 25, 32, 34, 35]
    assert heights[0] == pytest.approx(1 - 0.857, abs=5e-4)
    assert heights[-1] == share[-1]


STATED = {
    "counts in intervals that overlap": (mle.Poisson(), lambda: mle.Sample.intervals([1, 2, 3], [3, 4, 6]), "overlap"),
    "counts truncated on both sides": (
        mle.Poisson(),
        lambda: mle.Sample([1, 2, 3, 2], entry=[0, 1, 2, 0], exit=[4, 3, 5, 6]),
        "truncation of its own",
    ),
    "nothing exact": (mle.Exponential(2.0), lambda: mle.Sample.events([1.0, 2.0], [0, 0]), "no exact row"),
}


@pytest.mark.parametrize("name", STATED)
def test_what_cannot_be_drawn_is_said_in_every_picture(name) -> None:
    model, sample, words = STATED[name]
    fit = mle.fit(model, sample(), strict=False)
    for ax in fit.plot().axes:
        assert any(words in text.get_text() and "data not drawn" in text.get_text() for text in ax.texts)
        assert not ax.patches
        assert all(line.get_label() == "fitted" for line in ax.lines)


def test_parameters_that_differ_by_row_have_no_curve() -> None:
    fit = mle.fit(mle.Binomial(n=np.array([5, 6, 7, 8])), [2, 3, 3, 4])
    for ax in fit.plot().axes:
        assert any("distribution of its own" in text.get_text() for text in ax.texts)


def test_survey_weights_have_no_band() -> None:
    x, w = rng().normal(size=30), rng().random(30) + 0.5
    survey, counted = (mle.fit(mle.Normal(), x, **{kind: w}) for kind in ("probability_weights", "weights"))
    assert not plots.qq(survey).collections
    assert plots.qq(counted).collections
    assert np.allclose(plots.cdf(survey).lines[0].get_ydata(), plots.cdf(counted).lines[0].get_ydata())


def test_zeros_that_have_a_probability_are_told_and_not_piled_on_a_bar() -> None:
    x = np.where(rng().random(100) < 0.4, 0.0, rng().gamma(3.0, 2.0, 100))
    fit = mle.fit(mle.ZeroInflated(mle.Gamma()), x)
    ax = plots.density(fit)
    area = sum(bar.get_width() * bar.get_height() for bar in ax.patches)
    assert area == pytest.approx(np.mean(x > 0))
    assert ax.texts[0].get_text().startswith(f"zeros: {np.mean(x == 0):.4g}, fitted")
    share, p = plots.pp(fit).lines[-1].get_data()
    assert p[0] == pytest.approx(0.5 * fit.params["p"])
    assert share[0] == pytest.approx(0.5 * np.mean(x == 0))


def test_small_shares_get_an_axis_of_their_own_length() -> None:
    sample = mle.Sample.events([1.0, 2.0, 5.0, 9.0], [1, 1, 1, 0], weights=[1, 1, 1, 997])
    ax = plots.cdf(mle.fit(mle.LimitedFailure(mle.Exponential()), sample, strict=False))
    assert ax.get_ylim()[1] < 0.01
    assert plots.cdf(mle.fit(mle.Exponential(), [1.0, 2.0, 5.0])).get_ylim() == (-0.02, 1.02)


def test_a_long_title_is_broken_between_parameters() -> None:
    fit = mle.fit(mle.Mixture([mle.Normal(), mle.Normal()]), column("faithful", "waiting"))
    lines = plots.canvas.family_title(fit).split("\n")
    assert len(lines) == 2
    assert all(line.endswith(",") for line in lines[:-1])
