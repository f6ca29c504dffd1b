r"""Multivariate normal distribution.

Density :math:`f(x) = (2\pi)^{-d/2} |\Sigma|^{-1/2} \exp(-\tfrac12 r^\top \Sigma^{-1} r)`, r = x - μ, any real x of d
dimensions. With A = Σ⁻¹, u = A r and Σ = L Lᵀ:

- Log-density: :math:`-\tfrac12 |L^{-1}r|^2 - \sum\log L_{ii} - \tfrac d2\log 2\pi`.
- Score: u in μ; :math:`\tfrac12(uu^\top - A)` in Σ, doubled off the diagonal, where one number moves two entries.
- Hessian: -A in μ; :math:`-(A_{ai}u_j + A_{aj}u_i)` mixed; and in :math:`\Sigma_{ij}, \Sigma_{kl}`
  :math:`A_{ik}A_{jl} + A_{il}A_{jk} - u_iA_{jk}u_l - u_iA_{jl}u_k - u_jA_{ik}u_l - u_jA_{il}u_k`;
  each index pair on the diagonal brings a factor ½.
- Fisher information: A in μ, :math:`A_{ik}A_{jl} + A_{il}A_{jk}` in Σ (same factors), none mixed.
- MLE: :math:`\hat\mu = \bar x`, :math:`\hat\Sigma = \tfrac1n\sum(x_i-\bar x)(x_i-\bar x)^\top`; with μ known, about μ.
  Its covariance: Σ/n, and :math:`(\Sigma_{ik}\Sigma_{jl} + \Sigma_{il}\Sigma_{jk})/n`.

References: Anderson, *An Introduction to Multivariate Statistical Analysis*, 3rd ed. (2003), sec. 2.3, th. 3.2.1, th.
3.4.4; Magnus, Neudecker, *Matrix Differential Calculus*, 3rd ed. (2019), ch. 15. Derivation:
docs/theory/families/multivariate_normal.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlestat.arrays import Array, log, namespace, sqrt
from mlestat.distributions.evaluation import as_float
from mlestat.distributions.multivariate.base import VectorDistribution, VectorMoments, vector_parameter
from mlestat.distributions.multivariate.domains import PositiveDefinite, RealVector
from mlestat.distributions.multivariate.linear import (
    cholesky,
    halves,
    inverse_of_lower,
    joined,
    like,
    solve_lower,
    spread_to,
    triangle,
)
from mlestat.distributions.multivariate.rows import RealRows
from mlestat.distributions.normal import Normal
from mlestat.distributions.parameters import Parameter
from mlestat.errors import InputError
from mlestat.special import HALF_LOG_2PI

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class MultivariateNormal(VectorDistribution):
    """Multivariate normal distribution with mean vector `mean` and covariance matrix `cov`.

    Parameters
    ----------
    mean : array_like, shape (d,), or free
        Mean, in units of x.
    cov : array_like, shape (d, d), or free
        Covariance matrix, symmetric positive definite.

    Raises
    ------
    ParameterError
        If `cov` is not square, symmetric or positive definite, or the sizes differ.

    References
    ----------
    Anderson, *An Introduction to Multivariate Statistical Analysis*, 3rd ed. (2003), sec. 2.3.

    Examples
    --------
    >>> import mlestat as mle
    >>> f = mle.fit(mle.MultivariateNormal(), [[1.0, 2.0], [3.0, 2.0], [2.0, 5.0]])
    >>> f.params["mean"].tolist(), f.free
    ([2.0, 3.0], ('mean[0]', 'mean[1]', 'cov[0,0]', 'cov[0,1]', 'cov[1,1]'))
    """

    mean: Parameter = vector_parameter(RealVector())
    cov: Parameter = vector_parameter(PositiveDefinite())

    solver = "closed form"
    aliases: ClassVar[tuple[str, ...]] = ("mvn", "mvnormal")

    @property
    def support(self) -> RealRows:
        """Rows of finite numbers."""
        return RealRows(self.size or 0)

    def _logpdf(self, x: Array) -> Array:
        factor = cholesky(self.cov)
        diagonal = namespace(factor).diagonal(factor)
        squares = self._squares(x, factor)
        return -0.5 * squares - log(diagonal).sum() - len(self.mean) * HALF_LOG_2PI

    def _squares(self, x: Array, factor: Array) -> Array:
        """Squared distances rᵀ Σ⁻¹ r."""
        r = x - self.mean
        z = solve_lower(factor, r.reshape(-1, r.shape[-1]).T)
        return (z * z).sum(0).reshape(r.shape[:-1])

    def _precision(self) -> Array:
        inverse = inverse_of_lower(cholesky(self.cov))
        return inverse.T @ inverse

    def _dlogpdf(self, x: Array) -> Array:
        return -(x - self.mean) @ self._precision()

    def _score(self, x: Array) -> Array:
        a = self._precision()
        u = (x - self.mean) @ a
        i, j = triangle(len(self.mean))
        return joined([u, (u[..., i] * u[..., j] - a[i, j]) * like(halves(len(self.mean)), a)])

    def _hessian(self, x: Array) -> Array:
        a = self._precision()
        u = (x - self.mean) @ a
        return second_derivatives(a, u, u[..., :, None] * u[..., None, :])

    def _fisher(self) -> Floats:
        a = self._precision()
        d = len(self.mean)
        i, j = triangle(d)
        corner = _pairs(a, i, j) * (halves(d) * halves(d)[:, None])
        return np.asarray(_blocks(a, np.zeros((d, i.size)), corner))

    def _moments(self) -> VectorMoments:
        return VectorMoments(self.mean, self.cov)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return self.mean + rng.standard_normal((*size, len(self.mean))) @ cholesky(self.cov).T

    # -- beyond what all families of rows have ---------------------------------------------------------------

    def mahalanobis(self, x: Array) -> Array:
        """Return the distance of each row from the mean in units of the covariance; its square is χ²(d).

        Parameters
        ----------
        x : array_like, shape (…, d)
            Rows.

        Examples
        --------
        >>> import mlestat as mle
        >>> float(mle.MultivariateNormal([0, 0], [[4, 0], [0, 1]]).mahalanobis([2.0, 0.0]))
        1.0
        """
        return self._masked("mahalanobis", x, math.nan)

    def _mahalanobis(self, x: Array) -> Array:
        return sqrt(self._squares(x, cholesky(self.cov)))

    def cdf(self, x: ArrayLike) -> Array:
        """Return P(X₁ ≤ x₁, …, X_d ≤ x_d), by scipy: good to about 1e-5, unlike the rest of this library.

        One dimension is exact. Infinite entries are open ends.

        References
        ----------
        Genz, Bretz, *Computation of Multivariate Normal and t Probabilities* (2009); `scipy.stats.multivariate_normal`.

        Examples
        --------
        >>> import mlestat as mle
        >>> round(float(mle.MultivariateNormal([0, 0], [[1, 0.5], [0.5, 1]]).cdf([0.0, 0.0])), 4)
        0.3333
        """
        self._known("cdf")
        rows = as_float(x)
        self._check_columns(rows)
        if len(self.mean) == 1:
            return self.marginal(0).cdf(rows[..., 0])
        from scipy.stats import multivariate_normal

        unit = np.sqrt(np.diag(self.cov))
        return multivariate_normal.cdf((rows - self.mean) / unit, cov=self.cov / unit / unit[:, None], rng=0)

    def marginal(self, columns: int | Sequence[int]) -> Any:
        """Return the distribution of some columns: `Normal` for one position, else `MultivariateNormal`.

        Examples
        --------
        >>> import mlestat as mle
        >>> d = mle.MultivariateNormal([0, 1, 2], [[4, 1, 0], [1, 9, 0], [0, 0, 1]])
        >>> d.marginal(1), d.marginal([0, 1])
        (Normal(mu=1.0, sigma=3.0), MultivariateNormal(mean=[0, 1], cov=[[4, 1], [1, 9]]))
        """
        self._known("marginal")
        at = _positions(columns, len(self.mean))
        if np.ndim(columns) == 0:
            return Normal(float(self.mean[at[0]]), float(np.sqrt(self.cov[at[0], at[0]])))
        return MultivariateNormal(self.mean[at], self.cov[np.ix_(at, at)])

    def conditional(self, given: Mapping[int, float]) -> MultivariateNormal:
        """Return the distribution of the other columns, in order, where some have known values.

        With the known ones as part 2: mean μ₁ + Σ₁₂ Σ₂₂⁻¹ (x₂ - μ₂), covariance Σ₁₁ - Σ₁₂ Σ₂₂⁻¹ Σ₂₁ (Anderson 2003,
        th. 2.5.1).

        Parameters
        ----------
        given : mapping
            From positions of columns to their values.

        Examples
        --------
        >>> import mlestat as mle
        >>> mle.MultivariateNormal([0, 0], [[1, 0.5], [0.5, 1]]).conditional({1: 2.0})
        MultivariateNormal(mean=[1], cov=[[0.75]])
        """
        self._known("conditional")
        known = _positions(list(given), len(self.mean))
        rest = [i for i in range(len(self.mean)) if i not in known]
        if not rest:
            raise InputError(f"all {len(known)} columns are given, so nothing is left; leave at least one out")
        inverse = inverse_of_lower(cholesky(self.cov[np.ix_(known, known)]))
        across = inverse @ self.cov[np.ix_(known, rest)]
        gap = inverse @ (np.array(list(given.values()), dtype=float) - self.mean[known])
        return MultivariateNormal(self.mean[rest] + gap @ across, self.cov[np.ix_(rest, rest)] - across.T @ across)


def second_derivatives(a: Array, u: Array, uu: Array) -> Array:
    """Return the Hessian from the precision matrix A, u = A r and u uᵀ; affine in u and u uᵀ, so it takes means too."""
    d = len(a)
    i, j = triangle(d)
    k, m = i[:, None], j[:, None]
    half = like(halves(d), a)
    mixed = -(a[:, i] * u[..., None, j] + a[:, j] * u[..., None, i]) * half
    bent = uu[..., k, j] * a[m, i] + uu[..., k, i] * a[m, j] + uu[..., m, j] * a[k, i] + uu[..., m, i] * a[k, j]
    corner = (_pairs(a, i, j) - bent) * (half * half[:, None])
    return _blocks(spread_to(-a, (*u.shape[:-1], d, d)), mixed, corner)


def _pairs(a: Array, i: NDArray[np.intp], j: NDArray[np.intp]) -> Array:
    """A_ik A_jl + A_il A_jk for all pairs (i, j) and (k, l) of the triangle."""
    return a[i[:, None], i] * a[j[:, None], j] + a[i[:, None], j] * a[j[:, None], i]


def _blocks(first: Array, mixed: Array, corner: Array) -> Array:
    """Put the blocks of a symmetric matrix together; `mixed` may stand for many rows, and `corner` for one."""
    shape = np.broadcast_shapes(first.shape[:-2], mixed.shape[:-2], corner.shape[:-2])
    first, mixed, corner = (spread_to(v, (*shape, *v.shape[-2:])) for v in (first, mixed, corner))
    swapped = namespace(mixed).swapaxes(mixed, -1, -2)
    return joined([joined([first, mixed]), joined([swapped, corner])], -2)


def _positions(columns: int | Sequence[int], d: int) -> list[int]:
    at = [int(c) for c in np.atleast_1d(np.asarray(columns))]
    if not at or len(set(at)) < len(at) or not all(0 <= i < d for i in at):
        raise InputError(f"columns must be different positions from 0 to {d - 1}, got {columns!r:.60}")
    return at
