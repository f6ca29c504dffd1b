"""Parts: the single numbers that a vector or matrix parameter is made of, with their names.

``mean`` of three columns is ``mean[0]``, ``mean[1]``, ``mean[2]``, or ``mean[height]`` … where the columns have names;
``cov`` is its upper triangle, row by row: ``cov[0,0]``, ``cov[0,1]``, … A fit's covariance, its intervals and its
reports go by these names; its `params` and `se` hold whole arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array
from mlestat.distributions.multivariate.domains import Domain
from mlestat.links import Link

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Part:
    """One number of a parameter: where it is, and the link on which its interval is made."""

    parameter: str
    index: tuple[int, ...]
    link: Link

    @property
    def position(self) -> str:
        """The name by positions, whatever the columns are called."""
        return f"{self.parameter}[{','.join(map(str, self.index))}]"

    def of(self, table: Mapping[str, Array]) -> float:
        """Return this number from a table of parameters."""
        value: float = np.asarray(table[self.parameter])[self.index]
        return float(value)


def parts_of(domains: Mapping[str, Domain], size: int, labels: Sequence[str] | None = None) -> dict[str, Part]:
    """Return the parts of these parameters by their names.

    Parameters
    ----------
    domains : mapping
        From the name of each parameter to where it lives.
    size : int
        Number of columns of the data.
    labels : sequence of str, optional
        Names of the columns, or categories; positions by default.

    Examples
    --------
    >>> from mlestat.distributions.multivariate.domains import PositiveDefinite, RealVector
    >>> list(parts_of({"mean": RealVector(), "cov": PositiveDefinite()}, 2, ["a", "b"]))
    ['mean[a]', 'mean[b]', 'cov[a,a]', 'cov[a,b]', 'cov[b,b]']
    """
    shown = [str(i) for i in range(size)] if labels is None else list(labels)
    return {
        f"{name}[{','.join(shown[i] for i in index)}]" if index else name: Part(name, index, link)
        for name, domain in domains.items()
        for index, link in domain.places(size)
    }


def flat(domains: Mapping[str, Domain], table: Mapping[str, Array]) -> Floats:
    """Return the numbers of these parameters, one after the other in the order of their parts."""
    return np.concatenate([domain.flat(np.asarray(table[name], dtype=float)) for name, domain in domains.items()])


def shaped(domains: Mapping[str, Domain], size: int, numbers: Floats) -> dict[str, Floats]:
    """Return parameters in their own shapes from numbers in the order of their parts.

    Examples
    --------
    >>> from mlestat.distributions.multivariate.domains import PositiveDefinite
    >>> import numpy as np
    >>> shaped({"cov": PositiveDefinite()}, 2, np.array([4.0, 1.0, 9.0]))["cov"].tolist()
    [[4.0, 1.0], [1.0, 9.0]]
    """
    table, at = {}, 0
    for name, domain in domains.items():
        length = len(domain.places(size))
        table[name] = domain.shaped(numbers[at : at + length], size)
        at += length
    return table
