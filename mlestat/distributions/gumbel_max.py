"""Stand-in for the Gumbel distribution of maxima: what GEV's limit needs and no more. Not for merging."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, exp, log
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector
from mlestat.distributions.parameters import Parameter, parameter
from mlestat.supports import Positive, Real


@dataclass(frozen=True)
class GumbelMax(Distribution):
    """Stand-in."""

    mu: Parameter = parameter(Real(), unit="data")
    scale: Parameter = parameter(Positive(), unit="data")

    support = Real()
    solver = "Newton over the rows"

    def _terms(self, x: Array) -> Terms:
        z = (x - self.mu) / self.scale
        t = exp(-z)
        return z, t, z * t, z * z * t

    def _logpdf(self, t: Terms) -> Array:
        return -log(self.scale) - t[0] - t[1]

    def _score(self, t: Terms) -> Vector:
        return (1.0 - t[1]) / self.scale, (t[0] - t[2] - 1.0) / self.scale

    def _hessian(self, t: Terms) -> Matrix:
        v = self.scale * self.scale
        cross = (t[1] - t[2] - 1.0) / v
        return (-t[1] / v, cross), (cross, (1.0 - 2.0 * t[0] + 2.0 * t[2] - t[3]) / v)

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        mean = float(np.average(x, weights=w))
        scale = math.sqrt(6.0 * float(np.average((x - mean) ** 2, weights=w))) / math.pi
        return {"mu": mean - 0.5772156649015329 * scale, "scale": scale}
