"""`sigma_report`: from data, a fit or a table to sigma reports.

Takes apart what was passed in and puts the records together; numbers come from `bands.py` and `outlook.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlestat.checks import as_vector
from mlestat.distributions.base import Distribution
from mlestat.distributions.multivariate.base import refuse_vectors
from mlestat.distributions.normal import Normal
from mlestat.errors import (
    ColumnError,
    InputError,
    MlestatError,
    ParameterError,
    UnsupportedDataError,
    nearest,
)
from mlestat.fitting import fit as fit_model
from mlestat.reports.bands import band, center, described_by
from mlestat.reports.estimates import estimates
from mlestat.reports.notes import sigma_notes
from mlestat.reports.outlook import prediction, tolerance, wholly_free
from mlestat.reports.records import SigmaReport, SigmaReports
from mlestat.result import Fit
from mlestat.sample import Sample, as_sample

__all__ = ["SigmaReport", "SigmaReports", "sigma_report"]


@dataclass(frozen=True)
class _Options:
    """What was asked for, checked."""

    k: tuple[float, ...]
    confidence: float
    content: float


@overload
def sigma_report(
    data: Fit | Sample | Sequence[float] | NDArray[Any],
    k: float | Iterable[float] = ...,
    *,
    family: Distribution | None = ...,
    weights: ArrayLike | str | None = ...,
    confidence: float = ...,
    content: float = ...,
    columns: None = ...,
    missing: str = ...,
) -> SigmaReport: ...


@overload
def sigma_report(
    data: Any,
    k: float | Iterable[float] = ...,
    *,
    family: Distribution | None = ...,
    weights: ArrayLike | str | None = ...,
    confidence: float = ...,
    content: float = ...,
    columns: Sequence[str] | None = ...,
    missing: str = ...,
) -> Any: ...


def sigma_report(
    data: Any,
    k: float | Iterable[float] = (1, 2, 3),
    *,
    family: Distribution | None = None,
    weights: ArrayLike | str | None = None,
    confidence: float = 0.95,
    content: float = 0.95,
    columns: Sequence[str] | None = None,
    missing: str = "raise",
) -> SigmaReport | SigmaReports:
    """Report what lies inside ±k sigma, what should, and where other values are to be expected.

    Parameters
    ----------
    data : array_like of shape (n,), Sample, Fit, or table
        One column, a fit, or a table (pandas, Polars, Arrow, or a dict of columns), which gives one report
        for each column.
    k : float or iterable of float
        Half-widths in sigmas; any k > 0.
    family : Distribution, optional
        Model of the values, by default `Normal()`. For another family ±k sigma stands for the central
        interval with the probability that ±k sigma of a normal distribution has.
    weights : array_like of shape (n,), or str, optional
        Frequency weights; for a table the name of a column may be given.
    confidence : float
        Of the Wilson, Wald, tolerance and prediction intervals, in (0, 1).
    content : float
        Share of the population that the tolerance interval is to hold, in (0, 1).
    columns : sequence of str, optional
        Columns of a table, by default all numeric ones.
    missing : {"raise", "drop"}
        Whether NaN is an error or left out and counted.

    Returns
    -------
    SigmaReport or SigmaReports
        The latter for a table. A column that cannot be reported is listed in `failed` with its reason.

    Raises
    ------
    ParameterError
        `k`, `confidence` or `content` out of range.
    DataError, SupportError
        The values are no sample of the family.
    UnsupportedDataError
        Censored, truncated or binned data: values inside limits cannot be counted. Probability weights.
    ColumnError
        A table has no such column.

    Examples
    --------
    >>> import mlestat as mle
    >>> report = mle.sigma_report([4.1, 3.9, 4.0, 4.4, 3.6, 4.0], k=(1, 2, 3))
    >>> [band.inside for band in report.bands]
    [4.0, 6.0, 6.0]
    >>> print(f"{report.bands[0].expected:.12f}")
    0.682689492137
    """
    options = _Options(_checked_k(k), _checked_share(confidence, "confidence"), _checked_share(content, "content"))
    if isinstance(data, Fit):
        _refuse(family=family, weights=weights, columns=columns)
        return _report(data, np.arange(data.sample.rows), options)
    model = Normal() if family is None else family
    if _is_table(data):
        return _table_report(data, model, weights, columns, missing, options)
    _refuse(columns=columns)
    return _column_report(data, model, weights, missing, options)


def _refuse(**given: Any) -> None:
    for name, value in given.items():
        if value is not None:
            remedy = "the data are one column" if name == "columns" else "the fit already has its own"
            raise InputError(f"{name} cannot be given here: {remedy}; leave {name} out")


def _checked_k(k: float | Iterable[float]) -> tuple[float, ...]:
    """Return the half-widths as increasing floats."""
    try:
        widths = sorted({float(value) for value in (k if isinstance(k, Iterable) else (k,))})
    except (TypeError, ValueError):
        raise ParameterError(f"k must be one number or several, got {k!r}; pass for example k=(1, 2, 3)") from None
    if not widths or not all(0.0 < value < math.inf for value in widths):
        raise ParameterError(f"every k must be > 0 and finite, got {k!r}; pass for example k=(1, 2, 3)")
    return tuple(widths)


def _checked_share(value: Any, name: str) -> float:
    share = float(value) if isinstance(value, Real) else math.nan
    if not 0.0 < share < 1.0:
        raise ParameterError(f"{name} must lie between 0 and 1, both excluded, got {value!r}; 0.95 is usual")
    return share


def _is_table(data: Any) -> bool:
    """Whether the data are named columns; frame libraries are asked only where that is not plain."""
    if isinstance(data, (np.ndarray, list, tuple, Sample)):
        return False
    if isinstance(data, Mapping):
        return True
    from mlestat import tables

    return tables.is_table(data)


def _table_report(
    data: Any,
    model: Distribution,
    weights: Any,
    columns: Sequence[str] | None,
    missing: str,
    options: _Options,
) -> SigmaReports:
    names = [columns] if isinstance(columns, str) else _column_names(data) if columns is None else list(columns)
    if columns is not None:
        _known_columns(names, _column_names(data))
    if isinstance(weights, str):
        names = [name for name in names if name != weights]
        weights = _column(data, weights)
    reports: dict[str, SigmaReport] = {}
    failed: dict[str, str] = {}
    for name in names:
        try:
            report = _column_report(_column(data, name), model, weights, missing, options)
            reports[str(name)] = replace(report, column=str(name))
        except (MlestatError, ValueError, ArithmeticError) as error:
            failed[str(name)] = str(error)
    return SigmaReports(reports, failed)


def _column_names(data: Any) -> list[Any]:
    from mlestat import tables

    return list(data) if isinstance(data, Mapping) else tables.column_names(data)


def _known_columns(names: Iterable[Any], there: Sequence[Any]) -> None:
    """Refuse a column that was asked for and is not there: the caller's mistake, not the column's."""
    for name in names:
        if name not in there:
            raise ColumnError(f"the table has no column {name!r}; {nearest(str(name), map(str, there))}")


def _column(data: Any, name: Any) -> Any:
    from mlestat import tables

    if not isinstance(data, Mapping):
        return tables.column(data, name)
    _known_columns([name], list(data))
    return data[name]


def _column_report(data: Any, model: Distribution, weights: Any, missing: str, options: _Options) -> SigmaReport:
    sample = as_sample(data, weights, missing)
    return _report(fit_model(model, sample, strict=False), _positions(data, weights, sample), options)


def _positions(data: Any, weights: Any, sample: Sample) -> NDArray[np.intp]:
    """Return where the rows of the sample stand in the data as they were given."""
    if isinstance(data, Sample) or sample.rows == len(data):
        return np.arange(sample.rows)
    values = as_vector(data, "data")
    kept = ~np.isnan(values) if sample.dropped else np.ones(values.shape, dtype=bool)
    if weights is not None:
        kept &= as_vector(weights, "weights") > 0
    return np.flatnonzero(kept)


def _report(fit: Fit, positions: NDArray[np.intp], options: _Options) -> SigmaReport:
    refuse_vectors(fit.model, "sigma_report", "report on a single column, or use fit.interval(name)")
    sample = fit.sample
    if not sample.complete:
        raise UnsupportedDataError(
            f"a sigma report counts values inside limits, and some of these {sample.rows} rows are censored, "
            "truncated or binned; pass exact values"
        )
    if sample.probability_weights is not None:
        raise UnsupportedDataError(
            f"a sigma report counts rows, and these {sample.rows} have probability weights, whose tolerance and "
            "prediction limits depend on the survey's design; pass frequency weights"
        )
    normal = fit if wholly_free(fit.model, Normal) else fit_model(Normal(), sample, strict=False)
    mean, sigma = normal.params["mu"], normal.params["sigma"]
    sample_sd = sigma * math.sqrt(sample.n / (sample.n - 1.0)) if sample.n > 1.0 else None
    described = described_by(fit)
    bands = (
        () if described is None else tuple(band(described, k, sample, positions, options.confidence) for k in options.k)
    )
    return SigmaReport(
        column=sample.name,
        fit=fit,
        distribution=described,
        n=sample.n,
        rows=sample.rows,
        dropped=sample.dropped,
        center=mean if described is None else center(described),
        mean=mean,
        mean_se=None if sample_sd is None else sample_sd / math.sqrt(sample.n),
        sigma=sigma,
        sample_sd=sample_sd,
        estimates=estimates(fit, options.confidence),
        bands=bands,
        tolerance=tolerance(fit, described, options.content, options.confidence),
        prediction=prediction(fit, described, options.confidence),
        confidence=options.confidence,
        content=options.content,
        notes=sigma_notes(fit, described, bands),
        positions=positions,
    )
