r"""Geometric distribution: failures before the first success.

Probability :math:`P(x) = p\,(1-p)^x`, x = 0, 1, 2, …, with success probability p; q = 1 - p.

- Moments: mean q/p, variance q/p², skewness (2-p)/√q, kurtosis 9 + p²/q.
- Score: 1/p - x/q. Fisher information: 1/(p²q).
- Sufficient statistic: Σx. MLE: :math:`\hat p = 1/(1+\bar x)`; if all x are 0 it lies on the boundary p = 1.
- Tails: :math:`P(X > x) = q^{x+1}`, so derivatives of its logarithm are -(x+1)/q and -(x+1)/q².

References: Johnson, Kemp, Kotz, *Univariate Discrete Distributions*, 3rd ed. (2005), ch. 5.2.
Derivation: docs/theory/families/geometric.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, log, log1p
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.quantiles import smallest_whole
from mlestat.distributions.tail_derivatives import of_complement
from mlestat.supports import Integers, UnitInterval


@dataclass(frozen=True)
class Geometric(Distribution):
    """Geometric distribution of the number of failures before the first success.

    Parameters
    ----------
    p : float, array, free or prior
        Probability of success in each trial, 0 < p < 1.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Johnson, Kemp, Kotz, *Univariate Discrete Distributions*, 3rd ed. (2005), ch. 5.2.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.fit(mle.Geometric(), [0, 2, 7]).params
    {'p': 0.25}
    """

    p: Parameter = parameter(UnitInterval())

    support = Integers(0)
    solver = "closed form"
    aliases: ClassVar[tuple[str, ...]] = ("geom",)
    sufficient = True

    def _terms(self, x: Array) -> Terms:
        return (x,)

    def _logpdf(self, t: Terms) -> Array:
        return log(self.p) + t[0] * log1p(-self.p)

    def _score(self, t: Terms) -> Vector:
        return (1.0 / self.p - t[0] / (1.0 - self.p),)

    def _hessian(self, t: Terms) -> Matrix:
        q = 1.0 - self.p
        return ((-1.0 / (self.p * self.p) - t[0] / (q * q),),)

    def _fisher(self) -> Matrix:
        return ((1.0 / (self.p * self.p * (1.0 - self.p)),),)

    def _cdf(self, x: Array) -> Array:
        return -np.expm1(self._logsf(x))

    def _sf(self, x: Array) -> Array:
        return np.exp(self._logsf(x))

    def _logsf(self, x: Array) -> Array:
        return (x + 1.0) * np.log1p(-self.p)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        q = 1.0 - self.p
        first = -(x + 1.0) / q
        return (first,), ((first / q,),)

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return of_complement(self._logsf(x) - self._logcdf(x), *self._logsf_derivatives(x))

    def _ppf(self, q: Array) -> Array:
        shape = np.broadcast_shapes(q.shape, np.shape(self.p))
        return smallest_whole(lambda x: self._cdf(x) >= q, 0.0, shape, 1.0 / float(np.min(self.p)))

    def _isf(self, q: Array) -> Array:
        shape = np.broadcast_shapes(q.shape, np.shape(self.p))
        return smallest_whole(lambda x: self._sf(x) <= q, 0.0, shape, 1.0 / float(np.min(self.p)))

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return rng.geometric(self.p, size) - 1

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        p, q = self.p, 1.0 - self.p
        return q / p, q / p / p, (2.0 - p) / np.sqrt(q), 9.0 + p * p / q

    def _reference(self, mean: Array) -> Self:
        return self.with_values({"p": 1.0 / (1.0 + mean)})  # the statistic is the same at every member

    def _translate(self, t: Terms, at: Self) -> Terms:
        return t

    def _mle(self, t: Terms, at: Self) -> Mapping[str, float]:
        return {"p": 1.0 / (1.0 + t[0])}

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        return {"p": 1.0 / (1.0 + max(float(np.average(x, weights=w)), 1e-8))}

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        return {"p": 1.0} if c == 0.0 and self.p is free else None
