"""THE table of the families of rows: every property is checked on every row of it.

Each family is written anew in mpmath, from the textbook, as a function of one row and of the single numbers of its
parameters; derivatives are taken numerically at 60 digits. Nothing here comes from the library but the classes under
test.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from mpmath import mp, mpf

import mlestat as mle

DIGITS = 60
STEP = mpf(10) ** -12
"""Relative step of a condition: a difference of values at 60 digits, so exact to 12."""

STABLE = 2e-13
"""What a stable formula may err, relative to value and condition together, as in cases.py; rows have a few times more
terms."""

Numbers = tuple[Any, ...]


@dataclass(frozen=True)
class Case:
    """A family with parameters, and rows at which it is examined.

    `logpdf(x, theta)` is its density in mpmath, of the numbers of a row and of the parameters, in the order of `parts`.
    `ordinary` rows have nothing extreme, and serve tests that need one member of each family.
    """

    id: str
    distribution: Any
    rows: tuple[tuple[Any, ...], ...]
    logpdf: Callable[[Numbers, Numbers], Any]
    ordinary: bool = True

    @property
    def family(self) -> str:
        return self.id.partition(" ")[0]

    @property
    def theta(self) -> tuple[float, ...]:
        d = self.distribution
        return tuple(part.of(d.params) for part in d.parts().values())

    def row(self, x: tuple[Any, ...]) -> Any:
        """What the library takes: a row, or a label."""
        return self.distribution.names[int(x[0])] if self.family == "Categorical" else np.array(x, dtype=float)

    def derivative(self, x: tuple[Any, ...], theta: Sequence[Any], which: tuple[int, ...], of_x: bool = False) -> Any:
        """The derivative in the numbers `which` of the parameters, or of the row."""
        point = [mpf(v) for v in (x if of_x else theta)]
        units = [abs(v) or mpf(1) for v in point]
        moving = sorted(set(which))

        def along(*steps: Any) -> Any:
            moved = list(point)
            for i, step in zip(moving, steps, strict=True):
                moved[i] = point[i] + units[i] * step
            return self.logpdf(tuple(moved), tuple(theta)) if of_x else self.logpdf(x, tuple(moved))

        if not which:
            return self.logpdf(x, tuple(theta))
        orders = tuple(which.count(i) for i in moving)
        value = mp.diff(along, (0,) * len(moving), orders) if len(moving) > 1 else mp.diff(along, 0, orders[0])
        for i in which:
            value /= units[i]
        return value

    def value_and_condition(self, x: tuple[Any, ...], which: tuple[int, ...], of_x: bool = False) -> tuple[Any, Any]:
        """A derivative, and by how much relative changes of the arguments can change it."""
        with mp.workdps(DIGITS):
            exact_x, theta = tuple(mpf(v) for v in x), tuple(mpf(v) for v in self.theta)
            value = self.derivative(exact_x, theta, which, of_x)
            condition = mpf(0)
            for i in range(len(theta)):
                moved = tuple(v * (1 + STEP) if i == j else v for j, v in enumerate(theta))
                condition += abs(self.derivative(exact_x, moved, which, of_x) - value) / STEP
            if not self.distribution.discrete:
                for i in range(len(exact_x)):
                    moved = tuple(v * (1 + STEP) if i == j else v for j, v in enumerate(exact_x))
                    condition += abs(self.derivative(moved, theta, which, of_x) - value) / STEP
            return value, condition


def assert_stable(case: Case, x: tuple[Any, ...], got: Any, which: tuple[int, ...], of_x: bool = False) -> None:
    """The value is as near to the exact one as a stable formula on doubles can be."""
    exact, condition = case.value_and_condition(x, which, of_x)
    bound = STABLE * (abs(exact) + condition)
    error = abs(mpf(float(got)) - exact)
    assert error <= bound, (
        f"{case.id} at {x}, derivative {which}: got {got!r}, exact {float(exact)!r}, {float(error / bound):.3g}"
    )


# -- the families, from the textbook -----------------------------------------------------------------------


def determinant(rows: list[list[Any]]) -> Any:
    """By expansion along the first row: no pivot to compare with anything, whatever the units."""
    if not rows:
        return mpf(1)
    inner = [[row[:j] + row[j + 1 :] for row in rows[1:]] for j in range(len(rows))]
    return mp.fsum((-1) ** j * rows[0][j] * determinant(inner[j]) for j in range(len(rows)))


def normal(x: Numbers, theta: Numbers) -> Any:
    """With Cramer's rule for the quadratic form: det(bordered by the gap) = -gapᵀ adj(cov) gap."""
    d, numbers = len(x), iter(theta[len(x) :])
    upper = [[next(numbers) if j >= i else None for j in range(d)] for i in range(d)]
    cov = [[upper[min(i, j)][max(i, j)] for j in range(d)] for i in range(d)]
    gap = [a - b for a, b in zip(x, theta[:d], strict=True)]
    bordered = [[*row, g] for row, g in zip(cov, gap, strict=True)] + [[*gap, mpf(0)]]
    det = determinant(cov)
    return -(d * mp.log(2 * mp.pi) + mp.log(det) - determinant(bordered) / det) / 2


def dirichlet(x: Numbers, alpha: Numbers) -> Any:
    constant = mp.loggamma(mp.fsum(alpha)) - mp.fsum(mp.loggamma(a) for a in alpha)
    return constant + mp.fsum((a - 1) * mp.log(v) for a, v in zip(alpha, x, strict=True))


def multinomial(x: Numbers, p: Numbers) -> Any:
    n, total = mp.fsum(x), mp.fsum(p)
    ways = mp.loggamma(n + 1) - mp.fsum(mp.loggamma(v + 1) for v in x)
    return ways + mp.fsum(v * mp.log(q / total) for v, q in zip(x, p, strict=True) if v)


def categorical(x: Numbers, p: Numbers) -> Any:
    return mp.log(p[int(x[0])] / mp.fsum(p))


def mixture(k: int) -> Callable[[Numbers, Numbers], Any]:
    def logpdf(x: Numbers, theta: Numbers) -> Any:
        weights = [*theta[: k - 1], 1 - mp.fsum(theta[: k - 1])]
        size = (len(theta) - k + 1) // k
        parts = [theta[k - 1 + c * size : k - 1 + (c + 1) * size] for c in range(k)]
        return mp.log(mp.fsum(w * mp.exp(normal(x, part)) for w, part in zip(weights, parts, strict=True)))

    return logpdf


def shares(*rows: Sequence[float]) -> tuple[tuple[float, ...], ...]:
    """Rows of doubles that add to 1 to the last place."""
    return tuple((*row, 1.0 - float(np.sum(np.array(row)))) for row in rows)


TWO = mle.Mixture(
    [
        mle.MultivariateNormal([0.0, 0.5], [[1.0, 0.3], [0.3, 0.8]]),
        mle.MultivariateNormal([2.0, -1.0], [[0.5, -0.2], [-0.2, 2.0]]),
    ],
    weights=[0.3, 0.7],
)

CASES = {
    case.id: case
    for case in (
        Case(
            "MultivariateNormal",
            mle.MultivariateNormal([0.5, -1.0], [[2.0, 0.6], [0.6, 0.5]]),
            ((0.0, 0.0), (1.7, -2.5), (0.5, -1.0), (40.0, 3.0)),
            normal,
        ),
        Case(
            "MultivariateNormal of three",
            mle.MultivariateNormal([1.0, 0.0, -3.0], [[1.0, 0.2, 0.1], [0.2, 4.0, -0.5], [0.1, -0.5, 0.3]]),
            ((0.3, 1.0, -2.0),),
            normal,
            ordinary=False,
        ),
        Case(
            "MultivariateNormal in units far apart",
            mle.MultivariateNormal([1e-60, 2e60], [[4e-120, 1.0], [1.0, 9e120]]),
            ((3e-60, -1e60),),
            normal,
            ordinary=False,
        ),
        Case(
            "MultivariateNormal nearly singular",
            mle.MultivariateNormal([0.0, 0.0], [[1.0, 1.0 - 2.0**-20], [1.0 - 2.0**-20, 1.0]]),
            ((0.3, 0.2), (1.0, 1.0)),
            normal,
            ordinary=False,
        ),
        Case(
            "MultivariateNormal of one",
            mle.MultivariateNormal([2.0], [[3.0]]), ((0.0,), (2.5,)), normal, ordinary=False
        ),
        Case("Dirichlet", mle.Dirichlet([2.0, 0.7, 5.0]), shares((0.2, 0.3), (0.001, 0.7), (0.6, 1e-9)), dirichlet),
        Case(
            "Dirichlet narrow", mle.Dirichlet([2e6, 1e6, 3e6]), shares((0.333, 0.167), (0.3335, 0.1666)), dirichlet,
            ordinary=False,
        ),
        Case(
            "Dirichlet sparse", mle.Dirichlet([1e-3, 2e-2]), ((1e-250, 1.0), (0.5, 0.5)), dirichlet, ordinary=False
        ),
        Case(
            "Multinomial",
            mle.Multinomial(12, [0.2, 0.5, 0.3]),
            ((2, 7, 3), (0, 12, 0), (12, 0, 0), (4, 4, 4)),
            multinomial,
        ),
        Case(
            "Multinomial of many trials",
            mle.Multinomial(10**9, [0.25, 0.25, 0.5]),
            ((250_000_100, 249_999_900, 500_000_000), (10**9, 0, 0)),
            multinomial,
            ordinary=False,
        ),
        Case("Categorical", mle.Categorical([0.2, 0.5, 0.3], ["a", "b", "c"]), ((0,), (1,), (2,)), categorical),
        Case("Mixture", TWO, ((0.5, 0.0), (2.0, -1.0), (-3.0, 4.0)), mixture(2)),
    )
}  # fmt: skip

ORDINARY = {case.family: case for case in CASES.values() if case.ordinary}
FAMILIES = tuple(ORDINARY)
CONTINUOUS = tuple(name for name, case in CASES.items() if not case.distribution.discrete)
