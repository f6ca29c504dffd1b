r"""Functions of the parameters: quantiles, tail probabilities, means, return levels, hazards, or any other.

With g the function, C the covariance on the link scale and :math:`\nabla g` taken there,

- delta: :math:`\mathrm{se}^2 = \nabla g^\top C \nabla g`, and a Wald interval on the link of g's own range, so that a
  probability stays in [0, 1] and a quantile of a positive variable stays positive;
- profile: the lowest and highest value of g among the parameters whose log-likelihood lies within
  :math:`\tfrac12\chi^2_1` of the maximum, which is what profiling g comes to.

References: Davison, *Statistical Models* (2003), sec. 4.5; Cox (2006), *Principles of Statistical Inference*, sec. 6.3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.errors import InputError, NoFiniteMLE, nearest
from mlestat.inference.intervals import check_level
from mlestat.likelihood import Evaluation, Objective
from mlestat.links import Link, default_link
from mlestat.problem import Problem
from mlestat.supports import Positive, Real, Support, UnitInterval
from mlestat.vectors.region import VectorRegion

if TYPE_CHECKING:
    from mlestat.result import Fit

Floats = NDArray[np.float64]
Function = Callable[[Any], Any]
"""From a known distribution to a number, or to an array of numbers."""

METHODS = ("delta", "profile")

STEP = 0.02
"""Step of the differences, in standard errors: with four points their error is of order STEP⁴ of what bends."""


@dataclass(frozen=True)
class Quantity:
    """A function of the parameters with its interval.

    Attributes
    ----------
    label : str
        What it is.
    value : float or ndarray
        At the estimate.
    se : float or ndarray
        Standard error by the delta method.
    low, high : float or ndarray
        Ends of the interval; pointwise for an array.
    level : float
        Confidence level.
    method : str
        "delta" or "profile".
    """

    label: str
    value: Any
    se: Any
    low: Any
    high: Any
    level: float
    method: str

    def __str__(self) -> str:
        ends = f"{self.level:.0%} {self.method} interval {self.low:.6g} to {self.high:.6g}"
        return f"{self.label} = {self.value:.6g} ({ends})"


def quantity(
    fit: Fit,
    function: Function,
    *,
    level: float = 0.95,
    method: str = "delta",
    support: Support | None = None,
    label: str = "g",
) -> Quantity:
    """Return a function of the parameters with its interval.

    Parameters
    ----------
    fit : Fit
        A fit with a finite maximum.
    function : callable
        Takes a distribution, returns a number or an array.
    level : float
        In (0, 1); pointwise for an array.
    method : {"delta", "profile"}
        How the interval is made.
    support : Support, optional
        Where the function's values live; a delta interval stays inside. Default: any real number.
    label : str
        What it is called.

    Raises
    ------
    InputError
        Unknown method, a level outside (0, 1), or parameters without standard errors.
    NoFiniteMLE
        If the fit has no finite maximum.

    Examples
    --------
    >>> import mlestat as mle
    >>> f = mle.fit(mle.Exponential(), [1.0, 2.0, 6.0])
    >>> q = quantity(f, lambda d: d.moments().mean, label="mean")
    >>> round(q.value, 9), round(q.se, 6)
    (3.0, 1.732051)
    """
    check_level(level)
    if method not in METHODS:
        raise InputError(f"method must be one of {', '.join(METHODS)}, got {method!r}; {nearest(str(method), METHODS)}")
    if not fit.verdict.finite:
        raise NoFiniteMLE(f"a fit without a finite maximum has no intervals: {fit.verdict.sentence}", fit)
    link = default_link(support or Real())
    region: Region | VectorRegion = VectorRegion(fit) if fit.parts else Region(fit)
    value = np.asarray(function(region.member(region.centre)), dtype=float)
    se = delta(region, function, value)
    if method == "delta":
        low, high = _wald(value, se, link, level)
    elif isinstance(region, Region):
        low, high = region.extremes(function, value, level)
    else:
        raise InputError(f"method='profile' is for families of single numbers, not for {fit.model.label}; use 'delta'")
    value, se, low, high = (float(v) if value.ndim == 0 else v for v in (value, se, low, high))  # type: ignore[assignment]
    return Quantity(label, value, se, low, high, level, method)


def _wald(value: Floats, se: Floats, link: Link, level: float) -> tuple[Floats, Floats]:
    """A symmetric interval on the link scale, mapped back; nothing to widen where the value is an end of the range."""
    z = -float(sc.ndtri(0.5 * (1.0 - level)))
    with np.errstate(all="ignore"):
        centre, half = link.forward(value), z * se / np.abs(link.derivative(value))
        low, high = link.inverse(centre - half), link.inverse(centre + half)
    held = ~np.isfinite(half)
    return np.where(held, value, low), np.where(held, value, high)


@dataclass(frozen=True, eq=False)
class Region:
    """The parameters about an estimate: a covariance, and the set that a likelihood ratio does not reject."""

    fit: Fit

    @cached_property
    def _problem(self) -> Problem:
        return Problem.of(self.fit.model, self.fit.sample)

    @property
    def _objective(self) -> Objective:
        return self._problem.objective

    @cached_property
    def top(self) -> Evaluation:
        """The objective at the estimate, in the problem's unit."""
        unit, table = self._problem.unit, self.fit.model.roles
        return self._objective.at_values({n: unit.inward_value(self.fit.params[n], table[n]) for n in self.fit.free})

    @property
    def centre(self) -> Floats:
        """The estimate on the link scale."""
        return self.top.eta

    @cached_property
    def root(self) -> Floats:
        """A square root of the covariance on the link scale, of the kind that the fit has, shape (k, k)."""
        values = self.top.model.params
        slopes = np.array([float(r.link.derivative(values[n])) for n, r in self._roles])
        scale = np.array([self._problem.unit.factor if r.unit == "data" else 1.0 for _, r in self._roles])
        errors = np.array([self.fit.se[n] for n in self.fit.free]) * scale / slopes
        cov = self.fit.correlation * np.outer(errors, errors)
        if not np.isfinite(cov).all():
            missing = ", ".join(n for n in self.fit.free if not np.isfinite(self.fit.se[n]))
            raise InputError(
                f"{missing} has no standard error ({self.fit.verdict.kind}), so neither has a function of it; hold it "
                "at its estimate, or bootstrap"
            )
        return np.asarray(np.linalg.cholesky(cov))

    @property
    def _roles(self) -> list[tuple[str, Any]]:
        return [(name, self.fit.model.roles[name]) for name in self.fit.free]

    def member(self, eta: Floats) -> Distribution:
        """Return the distribution at a place on the link scale, in the user's unit."""
        inner = self._objective.at(eta)
        member: Distribution = self.fit.model.with_values(self._problem.unit.back(self.fit.model, inner.params))
        return member

    @property
    def size(self) -> int:
        """Number of free parameters."""
        return self.fit.k

    def extremes(self, function: Function, value: Floats, level: float) -> tuple[Floats, Floats]:
        """Return the lowest and highest value of a function among parameters that are not rejected."""
        cut = 0.5 * float(sc.chdtri(1.0, 1.0 - level))
        flat = value.ravel()
        ends = np.array(
            [[self._extreme(_entry(function, i), side, cut) for side in (-1.0, 1.0)] for i in range(flat.size)]
        )
        return ends[:, 0].reshape(value.shape), ends[:, 1].reshape(value.shape)

    def _extreme(self, function: Function, side: float, cut: float) -> float:
        """Follow the gradient to where the log-likelihood has fallen by `cut` (sequential quadratic programming)."""
        from scipy.optimize import minimize

        k = self.fit.k
        g = slopes(self, function, np.zeros(k))
        length = float(np.linalg.norm(g))
        if length == 0.0:
            return float(along(self, function, np.zeros(k)))
        begin = side * g / length * np.sqrt(2.0 * cut)

        def room(u: Floats) -> float:
            value = self._objective(self.centre + self.root @ u).value
            return float(cut - (self.top.value - value)) if np.isfinite(value) else -1e6

        def room_slope(u: Floats) -> Floats:
            return np.asarray(self.root.T @ self._objective(self.centre + self.root @ u).gradient)

        inside: Any = {"type": "ineq", "fun": room, "jac": room_slope}
        options: Any = {"ftol": 1e-12, "maxiter": 200}
        search: Any = minimize
        found = search(
            lambda u: -side * float(along(self, function, u)) / length,
            begin,
            jac=lambda u: -side * slopes(self, function, u) / length,
            constraints=[inside],
            method="SLSQP",
            options=options,
        )
        return float(along(self, function, found.x))


def along(region: Region | VectorRegion, function: Function, u: Floats) -> Floats:
    """Return a function at u standard errors from the estimate."""
    return np.asarray(function(region.member(region.centre + region.root @ u)), dtype=float)


def slopes(region: Region | VectorRegion, function: Function, u: Floats) -> Floats:
    """Return its derivatives in u, by differences of four points: shape (k, *value's)."""
    out = []
    for direction in np.eye(u.size):
        near = [along(region, function, u + s * STEP * direction) for s in (1.0, -1.0)]
        far = [along(region, function, u + s * 2.0 * STEP * direction) for s in (1.0, -1.0)]
        out.append((8.0 * (near[0] - near[1]) - (far[0] - far[1])) / (12.0 * STEP))
    return np.array(out)


def delta(region: Region | VectorRegion, function: Function, value: Floats) -> Floats:
    """Return the standard error of a function."""
    if region.size == 0:
        return np.zeros_like(value)
    g = slopes(region, function, np.zeros(region.size))
    largest = np.max(np.abs(g), axis=0)  # squares of a tail of 1e-166 would be 0
    unit = np.where(largest > 0.0, largest, 1.0)
    return np.asarray(largest * np.sqrt(np.sum((g / unit) ** 2, axis=0)))


def _entry(function: Function, i: int) -> Function:
    return lambda d: np.asarray(function(d), dtype=float).ravel()[i]


# -- the named ones ---------------------------------------------------------------------------------------


def range_of(fit: Fit) -> Support:
    """Return where a location of the data lives: positive for a positive variable, in (0, 1) for a share."""
    support = fit.model.support
    if isinstance(support, UnitInterval):
        return UnitInterval()
    return Positive() if np.ndim(support.lower) == 0 and float(support.lower) >= 0.0 else Real()


def quantile(fit: Fit, q: float, **options: Any) -> Quantity:
    """Return the q-quantile with its interval.

    Raises
    ------
    InputError
        If q is not in (0, 1), or the family is discrete: its quantiles jump.

    Examples
    --------
    >>> import mlestat as mle
    >>> f = mle.fit(mle.Exponential(), [1.0, 2.0, 6.0])
    >>> round(quantile(f, 0.5).value, 6)
    2.079442
    """
    _share(q, "q")
    _smooth(fit, "quantile")
    return quantity(fit, lambda d: d.ppf(q), **{"support": range_of(fit), "label": f"quantile({q:g})", **options})


def exceedance(fit: Fit, x: Any, **options: Any) -> Quantity:
    """Return P(X > x) with its interval.

    Examples
    --------
    >>> import mlestat as mle
    >>> f = mle.fit(mle.Exponential(), [1.0, 2.0, 6.0])
    >>> q = exceedance(f, 3.0)
    >>> round(q.value, 6), 0.0 < q.low < q.high < 1.0
    (0.367879, True)
    """
    return quantity(fit, lambda d: d.sf(x), **{"support": UnitInterval(), "label": f"P(X > {x})", **options})


def mean(fit: Fit, **options: Any) -> Quantity:
    """Return the mean with its interval."""
    return quantity(fit, lambda d: d.moments().mean, **{"support": range_of(fit), "label": "mean", **options})


def return_level(fit: Fit, period: float, **options: Any) -> Quantity:
    """Return what is exceeded once in `period` observations on average, with its interval.

    References
    ----------
    Coles, *An Introduction to Statistical Modeling of Extreme Values* (2001), sec. 3.1.3.
    """
    if not period > 1.0:
        raise InputError(f"period must be above 1 (observations), got {period!r}")
    _smooth(fit, "return level")
    label = f"return level ({period:g})"
    return quantity(fit, lambda d: d.isf(1.0 / period), **{"support": range_of(fit), "label": label, **options})


def hazard(fit: Fit, x: Any, **options: Any) -> Quantity:
    """Return the hazard f(x)/S(x) with its interval."""
    _smooth(fit, "hazard")
    label = f"hazard({x})"
    return quantity(
        fit, lambda d: np.exp(d.logpdf(x) - d.logsf(x)), **{"support": Positive(), "label": label, **options}
    )


def _share(q: float, name: str) -> None:
    if not 0.0 < q < 1.0:
        raise InputError(f"{name} must be between 0 and 1, got {q!r}")


def _smooth(fit: Fit, what: str) -> None:
    if fit.model.discrete:
        raise InputError(
            f"the {what} of the discrete {fit.model.label} jumps, so it has no smooth interval; bootstrap it instead"
        )
