r"""Truncated: a distribution of which only the values in [lower, upper] can be seen.

Density :math:`f(x)/P` on [lower, upper], with :math:`P = P(\text{lower} \le X \le \text{upper})`; bounds are known. The
log-density is the wrapped one's minus log P(θ), a function of the parameters alone: row terms, and with them sufficient
statistics, stay those of the wrapped family.

- Score: s(x) - ∇log P, where ∇log P = E[s | seen]; so it is the score minus its mean, and E[score] = 0 again.
- Fisher information: the covariance of the wrapped score among the values seen.
- MLE: Newton. A truncated normal whose data fall off like an exponential, or not at all, has no maximum: μ → -∞ with
  σ²/(lower - μ) fixed tends to an exponential (Barr, Sherrill, *Am. Stat.* 53 (1999) 357-361).

Derivation: docs/theory/censoring.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.arrays import Array
from mlestat.distributions.base import Distribution, Matrix, NamedLimit, Special, Terms, Vector
from mlestat.distributions.between import log_between, log_between_derivatives
from mlestat.distributions.exponential import Exponential
from mlestat.distributions.normal import Normal
from mlestat.distributions.parameters import Role, free
from mlestat.distributions.shifted import Shifted
from mlestat.distributions.wrapper import Change, Wrapper, plus
from mlestat.errors import ParameterError
from mlestat.supports import Cut, Integers, Real

BOUND = Role(Real(), unit="data")
"""Bounds change with the unit of the data like a location."""


@dataclass(frozen=True)
class Truncated(Wrapper):
    """A distribution seen only between `lower` and `upper`, both included.

    Parameters
    ----------
    d : Distribution
        Any univariate family, free parameters and all.
    lower, upper : float
        Known bounds, in units of x; infinite by default.

    Raises
    ------
    ParameterError
        If the bounds cross, are not numbers, or leave nothing of the support.

    References
    ----------
    Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1 (1994), ch. 13.10.

    Examples
    --------
    >>> import mlestat as mle
    >>> d = mle.Truncated(mle.Exponential(2.0), lower=1.0)
    >>> round(float(d.logpdf(1.0)), 12)   # -log 2: what is left is an exponential from 1 on
    -0.693147180560
    >>> sorted(mle.fit(mle.Truncated(mle.Gamma(), lower=1.0), [1.2, 2.0, 3.5, 2.5, 4.5, 2.2]).params)
    ['scale', 'shape']
    """

    lower: float = -math.inf
    upper: float = math.inf

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("lower", "upper"):
            value = getattr(self, name)
            if isinstance(value, bool) or not np.isscalar(value) or not np.isreal(value) or value != value:
                raise ParameterError(f"{name} of Truncated must be a number, got {value!r:.60}")
        if not self.lower < self.upper and not (self.d.discrete and self.lower == self.upper):
            raise ParameterError(f"Truncated needs lower < upper, got {self.lower:g} and {self.upper:g}; swap them")
        if np.any(self._leaves_nothing()):
            raise ParameterError(
                f"Truncated leaves nothing of {self.d.label} ({self.d.support}) between {self.lower:g} and "
                f"{self.upper:g}; correct the bounds"
            )

    def _leaves_nothing(self) -> Array:
        """Whether no probability can lie between the bounds: an end alone has some if x is a whole number."""
        first, last = self.d.support.lower, self.d.support.upper
        if self.d.discrete:
            return np.maximum(first, np.ceil(self.lower)) > np.minimum(last, np.floor(self.upper))
        return (self.lower >= last) | (self.upper <= first)

    def in_unit(self, change: Change) -> Self:
        """Return a copy whose known values and bounds are in another unit."""
        bounds = {n: v if math.isinf(v := getattr(self, n)) else change(v, BOUND) for n in ("lower", "upper")}
        return self._copy(self.d.in_unit(change), bounds)

    @property
    def label(self) -> str:
        """What reports and sentences call the model: with its bounds, which are no parameters."""
        bounds = [f", {n}={v:g}" for n in ("lower", "upper") if math.isfinite(v := getattr(self, n))]
        return f"Truncated({self.d.label}{''.join(bounds)})"

    @property
    def support(self) -> Any:  # type: ignore[override]
        """The wrapped support between the bounds."""
        inner = self.d.support
        if isinstance(inner, Integers):
            first = max(inner.first, math.ceil(self.lower)) if self.lower > -math.inf else inner.first
            return Integers(first, np.minimum(inner.last, np.floor(self.upper))[()])
        return Cut(inner, self.lower, self.upper)

    @property
    def sufficient(self) -> bool:  # type: ignore[override]
        """Truncation leaves sufficient statistics what they are."""
        return self.d.sufficient

    @property
    def solver(self) -> str:  # type: ignore[override]
        """Newton, on the sufficient statistics where there are some."""
        return "sufficient statistics, Newton" if self.d.sufficient else super().solver

    # -- the mass that can be seen -----------------------------------------------------------------------

    @property
    def _low(self) -> float:
        """The end such that (low, upper] is what can be seen."""
        return math.ceil(self.lower) - 1.0 if self.d.discrete and math.isfinite(self.lower) else self.lower

    @cached_property
    def _mass(self) -> tuple[Array, Vector, Matrix]:
        """Log of the probability of being seen, with derivatives."""
        shape = np.broadcast_shapes(*(np.shape(v) for v in self.d.params.values()))
        value, g, h = log_between_derivatives(self.d, np.full(shape, self._low), np.full(shape, self.upper))
        return value[()], tuple(v[()] for v in g), tuple(tuple(v[()] for v in row) for row in h)

    def _terms(self, x: Array) -> Terms:
        return self.d._terms(x)

    def _logpdf(self, t: Terms) -> Array:
        return self.d._logpdf(t) - self._mass[0]

    def _score(self, t: Terms) -> Vector:
        return tuple(s - g for s, g in zip(self.d._score(t), self._mass[1], strict=True))

    def _hessian(self, t: Terms) -> Matrix:
        inner, mass = self.d._hessian(t), self._mass[2]
        k = range(len(mass))
        return tuple(tuple(inner[i][j] - mass[i][j] for j in k) for i in k)

    def _dlogpdf(self, x: Array) -> Array:
        return self.d._dlogpdf(x)

    def _d2logpdf(self, x: Array) -> Array:
        return self.d._d2logpdf(x)

    def _dscore(self, x: Array) -> Vector:
        return self.d._dscore(x)

    # -- probabilities -------------------------------------------------------------------------------------

    def _cdf(self, x: Array) -> Array:
        return np.exp(self._logcdf(x))

    def _sf(self, x: Array) -> Array:
        return np.exp(self._logsf(x))

    def _logcdf(self, x: Array) -> Array:
        return np.minimum(log_between(self.d, self._low, x) - self._mass[0], 0.0)

    def _logsf(self, x: Array) -> Array:
        return np.minimum(log_between(self.d, x, self.upper) - self._mass[0], 0.0)

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        _, g, h = log_between_derivatives(self.d, self._low, x)
        return plus((g, h), self._mass[1:], -1.0)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        _, g, h = log_between_derivatives(self.d, x, self.upper)
        return plus((g, h), self._mass[1:], -1.0)

    def _ppf(self, q: Array) -> Array:
        return self._quantile(q, 1.0 - q)

    def _isf(self, q: Array) -> Array:
        return self._quantile(1.0 - q, q)

    def _quantile(self, below: Array, above: Array) -> Array:
        """By the tail of the wrapped one in which the seen part lies; `below` and `above` add to 1."""
        mass = np.exp(self._mass[0])
        by_left = self.d.cdf(self._low) + below * mass
        by_right = self.d.sf(self.upper) + above * mass
        x = np.where(
            by_left < by_right, self.d.ppf(np.clip(by_left, 0.0, 1.0)), self.d.isf(np.clip(by_right, 0.0, 1.0))
        )
        return np.clip(x, self.support.lower, self.support.upper)

    # -- statistics and limits ---------------------------------------------------------------------------

    def _reference(self, mean: Array) -> Self:
        return self._copy(self.d._reference(mean), {})

    def _translate(self, t: Terms, at: Self) -> Terms:
        return self.d._translate(t, at.d)

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        return self.d._start(x, w)

    def _starts(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> tuple[Mapping[str, float], ...]:
        return self.d._starts(x, w)

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        return self.d._collapse(c)

    def _unbounded(self) -> str | None:
        return self.d._unbounded()

    def _is_free_normal(self) -> bool:
        return type(self.d) is Normal and self.d.mu is free and self.d.sigma is free

    def _specials(self) -> tuple[Special, ...]:
        if not self._is_free_normal() or math.isinf(self.lower) or self.upper < math.inf:
            return ()
        limit = Shifted(Exponential(), by=self.lower)
        return (Special("Exponential", "mu", -math.inf, limit, {}, {"sigma": math.inf}, self._towards),)

    def _towards(self, member: Distribution, value: float) -> Mapping[str, float]:
        """A normal that looks like that exponential from `lower` on: σ²/(lower - μ) is its scale."""
        scale = float(member.params["scale"])
        return {"mu": self.lower - value * scale, "sigma": scale * math.sqrt(value)}

    def _named_limits(
        self, rows: Callable[[], tuple[NDArray[np.float64], NDArray[np.float64]]]
    ) -> Iterable[NamedLimit]:
        if not self._is_free_normal() or math.isinf(self.lower) or math.isinf(self.upper):
            return ()
        x, w = rows()
        width = self.upper - self.lower
        return (_exponential_between(float(np.average((x - self.lower) / width, weights=w)), width),)


def _exponential_between(mean: float, width: float) -> NamedLimit:
    """The highest density exp(b u) on [0, 1], u = (x - lower)/width, of mean `mean`: uniform at b = 0.

    b solves coth(b/2)/2 - 1/b + 1/2 = mean; its log-likelihood per row is b·mean - log((e^b - 1)/b).
    """
    low, high = -1e6, 1e6
    for _ in range(200):
        b = 0.5 * (low + high)
        low, high = (b, high) if _mean_between(b) < mean else (low, b)
    log_mass = math.log(float(sc.exprel(b))) if b < 500.0 else b - math.log(b)
    flat = abs(b) < 1e-6
    name = "uniform" if flat else f"exponential {'rising' if b > 0 else 'falling'} with scale {width / abs(b):.6g}"
    ends = {"mu": math.inf if b > 0 else -math.inf, "sigma": math.inf}
    return NamedLimit(f"{name} between the bounds", b * mean - log_mass - math.log(width), ends)


def _mean_between(b: float) -> float:
    """Mean of the density proportional to exp(b u) on [0, 1]."""
    if abs(b) < 1e-3:
        return 0.5 + b / 12.0 - b**3 / 720.0
    return 0.5 / math.tanh(0.5 * b) - 1.0 / b + 0.5
