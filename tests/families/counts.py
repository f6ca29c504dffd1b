"""Families of counts: Geometric, Bernoulli, Binomial, LogSeries, Zipf and BetaBinomial."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from mpmath import mp, mpf
from oracles import (
    Formula,
    Oracle,
    by_parts,
    expect_integral,
    integral,
    line,
    sum_of_masses,
    tail_digits,
)
from scipy import stats

from families.entry import Case, Entry, counts_around

NOWHERE: tuple[Formula, Formula, list[Any]] = (lambda t: mpf(1), lambda t: mpf(1), [])
"""For families whose expectations are sums alone."""

# ------------------------------------------------------------------------------------------------ the formulas


def _geometric_moments(p: Any) -> tuple[Any, ...]:
    q = 1 - p
    return q / p, q / p**2, (2 - p) / mp.sqrt(q), 9 + p**2 / q


def _binomial_logpdf(k: Any, n: Any, p: Any) -> Any:
    ways = mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1)
    return ways + k * mp.log(p) + (n - k) * mp.log(1 - p)


def _binomial_moments(n: Any, p: Any) -> tuple[Any, ...]:
    v = n * p * (1 - p)
    return n * p, v, (1 - 2 * p) / mp.sqrt(v), 3 + (1 - 6 * p * (1 - p)) / v


def _beta_binomial_logpdf(k: Any, n: Any, a: Any, b: Any) -> Any:
    ways = mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1)
    above = mp.loggamma(k + a) + mp.loggamma(n - k + b) - mp.loggamma(n + a + b)
    return ways + above - mp.loggamma(a) - mp.loggamma(b) + mp.loggamma(a + b)


def _beta_binomial_moments(n: Any, a: Any, b: Any) -> tuple[Any, ...]:
    """From the factorial moments, E k(k-1)…(k-r+1) = n(n-1)… a(a+1)… / ((a+b)(a+b+1)…)."""
    factorial = [mpf(1)]
    for r in range(4):
        factorial.append(factorial[-1] * (n - r) * (a + r) / (a + b + r))
    _, f1, f2, f3, f4 = factorial
    return _from_raw(f1, f2 + f1, f3 + 3 * f2 + f1, f4 + 6 * f3 + 7 * f2 + f1)


def _from_raw(r1: Any, r2: Any, r3: Any, r4: Any) -> tuple[Any, ...]:
    v = r2 - r1**2
    if not mp.isfinite(v):
        return r1, mp.inf, mp.nan, mp.nan
    third = r3 - 3 * r1 * r2 + 2 * r1**3 if mp.isfinite(r3) else mp.inf
    fourth = r4 - 4 * r1 * r3 + 6 * r1**2 * r2 - 3 * r1**4 if mp.isfinite(r4) else mp.inf
    return r1, v, third / v**1.5, fourth / v**2


def _log_series_moments(p: Any) -> tuple[Any, ...]:
    """From the factorial moments, E k(k-1)…(k-r+1) = (r-1)! (p/q)^r / L."""
    f1, f2, f3, f4 = (mp.factorial(r - 1) * (p / (1 - p)) ** r / -mp.log(1 - p) for r in (1, 2, 3, 4))
    return _from_raw(f1, f2 + f1, f3 + 3 * f2 + f1, f4 + 6 * f3 + 7 * f2 + f1)


def _log_series_tail(k: Any, p: Any) -> Any:
    """1/L times the sum of p^j/j for j > k; for p near 1 the integral of t^k/(1-t) from 0 to p, in u = -log t."""
    with mp.workdps(tail_digits()):
        if p < mpf("0.996"):
            return p ** (k + 1) * _falling_sum(k + 1, p) / -mp.log(1 - p)
        low, unit = -mp.log(p), 1 / (k + 1)
        doubled = [low * 2**i for i in range(100) if low * 2**i < unit]  # 1/u near a small lower end
        points = [*(doubled or [low]), *((doubled or [low])[-1] + unit * f for f in (1, 3, 8, 20, 50, 100, 150))]
        total = mp.quad(lambda u: mp.exp(-(k + 1) * (u - low)) / -mp.expm1(-u), points)
        return total * mp.exp(-(k + 1) * low) / -mp.log(1 - p)


def _falling_sum(first: Any, p: Any) -> Any:
    """1/first + p/(first + 1) + p²/(first + 2) + …, in whole numbers of that many digits."""
    one = mpf(2) ** (mp.prec + 20)
    ratio, power, total, j = int(p * one), int(one), 0, int(first)
    shift = mp.prec + 20
    while power:
        total += power // j
        power = power * ratio >> shift
        j += 1
    return total / one


@cache
def _hurwitz_coefficients(_digits: int) -> tuple[Any, ...]:
    return tuple(mp.bernoulli(2 * j) / mp.factorial(2 * j) for j in range(1, 41))


def _hurwitz(s: Any, a: Any) -> Any:
    """zeta(s, a) by 50 terms and Euler and Maclaurin's formula; mpmath's own is off by 2e-12 at s = 25, a = 57."""
    n = 50
    end = a + n
    total = mp.fsum((a + k) ** -s for k in range(n)) + end ** (1 - s) / (s - 1) + end**-s / 2
    rising = s / end
    for j, c in enumerate(_hurwitz_coefficients(mp.dps)):
        total += c * rising * end**-s
        rising *= (s + 2 * j + 1) * (s + 2 * j + 2) / end**2
    return total


@cache
def _zeta(s: Any, _precision: int) -> Any:
    return _hurwitz(s, mpf(1))


def _zipf_logpdf(k: Any, s: Any) -> Any:
    return -s * mp.log(k) - mp.log(_zeta(s, mp.prec))


def _zipf_moments(s: Any) -> tuple[Any, ...]:
    with mp.extradps(40):
        return _from_raw(
            *(_hurwitz(s - r, mpf(1)) / _hurwitz(s, mpf(1)) if s > r + 1 else mp.inf for r in (1, 2, 3, 4))
        )


def _zipf_cdf(k: Any, s: Any) -> Any:
    if k < 1:
        return mpf(0)
    return 1 - _zipf_sf(k, s) if k > 100 else mp.fsum(mpf(j) ** -s for j in range(1, int(k) + 1)) / _hurwitz(s, mpf(1))


def _zipf_sf(k: Any, s: Any) -> Any:
    return mpf(1) if k < 1 else _hurwitz(s, mp.floor(k) + 1) / _hurwitz(s, mpf(1))


def _all_counts(o: Oracle, theta: tuple[Any, ...], g: Formula) -> Any:
    """A sum over 0, …, n; an integral where n is large and the mass far from both ends."""
    n = int(theta[0])
    if n <= 2000:
        return sum(mp.exp(o.logpdf(mpf(k), *theta)) * g(mpf(k)) for k in range(n + 1))
    mean, variance = o.moments(*theta)[:2]
    if mean > 2000:
        return expect_integral(o, theta, g)
    return sum(mp.exp(o.logpdf(mpf(k), *theta)) * g(mpf(k)) for k in range(int(mean + 15 * mp.sqrt(variance)) + 60))


def _long(o: Oracle, theta: tuple[Any, ...], g: Formula) -> Any:
    """A sum whose terms fall at last by p or 1 - p from one to the next, in panels that double."""
    fall = -mp.log(1 - theta[0] if o.first == 0 else theta[0])
    return by_parts(lambda part: _log_sum(o, theta, part, mp.log(80 / fall / HEAD)), g)


def _power_sum(o: Oracle, theta: tuple[Any, ...], g: Formula) -> Any:
    """A sum whose terms fall like a power."""
    return by_parts(lambda part: _log_sum(o, theta, part, 80 / (theta[0] - 1)), g)


HEAD = 120


def _log_sum(o: Oracle, theta: tuple[Any, ...], g: Formula, reach: Any) -> Any:
    """The first terms one by one, the rest by Euler and Maclaurin (DLMF 2.10.1), its integral in t = log(x/HEAD)."""

    def term(k: Any) -> Any:
        return mp.exp(o.logpdf(k, *theta)) * g(k)

    a = mpf(HEAD)
    total = mp.fsum(term(mpf(k)) for k in range(o.first, HEAD)) + term(a) / 2
    if reach > 0:
        points = [reach * mpf(i) / 16 for i in range(17)]
        total += integral(lambda t: term(a * mp.exp(t)) * a * mp.exp(t), points)
    for order, bernoulli in ((1, mpf(1) / 12), (3, mpf(-1) / 720), (5, mpf(1) / 30240), (7, mpf(-1) / 1209600)):
        total -= bernoulli * mp.diff(term, a, order)
    return total


def _between(o: Any, *, upper: bool) -> Formula:
    """P(X > k) or P(X <= k) of a family on 0, …, n."""

    def tail(k: Any, n: Any, *theta: Any) -> Any:
        if k >= n:
            return mpf(0) if upper else mpf(1)
        return sum_of_masses(o(), (n, *theta), k, upper=upper)

    return tail


GEOMETRIC = Oracle(
    "Geometric",
    ("p",),
    lambda k, p: mp.log(p) + k * mp.log(1 - p),
    lambda k, p: -mp.expm1((mp.floor(k) + 1) * mp.log(1 - p)) if k >= 0 else mpf(0),
    lambda k, p: (1 - p) ** (mp.floor(k) + 1) if k >= 0 else mpf(1),
    _geometric_moments,
    lambda k, p: (mpf(1), p * (1 - p)),
    lambda p: NOWHERE,
    discrete=True,
    expectation=_long,
)
BERNOULLI = Oracle(
    "Bernoulli",
    ("p",),
    lambda k, p: mp.log(p) if k == 1 else mp.log1p(-p),
    lambda k, p: mpf(0) if k < 0 else 1 - p if k < 1 else mpf(1),
    lambda k, p: mpf(1) if k < 0 else p if k < 1 else mpf(0),
    lambda p: _binomial_moments(1, p),
    lambda k, p: (mpf(1), p * (1 - p)),
    lambda p: NOWHERE,
    discrete=True,
    expectation=lambda o, theta, g: sum(mp.exp(o.logpdf(mpf(k), *theta)) * g(mpf(k)) for k in (0, 1)),
)
BINOMIAL = Oracle(
    "Binomial",
    ("n", "p"),
    _binomial_logpdf,
    _between(lambda: BINOMIAL, upper=False),
    _between(lambda: BINOMIAL, upper=True),
    _binomial_moments,
    lambda k, n, p: (mpf(1), mpf(1), p * (1 - p)),
    lambda n, p: line(n * p, mp.sqrt(n * p * (1 - p)), 15.0),
    discrete=True,
    known=("n",),
    ratio=lambda n, p: lambda j: p / (1 - p) * (n - j) / (j + 1),
    expectation=_all_counts,
)
LOG_SERIES = Oracle(
    "LogSeries",
    ("p",),
    lambda k, p: k * mp.log(p) - mp.log(k) - mp.log(-mp.log(1 - p)),
    lambda k, p: mpf(0) if k < 1 else 1 - _log_series_tail(mp.floor(k), p),
    lambda k, p: mpf(1) if k < 1 else _log_series_tail(mp.floor(k), p),
    _log_series_moments,
    lambda k, p: (mpf(1), p * (1 - p)),
    lambda p: NOWHERE,
    discrete=True,
    first=1,
    expectation=_long,
)
ZIPF = Oracle(
    "Zipf",
    ("exponent",),
    _zipf_logpdf,
    _zipf_cdf,
    _zipf_sf,
    _zipf_moments,
    lambda k, s: (mpf(1), s - 1),
    lambda s: NOWHERE,
    discrete=True,
    first=1,
    expectation=_power_sum,
)
BETA_BINOMIAL = Oracle(
    "BetaBinomial",
    ("n", "a", "b"),
    _beta_binomial_logpdf,
    _between(lambda: BETA_BINOMIAL, upper=False),
    _between(lambda: BETA_BINOMIAL, upper=True),
    _beta_binomial_moments,
    lambda k, n, a, b: (mpf(1), mpf(1), a, b),
    lambda n, a, b: NOWHERE,
    discrete=True,
    known=("n",),
    ratio=lambda n, a, b: lambda j: (n - j) * (j + a) / ((j + 1) * (n - j - 1 + b)),
    expectation=_all_counts,
)

# ------------------------------------------------------------------------------------------------------- the rows

BELOW = (-math.inf, -1.0, -0.5)
PROBABILITY = (0.0, 1.0, -0.2, 1.5, math.nan)

ENTRIES = (
    Entry(
        GEOMETRIC,
        rows=(
            Case("Geometric", (0.25,), (0.0, 1.0, 3.0, 50.0, 400.0, 2390.0)),
            Case("Geometric", (1e-10,), (0.0, 1e6, 1e10, 1e12, 6.9e12)),
            Case("Geometric", (0.999,), (0.0, 1.0, 2.0, 40.0, 98.0)),
            Case("Geometric", (1.0 - 2.0**-33,), (0.0, 1.0, 28.0)),
        ),
        ordinary=(0.25,),
        below=BELOW,
        above=(math.inf,),
        out_of_range={"p": PROBABILITY},
        truths=((0.25,), (0.9,), (0.003,)),
        peer=lambda p: stats.geom(p, loc=-1),
        points=(0.0, 1.0, 3.0, 8.0, 40.0),
        more=((0.9,), (1e-6,)),
        deep={"Geometric(0.25)": (1e5, None)},
    ),
    Entry(
        BERNOULLI,
        rows=(
            Case("Bernoulli", (0.3,), (0.0, 1.0)),
            Case("Bernoulli", (1.0 - 1e-9,), (0.0, 1.0)),
            Case("Bernoulli", (1e-280,), (0.0,), orders=1),
        ),
        ordinary=(0.3,),
        below=BELOW,
        above=(2.0, math.inf),
        out_of_range={"p": PROBABILITY},
        truths=((0.3,), (0.95,), (0.02,)),
        peer=stats.bernoulli,
        points=(0.0, 1.0),
        more=((0.9,),),
    ),
    Entry(
        BINOMIAL,
        rows=(
            Case("Binomial", (10.0, 0.2), (0.0, 1.0, 2.0, 5.0, 9.0, 10.0)),
            Case("Binomial", (1.0, 0.5), (0.0, 1.0)),
            Case("Binomial", (12.0, 1.0 - 1e-9), (3.0, 9.0, 11.0, 12.0)),
            Case("Binomial", (500.0, 0.3), (0.0, 20.0, 100.0, 150.0, 151.0, 200.0, 350.0, 499.0)),
            Case("Binomial", (1e9, 3e-9), (0.0, 1.0, 3.0, 10.0, 150.0, 190.0)),
            Case("Binomial", (1e6, 0.4), counts_around(4e5, 490.0)),
        ),
        ordinary=(10.0, 0.2),
        below=BELOW,
        above=(1e12, math.inf),
        out_of_range={"n": (-1.0, 1.5, math.nan, math.inf), "p": PROBABILITY},
        truths=((10.0, 0.2), (60.0, 0.9), (3.0, 0.5)),
        peer=lambda n, p: stats.binom(int(n), p),
        points=(0.0, 1.0, 3.0, 8.0, 10.0),
        more=((40.0, 0.9), (1e6, 1e-5)),
        deep={"Binomial(1e+06, 0.4)": (6e5, 2e5)},
    ),
    Entry(
        LOG_SERIES,
        rows=(
            Case("LogSeries", (0.3,), (1.0, 2.0, 5.0, 20.0, 530.0)),
            Case("LogSeries", (0.9527,), (1.0, 2.0, 8.0, 50.0, 300.0, 13500.0)),
            Case("LogSeries", (1e-6,), (1.0, 2.0, 5.0, 45.0)),
            Case("LogSeries", (0.995,), (1.0, 5.0, 49.0, 50.0, 400.0, 13000.0, 130000.0)),
            Case("LogSeries", (1.0 - 1e-6,), (1.0, 5.0, 49.0, 50.0, 3e4, 1e6, 5e7, 6.5e8), tails=False),
        ),
        ordinary=(0.3,),
        below=(*BELOW, 0.0),
        above=(math.inf,),
        out_of_range={"p": PROBABILITY},
        truths=((0.3,), (0.95,), (0.999,)),
        peer=stats.logser,
        points=(1.0, 2.0, 3.0, 8.0, 40.0),
        more=((0.01,), (0.9,), (0.9999,)),
        deep={"LogSeries(0.3)": (1e4, None)},
    ),
    Entry(
        ZIPF,
        rows=(
            Case("Zipf", (2.5,), (1.0, 2.0, 10.0, 1e5, 1e150, 1e190)),
            Case("Zipf", (1.000001,), (1.0, 2.0, 101.0, 1e6, 1e100, 1e300), samples=False),
            Case("Zipf", (6.0,), (1.0, 2.0, 5.0, 1e4, 1e55)),
            Case("Zipf", (30.0,), (1.0, 2.0, 10.0, 1e9)),
            Case("Zipf", (100.0,), (1.0, 2.0, 3.0, 50.0, 900.0)),
        ),
        ordinary=(2.5,),
        below=(*BELOW, 0.0),
        above=(math.inf,),
        out_of_range={"exponent": (1.0, 0.5, -2.0, math.nan, math.inf)},
        truths=((2.5,), (1.4,), (5.0,)),
        peer=stats.zipf,
        points=(1.0, 2.0, 3.0, 8.0, 40.0),
        more=((1.001,), (20.0,)),
        deep={"Zipf(100)": (1e5, None)},
    ),
    Entry(
        BETA_BINOMIAL,
        rows=(
            Case("BetaBinomial", (10.0, 2.0, 3.0), (0.0, 1.0, 4.0, 9.0, 10.0)),
            Case("BetaBinomial", (1.0, 0.3, 0.7), (0.0, 1.0)),
            Case("BetaBinomial", (12.0, 34.0, 31.5), (0.0, 3.0, 6.0, 11.0, 12.0)),
            Case("BetaBinomial", (300.0, 0.5, 0.2), (0.0, 1.0, 100.0, 250.0, 299.0, 300.0)),
            Case("BetaBinomial", (50.0, 1e8, 2e8), (0.0, 5.0, 17.0, 30.0, 49.0, 50.0)),
            Case("BetaBinomial", (500.0, 3e6, 7e6), (0.0, 20.0, 150.0, 200.0, 350.0, 499.0)),
            Case("BetaBinomial", (700.0, 3e6, 7e6), (1.0, 210.0, 500.0), tails=False),
        ),
        ordinary=(10.0, 2.0, 3.0),
        below=BELOW,
        above=(1e12, math.inf),
        out_of_range={
            "n": (-1.0, 1.5, math.nan, math.inf),
            "a": (0.0, -1.0, math.nan, math.inf),
            "b": (0.0, -1.0, math.nan, math.inf),
        },
        truths=((10.0, 2.0, 3.0), (30.0, 0.4, 0.7), (12.0, 34.0, 31.5)),
        peer=lambda n, a, b: stats.betabinom(int(n), a, b),
        points=(0.0, 1.0, 3.0, 8.0, 10.0),
        more=((40.0, 0.4, 20.0), (40.0, 1e5, 3e5)),
        deep={"BetaBinomial(700, 3e+06, 7e+06)": (699.0, None)},
    ),
)
