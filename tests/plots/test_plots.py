"""Pictures: artists hold the data; weights count; nothing global changes; every fit can be drawn."""

from __future__ import annotations

import math

import matplotlib as mpl
import numpy as np
import pytest
from data import column
from matplotlib.figure import Figure
from scipy import stats

import mlestat as mle
from mlestat import plots
from mlestat.plots import bands, canvas, empirical, histogram

SPEED = mle.Sample(column("nist_michelso", "y"), name="speed")
COUNTS = column("biochemists", "art")
RETURNS = column("dax_returns", "r")
PICTURES = (plots.density, plots.qq, plots.pp, plots.cdf)


def rng():
    return np.random.default_rng(12)


FITS = {
    "normal": lambda: mle.fit(mle.Normal(), SPEED),
    "heavy tails": lambda: mle.fit(mle.StudentT(), RETURNS),
    "counts": lambda: mle.fit(mle.NegativeBinomial(), COUNTS),
    "large counts": lambda: mle.fit(mle.NegativeBinomial(), rng().negative_binomial(1, 0.0003, 500)),
    "weighted counts": lambda: mle.fit(mle.Poisson(), mle.Sample([0, 1, 2, 3, 4], weights=[109, 65, 22, 3, 1])),
    "infinite at zero": lambda: mle.fit(mle.Weibull(), rng().weibull(0.5, 200)),
    "two values": lambda: mle.fit(mle.Normal(), [1.0, 2.0]),
    "one value": lambda: mle.fit(mle.Normal(), [2.0], strict=False),
    "no spread": lambda: mle.fit(mle.Gamma(), [2.0, 2.0], strict=False),
    "all zeros": lambda: mle.fit(mle.Poisson(), [0, 0], strict=False),
    "no maximum": lambda: mle.fit(mle.StudentT(), column("nile", "flow"), strict=False),
    "very heavy tails": lambda: mle.fit(mle.StudentT(), rng().standard_cauchy(3000)),
    "shifted far": lambda: mle.fit(mle.Normal(), 1e6 + 1e-3 * rng().normal(size=100)),
    "large": lambda: mle.fit(mle.Normal(), 1e200 * rng().normal(size=100)),
    "known": lambda: mle.fit(mle.Normal(0.0, 1.0), rng().normal(size=30)),
}


@pytest.mark.parametrize("name", FITS)
def test_every_fit_can_be_drawn(name):
    fit = FITS[name]()
    assert plots.png(fit.plot(), dpi=40).startswith(b"\x89PNG")
    report = mle.sigma_report(fit)
    for ax in (report.plot(), report.plot_sequence()):
        assert plots.png(ax, dpi=40).startswith(b"\x89PNG")


def test_density_bars_have_area_one_and_the_curve_is_the_density():
    fit = FITS["normal"]()
    ax = plots.density(fit)
    assert math.isclose(sum(bar.get_width() * bar.get_height() for bar in ax.patches), 1.0, rel_tol=1e-12)
    counts, _ = np.histogram(SPEED.values, [*(bar.get_x() for bar in ax.patches), SPEED.values.max()])
    heights = [bar.get_height() * bar.get_width() * 100 for bar in ax.patches]
    assert np.allclose(heights, counts)
    x, y = ax.lines[0].get_data()
    assert np.allclose(y, stats.norm.pdf(x, fit.params["mu"], fit.params["sigma"]), rtol=1e-10)
    assert ax.get_xlabel() == "speed"
    assert ax.get_title().startswith("Normal(mu = 299.8524 ± 0.0079, sigma = ")


def test_counts_are_bars_of_shares_with_the_fitted_probabilities():
    fit = FITS["counts"]()
    ax = plots.density(fit)
    middles = np.array([bar.get_x() + bar.get_width() / 2 for bar in ax.patches])
    assert np.array_equal(middles, np.round(middles))
    assert np.allclose([bar.get_height() for bar in ax.patches], [(m == COUNTS).mean() for m in middles])
    mean, size = fit.params["mean"], fit.params["size"]
    assert np.allclose(ax.lines[0].get_ydata(), stats.nbinom.pmf(middles, size, size / (size + mean)))


def test_many_counts_share_bars_and_keep_their_probability():
    fit = FITS["large counts"]()
    ax = plots.density(fit)
    widths = {bar.get_width() for bar in ax.patches}
    assert len(widths) == 1
    (width,) = widths
    assert width == round(width) > 1
    x, p = ax.lines[0].get_data()
    d = fit.distribution
    first = np.arange(x[0] - (width - 1) / 2, x[0] + (width + 1) / 2)
    assert math.isclose(p[0] * width, d.pdf(first).sum(), rel_tol=1e-9)
    assert math.isclose(sum(bar.get_height() for bar in ax.patches) * width, 1.0, rel_tol=1e-12)


def test_numbers_that_should_have_occurred_are_shown():
    ax = plots.density(mle.fit(mle.NegativeBinomial(), [1, 1, 2, 1, 2, 1, 1], strict=False))
    assert ax.patches[0].get_x() == -0.5
    assert ax.patches[0].get_height() == 0.0


def test_what_lies_beyond_the_picture_is_counted():
    x = rng().standard_cauchy(3000)
    ax = plots.density(mle.fit(mle.StudentT(), x))
    left, right = ax.patches[0].get_x(), ax.patches[-1].get_x() + ax.patches[-1].get_width()
    beyond = np.count_nonzero((x < left) | (x > right + 1e-9))
    assert beyond > 0
    assert ax.texts[0].get_text() == f"{beyond} beyond this picture"


def test_bars_keep_their_height_when_some_values_are_not_shown():
    x = np.concatenate((rng().normal(size=198), [1000.0, -2000.0]))
    ax = plots.density(mle.fit(mle.Normal(0.0, 1.0), x))
    assert math.isclose(sum(bar.get_width() * bar.get_height() for bar in ax.patches), 0.99, rel_tol=1e-12)
    assert ax.texts[0].get_text() == "2 beyond this picture"


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("model", [mle.Normal(), mle.Poisson()])
def test_a_weight_is_repeated_rows(picture, model):
    values, weights = np.array([4, 1, 2, 7, 3]), np.array([1, 5, 3, 1, 4])
    one = picture(mle.fit(model, mle.Sample(values, weights=weights)))
    other = picture(mle.fit(model, np.repeat(values, weights)))
    for a, b in zip(one.lines, other.lines, strict=True):
        assert np.allclose(a.get_xydata(), b.get_xydata(), rtol=1e-9)
    assert [p.get_height() for p in one.patches] == pytest.approx([p.get_height() for p in other.patches])


def test_qq_puts_the_sample_against_fitted_quantiles():
    x = rng().normal(size=25)
    fit = mle.fit(mle.Normal(), x)
    ax = plots.qq(fit)
    theory, sample = ax.lines[-1].get_data()
    assert np.array_equal(sample, np.sort(x))
    positions = (np.arange(1, 26) - 0.5) / 25
    assert np.allclose(theory, stats.norm.ppf(positions, fit.params["mu"], fit.params["sigma"]))


def test_the_band_is_that_of_order_statistics():
    low, co_high = plots.quantiles.band(empirical.ordered(mle.Sample(np.arange(9.0))))
    i = np.arange(1, 10)
    assert np.allclose(low, stats.beta.ppf(0.025, i, 10 - i))
    assert np.allclose(1 - co_high, stats.beta.ppf(0.975, i, 10 - i))


def test_qq_quantiles_keep_the_upper_tail():
    q = np.array([1e-300, 1e-20, 0.3])
    found = plots.quantiles.quantiles(mle.Normal(0.0, 1.0), 1.0 - q, q)
    assert np.allclose(found, stats.norm.isf(q), rtol=1e-12)


def test_pp_puts_fitted_probabilities_against_shares():
    x = np.sort(rng().exponential(size=25))
    fit = mle.fit(mle.Exponential(), x)
    share, p = plots.pp(fit).lines[-1].get_data()
    assert np.allclose(share, (np.arange(1, 26) - 0.5) / 25)
    assert np.allclose(p, -np.expm1(-x / x.mean()))


def test_cdf_steps_are_the_weighted_shares():
    fit = mle.fit(mle.Normal(), mle.Sample([3.0, 1.0, 2.0, 1.0], weights=[1.0, 2.5, 0.5, 1.0]))
    x, y = plots.cdf(fit).lines[0].get_data()
    assert np.allclose(x[1:-1], [1.0, 2.0, 3.0])
    assert np.allclose(y, [0.0, 0.7, 0.8, 1.0, 1.0])


def test_many_points_are_thinned_and_the_ends_are_kept():
    x = rng().normal(size=200_000)
    fit = mle.fit(mle.Normal(), x)
    for picture in (plots.qq, plots.cdf):
        assert max(line.get_xdata().size for line in picture(fit).lines) <= canvas.POINTS + 2
    drawn = plots.qq(fit).lines[-1].get_ydata()
    ranked = np.sort(x)
    assert np.array_equal(drawn[: canvas.TAIL], ranked[: canvas.TAIL])
    assert np.array_equal(drawn[-canvas.TAIL :], ranked[-canvas.TAIL :])
    chosen = canvas.thinned(200_000)
    assert (np.diff(chosen) > 0).all()


def test_bands_are_drawn_at_the_limits():
    report = mle.sigma_report(SPEED, k=(1, 2))
    ax = report.plot()
    drawn = sorted(line.get_xdata()[0] for line in ax.lines if len(set(line.get_xdata())) == 1)
    assert drawn == sorted(end for band in report.bands for end in (band.lower, band.upper))
    assert [text.get_text() for text in ax.texts] == ["-2", "-1", "+1", "+2"]
    outside = next(line for line in ax.lines if line.get_marker() == "D")
    assert sorted(outside.get_xdata()) == sorted(report.bands[-1].values)


def test_labels_that_coincide_are_joined():
    report = mle.sigma_report(COUNTS, family=mle.NegativeBinomial())
    assert [text.get_text() for text in report.plot().texts] == ["-3, -2, -1", "+1", "+2", "+3"]
    assert bands.grouped(report.bands, 5.0, 12.0, gap=0.03) == [(7.0, "+2"), (11.0, "+3")]


def test_the_sequence_keeps_the_rows_of_the_data_and_marks_those_outside():
    values = np.array([math.nan, 5.0, 5.1, 4.9, 5.0, 5.05, 4.95, 90.0])
    report = mle.sigma_report(values, missing="drop", k=(1, 2))
    ax = report.plot_sequence()
    assert ax.lines[0].get_xdata().tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert ax.collections[0].get_offsets().tolist() == [[7.0, 90.0]]
    assert ax.lines[1].get_ydata()[0] == report.center
    assert {line.get_ydata()[0] for line in ax.lines[2:]} == {e for b in report.bands for e in (b.lower, b.upper)}


def test_a_long_sequence_keeps_its_extremes():
    values = rng().normal(size=100_003)
    shown = bands.envelope(values)
    assert shown.size < 3 * canvas.POINTS
    assert {int(values.argmax()), int(values.argmin()), 100_002} <= set(shown.tolist())
    assert (np.diff(shown) > 0).all()


def test_nothing_global_changes():
    import matplotlib.pyplot as plt

    before, settings = plt.get_fignums(), dict(mpl.rcParams)
    fit = FITS["normal"]()
    fit.plot()
    for picture in PICTURES:
        picture(fit)
    mle.sigma_report(fit).plot()
    assert plt.get_fignums() == before
    assert dict(mpl.rcParams) == settings


def test_given_axes_and_figures_are_used():
    fit, figure = FITS["normal"](), Figure()
    ax = figure.subplots()
    for picture in PICTURES:
        assert picture(fit, ax) is ax
    report = mle.sigma_report(fit)
    assert report.plot(ax) is ax
    assert report.plot_sequence(ax) is ax
    other = Figure()
    assert plots.diagnostics(fit, other) is other
    assert len(other.axes) == 4


@pytest.mark.parametrize("name", ["$x_", "a$b$c", "x" * 500, "a\nb\tc", "<b>&", "\\frac{", "Δ km/s"])
def test_names_are_drawn_letter_by_letter(name):
    fit = mle.fit(mle.Normal(), mle.Sample([1.0, 2.0, 4.0], name=name))
    assert plots.png(fit.plot(), dpi=40)
    for ax in (mle.sigma_report(fit).plot(), mle.sigma_report(fit).plot_sequence()):
        assert plots.png(ax, dpi=40)
    shown = canvas.data_label(name)
    assert "\n" not in shown
    assert len(shown.replace("\\$", "$")) <= canvas.LONGEST


def test_a_fixed_parameter_has_no_error_in_the_title():
    fit = mle.fit(mle.Gamma(shape=2.0), [1.0, 2.0, 6.0])
    assert canvas.family_title(fit) == "Gamma(shape = 2, scale = 1.50 ± 0.61)"


def test_bins_follow_the_weights_and_stay_few():
    heavy = empirical.ordered(mle.Sample(rng().standard_cauchy(5000)))
    assert 2 <= histogram.bin_edges(heavy).size <= histogram.MOST_BINS + 1
    constant = histogram.bin_edges(empirical.ordered(mle.Sample([0.0, 0.0])))
    assert constant.tolist() == [-0.5, 0.5]
