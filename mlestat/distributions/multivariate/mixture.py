r"""VectorMixture: several multivariate normal distributions, each with its weight, as `Mixture` makes of them.

Density :math:`f = \sum_k w_k f_k`. With the responsibilities r_k = w_k f_k / f the derivatives of log f are

- in the parameters of component k: r_k s_k; second r_k (h_k + s_k s_kᵀ) minus the product of the scores;
- in the weight j (the last weight is 1 less the others): r_j/w_j - r_K/w_K.

- MLE: expectation and maximisation (Dempster, Laird, Rubin 1977) from several starts, then Newton's steps, which also
  give the covariance. Components that are wholly free are put in the order of the first entry of their means.
- The likelihood is unbounded as a component shrinks onto a plane that holds d of the rows (Day 1969; Kiefer, Wolfowitz
  1956). What is reported is the highest interior maximum.

References: McLachlan, Peel, *Finite Mixture Models* (2000), ch. 3. Derivation: docs/theory/vector_mixtures.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, absolute, exp, log, log1p, namespace, where
from mlestat.distributions.multivariate.base import VectorDistribution, VectorMoments
from mlestat.distributions.multivariate.domains import Domain, Share
from mlestat.distributions.multivariate.linear import joined
from mlestat.distributions.multivariate.normal import MultivariateNormal
from mlestat.distributions.multivariate.rows import RealRows
from mlestat.distributions.parameters import free
from mlestat.errors import InputError, ParameterError

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class VectorMixture(VectorDistribution):
    """A mixture of multivariate normal distributions, made by `Mixture([MultivariateNormal(), …])`.

    Parameters
    ----------
    components : sequence of MultivariateNormal
        At least two, of one size. Their parameters are numbered: ``mean1``, ``cov1``, ``mean2``, …
    weights : free or sequence of float
        The components' shares, which add to 1. Free ones are parameters ``weight1`` … of all components but the last.

    Raises
    ------
    ParameterError
        If a component is of another family or size, or weights are not positive or do not add to 1.

    References
    ----------
    McLachlan, Peel, *Finite Mixture Models* (2000), ch. 3.

    Examples
    --------
    >>> import mlestat as mle
    >>> one, two = mle.MultivariateNormal([0, 0], [[1, 0], [0, 1]]), mle.MultivariateNormal([4, 0], [[1, 0], [0, 2]])
    >>> d = mle.Mixture([one, two], weights=[0.3, 0.7])
    >>> d.moments().mean.tolist()
    [2.8, 0.0]
    """

    components: Sequence[MultivariateNormal]
    weights: Any = free

    def __post_init__(self) -> None:
        from mlestat.distributions.mixture import shares_of

        parts = tuple(c() if isinstance(c, type) else c for c in self.components)
        strange = [c for c in parts if not isinstance(c, MultivariateNormal)]
        if strange or len(parts) < 2:
            what = f"got {strange[0]!r:.60}" if strange else "got one"
            raise ParameterError(
                f"a mixture of rows of numbers needs two or more MultivariateNormal components, {what}; other "
                "families of rows cannot be mixed"
            )
        if len(sizes := {c.size for c in parts if c.size is not None}) > 1:
            raise ParameterError(f"the components have {sorted(sizes)} dimensions; give all of them the same number")
        object.__setattr__(self, "components", parts)
        object.__setattr__(self, "weights", shares_of(self.weights, len(parts)))

    def __getattr__(self, name: str) -> Any:
        """Read a component's parameter by its numbered name."""
        if not name.startswith("_") and "components" in self.__dict__ and name in self.domains:
            return self.params[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    # -- parameters ----------------------------------------------------------------------------------------

    @property
    def weight_names(self) -> tuple[str, ...]:
        """Names of the weights that are parameters: all but the last."""
        return tuple(f"weight{k + 1}" for k in range(len(self.components) - 1))

    @property
    def domains(self) -> Mapping[str, Domain]:
        """The weights but the last, then each component's parameters."""
        inner = {f"{n}{k + 1}": d for k, c in enumerate(self.components) for n, d in c.domains.items()}
        return {**dict.fromkeys(self.weight_names, Share()), **inner}

    @property
    def params(self) -> dict[str, Any]:
        """The parameters' values by name."""
        inner = {f"{n}{k + 1}": v for k, c in enumerate(self.components) for n, v in c.params.items()}
        return {**dict(zip(self.weight_names, self.weights, strict=False)), **inner}

    @property
    def size(self) -> int | None:
        """Number of columns; None while no component tells."""
        return next((c.size for c in self.components if c.size is not None), None)

    def with_values(self, values: Mapping[str, Any]) -> Self:
        """Return a copy with these parameter values, unchecked."""
        parts = tuple(
            c.with_values({n: values[ours] for n in c.params if (ours := f"{n}{k + 1}") in values})
            for k, c in enumerate(self.components)
        )
        shares = [values.get(name, w) for name, w in zip(self.weight_names, self.weights, strict=False)]
        last = free if any(w is free for w in shares) else 1.0 - sum(shares)
        return self.copy_with(parts, (*shares, last))

    def copy_with(self, components: tuple[MultivariateNormal, ...], weights: tuple[Any, ...]) -> Self:
        """Return a copy of these components and weights, unchecked."""
        copy = object.__new__(type(self))
        copy.__dict__.update({"components": components, "weights": weights})
        return copy

    @property
    def label(self) -> str:
        """What reports and sentences call the model."""
        return f"Mixture({', '.join(c.label for c in self.components)})"

    @property
    def solver(self) -> str:  # type: ignore[override]
        """How the maximum is found, in words."""
        return "expectation and maximisation from several starts, then Newton"

    @property
    def support(self) -> RealRows:
        """Rows of finite numbers."""
        return RealRows(self.size or 0)

    def __repr__(self) -> str:
        return f"Mixture([{', '.join(map(repr, self.components))}], weights={self.weights!r})"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.components == other.components and self.weights == other.weights

    __hash__ = VectorDistribution.__hash__

    # -- density ---------------------------------------------------------------------------------------------

    def _logs(self, x: Array) -> list[Array]:
        return [log_share(w) + c._logpdf(x) for w, c in zip(self.weights, self.components, strict=True)]

    def _logpdf(self, x: Array) -> Array:
        logs = self._logs(x)
        total = logs[0]
        for other in logs[1:]:
            gap = other - total
            total = where(gap > 0.0, other, total) + log1p(exp(-absolute(gap)))
        return total

    def _memberships(self, x: Array) -> Array:
        logs = self._logs(x)
        total = self._logpdf(x)
        return namespace(total).stack([exp(v - total) for v in logs], -1)

    def _score(self, x: Array) -> Array:
        shares = self._memberships(x)
        inner = [shares[..., k, None] * c._score(x) for k, c in enumerate(self.components)]
        return joined([*self._weight_scores(shares), *inner])

    def _weight_scores(self, shares: Array) -> list[Array]:
        last = len(self.components) - 1
        ratio = [shares[..., k, None] / w for k, w in enumerate(self.weights)]
        return [ratio[k] - ratio[last] for k in range(last)]

    def _hessian(self, x: Array) -> Array:
        """Blocks of the components and the mixed ones of the weights, less the product of the scores."""
        shares, scores = self._memberships(x), [c._score(x) for c in self.components]
        whole = joined([*self._weight_scores(shares), *(shares[..., k, None] * s for k, s in enumerate(scores))])
        last, rows = len(self.components) - 1, []
        slopes = [(shares[..., k, None] / w) * s for k, (w, s) in enumerate(zip(self.weights, scores, strict=True))]
        for j in range(last):
            mixed = [slope * (1.0 if k == j else -1.0 if k == last else 0.0) for k, slope in enumerate(slopes)]
            rows.append(joined([0.0 * whole[..., :last], *mixed])[..., None, :])
        for k, (c, s) in enumerate(zip(self.components, scores, strict=True)):
            own = shares[..., k, None, None] * (c._hessian(x) + s[..., :, None] * s[..., None, :])
            with_weights = joined(
                [row[..., 0, last + k * s.shape[-1] : last + (k + 1) * s.shape[-1], None] for row in rows[:last]]
            )
            blocks = [own if i == k else 0.0 * own for i in range(last + 1)]
            rows.append(joined([with_weights, *blocks]))
        return joined(rows, -2) - whole[..., :, None] * whole[..., None, :]

    def _dlogpdf(self, x: Array) -> Array:
        shares = self._memberships(x)
        return sum(shares[..., k, None] * c._dlogpdf(x) for k, c in enumerate(self.components))

    def _fisher(self) -> Floats:
        raise InputError(
            f"the expected information of {self.label} is an integral over all dimensions without a formula; use the "
            "observed information of a fit"
        )

    def _moments(self) -> VectorMoments:
        w = np.array(self.weights, dtype=float)
        means = np.stack([c.mean for c in self.components])
        mean = w @ means
        inner = sum(v * c.cov for v, c in zip(w, self.components, strict=True))
        return VectorMoments(mean, inner + ((means - mean).T * w) @ (means - mean))

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        which = rng.choice(len(self.components), size=size, p=np.array(self.weights, dtype=float))
        out = np.empty((*size, self.size or 0))
        for k, c in enumerate(self.components):
            at = which == k
            out[at] = c._sample(rng, (int(at.sum()),))
        return out

    def memberships(self, x: Array) -> Array:
        """Return the probability that each row comes from each component.

        Parameters
        ----------
        x : array_like, shape (…, d)
            Rows.

        Returns
        -------
        array, shape (…, K)
            Each row of it adds to 1.

        Examples
        --------
        >>> import mlestat as mle
        >>> c = [mle.MultivariateNormal([m, 0], [[1, 0], [0, 1]]) for m in (0, 2)]
        >>> mle.Mixture(c, weights=[0.5, 0.5]).memberships([1.0, 0.0]).tolist()
        [0.5, 0.5]
        """
        return self._masked("memberships", x, math.nan, 1)

    def marginal(self, columns: int | Sequence[int]) -> Any:
        """Return the distribution of some columns: the mixture of the components' own.

        Examples
        --------
        >>> import mlestat as mle
        >>> c = [mle.MultivariateNormal([m, 0], [[1, 0], [0, 1]]) for m in (0, 2)]
        >>> mle.Mixture(c, weights=[0.5, 0.5]).marginal(0).moments().mean
        1.0
        """
        from mlestat.distributions.mixture import Mixture

        self._known("marginal")
        return Mixture([c.marginal(columns) for c in self.components], weights=self.weights)


def log_share(w: Array) -> Array:
    """Return log w; NumPy's for a plain number."""
    return log(np.float64(w)) if isinstance(w, (int, float)) else log(w)
