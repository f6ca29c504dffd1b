"""fit() for the families of rows: read, estimate, and put into the same `Fit` as every other family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from numpy.typing import ArrayLike

from mlestat.distributions.multivariate import Categorical, Dirichlet, Multinomial, MultivariateNormal
from mlestat.distributions.multivariate.base import VectorDistribution
from mlestat.distributions.multivariate.mixture import VectorMixture
from mlestat.distributions.multivariate.parts import parts_of
from mlestat.errors import InputError
from mlestat.inference.information import covariance_kind
from mlestat.result import Fit
from mlestat.vectors import counts, dirichlet, mixture, normal


class Estimator(NamedTuple):
    """How a family reads its data, and how it finds its estimate."""

    read: Callable[..., Any]
    estimate: Callable[..., Any]


ESTIMATORS: dict[type[VectorDistribution], Estimator] = {
    MultivariateNormal: Estimator(normal.read, normal.estimate),
    Dirichlet: Estimator(dirichlet.read, dirichlet.estimate),
    Categorical: Estimator(counts.read_labels, counts.estimate_categorical),
    Multinomial: Estimator(counts.read_counts, counts.estimate_multinomial),
    VectorMixture: Estimator(mixture.read, mixture.estimate),
}


def fit_vectors(
    model: VectorDistribution,
    data: Any,
    weights: ArrayLike | None,
    probability_weights: ArrayLike | None,
    covariance: str | None,
    missing: str,
    threads: int,
    jacobian: bool,
) -> Fit:
    """Fit a family of rows; the arguments are those of `mlestat.fit`."""
    if jacobian:
        raise InputError(
            f"jacobian=True is for parameters that are single numbers, not for {model.label}; leave it out"
        )
    read, estimate = ESTIMATORS[type(model)]
    sample = read(model, data, weights, probability_weights, missing)
    kind = covariance_kind(model, covariance, sample)
    found = estimate(model, sample, kind, threads)
    parts = parts_of(model.domains, sample.size, sample.columns)
    free = tuple(name for name, part in parts.items() if part.parameter in model.free)
    return Fit(
        model=model,
        distribution=found.distribution,
        params=found.params,
        se=found.se,
        correlation=found.correlation,
        free=free,
        covariance=kind,
        loglik=found.loglik,
        objective=found.loglik,
        sample=sample,
        verdict=found.verdict,
        parts=parts,
        redundant=sum(domain.redundant for name, domain in model.domains.items() if name in model.free),
    )
