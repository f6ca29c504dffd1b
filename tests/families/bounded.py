"""Families on an interval, and the asymmetric Laplace."""

from __future__ import annotations

import math
from typing import Any

from mpmath import mp, mpf
from oracles import DIGITS, Formula, Oracle
from scipy import stats

from families.entry import Case, Entry


def _beta_sf(x: Any, a: Any, b: Any) -> Any:
    return mp.betainc(b, a, 0, 1 - x, regularized=True)


def _beta_moments(a: Any, b: Any) -> tuple[Any, ...]:
    s = a + b
    kurtosis = 3 + 6 * ((a - b) ** 2 * (s + 1) - a * b * (s + 2)) / (a * b * (s + 2) * (s + 3))
    return a / s, a * b / (s**2 * (s + 1)), 2 * (b - a) * mp.sqrt(s + 1) / ((s + 2) * mp.sqrt(a * b)), kurtosis


def _unit_pieces(a: Any, b: Any) -> tuple[Formula, Formula, list[Any]]:
    """x = 1/(1 + e^-t): power ends fall like exp(-a|t|) and exp(-b t)."""
    ends = [-80 / a, -25 / a, -8 / a, 8 / b, 25 / b, 80 / b]
    points = [max(min(t, mpf(60)), mpf(-600)) for t in ends] + [mpf(t) for t in (-3, -1, 0, 1, 3, 20, 35)]
    x = lambda t: 1 / (1 + mp.exp(-t))  # noqa: E731
    return x, lambda t: x(t) * (1 - x(t)), sorted(set(points))


def _kumaraswamy_moments(a: Any, b: Any) -> tuple[Any, ...]:
    m1, m2, m3, m4 = (b * mp.beta(1 + j / a, b) for j in (1, 2, 3, 4))
    v = m2 - m1**2
    third, fourth = m3 - 3 * m1 * m2 + 2 * m1**3, m4 - 4 * m1 * m3 + 6 * m1**2 * m2 - 3 * m1**4
    return m1, v, third / v ** mpf("1.5"), fourth / v**2


BETA = Oracle(
    "Beta",
    ("a", "b"),
    lambda x, a, b: (a - 1) * mp.log(x) + (b - 1) * mp.log1p(-x) + mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b),
    lambda x, a, b: mp.betainc(a, b, 0, x, regularized=True),
    _beta_sf,
    _beta_moments,
    lambda x, a, b: (x * (1 - x), a, b),
    _unit_pieces,
    positive=True,
)
KUMARASWAMY = Oracle(
    "Kumaraswamy",
    ("a", "b"),
    lambda x, a, b: mp.log(a * b) + (a - 1) * mp.log(x) + (b - 1) * mp.log1p(-(x**a)),
    lambda x, a, b: -mp.expm1(b * mp.log1p(-(x**a))),
    lambda x, a, b: mp.exp(b * mp.log1p(-(x**a))),
    _kumaraswamy_moments,
    lambda x, a, b: (x * (1 - x) / max(a, mpf(1)), a, b),
    _unit_pieces,
    positive=True,
    # near 0 the power x^a is a tiny part of 1
    digits=lambda x, theta, orders: 60 + int(3 * max(1.0, theta[0]) * abs(math.log10(x))),
)
UNIFORM = Oracle(
    "Uniform",
    ("low", "high"),
    lambda x, low, high: -mp.log(high - low),
    lambda x, low, high: (x - low) / (high - low),
    lambda x, low, high: (high - x) / (high - low),
    lambda low, high: ((low + high) / 2, (high - low) ** 2 / 12, mpf(0), mpf(9) / 5),
    lambda x, low, high: (high - low, high - low, high - low),
    lambda low, high: (lambda t: low + (high - low) * t, lambda t: high - low, [mpf(0), mpf(1)]),
)


def _triangular_logpdf(x: Any, low: Any, mode: Any, high: Any) -> Any:
    height = (x - low) / (mode - low) if x < mode else (high - x) / (high - mode) if x > mode else mpf(1)
    return mp.log(2) - mp.log(high - low) + mp.log(height)


def _triangular_cdf(x: Any, low: Any, mode: Any, high: Any) -> Any:
    if x < mode:
        return (x - low) ** 2 / ((high - low) * (mode - low))
    return (mode - low + (x - mode) * (2 * high - mode - x) / ((high - mode) or 1)) / (high - low)


def _triangular_moments(low: Any, mode: Any, high: Any) -> tuple[Any, ...]:
    v = (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18
    third = (low + high - 2 * mode) * (2 * low - high - mode) * (low - 2 * high + mode) / 270
    return (low + mode + high) / 3, v, third / v ** mpf("1.5"), mpf(12) / 5


def _triangular_units(x: Any, low: Any, mode: Any, high: Any) -> tuple[Any, ...]:
    if x < mode:
        return x - low, x - low, mode - low, high - low
    return high - x, high - low, high - mode, high - x


TRIANGULAR = Oracle(
    "Triangular",
    ("low", "mode", "high"),
    _triangular_logpdf,
    _triangular_cdf,
    lambda x, low, mode, high: _triangular_cdf(-x, -high, -mode, -low),
    _triangular_moments,
    _triangular_units,
    lambda low, mode, high: (lambda t: t, lambda t: mpf(1), sorted({low, mode, high})),
    # next to an end the distance from it is a tiny part of that from the mode
    digits=lambda x, theta, orders: (
        DIGITS + 2 * int(math.log10((theta[2] - theta[0]) / min(x - theta[0], theta[2] - x)))
    ),
    corner=lambda low, mode, high: (mode - low) / (high - low),
    endless=lambda low, mode, high: ("low",) * (low < mode) + ("high",) * (mode < high),
)
BETA_BY_MEAN = Oracle(
    "Beta.by_mean",
    ("mean", "precision"),
    lambda x, mean, precision: BETA.logpdf(x, mean * precision, (1 - mean) * precision),
    lambda x, mean, precision: BETA.cdf(x, mean * precision, (1 - mean) * precision),
    lambda x, mean, precision: BETA.sf(x, mean * precision, (1 - mean) * precision),
    lambda mean, precision: BETA.moments(mean * precision, (1 - mean) * precision),
    lambda x, mean, precision: (x * (1 - x), mean * (1 - mean), precision),
    lambda mean, precision: BETA.pieces(mean * precision, (1 - mean) * precision),
    positive=True,
)

NEAR_0 = (1e-300, 1e-100, 1e-9, 0.01, 0.3, 0.5, 0.9, 0.999999)

ENTRIES = (
    Entry(
        BETA,
        rows=(
            Case("Beta", (1.0, 1.0), (1e-290, 1e-9, 0.3, 0.5, 0.9, 1.0 - 1e-9)),
            Case("Beta", (2.5, 1.5), (1e-110, 1e-9, 0.01, 0.3, 0.5, 0.9, 0.999999)),
            Case("Beta", (0.5, 0.5), NEAR_0, samples=False),
            Case("Beta", (0.2, 0.22), (1e-100, 1e-9, 0.005, 0.25, 0.4757, 0.8, 0.995), samples=False),
            Case("Beta", (0.3, 4.0), (1e-300, 1e-30, 1e-9, 0.01, 0.3, 0.9, 0.999)),
            Case("Beta", (300.0, 200.0), (0.02, 0.3, 0.55, 0.6, 0.65, 0.8, 0.99), tails=False),
        ),
        ordinary=(2.5, 1.5),
        below=(-math.inf, -1.0, 0.0),
        above=(1.0, 2.0, math.inf),
        out_of_range={"a": (0.0, -1.2, math.nan), "b": (0.0, -1.2, math.inf)},
        truths=((2.5, 1.5), (0.4, 0.7), (80.0, 20.0)),
        peer=stats.beta,
        points=(0.05, 0.4, 0.77, 0.93),
        more=((0.4, 0.5), (15.9, 16.1), (1e5, 2e5)),
        deep={"Beta(300, 200)": (1.0 - 1e-9, 1e-5)},
    ),
    Entry(
        UNIFORM,
        rows=(
            Case("Uniform", (0.0, 1.0), (1e-300, 1e-9, 0.3, 0.5, 1.0 - 1e-9)),
            Case("Uniform", (-1.0, 3.0), (-1.0 + 1e-12, -0.5, 1.0, 2.9, 3.0 - 1e-9)),
            Case("Uniform", (2e-300, 3e-300), (2.0001e-300, 2.5e-300, 2.9999999e-300), orders=1, tails=False),
        ),
        ordinary=(-1.0, 6.0),
        below=(-math.inf, -1.5),
        above=(6.5, math.inf),
        out_of_range={"low": (math.nan, math.inf), "high": (math.nan, math.inf)},
        truths=((0.0, 1.0), (-5.0, 3.0)),
        peer=lambda low, high: stats.uniform(low, high - low),
        points=(0.05, 0.4, 1.3, 2.9),
    ),
    Entry(
        TRIANGULAR,
        rows=(
            Case("Triangular", (0.0, 0.3, 1.0), (3e-151, 1e-9, 0.1, 0.29, 0.31, 0.6, 1.0 - 1e-9)),
            Case("Triangular", (-1.0, 2.5, 7.0), (-1.0 + 1e-9, -0.5, 1.0, 2.0, 3.0, 5.0, 7.0 - 1e-9)),
            Case("Triangular", (0.0, 0.0, 1.0), (1e-9, 0.3, 0.9, 1.0 - 1e-9)),
            Case("Triangular", (-2.0, 5.0, 5.0), (-2.0 + 1e-9, 0.0, 4.0, 5.0 - 1e-9)),
            Case("Triangular", (2e-300, 2.5e-300, 3e-300), (2.0001e-300, 2.4e-300, 2.9999999e-300), orders=1),
            Case("Triangular", (-1e300, 0.0, 1e300), (-9.99999999e299, -1e299, 1e299, 9.99999999e299), orders=1),
        ),
        ordinary=(-1.0, 2.5, 7.0),
        below=(-math.inf, -2e300),
        above=(2e300, math.inf),
        out_of_range={"low": (math.nan, math.inf), "mode": (math.nan, -math.inf), "high": (math.nan, math.inf)},
        truths=((0.0, 0.3, 1.0), (-5.0, -4.0, 3.0), (2.0, 2.0, 5.0)),
        peer=lambda low, mode, high: stats.triang((mode - low) / (high - low), low, high - low),
        points=(0.05, 0.4, 1.3, 2.9),
        more=((-3.0, 0.2, 3.0),),
    ),
    Entry(
        BETA_BY_MEAN,
        rows=(
            Case("Beta.by_mean", (0.4, 5.0), (1e-9, 0.01, 0.3, 0.4, 0.9, 0.999999)),
            Case("Beta.by_mean", (0.25, 4.0), (1e-9, 1e-3, 0.1, 0.3, 0.9, 0.999)),
            Case("Beta.by_mean", (0.5, 2.0), (1e-290, 1e-9, 0.3, 0.5, 0.9, 1.0 - 1e-9)),
            Case("Beta.by_mean", (0.5, 1.0), (1e-30, 1e-9, 0.01, 0.3, 0.5, 0.9, 0.999999), samples=False),
            Case("Beta.by_mean", (0.6, 500.0), (0.02, 0.3, 0.55, 0.6, 0.65, 0.8, 0.99), tails=False),
        ),
        ordinary=(0.4, 5.0),
        below=(-math.inf, -1.0, 0.0),
        above=(1.0, 2.0, math.inf),
        out_of_range={"mean": (0.0, 1.0, -1.2, math.nan), "precision": (0.0, -1.2, math.inf)},
        truths=((0.625, 4.0), (0.4, 1.1), (0.8, 100.0)),
        peer=lambda mean, precision: stats.beta(mean * precision, (1.0 - mean) * precision),
        points=(0.05, 0.4, 0.77, 0.93),
        more=((0.4, 0.9), (0.5, 32.0), (0.3, 3e5)),
        deep={"Beta.by_mean(0.6, 500)": (1.0 - 1e-9, 1e-5)},
    ),
    Entry(
        KUMARASWAMY,
        rows=(
            Case("Kumaraswamy", (1.0, 1.0), (1e-290, 1e-9, 0.3, 0.5, 0.9, 1.0 - 1e-9)),
            Case("Kumaraswamy", (2.5, 1.5), (1e-110, 1e-9, 0.01, 0.3, 0.5, 0.9, 0.999999)),
            Case("Kumaraswamy", (0.5, 0.5), NEAR_0, samples=False),
            Case("Kumaraswamy", (0.3, 8.0), (1e-300, 1e-30, 1e-9, 0.01, 0.3, 0.9, 0.999)),
            Case("Kumaraswamy", (20.0, 5.0), (0.001, 0.3, 0.8, 0.9, 0.95, 0.999)),
        ),
        ordinary=(2.5, 1.5),
        below=(-math.inf, -1.0, 0.0),
        above=(1.0, 2.0, math.inf),
        out_of_range={"a": (0.0, -1.2, math.nan), "b": (0.0, -1.2, math.inf)},
        truths=((2.5, 1.5), (0.4, 0.7), (8.0, 3.0)),
        peer=lambda a, b: _Power(a, b=b),
        points=(0.05, 0.4, 0.77, 0.93),
        more=((0.4, 0.5), (9.0, 4.0)),
    ),
)


class _Power:
    """A Kumaraswamy distribution as scipy would offer it: a power of a beta."""

    def __init__(self, a: float, b: float) -> None:
        self.a, self.b = a, b

    def logpdf(self, x: Any) -> Any:
        return (
            stats.beta(1.0, self.b).logpdf(x**self.a)
            + math.log(self.a)
            + (self.a - 1.0) * stats.beta(1, 1).logpdf(x)
            + (self.a - 1.0) * _log(x)
        )

    def rvs(self, n: int, random_state: Any) -> Any:
        return stats.beta(1.0, self.b).rvs(n, random_state=random_state) ** (1.0 / self.a)


def _log(x: Any) -> Any:
    import numpy as np

    return np.log(x)
