"""Machinery of the second opinion: families written anew in mpmath, differentiated, integrated and summed here.

Nothing here comes from the library. The families' own formulas, those of Johnson, Kotz, Kemp and Balakrishnan, are in
tests/families; derivatives are taken numerically at 50 and more digits; expectations are integrals or sums.
Slow and simple on purpose. No test, no tolerance and no stored number lives here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product
from typing import Any

import numpy as np
from mpmath import mp, mpf

DIGITS = 60
"""Working precision: log-densities at shape 1e10 lose up to 20 digits, third derivatives up to 20 more."""

QUADRATURE_DIGITS = 30
"""Integrals are compared to 1e-10 at best, so they run with fewer digits."""

Formula = Callable[..., Any]

DIFFERENTIATED = 45
"""Digits of a tail whose derivative is taken: a second difference at 45 digits leaves 15."""

_tail_digits = [QUADRATURE_DIGITS]


def tail_digits() -> int:
    """Digits that sums and integrals of tails work with: more while a tail is being differentiated."""
    return max(mp.dps, _tail_digits[0]) if _tail_digits[0] != QUADRATURE_DIGITS else QUADRATURE_DIGITS


@contextmanager
def differentiating() -> Iterator[None]:
    """Let tails keep the digits that their differences need."""
    _tail_digits[0] = DIFFERENTIATED + 10
    try:
        yield
    finally:
        _tail_digits[0] = QUADRATURE_DIGITS


@dataclass(frozen=True)
class Oracle:
    """One family: parameters in the library's order, formulas on mpmath numbers.

    `frame(*theta)` gives (location, unit) pairs: the natural unit of a step in x and in each parameter; derivatives
    are taken in multiples of it, so that sigma = 1e-300 differentiates as well as sigma = 1.
    `ratio(*theta)` of a discrete family gives the function j → P(X = j + 1) / P(X = j), to sum its tails by.
    `digits(x, theta, orders)` gives more working digits where a derivative is small beside the whole.
    `known` names parameters that are never estimated, `first` is the smallest count, `expectation(oracle, theta, g)`
    E[g(X)] of a family of counts that needs its own way.
    `corner(*theta)` is the probability below the point where the density has a corner, ½ if not given.
    `endless(*theta)` names parameters whose expected information is infinite.
    `pieces(*theta)` gives the substitution x(t), dx/dt and the break points in t for an integral over the support.
    """

    name: str
    parameters: tuple[str, ...]
    logpdf: Formula
    cdf: Formula
    sf: Formula
    moments: Formula
    units: Formula
    pieces: Formula
    discrete: bool = False
    positive: bool = False
    ratio: Formula | None = None
    digits: Formula | None = None
    known: tuple[str, ...] = ()
    first: int = 0
    expectation: Formula | None = None
    corner: Formula | None = None
    endless: Formula | None = None

    @property
    def estimated(self) -> tuple[int, ...]:
        """Numbers of the parameters that are differentiated in: all but the known ones."""
        return tuple(i for i, name in enumerate(self.parameters) if name not in self.known)


ORACLES: dict[str, Oracle] = {}
"""Filled by tests/families."""


# ------------------------------------------------------------------------------------------- where the mass lies


def line(center: Any, unit: Any, reach: float = 60.0) -> tuple[Formula, Formula, list[Any]]:
    """x = center + unit·t, for tails that fall at least like exp(-|t|)."""
    points = [mpf(t) for t in (-reach, -20, -8, -3, 0, 3, 8, 20, reach)]
    return lambda t: center + unit * t, lambda t: unit, points


def heavy_line(center: Any, unit: Any, df: Any) -> tuple[Formula, Formula, list[Any]]:
    """x = center + unit·sinh t: a power tail of exponent df falls like exp(-df·t)."""
    reach = 60 / min(df, mpf(1)) + 6
    points = [-reach, -reach / 4, mpf(-4), mpf(-1), mpf(0), mpf(1), mpf(4), reach / 4, reach]
    return lambda t: center + unit * mp.sinh(t), lambda t: unit * mp.cosh(t), points


def ray(center: Any, left: Any, right: Any) -> tuple[Formula, Formula, list[Any]]:
    """x = center·exp t, from `left` to `right` in t, with more points where the mass is."""
    fractions = (1, mpf("0.4"), mpf("0.15"), mpf("0.05"))
    near = [
        -mpf(d) for d in (300, 40, 8, 2) if d < left / 20
    ]  # the right tail starts at 0, however long the left one is
    points = [-left * f for f in fractions] + near + [mpf(0)] + [right * f for f in reversed(fractions)]
    return lambda t: center * mp.exp(t), lambda t: center * mp.exp(t), points


# ---------------------------------------------------------------------------------- integrals and sums over the mass


def integral_of_density(o: Oracle, theta: tuple[Any, ...], low: Any, high: Any) -> Any:
    """Probability of low < X < high where the density is nearly normal: panels half as wide as its curve in x."""
    sd = mp.sqrt(o.moments(*theta)[1])
    mean = o.moments(*theta)[0]
    start, outward = (high, -1) if low is None else (low, 1)
    if (start - mean) * outward < 0:  # the longer side: what is missing to one
        other = (
            integral_of_density(o, theta, start, None) if low is None else integral_of_density(o, theta, None, start)
        )
        return 1 - other
    width = sd * 2 / (1 + abs(start - mean) / sd / 4)
    points = [start + outward * width * i for i in range(41)]
    peak = o.logpdf(start, *theta)
    with mp.workdps(tail_digits()):
        total = mp.quad(lambda x: mp.exp(o.logpdf(x, *theta) - peak), points, maxdegree=6)
    return abs(total) * mp.exp(peak)


def sum_of_masses(o: Oracle, theta: tuple[Any, ...], k: Any, *, upper: bool) -> Any:
    """P(X > k) or P(X <= k), summed outward from the boundary by the ratio of neighbouring masses."""
    k = mp.floor(k)
    if k < 0:
        return mpf(1) if upper else mpf(0)
    mean = o.moments(*theta)[0]
    if upper and k + 1 < mean:
        return 1 - sum_of_masses(o, theta, k, upper=False)
    if not upper and k > mean:
        return 1 - sum_of_masses(o, theta, k, upper=True)
    with mp.workdps(tail_digits()):
        first = k + 1 if upper else k
        assert o.ratio is not None
        ratio = o.ratio(*theta)
        term = total = mpf(1)
        j = int(first)
        while term > total * mpf(10) ** (5 - mp.dps) and (upper or j > 0):
            term = term * ratio(j) if upper else term / ratio(j - 1)
            total += term
            j += 1 if upper else -1
    return total * mp.exp(o.logpdf(first, *theta))


def exact(values: Sequence[float] | np.ndarray) -> tuple[Any, ...]:
    """The doubles as mpmath numbers, nothing rounded."""
    return tuple(mpf(float(v)) for v in values)


def _mass(o: Oracle, theta: tuple[Any, ...], x: Any) -> Any:
    return mp.exp(o.logpdf(x, *theta))


@cache
def _panel() -> tuple[tuple[Any, Any], ...]:
    """Nodes and weights of Gauss and Legendre's rule on (-1, 1), as doubles: 1e-15 is enough for an expectation."""
    nodes, weights = np.polynomial.legendre.leggauss(60)
    return tuple(zip(exact(nodes), exact(weights), strict=True))


def integral(f: Formula, points: list[Any]) -> Any:
    """Sum over the panels between the points; `f` may return a number or an array of numbers."""
    total: Any = 0
    for low, high in pairwise(points):
        middle, half = (low + high) / 2, (high - low) / 2
        for node, weight in _panel():
            total = total + half * weight * f(middle + half * node)
    return total


def expect(o: Oracle, theta: tuple[Any, ...], g: Formula) -> Any:
    """E[g(X)], g a number or an array: an integral, or a sum; a sum over a wide range by Euler and Maclaurin."""
    with mp.workdps(QUADRATURE_DIGITS):
        if o.expectation is not None:
            return o.expectation(o, theta, g)
        mean, variance = o.moments(*theta)[:2] if o.discrete else (None, None)
        if not o.discrete or mean > 2000:  # smooth and far from 0: sum and integral agree to exp(-2π²·2000)
            return expect_integral(o, theta, g)
        last = int(mean + 15 * mp.sqrt(variance)) + 60
        if _mass(o, theta, last) < mpf(10) ** -24:
            return sum(_mass(o, theta, k) * g(mpf(k)) for k in range(last + 1))
        return by_parts(lambda part: expect_long_sum(o, theta, part, 120), g)


def by_parts(mean: Formula, g: Formula) -> Any:
    """The mean of a number, or of each entry of an array."""
    shape = np.shape(g(mpf(1)))
    if not shape:
        return mean(g)
    parts = [mean(lambda k, i=i: g(k)[i]) for i in np.ndindex(shape)]
    return np.array(parts, dtype=object).reshape(shape)


def expect_integral(o: Oracle, theta: tuple[Any, ...], g: Formula) -> Any:
    x_of, slope, points = o.pieces(*theta)

    def integrand(t: Any) -> Any:
        x = x_of(t)
        return _mass(o, theta, x) * slope(t) * g(x)

    return integral(integrand, points)


def expect_long_sum(o: Oracle, theta: tuple[Any, ...], g: Formula, head: int) -> Any:
    """The first terms one by one, the rest by Euler and Maclaurin (DLMF 2.10.1), four corrections."""

    def term(k: Any) -> Any:
        return _mass(o, theta, k) * g(k)

    a = mpf(head)
    reach = 80 * o.moments(*theta)[1] / o.moments(*theta)[0]  # the tail falls by exp(-1) in about mean/size + 1
    points = [a + reach * f for f in (0, mpf("0.005"), mpf("0.025"), mpf("0.1"), mpf(1) / 3, 1)]
    total = mp.fsum(term(mpf(k)) for k in range(o.first, head)) + integral(term, points) + term(a) / 2
    for order, bernoulli in ((1, mpf(1) / 12), (3, mpf(-1) / 720), (5, mpf(1) / 30240), (7, mpf(-1) / 1209600)):
        total -= bernoulli * mp.diff(term, a, order)
    return total


# -------------------------------------------------------------------------------------------------- derivatives


def derivative(o: Oracle, x: float, theta: Sequence[float], orders: tuple[int, ...], *, rough: bool = False) -> Any:
    """Partial derivative of the log-density, `orders` = (in x, in each parameter …), exact to about 30 digits.

    A `rough` one, for a condition, does without the digits that mixed derivatives near the end of a half line need.
    """
    return _kept(o.name, x, tuple(theta), orders, _digits(o, x, theta, orders, rough=rough))


@cache
def _kept(name: str, x: float, theta: tuple[float, ...], orders: tuple[int, ...], digits: int) -> Any:
    """A derivative is a value in one test and part of a condition in another."""
    with mp.workdps(digits):
        return _derivative(ORACLES[name], *exact([x]), exact(theta), orders)


def _digits(o: Oracle, x: float, theta: Sequence[float], orders: tuple[int, ...], *, rough: bool) -> int:
    """Working digits for a derivative; near the end of a half line x is a tiny part of what it is added to."""
    tiny = o.positive and x > 0.0 and orders[0] and any(orders[1:]) and not rough
    more = int(1.1 * min(300.0, abs(math.log10(x)))) if tiny else 0
    return DIGITS + more if o.digits is None else int(o.digits(x, theta, orders)) + more


def _derivative(o: Oracle, x: Any, theta: tuple[Any, ...], orders: tuple[int, ...]) -> Any:
    point = (x, *theta)
    if not any(orders):
        return o.logpdf(*point)
    units = o.units(*point)
    moving = [i for i, n in enumerate(orders) if n]

    def along(*steps: Any) -> Any:
        moved = list(point)
        for i, step in zip(moving, steps, strict=True):
            moved[i] = point[i] + units[i] * step
        return o.logpdf(*moved)

    which = tuple(orders[i] for i in moving)
    value = difference(along, which)
    for i, n in zip(moving, which, strict=True):
        value /= units[i] ** n
    return value


def difference(f: Formula, orders: tuple[int, ...], *, least: Any = None) -> Any:
    """Partial derivative at the origin by forward differences, to the digits of the working precision.

    Below `least`, the last digit of a function of order one if not given, it is 0: what is left there is rounding.

    As `mpmath.diff`, but with one step for all arguments: mixed derivatives then need the digits of the sum of the
    orders, where nested differences need those of their product. The step itself errs by 2^-10 of the last digit.
    """
    total, precision = sum(orders), mp.prec
    with mp.workprec((precision + 20) * (total + 1)):
        h = mp.ldexp(1, -precision - 10)
        value = mpf(0)
        for at in product(*(range(n + 1) for n in orders)):
            ways = math.prod(math.comb(n, j) for n, j in zip(orders, at, strict=True))
            value += (-1) ** (total - sum(at)) * ways * f(*(j * h for j in at))
        value /= h**total
    least = mp.ldexp(1, -precision) if least is None else least
    return mpf(0) if abs(value) < least else +value


def add(orders: tuple[int, ...], i: int) -> tuple[int, ...]:
    """The orders with one more derivative in argument i."""
    return tuple(n + (j == i) for j, n in enumerate(orders))


@cache
def value_and_condition(name: str, x: float, theta: tuple[float, ...], orders: tuple[int, ...]) -> tuple[Any, Any]:
    """A derivative of the log-density with its condition Σ |argument · d value / d argument|, both mpmath numbers.

    An error of c·(|value| + condition) is what changing each argument and the result by c relative could cause: no
    algorithm on doubles can promise c < 1e-16, and a stable one does not exceed a small multiple of it.
    """
    o = ORACLES[name]
    value = derivative(o, x, theta, orders)
    arguments = exact([x, *theta])
    # a count is exact, and so is a number of trials
    moving = [*([] if o.discrete else [0]), *(i + 1 for i in o.estimated)]
    with mp.workdps(DIGITS):
        parts = [
            abs(arguments[i] * derivative(o, x, theta, add(orders, i), rough=True)) for i in moving if arguments[i]
        ]
        return value, mp.fsum(parts)


def unit_orders(k: int, *which: int) -> tuple[int, ...]:
    """Orders for derivatives in the parameters numbered `which` of k."""
    orders = [0] * (k + 1)
    for j in which:
        orders[j + 1] += 1
    return tuple(orders)


def score(o: Oracle, x: float, theta: Sequence[float]) -> np.ndarray:
    """Score in the estimated parameters, shape (k,), as doubles."""
    k = len(theta)
    return np.array([float(derivative(o, x, theta, unit_orders(k, j))) for j in o.estimated])


def hessian(o: Oracle, x: float, theta: Sequence[float]) -> np.ndarray:
    """Hessian in the parameters, shape (k, k), as doubles."""
    k, free = len(theta), o.estimated
    out = np.empty((len(free), len(free)))
    for i, first in enumerate(free):
        for j, second in enumerate(free[: i + 1]):
            out[i, j] = out[j, i] = float(derivative(o, x, theta, unit_orders(k, first, second)))
    return out


def total_loglik(o: Oracle, x: Sequence[float], theta: Sequence[float], weights: Sequence[float] | None = None) -> Any:
    """Σ w log f(x), an mpmath number."""
    with mp.workdps(DIGITS):
        t = exact(theta)
        w = [mpf(1)] * len(x) if weights is None else exact(weights)
        return mp.fsum(wi * o.logpdf(xi, *t) for xi, wi in zip(exact(x), w, strict=True))


@cache
def fisher(name: str, theta: tuple[float, ...]) -> Any:
    """Expected information of one observation, E[score scoreᵀ], an array (k, k) of mpmath numbers."""
    o = ORACLES[name]
    with mp.workdps(QUADRATURE_DIGITS):
        t = exact(theta)
        k, free = len(t), o.estimated
        center = o.pieces(*t)[0](mpf("0.1"))
        units = np.array(o.units(center, *t)[1:], dtype=object)[list(free)]  # so that the integrand is of order one

        def outer(x: Any) -> Any:
            s = np.array([_derivative(o, x, t, unit_orders(k, j)) for j in free], dtype=object) * units
            return np.outer(s, s)

        information = expect(o, t, outer) / np.outer(units, units)
        for j, i in enumerate(free):
            if o.endless is not None and o.parameters[i] in o.endless(*t):
                information[j, j] = mp.inf
        return information


def probability(name: str, x: float, theta: Sequence[float], *, upper: bool) -> Any:
    """P(X > x) or P(X <= x), an mpmath number good to 25 digits relative."""
    o = ORACLES[name]
    with mp.workdps(DIGITS):
        return (o.sf if upper else o.cdf)(*exact([x]), *exact(theta))


def as_floats(values: Sequence[Any]) -> list[float]:
    """Doubles, with NaN and infinities kept."""
    return [math.nan if mp.isnan(v) else float(v) for v in values]
