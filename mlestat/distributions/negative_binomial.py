r"""Negative binomial distribution, by mean and size (NB2).

Probability :math:`P(x) =
\frac{\Gamma(x+s)}{\Gamma(s)\,x!}\left(\frac{s}{s+m}\right)^{s}\left(\frac{m}{s+m}\right)^{x}`, x = 0, 1, 2, …, mean
m, size s > 0 (any real).

- Moments: mean m, variance m + m²/s.
- With e = (x-m)/(s+m), D(e) = e - log(1+e) and h(a) = ψ(a) - log a, the derivatives keep their digits as s → ∞ (the
  Poisson limit):
  score :math:`s(x-m)/(m(s+m))` in m, :math:`-D(e) + h(x+s) - h(s)` in s.
- Fisher information: diag(s/(m(s+m)), E[score_s²]); the second is an exact sum.
- Sufficient statistics: the table of counts.
- MLE: m̂ = x̄; s by Newton over the table. It exists if and only if the variance (1/n) exceeds the mean; otherwise
  the limit is
  Poisson(x̄) (Levin, Reeds 1977).

References: Johnson, Kemp, Kotz, *Univariate Discrete Distributions*, 3rd ed. (2005), ch. 5; Levin, Reeds, "Compound
multinomial likelihood
functions are unimodal", *Ann. Statist.* 5 (1977) 79-87; Loader (2000) for the saddle-point form. Derivation:
docs/theory/families/negative_binomial.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.arrays import Array, log1p
from mlestat.distributions.base import Distribution, Matrix, Special, Terms, Vector, is_estimated
from mlestat.distributions.evaluation import log_of_smaller
from mlestat.distributions.expectation import expect_whole
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.poisson import Poisson
from mlestat.distributions.quantiles import smallest_whole
from mlestat.special import (
    excess,
    h_difference,
    h_slope_difference,
    log_factorial_remainder,
    poisson_deviance,
    stirling,
)
from mlestat.supports import Integers, Positive
from mlestat.tails import TINY, log_betainc_series


@dataclass(frozen=True)
class NegativeBinomial(Distribution):
    """Negative binomial distribution of counts with mean `mean` and variance mean + mean²/size.

    Parameters
    ----------
    mean : float, array, free or prior
        Mean, > 0.
    size : float, array, free or prior
        Size (also called dispersion or theta), > 0, any real; infinity is the Poisson. The success
        probability of the textbook form is size/(size + mean).

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Johnson, Kemp, Kotz, *Univariate Discrete Distributions*, 3rd ed. (2005), ch. 5.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.fit(mle.NegativeBinomial(), [0, 0, 1, 3, 11]).params["mean"]
    3.0
    """

    mean: Parameter = parameter(Positive())
    size: Parameter = parameter(Positive())

    support = Integers(0)
    solver = "table of counts, Newton"
    aliases: ClassVar[tuple[str, ...]] = ("nbinom", "negbin", "nb")

    def _terms(self, x: Array) -> Terms:
        m, s = self.mean, self.size
        e = (x - m) / (s + m)
        return (
            self._log_probability(x, e),
            x - m,
            h_difference(x, s) - excess(e),
            h_slope_difference(x, s) + e * e / (x + s),
        )

    def _log_probability(self, x: Array, e: Array) -> Array:
        """Saddle-point form: each piece is small where the density is large."""
        m, s = self.mean, self.size
        expected = m * (1.0 + e)  # of x, given x + s
        deviance = s * excess(e) + poisson_deviance(x, expected)
        return stirling(x + s) - stirling(s) - 0.5 * log1p(x / s) - log_factorial_remainder(x) - deviance

    def _logpdf(self, t: Terms) -> Array:
        return t[0]

    def _score(self, t: Terms) -> Vector:
        m, s = self.mean, self.size
        return s / (m * (s + m)) * t[1], t[2]

    def _hessian(self, t: Terms) -> Matrix:
        m, s = self.mean, self.size
        total = s + m
        mean_mean = -(t[1] + m) / (m * m) + (t[1] + total) / (total * total)
        cross = t[1] / (total * total)
        return (mean_mean, cross), (cross, t[3])

    def _fisher(self) -> Matrix:
        m, s = self.mean, self.size
        size_size = expect_whole(self, lambda x: self._score(self._terms(x))[1] ** 2)
        return (s / (m * (s + m)), 0.0), (0.0, size_size)

    @property
    def _p(self) -> tuple[Array, Array]:
        """Success probability and its complement."""
        total = self.size + self.mean
        return self.size / total, self.mean / total

    def _cdf(self, x: Array) -> Array:
        p, q = self._p
        # each by the smaller of p and 1 - p: the rounding of the larger one would be raised to the power `size`
        return np.where(q < p, sc.betaincc(x + 1.0, self.size, q), sc.betainc(self.size, x + 1.0, p))

    def _sf(self, x: Array) -> Array:
        p, q = self._p
        return np.where(q < p, sc.betainc(x + 1.0, self.size, q), sc.betaincc(self.size, x + 1.0, p))

    def _logcdf(self, x: Array) -> Array:
        value, small = log_of_smaller(self._cdf(x), self._sf(x)), self._cdf(x) < TINY
        return self._deep(value, small, x, log_betainc_series)

    def _logsf(self, x: Array) -> Array:
        value, small = log_of_smaller(self._sf(x), self._cdf(x)), self._sf(x) < TINY
        return self._deep(value, small, x, lambda s, y, p, q: log_betainc_series(y, s, q, p))

    def _deep(self, value: Array, small: Array, x: Array, series: Callable[..., Array]) -> Array:
        """Replace logarithms of tails that underflow by the series of the incomplete beta function."""
        if not np.any(small):
            return value
        m, s, y = np.broadcast_arrays(np.asarray(self.mean, float), self.size, x + 1.0)
        log_p, log_q = -np.log1p(m / s), -np.log1p(s / m)
        out = np.array(np.broadcast_to(value, y.shape))
        at = np.broadcast_to(small, y.shape)
        out[at] = series(s[at], y[at], log_p[at], log_q[at])
        return out

    def _ppf(self, q: Array) -> Array:
        shape = np.broadcast_shapes(q.shape, np.shape(self.mean + self.size))
        return smallest_whole(lambda x: self._cdf(x) >= q, 0.0, shape, float(np.max(self.mean)))

    def _isf(self, q: Array) -> Array:
        shape = np.broadcast_shapes(q.shape, np.shape(self.mean + self.size))
        return smallest_whole(lambda x: self._sf(x) <= q, 0.0, shape, float(np.max(self.mean)))

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return rng.poisson(rng.gamma(self.size, self.mean / self.size, size))

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        m, s = self.mean, self.size
        p, q = self._p
        return m, m * (1.0 + m / s), (1.0 + q) / np.sqrt(q * s), 3.0 + 6.0 / s + p * p / (q * s)

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        m = max(float(np.average(x, weights=w)), 1e-8)
        extra = float(np.average((x - m) ** 2, weights=w)) - m
        return {"mean": m, "size": m * m / extra if extra > 0.0 else 100.0 * max(m, 1.0)}

    def _specials(self) -> tuple[Special, ...]:
        if self.size is not free:
            return ()
        return (Special("Poisson", "size", math.inf, Poisson(self.mean), {"mean": "rate"}),)

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        if c != 0.0 or self.mean is not free:
            return None
        return {"mean": 0.0, "size": math.nan if is_estimated(self.size) else self.size}
