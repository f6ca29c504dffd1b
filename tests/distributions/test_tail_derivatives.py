"""Derivatives of log F, log S in the parameters, and of the score in x, against mpmath on every row of the table."""

from __future__ import annotations

import numpy as np
import pytest
from cases import CASES, CONTINUOUS, Case
from mpmath import mp
from oracles import DIFFERENTIATED, difference, differentiating, exact, probability, unit_orders
from stability import assert_stable

TAIL = 1e-10
"""Of a derivative of log F or log S, relative to the largest value that a change of each argument by 1 ulp times
TAIL_ULPS could make, and to the value itself."""

SMALLEST = mp.mpf(10) ** -290
"""Below it doubles lose digits."""

LEAST = mp.mpf(10) ** -280
"""Tails whose exact probability is smaller are examined by `deep` points alone."""


@pytest.mark.parametrize("name", [name for name, case in CONTINUOUS.items() if case.orders == 2])
def test_derivative_of_the_score_in_x(name: str) -> None:
    case = CASES[name]
    with np.errstate(all="ignore"):
        got = case.distribution._dscore(case.points)
    k = len(case.theta)
    for j in range(k):
        orders = (1, *unit_orders(k, j)[1:])
        column = np.broadcast_to(np.asarray(got[j], dtype=float), case.points.shape)
        assert_stable(case, column, orders, f"d score/dx in {case.oracle.parameters[j]}")


def log_tail(case: Case, x: float, orders: tuple[int, ...], *, upper: bool) -> mp.mpf:
    """A derivative of log S or log F in the parameters, by mpmath's differences in units of each parameter."""
    o = case.oracle
    with mp.workdps(DIFFERENTIATED), differentiating():
        theta = exact(case.theta)
        units = o.units(mp.mpf(x), *theta)[1:]
        moving = [i for i, n in enumerate(orders) if n]
        small = probability(case.family, x, case.theta, upper=upper) <= 0.5

        def along(*steps: mp.mpf) -> mp.mpf:
            moved = list(theta)
            for i, step in zip(moving, steps, strict=True):
                moved[i] = theta[i] + units[i] * step
            # by the smaller tail, so that a logarithm next to 0 keeps its digits
            p = (o.sf if upper == small else o.cdf)(mp.mpf(x), *moved)
            return mp.log(p) if small else mp.log1p(-p)

        which = tuple(orders[i] for i in moving)
        value = difference(along, which, least=0)  # a log-tail itself may be that small
        for i, n in zip(moving, which, strict=True):
            value /= units[i] ** n
        return value


def _digits_of_complement(case: Case, x: float, *, upper: bool) -> int:
    """Where P is nearly 1, log P and its derivatives are as small as 1 - P."""
    other = probability(case.family, x, case.theta, upper=not upper)
    return min(600, int(-1.6 * mp.log10(other))) if 0 < other < 1 else 0


@pytest.mark.parametrize("upper", [False, True], ids=["logcdf", "logsf"])
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.tails])
def test_log_tails_in_the_parameters(name: str, upper: bool) -> None:
    case = CASES[name]
    inside = [x for x in case.x if probability(case.family, x, case.theta, upper=upper) > LEAST]
    inside = inside[:: max(1, len(inside) // 3)]  # three or four points: mpmath's differences of tails are slow
    if not inside:
        return
    with np.errstate(all="ignore"):
        d = case.distribution
        g, h = (d._logsf_derivatives if upper else d._logcdf_derivatives)(np.array(inside))
    k = len(case.theta)
    for i, x in enumerate(inside):
        for j in case.oracle.estimated:
            _close(case, x, np.broadcast_to(g[j], len(inside))[i], unit_orders(k, j)[1:], upper)
            for m in (m for m in case.oracle.estimated if m <= j and case.orders == 2):
                _close(case, x, np.broadcast_to(h[j][m], len(inside))[i], unit_orders(k, j, m)[1:], upper)


def _close(case: Case, x: float, got: float, orders: tuple[int, ...], upper: bool) -> None:
    """Relative to the value and to the natural size of such a derivative: one per unit of each parameter."""
    want = log_tail(case, x, orders, upper=upper)
    with mp.workdps(30):
        units = case.oracle.units(mp.mpf(x), *exact(case.theta))[1:]
        size = mp.mpf(1)
        for u, n in zip(units, orders, strict=True):
            size /= u**n
        p = probability(case.family, x, case.theta, upper=not upper)
        # far in the other tail log P is nearly 0, and so are its derivatives: their size is that tail's
        allowed = TAIL * (abs(want) + size * min(p, mp.mpf(1)) * case.tail_condition) + SMALLEST
    if abs(want) > mp.mpf(10) ** 300:
        return
    assert abs(got - want) <= allowed, (
        f"d{orders} log {'sf' if upper else 'cdf'} of {case.id} at {x!r}: got {got!r}, exact {mp.nstr(want, 17)}, "
        f"error {mp.nstr(abs(got - want) / allowed, 3)} of the allowed"
    )
