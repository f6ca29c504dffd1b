r"""Cauchy distribution.

Density :math:`f(x) = 1 / (\pi s\,(1+z^2))` with :math:`z = (x-\mu)/s`, any real x.

- Moments: none; μ is the median and s half the distance between the quartiles.
- With w = 1/(1+z²) and b = 1 - w: score :math:`2zw/s` in μ, :math:`(2b-1)/s` in s.
- Fisher information: diag(1/(2s²), 1/(2s²)).
- Sufficient statistics: none of fixed dimension.
- MLE: Newton over the rows. With both parameters free the maximum is unique for n ≥ 3 unless half of the weight lies on
  one value (Copas 1975). With s held there can be as many maxima as values (Barnett 1966): the search starts from the
  best of them.

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1, 2nd ed. (1994), ch. 16;
Copas, "On the unimodality of the likelihood for the Cauchy distribution", *Biometrika* 62 (1975) 701-704;
Barnett, *Biometrika* 53 (1966) 151-165. Derivation: docs/theory/families/cauchy.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, log, log1p
from mlestat.distributions.base import Distribution, Escape, Matrix, Terms, Vector, is_estimated
from mlestat.distributions.heavy import atom_escape, heavy_locations
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.distributions.starts import centre_and_spread
from mlestat.special import square_shares
from mlestat.supports import Positive, Real


@dataclass(frozen=True)
class Cauchy(Distribution):
    """Cauchy (Lorentz) distribution with median `mu` and half-width `scale`.

    Parameters
    ----------
    mu : float, array, free or prior
        Median and mode, any real number, in units of x.
    scale : float, array, free or prior
        Half-width at half-maximum, > 0, in units of x.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Copas, "On the unimodality of the likelihood for the Cauchy distribution", *Biometrika* 62 (1975) 701-704.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.fit(mle.Cauchy(), [1.0, 2.0, 3.0, 4.0, 500.0]).params["mu"] < 3.5
    True
    """

    mu: Parameter = parameter(Real(), unit="data")
    scale: Parameter = parameter(Positive(), unit="data")

    support = Real()
    solver = "Newton over the rows"
    aliases: ClassVar[tuple[str, ...]] = ("lorentz",)

    def _terms(self, x: Array) -> Terms:
        _, big, zw, s, w, b = square_shares((x - self.mu) * (1.0 / self.scale))
        return log1p(s) + 2.0 * log(big), b, b * b, zw, zw * w, w * (w - b)

    def _logpdf(self, t: Terms) -> Array:
        return -t[0] - log(math.pi * self.scale)

    def _score(self, t: Terms) -> Vector:
        return 2.0 * t[3] / self.scale, (2.0 * t[1] - 1.0) / self.scale

    def _hessian(self, t: Terms) -> Matrix:
        _, b, bb, _, zww, wwb = t
        v = self.scale * self.scale
        cross = -4.0 * zww / v
        return (-2.0 * wwb / v, cross), (cross, (1.0 - 6.0 * b + 4.0 * bb) / v)

    def _dlogpdf(self, x: Array) -> Array:
        return -2.0 * self._terms(x)[3] / self.scale

    def _d2logpdf(self, x: Array) -> Array:
        return -2.0 * self._terms(x)[5] / self.scale / self.scale

    def _dscore(self, x: Array) -> Vector:
        _, _, _, _, zww, wwb = self._terms(x)
        v = self.scale * self.scale
        return 2.0 * wwb / v, 4.0 * zww / v

    def _fisher(self) -> Matrix:
        each = 0.5 / (self.scale * self.scale)
        return (each, 0.0), (0.0, each)

    def _cdf(self, x: Array) -> Array:
        return _angle((self.mu - x) / self.scale) / math.pi

    def _sf(self, x: Array) -> Array:
        return _angle((x - self.mu) / self.scale) / math.pi

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail_derivatives(x, -1.0)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail_derivatives(x, 1.0)

    def _tail_derivatives(self, x: Array, side: float) -> tuple[Vector, Matrix]:
        """Those of log S(z), or mirrored; with the hazard h and zh apart, since h² underflows where zh is 1."""
        z = side * (x - self.mu) / self.scale
        _, _, zw, _, w, b = square_shares(z)
        far = z > 1.0
        large = np.where(far, z, 1.0)
        h = np.where(far, zw, w) / (large * _angle(z))
        zh, v = np.where(far, b, zw) / (large * _angle(z)), self.scale * self.scale
        cross = side * h * (2.0 * b - 1.0 - zh) / v
        mu_mu = h * (2.0 * zw - h) / v
        return (side * h / self.scale, zh / self.scale), ((mu_mu, cross), (cross, -zh * (2.0 * w + zh) / v))

    def _ppf(self, q: Array) -> Array:
        return self.mu + self.scale * _quantile(q)

    def _isf(self, q: Array) -> Array:
        return self.mu - self.scale * _quantile(q)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return self.mu + self.scale * rng.standard_cauchy(size)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        return math.nan, math.nan, math.nan, math.nan

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        return self._starts(x, w)[0]

    def _starts(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> tuple[Mapping[str, float], ...]:
        """With the scale held there may be a peak at each cluster of the data; else there is one (Copas 1975)."""
        middle, spread = centre_and_spread(x, w)
        if is_estimated(self.scale) or not is_estimated(self.mu):
            return ({"mu": middle, "scale": spread},)
        scale = float(np.mean(self.scale))
        return tuple({"mu": mu, "scale": scale} for mu in heavy_locations(x, w, scale, 1.0))

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        at_c = is_estimated(self.mu) or self.mu == c
        return {"mu": c, "scale": 0.0} if self.scale is free and at_c else None

    def _escape(self, x: NDArray[np.float64], w: NDArray[np.float64] | None, reached: float) -> Escape | None:
        """Half of the weight on one value lets the scale fall to 0 there (Copas 1975)."""
        if self.scale is not free or np.ndim(self.mu) > 0:
            return None
        found = atom_escape(x, w, 1.0, -math.log(math.pi), None if is_estimated(self.mu) else float(self.mu))
        return None if found is None else found._replace(ends={**found.ends, "scale": 0.0})


def _angle(z: Array) -> Array:
    """Standard upper tail times π, near 1/z far out."""
    return np.arctan2(1.0, z)


def _quantile(q: Array) -> Array:
    """Standard quantile: -cot πq by the nearer end, tan π(q-½) in the middle, where q-½ is exact."""
    low, high = np.minimum(q, 0.25), np.minimum(1.0 - q, 0.25)
    middle = np.tan(math.pi * (q - 0.5))
    return np.where(q < 0.25, -1.0 / np.tan(math.pi * low), np.where(q > 0.75, 1.0 / np.tan(math.pi * high), middle))
