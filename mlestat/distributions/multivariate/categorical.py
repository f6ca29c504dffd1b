r"""Categorical distribution: one of K labels.

Probability P(label j) = p_j.

- Moments of the indicator of the labels: mean p, covariance diag p - p pᵀ.
- The p are taken relative to their sum, so that each may be differentiated for itself: with e the indicator, score
  e_j/p_j - 1, Hessian -diag(e_j/p_j²) + 1 1ᵀ, Fisher information diag(1/p) - 1 1ᵀ.
- Sufficient statistics: how often each label occurs. MLE: the shares, with covariance (diag p - p pᵀ)/n; 0, on the
  boundary, for a category that does not occur.

References: Agresti, *Categorical Data Analysis*, 3rd ed. (2013), sec. 1.2.2, 16.1.4.
Derivation: docs/theory/families/categorical.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, log, namespace, where
from mlestat.distributions.multivariate.base import VectorDistribution, VectorMoments, vector_parameter
from mlestat.distributions.multivariate.categories import MISSING, as_categories, as_text, codes_of
from mlestat.distributions.multivariate.domains import Probabilities
from mlestat.distributions.multivariate.linear import diagonal_matrix, like
from mlestat.distributions.multivariate.multinomial import information, spread
from mlestat.distributions.multivariate.rows import LabelSet
from mlestat.distributions.parameters import Parameter, free
from mlestat.errors import ParameterError


@dataclass(frozen=True, eq=False, repr=False)
class Categorical(VectorDistribution):
    """Categorical distribution: a label, each with its probability.

    Parameters
    ----------
    p : array_like, shape (K,), or free
        Probability of each category; they add to 1.
    categories : sequence, optional
        The labels, of any kind. By default 0, 1, …, K - 1; a fit takes those that occur, in order, or all categories of
        a data frame's categorical column.

    Raises
    ------
    ParameterError
        If probabilities are negative or do not add to 1, or there is not one per category.

    References
    ----------
    Agresti, *Categorical Data Analysis*, 3rd ed. (2013), sec. 1.2.2.

    Examples
    --------
    >>> import mlestat as mle
    >>> f = mle.fit(mle.Categorical(), ["red", "blue", "red", "red"])
    >>> f.distribution
    Categorical(p=[0.25, 0.75], categories=('blue', 'red'))
    >>> f.free
    ('p[blue]', 'p[red]')
    """

    p: Parameter = vector_parameter(Probabilities())
    categories: Sequence[Any] | None = None

    solver = "closed form"
    discrete = True
    aliases: ClassVar[tuple[str, ...]] = ("multinoulli",)

    def __post_init__(self) -> None:
        object.__setattr__(self, "categories", as_categories(self.categories))
        super().__post_init__()
        if self.categories is not None and self.p is not free and len(self.p) != len(self.categories):
            raise ParameterError(
                f"p has {len(self.p)} probabilities for {len(self.categories)} categories; give one for each"
            )

    @property
    def support(self) -> LabelSet:
        """The labels."""
        return LabelSet(self.size or 0, None if self.size is None else self.names)

    @property
    def size(self) -> int | None:
        """Number of categories; None while nothing tells."""
        return super().size if self.categories is None else len(self.categories)

    @property
    def names(self) -> tuple[Any, ...]:
        """The labels: those given, else 0, 1, …, K - 1."""
        return tuple(range(self.size or 0)) if self.categories is None else tuple(self.categories)

    @property
    def labels(self) -> tuple[str, ...] | None:
        """The labels as text, if they were given."""
        return None if self.categories is None else as_text(self.categories)

    def _logpdf(self, x: Array) -> Array:
        chosen = where(x > 0.0, self.p / self.p.sum(), 0.0 * self.p + 1.0)
        return log(chosen).sum(-1)

    def _score(self, x: Array) -> Array:
        return where(x > 0.0, x / self.p, 0.0 * x) - 1.0

    def _hessian(self, x: Array) -> Array:
        bend = where(x > 0.0, x / (self.p * self.p), 0.0 * x)
        return 1.0 - bend[..., None] * diagonal_matrix(0.0 * self.p + 1.0)

    def _fisher(self) -> NDArray[np.float64]:
        return information(self.p)

    def _moments(self) -> VectorMoments:
        return VectorMoments(self.p.copy(), spread(self.p))

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        drawn = rng.choice(len(self.p), size=size, p=self.p / self.p.sum())
        return as_labels(self.names)[drawn]

    def _masked(self, doing: str, x: Array, outside: float, axes: int = 0) -> Array:
        """Evaluate the formula of that name on the indicator of each label; `outside` for labels that are none of ours.

        PyTorch and JAX know whole numbers alone: there the labels are their places 0, 1, …
        """
        self._known(doing)
        xp = namespace(x, self.p)
        member = self if xp.name == "numpy" else self.with_values({"p": xp.asarray(self.p)})
        codes = codes_of(np.asarray(x), self.names) if namespace(x).name == "numpy" else x
        places = like(np.arange(len(self.p), dtype=float), member.p)
        inside, missing = (codes >= 0) & (codes < len(self.p)), codes == MISSING
        codes = like(codes, member.p) if xp.name != "numpy" else codes
        with np.errstate(all="ignore"):
            indicator = where(where(inside, codes, 0)[..., None] == places, 1.0 + 0.0 * member.p, 0.0 * member.p)
            value = getattr(member, f"_{doing}")(indicator)
            for _ in range(axes):
                inside, missing = inside[..., None], missing[..., None]
            value = xp.where(inside, value, xp.where(missing, math.nan, outside))
        return value[()] if xp.name == "numpy" else value


def as_labels(categories: Sequence[Any]) -> NDArray[Any]:
    """Return the labels as an array of one dimension; of objects where they are of different kinds."""
    kinds = {type(label) for label in categories}
    if len(kinds) == 1 and kinds <= {int, float, bool, str}:
        return np.array(categories)
    out = np.empty(len(categories), dtype=object)
    out[:] = categories
    return out
