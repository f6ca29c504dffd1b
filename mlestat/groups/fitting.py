"""fit(model, data, by=key): one fit per group, all at once.

Groups go one of three ways: rows that the family cannot take give a sentence; families and groups that the batched
search cannot certify are fitted one by one; everything else is solved together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlestat.distributions.base import Distribution
from mlestat.errors import DataError, InputError
from mlestat.groups.keys import Keys
from mlestat.groups.result import GroupedFit
from mlestat.inference.information import covariance_kind
from mlestat.sample import Sample, as_sample
from mlestat.sentences import SINGULAR
from mlestat.solvers.batched import GroupObjective, GroupOptimum, inverse
from mlestat.solvers.group_solve import GroupSolution, choose_group_source, solve_groups
from mlestat.sources.groups import GroupBetween, GroupIncomplete, GroupRows, Index
from mlestat.sources.incomplete import row_ends, take
from mlestat.supports import Support

Floats = NDArray[np.float64]
Single = Callable[[int], Any]

CHUNK = 1 << 14
"""Groups that are solved together: 128 kB per array, so that the temporaries of a formula stay in cache."""

DELICATE = ("_escape", "_named_limits", "_edges_at", "_direct", "_standard_form", "_beside", "_starts")
"""A family that defines one of these needs to see each group's rows: its groups are fitted one by one."""


def fit_many(
    model: Distribution,
    data: Any,
    by: ArrayLike | None,
    weights: ArrayLike | None,
    probability_weights: ArrayLike | None,
    missing: str,
    options: Mapping[str, Any],
) -> GroupedFit:
    """Fit each group of rows, or each column of a table; `options` are those of `fit`."""
    from mlestat.fitting import check_shape, fit, has_columns, of_kept_rows, thread_count

    if has_columns(data):
        if by is not None or weights is not None or probability_weights is not None:
            raise DataError("data of several columns take neither by nor weights; fit the columns one at a time")
        data, keys = columns(data, missing)
        sample = as_sample(data, None, "raise", check=False)
    else:
        sample = as_sample(data, weights, missing, check=False, probability_weights=probability_weights)
        model = of_kept_rows(model, sample)
        keys = _keys(by, sample)
        sample = sample if keys.order is None else sample.at(keys.order)
        model = model if keys.order is None else take(model, keys.order)
    check_shape(model, sample)
    kind = covariance_kind(model, options["covariance"], sample)
    if options["jacobian"]:
        raise InputError("jacobian=True is for single fits; leave by out, or write the prior on the link scale")
    if sample.probability_weights is not None:
        sample = _scaled_by_group(sample, keys)
    starts = np.cumsum(keys.sizes) - keys.sizes

    def single(i: int) -> Any:
        at = slice(int(starts[i]), int(starts[i] + keys.sizes[i]))
        asked = None if kind == "outer product" else kind
        return fit(take(model, at), sample.at(at), covariance=asked, strict=False, threads=1)

    return fit_groups(model, sample, keys, kind, thread_count(options["threads"]), single)


def _keys(by: ArrayLike | None, sample: Sample) -> Keys:
    """Group the rows that were kept; a group may have lost them all."""
    given = sample.rows if sample.kept is None else _rows_given(by)
    keys = Keys.of(by, given)  # type: ignore[arg-type]
    if sample.kept is None or given == sample.rows:
        return keys if sample.kept is None else Keys.of(by, sample.rows)  # type: ignore[arg-type]
    return keys.kept(sample.kept)


def _rows_given(by: Any) -> int:
    """How many rows a key, or the first of several, is for."""
    first = by[0] if isinstance(by, (list, tuple)) and by and np.ndim(by[0]) == 1 else by
    return len(first)


def _scaled_by_group(sample: Sample, keys: Keys) -> Sample:
    """Return probability weights that sum to the number of rows of each group."""
    codes = np.repeat(np.arange(keys.sizes.size), keys.sizes)
    w = np.asarray(sample.weights, dtype=float)
    total = np.bincount(codes, weights=w, minlength=keys.sizes.size)
    scaled = sample.at(slice(None))
    scaled._set(weights=w * (keys.sizes / total)[codes])
    return scaled


def fit_groups(model: Distribution, sample: Sample, keys: Keys, kind: str, threads: int, single: Single) -> GroupedFit:
    """Fit each group of a sample whose rows lie group after group.

    Parameters
    ----------
    sample : Sample
        Rows in the order of `keys`; not searched for NaN yet.
    kind : str
        Of covariance.
    single : callable
        From a group's number to its own fit, `strict=False`.
    """
    table = _Table.of(model, len(keys.names))
    table.n[:] = _sizes(sample, keys)
    open_ = np.flatnonzero(keys.sizes > 0)
    for i in np.flatnonzero(keys.sizes == 0).tolist():
        table.refuse(i, "no row of this group is left")
    open_ = open_[~_refused(model, sample, keys, open_, table, single)]
    alone = open_ if is_delicate(model, sample, kind) else _collapsed(model, sample, keys, open_, table)
    open_ = open_[table.status[open_] == "interior"]
    together = np.setdiff1d(open_, alone, assume_unique=True)
    if together.size:
        alone = np.union1d(alone, _together(model, sample, keys, together, kind, threads, table))
    for i in _progress(alone.tolist()):
        table.put(i, single(i))
    return table.result(model, keys, kind, single)


def is_delicate(model: Distribution, sample: Sample, kind: str) -> bool:
    """Whether groups of this model are fitted one by one."""
    by_rows = kind == "expected" or (kind == "sandwich" and not sample.complete)
    return by_rows or any(_looks_at_rows(m) for m in (model, *(s.model for s in model._specials())))


def _looks_at_rows(model: Distribution) -> bool:
    own = any(getattr(type(model), name) is not getattr(Distribution, name) for name in DELICATE)
    return own or not model.regular


def _sizes(sample: Sample, keys: Keys) -> Floats:
    """Sum of weights of each group; 0 for an empty one."""
    if sample.weights is None:
        return keys.sizes.astype(np.float64)
    group = np.repeat(np.arange(keys.sizes.size), keys.sizes)
    return np.bincount(group, weights=sample.weights, minlength=keys.sizes.size).astype(np.float64)


def _refused(
    model: Distribution, sample: Sample, keys: Keys, open_: Index, table: _Table, single: Single
) -> NDArray[np.bool_]:
    """Give the groups with rows that this model cannot take their sentence."""
    from mlestat.fitting import bad_rows

    bad = bad_rows(model, sample)
    if not bad.any():
        return np.zeros(open_.size, dtype=bool)
    starts = np.cumsum(keys.sizes) - keys.sizes
    refused = np.logical_or.reduceat(bad, starts[open_])
    for i in open_[refused].tolist():
        try:
            single(i)
        except InputError as error:
            table.refuse(i, str(error))
    return refused


def _collapsed(model: Distribution, sample: Sample, keys: Keys, open_: Index, table: _Table) -> Index:
    """Write the groups of one value that leave no maximum; return those that need a closer look."""
    starts = (np.cumsum(keys.sizes) - keys.sizes)[open_]
    values = sample.values.astype(np.float64, copy=False)
    constant = open_[np.minimum.reduceat(values, starts) == np.maximum.reduceat(values, starts)]
    by_row = any(np.ndim(v) > 0 for v in model.params.values())
    if by_row or not sample.complete or type(model)._collapse_on is not Distribution._collapse_on:
        return np.asarray(constant)
    known: dict[float, Mapping[str, float] | None] = {}
    all_starts = np.cumsum(keys.sizes) - keys.sizes
    for i in constant.tolist():
        c = float(values[all_starts[i]])
        if c not in known:
            known[c] = model._collapse(c)
        if (ends := known[c]) is not None:
            table.collapse(i, ends, 0.0 if model.discrete else math.inf)
    return np.empty(0, dtype=np.intp)


def _progress(groups: list[int]) -> Iterable[int]:
    """The groups, with a bar on a terminal if they are many."""
    if len(groups) < 200:
        return groups
    from tqdm import tqdm

    bar: Iterable[int] = tqdm(groups, desc="fitting one by one", unit="group", disable=None, leave=False)
    return bar


def _together(
    model: Distribution, sample: Sample, keys: Keys, groups: Index, kind: str, threads: int, table: _Table
) -> Index:
    """Solve these groups at once, chunk by chunk; return those that need a fit of their own."""
    by_row = {name: np.asarray(v, dtype=float) for name, v in model.params.items() if np.ndim(v) > 0}
    values = sample.stand_ins().astype(np.float64, copy=False)
    values = values if sample.complete else _into_support(values, model.support)
    many = groups.size > CHUNK
    every = GroupRows(values, keys.sizes, sample.weights, by_row, 1 if many else threads)
    incomplete = None if sample.complete else _incomplete(model, sample, keys, by_row)

    def solve(part: Index) -> Index:
        rows = every.take(part)
        source = choose_group_source(model, rows) if incomplete is None else incomplete.take(part)
        solution = solve_groups(model, source, rows)
        if sample.probability_weights is not None and rows.weights is not None:
            # such a weight stands for one row that was drawn, so it counts squared: Σ w² s sᵀ
            rows = replace(rows, weights=rows.weights * rows.weights)
        return part[~table.fill(part, solution, kind, rows)]

    parts = [groups[i : i + CHUNK] for i in range(0, groups.size, CHUNK)]
    if not many:
        return solve(groups)
    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate(list(pool.map(solve, parts)))


def _into_support(x: Floats, support: Support) -> Floats:
    inside = support.contains(x)
    return x if np.all(inside) else np.where(inside, x, support.inside)


def _incomplete(model: Distribution, sample: Sample, keys: Keys, by_row: dict[str, Floats]) -> GroupIncomplete:
    """Take censored and truncated rows apart, group by group."""
    codes = np.repeat(np.arange(keys.sizes.size), keys.sizes)
    low, high, entry, leave, exact = row_ends(sample, discrete=model.discrete)
    size = keys.sizes.size

    def between(first: Floats, last: Floats, at: Index) -> GroupBetween | None:
        if at.size == 0:
            return None
        weights = None if sample.weights is None else np.asarray(sample.weights[at], dtype=float)
        if by_row:
            return GroupBetween(first[at], last[at], codes[at], size, weights, {n: v[at] for n, v in by_row.items()})
        runs, counts = _runs(first[at], last[at], codes[at], weights)
        return GroupBetween(first[at[runs]], last[at[runs]], codes[at[runs]], size, counts, {})

    at = np.flatnonzero(exact)
    sizes = np.bincount(codes[at], minlength=size)
    having = np.flatnonzero(sizes)
    weights = None if sample.weights is None else np.asarray(sample.weights[at], dtype=float)
    values = sample.values[at].astype(np.float64)
    rows = GroupRows(values, sizes[having], weights, {n: v[at] for n, v in by_row.items()}) if at.size else None
    truncated = np.flatnonzero((entry > -math.inf) | (leave < math.inf))
    return GroupIncomplete(
        rows, having, between(low, high, np.flatnonzero(~exact)), between(entry, leave, truncated), _sizes(sample, keys)
    )


def _runs(low: Floats, high: Floats, codes: Index, weights: Floats | None) -> tuple[Index, Floats | None]:
    """Return where runs of the same ends in one group begin, and their weight: rows truncated alike are one row."""
    new = np.ones(low.size, dtype=bool)
    new[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1]) | (codes[1:] != codes[:-1])
    if new.all():
        return np.arange(low.size), weights
    runs = np.flatnonzero(new)
    return runs, np.add.reduceat(np.ones(low.size) if weights is None else weights, runs)


@dataclass(frozen=True, eq=False)
class _Table:
    """The result, column by column, while it is filled."""

    model: Distribution
    params: dict[str, Floats]
    se: dict[str, Floats]
    loglik: Floats
    n: Floats
    status: NDArray[Any]
    steps: Index
    sentences: dict[int, str]

    @classmethod
    def of(cls, model: Distribution, size: int) -> _Table:
        nothing = np.full(size, math.nan)
        known = {name: v for name, v in model.params.items() if name not in model.free and np.ndim(v) == 0}
        return cls(
            model,
            {name: np.full(size, float(known[name])) if name in known else nothing.copy() for name in model.params},
            {name: nothing.copy() for name in model.free},
            nothing.copy(),
            nothing.copy(),
            np.full(size, "interior", dtype="<U9"),
            np.zeros(size, dtype=np.intp),
            {},
        )

    def refuse(self, i: int, sentence: str) -> None:
        """Note why a group cannot be fitted."""
        self.status[i], self.sentences[i] = "error", sentence

    def collapse(self, i: int, ends: Mapping[str, float], loglik: float) -> None:
        """Write a group on which the model can only concentrate."""
        for name, value in ends.items():
            self.params[name][i] = value
        self.loglik[i], self.status[i] = loglik, "limit" if loglik == 0.0 else "unbounded"

    def put(self, i: int, fit: Any) -> None:
        """Write one group's own fit."""
        for name, value in fit.params.items():
            if np.ndim(value) == 0:
                self.params[name][i] = value
        for name, se in fit.se.items():
            self.se[name][i] = se
        self.loglik[i], self.status[i], self.sentences[i] = fit.loglik, fit.verdict.kind, fit.verdict.sentence
        self.steps[i] = fit.verdict.steps

    def fill(self, groups: Index, solution: GroupSolution, kind: str, rows: GroupRows) -> NDArray[np.bool_]:
        """Write what was solved together; return which groups are certified. A sandwich's middle is taken on `rows`."""
        best, at_limit = solution.best, solution.limit >= 0
        for name, value in solution.objective.natural(best.at.eta).items():
            self.params[name][groups] = value
        self.loglik[groups], self.steps[groups] = best.at.loglik, best.steps
        errors, sound = _errors(solution.objective, best, kind, rows)
        for name, value in errors.items():
            self.se[name][groups] = value
        for i in np.unique(solution.limit[at_limit]).tolist():
            at = np.flatnonzero(solution.limit == i)
            sound[at] = self._at_limit(groups, at, solution, i, kind, rows)
        return sound & (best.converged | at_limit)

    def _at_limit(self, groups: Index, at: Index, solution: GroupSolution, i: int, kind: str, rows: GroupRows) -> bool:
        """Write the groups whose supremum is a contained family."""
        c = solution.contained[i]
        values = {name: v[at] for name, v in c.objective.natural(c.best.at.eta).items()}
        member = {**c.special.model.params, **values}
        errors, _ = _errors(c.objective, c.best, kind, rows)
        for name in self.se:
            theirs = c.special.names.get(name)
            self.se[name][groups[at]] = errors[theirs][at] if theirs in errors else math.nan
        ends = {c.special.parameter: c.special.value, **c.special.moving}
        for name in self.model.free:
            value = ends[name] if name in ends else member[c.special.names[name]]
            self.params[name][groups[at]] = value
        self.loglik[groups[at]], self.status[groups[at]] = c.best.at.loglik[at], "limit"
        return True

    def result(self, model: Distribution, keys: Keys, kind: str, single: Single) -> GroupedFit:
        """Return the finished table."""
        return GroupedFit(
            model,
            keys,
            self.params,
            self.se,
            self.loglik,
            self.n,
            self.status,
            self.steps,
            kind,
            self.sentences,
            single,
        )


def _errors(
    objective: GroupObjective, best: GroupOptimum, kind: str, rows: GroupRows
) -> tuple[dict[str, Floats], NDArray[np.bool_]]:
    """Return standard errors on the natural scale, and where the information can be inverted."""
    if not objective.names:
        return {}, np.ones(best.converged.size, dtype=bool)
    cov, definite = inverse(-best.at.hessian)
    values = objective.natural(best.at.eta)
    slopes = np.stack([r.link.derivative(values[n]) for n, r in zip(objective.names, objective.roles, strict=True)])
    if kind == "sandwich":
        outer = outer_scores(objective, values, rows) * slopes[:, None] * slopes[None]
        cov = np.einsum("ijg,jkg,klg->ilg", cov, outer, cov)
    with np.errstate(all="ignore"):
        errors = {name: np.sqrt(cov[j, j]) * np.abs(slopes[j]) for j, name in enumerate(objective.names)}
        sound = definite & ~(_condition(-best.at.hessian) > SINGULAR)
    return errors, sound


def outer_scores(objective: GroupObjective, values: dict[str, Floats], rows: GroupRows) -> Floats:
    """Return Σ w s sᵀ over the rows of each group, shape (k, k, groups)."""
    member = objective.model.with_values(values)
    index = [list(member.roles).index(name) for name in objective.names]

    def kernel(block: Distribution, x: Floats) -> tuple[Floats, ...]:
        s = block._score(block._terms(x))
        return tuple(s[i] * s[j] for i in index for j in index)

    k = len(index)
    return np.stack(rows.total(member, kernel)).reshape(k, k, -1)


def _condition(a: Floats) -> Floats:
    """Condition number at unit diagonal, of each matrix of shape (k, k, groups)."""
    k = a.shape[0]
    d = 1.0 / np.sqrt(np.stack([a[j, j] for j in range(k)]))
    unit = a * d[:, None] * d[None]
    if k == 1:
        return np.ones(a.shape[2])
    if k == 2:
        r = np.abs(unit[0, 1])
        return np.asarray((1.0 + r) / (1.0 - r))
    out = np.full(a.shape[2], math.inf)
    sound = np.flatnonzero(np.isfinite(unit).all(axis=(0, 1)))
    values = np.linalg.eigvalsh(np.moveaxis(unit[..., sound], 2, 0))
    out[sound] = np.where(values[:, 0] > 0.0, values[:, -1] / values[:, 0], math.inf)
    return out


def columns(data: Any, missing: str) -> tuple[Floats, Keys]:
    """Return a table as one long column, a group per column of it; NaN left out if asked for."""
    values = np.asarray(data)
    if values.dtype.kind not in "iufb" or 0 in values.shape:
        raise DataError(
            f"data of several columns must hold numbers, got type {values.dtype} and shape {values.shape}; name the "
            "columns of numbers"
        )
    names = [str(c) for c in data.columns] if hasattr(data, "columns") else list(range(values.shape[1]))
    long = values.T.astype(np.float64).ravel()
    sizes = np.full(values.shape[1], values.shape[0], dtype=np.intp)
    if missing == "drop":
        kept = ~np.isnan(long)
        sizes = kept.reshape(values.T.shape).sum(axis=1)
        long = long[kept]
    return long, Keys(names, sizes, None)
