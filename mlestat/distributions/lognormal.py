r"""Lognormal distribution: log x is normal.

Density :math:`f(x) = \exp(-r^2/2) / (x\,\sigma\sqrt{2\pi})` with :math:`r = (\log x-\mu)/\sigma`, x > 0.

- Moments: mean :math:`e^{\mu+\sigma^2/2}`, variance :math:`(e^{\sigma^2}-1)e^{2\mu+\sigma^2}`.
- Score, Fisher information and Hessian: those of the normal at log x.
- Sufficient statistics: Σ log x and Σ (log x)².
- MLE: mean and standard deviation (1/n) of log x. (SAS prints the 1/(n-1) form of σ, which is not the MLE.)

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1, 2nd ed. (1994), ch. 14, eq. 14.2.
Derivation: docs/theory/families/lognormal.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, exp, expm1, log
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector
from mlestat.distributions.normal import Normal
from mlestat.distributions.parameters import Parameter, parameter
from mlestat.special import or_one
from mlestat.supports import Positive, Real


@dataclass(frozen=True)
class LogNormal(Distribution):
    """Lognormal distribution: log x is normal with mean `mu` and standard deviation `sigma`.

    Parameters
    ----------
    mu : float, array, free or prior
        Mean of log x, any real number. The median of x is exp(mu).
    sigma : float, array, free or prior
        Standard deviation of log x, > 0.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1 (1994), ch. 14.

    Examples
    --------
    >>> import mlestat as mle
    >>> round(mle.fit(mle.LogNormal(), [1.0, 10.0, 100.0]).params["mu"], 6)
    2.302585
    """

    mu: Parameter = parameter(Real(), unit="log data")
    sigma: Parameter = parameter(Positive())

    support = Positive()
    solver = "closed form"
    aliases: ClassVar[tuple[str, ...]] = ("lognorm",)
    sufficient = True
    guards = True

    @property
    def _log_x(self) -> Normal:
        """The normal distribution of log x, unchecked since this class has the same domains."""
        return _AT_ORIGIN.with_values(self.params)

    def _terms(self, x: Array) -> Terms:
        return self._log_x._terms(log(x))

    def _logpdf(self, t: Terms) -> Array:
        return self._log_x._logpdf(t) - (self.mu + self.sigma * t[0])

    def _score(self, t: Terms) -> Vector:
        return self._log_x._score(t)

    def _hessian(self, t: Terms) -> Matrix:
        return self._log_x._hessian(t)

    def _dlogpdf(self, x: Array) -> Array:
        return (self._log_x._dlogpdf(log(x)) - 1.0) / x

    def _d2logpdf(self, x: Array) -> Array:
        normal, y = self._log_x, log(x)
        return (normal._d2logpdf(y) - normal._dlogpdf(y) + 1.0) / x / x

    def _dscore(self, x: Array) -> Vector:
        return tuple(v / x for v in self._log_x._dscore(log(x)))

    def _fisher(self) -> Matrix:
        return self._log_x._fisher()

    def _cdf(self, x: Array) -> Array:
        return self._log_x._cdf(np.log(x))

    def _sf(self, x: Array) -> Array:
        return self._log_x._sf(np.log(x))

    def _logcdf(self, x: Array) -> Array:
        return self._log_x._logcdf(np.log(x))

    def _logsf(self, x: Array) -> Array:
        return self._log_x._logsf(np.log(x))

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._log_x._logcdf_derivatives(np.log(x))

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._log_x._logsf_derivatives(np.log(x))

    def _ppf(self, q: Array) -> Array:
        return np.exp(self._log_x._ppf(q))

    def _isf(self, q: Array) -> Array:
        return np.exp(self._log_x._isf(q))

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return np.exp(self._log_x._sample(rng, size))

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        v = self.sigma * self.sigma
        w = exp(v)
        mean = exp(self.mu + 0.5 * v)
        kurtosis = w**4 + 2.0 * w**3 + 3.0 * w**2 - 3.0
        return mean, expm1(v) * mean * mean, (w + 2.0) * np.sqrt(expm1(v)), kurtosis

    def _reference(self, mean: Array) -> Self:
        return type(self)(np.log(or_one(mean)), 1.0)

    def _translate(self, t: Terms, at: Self) -> Terms:
        return self._log_x._translate(t, at._log_x)

    def _mle(self, t: Terms, at: Self) -> Mapping[str, float]:
        return self._log_x._mle(t, at._log_x)

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        return self._log_x._start(np.log(x), w)

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        return self._log_x._collapse(math.log(c))


_AT_ORIGIN = Normal(0.0, 1.0)
