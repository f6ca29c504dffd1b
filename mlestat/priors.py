"""Log-priors over parameters: any distribution's log-density, differentiated in x instead of in its parameters.

`MAP` here is the mode on the user's scale of the parameter, without a Jacobian: loss plus penalty.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution


def log_prior(prior: Distribution, theta: float) -> tuple[float, float, float]:
    """Return the log-density at θ with its first and second derivative in θ; -inf outside the prior's support.

    Examples
    --------
    >>> import mlestat as mle
    >>> log_prior(mle.Normal(0, 2), 1.0)[1:]
    (-0.25, -0.25)
    """
    value, first, second = log_priors(prior, np.array([theta]))
    return float(value[0]), float(first[0]), float(second[0])


def log_priors(prior: Distribution, theta: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Return the same for an array of values."""
    inside = prior.support.contains(theta)
    x = np.where(inside, theta, prior.support.inside)
    value, first, second = prior._logpdf(prior._terms(x)), prior._dlogpdf(x), prior._d2logpdf(x)
    return np.where(inside, value, -math.inf), np.where(inside, first, math.nan), np.where(inside, second, math.nan)


def corners(model: Distribution) -> dict[str, float]:
    """Return where the log-priors have a corner or an edge, by parameter: there an estimate can come to rest.

    Examples
    --------
    >>> import mlestat as mle
    >>> corners(mle.Normal(mu=mle.Laplace(0.0, 1.0)))
    {'mu': 0.0}
    """
    places = {name: float(getattr(prior, kink)) for name, prior in model.priors.items() for kink in prior.kinks}
    edges = {name: prior.support.lower for name, prior in model.priors.items() if math.isfinite(prior.support.lower)}
    # an open end, as of a gamma prior, is not in the support and holds nothing
    return places | {name: end for name, end in edges.items() if model.priors[name].support.contains(np.float64(end))}
