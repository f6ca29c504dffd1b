"""Which pictures a report of one fit holds, each with the words that a reader who cannot see it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlestat import plots
from mlestat.distributions.base import Distribution
from mlestat.errors import MlestatError
from mlestat.reports.pages import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mlestat.result import Fit

RETURNS = ("GEV", "GumbelMax", "GPD")
"""Families of extremes, whose return levels are asked for."""


@dataclass(frozen=True)
class Picture:
    """A picture to be drawn: its title, what it shows in words, and how."""

    title: str
    description: str
    draw: Callable[[], Axes]


def pictures(fit: Fit) -> tuple[Picture, ...]:
    """Return the pictures that this fit allows."""
    return tuple(_pictures(fit))


def _pictures(fit: Fit) -> Iterator[Picture]:
    d, name = fit.distribution, fit.sample.name or "the data"
    if any(np.ndim(v) for v in fit.params.values()):  # one distribution for each row
        return
    label = fit.model.label
    yield Picture("Density", f"Histogram of {name} with the fitted {label} density.", lambda: plots.density(fit))
    if d is None:
        return
    yield Picture(
        "Distribution function",
        f"Cumulated shares of {name}, with the fitted {label} distribution function.",
        lambda: plots.cdf(fit),
    )
    band = " The shaded band holds all points at once with 95 % probability." if _banded(fit, d) else ""
    yield Picture("Quantiles", f"Quantiles of {name} against those of the fit.{band}", lambda: plots.qq(fit))
    yield Picture("Probabilities", f"Fitted probabilities against shares of {name}.{band}", lambda: plots.pp(fit))
    if type(d).__name__ in RETURNS:
        yield Picture(
            "Return levels",
            "The value that is exceeded once in so many observations on average.",
            lambda: plots.return_level(fit),
        )
    if fit.verdict.finite:
        yield from _likelihood(fit)


def _banded(fit: Fit, d: Distribution) -> bool:
    return fit.sample.complete and fit.sample.probability_weights is None and not d.discrete


def _likelihood(fit: Fit) -> Iterator[Picture]:
    for name in fit.free:
        try:
            low, high = fit.interval(name, method="profile")
        except (MlestatError, ArithmeticError, ValueError):
            continue
        se = fit.se[name]
        ends = f"{number(low, se)} to {number(high, se)}"
        words = f"Its maximum is at {number(fit.params[name], se)}; the 95 % interval is {ends}."
        yield Picture(f"Profile likelihood of {name}", words, lambda name=name: plots.profile(fit, name))  # type: ignore[misc]
    if len(fit.free) > 1:
        one, two = fit.free[:2]
        yield Picture(
            f"Likelihood of {one} and {two}",
            f"Regions that hold {one} and {two} together with 50, 90, 95 and 99 % confidence, around the estimate.",
            lambda: plots.surface(fit, (one, two)),
        )
