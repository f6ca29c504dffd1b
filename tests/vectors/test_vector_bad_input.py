"""Every bad input to the families of rows: one error of the right kind, one sentence: what, value, place, remedy."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

import mlestat as mle
from mlestat.errors import ColumnError, DataError, InputError, MlestatError, ParameterError, SupportError


@dataclass(frozen=True)
class Bad:
    """A call, the error it must raise, and words that the sentence must hold (regular expressions, any case)."""

    call: Callable[[], Any]
    error: type[MlestatError]
    words: tuple[str, ...]


X = [[1.0, 2.0], [3.0, 2.5], [2.0, 5.0], [0.5, 1.0]]
MVN = mle.MultivariateNormal


def fit(model: Any, data: Any, **options: Any) -> Callable[[], Any]:
    return lambda: mle.fit(model, data, **options)


def make(family: Any, *values: Any, **named: Any) -> Callable[[], Any]:
    return lambda: family(*values, **named)


BAD: dict[str, Bad] = {
    # -- parameters of a normal
    "cov not square": Bad(make(MVN, [0, 0], [[1, 0]]), ParameterError, ("cov", "square", r"\(1, 2\)")),
    "cov a number": Bad(make(MVN, [0, 0], 1.0), ParameterError, ("cov", "square", r"\(\)")),
    "cov not symmetric": Bad(
        make(MVN, [0, 0], [[1, 0.5], [0.4, 1]]),
        ParameterError,
        ("cov", "symmetric", r"cov\[0,1\] = 0.5", "0.4", "equal"),
    ),
    "cov indefinite": Bad(
        make(MVN, [0, 0], [[1, 2], [2, 1]]), ParameterError, ("cov", "positive definite", "eigenvalue is -1")
    ),
    "cov singular": Bad(make(MVN, [0, 0], [[1, 1], [1, 1]]), ParameterError, ("positive definite",)),
    "negative variance": Bad(make(MVN, [0, 0], [[1, 0], [0, -2]]), ParameterError, (r"cov\[1,1\]", "> 0", "-2")),
    "cov nan": Bad(make(MVN, [0, 0], [[1, math.nan], [math.nan, 1]]), ParameterError, ("finite", r"cov\[0,1\]")),
    "mean infinite": Bad(make(MVN, [0, math.inf], np.eye(2)), ParameterError, ("mean", "finite", r"mean\[1\]")),
    "mean a number": Bad(make(MVN, 0.0, np.eye(2)), ParameterError, ("mean", "vector", r"\(\)")),
    "sizes differ": Bad(
        make(MVN, [0, 0, 0], np.eye(2)), ParameterError, ("mean has 3", "cov has 2", "one size")
    ),
    "text": Bad(make(MVN, ["a", "b"]), ParameterError, ("mean", "real numbers", "a")),
    "ragged": Bad(make(MVN, cov=[[1], [0, 1]]), ParameterError, ("cov", "matrix")),
    "a prior": Bad(make(MVN, mean=mle.Normal(0, 1)), ParameterError, ("mean", "prior", "not supported")),
    # -- parameters of the others
    "probabilities add to more": Bad(
        make(mle.Categorical, [0.5, 0.6]), ParameterError, ("p must add to 1", r"1\.1", "divide")
    ),
    "a negative probability": Bad(
        make(mle.Multinomial, 5, [1.5, -0.5]), ParameterError, ("p must be between 0 and 1", r"p\[0\]", r"1\.5")
    ),
    "a probability nan": Bad(make(mle.Categorical, [0.5, math.nan]), ParameterError, ("finite", r"p\[1\]")),
    "concentration zero": Bad(make(mle.Dirichlet, [1.0, 0.0]), ParameterError, ("alpha", "> 0", r"alpha\[1\]")),
    "one concentration": Bad(make(mle.Dirichlet, [1.0]), ParameterError, ("alpha", "at least 2")),
    "half a trial": Bad(make(mle.Multinomial, 2.5, [0.5, 0.5]), ParameterError, ("n must be", r"2\.5")),
    "labels and probabilities": Bad(
        make(mle.Categorical, [0.5, 0.5], ["a"]), ParameterError, ("2 probabilities for 1 categories",)
    ),
    "a label twice": Bad(make(mle.Categorical, categories=["a", "a"]), ParameterError, ("categories", "different")),
    "a word for categories": Bad(make(mle.Categorical, categories="ab"), ParameterError, ("categories", "sequence")),
    # -- shapes of the data
    "one dimension for a normal": Bad(
        fit(MVN(), [1.0, 2.0]), DataError, ("MultivariateNormal", r"\(n, d\)", r"\(2,\)", "Normal")
    ),
    "one dimension for shares": Bad(fit(mle.Dirichlet(), [0.5, 0.5]), DataError, ("Dirichlet", r"\(n, d\)")),
    "a number": Bad(fit(MVN(), 3.0), DataError, (r"shape \(\)",)),
    "three dimensions": Bad(fit(MVN(), np.ones((2, 2, 2))), DataError, (r"\(2, 2, 2\)",)),
    "no rows": Bad(fit(MVN(), np.empty((0, 3))), DataError, ("empty", r"\(0, 3\)")),
    "no columns": Bad(fit(MVN(), np.empty((3, 0))), DataError, ("empty", r"\(3, 0\)")),
    "a table without columns": Bad(fit(MVN(), pd.DataFrame(index=[1, 2])), DataError, ("no columns",)),
    "ragged rows": Bad(fit(MVN(), [[1.0], [1.0, 2.0]]), DataError, ("rows of equal length",)),
    "a word": Bad(fit(MVN(), "abc"), DataError, ("rows of numbers", "str")),
    "another size": Bad(fit(MVN(mean=[0, 0, 0]), X), DataError, ("3 dimensions", "2 columns")),
    "another number of shares": Bad(
        fit(mle.Dirichlet([1, 2, 3]), [[0.5, 0.5]]), DataError, ("3 concentrations", "2 columns")
    ),
    "another number of counts": Bad(
        fit(mle.Multinomial(p=[0.2, 0.3, 0.5]), [[1, 2]]), DataError, ("3 categories", "2 columns")
    ),
    "a single share": Bad(fit(mle.Dirichlet(), [[1.0], [1.0]]), DataError, ("two shares", "Beta")),
    "a single count": Bad(fit(mle.Multinomial(), [[1], [2]]), DataError, ("two categories", "Binomial")),
    "a table with text": Bad(fit(MVN(), pd.DataFrame({"a": [1.0], "b": ["x"]})), DataError, ("'b'", "'x'")),
    "text among rows": Bad(fit(MVN(), [[1.0, "x"], [2.0, 3.0]]), DataError, ("column 1", "'x'", "index 0")),
    "complex": Bad(fit(MVN(), [[1.0, 2j], [1.0, 1.0]]), DataError, ("complex",)),
    "a column twice": Bad(
        fit(MVN(), pd.DataFrame(X, columns=["a", "a"])), ColumnError, ("'a'",)
    ),
    # -- values
    "nan": Bad(fit(MVN(), [*X, [1.0, math.nan]]), DataError, ("1 of 5 rows", "index 4", "column 1", "nan", "drop")),
    "infinity": Bad(fit(MVN(), [[math.inf, 1.0], *X]), DataError, ("index 0", "column 0", "inf")),
    "infinity beside nan": Bad(
        fit(MVN(), [[math.inf, 1.0], [math.nan, 1.0], *X], missing="drop"), DataError, ("1 of 5", "inf")
    ),
    "all rows missing": Bad(fit(MVN(), [[math.nan, 1.0]], missing="drop"), DataError, ("all 1 rows", "missing")),
    "a column beyond squares": Bad(
        fit(MVN(), np.array(X) * 1e200), DataError, ("column 0", r"9\.6e\+199", "variance", "divide")
    ),
    "rows off the simplex": Bad(
        fit(mle.Dirichlet(), [[0.5, 0.5], [0.2, 0.7], [0.5, 0.6]]),
        SupportError,
        ("2 of 3 rows", "add to 1", "index 1", r"sum is 0\.9", "divide"),
    ),
    "a share of zero": Bad(
        fit(mle.Dirichlet(), [[0.5, 0.5], [0.0, 1.0]]),
        SupportError,
        ("1 of 2 rows", "index 1", "column 0", r"0\.0", "detection limit", "Multinomial"),
    ),
    "a negative share": Bad(
        fit(mle.Dirichlet(), pd.DataFrame({"u": [0.5, 1.2], "v": [0.5, -0.2]})), SupportError, ("index 1, v", r"-0\.2")
    ),
    "a count and a half": Bad(
        fit(mle.Multinomial(), [[1, 2], [1.5, 0.5]]), SupportError, ("1 of 2 rows", "index 1", r"1\.5", "counts")
    ),
    "a negative count": Bad(fit(mle.Multinomial(), [[1, -2]]), SupportError, ("index 0", "column 1", "-2")),
    "counts that do not add to n": Bad(
        fit(mle.Multinomial(n=10), [[4, 6], [5, 4]]), SupportError, ("1 of 2 rows", "index 1", "9 in place of 10")
    ),
    "trials of another length": Bad(
        fit(mle.Multinomial(n=[10, 9, 3]), [[4, 6], [5, 4]]), DataError, ("n has shape", r"\(3,\)", "2 rows")
    ),
    "no trial": Bad(fit(mle.Multinomial(), [[0, 0], [0, 0]]), DataError, ("no trial", "2 rows")),
    "seen, but of probability 0": Bad(
        fit(mle.Categorical([1.0, 0.0], ["a", "b"]), ["a", "b"]), SupportError, ("category b", "probability is 0")
    ),
    "counted, but of probability 0": Bad(
        fit(mle.Multinomial(3, [1.0, 0.0]), [[2, 1]]), SupportError, ("category 1", "probability is 0")
    ),
    "a column below squares": Bad(
        fit(MVN(), np.array(X) * 1e-200), DataError, ("column 0", r"9\.6e-201", "variance", "divide")
    ),
    # -- labels
    "an unknown label": Bad(
        fit(mle.Categorical(categories=["a", "b"]), ["a", "c", "c"]),
        SupportError,
        ("2 of 3", "index 1", ": c", "add it"),
    ),
    "an unknown place": Bad(fit(mle.Categorical([0.5, 0.5]), [0, 1, 2]), SupportError, ("index 2", "categories")),
    "a missing label": Bad(fit(mle.Categorical(), ["a", None, "b"]), DataError, ("1 of 3", "index 1", "drop")),
    "a missing number": Bad(fit(mle.Categorical(), [1.0, math.nan]), DataError, ("1 of 2", "index 1")),
    "no labels": Bad(fit(mle.Categorical(), []), DataError, ("at least one", r"\(0,\)")),
    "labels in rows": Bad(fit(mle.Categorical(), [["a", "b"]]), DataError, ("one dimension", "Multinomial")),
    "a word of labels": Bad(fit(mle.Categorical(), "abc"), DataError, ("labels", "sequence")),
    "a table of labels": Bad(
        fit(mle.Categorical(), pd.DataFrame({"a": ["x"], "b": ["y"]})), DataError, ("one column", "table of 2")
    ),
    "censored labels": Bad(
        fit(mle.Categorical(), mle.Sample([1.0, 2.0], right_censored=[0, 1])), DataError, ("censored",)
    ),
    # -- weights and options
    "weights of another length": Bad(fit(MVN(), X, weights=[1, 1]), DataError, ("weights", r"\(4,\)", r"\(2,\)")),
    "negative weights": Bad(fit(MVN(), X, weights=[1, -1, 1, 1]), DataError, ("negative", "index 1")),
    "two kinds of weights": Bad(
        fit(MVN(), X, weights=[1, 1, 1, 1], probability_weights=[1, 1, 1, 1]), DataError, ("not both",)
    ),
    "weights of labels": Bad(fit(mle.Categorical(), ["a", "b"], weights=[1]), DataError, ("weights",)),
    "an unknown covariance": Bad(fit(MVN(), X, covariance="robust"), InputError, ("robust", "sandwich")),
    "observed information of a survey": Bad(
        fit(MVN(), X, probability_weights=[1, 2, 1, 1], covariance="observed"), InputError, ("probability weights",)
    ),
    "a jacobian": Bad(fit(MVN(), X, jacobian=True), InputError, ("jacobian", "MultivariateNormal")),
    "an unknown way with missing": Bad(fit(MVN(), X, missing="impute"), InputError, ("impute", "drop")),
    # -- mixtures
    "mixed with single numbers": Bad(
        make(mle.Mixture, [MVN(), mle.Normal()]), ParameterError, ("MultivariateNormal components", "Normal")
    ),
    "mixed shares": Bad(
        make(mle.Mixture, [mle.Dirichlet(), mle.Dirichlet()]), ParameterError, ("MultivariateNormal", "Dirichlet")
    ),
    "a single component": Bad(make(mle.Mixture, [MVN()]), ParameterError, ("two or more", "one")),
    "components of two sizes": Bad(
        make(mle.Mixture, [MVN(mean=[0, 0]), MVN(mean=[0, 0, 0])]), ParameterError, (r"\[2, 3\] dimensions",)
    ),
    "shares of components": Bad(
        make(mle.Mixture, [MVN(), MVN()], weights=[0.5, 0.6]), ParameterError, ("weights", "add to 1")
    ),
    "columns of a mixture": Bad(
        fit(mle.Mixture([MVN(mean=[0, 0, 0]), MVN()]), X), DataError, ("3 dimensions", "2 columns")
    ),
    "expected information of a mixture": Bad(
        fit(mle.Mixture([MVN(), MVN()]), X, covariance="expected"), InputError, ("expected", "observed")
    ),
    # -- what is for single numbers alone
    "a wrapper": Bad(make(mle.Truncated, MVN()), ParameterError, ("Truncated", "Gamma")),
    "a prior of rows": Bad(make(mle.Normal, mu=mle.Dirichlet([1, 2])), ParameterError, ("mu", "number")),
    "a sigma report": Bad(
        lambda: mle.sigma_report(mle.fit(MVN(), X)), InputError, ("sigma_report", "MultivariateNormal", "interval")
    ),
    "a plot": Bad(lambda: mle.fit(MVN(), X).plot(), InputError, ("plot", "MultivariateNormal", "column")),
}  # fmt: skip


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
    assert issubclass(bad.error, ValueError)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
