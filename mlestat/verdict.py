"""Verdict: what kind of maximum a fit ended at, in one sentence, with the numbers that certify it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mlestat.distributions.base import Distribution

FINITE = ("interior", "boundary")
"""The kinds with a maximum that exists."""


@dataclass(frozen=True)
class Verdict:
    """How a fit ended.

    Attributes
    ----------
    kind : {"interior", "boundary", "limit", "unbounded", "flat"}
        interior: a maximum with negative definite Hessian. boundary: a maximum at a corner or edge.
        limit: the likelihood rises towards a family at the edge of this one and never reaches its top.
        unbounded: it rises without end. flat: some direction is not identified.
    sentence : str
        What happened, and what to do if that is not what was asked for.
    gradient_norm : float
        Length of the link-scale gradient, each part in units of its own curvature.
    newton_decrement : float
        Distance to the maximum in standard errors, as Newton's next step sees it.
    condition : float
        Condition number of the information, scaled to unit diagonal; nan where nothing was free.
    limit : Distribution, str or None
        The family at the edge, with its parameters; a name where it is a single point.
    nested : dict
        Log-likelihood (objective) gained over each family that this one contains; never negative beyond rounding.
    steps : int
        Newton steps taken on the full data; 0 for a closed form.
    others : tuple of float
        Log-likelihoods of lower local maxima that were met, the highest first.
    """

    kind: str
    sentence: str
    gradient_norm: float = 0.0
    newton_decrement: float = 0.0
    condition: float = float("nan")
    limit: Distribution | str | None = None
    nested: Mapping[str, float] = field(default_factory=dict)
    steps: int = 0
    others: tuple[float, ...] = ()

    @property
    def finite(self) -> bool:
        """Whether a maximum exists."""
        return self.kind in FINITE

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "kind": self.kind,
            "sentence": self.sentence,
            "gradient_norm": self.gradient_norm,
            "newton_decrement": self.newton_decrement,
            "condition": self.condition,
            "limit": None if self.limit is None else str(self.limit),
            "nested": dict(self.nested),
            "steps": self.steps,
            "others": list(self.others),
        }

    def __str__(self) -> str:
        return f"{self.kind}: {self.sentence}"
