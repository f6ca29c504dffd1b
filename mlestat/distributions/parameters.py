"""Parameters: `free`, what a field may hold, and the role each parameter plays (domain, link, unit)."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from mlestat.links import Link, default_link
from mlestat.supports import Real, Support


class Free:
    """The type of `free`, the value of a parameter that is to be estimated."""

    _instance: ClassVar[Free | None] = None

    def __new__(cls) -> Free:
        """Return the one instance."""
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __repr__(self) -> str:
        return "free"

    def __reduce__(self) -> str:
        return "free"


free = Free()

Parameter = Any
"""A number, an array aligned with the rows, `free`, or a distribution (free, with that prior)."""


@dataclass(frozen=True)
class Role:
    """What a parameter is: its domain, link, and how it changes with the unit of the data.

    `unit` is "data" for a parameter that scales with x, "log data" for one that shifts by log c when x is
    multiplied by c, and None for one that does not change.
    """

    support: Support
    unit: str | None = None

    @property
    def link(self) -> Link:
        """The default link of the domain."""
        return default_link(self.support)

    @property
    def is_location(self) -> bool:
        """Whether the parameter moves along with the data."""
        return self.unit == "data" and self.support == Real()


def parameter(support: Support, unit: str | None = None) -> Any:
    """Return a dataclass field for a parameter that lives in `support` and is free by default."""
    return field(default=free, metadata={"role": Role(support, unit)})


_ROLES: dict[type, dict[str, Role]] = {}


def roles(family: type[Any]) -> dict[str, Role]:
    """Return the parameters of a family with their roles, in field order."""
    if family not in _ROLES:
        _ROLES[family] = {f.name: f.metadata["role"] for f in fields(family)}
    return _ROLES[family]
