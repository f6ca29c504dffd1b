r"""Inverse gamma distribution: 1/x is gamma.

Density :math:`f(x) = s^k x^{-k-1} e^{-s/x} / \Gamma(k)`, x > 0, with shape k and scale s.

- Moments: mean s/(k-1) for k > 1, variance :math:`s^2/((k-1)^2(k-2))` for k > 2; infinite below.
- With q = s/(kx) the log-density is :math:`\tfrac12\log\tfrac{k}{2\pi} - \delta(k) - k\,(q-1-\log q) - \log x`, where δ
  is the remainder of Stirling's series: nothing large cancels, at any shape.
- Score: :math:`\log(s/x) - \psi(k)` in k, :math:`k/s - 1/x` in s.
- Fisher information: :math:`\begin{pmatrix}\psi'(k) & -1/s\\ -1/s & k/s^2\end{pmatrix}`.
- Sufficient statistics: Σ1/x and Σ log x.
- MLE: :math:`\log k - \psi(k) = \log\overline{1/x} + \overline{\log x}` (one-dimensional root), :math:`\hat s =
  \hat k/\overline{1/x}`.

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1, 2nd ed. (1994), ch. 17
(Pearson's type V); Llera, Beckmann, "Estimating an inverse gamma distribution" (2016), arXiv:1605.01019.
Derivation: docs/theory/families/inverse_gamma.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, log, trigamma
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector, is_estimated
from mlestat.distributions.gamma import Gamma
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.special import HALF_LOG_2PI, inverse_digamma, or_one, shape_from_log_ratio, stirling, stirling_derivative
from mlestat.supports import Positive


@dataclass(frozen=True)
class InverseGamma(Distribution):
    """Inverse gamma distribution: 1/X is gamma with the same shape and the scale 1/scale.

    Parameters
    ----------
    shape : float, array, free or prior
        Shape, > 0: the exponent of the upper tail.
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
    >>> f = mle.fit(mle.InverseGamma(), [1.0, 2.0, 4.0])
    >>> round(f.params["scale"] / f.params["shape"], 12)   # the harmonic mean
    1.714285714286
    """

    shape: Parameter = parameter(Positive())
    scale: Parameter = parameter(Positive(), unit="data")

    support = Positive()
    solver = "sufficient statistics, one-dimensional root"
    aliases: ClassVar[tuple[str, ...]] = ("invgamma", "dinvgamma")
    costly_tails = True
    sufficient = True
    guards = True

    def _terms(self, x: Array) -> Terms:
        q = self.scale / self.shape / x
        return q - 1.0, log(q)

    def _logpdf(self, t: Terms) -> Array:
        e, log_q = t
        k = self.shape
        constant = 0.5 * log(k) - HALF_LOG_2PI - stirling(k) - log(self.scale / k)
        return constant - k * (e - log_q) + log_q

    def _score(self, t: Terms) -> Vector:
        e, log_q = t
        return log_q + (0.5 / self.shape - stirling_derivative(self.shape)), -self.shape * e / self.scale

    def _hessian(self, t: Terms) -> Matrix:
        k, s = self.shape, self.scale
        return (-trigamma(k), 1.0 / s), (1.0 / s, -k / (s * s))

    def _dlogpdf(self, x: Array) -> Array:
        return (self.shape * self._terms(x)[0] - 1.0) / x

    def _d2logpdf(self, x: Array) -> Array:
        return (1.0 - self.shape * (1.0 + 2.0 * self._terms(x)[0])) / x / x

    def _dscore(self, x: Array) -> Vector:
        return -1.0 / x, 1.0 / x / x

    def _fisher(self) -> Matrix:
        k, s = self.shape, self.scale
        return (trigamma(k), -1.0 / s), (-1.0 / s, k / (s * s))

    @property
    def _inverse(self) -> Gamma:
        """The distribution of scale/x: a gamma with scale 1."""
        return _SCALE_1.with_values({"shape": self.shape})

    def _cdf(self, x: Array) -> Array:
        return self._inverse._sf(self.scale / x)

    def _sf(self, x: Array) -> Array:
        return self._inverse._cdf(self.scale / x)

    def _logcdf(self, x: Array) -> Array:
        return self._inverse._logsf(self.scale / x)

    def _logsf(self, x: Array) -> Array:
        return self._inverse._logcdf(self.scale / x)

    def _ppf(self, q: Array) -> Array:
        return self.scale / self._inverse._isf(q)

    def _isf(self, q: Array) -> Array:
        return self.scale / self._inverse._ppf(q)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return self.scale / self._inverse._sample(rng, size)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        k, s = np.asarray(self.shape, dtype=float), self.scale
        mean = np.where(k > 1.0, s / (k - 1.0), math.inf)
        spread = np.where(k > 2.0, (s / (k - 1.0)) ** 2 / (k - 2.0), np.where(k > 1.0, math.inf, math.nan))
        skewness = np.where(k > 3.0, 4.0 * np.sqrt(k - 2.0) / (k - 3.0), np.where(k > 2.0, math.inf, math.nan))
        extra = (30.0 * k - 66.0) / ((k - 3.0) * (k - 4.0))
        kurtosis = np.where(k > 4.0, 3.0 + extra, np.where(k > 2.0, math.inf, math.nan))
        return mean[()], spread[()], skewness[()], kurtosis[()]

    @classmethod
    def _reference(cls, mean: Array) -> Self:
        return cls(1.0, or_one(mean))

    def _translate(self, t: Terms, at: Self) -> Terms:
        ratio = (self.scale / at.scale) * (at.shape / self.shape)
        return (ratio - 1.0) + ratio * t[0], t[1] + log(ratio)

    def _mle(self, t: Terms, at: Self) -> Mapping[str, float] | None:
        harmonic = at.scale / at.shape / (1.0 + t[0])
        if not is_estimated(self.shape):
            return {"scale": self.shape * harmonic}
        if not is_estimated(self.scale):
            return {"shape": inverse_digamma(t[1] + np.log(self.scale / at.scale * at.shape))}
        shape = shape_from_log_ratio(np.log1p(t[0]) - t[1])
        return {"shape": shape, "scale": shape * harmonic}

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        least = float(np.min(x))
        inverse = float(np.average(least / x, weights=w))  # at most 1, however small the values
        s = max(math.log(inverse) - float(np.average(np.log(least / x), weights=w)), 1e-12)
        shape = shape_from_log_ratio(s)
        return {"shape": shape, "scale": shape * (least / inverse)}

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        both = self.shape is free and self.scale is free
        return {"shape": math.inf, "scale": math.inf} if both else None


_SCALE_1 = Gamma(1.0, 1.0)
