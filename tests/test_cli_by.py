"""Grouped fits at the command line: the table, JSON, exit codes, and keys that cannot be."""

from __future__ import annotations

import pytest
from command_line import assert_one_sentence, run, strict_json

import mlestat as mle

ROWS = """plane,year,hours,dead
a,1,3,1
a,1,5,1
a,2,7,0
a,2,18,1
b,1,9,1
b,1,14,1
b,2,30,1
c,1,2,1
c,1,2,1
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "hours.csv"
    path.write_text(ROWS)
    return path


def test_a_table_with_the_reason_of_each_failure(table):
    done = run("fit", table, "--column", "hours", "-f", "weibull", "--by", "plane")
    assert done.exit_code == 3
    assert "3 groups: 2 interior, 1 unbounded" in done.stdout
    assert "c: no finite maximum: all 2 values equal 2" in done.stdout
    line = next(text for text in done.stdout.splitlines() if text.startswith("a "))
    fit = mle.fit(mle.Weibull(), [3.0, 5.0, 7.0, 18.0])
    assert f"{fit.params['shape']:.6g}" in line
    assert f"{fit.se['scale']:.6g}" in line


def test_several_keys_censoring_and_json(table):
    done = run(
        "fit",
        table,
        "--column",
        "hours",
        "--event",
        "dead",
        "-f",
        "exponential",
        "--by",
        "plane",
        "--by",
        "year",
        "--json",
    )
    assert done.exit_code == 0
    fit = strict_json(done.stdout)["fits"][0]
    assert fit["by"] == ["plane", "year"]
    groups = {tuple(g["group"]): g for g in fit["groups"]}
    assert groups["a", 2]["parameters"]["scale"] == pytest.approx(25.0)  # 7 + 18 hours, one event
    assert groups["b", 1]["status"] == "interior"


def test_what_groups_cannot_be(table, tmp_path):
    for options, words in (
        (("--by", "plan"), ("no column 'plan'", "did you mean 'plane'")),
        (("--by", "plane", "--plot", tmp_path / "x.png"), ("--plot draws one fit",)),
    ):
        done = run("fit", table, "--column", "hours", "-f", "weibull", *options)
        assert done.exit_code == 2
        assert_one_sentence(done.stderr, words)
    blank = tmp_path / "blank.csv"
    blank.write_text("g,x\na,1\n,2\nb,3\n")
    done = run("fit", blank, "--column", "x", "-f", "exponential", "--by", "g")
    assert done.exit_code == 2
    assert_one_sentence(done.stderr, ("keys are missing", "line 3"))
