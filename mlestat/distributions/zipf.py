r"""Zipf distribution, also called the zeta or discrete Pareto distribution.

Probability :math:`P(x) = x^{-s}/\zeta(s)`, x = 1, 2, …, with exponent s > 1.

- Moments: :math:`\mathrm E\,X^k = \zeta(s-k)/\zeta(s)` for s > k + 1, else infinite.
- Score: -log x + m with :math:`m = -\zeta'(s)/\zeta(s) = \mathrm E\log X`. Fisher information:
  :math:`(\log\zeta)''(s) = \mathrm{Var}\log X`.
- Sufficient statistic: Σ log x. MLE: m(ŝ) = mean of log x (one-dimensional root); if all x are 1 it runs to ∞.
- Tails: :math:`P(X > x) = \zeta(s, x+1)/\zeta(s)`, Hurwitz's zeta function, with derivatives in s as those of ζ.

References: Johnson, Kemp, Kotz, *Univariate Discrete Distributions*, 3rd ed. (2005), ch. 11.2.20; Clauset, Shalizi,
Newman, *SIAM Review* 51 (2009) 661-703, eq. 3.7; NIST DLMF 25.11. Derivation: docs/theory/families/zipf.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, exp, log, log1p
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector
from mlestat.distributions.expectation import standardised
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.quantiles import smallest_whole
from mlestat.distributions.tail_derivatives import of_complement
from mlestat.special import zeta_sums
from mlestat.supports import Integers, Interval
from mlestat.tails import zeta_between

LOG_2 = math.log(2.0)


@dataclass(frozen=True)
class Zipf(Distribution):
    """Zipf distribution of ranks 1, 2, …, whose probability falls like a power.

    Parameters
    ----------
    exponent : float, array, free or prior
        Exponent of the power, > 1.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Johnson, Kemp, Kotz, *Univariate Discrete Distributions*, 3rd ed. (2005), ch. 11.2.20.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.fit(mle.Zipf(), [1, 1, 1, 2, 3, 9]).verdict.kind
    'interior'
    """

    exponent: Parameter = parameter(Interval(1.0))

    support = Integers(1)
    solver = "Newton on the mean logarithm"
    aliases: ClassVar[tuple[str, ...]] = ("zeta", "discrete_pareto")
    sufficient = True

    @property
    def _excess(self) -> tuple[Array, Array, Array]:
        """ζ(s) - 1 with its first two derivatives: ζ(s, 2), which keeps its digits for large s."""
        half, sums = exp(-LOG_2 * self.exponent), zeta_sums(self.exponent, 2.0)
        value, first, second = (half * v for v in sums)
        return value, first - LOG_2 * value, second - 2.0 * LOG_2 * first + LOG_2 * LOG_2 * value

    def _terms(self, x: Array) -> Terms:
        return (log(x),)

    def _logpdf(self, t: Terms) -> Array:
        return -self.exponent * t[0] - log1p(self._excess[0])

    def _score(self, t: Terms) -> Vector:
        value, first, _ = self._excess
        return (-t[0] - first / (1.0 + value),)

    def _hessian(self, t: Terms) -> Matrix:
        return ((0.0 * t[0] - self._fisher()[0][0],),)

    def _fisher(self) -> Matrix:
        value, first, second = self._excess
        slope = first / (1.0 + value)
        return ((second / (1.0 + value) - slope * slope,),)

    def _sf(self, x: Array) -> Array:
        return np.exp(self._logsf(x))

    def _logsf(self, x: Array) -> Array:
        s = self.exponent
        return np.log(zeta_sums(s, x + 1.0)[0]) - s * np.log(x + 1.0) - np.log1p(self._excess[0])

    def _cdf(self, x: Array) -> Array:
        return zeta_between(self.exponent, x)[0] / (1.0 + self._excess[0])

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail_derivatives(x, upper=True)

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail_derivatives(x, upper=False)

    def _tail_derivatives(self, x: Array, *, upper: bool) -> tuple[Vector, Matrix]:
        """Of the smaller tail from its own sums, of the other as its complement."""
        log_s, log_f = self._logsf(x), self._logcdf(x)
        right = log_s < log_f
        above, below = (
            self._of_sums(*zeta_sums(self.exponent, x + 1.0)),
            self._of_sums(*zeta_between(self.exponent, x)),
        )
        g = np.where(right, above[0] - np.log(x + 1.0), below[0])
        h = np.where(right, above[1], below[1])
        (other_g,), ((other_h,),) = of_complement(-np.abs(log_f - log_s), (g,), ((h,),))
        same = right == upper
        return (np.where(same, g, other_g),), ((np.where(same, h, other_h),),)

    def _of_sums(self, total: Array, first: Array, second: Array) -> tuple[Array, Array]:
        """Derivatives of log(total/ζ)."""
        slope, (whole,) = first / total, self._score((0.0,))
        return slope + whole, second / total - slope * slope - self._fisher()[0][0]

    def _ppf(self, q: Array) -> Array:
        shape = np.broadcast_shapes(q.shape, np.shape(self.exponent))
        return smallest_whole(lambda x: self._cdf(x) >= q, 1.0, shape, 2.0)

    def _isf(self, q: Array) -> Array:
        shape = np.broadcast_shapes(q.shape, np.shape(self.exponent))
        return smallest_whole(lambda x: self._sf(x) <= q, 1.0, shape, 2.0)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return rng.zipf(self.exponent, size)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        raw = [_moment_about_1(np.asarray(self.exponent, float), k) / (1.0 + self._excess[0]) for k in (1, 2, 3, 4)]
        variance, skewness, kurtosis = standardised(*raw)
        s = self.exponent
        some = np.where(s > 3.0, np.inf, np.nan)  # of an infinite variance no ratio is left
        return (
            1.0 + raw[0],
            np.where(s > 3.0, variance, np.inf)[()],
            np.where(s > 4.0, skewness, some)[()],
            np.where(s > 5.0, kurtosis, some)[()],
        )

    def _reference(self, mean: Array) -> Self:
        return self.with_values({"exponent": 2.0})  # the statistic is the same at every member

    def _translate(self, t: Terms, at: Self) -> Terms:
        return t

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        m = max(float(np.average(np.log(x), weights=w)), 1e-300)
        # near 1 the mean logarithm is 1/(s-1), far out log 2 · 2^-s
        return {"exponent": 1.0 + 1.0 / m if m > 0.5 else -np.log2(m / np.log(2.0)) + 1.0}

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        return {"exponent": np.inf} if c == 1.0 and self.exponent is free else None


def _moment_about_1(s: Array, k: int) -> Array:
    """Σ (x-1)^k x^-s by powers of x: (x-1)^k has the sign of what remains at x = 2, so that little cancels."""
    coefficients = {1: (1, -1), 2: (1, -2, 1), 3: (1, -3, 3, -1), 4: (1, -4, 6, -4, 1)}[k]
    total: Array = 0.0
    for i, c in enumerate(coefficients):
        a = s - (k - i)
        safe = np.where(a > 1.0, a, 2.0)
        total = total + c * np.where(a > 1.0, np.exp2(-safe) * zeta_sums(safe, 2.0)[0], np.inf)
    return np.where(s > k + 1.0, total, np.inf)[()]
