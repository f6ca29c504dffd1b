"""The estimate of a mixture of normals in several dimensions: starts, climbs, and the verdict on what was reached.

On a small sample expectation and maximisation climbs from several partitions; the best ends go on over more rows, by
Newton's steps where these rise and by further steps of expectation and maximisation where they do not.

References: McLachlan, Peel, *Finite Mixture Models* (2000), sec. 2.8, 2.12, 3.8-3.10.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlestat.distributions.multivariate.domains import PositiveDefinite, units
from mlestat.distributions.multivariate.mixture import VectorMixture
from mlestat.distributions.parameters import free
from mlestat.errors import DataError, InputError
from mlestat.solvers.choose import APART
from mlestat.solvers.newton import DECREMENT, MAX_STEPS
from mlestat.solvers.subsample import SUBSAMPLE
from mlestat.vectors.certificate import Estimated, condition_of, correlation_of, interior, inverse, nothing_free
from mlestat.vectors.em import Columns, Held, Slopes, State, slopes, step
from mlestat.vectors.moments import Moments, moments
from mlestat.vectors.sample import VectorSample, as_vectors
from mlestat.vectors.singular import deficit
from mlestat.vectors.spikes import is_spike, rule
from mlestat.vectors.starts import START_ROWS, starts
from mlestat.verdict import Verdict

Floats = NDArray[np.float64]

SADDLE = 1e-4
"""Least curvature of a direction where the Hessian is not negative definite, at unit diagonal."""

HALVINGS = 6
"""Lengths of a step that are tried: 1, 1/2, … of Newton's."""

BETWEEN = 5
"""Steps of expectation and maximisation where Newton's step does not rise."""


def read(
    model: VectorMixture, data: Any, weights: ArrayLike | None, probability_weights: ArrayLike | None, missing: str
) -> VectorSample:
    """Return the data as rows of numbers, of as many columns as the components have dimensions."""
    sample = as_vectors(data, weights, probability_weights, missing, model.label)
    if model.size not in (None, sample.size):
        raise DataError(
            f"the components have {model.size} dimensions, but the data have {sample.size} columns; give parameters "
            f"for {sample.size} columns, or leave them free"
        )
    return sample


def estimate(model: VectorMixture, sample: VectorSample, kind: str, threads: int) -> Estimated:
    """Return the highest interior maximum that is found."""
    if kind == "expected":
        raise InputError(
            "covariance='expected' of a mixture in several dimensions has no formula; use 'observed' or 'sandwich'"
        )
    found = moments(sample, threads)
    if not (np.isfinite(found.offset).all() and np.isfinite(found.second).all()):
        sample.check_finite()
    lack = deficit(found.second, np.abs(found.centre * found.factor), sample)
    if lack is not None and any(c.cov is free for c in model.components):
        return _unbounded(model, sample, f"{lack.because}, so every component lies on a plane", lack.remedy)
    frame = Frame.of(found)
    data = frame.columns(sample, threads)
    held = frame.held(model, found)
    if not model.free:
        loglik = float(step(data, held.state(), held).loglik) - frame.log_unit * data.n
        return Estimated(model, model.params, {}, np.empty((0, 0)), loglik, nothing_free())
    best, lower = search(data, held)
    if best is None:
        return _unbounded(model, sample, *_all_spikes(held, data))
    return _at(model, sample, frame, held, data, best, lower, kind)


# -- units -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Frame:
    """The unit of a fit: (x - centre) / unit, with powers of two near the standard deviations."""

    centre: Floats
    unit: Floats

    @classmethod
    def of(cls, m: Moments) -> Frame:
        """Return the frame of rows with these moments."""
        return cls(m.mean, units(np.diag(m.second)) / m.factor)

    @property
    def log_unit(self) -> float:
        """What the log-density of a row loses by it."""
        return float(np.sum(np.log(self.unit)))

    def columns(self, sample: VectorSample, threads: int) -> Columns:
        """Return the rows in this unit, column by column."""
        values = np.empty((sample.size, sample.rows))
        np.subtract(sample.values.T, self.centre[:, None], out=values)
        values *= (1.0 / self.unit)[:, None]
        return Columns(values, sample.weights, sample.probability_weights is not None, threads)

    def held(self, model: VectorMixture, m: Moments) -> Held:
        """Return what the model holds, in this unit."""
        fixed = None if any(w is free for w in model.weights) else np.array(model.weights, dtype=float)
        means = tuple(
            None if c.mean is free else (np.asarray(c.mean) - self.centre) / self.unit for c in model.components
        )
        covs = tuple(
            None if c.cov is free else np.asarray(c.cov) / self.unit / self.unit[:, None] for c in model.components
        )
        return Held(fixed, means, covs)

    def member(self, model: VectorMixture, state: State) -> VectorMixture:
        """Return the mixture of a state in the user's unit; what is held stays as given."""
        parts = tuple(
            c.with_values(
                {
                    "mean": self.centre + m * self.unit if c.mean is free else c.mean,
                    "cov": v * self.unit * self.unit[:, None] if c.cov is free else c.cov,
                }
            )
            for c, m, v in zip(model.components, state.means, state.covs, strict=True)
        )
        weights = tuple(state.weights.tolist()) if any(w is free for w in model.weights) else model.weights
        return model.copy_with(parts, weights)


# -- search ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class End:
    """Where a climb stopped."""

    state: State
    at: Slopes
    decrement: float
    steps: int
    converged: bool


def search(data: Columns, held: Held) -> tuple[End | None, list[float]]:
    """Return the highest end of several climbs, and the heights of lower ones."""
    ends = starts(data.every(-(-data.rows // START_ROWS)), held)
    if data.rows > 4 * SUBSAMPLE and ends:
        part = data.every(data.rows // SUBSAMPLE)
        best = max((e for s in ends if (e := climb(part, s, held)) is not None), key=_height, default=None)
        ends = [] if best is None else [best.state]
    found = [e for s in ends if (e := climb(data, s, held)) is not None]
    best = max(found, key=_height, default=None)
    if best is None:
        return None, []
    lower = {round(e.at.loglik, 6) for e in found if e.converged and best.at.loglik - e.at.loglik > APART}
    return best, sorted(lower, reverse=True)


def _height(end: End) -> tuple[bool, float]:
    return end.converged, end.at.loglik


def climb(data: Columns, state: State, held: Held) -> End | None:
    """Return the maximum that Newton's steps, or those of expectation and maximisation, lead to; None for a spike."""
    places = held.places(data.size)
    tolerance = DECREMENT * min(1.0, math.sqrt(data.n))
    here = slopes(data, state)
    for steps in range(MAX_STEPS):
        direction, decrement, definite = _ascent(here, places)
        if definite and decrement <= tolerance:
            return End(state, here, decrement, steps, converged=True)
        if is_spike(data, state, here.masses, held):
            return None
        further = _newton(data, state, here, direction, decrement, held)
        if further is None and definite and decrement <= math.sqrt(tolerance):
            return End(state, here, decrement, steps, converged=True)
        if further is None:
            between = _several(data, state, held)
            if between is None:
                return None
            further = between, slopes(data, between)
        state, here = further
    return End(state, here, decrement, MAX_STEPS, converged=False)


def _several(data: Columns, state: State, held: Held) -> State | None:
    """Return where some steps of expectation and maximisation lead; None for a spike."""
    for _ in range(BETWEEN):
        done = step(data, state, held)
        if not done.state.sound() or is_spike(data, done.state, done.masses, held):
            return None
        state = done.state
    return state


def _ascent(here: Slopes, places: NDArray[np.intp]) -> tuple[Floats, float, bool]:
    """Return a direction of ascent for all numbers, the Newton decrement, and whether the Hessian is negative definite.

    Where it is not, eigenvalues are made positive, in coordinates of unit curvature, so that saddles are left too.
    """
    a, g = -here.hessian[np.ix_(places, places)], here.gradient[places]
    direction = np.zeros(here.gradient.size)
    with np.errstate(all="ignore"):
        unit = 1.0 / np.sqrt(np.maximum(np.abs(np.diag(a)), 1e-300))
        scaled, along = a * unit * unit[:, None], g * unit
    if not (np.isfinite(scaled).all() and np.isfinite(along).all()):
        return direction, math.inf, False
    values, vectors = np.linalg.eigh(scaled)
    definite = bool(values[0] > 1e-14)
    size = np.maximum(np.abs(values), 1e-14 if definite else SADDLE)
    parts = vectors.T @ along
    direction[places] = unit * (vectors @ (parts / size))
    return direction, math.sqrt(float(np.sum(parts * parts / size))), definite


def _newton(
    data: Columns, state: State, here: Slopes, direction: Floats, decrement: float, held: Held
) -> tuple[State, Slopes] | None:
    """Return the member that a step leads to, halved a few times; None if it does not rise, or leaps into a spike."""
    k, d = state.means.shape
    noise = 1e-14 * (abs(here.loglik) + data.n)
    for size in 0.5 ** np.arange(HALVINGS):
        there = State.of(state.flat() + size * direction, k, d)
        if there is None:
            continue
        found = slopes(data, there)
        if is_spike(data, there, found.masses, held):
            continue
        gain = found.loglik - here.loglik
        if gain >= 1e-4 * size * decrement**2 or (abs(gain) <= noise and size * decrement**2 <= 4.0 * noise):
            return there, found
    return None


# -- result ----------------------------------------------------------------------------------------------


def _at(
    model: VectorMixture,
    sample: VectorSample,
    frame: Frame,
    held: Held,
    data: Columns,
    best: End,
    lower: list[float],
    kind: str,
) -> Estimated:
    """Return errors and verdict of a maximum."""
    state = best.state[_order(model, best.state)]
    here = slopes(data, state)
    places = held.places(data.size)
    information = -here.hessian[np.ix_(places, places)]
    condition = condition_of(information)
    shift = -frame.log_unit * data.n
    more = _said(lower, shift) + _beside(held, data)
    verdict = interior(model, best.decrement, condition, best.steps, more)
    if not best.converged:
        verdict = _not_reached(model, best, condition)
    cov = inverse(information) if verdict.kind == "interior" else np.full(information.shape, math.nan)
    if kind == "sandwich" and verdict.kind == "interior":
        cov = cov @ here.outer[np.ix_(places, places)] @ cov
    member = frame.member(model, state)
    se = _shaped(model, frame, held, np.sqrt(np.diag(cov)), places)
    return Estimated(member, member.params, se, correlation_of(cov), here.loglik + shift, verdict)


def _order(model: VectorMixture, state: State) -> list[int]:
    """Return the order by the first entry of the means, if nothing tells the components apart beforehand."""
    k = len(model.components)
    open_ = all(c.free == ("mean", "cov") for c in model.components) and all(w is free for w in model.weights)
    return sorted(range(k), key=lambda c: tuple(state.means[c])) if open_ else list(range(k))


def _shaped(model: VectorMixture, frame: Frame, held: Held, errors: Floats, places: NDArray[np.intp]) -> dict[str, Any]:
    """Return standard errors of the free parameters in their shapes and the user's unit."""
    d = frame.unit.size
    k, m = held.count, d + d * (d + 1) // 2
    every = np.full(k - 1 + k * m, math.nan)
    every[places] = errors
    se: dict[str, Any] = dict(zip(model.weight_names, every[: k - 1].tolist(), strict=True))
    for c, part in enumerate(every[k - 1 :].reshape(k, m)):
        se[f"mean{c + 1}"] = part[:d] * frame.unit
        se[f"cov{c + 1}"] = PositiveDefinite().shaped(part[d:], d) * frame.unit * frame.unit[:, None]
    return {name: se[name] for name in model.free}


def _said(lower: list[float], shift: float) -> str:
    """Tell the heights of lower maxima."""
    if not lower:
        return ""
    heights = ", ".join(f"{v + shift:.6g}" for v in lower[:3])
    return f"; the highest found: lower local maxima have log-likelihood {heights}"


def _beside(held: Held, data: Columns) -> str:
    """Say that a local maximum is the estimate, since the likelihood has no global one."""
    if all(c is not None for c in held.covs):
        return ""
    return (
        f"; the likelihood is unbounded as one component shrinks onto a plane, and this is its interior maximum "
        f"({rule(data)})"
    )


def _all_spikes(held: Held, data: Columns) -> tuple[str, str]:
    because = f"from every start a component shrinks onto a plane ({rule(data)})"
    return because, f"use fewer than {held.count} components, hold a covariance, or collect more rows"


def _not_reached(model: VectorMixture, best: End, condition: float) -> Verdict:
    sentence = (
        f"no maximum was reached: after {best.steps} steps the next one would still move {best.decrement:.1e} standard "
        f"errors (condition {condition:.1e}), as where two components describe the same rows; use fewer components, "
        "or hold a parameter"
    )
    return Verdict("flat", sentence, best.decrement, best.decrement, condition, steps=best.steps)


def _unbounded(model: VectorMixture, sample: VectorSample, because: str, remedy: str) -> Estimated:
    """Return the fit of rows on which every start ends in a spike."""
    d = sample.size
    sentence = f"no finite maximum: {because}, so the log-likelihood of {model.label} grows without bound; {remedy}"
    shapes = {"weight": (), "mean": (d,), "cov": (d, d)}
    blank = {name: np.full(shapes[name.rstrip("0123456789")], math.nan)[()] for name in model.params}
    params = {name: blank[name] if value is free else value for name, value in model.params.items()}
    k = sum(len(domain.places(d)) for name, domain in model.domains.items() if name in model.free)
    return Estimated(
        distribution=None,
        params=params,
        se={name: blank[name] for name in model.free},
        correlation=np.full((k, k), math.nan),
        loglik=math.inf,
        verdict=Verdict("unbounded", sentence, math.nan, math.nan, math.inf, "spike"),
    )
