"""Truncation times censoring against quadrature: every kind of row, each with and without truncation on either side.

The other side is written from the definition alone: the density, integrated by mpmath over what is known of the row and
over what could have been seen. No distribution function of ours or of mpmath takes part.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from families import ENTRIES  # noqa: F401 - fills the table of oracles
from mpmath import mp, mpf
from oracles import ORACLES, unit_orders

import mlestat as mle
from mlestat.likelihood import totals
from mlestat.solvers.choose import choose_source
from mlestat.sources.array import Rows

VALUE = 1e-13
DERIVATIVE = 1e-10
"""Relative to the size of what is summed."""

# low, high (equal: exact; None: open), entry, exit
ROWS = [
    (1.3, 1.3, None, None),
    (1.3, 1.3, 0.4, None),
    (1.3, 1.3, None, 6.0),
    (1.3, 1.3, 0.4, 6.0),
    (2.2, None, None, None),  # right-censored
    (2.2, None, 0.7, None),
    (2.2, None, None, 5.0),  # lies in (2.2, 5]
    (0.5, None, 0.7, None),  # censored before it could be seen: nothing
    (None, 1.1, None, None),  # left-censored
    (None, 1.1, 0.3, 4.0),  # lies in (0.3, 1.1]
    (0.6, 2.9, None, None),
    (0.6, 2.9, 0.8, 2.5),  # cut on both sides
    (1.7, 1.7002, 0.1, None),  # nearly a point
]

COUNTS = [
    (2, 2, None, None),
    (2, 2, 0, None),
    (2, 2, 0, 6),
    (3, None, None, None),
    (3, None, 1, 7),
    (None, 1, None, None),
    (None, 2, 0, 9),
    (1, 4, None, None),
    (1, 4, 1, 3),
]

MODELS: dict[str, tuple[float, ...]] = {"Gamma": (2.5, 0.8), "LogNormal": (0.4, 0.7), "Weibull": (1.6, 2.1)}


def _sample(rows: list[Any], *, discrete: bool) -> mle.Sample:
    low, high, entry, leave = (np.array([math.nan if v is None else v for v in c]) for c in zip(*rows, strict=True))
    if discrete:  # masks, whose right-censored counts lie above their value
        return mle.Sample(
            np.where(np.isnan(low), high, low),
            right_censored=np.isnan(high),
            left_censored=np.isnan(low),
            entry=entry,
            exit=leave,
        )
    return mle.Sample.intervals(low, high, entry=entry, exit=leave)


NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)

LOWEST, HIGHEST = mpf(-26), mpf("6.5")
"""Of log x: beyond them the densities below hold less than 1e-17."""


def _quadrature(log_density: Callable[..., Any], theta: Any, low: Any, high: Any) -> Any:
    """Gauss and Legendre's rule on pieces of log x, in which these densities are smooth at either end."""
    first = LOWEST if low <= 0 else max(LOWEST, mp.log(low))
    last = HIGHEST if high == mp.inf else min(HIGHEST, mp.log(high))
    pieces = max(1, math.ceil((last - first) / 1.5))
    half = (last - first) / (2 * pieces)
    total = mpf(0)
    for middle in (first + (2 * i + 1) * half for i in range(pieces)):
        for node, weight in zip(NODES, WEIGHTS, strict=True):
            t = middle + half * mpf(node)
            total += half * mpf(weight) * mp.exp(log_density(mp.exp(t), *theta) + t)
    return total


def _by_definition(log_density: Callable[..., Any], rows: list[Any], mass: Callable[..., Any], *theta: Any) -> Any:
    total = mpf(0)
    for low, high, entry, leave in rows:
        c, d = mpf(0) if entry is None else mpf(entry), mp.inf if leave is None else mpf(leave)
        a, b = mpf(0) if low is None else mpf(low), mp.inf if high is None else mpf(high)
        if low == high:
            total += log_density(a, *theta)
        else:
            total += mp.log(mass(log_density, theta, max(a, c), min(b, d)))
        if entry is not None or leave is not None:
            total -= mp.log(mass(log_density, theta, c, d))
    return total


def _check(name: str, theta: tuple[float, ...], sample: mle.Sample, expected: Callable[..., Any]) -> None:
    member = getattr(mle, name)(*theta)
    value, score, hessian = totals(member, choose_source(member, Rows(sample)))
    k, size = len(theta), float(sample.rows)
    with mp.workdps(25):
        at = [mpf(t) for t in theta]
        assert abs(value - expected(*at)) <= VALUE * size
        for i in range(k):
            assert abs(score[i] - mp.diff(expected, at, unit_orders(k, i)[1:])) <= DERIVATIVE * size, i
            for j in range(i + 1):
                assert abs(hessian[i, j] - mp.diff(expected, at, unit_orders(k, i, j)[1:])) <= DERIVATIVE * size, (i, j)


@pytest.mark.parametrize("name", MODELS)
def test_continuous_rows(name: str) -> None:
    log_density = ORACLES[name].logpdf
    sample = _sample(ROWS, discrete=False)
    _check(name, MODELS[name], sample, lambda *theta: _by_definition(log_density, ROWS, _quadrature, *theta))


def test_whole_numbers() -> None:
    """A right-censored count lies above its value, a left-censored one is at most its value; entry is excluded."""

    def log_density(x: Any, rate: Any) -> Any:
        return x * mp.log(rate) - rate - mp.loggamma(x + 1)

    def mass(low: int, high: int, rate: Any) -> Any:
        return mp.fsum(mp.exp(log_density(mpf(x), rate)) for x in range(low, high + 1))

    def expected(rate: Any) -> Any:
        total = mpf(0)
        for low, high, entry, leave in COUNTS:
            c, d = 0 if entry is None else entry + 1, 120 if leave is None else leave
            if low == high:
                total += log_density(mpf(low), rate)
            else:
                first = 0 if low is None else low + (1 if high is None else 0)
                total += mp.log(mass(max(first, c), min(120 if high is None else high, d), rate))
            if entry is not None or leave is not None:
                total -= mp.log(mass(c, d, rate))
        return total

    intervals = [row for row in COUNTS if None not in row[:2]]
    masked = [row for row in COUNTS if None in row[:2] or row[0] == row[1]]
    whole = [row for row in intervals if row[0] != row[1]]
    member = mle.Poisson(2.7)
    parts = [
        totals(member, choose_source(member, Rows(sample)))
        for sample in (
            _sample(masked, discrete=True),
            mle.Sample.intervals(
                [r[0] for r in whole],
                [r[1] for r in whole],
                entry=[math.nan if r[2] is None else r[2] for r in whole],
                exit=[math.nan if r[3] is None else r[3] for r in whole],
            ),
        )
    ]
    with mp.workdps(30):
        assert abs(sum(p[0] for p in parts) - expected(mpf("2.7"))) <= VALUE * len(COUNTS)
        assert abs(sum(p[1][0] for p in parts) - mp.diff(expected, mpf("2.7"))) <= DERIVATIVE
        assert abs(sum(p[2][0, 0] for p in parts) - mp.diff(expected, mpf("2.7"), 2)) <= DERIVATIVE


@pytest.mark.parametrize("name", MODELS)
def test_limits(name: str) -> None:
    """Open bounds change nothing; an interval that shrinks to a point tends to the density, with its derivatives."""
    member = getattr(mle, name)(*MODELS[name])
    x = np.array([0.4, 1.1, 2.6, 5.0])
    exact = totals(member, choose_source(member, Rows(mle.Sample(x))))
    vacuous = totals(member, choose_source(member, Rows(mle.Sample(x, entry=0.0, exit=math.inf))))
    for a, b in zip(exact, vacuous, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-14)
    width = 1e-5
    narrow = mle.Sample.intervals(x - width / 2, x + width / 2)
    value, score, hessian = totals(member, choose_source(member, Rows(narrow)))
    assert value - x.size * math.log(width) == pytest.approx(exact[0], abs=1e-9)
    np.testing.assert_allclose(score, exact[1], atol=1e-8)
    np.testing.assert_allclose(hessian, exact[2], atol=1e-7)
