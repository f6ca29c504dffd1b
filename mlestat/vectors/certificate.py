"""What a fit of rows hands over, and how the covariance and the verdict of it are made.

Free parameters that obey equations, such as probabilities that add to 1, have a singular information. Their covariance
is taken in coordinates of the space that they can move in, never by a pseudo-inverse: with a basis T of it,
T (Tᵀ I T)⁻¹ Tᵀ.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.multivariate.base import VectorDistribution
from mlestat.sentences import SINGULAR, WORN
from mlestat.verdict import Verdict

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Estimated:
    """What an estimator has found.

    Attributes
    ----------
    distribution : VectorDistribution or None
        The fitted member; None where there is none.
    params : mapping
        Every parameter's value.
    se : mapping
        Standard errors of the free parameters, in their shapes.
    correlation : ndarray or callable
        Correlation of the free numbers, or what computes it when it is asked for: with 100 dimensions it has
        26 million entries.
    loglik : float
        Log-likelihood.
    verdict : Verdict
        How it ended.
    """

    distribution: VectorDistribution | None
    params: Mapping[str, Any]
    se: Mapping[str, Floats]
    correlation: Floats | Callable[[], Floats]
    loglik: float
    verdict: Verdict


def interior(model: VectorDistribution, decrement: float, condition: float, steps: int = 0, more: str = "") -> Verdict:
    """Return the verdict on a maximum inside the parameter space; "flat" where the information cannot be inverted."""
    if condition > SINGULAR:
        sentence = (
            f"rounding hides the maximum: the information is singular to working precision (condition "
            f"{condition:.1e}); the rows differ too little for their size, so subtract a constant first, or hold a "
            "parameter"
        )
        return Verdict("flat", sentence, decrement, decrement, condition, steps=steps)
    return maximum(model, decrement, condition, steps, f"{_worn(condition)}{more}")


def maximum(model: VectorDistribution, decrement: float, condition: float, steps: int, more: str) -> Verdict:
    """Return the verdict on a maximum whose errors need no inverse."""
    how = model.solver if steps == 0 else f"{steps} Newton steps"
    sentence = (
        f"a maximum inside the parameter space ({how}; the next step would move {decrement:.1e} standard errors; "
        f"condition {condition:.3g}){more}"
    )
    return Verdict("interior", sentence, decrement, decrement, condition, steps=steps)


def nothing_free() -> Verdict:
    """Return the verdict on a model without a free parameter."""
    return Verdict("interior", "nothing was free: the log-likelihood of the given distribution")


def _worn(condition: float) -> str:
    """Say how many digits an ill-conditioned information leaves to the standard errors."""
    if not condition > WORN:
        return ""
    return f"; rounding leaves the standard errors about {max(0, math.floor(16.0 - math.log10(condition)))} digits"


def condition_of(information: Floats) -> float:
    """Return the condition number of an information scaled to unit diagonal; inf if it is not positive definite.

    Examples
    --------
    >>> import numpy as np
    >>> condition_of(np.diag([1.0, 1e6]))
    1.0
    """
    diagonal = np.diag(information)
    if information.size == 0 or not (np.isfinite(information).all() and (diagonal > 0.0).all()):
        return math.nan if information.size == 0 else math.inf
    unit = 1.0 / np.sqrt(diagonal)
    values = np.linalg.eigvalsh(information * unit * unit[:, None])
    return float(values[-1] / values[0]) if values[0] > 0.0 else math.inf


def inverse(information: Floats) -> Floats:
    """Return the inverse of a positive definite matrix, by way of unit diagonal.

    Examples
    --------
    >>> import numpy as np
    >>> inverse(np.diag([2.0, 1e300])).diagonal().tolist()
    [0.5, 1e-300]
    """
    unit = 1.0 / np.sqrt(np.diag(information))
    found = np.linalg.inv(information * unit * unit[:, None]) * unit * unit[:, None]
    return np.asarray(0.5 * (found + found.T))


def correlation_of(covariance: Floats) -> Floats:
    """Return the correlation matrix; NaN in rows and columns without a variance.

    Examples
    --------
    >>> import numpy as np
    >>> correlation_of(np.array([[4.0, 1.0], [1.0, 1.0]])).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    with np.errstate(all="ignore"):
        unit = 1.0 / np.sqrt(np.diag(covariance))
        found = covariance * unit * unit[:, None]
    np.fill_diagonal(found, np.where(np.isfinite(unit), 1.0, math.nan))
    return np.asarray(np.where(np.isfinite(unit) & np.isfinite(unit)[:, None], found, math.nan))
