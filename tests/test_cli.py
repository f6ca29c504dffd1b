"""The command line as a user meets it: what it prints, where, and the exit code."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cases import ordinary
from command_line import assert_one_sentence, run, strict_json

import mlestat as mle
from mlestat.cli import reading
from mlestat.distributions import FAMILIES, VECTOR_FAMILIES, WRAPPERS

DATA = Path(__file__).resolve().parent.parent / "examples" / "data"
MICHELSON = str(DATA / "michelson.csv")
AIRCONDIT = str(DATA / "aircondit.csv")
HORSEKICKS = str(DATA / "horsekicks.csv")

# the package that is tested here, not another one that happens to be installed
HOME = {**os.environ, "PYTHONPATH": str(Path(mle.__file__).resolve().parent.parent)}


def start(*args, env=HOME, **how):
    """Run the command line as a process of its own."""
    command = [sys.executable, "-m", "mlestat", *map(str, args)]
    return subprocess.run(command, capture_output=True, timeout=120, check=False, env=env, **how)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with small files, good and bad, as the working directory."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    x = rng.gamma(2.0, 3.0, size=40)
    frame = pd.DataFrame({"x": x, "y": rng.normal(size=40), "town": ["Oslo", "Rome"] * 20})
    frame.to_csv("two.csv", index=False)
    frame[["x"]].to_csv("one.csv", index=False)
    frame.assign(x=np.where(np.arange(40) % 20 == 4, np.nan, x)).to_csv("gaps.csv", index=False)
    weights = {"w": 1, "negative": np.where(np.arange(40) == 3, -1, 1), "zero": 0, "gap": [1, None] * 20}
    frame.assign(**weights).to_csv("weighted.csv", index=False)
    pd.DataFrame(np.eye(21)).add_prefix("x").to_csv("wide.csv", index=False)
    text = {
        "empty.csv": "",
        "header.csv": "x,y\n",
        "numbers.csv": "1\n2\n3\n",
        "words.csv": "x\n1\n2\nthree\n",
        "towns.csv": "town\nOslo\nRome\n",
        "signs.csv": "x\n1\n2\n-3\n0\n",
        "inf.csv": "x\n1\ninf\n2\n",
        "ragged.csv": "x,y\n1,2\n3,4,5\n",
        "twice.csv": "x,x\n1,2\n",
        "point.csv": "x\n5\n",
        "constant.csv": "x\n5\n5\n5\n",
        "zeros.csv": "x\n0\n0\n0\n",
        "under.csv": "x\n3\n3\n3\n4\n3\n3\n2\n3\n",
    }
    for name, content in text.items():
        Path(name).write_text(content)
    Path("garbage.csv").write_bytes(bytes(range(256)) * 10)
    Path("folder").mkdir()
    Path("there.png").write_bytes(b"old")
    return tmp_path


# -- what works ------------------------------------------------------------------------------------------


def test_fit_prints_what_python_computes():
    result = run("fit", MICHELSON, "--column", "speed_km_s", "--family", "normal")
    fit = mle.fit(mle.Normal(), np.loadtxt(MICHELSON, skiprows=1))
    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout.splitlines()[0] == f"{MICHELSON}, column speed_km_s, n = 100"
    for words in ("Normal", "mu", "sigma", f"{fit.params['mu']:.1f}", fit.verdict.kind):
        assert words in result.stdout


def test_fit_as_json_is_the_fit(here):
    result = run("fit", MICHELSON, "--family", "Normal", "--json")
    fit = mle.fit(mle.Normal(), np.loadtxt(MICHELSON, skiprows=1))
    content = strict_json(result.stdout)
    (only,) = content["fits"]
    assert content["file"] == MICHELSON
    assert only["column"] == "speed_km_s"
    assert only["loglik"] == fit.loglik
    assert only["parameters"]["mu"]["estimate"] == fit.params["mu"]
    assert only["parameters"]["sigma"]["se"] == fit.se["sigma"]
    assert only["intervals"]["mu"] == list(fit.interval("mu"))


def test_level_changes_the_intervals_alone():
    wide, narrow = (
        strict_json(run("fit", MICHELSON, "--family", "normal", "--level", level, "--json").stdout)["fits"][0]
        for level in (0.99, 0.5)
    )
    assert wide["parameters"]["mu"]["estimate"] == narrow["parameters"]["mu"]["estimate"]
    assert wide["intervals"]["mu"][0] < narrow["intervals"]["mu"][0]


def test_fix_holds_a_parameter():
    only = strict_json(run("fit", AIRCONDIT, "-f", "gamma", "--fix", "shape=1", "--json").stdout)["fits"][0]
    exponential = mle.fit(mle.Exponential(), np.loadtxt(AIRCONDIT, skiprows=1))
    assert only["parameters"]["shape"]["estimate"] == 1.0
    assert only["free"] == ["scale"]
    assert only["parameters"]["scale"]["estimate"] == pytest.approx(exponential.params["scale"], rel=1e-12)


def test_weights_are_counts():
    result = run("fit", HORSEKICKS, "-c", "count", "-w", "freq", "-f", "poisson", "--json")
    table = pd.read_csv(HORSEKICKS)
    only = strict_json(result.stdout)["fits"][0]
    assert only["n"] == table["freq"].sum()
    rate = np.average(table["count"], weights=table["freq"])
    assert only["parameters"]["rate"]["estimate"] == pytest.approx(rate, rel=1e-14)


@pytest.mark.parametrize("kind", ["observed", "expected", "sandwich"])
def test_covariance(here, kind):
    only = strict_json(run("fit", "one.csv", "-f", "weibull", "--covariance", kind, "--json").stdout)["fits"][0]
    assert only["covariance"] == kind


def test_several_columns_in_the_order_asked_for(here):
    content = strict_json(run("fit", "two.csv", "-c", "y", "-c", "x", "-f", "normal", "--json").stdout)
    assert [fit["column"] for fit in content["fits"]] == ["y", "x"]
    text = run("fit", "two.csv", "-c", "y", "-c", "x", "-f", "normal", "--threads", 1).stdout
    assert text.index("column y") < text.index("column x")


@pytest.mark.parametrize("family", [name for name, family in FAMILIES.items() if not family.known])
def test_every_family_can_be_fitted(here, family):
    values = ordinary(family).sample(1, 200)
    pd.DataFrame({"x": values}).to_csv("sample.csv", index=False)
    result = run("fit", "sample.csv", "--family", family.upper(), "--json")
    assert result.exit_code == 0
    assert strict_json(result.stdout)["fits"][0]["family"] == family


@pytest.mark.parametrize(
    ("name", "extra"),
    [
        ("t.tsv", []),
        ("t.parquet", []),
        ("t.xlsx", ["--sheet", "Sheet1"]),
        ("t.csv.gz", []),
        ("semicolon.txt", ["--decimal", ","]),
    ],
)
def test_file_formats_give_the_same_fit(here, name, extra):
    frame = pd.read_csv("two.csv").round(9)  # openpyxl writes 16 digits
    frame.to_csv("two.csv", index=False)
    write = {
        "t.tsv": lambda: frame.to_csv(name, sep="\t", index=False),
        "t.parquet": lambda: frame.to_parquet(name),
        "t.xlsx": lambda: frame.to_excel(name, index=False),
        "t.csv.gz": lambda: frame.to_csv(name, index=False),
        "semicolon.txt": lambda: frame.to_csv(name, sep=";", decimal=",", index=False),
    }
    write[name]()
    expected = strict_json(run("fit", "two.csv", "-c", "x", "-f", "gamma", "--json").stdout)
    got = strict_json(run("fit", name, "-c", "x", "-f", "gamma", "--json", *extra).stdout)
    assert got["fits"] == expected["fits"]


def test_standard_input(here):
    expected = strict_json(run("fit", "one.csv", "-f", "gamma", "--json").stdout)
    got = strict_json(run("fit", "-", "-f", "gamma", "--json", stdin=Path("one.csv").read_text()).stdout)
    assert got == {**expected, "file": "standard input"}
    piped = start("fit", "-", "-f", "gamma", "--json", input=Path("one.csv").read_bytes())
    assert strict_json(piped.stdout.decode()) == got


def test_no_header(here):
    result = run("fit", "numbers.csv", "--no-header", "-f", "normal", "--json")
    assert strict_json(result.stdout)["fits"][0]["parameters"]["mu"]["estimate"] == 2.0


def test_missing_values_are_left_out_on_request(here):
    result = run("fit", "gaps.csv", "-c", "x", "-f", "gamma", "--drop-missing")
    assert result.exit_code == 0
    assert "n = 38, 2 rows with missing values left out" in result.stdout
    only = strict_json(run("fit", "gaps.csv", "-c", "x", "-f", "gamma", "--drop-missing", "--json").stdout)["fits"][0]
    assert (only["n"], only["dropped"]) == (38, 2)
    weighted = run("fit", "weighted.csv", "-c", "x", "-w", "gap", "-f", "gamma", "--drop-missing", "--json")
    assert (strict_json(weighted.stdout)["fits"][0]["n"]) == 20


def test_sigma_holds_what_the_main_job_needs():
    result = run("sigma", MICHELSON, "--column", "speed_km_s")
    fit = mle.fit(mle.Normal(), np.loadtxt(MICHELSON, skiprows=1))
    assert result.exit_code == 0
    assert result.stderr == ""
    for words in (
        MICHELSON,
        "speed_km_s",
        "Normal",
        "mu",
        "sigma",
        "std. error",
        fit.verdict.sentence.split(";")[0][:30],
        "±1 sigma",
        "±2 sigma",
        "±3 sigma",
        "68.2689",
    ):
        assert words in " ".join(result.stdout.split()), words


def test_sigma_of_a_whole_table(here):
    content = strict_json(run("sigma", "two.csv", "--json").stdout)
    assert list(content["columns"]) == ["x", "y"]
    assert content["failed"] == {}
    text = run("sigma", "two.csv")
    assert text.exit_code == 0
    assert "x" in text.stdout
    assert "y" in text.stdout


def test_sigma_options(here):
    result = run("sigma", "weighted.csv", "-c", "x", "-w", "w", "-k", 1, "-k", "4.5", "-f", "gamma", "--json")
    report = strict_json(result.stdout)["columns"]["x"]
    assert [band["k"] for band in report["bands"]] == [1.0, 4.5]
    assert report["family"] == "Gamma"
    assert report["n"] == 40
    assert "# " in run("sigma", "one.csv", "--markdown").stdout
    assert run("sigma", "one.csv", "--html").stdout.lstrip().lower().startswith("<!doctype html>")


def test_sigma_positions_are_those_of_the_file(here):
    Path("out.csv").write_text("x\n" + "\n" + "1\n2\n" * 20 + "100\n")
    report = strict_json(run("sigma", "out.csv", "--drop-missing", "--json").stdout)["columns"]["x"]
    assert report["dropped"] == 1
    assert report["bands"][2]["rows"] == [41]


def test_sigma_reports_the_columns_that_it_can(here):
    result = run("sigma", "gaps.csv", "--json")
    content = strict_json(result.stdout)
    assert list(content["columns"]) == ["y"]
    assert "missing" in content["failed"]["x"]
    assert result.exit_code == 2
    assert_one_sentence(result.stderr, ["2 of 40 values of column 'x'"])


@pytest.mark.parametrize("form", ["--text", "--markdown", "--html", "--json"])
def test_output_goes_to_a_file(here, form):
    Path("umask").touch()
    printed = run("sigma", "one.csv", form)
    written = run("sigma", "one.csv", form, "-o", "report.out")
    assert written.exit_code == 0
    assert written.stdout == ""
    if form != "--html":  # its pictures carry the moment they were drawn at
        assert Path("report.out").read_text(encoding="utf-8") == printed.stdout
    assert Path("report.out").stat().st_mode == Path("umask").stat().st_mode
    again = run("sigma", "one.csv", form, "-o", "report.out")
    assert again.exit_code == 2
    assert run("sigma", "one.csv", form, "-o", "report.out", "--force").exit_code == 0


SIGNATURES = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


@pytest.mark.parametrize("ending", SIGNATURES)
@pytest.mark.parametrize("command", [("fit", "one.csv", "-f", "gamma"), ("sigma", "two.csv")])
def test_plots(here, command, ending):
    result = run(*command, "--plot", f"p{ending}")
    assert result.exit_code == 0
    content = Path(f"p{ending}").read_bytes()
    assert content.startswith(SIGNATURES[ending])
    assert len(content) > 5000
    assert not list(here.glob(".*tmp")), "the neighbour it was written to is gone"


def test_plot_replaces_a_file_only_by_force(here):
    assert run("fit", "one.csv", "-f", "gamma", "--plot", "there.png").exit_code == 2
    assert Path("there.png").read_bytes() == b"old"
    assert run("fit", "one.csv", "-f", "gamma", "--plot", "there.png", "--force").exit_code == 0
    assert Path("there.png").read_bytes().startswith(b"\x89PNG")


def test_families():
    lines = run("families").stdout.splitlines()
    table = {**FAMILIES, **VECTOR_FAMILIES}
    assert lines.index("") == 1 + len(table)
    assert len(lines) == 1 + len(table) + 2 + len(WRAPPERS)
    for name, family in table.items():
        (line,) = (line for line in lines if line.startswith(f"{name} "))
        assert ", ".join(family.parameter_names()) in line
        assert str(family().support) in line
    content = strict_json(run("families", "--json").stdout)
    assert [row["name"] for row in content["families"]] == list(table)
    assert list(content["wrappers"]) == list(WRAPPERS)
    for name, example in content["wrappers"].items():
        assert type(mle.fitting.as_model(example)).__name__ == name
        assert any(line.startswith(example) for line in lines)


def test_compare_is_the_comparison(here):
    arguments = ("compare", "two.csv", "-c", "x", "--families", "gamma,weibull", "-f", "normal", "--criterion", "bic")
    x = pd.read_csv("two.csv")["x"].to_numpy()
    c = mle.compare(x, ["gamma", "weibull", "normal"], criterion="bic", goodness="ad", simulations=99, seed=2)
    more = ("--goodness", "ad", "--simulations", 99, "--seed", 2)
    (only,) = strict_json(run(*arguments, *more, "--json").stdout)["comparisons"]
    assert [row["family"] for row in only["families"]] == [k.name for k in c.candidates]
    assert [row["p_value"] for row in only["families"]] == [k.p_value for k in c.candidates]
    assert only["column"] == "x"
    text = run(*arguments, *more, "--plot", "shape.png").stdout
    assert text.splitlines()[2:] == str(c).splitlines()
    assert Path("shape.png").read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell):
    script = run("completion", shell).stdout
    assert "install" in script.splitlines()[0]
    assert script.startswith("# ")
    assert "_MLESTAT_COMPLETE" in script


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("mlestat f", ["families", "fit"]),
        ("mlestat compare one.csv --families wei", ["Weibull"]),
        ("mlestat fit one.csv --family ga", ["Gamma", "Gamma.by_mean"]),
        ("mlestat fit two.csv --column ", ["x", "y", "town"]),
        ("mlestat fit two.csv --column t", ["town"]),
        ("mlestat sigma nope.csv --column ", []),
    ],
)
def test_completion_offers(here, monkeypatch, words, offered):
    split = words.split(" ")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(split) - 1))
    monkeypatch.setenv("_MLESTAT_COMPLETE", "bash_complete")
    result = run()
    assert [line.split(",")[1] for line in result.stdout.splitlines() if line] == offered


# -- what does not ---------------------------------------------------------------------------------------

# The arguments, and words that the one sentence must hold. The exit code is 2.
BAD = [
    ("fit", ["FILE", "fit --help"]),
    ("nope", ["'nope'", "--help"]),
    ("fit one.csv", ["--family"]),
    ("fit one.csv --famly gamma", ["--famly", "--family"]),
    ("fit one.csv two.csv -f gamma", ["two.csv"]),
    ("fit one.csv -f gama", ["'gama'", "did you mean 'Gamma'?"]),
    ("fit one.csv -f zzz", ["'zzz'", "'Normal'"]),
    ("sigma one.csv -f nomral", ["did you mean 'Normal'"]),
    ("fit one.csv -f gamma --fix shape", ["--fix", "NAME=VALUE", "'shape'"]),
    ("fit one.csv -f gamma --fix shap=2", ["'shap'", "did you mean 'shape'?"]),
    ("fit one.csv -f gamma --fix shape=two", ["'two'"]),
    ("fit one.csv -f gamma --fix shape=-1", ["shape", "> 0", "-1"]),
    ("fit one.csv -f gamma --fix shape=nan", ["shape", "nan"]),
    ("fit one.csv -f gamma --level 1", ["--level", "1"]),
    ("fit one.csv -f gamma --level nan", ["--level", "nan"]),
    ("fit one.csv -f gamma --covariance robust", ["robust", "sandwich"]),
    ("fit one.csv -f gamma --threads 0", ["--threads", "0"]),
    ("compare one.csv --criterion bicc", ["bicc", "bic"]),
    ("compare one.csv --families gama", ["'gama'", "did you mean 'Gamma'?"]),
    ("compare one.csv --families gamma,gamma", ["'x' of one.csv", "twice"]),
    ("compare one.csv --folds 1", ["folds"]),
    ("compare one.csv --simulations 3", ["--simulations", "3"]),
    ("compare one.csv --seed -1", ["--seed", "-1"]),
    ("compare signs.csv --families gamma,weibull", ["none of 2 families", "outside the support"]),
    ("compare two.csv", ["2 columns of numbers", "--column"]),
    ("compare one.csv --plot there.png", ["there.png", "exists", "--force"]),
    ("sigma one.csv -k 0", ["k", "0"]),
    ("sigma one.csv -k nan", ["k", "nan"]),
    ("sigma one.csv -k one", ["'one'"]),
    ("sigma one.csv --confidence 2", ["--confidence", "2"]),
    ("fit nope.csv -f gamma", ["nope.csv does not exist", "did you mean 'one.csv'"]),
    ("fit folder -f gamma", ["folder is a directory"]),
    ("fit empty.csv -f gamma", ["empty.csv is empty"]),
    ("fit header.csv -f gamma", ["no rows"]),
    ("fit garbage.csv -f gamma", ["not a text table"]),
    ("fit numbers.csv -f gamma", ["no line of column names", "--no-header"]),
    ("fit words.csv -f gamma", ["'three' at line 4"]),
    ("fit towns.csv -f gamma", ["'Oslo' at line 2"]),
    ("fit two.csv -c town -f gamma", ["'town'", "'Oslo' at line 2"]),
    ("fit two.csv -f gamma", ["2 columns of numbers", "--column", "'x', 'y'"]),
    ("fit two.csv -c xx -f gamma", ["'xx'", "did you mean 'x'?"]),
    ("fit ragged.csv -c x -f gamma", ["line 3"]),
    ("fit twice.csv -c x -f gamma", ["2 columns named 'x'"]),
    ("fit inf.csv -f normal", ["infinite", "line 3"]),
    ("fit signs.csv -f gamma", ["'x'", "signs.csv", "2 of 4", "-3"]),
    ("fit signs.csv -f poisson", ["'x'", "-3"]),
    ("fit one.csv -f poisson", ["'x'", "Poisson"]),
    ("fit gaps.csv -c x -f gamma", ["2 of 40 values", "missing", "line 6", "--drop-missing"]),
    ("sigma gaps.csv -c x", ["2 of 40 values", "missing", "line 6", "--drop-missing"]),
    ("fit weighted.csv -c x -w weight -f gamma", ["'weight'", "no column"]),
    ("fit weighted.csv -c x -w town -f gamma", ["'town'", "not numeric"]),
    ("fit weighted.csv -c x -w negative -f gamma", ["1 of 40 weights", "negative", "line 5"]),
    ("fit weighted.csv -c x -w zero -f gamma", ["weights", "0"]),
    ("fit weighted.csv -c x -w gap -f gamma", ["20 of 40", "'gap'", "missing"]),
    ("fit weighted.csv -c x -w x -f gamma", ["both values and weights"]),
    ("fit one.csv -f gamma --format parquet", ["not a Parquet file"]),
    ("fit one.csv -f gamma --sheet a", ["not an Excel workbook"]),
    ("fit one.csv -f gamma --format xml", ["xml"]),
    ("fit one.csv -f gamma --plot p.gif", ["p.gif", "'.png'"]),
    ("fit one.csv -f gamma --plot p", ["'p'", ".png"]),
    ("fit one.csv -f gamma --plot there.png", ["there.png", "exists", "--force"]),
    ("fit one.csv -f gamma --plot none/p.png", ["no directory 'none'"]),
    ("fit two.csv -c x -c y -f normal --plot p.png", ["one column"]),
    ("sigma wide.csv --plot p.png", ["up to 20 columns", "got 21", "--column"]),
    ("sigma one.csv -o folder", ["folder", "no regular file"]),
    ("sigma one.csv -o one.csv", ["exists", "--force"]),
    ("completion tcsh", ["tcsh", "bash"]),
]  # fmt: skip


@pytest.mark.parametrize(("line", "words"), BAD, ids=[line for line, _ in BAD])
def test_bad_input_gives_one_sentence_and_exit_code_2(here, line, words):
    result = run(*line.split())
    assert result.exit_code == 2
    assert result.stdout == ""
    assert_one_sentence(result.stderr, words)


# Data without a finite maximum, the family, and words that the verdict must hold.
NO_MAXIMUM = [
    ("constant.csv", "normal", ["'x'", "constant.csv"]),
    ("point.csv", "normal", ["'x'", "point.csv"]),
    ("constant.csv", "gamma", ["'x'"]),
    ("zeros.csv", "poisson", ["'x'"]),
    ("under.csv", "negative_binomial", ["Poisson"]),
]  # fmt: skip


@pytest.mark.parametrize(("file", "family", "words"), NO_MAXIMUM)
def test_no_finite_maximum_gives_exit_code_3_and_what_is_known(here, file, family, words):
    result = run("fit", file, "-f", family)
    assert result.exit_code == 3
    assert_one_sentence(result.stderr, words)
    assert "column x" in result.stdout
    as_json = run("fit", file, "-f", family, "--json")
    assert as_json.exit_code == 3
    verdict = strict_json(as_json.stdout)["fits"][0]["verdict"]
    assert verdict["kind"] in ("limit", "unbounded", "flat")
    assert verdict["sentence"] in as_json.stderr
    sigma = run("sigma", file, "-f", family)
    assert sigma.exit_code == 3
    assert_one_sentence(sigma.stderr, words)
    assert "verdict" in sigma.stdout


def test_nile_has_lighter_tails_than_any_student_t():
    result = run("fit", DATA / "nile.csv", "-c", "flow", "-f", "student_t")
    assert result.exit_code == 3
    assert_one_sentence(result.stderr, ["Normal"])


@pytest.mark.parametrize(
    "name",
    ["a b", "größe", "<b>&amp;", "'; DROP TABLE", "a,b", "$x$", "{x}", "%s", "=1+1", "名前", "x" * 300],
)
def test_hostile_column_names(here, name):
    pd.DataFrame({name: [1.0, 2.0, 4.0], "other": [1, 2, 3]}).to_csv("hostile.csv", index=False)
    for command in (["fit", "-f", "gamma"], ["sigma", "--plot", "p.svg"], ["sigma", "--html"]):
        result = run(command[0], "hostile.csv", *command[1:], "--column", name)
        assert result.exit_code == 0, result.stderr
    assert "<b>&amp;" not in result.stdout
    assert list(strict_json(run("sigma", "hostile.csv", "-c", name, "--json").stdout)["columns"]) == [name]


def test_control_characters_in_names_do_not_reach_the_terminal(here):
    pd.DataFrame({"\x1b[31mred\nline": [1.0, 2.0, 4.0]}).to_parquet("t.parquet")
    for command in (["fit", "t.parquet", "-f", "gamma"], ["sigma", "t.parquet"]):
        result = run(*command)
        assert result.exit_code == 0
        assert "\x1b" not in result.stdout
    missing = run("fit", "t.parquet", "-c", "red\x1b[0m", "-f", "gamma")
    assert "\x1b" not in missing.stderr


def test_a_file_that_cannot_be_written(here, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.write_bytes", refuse)  # a read-only folder would not stop root
    result = run("sigma", "one.csv", "-o", "report.txt")
    assert result.exit_code == 2
    assert_one_sentence(result.stderr, ["'report.txt' cannot be written: permission denied"])
    assert not Path("report.txt").exists()


def test_a_disk_that_fills_up_leaves_the_old_file(here, monkeypatch):
    Path("report.txt").write_text("old")

    def half(path, content):
        with path.open("wb") as file:
            file.write(content[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", half)
    result = run("sigma", "one.csv", "-o", "report.txt", "--force")
    assert result.exit_code == 2
    assert_one_sentence(result.stderr, ["no space left"])
    assert Path("report.txt").read_text() == "old"
    assert not list(here.glob(".*tmp"))


def test_too_little_memory_is_said(here, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise MemoryError

    monkeypatch.setattr("mlestat.cli.reading.read_table", refuse)
    result = run("fit", "one.csv", "-f", "gamma")
    assert result.exit_code == 2
    assert_one_sentence(result.stderr, ["memory"])


# -- as a process ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "args",
    [["--version"], ["--help"], ["fit", "--help"], ["sigma", "-h"], ["completion", "bash"], ["fit"], []],
)
def test_light_answers_import_nothing_heavy(args):
    heavy = ("numpy", "scipy", "pandas", "narwhals", "matplotlib", "statsmodels", "tqdm", "jinja2")
    code = (
        "import sys, atexit\n"
        f"atexit.register(lambda: print([m for m in {heavy!r} if m in sys.modules], file=sys.stderr))\n"
        f"from mlestat.cli import cli; cli.main({args!r}, prog_name='mlestat')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr.splitlines()[-1] == "[]"


def test_version():
    done = start("--version")
    assert done.stdout.decode().split()[-1] == mle.__version__
    assert done.returncode == 0


def test_help_has_examples_everywhere():
    for command in ([], ["fit"], ["compare"], ["sigma"], ["families"], ["completion"]):
        text = run(*command, "--help").stdout
        assert "\nExamples:\n    " in text.replace("  Examples", "Examples")
        assert f"mlestat {' '.join(command)}".strip() in text


def test_without_a_command_the_help_is_shown():
    result = run()
    assert result.exit_code == 2
    assert "Commands:" in result.stderr


def test_errors_of_a_process(here):
    done = start("fit", "nope.csv", "-f", "gamma")
    assert done.returncode == 2
    assert_one_sentence(done.stderr.decode().replace(os.linesep, "\n"), ["nope.csv does not exist"])
    assert start("fit", "constant.csv", "-f", "normal").returncode == 3


def test_no_progress_bar_without_a_terminal(here):
    done = start("sigma", "two.csv")
    assert done.returncode == 0
    assert done.stderr == b""


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "utf-8"])
def test_a_terminal_without_greek(here, encoding):
    env = {**HOME, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = start("fit", DATA / "nile.csv", "-f", "student_t", env=env)
    assert done.returncode == 3
    assert_one_sentence(done.stderr.decode(encoding, errors="replace"), ["Normal", "df"])
    assert b"StudentT" in done.stdout


@pytest.mark.parametrize("name", ["big.csv", "big.csv.gz", "big.csv.bz2", "big.csv.xz"])
def test_progress_counts_the_bytes_of_a_big_file(here, monkeypatch, name):
    pd.DataFrame({"x": range(1000)}).to_csv(name, index=False)
    seen = []
    monkeypatch.setattr(reading, "BIG_FILE", 1)
    monkeypatch.setattr("sys.stderr", Terminal())
    counted = reading._Counted
    monkeypatch.setattr(reading, "_Counted", lambda *args: seen.append(counted(*args)) or seen[-1])
    table = reading.read(name, ["x"], [], sheet=None, format_=None, no_header=False, decimal=None)
    assert len(table.frame) == 1000
    (stream,) = seen
    assert stream._bar.n == Path(name).stat().st_size


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_over_columns_shows_on_a_terminal_alone(monkeypatch):
    assert reading.progress([1, 2], "fitting") == [1, 2]
    monkeypatch.setattr("sys.stderr", Terminal())
    assert list(reading.progress([1, 2], "fitting")) == [1, 2]
    assert reading.progress([1], "fitting") == [1]
    assert type(reading.progress([1, 2], "fitting")).__name__ == "tqdm"


@pytest.mark.skipif(os.name != "posix", reason="pipes and signals of POSIX")
def test_a_closed_pipe_is_quiet(here):
    command = f"{sys.executable} -m mlestat sigma two.csv | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=120, check=False, env=HOME)
    assert len(done.stdout) == 1
    assert done.stderr == b""


@pytest.mark.skipif(os.name != "posix", reason="pipes and signals of POSIX")
def test_an_interrupt_is_quiet():
    command = [sys.executable, "-m", "mlestat", "fit", "-", "-f", "gamma"]
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, env=HOME, **streams) as process:
        assert process.stdin is not None
        process.stdin.write(b"1.5\n" * 100_000)  # more than a pipe holds: this returns once the command reads
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert stderr.strip() == b""
