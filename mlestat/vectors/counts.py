"""The estimates of categorical and multinomial probabilities: shares of counts, their errors, empty categories."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import scipy.special as sc
from numpy.typing import ArrayLike, NDArray

from mlestat.distributions.multivariate import Categorical, Multinomial
from mlestat.distributions.multivariate.base import VectorDistribution
from mlestat.distributions.multivariate.categories import as_text
from mlestat.distributions.multivariate.multinomial import spread
from mlestat.distributions.parameters import free
from mlestat.errors import DataError, SupportError
from mlestat.vectors.certificate import Estimated, correlation_of, interior, nothing_free
from mlestat.vectors.moments import over_blocks
from mlestat.vectors.sample import LabelSample, VectorSample, as_labels, as_vectors
from mlestat.verdict import Verdict

Floats = NDArray[np.float64]

WIDEST = 10_000
"""Largest count for which the log-likelihood is summed by a table: log 10000! is 8e4, which costs its sum no digit."""


# -- labels ----------------------------------------------------------------------------------------------


def read_labels(
    model: Categorical, data: Any, weights: ArrayLike | None, probability_weights: ArrayLike | None, missing: str
) -> LabelSample:
    """Return the labels as places among the model's categories, or among those that occur."""
    known = model.names if model.size is not None else None
    return as_labels(data, weights, probability_weights, missing, known)


def estimate_categorical(model: Categorical, sample: LabelSample, kind: str, threads: int) -> Estimated:
    """Return the share of each category."""
    k = len(sample.categories)
    total = np.bincount(sample.codes, weights=sample.weights, minlength=k).astype(float)
    p = total / sample.n if model.p is free else np.asarray(model.p)
    _possible(total, p, sample.columns)
    loglik = float(np.sum(sc.xlogy(total, p)))
    member = model.with_values({"p": p, "categories": sample.categories})
    if sample.probability_weights is None:
        cov = None  # the sandwich is the model's own covariance: nothing but the shares tells of a label
    else:
        squares = np.bincount(sample.codes, weights=sample.probability_weights**2, minlength=k).astype(float)
        cov = _surveyed(squares, p) / sample.n**2
    return _shares(model, member, total, loglik, sample.columns, cov)


def _surveyed(squares: Floats, p: Floats) -> Floats:
    """Return Σ w² (e - p)(e - p)ᵀ from Σ w² of each category, e the indicator of a row's label."""
    mixed = np.outer(squares, p)
    return np.asarray(np.diag(squares) - mixed - mixed.T + np.sum(squares) * np.outer(p, p))


# -- rows of counts ----------------------------------------------------------------------------------------


def read_counts(
    model: Multinomial, data: Any, weights: ArrayLike | None, probability_weights: ArrayLike | None, missing: str
) -> VectorSample:
    """Return rows of counts that add to their n; one row may be passed as a plain vector."""
    if not hasattr(data, "columns") and np.ndim(data) == 1:
        data = np.asarray(data)[None, :]
    sample = as_vectors(data, weights, probability_weights, missing, model.label)
    if sample.size < 2:
        raise DataError(
            f"{model.label} needs counts of at least two categories, got one column; use Binomial or Poisson"
        )
    if model.size not in (None, sample.size):
        raise DataError(
            f"{model.label} has {model.size} categories, but the data have {sample.size} columns; give one column each"
        )
    _check_counts(sample)
    _check_trials(model, sample)
    labels = sample.columns if model.categories is None else as_text(model.categories)
    w = np.ones(sample.rows) if sample.weights is None else sample.weights
    trials = float(np.sum(w * sample.values.sum(axis=1)))
    if not trials > 0.0:
        raise DataError(f"no trial was made: the counts of all {sample.rows} rows are 0; pass rows with counts")
    return replace(sample, columns=labels, n=trials)


def _check_counts(sample: VectorSample) -> None:
    """Refuse anything but whole numbers from 0 on."""
    sample.check_finite()
    if sample.values.min() >= 0 and sample.values.dtype.kind in "biu":
        return
    bad = (sample.values < 0) | (np.floor(sample.values) != sample.values)
    if bad.any():
        i, j = (int(v) for v in np.argwhere(bad)[0])
        raise SupportError(
            f"{int(bad.any(axis=1).sum())} of {sample.rows} rows hold something other than counts 0, 1, 2, …, first at "
            f"index {i}, {sample.said(j)}: {sample.values[i, j]}; Multinomial takes counts, Dirichlet takes shares"
        )


def _check_trials(model: Multinomial, sample: VectorSample) -> None:
    """Refuse rows that do not add to the given n."""
    if model.n is free:
        return
    n = _trials(model, sample)
    sums = sample.values.sum(axis=1)
    bad = np.flatnonzero(sums != n)
    if bad.size:
        i = int(bad[0])
        raise SupportError(
            f"the counts of {bad.size} of {sample.rows} rows do not add to n, first at index {i}: {sums[i]:g} in place "
            f"of {np.broadcast_to(n, sums.shape)[i]:g}; correct them, or leave n out to take it from the rows"
        )


def _trials(model: Multinomial, sample: VectorSample) -> Any:
    """Return the given n of the rows that are kept."""
    if np.ndim(model.n) == 0:
        return model.n
    n = np.asarray(model.n)
    wanted = sample.rows if sample.kept is None else sample.kept.size
    if n.shape != (wanted,):
        raise DataError(f"n has shape {n.shape}, but there are {wanted} rows; give one number, or one value per row")
    return n if sample.kept is None else n[sample.kept]


def estimate_multinomial(model: Multinomial, sample: VectorSample, kind: str, threads: int) -> Estimated:
    """Return the share of each category in all trials."""
    w = np.ones(sample.rows) if sample.weights is None else sample.weights
    total = w @ sample.values.astype(float)
    p = total / sample.n if model.p is free else np.asarray(model.p)
    names = tuple(map(str, range(p.size))) if sample.columns is None else sample.columns
    _possible(total, p, names)
    sums = sample.values.sum(axis=1)
    n = model.n if model.n is not free else int(sums[0]) if (sums == sums[0]).all() else sums.astype(float)
    labels = model.categories if model.categories is not None else sample.columns
    member = model.with_values({"n": n, "p": p, "categories": labels})
    loglik = _loglik(member, sample, sums, total, threads)
    cov = None
    if kind == "sandwich":
        gap = (sample.values - sums[:, None] * p) * (w if sample.probability_weights is not None else np.sqrt(w))[
            :, None
        ]
        cov = gap.T @ gap / sample.n**2
    return _shares(model, member, total, loglik, names, cov)


def _loglik(member: Multinomial, sample: VectorSample, sums: NDArray[Any], total: Floats, threads: int) -> float:
    """Return the log-likelihood: of small counts from a table of how often each occurs, else row by row."""
    w = sample.weights
    if sums.max() <= WIDEST:
        values, n = sample.values.astype(np.intp).ravel(), sums.astype(np.intp)
        often = np.bincount(n, weights=w, minlength=1).astype(float)
        counted = np.bincount(values, weights=None if w is None else np.repeat(w, sample.size), minlength=often.size)
        ways = float((often - counted) @ sc.gammaln(np.arange(1.0, often.size + 1.0)))
        return ways + float(np.sum(sc.xlogy(total, member.p)))

    def block(at: slice) -> float:
        heights = member._logpdf(sample.values[at].astype(float))
        return float(heights.sum() if w is None else w[at] @ heights)

    return math.fsum(over_blocks(sample.rows, sample.size, block, threads))


# -- both ------------------------------------------------------------------------------------------------------


def _possible(total: Floats, p: Floats, names: tuple[str, ...]) -> None:
    """Refuse given probabilities that exclude what was seen."""
    bad = np.flatnonzero((total > 0.0) & (p == 0.0))
    if bad.size:
        name = names[int(bad[0])]
        raise SupportError(
            f"category {name} occurs in the data, but its given probability is 0; leave p free, or correct it"
        )


def _shares(
    model: VectorDistribution,
    member: VectorDistribution,
    total: Floats,
    loglik: float,
    names: tuple[str, ...],
    cov: Floats | None,
) -> Estimated:
    """Return the fit of probabilities; `cov` is that of a sandwich, None for the model's own, (diag p - p pᵀ)/n."""
    if not model.free:
        return Estimated(member, member.params, {}, np.empty((0, 0)), loglik, nothing_free())
    n, p = float(total.sum()), member.params["p"]
    with np.errstate(invalid="ignore"):
        variances = p * (1.0 - p) / n if cov is None else np.diag(cov)
        se = np.where(p * (1.0 - p) > 0.0, np.sqrt(variances), math.nan)
    correlation = partial(_correlation, p, cov)
    return Estimated(member, member.params, {"p": se}, correlation, loglik, _verdict(model, total, names))


def _correlation(p: Floats, cov: Floats | None) -> Floats:
    found = correlation_of(spread(p) if cov is None else cov)
    found[p * (1.0 - p) == 0.0] = math.nan
    found[:, p * (1.0 - p) == 0.0] = math.nan
    return found


def _verdict(model: VectorDistribution, total: Floats, names: tuple[str, ...]) -> Verdict:
    """Say whether the maximum is inside, or some category is empty."""
    n = float(total.sum())
    share = total / n
    seen = share > 0.0
    # distance to the maximum in standard errors, Pearson's χ; rounding alone
    decrement = math.sqrt(float(np.sum((total[seen] - n * share[seen]) ** 2 / (n * share[seen]))))
    # of the log-odds against the commonest category: eigenvalues between its share and 1, to within a factor of 2
    condition = 1.0 / float(share.max())
    empty = [name for name, there in zip(names, seen, strict=True) if not there]
    if len(names) == 1:
        sentence = (
            f"there is one category, {names[0]}, so its probability is 1 whatever the data; there is no standard error"
        )
        return Verdict("boundary", sentence, decrement, decrement, condition)
    if not empty:
        return interior(model, decrement, condition)
    shown = ", ".join(empty[:5]) + (f" and {len(empty) - 5} more" if len(empty) > 5 else "")
    sentence = (
        f"a maximum on the boundary: nothing was seen of {shown}, so the estimate is 0, without a standard error; the "
        "others hold it there"
    )
    return Verdict("boundary", sentence, decrement, decrement, condition)
