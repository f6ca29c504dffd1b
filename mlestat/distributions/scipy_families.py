"""What is known of scipy's families: shapes and their domains, ends of the support, corners of the density.

This is the only file that looks inside scipy's distribution objects. It reads scipy's own tables and knows beside them
what scipy does not say of itself: where a log-density has a corner (`CORNERS`), which whole-number shapes take
fractions (`FRACTIONS`), and which densities on the line are none with a free scale (`PERIODIC`).

`import mlestat` does not come here: scipy.stats is imported when a family of it is asked for.
"""

from __future__ import annotations

import math
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array
from mlestat.distributions.parameters import Role
from mlestat.errors import InputError, UnknownNameError, nearest
from mlestat.supports import Interval, Positive, Real, Support, UnitInterval

Floats = NDArray[np.float64]
Shapes = tuple[Array, ...]

CORNERS: dict[str, Callable[..., tuple[Array, ...]]] = {
    "laplace": lambda: (0.0,),
    "laplace_asymmetric": lambda kappa: (0.0,),
    "dgamma": lambda a: (0.0,),
    "dweibull": lambda c: (0.0,),
    "gennorm": lambda beta: (0.0,),
    "loglaplace": lambda c: (1.0,),
    "triang": lambda c: (c,),
    "trapezoid": lambda c, d: (c, d),
}
"""Where the log-density of a standard form has a corner, a cusp or a pole inside its support."""


def _pearson3_ends(skew: Array) -> tuple[Array, Array]:
    """A gamma moved and turned: it ends at -2/skew."""
    skew = np.asarray(skew, dtype=float)
    end = -2.0 / np.where(skew == 0.0, 1.0, skew)
    return np.where(skew > 0.0, end, -math.inf), np.where(skew < 0.0, end, math.inf)


ENDS: dict[str, Callable[..., tuple[Array, Array]]] = {"pearson3": _pearson3_ends}
"""Ends of supports that scipy gives as infinite."""

FRACTIONS = {"nbinom": ("n",)}
"""Shapes that scipy lists among the whole numbers although its formulas take any real number."""

PERIODIC = ("vonmises",)
"""Periodic densities: they are one for a single turn, so the scale is held at 1, as in scipy's own fit."""

STEPS = ("rv_histogram",)
"""Densities that jump inside their support: a likelihood in steps, whose maximum is no single point."""

UNNAMED = "Distribution"
"""What scipy calls a family that was made without a name."""

WITHIN = {"norminvgauss": {"b": "a"}, "genhyperbolic": {"b": "a"}}
"""Shapes that lie between plus and minus another one."""

WARNING = ("geninvgauss",)
"""Densities that tell of an overflow by a Python warning."""

ARITHMETIC = (OverflowError, ZeroDivisionError, FloatingPointError, RuntimeError, ValueError, SystemError)
"""What scipy raises for single elements: overflow in a special function, a root that was not found."""

GRID = 800
"""Points of a rough distribution function: steps of 0.03 in the logarithm of a distance."""

_LOCK = threading.RLock()


@dataclass(frozen=True)
class ScipyFamily:
    """A family of scipy.stats in its standard form (loc = 0, scale = 1).

    Examples
    --------
    >>> import scipy.stats
    >>> f = described(scipy.stats.genpareto)
    >>> f.name, f.shapes, [float(end) for end in f.ends((-0.5,))]
    ('genpareto', ('c',), [0.0, 2.0])
    """

    generic: Any

    @property
    def name(self) -> str:
        """The name in scipy.stats, or that of the class for a family made elsewhere."""
        named = getattr(self.generic, "name", None)
        return type(self.generic).__name__ if named in (None, "", UNNAMED) else str(named)

    @property
    def shapes(self) -> tuple[str, ...]:
        """Names of the shapes."""
        text = self.generic.shapes
        return tuple(text.replace(",", " ").split()) if text else ()

    @property
    def discrete(self) -> bool:
        """Whether x takes whole numbers only."""
        return hasattr(self.generic, "logpmf")

    @property
    def names(self) -> tuple[str, ...]:
        """The shapes, loc, and for a continuous family scale."""
        return (*self.shapes, "loc") if self.discrete else (*self.shapes, "loc", "scale")

    @property
    def roles(self) -> Mapping[str, Role]:
        """Domain and unit of each parameter."""
        return _roles(self.generic)

    @property
    def known(self) -> tuple[str, ...]:
        """Whole-number parameters: given, never estimated."""
        whole = {s.name for s in _shape_info(self.generic) if s.integrality} - set(FRACTIONS.get(self.name, ()))
        return tuple(n for n in self.names if n in whole or (n == "loc" and self.discrete))

    @property
    def defaults(self) -> Mapping[str, float]:
        """Values that stand where none is given: the place of a discrete family, the turn of a periodic one."""
        if self.discrete:
            return {"loc": 0.0}
        if self.steps:
            return {"loc": 0.0, "scale": 1.0}
        return {"scale": 1.0} if self.name in PERIODIC else {}

    @property
    def moving(self) -> bool:
        """Whether the ends of the support depend on the shapes."""
        from scipy.stats import rv_continuous, rv_discrete

        own = type(self.generic)._get_support
        return self.name in ENDS or own not in (rv_continuous._get_support, rv_discrete._get_support)

    @property
    def smooth(self) -> bool:
        """Whether the log-density has no corner inside its support."""
        return self.name not in CORNERS and not self.steps

    @property
    def steps(self) -> bool:
        """Whether the density jumps inside its support."""
        return type(self.generic).__name__ in STEPS

    @property
    def integrated(self) -> bool:
        """Whether scipy finds the distribution function by a quadrature, which makes quantiles slow."""
        from scipy.stats import rv_continuous

        return not self.discrete and type(self.generic)._cdf is rv_continuous._cdf

    @property
    def within(self) -> Mapping[str, str]:
        """Shapes that lie between plus and minus another one, with that one's name."""
        return WITHIN.get(self.name, {})

    def corners(self, shapes: Shapes) -> tuple[Array, ...]:
        """Return where the log-density of the standard form has its corners."""
        return CORNERS[self.name](*shapes) if self.name in CORNERS else ()

    def ends(self, shapes: Shapes) -> tuple[Array, Array]:
        """Return the ends of the standard form's support, each of the shape of the shapes."""
        with np.errstate(all="ignore"):
            low, high = ENDS.get(self.name, self.generic._get_support)(*shapes)
        return np.asarray(low, dtype=float)[()], np.asarray(high, dtype=float)[()]

    def allows(self, shapes: Shapes) -> bool:
        """Return whether scipy has a member with these shapes."""
        with np.errstate(all="ignore"), quiet():
            return bool(np.all(self.generic._argcheck(*shapes)))

    def logpdf(self, x: Array, *parameters: Array) -> Array:
        """Log-density at (shapes, loc, scale), of the standard form where loc and scale are left out."""
        density = self.generic.logpmf if self.discrete else self.generic.logpdf
        with np.errstate(all="ignore"):
            if self.name not in WARNING:
                return _by_parts(density, x, *parameters)
            with quiet():
                return _by_parts(density, x, *parameters)

    def quantiles(self, q: Floats, shapes: Shapes) -> Floats:
        """Return quantiles of the standard form, shape (q, g), for g members; rough where scipy's are slow."""
        columns = tuple(np.atleast_1d(np.asarray(s, dtype=float)) for s in shapes)
        g = max((c.size for c in columns), default=1)
        if self.integrated:
            return _rough_quantiles(self, q, tuple(np.broadcast_to(c, g) for c in columns), g)
        return np.broadcast_to(np.asarray(self("ppf", q[:, None], *columns), dtype=float), (q.size, g))

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        """Pickle a family of scipy.stats by its name, so that it comes back as the same object."""
        import scipy.stats

        if getattr(scipy.stats, self.name, None) is self.generic:
            return _unpickled, (self.name,)
        return described, (self.generic,)

    def __call__(self, member: str, x: Array, *parameters: Array) -> Array:
        """Return what scipy's member of that name (cdf, logsf, ppf, …) gives, without its warnings."""
        with np.errstate(all="ignore"), quiet():
            return _by_parts(getattr(self.generic, member), x, *parameters)


def _rough_quantiles(family: ScipyFamily, q: Floats, shapes: Shapes, g: int) -> Floats:
    """Quantiles from the trapezoidal rule over a grid that is fine near the finite end, or near 0."""
    low, high = (np.broadcast_to(e, g).astype(float)[:, None] for e in family.ends(shapes))
    t = np.linspace(0.0, 1.0, GRID)
    with np.errstate(all="ignore"):
        ray, line = np.exp(28.0 * t - 14.0), np.sinh(24.0 * t - 12.0)
        z = np.where(np.isfinite(low), np.where(np.isfinite(high), low + (high - low) * t, low + ray), high - ray[::-1])
        z = np.where(np.isfinite(low) | np.isfinite(high), z, line)
        density = np.exp(np.asarray(family.logpdf(z, *(s[:, None] for s in shapes))))
        density = np.where(np.isfinite(density), density, 0.0)
        steps = 0.5 * (density[:, 1:] + density[:, :-1]) * np.diff(z, axis=1)
        reached = np.concatenate([np.zeros((g, 1)), np.cumsum(steps, axis=1)], axis=1)
        reached /= reached[:, -1:]
    return np.array([_interpolated(q, r, at) for r, at in zip(reached, z, strict=True)]).T


def _interpolated(q: Floats, reached: Floats, at: Floats) -> Floats:
    return np.interp(q, reached, at) if np.isfinite(reached).all() else np.full(q.size, math.nan)


def _by_parts(f: Callable[..., Array], *arguments: Array) -> Array:
    """Evaluate elementwise; where scipy raises for one element, that element alone becomes NaN."""
    try:
        return f(*arguments)
    except ARITHMETIC:
        arrays = np.broadcast_arrays(*arguments)
        if arrays[0].size <= 1:
            return np.full(arrays[0].shape, math.nan)[()]
        flat = [a.ravel() for a in arrays]
        halves = np.array_split(np.arange(flat[0].size), 2)
        return np.concatenate([_by_parts(f, *(a[at] for a in flat)) for at in halves]).reshape(arrays[0].shape)


def _unpickled(name: str) -> ScipyFamily:
    return described(by_name(name))


@contextmanager
def quiet() -> Iterator[None]:
    """Keep scipy's warnings about its quadratures to itself; one thread at a time, since filters are shared."""
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@dataclass(frozen=True)
class _Info:
    """A shape as scipy describes it."""

    name: str
    integrality: bool
    domain: tuple[float, float]
    inclusive: tuple[bool, bool]


@cache
def _shape_info(generic: Any) -> tuple[_Info, ...]:
    """Return scipy's own description of the shapes; for a family made elsewhere, scipy's default of x > 0."""
    names = generic.shapes.replace(",", " ").split() if generic.shapes else []
    if not hasattr(generic, "_shape_info"):
        bounds = [_bounds_by_check(generic, i, len(names)) for i in range(len(names))]
        return tuple(_Info(name, False, b, (False, False)) for name, b in zip(names, bounds, strict=True))
    found = []
    for s in generic._shape_info():
        low, high = getattr(s, "endpoints", s.domain)
        holds = bool(s.inclusive[0]), bool(s.inclusive[1])
        found.append(_Info(s.name, bool(s.integrality), (_plain(low), _plain(high)), holds))
    return tuple(found)


def _plain(end: Any) -> float:
    """Return an end as a plain number; the next double beside a whole number is meant as that number."""
    value = float(end)
    return float(round(value)) if math.isfinite(value) and abs(value - round(value)) < 1e-300 else value


def _bounds_by_check(generic: Any, i: int, k: int) -> tuple[float, float]:
    """Ask a family that says nothing of its shapes whether shape i may be negative."""
    with np.errstate(all="ignore"), quiet():
        trial = [1.0] * k
        trial[i] = -1.0
        return (-math.inf if np.all(generic._argcheck(*trial)) else 0.0), math.inf


@cache
def _roles(generic: Any) -> Mapping[str, Role]:
    shapes = {s.name: Role(_domain(s)) for s in _shape_info(generic)}
    if hasattr(generic, "logpmf"):
        return {**shapes, "loc": Role(Real())}
    return {**shapes, "loc": Role(Real(), unit="data"), "scale": Role(Positive(), unit="data")}


def _domain(s: _Info) -> Support:
    """Return a shape's domain, ends included where scipy includes them."""
    low, high = s.domain
    holds = (s.inclusive[0] and math.isfinite(low), s.inclusive[1] and math.isfinite(high))
    if (low, high) == (-math.inf, math.inf):
        return Real()
    if not any(holds) and (low, high) == (0.0, math.inf):
        return Positive()
    if not any(holds) and (low, high) == (0.0, 1.0):
        return UnitInterval()
    closed: bool | str = all(holds) or ("low" if holds[0] else "high" if holds[1] else False)
    return Interval(low, high, closed)


@cache
def described(generic: Any) -> ScipyFamily:
    """Return what is known of a family of scipy.stats.

    Raises
    ------
    InputError
        If it is not a univariate family of scipy.stats.
    """
    from scipy.stats import rv_continuous, rv_discrete

    if not isinstance(generic, (rv_continuous, rv_discrete)):
        raise InputError(_not_a_family(generic))
    if getattr(generic, "name", None) == "poisson_binom":
        raise InputError(
            "scipy's poisson_binom takes one probability per trial, which no column of numbers tells; fit Binomial(n) "
            "where they are equal"
        )
    return ScipyFamily(_original(generic))


def _original(generic: Any) -> Any:
    """Return scipy.stats' own object in place of the copy that a frozen distribution holds."""
    import scipy.stats

    own: Any = getattr(scipy.stats, str(getattr(generic, "name", "")), None)
    same = type(own) is type(generic) and own._updated_ctor_param() == generic._updated_ctor_param()
    return own if same else generic


def _not_a_family(thing: Any) -> str:
    """Say what was passed in place of a univariate family."""
    shown = getattr(thing, "__name__", None) or repr(thing)
    kind = type(thing).__name__
    if kind.startswith(("multivariate", "dirichlet", "multinomial", "wishart", "invwishart", "matrix", "random_")) or (
        any(c.__name__ in ("multi_rv_generic", "multi_rv_frozen") for c in type(thing).__mro__)
    ):
        return (
            f"scipy's {kind.removesuffix('_gen').removesuffix('_frozen')} is multivariate, and from_scipy takes "
            "univariate families; fit each column by itself, or use a multivariate family of mlestat"
        )
    if any(c.__name__ == "UnivariateDistribution" for c in getattr(type(thing), "__mro__", ())) or (
        isinstance(thing, type) and any(c.__name__ == "UnivariateDistribution" for c in thing.__mro__)
    ):
        return (
            f"{shown:.60} is of scipy's new kind, which from_scipy does not read; give the family by its older name, "
            "such as scipy.stats.norm"
        )
    return f"from_scipy needs a univariate family of scipy.stats, such as scipy.stats.johnsonsu, got {shown:.60}"


def by_name(name: str) -> Any:
    """Return the family of that name in scipy.stats.

    Raises
    ------
    UnknownNameError
        If there is none; the sentence offers the nearest names.

    Examples
    --------
    >>> by_name("johnsonsu").name
    'johnsonsu'
    """
    import scipy.stats as stats

    families = {n for n in dir(stats) if isinstance(getattr(stats, n), (stats.rv_continuous, stats.rv_discrete))}
    if name not in families:
        raise UnknownNameError(f"scipy.stats has no univariate family {name!r}; {nearest(name, sorted(families))}")
    return getattr(stats, name)
