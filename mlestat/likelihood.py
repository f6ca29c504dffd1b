"""The objective of a fit: log-likelihood plus log-priors, with gradient and Hessian on the link scale.

Everything here is sums over rows, taken by a source. This is the one place where the chain rule from natural
parameters θ to the link scale η is written:

    ∂ℓ/∂η_j = s_j θ'_j,    ∂²ℓ/∂η_j∂η_k = h_jk θ'_j θ'_k + δ_jk s_j θ''_j.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution, Terms
from mlestat.distributions.parameters import Role, roles
from mlestat.links import Identity
from mlestat.priors import log_prior
from mlestat.sources.array import Rows, Source

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
    that of the density of η.
    """

    model: Distribution
    source: Source
    jacobian: bool = False

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The free parameters, in field order."""
        return self.model.free

    @cached_property
    def _roles(self) -> list[Role]:
        return [roles(type(self.model))[name] for name in self.names]

    @cached_property
    def _index(self) -> list[int]:
        order = self.model.parameter_names()
        return [order.index(name) for name in self.names]

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
            value += self._add_prior(prior, getattr(member, name), s, h, j)
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
        thetas = [getattr(member, name) for name in self.names]
        first = np.array([r.link.derivative(v) for r, v in zip(self._roles, thetas, strict=True)], dtype=float)
        second = np.array([r.link.second_derivative(v) for r, v in zip(self._roles, thetas, strict=True)], dtype=float)
        return s * first, h * np.outer(first, first) + np.diag(s * second)

    def _add_jacobian(self, member: Distribution, gradient: Floats, hessian: Floats) -> float:
        value = 0.0
        for j, (name, role) in enumerate(zip(self.names, self._roles, strict=True)):
            v, first, second = role.link.log_jacobian_derivatives(getattr(member, name))
            value += float(v)
            gradient[j] += first
            hessian[j, j] += second
        return value


def totals(member: Distribution, source: Source) -> tuple[float, Floats, Floats]:
    """Return log-likelihood, score (k,) and Hessian (k, k) of a known member, in natural parameters."""
    if isinstance(source, Rows) and has_arrays(member):
        return _totals_by_row(member, source)
    t = source.mean_terms(member)
    score = np.array([float(v) for v in member._score(t)])
    hessian = np.array([[float(v) for v in row] for row in member._hessian(t)])
    return source.n * float(member._logpdf(t)), source.n * score, source.n * hessian


def _totals_by_row(member: Distribution, rows: Rows) -> tuple[float, Floats, Floats]:
    """As `totals`, where a fixed parameter has a value per row, so that the formulas are not affine in the means."""
    k = len(member.parameter_names())

    def kernel(x: Floats, at: slice) -> Terms:
        block = slice_arrays(member, at)
        t = block._terms(x)
        flat = [block._logpdf(t), *block._score(t), *(v for row in block._hessian(t) for v in row)]
        return tuple(np.broadcast_to(v, x.shape) for v in flat)

    means = np.array(rows.mean(kernel)) * rows.n
    return float(means[0]), means[1 : k + 1], means[k + 1 :].reshape(k, k)


def has_arrays(model: Distribution) -> bool:
    """Return whether a parameter has a value per row."""
    return any(np.ndim(v) > 0 for v in model.params.values() if not isinstance(v, Distribution))


def slice_arrays(model: Distribution, at: slice) -> Distribution:
    """Return the model of these rows."""
    arrays = {name: v[at] for name, v in model.params.items() if np.ndim(v) > 0}
    return model.with_values(arrays)


def outer_scores(member: Distribution, rows: Rows, names: tuple[str, ...]) -> Floats:
    """Return Σ w s sᵀ over the rows, natural parameters `names`: the middle of the sandwich."""
    order = member.parameter_names()
    picked = [order.index(name) for name in names]

    def kernel(x: Floats, at: slice) -> Terms:
        block = slice_arrays(member, at)
        s = block._score(block._terms(x))
        columns = [np.broadcast_to(s[i], x.shape) for i in picked]
        return tuple(a * b for a in columns for b in columns)

    return np.array(rows.mean(kernel)).reshape(len(names), -1) * rows.n
