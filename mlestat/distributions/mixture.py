r"""Mixture: several distributions, each with its weight.

Density :math:`f = \sum_k w_k f_k`. With the responsibilities r_k = w_k f_k / f the derivatives of log f are

- in the parameters of component k: r_k s_k; second r_k (h_k + s_k s_kᵀ) minus the product of the scores;
- in the weight j (the last weight is 1 less the others): r_j/w_j - r_K/w_K.

The same formulas with log F_k or log S_k in place of log f_k give those of the tails.

- MLE: expectation and maximisation (Dempster, Laird, Rubin 1977) from many starts on a small sample, each component
  fitted by its own weighted maximum likelihood; then Newton over all rows, which also gives the covariance
  (solvers/em.py). Components of one family are put in the order of their first parameter.
- The likelihood is unbounded as a component shrinks onto a single value (Kiefer, Wolfowitz 1956). What is reported is
  the highest interior maximum; starts in which a component holds fewer than LEAST rows, or rows of one value alone, are
  discarded, and the verdict says so.

References: McLachlan, Peel, *Finite Mixture Models* (2000), ch. 2-3. Derivation: docs/theory/wrappers.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.arrays import Array
from mlestat.distributions.base import Distribution, Matrix, Special, Terms, Vector, is_estimated
from mlestat.distributions.expectation import score_covariance
from mlestat.distributions.multivariate.base import VectorDistribution
from mlestat.distributions.multivariate.mixture import VectorMixture
from mlestat.distributions.multivariate.normal import MultivariateNormal
from mlestat.distributions.parameters import Role, free
from mlestat.distributions.quantiles import inverted
from mlestat.distributions.wrapper import Change
from mlestat.errors import ParameterError
from mlestat.supports import Either, Support, UnitInterval

LEAST = 5.0
"""A component that holds fewer rows of the starting sample than this is a spike, not a part of the population."""

SPLITS = 24
"""Random partitions tried as starts, beside those by quantiles."""

BLUR = 0.02
"""Responsibility that a start leaves to all components together, so that none is shut out of a row."""


@dataclass(frozen=True)
class Mixture(Distribution):
    """A mixture of distributions, of one family or of several.

    Parameters
    ----------
    components : sequence of Distribution
        At least two, all continuous or all discrete, free parameters and all. Their parameters are numbered:
        ``mu1``, ``sigma1``, ``mu2``, … Components that are `MultivariateNormal` make a mixture of rows, whose
        parameters are ``mean1``, ``cov1``, ``mean2``, …
    weights : free or sequence of float
        The components' shares, which add to 1. Free ones are parameters ``weight1`` … of all components but the last.

    Raises
    ------
    ParameterError
        If there are fewer than two components, or weights that are not positive or do not add to 1.

    References
    ----------
    McLachlan, Peel, *Finite Mixture Models* (2000), ch. 2.

    Examples
    --------
    >>> import mlestat as mle
    >>> d = mle.Mixture([mle.Normal(0.0, 1.0), mle.Normal(5.0, 2.0)], weights=[0.3, 0.7])
    >>> round(float(d.cdf(2.5)), 6)
    0.372092
    """

    components: Sequence[Distribution]
    weights: Any = free

    def __new__(cls, components: Sequence[Any] = (), weights: Any = free) -> Any:
        """Return a mixture of rows where a component is a family of rows (`MultivariateNormal`)."""
        listed = components if isinstance(components, (list, tuple)) else ()
        if any(isinstance(c, VectorDistribution) or c is MultivariateNormal for c in listed):
            return VectorMixture(components, weights)
        return super().__new__(cls)

    def __post_init__(self) -> None:
        parts = tuple(c() if isinstance(c, type) else c for c in self.components)
        if len(parts) < 2 or not all(isinstance(c, Distribution) for c in parts):
            raise ParameterError(f"Mixture needs at least two distributions, got {self.components!r:.80}")
        if len({c.discrete for c in parts}) > 1:
            raise ParameterError("Mixture needs components that are all continuous or all discrete")
        object.__setattr__(self, "components", parts)
        object.__setattr__(self, "weights", shares_of(self.weights, len(parts)))

    def __getattr__(self, name: str) -> Any:
        """Read a component's parameter by its numbered name."""
        if not name.startswith("_") and "components" in self.__dict__ and name in self.roles:
            return self.params[name]
        raise AttributeError(f"'Mixture' object has no attribute {name!r}")

    # -- parameters --------------------------------------------------------------------------------------

    @property
    def _weight_names(self) -> tuple[str, ...]:
        return tuple(f"weight{k + 1}" for k in range(len(self.components) - 1))

    def _names(self, k: int) -> dict[str, str]:
        """From our names of component k's parameters to its own."""
        return {f"{name}{k + 1}": name for name in self.components[k].roles}

    @property
    def roles(self) -> Mapping[str, Role]:
        """The weights but the last, then each component's parameters."""
        inner = {ours: c.roles[n] for k, c in enumerate(self.components) for ours, n in self._names(k).items()}
        return {**dict.fromkeys(self._weight_names, Role(UnitInterval())), **inner}

    @property
    def params(self) -> dict[str, Any]:
        """The parameters' values by name."""
        mine = dict(zip(self._weight_names, self.weights, strict=False))
        inner = {o: c.params[n] for k, c in enumerate(self.components) for o, n in self._names(k).items()}
        return {**mine, **inner}

    def with_values(self, values: Mapping[str, Any]) -> Self:
        """Return a copy with these parameter values, unchecked."""
        parts = [
            c.with_values({theirs: values[ours] for ours, theirs in self._names(k).items() if ours in values})
            for k, c in enumerate(self.components)
        ]
        shares = [values.get(name, w) for name, w in zip(self._weight_names, self.weights, strict=False)]
        last = free if any(is_estimated(w) for w in shares) else 1.0 - sum(shares)
        return self._copy(tuple(parts), (*shares, last))

    def in_unit(self, change: Change) -> Self:
        """Return a copy whose known values are in another unit."""
        return self._copy(tuple(c.in_unit(change) for c in self.components), self.weights)

    def _copy(self, components: Sequence[Distribution], weights: tuple[Any, ...]) -> Self:
        copy = object.__new__(type(self))
        copy.__dict__.update({"components": components, "weights": weights})
        return copy

    def check_known(self) -> None:
        """Refuse components whose known parameters were not given."""
        for c in self.components:
            c.check_known()

    @property
    def label(self) -> str:
        """What reports and sentences call the model."""
        return f"Mixture({', '.join(c.label for c in self.components)})"

    @property
    def support(self) -> Any:  # type: ignore[override]
        """Where any component has its support."""
        supports = [c.support for c in self.components]
        return supports[0] if all(s == supports[0] for s in supports) else Either.of(supports)

    @property
    def regular(self) -> bool:  # type: ignore[override]
        """Whether an observed information exists: not for components with a corner in a free parameter."""
        return all(c.regular or not c.free for c in self.components)

    @property
    def edges(self) -> tuple[str, ...]:  # type: ignore[override]
        """Parameters that are an end of a component's support."""
        return tuple(o for k, c in enumerate(self.components) for o, n in self._names(k).items() if n in c.edges)

    @property
    def solver(self) -> str:  # type: ignore[override]
        """How the maximum is found, in words."""
        how = "expectation and maximisation from several starts, then Newton"
        return how + ", numerical derivatives" * self.numerical

    @property
    def numerical(self) -> bool:  # type: ignore[override]
        """Whether derivatives of a component are differences."""
        return any(c.numerical for c in self.components)

    # -- density -----------------------------------------------------------------------------------------

    def _terms(self, x: Array) -> Terms:
        inside = [c.support.contains(x) for c in self.components]
        clean = [np.where(i, x, c.support.inside) for i, c in zip(inside, self.components, strict=True)]
        terms = [c._terms(v) for c, v in zip(self.components, clean, strict=True)]
        heights = [np.where(i, c._logpdf(t), -math.inf) for i, c, t in zip(inside, self.components, terms, strict=True)]
        derivatives = [(c._score(t), c._hessian(t)) for c, t in zip(self.components, terms, strict=True)]
        value, g, h = self._mixed(heights, derivatives)
        return (value, *g, *(h[i][j] for i in range(len(g)) for j in range(i + 1)))

    def _mixed(self, heights: list[Array], derivatives: list[tuple[Vector, Matrix]]) -> tuple[Array, Vector, Matrix]:
        """Log of the weighted sum of exp(heights), with first and second derivatives in all parameters."""
        logs = [np.log(w) + v for w, v in zip(self.weights, heights, strict=True)]
        top = logs[0]
        for other in logs[1:]:
            top = np.maximum(top, other)
        top = np.where(np.isfinite(top), top, 0.0)
        shares = [np.exp(v - top) for v in logs]
        total = shares[0]
        for other in shares[1:]:
            total = total + other
        value, inverse = top + np.log(total), 1.0 / total
        shares = [v * inverse for v in shares]
        slopes = [r / w for r, w in zip(shares, self.weights, strict=True)]
        m = len(self._weight_names)
        first = [slopes[j] - slopes[m] for j in range(m)]
        second: dict[tuple[int, int], Array] = {}
        at = m
        for k, (s, h) in enumerate(derivatives):
            for i in range(len(s)):
                for j in range(m):  # of the weighted sum itself, before the product of scores is taken off
                    slope = slopes[k] if k == j else (-slopes[m] if k == m else 0.0)
                    second[at + i, j] = slope * s[i]
                for j in range(i + 1):
                    second[at + i, at + j] = shares[k] * (h[i][j] + s[i] * s[j])
            first += [shares[k] * v for v in s]
            at += len(s)
        size = len(first)
        rows = [[second.get((i, j), 0.0) - first[i] * first[j] for j in range(i + 1)] for i in range(size)]
        full = tuple(tuple(rows[max(i, j)][min(i, j)] for j in range(size)) for i in range(size))
        return value, tuple(first), full

    def _logpdf(self, t: Terms) -> Array:
        return t[0]

    def _score(self, t: Terms) -> Vector:
        return t[1 : len(self.roles) + 1]

    def _hessian(self, t: Terms) -> Matrix:
        k = len(self.roles)
        lower = t[k + 1 :]
        return tuple(tuple(lower[max(i, j) * (max(i, j) + 1) // 2 + min(i, j)] for j in range(k)) for i in range(k))

    def _slopes(self, x: Array) -> tuple[list[Array], Array, Array]:
        """Responsibilities, and first and second derivative of log f in x."""
        logs = [np.log(w) + c._logpdf(c._terms(x)) for w, c in zip(self.weights, self.components, strict=True)]
        shares = [np.exp(v - sc.logsumexp(np.stack(logs), axis=0)) for v in logs]
        d = [c._dlogpdf(x) for c in self.components]
        first = sum(r * v for r, v in zip(shares, d, strict=True))
        bends = (r * (c._d2logpdf(x) + v * v) for r, c, v in zip(shares, self.components, d, strict=True))
        return shares, first, sum(bends) - first * first

    def _dlogpdf(self, x: Array) -> Array:
        return self._slopes(x)[1]

    def _d2logpdf(self, x: Array) -> Array:
        return self._slopes(x)[2]

    # -- probabilities -----------------------------------------------------------------------------------

    def _weighted(self, values: Iterable[Array]) -> Array:
        return sum(w * v for w, v in zip(self.weights, values, strict=True))

    def _cdf(self, x: Array) -> Array:
        return self._weighted(c.cdf(x) for c in self.components)

    def _sf(self, x: Array) -> Array:
        return self._weighted(c.sf(x) for c in self.components)

    def _logcdf(self, x: Array) -> Array:
        logs = [np.log(w) + c.logcdf(x) for w, c in zip(self.weights, self.components, strict=True)]
        return sc.logsumexp(np.stack(np.broadcast_arrays(*logs)), axis=0)

    def _logsf(self, x: Array) -> Array:
        logs = [np.log(w) + c.logsf(x) for w, c in zip(self.weights, self.components, strict=True)]
        return sc.logsumexp(np.stack(np.broadcast_arrays(*logs)), axis=0)

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail(x, [c.logcdf(x) for c in self.components], "_logcdf_derivatives")

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail(x, [c.logsf(x) for c in self.components], "_logsf_derivatives")

    def _tail(self, x: Array, heights: list[Array], member: str) -> tuple[Vector, Matrix]:
        parts = []
        for c in self.components:
            inside = c.support.contains(np.floor(x)) if c.discrete else c.support.contains(x)
            g, h = getattr(c, member)(np.where(inside, x, c.support.inside))
            parts.append(
                (
                    tuple(np.where(inside, v, 0.0) for v in g),
                    tuple(tuple(np.where(inside, v, 0.0) for v in row) for row in h),
                )
            )
        return self._mixed(heights, parts)[1:]

    def _ppf(self, q: Array) -> Array:
        ends = [
            np.stack([c.ppf(q) for c in self.components]).min(0),
            np.stack([c.ppf(q) for c in self.components]).max(0),
        ]
        return inverted(lambda x: self._cdf(x) >= q, *ends, whole=self.discrete)

    def _isf(self, q: Array) -> Array:
        ends = [
            np.stack([c.isf(q) for c in self.components]).min(0),
            np.stack([c.isf(q) for c in self.components]).max(0),
        ]
        return inverted(lambda x: self._sf(x) <= q, *ends, whole=self.discrete)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        which = rng.choice(len(self.components), size=size, p=np.asarray(self.weights, dtype=float))
        out = np.empty(size)
        for k, c in enumerate(self.components):
            at = which == k
            out[at] = c._sample(rng, (int(at.sum()),))
        return out

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        """From the components' central moments, moved to the common mean."""
        moments = [c._moments() for c in self.components]
        mean = self._weighted(m[0] for m in moments)
        second, third, fourth = 0.0, 0.0, 0.0
        for w, (m, v, skew, kurtosis) in zip(self.weights, moments, strict=True):
            d, three, four = m - mean, skew * v**1.5, kurtosis * v * v
            second += w * (v + d * d)
            third += w * (three + 3.0 * d * v + d**3)
            fourth += w * (four + 4.0 * d * three + 6.0 * d * d * v + d**4)
        return mean, second, third / second**1.5, fourth / (second * second)

    def _fisher(self) -> Matrix:
        return score_covariance(self)

    # -- starts --------------------------------------------------------------------------------------------

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        return self._starts(x, w)[0]

    def _starts(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> tuple[Mapping[str, float], ...]:
        """What the components' own starts make of some partitions: for a mixture inside a wrapper."""
        every = list(self.partitions(x))
        return tuple(self._rough(x, w, shares) for shares in every[:: max(1, len(every) // 6)])

    def _rough(
        self, x: NDArray[np.float64], w: NDArray[np.float64], shares: NDArray[np.float64]
    ) -> Mapping[str, float]:
        """The member that each component's own start makes of the rows it is responsible for."""
        parts = []
        for c, r in zip(self.components, shares, strict=True):
            kept = r * w > 0.0
            table, guess = c.roles, c._start(x[kept], (w * r)[kept]) if kept.any() else {}
            values = {n: guess.get(n, math.nan) for n in c.free}
            parts.append(c.with_values({n: _inside(v, table[n].support) for n, v in values.items()}))
        mass = shares @ w / np.sum(w)
        found = [float(m) if is_estimated(v) else v for m, v in zip(mass, self.weights, strict=True)]
        return self._copy(tuple(parts), tuple(found)).params

    def partitions(self, x: NDArray[np.float64]) -> Iterable[NDArray[np.float64]]:
        """Yield responsibilities to begin with, shape (components, rows): by quantiles, by distance, at random.

        Where the families differ, each is also given the parts in the opposite order.
        """
        k = len(self.components)
        inside = np.stack([np.broadcast_to(c.support.contains(x), x.shape) for c in self.components])
        orders = (
            [slice(None)]
            if len({(type(c), c.free) for c in self.components}) == 1
            else [slice(None), slice(None, None, -1)]
        )
        for which in _groups(x, k):
            for order in orders:
                member = (which == np.arange(k)[order, None]).astype(np.float64)
                yield np.where(inside, (1.0 - BLUR) * member + BLUR / k, 0.0)

    def ordered(self, asked: Mixture) -> Mixture:
        """Put components of one family, all free, in the order of their first parameter."""
        kinds = {type(c) for c in asked.components}
        open_ = all(c.free == tuple(c.roles) for c in asked.components) and all(is_estimated(v) for v in asked.weights)
        if len(kinds) > 1 or not open_ or any(c.priors for c in asked.components):
            return self
        order = sorted(range(len(self.components)), key=lambda k: float(next(iter(self.components[k].params.values()))))
        return self._copy(tuple(self.components[k] for k in order), tuple(self.weights[k] for k in order))

    # -- limits --------------------------------------------------------------------------------------------

    def _specials(self) -> tuple[Special, ...]:
        """A component's limits, the others as they are; of counts also one component alone."""
        found = [s for k, c in enumerate(self.components) for special in c._specials() for s in self._with(k, special)]
        return (*found, *self._alone())

    def _with(self, k: int, special: Special) -> Iterator[Special]:
        """The mixture with component k replaced by what it tends to."""
        if not special.is_limit:
            return
        parts = [special.model if j == k else c for j, c in enumerate(self.components)]
        model = self._copy(tuple(parts), self.weights)
        same = {n: n for n in model.roles if n in self.roles and not n.endswith(f"{k + 1}")}
        theirs = {f"{ours}{k + 1}": f"{name}{k + 1}" for ours, name in special.names.items()}
        ends = {f"{name}{k + 1}": end for name, end in special.moving.items()}
        same |= {n: n for n in self._weight_names}
        yield Special(
            model.label, f"{special.parameter}{k + 1}", special.value, model, {**same, **theirs}, ends,
            None if special.towards is None else _Path(k, special, tuple(same)), special.ridge, special.at_edge,
        )  # fmt: skip

    def _alone(self) -> Iterator[Special]:
        """One of two free components of counts alone, as its weight goes to 1: what data that vary little leave."""
        free_ = all(c.free == tuple(c.roles) and not c.priors for c in self.components)
        if len(self.components) != 2 or not self.discrete or not free_ or not is_estimated(self.weights[0]):
            return
        c = self.components[0]
        if type(c) is type(self.components[1]):
            rest = dict.fromkeys(self._names(1), math.nan)
            yield Special(c.label, "weight1", 1.0, c, self._names(0), rest, at_edge=True)

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        """One component at the place is enough for a density; of counts, all of the probability must go there."""
        for k, part in enumerate(self.components):
            inner = part._collapse(c)
            if inner is not None and all(is_estimated(v) for v in self.weights):
                ends = {f"{name}{k + 1}": end for name, end in inner.items()}
                return {**dict.fromkeys(self.free, math.nan), **ends}
        return None

    def _unbounded(self) -> str | None:
        if self.discrete or not any(_can_shrink(c) for c in self.components):
            return None
        return (
            "as one component shrinks onto a single value (starts in which one holds under "
            f"{LEAST:g} rows, or rows of one value alone, are discarded)"
        )


@dataclass(frozen=True)
class _Path:
    """The way to a limit of component k, the others as they are."""

    k: int
    special: Special
    same: tuple[str, ...]

    def __call__(self, member: Distribution, value: float) -> Mapping[str, float]:
        assert isinstance(member, Mixture)
        assert self.special.towards is not None
        inner = self.special.towards(member.components[self.k], value)
        params = member.params
        return {**{n: params[n] for n in self.same}, **{f"{n}{self.k + 1}": v for n, v in inner.items()}}


def _can_shrink(c: Distribution) -> bool:
    """Whether a component's scale is free, so that it may be concentrated at a value."""
    return any(role.unit is not None and not role.is_location and n in c.free for n, role in c.roles.items())


def _inside(value: float, support: Support) -> float:
    return float(value) if support.contains(np.float64(value)) else support.inside


def _groups(x: NDArray[np.float64], k: int) -> Iterable[NDArray[np.intp]]:
    """Yield the number of each row's group: by rank, by distance from the middle, then by centres, cuts and windows."""
    rank = np.argsort(np.argsort(x, kind="stable"), kind="stable") / x.size
    yield np.minimum((rank * k).astype(np.intp), k - 1)
    yield np.minimum((np.abs(rank - 0.5) * 2.0 * k).astype(np.intp), k - 1)
    rng = np.random.default_rng(0)  # part of the method, so that a fit is the same each time
    for i in range(SPLITS):
        if i % 3 == 0:
            centres = np.sort(rng.choice(x, size=k, replace=x.size < k))
            yield np.argmin(np.abs(x - centres[:, None]), axis=0)
            continue
        cuts = np.sort(rng.beta(0.5, 0.5, size=k - 1))  # near the ends as often as between: tails and outliers
        group = np.searchsorted(cuts, rank)
        if i % 3 == 1:
            yield group
        else:  # a cluster inside one of the others
            low = rng.random()
            yield np.where((low < rank) & (rank < low + 0.3 * rng.random()), rng.integers(k), group)


def shares_of(weights: Any, k: int) -> tuple[Any, ...]:
    """Return the weights, one per component, if they are free or add to 1."""
    if weights is free:
        return (free,) * k
    values = tuple(weights)
    if len(values) == k and all(v is free for v in values):
        return values
    sound = len(values) == k and all(isinstance(v, (int, float, np.number)) and 0.0 < v < 1.0 for v in values)
    if not sound or abs(math.fsum(float(v) for v in values) - 1.0) > 1e-9:
        raise ParameterError(
            f"weights must be free, or {k} numbers in (0, 1) that add to 1, got {weights!r:.60}; divide them by "
            f"their sum"
        )
    return tuple(float(v) for v in values)
