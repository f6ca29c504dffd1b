"""Many fits at once: every group equal to its own fit, whatever the family, the key, the weights or the censoring."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from cases import FAMILIES, model, ordinary

import mlestat as mle
from mlestat.errors import DataError, InputError, UnknownNameError

EQUAL = 1e-10
"""Of estimates in standard errors, of standard errors and log-likelihoods relative. Both ways solve to rounding."""

EXACT = dict.fromkeys(FAMILIES, EQUAL) | {"StudentT": 1e-8, "Burr": 1e-8, "Lomax": 1e-8}
"""Where the information is nearly singular, rounding is as large as that."""

SIZES = (4, 40, 41, 40, 120)


def _groups(family: str, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Rows of five groups of different sizes, not in order."""
    rng = np.random.default_rng(seed)
    key = rng.permutation(np.repeat(np.arange(len(SIZES)), SIZES))
    return ordinary(family).sample(rng, key.size), key


def _assert_equal(grouped: mle.GroupedFit, name: Any, single: mle.Fit, tolerance: float = EQUAL) -> None:
    i = grouped.names.index(name)
    assert grouped.status[i] == single.verdict.kind, grouped.sentence(name)
    assert grouped.loglik[i] == pytest.approx(single.loglik, rel=tolerance, abs=tolerance)
    for p in single.free:
        se = single.se[p]
        if math.isfinite(se):
            assert abs(grouped.params[p][i] - single.params[p]) <= tolerance * se, (name, p)
            assert grouped.se[p][i] == pytest.approx(se, rel=max(tolerance, 1e-9)), (name, p)
        else:
            assert grouped.params[p][i] == pytest.approx(single.params[p], nan_ok=True), (name, p)
            assert math.isnan(grouped.se[p][i])


@pytest.mark.parametrize("family", FAMILIES)
def test_each_group_is_its_own_fit(family: str) -> None:
    x, key = _groups(family)
    asked = model(family)
    grouped = mle.fit(asked, x, by=key)
    assert grouped.names == list(range(len(SIZES)))
    assert grouped.n.tolist() == [float(n) for n in SIZES]
    for name in grouped.names:
        _assert_equal(grouped, name, mle.fit(asked, x[key == name], strict=False), EXACT[family])


@pytest.mark.parametrize(
    "family", ["Normal", "Gamma", "Weibull", "StudentT", "Poisson", "NegativeBinomial", "GumbelMax"]
)
@pytest.mark.parametrize("how", ["weights", "probability_weights"])
def test_weights(family: str, how: str) -> None:
    x, key = _groups(family)
    w = np.random.default_rng(1).integers(1, 5, x.size).astype(float)
    grouped = mle.fit(model(family), x, by=key, **{how: w})
    for name in grouped.names:
        at = key == name
        _assert_equal(grouped, name, mle.fit(model(family), x[at], strict=False, **{how: w[at]}), 1e-8)


@pytest.mark.parametrize("family", ["Normal", "Exponential", "Gamma", "Weibull", "LogLogistic", "Poisson"])
def test_censored_and_truncated_rows(family: str) -> None:
    x, key = _groups(family)
    rng = np.random.default_rng(2)
    x = np.abs(x) + 1.0
    censored = rng.random(x.size) < 0.3
    entry = np.where(rng.random(x.size) < 0.5, 0.5, math.nan)
    grouped = mle.fit(model(family), mle.Sample(x, right_censored=censored, entry=entry), by=key)
    for name in grouped.names:
        at = key == name
        rows = mle.Sample(x[at], right_censored=censored[at], entry=entry[at])
        _assert_equal(grouped, name, mle.fit(model(family), rows, strict=False), 1e-8)


def test_priors_and_held_parameters() -> None:
    x, key = _groups("Gamma")
    for asked in (
        mle.Gamma(shape=mle.LogNormal(0.5, 0.2)),
        mle.Gamma(shape=2.0),
        mle.Weibull(scale=mle.Gamma(3.0, 1.0)),
    ):
        grouped = mle.fit(asked, x, by=key)
        for name in grouped.names:
            _assert_equal(grouped, name, mle.fit(asked, x[key == name]), 1e-8)
    nothing_free = mle.fit(mle.Gamma(2.0, 3.0), x, by=key)
    assert nothing_free.loglik[1] == pytest.approx(mle.Gamma(2.0, 3.0).logpdf(x[key == 1]).sum())


def test_trials_that_go_by_row() -> None:
    rng = np.random.default_rng(3)
    key = rng.permutation(np.repeat(np.arange(4), 30))
    trials = rng.integers(3, 12, key.size)
    k = rng.binomial(trials, 0.3)
    grouped = mle.fit(mle.Binomial(n=trials), k, by=key)
    for name in grouped.names:
        at = key == name
        _assert_equal(grouped, name, mle.fit(mle.Binomial(n=trials[at]), k[at]))


def test_a_bad_group_sinks_no_other() -> None:
    x = np.array([1.0, 2.0, 4.0, -1.0, 2.0, 3.0, 5.0, 5.0, math.nan, 3.0, 1.5, 6.0])
    key = np.array(["a", "a", "a", "b", "b", "b", "c", "c", "d", "d", "a", "a"])
    grouped = mle.fit(mle.Gamma(), x, by=key)
    assert grouped.status.tolist() == ["interior", "error", "unbounded", "error"]
    assert "first at index 0: -1.0" in grouped.failed["b"]
    assert "5" in grouped.failed["c"]
    assert "not finite" in grouped.failed["d"]
    assert list(grouped.failed) == ["b", "c", "d"]
    _assert_equal(grouped, "a", mle.fit(mle.Gamma(), x[key == "a"]))
    with pytest.raises(DataError, match="outside the support"):
        _ = grouped["b"]


def test_missing_rows_are_left_out_and_an_empty_group_says_so() -> None:
    x = np.array([1.0, math.nan, 4.0, math.nan, 2.0])
    grouped = mle.fit(mle.Exponential(), x, by=["a", "a", "a", "b", "c"], missing="drop")
    assert grouped.n.tolist() == [2.0, 0.0, 1.0]
    assert grouped.params["scale"][0] == 2.5
    assert grouped.failed == {"b": "no row of this group is left"}


def test_limits_are_told_by_group() -> None:
    rng = np.random.default_rng(0)
    light, heavy = np.linspace(-1.0, 1.0, 41), rng.standard_t(3, 200)
    grouped = mle.fit(mle.StudentT(), np.concatenate([light, heavy]), by=np.repeat([0, 1], [41, 200]))
    assert grouped.status.tolist() == ["limit", "interior"]
    assert grouped.params["df"][0] == math.inf
    assert "Normal" in grouped.failed[0]
    assert grouped[0].verdict.kind == "limit"


def test_columns_of_a_table_are_groups() -> None:
    x = np.random.default_rng(4).gamma(2.0, 3.0, (50, 3))
    grouped = mle.fit(mle.Gamma(), x)
    assert grouped.names == [0, 1, 2]
    _assert_equal(grouped, 2, mle.fit(mle.Gamma(), x[:, 2]))
    x[3, 1] = math.nan
    assert mle.fit(mle.Gamma(), x).status.tolist() == ["interior", "error", "interior"]
    assert mle.fit(mle.Gamma(), x, missing="drop").n.tolist() == [50.0, 49.0, 50.0]


def test_columns_of_a_frame_have_their_names() -> None:
    import pandas as pd

    frame = pd.DataFrame({"u": [1.0, 2.0, 3.5], "v": [2.0, 2.5, 9.0]})
    assert mle.fit(mle.Exponential(), frame).names == ["u", "v"]


KEYS: dict[str, tuple[Any, list[Any]]] = {
    "text": (["b", "a", "b", "c"], ["a", "b", "c"]),
    "numbers": (np.array([7, -3, 7, 10**12]), [-3, 7, 10**12]),
    "floats": ([0.5, 0.25, 0.5, 1.0], [0.25, 0.5, 1.0]),
    "flags": ([True, False, True, False], [False, True]),
    "two": ([["x", "x", "y", "x"], [2, 1, 2, 2]], [("x", 1), ("x", 2), ("y", 2)]),
}


@pytest.mark.parametrize("case", KEYS)
def test_keys_of_any_kind(case: str) -> None:
    by, names = KEYS[case]
    grouped = mle.fit(mle.Exponential(), [1.0, 2.0, 3.0, 4.0], by=by)
    assert grouped.names == names
    assert sum(grouped.n) == 4.0
    assert len(grouped) == len(list(grouped)) == len(names)


def test_a_pandas_key() -> None:
    import pandas as pd

    key = pd.Series(pd.Categorical(["u", "v", "u"]))
    assert mle.fit(mle.Exponential(), [1.0, 2.0, 3.0], by=key).params["scale"].tolist() == [2.0, 2.0]


@pytest.mark.parametrize("groups", [1, 7, 70_000])
def test_order_does_not_matter(groups: int) -> None:
    rng = np.random.default_rng(groups)
    key = np.repeat(np.arange(groups), 3)
    x = rng.gamma(2.0, 1.0, key.size)
    mixed = rng.permutation(key.size)
    one, other = mle.fit(mle.Gamma(), x, by=key), mle.fit(mle.Gamma(), x[mixed], by=key[mixed])
    assert np.array_equal(one.status, other.status)
    good = one.status == "interior"
    assert np.allclose(one.params["shape"][good], other.params["shape"][good], rtol=1e-9)


def test_as_a_frame_and_as_json() -> None:
    grouped = mle.fit(mle.Gamma(), [1.0, 2.0, 6.0, 3.0, 3.0], by=["a", "a", "a", "b", "b"])
    frame = grouped.to_frame()
    assert list(frame.columns) == ["n", "shape", "shape_se", "scale", "scale_se", "loglik", "aic", "bic", "status"]
    assert frame.loc["a", "aic"] == pytest.approx(-2 * grouped.loglik[0] + 4)
    record = json.loads(grouped.to_json())["groups"][1]
    assert record["status"] == "unbounded"
    assert record["parameters"]["shape"] is None
    assert "3" in record["sentence"]
    two = mle.fit(mle.Exponential(), [1.0, 2.0], by=[["a", "b"], [1, 1]])
    assert two.to_frame().loc[("b", 1), "scale"] == 2.0


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "wrong length": ({"by": [1, 2]}, r"one key per row.*\(2,\).*4 rows"),
    "missing key": ({"by": ["a", None, "a", "b"]}, "1 of 4 keys are missing, first at index 1"),
    "nan key": ({"by": [1.0, math.nan, 1.0, 2.0]}, "keys are missing"),
    "jacobian": ({"by": [1, 1, 2, 2], "jacobian": True}, "jacobian"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_keys(case: str) -> None:
    options, sentence = BAD[case]
    with pytest.raises(InputError, match=sentence):
        mle.fit(mle.Gamma(), [1.0, 2.0, 3.0, 4.0], **options)


def test_columns_take_no_key() -> None:
    with pytest.raises(DataError, match="neither by nor weights"):
        mle.fit(mle.Gamma(), np.ones((3, 2)), by=[1, 2, 3])


def test_an_unknown_group_offers_the_nearest() -> None:
    grouped = mle.fit(mle.Exponential(), [1.0, 2.0], by=["north", "south"])
    with pytest.raises(UnknownNameError, match="did you mean 'north'"):
        _ = grouped["nort"]
