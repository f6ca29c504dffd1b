"""Heights: the log-likelihood of a fit's data at other values of its parameters.

Pictures and the likelihood explorer read their numbers here. Sums go through the fit's own source, so that sufficient
statistics serve where there are any, and censored and truncated rows count as they did in the fit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlestat.errors import InputError, NoFiniteMLE, nearest
from mlestat.likelihood import Evaluation, Objective
from mlestat.problem import Problem
from mlestat.solvers.choose import rough_starts, solve
from mlestat.solvers.newton import maximise

if TYPE_CHECKING:
    from mlestat.result import Fit

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Heights:
    """The log-likelihood around the estimate of a fit.

    Parameters
    ----------
    fit : Fit
        A fit with a finite maximum.

    Raises
    ------
    NoFiniteMLE
        If the fit has no finite maximum.

    Examples
    --------
    >>> import mlestat as mle
    >>> x = [1.0, 2.0, 6.0]
    >>> heights = Heights(mle.fit(mle.Normal(), x))
    >>> round(heights.loglik({"mu": 2.0, "sigma": 3.0}), 10)
    -6.9970969101
    >>> round(float(mle.Normal(2.0, 3.0).logpdf(x).sum()), 10)
    -6.9970969101
    """

    fit: Fit

    def __post_init__(self) -> None:
        if not self.fit.verdict.finite:
            raise NoFiniteMLE(f"a fit without a finite maximum has no heights: {self.fit.verdict.sentence}", self.fit)

    @cached_property
    def _problem(self) -> Problem:
        return Problem.of(self.fit.model, self.fit.sample)

    @cached_property
    def _top(self) -> Evaluation:
        return self._problem.objective.at_values(self._inner({n: self.fit.params[n] for n in self.fit.free}))

    def _inner(self, values: Mapping[str, float]) -> dict[str, float]:
        """The values in the unit in which the fit was made."""
        table = self.fit.model.roles
        return {name: self._problem.unit.inward_value(value, table[name]) for name, value in values.items()}

    def loglik(self, values: Mapping[str, float]) -> float:
        """Return the log-likelihood in nats where these free parameters have these values, the others their estimates.

        -inf where a row is impossible.
        """
        check_names(values, self.fit.free)
        everything = {**{n: self.fit.params[n] for n in self.fit.free}, **values}
        return self.fit.loglik + self._difference(self._problem.objective, self._inner(everything))

    def _difference(self, objective: Objective, inner: Mapping[str, float]) -> float:
        if not self._inside(objective.model.with_values(inner)):
            return -math.inf
        value = objective.at_values(dict(inner)).loglik - self._top.loglik
        return value if math.isfinite(value) else -math.inf

    def _inside(self, member: object) -> bool:
        """Whether the support of this member holds the extreme exact rows; formulas are written for those that do."""
        lows, highs = self._extremes
        contains = member.support.contains  # type: ignore[attr-defined]
        return bool(np.all(contains(np.array([lows, highs])))) if math.isfinite(lows) else True

    @cached_property
    def _extremes(self) -> tuple[float, float]:
        """The least and the largest exact row in the fit's unit; infinite where no row is exact."""
        sample, unit = self.fit.sample, self._problem.unit
        values = sample.values if sample.complete_values else sample.values[sample.ends()[2]]
        if values.size == 0:
            return math.inf, -math.inf
        return (float(values.min()) - unit.shift) * unit.factor, (float(values.max()) - unit.shift) * unit.factor

    def drop(self, values: Mapping[str, float]) -> float:
        """Return by how much the highest objective with these parameters held lies below the maximum.

        Twice it is the likelihood-ratio statistic; with two parameters held, values up to the chi-square quantile of
        two degrees of freedom are a confidence region.

        Examples
        --------
        >>> import mlestat as mle
        >>> heights = Heights(mle.fit(mle.Normal(), [1.0, 2.0, 6.0]))
        >>> round(heights.drop({"mu": 3.0}), 12)
        0.0
        """
        check_names(values, self.fit.free)
        held = self._problem.objective.model.with_values(self._inner(values))
        if not held.free:
            found = self._problem.objective.at_values(self._inner(values)).value
            inside = self._inside(held)
        else:
            found, inside = self._best(held), True
        return max(self._top.value - found, 0.0) if inside and math.isfinite(found) else math.inf

    def _best(self, held: object) -> float:
        """The highest objective over what is still free: by Newton from the estimate, else by the full search."""
        objective = self._problem.objective.of(held)  # type: ignore[arg-type]
        if not objective.model.regular:
            return solve(objective, self._problem.rows).at.value
        begin = objective.eta(self._inner({n: self.fit.params[n] for n in objective.names}))
        found = maximise(objective, begin)
        return found.at.value if found.converged else solve(objective, self._problem.rows).at.value

    def path(self) -> tuple[dict[str, float], ...]:
        """Return the points that Newton's method passes from the family's rough start to the maximum.

        For a family with a closed form these are the steps that Newton would take. Empty where the maximum has no
        zero slope to look for, as that of the uniform.

        Examples
        --------
        >>> import mlestat as mle
        >>> fit = mle.fit(mle.Gamma(), [1.0, 2.0, 6.0])
        >>> round(Heights(fit).path()[-1]["shape"] / fit.params["shape"], 6)
        1.0
        """
        objective = self._problem.objective
        if not objective.model.regular or not objective.names:
            return ()
        record = _Recording(objective.model, objective.source, objective.jacobian, objective.rows)
        begin = rough_starts(objective, self._problem.rows)[0]
        found = maximise(record, begin)
        climbed = [begin, *(eta for eta in record.seen if np.isfinite(eta).all())]
        points = [self._natural(eta) for eta in _rising(objective, climbed)]
        return tuple(points) if found.converged else ()

    def _natural(self, eta: Floats) -> dict[str, float]:
        table, unit = self.fit.model.roles, self._problem.unit
        return {
            name: float(unit.outward_value(float(table[name].link.inverse(e)), table[name]))
            for name, e in zip(self.fit.free, eta, strict=True)
        }


@dataclass(frozen=True, eq=False)
class _Recording(Objective):
    """An objective that remembers where it was asked."""

    @cached_property
    def seen(self) -> list[Floats]:
        return []

    def __call__(self, eta: Floats) -> Evaluation:
        self.seen.append(np.array(eta))
        return super().__call__(eta)


def _rising(objective: Objective, places: list[Floats]) -> list[Floats]:
    """Keep the places that rise: the steps taken, without those that were halved."""
    kept, height = [places[0]], objective(places[0]).value
    for place in places[1:]:
        value = objective(place).value
        if value > height:
            kept.append(place)
            height = value
    return kept


def check_names(names: object, free: tuple[str, ...]) -> None:
    """Refuse a parameter that is not free in the fit."""
    for name in names:  # type: ignore[attr-defined]
        if name not in free:
            raise InputError(f"{name!r} is not a free parameter of this fit; {nearest(str(name), free)}")
