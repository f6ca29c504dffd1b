"""THE table: every property of a family is checked on every row of it. A new family gets all tests by its entry.

The rows stand in tests/families, one `Entry` per family with everything that the tests know about it; the properties
are in tests/distributions; the second opinion is tests/oracles.py.
"""

from __future__ import annotations

from typing import Any

from families import ENTRIES, Case

import mlestat as mle

EPS = 2.0**-52

STABLE = 1e-13
"""What a stable formula may err, relative to value and condition together (oracles.value_and_condition): 450 units
in the last place, which leaves room for the few ulps of each special function and for sums of some ten terms."""

TINY = 2.0**-1060
"""Absolute floor: below it doubles are subnormal and carry few digits."""

ROWS: tuple[Case, ...] = tuple(row for entry in ENTRIES.values() for row in entry.rows)
CASES = {case.id: case for case in ROWS}
FAMILIES = tuple(ENTRIES)
CONTINUOUS = {i: c for i, c in CASES.items() if not c.oracle.discrete}
DISCRETE = tuple(name for name, e in ENTRIES.items() if e.oracle.discrete)
IRREGULAR = tuple(name for name in FAMILIES if not mle.distributions.FAMILIES[name].regular)
"""Families whose log-density has a corner or an edge that moves with a parameter."""

NAMES = {name: e.oracle.parameters for name, e in ENTRIES.items()}

FREE_NAMES = {name: tuple(e.oracle.parameters[i] for i in e.oracle.estimated) for name, e in ENTRIES.items()}
"""The parameters that a fit estimates: all but the known ones."""

OUTSIDE = {name: (e.below, e.above) for name, e in ENTRIES.items()}
"""Points below and above the support; whole-number families have points between as well (see HOLES)."""

HOLES = (0.5, 2.000001, 1e6 + 0.5)
"""Points between whole numbers."""

ORDINARY = {name: e.ordinary for name, e in ENTRIES.items()}
"""Ordinary parameters of each family, for tests that need one distribution of each."""


def model(family: str, theta: tuple[float, ...] | None = None, **held: Any) -> Any:
    """Return the family with everything free but what is held, and what is known beforehand (from theta)."""
    values = dict(zip(NAMES[family], theta or ORDINARY[family], strict=True))
    return mle.distributions.FAMILIES[family](
        **{n: v for n, v in values.items() if n not in FREE_NAMES[family]}, **held
    )


def ordinary(family: str) -> Any:
    """Return the family at its ordinary parameters."""
    return mle.distributions.FAMILIES[family](*ORDINARY[family])
