r"""Kumaraswamy distribution.

Distribution function :math:`F(x) = 1 - (1-x^a)^b`, density :math:`f(x) = a b\,x^{a-1}(1-x^a)^{b-1}`, 0 < x < 1.

- Moments: :math:`E X^j = b\,B(1 + j/a,\, b)`.
- With L = log x, u = x^a, M = log(1-u) and r = uL/(1-u): score :math:`1/a + L - (b-1) r` in a, :math:`1/b + M` in b;
  second
  derivatives :math:`-1/a^2 - (b-1) uL^2/(1-u)^2`, :math:`-r`, :math:`-1/b^2`.
- Fisher information: by quadrature over the quantiles.
- MLE: Newton over the rows. For any a the best b is :math:`-1/\overline{M}`.

References: Kumaraswamy, *J. Hydrology* 46 (1980) 79-88; Jones, *Stat. Methodology* 6 (2009) 70-81, sec. 3 and 6.
Derivation: docs/theory/families/kumaraswamy.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.arrays import Array, exp, expm1, log, log1p, where
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector
from mlestat.distributions.expectation import score_covariance, standardised
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.tail_derivatives import log_complement, through
from mlestat.special import polynomial
from mlestat.supports import Positive, UnitInterval

GRID = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Values of a whose best b are tried as starts."""


@dataclass(frozen=True)
class Kumaraswamy(Distribution):
    """Kumaraswamy distribution on (0, 1): like a beta, with closed quantiles.

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
    Jones, *Stat. Methodology* 6 (2009) 70-81.

    Examples
    --------
    >>> import mlestat as mle
    >>> round(float(mle.Kumaraswamy(2.0, 3.0).cdf(0.5)), 6)
    0.578125
    """

    a: Parameter = parameter(Positive())
    b: Parameter = parameter(Positive())

    support = UnitInterval()
    solver = "Newton over the rows"

    def _terms(self, x: Array) -> Terms:
        size = log(x)
        rest = _log1mexp(self.a * size)
        r = size / expm1(-self.a * size)
        return size, rest, r, -r * size / expm1(self.a * size)

    def _logpdf(self, t: Terms) -> Array:
        return log(self.a * self.b) + (self.a - 1.0) * t[0] + (self.b - 1.0) * t[1]

    def _score(self, t: Terms) -> Vector:
        size, rest, r, _ = t
        return 1.0 / self.a + size - (self.b - 1.0) * r, 1.0 / self.b + rest

    def _hessian(self, t: Terms) -> Matrix:
        *_, r, rr = t
        return (-1.0 / (self.a * self.a) - (self.b - 1.0) * rr, -r), (-r, -1.0 / (self.b * self.b) + 0.0 * r)

    def _odds(self, x: Array) -> tuple[Array, Array]:
        """u/(1-u) and u/(1-u)²."""
        level = self.a * log(x)
        w = 1.0 / expm1(-level)
        return w, -w / expm1(level)

    def _dlogpdf(self, x: Array) -> Array:
        w, _ = self._odds(x)
        return ((self.a - 1.0) - (self.b - 1.0) * self.a * w) / x

    def _d2logpdf(self, x: Array) -> Array:
        w, ww = self._odds(x)
        return -((self.a - 1.0) + (self.b - 1.0) * self.a * (self.a * ww - w)) / x / x

    def _dscore(self, x: Array) -> Vector:
        w, _ = self._odds(x)
        level = -self.a * log(x)
        # w - level ww, in which both cancel near x = 1
        fall = log_complement(level)[1] / level
        return (1.0 - (self.b - 1.0) * fall) / x, -self.a * w / x

    def _fisher(self) -> Matrix:
        return score_covariance(self)

    def _rest(self, x: Array) -> Array:
        return np.asarray(_log1mexp(self.a * np.log(x)))

    def _cdf(self, x: Array) -> Array:
        return -np.expm1(self.b * self._rest(x))

    def _sf(self, x: Array) -> Array:
        return np.exp(self.b * self._rest(x))

    def _logsf(self, x: Array) -> Array:
        return self.b * self._rest(x)

    def _logcdf(self, x: Array) -> Array:
        level = self.b * self._rest(x)
        small = level > -1e-300
        return np.where(small, np.log(self.b) + self.a * np.log(x), _log1mexp(np.where(small, -1.0, level)))

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        _, rest, r, rr = self._terms(x)
        return (-self.b * r, rest), ((-self.b * rr, -r), (-r, 0.0 * r))

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        """Of log(1 - e^-h), h = -b log(1 - x^a), through log h."""
        size, v = np.log(x), -self._rest(x)
        first, second = log_complement(self.b * v)
        slope, bend = _log_hazard_slopes(v)
        slope, bend = np.where(first > 0.0, slope, 0.0), np.where(first > 0.0, bend, 0.0)  # beyond, F is 1
        zero = 0.0 * v
        gradient = slope * size, 1.0 / self.b + zero
        return through(first, second, gradient, ((bend * size * size, zero), (zero, -1.0 / self.b / self.b + zero)))

    def _ppf(self, q: Array) -> Array:
        return np.exp(_log1mexp(np.log1p(-q) / self.b) / self.a)

    def _isf(self, q: Array) -> Array:
        return np.exp(_log1mexp(np.log(q) / self.b) / self.a)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return np.exp(_log1mexp(-rng.standard_exponential(size) / self.b) / self.a)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        mean, second, third, fourth = (self.b * sc.beta(1.0 + j / self.a, self.b) for j in (1, 2, 3, 4))
        return (mean, *standardised(mean, second, third, fourth))

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        best, height = {"a": 1.0, "b": 1.0}, -math.inf
        for a in GRID:
            rest = -float(np.average(_log1mexp(a * np.log(x)), weights=w))
            if not (math.isfinite(rest) and rest > 0.0):
                continue
            b = 1.0 / rest
            value = math.log(a * b) + (a - 1.0) * float(np.average(np.log(x), weights=w)) + rest - 1.0
            if value > height:
                best, height = {"a": a, "b": b}, value
        return best

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        both = self.a is free and self.b is free
        return {"a": math.inf, "b": math.inf} if both else None


def _log_hazard_slopes(v: Array) -> tuple[Array, Array]:
    """Derivatives of log v in log u, u = 1 - e^-v: p = (e^v - 1)/v and p (e^v - p).

    e^v - p = v/2 + v²/3 + v³/8 + …, the term of order n being n v^n/(n+1)!.
    """
    small = v < 0.5
    s, g = np.where(small, v, 0.0), np.where(small, 1.0, v)
    p = np.where(small, 1.0 + s * polynomial(s, EXPREL), np.expm1(g) / g)
    return p, p * np.where(small, s * polynomial(s, EXP_LESS_EXPREL), np.exp(g) - p)


EXPREL = tuple(1.0 / math.factorial(n + 1) for n in range(1, 16))
"""(e^v - 1)/v less 1, over v."""

EXP_LESS_EXPREL = tuple(n / math.factorial(n + 1) for n in range(1, 16))


def _log1mexp(level: Array) -> Array:
    """log(1 - e^level) for level < 0, by the formula that keeps its digits (Mächler 2012)."""
    far = level < -0.6931471805599453
    return where(far, log1p(-exp(where(far, level, -1.0))), log(-expm1(where(far, -1.0, level))))
