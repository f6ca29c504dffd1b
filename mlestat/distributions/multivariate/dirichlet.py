r"""Dirichlet distribution of shares.

Density :math:`f(x) = \Gamma(\alpha_0) \prod_j x_j^{\alpha_j-1}/\Gamma(\alpha_j)`, α₀ = Σα_j, on rows of K numbers above
0 that add to 1; it is a density in the first K - 1 of them. With m = α/α₀ and Stirling's remainder δ, in which nothing
large cancels,

.. math:: \log f = \delta(\alpha_0) - \sum\delta(\alpha_j) - \tfrac{K-1}2\log 2\pi - \tfrac12\log\alpha_0
   + \sum\bigl(\tfrac12\log\alpha_j - \log m_j + (\alpha_j-1)\log(x_j/m_j)\bigr).

- Moments: mean m, covariance (diag m - m mᵀ)/(α₀+1).
- Score: log(x_j/m_j) + h(α₀) - h(α_j), h(a) = ψ(a) - log a.
- Fisher information, and minus every Hessian: diag ψ'(α_j) - ψ'(α₀) 1 1ᵀ.
- Sufficient statistics: the means of log x_j. MLE: Newton's method, whose matrix is a diagonal less a matrix of rank
  one (Minka 2000, eq. 15-18); the log-likelihood is concave in α.

References: Johnson, Kotz, Balakrishnan, *Continuous Multivariate Distributions* vol. 1, 2nd ed. (2000), ch. 49, p. 487;
Minka, *Estimating a Dirichlet distribution* (2000). Derivation: docs/theory/families/dirichlet.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.arrays import Array, log, trigamma
from mlestat.distributions.beta import Beta
from mlestat.distributions.multivariate.base import VectorDistribution, VectorMoments, vector_parameter
from mlestat.distributions.multivariate.domains import PositiveVector
from mlestat.distributions.multivariate.linear import diagonal_matrix, spread_to
from mlestat.distributions.multivariate.rows import Simplex, position
from mlestat.distributions.parameters import Parameter
from mlestat.special import HALF_LOG_2PI, digamma_less_log, stirling


@dataclass(frozen=True, eq=False, repr=False)
class Dirichlet(VectorDistribution):
    """Dirichlet distribution of K shares that add to 1.

    Parameters
    ----------
    alpha : array_like, shape (K,), or free
        Concentrations, > 0, at least two. Their shares of the sum are the mean; the larger the sum, the narrower.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Minka, *Estimating a Dirichlet distribution* (2000).

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.fit(mle.Dirichlet(), [[0.2, 0.3, 0.5], [0.1, 0.5, 0.4], [0.3, 0.3, 0.4]])
    Fit(Dirichlet(alpha=[6.14906, 11.5683, 13.9097]), n=3, loglik=7.249, interior)
    """

    alpha: Parameter = vector_parameter(PositiveVector())

    solver = "sufficient statistics, Newton"
    aliases: ClassVar[tuple[str, ...]] = ()

    @property
    def support(self) -> Simplex:
        """Rows of shares."""
        return Simplex(self.size or 0)

    def _logpdf(self, x: Array) -> Array:
        return log_density(log(x / self._mean()), self.alpha)

    def _mean(self) -> Array:
        return self.alpha / self.alpha.sum()

    def _score(self, x: Array) -> Array:
        return log(x / self._mean()) + digamma_less_log(self.alpha.sum()) - digamma_less_log(self.alpha)

    def _hessian(self, x: Array) -> Array:
        k = len(self.alpha)
        return spread_to(trigamma(self.alpha.sum()) - diagonal_matrix(trigamma(self.alpha)), (*x.shape[:-1], k, k))

    def _dlogpdf(self, x: Array) -> Array:
        return (self.alpha - 1.0) / x

    def _fisher(self) -> NDArray[np.float64]:
        return np.asarray(np.diag(trigamma(self.alpha)) - trigamma(self.alpha.sum()))

    def _moments(self) -> VectorMoments:
        mean = self._mean()
        return VectorMoments(mean, (np.diag(mean) - np.outer(mean, mean)) / (self.alpha.sum() + 1.0))

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        """Normalised gammas in logs, so that small concentrations do not underflow: Γ(a) ~ Γ(a+1) U^{1/a}."""
        shape = (*size, len(self.alpha))
        logs = np.log(rng.gamma(self.alpha + 1.0, size=shape)) - rng.exponential(size=shape) / self.alpha
        return np.exp(logs - sc.logsumexp(logs, axis=-1, keepdims=True))

    def marginal(self, column: int) -> Beta:
        """Return the distribution of one share, a beta.

        Examples
        --------
        >>> import mlestat as mle
        >>> mle.Dirichlet([2.0, 3.0, 5.0]).marginal(0)
        Beta(a=2.0, b=8.0)
        """
        self._known("marginal")
        own = float(self.alpha[position(column, len(self.alpha))])
        return Beta(own, float(np.sum(np.delete(self.alpha, column))))


def log_density(log_ratio: Array, alpha: Array) -> Array:
    """Return the log-density from log(x/m) in the last axis; affine in it, so means of rows give means."""
    total = alpha.sum()
    constant = stirling(total) - stirling(alpha).sum() - (len(alpha) - 1.0) * HALF_LOG_2PI
    constant = constant - 0.5 * log(total) + (0.5 * log(alpha) - log(alpha / total)).sum()
    return constant + ((alpha - 1.0) * log_ratio).sum(-1)
