r"""Prentice's form of the generalised gamma: the coordinates in which its likelihood is easy to climb.

With :math:`w = (\log x - \mu)/\sigma` and :math:`k = q^{-2}`,

.. math:: \log f = -\log(\sigma x) - \tfrac12\log 2\pi - \delta(k) - w^2\varphi_2(qw), \quad
   \varphi_2(y) = (e^y - 1 - y)/y^2,

where δ is the remainder of Stirling's series. Everything is smooth at q = 0, the lognormal, and goes on to negative q
(inverses of generalised gamma variables), so that Newton's method sees no ridge and no edge. Not a family of the
library: `GeneralizedGamma` is fitted through it, and answers in its own parameters.

References: Prentice, "A log gamma model and its maximum likelihood estimation", *Biometrika* 61 (1974) 539-544;
Lawless, "Inference in the generalized gamma and log gamma distributions", *Technometrics* 22 (1980) 409-419.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.arrays import Array, exp, expm1, log, where
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector
from mlestat.distributions.parameters import Parameter, parameter
from mlestat.special import HALF_LOG_2PI, polynomial, stirling, stirling_derivative, stirling_second_derivative
from mlestat.supports import Positive, Real

START_Q = (-1.0, -0.3, 0.02, 0.2, 0.5, 0.8, 1.2, 2.0, 4.0, 10.0)
"""Shapes q that are tried as starts, with location and scale from the moments of log x."""

NEAR_ZERO = 0.5
"""|y| below which the functions φ come from the series of φ₄; fifteen terms reach 1e-17."""

SERIES_Q = 0.25
"""|q| below which δ(q^-2) comes from Stirling's series, as in `special.stirling`."""


@dataclass(frozen=True)
class PrenticeForm(Distribution):
    """exp of a location-scale log-gamma variable; q > 0 are the generalised gammas, q = 0 is the lognormal.

    Parameters
    ----------
    mu : float, array, free or prior
        Location of log x, any real number.
    sigma : float, array, free or prior
        Scale of log x, > 0.
    q : float, array, free or prior
        Shape, any real number; the skewness of log x has the opposite sign.
    """

    mu: Parameter = parameter(Real(), unit="log data")
    sigma: Parameter = parameter(Positive())
    q: Parameter = parameter(Real())

    support = Positive()
    solver = "Newton over the rows"

    def _terms(self, x: Array) -> Terms:
        y = log(x)
        w = (y - self.mu) / self.sigma
        phi, phi1_slope, phi_slope, phi_curve, u, phi1 = _functions(self.q * w)
        ww = w * w
        rise, curve = w * phi1, ww * phi1_slope
        return (
            y, ww * phi, rise, w * rise, u, w * u, ww * u, curve, w * curve, w * ww * phi_slope, ww * ww * phi_curve,
        )  # fmt: skip

    def _logpdf(self, t: Terms) -> Array:
        return -log(self.sigma) - t[0] - HALF_LOG_2PI - _delta(self.q)[0] - t[1]

    def _score(self, t: Terms) -> Vector:
        s = self.sigma
        return t[2] / s, (t[3] - 1.0) / s, -_delta(self.q)[1] - t[9]

    def _hessian(self, t: Terms) -> Matrix:
        s = self.sigma
        v = s * s
        mu_sigma, mu_q, sigma_q = -(t[2] + t[5]) / v, t[7] / s, t[8] / s
        sigma_sigma = (1.0 - 2.0 * t[3] - t[6]) / v
        q_q = -_delta(self.q)[2] - t[10]
        return (-t[4] / v, mu_sigma, mu_q), (mu_sigma, sigma_sigma, sigma_q), (mu_q, sigma_q, q_q)


_PHI4 = tuple(1.0 / math.factorial(n + 4) for n in range(15))


def _functions(y: Array) -> tuple[Array, ...]:
    """φ₂, φ₁', φ₂', φ₂'', e^y and φ₁, where φₖ = Σ yⁿ/(n+k)!, so that φ₁ = (e^y - 1)/y.

    Near 0 all come from the series of φ₄: φₖ = yφₖ₊₁ + 1/k! and φₖ' = φₖ - kφₖ₊₁. Far from it (y²φ₂)' = e^y - 1 serves.
    """
    near = (y < NEAR_ZERO) & (y > -NEAR_ZERO)
    small, far = where(near, y, 0.0), where(near, 1.0, y)
    fourth = polynomial(small, _PHI4)
    third = small * fourth + 1.0 / 6.0
    second = small * third + 0.5
    first = small * second + 1.0
    u = exp(y)
    phi1 = expm1(far) / far
    phi = (phi1 - 1.0) / far
    slope = (phi1 - 2.0 * phi) / far
    return (
        where(near, second, phi),
        where(near, first - second, (u - phi1) / far),
        where(near, second - 2.0 * third, slope),
        where(near, second - 4.0 * third + 6.0 * fourth, (u - 2.0 * phi - 4.0 * far * slope) / (far * far)),
        u,
        where(near, first, phi1),
    )


_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360)


def _delta(q: Array) -> tuple[Array, Array, Array]:
    """δ(q^-2) = q²/12 - q⁶/360 + … with its first two derivatives in q."""
    near = (q < SERIES_Q) & (q > -SERIES_Q)
    p = where(near, q, 0.0)
    r = (p * p) * (p * p)
    powers = tuple(4 * i + 2 for i in range(6))
    value = p * p * polynomial(r, _STIRLING)
    first = p * polynomial(r, tuple(n * c for n, c in zip(powers, _STIRLING, strict=True)))
    second = polynomial(r, tuple(n * (n - 1) * c for n, c in zip(powers, _STIRLING, strict=True)))
    far = where(near, 1.0, q)
    k = 1.0 / (far * far)
    slope = stirling_derivative(k)
    return (
        where(near, value, stirling(k)),
        where(near, first, -2.0 * k / far * slope),
        where(near, second, 6.0 * k * k * slope + 4.0 * k * k * k * stirling_second_derivative(k)),
    )


def standard_moments(q: float) -> tuple[float, float]:
    """Return mean and standard deviation of w at the shape q.

    Examples
    --------
    >>> standard_moments(0.0)
    (0.0, 1.0)
    """
    k = 1.0 / (q * q) if abs(q) > 1e-6 else 1e12
    # √k (ψ(k) - log k), and √(k ψ'(k))
    mean = math.sqrt(k) * (float(stirling_derivative(k)) - 0.5 / k) if q else 0.0
    return math.copysign(1.0, q) * mean if q else 0.0, math.sqrt(k * float(sc.zeta(2.0, k))) if q else 1.0


def starts(x: NDArray[np.float64], w: NDArray[np.float64]) -> list[dict[str, float]]:
    """Return the members with the mean and variance of log x, for a few shapes, the most likely first."""
    y = np.log(x)
    centre = float(np.average(y, weights=w))
    spread = math.sqrt(float(np.average((y - centre) ** 2, weights=w))) or 1e-8
    found = []
    for q in START_Q:
        mean, sd = standard_moments(q)
        values = {"mu": centre - mean * spread / sd, "sigma": spread / sd, "q": q}
        member = PrenticeForm(**values)
        found.append((float(np.average(member._logpdf(member._terms(x)), weights=w)), values))
    found.sort(key=lambda pair: -pair[0] if pair[0] == pair[0] else math.inf)
    return [values for _, values in found]
