"""Sentences: how a verdict is said, in the user's unit. What it is, is decided in certificate.py and fitting.py.

Every sentence names the model, what happens, where its parameters run, and a remedy.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlestat.distributions.base import Collapse, Distribution, Escape, NamedLimit, Special
from mlestat.supports import Real
from mlestat.unit import Unit
from mlestat.verdict import Verdict

SINGULAR = 1e14
"""Condition number from which on a direction counts as not identified: float64 cannot invert it."""

WORN = 1e10
"""Condition number from which on the rounding of the standard errors, about 1e-16 times it, is told."""

TOLD = 3
"""Heights of lower maxima that are told."""


@dataclass(frozen=True)
class Words:
    """The model that was asked for, and how its numbers read in the user's unit.

    `rise` is what a log-likelihood gains by the return to that unit.
    """

    asked: Distribution
    unit: Unit
    rise: float

    def height(self, loglik: float) -> float:
        """Return a log-likelihood in the user's unit."""
        return loglik + self.rise

    def values(self, params: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
        """Return values of the asked model's parameters in the user's unit."""
        return {name: self.unit.outward_value(params[name], self.asked.roles[name]) for name in names}

    def member(self, member: Distribution) -> str:
        """Show a known distribution."""
        parts = (f"{n}={_number(v)}" for n, v in self.unit.outward(member).params.items())
        return f"{member.label}({', '.join(parts)})"

    def where(self, ends: Mapping[str, float]) -> str:
        """Say which free parameters run where; nan is an end that does not matter."""
        told = {n: ends[n] for n in self.asked.free if n in ends and ends[n] == ends[n]}
        inside = {n: v for n, v in told.items() if math.isfinite(v)}
        told |= self.values(inside, tuple(inside))
        return " and ".join(f"{name} → {_end(value)}" for name, value in told.items())

    # -- a maximum -----------------------------------------------------------------------------------------

    def interior(self, how: str, decrement: float, condition: float, more: str) -> str:
        """Tell of a maximum inside the parameter space."""
        return (
            f"a maximum inside the parameter space ({how}; the next step would move {decrement:.1e} "
            f"standard errors; condition {condition:.3g}){_worn(condition)}{more}"
        )

    def others(self, heights: tuple[float, ...]) -> str:
        """Tell the heights of lower maxima."""
        if not heights:
            return ""
        told = ", ".join(f"{self.height(value):.6g}" for value in heights[:TOLD])
        return f"; the highest found: lower local maxima have log-likelihood {told}"

    def local(self, where: str | None) -> str:
        """Say that a local maximum is the estimate where the likelihood has no global one."""
        return "" if where is None else f"; the likelihood is unbounded {where}, and this is its interior maximum"

    def at_corner(self, held: Mapping[str, float]) -> str:
        """Tell of estimates that rest at a corner of their prior."""
        where = " and ".join(f"{name} rests at {value:g}" for name, value in held.items())
        return f"a maximum at a corner or edge of a prior: {where}; the other standard errors hold it there"

    def at_edge(self, params: Mapping[str, Any], names: tuple[str, ...]) -> str:
        """Tell of estimates that are an extreme of the data, or an end of their own domain."""
        table = self.asked.roles
        closed = [n for n in names if params[n] in (table[n].support.lower, table[n].support.upper)]
        told = []
        for these, edge in ((tuple(n for n in names if n not in closed), "the data"), (tuple(closed), "its domain")):
            where = " and ".join(f"{name} = {value:g}" for name, value in self.values(params, these).items())
            told += [f"a maximum at the edge of {edge}: {where}, which has no standard error"] if these else []
        return "; ".join(told)

    def numerical(self) -> str:
        """Say that derivatives are differences, where they are."""
        return "; derivatives are numerical" if self.asked.numerical else ""

    # -- no maximum ----------------------------------------------------------------------------------------

    def limit(self, special: Special, member: Distribution, supremum: float) -> str:
        """Tell of a supremum that is a contained family's."""
        ends = {special.parameter: special.value, **special.moving}
        ridge = f" ({special.ridge})" if special.ridge else ""
        return (
            f"no finite maximum{ridge}: the log-likelihood of {self.asked.label} rises towards that of "
            f"{self.member(member)} as {self.where(ends)} (supremum {self.height(supremum):.6f}); fit "
            f"{special.name}, or hold {special.parameter}"
        )

    def named_limit(self, named: NamedLimit, supremum: float) -> str:
        """Tell of a supremum that no family of the library attains."""
        return self._rises(f"that of {named.name}, as {self.where(named.ends)}", supremum)

    def flight(self, ends: Mapping[str, float], supremum: float) -> str:
        """Tell of a supremum without a name."""
        return self._rises(f"a height that it never reaches, as {self.where(ends)}", supremum) + self.numerical()

    def _rises(self, where: str, supremum: float) -> str:
        return (
            f"no finite maximum: the log-likelihood of {self.asked.label} rises towards {where} (supremum "
            f"{self.height(supremum):.6f}); hold one of these parameters, give it a prior, or choose another family"
        )

    def endless(self, where: str | None, more: str = "") -> str:
        """Tell of a likelihood that is unbounded and has no interior maximum."""
        return (
            f"no finite maximum: the log-likelihood of {self.asked.label} has no interior maximum, and is unbounded "
            f"{where}{more}"
        )

    def runaway(self, steps: int, height: float, params: Mapping[str, Any]) -> str:
        """Tell where a search that never ended has come to."""
        at = ", ".join(f"{name} = {value:.3g}" for name, value in self.values(params, self.asked.free).items())
        return (
            f"no finite maximum was found: after {steps} steps the log-likelihood of {self.asked.label} is "
            f"{self.height(height):.6g} and still rises, at {at}; hold one of these parameters, give it a prior, or "
            "choose another family"
        )

    def ridge(self, special: Special, member: Distribution, gain: float) -> str:
        """Tell of a maximum so far along a ridge that no double holds its parameters."""
        return (
            f"{special.ridge}: the maximum lies further towards {self.member(member)} than float64 numbers reach; "
            f"here the log-likelihood is {gain:.3g} above that; fit {special.name}, or hold {special.parameter}"
        )


def _number(value: Any) -> str:
    return f"{float(value):.6g}" if np.ndim(value) == 0 else "one per row"


def _end(value: float) -> str:
    return {math.inf: "∞", -math.inf: "-∞"}.get(value, f"{value:.6g}")


def _worn(condition: float) -> str:
    """Say how many digits an ill-conditioned information leaves to the standard errors."""
    if not condition > WORN:
        return ""
    if condition > SINGULAR:
        return "; the scores of these rows leave no standard errors"
    digits = max(0, math.floor(16.0 - math.log10(condition)))
    return f"; rounding leaves the standard errors about {digits} digits"


def hidden(decrement: float) -> str:
    """Tell of a maximum that rounding hides."""
    return (
        f"rounding hides the maximum: the next step would still move {decrement:.1e} standard errors, and none "
        "rises; the values differ too little for their size, so subtract or divide by a constant first"
    )


def not_unique(names: tuple[str, ...], condition: float) -> str:
    """Tell of a direction that the data do not identify."""
    return (
        f"the maximum is not unique: the information of {', '.join(names)} is singular "
        f"(condition {condition:.1e}); hold a parameter or give it a prior"
    )


# -- verdicts that the data alone decide -------------------------------------------------------------------


def collapse_verdict(model: Distribution, end: Collapse) -> Verdict:
    """Return the verdict on data that leave the model nothing but a limit, such as a point mass."""
    table = model.roles
    at_end = {n: v for n, v in end.ends.items() if v == v and not table[n].support.contains(np.float64(v))}
    moving = {n: v for n, v in at_end.items() if n in model.free and table[n].support != Real()}
    how = "grows without bound" if math.isinf(end.loglik) else f"rises to {end.loglik:g}, its supremum,"
    runs = f"as {_running(moving)}" if moving else "as more and more of it lies there"
    sentence = (
        f"no finite maximum: {end.data}, so the log-likelihood of {model.label} {how} {runs}; the limit is a "
        f"{end.limit}; hold {next(iter(moving or model.free))}, give it a prior, or collect values that differ"
    )
    return Verdict("unbounded" if math.isinf(end.loglik) else "limit", sentence, limit=end.limit)


def _running(ends: Mapping[str, float]) -> str:
    return " and ".join(f"{name} → {_end(value)}" for name, value in ends.items())


def escape_verdict(model: Distribution, escape: Escape) -> Verdict:
    """Return the verdict on data, not constant, on which the parameters run to the edge of their domain."""
    table = model.roles
    ends = {name: escape.ends[name] for name in model.free if not math.isnan(escape.ends[name])}
    moving = [name for name, end in ends.items() if not table[name].support.contains(np.float64(end))]
    if not moving:
        return Verdict("flat", f"the maximum is not unique: {escape.because}, so {escape.limit}")
    where = " and ".join(f"{name} → {_end(escape.ends[name])}" for name in moving)
    endless = math.isinf(escape.supremum)
    how = "grows without bound" if endless else f"rises towards {escape.supremum:.6f}, which it never reaches,"
    sentence = (
        f"no finite maximum: {escape.because}, so the log-likelihood of {model.label} {how} as {where}; the "
        f"limit is {escape.limit}; hold {moving[0]}, give it a prior, or choose another family"
    )
    return Verdict("unbounded" if endless else "limit", sentence, limit=escape.limit)
