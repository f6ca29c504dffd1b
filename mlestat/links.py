"""Links: bijections between a parameter's domain and the real line, with two derivatives.

Families differentiate in natural parameters θ; solvers step on the link scale η. The chain rule between
the two is written once, in `mlestat.likelihood`, from the four functions below. Derivatives are given as
functions of θ, which is at hand at that moment.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from mlestat.arrays import Array, exp, log, log1p
from mlestat.supports import Interval, Positive, Real, Support, UnitInterval


class Link(Protocol):
    """What every link offers."""

    def forward(self, theta: Array) -> Array:
        """Return η = g(θ)."""

    def inverse(self, eta: Array) -> Array:
        """Return θ = g⁻¹(η)."""

    def derivative(self, theta: Array) -> Array:
        """Return dθ/dη."""

    def second_derivative(self, theta: Array) -> Array:
        """Return d²θ/dη²."""

    def log_jacobian_derivatives(self, theta: Array) -> tuple[Array, Array, Array]:
        """Return log dθ/dη with its first and second derivative in η."""


@dataclass(frozen=True)
class Identity:
    """η = θ, for parameters on the whole line."""

    def forward(self, theta: Array) -> Array:
        """Return θ."""
        return theta

    def inverse(self, eta: Array) -> Array:
        """Return η."""
        return eta

    def derivative(self, theta: Array) -> Array:
        """Return 1."""
        return 0.0 * theta + 1.0

    def second_derivative(self, theta: Array) -> Array:
        """Return 0."""
        return 0.0 * theta

    def log_jacobian_derivatives(self, theta: Array) -> tuple[Array, Array, Array]:
        """Return 0, 0, 0."""
        return 0.0 * theta, 0.0 * theta, 0.0 * theta


@dataclass(frozen=True)
class Log:
    """η = log θ, for positive parameters.

    Examples
    --------
    >>> float(Log().inverse(Log().forward(2.5)))
    2.5
    """

    def forward(self, theta: Array) -> Array:
        """Return log θ."""
        return log(theta)

    def inverse(self, eta: Array) -> Array:
        """Return exp η."""
        return exp(eta)

    def derivative(self, theta: Array) -> Array:
        """Return θ."""
        return theta

    def second_derivative(self, theta: Array) -> Array:
        """Return θ."""
        return theta

    def log_jacobian_derivatives(self, theta: Array) -> tuple[Array, Array, Array]:
        """Return η, 1, 0."""
        return log(theta), 0.0 * theta + 1.0, 0.0 * theta


@dataclass(frozen=True)
class LogAbove:
    """η = log(θ - low), for parameters above a number, such as the exponent of a power that can be summed.

    Examples
    --------
    >>> LogAbove(1.0).inverse(LogAbove(1.0).forward(2.5))
    np.float64(2.5)
    """

    low: float

    def forward(self, theta: Array) -> Array:
        """Return log(θ - low)."""
        return log(theta - self.low)

    def inverse(self, eta: Array) -> Array:
        """Return low + exp η."""
        return exp(eta) + self.low

    def derivative(self, theta: Array) -> Array:
        """Return θ - low."""
        return theta - self.low

    def second_derivative(self, theta: Array) -> Array:
        """Return θ - low."""
        return theta - self.low

    def log_jacobian_derivatives(self, theta: Array) -> tuple[Array, Array, Array]:
        """Return η, 1, 0."""
        return log(theta - self.low), 0.0 * theta + 1.0, 0.0 * theta


@dataclass(frozen=True)
class Logit:
    """η = log θ/(1-θ), for probabilities."""

    def forward(self, theta: Array) -> Array:
        """Return log θ - log(1-θ)."""
        return log(theta) - log1p(-theta)

    def inverse(self, eta: Array) -> Array:
        """Return 1/(1 + exp(-η))."""
        return 1.0 / (1.0 + exp(-eta))

    def derivative(self, theta: Array) -> Array:
        """Return θ(1-θ)."""
        return theta * (1.0 - theta)

    def second_derivative(self, theta: Array) -> Array:
        """Return θ(1-θ)(1-2θ)."""
        return theta * (1.0 - theta) * (1.0 - 2.0 * theta)

    def log_jacobian_derivatives(self, theta: Array) -> tuple[Array, Array, Array]:
        """Return log θ(1-θ), 1-2θ, -2θ(1-θ)."""
        return (
            log(theta) + log1p(-theta),
            1.0 - 2.0 * theta,
            -2.0 * theta * (1.0 - theta),
        )


def default_link(support: Support) -> Link:
    """Return the link that goes with a parameter's domain.

    Examples
    --------
    >>> default_link(Positive())
    Log()
    """
    if isinstance(support, Positive):
        return Log()
    if isinstance(support, UnitInterval):
        return Logit()
    if isinstance(support, Real):
        return Identity()
    if isinstance(support, Interval) and support.low > -math.inf and support.high == math.inf:
        return LogAbove(support.low)
    raise TypeError(f"no link is known for the domain {support}; give the parameter one of its own")
