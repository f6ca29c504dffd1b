"""A family in other parameters: a second class, which asks the first for all that is a function of x alone.

The plain member with the same distribution gives tails, quantiles, draws, moments and derivatives in x; derivatives of
log tails in the parameters follow by the chain rule. Score, Hessian and information are the new class's own, written so
that they keep their digits where the chain rule would cancel.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mlestat.arrays import Array
from mlestat.distributions.base import Distribution, Matrix, Vector


class Change(NamedTuple):
    """How the plain parameters depend on the new ones: first derivatives by row, then a matrix of second ones each."""

    first: Matrix
    second: tuple[Matrix, ...]


class Reparametrised(Distribution):
    """Base of the families in other parameters; see its subclasses."""

    costly_tails = True

    @property
    def _plain(self) -> Distribution:
        """The same distribution in the plain parameters."""
        raise TypeError(f"{type(self).__name__} does not define _plain")

    def _change(self) -> Change:
        """Derivatives of the plain parameters in ours."""
        raise TypeError(f"{type(self).__name__} does not define _change")

    def _dlogpdf(self, x: Array) -> Array:
        return self._plain._dlogpdf(x)

    def _d2logpdf(self, x: Array) -> Array:
        return self._plain._d2logpdf(x)

    def _cdf(self, x: Array) -> Array:
        return self._plain._cdf(x)

    def _sf(self, x: Array) -> Array:
        return self._plain._sf(x)

    def _logcdf(self, x: Array) -> Array:
        return self._plain._logcdf(x)

    def _logsf(self, x: Array) -> Array:
        return self._plain._logsf(x)

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return chained(self._change(), *self._plain._logcdf_derivatives(x))

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return chained(self._change(), *self._plain._logsf_derivatives(x))

    def _ppf(self, q: Array) -> Array:
        return self._plain._ppf(q)

    def _isf(self, q: Array) -> Array:
        return self._plain._isf(q)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return self._plain._sample(rng, size)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        return self._plain._moments()


def chained(change: Change, gradient: Vector, hessian: Matrix) -> tuple[Vector, Matrix]:
    """Return derivatives in the new parameters from those in the plain ones.

    Examples
    --------
    >>> change = Change(((2.0,),), (((3.0,),),))   # plain = 2 new + 3 new²/2 at new = 0
    >>> chained(change, (5.0,), ((7.0,),))
    ((10.0,), ((43.0,),))
    """
    first, second = change
    plain, new = range(len(gradient)), range(len(first[0]))
    return (
        tuple(sum(gradient[i] * first[i][j] for i in plain) for j in new),
        tuple(
            tuple(
                sum(hessian[i][n] * first[i][j] * first[n][m] for i in plain for n in plain)
                + sum(gradient[i] * second[i][j][m] for i in plain)
                for m in new
            )
            for j in new
        ),
    )
