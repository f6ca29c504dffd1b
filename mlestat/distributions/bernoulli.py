r"""Bernoulli distribution.

Probability :math:`P(1) = p`, :math:`P(0) = q = 1-p`.

- Moments: mean p, variance pq, skewness (q-p)/√(pq), kurtosis 3 + (1-6pq)/(pq).
- Score: x/p - (1-x)/q. Fisher information: 1/(pq).
- Sufficient statistic: Σx. MLE: :math:`\hat p = \bar x`; if all x are equal it lies on the boundary.

References: Johnson, Kemp, Kotz, *Univariate Discrete Distributions*, 3rd ed. (2005), ch. 3, p. 108.
Derivation: docs/theory/families/bernoulli.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, log, log1p
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.supports import Integers, UnitInterval


@dataclass(frozen=True)
class Bernoulli(Distribution):
    """Bernoulli distribution: 1 with probability `p`, else 0.

    Parameters
    ----------
    p : float, array, free or prior
        Probability of 1, 0 < p < 1.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Johnson, Kemp, Kotz, *Univariate Discrete Distributions*, 3rd ed. (2005), ch. 3.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.fit(mle.Bernoulli(), [0, 1, 1, 1]).params
    {'p': 0.75}
    """

    p: Parameter = parameter(UnitInterval())

    support = Integers(0, 1)
    solver = "closed form"
    sufficient = True

    def _terms(self, x: Array) -> Terms:
        return x, 1.0 - x

    def _logpdf(self, t: Terms) -> Array:
        return t[0] * log(self.p) + t[1] * log1p(-self.p)

    def _score(self, t: Terms) -> Vector:
        return (t[0] / self.p - t[1] / (1.0 - self.p),)

    def _hessian(self, t: Terms) -> Matrix:
        p, q = self.p, 1.0 - self.p
        return ((-t[0] / (p * p) - t[1] / (q * q),),)

    def _fisher(self) -> Matrix:
        return ((1.0 / (self.p * (1.0 - self.p)),),)

    def _cdf(self, x: Array) -> Array:
        return np.where(x < 1.0, 1.0 - self.p, 1.0)

    def _sf(self, x: Array) -> Array:
        return np.where(x < 1.0, self.p, 0.0)

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        first = np.where(x < 1.0, -1.0 / (1.0 - self.p), 0.0)
        return (first,), ((-first * first,),)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        first = np.where(x < 1.0, 1.0 / self.p, np.nan)
        return (first,), ((-first * first,),)

    def _ppf(self, q: Array) -> Array:
        return np.where(q <= 1.0 - self.p, 0.0, 1.0)

    def _isf(self, q: Array) -> Array:
        return np.where(q >= self.p, 0.0, 1.0)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return rng.binomial(1, self.p, size)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        p, q = self.p, 1.0 - self.p
        v = p * q
        return p, v, (q - p) / np.sqrt(v), 3.0 + (1.0 - 6.0 * v) / v

    def _reference(self, mean: Array) -> Self:
        return self.with_values({"p": 0.5})  # the statistics are the same at every member

    def _translate(self, t: Terms, at: Self) -> Terms:
        return t

    def _mle(self, t: Terms, at: Self) -> Mapping[str, float]:
        return {"p": t[0]}

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        return {"p": float(np.average(x, weights=w))}

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        return {"p": c} if self.p is free else None
