"""Every bad input, one row each: one error of the right kind, one sentence with what, value, place and remedy.

Files, columns and the command line have their own table beside their code.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import mlestat as mle
from mlestat.errors import (
    DataError,
    FreeParameterError,
    InputError,
    MlestatError,
    ParameterError,
    SupportError,
    UnknownNameError,
)


@dataclass(frozen=True)
class Bad:
    """A call, the error it must raise, and words that the sentence must hold (regular expressions, any case)."""

    call: Callable[[], Any]
    error: type[MlestatError]
    words: tuple[str, ...]


def fit(data: Any, model: Any = None, **options: Any) -> Callable[[], Any]:
    return lambda: mle.fit(mle.Normal() if model is None else model, data, **options)


GOOD = [1.0, 2.0, 4.0]

BAD: dict[str, Bad] = {
    # -- the data
    "empty list": Bad(fit([]), DataError, ("empty", "0 values", "at least one")),
    "empty array": Bad(fit(np.empty(0)), DataError, ("empty",)),
    "nan": Bad(fit([1.0, math.nan, 2.0]), DataError, ("1 of 3", "index 1", "nan", "missing='drop'|remove")),
    "several nan": Bad(fit([math.nan, 1.0, math.nan]), DataError, ("2 of 3", "index 0", "nan")),
    "all nan dropped": Bad(fit([math.nan, math.nan], missing="drop"), DataError, ("all 2", "missing")),
    "inf": Bad(fit([1.0, 2.0, math.inf]), DataError, ("1 of 3", "index 2", "inf", "remove")),
    "minus inf": Bad(fit([-math.inf, 2.0]), DataError, ("1 of 2", "index 0", "-inf", "remove")),
    "inf is not missing": Bad(fit([1.0, math.inf, math.nan], missing="drop"), DataError, ("index 1", "inf")),
    "text": Bad(fit(["1", "two"]), DataError, ("numbers", "'1'", "index 0", "convert")),
    "text among numbers": Bad(
        fit(np.array([1.0, "x", 2.0], dtype=object)), DataError, ("'x'", "index 1", "convert|remove")
    ),
    "one text": Bad(fit("1 2 3"), DataError, ("sequence of numbers", "1 2 3", "pass")),
    "none": Bad(fit(None), DataError, ("None|one dimension", "pass")),
    "dict": Bad(fit({"x": GOOD}), DataError, ("dict", "pass")),
    "complex": Bad(fit([1.0, 2j]), DataError, ("real", "complex", r"\.real")),
    "dates": Bad(fit(np.array(["2024-01-01"], dtype="datetime64[D]")), DataError, ("dates", "convert")),
    "three-dimensional": Bad(fit(np.ones((2, 3, 4))), DataError, ("one dimension", r"\(2, 3, 4\)", "ravel")),
    "a number": Bad(fit(3.0), DataError, ("one dimension", r"\(\)")),
    "ragged": Bad(fit([[1.0], [2.0, 3.0]]), DataError, ("array", "one number per row")),
    "unknown missing": Bad(fit(GOOD, missing="impute"), InputError, ("missing", "impute", "drop")),
    # -- the weights
    "negative weight": Bad(fit(GOOD, weights=[1, -2, 1]), DataError, ("1 of 3", "index 1", "-2", ">= 0")),
    "nan weight": Bad(fit(GOOD, weights=[1, 1, math.nan]), DataError, ("1 of 3", "index 2", "nan", "finite")),
    "infinite weight": Bad(fit(GOOD, weights=[math.inf, 1, 1]), DataError, ("index 0", "inf", "finite")),
    "all weights zero": Bad(fit(GOOD, weights=[0, 0, 0]), DataError, ("all 3", "0", "positive")),
    "too few weights": Bad(fit(GOOD, weights=[1, 1]), DataError, ("weights", r"\(3,\)", r"\(2,\)", "align")),
    "too many weights": Bad(fit(GOOD, weights=[1, 1, 1, 1]), DataError, ("weights", r"\(4,\)")),
    "scalar weight": Bad(fit(GOOD, weights=2.0), DataError, ("weights", "dimension")),
    "text weight": Bad(fit(GOOD, weights=["a", "b", "c"]), DataError, ("weights", "'a'", "index 0")),
    "complex weight": Bad(fit(GOOD, weights=[1j, 1, 1]), DataError, ("weights", "complex")),
    "weights twice": Bad(fit(mle.Sample(GOOD), weights=[1, 1, 1]), DataError, ("weights", "Sample")),
    # -- outside the support
    "gamma at zero": Bad(
        fit([1.0, 0.0, 2.0], mle.Gamma()), SupportError, ("1 of 3", "Gamma", "x > 0", "index 1", r"0\.0", "drop")
    ),
    "weibull below zero": Bad(
        fit([1.0, -3.5], mle.Weibull()), SupportError, ("1 of 2", "Weibull", "index 1", r"-3\.5", "drop")
    ),
    "lognormal below zero": Bad(
        fit([-1.0, -2.0], mle.LogNormal()), SupportError, ("2 of 2", "LogNormal", "index 0", "-1")
    ),
    "exponential below zero": Bad(
        fit([1.0, -1e-9], mle.Exponential()), SupportError, ("1 of 2", "Exponential", "index 1", "-1e-09")
    ),
    "fraction for poisson": Bad(
        fit([1, 2.5, 3], mle.Poisson()), SupportError, ("1 of 3", "Poisson", "index 1", r"2\.5")
    ),
    "negative count": Bad(
        fit([1, -2], mle.NegativeBinomial()), SupportError, ("1 of 2", "NegativeBinomial", "index 1", "-2")
    ),
    # -- parameters
    "scale below zero": Bad(lambda: mle.Gamma(2.0, -1.2), ParameterError, ("scale", "> 0", r"-1\.2")),
    "scale zero": Bad(lambda: mle.Exponential(0.0), ParameterError, ("scale", "> 0", r"0\.0")),
    "mu nan": Bad(lambda: mle.Normal(math.nan, 1.0), ParameterError, ("mu", "finite", "nan")),
    "sigma infinite": Bad(lambda: mle.Normal(0.0, math.inf), ParameterError, ("sigma", "inf")),
    "text parameter": Bad(lambda: mle.Normal("0", 1.0), ParameterError, ("mu", "number", "'0'", "free")),
    "one of an array": Bad(
        lambda: mle.Normal(sigma=np.array([1.0, -1.0])), ParameterError, ("sigma", "> 0", "index 1", r"-1\.0")
    ),
    "array of the wrong length": Bad(
        fit(GOOD, mle.Normal(sigma=np.ones(2))), DataError, ("sigma", r"\(2,\)", "3 rows")
    ),
    "free evaluated": Bad(lambda: mle.Gamma(2.0).logpdf([1.0]), FreeParameterError, ("Gamma", "scale", "free", "fit")),
    "all free evaluated": Bad(lambda: mle.Gamma().cdf([1.0]), FreeParameterError, ("shape", "scale")),
    "prior evaluated": Bad(lambda: mle.Normal(mle.Normal(0, 1), 1.0).sample(0), FreeParameterError, ("mu", "Normal")),
    "prior with something free": Bad(lambda: mle.Normal(mu=mle.Normal()), ParameterError, ("prior", "mu", "free")),
    "discrete prior": Bad(lambda: mle.Gamma(shape=mle.Poisson(3.0)), ParameterError, ("prior", "shape", "continuous")),
    # -- names and options
    "unknown family": Bad(lambda: mle.distributions.family("gama"), UnknownNameError, ("'gama'", "Gamma")),
    "unknown family, far from all": Bad(
        lambda: mle.distributions.family("zzz"), UnknownNameError, ("'zzz'", "Normal", "Weibull")
    ),
    "unknown family in fit": Bad(fit(GOOD, "weibul"), UnknownNameError, ("'weibul'", "Weibull")),
    "unknown covariance": Bad(fit(GOOD, covariance="robust"), InputError, ("covariance", "'robust'", "sandwich")),
    "model and data swapped": Bad(lambda: mle.fit(GOOD, mle.Normal()), InputError, ("model", "distribution", "second")),
    "no threads": Bad(fit(GOOD, threads=0), InputError, ("threads", "0", "at least 1")),
    "half a thread": Bad(fit(GOOD, threads=1.5), InputError, ("threads", r"1\.5")),
    "observed information of a laplace": Bad(
        fit(GOOD, mle.Laplace(), covariance="observed"), InputError, ("Laplace", "expected")
    ),
    # -- samples
    "censoring mask too short": Bad(
        lambda: mle.Sample(GOOD, right_censored=[1, 0]), DataError, ("right_censored", r"\(3,\)", r"\(2,\)")
    ),
    "censoring mask of numbers": Bad(
        lambda: mle.Sample(GOOD, right_censored=[1, 0, 2]), DataError, ("right_censored", "True or False")
    ),
    "censored on both sides": Bad(
        lambda: mle.Sample(GOOD, right_censored=[1, 0, 0], left_censored=[1, 0, 0]), DataError, ("both", "index 0")
    ),
    "entry after exit": Bad(lambda: mle.Sample(GOOD, entry=3.0, exit=2.0), DataError, ("entry", "exit", "index 0")),
    "value before entry": Bad(lambda: mle.Sample(GOOD, entry=1.5), DataError, ("entry", "1 of 3", "index 0")),
    "value after exit": Bad(lambda: mle.Sample(GOOD, exit=3.0), DataError, ("exit", "1 of 3", "index 2")),
    "interval the wrong way round": Bad(
        lambda: mle.Sample.intervals([2.0], [1.0]), DataError, ("low > high", "index 0")
    ),
    "interval open at both ends": Bad(
        lambda: mle.Sample.intervals([math.nan], [math.nan]), DataError, ("open", "index 0")
    ),
    "edges that do not increase": Bad(
        lambda: mle.Sample.binned([0, 1, 1], [2, 3]), DataError, ("edges", "increase", "1 after 1", "index 2")
    ),
    "an edge that is missing": Bad(
        lambda: mle.Sample.binned([0, math.nan, 1], [2, 3]), DataError, ("edges", "nan", "index 1")
    ),
    "counts that are not finite": Bad(
        lambda: mle.Sample.binned([0, 1, 2], [2, math.nan]), DataError, ("counts", "finite", "index 1")
    ),
    "no counts": Bad(lambda: mle.Sample.binned([0, 1, 2], [0, 0]), DataError, ("all 2 counts", "0")),
    "weights of bins": Bad(
        lambda: mle.Sample.binned([0, 1, 2], [2, 3], weights=[1, 1]), DataError, ("bins", "no weights", "counts")
    ),
    "upper ends below": Bad(
        lambda: mle.Sample([1.0, 2.0], high=[3.0, 1.5]), DataError, ("low > high", "1 of 2", "index 1")
    ),
    "a text as upper end": Bad(lambda: mle.Sample([1.0], high=["a"]), DataError, ("high", "'a'", "index 0")),
    "an infinite exact value": Bad(
        lambda: mle.Sample.intervals([math.inf, 1.0], [math.inf, 2.0]), DataError, ("open", "index 0", "inf")
    ),
    "entry of text": Bad(lambda: mle.Sample(GOOD, entry="soon"), DataError, ("entry", "soon")),
    "exit of dates": Bad(
        lambda: mle.Sample(GOOD, exit=np.array(["2024-01-01"] * 3, dtype="datetime64[D]")),
        DataError,
        ("exit", "dates", "convert"),
    ),
    "too few entries": Bad(lambda: mle.Sample(GOOD, entry=[0.0]), DataError, ("entry", r"\(3,\)", r"\(1,\)")),
    "an infinite entry": Bad(lambda: mle.Sample(GOOD, entry=math.inf), DataError, ("3 of 3", "entry")),
    "event of words": Bad(
        lambda: mle.Sample.events(GOOD, ["yes", "no", "no"]), DataError, ("event", "'yes'", "index 0")
    ),
    "event not known": Bad(
        lambda: mle.Sample.events(GOOD, [1, 0, math.nan]), DataError, ("event", "True or False", "nan", "index 2")
    ),
    "event of times": Bad(lambda: mle.Sample.events(GOOD, GOOD), DataError, ("event", "2.0", "index 1")),
    "too few events": Bad(lambda: mle.Sample.events(GOOD, [1, 0]), DataError, ("event", r"\(3,\)", r"\(2,\)")),
    "negative probability weight": Bad(
        fit(GOOD, probability_weights=[1, -2, 1]), DataError, ("1 of 3 probability_weights", "negative", "index 1")
    ),
    "truncation that excludes a value": Bad(
        fit([0.5, 2.0], mle.Truncated(mle.Gamma(), lower=1.0)), SupportError, ("1 of 2", "x >= 1", "index 0", r"0\.5")
    ),
    "truncation that excludes an interval": Bad(
        fit(mle.Sample.intervals([2.0, 6.0], [3.0, 7.0]), mle.Truncated(mle.Gamma(), upper=5.0)),
        SupportError,
        ("1 of 2", "x <= 5", "index 1", "6 to 7"),
    ),
    "truncation that excludes a censored row": Bad(
        fit(mle.Sample.events([2.0, 6.0], [1, 0]), mle.Truncated(mle.Gamma(), upper=5.0)), SupportError, ("index 1",)
    ),
    "bounds that cross": Bad(
        lambda: mle.Truncated(mle.Gamma(), lower=2.0, upper=1.0), ParameterError, ("lower < upper", "2 and 1", "swap")
    ),
    "bounds that leave an end": Bad(
        lambda: mle.Truncated(mle.Gamma(), upper=0.0), ParameterError, ("leaves nothing", "Gamma", "correct")
    ),
    "bounds that leave no whole number": Bad(
        lambda: mle.Truncated(mle.Poisson(), lower=1.2, upper=1.8), ParameterError, ("leaves nothing", "Poisson")
    ),
    "a fraction beside zeros": Bad(
        fit([0, 1.5, 2], mle.ZeroInflated(mle.Poisson())), SupportError, ("ZeroInflated", "index 1", r"1\.5")
    ),
    "a fraction among intervals of counts": Bad(
        fit(mle.Sample.intervals([1.5, 2.0], [1.5, 3.0]), mle.Poisson()), SupportError, ("Poisson", "index 0", r"1\.5")
    ),
    "a fraction among censored counts": Bad(
        fit(mle.Sample.events([1.5, 2.0], [1, 0]), mle.NegativeBinomial()), SupportError, ("index 0", r"1\.5")
    ),
    "a bin without a whole number": Bad(
        fit(mle.Sample.binned([0.2, 0.8, 3.0], [1, 2]), mle.Poisson()), SupportError, ("index 0", "0.2 to 0.8")
    ),
    "half a trial": Bad(lambda: mle.Binomial(n=2.5), ParameterError, ("n", r"2\.5")),
    "edges and counts": Bad(lambda: mle.Sample.binned([0, 1], [2, 3]), DataError, ("2 edges", "2 counts")),
    "negative counts": Bad(lambda: mle.Sample.binned([0, 1, 2], [2, -3]), DataError, ("counts", "negative", "-3")),
    "two kinds of weights": Bad(
        lambda: mle.Sample(GOOD, weights=[1, 1, 1], probability_weights=[1, 1, 1]), DataError, ("not both",)
    ),
    "interval below the support": Bad(
        lambda: mle.fit(mle.Gamma(), mle.Sample.intervals([1.0, -3.0], [2.0, -1.0])),
        SupportError,
        ("Gamma", "index 1"),
    ),
    "interval between whole numbers": Bad(
        lambda: mle.fit(mle.Poisson(), mle.Sample.intervals([1.0, 2.2], [2.0, 2.8])),
        SupportError,
        ("Poisson", "index 1"),
    ),
    "truncated to nothing": Bad(
        lambda: mle.fit(mle.Gamma(), mle.Sample.intervals([1.0, 2.0], [2.0, 3.0], entry=[0.0, 3.0])),
        DataError,
        ("index 1", "entry"),
    ),
    "count at its entry": Bad(
        lambda: mle.fit(mle.Poisson(), mle.Sample([0, 1, 2], entry=0.0)), SupportError, ("index 0", "truncated")
    ),
    "censored beyond the exit": Bad(
        lambda: mle.Sample([1.0, 4.0], right_censored=[0, 1], exit=4.0), DataError, ("exit", "index 1")
    ),
    "expected information of censored rows": Bad(
        fit(mle.Sample(GOOD, right_censored=[1, 0, 0]), mle.Normal(), covariance="expected"), InputError, ("complete",)
    ),
    "observed information of a survey": Bad(
        lambda: mle.fit(mle.Normal(), GOOD, probability_weights=[1, 2, 3], covariance="observed"),
        InputError,
        ("probability weights", "sandwich"),
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_one_error_one_sentence(name: str) -> None:
    bad = BAD[name]
    with pytest.raises(MlestatError) as caught:
        bad.call()
    sentence = str(caught.value)
    assert type(caught.value) is bad.error, sentence
    assert "\n" not in sentence
    assert 15 <= len(sentence) <= 300, sentence
    assert not sentence.endswith(".")
    assert "np.float64" not in sentence
    for word in bad.words:
        assert re.search(word, sentence, re.IGNORECASE), f"{word!r} is not in: {sentence}"


@pytest.mark.parametrize("name", BAD)
def test_input_errors_are_value_errors(name: str) -> None:
    """So that code which knows nothing of this library catches them."""
    assert issubclass(BAD[name].error, ValueError)


@pytest.mark.parametrize("name", BAD)
def test_an_error_has_no_hidden_cause(name: str) -> None:
    """No traceback of NumPy under ours: the cause is suppressed, the sentence tells it."""
    with pytest.raises(MlestatError) as caught:
        BAD[name].call()
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_rows_of_weight_zero_may_hold_anything() -> None:
    """Weight 0 = the row dropped, before its value is looked at."""
    fitted = mle.fit(mle.Gamma(), [1.0, math.nan, -5.0, 2.0, 4.0], weights=[1, 0, 0, 1, 1])
    assert fitted.params == pytest.approx(mle.fit(mle.Gamma(), [1.0, 2.0, 4.0]).params, rel=1e-13)
