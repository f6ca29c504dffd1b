"""Certify an optimum: compare it with what the family contains, name its kind, attach its covariance.

A maximum is believed when the Newton decrement is tiny, the information is positive definite, and no family
that the model contains reaches higher. Where a contained family is the supremum, the verdict names it; where the
parameters run to an end of their domain without one, the verdict says where, and how high.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution, NamedLimit, Special
from mlestat.distributions.parameters import Role
from mlestat.distributions.tail_limits import tail_limits
from mlestat.inference.information import covariance, covariance_kind, information, jacobian
from mlestat.likelihood import Objective
from mlestat.links import Identity
from mlestat.priors import log_prior
from mlestat.sentences import SINGULAR, Words, hidden, not_unique
from mlestat.solvers.choose import rest_at_corners, solve, source_like
from mlestat.solvers.newton import Flight, Optimum, maximise
from mlestat.sources.array import Rows
from mlestat.unit import Unit
from mlestat.verdict import Verdict

Floats = NDArray[np.float64]

MARGIN = 100.0
"""A gain in log-likelihood below this many times its rounding noise is no gain."""

FAR = (30.0, 1e4)
"""Starts on the way to an infinite limit, tried where a contained limit reaches higher than Newton did."""

CLOSE = 5.0
"""A gain in log-likelihood below this leaves open on which side of a stationary point the maximum lies."""

HIDDEN = 1e-4
"""A decrement up to this many standard errors that no step improves is the work of rounding."""

FLOWN = 8.0
"""How far η must have come (a factor of 3000 on a log link) for a parameter to count as running to its end."""

BEYOND = 1e3
"""The same for a location, in spreads of the data, and for a shape on the whole line."""


@dataclass(frozen=True, eq=False)
class Certified:
    """What a fit has found, in the unit of its rows."""

    distribution: Distribution | None
    params: Mapping[str, Any]
    se: Mapping[str, float]
    correlation: Floats
    covariance: str
    loglik: float
    objective: float
    verdict: Verdict


@dataclass(frozen=True, eq=False)
class Contained:
    """A contained family with its own best fit."""

    special: Special
    objective: Objective
    best: Optimum


def certified(objective: Objective, rows: Rows, kind: str, unit: Unit) -> Certified:
    """Solve, and return the result with its verdict."""
    words = Words(objective.model, unit, unit.height(objective.model, rows.sample))
    held = rest_at_corners(objective, rows)
    inner = objective.of(objective.model.with_values(held))
    at_rest = sum(log_prior(objective.model.priors[name], value)[0] for name, value in held.items())
    contained = [_solve_contained(inner, rows, special) for special in _specials(inner, rows)]
    best = _never_below(inner, solve(inner, rows), contained)
    limit = _highest_limit(inner, best, contained)
    reached = _floor(inner, best) if limit is None else limit.best.at.value
    named = _named_limit(inner, rows, reached)
    if named is not None:
        found = _at_named_limit(words, inner, best, named, kind, rows)
    elif limit is not None:
        found = _at_limit(words, inner, best, limit, kind, rows)
    else:
        found = _at_maximum(words, inner, best, contained, held, kind, rows)
    return replace(found, objective=found.objective + at_rest)


def _specials(objective: Objective, rows: Rows) -> tuple[Special, ...]:
    """Return what the family contains or tends to; where no row could be seen below some point, its tail as well."""
    entry, leave = rows.sample.entry, rows.sample.exit
    found = objective.model._specials()
    if entry is None or (leave is not None and np.isfinite(leave).any()) or not np.isfinite(entry).all():
        return found
    return (*found, *tail_limits(objective.model, float(rows.convert(np.array([entry.min()]))[0])))


def _solve_contained(objective: Objective, rows: Rows, special: Special) -> Contained:
    """Fit a contained family; where it has no maximum itself, the limit that it tends to is contained as well."""
    same = type(special.model) is type(objective.model)
    source = objective.source if same else source_like(objective.source, special.model, rows)
    inner = objective.of(special.model, source)
    found = Contained(special, inner, solve(inner, rows))
    if found.best.converged or not special.is_limit:
        return found
    deeper = [_solve_contained(inner, rows, s) for s in _specials(inner, rows) if s.is_limit]
    top = _highest_limit(inner, found.best, deeper)
    return found if top is None else replace(top, special=special.followed_by(top.special))


def _floor(objective: Objective, best: Optimum) -> float:
    """Return the height that a limit must reach to be the supremum; none where the search has run into a spike."""
    local = best.converged or objective.unbounded is None
    return best.at.value - MARGIN * objective.resolution(best.at) if local else -math.inf


def _highest_limit(objective: Objective, best: Optimum, contained: list[Contained]) -> Contained | None:
    """Return the limit that is the supremum; where the likelihood has none, the highest one that is approached.

    That one must lie above what leads to it: else the likelihood only falls on the way there, from a spike.
    """
    least = _floor(objective, best)
    limits = [c for c in contained if c.special.is_limit and c.best.at.value >= least]
    if objective.unbounded is not None:
        limits = [c for c in limits if _from_below(objective, c)]
    return max(limits, key=lambda c: c.best.at.value, default=None)


def _from_below(objective: Objective, c: Contained) -> bool:
    """Whether the likelihood rises on the last stretch to a limit.

    There the other parameters are at their best, so to first order the path that holds them tells.
    """
    values = _on_the_way(c.special, c.best.at.model, FAR[1])
    if not values.keys() >= set(objective.names):
        return True
    before = objective.at_values({name: float(values[name]) for name in objective.names})
    return not before.value > c.best.at.value + MARGIN * objective.resolution(c.best.at)


def _never_below(objective: Objective, best: Optimum, contained: list[Contained]) -> Optimum:
    """Search again beside a contained family that is a stationary point, from one that reaches higher, or from nowhere.

    A search that has seen all of the likelihood is not repeated.
    """
    searched = best.whole
    for c in contained:
        near = best.at.value - c.best.at.value < CLOSE
        for values in objective.model._beside(c.special, c.best.at.model) if near else ():
            again = maximise(objective, objective.eta({name: values[name] for name in objective.names}))
            if again.at.value > best.at.value:
                best = again
    for c in contained:
        for value in FAR if c.special.is_limit else (c.special.value,):
            if (best.converged or searched) and best.at.value >= c.best.at.value:
                break
            start = _on_the_way(c.special, c.best.at.model, value)
            if not start.keys() >= set(objective.names):
                break
            with np.errstate(divide="ignore"):  # a limit's parameters may be no doubles yet
                eta = objective.eta({name: start[name] for name in objective.names})
            again = maximise(objective, eta) if np.isfinite(eta).all() else best
            # of an unbounded likelihood an interior maximum is wanted, not the highest point
            found = again.converged and not best.converged and objective.unbounded is not None
            if found or again.at.value > best.at.value:
                best = again
    return best


def _on_the_way(special: Special, member: Distribution, value: float) -> Mapping[str, Any]:
    """Return all our parameters where a contained family's member lies at, or on the way to, `parameter` = value."""
    if special.towards is not None:
        return special.towards(member, value)
    if special.at_edge:  # its parameter's value says nothing about how near that is
        return {}
    ours = {name: member.params[theirs] for name, theirs in special.names.items()}
    return {**ours, **special.moving, special.parameter: value}


def _named_limit(objective: Objective, rows: Rows, height: float) -> NamedLimit | None:
    """Return the highest limit that is no family of the library, if it lies above `height`."""
    if objective.jacobian or objective.model.priors or not objective.names or not rows.sample.complete:
        return None
    found = objective.model._named_limits(lambda: rows.few(rows.sample.rows))
    limits = [m for m in found if rows.n * m.loglik >= height]
    return max(limits, key=lambda m: m.loglik, default=None)


def _at_maximum(
    words: Words,
    objective: Objective,
    best: Optimum,
    contained: list[Contained],
    held: Mapping[str, float],
    kind: str,
    rows: Rows,
) -> Certified:
    """Return the result at a maximum, or at the point where the search had to give up."""
    condition = _condition(objective, best, kind)
    flight = _flight(objective, best, rows)
    if flight is not None:
        return _at_end(words, objective, best, flight, kind)
    verdict = _verdict(words, objective, best, kind, held, condition, contained)
    told = verdict.finite and not condition > SINGULAR
    errors, correlation = _errors(objective, best, kind) if told else ({}, np.empty((0, 0)))
    member, free = best.at.model, words.asked.free
    endless = _endless(objective, best, condition)
    return Certified(
        distribution=None if verdict.kind == "unbounded" else member,
        params=member.params,
        se={name: errors.get(name, math.nan) for name in free},
        correlation=_widen(correlation, tuple(errors), free),
        covariance=kind,
        loglik=math.inf if endless else best.at.loglik,
        objective=math.inf if endless else best.at.value,
        verdict=verdict,
    )


def _at_limit(words: Words, objective: Objective, best: Optimum, c: Contained, kind: str, rows: Rows) -> Certified:
    """Return the contained family that is the supremum, in the parameters that were asked for."""
    asked = words.asked
    theirs = covariance_kind(c.special.model, kind if c.special.model.regular else None, rows.sample)
    singular = _condition(c.objective, c.best, theirs) > SINGULAR
    errors, correlation = ({}, np.empty((0, 0))) if singular else _errors(c.objective, c.best, theirs)
    member = c.best.at.model
    told = list(errors)
    ours = {n: told.index(their) for n, their in c.special.names.items() if n in asked.free and their in errors}
    shared = list(ours.values())
    params = {name: member.params[their] for name, their in c.special.names.items()}
    params |= {c.special.parameter: c.special.value, **c.special.moving}
    return Certified(
        distribution=member,
        params={name: params.get(name, value) for name, value in best.at.model.params.items()},
        se={name: errors[told[ours[name]]] if name in ours else math.nan for name in asked.free},
        correlation=_widen(correlation[np.ix_(shared, shared)], tuple(ours), asked.free),
        covariance=kind,
        loglik=c.best.at.loglik,
        objective=c.best.at.value,
        verdict=_limit_verdict(words, objective, best, c, theirs),
    )


def _at_named_limit(
    words: Words, objective: Objective, best: Optimum, named: NamedLimit, kind: str, rows: Rows
) -> Certified:
    """Return a supremum that no family of the library attains."""
    height, others = rows.n * named.loglik, _inside(best)
    sentence = words.named_limit(named, height, words.inside(others) + words.endless_too(objective.unbounded))
    return _without_member(words, best, named.ends, height, sentence, named.name, kind)


def _at_end(words: Words, objective: Objective, best: Optimum, flight: Flight, kind: str) -> Certified:
    """Return a supremum without a name."""
    more = words.inside(_inside(best)) + words.endless_too(objective.unbounded)
    sentence = words.flight(flight.ends, flight.supremum, sure=flight.sure, more=more)
    where = f"{words.asked.label} as {words.where(flight.ends)}"
    return _without_member(words, best, flight.ends, flight.supremum, sentence, where, kind)


def _inside(best: Optimum) -> tuple[float, ...]:
    """Return the heights of the maxima that were found inside the parameter space."""
    return (best.at.value, *best.others) if best.converged else best.others


def _without_member(
    words: Words, best: Optimum, ends: Mapping[str, float], height: float, sentence: str, limit: str, kind: str
) -> Certified:
    k = len(words.asked.free)
    others = tuple(words.height(value) for value in _inside(best))
    return Certified(
        distribution=None,
        params={name: ends.get(name, value) for name, value in best.at.model.params.items()},
        se=dict.fromkeys(words.asked.free, math.nan),
        correlation=np.full((k, k), math.nan),
        covariance=kind,
        loglik=height,
        objective=height,
        verdict=Verdict("limit", sentence, math.nan, best.decrement, math.nan, limit, {}, best.steps, others),
    )


def _widen(correlation: Floats, names: tuple[str, ...], wanted: tuple[str, ...]) -> Floats:
    """Return the correlation of all wanted names; nan for those that have none."""
    wide = np.full((len(wanted), len(wanted)), math.nan)
    at = [wanted.index(name) for name in names]
    wide[np.ix_(at, at)] = correlation
    return wide


def _without_edges(objective: Objective, best: Optimum) -> tuple[Objective, Optimum]:
    """Hold the parameters that are an end of the support: there is no information about them."""
    member = best.at.model
    if not any(name in member.edges for name in objective.names):
        return objective, best
    inner = objective.of(objective.model._at_edges(member))
    return inner, replace(best, at=inner.at_values({name: member.params[name] for name in inner.names}))


def _errors(objective: Objective, best: Optimum, kind: str) -> tuple[dict[str, float], Floats]:
    """Return natural-scale standard errors and correlation of the objective's free parameters."""
    objective, best = _without_edges(objective, best)
    if not objective.names:
        return {}, np.empty((0, 0))
    cov = covariance(objective, best.at, kind)
    link_errors = np.sqrt(np.diag(cov))
    errors = link_errors * np.abs(jacobian(objective, best.at))
    correlation = cov / np.outer(link_errors, link_errors)
    return dict(zip(objective.names, errors.tolist(), strict=True)), correlation


# -- where a search has run to ----------------------------------------------------------------------------


def _flight(objective: Objective, best: Optimum, rows: Rows) -> Flight | None:
    """Return where a search that did not end has run to, if it has next to nothing left to gain.

    Near an end of the domain the likelihood falls short of its supremum by b·exp(-pη); Newton's decrement there,
    squared, is this very gap for any b and p.
    """
    if best.flight is not None:
        return best.flight
    if best.converged or best.moved is None or not best.decrement < 1.0:
        return None
    ends, gap = _running(objective, best.moved, rows), best.decrement**2
    sure = gap < HIDDEN
    return Flight(ends, best.at.value + sure * gap, sure) if ends else None


def _running(objective: Objective, moved: Floats, rows: Rows) -> dict[str, float]:
    """Return the ends of the parameters that have come far."""
    spread = float(np.ptp(rows.convert(rows.sample.every(-(-rows.sample.rows // 1000)).stand_ins().astype(float))))
    ends = {}
    for name, step in zip(objective.names, moved, strict=True):
        role = objective.model.roles[name]
        whole = isinstance(role.link, Identity)
        far = (BEYOND * spread if role.unit == "data" else BEYOND) if whole else FLOWN
        if abs(step) > far:
            ends[name] = math.copysign(math.inf, step) if whole else _end(role, step)
    return ends


def _end(role: Role, step: float) -> float:
    return float(role.support.upper if step > 0.0 else role.support.lower)


# -- verdicts -------------------------------------------------------------------------------------------


def _gains(best: Optimum, contained: list[Contained]) -> dict[str, float]:
    return {c.special.name: best.at.value - c.best.at.value for c in contained}


def _condition(objective: Objective, best: Optimum, kind: str) -> float:
    """Return the condition number of the information at unit diagonal; inf if it is not positive definite."""
    objective, best = _without_edges(objective, best)
    a = information(objective, best.at, kind)
    kept = np.flatnonzero(~np.isposinf(np.diag(a)))  # infinite information: known better than any standard error
    a = a[np.ix_(kept, kept)]
    if a.size == 0:
        return math.nan
    diagonal = np.diag(a)
    if not (np.isfinite(a).all() and (diagonal > 0.0).all()):
        return math.inf
    unit = 1.0 / np.sqrt(diagonal)
    values = np.linalg.eigvalsh(a * unit * unit[:, None])
    return float(values[-1] / values[0]) if values[0] > 0.0 else math.inf


def _verdict(
    words: Words,
    objective: Objective,
    best: Optimum,
    kind: str,
    held: Mapping[str, float],
    condition: float,
    contained: list[Contained],
) -> Verdict:
    ridge = next((c for c in contained if not best.converged and _runs_along(best, c.special)), None)
    if ridge is None:
        end, sentence = _kind(words, objective, best, held, condition, kind)
    else:
        gain = best.at.value - ridge.best.at.value
        end, sentence = "flat", words.ridge(ridge.special, ridge.best.at.model, gain)
    gradient = _gradient_norm(objective, best, kind)
    sentence += words.numerical()
    others = tuple(words.height(value) for value in best.others)
    gains = _gains(best, contained)
    return Verdict(end, sentence, gradient, best.decrement, condition, None, gains, best.steps, others)


def _runs_along(best: Optimum, special: Special) -> bool:
    """Whether the search stopped far out on the path to a limit that has a name."""
    return bool(special.ridge) and float(best.at.model.params[special.parameter]) > FAR[0]


def _kind(
    words: Words,
    objective: Objective,
    best: Optimum,
    held: Mapping[str, float],
    condition: float,
    covariance: str,
) -> tuple[str, str]:
    """Return the kind of an end point, and its sentence."""
    # a family that knows its maximum has one, also where the scores of a few rows leave no standard errors
    proven = best.proven and covariance == "outer product"
    if _endless(objective, best, condition):
        return "unbounded", words.endless(objective.unbounded, "".join(best.notes))
    if best.converged and (proven or not condition > SINGULAR):
        edges = tuple(name for name in objective.names if name in best.at.model.edges)
        if held or edges:
            return "boundary", words.at_corner(held) if held else _at_edge(words, objective, best, edges)
        return "interior", _interior(words, objective, best, condition)
    if best.decrement < 1.0:
        worn = condition <= SINGULAR
        return "flat", hidden(best.decrement) if worn else not_unique(objective.names, condition)
    return "unbounded", words.runaway(best.steps, best.at.value, best.at.model.params)


def _at_edge(words: Words, objective: Objective, best: Optimum, edges: tuple[str, ...]) -> str:
    told = words.at_edge(best.at.model.params, edges)
    return told + (words.local(_unbounded(objective, best)) if best.at.model.by_search else "")


def _unbounded(objective: Objective, best: Optimum) -> str | None:
    return None if best.bounded else objective.unbounded


def _endless(objective: Objective, best: Optimum, condition: float) -> bool:
    """Whether a search for an interior maximum of an unbounded likelihood has failed, and not by rounding alone."""
    if not objective.names or _unbounded(objective, best) is None:
        return False
    failed = not best.converged and (condition > SINGULAR or best.decrement > HIDDEN)
    return failed or bool(best.at.model._lost())


def _interior(words: Words, objective: Objective, best: Optimum, condition: float) -> str:
    if not objective.names:
        return "nothing was free: the log-likelihood of the given distribution"
    how = best.at.model.solver if best.steps == 0 else f"{best.steps} Newton steps"
    more = (words.others(best.others), words.local(_unbounded(objective, best)), *best.notes)
    return words.interior(how, best.decrement, condition, "".join(more))


def _limit_verdict(words: Words, objective: Objective, best: Optimum, c: Contained, kind: str) -> Verdict:
    others = _inside(best)
    more = words.inside(others) + words.endless_too(objective.unbounded)
    sentence = words.limit(c.special, c.best.at.model, c.best.at.value, more)
    return Verdict(
        "limit",
        sentence,
        _gradient_norm(c.objective, c.best, kind),
        c.best.decrement,
        math.nan,
        c.best.at.model,
        {c.special.name: 0.0},
        best.steps,
        tuple(words.height(value) for value in others),
    )


def _gradient_norm(objective: Objective, best: Optimum, kind: str) -> float:
    """Return the length of the gradient, each part in units of its own curvature."""
    objective, best = _without_edges(objective, best)
    with np.errstate(all="ignore"):
        curvature = np.sqrt(np.abs(np.diag(information(objective, best.at, kind))))
        return float(np.linalg.norm(best.at.gradient / curvature)) if curvature.size else 0.0
