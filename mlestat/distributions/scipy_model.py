r"""A family of scipy.stats as a model: scipy's density, numerical derivatives, the same fit and the same verdict.

scipy gives the log-density g of a standard form with shapes s, and f(x) = g((x - loc)/scale; s)/scale. Differences are
taken on a frame that moves with the support,

.. math:: x = e + \ell y,\quad e = \text{loc} + \text{scale}\cdot o(s),\quad \ell = \text{scale}\cdot w(s),

where o is a finite end of the standard form and w its length if both ends are finite (else 0 and 1). The density
ĝ(y; s) of y is smooth in the shapes at every y, also where an end of the support runs with a shape; the derivatives in
loc and scale follow from those in y by the chain rule.

- Derivatives: central differences of order 8, row by row (`numerical.py`); good to about 1e-9 of the information.
- MLE: a search from many starts, then Newton's method (`solvers/search.py`).
- Tails, quantiles, samples and moments are scipy's, as accurate as scipy has them.

Derivation: docs/theory/numerical.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector, check_parameter, is_estimated
from mlestat.distributions.evaluation import as_float
from mlestat.distributions.parameters import Role, free
from mlestat.distributions.scipy_families import ScipyFamily, by_name, described
from mlestat.distributions.scipy_frame import Frame, symmetric
from mlestat.distributions.scipy_information import information
from mlestat.distributions.scipy_starts import pole
from mlestat.distributions.wrapper import Change
from mlestat.errors import FreeParameterError, InputError, ParameterError, nearest
from mlestat.links import default_link
from mlestat.supports import Integers, Interval, Real, Support

if TYPE_CHECKING:
    from mlestat.sample import Sample

Floats = NDArray[np.float64]

TRIALS = (-0.7, 0.3, 1.2)
"""Link-scale values of the shapes at which a support is looked at while they are still free."""

NUDGES = 12
"""Times that the move of an end for rounding is doubled: to 4096 units in the last place."""

APART = 0.37
"""Distance between the values of two shapes of one member, which must not be equal (truncnorm's a < b)."""


@dataclass(frozen=True)
class Rest:
    """What of a member rests at an edge: ends of the support that lie on data, and shapes at an end of their domain.

    `low` and `high` are the places of the ends; `follows` names the parameters that the ends determine. Where scipy has
    no density at an end itself (`attained` is False), its place is a hair beyond the data.
    """

    low: float | None = None
    high: float | None = None
    follows: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    attained: bool = True

    def __bool__(self) -> bool:
        return bool(self.follows or self.shapes)


@dataclass(frozen=True, repr=False)
class FromScipy(Distribution):
    """A family of scipy.stats as a model; made by `from_scipy`.

    Attributes
    ----------
    family : ScipyFamily
        The family.
    values : tuple
        Shapes, loc and, for a continuous family, scale: each a number, an array aligned with the rows, `free` or a
        prior.
    rest : Rest
        Which edges a search has found it to rest at; nothing for a model that was made by hand.
    """

    family: ScipyFamily
    values: tuple[Any, ...]
    rest: Rest = field(default_factory=Rest, compare=False)

    numerical: ClassVar[bool] = True
    explored: ClassVar[bool] = True

    def __post_init__(self) -> None:
        for name, role in self.roles.items():
            check_parameter(name, self.params[name], role)
        self._check_whole()
        if self.family.steps and self.free:
            raise ParameterError(
                f"the density of {self.family.name} has steps, so {self.free[0]} has no estimate of its own; give it a "
                f"number: {self.free[0]}={self.family.defaults[self.free[0]]:g}"
            )
        if not any(is_estimated(v) for v in self.shapes) and not self.family.allows(self.shapes):
            given = ", ".join(f"{n}={v}" for n, v in zip(self.family.shapes, self.shapes, strict=True))
            raise ParameterError(f"scipy's {self.family.name} has no member with {given}; correct these values")

    def _check_whole(self) -> None:
        for name in self.known:
            value = self.params[name]
            if isinstance(value, Distribution):
                raise ParameterError(f"{name} is known, never estimated, so it takes no prior; give its value")
            if value is not free and np.any(np.asarray(value) % 1.0 != 0.0):
                raise ParameterError(f"{name} of {self.label} must be a whole number, got {value!r:.60}")

    # -- parameters --------------------------------------------------------------------------------------

    @property
    def roles(self) -> Mapping[str, Role]:
        """What each parameter is: the shapes, loc, scale."""
        return self.family.roles

    @property
    def params(self) -> dict[str, Any]:
        """The parameters' values by name."""
        return dict(zip(self.family.names, self.values, strict=True))

    @property
    def known(self) -> tuple[str, ...]:  # type: ignore[override]
        """Whole-number shapes, and the loc of a discrete family."""
        return self.family.known

    @property
    def label(self) -> str:
        """What reports and sentences call the model."""
        return f"scipy.{self.family.name}"

    def __getattr__(self, name: str) -> Any:
        """Read a parameter by its name."""
        if not name.startswith("_") and "values" in self.__dict__ and name in self.family.names:
            return self.params[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __repr__(self) -> str:
        plain = {n: float(v) if isinstance(v, np.floating) else v for n, v in self.params.items()}
        return f"from_scipy({', '.join([self.family.name, *(f'{n}={v!r}' for n, v in plain.items())])})"

    def check_known(self) -> None:
        """Refuse a model whose whole-number shapes were not given: no fit finds them."""
        for name in self.known:
            if self.params[name] is free:
                raise FreeParameterError(
                    f"{name} of {self.label} is a whole number, known and never estimated, but was not given; give "
                    f"it, or an array with one value per row: from_scipy({self.family.name}, {name}=10)"
                )

    def with_values(self, values: Mapping[str, Any]) -> Self:
        """Return a copy with these parameter values, unchecked; what the ends determine follows them."""
        new = {**self.params, **{n: v for n, v in values.items() if n in self.family.names}}
        return self._copy(self._followed(new), self.rest)

    def in_unit(self, change: Change) -> Self:
        """Return a copy whose known values are in another unit."""
        table = self.roles
        known = {n: v if is_estimated(v) else change(v, table[n]) for n, v in self.params.items()}
        return self._copy(known, self.rest)

    def resting(self, rest: Rest) -> Self:
        """Return a copy of which an edge rests on the data, or a shape at the end of its domain."""
        return self._copy(self.params, rest)

    def _copy(self, values: Mapping[str, Any], rest: Rest) -> Self:
        copy = object.__new__(type(self))
        copy.__dict__.update({"family": self.family, "values": tuple(values.values()), "rest": rest})
        return copy

    def _followed(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values with loc and scale as the resting ends determine them."""
        if not self.rest.follows or any(is_estimated(v) for n, v in values.items() if n not in self.rest.follows):
            return values
        a, b = self.family.ends(tuple(values[n] for n in self.family.shapes))
        low, high = self.rest.low, self.rest.high
        if low is not None and high is not None:
            scale = (high - low) / (b - a)
            return {**values, "loc": low - scale * a, "scale": scale}
        end, place = (a, low) if low is not None else (b, high)
        if "loc" in self.rest.follows:
            return {**values, "loc": place - values["scale"] * end}
        return {**values, "scale": (place - values["loc"]) / end}

    @property
    def shapes(self) -> tuple[Any, ...]:
        """The values of the shapes."""
        return self.values[: len(self.family.shapes)]

    # -- attributes ----------------------------------------------------------------------------------------

    @property
    def support(self) -> Any:  # type: ignore[override]
        """Where x lives, as far as it is known before the fit."""
        low, high = self._ends
        if self.family.discrete:
            return Integers(low, high)
        if low == -math.inf and high == math.inf and np.ndim(low) == np.ndim(high) == 0:
            return Real()
        return Interval(low, high, self._closed)

    @property
    def _ends(self) -> tuple[Array, Array]:
        """Ends of the support; infinite where they are still to be estimated."""
        low, high = self._standard_ends()
        return self._placed(low, -math.inf), self._placed(high, math.inf)

    def _standard_ends(self) -> tuple[Array, Array]:
        """Ends of the standard form; infinite where free shapes move them."""
        if not (self.family.moving and any(is_estimated(v) for v in self.shapes)):
            return self.family.ends(tuple(1.0 if is_estimated(v) else v for v in self.shapes))
        lows, highs = zip(*(self.family.ends(s) for s in self._trial_shapes()), strict=True)
        return _common(lows, -math.inf), _common(highs, math.inf)

    def _trial_shapes(self) -> list[tuple[Any, ...]]:
        """Some members' shapes, known ones kept, each shape at another place of its domain."""
        found = []
        for u in TRIALS:
            values = {n: _trial(self.roles[n].support, u + APART * j) for j, n in enumerate(self.family.shapes)}
            held = {n: v for n, v in self.params.items() if n in values and not is_estimated(v)}
            found.append(tuple({**values, **held}.values()))
        return [s for s in found if self.family.allows(s)] or found

    def _placed(self, end: Array, unknown: float) -> Array:
        """An end of the standard form at our location and scale; `unknown` where these are to be estimated."""
        loc, scale = self.params["loc"], self.params.get("scale", 1.0)
        if np.ndim(end) == 0 and math.isinf(end):
            return float(end)
        if is_estimated(loc) or (is_estimated(scale) and np.any(end != 0.0)):
            return unknown
        return loc + (scale * end if np.any(end != 0.0) else 0.0)

    @cached_property
    def _closed(self) -> bool:
        """Whether the ends belong to the support: always for a member, else where the density there is a number."""
        if not self.free:
            return True
        low, high = self._standard_ends()
        heights = [
            float(self.family.logpdf(e, *s))
            for s in self._trial_shapes()
            for e in (low, high)
            if np.ndim(e) == 0 and math.isfinite(e)
        ]
        return bool(np.isfinite(heights).all())

    @property
    def solver(self) -> str:  # type: ignore[override]
        """How the maximum is found, in words."""
        return "search, then Newton over the rows; numerical derivatives"

    @property
    def regular(self) -> bool:  # type: ignore[override]
        """Whether an observed information exists."""
        return self.family.smooth

    @property
    def edges(self) -> tuple[str, ...]:  # type: ignore[override]
        """Parameters that rest at an edge."""
        return (*self.rest.follows, *self.rest.shapes)

    def _at_edges(self, member: Distribution) -> Distribution:
        """Hold the ends of the support where the data put them, and shapes at the end of their domain."""
        rest = member.rest if isinstance(member, type(self)) else Rest()
        held = {n: member.params[n] for n in (*rest.shapes, *rest.follows)}
        return self._copy({**self.params, **held}, replace(rest, shapes=()))

    # -- density -------------------------------------------------------------------------------------------

    @cached_property
    def _frame(self) -> Frame:
        return Frame(self)

    def _terms(self, x: Array) -> Terms:
        """Log-density, score and the lower half of the Hessian of each row."""
        return self._frame.density(np.asarray(x, dtype=float))

    def _logpdf(self, t: Terms) -> Array:
        return t[0]

    def _score(self, t: Terms) -> Vector:
        return t[1 : len(self.values) + 1]

    def _hessian(self, t: Terms) -> Matrix:
        k = len(self.values)
        return symmetric(t[k + 1 : k + 1 + k * (k + 1) // 2], k)

    def logpdf(self, x: Array) -> Array:
        """Return the log-density (log-probability of a discrete x), in nats; -inf outside the support."""
        self._known("logpdf")
        x = as_float(x)
        value = np.asarray(self.heights(np.asarray(x)))
        return np.where(np.isinf(x), -math.inf, value)[()]

    def heights(self, x: Floats) -> Floats:
        """Return the log-density alone, without derivatives."""
        return self._frame.heights(x) if self.rest.follows else np.asarray(self.family.logpdf(x, *self.values))

    def _dlogpdf(self, x: Array) -> Array:
        return self._frame.in_x(np.asarray(x, dtype=float))[0]

    def _d2logpdf(self, x: Array) -> Array:
        return self._frame.in_x(np.asarray(x, dtype=float))[1]

    def _dscore(self, x: Array) -> Vector:
        return self._frame.in_x(np.asarray(x, dtype=float))[2]

    def _fisher(self) -> Matrix:
        return information(self)

    # -- probabilities -------------------------------------------------------------------------------------

    def _cdf(self, x: Array) -> Array:
        return self.family("cdf", x, *self.values)

    def _sf(self, x: Array) -> Array:
        return self.family("sf", x, *self.values)

    def _logcdf(self, x: Array) -> Array:
        return self.family("logcdf", x, *self.values)

    def _logsf(self, x: Array) -> Array:
        return self.family("logsf", x, *self.values)

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._frame.tail(np.asarray(x, dtype=float), "logcdf", 1.0)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._frame.tail(np.asarray(x, dtype=float), "logsf", -1.0)

    def _ppf(self, q: Array) -> Array:
        return self.family("ppf", q, *self.values)

    def _isf(self, q: Array) -> Array:
        return self.family("isf", q, *self.values)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        with np.errstate(all="ignore"):
            drawn = self.family.generic.rvs(*self.values, size=size, random_state=rng)
        return np.asarray(drawn, dtype=float)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        with np.errstate(all="ignore"):
            mean, variance, skewness, excess = self.family.generic.stats(*self.values, moments="mvsk")
        return mean, variance, skewness, excess + 3.0

    # -- starts and limits ---------------------------------------------------------------------------------

    def _start(self, x: Floats, w: Floats) -> Mapping[str, float]:
        return self._starts(x, w)[0]

    def _starts(self, x: Floats, w: Floats) -> tuple[Mapping[str, float], ...]:
        from mlestat.distributions.scipy_starts import starts

        return starts(self, x, w)

    @cached_property
    def _pole(self) -> str | None:
        return pole(self)

    def _unbounded(self) -> str | None:
        return self._pole

    def _holding(self, sample: Sample) -> Self:
        """Move an end that rests on an extreme of the data outward by what rounding has left of it inside."""
        if self.family.discrete or not sample.complete_values or any(np.ndim(v) for v in self.values):
            return self
        a, b = (float(e) for e in self.family.ends(self.shapes))
        values, low, high = self.params, float(sample.values.min()), float(sample.values.max())
        step = np.finfo(float).eps * max(abs(values["loc"]), abs(low), abs(high), values["scale"])
        for _ in range(NUDGES):
            below, above = (low - values["loc"]) / values["scale"] < a, (high - values["loc"]) / values["scale"] > b
            if not (below or above):
                return self._copy(values, self.rest)
            if math.isfinite(a) and math.isfinite(b):
                values = {**values, "scale": values["scale"] + step / (b - a)}
            values = {**values, "loc": values["loc"] + (step if above and not below else -step if below else 0.0)}
            step *= 2.0
        return self

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        if self.family.discrete or not {"loc", "scale"} <= set(self.free):
            return None
        shapes = {n: math.nan if is_estimated(v) else v for n, v in zip(self.family.shapes, self.shapes, strict=True)}
        return {**shapes, "loc": c, "scale": 0.0}


def _common(ends: tuple[Array, ...], unknown: float) -> Array:
    """Return what all ends are, if they are alike, however the shapes move."""
    return ends[0] if all(np.array_equal(e, ends[0]) for e in ends) else unknown


def _trial(domain: Support, eta: float) -> float:
    """Return a value of a shape in its domain."""
    return float(default_link(domain).inverse(np.float64(eta)))


def from_scipy(family: Any, **parameters: Any) -> FromScipy:
    """Return a univariate family of scipy.stats as a model, with numerical derivatives.

    Parameters
    ----------
    family : scipy.stats family, frozen distribution or str
        Such as ``scipy.stats.johnsonsu`` or its name. A frozen one, ``scipy.stats.gamma(2, scale=3)``, has all
        parameters known.
    **parameters : float, array, free or prior
        The shapes by scipy's names, ``loc``, and ``scale`` for a continuous family. What is not given is free, as
        everywhere in the library. Exceptions: the ``loc`` of a discrete family is known, 0 unless given; whole-number
        shapes (``n`` of binom) are known and must be given; the ``scale`` of vonmises is 1 unless given.

    Returns
    -------
    FromScipy
        A distribution: fit it, wrap it, evaluate it.

    Raises
    ------
    InputError
        If `family` is no univariate family of scipy.stats (a multivariate one, say), or a keyword is none of its
        parameters.
    ParameterError
        If a value is outside its domain.

    Notes
    -----
    scipy's ``fit`` frees loc and scale as well. For a family on x > 0 a free loc is a threshold, and the likelihood may
    have no bound as it runs to the smallest value: the verdict says so. Give ``loc=0`` for data that start at 0.

    Where the library has a family of its own, that one is faster and its derivatives are exact: see the page on names
    elsewhere.

    Examples
    --------
    >>> import scipy.stats
    >>> import mlestat as mle
    >>> x = [0.5, 1.2, 3.1, 0.8, 2.2]
    >>> f = mle.fit(mle.from_scipy(scipy.stats.gamma, loc=0), x)
    >>> f.params["loc"], round(f.params["a"] / mle.fit(mle.Gamma(), x).params["shape"], 6)
    (0, 1.0)
    >>> mle.from_scipy("johnsonsu", loc=0)
    from_scipy(johnsonsu, a=free, b=free, loc=0, scale=free)
    """
    family, given = _unfrozen(by_name(family) if isinstance(family, str) else family)
    standard = described(family)
    if unknown := [n for n in parameters if n not in standard.names]:
        raise InputError(
            f"{unknown[0]!r} is no parameter of scipy's {standard.name}; {nearest(unknown[0], standard.names)}"
        )
    values = {**dict.fromkeys(standard.names, free), **standard.defaults, **given, **parameters}
    ready = (np.asarray(v, dtype=float) if isinstance(v, (list, tuple)) else v for v in values.values())
    return FromScipy(standard, tuple(ready))


def _unfrozen(family: Any) -> tuple[Any, dict[str, Any]]:
    """Return a frozen distribution's family and its values; a family as it is."""
    if not (hasattr(family, "dist") and hasattr(family, "args") and hasattr(family, "kwds")):
        return family, {}
    standard = described(family.dist)
    shapes, loc, scale = family.dist._parse_args(*family.args, **family.kwds)
    values = (*shapes, loc) if standard.discrete else (*shapes, loc, scale)
    plain = (float(v) if np.ndim(v) == 0 else np.asarray(v, dtype=float) for v in values)
    return family.dist, dict(zip(standard.names, plain, strict=True))
