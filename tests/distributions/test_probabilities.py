"""Distribution functions and quantiles: against mpmath in both tails, and against each other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from cases import CASES, CONTINUOUS, EPS, IRREGULAR, OUTSIDE, Case
from families import ENTRIES
from mpmath import mp, mpf
from oracles import ORACLES, exact, probability

CENTRAL = 1e-12
"""Relative error of a probability above FAR; scipy.special's incomplete gamma and beta functions promise no more."""

FAR = 1e-10
TAIL = 1e-10
"""Relative error of a probability below FAR, down to 1e-300, and of its logarithm."""

INPUT_ULPS = 8
"""Probabilities move with the rounding of x and of the location by up to eps·|x|·pdf/P each."""

LARGEST = 1.7976931348623157e308
SMALLEST = 1e-300
Q = (1e-300, 1e-100, 1e-16, 1e-10, 0.01, 0.3, 0.5, 0.9)


def allowance(case: Case, x: float, p: mpf) -> float:
    """Relative error allowed to a probability p at x."""
    floor = TAIL if p < FAR else CENTRAL
    if case.oracle.discrete or x in (0.0, math.inf, -math.inf):
        return floor
    density = mp.exp(case.oracle.logpdf(*exact([x]), *exact(case.theta)))
    return floor + float(INPUT_ULPS * EPS * (abs(x) + abs(case.location)) * density / p)


def check(case: Case, x: float, got: float, got_log: float, *, upper: bool) -> None:
    exact_p = probability(case.family, x, case.theta, upper=upper)
    what = f"{'sf' if upper else 'cdf'} of {case.id} at {x!r}"
    label = f"{what}: got {got!r} and log {got_log!r}, exact {mp.nstr(exact_p, 20)}"
    with mp.workdps(40):
        log_p = mp.log(exact_p) if exact_p else -mp.inf
        rel = allowance(case, x, exact_p) if exact_p else 0.0
        if exact_p > SMALLEST:
            assert abs(got - exact_p) <= rel * exact_p, label
        elif exact_p == 0:
            assert got == 0.0, label
            return
        else:
            assert 0.0 <= got <= 2 * SMALLEST, label
        assert abs(got_log - log_p) <= rel + (TAIL if exact_p < FAR else CENTRAL) * abs(log_p), label


@pytest.mark.parametrize("name", CASES)
def test_cdf_and_its_logarithm(name: str) -> None:
    case = CASES[name]
    d = case.distribution
    for x, p, log_p in zip(case.x, d.cdf(case.points), d.logcdf(case.points), strict=True):
        check(case, x, float(p), float(log_p), upper=False)


@pytest.mark.parametrize("name", CASES)
def test_sf_and_its_logarithm(name: str) -> None:
    case = CASES[name]
    d = case.distribution
    for x, p, log_p in zip(case.x, d.sf(case.points), d.logsf(case.points), strict=True):
        check(case, x, float(p), float(log_p), upper=True)


@pytest.mark.parametrize("name", CASES)
def test_cdf_and_sf_add_to_one(name: str) -> None:
    d, x = CASES[name].distribution, CASES[name].points
    np.testing.assert_allclose(d.cdf(x) + d.sf(x), 1.0, rtol=0, atol=CENTRAL)


@pytest.mark.parametrize("name", CASES)
def test_the_table_reaches_both_far_tails(name: str) -> None:
    """A row whose points all lie in the middle would test nothing far out: each reaches 1e-5 at least once."""
    case = CASES[name]
    ends = [probability(case.family, x, case.theta, upper=u) for x, u in ((max(case.x), True), (min(case.x), False))]
    assert min(ends) < 1e-5


def test_the_table_holds_tails_near_1e_300() -> None:
    """Every family is examined where its probability is between 1e-307 and 1e-250."""
    for family in ORACLES:
        rows = [case for case in CASES.values() if case.family == family]
        p = [probability(family, x, c.theta, upper=u) for c in rows for x, u in ((max(c.x), True), (min(c.x), False))]
        assert any(1e-307 < v < 1e-250 for v in p), (family, [mp.nstr(v, 3) for v in p])


def no_double_can_hold_it(case: Case, q: float, x: float, *, upper: bool) -> bool:
    """Whether the quantile really lies between the end x of the support and the double next to it."""
    lower_end = x == case.distribution.support.lower
    neighbour = math.nextafter(x, math.inf if lower_end else -math.inf)
    p = probability(case.family, neighbour, case.theta, upper=upper)
    return bool(p <= q if upper == lower_end else p >= q)


def subnormal(x: float) -> bool:
    return 0.0 < abs(x) < 1e-290


@pytest.mark.parametrize("upper", [False, True], ids=["ppf", "isf"])
@pytest.mark.parametrize("name", CONTINUOUS)
def test_quantiles_invert_the_exact_probability(name: str, upper: bool) -> None:
    case = CASES[name]
    d = case.distribution
    quantiles = (d.isf if upper else d.ppf)(np.array(Q))
    for q, x in zip(Q, quantiles.tolist(), strict=True):
        assert not math.isnan(x)
        if x in (d.support.lower, d.support.upper):
            assert no_double_can_hold_it(case, q, x, upper=upper), f"{case.id}: quantile at {q} is {x!r}"
            continue
        p = probability(case.family, x, case.theta, upper=upper)
        # near a finite end a double is too coarse for a tiny q: an ulp of x is more than q itself
        rel = allowance(case, x, min(p, mpf(q))) + (1e-3 if subnormal(x) else 0.0)
        assert abs(p - q) <= rel * q, f"{case.id}: quantile at {q} is {x!r}, where the probability is {mp.nstr(p, 15)}"


@pytest.mark.parametrize("upper", [False, True], ids=["ppf", "isf"])
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.oracle.discrete])
def test_quantiles_of_counts_are_the_smallest_that_suffice(name: str, upper: bool) -> None:
    case = CASES[name]
    for q in Q:
        k = float((case.distribution.isf if upper else case.distribution.ppf)(q))
        if k == math.inf:  # the quantile really lies beyond the largest double
            p = probability(case.family, LARGEST, case.theta, upper=upper)
            assert p > q if upper else p < q
            continue
        assert k >= case.distribution.support.lower
        assert k == math.floor(k)
        # beyond 2^53 doubles are further apart than 1
        last = min(k - 1, math.nextafter(k, 0.0))
        at, before = (probability(case.family, j, case.theta, upper=upper) for j in (k, last))
        if upper:
            assert at <= q * (1 + TAIL), (q, k)
            assert before > q * (1 - TAIL), (q, k)
        else:
            assert at >= q * (1 - TAIL), (q, k)
            assert before < q * (1 + TAIL), (q, k)


def double_exponential() -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights on (-1, 1) that crowd at the ends, for any integrable behaviour there (Takahasi, Mori 1974)."""
    t, h = np.linspace(-3.2, 3.2, 161, retstep=True)
    s = np.pi / 2 * np.sinh(t)
    return np.tanh(s), h * np.pi / 2 * np.cosh(t) / np.cosh(s) ** 2


@pytest.mark.parametrize("name", CASES)
def test_the_cdf_is_the_integral_of_the_density(name: str) -> None:
    """cdf' = pdf: between neighbouring quantiles, by Gauss and Legendre's rule with 40 nodes; a count by itself.

    A density with a corner or cusp, at the median here, is integrated by the double exponential rule."""
    case = CASES[name]
    d = case.distribution
    if case.oracle.discrete:
        k = np.unique(np.maximum(d.ppf(np.array([0.02, 0.2, 0.5, 0.8, 0.98])), 1.0))
        step = np.where(d.cdf(k) < 0.5, d.cdf(k) - d.cdf(k - 1), d.sf(k - 1) - d.sf(k))
        np.testing.assert_allclose(d.pdf(k), step, rtol=CENTRAL * 100, atol=4 * EPS)
        return
    x = d.ppf(np.unique([0.05, 0.1, 0.2, 0.35, case.corner, 0.65, 0.8, 0.9, 0.95]))
    x = x[x > 1e-306] if case.oracle.positive else x
    nodes, weights = double_exponential() if case.family in IRREGULAR else np.polynomial.legendre.leggauss(40)
    # on the scale of log x where x spans many decades, so that forty nodes are enough
    log_scale = case.oracle.positive and x[-1] > 100 * x[0]
    t = np.log(x) if log_scale else x
    middle, half = (t[1:] + t[:-1]) / 2, (t[1:] - t[:-1]) / 2
    at = middle[:, None] + half[:, None] * nodes
    points = np.exp(at) if log_scale else at
    # half·pdf first: at sigma = 1e-300 the density is near 1e300 and the width near 1e-300
    mass = np.sum(d.pdf(points) * half[:, None] * weights * (points if log_scale else 1.0), axis=1)
    tolerance = 1e-11 + 64 * EPS * np.abs(x[1:]) / np.abs(x[1:] - x[:-1])
    assert np.all(np.abs(mass - (d.cdf(x)[1:] - d.cdf(x)[:-1])) <= tolerance)


@pytest.mark.parametrize("name", CASES)
def test_outside_the_support(name: str) -> None:
    case = CASES[name]
    d = case.distribution
    for x, p in [(x, 0.0) for x in OUTSIDE[case.family][0]] + [(x, 1.0) for x in OUTSIDE[case.family][1]]:
        assert d.cdf(x) == p
        assert d.sf(x) == 1.0 - p
        assert d.logcdf(x) == (0.0 if p else -math.inf)
        assert d.logsf(x) == (-math.inf if p else 0.0)
        assert d.logpdf(x) == -math.inf
        assert d.pdf(x) == 0.0


@pytest.mark.parametrize("name", CASES)
def test_quantiles_at_and_beyond_the_ends(name: str) -> None:
    """0 and 1 give the ends of the support (for counts -1, the largest with probability 0); beyond is NaN."""
    d = CASES[name].distribution
    low = d.support.lower - (1.0 if d.discrete else 0.0)
    assert d.ppf(0.0) == d.isf(1.0) == low
    assert d.ppf(1.0) == d.isf(0.0) == d.support.upper
    for q in (-0.1, 1.1, math.nan, math.inf):
        assert math.isnan(d.ppf(q))
        assert math.isnan(d.isf(q))


DEEP = {row: points for entry in ENTRIES.values() for row, points in entry.deep.items()}
"""Points whose tail probability underflows: only its logarithm is a double."""


@pytest.mark.parametrize("name", DEEP)
def test_logarithms_of_tails_that_underflow(name: str) -> None:
    case = CASES[name]
    for x, upper in zip(DEEP[name], (True, False), strict=True):
        if x is None:
            continue
        p = probability(case.family, x, case.theta, upper=upper)
        assert p < 1e-310
        got = float((case.distribution.logsf if upper else case.distribution.logcdf)(x))
        assert abs(got - mp.log(p)) <= TAIL * abs(mp.log(p)), (got, mp.nstr(mp.log(p), 17))
