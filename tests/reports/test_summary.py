"""The summary of a fit: its numbers are the fit's, its tables hold every parameter, its forms are escaped."""

from __future__ import annotations

import math
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from data import column

import mlestat as mle
from mlestat.errors import InputError
from mlestat.reports.estimates import Estimate
from mlestat.reports.summary import summary

HOURS = column("aircondit", "hours")


def test_every_number_is_the_fits():
    fit = mle.fit(mle.Gamma(), HOURS)
    s = fit.summary()
    facts = dict(s.facts)
    assert [e.name for e in s.estimates] == ["shape", "scale"]
    for e in s.estimates:
        low, high = fit.interval(e.name)
        assert (e.value, e.se, e.low, e.high, e.fixed) == (
            fit.params[e.name],
            fit.se[e.name],
            low,
            high,
            False,
        )
    for label, value in (
        ("Log-likelihood", fit.loglik),
        ("AIC", fit.aic),
        ("AICc", fit.aicc),
        ("BIC", fit.bic),
    ):
        assert math.isclose(float(facts[label]), value, rel_tol=1e-7)
    assert (facts["Family"], facts["n"], facts["Covariance"]) == ("Gamma", "12", "observed")
    assert s.verdict == str(fit.verdict)


def test_the_text_has_a_row_for_each_parameter_and_one_width():
    lines = str(mle.fit(mle.Gamma(), HOURS).summary()).splitlines()
    assert sum(line.split()[0] in ("shape", "scale") for line in lines if line) == 2
    rules = [line for line in lines if set(line) <= {"=", "-"}]
    assert len({len(line) for line in rules}) == 1
    assert len(rules) == 4


def test_a_fixed_parameter_is_listed_as_fixed():
    s = mle.fit(mle.Gamma(shape=2.0), HOURS).summary()
    assert s.estimates[0] == Estimate("shape", 2.0, None, None, None, fixed=True)
    assert "fixed" in s.as_text()
    assert "fixed" in s.as_html()


def test_another_level_gives_other_intervals():
    fit = mle.fit(mle.Gamma(), HOURS)
    s = summary(fit, level=0.8)
    assert (s.estimates[1].low, s.estimates[1].high) == fit.interval("scale", level=0.8)
    assert "[0.1" in s.as_text()
    assert "0.9]" in s.as_text()
    with pytest.raises(InputError):
        summary(fit, level=1.5)


def test_the_kind_of_covariance_is_named():
    assert dict(mle.fit(mle.Gamma(), HOURS, covariance="sandwich").summary().facts)["Covariance"] == "sandwich"


@pytest.mark.parametrize(
    ("model", "x"),
    [(mle.Normal(), [3.0, 3.0]), (mle.Normal(), [3.0]), (mle.StudentT(), column("nile", "flow"))],
)
def test_without_a_maximum_the_verdict_says_so_and_no_error_is_shown(model, x):
    s = mle.fit(model, x, strict=False).summary()
    assert "no finite maximum" in s.as_text()
    assert any(e.se is None and not e.fixed for e in s.estimates)
    assert "nan" not in s.as_text()
    assert "nan" not in s.as_html()


@pytest.mark.parametrize("scale", [1e300, 1e-300])
def test_extreme_scales_keep_their_digits(scale):
    text = mle.fit(mle.Exponential(), HOURS * scale).summary().as_text()
    assert f"{HOURS.mean() * scale:.6g}" in text


def test_digits_follow_the_standard_error():
    x = 1e6 + 1e-3 * np.sin(np.arange(50.0))
    row = next(line for line in str(mle.fit(mle.Normal(), x).summary()).splitlines() if line.startswith("mu"))
    shown = float(row.split()[1])
    assert abs(shown - x.mean()) < 1e-3 * x.std() / 7


class Words(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.words.append(data)


def test_html_and_latex_are_escaped():
    s = mle.fit(mle.Gamma(), HOURS).summary()
    name = r"<script>&\beta_1$%#^~{}"
    s = replace(s, estimates=(replace(s.estimates[0], name=name), s.estimates[1]), verdict="<b>x</b> → ∞")
    page = Words(s.as_html())
    assert not {"script", "b"} & set(page.tags)
    assert name in page.words
    latex = s.as_latex()
    assert r"\textbf{$<$script$>$\&\textbackslash{}beta\_1\$\%\#\textasciicircum{}\textasciitilde{}\{\}}" in latex
    assert r"$\rightarrow$ $\infty$" in latex
    assert "→" not in latex


def test_a_notebook_gets_the_page():
    s = mle.fit(mle.Gamma(), HOURS).summary()
    assert s._repr_html_() == s.as_html()


def test_rows_are_told_by_kind_and_weight():
    x, entry = HOURS, np.where(HOURS > 20, 2.0, np.nan)
    rows = {
        "exact": mle.Sample(x),
        "counted": mle.Sample(x, weights=np.arange(1, 13)),
        "survey": mle.Sample(x, probability_weights=[1.0] * 6 + [3.0] * 6),
        "trial": mle.Sample.events(x, x < 100, entry=entry),
        "ends": mle.Sample.intervals([1, math.nan, 2, 3, 5], [1, 4, 3, math.nan, 6], exit=9.0),
    }
    told = {name: mle.fit(mle.Exponential(), sample).summary().rows for name, sample in rows.items()}
    assert told["exact"] == "12 exact"
    assert told["counted"] == "12 exact; frequency weights, which sum to 78"
    assert told["survey"].startswith("12 exact; probability weights, worth 9.6 equal ones; ")  # (6+18)²/(6+54)
    censored = np.count_nonzero(x >= 100)
    assert told["trial"] == f"{12 - censored} exact, {censored} right-censored; {np.sum(x > 20)} left-truncated"
    assert told["ends"] == "1 exact, 1 right-censored, 1 left-censored, 2 interval-censored; all right-truncated"


@pytest.mark.parametrize("form", ["as_text", "as_html", "as_latex"])
def test_every_form_tells_the_rows(form):
    s = mle.fit(mle.Exponential(), mle.Sample.events(HOURS, HOURS < 100)).summary()
    assert f"Rows: {s.rows}" in getattr(s, form)()


def test_incomplete_rows_are_not_solved_in_closed_form():
    censored = mle.fit(mle.Exponential(), mle.Sample.events(HOURS, HOURS < 100))
    assert dict(censored.summary().facts)["Solver"] == "Newton over the rows"
    assert dict(mle.fit(mle.Exponential(), HOURS).summary().facts)["Solver"] == "closed form"


def test_the_dictionary_tells_the_rows_too():
    told = mle.fit(mle.Exponential(), mle.Sample.events(HOURS, HOURS < 100, weights=np.ones(12))).to_dict()
    assert told["rows_by_kind"] == {"exact": int(np.sum(HOURS < 100)), "right-censored": int(np.sum(HOURS >= 100))}
    assert told["weights"] == "frequency"
