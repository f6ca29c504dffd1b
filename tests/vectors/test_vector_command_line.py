"""`mlestat fit` for families of rows and of labels: columns together, weights, missing rows, options that fail."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command_line import assert_one_sentence, run, strict_json

import mlestat as mle


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a table as the working directory."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    x = rng.normal(size=(30, 2)) @ [[1.0, 0.4], [0.0, 2.0]] + np.repeat([[0.0, 0.0], [9.0, 0.0]], 15, axis=0)
    shares = rng.dirichlet([2.0, 3.0, 4.0], 30)
    table = pd.DataFrame(x, columns=["x", "y"])
    table[["u", "v", "w"]] = shares
    table[["one", "two"]] = rng.integers(1, 9, (30, 2))
    table["kind"] = rng.choice(["red", "blue", "green"], 30)
    table["count"] = rng.integers(1, 5, 30)
    table.to_csv("rows.csv", index=False)
    gaps = table.astype({"kind": object})
    gaps.loc[3, "y"], gaps.loc[5, "kind"], gaps.loc[7, "count"] = None, None, None
    gaps.to_csv("gaps.csv", index=False)
    return tmp_path


def content(*args: object) -> dict:
    result = run("fit", *args, "--json")
    assert result.exit_code == 0, result.stderr
    (only,) = strict_json(result.stdout)["fits"]
    return only


def test_columns_together(here: Path) -> None:
    got = content("rows.csv", "-f", "multivariate-normal", "-c", "x", "-c", "y")
    want = mle.fit(mle.MultivariateNormal(), pd.read_csv("rows.csv")[["x", "y"]])
    assert got["column"] == "x, y"
    assert got["free"] == list(want.free)
    assert got["loglik"] == pytest.approx(want.loglik, rel=1e-12)
    assert got["parameters"]["cov[x,y]"]["estimate"] == pytest.approx(want.params["cov"][0, 1], rel=1e-12)
    text = run("fit", "rows.csv", "-f", "mvn", "-c", "x", "-c", "y").stdout
    assert "columns x, y, n = 30" in text
    assert "cov[x,y]" in text


@pytest.mark.parametrize(
    ("family", "columns", "free"),
    [
        ("dirichlet", ("u", "v", "w"), "alpha[u]"),
        ("multinomial", ("one", "two"), "p[one]"),
        ("mixture(mvn, mvn)", ("x", "y"), "weight1"),
        ("mixture([multivariate_normal] * 2, weights=[0.5, 0.5])", ("x", "y"), "mean1[x]"),
        ("multivariate_normal(mean=[0, 0])", ("x", "y"), "cov[x,x]"),
        ("categorical", ("kind",), "p[blue]"),
    ],
)
def test_families_of_rows(here: Path, family: str, columns: tuple[str, ...], free: str) -> None:
    named = [word for name in columns for word in ("--column", name)]
    assert content("rows.csv", "-f", family, *named, "--weights", "count")["free"][0] == free


def test_missing_rows_and_survey_weights(here: Path) -> None:
    table = pd.read_csv("gaps.csv")
    for columns, model, data in (
        (("x", "y"), "mvn", table.dropna(subset=["y", "count"])[["x", "y", "count"]]),
        (("kind",), "categorical", table.dropna(subset=["kind", "count"])[["kind", "count"]]),
    ):
        named = [word for name in columns for word in ("-c", name)]
        got = content("gaps.csv", "-f", model, *named, "--probability-weights", "count", "--drop-missing")
        family = mle.MultivariateNormal() if model == "mvn" else mle.Categorical()
        values = data[list(columns)] if model == "mvn" else data["kind"]
        want = mle.fit(family, values, probability_weights=data["count"])
        assert got["covariance"] == "sandwich"
        assert got["dropped"] == 2
        assert got["loglik"] == pytest.approx(want.loglik, rel=1e-12)


FAULTS = {
    "missing number": (("gaps.csv", "-f", "mvn", "-c", "x", "-c", "y"), ("1 of 30", "'y'", "line 5", "--drop-missing")),
    "missing label": (("gaps.csv", "-f", "categorical", "-c", "kind"), ("'kind'", "line 7")),
    "missing weight": (("gaps.csv", "-f", "mvn", "-c", "x", "-w", "count"), ("'count'", "line 9")),
    "text": (("rows.csv", "-f", "mvn", "-c", "x", "-c", "kind"), ("'kind'", "not numeric")),
    "off the simplex": (("rows.csv", "-f", "dirichlet", "-c", "u", "-c", "v"), ("30 of 30 rows", "line 2", "add to 1")),
    "two columns of labels": (("rows.csv", "-f", "categorical", "-c", "kind", "-c", "x"), ("labels are one column",)),
    "labels unnamed": (("rows.csv", "-f", "categorical"), ("labels are one column, got 9", "--column")),
    "events": (("rows.csv", "-f", "mvn", "--event", "one"), ("--event", "MultivariateNormal")),
    "a plot": (("rows.csv", "-f", "mvn", "-c", "x", "-c", "y", "--plot", "p.png"), ("--plot", "MultivariateNormal")),
    "a vector held": (("rows.csv", "-f", "mvn", "--fix", "mean=1"), ("--fix", "mean=[0, 0]")),
    "a wrapper": (("rows.csv", "-f", "truncated(mvn, lower=1)", "-c", "x"), ("wraps a distribution",)),
}


@pytest.mark.parametrize("name", FAULTS)
def test_one_error_one_sentence(here: Path, name: str) -> None:
    args, words = FAULTS[name]
    result = run("fit", *args)
    assert result.exit_code == 2
    assert_one_sentence(result.stderr, words)


def test_a_sigma_report_is_for_single_numbers(here: Path) -> None:
    result = run("sigma", "rows.csv", "-f", "mvn", "-c", "x")
    assert result.exit_code == 2
    assert_one_sentence(result.stderr, ("sigma report", "MultivariateNormal", "mlestat fit"))


def test_no_finite_maximum(here: Path) -> None:
    pd.DataFrame({"a": [1.0, 2.0, 4.0], "b": [2.0, 4.0, 8.0]}).to_csv("plane.csv", index=False)
    result = run("fit", "plane.csv", "-f", "mvn")
    assert result.exit_code == 3
    assert "b is a linear function of a" in result.stderr
    assert "mean[a]" in result.stdout
