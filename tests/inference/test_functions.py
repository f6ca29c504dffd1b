"""Functions of the parameters: delta against formulas, profile against a profiled parameter, ranges respected."""

from __future__ import annotations

import math

import numpy as np
import pytest

import mlestat as mle
from mlestat.errors import InputError, NoFiniteMLE
from mlestat.supports import Positive, UnitInterval

X = mle.Gamma(2.0, 3.0).sample(0, 254)


def test_a_parameter_is_a_function_of_itself() -> None:
    fit = mle.fit(mle.Gamma(), X)
    for name in fit.free:
        delta = fit.quantity(lambda d, n=name: d.params[n], support=Positive())
        assert delta.se == pytest.approx(fit.se[name], rel=1e-9)
        assert (delta.low, delta.high) == pytest.approx(tuple(fit.interval(name)), rel=1e-9)
        profile = fit.quantity(lambda d, n=name: d.params[n], method="profile")
        assert (profile.low, profile.high) == pytest.approx(tuple(fit.interval(name, method="profile")), rel=1e-7)


def test_an_exponential_by_hand() -> None:
    """Everything is a function of the scale s: its profile interval maps over, and delta is |g'(s)| se."""
    x = np.array([1.0, 2.0, 6.0, 0.5, 3.0])
    fit = mle.fit(mle.Exponential(), x)
    s, se = fit.params["scale"], fit.se["scale"]
    low, high = fit.interval("scale", method="profile")
    for got, g, slope in (
        (fit.quantile(0.9, method="profile"), lambda t: t * math.log(10.0), math.log(10.0)),
        (fit.exceedance(4.0, method="profile"), lambda t: math.exp(-4.0 / t), 4.0 / s**2 * math.exp(-4.0 / s)),
        (fit.mean(method="profile"), lambda t: t, 1.0),
        (fit.return_level(50.0, method="profile"), lambda t: t * math.log(50.0), math.log(50.0)),
    ):
        assert got.value == pytest.approx(g(s), rel=1e-12)
        assert got.se == pytest.approx(abs(slope) * se, rel=1e-7)
        assert (got.low, got.high) == pytest.approx((g(low), g(high)), rel=1e-7)
    assert fit.hazard(3.0).value == pytest.approx(1.0 / s)


def test_a_normal_quantile_by_the_delta_method() -> None:
    fit = mle.fit(mle.Normal(), X)
    z, n = 2.3263478740408408, X.size
    q = fit.quantile(0.99)
    assert q.value == pytest.approx(fit.params["mu"] + z * fit.params["sigma"], rel=1e-12)
    assert q.se == pytest.approx(fit.params["sigma"] * math.sqrt((1.0 + 0.5 * z * z) / n), rel=1e-7)


def test_probabilities_stay_probabilities_however_small() -> None:
    fit = mle.fit(mle.Gamma(), X)
    for x in (1e-6, 1.0, 60.0, 1e3):
        p = fit.exceedance(x)
        assert 0.0 <= p.low <= p.value <= p.high <= 1.0
        assert p.se > 0.0
    far = fit.exceedance(1e3)
    assert far.low < far.value < far.high


def test_arrays_are_pointwise() -> None:
    fit = mle.fit(mle.Weibull(), X)
    at = np.array([1.0, 5.0, 12.0])
    band = fit.quantity(lambda d: d.cdf(at), support=UnitInterval(), label="F")
    for i, x in enumerate(at):
        one = fit.quantity(lambda d, x=x: d.cdf(x), support=UnitInterval())
        assert (band.value[i], band.se[i], band.low[i], band.high[i]) == pytest.approx(
            (one.value, one.se, one.low, one.high), rel=1e-9
        )
    region = fit.quantity(lambda d: d.ppf([0.5, 0.9]), method="profile")
    assert region.low.shape == (2,)
    assert (region.low < region.value).all()
    assert (region.value < region.high).all()


@pytest.mark.parametrize("unit", [1e-200, 1e150])
def test_in_any_unit(unit: float) -> None:
    one, other = mle.fit(mle.Gamma(), X).quantile(0.9), mle.fit(mle.Gamma(), X * unit).quantile(0.9)
    assert (other.value, other.se, other.low, other.high) == pytest.approx(
        tuple(v * unit for v in (one.value, one.se, one.low, one.high)), rel=1e-6
    )


def test_what_has_no_interval() -> None:
    fit = mle.fit(mle.Gamma(), X)
    with pytest.raises(InputError, match="q must be between 0 and 1"):
        fit.quantile(1.0)
    with pytest.raises(InputError, match="did you mean 'profile'"):
        fit.quantile(0.5, method="profil")
    with pytest.raises(InputError, match="level"):
        fit.mean(level=95)
    with pytest.raises(InputError, match="period must be above 1"):
        fit.return_level(1.0)
    with pytest.raises(InputError, match="discrete Poisson jumps"):
        mle.fit(mle.Poisson(), [1, 2, 3]).quantile(0.5)
    with pytest.raises(InputError, match="has no standard error"):
        mle.fit(mle.Uniform(), X).mean()
    with pytest.raises(NoFiniteMLE):
        mle.fit(mle.StudentT(), np.linspace(-1.0, 1.0, 30), strict=False).mean()
