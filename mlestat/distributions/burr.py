r"""Burr (type XII) distribution.

Density :math:`f(x) = \frac{cd}{s}\left(\frac xs\right)^{c-1}(1+u)^{-d-1}` with :math:`u = (x/s)^c`, x > 0, shapes c
(on x) and d (outside), scale s. The survival function is :math:`(1+u)^{-d}`.

- Moments: :math:`E X^j = s^j d\,B(d - j/c,\, 1 + j/c)` for j < cd.
- With z = log(x/s), p = u/(1+u), q = 1 - p and D = dp - q: score :math:`1/c - zD` in c, :math:`1/d - \log(1+u)` in d,
  :math:`cD/s` in s.
- Fisher information: digamma and trigamma of d, see `_fisher` (q is a beta variable with parameters d and 1).
- Sufficient statistics: none of fixed dimension.
- MLE: Newton over the rows, from the best of several pairs of shapes. Two limits may be the supremum: Weibull as
  d, s → ∞ with s^c/d fixed, and Pareto as c → ∞, d → 0 with cd fixed and s → the smallest value.

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1, 2nd ed. (1994), ch. 12, p. 54;
Shao, "Maximum likelihood estimation for the three-parameter Burr XII distribution", *Comput. Stat. Data Anal.* 46
(2004) 443-457. Derivation: docs/theory/families/burr.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, digamma, log, sigmoid, softplus, trigamma
from mlestat.distributions.base import Distribution, Matrix, Special, Terms, Vector, is_estimated
from mlestat.distributions.log_logistic import LogLogistic
from mlestat.distributions.lomax import Lomax
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.pareto import Pareto
from mlestat.distributions.power_logistic import burr_moments
from mlestat.distributions.tail_derivatives import log_complement, through
from mlestat.distributions.weibull import Weibull
from mlestat.special import excess
from mlestat.supports import Positive

START_D = (0.02, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0)
"""Outer shapes that are tried as a start."""

START_SPREAD = (0.5, 1.0, 2.0, 4.0, 10.0)
"""Inner shapes that are tried, in units of that of a log-logistic with the data's spread of log x."""

START_PLACE = (0.02, 0.25, 0.5)
"""Probabilities at which start and data agree."""


@dataclass(frozen=True)
class Burr(Distribution):
    """Burr XII (Singh-Maddala) distribution.

    Parameters
    ----------
    c : float, array, free or prior
        Inner shape, > 0: the lower tail rises like x^c.
    d : float, array, free or prior
        Outer shape, > 0: the upper tail falls like x^-cd. With d = 1 the log-logistic; with c = 1 the Lomax.
    scale : float, array, free or prior
        Scale, > 0, in units of x.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1 (1994), ch. 12.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.Burr(2.0, 1.0, 3.0).sf(3.0)
    np.float64(0.5)
    """

    c: Parameter = parameter(Positive())
    d: Parameter = parameter(Positive())
    scale: Parameter = parameter(Positive(), unit="data")

    support = Positive()
    solver = "Newton over the rows"
    aliases: ClassVar[tuple[str, ...]] = ("burr12", "singh_maddala")
    affine_tail = True

    def _terms(self, x: Array) -> Terms:
        z, v, p, q = self._shares(x)
        zp, pq = z * p, p * q
        zpq = z * pq
        return z, softplus(v), softplus(-v), p, q, zp, z * q, pq, zpq, z * zpq

    def _shares(self, x: Array) -> tuple[Array, Array, Array, Array]:
        """z = log(x/s), v = cz, p = u/(1+u) and q = 1/(1+u)."""
        z = log(x * (1.0 / self.scale))
        v = self.c * z
        return z, v, sigmoid(v), sigmoid(-v)

    def _logpdf(self, t: Terms) -> Array:
        z, upper, lower, *_ = t
        return log(self.c * self.d / self.scale) - z - lower - self.d * upper

    def _score(self, t: Terms) -> Vector:
        _, upper, _, p, q, zp, zq, *_ = t
        return (
            1.0 / self.c - (self.d * zp - zq),
            1.0 / self.d - upper,
            self.c / self.scale * (self.d * p - q),
        )

    def _hessian(self, t: Terms) -> Matrix:
        *_, p, q, zp, _, pq, zpq, zzpq = t
        c, d, s = self.c, self.d, self.scale
        c_s = (d * p - q + (d + 1.0) * c * zpq) / s
        d_s = c * p / s
        s_s = -(c / s / s) * (d * p - q + (d + 1.0) * c * pq)
        return (-1.0 / (c * c) - (d + 1.0) * zzpq, -zp, c_s), (-zp, -1.0 / (d * d), d_s), (c_s, d_s, s_s)

    def _dlogpdf(self, x: Array) -> Array:
        _, _, p, q = self._shares(x)
        return (self.c * (q - self.d * p) - 1.0) / x

    def _d2logpdf(self, x: Array) -> Array:
        _, _, p, q = self._shares(x)
        c, d = self.c, self.d
        return (1.0 - c * (q - d * p) - c * c * (d + 1.0) * p * q) / x / x

    def _dscore(self, x: Array) -> Vector:
        _, v, p, q = self._shares(x)
        slope = (self.d + 1.0) * p * q
        return (q - self.d * p - v * slope) / x, -self.c * p / x, self.c / self.scale * (self.c * slope) / x

    def _fisher(self) -> Matrix:
        c, d, s = self.c, self.d, self.scale
        shift = digamma(2.0) - digamma(d + 1.0)
        c_c = (1.0 + d / (d + 2.0) * (trigamma(2.0) + trigamma(d + 1.0) + shift * shift)) / (c * c)
        c_d = (shift + 1.0 / d) / (c * (d + 1.0))
        c_s = -d / (d + 2.0) * shift / s
        d_s = -c / (s * (d + 1.0))
        return (c_c, c_d, c_s), (c_d, 1.0 / (d * d), d_s), (c_s, d_s, c * c * d / (s * s * (d + 2.0)))

    def _hazard(self, x: Array) -> Array:
        return self.d * softplus(self._shares(x)[1])

    def _cdf(self, x: Array) -> Array:
        return -np.expm1(-self._hazard(x))

    def _sf(self, x: Array) -> Array:
        return np.exp(-self._hazard(x))

    def _logcdf(self, x: Array) -> Array:
        """Where the hazard underflows it is d·u, and so is the probability."""
        _, v, _, _ = self._shares(x)
        return np.where(v < -600.0, np.log(self.d) + v, self._log_fall(x))

    def _log_fall(self, x: Array) -> Array:
        h = self._hazard(x)
        return np.where(h < 0.5, np.log(-np.expm1(-h)), np.log1p(-np.exp(-h)))

    def _logsf(self, x: Array) -> Array:
        return -self._hazard(x)

    def _survival(self, t: Terms) -> tuple[Array, Vector, Matrix]:
        z, upper, _, p, _, zp, _, pq, zpq, zzpq = t
        c, d, s = self.c, self.d, self.scale
        c_s, d_s = d * (p + c * zpq) / s, c * p / s
        gradient = (-d * zp, -upper, d * d_s)
        return (
            -d * upper,
            gradient,
            (
                (-d * zzpq, -zp, c_s),
                (-zp, 0.0 * z, d_s),
                (c_s, d_s, -(d * c / s / s) * (p + c * pq)),
            ),
        )

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        """Through log h = log d + log L(v), L = log(1+u): L'/L and (log L)'' keep their digits as u → 0."""
        z, v, p, q = self._shares(x)
        c, d, s = self.c, self.d, self.scale
        level = softplus(v)
        first = np.where(level > 0.0, p / level, 1.0)
        u = np.exp(np.minimum(v, 0.0))
        small = np.where(level > 0.0, -q * excess(u) / level, 0.0)
        second = first * np.where(v < 0.0, small, q - first)
        zero = 0.0 * z
        c_s = -(second * v + first) / s
        gradient = (first * z, 1.0 / d + zero, -first * c / s)
        hessian = (
            (second * z * z, zero, c_s),
            (zero, -1.0 / (d * d) + zero, zero),
            (c_s, zero, (c / s / s) * (first + c * second)),
        )
        return through(*log_complement(d * level), gradient, hessian)

    def _ppf(self, q: Array) -> Array:
        return self._at_hazard(-np.log1p(-q))

    def _isf(self, q: Array) -> Array:
        return self._at_hazard(-np.log(q))

    def _at_hazard(self, h: Array) -> Array:
        level = h / self.d
        # log u, where u = e^level - 1 may be beyond the largest double
        return self.scale * np.exp((level + np.log(-np.expm1(-level))) / self.c)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return self._at_hazard(rng.standard_exponential(size))

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        mean, variance, skewness, kurtosis = burr_moments(self.c, self.d)
        return self.scale * mean, self.scale * self.scale * variance, skewness, kurtosis

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        """The best of several shapes, each with a scale that fits one quantile."""
        fixed = {name: value for name, value in self.params.items() if not is_estimated(value)}
        y = np.log(x)
        sd = math.sqrt(float(np.average((y - np.average(y, weights=w)) ** 2, weights=w)))
        usual = math.pi / math.sqrt(3.0) / sd if sd > 0.0 else 1.0
        spread, d, q = np.array(list(product(START_SPREAD, START_D, START_PLACE))).T[:, :, None]
        # one row per start; what is held may have one value per row of x
        shapes = {
            "c": spread * usual,
            "d": d,
            **fixed,
        }
        unit = np.median(self.with_values({**shapes, "scale": 1.0})._ppf(q), axis=1, keepdims=True)
        values = {**shapes, "scale": np.quantile(x, q[:, 0])[:, None] / unit, **fixed}
        model = self.with_values(values)
        heights = np.broadcast_to(model._logpdf(model._terms(x)), (q.size, x.size)) @ w
        best = int(np.argmax(np.where(np.isfinite(heights), heights, -math.inf)))
        return {name: v if name in fixed else float(v[best, 0]) for name, v in values.items()}

    def _specials(self) -> tuple[Special, ...]:
        found: list[Special] = []
        if self.d is free:
            same = {"c": "shape", "scale": "scale"}
            found.append(Special("LogLogistic", "d", 1.0, LogLogistic(self.c, self.scale), same))
        if self.c is free:
            same = {"d": "shape", "scale": "scale"}
            found.append(Special("Lomax", "c", 1.0, Lomax(self.d, self.scale), same))
        if self.d is free and self.scale is free:
            found.append(
                Special(
                    "Weibull",
                    "d",
                    math.inf,
                    Weibull(shape=self.c),
                    {"c": "shape"},
                    {"scale": math.inf},
                    _towards_weibull,
                )
            )
        if self.c is free and self.d is free and self.scale is free:
            found.append(Special("Pareto", "c", math.inf, Pareto(), {"scale": "minimum"}, {"d": 0.0}, _towards_pareto))
        return tuple(found)

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        if self.c is not free:
            return None
        if is_estimated(self.scale) or self.scale == c:
            return {"c": math.inf, "d": math.nan if is_estimated(self.d) else self.d, "scale": c}
        # below a scale that is held, d can follow c so that all the mass goes to c
        return {"c": math.inf, "d": math.inf, "scale": self.scale} if self.d is free and self.scale > c else None


def _towards_weibull(member: Distribution, d: float) -> dict[str, float]:
    c, scale = member.params["shape"], member.params["scale"]
    return {"c": c, "d": d, "scale": scale * d ** (1.0 / c)}


def _towards_pareto(member: Distribution, c: float) -> dict[str, float]:
    return {"c": c, "d": member.params["shape"] / c, "scale": member.params["minimum"]}
