"""The survey: 96 families of scipy × 8 samples, everything free, never below the truth nor below scipy's own answer.

scipy's answers are stored (tests/reference/make_scipy_survey.py). One sample of each family runs with `-m slow`, all of
them with `-m survey`, by `from_scipy`; those that the library has itself are fitted by its own family as well.
"""

from __future__ import annotations

import json
import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from data import REFERENCE
from survey import LEFT_OUT, OWN, SEEDS, SHAPES, loglik, sample, truth

import mlestat as mle

CLOSE = 1e-8
"""How far below, relative to its size, a log-likelihood may lie (the promise)."""

ITSELF = 1e-9
"""Relative agreement of our log-likelihood with scipy's at our parameters."""


@cache
def answers() -> dict[str, list[dict[str, Any]]]:
    """What scipy's fit answered, by family and seed."""
    return dict(json.loads((REFERENCE / "scipy_survey.json").read_text(encoding="utf-8"))["answers"])


def check(fit: mle.Fit, name: str, seed: int) -> None:
    """Compare with the truth and with scipy's answer; a likelihood without bound is said to be infinite."""
    x = sample(name, seed)
    for rival in (truth(name), answers()[name][seed].get("parameters")):
        if rival is not None:
            height = loglik(name, x, tuple(rival))
            assert fit.loglik >= height - CLOSE * abs(height), (name, seed, fit.verdict.sentence)
    if math.isinf(fit.loglik):
        assert fit.verdict.kind == "unbounded"
        assert "is unbounded as" in fit.verdict.sentence


def check_by_scipy(name: str, seed: int) -> None:
    x = sample(name, seed)
    fit = mle.fit(mle.from_scipy(name), x, strict=False)
    check(fit, name, seed)
    if fit.verdict.finite:
        itself = loglik(name, x, tuple(fit.params.values()))
        assert fit.loglik == pytest.approx(itself, rel=ITSELF), (name, seed)
    assert "derivatives are numerical" in fit.verdict.sentence


def test_the_stored_answers_belong_to_the_samples() -> None:
    """Another stream of random numbers would make the comparison one with nothing."""
    assert set(answers()) == set(SHAPES)
    assert not set(LEFT_OUT) & set(SHAPES)
    for name, stored in answers().items():
        for seed, answer in zip(SEEDS, stored, strict=True):
            height = loglik(name, sample(name, seed), tuple(answer["parameters"]))
            assert height == pytest.approx(answer["loglik"], rel=1e-9), (name, seed)


def test_scipy_itself_is_often_below_the_truth() -> None:
    """The survey can fail: scipy's own answers do, on a fifth of the samples."""
    below = 0
    for name, stored in answers().items():
        for seed, answer in zip(SEEDS, stored, strict=True):
            height = loglik(name, sample(name, seed), truth(name))
            below += answer["loglik"] < height - CLOSE * abs(height)
    assert below == 152


QUICK = ("norm", "expon", "weibull_min", "uniform", "laplace", "truncexpon")
"""Of each kind one: interior, edge, threshold, two edges, corner, an end that moves with a shape."""


@pytest.mark.parametrize("name", QUICK)
def test_some_families(name: str) -> None:
    check_by_scipy(name, 0)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "seed"), [(n, i % 8) for i, n in enumerate(SHAPES)])
def test_one_sample_of_each_family(name: str, seed: int) -> None:
    check_by_scipy(name, seed)


@pytest.mark.survey
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", SHAPES)
def test_every_sample_of_each_family(name: str, seed: int) -> None:
    check_by_scipy(name, seed)


@pytest.mark.slow
@pytest.mark.parametrize("name", OWN)
def test_our_own_families(name: str) -> None:
    """Location and scale free here as well: by Shifted, where the family itself has no location."""
    for seed in SEEDS:
        check(mle.fit(OWN[name](), sample(name, seed), strict=False), name, seed)


@pytest.mark.peers
@pytest.mark.parametrize(
    "name", ["expon", "weibull_min", "gamma", "lognorm", "norm", "gumbel_r", "gumbel_l", "logistic"]
)
def test_never_below_surpyval(name: str) -> None:
    """SurPyval's maximum likelihood fits, with its offset as the threshold."""
    surpyval = pytest.importorskip("surpyval", reason="install the extra 'peers'")
    family, offset = {
        "expon": ("Exponential", True), "weibull_min": ("Weibull", True), "gamma": ("Gamma", True),
        "lognorm": ("LogNormal", True), "norm": ("Normal", False), "gumbel_r": ("GumbelLEV", False),
        "gumbel_l": ("Gumbel", False), "logistic": ("Logistic", False),
    }[name]  # fmt: skip
    for seed in SEEDS[:2]:
        x = sample(name, seed)
        if not hasattr(surpyval, family):
            pytest.skip(f"this SurPyval has no {family}")
        with np.errstate(all="ignore"):
            theirs = -float(getattr(surpyval, family).fit(x, offset=offset).neg_ll())
        ours = mle.fit(mle.from_scipy(name), x, strict=False).loglik
        if math.isfinite(theirs):
            assert ours >= theirs - CLOSE * abs(theirs), (name, seed)
