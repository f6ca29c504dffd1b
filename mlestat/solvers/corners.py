"""Priors with a corner (Laplace): an estimate may come to rest exactly there, as a lasso coefficient does at 0.

At the corner the objective has two slopes. The estimate rests there if and only if the smooth part's slope
is smaller in size than the jump: the subgradient condition. Otherwise the maximum is on one side, where
the objective is smooth and Newton is at home.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from mlestat.distributions.base import Distribution
from mlestat.likelihood import Objective, totals
from mlestat.priors import log_prior

SIDE = 1e-9
"""Relative distance at which the two slopes beside a corner are read; they are constant there."""


def resting(
    objective: Objective, corners: Mapping[str, float], solve_rest: Callable[[Distribution], Distribution]
) -> tuple[str, ...]:
    """Return the parameters that rest at the corner of their prior.

    Parameters
    ----------
    objective : Objective
        The full objective.
    corners : mapping
        Where each prior has its corner.
    solve_rest : callable
        Takes the model with some parameters held and returns its best member.
    """
    held: list[str] = []
    for name, corner in corners.items():
        model = objective.model.with_values({n: corners[n] for n in (*held, name)})
        member = solve_rest(model)
        if _rests(objective, member, name, corner):
            held.append(name)
    return tuple(held)


def _rests(objective: Objective, member: Distribution, name: str, corner: float) -> bool:
    """Whether neither side rises from the corner."""
    prior = objective.model.priors[name]
    _, score, _ = totals(member, objective.source)
    slope = float(score[list(member.roles).index(name)])
    scale = abs(float(prior.ppf(0.75)) - float(prior.ppf(0.25)))
    left, right = (log_prior(prior, corner + side * SIDE * scale)[1] for side in (-1.0, 1.0))
    # beyond an edge of the prior there is no slope: that side does not rise
    return (math.isnan(left) or slope + left >= 0.0) and slope + right <= 0.0
