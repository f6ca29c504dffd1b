"""Unit: where and how large data are while they are fitted, and back to the user's own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlestat.distributions.base import Distribution, is_estimated
from mlestat.distributions.parameters import Role
from mlestat.sample import Sample
from mlestat.supports import WithZero

WORKING = 400
"""Binary exponent that the largest value of a family on x > 0 is brought to, to leave room for small ones."""

SMALLEST = 1e-300
"""Data of a positive family are not moved below this."""

FAR = 1e4
"""A location this many spreads from 0 is fitted about its centre."""

EXTREME = 1e100
"""Beyond this, or below its inverse, squares of the data leave float64: such data are fitted in another unit."""


@dataclass(frozen=True)
class Unit:
    """The unit in which a fit is made: (x - shift) · factor, with a factor that is a power of two.

    1 and 0 for nearly all data. Squares of data beyond 1e100 would leave float64; a location far from 0 in
    units of its spread would round in each step.
    """

    factor: float = 1.0
    shift: float = 0.0

    @classmethod
    def of(cls, model: Distribution, sample: Sample) -> Unit:
        """Return the unit that brings extreme data near 1. Priors are in the user's unit, so those data stay.

        So do those of a family whose parameters have none (ChiSquared).
        """
        centre = abs(sample.centre)
        if model.discrete or model.priors or all(role.unit is None for role in model.roles.values()):
            return cls()
        if 1.0 / EXTREME < centre < EXTREME:
            return cls(shift=_far_location(model, sample))
        sample.check_finite()
        size = sample.magnitude
        if size == 0.0 or 1.0 / EXTREME < size < EXTREME:
            return cls()
        open_at_0 = model.support.lower == 0.0 and not model.support.contains(0.0)
        factor = 2.0 ** min((WORKING if open_at_0 else 0) - math.frexp(size)[1], 1022)
        # a positive value must not become 0; where it would, the data stay as they are
        return cls() if open_at_0 and float(np.min(sample.stand_ins())) * factor < SMALLEST else cls(factor)

    def into(self, model: Distribution) -> Distribution:
        """Return the model with its fixed values in this unit."""
        return model.in_unit(self.inward_value)

    def inward_value(self, value: Any, role: Role) -> Any:
        """Return one parameter's value in this unit."""
        if role.unit == "data":
            return (value - self.shift if role.is_location else value) * self.factor
        return value + math.log(self.factor) if role.unit == "log data" else value

    def back(self, model: Distribution, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return parameter values in the user's unit; what the user fixed stays as given."""
        table = model.roles
        found = {n for n, v in model.params.items() if is_estimated(v)}
        return {n: self.outward_value(v, table[n]) if n in found else model.params[n] for n, v in values.items()}

    def outward(self, member: Distribution) -> Distribution:
        """Return a known member in the user's unit."""
        return member.in_unit(self.outward_value)

    def height(self, model: Distribution, sample: Sample) -> float:
        """Return what a log-likelihood gains by the return to the user's unit: the densities of exact rows change."""
        if self.factor == 1.0 or model.discrete:
            return 0.0
        _, _, exact = sample.ends()
        if isinstance(model.support, WithZero):  # zeros have a probability, whatever the unit
            exact &= sample.values != 0.0
        w = np.ones(sample.rows) if sample.weights is None else sample.weights
        return float(w[exact].sum()) * math.log(self.factor)

    def outward_value(self, value: Any, role: Role) -> Any:
        """Return one parameter's value in the user's unit."""
        if role.unit == "data":
            return value / self.factor + (self.shift if role.is_location else 0.0)
        return value - math.log(self.factor) if role.unit == "log data" else value


def _far_location(model: Distribution, sample: Sample) -> float:
    """Return the centre of data that lie far from 0, for a family that is solved by steps in a location."""
    if model.sufficient or not any(role.is_location for role in model.roles.values()):
        return 0.0
    few = sample.stand_ins()[:: -(-sample.rows // 1000)].astype(np.float64)
    spread = float(np.median(np.abs(few - sample.centre)))
    return sample.centre if abs(sample.centre) > FAR * spread else 0.0
