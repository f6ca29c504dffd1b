"""The objective on the link scale, away from its maximum: value, gradient and Hessian against mpmath.

At a maximum the chain rule's second term vanishes, so no fit would notice if it were wrong; here it is seen.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from cases import FAMILIES, FREE_NAMES, IRREGULAR, ORDINARY, model, ordinary
from mpmath import mp, mpf
from oracles import ORACLES, exact

import mlestat as mle
from mlestat.distributions.parameters import roles
from mlestat.likelihood import Objective
from mlestat.links import Identity, Log, Logit
from mlestat.sample import Sample
from mlestat.solvers.choose import choose_source
from mlestat.sources.array import Rows, Statistics

DERIVATIVES = 1e-10
"""Relative to the largest entry."""

UNBOUNDED = {
    family: tuple(
        n
        for n, role in roles(mle.distributions.FAMILIES[family]).items()
        if n in FREE_NAMES[family] and role.link == Identity()
    )
    for family in FAMILIES
}
"""Parameters on the identity link."""

LOGIT: tuple[Any, Any] = (
    lambda e: 1 / (1 + mp.exp(-e)),
    lambda e: -mp.log(1 + mp.exp(e)) - mp.log(1 + mp.exp(-e)),
)

LINKS: dict[str, tuple[Any, Any]] = {
    "p": LOGIT,
    "Beta.by_mean mean": LOGIT,
    "exponent": (lambda e: 1 + mp.exp(e), lambda e: e),
}
"""Inverse and log-derivative of the other links; every other parameter is positive and on the log link."""


def on_the_link_scale(family: str, x: list[float], *, prior: tuple[float, float] | None, jacobian: bool) -> object:
    """The objective as a function of η, by mpmath; the prior is a lognormal on the last parameter."""
    o = ORACLES[family]
    known = exact([v for v, name in zip(ORDINARY[family], o.parameters, strict=True) if name in o.known])
    positive = (mp.exp, lambda e: e)
    links = [LINKS.get(f"{family} {name}", LINKS.get(name, positive)) for name in FREE_NAMES[family]]

    def objective(*eta: object) -> object:
        pairs = zip(FREE_NAMES[family], links, eta, strict=True)
        theta = [*known, *(e if name in UNBOUNDED[family] else inverse(e) for name, (inverse, _), e in pairs)]
        value = mp.fsum(o.logpdf(v, *theta) for v in exact(x))
        if prior is not None:
            value += ORACLES["LogNormal"].logpdf(theta[-1], *exact(prior))
        if jacobian:
            pairs = zip(FREE_NAMES[family], links, eta, strict=True)
            value += mp.fsum(slope(e) for name, (_, slope), e in pairs if name not in UNBOUNDED[family])
        return value

    return objective


@pytest.mark.parametrize("jacobian", [False, True], ids=["plain", "jacobian"])
@pytest.mark.parametrize("prior", [None, (0.3, 1.2)], ids=["free", "prior"])
@pytest.mark.parametrize("family", [f for f in FAMILIES if f not in IRREGULAR])
def test_value_gradient_and_hessian(family: str, prior: tuple[float, float] | None, jacobian: bool) -> None:
    x = ordinary(family).sample(3, 12)
    names = ORACLES[family].parameters
    asked = model(family, **({} if prior is None else {names[-1]: mle.LogNormal(*prior)}))
    point = {n: v * 1.3 for n, v in zip(names, ORDINARY[family], strict=True)}
    objective = Objective(asked, choose_source(asked, Rows(Sample(x), 1)), jacobian)
    eta = objective.eta(point)
    got = objective(eta)
    with mp.workdps(40):
        f = on_the_link_scale(family, x.tolist(), prior=prior, jacobian=jacobian)
        at = tuple(mpf(float(e)) for e in eta)
        k = len(at)
        value = f(*at)
        gradient = np.array([float(mp.diff(f, at, unit(k, j))) for j in range(k)])
        hessian = np.array([[float(mp.diff(f, at, unit(k, i, j))) for j in range(k)] for i in range(k)])
    assert abs(got.value - value) <= 1e-12 * abs(value)
    np.testing.assert_allclose(got.gradient, gradient, rtol=DERIVATIVES, atol=DERIVATIVES * np.abs(gradient).max())
    np.testing.assert_allclose(got.hessian, hessian, rtol=DERIVATIVES, atol=DERIVATIVES * np.abs(hessian).max())


def unit(k: int, *which: int) -> tuple[int, ...]:
    return tuple(which.count(i) for i in range(k))


@pytest.mark.parametrize(
    ("link", "inverse", "points"),
    [
        (Identity(), lambda e: e, (-3.0, 0.0, 2.5)),
        (Log(), mp.exp, (1e-300, 0.2, 1.0, 7.0, 1e300)),
        (Logit(), lambda e: 1 / (1 + mp.exp(-e)), (1e-12, 0.1, 0.5, 0.93)),
    ],
    ids=["identity", "log", "logit"],
)
def test_links(link: object, inverse: object, points: tuple[float, ...]) -> None:
    """Both directions and all derivatives of each link, those of its log-Jacobian included."""
    for theta in points:
        eta = float(link.forward(theta))
        assert float(link.inverse(eta)) == pytest.approx(theta, rel=1e-12)
        with mp.workdps(60):
            at = mpf(eta)
            first, second, third = (mp.diff(inverse, at, n) for n in (1, 2, 3))
            slopes = (mp.log(first), second / first, third / first - (second / first) ** 2)
        rel = {"rel": 1e-12, "abs": 0.0}
        assert float(link.derivative(float(inverse(at)))) == pytest.approx(float(first), **rel)
        assert float(link.second_derivative(float(inverse(at)))) == pytest.approx(
            float(second), rel=1e-11, abs=1e-15 * float(first)
        )
        got = link.log_jacobian_derivatives(float(inverse(at)))
        assert [float(v) for v in got] == pytest.approx([float(v) for v in slopes], rel=1e-11, abs=1e-13)


@pytest.mark.parametrize("family", [f for f in ORDINARY if mle.distributions.FAMILIES[f].sufficient])
@pytest.mark.parametrize("mean", [0.3, 2.0, 40.0])
def test_statistics_at_any_member_give_the_terms_of_every_other(family: str, mean: float) -> None:
    """Sufficient statistics may be taken far from the data's mean: the translation must be exact, not only at 0."""
    member = ordinary(family)
    rows = Rows(mle.Sample(member.sample(3, 500)))
    at = member._reference(mean)
    translated = Statistics(rows.mean_terms(at), at, rows.n).mean_terms(member)
    np.testing.assert_allclose(translated, rows.mean_terms(member), rtol=1e-10, atol=1e-11)
