r"""ZeroInflated: a share p of zeros that have a cause of their own, and a distribution for the rest.

Discrete: :math:`P(0) = p + (1-p) f(0)`, :math:`P(x) = (1-p) f(x)` for x > 0. Continuous: mass p at 0, density
:math:`(1-p) f(x)` elsewhere (two parts). With P₀ = P(0) and π = (1-p) f(0)/P₀, the probability that a zero is one of
the
distribution's own, the derivatives of log P₀ are

- in the parameters π s₀ and π (h₀ + (1 - π) s₀ s₀ᵀ), s₀ and h₀ the score and Hessian at 0,
- in p: (1 - f(0))/P₀ and minus its square; mixed -f(0) s₀/P₀².

All is affine in the indicator of zero and the wrapped terms of the other rows.

- MLE: Newton. Where there are fewer zeros than the distribution expects, p → 0: the distribution itself is the limit.

References: Lambert, *Technometrics* 34 (1992) 1-14. Derivation: docs/theory/wrappers.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, log, log1p, where
from mlestat.distributions.base import Distribution, Matrix, Special, Terms, Vector, is_estimated
from mlestat.distributions.parameters import Parameter, Role, free
from mlestat.distributions.tail_derivatives import of_complement
from mlestat.distributions.wrapper import Wrapper, bordered
from mlestat.errors import ParameterError
from mlestat.supports import Integers, UnitInterval, WithZero


@dataclass(frozen=True)
class ZeroInflated(Wrapper):
    """A distribution on x >= 0 with a share `p` of further zeros.

    Parameters
    ----------
    d : Distribution
        A univariate family on x >= 0, free parameters and all.
    p : float, free or prior
        Probability of a zero beside the distribution, 0 < p < 1.

    Raises
    ------
    ParameterError
        If `p` is outside (0, 1), or the family reaches below 0.

    References
    ----------
    Lambert, *Technometrics* 34 (1992) 1-14.

    Examples
    --------
    >>> import mlestat as mle
    >>> d = mle.ZeroInflated(mle.Poisson(2.0), p=0.3)
    >>> round(float(d.pdf(0)), 6)
    0.394735
    """

    p: Parameter = free

    own: ClassVar[Mapping[str, Role]] = {"p": Role(UnitInterval())}

    def __post_init__(self) -> None:
        super().__post_init__()
        if np.any(np.asarray(self.d.support.lower) < 0.0):
            raise ParameterError(f"ZeroInflated needs a family on x >= 0, got {self.d.label} ({self.d.support})")

    @property
    def support(self) -> Any:  # type: ignore[override]
        """The wrapped support and 0."""
        inner = self.d.support
        return Integers(0, inner.last) if isinstance(inner, Integers) else WithZero(inner)

    @cached_property
    def _zero(self) -> tuple[Array, Array, Vector, Matrix]:
        """f(0) and log P(0), with the latter's derivatives in the wrapped parameters."""
        k = range(len(self.d.roles))
        if not (self.d.discrete and np.all(self.d.support.contains(0.0))):
            return 0.0, log(self.p), tuple(0.0 for _ in k), tuple(tuple(0.0 for _ in k) for _ in k)
        t = self.d._terms(np.float64(0.0))
        f0, s, h = np.exp(self.d._logpdf(t)), self.d._score(t), self.d._hessian(t)
        total = self.p + (1.0 - self.p) * f0
        share = (1.0 - self.p) * f0 / total
        hessian = tuple(tuple(share * (h[i][j] + (1.0 - share) * s[i] * s[j]) for j in k) for i in k)
        return f0, log(total), tuple(share * v for v in s), hessian

    def _terms(self, x: Array) -> Terms:
        zero = x == 0.0
        t = self.d._terms(where(zero, 0.0 * x + self.d.support.inside, x))
        return (where(zero, 1.0, 0.0), *(where(zero, 0.0, v) for v in t))

    def _affine(self, formula: Any, t: Terms) -> Any:
        """Apply an affine formula to the rows that are not 0: f(T) less the constants of the rows left out."""
        zero, inner = t[0], t[1:]
        none = tuple(0.0 for _ in inner)
        return formula(inner), formula(none), zero

    def _logpdf(self, t: Terms) -> Array:
        value, constant, zero = self._affine(self.d._logpdf, t)
        return value - zero * constant + (1.0 - zero) * log1p(-self.p) + zero * self._zero[1]

    def _score(self, t: Terms) -> Vector:
        value, constant, zero = self._affine(self.d._score, t)
        f0, log_p0, s0, _ = self._zero
        inner = tuple(v - zero * c + zero * s for v, c, s in zip(value, constant, s0, strict=True))
        return (*inner, zero * (1.0 - f0) / np.exp(log_p0) - (1.0 - zero) / (1.0 - self.p))

    def _hessian(self, t: Terms) -> Matrix:
        value, constant, zero = self._affine(self.d._hessian, t)
        f0, log_p0, s0, h0 = self._zero
        k = range(len(s0))
        total = np.exp(log_p0)
        inner = tuple(tuple(value[i][j] - zero * constant[i][j] + zero * h0[i][j] for j in k) for i in k)
        share = (1.0 - self.p) * f0 / total
        cross = tuple(-zero * s / (total * (1.0 - self.p)) if share > 0.0 else 0.0 * zero for s in s0)
        second = -zero * ((1.0 - f0) / total) ** 2 - (1.0 - zero) / (1.0 - self.p) ** 2
        return bordered((s0, inner), 0.0, cross, second)[1]

    def _dlogpdf(self, x: Array) -> Array:
        return self.d._dlogpdf(x)

    def _d2logpdf(self, x: Array) -> Array:
        return self.d._d2logpdf(x)

    def _dscore(self, x: Array) -> Vector:
        return (*self.d._dscore(x), 0.0 * x)

    def _cdf(self, x: Array) -> Array:
        return self.p + (1.0 - self.p) * self.d.cdf(x)

    def _sf(self, x: Array) -> Array:
        return (1.0 - self.p) * self.d.sf(x)

    def _logsf(self, x: Array) -> Array:
        return np.log1p(-self.p) + self.d.logsf(x)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        inner = self._inner_tail(x)
        q = 1.0 - self.p
        return bordered(inner, -1.0 / q, tuple(0.0 for _ in inner[0]), -1.0 / (q * q))

    def _inner_tail(self, x: Array) -> tuple[Vector, Matrix]:
        """Derivatives of the wrapped log S, which is 0 at and below its lower end."""
        first = self.d.support.lower
        beyond = (x < first) if self.d.discrete else (x <= first)
        g, h = self.d._logsf_derivatives(np.where(beyond, self.d.support.inside, x))
        hessian = tuple(tuple(np.where(beyond, 0.0, v) for v in row) for row in h)
        return tuple(np.where(beyond, 0.0, v) for v in g), hessian

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return of_complement(self._logsf(x) - self._logcdf(x), *self._logsf_derivatives(x))

    def _ppf(self, q: Array) -> Array:
        inner = self.d.ppf(np.clip((q - self.p) / (1.0 - self.p), 0.0, 1.0))
        return np.where(q <= self._cdf(np.float64(0.0)), 0.0, inner)

    def _isf(self, q: Array) -> Array:
        inner = self.d.isf(np.clip(q / (1.0 - self.p), 0.0, 1.0))
        return np.where(q >= self._sf(np.float64(0.0)), 0.0, inner)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        own = self.d._sample(rng, size)
        return np.where(rng.random(size) < self.p, 0.0, own)

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        return self._starts(x, w)[0]

    def _starts(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> tuple[Mapping[str, float], ...]:
        rest = x > 0.0
        share = min(max(float(np.average(~rest, weights=w)), 1e-3), 1.0 - 1e-3)
        if not np.any(rest):
            return ({**self.d._start(x, w), "p": share},)
        apart = {**self._ours(self.d._start(x[rest], w[rest])), "p": share}
        together = {**self._ours(self.d._start(x, w)), "p": 0.5 * share}
        return (apart, together) if self.d.discrete else (apart,)

    def _ours(self, values: Mapping[str, float]) -> dict[str, float]:
        back = {theirs: ours for ours, theirs in self._inner_names.items()}
        return {back[name]: value for name, value in values.items()}

    def _specials(self) -> tuple[Special, ...]:
        """What the wrapped family tends to; of counts also that family itself, without further zeros."""
        found = list(self._specials_within())
        if self.p is free and self.d.discrete:
            names = self._inner_names
            found.append(Special(self.d.label, "p", 0.0, self.d, names, {}, self._towards, at_edge=True))
        return tuple(found)

    def _towards(self, member: Distribution, value: float) -> Mapping[str, float]:
        return {**{ours: member.params[theirs] for ours, theirs in self._inner_names.items()}, "p": 1.0 / value}

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        if not is_estimated(self.p):
            return None
        if c == 0.0:
            return {**dict.fromkeys(self._inner_names, math.nan), "p": 1.0}
        inner = self.d._collapse(c)
        return None if inner is None else {**self._ours(inner), "p": 0.0}
