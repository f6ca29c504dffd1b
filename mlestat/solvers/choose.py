"""Which solver: the rule, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.distributions.mixture import Mixture
from mlestat.likelihood import Evaluation, Objective, has_arrays
from mlestat.priors import corners
from mlestat.solvers.closed_form import closed_form
from mlestat.solvers.corners import resting
from mlestat.solvers.direct import direct
from mlestat.solvers.edges import maximise_at_edges
from mlestat.solvers.em import maximise_with_corners, mixture_starts, spike_rule
from mlestat.solvers.median import maximise_with_median
from mlestat.solvers.newton import Optimum, maximise
from mlestat.solvers.places import maximise_over_places
from mlestat.solvers.standard_form import maximise_in
from mlestat.solvers.subsample import subsample
from mlestat.solvers.threshold import has_threshold, threshold_starts
from mlestat.sources.array import Rows, Source, Statistics, counts
from mlestat.sources.condensed import CONDENSED_FROM, Condensed
from mlestat.sources.incomplete import Between, Incomplete, Split, Tail, grouped, split, take
from mlestat.supports import Support

Floats = NDArray[np.float64]

APART = 1e-6
"""Maxima whose log-likelihoods differ by more than this are different ones."""

START_ROWS = 2_000
"""Rows that a rough start looks at."""


def choose_source(model: Distribution, rows: Rows) -> Source:
    """Return the cheapest source that gives this model's sums."""
    if not rows.sample.complete:
        return _incomplete(model, rows)
    if has_arrays(model):
        return rows
    rows = counts(rows) if model.discrete else rows
    return Statistics.of(model, rows) if model.sufficient else rows


def _incomplete(model: Distribution, rows: Rows) -> Incomplete:
    """Take censored and truncated rows apart; ends that repeat are summed once, unless parameters go by row."""
    parts = split(rows, model)
    if not has_arrays(model):
        parts = replace(parts, inside=tuple(map(grouped, parts.inside)), seen=tuple(map(grouped, parts.seen)))
    return _of_parts(model, parts, rows.n)


def _of_parts(model: Distribution, parts: Split, n: float) -> Incomplete:
    exact = None if parts.exact is None else choose_source(take(model, parts.exact_index), parts.exact)
    return Incomplete(exact, parts, tuple((_cheapest(model, part), sign) for part, sign in parts.signed()), n)


def _cheapest(model: Distribution, part: Between) -> Between | Tail | Condensed:
    """Return rows open on one side as the sums or nodes that their family allows; others as they are."""
    if part.open_end is None or has_arrays(model) or not part.inside(model):
        return part
    if model.affine_tail and part.open_end == "upper":
        return Tail(choose_source(model, part.rows))
    smooth = not model.discrete and not isinstance(type(model).support, property)
    return Condensed(part, model.support) if smooth and part.index.size >= CONDENSED_FROM else part


def source_like(source: Source, model: Distribution, rows: Rows) -> Source:
    """Return the source of another model on the same rows, of which a table of counts or the parts are kept."""
    if isinstance(source, Incomplete):
        return _of_parts(model, source.parts, source.n)
    return choose_source(model, source if isinstance(source, Rows) else rows)


def solve(objective: Objective, rows: Rows) -> Optimum:
    """Return the maximum: nothing free, closed form, straight from the rows, edges, corners, or Newton."""
    if not objective.names:
        return Optimum(objective(np.empty(0)), 0.0, 0, True)
    if objective.model.by_search:
        from mlestat.solvers.search import maximise_by_search

        return maximise_by_search(objective, rows)
    found = closed_form(objective) or direct(objective, rows)
    if found is not None:
        return found
    form = objective.model._standard_form()
    if form is not None and not objective.jacobian and rows.sample.complete:
        return maximise_in(form, objective, rows)
    x = rows.sample.values
    if rows.sample.complete and (
        ends := objective.model._edges_at(*rows.convert(np.array([x.min(), x.max()])).tolist())
    ):
        rest = solve(objective.of(objective.model.with_values(ends)), rows)
        values = {**rest.at.model.params, **ends}
        return replace(rest, at=objective.at_values({name: values[name] for name in objective.names}))
    if objective.model.searched:
        return maximise_over_places(objective, rows, choose_source)
    if objective.model.kinks and not objective.model.regular:
        return maximise_with_median(objective, rows, location=objective.model.kinks[0])
    if not objective.model.regular and any(name in objective.names for name in objective.model.edges):
        return maximise_at_edges(objective, rows)
    if has_threshold(objective, rows):
        return _with_threshold(objective, rows)
    if isinstance(objective.model, Mixture):
        return _of_mixture(objective, rows)
    return best_of(objective, starts(objective, rows, rough_starts(objective, rows)))


def _with_threshold(objective: Objective, rows: Rows) -> Optimum:
    """Climb from each peak of the profile over the threshold; without one there is no interior maximum."""

    def fitted(inner: Distribution, moved: Rows) -> Optimum:
        return solve(Objective(inner, choose_source(inner, moved), rows=moved), moved)

    found = threshold_starts(objective, rows, fitted)
    return found if isinstance(found, Optimum) else best_of(objective, starts(objective, rows, found))


def _of_mixture(objective: Objective, rows: Rows) -> Optimum:
    """Climb from where expectation and maximisation lead; without a start that is left there is no interior maximum."""
    begins, told = mixture_starts(objective, rows, _component)
    if not begins:
        first = objective.eta(_guesses(objective, rows)[0])
        return Optimum(objective(first), math.inf, 0, False, notes=(told,), whole=True)
    if not objective.model.regular:
        return maximise_with_corners(objective, rows, _component, begins[0])
    etas = [objective.eta({name: float(values[name]) for name in objective.names}) for values in begins]
    sound = spike_rule(objective, rows) if objective.unbounded else _any
    found = best_of(objective, starts(objective, rows, etas, sound), sound)
    return replace(found, notes=(told,))


def _component(c: Distribution, rows: Rows, near: Distribution | None) -> Distribution:
    """Fit one component to weighted rows, by Newton's method from where it is if it has no better way."""
    source = choose_source(c, rows)
    values = c._mle(source.terms, source.at) if isinstance(source, Statistics) and not c.priors else None
    if values is not None and all(math.isfinite(v) for v in values.values()):
        return c.with_values(values)
    inner = Objective(c, source, rows=rows)
    if near is not None and c.regular and not (c.searched or c.by_search):
        found = direct(inner, rows)
        return (found or maximise(inner, inner.eta({name: float(near.params[name]) for name in c.free}))).at.model
    return solve(inner, rows).at.model


def _any(found: Optimum) -> bool:
    return True


def best_of(
    objective: Objective, begins: Sequence[Floats | Evaluation], sound: Callable[[Optimum], bool] = _any
) -> Optimum:
    """Return the highest maximum that Newton reaches from these starts, and the heights of the others.

    `sound` tells maxima that count from others, if any of them do.
    """
    every = [maximise(objective, begin) for begin in begins]
    found = [optimum for optimum in every if sound(optimum)] or every
    best = max(found, key=lambda o: (o.converged, o.at.value) if math.isfinite(o.at.value) else (False, -math.inf))
    higher = [o for o in found if not o.converged and o.at.value > best.at.value + objective.resolution(best.at)]
    if best.converged and higher and objective.unbounded is None:
        best = max(higher, key=lambda o: o.at.value)
    lower = {round(o.at.value, 6) for o in found if o.converged and best.at.value - o.at.value > APART}
    return replace(best, others=tuple(sorted(lower, reverse=True)))


def rest_at_corners(objective: Objective, rows: Rows) -> dict[str, float]:
    """Return the parameters whose estimate is the corner of their prior, with its place."""

    def solve_rest(model: Distribution) -> Distribution:
        return solve(objective.of(model), rows).at.model

    table = objective.model.roles
    inside = {n: c for n, c in corners(objective.model).items() if table[n].support.contains(c)}
    return {name: inside[name] for name in resting(objective, inside, solve_rest)} if inside else {}


def starts(
    objective: Objective, rows: Rows, rough: list[Floats], sound: Callable[[Optimum], bool] = _any
) -> Sequence[Floats | Evaluation]:
    """Return where Newton begins: rough guesses, or for many rows the maximum of every so-manieth row."""
    part = subsample(rows)
    if part is None or isinstance(objective.source, Statistics) or has_arrays(objective.model):
        return rough
    if isinstance(objective.source, Rows) and objective.source is not rows:  # a table of counts is small
        return rough
    found = best_of(objective.of(objective.model, choose_source(objective.model, part)), rough, sound)
    here = objective(found.at.eta) if found.converged else found.at
    return [here] if found.converged and math.isfinite(here.value) else rough


def rough_starts(objective: Objective, rows: Rows) -> list[Floats]:
    """Return the family's rough guesses on the link scale."""
    return [objective.eta(guess) for guess in _guesses(objective, rows)]


def _guesses(objective: Objective, rows: Rows) -> list[dict[str, float]]:
    """Return the family's rough values, moved inside the domain and the support of a prior."""
    step = -(-rows.sample.rows // START_ROWS)
    small = rows.sample.every(step)
    model = take(objective.model, slice(None, None, step))
    x = _into_support(rows.convert(small.stand_ins().astype(np.float64)), model)
    w = np.ones(x.size) if small.weights is None else small.weights
    if small is not rows.sample and isinstance(type(objective.model).support, property):
        # a support that moves must hold every row, so the start sees both ends of the data
        every = rows.sample.stand_ins()
        ends = rows.convert(np.array([every.min(), every.max()], dtype=np.float64))
        x, w = np.append(x, ends), np.append(w, [w.min(), w.min()])
    with np.errstate(all="ignore"):
        found = [dict(values) for values in model._starts(x, w)]
    return [_admissible(objective, values) for values in found]


def _into_support(x: Floats, model: Distribution) -> Floats:
    """Move stand-ins of censored rows, such as a lower end of 0, to where the family has a density."""
    inside = model.support.contains(x)
    if np.all(inside):
        return x
    nearest = np.median(x[inside]) if np.any(inside) else model.support.inside
    return np.where(inside, x, nearest)


def _admissible(objective: Objective, values: dict[str, float]) -> dict[str, float]:
    table = objective.model.roles
    inside = {n: _inside(values.get(n, math.nan), table[n].support) for n in objective.names}
    return {n: _inside_prior(v, objective.model.priors.get(n)) for n, v in inside.items()}


def _inside(value: float, support: Support) -> float:
    return float(value) if support.contains(np.float64(value)) else support.inside


def _inside_prior(value: float, prior: Distribution | None) -> float:
    """A prior may allow less than the parameter's domain; its median is a start then."""
    return value if prior is None or prior.support.contains(np.float64(value)) else float(prior.ppf(0.5))
