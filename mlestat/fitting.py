"""fit(): model + data → Fit. Reads as the sentence it is: check, choose a source, solve, judge, report."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlestat.certificate import Certified, certified
from mlestat.distributions.base import Collapse, Distribution, Escape
from mlestat.distributions.multivariate.base import VectorDistribution
from mlestat.distributions.notation import written
from mlestat.distributions.wrapper import Wrapper
from mlestat.errors import DataError, InputError, NoFiniteMLE, SupportError
from mlestat.inference.information import covariance_kind
from mlestat.problem import Problem
from mlestat.result import Fit
from mlestat.sample import Sample, as_sample
from mlestat.sentences import collapse_verdict, escape_verdict
from mlestat.sources.array import default_threads
from mlestat.sources.incomplete import meeting_place
from mlestat.unit import Unit
from mlestat.vectors.fitting import fit_vectors

if TYPE_CHECKING:
    from mlestat.groups import GroupedFit

Floats = NDArray[np.float64]


@overload
def fit(
    model: Distribution | VectorDistribution | type[Distribution | VectorDistribution] | str,
    data: Any,
    *,
    by: None = None,
    weights: ArrayLike | None = None,
    probability_weights: ArrayLike | None = None,
    covariance: str | None = None,
    strict: bool = True,
    jacobian: bool = False,
    missing: str = "raise",
    threads: int | None = None,
) -> Fit: ...


@overload
def fit(
    model: Distribution | VectorDistribution | type[Distribution | VectorDistribution] | str,
    data: Any,
    *,
    by: ArrayLike,
    weights: ArrayLike | None = None,
    probability_weights: ArrayLike | None = None,
    covariance: str | None = None,
    strict: bool = True,
    jacobian: bool = False,
    missing: str = "raise",
    threads: int | None = None,
) -> GroupedFit: ...


def fit(
    model: Distribution | VectorDistribution | type[Distribution | VectorDistribution] | str,
    data: Any,
    *,
    by: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    probability_weights: ArrayLike | None = None,
    covariance: str | None = None,
    strict: bool = True,
    jacobian: bool = False,
    missing: str = "raise",
    threads: int | None = None,
) -> Fit | GroupedFit:
    """Fit a model to data by maximum likelihood, or by its mode where parameters have priors.

    Parameters
    ----------
    model : Distribution
        Each parameter a number (held), `free`, or a distribution (free, with that prior). A number may be an
        array with one value per row. A class or a family's name stands for the model with everything free; a text such
        as ``"truncated(gamma, lower=1)"`` writes one as in Python.
    data : Sample or array_like, shape (n,) or (n, m)
        The observations; with m columns, as many fits. For families of rows such as `MultivariateNormal` an array of
        shape (n, d) or a data frame; for `Categorical` labels of any kind.
    by : array_like, shape (n,), or a list of such, optional
        A key per row: one fit per group of equal keys, all at once.
    weights : array_like, shape (n,), optional
        Frequency weights: weight 2 is the row twice.
    probability_weights : array_like, shape (n,), optional
        Sampling weights of a survey: the estimate is weighted by them, the standard errors are the sandwich's.
    covariance : {"observed", "expected", "sandwich"}, optional
        Information for the standard errors. Default: observed; sandwich with probability weights; expected for a family
        whose log-density has a corner (the outer product of the scores where its rows are censored).
    strict : bool
        Raise `NoFiniteMLE` if the likelihood has no finite maximum; else return the fit with that verdict.
    jacobian : bool
        Add ``log |dθ/dη|``: the mode of the posterior density of the link-scale parameters, not of the natural ones.
    missing : {"raise", "drop"}
        What to do with NaN.
    threads : int, optional
        Threads for sums over rows. Default: MLESTAT_NUM_THREADS, or all cores.

    Returns
    -------
    Fit or GroupedFit
        Estimates, standard errors, log-likelihood, verdict; with `by`, or for data of several columns, a table of them,
        whatever `strict` is: a group without a maximum has a status, and sinks no other.

    Raises
    ------
    DataError, SupportError
        The data cannot be used with this family.
    InputError
        An argument is wrong.
    NoFiniteMLE
        No finite maximum exists, and `strict`.

    Examples
    --------
    >>> import mlestat as mle
    >>> f = mle.fit(mle.Gamma(), [0.5, 1.2, 3.1, 0.8, 2.2])
    >>> f
    Fit(Gamma(shape=2.6 ± 1.5, scale=0.61 ± 0.40), n=5, loglik=-6.249, interior)
    """
    asked = as_model(model)
    if isinstance(asked, VectorDistribution):
        if by is not None:
            raise InputError(f"by is for families of single numbers, not for {asked.label}; fit its groups one by one")
        result = fit_vectors(
            asked, data, weights, probability_weights, covariance, missing, thread_count(threads), jacobian
        )
    elif by is not None or has_columns(data):
        from mlestat.groups.fitting import fit_many

        options = {"covariance": covariance, "jacobian": jacobian, "threads": threads}
        return fit_many(asked, data, by, weights, probability_weights, missing, options)
    else:
        sample = as_sample(data, weights, missing, check=False, probability_weights=probability_weights)
        result = _fit_checked(asked, sample, covariance, jacobian, thread_count(threads))
    if strict and not result.verdict.finite:
        raise NoFiniteMLE(result.verdict.sentence, result)
    return result


def has_columns(data: Any) -> bool:
    """Whether the data are a table or an array of two dimensions."""
    try:
        return not isinstance(data, Sample) and np.ndim(data) == 2
    except ValueError:  # rows of different lengths, which are refused with a sentence
        return False


def _fit_checked(model: Distribution, sample: Sample, covariance: str | None, jacobian: bool, threads: int) -> Fit:
    """Fit a family of single numbers to data that are checked first."""
    model.check_known()
    model = of_kept_rows(model, sample)
    kind = covariance_kind(model, covariance, sample)
    check_shape(model, sample)
    if not (model.guards and sample.complete):
        check_values(model, sample)
    return _fit(model, sample, kind, jacobian, threads)


def as_model(model: Any) -> Distribution | VectorDistribution:
    """Return a model from an instance, a class, or the text that writes it."""
    if isinstance(model, str):
        return written(model)
    if isinstance(model, type) and issubclass(model, (Distribution, VectorDistribution)):
        return model()
    if not isinstance(model, (Distribution, VectorDistribution)):
        raise InputError(
            f"model must be a distribution such as Normal(), got {model!r:.60}; the data come second: fit(Normal(), x)"
        )
    return model


def thread_count(threads: int | None) -> int:
    """Return the number of threads asked for, or the default."""
    if threads is None:
        return default_threads()
    if threads < 1 or threads != int(threads):
        raise InputError(f"threads must be a whole number of at least 1, got {threads!r}")
    return threads


def of_kept_rows(model: Distribution, sample: Sample) -> Distribution:
    """Return the model whose values per row are those of the rows that the sample kept."""
    if (kept := sample.kept) is None:
        return model
    arrays = {name: np.asarray(v) for name, v in model.params.items() if np.shape(v) == kept.shape}
    return model.with_values({name: v[kept] for name, v in arrays.items()}) if arrays else model


def check_shape(model: Distribution, sample: Sample) -> None:
    """Refuse parameters that are not aligned with the rows."""
    for name, value in model.params.items():
        if np.ndim(value) > 0 and np.shape(value) != (sample.rows,):
            raise DataError(
                f"{name} has shape {np.shape(value)}, but there are {sample.rows} rows; give one number, or one "
                "value per row"
            )


def bad_rows(model: Distribution, sample: Sample) -> NDArray[np.bool_]:
    """Return which rows `check_values` would refuse."""
    with np.errstate(invalid="ignore"):
        if sample.complete:
            values = sample.values.astype(np.float64, copy=False)
            return ~np.asarray(model.support.contains(values))
        low, high, exact = sample.ends()
        bad = ~np.asarray(model.support.contains(np.where(exact, low, model.support.inside)))
        bad |= np.isnan(low) | np.isnan(high) | (_impossible(model, low, high) & ~exact)
        if sample.entry is not None or sample.exit is not None:
            bad |= _unseen(model, sample)
    return bad


def check_values(model: Distribution, sample: Sample) -> None:
    """Refuse values that are not finite or outside the support, and intervals or truncation that leave it."""
    sample.check_finite()
    if sample.complete_values:
        if not model.support.holds(sample.values):
            _explain_support(model, sample.values, model.support.contains(sample.values.astype(np.float64)))
    else:
        low, high, exact = sample.ends()
        inside = model.support.contains(low) | ~exact
        if not np.all(inside):
            _explain_support(model, sample.values, inside)
        _check_possible(model, low, high, exact)
    if sample.entry is not None or sample.exit is not None:
        _check_truncation(model, sample)


def _check_possible(model: Distribution, low: Floats, high: Floats, exact: NDArray[np.bool_]) -> None:
    """An interval must meet the support: a gamma is never below 0."""
    _reject_rows(
        _impossible(model, low, high) & ~exact,
        low,
        high,
        f"hold no value that {model.label} ({model.support}) can take",
    )


def _impossible(model: Distribution, low: Floats, high: Floats) -> NDArray[np.bool_]:
    """Whether [low, high] misses the support."""
    first, last = model.support.lower, model.support.upper
    closed = model.discrete
    beyond = ((high < first) if closed else (high <= first)) | (low >= last)
    if closed:
        # [low, high] must hold a whole number
        beyond |= np.isfinite(low) & np.isfinite(high) & (np.floor(high) < np.ceil(low))
    return np.asarray(beyond)


def _check_truncation(model: Distribution, sample: Sample) -> None:
    """What could have been seen must meet the support; a discrete exact value lies above its entry."""
    entry, leave = _seen(sample)
    _reject_rows(
        _unseen(model, sample),
        entry,
        leave,
        f"are truncated to where {model.label} ({model.support}) has no probability",
    )


def _seen(sample: Sample) -> tuple[Floats, Floats]:
    """Entry and exit of each row, open ends infinite."""
    entry = np.full(sample.rows, -math.inf) if sample.entry is None else sample.entry
    return entry, np.full(sample.rows, math.inf) if sample.exit is None else sample.exit


def _unseen(model: Distribution, sample: Sample) -> NDArray[np.bool_]:
    """Whether a row's truncation leaves nothing of the support."""
    entry, leave = _seen(sample)
    nothing = (entry >= model.support.upper) | (leave < model.support.lower)
    if model.discrete:
        nothing |= np.isfinite(leave) & (np.floor(leave) <= np.floor(entry))
        _, _, exact = sample.ends()
        nothing |= exact & (sample.values <= entry)
    return np.asarray(nothing)


def _reject_rows(bad: NDArray[np.bool_], low: Floats, high: Floats, what: str) -> None:
    if np.any(bad):
        i = int(np.flatnonzero(bad)[0])
        raise SupportError(
            f"{int(np.sum(bad))} of {low.size} rows {what}, first at index {i}: from {low[i]:g} to {high[i]:g}; "
            "correct or remove them, or choose another family"
        )


def _explain_support(model: Distribution, values: NDArray[Any], inside: NDArray[np.bool_]) -> None:
    bad = np.flatnonzero(~inside)
    if bad.size == 0:
        return
    zeros = " or model the zeros apart (ZeroInflated, or an interval reading)" if (values[bad] == 0).all() else ""
    last = np.broadcast_to(model.support.upper, values.shape)[bad[0]]
    here = f" where {last:g} is the last" if np.ndim(model.support.upper) > 0 else ""
    raise SupportError(
        f"{bad.size} of {values.size} values are outside the support of {model.label} ({model.support}), "
        f"first at index {int(bad[0])}: {values[bad[0]]}{here}; drop them,{zeros or ' or choose another family'}"
    )


# -- one fit ------------------------------------------------------------------------------------------


def _fit(model: Distribution, sample: Sample, kind: str, jacobian: bool, threads: int) -> Fit:
    """Solve in a convenient unit, certify, and return to the user's."""
    if sample.constant:
        check_values(model, sample)
    if (end := _collapse(model, sample)) is not None:
        return _collapsed(model, sample, kind, end)
    problem = Problem.of(model, sample, jacobian=jacobian, threads=threads)
    if not problem.representable:
        check_values(model, sample)
        raise DataError(
            f"the {sample.rows} values, from {sample.values.min():g} to {sample.values.max():g}, span more orders of "
            f"magnitude than float64 can hold beside each other for {model.label}; take their logarithm "
            f"(LogNormal fits it) or fit a part of them"
        )
    inner = certified(problem.objective, problem.rows, kind, problem.unit)
    found = _in_user_unit(model, sample, inner, problem.unit)
    if model.priors or jacobian or not sample.complete:
        return found
    escape = model._escape(sample.values, sample.weights, found.loglik)
    return found if escape is None else _escaped(found, escape)


def _escaped(found: Fit, escape: Escape) -> Fit:
    """Return the fit of data on which the parameters run to the edge of their domain."""
    k, before = found.k, found.verdict
    inside = (found.loglik, *before.others) if before.finite else before.others
    return replace(
        found,
        distribution=None,
        params={**found.params, **escape.ends},
        se=dict.fromkeys(found.free, math.nan),
        correlation=np.full((k, k), math.nan),
        loglik=escape.supremum,
        objective=escape.supremum,
        verdict=escape_verdict(found.model, escape, inside),
    )


def _in_user_unit(model: Distribution, sample: Sample, found: Certified, unit: Unit) -> Fit:
    """Return the result with parameters, errors and log-likelihood in the unit of the data as given."""
    table = model.roles
    se = {n: v / unit.factor if table[n].unit == "data" else v for n, v in found.se.items()}
    shift = unit.height(model, sample)
    member = _member_in_user_unit(model, found, unit)
    params = unit.back(model, found.params)
    if member is not None and type(member) is type(model):
        member = member._holding(sample)
        params |= {name: member.params[name] for name in params if member.by_search}
    limit = member if isinstance(found.verdict.limit, Distribution) else found.verdict.limit
    return Fit(
        model=model,
        distribution=member,
        params=params,
        se=se,
        correlation=found.correlation,
        free=model.free,
        covariance=found.covariance,
        loglik=found.loglik + shift,
        objective=found.objective + shift,
        sample=sample,
        verdict=replace(found.verdict, limit=limit),
    )


def _member_in_user_unit(model: Distribution, found: Certified, unit: Unit) -> Distribution | None:
    """Return the fitted member, or the limit family's, in the user's unit."""
    member = found.distribution
    if member is None:
        return None
    if found.verdict.limit is not None:
        return unit.outward(member)
    # what is known is as given, not as tabled
    return model.with_values({**unit.back(model, member.params), **{n: model.params[n] for n in member.known}})


def _collapse(model: Distribution, sample: Sample) -> Collapse | None:
    """Return what becomes of the model on rows that leave it nothing but a limit; None if it stays."""
    place = meeting_place(sample, discrete=model.discrete)
    if place is not None and (ends := model._collapse(place)) is not None:
        return _one_place(model, sample, place, ends)
    return model._collapse_on(sample.values, sample.weights) if sample.complete else _nothing_seen(model, sample)


def _one_place(model: Distribution, sample: Sample, place: float, ends: Mapping[str, float]) -> Collapse:
    """Rows that can all be at one place, where the model can be concentrated."""
    _, _, exact = sample.ends()
    if sample.complete_values:
        data = f"the only value is {place:g}" if sample.rows == 1 else f"all {sample.rows} values equal {place:g}"
    elif exact.any():
        data = f"the only exact value is {place:g}, and every other row may be there too"
    else:
        data = f"all {sample.rows} rows may be at one place, such as {place:g}"
    endless = exact.any() and not model.discrete
    return Collapse(ends, data, f"point mass at {place:g}", math.inf if endless else 0.0)


def _nothing_seen(model: Distribution, sample: Sample) -> Collapse | None:
    """Rows that are all censored to one side: whatever lies further out explains them better.

    With a parameter held, or bounds on both sides, the model may not be able to go there: the search tells.
    """
    low, high, _ = sample.ends()
    above, below = bool(np.isinf(high).all()), bool(np.isinf(low).all())
    whole = len(model.free) == len(model.roles) - len(model.known) and not isinstance(model, Wrapper)
    if not whole or model.priors or not (above or below) or sample.exit is not None:
        return None
    side, limit = ("right", f"mass beyond {low.max():g}") if above else ("left", f"mass below {high.min():g}")
    return Collapse(dict.fromkeys(model.free, math.nan), f"all {sample.rows} rows are {side}-censored", limit, 0.0)


def _collapsed(model: Distribution, sample: Sample, kind: str, end: Collapse) -> Fit:
    """Return the fit of data that this model can only approach."""
    k = len(model.free)
    return Fit(
        model=model,
        distribution=None,
        params={**model.params, **end.ends},
        se=dict.fromkeys(model.free, math.nan),
        correlation=np.full((k, k), math.nan),
        free=model.free,
        covariance=kind,
        loglik=end.loglik,
        objective=end.loglik,
        sample=sample,
        verdict=collapse_verdict(model, end),
    )
