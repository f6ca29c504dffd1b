"""THE table: every property of a family is checked on every row of it. A new family gets all tests by its rows here.

A row is a distribution with ordinary or extreme parameters and the points at which it is examined, far tails included.
The properties are in tests/distributions; the second opinion is tests/oracles.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from oracles import ORACLES, Oracle

import mlestat as mle

EPS = 2.0**-52

STABLE = 1e-13
"""What a stable formula may err, relative to value and condition together (oracles.value_and_condition): 450 units
in the last place, which leaves room for the few ulps of each special function and for sums of some ten terms."""

TINY = 2.0**-1060
"""Absolute floor: below it doubles are subnormal and carry few digits."""

Z = (-37.0, -8.0, -1.5, -0.3, -1e-5, 1e-9, 0.7, 3.0, 37.0)
"""Standardised points of a location-scale family: the normal tail at 37 is 6e-300."""


@dataclass(frozen=True)
class Case:
    """One row.

    `orders` is the highest order of derivatives that doubles can hold there: at sigma = 1e-300 the Hessian, about
    1e600, cannot be. `samples` is False where most of the mass lies under the smallest double, beyond any sampler.
    """

    family: str
    theta: tuple[float, ...]
    x: tuple[float, ...]
    orders: int = 2
    samples: bool = True

    @property
    def id(self) -> str:
        return f"{self.family}({', '.join(f'{t:g}' for t in self.theta)})"

    @property
    def oracle(self) -> Oracle:
        return ORACLES[self.family]

    @property
    def distribution(self) -> Any:
        return getattr(mle, self.family)(*self.theta)

    @property
    def points(self) -> np.ndarray:
        return np.array(self.x)

    @property
    def location(self) -> float:
        return self.theta[self.oracle.parameters.index("mu")] if self.shifted else 0.0

    @property
    def shifted(self) -> bool:
        return "mu" in self.oracle.parameters and self.family != "LogNormal"


def _line(mu: float, unit: float, z: tuple[float, ...] = Z) -> tuple[float, ...]:
    return tuple(mu + unit * t for t in z)


def _ray(*t: float, unit: float = 1.0) -> tuple[float, ...]:
    return tuple(unit * s for s in t)


def _near(mean: float, sd: float, *more: float) -> tuple[float, ...]:
    return tuple(mean + sd * z for z in (-37.0, -6.0, -1.0, 0.0, 1e-3, 2.0, 8.0, 37.0)) + more


def _count_near(mean: float, sd: float, *more: int) -> tuple[float, ...]:
    inner = (float(max(0, round(mean + sd * z))) for z in (-30.0, -6.0, -1.0, 0.0, 0.01, 2.0, 8.0, 36.0))
    return tuple(dict.fromkeys((*inner, *(float(m) for m in more))))


WIDE = tuple(s * v for v in (1e-9, 0.3, 1.5, 40.0, 1e8) for s in (-1.0, 1.0))
"""Points of a tail that falls like a power."""

ROWS: tuple[Case, ...] = (
    Case("Normal", (0.0, 1.0), Z),
    Case("Normal", (1.5, 2.0), _line(1.5, 2.0)),
    Case("Normal", (1e6, 1e-3), _line(1e6, 1e-3)),
    Case("Normal", (-3e-150, 1e-150), _line(-3e-150, 1e-150)),
    Case("Normal", (2e150, 1e150), _line(2e150, 1e150)),
    Case("Normal", (3e-300, 1e-300), _line(3e-300, 1e-300), orders=1),
    Case("Normal", (-2e300, 1e300), _line(-2e300, 1e300), orders=1),
    Case("LogNormal", (0.0, 1.0), tuple(math.exp(z) for z in Z)),
    Case("LogNormal", (0.5, 0.8), tuple(math.exp(0.5 + 0.8 * z) for z in Z)),
    Case("LogNormal", (600.0, 2.0), tuple(math.exp(600 + 2 * z) for z in Z)),
    Case("LogNormal", (-650.0, 0.5), tuple(math.exp(-650 + 0.5 * z) for z in Z)),
    Case("LogNormal", (2.0, 1e-8), tuple(math.exp(2.0 + 1e-8 * z) for z in Z)),
    Case("LogNormal", (0.0, 50.0), (1e-300, 1e-20, 0.5, 1.0, 1e20, 1e300)),
    Case("Exponential", (1.0,), _ray(0.0, 1e-300, 1e-9, 0.3, 1.0, 4.0, 690.0)),
    Case("Exponential", (2.5,), _ray(1e-9, 0.3, 1.0, 4.0, 690.0, unit=2.5)),
    Case("Exponential", (1e-150,), _ray(1e-9, 0.3, 1.0, 690.0, unit=1e-150)),
    Case("Exponential", (1e-300,), _ray(1e-5, 0.3, 1.0, 690.0, unit=1e-300), orders=1),
    Case("Exponential", (1e300,), _ray(1e-9, 0.3, 1.0, 690.0, unit=1e300), orders=1),
    Case("Laplace", (0.0, 1.0), _line(0.0, 1.0, (-690.0, *Z, 690.0))),
    Case("Laplace", (1.0, 2.0), _line(1.0, 2.0, (-690.0, *Z, 690.0))),
    Case("Laplace", (1e6, 1e-3), _line(1e6, 1e-3)),
    Case("Laplace", (2e-150, 1e-150), _line(2e-150, 1e-150)),
    Case("Laplace", (0.0, 1e-300), _line(0.0, 1e-300), orders=1),
    Case("Laplace", (0.0, 1e300), _line(0.0, 1e300), orders=1),
    Case("Gamma", (1.0, 1.0), _ray(1e-300, 1e-9, 0.3, 1.0, 4.0, 690.0)),
    Case("Gamma", (2.5, 3.0), _ray(1e-100, 1e-9, 0.3, 2.5, 4.0, 40.0, 690.0, unit=3.0)),
    Case("Gamma", (0.5, 2.0), _ray(1e-300, 1e-9, 0.3, 0.5, 4.0, 680.0, unit=2.0)),
    Case("Gamma", (1e-3, 1.0), _ray(1e-300, 1e-30, 1e-3, 0.3, 4.0, 680.0), samples=False),
    Case("Gamma", (200.0, 5.0), _ray(10.0, 100.0, 199.0, 200.0, 201.0, 400.0, 1200.0, unit=5.0)),
    Case("Gamma", (1e6, 1e-3), _near(1e3, 1.0)),
    Case("Gamma", (1e10, 1e-10), _near(1.0, 1e-5)),
    Case("Gamma", (2.5, 1e-150), _ray(1e-9, 0.3, 2.5, 40.0, 690.0, unit=1e-150)),
    Case("Gamma", (2.5, 1e-300), _ray(1e-5, 0.3, 2.5, 40.0, 690.0, unit=1e-300), orders=1),
    Case("Gamma", (2.5, 1e300), _ray(1e-9, 0.3, 2.5, 40.0, 690.0, unit=1e300), orders=1),
    Case("Weibull", (1.0, 1.0), _ray(1e-300, 1e-9, 0.3, 1.0, 4.0, 690.0)),
    Case("Weibull", (1.7, 3.0), _ray(1e-100, 1e-9, 0.3, 1.0, 4.0, 46.0, unit=3.0)),
    Case("Weibull", (0.5, 2.0), _ray(1e-300, 1e-9, 0.3, 1.0, 40.0, 4.7e5, unit=2.0)),
    Case("Weibull", (0.05, 1e-10), _ray(1e-280, 1e-20, 0.3, 1.0, 1e10, 1e50, unit=1e-10)),
    Case("Weibull", (50.0, 10.0), _ray(1e-6, 0.9, 0.99, 1.0, 1.01, 1.13, unit=10.0)),
    Case("Weibull", (1e4, 5.0), _ray(0.94, 0.999, 0.9999, 1.0, 1.0001, 1.00065, unit=5.0)),
    Case("Weibull", (2.0, 1e-150), _ray(1e-9, 0.3, 1.0, 4.0, 26.0, unit=1e-150)),
    Case("Weibull", (2.0, 1e-300), _ray(1e-5, 0.3, 1.0, 4.0, 26.0, unit=1e-300), orders=1),
    Case("Weibull", (2.0, 1e300), _ray(1e-9, 0.3, 1.0, 4.0, 26.0, unit=1e300), orders=1),
    Case("StudentT", (4.5, 1.0, 2.0), _line(1.0, 2.0, (*WIDE, 1e60))),
    Case("StudentT", (1.0, 0.0, 1.0), (*WIDE, 1e290)),
    Case("StudentT", (0.3, 0.0, 1.0), (*WIDE, -1e200)),
    Case("StudentT", (4.0, 1e6, 1e-3), _line(1e6, 1e-3, WIDE[:8])),
    Case("StudentT", (30.0, -2.0, 0.1), _line(-2.0, 0.1, WIDE)),
    Case("StudentT", (1e5, 0.0, 1.0), (*Z, 40.0)),
    Case("StudentT", (1e9, 0.0, 2.0), _line(0.0, 2.0)),
    Case("StudentT", (1e15, 1.0, 2.0), _line(1.0, 2.0)),
    Case("StudentT", (3.0, 0.0, 1e-150), _line(0.0, 1e-150, WIDE)),
    Case("StudentT", (3.0, 0.0, 1e-300), _line(0.0, 1e-300, WIDE[2:]), orders=1),
    Case("StudentT", (3.0, 0.0, 1e300), _line(0.0, 1e300, WIDE[:10]), orders=1),
    Case("NegativeBinomial", (4.0, 2.5), (0.0, 1.0, 3.0, 4.0, 20.0, 300.0, 1420.0)),
    Case("NegativeBinomial", (3.0, 2.0), (0.0, 1.0, 3.0, 40.0, 1300.0)),
    Case("NegativeBinomial", (0.5, 1e-3), (0.0, 1.0, 2.0, 50.0, 5000.0)),
    Case("NegativeBinomial", (10.0, 1e6), (0.0, 1.0, 9.0, 10.0, 30.0, 320.0)),
    Case("NegativeBinomial", (3.0, 1e10), (0.0, 1.0, 3.0, 10.0, 190.0)),
    Case("NegativeBinomial", (0.01, 1.0), (0.0, 1.0, 3.0, 37.0)),
    Case("NegativeBinomial", (1e3, 3.0), (0.0, 1.0, 500.0, 1000.0, 5000.0, 2.3e5)),
    Case("NegativeBinomial", (1e5, 1e9), _count_near(1e5, 316.0)),
    Case("Poisson", (3.0,), (0.0, 1.0, 3.0, 10.0, 190.0)),
    Case("Poisson", (0.1,), (0.0, 1.0, 3.0, 120.0)),
    Case("Poisson", (1e-8,), (0.0, 1.0, 3.0, 35.0)),
    Case("Poisson", (50.0,), (0.0, 20.0, 50.0, 51.0, 100.0, 470.0)),
    Case("Poisson", (1e7,), _count_near(1e7, 3162.0)),
)

CASES = {case.id: case for case in ROWS}
FAMILIES = tuple(ORACLES)
CONTINUOUS = {i: c for i, c in CASES.items() if not c.oracle.discrete}

FREE_NAMES = {name: o.parameters for name, o in ORACLES.items()}

OUTSIDE: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    # points below and above the support; whole-number families have points between as well (see HOLES)
    "Normal": ((-math.inf,), (math.inf,)),
    "Laplace": ((-math.inf,), (math.inf,)),
    "StudentT": ((-math.inf,), (math.inf,)),
    "LogNormal": ((-math.inf, -1.0, -1e-300, 0.0), (math.inf,)),
    "Exponential": ((-math.inf, -1.0, -1e-300), (math.inf,)),
    "Gamma": ((-math.inf, -1.0, -1e-300), (math.inf,)),
    "Weibull": ((-math.inf, -1.0, -1e-300), (math.inf,)),
    "NegativeBinomial": ((-math.inf, -1.0, -0.5), (math.inf,)),
    "Poisson": ((-math.inf, -1.0, -0.5), (math.inf,)),
}

HOLES = (0.5, 2.000001, 1e6 + 0.5)
"""Points between whole numbers."""

ORDINARY = {
    "Normal": (1.5, 2.0),
    "LogNormal": (0.5, 0.8),
    "Exponential": (2.5,),
    "Laplace": (1.0, 2.0),
    "Gamma": (2.5, 3.0),
    "NegativeBinomial": (4.0, 2.5),
    "Weibull": (1.7, 3.0),
    "StudentT": (4.5, 1.0, 2.0),
    "Poisson": (3.0,),
}
"""Ordinary parameters of each family, for tests that need one distribution of each."""


def ordinary(family: str) -> Any:
    """Return the family at its ordinary parameters."""
    return getattr(mle, family)(*ORDINARY[family])
