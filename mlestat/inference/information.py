"""Covariance of the estimates: inverse information, observed, expected or sandwich. Never a pseudo-inverse."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.distributions.parameters import roles
from mlestat.errors import InputError, UnsupportedDataError, nearest
from mlestat.likelihood import Evaluation, Objective, has_arrays, outer_scores
from mlestat.sources.array import Rows

Floats = NDArray[np.float64]

KINDS = ("observed", "expected", "sandwich")


def covariance_kind(model: Distribution, asked: str | None) -> str:
    """Return the kind to compute: observed where it exists, unless another one is asked for.

    Examples
    --------
    >>> import mlestat as mle
    >>> covariance_kind(mle.Normal(), None), covariance_kind(mle.Laplace(), None)
    ('observed', 'expected')
    """
    if asked is None:
        return "observed" if model.regular else "expected"
    if asked not in KINDS:
        raise InputError(f"covariance must be one of {', '.join(KINDS)}, got {asked!r}; {nearest(str(asked), KINDS)}")
    if not model.regular and asked != "expected":
        raise InputError(
            f"covariance={asked!r} does not exist for {type(model).__name__}, whose log-density has a "
            "corner; use covariance='expected'"
        )
    return asked


def information(objective: Objective, here: Evaluation, kind: str) -> Floats:
    """Return the information on the link scale: the negative Hessian, its likelihood part expected if asked for."""
    if kind != "expected" or not objective.names:
        return -here.hessian
    j = jacobian(objective, here)
    return -here.hessian + np.outer(j, j) * (_expected(objective, here) - here.observed)


def _expected(objective: Objective, here: Evaluation) -> Floats:
    """Return n times the expected information of the free parameters, natural scale."""
    if has_arrays(here.model):
        raise UnsupportedDataError(
            "covariance='expected' needs fixed parameters that are single numbers; use 'observed' or "
            "'sandwich' with one value per row"
        )
    order = here.model.parameter_names()
    i = [order.index(name) for name in objective.names]
    return objective.source.n * here.model.fisher()[np.ix_(i, i)]


def jacobian(objective: Objective, here: Evaluation) -> Floats:
    """Return dθ/dη of the free parameters."""
    table = roles(type(here.model))
    return np.array([float(table[n].link.derivative(getattr(here.model, n))) for n in objective.names])


def covariance(objective: Objective, here: Evaluation, kind: str, rows: Rows) -> Floats:
    """Return the covariance of the free parameters on the link scale.

    `information` must be positive definite; a fit whose information is singular has the verdict "flat" instead.
    """
    a = information(objective, here, kind)
    d = 1.0 / np.sqrt(np.diag(a))
    inverse = np.linalg.inv(a * np.outer(d, d)) * np.outer(d, d)
    if kind != "sandwich":
        return 0.5 * (inverse + inverse.T)
    j = jacobian(objective, here)
    middle = outer_scores(here.model, rows, objective.names) * np.outer(j, j)
    product = inverse @ middle @ inverse
    return 0.5 * (product + product.T)
