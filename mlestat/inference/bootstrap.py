r"""The bootstrap: the fit repeated on samples drawn from it, or from its rows, all replicates at once.

Parametric replicates are drawn from the fitted distribution; non-parametric ones draw rows with replacement, censored
and weighted as they are. Intervals: percentiles (Efron 1979), or bias-corrected and accelerated (BCa, Efron 1987), with

    z0 = Φ⁻¹(share of replicates below the estimate),    a = Σ I³ / (6 (Σ I²)^{3/2}),

I the influence of each row on the estimate, which is the inverse information times its score: no jackknife is needed.

References: Efron, *JASA* 82 (1987) 171-185; Davison, Hinkley, *Bootstrap Methods and their Application* (1997), ch. 5.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.errors import InputError, NoFiniteMLE, nearest
from mlestat.inference.functions import Function, Region, slopes
from mlestat.inference.intervals import Interval, check_level
from mlestat.likelihood import row_scores
from mlestat.sample import Sample

if TYPE_CHECKING:
    from mlestat.result import Fit

Floats = NDArray[np.float64]

KINDS = ("parametric", "rows")
INTERVALS = ("percentile", "bca")

AT_ONCE = 2_000_000
"""Rows of replicates that are drawn and fitted at a time: 16 MB per array."""


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """Replicates of a fit.

    Attributes
    ----------
    fit : Fit
        The fit that was repeated.
    kind : {"parametric", "rows"}
        How samples were drawn.
    seed : int
        Of the generator.
    params : dict of ndarray, shape (replicates,)
        Estimates; infinite where a replicate's parameter ran there, nan where it could not be fitted.
    status : ndarray of str, shape (replicates,)
        Each replicate's verdict.

    Examples
    --------
    >>> import mlestat as mle
    >>> boot = bootstrap(mle.fit(mle.Exponential(), [1.0, 2.0, 6.0]), 500, seed=1)
    >>> low, high = boot.interval("scale")
    >>> 0.3 < low < 3.0 < high < 9.0
    True
    """

    fit: Fit
    kind: str
    seed: int
    params: dict[str, Floats]
    status: NDArray[Any]

    @property
    def replicates(self) -> int:
        """Number of replicates."""
        return int(self.status.size)

    @property
    def failed(self) -> int:
        """Replicates that have no maximum."""
        return int(np.sum((self.status != "interior") & (self.status != "boundary")))

    def of(self, what: str | Function) -> Floats:
        """Return a parameter's replicates, or those of a function of the distribution; nan where there is none."""
        if isinstance(what, str):
            self._known(what)
            return self.params[what]
        sound = np.flatnonzero(np.all([np.isfinite(v) for v in self.params.values()], axis=0))
        out = np.full(self.replicates, math.nan)
        member = self.fit.model.with_values({n: v[sound] for n, v in self.params.items()})
        with np.errstate(all="ignore"):
            out[sound] = np.broadcast_to(np.asarray(what(member), dtype=float), sound.shape)
        return out

    def _known(self, name: str) -> None:
        if name not in self.params:
            raise InputError(f"{name!r} is not a free parameter; {nearest(name, self.params)}")

    def se(self, what: str | Function) -> float:
        """Return the standard deviation of the replicates that are finite."""
        values = self.of(what)
        return float(np.std(values[np.isfinite(values)], ddof=1))

    def interval(self, what: str | Function, level: float = 0.95, method: str = "percentile") -> Interval:
        """Return an interval for a parameter or a function of the distribution.

        Parameters
        ----------
        what : str or callable
            A free parameter's name, or a function from a distribution to a number.
        level : float
            In (0, 1).
        method : {"percentile", "bca"}
            Which interval.
        """
        check_level(level)
        if method not in INTERVALS:
            raise InputError(f"method must be 'percentile' or 'bca', got {method!r}; {nearest(str(method), INTERVALS)}")
        values = self.of(what)
        values = np.sort(values[~np.isnan(values)])
        if values.size < 20:
            raise InputError(f"only {values.size} replicates could be fitted; an interval needs at least 20")
        ends = np.array([0.5 * (1.0 - level), 0.5 * (1.0 + level)])
        if method == "bca":
            ends = self._adjusted(what, values, ends)
        return Interval(*(_order_statistic(values, p) for p in ends.tolist()))

    def _adjusted(self, what: str | Function, values: Floats, ends: Floats) -> Floats:
        """Return BCa's shares in place of the nominal ones (Efron 1987, eq. 2.3)."""
        function: Function = (lambda d: d.params[what]) if isinstance(what, str) else what
        estimate = float(function(self.fit.distribution))
        share = float(np.mean(values < estimate) + 0.5 * np.mean(values == estimate))
        z0 = float(sc.ndtri(min(max(share, 0.5 / values.size), 1.0 - 0.5 / values.size)))
        a = acceleration(self.fit, function)
        z = z0 + sc.ndtri(ends)
        return np.asarray(sc.ndtr(z0 + z / (1.0 - a * z)))


def _order_statistic(values: Floats, p: float) -> float:
    """Return the sorted value of rank p(B + 1), interpolated; infinite beside an infinite one."""
    rank = min(max(p * (values.size + 1.0) - 1.0, 0.0), values.size - 1.0)
    below, above = float(values[math.floor(rank)]), float(values[math.ceil(rank)])
    return below if below == above else below + (rank - math.floor(rank)) * (above - below)


def bootstrap(
    fit: Fit, replicates: int = 999, *, kind: str = "parametric", seed: int = 0, progress: bool = False
) -> Bootstrap:
    """Repeat a fit on drawn samples.

    Parameters
    ----------
    fit : Fit
        A fit with a finite maximum.
    replicates : int
        How many, at least 1.
    kind : {"parametric", "rows"}
        From the fitted distribution, or rows with replacement. Censored and truncated rows have no known scheme to be
        drawn anew, so they need "rows".
    seed : int
        Of the generator: the same seed, the same replicates.
    progress : bool
        Show a bar, on a terminal.

    Raises
    ------
    InputError
        An argument is wrong, or parametric replicates of incomplete rows.
    NoFiniteMLE
        If the fit has no finite maximum.
    """
    if kind not in KINDS:
        raise InputError(f"kind must be 'parametric' or 'rows', got {kind!r}; {nearest(str(kind), KINDS)}")
    if isinstance(replicates, bool) or int(replicates) != replicates or replicates < 1:
        raise InputError(f"replicates must be a whole number of at least 1, got {replicates!r}")
    if not fit.verdict.finite or fit.distribution is None:
        raise NoFiniteMLE(f"a fit without a finite maximum cannot be repeated: {fit.verdict.sentence}", fit)
    draw = _from_model(fit) if kind == "parametric" else _from_rows(fit)
    rng = np.random.default_rng(seed)
    parts = [_replicate(fit, draw(rng, count)) for count in _chunks(fit, replicates, progress)]
    params = {name: np.concatenate([p.params[name] for p in parts]) for name in fit.free}
    return Bootstrap(fit, kind, seed, params, np.concatenate([p.status for p in parts]))


def _chunks(fit: Fit, replicates: int, progress: bool) -> Iterable[int]:
    """How many replicates to draw at a time."""
    size = max(1, AT_ONCE // max(fit.sample.rows, 1))
    counts = [min(size, replicates - i) for i in range(0, replicates, size)]
    if not progress:
        return counts
    from tqdm import tqdm

    bar: Iterable[int] = tqdm(counts, desc="bootstrap", unit="chunk", disable=None, leave=False)
    return bar


Draw = Callable[[np.random.Generator, int], tuple[Distribution, Sample, NDArray[np.intp]]]
"""From a generator and a number of replicates to a model, rows and the replicate that each row belongs to."""


def _from_model(fit: Fit) -> Draw:
    """Samples of the fitted distribution, as large as the one that was fitted."""
    sample, member = fit.sample, fit.distribution
    if not sample.complete or sample.probability_weights is not None:
        raise InputError(
            "parametric replicates of censored, truncated or survey-weighted rows would need the scheme behind them; "
            "use kind='rows'"
        )
    n = round(sample.n)
    arrays = {name: v for name, v in fit.model.params.items() if np.ndim(v) > 0}
    if arrays and sample.weights is not None:
        raise InputError(
            "parametric replicates of weighted rows with one known value per row are not defined; use 'rows'"
        )
    assert member is not None

    def draw(rng: np.random.Generator, count: int) -> tuple[Distribution, Sample, NDArray[np.intp]]:
        x = member.sample(rng, (count, n)).ravel()
        model = fit.model.with_values({name: np.tile(v, count) for name, v in arrays.items()}) if arrays else fit.model
        return model, Sample(x, check=False), np.repeat(np.arange(count), n)

    return draw


def _from_rows(fit: Fit) -> Draw:
    """Rows with replacement; frequency weights are so many rows, probability weights come along."""
    sample = fit.sample
    counted = sample.weights is not None and sample.probability_weights is None
    size = round(sample.n) if counted else sample.rows
    cumulative = np.cumsum(np.asarray(sample.weights, dtype=float)) if counted else None
    arrays = {name: v for name, v in fit.model.params.items() if np.ndim(v) > 0}

    def draw(rng: np.random.Generator, count: int) -> tuple[Distribution, Sample, NDArray[np.intp]]:
        if cumulative is None:
            at = rng.integers(0, sample.rows, count * size)
        else:
            at = np.searchsorted(cumulative, rng.random(count * size) * cumulative[-1], side="right")
        rows = sample.at(at)
        if counted:
            rows._set(weights=None)
        model = fit.model.with_values({name: np.asarray(v)[at] for name, v in arrays.items()}) if arrays else fit.model
        return model, rows, np.repeat(np.arange(count), size)

    return draw


def _replicate(fit: Fit, drawn: tuple[Distribution, Sample, NDArray[np.intp]]) -> Any:
    from mlestat.fitting import fit as fit_model

    model, rows, which = drawn
    return fit_model(model, rows, by=which)


def acceleration(fit: Fit, function: Function) -> float:
    """Return BCa's acceleration of a function, from the influence of each row.

    Examples
    --------
    >>> import mlestat as mle
    >>> f = mle.fit(mle.Exponential(), [1.0, 2.0, 6.0])
    >>> round(acceleration(f, lambda d: d.params["scale"]), 6)   # Σ(x - 3)³ / (6 (Σ(x - 3)²)^1.5)
    0.05727
    """
    region = Region(fit)
    gradient = slopes(region, function, np.zeros(fit.k))
    order = list(fit.model.roles)
    scores = row_scores(fit.distribution, fit.sample)[:, [order.index(n) for n in fit.free]]  # type: ignore[arg-type]
    # influence = ∇g C s, with C = R Rᵀ on the link scale and s = natural score · dθ/dη
    table = fit.model.roles
    link = np.array([float(table[n].link.derivative(fit.params[n])) for n in fit.free])
    influence = (scores * link) @ (region.root @ gradient)
    w = np.ones(influence.size) if fit.sample.weights is None else np.asarray(fit.sample.weights, dtype=float)
    third, second = float(w @ influence**3), float(w @ influence**2)
    return third / (6.0 * second**1.5) if second > 0.0 else 0.0
