"""Many samples refitted at once, and the members that they lead to. Which samples these are is others' business."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.distributions.mixture import Mixture
from mlestat.distributions.wrapper import Wrapper
from mlestat.groups.keys import Keys
from mlestat.groups.result import GroupedFit
from mlestat.inference.information import covariance_kind
from mlestat.sample import Sample
from mlestat.sources.incomplete import take

Floats = NDArray[np.float64]

ROWS_AT_ONCE = 2_000_000
"""Rows that are drawn and refitted together: about 16 MB an array, whatever the number of replicates."""


def chunks(replicates: int, rows: int) -> Iterator[int]:
    """Yield how many replicates to take at once, so that memory stays bounded; with a bar if there are many.

    Examples
    --------
    >>> list(chunks(5, 1_000_000))
    [2, 2, 1]
    """
    from tqdm import tqdm

    size = max(1, ROWS_AT_ONCE // max(rows, 1))
    parts = [min(size, replicates - done) for done in range(0, replicates, size)]
    yield from tqdm(parts, desc="replicates", delay=1.0, disable=None, leave=False) if len(parts) > 2 else parts


def refit(model: Distribution, sample: Sample, sizes: NDArray[np.intp], threads: int | None = None) -> GroupedFit:
    """Fit the model to each of the samples that lie one after the other in `sample`.

    Parameters
    ----------
    model : Distribution
        Known parameters with a value per row have one for every row of `sample`.
    sizes : ndarray, shape (replicates,)
        Rows of each.

    Examples
    --------
    >>> import mlestat as mle
    >>> refit(mle.Exponential(), mle.Sample([1.0, 3.0, 5.0]), np.array([2, 1])).params["scale"].tolist()
    [2.0, 5.0]
    """
    from mlestat.fitting import fit, thread_count
    from mlestat.groups.fitting import fit_groups

    keys = Keys(list(range(sizes.size)), sizes, None)
    starts = np.cumsum(sizes) - sizes

    def single(i: int) -> Any:
        at = slice(int(starts[i]), int(starts[i] + sizes[i]))
        return fit(take(model, at), sample.at(at), strict=False, threads=1)

    return fit_groups(model, sample, keys, covariance_kind(model, None, sample), thread_count(threads), single)


@dataclass(frozen=True, eq=False)
class Members:
    """Members of a family, one per replicate: `model` holds columns of parameters, shape (replicates, 1).

    `places` says which replicates they are: those without a maximum are left out, those with a limit in its stead have
    a distribution of their own.
    """

    model: Distribution
    places: NDArray[np.intp]


def _row(grouped: GroupedFit, i: int) -> dict[str, float]:
    """The free parameters of one replicate."""
    return {name: float(grouped.params[name][i]) for name in grouped.model.free}


def members(grouped: GroupedFit, model: Distribution) -> list[Members]:
    """Return the fitted members, as few stacks as possible: one for all with a maximum, or one each for wrappers.

    `model` is what was fitted to one of them: what is known by row has a value per row of one sample.

    Examples
    --------
    >>> import mlestat as mle
    >>> grouped = mle.fit(mle.Exponential(), [1.0, 3.0, 5.0], by=[0, 0, 1])
    >>> [(m.model.scale.tolist(), m.places.tolist()) for m in members(grouped, grouped.model)]
    [([[2.0], [5.0]], [0, 1])]
    """
    good = np.flatnonzero(grouped.finite)
    if isinstance(model, (Wrapper, Mixture)):
        return [Members(model.with_values(_row(grouped, i)), np.array([i])) for i in good.tolist()]
    columns = {name: grouped.params[name][good, None] for name in model.free}
    found = [Members(model.with_values(columns), good)] if good.size else []
    for i in np.flatnonzero(grouped.status == "limit").tolist():
        own = grouped[grouped.names[i]].distribution
        if own is not None and all(np.ndim(v) == 0 for v in own.params.values()):
            found.append(Members(own, np.array([i])))
    return found
