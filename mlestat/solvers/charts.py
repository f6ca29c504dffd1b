r"""Charts: coordinates without bounds in which the likelihood of a scipy family is searched.

The ends of a support must lie beyond the data, so a location is told by its gap, loc + scale·a = min x - e^u: the
likelihood is smooth in u, wherever the end is, and u → -∞ is the end upon the smallest value. Shapes go by their links,
the scale by its logarithm. Other charts hold an end, or a corner of the density, upon a given value: what is left is
smooth.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import is_estimated
from mlestat.distributions.numerical import derivatives
from mlestat.distributions.scipy_model import FromScipy, Rest
from mlestat.likelihood import Evaluation
from mlestat.links import default_link
from mlestat.solvers.terrain import Terrain, Values

Floats = NDArray[np.float64]

REACH = 300.0
"""Coordinates beyond this are no doubles any more: e^300 is 1e130."""

FAR_OFF = 60.0
"""Coordinates, logarithms mostly, beyond which a climb has run away."""

LEAST_GAP = math.log(1e-13)
"""Logarithm of the least gap or scale, in spreads, that is climbed to."""

STEP = 1.0 / 100.0
"""Step of a climb's differences, of order 4: their error is 1e-10 of a function that changes over a unit."""

ROUGH = 1e-3
"""Difference of the two formulas' second derivatives from which on a climb takes a smaller step."""

ROUNDS = 3
"""Steps that a climb tries for its derivatives: from 1/100 to 1/1600."""


def kind_of(model: FromScipy, values: Mapping[str, float]) -> str:
    """Tell which ends of the support are finite at these shapes: "low", "high", "both", or neither ("line").

    Examples
    --------
    >>> import mlestat as mle
    >>> kind_of(mle.from_scipy("genpareto"), {"c": 0.5}), kind_of(mle.from_scipy("genpareto"), {"c": -0.5})
    ('low', 'both')
    """
    if model.family.discrete:
        return "line"
    ends = model.family.ends(tuple(np.float64(values[n]) for n in model.family.shapes))
    low, high = (bool(np.isfinite(e).all()) for e in ends)
    return "both" if low and high else "low" if low else "high" if high else "line"


@dataclass(frozen=True)
class Pin:
    """A corner of the density, by its number, held upon a value."""

    corner: int
    value: float


@dataclass(frozen=True, eq=False)
class Chart:
    """Coordinates u of the members of a model: links of its shapes, then those of location and scale.

    `kind` says how location and scale are told: "line" by themselves, "low", "high" or "both" by gaps to the extremes.
    """

    terrain: Terrain
    kind: str
    rest: Rest = field(default_factory=Rest)
    pins: tuple[Pin, ...] = ()

    @property
    def model(self) -> FromScipy:
        """The model."""
        return self.terrain.model

    @cached_property
    def shapes(self) -> tuple[str, ...]:
        """Shapes that have a coordinate of their own."""
        pinned = {self.model.family.shapes[p.corner] for p in self.pins} if self.kind == "both" else set()
        return tuple(n for n in self.model.family.shapes if n in self.model.free and n not in pinned)

    @cached_property
    def places(self) -> tuple[str, ...]:
        """What the coordinates after the shapes are."""
        free = set(self.model.free) - set(self.rest.follows)
        loc, scale = "loc" in free, "scale" in free
        if not (loc or scale):
            return ()
        if self.kind == "both" and scale and loc | bool(self.rest.follows):
            return tuple(n for n in ("low", "high") if getattr(self.rest, n) is None)
        if self.rest.follows or not loc:
            return ("scale",) if scale else ()
        gap = self.kind if self.kind in ("low", "high") else "loc"
        if self.pins and self.kind == "line":
            return ("scale",) if scale else ()
        if self.pins and self.kind == "low":
            return (gap,)
        return (gap, "scale") if scale else (gap,)

    @property
    def size(self) -> int:
        """Number of coordinates."""
        return len(self.shapes) + len(self.places)

    # -- coordinates ---------------------------------------------------------------------------------------

    def values(self, u: Floats) -> Values:
        """Return all parameters, shape (p,), of coordinates of shape (size, p)."""
        p = u.shape[1]
        params = self.model.params
        v: Values = {n: np.full(p, math.nan if is_estimated(h) else float(np.median(h))) for n, h in params.items()}
        with np.errstate(all="ignore"):
            for i, name in enumerate(self.shapes):
                v[name] = np.asarray(default_link(self.model.roles[name].support).inverse(u[i]))
            for name, other in self.model.family.within.items():
                if name in self.shapes:
                    v[name] = v[other] * np.tanh(v[name])
            t = dict(zip(self.places, u[len(self.shapes) :], strict=True))
            if not self.model.family.discrete:
                self._locate(v, t)
        return {n: np.broadcast_to(np.asarray(value, dtype=float), p) for n, value in v.items()}

    def _locate(self, v: Values, t: Mapping[str, Floats]) -> None:
        """Set loc and scale, and shapes that a pin determines."""
        place, unit = self.terrain.place, self.terrain.place.spread
        if "scale" in t:
            v["scale"] = unit * np.exp(t["scale"])
        if "loc" in t:
            v["loc"] = place.middle + unit * t["loc"]
        if self.kind == "both" and t.keys() & {"low", "high"}:
            low = place.low - unit * np.exp(t["low"]) if "low" in t else np.float64(self.rest.low or 0.0)
            high = place.high + unit * np.exp(t["high"]) if "high" in t else np.float64(self.rest.high or 0.0)
            self._pin_shapes(v, low, high)
            self._between(v, low, high)
            return
        if self.kind == "both" and self.pins:
            self._pin_shapes(v, v["loc"], v["loc"] + v["scale"])
            return
        a, b = self.model.family.ends(tuple(v[n] for n in self.model.family.shapes))
        if self.rest.follows:
            self._rest(v, a, b)
        elif self.pins:
            self._pin(v, t, a)
        elif "low" in t:
            v["loc"] = place.low - unit * np.exp(t["low"]) - v["scale"] * a
        elif "high" in t:
            v["loc"] = place.high + unit * np.exp(t["high"]) - v["scale"] * b

    def _between(self, v: Values, low: Any, high: Any) -> None:
        a, b = self.model.family.ends(tuple(v[n] for n in self.model.family.shapes))
        v["scale"] = (high - low) / (b - a)
        v["loc"] = low - v["scale"] * a

    def _pin_shapes(self, v: Values, low: Any, high: Any) -> None:
        """A corner that is itself a shape, between ends 0 and 1."""
        for pin in self.pins:
            v[self.model.family.shapes[pin.corner]] = (pin.value - low) / (high - low)

    def _rest(self, v: Values, a: Any, b: Any) -> None:
        low, high = self.rest.low, self.rest.high
        if low is not None and high is not None:
            self._between(v, low, high)
            return
        end, at = (a, low) if low is not None else (b, float(high or 0.0))
        if "loc" in self.rest.follows:
            v["loc"] = at - v["scale"] * end
        else:
            v["scale"] = (at - v["loc"]) / end + 0.0 * v["loc"]

    def _pin(self, v: Values, t: Mapping[str, Floats], a: Any) -> None:
        (pin,) = self.pins
        corner = self.model.family.corners(tuple(v[n] for n in self.model.family.shapes))[pin.corner]
        if "low" in t:
            gap = self.terrain.place.spread * np.exp(t["low"])
            end = self.terrain.place.low - gap
            v["scale"] = (pin.value - end) / (corner - a)
            v["loc"] = end - v["scale"] * a
        else:
            v["loc"] = pin.value - v["scale"] * corner

    def coordinates(self, values: Mapping[str, float]) -> Floats:
        """Return u of a member; what is not inside the chart's reach becomes infinite or NaN."""
        place, unit = self.terrain.place, self.terrain.place.spread
        with np.errstate(all="ignore"):
            u = [self._coordinate(n, values) for n in self.shapes]
            if not self.places:
                return np.array(u)
            loc, scale = values["loc"], values["scale"]
            a, b = (
                float(np.median(e))
                for e in self.model.family.ends(tuple(np.float64(values[n]) for n in self.model.family.shapes))
            )
            gaps = {"low": place.low - loc - scale * a, "high": loc + scale * b - place.high}
            told = {
                "loc": (loc - place.middle) / unit,
                "scale": float(np.log(np.float64(scale / unit))),
                **{k: float(np.log(np.float64(g / unit))) for k, g in gaps.items()},
            }
        return np.array([*u, *(told[p] for p in self.places)])

    def _coordinate(self, name: str, values: Mapping[str, float]) -> float:
        other = self.model.family.within.get(name)
        if other is not None:
            return float(np.arctanh(np.float64(values[name] / values[other])))
        return float(default_link(self.model.roles[name].support).forward(np.float64(values[name])))

    # -- the objective on it ---------------------------------------------------------------------------------

    def heights(self, u: Floats) -> Floats:
        """Return the objective at coordinates of shape (size, p); -inf beyond the reach of floating point."""
        inside = (np.abs(u) < REACH).all(axis=0)
        return np.where(inside, self.terrain.heights(self.values(np.where(inside, u, 0.0)), self.rest), -math.inf)

    def lost(self, u: Floats) -> bool:
        """Whether a climb is beyond what floating point can tell: a gap below rounding, or a coordinate far off."""
        first = len(self.shapes)
        gaps = [u[first + i] for i, name in enumerate(self.places) if name != "loc"]
        return bool(np.max(np.abs(u)) > FAR_OFF or any(v < LEAST_GAP for v in gaps))

    def height(self, u: Floats) -> float:
        """Return the objective at one point."""
        return float(self.heights(u[:, None])[0])

    def slopes(self, u: Floats) -> Evaluation:
        """Return the objective at one point with its gradient and Hessian, by differences."""

        def lines(q: Floats, rows: Any) -> Floats:
            return self.heights(q[:, :, 0])[:, None]

        step = np.full((u.size, 1), STEP)
        value, g, h = derivatives(lines, u[:, None], step, tolerance=ROUGH, rounds=ROUNDS, order=4)
        height, hessian = float(value[0]), h[:, :, 0]
        return Evaluation(self.model, u, height, height, g[:, 0], hessian, -hessian)
