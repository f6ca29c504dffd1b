"""Held-out log score: every row is predicted by fits that have not seen it. One family at a time, all folds at once.

A frequency weight stands for as many rows, so its units go to folds one by one: a table of counts is split as the rows
that it counts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.inference.refits import refit
from mlestat.likelihood import row_logliks
from mlestat.sample import Sample
from mlestat.sources.incomplete import take

Floats = NDArray[np.float64]


def fold_weights(sample: Sample, folds: int, rng: np.random.Generator) -> Floats:
    """Return how much of each row's weight is held out in each fold, shape (folds, rows).

    Examples
    --------
    >>> fold_weights(Sample([1.0, 2.0, 3.0, 4.0]), 2, np.random.default_rng(0)).sum(axis=1).tolist()
    [2.0, 2.0]
    """
    w = np.ones(sample.rows) if sample.weights is None else np.asarray(sample.weights, dtype=np.float64)
    held = np.zeros((folds, sample.rows))
    whole = sample.weights is None or bool((w == np.round(w)).all() and w.sum() <= 1e7)
    rows = np.repeat(np.arange(sample.rows), w.astype(np.intp)) if whole else np.arange(sample.rows)
    fold = rng.permutation(np.arange(rows.size) % folds)
    np.add.at(held, (fold, rows), 1.0 if whole else w[rows])
    return held


def held_out_score(model: Distribution, sample: Sample, held: Floats) -> tuple[float, int]:
    """Return the sum over the rows of their log-density under the fit without their fold, and folds without a maximum.

    Examples
    --------
    >>> import mlestat as mle
    >>> sample = Sample([1.0, 2.0, 3.0, 4.0])
    >>> held = fold_weights(sample, 2, np.random.default_rng(0))
    >>> score, failed = held_out_score(mle.Exponential(), sample, held)
    >>> round(score, 6), failed
    (-8.840266, 0)
    """
    w = np.ones(sample.rows) if sample.weights is None else np.asarray(sample.weights, dtype=np.float64)
    kept = w - held
    fold, row = np.nonzero(kept > 0.0)
    part = sample.at(row)
    part._set(weights=None if sample.weights is None else kept[fold, row])
    sizes = np.bincount(fold, minlength=held.shape[0]).astype(np.intp)
    grouped = refit(take(model, row), part, sizes, None)
    total, failed = 0.0, 0
    for i in range(held.shape[0]):
        member = _member(model, grouped, i)
        if member is None:
            failed += 1
            continue
        at = np.flatnonzero(held[i] > 0.0)
        with np.errstate(all="ignore"):
            score = row_logliks(take(member, at), sample.at(at))
        total += float(held[i, at] @ score)
    return (total if failed == 0 else float("nan")), failed


def _member(model: Distribution, grouped: object, i: int) -> Distribution | None:
    """The member fitted without fold i."""
    from mlestat.groups.result import GroupedFit

    assert isinstance(grouped, GroupedFit)
    if bool(grouped.finite[i]):
        return model.with_values({name: float(grouped.params[name][i]) for name in model.free})
    return grouped[i].distribution if str(grouped.status[i]) == "limit" else None
