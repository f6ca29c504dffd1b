r"""Which family: fits of many to the same data, ranked by what they would lose on new data of the same kind.

Criteria, with k free parameters and n rows: :math:`\mathrm{AIC} = -2\ell + 2k` (Akaike 1974), AICc with its term for
few rows (Hurvich, Tsai 1989), :math:`\mathrm{BIC} = -2\ell + k\log n` (Schwarz 1978). Weights
:math:`w_i \propto e^{-\Delta_i/2}` (Burnham, Anderson, *Model Selection and Multimodel Inference*, 2nd ed. (2002), eq.
2.9); quantiles averaged with them (sec. 4.2). Densities and probabilities are on different scales, so families of
continuous values are never ranked beside those of whole numbers.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlestat.distributions import FAMILIES
from mlestat.distributions.base import Distribution
from mlestat.errors import InputError, MlestatError, UnknownNameError, nearest
from mlestat.inference.folds import fold_weights, held_out_score
from mlestat.inference.goodness import NAMES, _generator, goodness
from mlestat.inference.refits import chunks, refit
from mlestat.result import Fit
from mlestat.sample import Sample, as_sample
from mlestat.sources.incomplete import take
from mlestat.supports import Integers

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

CRITERIA = ("aic", "aicc", "bic", "cv")

TIE = 1e-7
"""Difference of a criterion, relative to its size and n, that rounding explains: such families tie."""

ANGULAR = ("VonMises",)
"""Families of angles, compared only when they are named."""


@dataclass(frozen=True)
class Candidate:
    """One family's line.

    Attributes
    ----------
    name : str
    fit : Fit
    k : int
        Free parameters.
    loglik, aic, aicc, bic : float
    cv : float
        Held-out log score, the mean per row in nats; nan if it was not asked for or a fold had no maximum.
    delta : float
        By how much the criterion lies above the best one's.
    weight : float
        Akaike weight (of the criterion asked for): the weights sum to 1.
    tied : bool
        Whether rounding alone separates it from the best.
    p_value : float
        Of the goodness-of-fit statistic asked for; nan if none was, or there is none.
    frequency : float
        Share of bootstrap samples in which it is best; nan if not asked for.
    note : str
        What to keep in mind: a limit, no p-value.
    seconds : float
        What the fit took.
    """

    name: str
    fit: Fit
    k: int
    loglik: float
    aic: float
    aicc: float
    bic: float
    cv: float = math.nan
    delta: float = math.nan
    weight: float = math.nan
    tied: bool = False
    p_value: float = math.nan
    frequency: float = math.nan
    note: str = ""
    seconds: float = 0.0

    def criterion(self, name: str) -> float:
        """Return the criterion; the smaller the better, so the log score with a minus."""
        return -self.cv if name == "cv" else float(getattr(self, name))

    def record(self) -> dict[str, Any]:
        """Return the line as plain values."""
        names = ("k", "loglik", "aic", "aicc", "bic", "cv", "delta", "weight", "tied", "p_value", "frequency", "note")
        params = {n: np.asarray(v).tolist() for n, v in self.fit.params.items()}
        return {"family": self.name, **{n: getattr(self, n) for n in names}, "parameters": params}


@dataclass(frozen=True)
class Comparison:
    """Families ranked on the same data.

    Attributes
    ----------
    candidates : tuple of Candidate
        The best first.
    failed : dict
        Families that could not be compared, by name, with the reason.
    criterion : str
    n : float
        Sum of weights; the number of rows where there are none.
    notes : tuple of str
        What was left out, and how the rest was computed.

    Examples
    --------
    >>> import mlestat as mle
    >>> c = mle.compare(mle.Gamma(2.0, 1.0).sample(0, 300), ["gamma", "weibull", "normal"])
    >>> c.best.model.label, [x.name for x in c.candidates]
    ('Gamma', ['Gamma', 'Weibull', 'Normal'])
    """

    candidates: tuple[Candidate, ...]
    failed: Mapping[str, str]
    criterion: str
    n: float
    notes: tuple[str, ...] = field(default=())

    @property
    def best(self) -> Fit:
        """The fit with the best criterion."""
        return self.candidates[0].fit

    @property
    def table(self) -> tuple[dict[str, Any], ...]:
        """One record per family, the best first."""
        return tuple(c.record() for c in self.candidates)

    def __getitem__(self, name: str) -> Candidate:
        """Return the family's line.

        Raises
        ------
        UnknownNameError
            If it was not compared; the sentence says why if it failed.
        """
        for c in self.candidates:
            if c.name == name:
                return c
        if name in self.failed:
            raise UnknownNameError(f"{name} could not be compared: {self.failed[name]}")
        names = [c.name for c in self.candidates]
        raise UnknownNameError(f"no family {name!r} was compared; {nearest(str(name), names)}")

    def quantile(self, q: ArrayLike) -> NDArray[np.float64]:
        """Return quantiles averaged over the families with their weights.

        Parameters
        ----------
        q : array_like
            Probabilities in (0, 1).

        Examples
        --------
        >>> import mlestat as mle
        >>> c = mle.compare([1.0, 2.0, 6.0, 3.0], ["exponential"])
        >>> round(float(c.quantile(0.5)), 6), round(3.0 * math.log(2.0), 6)
        (2.079442, 2.079442)
        """
        p = np.asarray(q, dtype=np.float64)
        if not ((p > 0.0) & (p < 1.0)).all():
            raise InputError(f"q must be probabilities between 0 and 1, got {q!r:.60}; 0.99 for example")
        total = np.zeros(p.shape)
        for c in self.candidates:
            if c.weight > 0.0 and c.fit.distribution is not None:
                total = total + c.weight * np.asarray(c.fit.distribution.ppf(p))
        return np.asarray(total)

    def to_frame(self) -> pd.DataFrame:
        """Return the table, indexed by family; parameters are left to the fits."""
        import pandas as pd

        rows = [{k: v for k, v in record.items() if k != "parameters"} for record in self.table]
        return pd.DataFrame(rows).set_index("family")

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the data as plain values."""
        return {
            "n": self.n,
            "criterion": self.criterion,
            "families": list(self.table),
            "failed": dict(self.failed),
            "notes": list(self.notes),
        }

    def to_json(self, indent: int | None = 2) -> str:
        """Return `to_dict` as JSON; what is not finite becomes null."""
        from mlestat.result import finite_only

        return json.dumps(finite_only(self.to_dict()), indent=indent, allow_nan=False, ensure_ascii=False)

    def __str__(self) -> str:
        shown = [("family", 0), ("k", 0), ("loglik", 3), ("aic", 2), ("bic", 2), ("delta", 2), ("weight", 3)]
        first = self.candidates[0] if self.candidates else None
        if first is not None:
            shown += [(n, 3) for n in ("cv", "p_value", "frequency") if any(r[n] == r[n] for r in self.table)]
        if self.criterion == "aicc":
            shown[3] = ("aicc", 2)
        cells = [[name for name, _ in shown], *([_cell(r[n], d) for n, d in shown] for r in self.table)]
        marks = ["", *(_mark(c) for c in self.candidates)]
        widths = [max(len(row[i]) for row in cells) for i in range(len(shown))]
        lines = [f"{len(self.candidates)} families on n = {self.n:g}, ranked by {self.criterion.upper()}"]
        for row, mark in zip(cells, marks, strict=True):
            padded = [c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
            lines.append(f"  {'  '.join(padded)}  {mark}".rstrip())
        lines += [f"not compared: {name}: {reason}" for name, reason in self.failed.items()]
        return "\n".join([*lines, *self.notes])


def _cell(value: Any, digits: int) -> str:
    if not isinstance(value, float):
        return str(value)
    return "-" if math.isnan(value) else f"{value:.{digits}f}"


def _mark(c: Candidate) -> str:
    return ", ".join(part for part in ("tied with the best" if c.tied and c.delta > 0.0 else "", c.note) if part)


def compare(
    data: Sample | ArrayLike,
    families: Iterable[Distribution | type[Distribution] | str] | None = None,
    *,
    criterion: str = "aic",
    discrete: bool | None = None,
    weights: ArrayLike | None = None,
    missing: str = "raise",
    folds: int = 0,
    goodness: str | None = None,
    simulations: int = 199,
    bootstrap: int = 0,
    seed: int | np.random.Generator = 0,
    threads: int | None = None,
) -> Comparison:
    """Fit many families to the same data and rank them.

    Parameters
    ----------
    data : Sample or array_like, shape (n,)
        Exact, censored, truncated, binned or weighted rows.
    families : iterable of Distribution, class or name, optional
        Which. By default all of the library whose support holds the data, those of whole numbers for whole numbers;
        families of angles, of several variables and with a known parameter must be named.
    criterion : {"aic", "aicc", "bic", "cv"}
        What ranks them; "cv" is the held-out log score (ten folds if `folds` says nothing else).
    discrete : bool, optional
        Whether whole numbers are counts. By default they are if none is negative.
    weights : array_like, shape (n,), optional
        Frequency weights.
    missing : {"raise", "drop"}
        What to do with NaN.
    folds : int
        Folds of the held-out log score; 0 for none.
    goodness : {"ks", "cvm", "ad", "chisq"}, optional
        Statistic for a goodness-of-fit p-value of each family, by `simulations` refitted replicates.
    bootstrap : int
        Samples drawn with replacement, in which it is counted how often each family is best; 0 for none.
    seed : int or numpy.random.Generator
        Of folds, replicates and resampling.
    threads : int, optional
        Threads for sums over rows.

    Returns
    -------
    Comparison
        A family that fails is in `.failed` with its reason, and sinks no other.

    Raises
    ------
    UnknownNameError
        Unknown criterion, family or statistic.
    InputError
        Families of continuous values beside those of whole numbers, or no family that can be fitted.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.compare([0, 2, 1, 0, 4, 1, 1], ["poisson", "geometric"]).best.model.label
    'Poisson'
    """
    folds, rng = _options(criterion, folds, goodness, bootstrap, seed)
    sample = as_sample(data, weights, missing)
    models, notes = _models(families, sample, discrete)
    found, failed = _fits(models, sample, threads)
    if not found:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in list(failed.items())[:3])
        raise InputError(f"none of {len(models)} families can be fitted to these {sample.rows} rows: {reasons}")
    if folds:
        found, notes = _with_score(found, sample, folds, rng), [*notes, f"log score: {folds}-fold cross-validation"]
    found = _ranked(found, criterion, sample.n)
    if goodness is not None:
        found = [_with_p_value(c, goodness, simulations, rng) for c in found]
        notes.append(f"p_value: {NAMES[goodness]}, up to {simulations} refitted replicates")
    if bootstrap:
        found = _with_frequency(found, sample, "aic" if criterion == "cv" else criterion, bootstrap, rng)
        notes.append(f"frequency: best in so many of {bootstrap} samples drawn with replacement")
    return Comparison(tuple(found), failed, criterion, sample.n, tuple(notes))


def _options(
    criterion: str, folds: Any, statistic: str | None, bootstrap: Any, seed: Any
) -> tuple[int, np.random.Generator]:
    """Check the options; return folds and generator."""
    if criterion not in CRITERIA:
        raise UnknownNameError(f"there is no criterion {criterion!r}; {nearest(str(criterion), CRITERIA)}")
    if statistic is not None and statistic not in NAMES:
        raise UnknownNameError(f"there is no statistic {statistic!r}; {nearest(str(statistic), NAMES)}")
    for name, value in (("folds", folds), ("bootstrap", bootstrap)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 0:
            raise InputError(f"{name} must be a whole number of at least 0, got {value!r}; 0 leaves it out")
    if folds == 1:
        raise InputError("folds must be 0 or at least 2, got 1; 10 is usual")
    return (10 if criterion == "cv" and not folds else int(folds)), _generator(seed)


def _models(
    families: Iterable[Distribution | type[Distribution] | str] | None, sample: Sample, discrete: bool | None
) -> tuple[list[Distribution], list[str]]:
    """Return the models to fit, and what to say of the choice."""
    from mlestat.fitting import as_model

    if families is not None:
        given = [families] if isinstance(families, (str, Distribution)) else families
        models = [_single(as_model(f)) for f in given]
        kinds = {isinstance(m.support, Integers) for m in models}
        if len(kinds) > 1 and (sample.complete_values or sample.ends()[2].any()):
            raise InputError(
                "a density and a probability have different units, so families of continuous values and of whole "
                "numbers cannot be ranked together; compare them apart"
            )
        return _distinct(models), []
    counts = _are_counts(sample) if discrete is None else discrete
    notes = []
    if counts and discrete is None:
        notes.append(
            "all values are whole numbers, so families of whole numbers are compared; discrete=False has others"
        )
    left = [name for name, f in FAMILIES.items() if f.is_discrete() == counts and (f.known or name in ANGULAR)]
    if left:
        notes.append(
            f"left out: {', '.join(left)} (angles, or a parameter that must be known); name them to compare them"
        )
    chosen = [f for name, f in FAMILIES.items() if f.is_discrete() == counts and name not in left and "." not in name]
    return [f() for f in chosen], notes


def _single(model: Any) -> Distribution:
    """Refuse a family of rows of several numbers."""
    from mlestat.distributions.multivariate.base import refuse_vectors

    refuse_vectors(model, "compare", "compare their AIC by hand")
    assert isinstance(model, Distribution)
    return model


def _distinct(models: list[Distribution]) -> list[Distribution]:
    """Refuse two models of one name, which a table could not tell apart."""
    names = [str(_name(m)) for m in models]
    twice = next((n for n in names if names.count(n) > 1), None)
    if twice is not None:
        raise InputError(f"{twice} is given twice; name each family once")
    if not models:
        raise InputError("families is empty; name at least one, or leave it out to compare all")
    return models


def _name(model: Distribution) -> str:
    """The label, with what is held."""
    held = {n: v for n, v in model.params.items() if n not in model.free and np.ndim(v) == 0}
    priors = {n: str(v) for n, v in model.priors.items()}
    inner = ", ".join(f"{n}={v}" for n, v in {**held, **priors}.items())
    return f"{model.label}({inner})" if inner else model.label


def _are_counts(sample: Sample) -> bool:
    values = sample.stand_ins()
    return bool(sample.high is None and values.min() >= 0 and (values == np.floor(values)).all())


def _fits(
    models: Sequence[Distribution], sample: Sample, threads: int | None
) -> tuple[list[Candidate], dict[str, str]]:
    """Fit each model; what cannot be compared has a reason."""
    from tqdm import tqdm

    found: list[Candidate] = []
    failed: dict[str, str] = {}
    for model in tqdm(models, desc="families", delay=2.0, disable=None, leave=False):
        name = _name(model)
        try:
            found.append(_candidate(name, model, sample, threads))
        except MlestatError as error:
            failed[name] = str(error)
        except (ArithmeticError, ValueError, np.linalg.LinAlgError) as error:  # one family's fault sinks no other
            failed[name] = f"the fit broke off ({type(error).__name__}: {error})"
    return found, failed


def _candidate(name: str, model: Distribution, sample: Sample, threads: int | None) -> Candidate:
    from mlestat.fitting import check_shape, check_values, fit

    model.check_known()
    check_shape(model, sample)
    check_values(model, sample)
    k = len(model.free)
    if sample.n <= k:
        raise InputError(f"{k} parameters need more than {k} rows, got {sample.n:g}; collect more, or hold a parameter")
    begin = time.perf_counter()
    f = fit(model, sample, strict=False, threads=threads)
    spent = time.perf_counter() - begin
    if f.distribution is None or not (f.verdict.finite or f.verdict.kind == "limit") or not math.isfinite(f.loglik):
        raise InputError(f.verdict.sentence)
    note = "" if f.verdict.finite else f"limit: {_name(f.distribution).split('(')[0]}"
    return Candidate(name, f, k, f.loglik, f.aic, f.aicc, f.bic, note=note, seconds=spent)


def _with_score(found: list[Candidate], sample: Sample, folds: int, rng: np.random.Generator) -> list[Candidate]:
    """Add the held-out log score per row; all families are scored on the same folds."""
    if folds > sample.n:
        raise InputError(f"{folds} folds need at least as many rows, got {sample.n:g}; take fewer folds")
    held = fold_weights(sample, folds, rng)
    scored = []
    for c in found:
        try:
            score, lost = held_out_score(c.fit.model, sample, held)
            note = c.note if lost == 0 else ", ".join(filter(None, [c.note, f"no maximum in {lost} of {folds} folds"]))
            scored.append(replace(c, cv=score / sample.n, note=note))
        except MlestatError as error:
            scored.append(replace(c, note=", ".join(filter(None, [c.note, f"no log score: {error}"]))))
    return scored


def _ranked(found: list[Candidate], criterion: str, n: float) -> list[Candidate]:
    """Sort, and add differences, weights and ties."""
    value = np.array([c.criterion(criterion) for c in found])
    value = np.where(np.isnan(value), math.inf, value)
    best = float(value.min())
    delta = value - best if math.isfinite(best) else np.where(value == best, 0.0, math.inf)
    # a log score per row is n times as much as a log-likelihood, and -2 log L is what weights are made of
    scale = 2.0 * n if criterion == "cv" else 1.0
    w = np.exp(-0.5 * scale * delta)
    w = w / w.sum()
    tie = TIE * (abs(best) + n) * (1.0 if criterion != "cv" else 1.0 / n) if math.isfinite(best) else 0.0
    order = np.lexsort((np.array([c.k for c in found]), np.where(delta <= tie, 0.0, delta)))
    several = int((delta <= tie).sum()) > 1
    return [
        replace(found[i], delta=float(delta[i]), weight=float(w[i]), tied=bool(several and delta[i] <= tie))
        for i in order.tolist()
    ]


def _with_p_value(c: Candidate, statistic: str, simulations: int, rng: np.random.Generator) -> Candidate:
    try:
        p = goodness(c.fit, statistic, simulations=simulations, seed=rng)[statistic].p_value
        return replace(c, p_value=p)
    except MlestatError as error:
        return replace(c, note=", ".join(filter(None, [c.note, f"no p-value: {error}"])))


def _with_frequency(
    found: list[Candidate], sample: Sample, criterion: str, size: int, rng: np.random.Generator
) -> list[Candidate]:
    """Add how often each family is best in samples drawn with replacement; all families see the same samples."""
    wins = np.zeros(len(found))
    w = np.ones(sample.rows) if sample.weights is None else np.asarray(sample.weights, dtype=np.float64)
    n = round(sample.n)
    for m in chunks(size, sample.rows):
        counts = rng.multinomial(n, w / w.sum(), size=m).astype(np.float64)
        value = np.stack([_resampled(c.fit.model, sample, counts, criterion) for c in found])
        value[np.isnan(value)] = math.inf
        least = value.min(axis=0)
        # the number of parameters settles a tie, as in the ranking
        tied = value <= least + TIE * (np.abs(least) + n)
        best = np.where(tied, np.array([[c.k] for c in found]), math.inf).argmin(axis=0)
        wins += np.bincount(best[np.isfinite(least)], minlength=len(found))
    return [replace(c, frequency=float(wins[i] / size)) for i, c in enumerate(found)]


def _resampled(model: Distribution, sample: Sample, counts: Floats, criterion: str) -> Floats:
    """Return the criterion of one family in each resample; nan where it has no maximum."""
    replicate, row = np.nonzero(counts > 0.0)
    part = sample.at(row)
    part._set(weights=counts[replicate, row])
    sizes = np.bincount(replicate, minlength=counts.shape[0]).astype(np.intp)
    try:
        g = refit(take(model, row), part, sizes)
    except MlestatError:
        return np.full(counts.shape[0], math.nan)
    n, k = counts.sum(axis=1), len(model.free)
    penalty = {"aic": 2.0 * k, "bic": k * np.log(n), "aicc": 2.0 * k * n / np.maximum(n - k - 1.0, 1e-300)}[criterion]
    usable = np.isin(g.status, ("interior", "boundary", "limit"))
    return np.asarray(np.where(usable, -2.0 * g.loglik + penalty, math.nan))
