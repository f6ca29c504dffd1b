"""VectorDistribution: what the families of rows share, as `Distribution` does for the families of single numbers.

The last axis of x holds the numbers of a row. A family writes its formulas for clean rows in natural parameters; here
they become public members that mask rows outside the support, refuse free parameters and stay on NumPy, PyTorch or JAX.
Derivatives run over the parameters' single numbers, in the order of `names` (see `parts`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, exp, namespace
from mlestat.distributions.evaluation import as_float
from mlestat.distributions.multivariate.domains import Domain
from mlestat.distributions.multivariate.parts import Part, parts_of
from mlestat.distributions.multivariate.rows import RowSupport
from mlestat.distributions.parameters import Parameter, free
from mlestat.errors import DataError, FreeParameterError, InputError, ParameterError


class VectorMoments(NamedTuple):
    """Mean, shape (d,), and covariance matrix, shape (d, d), of a row."""

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]


def vector_parameter(domain: Domain) -> Any:
    """Return a dataclass field for a parameter that lives in `domain` and is free by default."""
    return field(default=free, metadata={"domain": domain})


@dataclass(frozen=True, eq=False)
class VectorDistribution:
    """Base of the families of rows: evaluation, sampling and derivatives.

    Attributes
    ----------
    support : RowSupport
        Where a row lives.
    solver : str
        How the maximum likelihood estimate is found, in words.
    discrete : bool
        Whether a row holds whole numbers or labels only.
    known : tuple of str
        Fields that are given and never estimated, such as a number of trials.
    domains : mapping
        Where each vector parameter lives, by name, in field order.
    """

    solver: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()
    discrete: ClassVar[bool] = False
    known: ClassVar[tuple[str, ...]] = ()
    regular: ClassVar[bool] = True
    bounded_information: ClassVar[bool] = True

    # -- what a family writes --------------------------------------------------------------------------

    @property
    def support(self) -> RowSupport:
        """Where a row lives."""
        raise TypeError(_incomplete(self, "support"))

    def _logpdf(self, x: Array) -> Array:
        """Log-density of clean rows."""
        raise TypeError(_incomplete(self, "_logpdf"))

    def _score(self, x: Array) -> Array:
        """Derivatives in the parameters' numbers, in a last axis."""
        raise TypeError(_incomplete(self, "_score"))

    def _hessian(self, x: Array) -> Array:
        """Second derivatives, in two last axes."""
        raise TypeError(_incomplete(self, "_hessian"))

    def _dlogpdf(self, x: Array) -> Array:
        """Derivative of the log-density in the numbers of a row."""
        raise TypeError(_incomplete(self, "_dlogpdf"))

    def _fisher(self) -> NDArray[np.float64]:
        """Expected information of one row."""
        raise TypeError(_incomplete(self, "_fisher"))

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        raise TypeError(_incomplete(self, "_sample"))

    def _moments(self) -> VectorMoments:
        raise TypeError(_incomplete(self, "_moments"))

    # -- construction --------------------------------------------------------------------------------------

    def __post_init__(self) -> None:
        for name, domain in self.domains.items():
            object.__setattr__(self, name, checked(name, getattr(self, name), domain))
        self._check_sizes()

    def _check_sizes(self) -> None:
        """Refuse parameters that belong to different numbers of columns."""
        sizes = {n: d.size(v) for n, d in self.domains.items() if (v := getattr(self, n)) is not free}
        if len(set(sizes.values())) > 1:
            told = " and ".join(f"{name} has {size}" for name, size in sizes.items())
            raise ParameterError(f"{told} dimensions; give {type(self).__name__} parameters of one size")

    @classmethod
    def parameter_names(cls) -> tuple[str, ...]:
        """Return the names of the parameters, in field order."""
        return tuple(f.name for f in fields(cls) if "domain" in f.metadata or f.name in cls.known)

    @classmethod
    def is_discrete(cls) -> bool:
        """Return whether a row holds whole numbers or labels only."""
        return cls.discrete

    @property
    def domains(self) -> Mapping[str, Domain]:
        """Where each vector parameter lives, by name, in field order."""
        return {f.name: f.metadata["domain"] for f in fields(self) if "domain" in f.metadata}

    @property
    def label(self) -> str:
        """What reports and sentences call the model."""
        return type(self).__name__

    @property
    def params(self) -> dict[str, Any]:
        """The parameters' values by name."""
        return {name: getattr(self, name) for name in self.parameter_names()}

    @property
    def free(self) -> tuple[str, ...]:
        """Names of the parameters to be estimated."""
        return tuple(name for name in self.domains if self.params[name] is free)

    @property
    def priors(self) -> dict[str, Any]:
        """No parameter of a vector family takes a prior."""
        return {}

    @property
    def size(self) -> int | None:
        """Number of columns; None while no parameter tells."""
        for name, domain in self.domains.items():
            if (value := self.params[name]) is not free:
                return domain.size(value)
        return None

    @property
    def labels(self) -> tuple[str, ...] | None:
        """Names of the columns or categories, if the family keeps any."""
        return None

    def parts(self) -> dict[str, Part]:
        """Return the single numbers of all parameters, by name: the columns of score and Hessian.

        Examples
        --------
        >>> import mlestat as mle
        >>> list(mle.MultivariateNormal([0, 0], [[1, 0], [0, 1]]).parts())
        ['mean[0]', 'mean[1]', 'cov[0,0]', 'cov[0,1]', 'cov[1,1]']
        """
        self._known("parts")
        return parts_of(self.domains, self.size or 0, self.labels)

    def with_values(self, values: Mapping[str, Any]) -> Self:
        """Return a copy with these parameter values, unchecked: for solvers, which step inside the domain."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy.__dict__.update(values)
        return copy

    def _known(self, doing: str) -> None:
        """Refuse to evaluate while something is free."""
        open_names = [name for name, value in self.params.items() if value is free]
        if open_names:
            named = " and ".join(f"{n}=free" for n in open_names)
            family = type(self).__name__
            raise FreeParameterError(
                f"{family}.{doing} needs a value for every parameter, but {named}; give one, or use "
                f"fit({family}(…), data).distribution"
            )

    def __repr__(self) -> str:
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        said = (f"{n}={shown(v)}" for n, v in values.items() if v is not None)
        return f"{type(self).__name__}({', '.join(said)})"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(np.array_equal(getattr(self, f.name), getattr(other, f.name)) for f in fields(self))

    def __hash__(self) -> int:
        return hash(repr(self))

    # -- evaluation -------------------------------------------------------------------------------------

    def logpdf(self, x: Array) -> Array:
        """Return the log-density (log-probability of a discrete row), in nats; -inf outside the support.

        Parameters
        ----------
        x : array_like, shape (…, d)
            Rows; NumPy, PyTorch or JAX.

        Returns
        -------
        array, shape (…)
            A scalar for a single row.

        Raises
        ------
        FreeParameterError
            If a parameter has no value yet.
        DataError
            If the last axis of x has not the family's number of columns.

        Examples
        --------
        >>> import mlestat as mle
        >>> float(mle.MultivariateNormal([0, 0], [[1, 0], [0, 1]]).logpdf([0.0, 0.0]))
        -1.8378770664093453
        """
        return self._masked("logpdf", x, -math.inf)

    def to_scipy(self) -> Any:
        """Return the frozen distribution of scipy.stats that equals this one.

        Raises
        ------
        FreeParameterError
            If a parameter has no value yet.
        UntranslatableError
            If scipy has no such family.

        Examples
        --------
        >>> import mlestat as mle
        >>> float(mle.Dirichlet([1.0, 1.0, 1.0]).to_scipy().pdf([0.2, 0.3, 0.5]))
        2.0
        """
        from mlestat.translate import to_scipy

        return to_scipy(self)

    def pdf(self, x: Array) -> Array:
        """Return the density (probability of a discrete row); 0 outside the support."""
        with np.errstate(under="ignore", over="ignore"):
            return exp(self.logpdf(x))

    def score(self, x: Array) -> Array:
        """Return the derivatives of `logpdf` in the numbers of the parameters.

        Returns
        -------
        array, shape (…, k)
            One column per number, in the order of `parts`; NaN outside the support.

        Examples
        --------
        >>> import mlestat as mle
        >>> mle.MultivariateNormal([0, 0], [[1, 0], [0, 1]]).score([2.0, 0.0]).tolist()
        [2.0, 0.0, 1.5, 0.0, -0.5]
        """
        return self._masked("score", x, math.nan, 1)

    def hessian(self, x: Array) -> Array:
        """Return the second derivatives of `logpdf` in the numbers of the parameters.

        Returns
        -------
        array, shape (…, k, k)
            NaN outside the support.
        """
        return self._masked("hessian", x, math.nan, 2)

    def dlogpdf(self, x: Array) -> Array:
        """Return the derivatives of `logpdf` in the numbers of a row, shape (…, d); NaN outside the support."""
        if self.discrete:
            raise DataError(f"{self.label} is discrete, so dlogpdf (a derivative in x) does not exist; use score")
        return self._masked("dlogpdf", x, math.nan, 1)

    def fisher(self) -> NDArray[np.float64]:
        """Return the expected information of one row in the numbers of the parameters, shape (k, k).

        Examples
        --------
        >>> import mlestat as mle
        >>> mle.MultivariateNormal([0, 0], [[1, 0], [0, 4]]).fisher().diagonal().tolist()
        [1.0, 0.25, 0.5, 0.25, 0.03125]
        """
        self._known("fisher")
        return self._fisher()

    def moments(self) -> VectorMoments:
        """Return the mean of a row, shape (d,), and its covariance matrix, shape (d, d).

        Examples
        --------
        >>> import mlestat as mle
        >>> mle.Dirichlet([1.0, 3.0]).moments().mean.tolist()
        [0.25, 0.75]
        """
        self._known("moments")
        return self._moments()

    def sample(self, rng: np.random.Generator | int, size: int | tuple[int, ...] = 1) -> Array:
        """Draw independent rows.

        Parameters
        ----------
        rng : numpy.random.Generator or int
            The generator, or a seed for a new one.
        size : int or tuple of int
            How many rows: the shape of the result without its last axis.

        Examples
        --------
        >>> import mlestat as mle
        >>> mle.Dirichlet([1.0, 3.0, 2.0]).sample(0, 4).shape
        (4, 3)
        """
        self._known("sample")
        generator = np.random.default_rng(rng)
        return self._sample(generator, (size,) if isinstance(size, int) else tuple(size))

    def _masked(self, doing: str, x: Array, outside: float, axes: int = 0) -> Array:
        """Evaluate the formula of that name on rows of the support; `outside` elsewhere, NaN for rows with NaN."""
        self._known(doing)
        xp = namespace(x, *self.params.values())
        x = as_float(x) if xp.name == "numpy" else xp.asarray(x)
        self._check_columns(x)
        member = self if xp.name == "numpy" else self.with_values({n: xp.asarray(v) for n, v in self.params.items()})
        with np.errstate(all="ignore"):
            inside, missing = member.support.contains(x), (x != x).any(-1)
            value = getattr(member, f"_{doing}")(xp.where(inside[..., None], x, xp.asarray(self.support.inside)))
            for _ in range(axes):
                inside, missing = inside[..., None], missing[..., None]
            value = xp.where(inside, value, xp.where(missing, math.nan, outside))
        return value[()] if xp.name == "numpy" else value

    def _check_columns(self, x: Array) -> None:
        if x.ndim == 0 or x.shape[-1] != self.size:
            raise DataError(
                f"{self.label} has {self.size} dimensions, but x has shape {tuple(x.shape)}; its last axis must hold "
                "the numbers of a row"
            )


def checked(name: str, value: Parameter, domain: Domain) -> Parameter:
    """Return a clean value: `free`, another library's array as it is, else a checked copy as float64."""
    if value is free or namespace(value).name != "numpy":
        return value
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):
        array = np.asarray(None)
    if array.dtype.kind not in "iuf":
        raise ParameterError(f"{name} must be {domain} or free, got {value!r:.60}; a prior on it is not supported")
    return domain.check(name, array.astype(np.float64))


def refuse_vectors(model: object, doing: str, instead: str) -> None:
    """Refuse a model of rows where single numbers are needed.

    Raises
    ------
    InputError
        If the model is a `VectorDistribution`.
    """
    if isinstance(model, VectorDistribution):
        raise InputError(f"{doing} is for families of single numbers, not for {model.label}; {instead}")


def _incomplete(d: VectorDistribution, member: str) -> str:
    return f"{type(d).__name__} does not define {member}"


SHOWN = 6
"""Entries of a vector, and rows of a matrix, that a representation writes out."""


def shown(value: Any) -> str:
    """Return a value as it may be typed, shortened where it is long.

    Examples
    --------
    >>> import numpy as np
    >>> shown(np.array([1.0, 0.25])), shown(np.eye(9))
    ('[1, 0.25]', '9 × 9 matrix')
    """
    if not isinstance(value, np.ndarray):
        return repr(value)
    if value.ndim == 2:
        rows, columns = value.shape
        return f"[{', '.join(map(shown, value))}]" if rows <= SHOWN else f"{rows} × {columns} matrix"
    numbers = [f"{v:.6g}" for v in value[:SHOWN]]
    return f"[{', '.join([*numbers, '…'] if value.size > SHOWN else numbers)}]"
