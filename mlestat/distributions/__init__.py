"""The families, one per file, and the table that names them."""

from __future__ import annotations

from mlestat.distributions.base import Distribution, Moments
from mlestat.distributions.exponential import Exponential
from mlestat.distributions.gamma import Gamma
from mlestat.distributions.laplace import Laplace
from mlestat.distributions.lognormal import LogNormal
from mlestat.distributions.negative_binomial import NegativeBinomial
from mlestat.distributions.normal import Normal
from mlestat.distributions.parameters import free
from mlestat.distributions.poisson import Poisson
from mlestat.distributions.student_t import StudentT
from mlestat.distributions.weibull import Weibull
from mlestat.errors import UnknownNameError, nearest

FAMILIES: dict[str, type[Distribution]] = {
    f.__name__: f
    for f in (Normal, LogNormal, Exponential, Gamma, Weibull, Laplace, StudentT, Poisson, NegativeBinomial)
}
"""Every family by its name."""


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")


_BY_PLAIN_NAME = {_plain(name): family for key, family in FAMILIES.items() for name in (key, *family.aliases)}


def family(name: str) -> type[Distribution]:
    """Return the family of that name; case, hyphens and underscores do not matter.

    Raises
    ------
    UnknownNameError
        If there is none; the sentence offers the nearest names.

    Examples
    --------
    >>> family("student-t").__name__
    'StudentT'
    """
    found = _BY_PLAIN_NAME.get(_plain(name))
    if found is None:
        raise UnknownNameError(f"no family is named {name!r}; {nearest(name, FAMILIES)}")
    return found


__all__ = [
    "FAMILIES",
    "Distribution",
    "Exponential",
    "Gamma",
    "Laplace",
    "LogNormal",
    "Moments",
    "NegativeBinomial",
    "Normal",
    "Poisson",
    "StudentT",
    "Weibull",
    "family",
    "free",
]
