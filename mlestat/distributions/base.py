"""Distribution: what every family shares, derived once from the few formulas that its file writes.

A family writes formulas for clean input in natural parameters. Here they become public members that take
any shape, mask what lies outside the support, refuse free parameters and stay on NumPy, PyTorch or JAX.

**Row terms.** Each family names the few functions of a row that its log-density, score and Hessian need
(`_terms`), and writes those three as *affine* functions of them. Applied to the terms of one row they give
the row's value; applied to the *mean* of the terms over the rows they give the mean log-likelihood, score
and Hessian. So a fit only ever asks for sums over rows of a few terms, costly parts are shared, and no
formula is written twice. For an exponential family the terms at any member follow from those at one
reference member (`_translate`): then these means are sufficient statistics, and one pass serves the fit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, exp, namespace
from mlestat.distributions.evaluation import Formula, log_of_smaller, lowest, masked, quantile, stack, tail
from mlestat.distributions.parameters import Parameter, Role, free, roles
from mlestat.distributions.tail_derivatives import tail_derivatives
from mlestat.errors import DataError, FreeParameterError, ParameterError
from mlestat.supports import Integers, Support

if TYPE_CHECKING:
    from mlestat.sample import Sample

Terms = tuple[Array, ...]
"""Row terms: arrays of the shape of x, or their means."""

Vector = tuple[Array, ...]
"""One entry per parameter, in field order."""

Matrix = tuple[tuple[Array, ...], ...]
"""Symmetric; one row per parameter, in field order."""


class Moments(NamedTuple):
    """Mean, variance, skewness and kurtosis (3 for a normal); inf or nan where there is none."""

    mean: Array
    variance: Array
    skewness: Array
    kurtosis: Array


class Escape(NamedTuple):
    """Where the parameters run on data that have no maximum though they are not constant, and why.

    `ends` gives every parameter's end, `because` what in the data does it, as a clause; `supremum` of the
    log-likelihood may be infinite; `limit` says in words what is approached.
    """

    ends: Mapping[str, float]
    because: str
    supremum: float
    limit: str


@dataclass(frozen=True)
class Special:
    """A family that another one contains: at `parameter` = `value`, or in the limit where that is infinite.

    `model` is the contained family, by whichever class is at hand, with the same fixed values; `names` maps
    our parameters' names to its own.

    Where other parameters must run along, `moving` gives their ends, and `towards(member, value)` our parameters near
    that member of the contained family, with `parameter` at a finite `value`. `ridge` is the name of that path.
    `at_edge` says that `value`
    is an end of an open domain, which is only approached as well.
    """

    name: str
    parameter: str
    value: float
    model: Distribution
    names: Mapping[str, str]
    moving: Mapping[str, float] = field(default_factory=dict)
    towards: Callable[[Distribution, float], Mapping[str, float]] | None = None
    ridge: str = ""
    at_edge: bool = False

    @property
    def is_limit(self) -> bool:
        """Whether the contained family is only approached."""
        return math.isinf(self.value) or self.at_edge

    def followed_by(self, inner: Special) -> Special:
        """Return the limit that is reached through this one: `inner` is a limit of the contained family.

        There is no path to it but along both.
        """
        ours = {theirs: name for name, theirs in self.names.items()}
        ends = {**inner.moving, inner.parameter: inner.value}
        return replace(
            self,
            name=inner.name,
            model=inner.model,
            names={name: inner.names[theirs] for name, theirs in self.names.items() if theirs in inner.names},
            moving={**self.moving, **{ours[theirs]: end for theirs, end in ends.items() if theirs in ours}},
            towards=None,
        )


class Collapse(NamedTuple):
    """Data that the model only approaches: where its parameters run, and what is left there.

    `data` and `limit` say in words what the data are and what the model becomes; `loglik` is its supremum.
    """

    ends: Mapping[str, float]
    data: str
    limit: str
    loglik: float


@dataclass(frozen=True)
class NamedLimit:
    """A limit of a family that is no family of the library: its name, mean log-likelihood, and our parameters' ends."""

    name: str
    loglik: float
    ends: Mapping[str, float]


@dataclass(frozen=True)
class StandardForm:
    """The same model in the parameters in which Newton's method is at home, for a family whose own ones bend.

    Attributes
    ----------
    model : Distribution
        The family in those parameters, all free.
    starts : callable
        From a small sample and its weights to starting values, the most promising first.
    back : callable
        From its member to our parameters, and whether that member is one of ours; else those of one nearby.
    in_reach : callable
        Whether a member is worth climbing on from, given the number of rows; if not, the search has run away.
    """

    model: Distribution
    starts: Callable[[NDArray[np.float64], NDArray[np.float64]], list[dict[str, float]]]
    back: Callable[[Distribution], tuple[Mapping[str, float], bool]]
    in_reach: Callable[[Distribution, int], bool]


@dataclass(frozen=True)
class Distribution:
    """Base of all families: evaluation, sampling and derivatives of a distribution.

    Attributes
    ----------
    support : Support
        Where x lives.
    discrete : bool
        Whether x takes whole numbers only.
    solver : str
        How its maximum likelihood estimate is found, in words.
    written : str
        How the family is written, where that is not the name of its class.
    sufficient : bool
        Whether the mean terms at a reference member are sufficient statistics.
    guards : bool
        Whether the terms of a value outside the support, or of NaN, are not finite: then a finite sum proves all rows.
    regular : bool
        Whether the log-density is twice differentiable in the parameters everywhere, so that an observed
        information exists.
    bounded_information : bool
        Whether the expected information is finite; if not, standard errors come from the scores of the rows.
    edges : tuple of str
        Parameters that are an end of the support: their estimate is an extreme of the data, without a standard error.
    kinks : tuple of str
        Parameters at whose value the log-density in x has a corner (as a prior, it can hold an estimate there).
    affine_tail : bool
        Whether the log survival function is affine in the row terms (see `_survival`).
    searched : str
        The parameter with a corner at which the likelihood has several maxima, so that it is searched; empty for none.
    costly_tails : bool
        Whether derivatives of log F and log S are quadratures, so that a narrow interval is better one as well.
    known : tuple of str
        Parameters that are given and never estimated, such as a number of trials; they have no derivative (NaN).
    numerical : bool
        Whether its derivatives are differences of the log-density, and not formulas.
    by_search : bool
        Whether nothing is known of its likelihood beforehand, so that its maximum is searched for from many starts.
    """

    support: ClassVar[Support]
    solver: ClassVar[str]
    written: ClassVar[str] = ""
    aliases: ClassVar[tuple[str, ...]] = ()
    sufficient: ClassVar[bool] = False
    guards: ClassVar[bool] = False
    regular: ClassVar[bool] = True
    affine_tail: ClassVar[bool] = False
    bounded_information: ClassVar[bool] = True
    costly_tails: ClassVar[bool] = False
    edges: ClassVar[tuple[str, ...]] = ()
    kinks: ClassVar[tuple[str, ...]] = ()
    searched: ClassVar[str] = ""
    known: ClassVar[tuple[str, ...]] = ()
    numerical: ClassVar[bool] = False
    by_search: ClassVar[bool] = False

    # -- what a family writes ------------------------------------------------------------------------

    def _terms(self, x: Array) -> Terms:
        """Row terms of clean x."""
        raise TypeError(_incomplete(self, "_terms"))

    def _logpdf(self, t: Terms) -> Array:
        """Log-density, affine in the terms."""
        raise TypeError(_incomplete(self, "_logpdf"))

    def _score(self, t: Terms) -> Vector:
        """Derivatives of the log-density in the natural parameters, affine in the terms."""
        raise TypeError(_incomplete(self, "_score"))

    def _hessian(self, t: Terms) -> Matrix:
        """Second derivatives in the natural parameters, affine in the terms."""
        raise TypeError(_incomplete(self, "_hessian"))

    def _survival(self, t: Terms) -> tuple[Array, Vector, Matrix]:
        """Log S with first and second derivatives, affine in the terms, for a family with `affine_tail`."""
        raise TypeError(_incomplete(self, "_survival"))

    def _dlogpdf(self, x: Array) -> Array:
        """Derivative of the log-density in x."""
        raise TypeError(_incomplete(self, "_dlogpdf"))

    def _d2logpdf(self, x: Array) -> Array:
        """Second derivative of the log-density in x."""
        raise TypeError(_incomplete(self, "_d2logpdf"))

    def _dscore(self, x: Array) -> Vector:
        """Derivative of the score in x: what a shift of the data does to it."""
        raise TypeError(_incomplete(self, "_dscore"))

    def _fisher(self) -> Matrix:
        """Expected information of one observation."""
        raise TypeError(_incomplete(self, "_fisher"))

    def _cdf(self, x: Array) -> Array:
        raise TypeError(_incomplete(self, "_cdf"))

    def _sf(self, x: Array) -> Array:
        raise TypeError(_incomplete(self, "_sf"))

    def _ppf(self, q: Array) -> Array:
        raise TypeError(_incomplete(self, "_ppf"))

    def _isf(self, q: Array) -> Array:
        raise TypeError(_incomplete(self, "_isf"))

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        raise TypeError(_incomplete(self, "_sample"))

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        raise TypeError(_incomplete(self, "_moments"))

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        """Rough values of all parameters from a small sample; `x` and `w` are clean."""
        found = self._direct(x, w)
        if found is None:
            raise TypeError(_incomplete(self, "_start"))
        return found

    def _starts(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> tuple[Mapping[str, float], ...]:
        """Several rough starts, for a likelihood with several local maxima."""
        return (self._start(x, w),)

    def _edges_at(self, low: float, high: float) -> Mapping[str, float]:
        """Where the smallest and largest value put the ends of the support, if that is their estimate."""
        return {}

    def _direct(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float] | None:
        """The free parameters' estimates straight from all rows, for a likelihood that is not smooth; else None."""
        return None

    def _corners(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where the searched parameter has the corner that exact rows x make."""
        return x

    def _at_corner(self, place: float) -> tuple[Mapping[str, float], ...]:
        """What else may be held with the searched parameter there: limits that no step inside the domain reaches."""
        return ()

    def _reference(self, mean: Array) -> Self:
        """The member at which sufficient statistics are taken, chosen near the data's mean; elementwise."""
        raise TypeError(f"{type(self).__name__} has no sufficient statistics")

    def _translate(self, t: Terms, at: Self) -> Terms:
        """Mean terms of this member from those of the member `at`."""
        raise TypeError(_incomplete(self, "_translate"))

    def _mle(self, t: Terms, at: Self) -> Mapping[str, float] | None:
        """The free parameters' estimates from sufficient statistics, or None where there is no closed form."""
        return None

    def _unbounded(self) -> str | None:
        """Where the likelihood of this model has no bound on any data, in words; None where it has one.

        The estimate is then an interior maximum, and where a search finds none the verdict is "unbounded".
        """
        return None

    def _lost(self) -> Array:
        """Whether this member lies where the likelihood has no bound, so that a search stops; elementwise."""
        return False

    def _specials(self) -> tuple[Special, ...]:
        """Families that this model contains, for the certificate and the limits."""
        return ()

    def _standard_form(self) -> StandardForm | None:
        """The model in other parameters, to be fitted there; None if our own serve."""
        return None

    def _named_limits(
        self, rows: Callable[[], tuple[NDArray[np.float64], NDArray[np.float64]]]
    ) -> Iterable[NamedLimit]:
        """Limits that are no families of the library, with their suprema on the values and weights of `rows()`."""
        return ()

    def _beside(self, special: Special, member: Distribution) -> tuple[Mapping[str, float], ...]:
        """Starts on each side of a contained family at which the score always vanishes; `member` is its best fit."""
        return ()

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        """Where the parameters run if all data equal c and no maximum exists; None if one does."""
        return None

    def _collapse_on(self, x: NDArray[Any], w: NDArray[np.float64] | None) -> Collapse | None:
        """What becomes of a known parameter's family on data at the ends of its support, where no maximum exists."""
        return None

    def _escape(self, x: NDArray[np.float64], w: NDArray[np.float64] | None, reached: float) -> Escape | None:
        """Where the parameters run if these data, not constant, have no maximum; None if one exists.

        `reached` is the log-likelihood that the search ended at.
        """
        return None

    def _at_edges(self, member: Distribution) -> Distribution:
        """Return this model with the parameters held that are an edge of the support at that member."""
        return self.with_values({name: member.params[name] for name in self.free if name in member.edges})

    def _holding(self, sample: Sample) -> Self:
        """Return this fitted member such that rounding leaves none of the data outside of its support."""
        return self

    # -- derived once: tails in logs -----------------------------------------------------------------

    def _logcdf(self, x: Array) -> Array:
        return log_of_smaller(self._cdf(x), self._sf(x))

    def _logsf(self, x: Array) -> Array:
        return log_of_smaller(self._sf(x), self._cdf(x))

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        """First and second derivatives of log F(x) in the natural parameters; x clean NumPy."""
        return tail_derivatives(self, x, upper=False)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        """First and second derivatives of log S(x) in the natural parameters; x clean NumPy."""
        if self.affine_tail:
            _, gradient, hessian = self._survival(self._terms(x))
            return gradient, hessian
        return tail_derivatives(self, x, upper=True)

    # -- construction --------------------------------------------------------------------------------

    def __post_init__(self) -> None:
        for name, role in self.roles.items():
            check_parameter(name, self.params[name], role)
            if isinstance(self.params[name], (list, tuple)):  # formulas work on arrays
                object.__setattr__(self, name, np.asarray(self.params[name], dtype=np.float64))
            if name in self.known and isinstance(self.params[name], Distribution):
                raise ParameterError(f"{name} is known, never estimated, so it takes no prior; give its value")

    @classmethod
    def parameter_names(cls) -> tuple[str, ...]:
        """Return the names of the parameters, in field order."""
        return tuple(roles(cls))

    @classmethod
    def is_discrete(cls) -> bool:
        """Return whether x takes whole numbers only."""
        return isinstance(cls().support, Integers)

    @property
    def roles(self) -> Mapping[str, Role]:
        """What each parameter is, by name, in field order."""
        return roles(type(self))

    @classmethod
    def family_name(cls) -> str:
        """Return the family's name as a user writes it: that of the class, or `Gamma.by_mean`."""
        return cls.written or cls.__name__

    @property
    def label(self) -> str:
        """What reports and sentences call the model."""
        return self.family_name()

    def __repr__(self) -> str:
        return f"{self.family_name()}({', '.join(f'{n}={v!r}' for n, v in self.params.items())})"

    @property
    def discrete(self) -> bool:
        """Whether x takes whole numbers only."""
        return isinstance(self.support, Integers)

    @property
    def params(self) -> dict[str, Any]:
        """The parameters' values by name."""
        return {name: getattr(self, name) for name in self.roles}

    @property
    def free(self) -> tuple[str, ...]:
        """Names of the parameters to be estimated: `free` or with a prior."""
        return tuple(name for name, value in self.params.items() if is_estimated(value))

    @property
    def priors(self) -> dict[str, Distribution]:
        """The priors, by the name of their parameter."""
        return {name: value for name, value in self.params.items() if isinstance(value, Distribution)}

    def with_values(self, values: Mapping[str, Any]) -> Self:
        """Return a copy with these parameter values, unchecked: for solvers, which step inside the domain."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy.__dict__.update(values)
        return copy

    def in_unit(self, change: Callable[[Any, Role], Any]) -> Self:
        """Return a copy whose known values are in another unit; `change` takes a value and its role."""
        known = {n: v for n, v in self.params.items() if not is_estimated(v)}
        return self.with_values({n: change(v, self.roles[n]) for n, v in known.items()})

    def _known(self, doing: str) -> None:
        """Refuse to evaluate while something is free."""
        open_names = self.free
        self.check_known()
        if open_names:
            named = " and ".join(f"{n}={self.params[n]!r}" for n in open_names)
            raise FreeParameterError(
                f"{self.label}.{doing} needs a number for every parameter, but {named} is still to be "
                "estimated; "
                f"give a value, or use fit({self.label}(…), data).distribution"
            )

    def check_known(self) -> None:
        """Refuse a model whose known parameters were not given: no fit finds them.

        Raises
        ------
        FreeParameterError
            If one is free.
        """
        family = type(self).__name__
        for name in self.known:
            if self.params[name] is free:
                raise FreeParameterError(
                    f"{name} of {family} is known, never estimated, but was not given; give a number, or an array "
                    f"with one value per row: {family}({name}=10)"
                )

    # -- evaluation ----------------------------------------------------------------------------------

    def logpdf(self, x: Array) -> Array:
        """Return the log-density (log-probability of a discrete x), in nats; -inf outside the support.

        Parameters
        ----------
        x : array_like
            Any shape that broadcasts with the parameters; NumPy, PyTorch or JAX.

        Returns
        -------
        array
            Of the broadcast shape; a scalar for scalars.

        Raises
        ------
        FreeParameterError
            If a parameter has no value yet.

        Examples
        --------
        >>> import mlestat as mle
        >>> float(mle.Normal(0, 1).logpdf(0.0))
        -0.9189385332046727
        """
        return self._masked("logpdf", x, lambda z: self._logpdf(self._terms(z)), -math.inf)

    def pdf(self, x: Array) -> Array:
        """Return the density (probability of a discrete x); 0 outside the support."""
        with np.errstate(under="ignore", over="ignore"):
            return exp(self.logpdf(x))

    def score(self, x: Array) -> Array:
        """Return the derivatives of `logpdf` in the natural parameters.

        Returns
        -------
        array, shape `(*x.shape, k)`
            One column per parameter, in field order; NaN outside the support.

        Examples
        --------
        >>> import mlestat as mle
        >>> mle.Normal(0, 1).score([2.0]).tolist()
        [[2.0, 3.0]]
        """
        return self._masked("score", x, lambda z: stack(self._score(self._terms(z)), z), math.nan, 1)

    def hessian(self, x: Array) -> Array:
        """Return the second derivatives of `logpdf` in the natural parameters.

        Returns
        -------
        array, shape `(*x.shape, k, k)`
            NaN outside the support.
        """

        def formula(z: Array) -> Array:
            rows = [stack(row, z) for row in self._hessian(self._terms(z))]
            return namespace(*rows).stack(rows, -2)

        return self._masked("hessian", x, formula, math.nan, 2)

    def dlogpdf(self, x: Array) -> Array:
        """Return the derivative of `logpdf` in x; NaN outside the support."""
        self._continuous("dlogpdf")
        return self._masked("dlogpdf", x, self._dlogpdf, math.nan)

    def d2logpdf(self, x: Array) -> Array:
        """Return the second derivative of `logpdf` in x; NaN outside the support."""
        self._continuous("d2logpdf")
        return self._masked("d2logpdf", x, self._d2logpdf, math.nan)

    def fisher(self) -> NDArray[np.float64]:
        """Return the expected information of one observation in the natural parameters, shape (k, k).

        Examples
        --------
        >>> import mlestat as mle
        >>> mle.Normal(0, 2).fisher().tolist()
        [[0.25, 0.0], [0.0, 0.5]]
        """
        self._known("fisher")
        return np.array([[float(v) for v in row] for row in self._fisher()])

    def moments(self) -> Moments:
        """Return mean, variance, skewness and kurtosis (3 for a normal); inf or nan where there is none.

        Examples
        --------
        >>> import mlestat as mle
        >>> mle.Exponential(2.0).moments()
        Moments(mean=2.0, variance=4.0, skewness=2.0, kurtosis=9.0)
        """
        self._known("moments")
        with np.errstate(all="ignore"):
            return Moments(*self._moments())

    def sample(self, rng: np.random.Generator | int, size: int | tuple[int, ...] = 1) -> Array:
        """Draw independent values.

        Parameters
        ----------
        rng : numpy.random.Generator or int
            The generator, or a seed for a new one.
        size : int or tuple of int
            Shape of the result.

        Examples
        --------
        >>> import mlestat as mle
        >>> mle.Poisson(3.0).sample(0, 4).shape
        (4,)
        """
        self._known("sample")
        generator = np.random.default_rng(rng)
        return self._sample(generator, (size,) if isinstance(size, int) else tuple(size))

    def to_scipy(self) -> Any:
        """Return the frozen distribution of scipy.stats that equals this one.

        Raises
        ------
        FreeParameterError
            If a parameter has no value yet.
        UntranslatableError
            If scipy has no such family: Kumaraswamy, mixtures and most other wrappers.

        Notes
        -----
        The table of names and parameters, with R, Stan and MATLAB, is on the page "Names elsewhere".

        Examples
        --------
        >>> import mlestat as mle
        >>> frozen = mle.Gamma(2.0, 3.0).to_scipy()
        >>> frozen.dist.name, frozen.kwds
        ('gamma', {'a': 2.0, 'scale': 3.0})
        """
        from mlestat.translate import to_scipy

        return to_scipy(self)

    # -- probabilities and quantiles -----------------------------------------------------------------

    def cdf(self, x: Array) -> Array:
        """Return P(X ≤ x), accurate where it is small."""
        self._known("cdf")
        return tail(self.support, x, self._cdf, 0.0, 1.0)

    def sf(self, x: Array) -> Array:
        """Return P(X > x), accurate where it is small."""
        self._known("sf")
        return tail(self.support, x, self._sf, 1.0, 0.0)

    def logcdf(self, x: Array) -> Array:
        """Return log P(X ≤ x), also where P itself underflows."""
        self._known("logcdf")
        return tail(self.support, x, self._logcdf, -math.inf, 0.0)

    def logsf(self, x: Array) -> Array:
        """Return log P(X > x), also where P itself underflows."""
        self._known("logsf")
        return tail(self.support, x, self._logsf, 0.0, -math.inf)

    def ppf(self, q: Array) -> Array:
        """Return the quantile: the smallest x with cdf(x) ≥ q; NaN for q outside [0, 1].

        Examples
        --------
        >>> import mlestat as mle
        >>> round(float(mle.Normal(0, 1).ppf(0.975)), 6)
        1.959964
        """
        self._known("ppf")
        return quantile(q, self._ppf, lowest(self.support), self.support.upper)

    def isf(self, q: Array) -> Array:
        """Return the upper quantile: the smallest x with sf(x) ≤ q; accurate for tiny q."""
        self._known("isf")
        return quantile(q, self._isf, self.support.upper, lowest(self.support))

    def _masked(self, doing: str, x: Array, formula: Formula, outside: float, axes: int = 0) -> Array:
        """Evaluate a formula of x by the rules of `evaluation.masked`."""
        self._known(doing)
        return masked(self.support, x, self.params.values(), formula, outside, axes)

    def _continuous(self, doing: str) -> None:
        if self.discrete:
            raise DataError(
                f"{type(self).__name__} is discrete, so {doing} (a derivative in x) does not exist; use score"
            )


def _incomplete(d: Distribution, member: str) -> str:
    return f"{type(d).__name__} does not define {member}; see the page 'Add a family'"


def is_estimated(value: Parameter) -> bool:
    """Return whether a parameter value asks to be estimated."""
    return value is free or isinstance(value, Distribution)


def check_parameter(name: str, value: Parameter, role: Role) -> None:
    """Refuse a parameter value that is not a number in its domain, `free`, a prior or another library's array."""
    if is_estimated(value) or namespace(value).name != "numpy":
        # another library's values may be traced or live on a device: looking at them would stop that
        _check_prior(name, value)
        return
    array = np.asarray(value)
    if isinstance(value, bool) or array.dtype.kind not in "iuf" or array.size == 0:
        raise ParameterError(
            f"{name} must be a number, free or a prior, got {value!r:.60}; write {name}=1.0, for example"
        )
    ok = role.support.contains(array)
    if not np.all(ok):
        where = "" if array.ndim == 0 else f" at index {int(np.flatnonzero(~ok)[0])}"
        worst = value if array.ndim == 0 else array.ravel()[int(np.flatnonzero(~ok)[0])]
        rule = str(role.support).replace("x", name, 1)
        raise ParameterError(f"{name} must be a finite number with {rule}, got {worst}{where}")


def _check_prior(name: str, value: Parameter) -> None:
    """A prior on a parameter is a continuous distribution that is itself fully known."""
    if not isinstance(value, Distribution):
        return
    if value.free:
        raise ParameterError(
            f"the prior on {name} must be fully known, but its {value.free[0]} is "
            f"{value.params[value.free[0]]!r}; give it a number"
        )
    if value.discrete:
        raise ParameterError(f"the prior on {name} must be continuous, got {value!r}; choose a density")
