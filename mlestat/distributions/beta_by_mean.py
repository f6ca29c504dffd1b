r"""Beta distribution by its mean and precision: the form for regression.

With mean μ, precision φ, a = μφ and b = (1-μ)φ it is Beta(a, b). With t = log x/μ, u = log (1-x)/(1-μ) and the
divergence :math:`d = -\mu t - (1-\mu) u \ge 0` of the mean from x, the log-density is that of Beta at t = u = 0, minus
:math:`\varphi d + t + u`.

- Moments: mean μ, variance μ(1-μ)/(φ+1).
- Score: :math:`\varphi\,(t - u - h(a) + h(b))` in μ, h = ψ - log; :math:`\tfrac1{2\varphi} + \delta'(\varphi) -
  \mu\delta'(a) - (1-\mu)\delta'(b) - d` in φ, δ the remainder of Stirling's series.
- Fisher information: :math:`\varphi^2(\psi'(a) + \psi'(b))`, :math:`a\psi'(a) - b\psi'(b)`,
  :math:`\mu^2\psi'(a) + (1-\mu)^2\psi'(b) - \psi'(\varphi)`, the last two from δ'', without cancellation. They are not
  orthogonal, but nearly so for large φ.
- Sufficient statistics: Σ log x and Σ log(1-x), with Σd at a mean near the data's, so that d keeps its digits.
- MLE: Newton on the means.

References: Ferrari, Cribari-Neto, "Beta regression for modelling rates and proportions", *J. Appl. Stat.* 31 (2004)
799-815. Derivation: docs/theory/families/beta.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, absolute, log, log1p, trigamma, where
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector, is_estimated
from mlestat.distributions.beta import Beta
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.reparametrised import Change, Reparametrised
from mlestat.special import NEAR_ONE, excess, stirling_derivative, stirling_second_derivative
from mlestat.supports import Positive, UnitInterval


@dataclass(frozen=True, repr=False)
class BetaByMean(Reparametrised):
    """Beta distribution with mean `mean` and variance mean(1-mean)/(precision+1); ``Beta.by_mean(mean, precision)``.

    Parameters
    ----------
    mean : float, array, free or prior
        Mean, between 0 and 1.
    precision : float, array, free or prior
        Sum of the shapes a and b, > 0.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Ferrari, Cribari-Neto, *J. Appl. Stat.* 31 (2004) 799-815.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.Beta.by_mean(mean=0.25, precision=8.0).cdf(0.5) == mle.Beta(2.0, 6.0).cdf(0.5)
    np.True_
    >>> f = mle.fit(mle.Beta.by_mean(), [0.2, 0.4, 0.5, 0.7])
    >>> round(f.params["mean"], 4)
    0.4491
    """

    mean: Parameter = parameter(UnitInterval())
    precision: Parameter = parameter(Positive())

    written: ClassVar[str] = "Beta.by_mean"
    support = UnitInterval()
    solver = "sufficient statistics, Newton"
    sufficient = True
    guards = True

    @property
    def _shapes(self) -> tuple[Array, Array]:
        return self.mean * self.precision, (1.0 - self.mean) * self.precision

    @property
    def _plain(self) -> Distribution:
        a, b = self._shapes
        return _BETA.with_values({"a": a, "b": b})

    def _change(self) -> Change:
        """Of a = μφ and b = (1-μ)φ."""
        mu, phi = self.mean, self.precision
        return Change(
            ((phi, mu), (-phi, 1.0 - mu)),
            (((0.0, 1.0), (1.0, 0.0)), ((0.0, -1.0), (-1.0, 0.0))),
        )

    def _terms(self, x: Array) -> Terms:
        mu = self.mean
        t, u = log(x / mu), log1p(-x) - log1p(-mu)
        step = x - mu
        near = absolute(step) < NEAR_ONE * where(mu < 0.5, mu, 1.0 - mu)
        e = where(near, step, 0.0 * step)
        close = mu * excess(e / mu) + (1.0 - mu) * excess(-e / (1.0 - mu))
        return t, u, where(near, close, -mu * t - (1.0 - mu) * u)

    def _logpdf(self, t: Terms) -> Array:
        """That of the plain member at t = u = 0, and the rest by the divergence."""
        nothing = 0.0 * t[2]
        return self._plain._logpdf((nothing, nothing)) - self.precision * t[2] - (t[0] + t[1])

    def _score(self, t: Terms) -> Vector:
        (a, b), phi = self._shapes, self.precision
        of_a, of_b = stirling_derivative(a), stirling_derivative(b)
        tilt = (t[0] - t[1]) - (of_a - 0.5 / a) + (of_b - 0.5 / b)
        return phi * tilt, (0.5 / phi + stirling_derivative(phi) - self.mean * of_a - (1.0 - self.mean) * of_b) - t[2]

    def _hessian(self, t: Terms) -> Matrix:
        ((mm, mp), (_, pp)), phi = self._fisher(), self.precision
        cross = self._score(t)[0] / phi - mp
        return (-mm + 0.0 * cross, cross), (cross, -pp + 0.0 * cross)

    def _dscore(self, x: Array) -> Vector:
        rest = 1.0 - x
        return self.precision / x / rest, (self.mean - x) / x / rest

    def _fisher(self) -> Matrix:
        """With ψ'(a) = 1/a + 1/(2a²) + δ''(a): what is left when 1/a and its like have cancelled."""
        (a, b), mu, phi = self._shapes, self.mean, self.precision
        rest = 1.0 - mu
        of_a, of_b, of_phi = (stirling_second_derivative(v) for v in (a, b, phi))
        cross = (0.5 / a + a * of_a) - (0.5 / b + b * of_b)
        precise = 0.5 / (phi * phi) + (mu * mu * of_a + rest * rest * of_b - of_phi)
        return (phi * phi * (trigamma(a) + trigamma(b)), cross), (cross, precise)

    def _reference(self, mean: Array) -> Self:
        return type(self)(np.where((mean > 0.0) & (mean < 1.0), mean, 0.5)[()], 1.0)

    def _translate(self, t: Terms, at: Self) -> Terms:
        """d = d₀ - (μ - μ₀)(t₀ - u₀) + the divergence of μ from μ₀."""
        own = self._terms(at.mean)
        return t[0] + own[0], t[1] + own[1], t[2] - (self.mean - at.mean) * (t[0] - t[1]) + own[2]

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        plain = _BETA._start(x, w)
        size = plain["a"] + plain["b"]
        return {"mean": plain["a"] / size, "precision": size}

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        at_c = is_estimated(self.mean) or np.all(self.mean == c)
        return {"mean": c, "precision": math.inf} if self.precision is free and at_c else None


_BETA = Beta()
