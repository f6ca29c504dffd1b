"""Data of several numbers a row, and of labels: checked once and never changed.

What may be assumed afterwards: real numbers in two dimensions, weights that are finite and not negative, no row of
weight 0. Whether the numbers are finite is left to the first pass over them, which shows it; see
`VectorSample.check_finite`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlestat import checks
from mlestat.distributions.multivariate.categories import MISSING, UNKNOWN, Codes, as_text, categories_in, codes_of
from mlestat.errors import DataError, InputError, SupportError
from mlestat.sample import Sample
from mlestat.vectors.reading import Labels, read_labels, read_matrix

Floats = NDArray[np.float64]


class Exact:
    """What the samples of rows share: every row is exact, none is truncated."""

    rows: int
    weights: Floats | None
    probability_weights: Floats | None
    complete = True

    def counts_by_kind(self) -> dict[str, int]:
        """Return how many rows are of which kind, as `Sample` does: all are exact."""
        return {"exact": self.rows}

    @property
    def weights_kind(self) -> str | None:
        """What the weights are: "frequency", "probability", or None where there are none."""
        if self.weights is None:
            return None
        return "frequency" if self.probability_weights is None else "probability"


@dataclass(frozen=True, eq=False)
class VectorSample(Exact):
    """Rows of several numbers, with their weights.

    Attributes
    ----------
    values : ndarray, shape (rows, d)
        The observations.
    n : float
        Sum of the weights, or the number of rows; of counts (Multinomial) the number of trials.
    weights : ndarray, shape (rows,), or None
        Frequency weights, or a survey's, scaled to sum to the number of rows.
    probability_weights : ndarray or None
        The same array where the weights are a survey's.
    columns : tuple of str or None
        Names of the columns, or categories, of a data frame.
    dropped : int
        Rows that were left out because something in them is missing.
    kept : ndarray of bool or None
        Which of the rows that were passed are kept; None where all are.
    """

    values: NDArray[Any]
    n: float
    weights: Floats | None = None
    probability_weights: Floats | None = None
    columns: tuple[str, ...] | None = None
    dropped: int = 0
    kept: NDArray[np.bool_] | None = None
    name: str | None = None

    @property
    def rows(self) -> int:  # type: ignore[override]
        """Number of rows kept."""
        return int(self.values.shape[0])

    @property
    def size(self) -> int:
        """Number of columns."""
        return int(self.values.shape[1])

    def said(self, column: int) -> str:
        """Return a column by its name, or by its position."""
        return f"column {column}" if self.columns is None else self.columns[column]

    def check_finite(self) -> None:
        """Refuse NaN and infinities.

        Raises
        ------
        DataError
            Naming the first such row and column.
        """
        bad = ~np.isfinite(self.values)
        if bad.any():
            i, j = (int(v) for v in np.argwhere(bad)[0])
            raise DataError(
                f"{int(bad.any(axis=1).sum())} of {self.rows} rows are not finite, first at index {i}, {self.said(j)}: "
                f"{self.values[i, j]}; remove them, or pass missing='drop' to leave NaN out"
            )


@dataclass(frozen=True, eq=False)
class LabelSample(Exact):
    """Labels as places among their categories, with their weights.

    Attributes
    ----------
    codes : ndarray of int, shape (rows,)
        Place of each label in `categories`.
    categories : tuple
        The labels that there are.
    n, weights, probability_weights, dropped, name
        As for `VectorSample`.
    """

    codes: Codes
    categories: tuple[Any, ...]
    n: float
    weights: Floats | None = None
    probability_weights: Floats | None = None
    dropped: int = 0
    name: str | None = None

    @property
    def rows(self) -> int:  # type: ignore[override]
        """Number of rows kept."""
        return int(self.codes.size)

    @property
    def size(self) -> int:
        """Number of categories."""
        return len(self.categories)

    @property
    def columns(self) -> tuple[str, ...]:
        """The categories as text."""
        return as_text(self.categories)


@dataclass(frozen=True, eq=False)
class Weights:
    """The weights of the rows, of either kind; None where each row counts once."""

    values: Floats | None
    surveyed: bool

    @classmethod
    def read(cls, weights: ArrayLike | None, probability_weights: ArrayLike | None, n: int) -> Weights:
        """Return checked weights for n rows."""
        if weights is not None and probability_weights is not None:
            raise DataError("a fit has weights or probability_weights, not both; multiply them if that is meant")
        if probability_weights is None:
            return cls(checks.weights(weights, n), surveyed=False)
        return cls(checks.weights(probability_weights, n, "probability_weights"), surveyed=True)

    def kept(self, missing: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
        """Return which rows stay: those that are not missing and have a weight; None where all do."""
        keep = ~missing if self.values is None else ~missing & (self.values > 0.0)
        return None if keep.all() else keep

    def fields(self, keep: NDArray[np.bool_] | None) -> dict[str, Any]:
        """Return a sample's fields for the rows that are kept."""
        if self.values is None:
            return {}
        w = self.values if keep is None else self.values[keep]
        if not self.surveyed:
            return {"weights": w}
        scaled = w * (w.size / w.sum())
        return {"weights": scaled, "probability_weights": scaled}


def check_missing(missing: str) -> None:
    """Refuse an unknown way with missing values."""
    if missing not in ("raise", "drop"):
        raise InputError(f"missing must be 'raise' or 'drop', got {missing!r}")


def as_vectors(
    data: Any, weights: ArrayLike | None, probability_weights: ArrayLike | None, missing: str, family: str
) -> VectorSample:
    """Return rows of numbers, checked but for NaN and infinities.

    Examples
    --------
    >>> as_vectors([[1.0, 2.0], [3.0, 4.0]], [1, 3], None, "raise", "MultivariateNormal").n
    4.0
    """
    check_missing(missing)
    values, columns = read_matrix(data, family)
    given = Weights.read(weights, probability_weights, len(values))
    lost = np.isnan(values).any(axis=1) if missing == "drop" else np.zeros(len(values), dtype=bool)
    keep = given.kept(lost)
    values = values if keep is None else values[keep]
    if len(values) == 0:
        raise DataError(f"all {lost.size} rows have a missing value or weight 0; nothing is left to fit")
    fields = given.fields(keep)
    n = float(len(values)) if "weights" not in fields else float(fields["weights"].sum())
    return VectorSample(values, n, columns=columns, dropped=int(lost.sum()), kept=keep, **fields)


def as_labels(
    data: Any,
    weights: ArrayLike | None,
    probability_weights: ArrayLike | None,
    missing: str,
    categories: Sequence[Any] | None,
) -> LabelSample:
    """Return labels as codes; of the categories given, else of those that the data name or hold.

    Examples
    --------
    >>> as_labels(["b", "a", "b"], None, None, "raise", None).codes.tolist()
    [1, 0, 1]
    """
    check_missing(missing)
    if isinstance(data, Sample):
        data, weights, probability_weights = _opened(data, weights, probability_weights)
    read = read_labels(data)
    given = Weights.read(weights, probability_weights, read.values.size)
    found = tuple(categories) if categories is not None else read.categories or categories_in(read.values)
    codes = codes_of(read.values, found)
    lost = codes == MISSING if missing == "drop" else np.zeros(codes.size, dtype=bool)
    keep = given.kept(lost)
    codes = codes if keep is None else codes[keep]
    _check_labels(read, codes, keep, found)
    fields = given.fields(keep)
    n = float(codes.size) if "weights" not in fields else float(fields["weights"].sum())
    return LabelSample(codes, found, n, dropped=int(lost.sum()), name=read.name, **fields)


def _opened(sample: Sample, weights: Any, probability_weights: Any) -> tuple[Any, Any, Any]:
    """Return the values and weights of a sample of numbers, which may be labels too."""
    if weights is not None or probability_weights is not None:
        raise DataError("weights were given beside a Sample; pass them to Sample(…, weights=…) alone")
    if not sample.complete:
        raise DataError("labels cannot be censored or truncated; pass the labels themselves")
    if sample.probability_weights is not None:
        return sample.values, None, sample.weights
    return sample.values, sample.weights, None


def _check_labels(read: Labels, codes: Codes, keep: NDArray[np.bool_] | None, categories: tuple[Any, ...]) -> None:
    """Refuse missing labels, and labels that are no category."""
    if codes.size == 0:
        raise DataError(f"all {read.values.size} labels are missing or have weight 0; nothing is left to fit")
    if codes.min() >= 0:
        return
    places = np.arange(read.values.size) if keep is None else np.flatnonzero(keep)
    bad = np.flatnonzero(codes == MISSING)
    if bad.size:
        raise DataError(
            f"{bad.size} of {codes.size} labels are missing, first at index {int(places[bad[0]])}; remove them, or "
            "pass missing='drop'"
        )
    bad = np.flatnonzero(codes == UNKNOWN)
    if bad.size:
        first = int(places[bad[0]])
        raise SupportError(
            f"{bad.size} of {codes.size} labels are not among the {len(categories)} categories "
            f"{categories!r:.60}, first at index {first}: {read.values[first]!s:.40}; add it to categories, or remove "
            "these rows"
        )
