r"""Uniform distribution.

Density :math:`1/(h - l)`, l ≤ x ≤ h.

- Moments: mean (l+h)/2, variance (h-l)²/12, skewness 0, kurtosis 9/5.
- Score: :math:`1/(h-l)` in l, :math:`-1/(h-l)` in h, whatever x: the likelihood only asks that the ends hold the data.
- MLE: the smallest and the largest value. The ends are no smooth parameters: their errors fall like 1/n, and there
  is no
  information to take a standard error from.

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 2, 2nd ed. (1995), ch. 26, sec. 5.
Derivation: docs/theory/families/uniform.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, log, namespace
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector, is_estimated
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.errors import ParameterError
from mlestat.supports import Interval, Real, Support


@dataclass(frozen=True)
class Uniform(Distribution):
    """Uniform distribution between two ends, both included.

    Parameters
    ----------
    low, high : float, array or free
        Ends, low < high, in units of x.

    Raises
    ------
    ParameterError
        If a value is not finite, or the ends cross.

    References
    ----------
    Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 2 (1995), ch. 26.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.fit(mle.Uniform(), [1.0, 2.0, 4.0]).params
    {'low': 1.0, 'high': 4.0}
    """

    low: Parameter = parameter(Real(), unit="data")
    high: Parameter = parameter(Real(), unit="data")

    solver = "closed form (smallest and largest value)"
    regular = False
    edges: ClassVar[tuple[str, ...]] = ("low", "high")

    def __post_init__(self) -> None:
        super().__post_init__()
        # another library's values may be traced: looking at them would stop that
        known = not any(is_estimated(v) or namespace(v).name != "numpy" for v in (self.low, self.high))
        if known and not np.all(np.asarray(self.low) < np.asarray(self.high)):
            raise ParameterError(f"Uniform needs low < high, got low = {self.low} and high = {self.high}; swap them")

    @property
    def support(self) -> Support:  # type: ignore[override]
        """Between the ends; what is free is open."""
        low = -np.inf if is_estimated(self.low) else self.low
        high = np.inf if is_estimated(self.high) else self.high
        return Interval(low, high, closed=True)

    @property
    def _width(self) -> Array:
        return self.high - self.low

    def _terms(self, x: Array) -> Terms:
        return (0.0 * x,)

    def _logpdf(self, t: Terms) -> Array:
        return t[0] - log(self._width)

    def _score(self, t: Terms) -> Vector:
        return t[0] + 1.0 / self._width, t[0] - 1.0 / self._width

    def _hessian(self, t: Terms) -> Matrix:
        v = 1.0 / self._width / self._width
        return (t[0] + v, t[0] - v), (t[0] - v, t[0] + v)

    def _dlogpdf(self, x: Array) -> Array:
        return 0.0 * x

    def _d2logpdf(self, x: Array) -> Array:
        return 0.0 * x

    def _dscore(self, x: Array) -> Vector:
        return 0.0 * x, 0.0 * x

    def _fisher(self) -> Matrix:
        v = 1.0 / self._width / self._width
        return (v, -v), (-v, v)

    def _cdf(self, x: Array) -> Array:
        return (x - self.low) / self._width

    def _sf(self, x: Array) -> Array:
        return (self.high - x) / self._width

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        """Of log(high - x) - log(high - low); 1/(high - x) - 1/(high - low) as a quotient, which does not cancel."""
        r, s = 1.0 / self._width, 1.0 / (self.high - x)
        rise = (x - self.low) * r * s
        rr = r * r + 0.0 * x
        return (r + 0.0 * x, rise), ((rr, -rr), (-rr, -rise * (r + s)))

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        """Of log(x - low) - log(high - low)."""
        r, s = 1.0 / self._width, 1.0 / (x - self.low)
        fall = -(self.high - x) * r * s
        rr = r * r + 0.0 * x
        return (fall, -r + 0.0 * x), ((fall * (r + s), -rr), (-rr, rr))

    def _ppf(self, q: Array) -> Array:
        return self.low + q * self._width

    def _isf(self, q: Array) -> Array:
        return self.high - q * self._width

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return rng.uniform(self.low, self.high, size)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        return 0.5 * self.low + 0.5 * self.high, self._width * self._width / 12.0, 0.0, 1.8

    def _edges_at(self, low: float, high: float) -> Mapping[str, float]:
        return {name: end for name, end in (("low", low), ("high", high)) if self.params[name] is free}

    def _direct(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float] | None:
        seen = x[w > 0.0]
        low = float(seen.min()) if is_estimated(self.low) else self.low
        high = float(seen.max()) if is_estimated(self.high) else self.high
        return {"low": low, "high": high}

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        low, high = (c if v is free else v for v in (self.low, self.high))
        at_c = np.all(low == c) and np.all(high == c)
        return {"low": c, "high": c} if at_c else None
