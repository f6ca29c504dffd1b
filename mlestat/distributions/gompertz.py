r"""Gompertz distribution.

Density :math:`f(x) = \frac{a}{s}\,e^{y}\,e^{-a(e^{y}-1)}` with :math:`y = x/s`, x ≥ 0, shape a and scale s: the hazard
:math:`\frac as e^{x/s}` grows by a factor e per scale.

- Moments: X = s log(1 + U/a) with U a unit exponential; the mean is :math:`s\,e^a E_1(a)`.
- With E = e^y - 1: score :math:`1/a - E` in a, :math:`(a y e^y - 1 - y)/s` in s.
- Fisher information: :math:`\begin{pmatrix}1/a^2 & -(1+m_1)/(as)\\ -(1+m_1)/(as) & (1+2m_1+m_2)/s^2\end{pmatrix}`,
  :math:`m_j = E\,y^j`.
- Sufficient statistics: none of fixed dimension; at a given scale the mean of E.
- MLE: Newton over the rows, from the best of several scales, each with its own best shape. Where the likelihood rises
  for ever as a, s → ∞ with a/s fixed, the limit is the exponential with rate a/s.

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 2, 2nd ed. (1995), ch. 22, sec. 8.4;
Garg, Rao, Redmond, "Maximum-likelihood estimation of the parameters of the Gompertz survival function", *Applied
Statistics* 19 (1970) 152-159. Derivation: docs/theory/families/gompertz.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, exp, expm1, log
from mlestat.distributions.base import Distribution, Matrix, Special, Terms, Vector, is_estimated
from mlestat.distributions.exponential import Exponential
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.tail_derivatives import log_complement, through
from mlestat.supports import NonNegative, Positive

START_SPANS = tuple(np.geomspace(0.03, 300.0, 41).tolist())
"""How many scales the data may span at the start; the best by profile likelihood is taken."""


@dataclass(frozen=True)
class Gompertz(Distribution):
    """Gompertz distribution: the hazard is shape/scale at 0 and grows e-fold in each time `scale`.

    Parameters
    ----------
    shape : float, array, free or prior
        Shape, > 0: the hazard at 0 times the scale.
    scale : float, array, free or prior
        Scale, > 0, in units of x; the other common form has rates a = shape/scale and b = 1/scale.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 2 (1995), ch. 22.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.fit(mle.Gompertz(), [20.0, 55.0, 70.0, 81.0, 90.0]).verdict.kind
    'interior'
    """

    shape: Parameter = parameter(Positive())
    scale: Parameter = parameter(Positive(), unit="data")

    support = NonNegative()
    solver = "Newton over the rows"
    affine_tail = True

    def _terms(self, x: Array) -> Terms:
        y = x * (1.0 / self.scale)
        grown = y * exp(y)
        return y, expm1(y), grown, y * grown

    def _logpdf(self, t: Terms) -> Array:
        return log(self.shape / self.scale) + t[0] - self.shape * t[1]

    def _score(self, t: Terms) -> Vector:
        y, growth, grown, _ = t
        return 1.0 / self.shape - growth, (self.shape * grown - 1.0 - y) / self.scale

    def _hessian(self, t: Terms) -> Matrix:
        y, _, grown, more = t
        a, s = self.shape, self.scale
        return (-1.0 / (a * a), grown / s), (grown / s, (1.0 + 2.0 * y - a * (2.0 * grown + more)) / (s * s))

    def _dlogpdf(self, x: Array) -> Array:
        return (1.0 - self.shape * exp(x * (1.0 / self.scale))) / self.scale

    def _d2logpdf(self, x: Array) -> Array:
        return -self.shape * exp(x * (1.0 / self.scale)) / self.scale / self.scale

    def _dscore(self, x: Array) -> Vector:
        y = x * (1.0 / self.scale)
        rise = exp(y)
        return -rise / self.scale, (self.shape * (1.0 + y) * rise - 1.0) / self.scale / self.scale

    def _fisher(self) -> Matrix:
        a, s = self.shape, self.scale
        y, weight = _standard(np.asarray(a, dtype=float))
        m1, m2 = np.sum(weight * y, axis=-1), np.sum(weight * y * y, axis=-1)
        cross = -(1.0 + m1) / (a * s)
        return (1.0 / (a * a), cross), (cross, (1.0 + 2.0 * m1 + m2) / (s * s))

    def _hazard(self, x: Array) -> Array:
        return self.shape * np.expm1(x / self.scale)

    def _cdf(self, x: Array) -> Array:
        return -np.expm1(-self._hazard(x))

    def _sf(self, x: Array) -> Array:
        return np.exp(-self._hazard(x))

    def _logsf(self, x: Array) -> Array:
        return -self._hazard(x)

    def _survival(self, t: Terms) -> tuple[Array, Vector, Matrix]:
        y, growth, grown, more = t
        a, s = self.shape, self.scale
        cross = grown / s
        derivatives = (-growth, a * cross), ((0.0 * y, cross), (cross, -a * (2.0 * grown + more) / (s * s)))
        return -a * growth, *derivatives

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        """Through log h = log a + log E; with k = y e^y/E its derivative in log s is -k, and that of k is -k(1+y-k)."""
        y, growth, grown, _ = self._terms(x)
        a, s = self.shape, self.scale
        k = grown / growth
        gradient = (1.0 / a + 0.0 * y, -k / s)
        corner = k * (2.0 + y - k) / (s * s)
        return through(*log_complement(a * growth), gradient, ((-1.0 / (a * a) + 0.0 * y, 0.0 * y), (0.0 * y, corner)))

    def _ppf(self, q: Array) -> Array:
        return self.scale * np.log1p(-np.log1p(-q) / self.shape)

    def _isf(self, q: Array) -> Array:
        return self.scale * np.log1p(-np.log(q) / self.shape)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return self.scale * np.log1p(rng.standard_exponential(size) / self.shape)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        y, weight = _standard(np.asarray(self.shape, dtype=float))
        mean = np.sum(weight * y, axis=-1)
        v, third, fourth = (np.sum(weight * (y - mean[..., None]) ** j, axis=-1) for j in (2, 3, 4))
        return self.scale * mean, self.scale * self.scale * v, third / v**1.5, fourth / (v * v)

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        fixed = {name: value for name, value in self.params.items() if not is_estimated(value)}
        top = float(x.max())
        best: tuple[float, Mapping[str, float]] = (-math.inf, {"shape": 1.0, "scale": top})
        for span in START_SPANS:
            scale = fixed.get("scale", top / span)
            values = {"shape": 1.0 / float(np.average(np.expm1(x / scale), weights=w)), "scale": scale, **fixed}
            model = self.with_values(values)
            height = float(np.average(model._logpdf(model._terms(x)), weights=w))
            best = max(best, (height, values), key=lambda pair: pair[0])
        return best[1]

    def _specials(self) -> tuple[Special, ...]:
        if self.shape is not free or self.scale is not free:
            return ()
        return (
            Special(
                "Exponential",
                "scale",
                math.inf,
                Exponential(),
                {},
                {"shape": math.inf},
                lambda member, ratio: {"shape": ratio, "scale": ratio * member.params["scale"]},
            ),
        )

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        if self.shape is not free and self.scale is not free:
            return None
        if c == 0.0:
            return {"shape": math.inf, "scale": self.scale} if self.scale is not free else self._all_zero()
        return {"shape": 0.0, "scale": 0.0} if self.shape is free and self.scale is free else None

    def _all_zero(self) -> Mapping[str, float]:
        return {"shape": math.nan if is_estimated(self.shape) else self.shape, "scale": 0.0}


def _standard(a: Array) -> tuple[Array, Array]:
    """Return values of y = log(1 + U/a), U a unit exponential, with their weights: an expectation is the sum over both.

    In t = log U the density exp(t - e^t) falls off fast on both sides and the trapezoidal rule is exact to rounding.
    """
    t, h = np.linspace(-45.0, 6.0, 1021, retstep=True)
    return np.log1p(np.exp(t) / a[..., None]), h * np.exp(t - np.exp(t))
