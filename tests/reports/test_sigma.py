"""The sigma report: counts, shares and limits against NumPy, scipy and hand values; its forms; its edges."""

from __future__ import annotations

import json
import math
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from data import column
from scipy import stats

import mlestat as mle
from mlestat.errors import (
    ColumnError,
    DataError,
    InputError,
    ParameterError,
    SupportError,
    UnsupportedDataError,
)
from mlestat.reports import limits

SPEED = column("nist_michelso", "y")
HOURS = column("aircondit", "hours")
HOSTILE = "<script>alert(1)</script>|a`b`*c*_d_$x$\n# [l](http://e.org)"


def strictly(text):
    """Parse JSON, refusing NaN and Infinity, which Python would let through."""
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


# ------------------------------------------------------------------------------------------- what is counted


def test_michelson_by_plain_numpy():
    report = mle.sigma_report(SPEED, k=(1, 2, 3, 4.5))
    mean, sigma = SPEED.mean(), SPEED.std()
    assert math.isclose(report.mean, mean, rel_tol=1e-15)
    assert math.isclose(report.sigma, sigma, rel_tol=1e-13)
    assert math.isclose(report.sample_sd, SPEED.std(ddof=1), rel_tol=1e-13)
    assert math.isclose(report.mean_se, SPEED.std(ddof=1) / 10, rel_tol=1e-13)
    for band in report.bands:
        outside = np.flatnonzero(np.abs(SPEED - mean) > band.k * sigma)
        assert band.rows.tolist() == outside.tolist()
        assert band.values.tolist() == SPEED[outside].tolist()
        assert band.inside == 100 - outside.size == band.share * 100
        assert band.below + band.above == outside.size
        assert math.isclose(band.upper, mean + band.k * sigma, rel_tol=1e-15)
        assert math.isclose(band.lower, mean - band.k * sigma, rel_tol=1e-15)
        test = stats.binomtest(int(band.inside), 100, math.erf(band.k / math.sqrt(2)))
        assert math.isclose(band.p_value, test.pvalue, rel_tol=1e-9)
        low, high = test.proportion_ci(0.95, method="wilson")
        assert math.isclose(band.share_low, low, rel_tol=1e-12)
        assert math.isclose(band.share_high, high, rel_tol=1e-12)


def test_six_sigma_keeps_its_digits():
    band = mle.sigma_report(SPEED, k=6).bands[0]
    assert math.isclose(band.expected_outside, 1.9731752900753963e-09, rel_tol=1e-15)


def test_a_fit_and_its_data_give_the_same_report():
    from_fit = mle.sigma_report(mle.fit(mle.Gamma(), HOURS))
    from_data = mle.sigma_report(HOURS, family=mle.Gamma())
    assert from_fit.to_json() == from_data.to_json()


def test_k_is_sorted_and_may_be_one_number():
    assert [band.k for band in mle.sigma_report(SPEED, k=(3, 1.5, 3)).bands] == [1.5, 3.0]
    assert [band.k for band in mle.sigma_report(SPEED, k=np.float64(2)).bands] == [2.0]


@pytest.mark.parametrize("scale", [1.0, 20_000.0, 1 / 3, 2.0**900, 2.0**-900, -7.0])
@pytest.mark.parametrize("values", [(1.0, 2.0), (0.1, 0.3), (0, 1, 0, 1, 1, 0)])
def test_values_exactly_at_one_sigma_are_inside_on_every_scale(values, scale):
    report = mle.sigma_report(np.array(values) * scale, k=(0.999, 1))
    assert [band.inside for band in report.bands] == [0, len(values)]


@pytest.mark.parametrize("scale", [1e300, 1e-300, 20_000.0])
def test_counts_do_not_depend_on_the_unit(scale):
    plain, scaled = (mle.sigma_report((SPEED - 299.8) * c) for c in (1.0, scale))
    assert [band.rows.tolist() for band in plain.bands] == [band.rows.tolist() for band in scaled.bands]
    assert math.isclose(scaled.tolerance.upper, plain.tolerance.upper * scale, rel_tol=1e-10)


def test_a_weight_of_two_is_the_row_twice_and_of_zero_no_row():
    values, weights = np.array([1.0, 2.0, 9.0, 4.0, 50.0]), np.array([2, 1, 1, 3, 0])
    weighted = mle.sigma_report(values, weights=weights, k=(1, 2))
    repeated = mle.sigma_report(np.repeat(values, weights), k=(1, 2))
    for one, other in zip(weighted.bands, repeated.bands, strict=True):
        for name in ("inside", "below", "above", "share", "share_low", "share_high", "p_value"):
            assert math.isclose(getattr(one, name), getattr(other, name), rel_tol=1e-12)
    assert weighted.bands[0].rows.tolist() == [0, 2]
    assert math.isclose(weighted.sample_sd, repeated.sample_sd, rel_tol=1e-14)
    assert math.isclose(weighted.prediction.upper, repeated.prediction.upper, rel_tol=1e-12)


def test_fractional_weights_count_but_are_not_tested():
    report = mle.sigma_report([1.0, 2.0, 9.0, 4.0], weights=[0.5, 1.5, 0.25, 1.0])
    assert report.bands[0].above == 0.25
    assert report.bands[0].p_value is None
    assert any("no p-values: the weights are no whole numbers" in note for note in report.notes)


def test_rows_are_those_of_the_data_as_given():
    report = mle.sigma_report([math.nan, 5.0, 5.1, math.nan, 4.9, 5.0, 90.0], missing="drop", k=1)
    assert report.bands[0].rows.tolist() == [6]
    assert (report.rows, report.dropped) == (5, 2)
    assert report.positions.tolist() == [1, 2, 4, 5, 6]


def test_the_count_inside_is_steadier_than_binomial_as_the_note_says():
    # docs/theory/sigma_intervals.md: variance p(1-p) - 2 (k phi(k))^2, for k = 1: 0.0995, not 0.2166.
    # 4000 samples of 400 (seed 5): the relative standard error of a variance is sqrt(2/4000) = 0.022.
    x = np.random.default_rng(5).standard_normal((4000, 400))
    z = np.abs(x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)
    variance = 400 * (z <= 1).mean(axis=1).var()
    p, density = 0.6826894921370859, math.exp(-0.5) / math.sqrt(2 * math.pi)
    assert abs(variance / (p * (1 - p) - 2 * density**2) - 1) < 5 * 0.022


# -------------------------------------------------------------------------------------------- other families


def test_another_family_gets_the_central_interval_of_the_same_probability():
    report = mle.sigma_report(HOURS, family=mle.Gamma(), k=(1, 2, 6))
    shape, scale = report.fit.params["shape"], report.fit.params["scale"]
    for band in report.bands:
        tail = stats.norm.sf(band.k)
        assert math.isclose(band.lower, stats.gamma.ppf(tail, shape, scale=scale), rel_tol=1e-8)
        assert math.isclose(band.upper, stats.gamma.isf(tail, shape, scale=scale), rel_tol=1e-10)
        assert math.isclose(band.expected_outside, 2 * tail, rel_tol=1e-13)
    assert math.isclose(report.center, stats.gamma.median(shape, scale=scale), rel_tol=1e-10)


@pytest.mark.parametrize("rate", [0.3, 4.0, 70.0])
def test_a_discrete_interval_holds_at_least_that_and_no_more_than_needed(rate):
    report = mle.sigma_report([0, 1, 2], family=mle.Poisson(rate=rate), k=(0.5, 1, 2, 3))
    for band in report.bands:
        numbers = np.arange(band.lower, band.upper + 1)
        held = stats.poisson.pmf(numbers, rate).sum()
        assert math.isclose(band.expected, held, rel_tol=1e-12)
        assert band.expected >= math.erf(band.k / math.sqrt(2)) - 1e-15
        tail = stats.norm.sf(band.k)
        assert stats.poisson.cdf(band.lower, rate) >= tail  # one number less would leave out too much on its side
        assert stats.poisson.sf(band.upper - 1, rate) > tail


def test_beyond_every_float_the_interval_is_the_support():
    band = mle.sigma_report(HOURS, family=mle.Exponential(), k=60).bands[0]
    assert (band.lower, band.upper, band.expected_outside) == (0.0, math.inf, 0.0)
    assert strictly(mle.sigma_report(HOURS, family=mle.Exponential(), k=60).to_json())["bands"][0]["upper"] is None


def test_without_a_finite_maximum_the_limits_are_those_of_the_limit():
    flow = column("nile", "flow")
    t, normal = mle.sigma_report(flow, family=mle.StudentT()), mle.sigma_report(flow)
    assert t.fit.verdict.kind == "limit"
    for one, other in zip(t.bands, normal.bands, strict=True):
        assert math.isclose(one.lower, other.lower, rel_tol=1e-9)
        assert one.inside == other.inside
    assert any("No finite maximum exists; the limits are those of Normal" in note for note in t.notes)


def test_what_is_known_is_used_as_known():
    report = mle.sigma_report(SPEED, family=mle.Normal(299.8, 0.1))
    for interval in (report.tolerance, report.prediction):
        assert interval.method.startswith("parameters known")
        assert math.isclose(interval.upper, 299.8 + 0.1959963984540054, rel_tol=1e-15)
    assert all(estimate.fixed for estimate in report.estimates)
    assert not any("estimated from the same values" in note for note in report.notes)


# --------------------------------------------------------------------------- where values are to be expected


def test_normal_tolerance_and_prediction_are_mean_and_factor():
    report = mle.sigma_report(SPEED, content=0.9, confidence=0.99)
    mean, sd = SPEED.mean(), SPEED.std(ddof=1)
    k, t = limits.normal_tolerance_factor(100, 0.9, 0.99), stats.t.ppf(0.995, 99) * math.sqrt(1.01)
    assert math.isclose(report.tolerance.upper, mean + k * sd, rel_tol=1e-13)
    assert math.isclose(report.prediction.lower, mean - t * sd, rel_tol=1e-13)


def test_lognormal_is_normal_in_the_logarithm():
    report, logs = mle.sigma_report(HOURS, family=mle.LogNormal()), mle.sigma_report(np.log(HOURS))
    for name in ("tolerance", "prediction"):
        assert math.isclose(getattr(report, name).lower, math.exp(getattr(logs, name).lower), rel_tol=1e-12)
        assert "log-normal" in getattr(report, name).method


def test_held_parameters_do_not_narrow_the_normal_intervals():
    held, free = mle.sigma_report(SPEED, family=mle.Normal(mu=299.8)), mle.sigma_report(SPEED)
    assert held.tolerance == free.tolerance


def test_order_statistics_for_any_other_family():
    x = np.random.default_rng(8).gamma(2.0, 3.0, 500)
    report, ranked = mle.sigma_report(x, family=mle.Gamma()), np.sort(x)
    assert (report.tolerance.lower, report.tolerance.upper) == (ranked[7], ranked[-8])
    assert limits.rank_tolerance(500, 0.95, 0.95) == 8
    assert (report.prediction.lower, report.prediction.upper) == (
        ranked[11],
        ranked[-12],
    )  # 501 * 0.025 = 12.5
    assert "8th smallest and the 8th largest" in report.tolerance.method


def test_order_statistics_count_rows_by_weight():
    values, weights = np.arange(1.0, 11.0), np.array([1, 30, 5, 20, 40, 40, 20, 5, 34, 5])
    weighted = mle.sigma_report(values, weights=weights, family=mle.Gamma())
    repeated = mle.sigma_report(np.repeat(values, weights), family=mle.Gamma())
    assert weighted.tolerance == repeated.tolerance
    assert weighted.prediction == repeated.prediction


def test_too_few_values_are_said_to_be_too_few():
    report = mle.sigma_report(HOURS, family=mle.Gamma())
    assert report.tolerance.lower is None
    assert "need 93 values, and there are 12" in report.tolerance.method
    assert report.prediction.method.startswith("plug-in")
    assert "more often than that" in report.prediction.meaning
    d = report.fit.distribution
    assert math.isclose(report.prediction.lower, d.ppf(0.025), rel_tol=1e-12)
    assert math.isclose(report.prediction.upper, d.isf(0.025), rel_tol=1e-12)


# ----------------------------------------------------------------------------------------------------- edges


@pytest.mark.parametrize("values", [[3.0] * 4, [3], [0, 0, 0]])
def test_values_that_do_not_vary(values):
    report = mle.sigma_report(values)
    assert report.sigma == 0.0
    assert not report.fit.verdict.finite
    for band in report.bands:
        assert (band.lower, band.upper, band.inside, band.p_value) == (
            values[0],
            values[0],
            len(values),
            None,
        )
    assert report.tolerance.lower is None
    assert "no finite maximum" in str(report)
    assert "no p-values: the limits coincide" in str(report)
    strictly(report.to_json())
    assert (report.sample_sd is None) == (len(values) == 1)


def test_one_value_has_no_standard_error():
    assert "one value has no standard error" in str(mle.sigma_report([3.0]))


def test_another_family_on_values_that_do_not_vary_has_no_bands():
    report = mle.sigma_report([2.0, 2.0, 2.0], family=mle.Gamma())
    assert report.bands == ()
    assert report.table.shape == (0, 11)
    assert "there are no sigma intervals" in str(report)
    strictly(report.to_json())


@pytest.mark.parametrize("k", [0, -1, (1, 0), (), math.inf, math.nan, "a", None, (1, None)])
def test_bad_k(k):
    with pytest.raises(ParameterError, match="k"):
        mle.sigma_report(SPEED, k=k)


@pytest.mark.parametrize("value", [0, 1, 95, -0.1, math.nan, "0.95", None])
@pytest.mark.parametrize("name", ["confidence", "content"])
def test_bad_shares(name, value):
    with pytest.raises(ParameterError, match=f"{name} must lie between 0 and 1"):
        mle.sigma_report(SPEED, **{name: value})


def test_arguments_that_would_be_ignored_are_refused():
    fit = mle.fit(mle.Normal(), SPEED)
    for given in ({"family": mle.Gamma()}, {"weights": SPEED}, {"columns": ["a"]}):
        with pytest.raises(InputError, match="cannot be given here"):
            mle.sigma_report(fit, **given)
    with pytest.raises(InputError, match="columns cannot be given"):
        mle.sigma_report(SPEED, columns=["a"])


def test_bad_data_raise_what_a_fit_raises():
    for bad in ([], [1.0, math.nan], [1.0, math.inf], ["a"], [[1.0, 2.0]]):
        with pytest.raises(DataError):
            mle.sigma_report(bad)
    with pytest.raises(SupportError):
        mle.sigma_report([-1.0, 2.0], family=mle.Gamma())


@pytest.mark.parametrize(
    ("sample", "words"),
    [
        (mle.Sample([1.0, 2.0], right_censored=[0, 1]), "2 rows are censored, truncated or binned"),
        (mle.Sample([1.0, 2.0], entry=0.5), "censored, truncated or binned; pass exact values"),
        (mle.Sample.binned([0, 1, 2], [3, 4]), "binned"),
        (mle.Sample([1.0, 2.0, 4.0], probability_weights=[1, 2, 3]), "probability weights.*pass frequency weights"),
    ],
)
def test_rows_that_cannot_be_counted_are_refused_in_a_sentence(sample, words):
    with pytest.raises(UnsupportedDataError, match=words):
        mle.sigma_report(sample)
    with pytest.raises(UnsupportedDataError, match=words):
        mle.sigma_report(mle.fit(mle.Normal(), sample, strict=False))


# ---------------------------------------------------------------------------------------------------- tables

FRAME = pd.DataFrame(
    {
        "speed": [850.0, 740, 900, 1070, 930],
        "gap": [1.0, math.nan, 2, 3, 4],
        "town": ["Oslo", "Rome", "Bonn", "Bern", "Wien"],
        "same": [2, 2, 2, 2, 2],
        "count": [1, 2, 1, 3, 1],
    }
)


@pytest.mark.parametrize(
    "make", [lambda f: f, pl.from_pandas, pa.Table.from_pandas, lambda f: pl.from_pandas(f).lazy()]
)
def test_a_bad_column_does_not_sink_the_others(make):
    reports = mle.sigma_report(make(FRAME))
    assert list(reports) == ["speed", "same", "count"]
    assert set(reports.failed) == {"gap", "town"}
    assert "index 1" in reports.failed["gap"]
    assert "'Oslo'" in reports.failed["town"]
    assert reports["speed"].to_dict() == mle.sigma_report(FRAME["speed"]).to_dict()
    with pytest.raises(KeyError, match="has no report"):
        reports["town"]


def test_a_table_with_weights_by_name_and_missing_values_left_out():
    reports = mle.sigma_report(FRAME, weights="count", missing="drop")
    assert list(reports) == ["speed", "gap", "same"]
    assert (reports["gap"].n, reports["gap"].dropped) == (6.0, 1)


def test_a_dict_of_columns_and_a_choice_of_them():
    reports = mle.sigma_report(
        {"a": [1.0, 2.0], "b": [1.0, -2.0, 4.0], "c": [1.0]}, columns=["b", "a"], family=mle.Gamma()
    )
    assert list(reports) == ["a"]
    assert "outside the support" in reports.failed["b"]


@pytest.mark.parametrize("frame", [FRAME, {"speed": [1.0, 2.0]}])
def test_a_column_that_was_asked_for_and_is_not_there(frame):
    with pytest.raises(ColumnError, match="did you mean 'speed'"):
        mle.sigma_report(frame, columns=["sped"])
    with pytest.raises(ColumnError):
        mle.sigma_report(frame, weights="cuont")


def test_a_table_of_nothing_but_failures_still_reports_them():
    reports = mle.sigma_report({"a": ["x", "y"]})
    assert len(reports) == 0
    assert "Not reported" in str(reports)
    assert strictly(reports.to_json())["failed"].keys() == {"a"}
    assert reports.table.empty
    assert "<h1>" in reports.to_html()


# ----------------------------------------------------------------------------------------------------- forms


def test_json_holds_everything_and_no_nan():
    data = strictly(mle.sigma_report(SPEED, k=(1, 3)).to_json())
    assert data["n"] == 100
    assert isinstance(data["bands"][0]["inside"], int)
    assert data["bands"][1]["k"] == 3.0
    assert len(data["bands"][0]["rows"]) == data["bands"][0]["below"] + data["bands"][0]["above"]
    assert data["estimates"]["sigma"]["value"] == data["sigma"]
    assert data["verdict"]["kind"] == "interior"
    assert set(data["tolerance"]) == {"lower", "upper", "method", "meaning"}


def test_the_table_is_the_bands():
    report = mle.sigma_report(SPEED, k=(1, 2.5))
    table = report.table
    assert table.index.tolist() == [1.0, 2.5]
    for name in table.columns:
        assert table[name].tolist() == [getattr(band, name) for band in report.bands]
    both = mle.sigma_report({"a": [1.0, 2.0], "b": [3.0, 9.0]}).table
    assert both.index.names == ["column", "k"]
    assert both.loc[("b", 2.0), "upper"] == 12.0


class Page(HTMLParser):
    """Collects tags, addresses and text of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.addresses, self.words = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.addresses += [
            value for name, value in attrs if name in ("src", "href", "srcset", "action", "data", "style")
        ]

    def handle_data(self, data):
        self.words.append(data)


def test_html_is_whole_self_contained_and_escaped():
    reports = mle.sigma_report(pd.DataFrame({HOSTILE: [1.0, 2.0, 4.0], "<b>bad</b>": ["<i>x</i>", "y", "z"]}))
    for text in (reports.to_html(), reports[HOSTILE].to_html()):
        page = Page(text)
        assert not page.tags & {"script", "b", "i", "link", "iframe", "a", "object"}
        assert len(page.addresses) == 2
        assert all(address.startswith("data:image/png;base64,") for address in page.addresses)
        assert "url(" not in text
        assert "@import" not in text
        assert "<script>alert(1)</script>" in " ".join(page.words)


def test_a_hostile_name_stays_one_line_of_text():
    report = mle.sigma_report(pd.Series([1.0, 2.0, 4.0], name=HOSTILE))
    shown = HOSTILE.replace("\n", "\\n")
    assert str(report).splitlines()[0] == f"Sigma report: {shown}"
    heading = report.to_markdown().splitlines()[0]
    for mark in ("<", "|", "`", "*", "_", "$", "[", "\\#"):
        assert f"\\{mark}" in heading or mark == "\\#"
    assert "\\://" in heading
    plain = mle.sigma_report([1.0, 2.0, 4.0]).to_markdown().count("\n")
    assert report.to_markdown().count("\n") == plain


def test_markdown_tables_are_rectangular():
    markdown = mle.sigma_report({"a|b": [1.0, 2.0], "c": [3.0, 9.0]}).to_markdown()
    blocks = [block.splitlines() for block in markdown.split("\n\n") if block.startswith("| ")]
    assert len(blocks) == 5
    for block in blocks:
        assert len({line.replace("\\|", "").count("|") for line in block}) == 1


def test_printed_lines_fit_a_terminal():
    lines = str(mle.sigma_report(SPEED)).splitlines()
    assert max(map(len, lines)) <= 110
    assert not any(line != line.rstrip() for line in lines)


def test_repr_is_one_line():
    assert repr(mle.sigma_report(pd.Series([1.0, 3.0], name="a"))).startswith("<SigmaReport 'a': n=2, Normal(")
    assert repr(mle.sigma_report({"a": [1.0, 3.0]})) == "<SigmaReports ['a'], failed: []>"
