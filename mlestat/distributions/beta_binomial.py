r"""Beta-binomial distribution with a known number of trials.

Probability :math:`P(x) = \binom nx \frac{B(x+a,\,n-x+b)}{B(a,b)}`, x = 0, …, n: a binomial whose probability of success
is beta distributed with parameters a, b > 0. With M = a + b and π = a/M:

- Moments: mean nπ, variance nπ(1-π)(M+n)/(M+1).
- With Δ = xb - (n-x)a, e = Δ/(a(n+M)), f = -Δ/(b(n+M)) and h(u) = ψ(u) - log u the derivatives keep their digits as
  a, b → ∞ (the binomial limit): score in a :math:`h(x+a) - h(a) - h(n+M) + h(M) + \log(1+e)`, in b with n - x, b and f.
- Fisher information: exact sums of squares.
- Sufficient statistics: the table of counts.
- MLE: Newton over the table. With one n it exists if and only if the data vary more than a binomial's (Levin, Reeds
  1977); else the limit is Binomial(n, Σx/Σn). If every count is 0 or n, a and b run to 0.

References: Johnson, Kemp, Kotz, *Univariate Discrete Distributions*, 3rd ed. (2005), ch. 6.2.2, 6.9.2; Griffiths,
*Biometrics* 29 (1973) 637-648; Levin, Reeds, *Ann. Statist.* 5 (1977) 79-87; Loader (2000) for the saddle-point form.
Derivation: docs/theory/families/beta_binomial.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, log1p
from mlestat.distributions.base import Collapse, Distribution, Matrix, Special, Terms, Vector, is_estimated
from mlestat.distributions.binomial import Binomial, end_of_all, said_of_end, up_to
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.errors import UnsupportedDataError
from mlestat.special import (
    excess,
    h_difference,
    h_slope_difference,
    log_factorial_remainder,
    poisson_deviance,
    stirling,
)
from mlestat.supports import Integers, Positive, Support

Floats = NDArray[np.float64]

MOST = 10_000_000
"""Largest number of trials of which all probabilities are summed: 240 MB."""


@dataclass(frozen=True)
class BetaBinomial(Distribution):
    """Beta-binomial distribution of the number of successes in `n` trials that share an unknown probability.

    Parameters
    ----------
    n : int or array
        Number of trials, a whole number ≥ 0, or one for each row. It is known: it takes neither `free` nor a prior
        in a fit, and its columns of score, Hessian and information are NaN.
    a : float, array, free or prior
        First parameter of the beta distribution of the probability of success, > 0.
    b : float, array, free or prior
        Second parameter, > 0. The mean is n a/(a+b); a, b → ∞ at a fixed ratio is the binomial.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Johnson, Kemp, Kotz, *Univariate Discrete Distributions*, 3rd ed. (2005), ch. 6.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.fit(mle.BetaBinomial(n=10), [0, 1, 1, 4, 9]).verdict.kind
    'interior'
    """

    n: Parameter = parameter(Integers(0))
    a: Parameter = parameter(Positive())
    b: Parameter = parameter(Positive())

    solver = "table of counts, Newton"
    aliases: ClassVar[tuple[str, ...]] = ("betabinom", "beta_binom")
    known: ClassVar[tuple[str, ...]] = ("n",)

    @property
    def support(self) -> Support:  # type: ignore[override]
        """Whole numbers from 0 to n."""
        return up_to(self.n)

    def _terms(self, x: Array) -> Terms:
        n, a, b = self.n, self.a, self.b
        m, other = a + b, n - x
        drift = (x * b - other * a) / (n + m)
        both, both_slope = h_difference(n, m), h_slope_difference(n, m) - n / (m * (n + m))
        return (
            self._log_probability(x, other, drift),
            h_difference(x, a) - both + log1p(drift / a),
            h_difference(other, b) - both + log1p(-drift / b),
            h_slope_difference(x, a) - both_slope - x / (a * (x + a)),
            h_slope_difference(other, b) - both_slope - other / (b * (other + b)),
            0.0 * x - both_slope,
        )

    def _log_probability(self, x: Array, other: Array, drift: Array) -> Array:
        """Saddle-point form: each piece is small where the probability is large."""
        n, a, b = self.n, self.a, self.b
        m = a + b
        share, rest = n * ((x + a) / (n + m)), n * ((other + b) / (n + m))  # expected of x and n - x, given x + a
        ways = log_factorial_remainder(n) - log_factorial_remainder(x) - log_factorial_remainder(other)
        gammas = (stirling(x + a) - stirling(a)) + (stirling(other + b) - stirling(b)) - (stirling(n + m) - stirling(m))
        roots = 0.5 * (log1p(n / m) - log1p(x / a) - log1p(other / b))
        deviance = poisson_deviance(x, share) + poisson_deviance(other, rest)
        return ways + gammas + roots - deviance - a * excess(drift / a) - b * excess(-drift / b)

    def _logpdf(self, t: Terms) -> Array:
        return t[0]

    def _score(self, t: Terms) -> Vector:
        return math.nan, t[1], t[2]

    def _hessian(self, t: Terms) -> Matrix:
        none = math.nan
        return (none, none, none), (none, t[3], t[5]), (none, t[5], t[4])

    def _fisher(self) -> Matrix:
        n = float(self.n)
        x = np.arange(n + 1.0)
        t = self._terms(x)
        p = np.exp(t[0])
        aa, ab, bb = (float(np.sum(p * s)) for s in (t[1] * t[1], t[1] * t[2], t[2] * t[2]))
        none = math.nan
        return (none, none, none), (none, aa, ab), (none, ab, bb)

    def _read(self, x: Array, pick: Callable[[Table, Floats], Floats]) -> Array:
        """Look values up in the table of each (n, a, b)."""
        x, n, a, b = np.broadcast_arrays(np.asarray(x, float), self.n, self.a, self.b)
        rows, which = np.unique(np.stack([v.ravel() for v in (n, a, b)]), axis=1, return_inverse=True)
        out, flat = np.empty(x.size), x.ravel()
        for i, row in enumerate(rows.T):
            at = which.ravel() == i
            out[at] = pick(_table(*(float(v) for v in row)), flat[at])
        return out.reshape(x.shape)

    def _cdf(self, x: Array) -> Array:
        return self._read(x, lambda t, k: t.cdf[_place(k, t)])

    def _sf(self, x: Array) -> Array:
        return self._read(x, lambda t, k: t.sf[_place(k, t)])

    def _logcdf(self, x: Array) -> Array:
        return self._read(x, lambda t, k: t.logcdf[_place(k, t)])

    def _logsf(self, x: Array) -> Array:
        return self._read(x, lambda t, k: t.logsf[_place(k, t)])

    def _ppf(self, q: Array) -> Array:
        return self._read(q, lambda t, v: np.minimum(np.searchsorted(t.cdf, v), t.cdf.size - 1).astype(float))

    def _isf(self, q: Array) -> Array:
        return self._read(q, lambda t, v: t.sf.size - np.searchsorted(t.sf[::-1], v, side="right").astype(float))

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return rng.binomial(np.asarray(self.n).astype(np.int64), rng.beta(self.a, self.b, size))

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        n, a, b = np.float64(1.0) * self.n, self.a, self.b
        m, ab = a + b, a * b
        variance = n * (a / m) * (b / m) * ((m + n) / (m + 1.0))
        skewness = (m + 2.0 * n) * (b - a) / (m + 2.0) / np.sqrt((n * a) * b * ((n + m) / (1.0 + m)))
        inner = m * (m - 1.0 + 6.0 * n) + 3.0 * ab * (n - 2.0) + 6.0 * n * n
        inner = inner - 3.0 * ab * n * (6.0 - n) / m - 18.0 * ab * n * n / (m * m)
        return n * (a / m), variance, skewness, m * m * (1.0 + m) / (n * ab * (m + 2.0) * (m + 3.0) * (m + n)) * inner

    def _start(self, x: Floats, w: Floats) -> Mapping[str, float]:
        n = np.broadcast_to(np.asarray(self.n, float), x.shape)
        p = min(max(float(np.sum(w * x) / np.sum(w * n)), 1e-8), 1.0 - 1e-8)
        spread = float(np.sum(w * (x - n * p) ** 2)) / (p * (1.0 - p)) - float(np.sum(w * n))
        pairs = float(np.sum(w * n * (n - 1.0)))
        intra = min(max(spread / pairs, 1e-3), 0.99) if pairs > 0.0 else 0.5  # correlation of two trials of a row
        m = 1.0 / intra - 1.0
        return {"a": m * p, "b": m * (1.0 - p)}

    def _specials(self) -> tuple[Special, ...]:
        if self.a is not free or self.b is not free or not np.any(np.asarray(self.n) > 1):
            return ()

        def path(member: Distribution, value: float) -> Mapping[str, float]:
            p = member.params["p"]
            return {"a": value * p, "b": value * (1.0 - p)}

        return (Special("Binomial", "a", math.inf, Binomial(self.n), {"n": "n"}, {"b": math.inf}, path),)

    def _collapse_on(self, x: NDArray[Any], w: Floats | None) -> Collapse | None:
        end = end_of_all(x, self.n)
        if end is None:
            return self._all_or_none(x, w)
        for name, at in (("a", 0.0), ("b", math.inf)) if end == 0 else (("b", 0.0), ("a", math.inf)):
            if getattr(self, name) is free:
                ends = {n: math.nan for n in ("a", "b") if is_estimated(getattr(self, n))}
                return Collapse({**ends, name: at}, *said_of_end(end, self.n), 0.0)
        return None

    def _all_or_none(self, x: NDArray[Any], w: Floats | None) -> Collapse | None:
        """Every count is 0 or its n: P(X = n) ≤ π and P(X = 0) ≤ 1 - π, with equality as a, b → 0 alone."""
        n = np.broadcast_to(self.n, x.shape)
        if not (self.a is free and self.b is free and np.any(n > 1) and np.all((x == 0) | (x == n))):
            return None
        tried = np.ones(x.shape) if w is None else w
        total, full = float(np.sum(tried[n > 0])), float(np.sum(tried[(n > 0) & (x == n)]))
        p = full / total
        loglik = full * math.log(p) + (total - full) * math.log1p(-p)
        limit = f"mixture of point masses at 0 and n, where n has probability {p:g}"
        return Collapse({"a": 0.0, "b": 0.0}, "every count is 0 or its n", limit, loglik)


class Table(NamedTuple):
    """Both tails of all counts of one member."""

    logcdf: Floats
    logsf: Floats
    cdf: Floats
    sf: Floats


def _place(k: Floats, t: Table) -> NDArray[np.intp]:
    return np.clip(k, 0.0, t.cdf.size - 1.0).astype(np.intp)


@lru_cache(maxsize=16)
def _table(n: float, a: float, b: float) -> Table:
    """Sum the probabilities from either end, in logs."""
    if n > MOST:
        raise UnsupportedDataError(
            f"tails of BetaBinomial are sums over all counts, and n = {n:g} is more than {MOST:,}; use logpdf, which "
            "has no such limit, or Binomial"
        )
    with np.errstate(all="ignore"):
        logp = BetaBinomial(n, a, b)._terms(np.arange(n + 1.0))[0]
        low = np.logaddexp.accumulate(logp)
        above = np.logaddexp.accumulate(logp[:0:-1])[::-1]
        high = np.append(above, -math.inf)
        right = high < low
        low = np.where(right, np.log1p(-np.exp(high)), low)
        high = np.where(right, high, np.log1p(-np.exp(low)))
        high[-1] = -math.inf
        f, s = np.where(right, -np.expm1(high), np.exp(low)), np.where(right, np.exp(high), -np.expm1(low))
    for v in (low, high, f, s):
        v.flags.writeable = False
    return Table(low, high, f, s)
