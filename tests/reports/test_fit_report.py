"""The report of a fit: its forms say the same, the file is safe, self-contained, and there whole or not at all."""

from __future__ import annotations

import base64
import hashlib
import html
import inspect
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from data import column

import mlestat as mle
from mlestat.cli import cli
from mlestat.reports import explorer as exploring
from mlestat.reports.chosen import best_fit
from mlestat.reports.provenance import fingerprint

HOURS = column("aircondit", "hours")
NAME = """</script><script>alert(1)</script> "q" 'a' &amp; |x| $y$"""
SEPARATE = {"mix_stderr": False} if "mix_stderr" in inspect.signature(CliRunner).parameters else {}


def run(*args):
    result = CliRunner(**SEPARATE).invoke(cli, [str(a) for a in args], prog_name="mlestat")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(scope="module")
def fit():
    return mle.fit(mle.Gamma(), mle.Sample(HOURS, name=NAME))


@pytest.fixture(scope="module")
def report(fit):
    return fit.report(level=0.9, seed=5)


@pytest.fixture(scope="module")
def page(report):
    return report.to_html()


def test_the_dictionary_holds_what_the_library_says(fit, report):
    content = json.loads(report.to_json(), parse_constant=lambda token: pytest.fail(f"{token} is not JSON"))
    assert content["fit"]["loglik"] == fit.loglik
    assert content["profile_intervals"]["shape"]["low"] == fit.interval("shape", 0.9, method="profile").low
    assert content["wald_intervals"]["scale"] == list(fit.interval("scale", 0.9))
    assert content["goodness"] == json.loads(fit.goodness(seed=5).to_json())
    assert content["sigma"]["bands"][0]["k"] == 1.0
    assert content["data"]["summary"]["mean"] == pytest.approx(HOURS.mean(), rel=1e-14)
    assert content["data"]["summary"]["sd"] == pytest.approx(HOURS.std(ddof=1), rel=1e-14)
    assert content["data"]["summary"]["median"] == np.median(HOURS)
    assert content["computed"]["seed"] == 5
    assert content["computed"]["sha256"] == hashlib.sha256(b"values" + HOURS.astype("<f8").tobytes()).hexdigest()
    assert set(content["computed"]) >= {"mlestat", "python", "numpy", "scipy"}


def test_the_fingerprint_sees_every_array():
    plain = mle.Sample([1.0, 2.0])
    others = [mle.Sample([1.0, 2.0], weights=[1, 2]), mle.Sample.events([1.0, 2.0], [1, 0]), mle.Sample([2.0, 1.0])]
    assert len({fingerprint(s) for s in (plain, *others)}) == 4


def test_all_forms_show_every_number(report, page):
    markdown, text = report.to_markdown(), html.unescape(page)
    for section in report.sections:
        cells = [cell for table in section.tables for row in table.rows for cell in row]
        for words in [*cells, *(value for _, value in section.facts), *section.sentences]:
            assert words in text
    assert "# " in markdown
    assert "<script>" not in markdown.replace("\\<script\\>", "")
    for title in ("Estimates", "Goodness of fit", "Sigma intervals", "How it was computed"):
        assert f"## {title}" in markdown
        assert f">{title}</h2>" in page


class Elements(HTMLParser):
    """Every element with its attributes, and the text of scripts and styles."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.inside, self._open = [], {"script": [], "style": []}, None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self._open = tag
        if tag in self.inside:
            self.inside[tag].append("")

    def handle_data(self, data):
        if self._open in self.inside:
            self.inside[self._open][-1] += data

    def handle_endtag(self, tag):
        self._open = None


def test_the_page_asks_for_nothing_and_runs_only_its_own(page):
    found = Elements(page)
    names = {name for _, attributes in found.tags for name in attributes}
    assert not [name for name in names if name.startswith("on") or name in ("style", "src", "srcset", "action")]
    assert {v for _, a in found.tags if "href" in a for v in a["href"][:1]} == {"#"}
    assert not {tag for tag, _ in found.tags} & {"img", "link", "iframe", "object", "embed", "base", "form"}
    policy = next(a["content"] for tag, a in found.tags if a.get("http-equiv") == "Content-Security-Policy")
    hashes = {
        f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
        for text in (found.inside["style"][0], found.inside["script"][-1])
    }
    assert set(re.findall(r"'(sha256-[^']+)'", policy)) == hashes
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert len(found.inside["script"]) == 2


def test_a_hostile_name_is_text_everywhere(page):
    assert NAME not in page
    assert "<script>alert" not in page
    assert html.escape(NAME, quote=False).split()[0] in page
    data = json.loads(Elements(page).inside["script"][0])
    assert data["label"] == NAME[:59] + "…" if len(NAME) > 60 else data["label"] == NAME


def test_a_page_without_an_explorer_has_no_script():
    page = mle.fit(mle.Normal(), [2.0, 2.0], strict=False).report().to_html()
    assert "<script" not in page
    assert "script-src" not in page


@pytest.mark.parametrize(
    "fit",
    [
        lambda: mle.fit(mle.Uniform(), HOURS),
        lambda: mle.fit(mle.Normal(0.0, 100.0), HOURS),
        lambda: mle.fit(mle.Poisson(), [0, 0, 0], strict=False),
        lambda: mle.fit(mle.Binomial(n=np.array([3, 4, 5])), [1, 2, 4]),
        lambda: mle.fit(mle.Normal(mu=mle.Normal(0.0, 10.0)), HOURS),
        lambda: mle.fit(mle.Exponential(), mle.Sample.binned([0.0, 50.0, 100.0, 500.0], [5, 3, 4])),
        lambda: mle.fit(mle.Exponential(), 1e200 * HOURS),
    ],
    ids=["uniform", "known", "limit", "trials", "prior", "bins", "large"],
)
def test_every_fit_has_a_report(fit):
    check(fit().report())


def check(report):
    assert report.to_html().rstrip().endswith("</html>")
    json.loads(report.to_json())
    assert report.to_markdown().startswith("# ")


@pytest.mark.slow  # a thousand refits of each
def test_so_have_fits_that_are_hard_to_repeat():
    check(mle.fit(mle.StudentT(), column("nile", "flow"), strict=False).report())
    two = np.r_[HOURS, HOURS + 2000.0]
    check(mle.fit(mle.Mixture([mle.Normal(), mle.Normal()]), two, strict=False).report())


def test_slider_positions_hold_the_estimate_and_stay_in_the_domain(fit):
    data = exploring.explorer(fit)
    for slider in data["sliders"]:
        values = slider["values"]
        assert values[slider["start"]] == fit.params[slider["name"]]
        assert min(values) > 0.0
        assert values == sorted(set(values))


def test_the_grid_is_pythons_log_likelihood():
    x = np.random.default_rng(2).laplace(size=3_000)
    fit = mle.fit(mle.Laplace(), x)
    data = exploring.explorer(fit)
    mu, scale = (s["values"] for s in data["sliders"])
    assert data["rows"] is None
    assert np.shape(data["grid"]) == (exploring.GRID, exploring.GRID)
    for i, j in ((0, 0), (30, 30), (60, 10)):
        expected = float(mle.Laplace(mu[i], scale[j]).logpdf(x).sum())
        assert data["grid"][i][j] == pytest.approx(expected, abs=1e-7)


# -- files -----------------------------------------------------------------------------------------------


def test_files_are_kept_unless_forced_and_appear_whole(fit, tmp_path, monkeypatch):
    target = tmp_path / "r.md"
    fit.report(target)
    first = target.read_text()
    with pytest.raises(mle.errors.FileError, match="exists already"):
        fit.report(target)
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        fit.report(target, level=0.5, force=True)
    assert target.read_text() == first
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("name", "words"), [("r.pdf", "r.pdf"), ("none/r.html", "no directory"), (".", "regular|kind")]
)
def test_a_target_that_cannot_be_is_refused(fit, tmp_path, name, words):
    with pytest.raises(mle.errors.FileError, match=words):
        fit.report(tmp_path / name)


def test_a_level_outside_is_refused(fit):
    with pytest.raises(mle.errors.InputError, match="level must be between 0 and 1"):
        fit.report(level=1.0)


# -- command line ----------------------------------------------------------------------------------------


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(6)
    frame = pd.DataFrame({"<b>x": rng.gamma(2.0, 3.0, 30), "y": rng.gamma(5.0, size=30), "bad": ["inf", *"1" * 29]})
    frame.to_csv("two.csv", index=False)
    frame[["y"]].to_csv("one.csv", index=False)
    return tmp_path


def test_the_command_writes_what_python_says(here):
    assert run("report", "one.csv", "-f", "normal", "-o", "r.json").exit_code == 0
    content = json.loads(Path("r.json").read_text())
    y = pd.read_csv("one.csv")["y"].to_numpy()
    assert content["fit"]["loglik"] == mle.fit(mle.Normal(), y).loglik
    assert content["ranking"] is None


def test_without_a_family_the_best_is_reported_with_its_ranking(here):
    assert run("report", "one.csv", "-o", "r.json").exit_code == 0
    content = json.loads(Path("r.json").read_text())
    y = pd.read_csv("one.csv")["y"].to_numpy()
    best, ranking = best_fit(mle.Sample(y), None)
    assert content["fit"]["family"] == best.model.label == content["ranking"]["families"][0]["family"]
    assert len(content["ranking"]["families"]) == len(ranking.candidates) > 5


def test_many_columns_have_an_index_and_failures_are_named(here):
    result = run("report", "two.csv", "-f", "normal", "-o", "all.html")
    page = Path("all.html").read_text()
    assert result.exit_code == 2
    assert "bad" in result.stderr
    assert page.count("<article id=") == 2
    assert '<a href="#r0">&lt;b&gt;x: Normal</a>' in page
    assert "Not reported" in page
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_existing_files_need_force(here):
    Path("r.html").write_text("old")
    refused = run("report", "one.csv", "-f", "normal", "-o", "r.html")
    assert (refused.exit_code, Path("r.html").read_text()) == (2, "old")
    assert "--force" in refused.stderr
    assert run("report", "one.csv", "-f", "normal", "-o", "r.html", "--force").exit_code == 0
    assert Path("r.html").read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("one.csv -o r.gif", "r.gif"),
        ("one.csv", "--output"),
        ("one.csv -o r.html --fix mu=0", "--family"),
        ("one.csv -o r.html -f normal --level 1", "--level"),
        ("two.csv -o r.html -c z -f normal", "z"),
        ("none.csv -o r.html", "none.csv"),
        ("two.csv -o r.html -c y -f beta", "support"),
    ],
)
def test_bad_input_is_one_sentence(here, arguments, words):
    result = run("report", *arguments.split())
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stderr.count("\n") == 1
    assert not list(here.glob("r.*"))
