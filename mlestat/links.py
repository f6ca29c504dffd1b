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
class LogBelow:
    """η = -log(high - θ), for parameters below a number.

    Examples
    --------
    >>> LogBelow(1.0).inverse(LogBelow(1.0).forward(-2.5))
    np.float64(-2.5)
    """

    high: float

    def forward(self, theta: Array) -> Array:
        """Return -log(high - θ)."""
        return -log(self.high - theta)

    def inverse(self, eta: Array) -> Array:
        """Return high - exp(-η)."""
        return self.high - exp(-eta)

    def derivative(self, theta: Array) -> Array:
        """Return high - θ."""
        return self.high - theta

    def second_derivative(self, theta: Array) -> Array:
        """Return θ - high."""
        return theta - self.high

    def log_jacobian_derivatives(self, theta: Array) -> tuple[Array, Array, Array]:
        """Return -η, -1, 0."""
        return log(self.high - theta), 0.0 * theta - 1.0, 0.0 * theta


@dataclass(frozen=True)
class LogitBetween:
    """η = log (θ - low)/(high - θ), for parameters between two numbers, such as a correlation.

    Examples
    --------
    >>> LogitBetween(-1.0, 1.0).inverse(LogitBetween(-1.0, 1.0).forward(0.5))
    np.float64(0.5)
    """

    low: float
    high: float

    def forward(self, theta: Array) -> Array:
        """Return log(θ - low) - log(high - θ)."""
        return log(theta - self.low) - log(self.high - theta)

    def inverse(self, eta: Array) -> Array:
        """Return low + (high - low)/(1 + exp(-η))."""
        return self.low + (self.high - self.low) / (1.0 + exp(-eta))

    def derivative(self, theta: Array) -> Array:
        """Return (θ - low)(high - θ)/(high - low)."""
        return (theta - self.low) * (self.high - theta) / (self.high - self.low)

    def second_derivative(self, theta: Array) -> Array:
        """Return the derivative times (low + high - 2θ)/(high - low)."""
        return self.derivative(theta) * (self.low + self.high - 2.0 * theta) / (self.high - self.low)

    def log_jacobian_derivatives(self, theta: Array) -> tuple[Array, Array, Array]:
        """Return the log of the derivative, with its first and second derivative in η."""
        slope = self.derivative(theta)
        width = self.high - self.low
        return log(slope), (self.low + self.high - 2.0 * theta) / width, -2.0 * slope / width


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
    if isinstance(support, Interval):
        return _interval_link(support.low, support.high)
    raise TypeError(f"no link is known for the domain {support}; give the parameter one of its own")


def _interval_link(low: float, high: float) -> Link:
    """Return the link of an interval; an end that belongs to it is not reached by any η."""
    if low > -math.inf and high < math.inf:
        return LogitBetween(low, high)
    if low > -math.inf:
        return LogAbove(low)
    return LogBelow(high) if high < math.inf else Identity()
