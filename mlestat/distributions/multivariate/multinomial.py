r"""Multinomial distribution of counts in K categories, with a known number of trials.

Probability :math:`P(x) = n!/\prod x_j! \; \prod p_j^{x_j}` on rows of K whole numbers ≥ 0 that add to n.

- Moments: mean n p, covariance n (diag p - p pᵀ).
- With d(x, μ) = x log(x/μ) + μ - x and φ(x) = log x! - x log x + x, the saddle-point form
  :math:`\log P = \varphi(n) - \sum\varphi(x_j) - \sum d(x_j, np_j)`, in which nothing large cancels (Loader 2000).
- The p are taken relative to their sum, so that each may be differentiated for itself: score x_j/p_j - n, Hessian
  -diag(x_j/p_j²) + n 1 1ᵀ, Fisher information n (diag(1/p) - 1 1ᵀ). All vanish along p itself, where only the sum
  moves.
- Sufficient statistics: Σx_j. MLE: their shares, with covariance (diag p - p pᵀ)/n; 0, on the boundary, for a category
  without a count.

References: Johnson, Kotz, Balakrishnan, *Discrete Multivariate Distributions* (1997), ch. 35, eq. 35.1, 35.6, p. 50;
Loader, *Fast and accurate computation of binomial probabilities* (2000). Derivation:
docs/theory/families/multinomial.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, where
from mlestat.distributions.base import check_parameter
from mlestat.distributions.binomial import Binomial
from mlestat.distributions.multivariate.base import VectorDistribution, VectorMoments, vector_parameter
from mlestat.distributions.multivariate.categories import as_categories, as_text
from mlestat.distributions.multivariate.domains import Probabilities
from mlestat.distributions.multivariate.linear import diagonal_matrix
from mlestat.distributions.multivariate.rows import CountRows, position
from mlestat.distributions.parameters import Parameter, Role, free
from mlestat.errors import InputError
from mlestat.special import log_factorial_remainder, poisson_deviance
from mlestat.supports import Integers


@dataclass(frozen=True, eq=False, repr=False)
class Multinomial(VectorDistribution):
    """Multinomial distribution of the counts in K categories in `n` trials.

    Parameters
    ----------
    n : int or array
        Number of trials, a whole number ≥ 0, or one for each row. It is known, never estimated; a fit reads it off the
        rows, each of which adds to its n, where it is not given.
    p : array_like, shape (K,), or free
        Probability of each category; they add to 1.
    categories : sequence, optional
        Names of the categories; a fit takes the names of the columns.

    Raises
    ------
    ParameterError
        If probabilities are negative or do not add to 1, or n is no whole number.

    References
    ----------
    Johnson, Kotz, Balakrishnan, *Discrete Multivariate Distributions* (1997), ch. 35.

    Examples
    --------
    >>> import mlestat as mle
    >>> f = mle.fit(mle.Multinomial(), [[3, 5, 2], [1, 7, 2]])
    >>> f.params["n"], f.params["p"].tolist()
    (10, [0.2, 0.6, 0.2])
    """

    n: Parameter = free
    p: Parameter = vector_parameter(Probabilities())
    categories: Sequence[Any] | None = None

    solver = "closed form"
    discrete = True
    known: ClassVar[tuple[str, ...]] = ("n",)

    def __post_init__(self) -> None:
        object.__setattr__(self, "categories", as_categories(self.categories))
        check_parameter("n", self.n, Role(Integers(0)))
        if isinstance(self.n, (list, tuple)):
            object.__setattr__(self, "n", np.asarray(self.n, dtype=np.float64))
        super().__post_init__()

    @property
    def support(self) -> CountRows:
        """Rows of counts that add to n."""
        return CountRows(self.size or 0, self.n)

    @property
    def size(self) -> int | None:
        """Number of categories; None while nothing tells."""
        return super().size if self.categories is None else len(self.categories)

    @property
    def labels(self) -> tuple[str, ...] | None:
        """Names of the categories, if there are any."""
        return None if self.categories is None else as_text(self.categories)

    def _logpdf(self, x: Array) -> Array:
        n = x.sum(-1)
        expected = n[..., None] * (self.p / self.p.sum())
        ways = log_factorial_remainder(n) - log_factorial_remainder(x).sum(-1)
        return ways - poisson_deviance(x, expected).sum(-1)

    def _score(self, x: Array) -> Array:
        return where(x > 0.0, x / self.p, 0.0 * x) - x.sum(-1)[..., None]

    def _hessian(self, x: Array) -> Array:
        bend = where(x > 0.0, x / (self.p * self.p), 0.0 * x)
        return x.sum(-1)[..., None, None] - bend[..., None] * diagonal_matrix(0.0 * self.p + 1.0)

    def _fisher(self) -> NDArray[np.float64]:
        if np.ndim(self.n):
            raise InputError("fisher is the information of one row, but n has one value per row; give a single n")
        return float(self.n) * information(self.p)

    def _moments(self) -> VectorMoments:
        if np.ndim(self.n):
            raise InputError("moments are those of one row, but n has one value per row; give a single n")
        return VectorMoments(self.n * self.p, self.n * spread(self.p))

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return rng.multinomial(np.asarray(self.n).astype(np.int64), self.p / self.p.sum(), size)

    def marginal(self, column: int) -> Binomial:
        """Return the distribution of one count, a binomial.

        Examples
        --------
        >>> import mlestat as mle
        >>> mle.Multinomial(10, [0.2, 0.3, 0.5]).marginal(2)
        Binomial(n=10, p=0.5)
        """
        self._known("marginal")
        return Binomial(self.n, float(self.p[position(column, len(self.p))]))


def spread(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return diag p - p pᵀ, the covariance of a single trial."""
    return np.diag(p) - np.outer(p, p)


def information(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return diag(1/p) - 1 1ᵀ, the information of a single trial; infinite where p is 0."""
    with np.errstate(divide="ignore"):
        return np.diag(1.0 / p) - 1.0
