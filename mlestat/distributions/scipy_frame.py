r"""The frame in which scipy's densities are differentiated: x = e + ℓ y, with e and ℓ bound to the support.

With ĝ(y; s) the log-density of y, log f(x) = ĝ - log ℓ, so that in the basic coordinates (s, e, ℓ)

.. math::
    f_s = ĝ_s,\; f_e = -ĝ_y/\ell,\; f_\ell = -(1 + yĝ_y)/\ell,\quad
    f_{ss} = ĝ_{ss},\; f_{se} = -ĝ_{ys}/\ell,\; f_{s\ell} = -yĝ_{ys}/\ell,\;
    f_{ee} = ĝ_{yy}/\ell^2,\; f_{e\ell} = (ĝ_y + yĝ_{yy})/\ell^2,\; f_{\ell\ell} = (1 + 2yĝ_y + y^2ĝ_{yy})/\ell^2,

and e and ℓ are functions of the parameters: loc + scale·o(s) and scale·w(s), or constants where ends of the support
rest on the data. Derivation: docs/theory/numerical.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.numerical import SHARE, derivatives
from mlestat.distributions.second_order import Scalar
from mlestat.links import Identity

if TYPE_CHECKING:
    from mlestat.distributions.base import Matrix, Terms, Vector
    from mlestat.distributions.scipy_model import FromScipy

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Shape = tuple[int, ...]

ROUNDED = 1e-9
"""Distance from an end, in lengths of the frame, that rounding may have put outside of the support."""

FAR = 10.0
"""An end of the support that moves with a shape belongs to the frame up to this many quartile distances away."""

SMALL = 0.03
"""Shapes nearer to 0 than this still move by a share of it: an end may run like 1/shape, but one like the shape itself
need not be followed to 0."""

SHARP = 1e-9
"""Tolerance for the ends of a support, of which there are two, not one per row."""

LEAST_ROOM = 1e-12
"""Distance from an end, relative to the frame, below which a value lies on it: there is no step to either side."""


@dataclass(frozen=True)
class Jet:
    """Value, first and second derivatives of ĝ (or of a log-tail) in (y, shapes), one column per row."""

    y: Floats
    value: Floats
    first: Floats
    second: Floats


class Frame:
    """The frame of one member; `m` shapes and `k` parameters, flattened where they go by row."""

    def __init__(self, member: FromScipy) -> None:
        self.family, self.rest = member.family, member.rest
        self.m, self.k = len(member.shapes), len(member.values)
        self.size = np.broadcast_shapes(*(np.shape(v) for v in member.values))
        self.shapes = tuple(self._flat(v) for v in member.shapes)
        self.loc, self.scale = (self._flat(member.params.get(name, 1.0)) for name in ("loc", "scale"))
        links = [member.roles[n].link for n in self.family.shapes]
        self.units = tuple(_length(link, v) for link, v in zip(links, self.shapes, strict=True))
        self._last: tuple[Floats, Jet, Shape] | None = None
        if not self.family.discrete:
            self._bind()

    def _flat(self, v: Any) -> Floats:
        return np.broadcast_to(np.asarray(v, dtype=float), self.size).ravel() if self.size else np.atleast_1d(v) * 1.0

    # -- origin and length -----------------------------------------------------------------------------------

    def _bind(self) -> None:
        """Set origin o and width w of the standard form, and e and ℓ, with their derivatives."""
        low, high = (self._end(which) for which in (0, 1))
        self.from_low, self.from_high = low is not None, high is not None
        if self.family.moving and (self.from_low or self.from_high):
            self.units = self._small_units
        constant, middle = Scalar.constant, self._middle
        if low is not None:
            self.origin, self.width = low, (constant(middle, self.k) if high is None else high) - low
        elif high is not None:
            self.origin, self.width = high, high - constant(middle, self.k)
        else:
            self.origin, self.width = constant(0.0, self.k), constant(1.0, self.k)
        scale, loc = Scalar.variable(self.scale, self.k - 1, self.k), Scalar.variable(self.loc, self.k - 2, self.k)
        if self.rest.follows:
            self.e, self.ell = self._rested(scale, loc)
        else:
            self.e, self.ell = loc + scale * self.origin, scale * self.width

    def _rested(self, scale: Scalar, loc: Scalar) -> tuple[Scalar, Scalar]:
        """e and ℓ where ends of the support lie at given places."""
        low, high = self.rest.low, self.rest.high
        if low is not None and high is not None:
            return Scalar.constant(low, self.k), Scalar.constant(high - low, self.k)
        place = Scalar.constant(low if low is not None else high, self.k)
        if "scale" in self.rest.follows:
            end = self.origin + self.width if low is None and self.from_low else self.origin
            scale = (place - loc) * end.inverse()
        ell = scale * self.width
        return (place, ell) if low is not None or not self.from_low else (place - ell, ell)

    def _end(self, which: int) -> Scalar | None:
        """An end of the standard form with its derivatives; None if it is infinite, here or nearby, or far."""
        s = self._columns(self.shapes, max([1, *(v.size for v in self.shapes)]))
        value = np.broadcast_to(self.family.ends(tuple(s))[which], s.shape[1])
        if not np.isfinite(value).all():
            return None
        if not self.family.moving:
            return Scalar.constant(value, self.k)
        if not self._matters(value, which):
            return None
        step = SHARE * self._columns(self._small_units, s.shape[1])
        v, first, second = derivatives(
            lambda q, rows: self.family.ends(tuple(q))[which] + 0.0 * q[0], s, step, tolerance=SHARP
        )
        wide, wider = np.zeros((self.k, v.size)), np.zeros((self.k, self.k, v.size))
        wide[: self.m], wider[: self.m, : self.m] = first, second
        return Scalar(v, wide, wider) if np.isfinite(second).all() else None

    def _matters(self, end: Floats, which: int) -> bool:
        """Whether a moving end is near the bulk, or data rest on it; a far one would only carry the frame away."""
        if (self.rest.low, self.rest.high)[which] is not None:
            return True
        low, high = self._quartiles
        reach = FAR * (high - low)
        return bool(np.all((end > low - reach) & (end < high + reach)))

    @property
    def _small_units(self) -> tuple[Floats, ...]:
        return tuple(np.minimum(u, np.maximum(np.abs(v), SMALL)) for u, v in zip(self.units, self.shapes, strict=True))

    @cached_property
    def _quartiles(self) -> tuple[float, float]:
        """Quartiles of the standard form; a unit apart where scipy has no number for them."""
        middle = tuple(float(np.median(v)) for v in self.shapes)
        low, high = self.family.quantiles(np.array([0.25, 0.75]), middle)[:, 0].tolist()
        return (low, high) if math.isfinite(high - low) and low < high else (-0.5, 0.5)

    @property
    def _middle(self) -> float:
        """A point of the bulk, which stays where it is while an end moves away from it."""
        return 0.5 * self._quartiles[0] + 0.5 * self._quartiles[1]

    # -- rows --------------------------------------------------------------------------------------------------

    @staticmethod
    def _rows(v: Floats, n: int) -> Floats:
        """Repeat what each member has for its rows."""
        return v if v.size in (1, n) else np.repeat(v, n // v.size)

    def _columns(self, values: tuple[Floats, ...], n: int) -> Floats:
        """One value per row of each, shape (values, n)."""
        return np.array([np.broadcast_to(self._rows(v, n), n) for v in values]).reshape(len(values), n)

    def _position(self, x: Floats) -> tuple[Floats, Shape]:
        """y of each row, flat; values that rounding puts beside a finite end are moved onto it."""
        shape = np.broadcast_shapes(np.shape(x), self.size)
        flat = np.broadcast_to(x, shape).ravel()
        y = (flat - self._rows(self.e.value, flat.size)) / self._rows(self.ell.value, flat.size)
        first = 0.0 if self.from_low else -math.inf
        last = 1.0 if self.from_low and self.from_high else (0.0 if self.from_high else math.inf)
        near = (y > first - ROUNDED) & (y < last + ROUNDED) & self.rest.attained
        return np.where(near, np.clip(y, first, last), y), shape

    def _standard(self, y: Floats, shapes: tuple[Floats, ...]) -> tuple[Floats, Floats]:
        """z = o + w y at these shapes, and w."""
        if not self.family.moving:
            o, w = self.origin.value, self.width.value
            return np.minimum(o + w * y, o + w) if self.from_low and self.from_high else o + w * y, w
        low, high = self.family.ends(shapes)
        if self.from_low and self.from_high:
            z = low + (high - low) * y
            return np.where((y >= 0.0) & (y <= 1.0), np.clip(z, low, high), z), high - low
        if self.from_low:
            return low + (self._middle - low) * y, self._middle - low
        if self.from_high:
            return high + (high - self._middle) * y, high - self._middle
        return y, np.ones(1)

    def heights(self, x: Floats) -> Floats:
        """Log-density of the rows, without derivatives."""
        y, shape = self._position(x)
        shapes = tuple(self._columns(self.shapes, y.size))
        with np.errstate(all="ignore"):
            z, w = self._standard(y, shapes)
            value = self.family.logpdf(z, *shapes) + np.log(w) - np.log(self._rows(self.ell.value, y.size))
        return np.asarray(value).reshape(shape)

    # -- derivatives -------------------------------------------------------------------------------------------

    def _steps(self, y: Floats) -> Floats:
        """First steps in y and the shapes: a share of the length on which each matters, or of the room to an end."""
        shapes = tuple(self._columns(self.shapes, y.size))
        room = np.full(y.shape, math.inf)
        with np.errstate(all="ignore"):
            z, w = self._standard(y, shapes)
            for end in (*self.family.ends(shapes), *self.family.corners(shapes)):
                distance = np.abs(z - end) / w
                room = np.where(np.isfinite(distance), np.minimum(room, distance), room)
        spread = (self._quartiles[1] - self._quartiles[0]) / self._rows(self.width.value, y.size)
        step = SHARE * np.minimum(room, spread)
        step = np.where(room > LEAST_ROOM * np.minimum(spread, 1.0), step, 0.0)
        return np.concatenate([step[None, :], SHARE * self._columns(self.units, y.size)])

    def _jet(self, x: Floats) -> tuple[Jet, Shape]:
        """Derivatives of the rows; those of the last rows are kept, since wrappers ask for them four times."""
        if self._last is None or self._last[0] is not x:
            self._last = (x, *self._new_jet(x))
        return self._last[1], self._last[2]

    def _new_jet(self, x: Floats) -> tuple[Jet, Shape]:
        y, shape = self._position(x)

        def log_density(q: Floats, rows: Rows) -> Floats:
            with np.errstate(all="ignore"):
                z, w = self._standard(q[0], tuple(q[1:]))
                return np.asarray(self.family.logpdf(z, *q[1:]) + np.log(w))

        point = np.concatenate([y[None, :], self._columns(self.shapes, y.size)])
        return Jet(y, *derivatives(log_density, point, self._steps(y))), shape

    def density(self, x: Floats) -> Terms:
        """Log-density, score and lower half of the Hessian, each of the shape of x."""
        if self.family.discrete:
            return self._whole(x, self.family.logpdf)
        jet, shape = self._jet(x)
        value = jet.value - np.log(self._rows(self.ell.value, jet.y.size))
        return self._terms(value, *self._through(*self._basic(jet, 1.0), jet.y.size), shape)

    def _basic(self, jet: Jet, density: float) -> tuple[Floats, Floats]:
        """Derivatives in (s, e, ℓ); `density` is 1 for a log-density, 0 for the log of a tail."""
        m, y = self.m, jet.y
        ell = self._rows(self.ell.value, y.size)
        gy, gyy, gys = jet.first[0], jet.second[0, 0], jet.second[0, 1:]
        first = np.concatenate([jet.first[1:], [-gy / ell, -(density + y * gy) / ell]])
        second = np.empty((m + 2, m + 2, y.size))
        second[:m, :m] = jet.second[1:, 1:]
        second[:m, m] = second[m, :m] = -gys / ell
        second[:m, m + 1] = second[m + 1, :m] = -y * gys / ell
        second[m, m] = gyy / ell**2
        second[m, m + 1] = second[m + 1, m] = (gy + y * gyy) / ell**2
        second[m + 1, m + 1] = (density + 2.0 * y * gy + y * y * gyy) / ell**2
        return first, second

    def _through(self, first: Floats, second: Floats, n: int) -> tuple[Floats, Floats]:
        """The chain rule from (s, e, ℓ) to (shapes, loc, scale)."""
        m, k = self.m, self.k
        e, ell = self.e.over(n), self.ell.over(n)
        inner = np.zeros((m + 2, k, n))
        inner[np.arange(m), np.arange(m)] = 1.0
        inner[m], inner[m + 1] = e.first, ell.first
        g = np.einsum("ian,in->an", inner, first)
        h = np.einsum("ian,ijn,jbn->abn", inner, second, inner) + e.second * first[m] + ell.second * first[m + 1]
        for j, unit in enumerate(self.units):
            if not np.all(unit > 0.0):  # at the end of its domain a shape has no two-sided derivative
                g[j], h[j], h[:, j] = math.nan, math.nan, math.nan
        return g, h

    def _terms(self, value: Floats, g: Floats, h: Floats, shape: Shape) -> Terms:
        lower = (h[i, j] for i in range(self.k) for j in range(i + 1))
        return tuple(np.asarray(v).reshape(shape) for v in (value, *g, *lower))

    def in_x(self, x: Floats) -> tuple[Floats, Floats, Vector]:
        """First and second derivative of the log-density in x, and that of the score."""
        jet, shape = self._jet(x)
        n = jet.y.size
        ell = self._rows(self.ell.value, n)
        gy, gyy, gys = jet.first[0], jet.second[0, 0], jet.second[0, 1:]
        basic = np.concatenate([gys / ell, [-gyy / ell**2, -(gy + jet.y * gyy) / ell**2]])
        score, _ = self._through(basic, np.zeros((self.m + 2, self.m + 2, n)), n)
        return (gy / ell).reshape(shape), (gyy / ell**2).reshape(shape), tuple(v.reshape(shape) for v in score)

    # -- tails -------------------------------------------------------------------------------------------------

    def tail(self, x: Floats, member: str, sign: float) -> tuple[Vector, Matrix]:
        """First and second derivatives of log F (`sign` 1) or log S (-1).

        In y they follow from the density: with r = exp(ĝ - T), T_y = ± r and T_yy = ± r (ĝ_y - T_y), and
        T_ys = ± r (ĝ_s - T_s); in the shapes alone they are differences.
        """
        if self.family.discrete:
            terms = self._whole(np.asarray(np.floor(x)), lambda at, *s: self.family(member, at, *s))
            return terms[1 : self.k + 1], symmetric(terms[self.k + 1 :], self.k)
        jet, shape = self._jet(x)

        def log_tail(q: Floats, rows: Rows) -> Floats:
            z, _ = self._standard(jet.y[rows] + np.zeros(q.shape[1:]), tuple(q))
            return np.asarray(self.family(member, z, *q))

        value, first, second = derivatives(log_tail, self._columns(self.shapes, jet.y.size), self._steps(jet.y)[1:])
        with np.errstate(all="ignore"):
            ty = sign * np.exp(jet.value - value)
            whole = Jet(
                jet.y,
                value,
                np.concatenate([ty[None, :], first]),
                _bordered(ty * (jet.first[0] - ty), ty * (jet.first[1:] - first), second),
            )
            terms = self._terms(value, *self._through(*self._basic(whole, 0.0), jet.y.size), shape)
        return terms[1 : self.k + 1], symmetric(terms[self.k + 1 :], self.k)

    # -- whole numbers -----------------------------------------------------------------------------------------

    def _whole(self, x: Floats, formula: Callable[..., Floats]) -> Terms:
        """Value and derivatives of a function of whole numbers: known shapes and loc have none."""
        shape = np.broadcast_shapes(np.shape(x), self.size)
        at = (np.broadcast_to(x, shape) - self.loc.reshape(self.size or ())).ravel()
        n = at.size
        open_ = [j for j, name in enumerate(self.family.shapes) if name not in self.family.known]
        step = np.zeros((self.m, n))
        step[open_] = SHARE * self._columns(self.units, n)[open_]

        def on_rows(q: Floats, rows: Rows) -> Floats:
            return np.asarray(formula(at[rows] + np.zeros(q.shape[1:]), *q))

        value, first, second = derivatives(on_rows, self._columns(self.shapes, n), step)
        g, h = np.full((self.k, n), math.nan), np.full((self.k, self.k, n), math.nan)
        g[open_] = first[open_]
        h[np.ix_(open_, open_)] = second[np.ix_(open_, open_)]
        return self._terms(value, g, h, shape)


def _bordered(corner: Floats, cross: Floats, inner: Floats) -> Floats:
    """Return a matrix with one more row and column in front."""
    d = len(cross)
    out = np.empty((d + 1, d + 1, corner.size))
    out[0, 0], out[0, 1:], out[1:, 0], out[1:, 1:] = corner, cross, cross, inner
    return out


def symmetric(lower: Terms, k: int) -> Matrix:
    """Return the matrix of which `lower` is the lower half, row by row.

    Examples
    --------
    >>> symmetric((1.0, 2.0, 3.0), 2)
    ((1.0, 2.0), (2.0, 3.0))
    """
    return tuple(tuple(lower[max(i, j) * (max(i, j) + 1) // 2 + min(i, j)] for j in range(k)) for i in range(k))


def _length(link: Any, value: Floats) -> Floats:
    """The length on which a shape matters: what its link makes of a unit step, or its own size on the whole line."""
    if isinstance(link, Identity):
        return np.maximum(1.0, np.abs(value))
    return np.asarray(link.derivative(value), dtype=float)
