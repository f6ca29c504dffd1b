"""What the table knows of a family: its oracle, its rows, the points outside, parameters out of range, a peer.

An `Entry` is all that a new family adds to the tests; the properties in tests/ are then checked on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from oracles import ORACLES, Oracle

import mlestat as mle

Z = (-37.0, -8.0, -1.5, -0.3, -1e-5, 1e-9, 0.7, 3.0, 37.0)
"""Standardised points of a location-scale family: the normal tail at 37 is 6e-300."""


@dataclass(frozen=True)
class Case:
    """One row.

    `orders` is the highest order of derivatives that doubles can hold there: at sigma = 1e-300 the Hessian, about
    1e600, cannot be. `samples` is False where most of the mass lies under the smallest double, beyond any sampler.
    `tails` is False where mpmath's own tail is too slow to be differentiated, and `tail_condition` says by how much
    more than one per unit of its parameter a log-tail's derivative may be off.
    """

    family: str
    theta: tuple[float, ...]
    x: tuple[float, ...]
    orders: int = 2
    samples: bool = True
    tails: bool = True
    tail_condition: float = 1.0

    @property
    def id(self) -> str:
        return f"{self.family}({', '.join(f'{t:g}' for t in self.theta)})"

    @property
    def oracle(self) -> Oracle:
        return ORACLES[self.family]

    @property
    def corner(self) -> float:
        """Probability below the density's corner; the median where it has none."""
        return 0.5 if self.oracle.corner is None else float(self.oracle.corner(*self.theta))

    @property
    def distribution(self) -> Any:
        return mle.distributions.FAMILIES[self.family](*self.theta)

    @property
    def points(self) -> np.ndarray:
        return np.array(self.x)

    @property
    def location(self) -> float:
        return self.theta[self.oracle.parameters.index("mu")] if self.shifted else 0.0

    @property
    def shifted(self) -> bool:
        return "mu" in self.oracle.parameters and self.family != "LogNormal"


def along(mu: float, unit: float, z: tuple[float, ...] = Z) -> tuple[float, ...]:
    return tuple(mu + unit * t for t in z)


def multiples(*t: float, unit: float = 1.0) -> tuple[float, ...]:
    return tuple(unit * s for s in t)


def around(mean: float, sd: float, *more: float) -> tuple[float, ...]:
    return tuple(mean + sd * z for z in (-37.0, -6.0, -1.0, 0.0, 1e-3, 2.0, 8.0, 37.0)) + more


def counts_around(mean: float, sd: float, *more: int) -> tuple[float, ...]:
    inner = (float(max(0, round(mean + sd * z))) for z in (-30.0, -6.0, -1.0, 0.0, 0.01, 2.0, 8.0, 36.0))
    return tuple(dict.fromkeys((*inner, *(float(m) for m in more))))


WIDE = tuple(s * v for v in (1e-9, 0.3, 1.5, 40.0, 1e8) for s in (-1.0, 1.0))
"""Points of a tail that falls like a power."""


@dataclass(frozen=True)
class Entry:
    """All that the tests know of one family.

    Parameters
    ----------
    oracle : Oracle
        Its formulas in mpmath.
    rows : tuple of Case
        Ordinary and extreme parameters, and the points at which they are examined, far tails included.
    ordinary : tuple of float
        Parameters for tests that need one distribution of each.
    below, above : tuple of float
        Points outside the support of the ordinary member; whole-number families have holes as well.
    out_of_range : mapping
        Values that each parameter must refuse.
    truths : tuple
        Parameters that fits are tried on.
    peer : callable
        The parameters to the frozen distribution of scipy.stats.
    points : tuple of float
        Points of the ordinary member's support where autodiff is compared, none at a corner.
    more : tuple
        Further parameters for autodiff, on both sides of where formulas change over.
    deep : mapping
        From a row's name to (x far above, x far below), None for no such point, whose tails underflow.
    """

    oracle: Oracle
    rows: tuple[Case, ...]
    ordinary: tuple[float, ...]
    below: tuple[float, ...]
    above: tuple[float, ...]
    out_of_range: Mapping[str, tuple[float, ...]]
    truths: tuple[tuple[float, ...], ...]
    peer: Callable[..., Any]
    points: tuple[float, ...]
    more: tuple[tuple[float, ...], ...] = ()
    deep: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ORACLES[self.oracle.name] = self.oracle
