"""What must hold on average: E[score] = 0, E[-hessian] = fisher, the density sums to one, the moments."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from cases import CASES, CONTINUOUS, EPS, IRREGULAR, Case
from mpmath import mp
from oracles import QUADRATURE_DIGITS, as_floats, exact, expect, fisher

INFORMATION = 1e-10
"""fisher() against the exact expectation, relative to the product of the two standard deviations of the score."""

AVERAGE = 1e-9
"""Averages of the library's own score and Hessian by its own quantiles, relative to the average absolute value."""

MOMENT = 1e-13


def tanh_sinh(nodes: int = 400, reach: float = 5.2) -> tuple[np.ndarray, np.ndarray]:
    """Nodes u in (0, ½) and weights of the double exponential rule (Takahasi and Mori 1974), for ∫ over (0, ½)."""
    t = np.linspace(-reach, reach, nodes)
    s = np.pi / 2 * np.sinh(t)
    with np.errstate(over="ignore"):
        u = 0.5 / (1.0 + np.exp(-2.0 * s))
        w = 0.25 * np.pi / 2 * np.cosh(t) / np.cosh(s) ** 2 * (t[1] - t[0])
    keep = (u > 1e-250) & (w > 0)
    return u[keep], w[keep]


def average(case: Case, g: Callable[[np.ndarray], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """E[g(X)] and E|g(X)|: an exact sum over the counts, or an integral over the quantiles from both ends."""
    d = case.distribution
    if case.oracle.discrete:
        x, width = some_counts(
            max(float(d.ppf(1e-30)) - 1, d.support.lower), min(float(d.isf(1e-30)) + 1, d.support.upper)
        )
        w = d.pdf(x) * width
    else:
        u, half = tanh_sinh()
        low, high = 2 * case.corner, 2 * (1 - case.corner)  # both parts end at a corner, if there is one
        x, w = np.concatenate([d.ppf(low * u), d.isf(high * u)]), np.concatenate([low * half, high * half])
        inside = np.isfinite(x) & d.support.contains(x)
        x, w = x[inside], w[inside]
    values = g(x)
    w = w.reshape(-1, *([1] * (values.ndim - 1)))
    return (w * values).sum(axis=0), (w * np.abs(values)).sum(axis=0)


LONG = 1 << 20
"""Counts that are summed one by one; a longer sum goes on in blocks of 1e-5 of their distance from 0."""


def some_counts(low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """Counts from low to high, or the middles of blocks of them, and how many each stands for."""
    x = np.arange(low, min(high, low + LONG) + 1)
    if x[-1] >= high:
        return x, np.ones(x.size)
    edges = np.rint(np.geomspace(x[-1] + 1, high, int(1e5 * math.log(high / x[-1])) + 1))
    half = 0.5 * np.diff(edges)
    middles = (edges[:-1] + np.floor(half - 0.5), edges[:-1] + np.ceil(half - 0.5))  # both, so that none is off centre
    return np.concatenate([x, *middles]), np.concatenate([np.ones(x.size), half, half])


def allowed(case: Case) -> float:
    """AVERAGE, and what rounding the quantiles costs where they lie close together far from 0."""
    low, high = case.distribution.ppf(np.array([0.25, 0.75]))
    if case.oracle.discrete:
        return AVERAGE
    return AVERAGE + 4 * EPS * max(abs(low), abs(high)) / (high - low)


SAMPLED = [name for name, case in CASES.items() if case.samples]
"""Not the rows where most of the mass lies under the smallest double: their quantiles are no doubles."""


@pytest.mark.parametrize("name", SAMPLED)
def test_the_score_is_zero_on_average(name: str) -> None:
    edges = CASES[name].distribution.edges
    free = [j for j in CASES[name].oracle.estimated if CASES[name].oracle.parameters[j] not in edges]
    if not free:
        return
    mean, size = average(CASES[name], lambda x: CASES[name].distribution.score(x)[:, free])
    assert np.all(np.abs(mean) <= allowed(CASES[name]) * size), mean / size


@pytest.mark.parametrize(
    "name", [name for name in SAMPLED if CASES[name].orders == 2 and CASES[name].family not in IRREGULAR]
)
def test_minus_the_hessian_is_the_information_on_average(name: str) -> None:
    case = CASES[name]
    free = np.ix_(case.oracle.estimated, case.oracle.estimated)
    mean, size = average(case, lambda x: case.distribution.hessian(x)[:, *free])
    np.testing.assert_array_less(np.abs(-mean - case.distribution.fisher()[free]), allowed(case) * size + 1e-300)


def test_the_laplace_information_is_that_of_the_score() -> None:
    """In mu the Hessian is 0 except at the kink, so the information is E[score²] alone."""
    case = CASES["Laplace(1, 2)"]
    mean, _ = average(case, lambda x: case.distribution.score(x)[:, :, None] * case.distribution.score(x)[:, None, :])
    np.testing.assert_allclose(case.distribution.fisher(), mean, rtol=AVERAGE, atol=AVERAGE)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.orders == 2])
def test_expected_information(name: str) -> None:
    case = CASES[name]
    got = case.distribution.fisher()
    want = fisher(case.family, case.theta)
    k = len(case.theta)
    assert got.shape == (k, k)
    got = got[np.ix_(case.oracle.estimated, case.oracle.estimated)]
    spread = case.oracle.moments(*exact(case.theta))[1]
    for i in range(len(got)):
        for j in range(len(got)):
            if want[i, j] == mp.inf:
                assert got[i, j] == math.inf
                continue
            # beside an infinite one, in units of one over the variance
            unit = mp.sqrt(mp.fprod(1 / spread if want[n, n] == mp.inf else want[n, n] for n in (i, j)))
            error = float(abs(got[i, j] - want[i, j]) / unit)
            assert error <= INFORMATION, (
                f"information[{i}, {j}] of {name}: got {got[i, j]!r}, exact {mp.nstr(want[i, j], 17)}"
            )


@pytest.mark.parametrize("name", CASES)
def test_moments(name: str) -> None:
    case = CASES[name]
    with mp.workdps(60):
        theta = exact(case.theta)
        exact_moments = as_floats(
            [m if abs(m) < 1e308 or not mp.isfinite(m) else mp.inf for m in case.oracle.moments(*theta)]
        )
    for label, got, want in zip(
        ("mean", "variance", "skewness", "kurtosis"), case.distribution.moments(), exact_moments, strict=True
    ):
        if math.isnan(want):
            assert math.isnan(got), (label, got)
        elif want == 0.0 or abs(want) < 1e-300:
            assert abs(got) <= 1e-300, (label, got)
        else:
            assert got == want or abs(got - want) <= MOMENT * abs(want) * condition(case, label), (label, got, want)


def condition(case: Case, label: str) -> float:
    """How much a moment may lose: exp(4σ²) of a lognormal moves by 8σ² of a relative change of σ."""
    if case.family == "LogNormal":
        sigma = case.theta[1]
        return 4 + abs(case.theta[0]) * 2 + 10 * sigma**2
    if case.family == "Weibull" and label in ("variance", "skewness", "kurtosis"):
        return 100.0
    return 10.0


@pytest.mark.parametrize(
    "family", ["Normal", "LogNormal", "Exponential", "Laplace", "Gamma", "Weibull", "NegativeBinomial", "Poisson"]
)
def test_the_oracle_moments_are_expectations(family: str) -> None:
    """The formulas that judge the moments are themselves judged by integrals of the density."""
    case = next(c for c in CASES.values() if c.family == family and c.theta[0] not in (0.0, 1.0))
    with mp.workdps(QUADRATURE_DIGITS):
        theta = exact(case.theta)
        mean, variance, skewness, kurtosis = case.oracle.moments(*theta)
        assert abs(expect(case.oracle, theta, lambda x: 1) - 1) < 1e-14
        assert abs(expect(case.oracle, theta, lambda x: x) / mean - 1) < 1e-12
        sd = mp.sqrt(variance)
        for power, want in ((2, 1), (3, skewness), (4, kurtosis)):
            assert abs(expect(case.oracle, theta, lambda x, p=power: ((x - mean) / sd) ** p) - want) < 1e-10 * (
                1 + abs(want)
            )


@pytest.mark.parametrize("name", CONTINUOUS)
def test_the_oracle_density_integrates_to_one(name: str) -> None:
    case = CASES[name]
    assert abs(expect(case.oracle, exact(case.theta), lambda x: 1) - 1) < 1e-13
