"""Certify an optimum: compare it with what the family contains, name its kind, attach its covariance.

A maximum is believed when the Newton decrement is tiny, the information is positive definite, and no family
that the model contains reaches higher. Where a contained family is the supremum, the verdict names it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Collapse, Distribution, Escape, NamedLimit, Special
from mlestat.inference.information import covariance, covariance_kind, information, jacobian
from mlestat.likelihood import Objective
from mlestat.priors import log_prior
from mlestat.solvers.choose import choose_source, rest_at_corners, solve
from mlestat.solvers.newton import Optimum, maximise
from mlestat.sources.array import Rows
from mlestat.supports import Real
from mlestat.verdict import Verdict

Floats = NDArray[np.float64]

MARGIN = 100.0
"""A gain in log-likelihood below this many times its rounding noise is no gain."""

FAR = (30.0, 1e4)
"""Starts on the way to an infinite limit, tried where a contained limit reaches higher than Newton did."""

CLOSE = 5.0
"""A gain in log-likelihood below this leaves open on which side of a stationary point the maximum lies."""

SINGULAR = 1e14
"""Condition number from which on a direction counts as not identified: float64 cannot invert it."""


HIDDEN = 1e-4
"""A decrement up to this many standard errors that no step improves is the work of rounding."""

WORN = 1e10
"""Condition number from which on the rounding of the standard errors, about 1e-16 times it, is told."""


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


def certified(objective: Objective, rows: Rows, kind: str) -> Certified:
    """Solve, and return the result with its verdict."""
    held = rest_at_corners(objective, rows)
    inner = objective.of(objective.model.with_values(held))
    at_rest = sum(log_prior(objective.model.priors[name], value)[0] for name, value in held.items())
    contained = [_solve_contained(inner, rows, special) for special in inner.model._specials()]
    best = _never_below(inner, solve(inner, rows), contained)
    reached = best.at.value - MARGIN * inner.resolution(best.at)
    limits = [c for c in contained if c.special.is_limit and c.best.at.value >= reached]
    limit = max(limits, key=lambda c: c.best.at.value, default=None)
    named = _named_limit(inner, rows, reached if limit is None else limit.best.at.value)
    if named is not None:
        found = _at_named_limit(objective.model, best, named, kind, rows)
    elif limit is not None:
        found = _at_limit(objective.model, best, limit, kind, rows)
    else:
        found = _at_maximum(objective.model, inner, best, contained, held, kind, rows)
    return replace(found, objective=found.objective + at_rest)


def _solve_contained(objective: Objective, rows: Rows, special: Special) -> Contained:
    table = objective.source if isinstance(objective.source, Rows) else rows
    same = type(special.model) is type(objective.model)
    inner = objective.of(special.model, objective.source if same else choose_source(special.model, table))
    return Contained(special, inner, solve(inner, rows))


def _never_below(objective: Objective, best: Optimum, contained: list[Contained]) -> Optimum:
    """Search again beside a contained family that is a stationary point, from one that reaches higher, or from nowhere.

    A search in a standard form has seen all of it: what did not converge there has no maximum.
    """
    searched = objective.model._standard_form() is not None and not objective.jacobian
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
            found = again.converged and not best.converged and objective.model._unbounded() is not None
            if found or again.at.value > best.at.value:
                best = again
    return best


def _on_the_way(special: Special, member: Distribution, value: float) -> Mapping[str, Any]:
    """Return all our parameters where a contained family's member lies at, or on the way to, `parameter` = value."""
    if special.towards is not None:
        return special.towards(member, value)
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
    asked: Distribution,
    objective: Objective,
    best: Optimum,
    contained: list[Contained],
    held: Mapping[str, float],
    kind: str,
    rows: Rows,
) -> Certified:
    """Return the result at a maximum, or at the point where the search had to give up."""
    condition = _condition(objective, best, kind)
    verdict = _verdict(objective, best, kind, held, condition, contained)
    told = verdict.finite and not condition > SINGULAR
    errors, correlation = _errors(objective, best, kind) if told else ({}, np.empty((0, 0)))
    member = best.at.model
    endless = _endless(objective, best, condition)
    return Certified(
        distribution=None if verdict.kind == "unbounded" else member,
        params=member.params,
        se={name: errors.get(name, math.nan) for name in asked.free},
        correlation=_widen(correlation, tuple(errors), asked.free),
        covariance=kind,
        loglik=math.inf if endless else best.at.loglik,
        objective=math.inf if endless else best.at.value,
        verdict=verdict,
    )


def _at_limit(asked: Distribution, best: Optimum, c: Contained, kind: str, rows: Rows) -> Certified:
    """Return the contained family that is the supremum, in the parameters that were asked for."""
    theirs = covariance_kind(c.special.model, kind if c.special.model.regular else None, rows.sample)
    errors, correlation = _errors(c.objective, c.best, theirs)
    member = c.best.at.model
    told = list(errors)
    ours = {n: told.index(their) for n, their in c.special.names.items() if n in asked.free and their in errors}
    shared = list(ours.values())
    params = {name: member.params[their] for name, their in c.special.names.items()}
    params |= {c.special.parameter: c.special.value, **c.special.moving}
    return Certified(
        distribution=member,
        params={name: params[name] for name in asked.roles},
        se={name: errors[told[ours[name]]] if name in ours else math.nan for name in asked.free},
        correlation=_widen(correlation[np.ix_(shared, shared)], tuple(ours), asked.free),
        covariance=kind,
        loglik=c.best.at.loglik,
        objective=c.best.at.value,
        verdict=_limit_verdict(asked, best, c, theirs),
    )


def _at_named_limit(asked: Distribution, best: Optimum, named: NamedLimit, kind: str, rows: Rows) -> Certified:
    """Return a supremum that no family of the library attains."""
    k, height = len(asked.free), rows.n * named.loglik
    sentence = (
        f"no finite maximum: the log-likelihood of {asked.label} rises towards that of {named.name}, as "
        f"{_where(asked, named.ends)} (supremum {height:.6f} in the unit of the fit); hold one of these "
        "parameters, give it a prior, or choose another family"
    )
    verdict = Verdict("limit", sentence, math.nan, best.decrement, math.nan, named.name, {}, best.steps)
    return Certified(
        distribution=None,
        params={name: named.ends.get(name, value) for name, value in best.at.model.params.items()},
        se=dict.fromkeys(asked.free, math.nan),
        correlation=np.full((k, k), math.nan),
        covariance=kind,
        loglik=height,
        objective=height,
        verdict=verdict,
    )


def _where(asked: Distribution, ends: Mapping[str, float]) -> str:
    """Say which free parameters run where."""
    moving = [name for name in asked.free if ends.get(name, math.nan) == ends.get(name)]
    words = {math.inf: "∞", -math.inf: "-∞"}
    return " and ".join(f"{name} → {words.get(ends[name], f'{ends[name]:g}')}" for name in moving)


def _widen(correlation: Floats, names: tuple[str, ...], wanted: tuple[str, ...]) -> Floats:
    """Return the correlation of all wanted names; nan for those that have none."""
    wide = np.full((len(wanted), len(wanted)), math.nan)
    at = [wanted.index(name) for name in names]
    wide[np.ix_(at, at)] = correlation
    return wide


def _without_edges(objective: Objective, best: Optimum) -> tuple[Objective, Optimum]:
    """Hold the parameters that are an end of the support: there is no information about them."""
    member = best.at.model
    held = {name: member.params[name] for name in objective.names if name in member.edges}
    if not held:
        return objective, best
    inner = objective.of(objective.model.with_values(held))
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
    objective: Objective,
    best: Optimum,
    kind: str,
    held: Mapping[str, float],
    condition: float,
    contained: list[Contained],
) -> Verdict:
    ridge = next((c for c in contained if not best.converged and _runs_along(best, c.special)), None)
    end, sentence = _kind(objective, best, held, condition, kind) if ridge is None else _on_ridge(best, ridge)
    gradient = _gradient_norm(objective, best, kind)
    return Verdict(end, sentence, gradient, best.decrement, condition, None, _gains(best, contained), best.steps)


def _runs_along(best: Optimum, special: Special) -> bool:
    """Whether the search stopped far out on the path to a limit that has a name."""
    return bool(special.ridge) and float(best.at.model.params[special.parameter]) > FAR[0]


def _on_ridge(best: Optimum, c: Contained) -> tuple[str, str]:
    """A maximum so far along a ridge that no double holds its parameters."""
    return "flat", (
        f"{c.special.ridge}: the maximum lies further towards {_shown(c.best.at.model)} than float64 numbers reach; "
        f"here the log-likelihood is {best.at.value - c.best.at.value:.3g} above that; fit {c.special.name}, or hold "
        f"{c.special.parameter}"
    )


def _kind(
    objective: Objective, best: Optimum, held: Mapping[str, float], condition: float, covariance: str
) -> tuple[str, str]:
    """Return the kind of an end point, and its sentence."""
    # a family that knows its maximum has one, also where the scores of a few rows leave no standard errors
    proven = best.proven and covariance == "outer product"
    if _endless(objective, best, condition):
        return "unbounded", (
            f"no finite maximum: the log-likelihood of {best.at.model.label} has no interior "
            f"maximum, and is unbounded {objective.model._unbounded()}"
        )
    if best.converged and (proven or not condition > SINGULAR):
        if held:
            where = " and ".join(f"{name} rests at {value:g}" for name, value in held.items())
            return (
                "boundary",
                f"a maximum at a corner or edge of a prior: {where}; the other standard errors hold it there",
            )
        edges = [name for name in objective.names if name in best.at.model.edges]
        if edges:
            where = " and ".join(f"{name} = {best.at.model.params[name]:g}" for name in edges)
            return "boundary", f"a maximum at the edge of the data: {where}, which has no standard error"
        return "interior", _interior_sentence(objective, best, condition)
    if best.decrement < 1.0 and condition <= SINGULAR:
        return "flat", (
            f"rounding hides the maximum: the next step would still move {best.decrement:.1e} standard "
            "errors, and none "
            f"rises; the values differ too little for their size, so subtract or divide by a constant first"
        )
    if best.decrement < 1.0:
        return "flat", (
            f"the maximum is not unique: the information of {', '.join(objective.names)} is singular "
            f"(condition {condition:.1e}); hold a parameter or give it a prior"
        )
    return "unbounded", _runaway_sentence(objective, best)


def _endless(objective: Objective, best: Optimum, condition: float) -> bool:
    """Whether a search for an interior maximum of an unbounded likelihood has failed, and not by rounding alone."""
    if not objective.names or objective.model._unbounded() is None:
        return False
    failed = not best.converged and (condition > SINGULAR or best.decrement > HIDDEN)
    return failed or best.at.model._lost()


def _interior_sentence(objective: Objective, best: Optimum, condition: float) -> str:
    if not objective.names:
        return "nothing was free: the log-likelihood of the given distribution"
    how = best.at.model.solver if best.steps == 0 else f"{best.steps} Newton steps"
    return (
        f"a maximum inside the parameter space ({how}; the next step would move {best.decrement:.1e} "
        f"standard errors; condition {condition:.3g}){_worn(condition)}{_others(best)}{_beside(best)}"
    )


def _others(best: Optimum) -> str:
    """Tell the heights of lower maxima."""
    if not best.others:
        return ""
    heights = ", ".join(f"{value:.6g}" for value in best.others[:3])
    return f"; the highest found: lower local maxima have log-likelihood {heights}"


def _beside(best: Optimum) -> str:
    """Say that a local maximum is the estimate where the likelihood has no global one."""
    where = best.at.model._unbounded()
    return "" if where is None else f"; the likelihood is unbounded {where}, and this is its interior maximum"


def _worn(condition: float) -> str:
    """Say how many digits an ill-conditioned information leaves to the standard errors."""
    if condition > SINGULAR:
        return "; the scores of these rows leave no standard errors"
    if not condition > WORN:
        return ""
    digits = max(0, math.floor(16.0 - math.log10(condition)))
    return f"; rounding leaves the standard errors about {digits} digits"


def _runaway_sentence(objective: Objective, best: Optimum) -> str:
    """Name the parameter that moved furthest."""
    values = ", ".join(f"{name} = {best.at.model.params[name]:.3g}" for name in objective.names)
    return (
        f"no finite maximum was found: after {best.steps} steps the log-likelihood is "
        f"{best.at.value:.6g} and still rises, "
        f"at {values}; hold one of these parameters, give it a prior, or choose another family"
    )


def _limit_verdict(asked: Distribution, best: Optimum, c: Contained, kind: str) -> Verdict:
    member, special = c.best.at.model, c.special
    ends = {special.parameter: special.value, **special.moving}
    sentence = (
        f"no finite maximum{f' ({special.ridge})' * bool(special.ridge)}: the log-likelihood of {asked.label} "
        f"rises towards that of {_shown(member)} as {_where(asked, ends)} (supremum {c.best.at.value:.6f}); fit "
        f"{special.name}, or hold {special.parameter}"
    )
    return Verdict(
        "limit",
        sentence,
        _gradient_norm(c.objective, c.best, kind),
        c.best.decrement,
        math.nan,
        member,
        {special.name: 0.0},
        best.steps,
    )


def _shown(member: Distribution) -> str:
    parts = (f"{n}={float(v):.6g}" if np.ndim(v) == 0 else f"{n}=one per row" for n, v in member.params.items())
    return f"{member.label}({', '.join(parts)})"


def _running(ends: Mapping[str, float]) -> str:
    """Say where parameters run; nan is an end that does not matter."""
    words = (f"{name} → {'∞' if value == math.inf else f'{value:g}'}" for name, value in ends.items() if value == value)
    return " and ".join(words)


def _gradient_norm(objective: Objective, best: Optimum, kind: str) -> float:
    """Return the length of the gradient, each part in units of its own curvature."""
    objective, best = _without_edges(objective, best)
    with np.errstate(all="ignore"):
        curvature = np.sqrt(np.abs(np.diag(information(objective, best.at, kind))))
        return float(np.linalg.norm(best.at.gradient / curvature)) if curvature.size else 0.0


def collapse_verdict(model: Distribution, end: Collapse) -> Verdict:
    """Return the verdict on data that leave the model nothing but a limit, such as a point mass."""
    table = model.roles
    at_end = {n: v for n, v in end.ends.items() if v == v and not table[n].support.contains(np.float64(v))}
    moving = {n: v for n, v in at_end.items() if n in model.free and table[n].support != Real()}
    how = "grows without bound" if math.isinf(end.loglik) else f"rises to {end.loglik:g}, its supremum,"
    runs = f"as {_running(moving)}" if moving else "as more and more of it lies there"
    sentence = (
        f"no finite maximum: {end.data}, so the log-likelihood of {model.label} {how} {runs}; the limit is a "
        f"{end.limit}; hold {next(iter(moving or model.free))}, give it a prior, or collect values that differ"
    )
    return Verdict("unbounded" if math.isinf(end.loglik) else "limit", sentence, limit=end.limit)


def escape_verdict(model: Distribution, escape: Escape) -> Verdict:
    """Return the verdict on data, not constant, on which the parameters run to the edge of their domain."""
    table = model.roles
    ends = {name: escape.ends[name] for name in model.free if not math.isnan(escape.ends[name])}
    moving = [name for name, end in ends.items() if not table[name].support.contains(np.float64(end))]
    if not moving:
        return Verdict("flat", f"the maximum is not unique: {escape.because}, so {escape.limit}")
    where = " and ".join(f"{name} → {escape.ends[name]:g}".replace("inf", "∞") for name in moving)
    endless = math.isinf(escape.supremum)
    how = "grows without bound" if endless else f"rises towards {escape.supremum:.6f}, which it never reaches,"
    sentence = (
        f"no finite maximum: {escape.because}, so the log-likelihood of {model.label} {how} as {where}; the "
        f"limit is {escape.limit}; hold {moving[0]}, give it a prior, or choose another family"
    )
    return Verdict("unbounded" if endless else "limit", sentence, limit=escape.limit)
