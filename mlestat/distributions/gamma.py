r"""Gamma distribution.

Density :math:`f(x) = x^{k-1} e^{-x/s} / (\Gamma(k)\, s^k)`, x > 0, with shape k and scale s (a scale, not a rate).

- Moments: mean m = k s, variance k s², skewness 2/√k, kurtosis 3 + 6/k.
- With q = x/m the log-density is :math:`\tfrac12\log\tfrac{k}{2\pi} - \delta(k) - k\,(q-1-\log q) - \log x`, where δ
  is the remainder of
  Stirling's series: nothing large cancels, at any shape.
- Score: :math:`\log(x/s) - \psi(k)` in k, :math:`(x/s-k)/s` in s.
- Fisher information: :math:`\begin{pmatrix}\psi'(k) & 1/s\\ 1/s & k/s^2\end{pmatrix}`.
- Sufficient statistics: Σx and Σ log x.
- MLE: :math:`\log k - \psi(k) = \log\bar x - \overline{\log x}` (one-dimensional root), :math:`\hat s = \bar x/\hat k`.

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1, 2nd ed. (1994), ch. 17, eq.
17.23, MLE p. 360;
Loader (2000) for the saddle-point form. Derivation: docs/theory/families/gamma.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.arrays import Array, log, trigamma
from mlestat.distributions import gamma_tails
from mlestat.distributions.base import Distribution, Matrix, Special, Terms, Vector, is_estimated
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.tail_derivatives import of_complement, tail_derivatives
from mlestat.special import (
    HALF_LOG_2PI,
    inverse_digamma,
    or_one,
    shape_from_log_ratio,
    stirling,
    stirling_derivative,
)
from mlestat.supports import Positive
from mlestat.tails import LARGE, gammainc, gammaincc, log_gammainc, log_gammaincc, polish

if TYPE_CHECKING:
    from mlestat.distributions.gamma_by_mean import GammaByMean


@dataclass(frozen=True)
class Gamma(Distribution):
    """Gamma distribution with mean shape · scale; the rate is 1/scale.

    Parameters
    ----------
    shape : float, array, free or prior
        Shape, > 0.
    scale : float, array, free or prior
        Scale, > 0, in units of x.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1 (1994), ch. 17.

    Examples
    --------
    >>> import mlestat as mle
    >>> f = mle.fit(mle.Gamma(), [1.0, 2.0, 6.0])
    >>> round(f.params["shape"] * f.params["scale"], 12)
    3.0
    """

    shape: Parameter = parameter(Positive())
    scale: Parameter = parameter(Positive(), unit="data")

    support = Positive()
    solver = "sufficient statistics, one-dimensional root"
    costly_tails = True
    sufficient = True
    guards = True

    @classmethod
    def by_mean(cls, mean: Parameter = free, shape: Parameter = free) -> GammaByMean:
        """Return the same family by its mean and shape, which are orthogonal: for regression, or nearly constant data.

        Parameters
        ----------
        mean : float, array, free or prior
            Mean, > 0, in units of x.
        shape : float, array, free or prior
            Shape, > 0.

        Returns
        -------
        GammaByMean
            A distribution with the parameters `mean` and `shape`.

        Examples
        --------
        >>> import mlestat as mle
        >>> mle.Gamma.by_mean(shape=2.0)
        Gamma.by_mean(mean=free, shape=2.0)
        """
        from mlestat.distributions.gamma_by_mean import GammaByMean

        return GammaByMean(mean, shape)

    def _terms(self, x: Array) -> Terms:
        q = x * (1.0 / (self.shape * self.scale))
        return q - 1.0, log(q)

    def _logpdf(self, t: Terms) -> Array:
        e, log_q = t
        k = self.shape
        constant = 0.5 * log(k) - HALF_LOG_2PI - stirling(k) - log(k * self.scale)
        return constant - k * (e - log_q) - log_q

    def _score(self, t: Terms) -> Vector:
        e, log_q = t
        return log_q + (0.5 / self.shape - stirling_derivative(self.shape)), self.shape * e / self.scale

    def _hessian(self, t: Terms) -> Matrix:
        k, s = self.shape, self.scale
        cross = -1.0 / s
        return (-trigamma(k), cross), (cross, -k * (1.0 + 2.0 * t[0]) / (s * s))

    def _dlogpdf(self, x: Array) -> Array:
        return (self.shape - 1.0) / x - 1.0 / self.scale

    def _d2logpdf(self, x: Array) -> Array:
        return (1.0 - self.shape) / x / x

    def _dscore(self, x: Array) -> Vector:
        return 1.0 / x, 0.0 * (x / self.scale) + 1.0 / (self.scale * self.scale)

    def _fisher(self) -> Matrix:
        k, s = self.shape, self.scale
        return (trigamma(k), 1.0 / s), (1.0 / s, k / (s * s))

    def _cdf(self, x: Array) -> Array:
        return gammainc(self.shape, x / self.scale)

    def _sf(self, x: Array) -> Array:
        return gammaincc(self.shape, x / self.scale)

    def _logcdf(self, x: Array) -> Array:
        return log_gammainc(self.shape, x / self.scale)

    def _logsf(self, x: Array) -> Array:
        return log_gammaincc(self.shape, x / self.scale)

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail_derivatives(x, upper=False)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail_derivatives(x, upper=True)

    def _tail_derivatives(self, x: Array, *, upper: bool) -> tuple[Vector, Matrix]:
        """By quadrature, but next to 0 by the series of the incomplete gamma.

        There nodes would underflow, or, for the upper tail of a small shape, have to cover many powers of ten.
        """
        log_odds = self._logcdf(x) - self._logsf(x)
        near = x < gamma_tails.NEAR * self.scale
        if not np.any(near):
            return tail_derivatives(self, x, upper=upper)
        g, h = self._near_zero(np.where(near, x / self.scale, 0.5 * gamma_tails.NEAR))
        if upper:
            g, h = of_complement(np.where(near, log_odds, 0.0), g, h)
        far_g, far_h = tail_derivatives(self, np.where(near, self.shape * self.scale, x), upper=upper)
        return (
            tuple(np.where(near, a, b) for a, b in zip(g, far_g, strict=True)),
            tuple(tuple(np.where(near, h[i][j], far_h[i][j]) for j in (0, 1)) for i in (0, 1)),
        )

    def _near_zero(self, z: Array) -> tuple[Vector, Matrix]:
        """Of log F at x = z · scale; log z falls with log scale."""
        of_k, of_z, of_kk, of_kz, of_zz = gamma_tails.near_zero(self.shape, z)
        s = self.scale
        cross = -of_kz / s
        return (of_k, -of_z / s), ((of_kk, cross), (cross, (of_zz + of_z) / s / s))

    def _ppf(self, q: Array) -> Array:
        return self.scale * self._standard_quantile(sc.gammaincinv(self.shape, q), q, log_gammainc, 1.0)

    def _isf(self, q: Array) -> Array:
        return self.scale * self._standard_quantile(sc.gammainccinv(self.shape, q), q, log_gammaincc, -1.0)

    def _standard_quantile(self, z: Array, q: Array, log_tail: Callable[[Array, Array], Array], rises: float) -> Array:
        """Quantile at scale 1; for large shapes scipy's is good to a few digits and is polished."""
        if np.max(self.shape) < LARGE:
            return z
        standard = self.with_values({"scale": 1.0})
        sharp = polish(
            z, np.log(q), lambda v: log_tail(self.shape, v), lambda v: standard._logpdf(standard._terms(v)), rises
        )
        return np.where(np.asarray(self.shape) < LARGE, z, sharp)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return rng.gamma(self.shape, self.scale, size)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        k, s = self.shape, self.scale
        return k * s, k * s * s, 2.0 / np.sqrt(k), 3.0 + 6.0 / k

    def _reference(self, mean: Array) -> Self:
        return type(self)(1.0, or_one(mean))

    def _translate(self, t: Terms, at: Self) -> Terms:
        ratio = (at.shape / self.shape) * (at.scale / self.scale)
        return (ratio - 1.0) + ratio * t[0], t[1] + log(ratio)

    def _mle(self, t: Terms, at: Self) -> Mapping[str, float] | None:
        mean = at.shape * at.scale * (1.0 + t[0])
        if not is_estimated(self.shape):
            return {"scale": mean / self.shape}
        if not is_estimated(self.scale):
            return {"shape": inverse_digamma(t[1] + np.log(at.shape * at.scale / self.scale))}
        shape = shape_from_log_ratio(np.log1p(t[0]) - t[1])
        return {"shape": shape, "scale": mean / shape}

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        mean = float(np.average(x, weights=w))
        s = max(math.log(mean) - float(np.average(np.log(x), weights=w)), 1e-12)
        shape = shape_from_log_ratio(s)
        return {"shape": shape, "scale": mean / shape}

    def _specials(self) -> tuple[Special, ...]:
        if self.shape is not free:
            return ()
        return (Special("Exponential", "shape", 1.0, replace(self, shape=1.0), {"scale": "scale"}),)

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        both = self.shape is free and self.scale is free
        return {"shape": math.inf, "scale": 0.0} if both else None
