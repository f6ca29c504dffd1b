r"""Poisson distribution.

Probability :math:`P(x) = \lambda^x e^{-\lambda}/x!`, x = 0, 1, 2, …, with rate λ.

- Moments: mean λ, variance λ, skewness λ^-½, kurtosis 3 + 1/λ.
- With q = x/λ: :math:`\log P = -\lambda(q\log q - q + 1) - (\log x! - x\log x + x)`, in which nothing large cancels.
- Score: x/λ - 1. Fisher information: 1/λ.
- Sufficient statistic: Σx. MLE: :math:`\hat\lambda = \bar x`; if all x are 0 it lies on the boundary λ = 0.

References: Johnson, Kemp, Kotz, *Univariate Discrete Distributions*, 3rd ed. (2005), ch. 4, eq. 4.1; Loader (2000).
Derivation: docs/theory/families/poisson.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, log, where
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.quantiles import smallest_whole
from mlestat.special import log_factorial_remainder, or_one
from mlestat.supports import Integers, Positive
from mlestat.tails import gammainc, gammaincc, log_gammainc, log_gammaincc


@dataclass(frozen=True)
class Poisson(Distribution):
    """Poisson distribution of counts with mean `rate`.

    Parameters
    ----------
    rate : float, array, free or prior
        Mean, > 0.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Johnson, Kemp, Kotz, *Univariate Discrete Distributions*, 3rd ed. (2005), ch. 4.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.fit(mle.Poisson(), [0, 1, 5]).params
    {'rate': 2.0}
    """

    rate: Parameter = parameter(Positive())

    support = Integers(0)
    solver = "closed form"
    sufficient = True

    def _terms(self, x: Array) -> Terms:
        q = x / self.rate
        log_q = log(where(q > 0.0, q, 1.0))  # q log q is 0 at 0, and so is its derivative in the rate
        return -self.rate * (q * log_q - (q - 1.0)) - log_factorial_remainder(x), q - 1.0

    def _logpdf(self, t: Terms) -> Array:
        return t[0]

    def _score(self, t: Terms) -> Vector:
        return (t[1],)

    def _hessian(self, t: Terms) -> Matrix:
        return ((-(t[1] + 1.0) / self.rate,),)

    def _fisher(self) -> Matrix:
        return ((1.0 / self.rate,),)

    def _cdf(self, x: Array) -> Array:
        return gammaincc(x + 1.0, self.rate)

    def _sf(self, x: Array) -> Array:
        return gammainc(x + 1.0, self.rate)

    def _logcdf(self, x: Array) -> Array:
        return log_gammaincc(x + 1.0, self.rate)

    def _logsf(self, x: Array) -> Array:
        return log_gammainc(x + 1.0, self.rate)

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        """The derivative of F(k) in the rate is -p(k), whose own relative slope is k/rate - 1."""
        k = np.floor(x)
        ratio = np.exp(self._logpdf(self._terms(k)) - self._logcdf(k))
        return (-ratio,), ((-ratio * (k / self.rate - 1.0) - ratio * ratio,),)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        k = np.floor(x)
        ratio = np.exp(self._logpdf(self._terms(k)) - self._logsf(k))
        return (ratio,), ((ratio * (k / self.rate - 1.0) - ratio * ratio,),)

    def _ppf(self, q: Array) -> Array:
        shape = np.broadcast_shapes(q.shape, np.shape(self.rate))
        return smallest_whole(lambda x: self._cdf(x) >= q, 0.0, shape, float(np.max(self.rate)))

    def _isf(self, q: Array) -> Array:
        shape = np.broadcast_shapes(q.shape, np.shape(self.rate))
        return smallest_whole(lambda x: self._sf(x) <= q, 0.0, shape, float(np.max(self.rate)))

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return rng.poisson(self.rate, size)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        return self.rate, self.rate, 1.0 / np.sqrt(self.rate), 3.0 + 1.0 / self.rate

    def _reference(self, mean: Array) -> Self:
        return type(self)(or_one(mean))

    def _translate(self, t: Terms, at: Self) -> Terms:
        mean = at.rate * (1.0 + t[1])
        return t[0] + mean * log(self.rate / at.rate) - (self.rate - at.rate), mean / self.rate - 1.0

    def _mle(self, t: Terms, at: Self) -> Mapping[str, float]:
        return {"rate": at.rate * (1.0 + t[1])}

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        return {"rate": max(float(np.average(x, weights=w)), 1e-8)}

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        return {"rate": 0.0} if c == 0.0 and self.rate is free else None
