"""A change of unit changes the answer by that unit and nothing else: ×1e-300, ×1e300, ×20000, and +1e6 with sd 1e-3."""

from __future__ import annotations

import math

import numpy as np
import pytest
from cases import ORDINARY, model, ordinary

import mlestat as mle
from mlestat.distributions.parameters import roles

AGREE = 1e-10
"""In standard errors, and relative for these."""

FACTORS = (1e-300, 1e-200, 2.0**-30, 20000.0, 1e150, 1e300)

SCALE_PARAMETERS = {
    name: scaling
    for name, family in mle.distributions.FAMILIES.items()
    if name in ORDINARY and (scaling := tuple(n for n, role in roles(family).items() if role.unit == "data"))
}
"""Families on which a change of unit acts by their parameters in units of the data."""

LOCATED = [
    n
    for n in SCALE_PARAMETERS
    if "mu" in roles(mle.distributions.FAMILIES[n])
    and any(r.is_location for r in roles(mle.distributions.FAMILIES[n]).values())
]
SYMMETRIC = ["Normal", "Laplace", "StudentT"]


def data(family: str, n: int = 200) -> np.ndarray:
    return np.asarray(ordinary(family).sample(77, n))


def uncertainty(fit: mle.Fit, name: str) -> float:
    """The standard error; of an end of the support its own size."""
    return abs(fit.params[name]) if name in fit.distribution.edges else fit.se[name]


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("family", SCALE_PARAMETERS)
def test_multiplied(family: str, factor: float) -> None:
    x = data(family)
    one = mle.fit(mle.distributions.FAMILIES[family](), x)
    other = mle.fit(mle.distributions.FAMILIES[family](), x * factor)
    assert other.verdict.kind == one.verdict.kind == ("boundary" if one.distribution.edges else "interior")
    for name in one.free:
        unit = factor if name in SCALE_PARAMETERS[family] else 1.0
        assert abs(other.params[name] / unit - one.params[name]) <= AGREE * uncertainty(one, name), name
        assert other.se[name] / unit == pytest.approx(one.se[name], rel=AGREE, nan_ok=True), name
    np.testing.assert_allclose(other.correlation, one.correlation, atol=AGREE)
    assert other.loglik == pytest.approx(one.loglik - x.size * math.log(factor), rel=1e-13, abs=1e-9)


@pytest.mark.parametrize("factor", FACTORS)
def test_a_lognormal_shifts(factor: float) -> None:
    x = data("LogNormal")
    one, other = mle.fit(mle.LogNormal(), x), mle.fit(mle.LogNormal(), x * factor)
    # a logarithm near 700 is rounded to 1e-13, which is what the estimate can promise
    assert abs(other.params["mu"] - math.log(factor) - one.params["mu"]) <= 4e-13
    assert other.params["sigma"] == pytest.approx(one.params["sigma"], rel=1e-12)
    assert other.se["sigma"] == pytest.approx(one.se["sigma"], rel=1e-12)
    assert other.loglik == pytest.approx(one.loglik - x.size * math.log(factor), rel=1e-12)


@pytest.mark.parametrize("factor", [1e-300, 1e300])
@pytest.mark.parametrize("family", SCALE_PARAMETERS)
def test_multiplied_with_a_parameter_held(family: str, factor: float) -> None:
    x = data(family)
    name = "mu" if "mu" in SCALE_PARAMETERS[family] else mle.distributions.FAMILIES[family].parameter_names()[0]
    value = dict(zip(mle.distributions.FAMILIES[family].parameter_names(), ORDINARY[family], strict=True))[name]
    unit = factor if name in SCALE_PARAMETERS[family] else 1.0
    one = mle.fit(mle.distributions.FAMILIES[family](**{name: value}), x)
    other = mle.fit(mle.distributions.FAMILIES[family](**{name: value * unit}), x * factor)
    for free in one.free:
        scale = factor if free in SCALE_PARAMETERS[family] else 1.0
        assert abs(other.params[free] / scale - one.params[free]) <= AGREE * uncertainty(one, free), free


@pytest.mark.parametrize("family", LOCATED)
def test_shifted_by_a_million_spreads(family: str) -> None:
    """x - 1e6 is exact, so both fits see the same numbers; the location can be no finer than a double near 1e6."""
    x = 1e6 + 1e-3 * (data(family) - ORDINARY[family][-2]) / ORDINARY[family][-1]
    near, far = mle.fit(mle.distributions.FAMILIES[family](), x - 1e6), mle.fit(mle.distributions.FAMILIES[family](), x)
    assert abs(far.params["mu"] - (1e6 + near.params["mu"])) <= np.spacing(1e6)
    for name in near.free:
        if name != "mu":
            assert abs(far.params[name] - near.params[name]) <= AGREE * near.se[name], name
        assert far.se[name] == pytest.approx(near.se[name], rel=AGREE), name
    assert far.loglik == pytest.approx(near.loglik, rel=1e-12)


@pytest.mark.parametrize("family", SYMMETRIC)
def test_mirrored(family: str) -> None:
    x = data(family)
    one, other = mle.fit(mle.distributions.FAMILIES[family](), x), mle.fit(mle.distributions.FAMILIES[family](), -x)
    for name in one.free:
        sign = -1.0 if name == "mu" else 1.0
        assert abs(sign * other.params[name] - one.params[name]) <= AGREE * one.se[name], name
    assert other.loglik == pytest.approx(one.loglik, rel=1e-13)


@pytest.mark.parametrize("factor", [1e-100, 1e-5, 1e6, 1e100])
def test_a_multiplied_weight_multiplies_the_information(factor: float) -> None:
    x = data("Gamma")
    one = mle.fit(mle.Gamma(), x, weights=np.ones(x.size))
    other = mle.fit(mle.Gamma(), x, weights=np.full(x.size, factor))
    for name in one.free:
        assert abs(other.params[name] - one.params[name]) <= AGREE * one.se[name]
        assert other.se[name] == pytest.approx(one.se[name] / math.sqrt(factor), rel=1e-9)
    assert other.loglik == pytest.approx(one.loglik * factor, rel=1e-12)


@pytest.mark.parametrize("family", ["LogNormal", "Weibull", "Exponential"])
def test_known_transformations(family: str) -> None:
    """exp of a normal is lognormal; a power of an exponential is Weibull: log-likelihoods go by the Jacobian."""
    x = data("Normal") if family == "LogNormal" else data("Weibull")
    if family == "LogNormal":
        inner, outer = mle.fit(mle.Normal(), x), mle.fit(mle.LogNormal(), np.exp(x))
        assert outer.params == pytest.approx(inner.params, rel=1e-12)
        assert outer.loglik == pytest.approx(inner.loglik - x.sum(), rel=1e-12)
        return
    one = mle.fit(mle.Weibull(), x)
    squared = mle.fit(mle.Weibull(), x**2)
    if family == "Weibull":
        assert squared.params["shape"] == pytest.approx(one.params["shape"] / 2, rel=1e-10)
        assert squared.params["scale"] == pytest.approx(one.params["scale"] ** 2, rel=1e-10)
        return
    powered = mle.fit(mle.Exponential(), x ** one.params["shape"])
    assert powered.params["scale"] == pytest.approx(one.params["scale"] ** one.params["shape"], rel=1e-10)


@pytest.mark.parametrize("weight", [1e-200, 1e-100, 0.1, 3.0, 1e20, 1e100, 1e200])
@pytest.mark.parametrize("family", [f for f in ORDINARY if not mle.distributions.FAMILIES[f].known])
def test_equal_weights_scale_the_errors_alone(family: str, weight: float) -> None:
    """However large or small: the estimate stays, the standard errors change by 1/√weight."""
    x = data(family)
    plain = mle.fit(model(family), x)
    weighted = mle.fit(model(family), x, weights=np.full(len(x), weight))
    for name in plain.free:
        assert abs(weighted.params[name] - plain.params[name]) <= 1e-7 * uncertainty(plain, name)
        assert weighted.se[name] * math.sqrt(weight) == pytest.approx(plain.se[name], rel=1e-6, nan_ok=True)
