r"""Logarithmic series distribution (Fisher's).

Probability :math:`P(x) = \frac{p^x}{x\,L}`, x = 1, 2, …, with 0 < p < 1, q = 1 - p and L = -log q.

- Moments: mean m = p/(qL), variance m (1/q - m); the others from Σ x^k P(x) = (p d/dp)^{k-1} (p/q)/L.
- With z = p/(2-p), L = 2 atanh z and s = (atanh z)/z - 1 all formulas keep their digits as p → 0: L/p = (1+s)(1+z) and
  1/m = (1-z)(1+s).
- Score: (x-m)/p. Fisher information: variance/p².
- Sufficient statistic: Σx. MLE: :math:`m(\hat p) = \bar x` (one-dimensional root); if all x are 1 it lies on the
  boundary p = 0.
- Tails: :math:`P(X > x) = \frac1L\int_0^p \frac{t^x}{1-t}\,dt`, an incomplete beta function with second parameter 0.

References: Fisher, Corbet, Williams, *J. Animal Ecology* 12 (1943) 42-58; Johnson, Kemp, Kotz, *Univariate Discrete
Distributions*, 3rd ed. (2005), ch. 7, eq. 7.3, MLE p. 312. Derivation: docs/theory/families/log_series.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, log, log1p
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector
from mlestat.distributions.expectation import standardised
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.quantiles import smallest_whole
from mlestat.distributions.tail_derivatives import of_complement
from mlestat.special import log_ratio_excess, polynomial
from mlestat.supports import Integers, UnitInterval
from mlestat.tails import beta_fraction, scaled_exp1

Floats = NDArray[np.float64]

FEW = 50
"""Counts up to which a central tail is what a short sum leaves; beyond it the asymptotic form is exact to 1e-17."""

NEAR_ONE = 1e-3
"""1 - p above which the continued fraction settles within some hundred steps at any count."""


@dataclass(frozen=True)
class LogSeries(Distribution):
    """Logarithmic series distribution of abundances 1, 2, …

    Parameters
    ----------
    p : float, array, free or prior
        Ratio to which P(x+1)/P(x) tends, 0 < p < 1.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Johnson, Kemp, Kotz, *Univariate Discrete Distributions*, 3rd ed. (2005), ch. 7.

    Examples
    --------
    >>> import mlestat as mle
    >>> f = mle.fit(mle.LogSeries(), [1, 1, 1, 2, 3, 9])
    >>> round(float(f.distribution.moments().mean), 10)   # that of the data
    2.8333333333
    """

    p: Parameter = parameter(UnitInterval())

    support = Integers(1)
    solver = "Newton on the mean"
    aliases: ClassVar[tuple[str, ...]] = ("logser", "logarithmic")
    sufficient = True

    @property
    def _parts(self) -> tuple[Array, Array, Array]:
        """z, 1 - z and s."""
        p = self.p
        z, rest = p / (2.0 - p), 2.0 * (1.0 - p) / (2.0 - p)
        return z, rest, log_ratio_excess(z, -log1p(-p))

    def _terms(self, x: Array) -> Terms:
        return x - 1.0, log(x)

    def _logpdf(self, t: Terms) -> Array:
        z, _, s = self._parts
        return t[0] * log(self.p) - t[1] - log1p(s) - log1p(z)

    def _mean_excess(self) -> Array:
        """The mean less 1."""
        z, rest, s = self._parts
        return (z - s * rest) / (rest * (1.0 + s))

    def _score(self, t: Terms) -> Vector:
        return ((t[0] - self._mean_excess()) / self.p,)

    def _hessian(self, t: Terms) -> Matrix:
        return ((-t[0] / (self.p * self.p) - self._bend(),),)

    def _fisher(self) -> Matrix:
        return ((self._mean_excess() / (self.p * self.p) + self._bend(),),)

    def _bend(self) -> Array:
        """Minus the second derivative of log P(1), 5/12 at p = 0."""
        z, rest, s = self._parts
        w = self.p * rest * (1.0 + s)
        return (s * (2.0 * rest + s * (1.0 - 2.0 * z)) + z * z * (1.0 + s) * (1.0 + s)) / (w * w)

    def _sf(self, x: Array) -> Array:
        return np.exp(self._logsf(x))

    def _cdf(self, x: Array) -> Array:
        return -np.expm1(self._logsf(x))  # at least 1/L > 0.026, so the difference keeps its digits

    def _logsf(self, x: Array) -> Array:
        p, x = np.broadcast_arrays(np.asarray(self.p, float), np.asarray(x, float))
        q = 1.0 - p
        far = q > NEAR_ONE
        many = ~far & (x >= FEW)
        near = ~far & ~many
        out = np.empty(x.shape)
        out[far] = _log_fraction(p[far], x[far])
        out[many] = _log_asymptotic(p[many], x[many])
        out[near] = np.log1p(-_short_sum(p[near], x[near]))
        return out

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail_derivatives(x, upper=True)

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail_derivatives(x, upper=False)

    def _tail_derivatives(self, x: Array, *, upper: bool) -> tuple[Vector, Matrix]:
        """With A = 1/(qL): (log S)' = A (p^x/S - 1), (log F)' = A ((1-p^x)/F - 1)."""
        p = np.asarray(self.p, float)
        log_s, log_f = self._logsf(x), self._logcdf(x)
        a = 1.0 / ((1.0 - p) * -np.log1p(-p))
        slope = a * (1.0 / (1.0 - p) - a)  # of A, as A' = (L - 1) A² = A (1/q - A)
        right = log_s < log_f
        power = x * np.log(p)
        r = np.where(right, np.exp(power - log_s), -np.expm1(power) * np.exp(-log_f))
        g = a * (r - 1.0)
        bend = np.where(right, r, -np.exp(power - log_f)) * (x / p) - r * g
        h = slope * (r - 1.0) + a * bend
        (other_g,), ((other_h,),) = of_complement(-np.abs(log_f - log_s), (g,), ((h,),))
        same = right == upper
        return (np.where(same, g, other_g),), ((np.where(same, h, other_h),),)

    def _ppf(self, q: Array) -> Array:
        shape = np.broadcast_shapes(q.shape, np.shape(self.p))
        return smallest_whole(lambda x: self._cdf(x) >= q, 1.0, shape, 2.0)

    def _isf(self, q: Array) -> Array:
        shape = np.broadcast_shapes(q.shape, np.shape(self.p))
        return smallest_whole(lambda x: self._sf(x) <= q, 1.0, shape, 2.0)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return rng.logseries(self.p, size)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        e, odds = self._mean_excess(), self.p / (1.0 - self.p)
        # falling powers have E x(x-1)…(x-k+1) = (k-1)! m (p/q)^(k-1); from them those of x - 1, whose mean e is small
        second = (1.0 + e) * odds
        third = 2.0 * second * odds
        fourth = 3.0 * third * odds
        variance, skewness, kurtosis = standardised(e, second - e, third + e, fourth + 2.0 * third + second - e)
        return 1.0 + e, variance, skewness, kurtosis

    def _reference(self, mean: Array) -> Self:
        return self.with_values({"p": 0.5})  # the statistics are the same at every member

    def _translate(self, t: Terms, at: Self) -> Terms:
        return t

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        e = max(float(np.average(x, weights=w)) - 1.0, 1e-300)
        return {"p": 2.0 * e / (1.0 + 2.0 * e) if e < 1.0 else 1.0 - 1.0 / (2.0 + e * np.log(2.0 + e))}

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        return {"p": 0.0} if c == 1.0 and self.p is free else None


def _log_fraction(p: Floats, x: Floats) -> Floats:
    """Log of the tail as an incomplete beta function with second parameter 0."""
    scale = (x + 1.0) * -np.log1p(-p)
    value: Floats = (x + 1.0) * np.log(p) - np.log(scale) + np.log(beta_fraction(x + 1.0, 0.0, p, 1.0 - p))
    return value


def _log_asymptotic(p: Floats, x: Floats) -> Floats:
    """The tail at many counts with p near 1: t = e^-u turns it into ∫ e^-κu / (2 sinh u/2) du, u > -log p, κ = x + ½.

    1/(2 sinh u/2) = 1/u - u/24 + 7u³/5760 - 31u⁵/967680 + …, each integral an incomplete gamma function; e^-z with
    z = -κ log p is taken out of all.
    """
    kappa = x + 0.5
    z = -kappa * np.log(p)
    total = scaled_exp1(z)
    for k, c in ((2, -1.0 / 24.0), (4, 7.0 / 5760.0), (6, -31.0 / 967680.0)):
        # Γ(k, z) e^z = (k-1)! Σ z^i/i!
        gamma = polynomial(z, tuple(math.factorial(k - 1) / math.factorial(i) for i in range(k)))
        total = total + c * gamma * kappa**-k
    value: Floats = np.log(total / -np.log1p(-p)) - z
    return value


def _short_sum(p: Floats, x: Floats) -> Floats:
    """P(X ≤ x) for few counts, term by term."""
    k = np.arange(1.0, FEW)
    terms = np.where(k <= x[..., None], p[..., None] ** k / k, 0.0)
    value: Floats = np.sum(terms, axis=-1) / -np.log1p(-p)
    return value
