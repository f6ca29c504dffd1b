"""What all wrappers share: a distribution made from others, whose parameters are theirs and some of its own.

A wrapper is a `Distribution` in every respect. Its parameters' names are those of the wrapped one, so that
`fit(Truncated(Gamma(), lower=1), x).params["shape"]` reads as it should; its own come last. A name that both have is
the wrapper's, and the wrapped one's gets the family before it (`ZeroInflated(Geometric())` has `geometric_p` and `p`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array
from mlestat.distributions.base import Distribution, Matrix, Special, Vector, check_parameter
from mlestat.distributions.expectation import moments_by_quantiles, score_covariance
from mlestat.distributions.parameters import Role
from mlestat.errors import ParameterError

Change = Callable[[Any, Role], Any]


@dataclass(frozen=True)
class Wrapper(Distribution):
    """Base of the wrappers of one distribution; see its subclasses."""

    d: Distribution

    own: ClassVar[Mapping[str, Role]] = {}

    def __post_init__(self) -> None:
        if isinstance(self.d, type) and issubclass(self.d, Distribution):
            object.__setattr__(self, "d", self.d())
        if not isinstance(self.d, Distribution):
            raise ParameterError(f"{type(self).__name__} wraps a distribution such as Gamma(), got {self.d!r:.60}")
        for name, role in self.own.items():
            check_parameter(name, getattr(self, name), role)

    def __getattr__(self, name: str) -> Any:
        """Read a wrapped parameter by its name."""
        if not name.startswith("_") and name != "d" and "d" in self.__dict__:
            inner = self._inner_names
            if name in inner:
                return self.d.params[inner[name]]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def _inner_names(self) -> dict[str, str]:
        """From our names of the wrapped parameters to theirs."""
        prefix = type(self.d).__name__.lower()
        return {(f"{prefix}_{name}" if name in self.own else name): name for name in self.d.roles}

    @property
    def roles(self) -> Mapping[str, Role]:
        """What each parameter is, by name: the wrapped ones, then our own."""
        theirs = self.d.roles
        return {**{ours: theirs[name] for ours, name in self._inner_names.items()}, **self.own}

    @property
    def params(self) -> dict[str, Any]:
        """The parameters' values by name."""
        theirs = self.d.params
        inner = {ours: theirs[name] for ours, name in self._inner_names.items()}
        return {**inner, **{name: self.__dict__[name] for name in self.own}}

    def with_values(self, values: Mapping[str, Any]) -> Self:
        """Return a copy with these parameter values, unchecked."""
        inner = {name: values[ours] for ours, name in self._inner_names.items() if ours in values}
        return self._copy(self.d.with_values(inner), {name: values[name] for name in self.own if name in values})

    def in_unit(self, change: Change) -> Self:
        """Return a copy whose known values are in another unit."""
        mine = {n: change(self.__dict__[n], role) for n, role in self.own.items() if n not in self.free}
        return self._copy(self.d.in_unit(change), mine)

    def _copy(self, d: Distribution, values: Mapping[str, Any]) -> Self:
        copy = object.__new__(type(self))
        kept = {f.name: self.__dict__[f.name] for f in fields(self)}
        copy.__dict__.update({**kept, "d": d, **values})
        return copy

    def check_known(self) -> None:
        """Refuse a wrapped model whose known parameters were not given."""
        self.d.check_known()

    @property
    def label(self) -> str:
        """What reports and sentences call the model."""
        return f"{type(self).__name__}({self.d.label})"

    # -- attributes of the wrapped one -----------------------------------------------------------------

    @property
    def support(self) -> Any:  # type: ignore[override]
        """Where x lives."""
        return self.d.support

    @property
    def solver(self) -> str:  # type: ignore[override]
        """How the maximum is found, in words."""
        return "Newton over the rows" + ", numerical derivatives" * self.numerical

    @property
    def numerical(self) -> bool:  # type: ignore[override]
        """Whether derivatives are differences."""
        return self.d.numerical

    @property
    def regular(self) -> bool:  # type: ignore[override]
        """Whether an observed information exists."""
        return self.d.regular

    @property
    def kinks(self) -> tuple[str, ...]:  # type: ignore[override]
        """Parameters at which the log-density has a corner."""
        return self.d.kinks

    @property
    def edges(self) -> tuple[str, ...]:  # type: ignore[override]
        """Parameters that are an end of the support."""
        return self.d.edges

    @property
    def bounded_information(self) -> bool:  # type: ignore[override]
        """Whether the expected information is finite."""
        return self.d.bounded_information

    @property
    def searched(self) -> str:  # type: ignore[override]
        """The parameter at whose corner the likelihood has several maxima."""
        return self.d.searched

    def _corners(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.d._corners(x)

    def _at_corner(self, place: float) -> tuple[Mapping[str, float], ...]:
        return self.d._at_corner(place)

    # -- limits --------------------------------------------------------------------------------------------

    def _specials_within(self) -> Iterator[Special]:
        """What the wrapped family contains or tends to, wrapped in the same way."""
        ours = {theirs: name for name, theirs in self._inner_names.items()}
        for s in self.d._specials():
            model = self._copy(s.model, {})
            back = {theirs: name for name, theirs in model._inner_names.items()}
            names = {ours[name]: back[theirs] for name, theirs in s.names.items()}
            yield Special(
                model.label,
                ours[s.parameter],
                s.value,
                model,
                {**names, **{name: name for name in self.own}},
                {ours[name]: end for name, end in s.moving.items()},
                None if s.towards is None else _Path(s.towards, ours, tuple(self.own)),
                s.ridge,
                s.at_edge,
            )

    # -- by quantiles ------------------------------------------------------------------------------------

    def _fisher(self) -> Matrix:
        return score_covariance(self)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        return moments_by_quantiles(self)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return self._ppf(rng.random(size))


@dataclass(frozen=True)
class _Path:
    """The way to a limit of the wrapped family, in our names, with our own parameters as they are."""

    towards: Callable[[Distribution, float], Mapping[str, float]]
    ours: Mapping[str, str]
    own: tuple[str, ...]

    def __call__(self, member: Distribution, value: float) -> Mapping[str, float]:
        assert isinstance(member, Wrapper)
        inner = {self.ours[name]: v for name, v in self.towards(member.d, value).items()}
        return {**inner, **{name: member.params[name] for name in self.own}}


def plus(a: tuple[Vector, Matrix], b: tuple[Vector, Matrix], sign: float = 1.0) -> tuple[Vector, Matrix]:
    """Return a + sign · b of two pairs of first and second derivatives."""
    k = range(len(a[0]))
    return (
        tuple(a[0][i] + sign * b[0][i] for i in k),
        tuple(tuple(a[1][i][j] + sign * b[1][i][j] for j in k) for i in k),
    )


def bordered(inner: tuple[Vector, Matrix], first: Array, cross: Vector, second: Array) -> tuple[Vector, Matrix]:
    """Return derivatives with one more parameter at the end."""
    g, h = inner
    rows = tuple((*h[i], cross[i]) for i in range(len(g)))
    return (*g, first), (*rows, (*cross, second))
