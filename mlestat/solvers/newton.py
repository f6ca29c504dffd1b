"""Safeguarded Newton on the link scale.

Each step solves with the negative Hessian where it is positive definite, else with its eigenvalues made
positive (a direction of ascent at saddles too), is limited in length, and is halved until the objective
rises. It stops on the Newton decrement, the distance to the maximum in standard errors: scale-free, and
the same for 10 rows as for ten million.

Reference: Nocedal, Wright, *Numerical Optimization*, 2nd ed. (2006), sec. 3.4 and alg. 3.2.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.likelihood import Evaluation, Objective

Floats = NDArray[np.float64]

DECREMENT = 1e-8
"""Converged when the next step would move less than this many standard errors (the promise is 1e-6)."""

POLISHED = 1e-12
"""A decrement below this leaves nothing to another step."""

FEW = 20_000
"""Rows up to which that step is taken: a pass over them costs less than a millisecond."""

NEGLIGIBLE = 1e-10
"""Relative step that counts as rounding where the objective does not rise any more."""

MAX_STEPS = 200
"""Newton needs 3 to 10; a hundred means that the maximum runs away."""

RUNAWAY = 36.0
"""How far η may move from the start before the maximum is declared to run away: a factor of 4e15 on a log link."""

IDLE = 4
"""Steps in a row that gain no more than rounding may make up; more of them would only wander."""

LONGEST = 4.0
"""Longest single step of a dimensionless η: a factor of 55 on a log link."""

ALIKE = 0.1
"""Relative difference up to which two steps count as the same one."""

STRIDE = 8.0
"""Newton steps that are taken at once, at most, where each repeats the one before."""

FLEEING = 0.1
"""A step of a dimensionless η that is still as long as this where next to nothing is left to gain: there is no maximum
near, and the likelihood only levels off towards an end of the domain (a real maximum is reached quadratically)."""


@dataclass(frozen=True)
class Flight:
    """Parameters that run to an end of their domain, while the likelihood levels off at a height never reached.

    `sure` says that `supremum` is that height; otherwise it lies above.
    """

    ends: Mapping[str, float]
    supremum: float
    sure: bool = True


@dataclass(frozen=True, eq=False)
class Optimum:
    """Where a solver stopped. `converged` means: decrement below the tolerance, Hessian negative definite.

    `others` holds the heights of lower local maxima that other starts led to; `moved` how far η has come from its
    start; `notes` what the sentence of the verdict must tell of the search. `whole` says that the search has seen
    all of the likelihood: if it did not converge, there is no interior maximum. `flight` is where the parameters
    run, if the solver knows. `proven` says that the family found its maximum by itself, so that it exists even if the
    rows leave no standard errors; `bounded` that these rows keep a likelihood bounded which on others is not.
    """

    at: Evaluation
    decrement: float
    steps: int
    converged: bool
    others: tuple[float, ...] = ()
    moved: Floats | None = None
    notes: tuple[str, ...] = ()
    whole: bool = False
    flight: Flight | None = None
    proven: bool = False
    bounded: bool = False


def maximise(
    objective: Objective, start: Floats | Evaluation, in_reach: Callable[[Distribution], bool] = lambda member: True
) -> Optimum:
    """Return the maximum that Newton's steps lead to from `start`.

    Parameters
    ----------
    objective : Objective
        What rises.
    start : ndarray, shape (k,), or Evaluation
        Where to begin, on the link scale; or the objective there, if it is known.
    in_reach : callable
        Whether a member is worth climbing on from; if not, the maximum has run away.
    """
    here = start if isinstance(start, Evaluation) else objective(start)
    begin, gait = here.eta, _Gait(objective.dimensionless)
    decrement = math.inf
    # a total weight below 1 makes standard errors wide, but not the estimate less sharp
    tolerance = DECREMENT * min(1.0, math.sqrt(objective.source.n))
    idle = 0
    for steps in range(MAX_STEPS):
        direction, decrement, definite = ascent(here)
        moved = here.eta - begin
        still = definite and float(np.max(np.abs(direction) * objective.dimensionless)) < FLEEING
        if still and (decrement <= tolerance or _below_rounding(direction, here.eta)):
            return Optimum(_polished(objective, here, direction, decrement), decrement, steps, True, moved=moved)
        lost = here.model._lost() or not in_reach(here.model) or _stranded(objective, here, decrement, definite)
        if lost or np.max(np.abs(moved) * objective.dimensionless) > RUNAWAY:
            return Optimum(here, decrement, steps, False, moved=moved)
        further = _climb(objective, here, direction, decrement, gait.stride(direction))
        idle = idle + 1 if further is not None and further.value - here.value <= objective.resolution(here) else 0
        if further is None or idle > IDLE:  # rounding is all that is left, or the point is no maximum
            near = decrement <= math.sqrt(tolerance) or _tiny(objective, direction, here.eta)
            return Optimum(here, decrement, steps, still and near, moved=moved)
        here = further
    return Optimum(here, decrement, MAX_STEPS, False, moved=here.eta - begin)


def _polished(objective: Objective, here: Evaluation, direction: Floats, decrement: float) -> Evaluation:
    """Take the last step where rows are few: convergence is quadratic, so the estimate is exact to rounding."""
    if decrement <= POLISHED or objective.source.n > FEW:
        return here
    there = objective(here.eta + direction)
    return there if math.isfinite(there.value) and np.isfinite(there.gradient).all() else here


def _below_rounding(direction: Floats, eta: Floats) -> bool:
    """Whether the step is lost in η's last places, as with weights so large that a standard error is."""
    return bool((np.abs(direction) <= 64.0 * np.finfo(float).eps * np.abs(eta)).all())


def _tiny(objective: Objective, direction: Floats, eta: Floats) -> bool:
    """Whether a step that gains nothing is of no account: with weights of 1e100 it may be many standard errors."""
    return bool((np.abs(direction) <= NEGLIGIBLE * np.maximum(np.abs(eta), objective.dimensionless)).all())


def _stranded(objective: Objective, here: Evaluation, decrement: float, definite: bool) -> bool:
    """Whether nothing is left to gain, though the point is no maximum: a plateau, such as the way to a limit."""
    return not definite and decrement * decrement <= objective.resolution(here)


class _Gait:
    """How many Newton steps to take at once: more each time that a step is the one before it again.

    So it is on -exp(-η), and on the way to a limit. After each stride one plain step leads back to the ridge, off which
    a stride has thrown the search by as many times what one step would have corrected.
    """

    def __init__(self, dimensionless: Floats) -> None:
        self.dimensionless = dimensionless
        self.last = np.zeros_like(dimensionless)
        self.longest, self.astray = 1.0, False

    def stride(self, direction: Floats) -> float:
        """Return the multiple of this step to try."""
        if self.astray:
            self.astray = False
            return 1.0
        change, size = (np.max(np.abs(v) * self.dimensionless) for v in (direction - self.last, self.last))
        again = size > 0.0 and change <= ALIKE * size
        self.longest = min(2.0 * self.longest, STRIDE) if again else 1.0
        self.last, self.astray = direction, self.longest > 1.0
        return self.longest


def ascent(here: Evaluation) -> tuple[Floats, float, bool]:
    """Return a direction that ascends, the Newton decrement, and whether the Hessian is negative definite.

    Works in coordinates with unit curvature, so that the unit of a location parameter does not matter.
    """
    with np.errstate(all="ignore"):  # a point without finite curvature is told below
        d = 1.0 / np.sqrt(np.maximum(np.abs(np.diag(here.hessian)), 1e-300))
        scaled = -here.hessian * np.outer(d, d)
        g = here.gradient * d
    if not (np.isfinite(scaled).all() and np.isfinite(g).all()):
        return np.zeros_like(g), math.inf, False
    values, vectors = np.linalg.eigh(scaled)
    definite = bool(values[0] > 1e-14)
    with np.errstate(all="ignore"):
        along = vectors.T @ g
        size = np.maximum(np.abs(values), 1e-8 if not definite else 1e-14)
        decrement = math.sqrt(float(np.sum(along * along / size)))
        return d * (vectors @ (along / size)), decrement, definite


def _climb(
    objective: Objective, here: Evaluation, direction: Floats, decrement: float, stride: float
) -> Evaluation | None:
    """Halve the step until the objective rises by a share of what is predicted; None if it never does."""
    if not math.isfinite(decrement):
        return None
    noise = objective.resolution(here)
    longest = float(np.max(np.abs(direction) * objective.dimensionless))
    step = stride * min(1.0, LONGEST / longest) if longest > 0.0 else 1.0
    for _ in range(60):
        there = objective(here.eta + step * direction)
        gain = there.value - here.value
        if gain >= 1e-4 * step * decrement**2 or (abs(gain) <= noise and step * decrement**2 <= 4.0 * noise):
            return there if np.isfinite(there.gradient).all() else None
        step *= 0.5
    return None
