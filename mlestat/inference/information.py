"""Covariance of the estimates: inverse information, observed, expected or sandwich. Never a pseudo-inverse."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.distributions.multivariate.base import VectorDistribution
from mlestat.errors import InputError, UnsupportedDataError, nearest
from mlestat.likelihood import Evaluation, Objective, has_arrays, outer_scores
from mlestat.sample import Sample
from mlestat.sources.array import Rows
from mlestat.vectors.sample import LabelSample, VectorSample

Floats = NDArray[np.float64]

KINDS = ("observed", "expected", "sandwich")


def covariance_kind(
    model: Distribution | VectorDistribution,
    asked: str | None,
    sample: Sample | VectorSample | LabelSample | None = None,
) -> str:
    """Return the kind to compute: observed where it exists, unless another one is asked for.

    Probability weights make it the sandwich. Censored or truncated rows of a family with a corner, and an expected
    information that is not finite, leave the outer product of the scores.

    Examples
    --------
    >>> import mlestat as mle
    >>> covariance_kind(mle.Normal(), None), covariance_kind(mle.Laplace(), None)
    ('observed', 'expected')
    """
    incomplete = sample is not None and not sample.complete
    surveyed = sample is not None and sample.probability_weights is not None
    if asked is None and not model.regular:
        return "outer product" if incomplete or surveyed or not model.bounded_information else "expected"
    if asked is None:
        return "sandwich" if surveyed else "observed"
    if asked not in KINDS:
        raise InputError(f"covariance must be one of {', '.join(KINDS)}, got {asked!r}; {nearest(str(asked), KINDS)}")
    if surveyed and asked != "sandwich":
        raise InputError(
            f"covariance={asked!r} would take probability weights for counts of rows; leave it out, or say 'sandwich'"
        )
    if incomplete and asked == "expected":
        raise InputError(
            "covariance='expected' needs complete rows: what censoring would have hidden is not known; use 'observed'"
        )
    if not model.regular and asked != "expected":
        raise InputError(
            f"covariance={asked!r} does not exist for {model.label}, whose log-density has a "
            "corner or an edge; use covariance='expected'"
        )
    return asked


def information(objective: Objective, here: Evaluation, kind: str) -> Floats:
    """Return the information on the link scale: the negative Hessian, its likelihood part replaced if asked for."""
    if not objective.names or kind in ("observed", "sandwich"):
        return -here.hessian
    j = jacobian(objective, here)
    if kind == "expected":
        return -here.hessian + np.outer(j, j) * (_expected(objective, here) - here.observed)
    return -here.hessian + np.outer(j, j) * (
        outer_scores(here.model, _rows(objective), objective.names) - here.observed
    )


def _rows(objective: Objective) -> Rows:
    if objective.rows is None:
        raise TypeError("this objective was made without its rows")
    return objective.rows


def _expected(objective: Objective, here: Evaluation) -> Floats:
    """Return n times the expected information of the free parameters, natural scale."""
    if has_arrays(here.model):
        raise UnsupportedDataError(
            "covariance='expected' needs fixed parameters that are single numbers; use 'observed' or "
            "'sandwich' with one value per row"
        )
    order = list(here.model.roles)
    i = [order.index(name) for name in objective.names]
    return objective.source.n * here.model.fisher()[np.ix_(i, i)]


def jacobian(objective: Objective, here: Evaluation) -> Floats:
    """Return dθ/dη of the free parameters."""
    table = here.model.roles
    return np.array([float(table[n].link.derivative(here.model.params[n])) for n in objective.names])


def covariance(objective: Objective, here: Evaluation, kind: str) -> Floats:
    """Return the covariance of the free parameters on the link scale.

    `information` must be positive definite; a fit whose information is singular has the verdict "flat" instead.
    """
    whole = information(objective, here, kind)
    exact = np.isposinf(np.diag(whole))
    if exact.any():
        return _without_exact(whole, exact)
    a = whole
    d = 1.0 / np.sqrt(np.diag(a))
    inverse = np.linalg.inv(a * np.outer(d, d)) * np.outer(d, d)
    if kind != "sandwich":
        return 0.5 * (inverse + inverse.T)
    j = jacobian(objective, here)
    middle = outer_scores(here.model, _rows(objective), objective.names) * np.outer(j, j)
    product = inverse @ middle @ inverse
    return 0.5 * (product + product.T)


def _without_exact(a: Floats, exact: NDArray[np.bool_]) -> Floats:
    """Return the covariance of the others, NaN for parameters of infinite information: these have no standard error."""
    wide = np.full(a.shape, np.nan)
    kept = np.flatnonzero(~exact)
    wide[np.ix_(kept, kept)] = np.linalg.inv(a[np.ix_(kept, kept)])
    return wide
