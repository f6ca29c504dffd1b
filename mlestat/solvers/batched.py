"""Safeguarded Newton for many fits at once: the same steps as `mlestat.solvers.newton`, on arrays over groups.

Every group has its own step length, its own halving and its own end; those that have ended are left out of further
passes. Small matrices are factored by loops over their k rows, vectorised over groups.

Reference: Nocedal, Wright, *Numerical Optimization*, 2nd ed. (2006), sec. 3.4 and alg. 3.2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.distributions.parameters import Role
from mlestat.likelihood import RESOLUTION
from mlestat.links import Identity
from mlestat.priors import log_priors
from mlestat.solvers.newton import DECREMENT, FLEEING, LONGEST, MAX_STEPS, POLISHED, RUNAWAY
from mlestat.sources.groups import GroupSource, Index

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

PIVOT = 1e-14
"""Least pivot, at unit diagonal, of a Hessian that counts as negative definite."""

HALVINGS = 60
"""Halvings of a step before a group is given up."""


@dataclass(frozen=True, eq=False)
class GroupEvaluation:
    """The objective of each group at one point, derivatives on the link scale."""

    eta: Floats
    value: Floats
    loglik: Floats
    gradient: Floats
    hessian: Floats

    def put(self, groups: Index, there: GroupEvaluation) -> None:
        """Write the evaluation of these groups."""
        for name in ("eta", "value", "loglik", "gradient", "hessian"):
            getattr(self, name)[..., groups] = getattr(there, name)

    def take(self, groups: Index) -> GroupEvaluation:
        """Return the evaluation of these groups alone."""
        return GroupEvaluation(
            self.eta[:, groups],
            self.value[groups],
            self.loglik[groups],
            self.gradient[:, groups],
            self.hessian[..., groups],
        )


@dataclass(frozen=True, eq=False)
class GroupObjective:
    """Log-likelihood plus log-priors of one model on many groups, a function of each group's η, shape (k, groups)."""

    model: Distribution
    source: GroupSource

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The free parameters, in field order."""
        return self.model.free

    @cached_property
    def roles(self) -> list[Role]:
        """Their roles."""
        return [self.model.roles[name] for name in self.names]

    @cached_property
    def dimensionless(self) -> Floats:
        """1 for parameters whose η has no unit, so that a step has a natural length; else 0; shape (k, 1)."""
        return np.array([[0.0 if role.link == Identity() else 1.0] for role in self.roles])

    def take(self, groups: Index) -> GroupObjective:
        """Return the objective of these groups alone."""
        return replace(self, source=self.source.take(groups))

    def eta(self, values: dict[str, Floats]) -> Floats:
        """Return the link-scale point of these natural values."""
        with np.errstate(all="ignore"):
            rows = [role.link.forward(values[name]) for name, role in zip(self.names, self.roles, strict=True)]
        return np.array([np.broadcast_to(row, self.source.n.shape) for row in rows], dtype=float)

    def natural(self, eta: Floats) -> dict[str, Floats]:
        """Return the natural values at η."""
        with np.errstate(all="ignore"):
            return {name: role.link.inverse(e) for name, role, e in zip(self.names, self.roles, eta, strict=True)}

    def at(self, eta: Floats) -> GroupEvaluation:
        """Evaluate at η."""
        return self.at_values(self.natural(eta), eta)

    def at_values(self, values: dict[str, Floats], eta: Floats | None = None) -> GroupEvaluation:
        """Evaluate at natural values."""
        member = self.model.with_values(values)
        with np.errstate(all="ignore"):
            loglik, score, hessian = self.source.totals(member)
            index = [list(member.roles).index(name) for name in self.names]
            s, h = score[index], hessian[np.ix_(index, index)]
            value = loglik.copy()
            for j, name in enumerate(self.names):
                if name in self.model.priors:
                    v, first, second = log_priors(self.model.priors[name], values[name])
                    value, s[j], h[j, j] = value + v, s[j] + first, h[j, j] + second
            pairs = [(role.link, values[name]) for name, role in zip(self.names, self.roles, strict=True)]
            first = np.stack([link.derivative(v) for link, v in pairs])
            second = np.stack([link.second_derivative(v) for link, v in pairs])
            curvature = h * first[:, None] * first[None]
            for j in range(len(index)):
                curvature[j, j] += s[j] * second[j]
        return GroupEvaluation(self.eta(values) if eta is None else eta, value, loglik, s * first, curvature)

    def resolution(self, here: GroupEvaluation) -> Floats:
        """Return the rounding noise of each group's objective."""
        return RESOLUTION * (np.abs(here.value) + self.source.n)


@dataclass(frozen=True, eq=False)
class GroupOptimum:
    """Where each group stopped."""

    at: GroupEvaluation
    decrement: Floats
    steps: Index
    converged: Flags

    def put(self, groups: Index, other: GroupOptimum) -> None:
        """Write the end of these groups."""
        self.at.put(groups, other.at)
        self.decrement[groups], self.steps[groups] = other.decrement, other.steps
        self.converged[groups] = other.converged


def maximise_groups(objective: GroupObjective, start: Floats) -> GroupOptimum:
    """Return the maximum of each group that Newton's steps lead to from its start, shape (k, groups)."""
    here = objective.at(start.copy())
    size = here.value.size
    end = GroupOptimum(here, np.full(size, np.inf), np.zeros(size, dtype=np.intp), np.zeros(size, dtype=bool))
    going, part = np.arange(size), objective
    for step in range(MAX_STEPS):
        now = here.take(going)
        direction, decrement, definite = ascent_groups(now.gradient, now.hessian)
        tolerance = DECREMENT * np.minimum(1.0, np.sqrt(part.source.n))
        tiny = (np.abs(direction) <= 64.0 * np.finfo(float).eps * np.abs(now.eta)).all(axis=0)
        still = definite & (np.max(np.abs(direction) * objective.dimensionless, axis=0) < FLEEING)
        done = still & ((decrement <= tolerance) | tiny)
        with np.errstate(over="ignore"):
            stranded = ~definite & (decrement * decrement <= part.resolution(now))
        far = np.max(np.abs(now.eta - start[:, going]) * objective.dimensionless, axis=0) > RUNAWAY
        end.decrement[going], end.steps[going] = decrement, step
        end.converged[going[done]] = True
        _polish(part, here, going, np.flatnonzero(done & (decrement > POLISHED)), direction)
        lost = np.broadcast_to(objective.model.with_values(objective.natural(now.eta))._lost(), done.shape)
        stopped = done | far | lost | stranded | ~np.isfinite(decrement)
        if step == MAX_STEPS - 1 or stopped.all():
            break
        kept = np.flatnonzero(~stopped)
        part, going = (part.take(kept), going[kept]) if kept.size < going.size else (part, going)
        rose = _climb(part, here, going, direction[:, kept], decrement[kept])
        stuck = going[~rose]  # no step rises: rounding is all that is left, or the point is no maximum
        end.converged[stuck] = still[kept][~rose] & (decrement[kept][~rose] <= np.sqrt(tolerance[kept][~rose]))
        kept = np.flatnonzero(rose)
        if kept.size == 0:
            break
        part, going = (part.take(kept), going[kept]) if kept.size < going.size else (part, going)
    return end


def _polish(part: GroupObjective, here: GroupEvaluation, going: Index, at: Index, direction: Floats) -> None:
    """Take the last step, too small to change the value: convergence is quadratic, so it is exact to rounding."""
    if at.size:
        inner = part if at.size == going.size else part.take(at)
        there = inner.at(here.eta[:, going[at]] + direction[:, at])
        sound = np.isfinite(there.value) & np.isfinite(there.gradient).all(axis=0)
        here.put(going[at[sound]], there.take(np.flatnonzero(sound)))


def _climb(part: GroupObjective, here: GroupEvaluation, going: Index, direction: Floats, decrement: Floats) -> Flags:
    """Move each group, halving its step until its objective rises by a share of what is predicted."""
    now = here.take(going)
    noise = part.resolution(now)
    with np.errstate(all="ignore"):
        longest = np.max(np.abs(direction) * part.dimensionless, axis=0)
        step = np.where(longest > LONGEST, LONGEST / longest, 1.0)
    left, rose, inner = np.arange(going.size), np.zeros(going.size, dtype=bool), part
    for _ in range(HALVINGS):
        there = inner.at(now.eta[:, left] + step[left] * direction[:, left])
        gain, hope = there.value - now.value[left], step[left] * decrement[left] ** 2
        with np.errstate(invalid="ignore"):
            enough = (gain >= 1e-4 * hope) | ((np.abs(gain) <= noise[left]) & (hope <= 4.0 * noise[left]))
        sound = np.isfinite(there.gradient).all(axis=0)
        taken = np.flatnonzero(enough & sound)
        here.put(going[left[taken]], there.take(taken))
        rose[left[taken]] = True
        rest = np.flatnonzero(~enough)
        if rest.size == 0:
            break
        left, inner = left[rest], inner.take(rest)
        step[left] *= 0.5
    return rose


def ascent_groups(gradient: Floats, hessian: Floats) -> tuple[Floats, Floats, Flags]:
    """Return a direction that ascends, the Newton decrement, and whether the Hessian is negative definite, by group.

    Works in coordinates with unit curvature, as `newton.ascent` does.

    Examples
    --------
    >>> direction, decrement, definite = ascent_groups(np.array([[2.0]]), np.array([[[-4.0]]]))
    >>> direction.tolist(), decrement.tolist(), definite.tolist()
    ([[0.5]], [1.0], [True])
    """
    k = gradient.shape[0]
    diagonal = np.stack([hessian[j, j] for j in range(k)])
    with np.errstate(all="ignore"):
        d = 1.0 / np.sqrt(np.maximum(np.abs(diagonal), 1e-300))
        a, g = -hessian * d[:, None] * d[None], gradient * d
        sound = np.isfinite(a).all(axis=(0, 1)) & np.isfinite(g).all(axis=0)
        direction, decrement, definite = _solve(a, g)
    definite &= sound
    direction[:, ~sound], decrement[~sound] = 0.0, np.inf
    at = np.flatnonzero(sound & ~definite)
    if at.size:
        direction[:, at], decrement[at] = _made_positive(a[..., at], g[:, at])
    return direction * d, decrement, definite


def cholesky(a: Floats) -> tuple[Floats, Flags]:
    """Return the lower factor of each matrix of shape (k, k, groups), and whether its pivots are positive."""
    k = a.shape[0]
    lower, definite = np.zeros_like(a), np.ones(a.shape[2:], dtype=bool)
    with np.errstate(all="ignore"):
        for j in range(k):
            pivot = a[j, j] - np.sum(lower[j, :j] ** 2, axis=0)
            definite &= pivot > PIVOT
            lower[j, j] = np.sqrt(pivot)
            for i in range(j + 1, k):
                lower[i, j] = (a[i, j] - np.sum(lower[i, :j] * lower[j, :j], axis=0)) / lower[j, j]
    return lower, definite


def _solve(a: Floats, g: Floats) -> tuple[Floats, Floats, Flags]:
    """Return A⁻¹ g, √(gᵀA⁻¹g), and whether A is positive definite."""
    k = g.shape[0]
    lower, definite = cholesky(a)
    y, x = np.zeros_like(g), np.zeros_like(g)
    for j in range(k):
        y[j] = (g[j] - np.sum(lower[j, :j] * y[:j], axis=0)) / lower[j, j]
    for j in reversed(range(k)):
        x[j] = (y[j] - np.sum(lower[j + 1 :, j] * x[j + 1 :], axis=0)) / lower[j, j]
    return x, np.sqrt(np.sum(y * y, axis=0)), definite


def _made_positive(a: Floats, g: Floats) -> tuple[Floats, Floats]:
    """Return direction and decrement with the eigenvalues' sizes in place of the eigenvalues."""
    values, vectors = np.linalg.eigh(np.moveaxis(a, 2, 0))
    along = np.einsum("gji,jg->gi", vectors, g)
    size = np.maximum(np.abs(values), 1e-8)
    direction = np.einsum("gij,gj->ig", vectors, along / size)
    return direction, np.sqrt(np.sum(along * along / size, axis=1))


def inverse(a: Floats) -> tuple[Floats, Flags]:
    """Return the inverse of each positive definite matrix of shape (k, k, groups); NaN for the others.

    Examples
    --------
    >>> inverse(np.array([[[4.0]]]))[0].tolist()
    [[[0.25]]]
    """
    k = a.shape[0]
    with np.errstate(all="ignore"):
        d = 1.0 / np.sqrt(np.stack([a[j, j] for j in range(k)]))
        unit = a * d[:, None] * d[None]
        columns = [_solve(unit, np.broadcast_to(np.eye(k)[:, j, None], d.shape))[0] for j in range(k)]
        _, definite = cholesky(unit)
        out = np.stack(columns, axis=1) * d[:, None] * d[None]
    definite &= np.isfinite(out).all(axis=(0, 1))
    out[..., ~definite] = np.nan
    return out, definite
