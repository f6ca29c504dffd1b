r"""Chi-squared distribution with any real number of degrees of freedom.

Density :math:`f(x) = x^{\nu/2-1} e^{-x/2} / (2^{\nu/2}\,\Gamma(\nu/2))`, x > 0: the gamma with shape ν/2 and scale 2.

- Moments: mean ν, variance 2ν, skewness :math:`\sqrt{8/\nu}`, kurtosis 3 + 12/ν.
- Score: :math:`\tfrac12[\log(x/2) - \psi(\nu/2)]`. Fisher information: :math:`\tfrac14\psi'(\nu/2)`.
- Sufficient statistic: Σ log x. MLE: :math:`\psi(\hat\nu/2) = \overline{\log(x/2)}` (one-dimensional root); it exists
  always, also for a single value.
- There is no scale: data in another unit follow no chi-squared distribution.

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1, 2nd ed. (1994), ch. 18.
Derivation: docs/theory/families/chi_squared.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector
from mlestat.distributions.gamma import Gamma
from mlestat.distributions.parameters import Parameter, parameter
from mlestat.special import inverse_digamma, or_one
from mlestat.supports import Positive


@dataclass(frozen=True)
class ChiSquared(Distribution):
    """Chi-squared distribution: the sum of the squares of `df` standard normal variables.

    Parameters
    ----------
    df : float, array, free or prior
        Degrees of freedom, > 0, any real; the mean of x.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1 (1994), ch. 18.

    Examples
    --------
    >>> import mlestat as mle
    >>> round(mle.fit(mle.ChiSquared(), [1.0, 2.0, 6.0]).params["df"], 6)
    3.221312
    """

    df: Parameter = parameter(Positive())

    support = Positive()
    solver = "sufficient statistics, one-dimensional root"
    aliases: ClassVar[tuple[str, ...]] = ("chi2", "chisq", "chisquare", "dchisq")
    costly_tails = True
    sufficient = True
    guards = True

    @property
    def _gamma(self) -> Gamma:
        """The same distribution as a gamma, unchecked since df/2 has the same domain."""
        return _SCALE_2.with_values({"shape": 0.5 * self.df})

    def _terms(self, x: Array) -> Terms:
        return self._gamma._terms(x)

    def _logpdf(self, t: Terms) -> Array:
        return self._gamma._logpdf(t)

    def _score(self, t: Terms) -> Vector:
        return (0.5 * self._gamma._score(t)[0],)

    def _hessian(self, t: Terms) -> Matrix:
        return ((0.25 * self._gamma._hessian(t)[0][0],),)

    def _dlogpdf(self, x: Array) -> Array:
        return self._gamma._dlogpdf(x)

    def _d2logpdf(self, x: Array) -> Array:
        return self._gamma._d2logpdf(x)

    def _dscore(self, x: Array) -> Vector:
        return (0.5 / x,)

    def _fisher(self) -> Matrix:
        return ((0.25 * self._gamma._fisher()[0][0],),)

    def _cdf(self, x: Array) -> Array:
        return self._gamma._cdf(x)

    def _sf(self, x: Array) -> Array:
        return self._gamma._sf(x)

    def _logcdf(self, x: Array) -> Array:
        return self._gamma._logcdf(x)

    def _logsf(self, x: Array) -> Array:
        return self._gamma._logsf(x)

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._of_df(self._gamma._logcdf_derivatives(x))

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._of_df(self._gamma._logsf_derivatives(x))

    def _of_df(self, of_gamma: tuple[Vector, Matrix]) -> tuple[Vector, Matrix]:
        """The shape is df/2."""
        g, h = of_gamma
        return (0.5 * g[0],), ((0.25 * h[0][0],),)

    def _ppf(self, q: Array) -> Array:
        return self._gamma._ppf(q)

    def _isf(self, q: Array) -> Array:
        return self._gamma._isf(q)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return self._gamma._sample(rng, size)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        return self._gamma._moments()

    @classmethod
    def _reference(cls, mean: Array) -> Self:
        return cls(or_one(mean))

    def _translate(self, t: Terms, at: Self) -> Terms:
        return self._gamma._translate(t, at._gamma)

    def _mle(self, t: Terms, at: Self) -> Mapping[str, float]:
        return {"df": 2.0 * inverse_digamma(t[1] + np.log(0.5 * at.df))}

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        return {"df": 2.0 * inverse_digamma(float(np.average(np.log(0.5 * x), weights=w)))}


_SCALE_2 = Gamma(1.0, 2.0)
