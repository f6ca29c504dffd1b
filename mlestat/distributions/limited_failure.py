r"""LimitedFailure: a population of which only a share p ever fails.

Density :math:`p f(x)`, distribution function :math:`p F(x)`; the share 1 - p never fails, so S(∞) = 1 - p (Meeker
1987).
Only censored rows can tell p from 1: with exact rows alone p → 1, the family itself.

- Score of an exact row: (s, 1/p). Of a row censored at x: the derivatives of log(1 - p F(x)), which follow from
  those of
  log(p F) without cancellation.

References: Meeker, *Technometrics* 29 (1987) 51-65. Derivation: docs/theory/wrappers.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, log
from mlestat.distributions.base import Distribution, Matrix, Special, Terms, Vector
from mlestat.distributions.parameters import Parameter, Role, free
from mlestat.distributions.tail_derivatives import of_complement
from mlestat.distributions.wrapper import Wrapper, bordered
from mlestat.supports import UnitInterval


@dataclass(frozen=True)
class LimitedFailure(Wrapper):
    """A lifetime distribution of which only the share `p` of the population ever fails.

    Parameters
    ----------
    d : Distribution
        The lifetime of those that fail.
    p : float, free or prior
        Share that fails in the end, 0 < p < 1.

    Raises
    ------
    ParameterError
        If `p` is outside (0, 1).

    References
    ----------
    Meeker, *Technometrics* 29 (1987) 51-65.

    Examples
    --------
    >>> import mlestat as mle
    >>> d = mle.LimitedFailure(mle.Weibull(1.5, 2.0), p=0.25)
    >>> float(d.sf(1e9))
    0.75
    """

    p: Parameter = free

    own: ClassVar[Mapping[str, Role]] = {"p": Role(UnitInterval())}

    def _terms(self, x: Array) -> Terms:
        return self.d._terms(x)

    def _logpdf(self, t: Terms) -> Array:
        return self.d._logpdf(t) + log(self.p)

    def _score(self, t: Terms) -> Vector:
        return (*self.d._score(t), 1.0 / self.p)

    def _hessian(self, t: Terms) -> Matrix:
        inner = self.d._score(t), self.d._hessian(t)
        return bordered(inner, 0.0, tuple(0.0 for _ in inner[0]), -1.0 / (self.p * self.p))[1]

    def _dlogpdf(self, x: Array) -> Array:
        return self.d._dlogpdf(x)

    def _d2logpdf(self, x: Array) -> Array:
        return self.d._d2logpdf(x)

    def _dscore(self, x: Array) -> Vector:
        return (*self.d._dscore(x), 0.0 * x)

    def _cdf(self, x: Array) -> Array:
        return self.p * self.d._cdf(x)

    def _sf(self, x: Array) -> Array:
        return (1.0 - self.p) + self.p * self.d._sf(x)

    def _logcdf(self, x: Array) -> Array:
        return np.log(self.p) + self.d._logcdf(x)

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        inner = self.d._logcdf_derivatives(x)
        return bordered(inner, 1.0 / self.p, tuple(0.0 for _ in inner[0]), -1.0 / (self.p * self.p))

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return of_complement(self._logcdf(x) - self._logsf(x), *self._logcdf_derivatives(x))

    def _ppf(self, q: Array) -> Array:
        return np.where(q < self.p, self.d.ppf(np.minimum(q / self.p, 1.0)), math.inf)

    def _isf(self, q: Array) -> Array:
        return self._ppf(1.0 - q)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return np.where(rng.random(size) < self.p, self.d._sample(rng, size), math.inf)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        return math.inf, math.nan, math.nan, math.nan

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        return self._starts(x, w)[0]

    def _starts(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> tuple[Mapping[str, float], ...]:
        return tuple({**start, "p": p} for start in self.d._starts(x, w) for p in (0.1, 0.5, 0.9))

    def _specials(self) -> tuple[Special, ...]:
        """What the wrapped family tends to, and that family itself, where all fail."""
        found = list(self._specials_within())
        if self.p is free:
            found.append(Special(self.d.label, "p", 1.0, self.d, self._inner_names, {}, self._towards, at_edge=True))
        return tuple(found)

    def _towards(self, member: Distribution, value: float) -> Mapping[str, float]:
        return {**{ours: member.params[theirs] for ours, theirs in self._inner_names.items()}, "p": 1.0 - 1.0 / value}

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        inner = self.d._collapse(c)
        back = {theirs: ours for ours, theirs in self._inner_names.items()}
        return None if inner is None else {**{back[n]: v for n, v in inner.items()}, "p": math.nan}
