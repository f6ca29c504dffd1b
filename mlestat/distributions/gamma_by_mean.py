r"""Gamma distribution by its mean and shape: the form for regression, and for nearly constant data.

With mean m, shape k and q = x/m the log-density of Gamma(shape=k, scale=m/k) is
:math:`\tfrac12\log\tfrac{k}{2\pi} - \delta(k) - \log m - k\,d - \log q`, with the deviance :math:`d = q - 1 - \log q`.

- Score: :math:`k(q-1)/m` in m, :math:`\tfrac1{2k} - \delta'(k) - d` in k, δ the remainder of Stirling's series.
- Fisher information: diag(k/m², ψ'(k) - 1/k), where :math:`\psi'(k) - 1/k = \tfrac1{2k^2} + \delta''(k)` is taken
  without cancellation: the two estimates are independent, at any shape.
- Sufficient statistics: Σx and Σ log x, as Σ(q-1) and Σd at a mean near the data's, so that d keeps its digits.
- MLE: :math:`\hat m = \bar x`; :math:`\log k - \psi(k) = \bar d` (one-dimensional root).

References: McCullagh, Nelder, *Generalized Linear Models*, 2nd ed. (1989), sec. 8.2 and 8.3.2; Cox, Reid, *J. R. Stat.
Soc. B* 49 (1987) 1-39 for the orthogonality. Derivation: docs/theory/families/gamma.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, absolute, log, where
from mlestat.distributions.base import Distribution, Matrix, Special, Terms, Vector, is_estimated
from mlestat.distributions.gamma import Gamma
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.reparametrised import Change, Reparametrised, chained
from mlestat.special import (
    NEAR_ONE,
    excess,
    or_one,
    shape_from_log_ratio,
    stirling_derivative,
    stirling_second_derivative,
)
from mlestat.supports import Positive


@dataclass(frozen=True, repr=False)
class GammaByMean(Reparametrised):
    """Gamma distribution with mean `mean` and variance mean²/shape; written ``Gamma.by_mean(mean, shape)``.

    Parameters
    ----------
    mean : float, array, free or prior
        Mean, > 0, in units of x.
    shape : float, array, free or prior
        Shape, > 0: one over the squared coefficient of variation.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    McCullagh, Nelder, *Generalized Linear Models*, 2nd ed. (1989), ch. 8.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.Gamma.by_mean(mean=6.0, shape=2.0).logpdf(1.0) == mle.Gamma(shape=2.0, scale=3.0).logpdf(1.0)
    np.True_
    >>> f = mle.fit(mle.Gamma.by_mean(), [1.0, 2.0, 6.0])
    >>> f.params["mean"], round(float(f.correlation[0, 1]), 12)
    (3.0, 0.0)
    """

    mean: Parameter = parameter(Positive(), unit="data")
    shape: Parameter = parameter(Positive())

    written: ClassVar[str] = "Gamma.by_mean"
    support = Positive()
    solver = "sufficient statistics, one-dimensional root"
    sufficient = True
    guards = True

    @property
    def _plain(self) -> Distribution:
        return _GAMMA.with_values({"shape": self.shape, "scale": self.mean / self.shape})

    def _change(self) -> Change:
        """Of shape = k and scale = m/k in (m, k)."""
        m, k = self.mean, self.shape
        cross = -1.0 / (k * k)
        shape, scale = ((0.0, 0.0), (0.0, 0.0)), ((0.0, cross), (cross, 2.0 * m / k / k / k))
        return Change(((0.0, 1.0), (1.0 / k, -m / k / k)), (shape, scale))

    def _terms(self, x: Array) -> Terms:
        q = x * (1.0 / self.mean)
        e, log_q = (x - self.mean) / self.mean, log(q)
        near = absolute(e) < NEAR_ONE
        return e, where(near, excess(where(near, e, 0.0 * e)), e - log_q), log_q

    def _logpdf(self, t: Terms) -> Array:
        """That of the plain member is affine in (q - 1) - log q and log q, and the same for all that have them."""
        return self._plain._logpdf((t[1], 0.0 * t[1])) - t[2]

    def _score(self, t: Terms) -> Vector:
        return self.shape * t[0] / self.mean, (0.5 / self.shape - stirling_derivative(self.shape)) - t[1]

    def _hessian(self, t: Terms) -> Matrix:
        m, k = self.mean, self.shape
        cross = t[0] / m
        return (-k * (1.0 + 2.0 * t[0]) / m / m, cross), (cross, -self._shape_information())

    def _shape_information(self) -> Array:
        """ψ'(k) - 1/k."""
        return 0.5 / (self.shape * self.shape) + stirling_second_derivative(self.shape)

    def _dscore(self, x: Array) -> Vector:
        return self.shape / self.mean / self.mean, (1.0 - x / self.mean) / x

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        unit = self._unit
        return self._from_unit(*chained(unit._change(), *unit._plain._logcdf_derivatives(x / self.mean)))

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        unit = self._unit
        return self._from_unit(*chained(unit._change(), *unit._plain._logsf_derivatives(x / self.mean)))

    @property
    def _unit(self) -> Self:
        """The member of that shape with mean 1: in the data's unit a derivative in the scale could underflow."""
        return self.with_values({"mean": 1.0})

    def _from_unit(self, g: Vector, h: Matrix) -> tuple[Vector, Matrix]:
        m = self.mean
        cross = h[0][1] / m
        return (g[0] / m, g[1]), ((h[0][0] / m / m, cross), (cross, h[1][1]))

    def _fisher(self) -> Matrix:
        return (self.shape / self.mean / self.mean, 0.0), (0.0, self._shape_information())

    def _reference(self, mean: Array) -> Self:
        return type(self)(or_one(mean), 1.0)

    def _translate(self, t: Terms, at: Self) -> Terms:
        """With r = m₀/m: q - 1 = (r - 1) + r (q₀ - 1), d = d₀ + (r - 1 - log r) + (r - 1)(q₀ - 1)."""
        step = (at.mean - self.mean) / self.mean
        return step + (1.0 + step) * t[0], t[1] + excess(step) + step * t[0], t[2] + log(at.mean / self.mean)

    def _mle(self, t: Terms, at: Self) -> Mapping[str, float] | None:
        mean = at.mean * (1.0 + t[0]) if is_estimated(self.mean) else self.mean
        if not is_estimated(self.shape):
            return {"mean": mean}
        return {"mean": mean, "shape": shape_from_log_ratio(self.with_values({"mean": mean})._translate(t, at)[1])}

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        plain = _GAMMA._start(x, w)
        return {"mean": plain["shape"] * plain["scale"], "shape": plain["shape"]}

    def _specials(self) -> tuple[Special, ...]:
        if self.shape is not free:
            return ()
        return (Special("Exponential", "shape", 1.0, replace(self, shape=1.0), {"mean": "mean"}),)

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        at_c = is_estimated(self.mean) or np.all(self.mean == c)
        return {"mean": c, "shape": math.inf} if self.shape is free and at_c else None


_GAMMA = Gamma()
