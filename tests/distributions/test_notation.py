"""A model written as text: what it means, and what is refused. Nothing in the text is executed."""

from __future__ import annotations

import math

import pytest

import mlestat as mle
from mlestat.distributions.notation import LONGEST, written
from mlestat.errors import ParameterError, UnknownNameError

MEANS = {
    "gamma": mle.Gamma(),
    "  Student-T ": mle.StudentT(),
    "gamma()": mle.Gamma(),
    "gamma(shape=2)": mle.Gamma(shape=2),
    "gamma(2, scale=free)": mle.Gamma(shape=2),
    "normal(mu=normal(0, 10))": mle.Normal(mu=mle.Normal(0, 10)),
    "truncated(gamma, lower=1)": mle.Truncated(mle.Gamma(), lower=1),
    "Truncated(Gamma(), -inf, 2.5)": mle.Truncated(mle.Gamma(), upper=2.5),
    "shifted(log-normal, by=-1)": mle.Shifted(mle.LogNormal(), by=-1),
    "zero-inflated(poisson)": mle.ZeroInflated(mle.Poisson()),
    "limited_failure(truncated(weibull, upper=9))": mle.LimitedFailure(mle.Truncated(mle.Weibull(), upper=9)),
    "mixture(normal, gamma)": mle.Mixture([mle.Normal(), mle.Gamma()]),
    "mixture([normal] * 3)": mle.Mixture([mle.Normal()] * 3),
    "Mixture([Normal(mu=0), Normal()], weights=[0.3, 0.7])": mle.Mixture(
        [mle.Normal(mu=0), mle.Normal()], weights=[0.3, 0.7]
    ),
    "binomial(n=12)": mle.Binomial(n=12),
    "gamma.by-mean": mle.Gamma.by_mean(),
    "truncated(gamma.by_mean(mean=2), lower=1)": mle.Truncated(mle.Gamma.by_mean(mean=2), lower=1),
}


@pytest.mark.parametrize("text", MEANS)
def test_a_text_means_the_model_that_python_writes(text: str) -> None:
    assert written(text) == MEANS[text]


def test_fit_reads_the_same_text() -> None:
    x = [1.2, 2.0, 3.5, 2.5, 4.5, 2.2]
    by_text = mle.fit("truncated(gamma, lower=1)", x)
    assert by_text.params == mle.fit(mle.Truncated(mle.Gamma(), lower=1), x).params
    assert by_text.model.label == "Truncated(Gamma, lower=1)"


REFUSED = [
    ("gama", UnknownNameError, ["'gama'", "did you mean 'Gamma'?"]),
    ("trunc(gamma)", UnknownNameError, ["'trunc'", "'Truncated'"]),
    ("truncated(gama)", UnknownNameError, ["'gama'", "'Gamma'"]),
    ("truncated(gamma, low=1)", UnknownNameError, ["Truncated", "'low'", "did you mean 'lower'?"]),
    ("truncated(gamma.by_meen)", UnknownNameError, ["'gamma.by_meen'", "'Gamma.by_mean'"]),
    ("gamma(shap=2)", UnknownNameError, ["Gamma", "'shap'", "'shape'"]),
    ("truncated", ParameterError, ["Truncated wraps a distribution", "Truncated(gamma)"]),
    ("truncated(3)", ParameterError, ["Truncated wraps a distribution"]),
    ("mixture", ParameterError, ["Mixture needs its components"]),
    ("mixture(normal)", ParameterError, ["at least two"]),
    ("mixture(normal, normal, weights=0.3)", ParameterError, ["weights", "list", "0.3"]),
    ("mixture([normal] * 1000)", ParameterError, ["'[normal] * 1000' cannot stand"]),
    ("gamma(shape=-1)", ParameterError, ["shape", "> 0", "-1"]),
    ("gamma(1, 2, 3)", ParameterError, ["shape, scale", "3 values"]),
    ("gamma(2, shape=3)", ParameterError, ["shape twice"]),
    ("gamma(shape=True)", ParameterError, ["'True' cannot stand"]),
    ("gamma(shape='a')", ParameterError, ["cannot stand"]),
    ("gamma(**x)", ParameterError, ["cannot stand"]),
    ("gamma(*[1, 2])", ParameterError, ["cannot stand"]),
    ("gamma(", ParameterError, ["no model", "never closed"]),
    ("[gamma]", ParameterError, ["a value"]),
    ("__import__('os').system('true')", ParameterError, ["cannot stand"]),
    ("(lambda: 1)()", ParameterError, ["cannot stand"]),
    ("gamma(shape=" + "(" * 300 + "1" + ")" * 300 + ")", ParameterError, ["no model", "nested"]),
    ("gamma(shape=" + "1" * LONGEST + ")", ParameterError, ["longer than"]),
    ("gamma(shape=1\0)", ParameterError, ["no model", "null"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "error", "words"), REFUSED, ids=[text[:40] for text, _, _ in REFUSED])
def test_all_else_is_refused_in_one_sentence(text: str, error: type[Exception], words: list[str]) -> None:
    with pytest.raises(error) as caught:
        written(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400
    for word in words:
        assert word in str(caught.value)


def test_infinity_is_a_number_of_a_bound_alone() -> None:
    assert written("truncated(normal, lower=-inf, upper=inf)").upper == math.inf
    with pytest.raises(ParameterError, match="finite"):
        written("normal(mu=inf)")
