"""Censored, truncated, binned and weighted rows, and wrapped models, at the command line."""

from __future__ import annotations

import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command_line import assert_one_sentence, run, strict_json
from data import REFERENCE, named

import mlestat as mle
from mlestat.cli.rows import Parts

ESTIMATE = 1e-6
"""In standard errors of the stored results."""


def stored(name: str) -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "data" / f"{name}.csv")


def hard(case_id: str) -> pd.DataFrame:
    cases = pd.read_json(REFERENCE / "more_hard_cases.json").set_index("id")
    return pd.DataFrame(cases.loc[case_id, "data"])


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with tables of every kind of row, good and bad, as the working directory."""
    monkeypatch.chdir(tmp_path)
    channing, danish = stored("channing"), stored("danishuni")
    bins = hard("scipy20659-binned")
    tables = {
        "lung": stored("lung"),
        "salinity": stored("salinity"),
        "women": channing[channing["male"] == 0],
        "losses": danish[danish["loss"] > 5],
        "stays": stored("medpar_los"),
        "kicks": stored("horsekicks"),
        "saxony": stored("saxony"),
        "orob": stored("orob2"),
        "geyser": stored("faithful"),
        "circuits": hard("meeker-ic-lfp"),
        "waves": bins.assign(low=bins["mid"] - 0.25, high=bins["mid"] + 0.25),
        "scales": pd.DataFrame({"x": [2, 1, 3, 4], "w": [1.5, 2.0, 0.5, 4.0], "p": [2, -1, 1, 1], "zero": 0}),
        "trials": pd.DataFrame({"k": [1, 2, 0], "n": [3, 4, 0.5], "m": [3, 4, 2], "w": [1, 1, 0]}),
        "times": pd.DataFrame({"t": [3.0, 5, 8, 9], "d": [1, 0, 2, 1], "b": [True, False, True, True]}),
        "entries": pd.DataFrame({"t": [3.0, 5, 8], "e": [1, 6, 2], "x": [4, np.nan, 9], "w": [1, 0, 2]}),
    }
    for name, table in tables.items():
        table.to_csv(f"{name}.csv", index=False)
    text = {
        "ends.csv": "lo,hi\n1,2\n3,3\n5,4\n",
        "open.csv": "lo,hi\n1,2\n3,\n,4\n,\n5,5\n",
        "hist.csv": "from,to,n\n2,3,4\n,1,2\n1,2,7\n5,,1\n3,5,0\n",
        "over.csv": "from,to,n\n1,3,4\n2,4,1\n",
        "flat.csv": "from,to,n\n1,1,4\n2,4,1\n",
        "loss.csv": "from,to,n\n1,2,4\n2,4,-1\n",
        "below.csv": "from,to,n\n-4,-2,4\n2,4,1\n",
        "words.csv": "t,d\n1,true\n2,FALSE\n3,True\n",
        "gaps.csv": "t,d,w\n1,1,1\n2,,1\n,1,2\n4,0,\n5,1,1\n6,1,3\n",
        "dead.csv": "t,d\n1,dead\n2,alive\n",
        "never.csv": "t,d\n1,0\n2,0\n3,0\n",
        "half.csv": "lo,hi\n1,2\n2.2,2.8\n",
    }
    for name, content in text.items():
        Path(name).write_text(content, encoding="utf-8")
    return tmp_path


# The arguments of `mlestat fit`, and the stored result that they must give.
KNOWN = [
    ("lung.csv -c time --event event -f weibull", "cens-weibull-lung"),
    ("salinity.csv --low left --high right -f lognormal", "icens-lognormal-salinity"),
    ("women.csv -c exit --event event --entry entry -f weibull", "ltrc-weibull-channing-women"),
    ("losses.csv -c loss --entry 5 -f lognormal", "trunc-lognormal-danish-over5"),
    ("losses.csv -c loss -f 'truncated(lognormal, lower=5)'", "trunc-lognormal-danish-over5"),
    ("circuits.csv -c time --event event -w weight -f limited_failure(weibull)", "meeker-ic-lfp"),
    ("waves.csv --low low --high high --bins count -f shifted(weibull)", "scipy20659-binned"),
]


def stored_result(case_id):
    """Estimates and their standard errors, by our names of the parameters."""
    hard_ones = pd.read_json(REFERENCE / "more_hard_cases.json").set_index("id")
    if case_id not in hard_ones.index:
        case = named(case_id)
        return case["estimate"], case["se"]
    case = hard_ones.loc[case_id]
    return ({{"loc": "by"}.get(n, n): v for n, v in case[key].items()} for key in ("expected", "se_observed_info"))


@pytest.mark.parametrize(("line", "case_id"), KNOWN)
def test_stored_results(here, line, case_id):
    result = run("fit", *shlex.split(line), "--json")
    assert result.exit_code == 0, result.stderr
    (only,) = strict_json(result.stdout)["fits"]
    estimate, se = stored_result(case_id)
    for name, value in estimate.items():
        assert abs(only["parameters"][name]["estimate"] - value) <= ESTIMATE * se[name], name
        assert only["parameters"][name]["se"] == pytest.approx(se[name], rel=1e-6), name


# The arguments, and what Python writes for the same.
AS_IN_PYTHON = {
    "stays.csv -c los -f 'truncated(poisson, lower=1)'": lambda t: mle.fit(
        mle.Truncated(mle.Poisson(), lower=1), t["los"]
    ),
    "kicks.csv -c count -w freq -f zero-inflated(poisson)": lambda t: mle.fit(
        mle.ZeroInflated(mle.Poisson()), t["count"], weights=t["freq"]
    ),
    "geyser.csv -c waiting -f 'mixture([normal] * 2)'": lambda t: mle.fit(
        mle.Mixture([mle.Normal(), mle.Normal()]), t["waiting"]
    ),
    "geyser.csv -c waiting -f 'mixture(normal, normal)' --fix mu1=54": lambda t: mle.fit(
        mle.Mixture([mle.Normal(mu=54.0), mle.Normal()]), t["waiting"]
    ),
    "saxony.csv -c count -w freq -f beta_binomial --fix n=12": lambda t: mle.fit(
        mle.BetaBinomial(n=12), t["count"], weights=t["freq"]
    ),
    "orob.csv -c y -f binomial --fix n=n": lambda t: mle.fit(mle.Binomial(n=t["n"].to_numpy()), t["y"]),
    "lung.csv -c time --event event -f 'gamma(shape=normal(1, 0.1))'": lambda t: mle.fit(
        mle.Gamma(shape=mle.Normal(1, 0.1)), mle.Sample.events(t["time"], t["event"])
    ),
    "lung.csv -c time --event event --probability-weights age -f weibull": lambda t: mle.fit(
        mle.Weibull(), mle.Sample.events(t["time"], t["event"], probability_weights=t["age"])
    ),
    "scales.csv -c x --probability-weights w -f normal": lambda t: mle.fit(
        mle.Normal(), t["x"], probability_weights=t["w"]
    ),
    "times.csv -c t --event b --exit 30 -f exponential": lambda t: mle.fit(
        mle.Exponential(), mle.Sample.events(t["t"], t["b"], exit=30.0)
    ),
    "hist.csv --low from --high to --bins n -f poisson": lambda t: mle.fit(
        mle.Poisson(), mle.Sample.binned([-np.inf, 1, 2, 3, 5, np.inf], [2, 7, 4, 0, 1])
    ),
    "open.csv --low lo --high hi --drop-missing -f normal": lambda t: mle.fit(
        mle.Normal(), mle.Sample.intervals([1, 3, np.nan, 5], [2, np.nan, 4, 5])
    ),
    "words.csv -c t --event d -f exponential": lambda t: mle.fit(
        mle.Exponential(), mle.Sample.events([1, 2, 3], [1, 0, 1])
    ),
    "gaps.csv -c t --event d -w w --drop-missing -f exponential": lambda t: mle.fit(
        mle.Exponential(), mle.Sample.events([1, 5, 6], [1, 1, 1], weights=[1, 1, 3])
    ),
    "entries.csv -c t --exit x -f normal": lambda t: mle.fit(
        mle.Normal(), mle.Sample([3.0, 5, 8], exit=[4, np.nan, 9]), strict=False
    ),
    "trials.csv -c k --fix n=m -w w -f binomial": lambda t: mle.fit(mle.Binomial(n=[3, 4]), [1, 2]),
}


@pytest.mark.parametrize("line", AS_IN_PYTHON)
def test_the_same_as_in_python(here, line):
    words = shlex.split(line)
    result = run("fit", *words, "--json")
    (only,) = strict_json(result.stdout)["fits"]
    fit = AS_IN_PYTHON[line](pd.read_csv(words[0]))
    assert result.exit_code == (0 if fit.verdict.finite else 3)
    assert only["loglik"] == pytest.approx(fit.loglik, rel=1e-13)
    assert only["family"] == fit.model.label
    assert only["covariance"] == fit.covariance
    assert only["n"] == pytest.approx(fit.n)
    for name in fit.free:
        assert only["parameters"][name]["estimate"] == pytest.approx(fit.params[name], rel=1e-10), name


def test_the_text_names_the_columns_and_the_kinds_of_rows(here):
    result = run("fit", "open.csv", "--low", "lo", "--high", "hi", "--drop-missing", "-f", "normal")
    assert result.exit_code == 0
    assert result.stdout.startswith("open.csv, columns lo, hi, n = 4, 1 rows with missing values left out\n")
    assert "Rows: 1 exact, 1 right-censored, 1 left-censored, 1 interval-censored" in result.stdout
    assert "(2 parameters" not in result.stdout
    as_json = run("fit", "open.csv", "--low", "lo", "--high", "hi", "--drop-missing", "-f", "normal", "--json")
    (only,) = strict_json(as_json.stdout)["fits"]
    assert only["rows_by_kind"] == {"exact": 1, "right-censored": 1, "left-censored": 1, "interval-censored": 1}
    assert only["weights"] is None
    assert only["dropped"] == 1
    assert only["column"] == "lo, hi"


def test_a_wrapped_model_reads_well(here):
    line = "losses.csv -c loss -f 'truncated(lognormal, lower=5)'"
    text = run("fit", *shlex.split(line)).stdout
    assert "Truncated(LogNormal, lower=5)" in text
    (only,) = strict_json(run("fit", *shlex.split(line), "--json").stdout)["fits"]
    assert only["family"] == "Truncated(LogNormal, lower=5)"
    assert list(only["parameters"]) == ["mu", "sigma"]


def test_several_columns_share_their_parts(here):
    result = run("fit", "lung.csv", "-c", "time", "-c", "age", "--event", "event", "-f", "weibull", "--json")
    assert [fit["column"] for fit in strict_json(result.stdout)["fits"]] == ["time", "age"]


def test_without_a_column_the_one_that_has_no_part_is_taken(here):
    assert run("fit", "words.csv", "--event", "d", "-f", "exponential").exit_code == 0


@pytest.mark.parametrize("kind", ["event", "ends", "bins", "wrapped"])
def test_incomplete_rows_can_be_drawn(here, kind):
    line = {
        "event": "lung.csv -c time --event event -f weibull",
        "ends": "salinity.csv --low left --high right -f lognormal",
        "bins": "waves.csv --low low --high high --bins count -f gamma",
        "wrapped": "kicks.csv -c count -w freq -f zero-inflated(poisson)",
    }[kind]
    assert run("fit", *line.split(), "--plot", "p.png").exit_code == 0
    assert Path("p.png").read_bytes().startswith(b"\x89PNG")


# -- what does not ---------------------------------------------------------------------------------------

# The arguments, and words that the one sentence must hold. The exit code is 2.
BAD = [
    # options that exclude or need each other
    ("lung.csv -c time --low time --high age -f weibull", ["--column", "--low", "exclude"]),
    ("lung.csv --event event --low time --high age -f weibull", ["--event", "--low", "exclude"]),
    ("salinity.csv --low left -f weibull", ["--low needs --high"]),
    ("salinity.csv --high right -f weibull", ["--high needs --low"]),
    ("hist.csv -c from --bins n -f normal", ["--bins needs --low and --high"]),
    ("hist.csv --low from --high to --bins n -w n -f normal", ["--bins", "--weights", "exclude"]),
    ("hist.csv --low from --high to --bins n --probability-weights n -f normal", ["--probability-weights", "exclude"]),
    ("scales.csv -c x -w w --probability-weights p -f normal", ["--weights", "--probability-weights", "exclude"]),
    ("scales.csv -c x --event x -f normal", ["'x'", "both values and event"]),
    ("orob.csv -c y --fix n=y -f binomial", ["'y'", "both values and n"]),
    ("salinity.csv --low left --high left -f normal", ["'left'", "both low and high"]),
    ("scales.csv -c x --probability-weights w -f normal --covariance observed", ["probability weights", "sandwich"]),
    # columns that are not there
    ("lung.csv -c time --event evnt -f weibull", ["lung.csv", "'evnt'", "did you mean 'event'?"]),
    ("lung.csv -c time --entry agee -f weibull", ["'agee'", "did you mean 'age'?"]),
    ("salinity.csv --low left --high rigth -f weibull", ["'rigth'", "did you mean 'right'?"]),
    ("hist.csv --low from --high to --bins m -f normal", ["'m'", "no column"]),
    ("orob.csv -c y -f binomial --fix n=m", ["'m'", "no column"]),
    ("lung.csv --event event -f weibull", ["3 columns of numbers", "--column"]),
    # values that cannot be
    ("times.csv -c t --event d -f weibull", ["1 of 4", "'d'", "neither 1", "0 (right-censored)", "2 at line 4"]),
    ("dead.csv -c t --event d -f weibull", ["'d'", "not numeric", "'dead' at line 2"]),
    ("gaps.csv -c t --event d -f weibull", ["'t'", "missing", "line 4", "--drop-missing"]),
    ("ends.csv --low lo --high hi -f normal", ["1 of 3", "'lo' and 'hi' of ends.csv", "low > high", "line 4"]),
    ("open.csv --low lo --high hi -f normal", ["1 of 5", "neither end", "line 5", "--drop-missing"]),
    ("scales.csv -c x --probability-weights p -f normal", ["weights in column 'p'", "negative", "-1 at line 3"]),
    ("scales.csv -c x -w zero -f normal", ["weights", "all 4"]),
    ("loss.csv --low from --high to --bins n -f normal", ["counts in column 'n'", "negative", "-1 at line 3"]),
    ("over.csv --low from --high to --bins n -f normal", ["from 1 to 3", "line 2", "overlaps", "--weights"]),
    ("flat.csv --low from --high to --bins n -f normal", ["from 1 to 1", "line 2", "no width"]),
    # truncation that excludes the row
    ("entries.csv -c t --entry e -f normal", ["1 of 3", "entry", "line 3", "entries.csv"]),
    ("entries.csv -c t --entry 4 -f normal", ["1 of 3", "entry", "line 2"]),
    ("entries.csv -c t --exit 5 -f normal", ["1 of 3", "exit", "line 4"]),
    ("entries.csv -c t --entry 5 --exit 2 -f normal", ["entry >= exit", "line 2"]),
    ("losses.csv -c loss -f 'truncated(lognormal, lower=6)'", ["outside the support of Truncated", "x >= 6", "line"]),
    ("losses.csv -c loss -f 'truncated(lognormal, upper=0)'", ["leaves nothing", "correct the bounds"]),
    ("losses.csv -c loss -f 'truncated(lognormal, lower=7, upper=6)'", ["lower < upper"]),
    # the family cannot take the row
    ("half.csv --low lo --high hi -f poisson", ["Poisson", "'lo' and 'hi'", "line 3"]),
    ("below.csv --low from --high to --bins n -f gamma", ["Gamma", "line 2", "from -4 to -2"]),
    ("losses.csv -c loss -f poisson", ["Poisson", "losses.csv", "line 2"]),
    ("trials.csv -c k -f binomial", ["n of Binomial is known", "not given"]),
    ("trials.csv -c k -f binomial --fix n=n", ["n must be", "0.5", "line 4"]),
    ("trials.csv -c k -f binomial --fix n=1", ["outside the support", "line 3"]),
    ("trials.csv -c k -f binomial(n=trials)", ["'trials'"]),
    # models
    ("losses.csv -c loss -f truncated", ["Truncated wraps a distribution"]),
    ("losses.csv -c loss -f 'truncated(lognormal, low=5)'", ["'low'", "did you mean 'lower'?"]),
    ("losses.csv -c loss -f 'trunkated(lognormal)'", ["'trunkated'", "did you mean 'Truncated'?"]),
    ("losses.csv -c loss -f 'zero_inflated(normal)'", ["x >= 0", "Normal"]),
    ("losses.csv -c loss -f shifted(lognormal) --fix bye=1", ["Shifted(LogNormal)", "'bye'", "did you mean 'by'?"]),
    ("losses.csv -c loss -f shifted(lognormal) --fix by=", ["--fix needs NAME=VALUE"]),
]  # fmt: skip


@pytest.mark.parametrize(("line", "words"), BAD, ids=[line for line, _ in BAD])
def test_bad_input_gives_one_sentence_and_exit_code_2(here, line, words):
    result = run("fit", *shlex.split(line))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert_one_sentence(result.stderr, words)


def test_a_sigma_report_takes_no_column_for_a_parameter(here):
    result = run("sigma", "orob.csv", "-c", "y", "-f", "binomial", "--fix", "n=n")
    assert result.exit_code == 2
    assert_one_sentence(result.stderr, ["--fix n needs a number", "'n'"])


def test_errors_of_a_sigma_report_name_the_line_although_rows_were_left_out(here):
    Path("dropped.csv").write_text("x,w\n1,1\n,1\n-3,0\n2,1\n-4,1\n", encoding="utf-8")
    result = run("sigma", "dropped.csv", "-c", "x", "-w", "w", "-f", "gamma", "--drop-missing")
    assert_one_sentence(result.stderr, ["1 of 3", "line 6", "-4"])


def test_rows_that_are_all_censored_have_no_maximum(here):
    result = run("fit", "never.csv", "-c", "t", "--event", "d", "-f", "exponential")
    assert result.exit_code == 3
    assert_one_sentence(result.stderr, ["column 't' of never.csv", "right-censored"])
    assert "column t" in result.stdout


ROOT = Path(__file__).resolve().parent.parent
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]
COMMANDS = sorted(
    {
        line
        for page in PAGES
        for line in page.read_text(encoding="utf-8").splitlines()
        if line.startswith("mlestat fit examples/")
    }
)


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_of_the_docs_runs(tmp_path, monkeypatch, line):
    monkeypatch.chdir(tmp_path)
    command, _, other = line.partition(" || ")
    words = [str(ROOT / w) if w.startswith("examples/") else w for w in shlex.split(command)[1:]]
    result = run(*words)
    assert result.exit_code == (3 if other else 0), result.stderr


def test_a_number_is_a_number_and_a_name_a_column():
    assert Parts(entry="65", exit="last").columns == ["last"]
    assert Parts(entry="1e3", by_row={"n": "trials"}).columns == ["trials"]
