r"""Binomial distribution with a known number of trials.

Probability :math:`P(x) = \binom nx p^x q^{n-x}`, x = 0, …, n, success probability p, q = 1 - p; n is known.

- Moments: mean np, variance npq, skewness (q-p)/√(npq), kurtosis 3 + (1-6pq)/(npq).
- With d(x, μ) = x log(x/μ) + μ - x and φ(x) = log x! - x log x + x, Loader's saddle-point form
  :math:`\log P = \varphi(n) - \varphi(x) - \varphi(n-x) - d(x, np) - d(n-x, nq)`: nothing large cancels.
- Score: x/p - (n-x)/q. Fisher information: n/(pq).
- Sufficient statistic: Σx. MLE: :math:`\hat p = \sum x/\sum n`; on the boundary if all x are 0, or all n.
- Tails: :math:`\partial F(x)/\partial p = -(n-x)\,P(x)/q`.

References: Johnson, Kemp, Kotz, *Univariate Discrete Distributions*, 3rd ed. (2005), ch. 3, eq. 3.1, p. 117 for F;
Loader (2000). Derivation: docs/theory/families/binomial.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, log, log1p
from mlestat.distributions.base import Collapse, Distribution, Matrix, Terms, Vector, is_estimated
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.quantiles import smallest_whole
from mlestat.distributions.tail_derivatives import of_complement
from mlestat.special import log_factorial_remainder, poisson_deviance
from mlestat.supports import Integers, Support, UnitInterval
from mlestat.tails import beta_fraction


@dataclass(frozen=True)
class Binomial(Distribution):
    """Binomial distribution of the number of successes in `n` trials.

    Parameters
    ----------
    n : int or array
        Number of trials, a whole number ≥ 0, or one for each row. It is known: it takes neither `free` nor a prior
        in a fit, and its columns of score, Hessian and information are NaN.
    p : float, array, free or prior
        Probability of success in each trial, 0 < p < 1.

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
    >>> mle.fit(mle.Binomial(n=20), [3, 2, 10]).params
    {'n': 20, 'p': 0.25}
    >>> round(mle.fit(mle.Binomial(n=[10, 10, 20]), [3, 2, 5]).params["p"], 12)   # one n per row
    0.25
    """

    n: Parameter = parameter(Integers(0))
    p: Parameter = parameter(UnitInterval())

    solver = "closed form"
    aliases: ClassVar[tuple[str, ...]] = ("binom",)
    sufficient = True
    known: ClassVar[tuple[str, ...]] = ("n",)

    @property
    def support(self) -> Support:  # type: ignore[override]
        """Whole numbers from 0 to n."""
        return up_to(self.n)

    def _terms(self, x: Array) -> Terms:
        return _log_probability(x, self.n, self.p, 1.0 - self.p), x, self.n - x

    def _logpdf(self, t: Terms) -> Array:
        return t[0]

    def _score(self, t: Terms) -> Vector:
        return math.nan, t[1] / self.p - t[2] / (1.0 - self.p)

    def _hessian(self, t: Terms) -> Matrix:
        p, q = self.p, 1.0 - self.p
        return (math.nan, math.nan), (math.nan, -t[1] / (p * p) - t[2] / (q * q))

    def _fisher(self) -> Matrix:
        return (math.nan, math.nan), (math.nan, self.n / (self.p * (1.0 - self.p)))

    def _cdf(self, x: Array) -> Array:
        return np.exp(self._logcdf(x))

    def _sf(self, x: Array) -> Array:
        return np.exp(self._logsf(x))

    def _logcdf(self, x: Array) -> Array:
        right, _, log_small = self._smaller_tail(x)
        return np.where(right, np.log1p(-np.exp(log_small)), log_small)

    def _logsf(self, x: Array) -> Array:
        right, _, log_small = self._smaller_tail(x)
        return np.where(right, log_small, np.log1p(-np.exp(log_small)))

    def _smaller_tail(self, x: Array) -> tuple[Array, tuple[Array, ...], Array]:
        """Return whether the tail above x is the smaller one, what it is as a lower tail, and its logarithm.

        P(X > x) in p is P(n - X ≤ n - x - 1) in q.
        """
        n, p, q = (np.asarray(v, float) for v in (self.n, self.p, 1.0 - self.p))
        right = x + 0.5 > n * p
        k = np.where(right, np.maximum(n - x - 1.0, 0.0), x)
        p, q = np.where(right, q, p), np.where(right, p, q)
        log_small = _log_probability(k, n, p, q) + np.log(p * beta_fraction(n - k, k + 1.0, q, p))
        return right, (k, n, p, q), log_small

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail_derivatives(x, upper=False)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail_derivatives(x, upper=True)

    def _tail_derivatives(self, x: Array, *, upper: bool) -> tuple[Vector, Matrix]:
        """Of the smaller tail by the continued fraction, of the other as its complement."""
        right, lower, log_small = self._smaller_tail(x)
        g, h = _lower_tail(*lower)
        g = np.where(right, -g, g)
        (other_g,), ((other_h,),) = of_complement(log_small - np.log1p(-np.exp(log_small)), (g,), ((h,),))
        last, end = x >= self.n, math.nan if upper else 0.0  # F is 1 at the end, and its complement 0
        first = np.where(last, end, np.where(right == upper, g, other_g))
        second = np.where(last, end, np.where(right == upper, h, other_h))
        return (math.nan, first), ((math.nan, math.nan), (math.nan, second))

    def _ppf(self, q: Array) -> Array:
        return self._smallest(q, lambda x: self._cdf(x) >= q)

    def _isf(self, q: Array) -> Array:
        return self._smallest(q, lambda x: self._sf(x) <= q)

    def _smallest(self, q: Array, holds: Any) -> Array:
        shape = np.broadcast_shapes(q.shape, np.shape(self.n), np.shape(self.p))
        return smallest_whole(lambda x: (x >= self.n) | holds(x), 0.0, shape, float(np.max(self.n * self.p)))

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return rng.binomial(np.asarray(self.n).astype(np.int64), self.p, size)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        n, p, q = self.n, self.p, 1.0 - self.p
        v = np.float64(1.0) * n * p * q
        return n * p, v, (q - p) / np.sqrt(v), 3.0 + (1.0 - 6.0 * p * q) / v

    def _reference(self, mean: Array) -> Self:
        inside = (mean > 0.0) & (mean < self.n)
        return self.with_values({"p": np.where(inside, mean / np.maximum(self.n, 1.0), 0.5)[()]})

    def _translate(self, t: Terms, at: Self) -> Terms:
        moved = t[1] * log(self.p / at.p) + t[2] * (log1p(-self.p) - log1p(-at.p))
        return t[0] + moved, t[1], t[2]

    def _mle(self, t: Terms, at: Self) -> Mapping[str, float]:
        return {"p": t[1] / self.n if self.n else math.nan}

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        return {"p": float(np.sum(w * x) / np.sum(w * self.n))}

    def _collapse_on(self, x: NDArray[Any], w: NDArray[np.float64] | None) -> Collapse | None:
        end = end_of_all(x, self.n)
        if end is None or self.p is not free:
            return None
        return Collapse({"p": 1.0 if end else 0.0}, *said_of_end(end, self.n), 0.0)


def up_to(n: Parameter) -> Integers:
    """Return the whole numbers from 0 to n; all of them while n is not given."""
    return Integers(0) if is_estimated(n) else Integers(0, n)


def end_of_all(x: NDArray[Any], n: Array) -> int | None:
    """Return 0 if every count is 0, 1 if every count is its n; None otherwise, and where no trial was made.

    Examples
    --------
    >>> import numpy as np
    >>> end_of_all(np.array([3, 4]), np.array([3, 4])), end_of_all(np.array([0, 1]), 3)
    (1, None)
    """
    if not np.any(n):
        return None
    if not np.any(x):
        return 0
    return 1 if np.all(x == n) else None


def said_of_end(end: int, n: Array) -> tuple[str, str]:
    """Return words for such data, and for the point mass that is left."""
    if end == 0:
        return "every count is 0", "point mass at 0"
    return "every count is its n", "point mass at n" if np.ndim(n) > 0 else f"point mass at {float(n):g}"


def _log_probability(x: Array, n: Array, p: Array, q: Array) -> Array:
    """Saddle-point form: each piece is small where the probability is large."""
    ways = log_factorial_remainder(n) - log_factorial_remainder(x) - log_factorial_remainder(n - x)
    return ways - poisson_deviance(x, n * p) - poisson_deviance(n - x, n * q)


def _lower_tail(x: Array, n: Array, p: Array, q: Array) -> tuple[Array, Array]:
    """Return first and second derivative of log F(x) in p, for x below the middle.

    With ρ = F(x-1)/P(x), r = P(x)/F(x) = 1/(1+ρ): the first is g = -(n-x) r/q, and the second
    g·(∂ log P/∂p + 1/q - g) = g·(x/p + 1/q - ρ r (n-x)/q), in which ρ has all its digits.
    """
    rho = np.where(x > 0.0, x * q / (n - x + 1.0) * beta_fraction(n - x + 1.0, np.maximum(x, 1.0), q, p), 0.0)
    r = 1.0 / (1.0 + rho)
    g = -(n - x) * r / q
    return g, g * (x / p + (1.0 - rho * r * (n - x)) / q)
