r"""Profile likelihood: the highest objective at each value of one parameter, and the intervals it gives.

An interval holds the values that a likelihood-ratio test does not reject: with :math:`\ell_p(\psi)` the maximum over
the other parameters, :math:`2[\ell(\hat\theta) - \ell_p(\psi)] \le \chi^2_{1}(\text{level})`. Its ends do not depend on
how the parameter is written, and they stay in its domain; an end that the likelihood never reaches is open.

References: Venzon, Moolgavkar, *Appl. Stat.* 37 (1988) 87-94; Cox, Hinkley, *Theoretical Statistics* (1974), sec. 9.3.
Derivation: docs/theory/intervals.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.errors import InputError, NoFiniteMLE, nearest
from mlestat.inference.intervals import Interval, check_level
from mlestat.likelihood import Evaluation
from mlestat.priors import log_prior
from mlestat.problem import Problem
from mlestat.solvers.choose import choose_source, solve
from mlestat.solvers.newton import RUNAWAY, maximise

if TYPE_CHECKING:
    from mlestat.result import Fit

Floats = NDArray[np.float64]

WIDEST = 1e6
"""How many standard errors from the estimate an end is looked for, on a link without a natural length."""

LEVEL = 0.05
"""Share of what is still to fall: if twice the distance brings less than this, twice over, an end is open."""

PRECISION = 1e-9
"""Of an end, in standard errors."""


@dataclass(frozen=True, eq=False)
class Profile:
    """The profile of one free parameter of a fit.

    Parameters
    ----------
    fit : Fit
        A fit with a finite maximum.
    name : str
        A free parameter.

    Raises
    ------
    InputError
        If there is no such free parameter.
    NoFiniteMLE
        If the fit has no finite maximum.

    Examples
    --------
    >>> import mlestat as mle
    >>> profile = Profile(mle.fit(mle.Exponential(), [1.0, 2.0, 6.0]), "scale")
    >>> low, high = profile.interval(0.95)
    >>> round(low, 6), round(high, 6)
    (1.156918, 12.063291)
    """

    fit: Fit
    name: str

    def __post_init__(self) -> None:
        if not self.fit.verdict.finite:
            raise NoFiniteMLE(f"a fit without a finite maximum has no profile: {self.fit.verdict.sentence}", self.fit)
        if self.name not in self.fit.free:
            raise InputError(f"{self.name!r} is not a free parameter; {nearest(str(self.name), self.fit.free)}")

    @cached_property
    def _problem(self) -> Problem:
        return Problem.of(self.fit.model, self.fit.sample)

    @cached_property
    def _top(self) -> Evaluation:
        """The objective at the estimate, in the problem's unit."""
        unit, free = self._problem.unit, self.fit.free
        inner = {n: unit.inward_value(self.fit.params[n], self.fit.model.roles[n]) for n in free}
        return self._problem.objective.at_values(inner)

    @property
    def _index(self) -> int:
        return self.fit.free.index(self.name)

    def _eta(self, value: float) -> float:
        """The link-scale place of a natural value in the user's unit."""
        role = self.fit.model.roles[self.name]
        with np.errstate(all="ignore"):
            return float(role.link.forward(np.float64(self._problem.unit.inward_value(value, role))))

    def _value(self, eta: float) -> float:
        role = self.fit.model.roles[self.name]
        with np.errstate(all="ignore"):
            return float(self._problem.unit.outward_value(float(role.link.inverse(np.float64(eta))), role))

    @cached_property
    def _se(self) -> float:
        """Standard error on the link scale, from the curvature at the top; 1 where there is none."""
        with np.errstate(all="ignore"):
            a = -self._top.hessian
            try:
                v = float(np.linalg.inv(a)[self._index, self._index])
            except np.linalg.LinAlgError:
                return 1.0
        return math.sqrt(v) if v > 0.0 and math.isfinite(v) else 1.0

    def drop(self, value: float) -> float:
        """Return by how much the highest objective at this value lies below the maximum; inf where there is none.

        Examples
        --------
        >>> import mlestat as mle
        >>> fit = mle.fit(mle.Normal(), [1.0, 2.0, 6.0])
        >>> round(Profile(fit, "mu").drop(3.0), 12)
        0.0
        """
        return self._drop(self._eta(value))

    def _drop(self, eta: float) -> float:
        problem, top = self._problem, self._top
        if not math.isfinite(eta):
            return math.inf
        role = self.fit.model.roles[self.name]
        value = float(role.link.inverse(np.float64(eta)))
        held = problem.objective.model.with_values({self.name: value})
        objective = problem.objective.of(held)
        if not held.free:
            best = objective(np.empty(0)).value
        elif held.regular:
            best = self._best_rest(objective, eta)
        else:
            best = solve(objective, problem.rows).at.value
        if (
            prior := self.fit.model.priors.get(self.name)
        ) is not None:  # data with priors are not moved to another unit
            best += log_prior(prior, value)[0]
        return max(top.value - best, 0.0) if math.isfinite(best) else math.inf

    def _best_rest(self, objective: Any, eta: float) -> float:
        """The maximum over the other parameters, from where the tangent at the top puts them."""
        others = [i for i in range(len(self.fit.free)) if i != self._index]
        slope = self._tangent
        begin = self._top.eta[others] + slope * (eta - self._top.eta[self._index])
        found = maximise(objective, begin)
        if not found.converged or not math.isfinite(found.at.value):
            again = maximise(objective, self._top.eta[others])
            found = again if again.at.value > found.at.value or not math.isfinite(found.at.value) else found
        best = found.at.value
        if not found.converged:  # a supremum that is only approached
            rows = self._problem.rows
            limits = [s.model for s in objective.model._specials() if s.is_limit]
            heights = [solve(objective.of(m, choose_source(m, rows)), rows).at.value for m in limits]
            best = max([best, *heights]) if math.isfinite(best) else max([-math.inf, *heights])
        return float(best)

    @cached_property
    def _tangent(self) -> Floats:
        """How the other parameters move with this one along the ridge, at the top: -H_oo⁻¹ H_oj."""
        others = [i for i in range(len(self.fit.free)) if i != self._index]
        h = self._top.hessian
        try:
            found = np.asarray(-np.linalg.solve(h[np.ix_(others, others)], h[others, self._index]), dtype=np.float64)
        except np.linalg.LinAlgError:
            return np.zeros(len(others))
        return found if np.isfinite(found).all() else np.zeros(len(others))

    def interval(self, level: float = 0.95) -> Interval:
        """Return the interval of all values that are not rejected; an open end is the end of the domain.

        Parameters
        ----------
        level : float
            In (0, 1).
        """
        cut = float(sc.chdtri(1.0, 1.0 - check_level(level)))
        low, high = (self._end(side, cut) for side in (-1.0, 1.0))
        return Interval(low, high)

    def _end(self, side: float, cut: float) -> float:
        """Where the drop passes cut/2 on one side; the end of the domain if it never does."""
        from scipy.optimize import brentq

        start, root = float(self._top.eta[self._index]), math.sqrt(cut)

        def over(eta: float) -> float:  # nearly linear, so that the root is found in a few steps
            return math.sqrt(2.0 * min(self._drop(eta), 1e300)) - root

        near, step, last, flat = start, root * self._se, 0.0, 0
        reach = RUNAWAY if self._problem.objective.dimensionless[self._index] else WIDEST * self._se
        while True:
            far = start + side * min(step, reach)
            drop = self._drop(far)
            if 2.0 * drop >= cut:
                break
            # twice as far and hardly lower: the profile has a floor above the cut
            flat = flat + 1 if drop - last < LEVEL * (0.5 * cut - drop) else 0
            if step >= reach or flat == 2:
                support = self.fit.model.roles[self.name].support
                return float(support.upper if side > 0.0 else support.lower)
            near, step, last = far, 2.0 * step, drop
        return self._value(float(brentq(over, near, far, xtol=PRECISION * self._se, rtol=1e-15)))

    def open_ends(self, level: float = 0.95) -> tuple[str, ...]:
        """Say of each open end of the interval that it is open, and why."""
        low, high = self.interval(level)
        support = self.fit.model.roles[self.name].support
        ends = (("below", low == support.lower), ("above", high == support.upper))
        return tuple(
            f"{self.name} has no end {side}: the likelihood never falls as far as the {level:g} interval allows"
            for side, is_open in ends
            if is_open
        )

    def curve(self, values: Any) -> Floats:
        """Return the drop at each of these values: twice it is the likelihood-ratio statistic."""
        return np.array([self.drop(float(v)) for v in np.ravel(values)])
