r"""Gumbel distributions: of largest values (GumbelMax) and, mirrored, of smallest values (GumbelMin).

Density :math:`f(x) = e^{-z-e^{-z}}/s` with :math:`z = (x-\mu)/s` for maxima and :math:`z = (\mu-x)/s` for minima, any
real x. Below, ± is + for maxima.

- Moments: mean μ ± γs (γ Euler's constant), variance π²s²/6, skewness ±12√6 ζ(3)/π³, kurtosis 5.4.
- With d = 1 - e^{-z}: score :math:`\pm d/s` in μ, :math:`(zd-1)/s` in s.
- Fisher information: :math:`\frac1{s^2}\begin{pmatrix}1 & \mp(1-\gamma)\\ \mp(1-\gamma) & \pi^2/6+(1-\gamma)^2
  \end{pmatrix}`.
- Sufficient statistics: none of fixed dimension.
- MLE: Newton over the rows. In (μ/s, 1/s) the log-likelihood is concave, so the maximum is unique; it exists unless
  all values are equal.

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 2, 2nd ed. (1995), ch. 22;
Gumbel, *Statistics of Extremes* (1958). Derivation: docs/theory/families/gumbel.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.arrays import Array, exp, expm1, log
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector, is_estimated
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.tail_derivatives import location_scale
from mlestat.supports import Positive, Real

EULER = 0.5772156649015329
ZETA_3 = 1.2020569031595942

HAZARD_SERIES = 0.01
"""Below this e = exp(-z) the excess of `_log_above_derivatives` comes from its series, good to 1e-16 there."""


@dataclass(frozen=True)
class _Gumbel(Distribution):
    """Interface of both: `side` is 1 for maxima, -1 for minima, and z = side (x - mu)/scale."""

    mu: Parameter = parameter(Real(), unit="data")
    scale: Parameter = parameter(Positive(), unit="data")

    support = Real()
    solver = "Newton over the rows"
    side: ClassVar[float]

    def _z(self, x: Array) -> Array:
        return (x - self.mu) * (self.side / self.scale)

    def _terms(self, x: Array) -> Terms:
        z = self._z(x)
        e, d = exp(-z), -expm1(-z)
        ze = z * e
        return z + e, e, d, z * d, ze, z * ze

    def _logpdf(self, t: Terms) -> Array:
        return -t[0] - log(self.scale)

    def _score(self, t: Terms) -> Vector:
        return self.side * t[2] / self.scale, (t[3] - 1.0) / self.scale

    def _hessian(self, t: Terms) -> Matrix:
        _, e, d, zd, ze, zze = t
        v = self.scale * self.scale
        cross = -self.side * (d + ze) / v
        return (-e / v, cross), (cross, (1.0 - 2.0 * zd - zze) / v)

    def _dlogpdf(self, x: Array) -> Array:
        return self.side * expm1(-self._z(x)) / self.scale

    def _d2logpdf(self, x: Array) -> Array:
        return -exp(-self._z(x)) / self.scale / self.scale

    def _dscore(self, x: Array) -> Vector:
        z = self._z(x)
        v = self.scale * self.scale
        return exp(-z) / v, self.side * (z * exp(-z) - expm1(-z)) / v

    def _fisher(self) -> Matrix:
        v = self.scale * self.scale
        cross = -self.side * (1.0 - EULER) / v
        return (1.0 / v, cross), (cross, (math.pi**2 / 6.0 + (1.0 - EULER) ** 2) / v)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        s = self.scale
        skewness = self.side * 12.0 * math.sqrt(6.0) * ZETA_3 / math.pi**3
        return self.mu + self.side * EULER * s, math.pi**2 / 6.0 * s * s, skewness, 5.4

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return self.mu + self.side * self.scale * rng.gumbel(size=size)

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        mean = float(np.average(x, weights=w))
        scale = math.sqrt(6.0 * float(np.average((x - mean) ** 2, weights=w))) / math.pi
        return {"mu": mean - self.side * EULER * scale, "scale": scale}

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        at_c = is_estimated(self.mu) or self.mu == c
        return {"mu": c, "scale": 0.0} if self.scale is free and at_c else None

    def _derivatives(self, x: Array, first: Array, second: Array) -> tuple[Vector, Matrix]:
        """Derivatives in (mu, scale) of g(z), from g' and g''."""
        return location_scale(self.side * self._z(x), self.scale, self.side * first, second)


@dataclass(frozen=True)
class GumbelMax(_Gumbel):
    """Gumbel distribution of largest values, with mode `mu`; skewed to the right.

    Parameters
    ----------
    mu : float, array, free or prior
        Mode, any real number, in units of x.
    scale : float, array, free or prior
        Scale, > 0, in units of x.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 2 (1995), ch. 22.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.fit(mle.GumbelMax(), [1.0, 2.0, 6.0]).verdict.kind
    'interior'
    """

    side: ClassVar[float] = 1.0
    aliases: ClassVar[tuple[str, ...]] = ("gumbel", "gumbel_r", "extreme_value")

    def _cdf(self, x: Array) -> Array:
        return _below(self._z(x))

    def _sf(self, x: Array) -> Array:
        return _above(self._z(x))

    def _logcdf(self, x: Array) -> Array:
        return -np.exp(-self._z(x))

    def _logsf(self, x: Array) -> Array:
        return _log_above(self._z(x))

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._derivatives(x, *_log_below_derivatives(self._z(x)))

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._derivatives(x, *_log_above_derivatives(self._z(x)))

    def _ppf(self, q: Array) -> Array:
        return self.mu + self.scale * _lower_quantile(q)

    def _isf(self, q: Array) -> Array:
        return self.mu + self.scale * _upper_quantile(q)


@dataclass(frozen=True)
class GumbelMin(_Gumbel):
    """Gumbel distribution of smallest values, with mode `mu`; skewed to the left. The log of a Weibull variable.

    Parameters
    ----------
    mu : float, array, free or prior
        Mode, any real number, in units of x.
    scale : float, array, free or prior
        Scale, > 0, in units of x.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 2 (1995), ch. 22.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.fit(mle.GumbelMin(), [1.0, 5.0, 6.0]).verdict.kind
    'interior'
    """

    side: ClassVar[float] = -1.0
    aliases: ClassVar[tuple[str, ...]] = ("gumbel_l",)

    def _cdf(self, x: Array) -> Array:
        return _above(self._z(x))

    def _sf(self, x: Array) -> Array:
        return _below(self._z(x))

    def _logcdf(self, x: Array) -> Array:
        return _log_above(self._z(x))

    def _logsf(self, x: Array) -> Array:
        return -np.exp(-self._z(x))

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._derivatives(x, *_log_above_derivatives(self._z(x)))

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._derivatives(x, *_log_below_derivatives(self._z(x)))

    def _ppf(self, q: Array) -> Array:
        return self.mu - self.scale * _upper_quantile(q)

    def _isf(self, q: Array) -> Array:
        return self.mu - self.scale * _lower_quantile(q)


def _below(z: Array) -> Array:
    """P(Z ≤ z) of the standard maximum."""
    return np.exp(-np.exp(-z))


def _above(z: Array) -> Array:
    """P(Z > z) of the standard maximum."""
    return -np.expm1(-np.exp(-z))


def _log_above(z: Array) -> Array:
    """log P(Z > z); for z > 0 as -z + log((1 - exp(-e))/e), since e = exp(-z) may underflow."""
    e = np.exp(-z)
    return np.where(z > 0.0, -z + np.log(sc.exprel(-e)), np.log1p(-np.exp(-np.where(z > 0.0, 1.0, e))))


def _log_below_derivatives(z: Array) -> tuple[Array, Array]:
    e = np.exp(-z)
    return e, -e


def _log_above_derivatives(z: Array) -> tuple[Array, Array]:
    """-h and -h (h + e - 1), with e = exp(-z) and the hazard h = e/expm1(e) in z; h + e - 1 = e/2 + e²/12 - … ."""
    e = np.minimum(np.exp(-z), 740.0)  # the hazard is 0 beyond
    hazard = 1.0 / sc.exprel(e)
    small = np.minimum(e, HAZARD_SERIES)
    series = small * (0.5 + small * (1.0 / 12.0 - small * small / 720.0))
    return -hazard, -hazard * np.where(e < HAZARD_SERIES, series, hazard + e - 1.0)


def _lower_quantile(q: Array) -> Array:
    """z with P(Z ≤ z) = q."""
    return -np.log(-np.log(q))


def _upper_quantile(q: Array) -> Array:
    """z with P(Z > z) = q."""
    return -np.log(-np.log1p(-q))
