r"""Beta distribution.

Density :math:`f(x) = x^{a-1}(1-x)^{b-1}/B(a,b)`, 0 < x < 1.

- Moments: mean p = a/s with s = a + b, variance p(1-p)/(s+1), skewness :math:`2(b-a)\sqrt{s+1}/((s+2)\sqrt{ab})`.
- With q = 1 - p the log-density is :math:`a\log\tfrac{x}{p} + b\log\tfrac{1-x}{q} - \log x(1-x) +
  \tfrac12\log\tfrac{ab}{2\pi s}
  + \delta(s) - \delta(a) - \delta(b)`, δ the remainder of Stirling's series: no large logarithms of gamma functions.
- Score: :math:`\log x - \psi(a) + \psi(s)` in a, :math:`\log(1-x) - \psi(b) + \psi(s)` in b.
- Fisher information: :math:`\begin{pmatrix}\psi'(a)-\psi'(s) & -\psi'(s)\\ -\psi'(s) & \psi'(b)-\psi'(s)\end{pmatrix}`.
- Sufficient statistics: Σ log x and Σ log(1-x).
- MLE: Newton on the two means; unique unless all values are equal.

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 2, 2nd ed. (1995), ch. 25, eq. 25.1.
Derivation: docs/theory/families/beta.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.arrays import Array, log, log1p, trigamma
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector
from mlestat.distributions.evaluation import log_of_smaller
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.tail_derivatives import conditional, of_complement
from mlestat.special import HALF_LOG_2PI, digamma_less_log, stirling
from mlestat.supports import Positive, UnitInterval
from mlestat.tails import TINY, log_betainc_series

END = 0.01
"""Within this distance of an end 1 - x loses digits of the distance."""

LOG_TINY = math.log(0.01)
"""A tail above 0.01 follows from the other one with the loss of two digits at most."""

if TYPE_CHECKING:
    from mlestat.distributions.beta_by_mean import BetaByMean


@dataclass(frozen=True)
class Beta(Distribution):
    """Beta distribution on (0, 1) with mean a/(a + b).

    Parameters
    ----------
    a, b : float, array, free or prior
        Shapes at 0 and at 1, > 0.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 2 (1995), ch. 25.

    Examples
    --------
    >>> import mlestat as mle
    >>> f = mle.fit(mle.Beta(), [0.2, 0.4, 0.5, 0.7])
    >>> round(f.distribution.moments().mean, 4)
    0.4491
    """

    a: Parameter = parameter(Positive())
    b: Parameter = parameter(Positive())

    support = UnitInterval()
    solver = "sufficient statistics, Newton"
    costly_tails = True
    sufficient = True
    guards = True

    @classmethod
    def by_mean(cls, mean: Parameter = free, precision: Parameter = free) -> BetaByMean:
        """Return the same family by its mean a/(a + b) and its precision a + b: the form for regression.

        Parameters
        ----------
        mean : float, array, free or prior
            Mean, between 0 and 1.
        precision : float, array, free or prior
            Sum of the two shapes, > 0.

        Returns
        -------
        BetaByMean
            A distribution with the parameters `mean` and `precision`.

        Examples
        --------
        >>> import mlestat as mle
        >>> mle.Beta.by_mean(mean=0.25)
        Beta.by_mean(mean=0.25, precision=free)
        """
        from mlestat.distributions.beta_by_mean import BetaByMean

        return BetaByMean(mean, precision)

    @property
    def _p(self) -> tuple[Array, Array]:
        """Mean and its complement."""
        s = self.a + self.b
        return self.a / s, self.b / s

    def _terms(self, x: Array) -> Terms:
        p, q = self._p
        return log(x / p), log1p(-x) - log(q)

    def _logpdf(self, t: Terms) -> Array:
        p, q = self._p
        a, b, s = self.a, self.b, self.a + self.b
        constant = 0.5 * log(a * q) - HALF_LOG_2PI + stirling(s) - stirling(a) - stirling(b) - log(p) - log(q)
        return constant + (a - 1.0) * t[0] + (b - 1.0) * t[1]

    def _score(self, t: Terms) -> Vector:
        whole = digamma_less_log(self.a + self.b)
        return t[0] - digamma_less_log(self.a) + whole, t[1] - digamma_less_log(self.b) + whole

    def _hessian(self, t: Terms) -> Matrix:
        whole = trigamma(self.a + self.b)
        return (whole - trigamma(self.a), whole), (whole, whole - trigamma(self.b))

    def _dlogpdf(self, x: Array) -> Array:
        return (self.a - 1.0) / x - (self.b - 1.0) / (1.0 - x)

    def _d2logpdf(self, x: Array) -> Array:
        return (1.0 - self.a) / x / x + (1.0 - self.b) / (1.0 - x) / (1.0 - x)

    def _dscore(self, x: Array) -> Vector:
        return 1.0 / x, -1.0 / (1.0 - x)

    def _fisher(self) -> Matrix:
        (aa, ab), (_, bb) = self._hessian(())
        return (-aa, -ab), (-ab, -bb)

    def _cdf(self, x: Array) -> Array:
        return sc.betainc(self.a, self.b, x)

    def _sf(self, x: Array) -> Array:
        return sc.betaincc(self.a, self.b, x)

    def _logcdf(self, x: Array) -> Array:
        value, small = log_of_smaller(self._cdf(x), self._sf(x)), self._cdf(x) < TINY
        return _deep(value, small, self.a, self.b, np.log(x), np.log1p(-x))

    def _logsf(self, x: Array) -> Array:
        value, small = log_of_smaller(self._sf(x), self._cdf(x)), self._sf(x) < TINY
        return _deep(value, small, self.b, self.a, np.log1p(-x), np.log(x))

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail_derivatives(x, upper=False)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail_derivatives(x, upper=True)

    def _tail_derivatives(self, x: Array, *, upper: bool) -> tuple[Vector, Matrix]:
        """By quadrature of the smaller tail; next to an end of the tail that ends there, unless the other one is tiny.

        The upper tail is taken as the lower one of 1 - x: a quadrature needs the distance from an end, and not from 0.
        """
        log_s, log_f = self._logsf(x), self._logcdf(x)
        right = log_s < log_f
        to_right = np.where(x < END, right & (log_s < LOG_TINY), right | ((x > 1.0 - END) & (log_f > LOG_TINY)))
        turned = to_right & (x >= END)
        g, h = conditional(self, np.where(turned, 0.5, x), to_right & ~turned, np.where(to_right, log_s, log_f))
        if np.any(turned):
            mirrored = self.with_values({"a": self.b, "b": self.a})
            (b, a), ((bb, ab), (_, aa)) = conditional(mirrored, np.where(turned, 1.0 - x, 0.5), False, log_s)
            g = np.where(turned, a, g[0]), np.where(turned, b, g[1])
            cross = np.where(turned, ab, h[0][1])
            h = (np.where(turned, aa, h[0][0]), cross), (cross, np.where(turned, bb, h[1][1]))
        log_odds = np.where(to_right, log_s - log_f, log_f - log_s)
        other_g, other_h = of_complement(log_odds, g, h)
        same = to_right == upper
        return (
            tuple(np.where(same, v, w) for v, w in zip(g, other_g, strict=True)),
            tuple(tuple(np.where(same, h[i][j], other_h[i][j]) for j in (0, 1)) for i in (0, 1)),
        )

    def _ppf(self, q: Array) -> Array:
        return sc.betaincinv(self.a, self.b, q)

    def _isf(self, q: Array) -> Array:
        return sc.betainccinv(self.a, self.b, q)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return rng.beta(self.a, self.b, size)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        (p, q), s = self._p, self.a + self.b
        skewness = 2.0 * (self.b - self.a) * np.sqrt(s + 1.0) / ((s + 2.0) * np.sqrt(self.a * self.b))
        excess = 6.0 * ((self.a - self.b) * (p - q) * (s + 1.0) / (self.a * q) - (s + 2.0)) / ((s + 2.0) * (s + 3.0))
        return p, p * q / (s + 1.0), skewness, 3.0 + excess

    def _reference(self, mean: Array) -> Self:
        inside = np.where((mean > 0.0) & (mean < 1.0), mean, 0.5)[()]
        return type(self)(inside, 1.0 - inside)

    def _translate(self, t: Terms, at: Self) -> Terms:
        (p, q), (p0, q0) = self._p, at._p
        return t[0] + log(p0 / p), t[1] + log(q0 / q)

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        mean = float(np.average(x, weights=w))
        variance = float(np.average((x - mean) ** 2, weights=w))
        size = mean * (1.0 - mean) / variance - 1.0 if variance > 0.0 else 1e6
        return {"a": mean * max(size, 0.1), "b": (1.0 - mean) * max(size, 0.1)}

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        both = self.a is free and self.b is free
        return {"a": math.inf, "b": math.inf} if both else None


def _deep(value: Array, small: Array, a: Array, b: Array, log_x: Array, log_rest: Array) -> Array:
    """Replace logarithms of tails that underflow by the series of the incomplete beta function."""
    if not np.any(small):
        return value
    arrays = np.broadcast_arrays(np.asarray(value, float), small, a, b, log_x, log_rest)
    out, at = np.array(arrays[0]), np.asarray(arrays[1])
    out[at] = log_betainc_series(*(np.asarray(v, float)[at] for v in arrays[2:]))
    return out
