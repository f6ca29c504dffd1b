"""The objective of a fit: log-likelihood plus log-priors, with gradient and Hessian on the link scale.

Everything here is sums over rows, taken by a source. This is the one place where the chain rule from natural
parameters θ to the link scale η is written:

    ∂ℓ/∂η_j = s_j θ'_j,    ∂²ℓ/∂η_j∂η_k = h_jk θ'_j θ'_k + δ_jk s_j θ''_j.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution, Terms
from mlestat.distributions.parameters import Role
from mlestat.links import Identity
from mlestat.priors import log_prior
from mlestat.sample import Sample
from mlestat.sources.array import Rows, Source
from mlestat.sources.incomplete import Incomplete, split, take

Floats = NDArray[np.float64]

RESOLUTION = 1e-14
"""Relative rounding error of a log-likelihood."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The objective at one point: totals over the rows, derivatives on the link scale.

    `value` is the objective (log-likelihood + log-prior, + log-Jacobian if asked for), `loglik` its first part.
    """

    model: Distribution
    eta: Floats
    loglik: float
    value: float
    gradient: Floats
    hessian: Floats
    observed: Floats
    """Negative Hessian of the log-likelihood alone, free parameters, natural scale."""


@dataclass(frozen=True, eq=False)
class Objective:
    """Log-likelihood plus log-priors of `model` on `source`, as a function of the free parameters' η.

    The model's priors are read from its parameter values; `jacobian` adds log |dθ/dη|, which makes the mode
    that of the density of η. `rows` are the data themselves, for what needs the score of each row.
    """

    model: Distribution
    source: Source
    jacobian: bool = False
    rows: Rows | None = None

    def of(self, model: Distribution, source: Source | None = None) -> Objective:
        """Return the objective of another model on the same rows."""
        return replace(self, model=model, source=self.source if source is None else source)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The free parameters, in field order."""
        return self.model.free

    @cached_property
    def _roles(self) -> list[Role]:
        return [self.model.roles[name] for name in self.names]

    @cached_property
    def _index(self) -> list[int]:
        order = list(self.model.roles)
        return [order.index(name) for name in self.names]

    @cached_property
    def unbounded(self) -> str | None:
        """Where the likelihood has no bound, in words; without an exact row it is a probability, which has one."""
        where = self.model._unbounded()
        if where is None or self.rows is None or self.rows.sample.complete_values:
            return where
        _, _, exact = self.rows.sample.ends()
        return where if exact.any() else None

    def eta(self, values: dict[str, float]) -> Floats:
        """Return the link-scale point of these natural values."""
        return np.array(
            [role.link.forward(values[name]) for name, role in zip(self.names, self._roles, strict=True)],
            dtype=float,
        )

    def at(self, eta: Floats) -> Distribution:
        """Return the member with these link-scale values."""
        pairs = zip(self.names, self._roles, eta, strict=True)
        return self.model.with_values({name: float(role.link.inverse(e)) for name, role, e in pairs})

    def __call__(self, eta: Floats) -> Evaluation:
        """Evaluate value, gradient and Hessian at η."""
        with np.errstate(all="ignore"):
            return self._evaluate(self.at(eta), eta)

    def at_values(self, values: dict[str, float]) -> Evaluation:
        """Evaluate at natural values, which then keep their last digit."""
        with np.errstate(all="ignore"):
            return self._evaluate(self.model.with_values(values), self.eta(values))

    def _evaluate(self, member: Distribution, eta: Floats) -> Evaluation:
        loglik, score, hessian = totals(member, self.source)
        i = self._index
        s, h = score[i], hessian[np.ix_(i, i)]
        observed = -h
        value = loglik
        for j, (name, prior) in enumerate(self._priors):
            value += self._add_prior(prior, member.params[name], s, h, j)
        gradient, curvature = self._to_link(member, s, h)
        if self.jacobian:
            value += self._add_jacobian(member, gradient, curvature)
        return Evaluation(member, eta, loglik, value, gradient, curvature, observed)

    @cached_property
    def dimensionless(self) -> Floats:
        """1 for parameters whose η has no unit (log, logit), so that a step has a natural length; else 0."""
        return np.array([0.0 if role.link == Identity() else 1.0 for role in self._roles])

    def resolution(self, here: Evaluation) -> float:
        """Return the rounding noise of the objective: smaller differences mean nothing."""
        return RESOLUTION * (abs(here.value) + self.source.n)

    @cached_property
    def _priors(self) -> list[tuple[str, Distribution | None]]:
        return [(name, self.model.priors.get(name)) for name in self.names]

    @staticmethod
    def _add_prior(prior: Distribution | None, theta: float, s: Floats, h: Floats, j: int) -> float:
        """Add one parameter's log-prior to the natural-scale derivatives; return its value."""
        if prior is None:
            return 0.0
        value, first, second = log_prior(prior, theta)
        s[j] += first
        h[j, j] += second
        return value

    def _to_link(self, member: Distribution, s: Floats, h: Floats) -> tuple[Floats, Floats]:
        """The chain rule."""
        thetas = [member.params[name] for name in self.names]
        first = np.array([r.link.derivative(v) for r, v in zip(self._roles, thetas, strict=True)], dtype=float)
        second = np.array([r.link.second_derivative(v) for r, v in zip(self._roles, thetas, strict=True)], dtype=float)
        return s * first, h * np.outer(first, first) + np.diag(s * second)

    def _add_jacobian(self, member: Distribution, gradient: Floats, hessian: Floats) -> float:
        value = 0.0
        for j, (name, role) in enumerate(zip(self.names, self._roles, strict=True)):
            v, first, second = role.link.log_jacobian_derivatives(member.params[name])
            value += float(v)
            gradient[j] += first
            hessian[j, j] += second
        return value


def totals(member: Distribution, source: Source) -> tuple[float, Floats, Floats]:
    """Return log-likelihood, score (k,) and Hessian (k, k) of a known member, in natural parameters."""
    if isinstance(source, Incomplete):
        return _totals_incomplete(member, source)
    if isinstance(source, Rows) and has_arrays(member):
        return _totals_by_row(member, source)
    t = source.mean_terms(member)
    score = np.array([float(v) for v in member._score(t)])
    hessian = np.array([[float(v) for v in row] for row in member._hessian(t)])
    return source.n * float(member._logpdf(t)), source.n * score, source.n * hessian


def _totals_incomplete(member: Distribution, source: Incomplete) -> tuple[float, Floats, Floats]:
    """Exact rows, plus intervals, minus what could have been seen."""
    k = len(member.roles)
    value, score, hessian = 0.0, np.zeros(k), np.zeros((k, k))
    if source.exact is not None:
        value, score, hessian = totals(take(member, source.parts.exact_index), source.exact)
    for part, sign in source.signed:
        v, s, h = part.totals(member)
        value, score, hessian = value + sign * v, score + sign * s, hessian + sign * h
    return value, score, hessian


def _totals_by_row(member: Distribution, rows: Rows) -> tuple[float, Floats, Floats]:
    """As `totals`, where a fixed parameter has a value per row, so that the formulas are not affine in the means."""
    k = len(member.roles)

    def kernel(x: Floats, at: slice) -> Terms:
        block = take(member, at)
        t = block._terms(x)
        flat = [block._logpdf(t), *block._score(t), *(v for row in block._hessian(t) for v in row)]
        return tuple(np.broadcast_to(v, x.shape) for v in flat)

    means = np.array(rows.mean(kernel)) * rows.n
    return float(means[0]), means[1 : k + 1], means[k + 1 :].reshape(k, k)


def has_arrays(model: Distribution) -> bool:
    """Return whether a parameter has a value per row."""
    return any(np.ndim(v) > 0 for v in model.params.values() if not isinstance(v, Distribution))


def outer_scores(member: Distribution, rows: Rows, names: tuple[str, ...]) -> Floats:
    """Return Σ w s sᵀ over the rows, natural parameters `names`: the middle of the sandwich.

    A probability weight stands for one row that was drawn, so it counts squared: Σ w² s sᵀ.
    """
    picked = [list(member.roles).index(name) for name in names]
    if not rows.sample.complete:
        return _outer_incomplete(member, rows, picked)
    squared = rows.sample.weights if rows.sample.probability_weights is not None else None

    def kernel(x: Floats, at: slice) -> Terms:
        block = take(member, at)
        s = block._score(block._terms(x))
        columns = [np.broadcast_to(s[i], x.shape) for i in picked]
        again = 1.0 if squared is None else squared[at]
        return tuple(a * b * again for a in columns for b in columns)

    return np.array(rows.mean(kernel)).reshape(len(names), -1) * rows.n


def _outer_incomplete(member: Distribution, rows: Rows, picked: list[int]) -> Floats:
    """The same where rows are censored or truncated."""
    sample = rows.sample
    w = np.ones(sample.rows) if sample.weights is None else sample.weights
    w = w * w if sample.probability_weights is not None else w
    chosen = _row_scores(member, rows)[:, picked]
    return np.asarray((chosen * w[:, None]).T @ chosen)


def row_scores(member: Distribution, sample: Sample) -> Floats:
    """Return each row's score in the natural parameters, without its weight, shape (rows, k)."""
    return _row_scores(member, Rows(sample))


def _row_scores(member: Distribution, rows: Rows) -> Floats:
    """Each row's score is made of up to three parts: exact, interval, and what could have been seen."""
    parts = split(rows, member)
    scores = np.zeros((rows.sample.rows, len(member.roles)))
    if parts.exact is not None:
        x, block = parts.exact.values(slice(None)), take(member, parts.exact_index)
        scores[parts.exact_index] = np.stack(
            [np.broadcast_to(v, x.shape) for v in block._score(block._terms(x))], axis=1
        )
    for part, sign in parts.signed():
        scores[part.index] += sign * part.scores(member)
    return scores


def row_logliks(member: Distribution, sample: Sample) -> Floats:
    """Return each row's log-likelihood, without its weight: exact, censored, truncated or any mixture.

    Examples
    --------
    >>> import mlestat as mle
    >>> sample = mle.Sample([1.0, 2.0], right_censored=[False, True])
    >>> row_logliks(mle.Exponential(1.0), sample).tolist()
    [-1.0, -2.0]
    """
    parts = split(Rows(sample), member)
    out = np.zeros(sample.rows)
    if parts.exact is not None:
        out[parts.exact_index] = take(member, parts.exact_index).logpdf(parts.exact.values(slice(None)))
    for part, sign in parts.signed():
        out[part.index] += sign * part.heights(member)
    return out
