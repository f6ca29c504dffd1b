"""Goodness of fit: statistics at the estimate, with p-values that know that parameters were estimated.

An estimate lies closer to its own data than the truth does, so the textbook p-values of a known distribution are far
too large here. The parametric bootstrap is right: draw samples like this one from the fitted distribution, fit each
again, and see how often the statistic is as large (Stute, González Manteiga, Presedo Quindimil, *Metrika* 40 (1993)
243-256; Genest, Rémillard, *Ann. Inst. Henri Poincaré* 44 (2008) 1096-1127). All replicates are fitted at once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.errors import InputError, UnknownNameError, UnsupportedDataError, nearest
from mlestat.inference.bins import Bins
from mlestat.inference.edf_tails import known_p_value, table_p_value
from mlestat.inference.layouts import ExactRows, Layout, layout_of
from mlestat.inference.refits import Members, chunks, members

if TYPE_CHECKING:
    import pandas as pd

    from mlestat.result import Fit

Floats = NDArray[np.float64]

NAMES = {
    "ks": "Kolmogorov-Smirnov D",
    "cvm": "Cramér-von Mises W²",
    "ad": "Anderson-Darling A²",
    "chisq": "Pearson chi-square X²",
    "g2": "likelihood-ratio chi-square G²",
}
"""The statistics, by the names that `statistics=` takes."""

METHODS = ("auto", "simulation", "table")

FEWEST = 19
"""Replicates with which a p-value can be 0.05 at all."""

SAME = 1e-10
"""Relative rounding within which a replicate's statistic is as large as the sample's: those of whole numbers tie."""


@dataclass(frozen=True)
class GoodnessTest:
    """One statistic with its p-value.

    Attributes
    ----------
    name : {"ks", "cvm", "ad", "chisq", "g2"}
    statistic : float
    p_value : float
        Probability of such a statistic or a larger one, if the family is right.
    p_error : float
        Monte-Carlo standard error of the p-value; 0 where nothing was simulated.
    source : str
        Where the p-value comes from.
    df : float
        Degrees of freedom, bins - 1 - estimated parameters, of the chi-square statistics; nan for the others.
    """

    name: str
    statistic: float
    p_value: float
    p_error: float
    source: str
    df: float = math.nan

    @property
    def label(self) -> str:
        """The statistic's full name."""
        return NAMES[self.name]


@dataclass(frozen=True)
class Goodness:
    """How well a fitted distribution describes its data.

    Attributes
    ----------
    family : str
        What was fitted.
    n : float
        Sum of weights; the number of rows where there are none.
    tests : tuple of GoodnessTest
        One for each statistic asked for.
    simulations : int
        Replicates drawn; 0 if none were needed.
    failed : int
        Replicates without a maximum, which are left out.
    seed : int or None
        What the replicates were drawn with; None for a generator that was passed in.
    bins : tuple of dict
        `low`, `high`, `observed` and `expected` of each bin, where a chi-square statistic was asked for.

    Examples
    --------
    >>> import mlestat as mle
    >>> fit = mle.fit(mle.Exponential(), [12.0, 1.0, 5.0, 30.0, 8.0, 17.0, 3.0, 9.0])
    >>> g = fit.goodness(simulations=199, seed=1)
    >>> [t.name for t in g.tests], g["ad"].p_value > 0.05
    (['ks', 'cvm', 'ad'], True)
    """

    family: str
    n: float
    tests: tuple[GoodnessTest, ...]
    simulations: int
    failed: int
    seed: int | None
    bins: tuple[dict[str, float], ...] = ()

    def __getitem__(self, name: str) -> GoodnessTest:
        """Return the test of that name.

        Raises
        ------
        UnknownNameError
            If it was not asked for.
        """
        for test in self.tests:
            if test.name == name:
                return test
        raise UnknownNameError(
            f"no statistic {name!r} was computed; {nearest(str(name), [t.name for t in self.tests])}"
        )

    @property
    def table(self) -> tuple[dict[str, Any], ...]:
        """One record per statistic: name, statistic, p-value, its Monte-Carlo error, df, source."""
        return tuple({"label": t.label, **asdict(t)} for t in self.tests)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "family": self.family,
            "n": self.n,
            "simulations": self.simulations,
            "failed": self.failed,
            "seed": self.seed,
            "tests": list(self.table),
            "bins": list(self.bins),
        }

    def to_json(self, indent: int | None = 2) -> str:
        """Return `to_dict` as JSON; what is not finite becomes null."""
        from mlestat.result import finite_only

        return json.dumps(finite_only(self.to_dict()), indent=indent, allow_nan=False, ensure_ascii=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the tests as a table, indexed by name."""
        import pandas as pd

        return pd.DataFrame(self.table).set_index("name")

    def __str__(self) -> str:
        width = max(len(t.label) for t in self.tests)
        lines = [f"Goodness of fit of {self.family}, n = {self.n:g}"]
        for t in self.tests:
            df = "" if math.isnan(t.df) else f", df = {t.df:g}"
            error = f" ± {t.p_error:.1g}" if t.p_error > 0.0 else ""
            lines.append(f"  {t.label:{width}} = {t.statistic:<10.6g} p = {t.p_value:.4g}{error}{df}  ({t.source})")
        if self.failed:
            lines.append(f"  {self.failed} of {self.simulations} replicates had no maximum and are left out")
        return "\n".join(lines)


def goodness(
    fit: Fit,
    statistics: str | Sequence[str] = ("ks", "cvm", "ad"),
    *,
    simulations: int = 999,
    seed: int | np.random.Generator = 0,
    method: str = "auto",
    bins: Sequence[float] | None = None,
    least: float = 5.0,
) -> Goodness:
    """Test whether the fitted family describes the data.

    Parameters
    ----------
    fit : Fit
        What `mlestat.fit` returned. Exact, truncated, binned, frequency-weighted rows and whole numbers; of rows
        censored on one side the product-limit estimate is compared.
    statistics : str or sequence of {"ks", "cvm", "ad", "chisq", "g2"}
        Which statistics.
    simulations : int
        Replicates for p-values that are simulated, at least 19.
    seed : int or numpy.random.Generator
        Of the replicates.
    method : {"auto", "simulation", "table"}
        Where p-values come from. "auto": the exact or limiting distribution where nothing was estimated and rows are
        exact, else simulation. "table": published tables for estimated parameters (normal, log-normal, exponential).
    bins : sequence of float, optional
        Inner edges of the chi-square bins; by default bins of equal probability, or the values of whole numbers.
    least : float
        Rows to be expected in a bin at least; thinner bins are joined to their neighbours.

    Returns
    -------
    Goodness

    Raises
    ------
    UnknownNameError
        Unknown statistic or method.
    InputError
        Fewer simulations than 19, a seed that is none, or a fit without a distribution.
    UnsupportedDataError
        Rows for which no sound statistic, or no table, exists.

    Examples
    --------
    >>> import mlestat as mle
    >>> x = mle.Gamma(2.0, 1.0).sample(0, 200)
    >>> goodness(mle.fit(mle.Exponential(), x), "ad", simulations=99)["ad"].p_value
    0.01
    """
    names = _names(statistics)
    _check(simulations, method)
    rng = _generator(seed)
    if fit.distribution is None:
        raise InputError(
            f"goodness needs a fitted distribution, but this {fit.model.label} fit has none: {fit.verdict.sentence}"
        )
    asked = Bins.asked(bins, least)
    layout = layout_of(fit.model, fit.distribution, fit.sample, asked)
    observed = layout.statistics(fit.distribution, set(names))
    statistic = {name: float(observed[name][0]) for name in names}
    bound = layout.bins if {"chisq", "g2"} & set(names) else None  # type: ignore[attr-defined]
    _check_bins(bound, fit)
    found = {name: _without_simulation(fit, layout, name, statistic[name], method, bound) for name in names}
    if "ad" in names and set(fit.model.edges) & set(fit.free):
        found["ad"] = math.nan, 0.0, "none: an estimated end of the support lies on a value, which makes A² infinite"
    open_ = [name for name in names if found[name] is None]
    if open_ and method == "table":
        raise UnsupportedDataError(
            f"there is no table for {NAMES[open_[0]]} of {fit.model.label} with these parameters estimated on these "
            "rows; use method='simulation'"
        )
    failed = 0
    if open_:
        drawn, failed = _simulated(fit.model, fit.distribution, layout, open_, rng, simulations)
        for name in open_:
            found[name] = _monte_carlo(statistic[name], drawn[name], simulations - failed, bool(fit.free))
    tests = []
    for name in names:
        p, error, source = found[name]  # type: ignore[misc]
        tests.append(GoodnessTest(name, statistic[name], p, error, source, _df(name, bound, fit)))
    record = () if bound is None else tuple(bound.record(fit.distribution, layout))
    number = None if isinstance(seed, np.random.Generator) else int(seed)
    return Goodness(fit.model.label, fit.n, tuple(tests), simulations if open_ else 0, failed, number, record)


def _names(statistics: str | Sequence[str]) -> tuple[str, ...]:
    names = (statistics,) if isinstance(statistics, str) else tuple(statistics)
    for name in names:
        if name not in NAMES:
            raise UnknownNameError(f"there is no statistic {name!r}; {nearest(str(name), NAMES)}")
    if not names:
        raise InputError(f"statistics is empty; name at least one of {', '.join(NAMES)}")
    return tuple(dict.fromkeys(names))


def _check(simulations: Any, method: str) -> None:
    if isinstance(simulations, bool) or not isinstance(simulations, (int, np.integer)) or simulations < FEWEST:
        raise InputError(
            f"simulations must be a whole number of at least {FEWEST}, with which a p-value can be 0.05, got "
            f"{simulations!r}; 999 is usual"
        )
    if method not in METHODS:
        raise UnknownNameError(
            f"method must be one of {', '.join(METHODS)}, got {method!r}; {nearest(str(method), METHODS)}"
        )


def _generator(seed: Any) -> np.random.Generator:
    """Return the generator of a seed."""
    if isinstance(seed, np.random.Generator):
        return seed
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise InputError(f"seed must be a whole number of at least 0 or a numpy Generator, got {seed!r}; 0 is usual")
    return np.random.default_rng(int(seed))


def _check_bins(bound: Bins | None, fit: Fit) -> None:
    """The chi-square statistic needs two bins at least."""
    if bound is not None and bound.size < 2:
        raise UnsupportedDataError(
            f"{fit.n:g} rows are too few for two bins that expect {bound.least:g} rows each; ask for 'ks', 'cvm' or "
            "'ad', or a smaller least"
        )


def _df(name: str, bound: Bins | None, fit: Fit) -> float:
    return float(bound.size - 1 - fit.k) if bound is not None and name in ("chisq", "g2") else math.nan


Found = tuple[float, float, str]
"""P-value, its Monte-Carlo error, and where it comes from."""


def _without_simulation(
    fit: Fit, layout: Layout, name: str, statistic: float, method: str, bound: Bins | None
) -> Found | None:
    """Return the p-value that needs no simulation; None where there is none or another one was asked for."""
    if method == "simulation":
        return None
    if bound is not None and name in ("chisq", "g2"):
        return _chi_squared(fit, layout, statistic, bound) if not fit.free or method == "table" else None
    if not (isinstance(layout, ExactRows) and layout.x.shape[0] == 1):
        return None
    if not fit.free:
        u, _ = layout.transforms(fit.distribution)  # type: ignore[arg-type]
        return _exact(name, statistic, u[0])
    if method == "table" and fit.sample.complete:
        found = table_p_value(name, fit.model, layout.x[0])
        return None if found is None else (found[0], 0.0, found[1])
    return None


def _exact(name: str, statistic: float, u: Floats) -> Found:
    p, source = known_p_value(name, statistic, u)
    return p, 0.0, source


def _chi_squared(fit: Fit, layout: Layout, statistic: float, bound: Bins) -> Found | None:
    """The limit: chi-square, between the tails with and without the estimated parameters taken off (upper one given).

    Estimates from counts in the same bins take off one degree of freedom each; those from the rows themselves less
    (Chernoff, Lehmann, *Ann. Math. Stat.* 25 (1954) 579-586).
    """
    counted = fit.free and fit.model.discrete and not isinstance(layout, ExactRows)
    binned = not fit.sample.complete_values and not isinstance(layout, ExactRows)
    off = fit.k if counted or binned else 0
    df = bound.size - 1 - off
    if df < 1:
        return None
    told = f"limit: chi-square, {df} degrees of freedom"
    if fit.free and off == 0:
        told = f"upper bound: chi-square, {df} degrees of freedom (Chernoff, Lehmann 1954)"
    return float(sc.chdtrc(df, statistic)), 0.0, told


def _simulated(
    model: Distribution, truth: Distribution, layout: Layout, names: Sequence[str], rng: np.random.Generator, size: int
) -> tuple[dict[str, Floats], int]:
    """Return the statistics of replicates that have a maximum, and how many have none."""
    parts: list[dict[str, Floats]] = []
    left = 0
    for m in chunks(size, layout.rows):
        drawn = layout.draw(truth, rng, m)
        stacks = members(drawn.refit(model), model) if model.free else [Members(truth, np.arange(m))]
        left += m - sum(stack.places.size for stack in stacks)
        parts += [drawn.take(s.places).statistics(s.model, set(names)) for s in stacks]
    if left == size:
        raise UnsupportedDataError(
            f"none of {size} replicates of {model.label} had a maximum, so no p-value can be simulated; choose a "
            "family that the data determine"
        )
    return {name: np.concatenate([part[name] for part in parts]) for name in names}, left


def _monte_carlo(statistic: float, drawn: Floats, size: int, estimated: bool) -> Found:
    """Return (1 + number as large) / (1 + replicates), which is a valid p-value for any number of replicates."""
    with np.errstate(invalid="ignore"):
        as_large = int(np.count_nonzero(~(drawn < statistic - SAME * (1.0 + abs(statistic)))))
    p = (1.0 + as_large) / (1.0 + size)
    told = f"{size} replicates, each refitted" if estimated else f"{size} replicates"
    return p, math.sqrt(p * (1.0 - p) / size), told
