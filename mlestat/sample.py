"""Sample: values with their weights, censoring, truncation and bins, checked once and never changed.

Everything a fit may assume about its data is established here: one dimension, real, finite, weights that
are finite and not negative. Where the rows go (blocks, threads) is `mlestat.sources`' business.
"""

from __future__ import annotations

import math
from dataclasses import InitVar, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlestat import checks
from mlestat.checks import Vector, as_vector
from mlestat.errors import DataError, InputError

CENTRE_ROWS = 10_000
"""Rows that `centre` looks at."""

CACHED = ("n", "centre", "constant", "magnitude", "_ends")
"""What a sample computes once, on demand."""

PER_ROW = ("values", "weights", "right_censored", "left_censored", "entry", "exit", "high")
"""The arrays that hold one entry per row."""


@dataclass(frozen=True, eq=False)
class Sample:
    """Data for a fit: values, and what is known about them.

    Parameters
    ----------
    values : array_like, shape (n,)
        The observations. For a censored row, the bound that was reached.
    weights : array_like, shape (n,), optional
        Frequency weights: weight 2 is the row twice, weight 0 the row dropped.
    right_censored, left_censored : array_like of bool, shape (n,), optional
        Rows known only to lie above (below) their value.
    entry, exit : array_like or float, optional
        Truncation per row: the row could only be seen with ``entry < x`` and ``x <= exit``. NaN is an open end.
    probability_weights : array_like, shape (n,), optional
        Sampling weights: how many members of the population a row stands for. Scaled to sum to the number of rows;
        such a fit maximises a pseudo-likelihood, and its standard errors are the sandwich's. Not beside `weights`.
    missing : {"raise", "drop"}
        NaN is an error, or such rows are dropped and counted in `dropped`.
    name : str, optional
        A label for reports; taken from a pandas or Polars series by itself.
    check : bool
        False leaves the search for NaN and infinities to `check_finite`, for a caller whose first pass shows them.

    Attributes
    ----------
    n : float
        Sum of the weights, or the number of rows.
    rows : int
        Number of rows kept.
    kept : ndarray of bool or None
        Which of the rows given were kept; None where all were.
    high : ndarray or None
        Upper ends, for interval-censored rows made by `intervals` and `binned`; `values` holds the lower ends.

    Raises
    ------
    DataError
        Empty, not one-dimensional, not numeric, not finite, or weights that are negative, not finite or all zero.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.Sample([1.0, 2.0, 4.0], weights=[1, 1, 2]).n
    4.0
    """

    values: Vector
    weights: Vector | None = None
    right_censored: NDArray[np.bool_] | None = None
    left_censored: NDArray[np.bool_] | None = None
    entry: NDArray[np.float64] | None = None
    exit: NDArray[np.float64] | None = None
    high: NDArray[np.float64] | None = None
    probability_weights: Vector | None = None
    missing: str = "raise"
    name: str | None = None
    check: InitVar[bool] = True
    dropped: int = field(default=0, init=False)
    kept: NDArray[np.bool_] | None = field(default=None, init=False)
    half_open: bool = field(default=False, init=False)
    last_edge: float = field(default=math.inf, init=False)

    def __post_init__(self, check: bool) -> None:
        label = self.name if self.name is not None else getattr(self.values, "name", None)
        values = as_vector(self.values, "data")
        n = values.shape[0]
        if n == 0:
            raise DataError("data is empty (0 values); a fit needs at least one value")
        if self.missing not in ("raise", "drop"):
            raise InputError(f"missing must be 'raise' or 'drop', got {self.missing!r}")
        checked: dict[str, Any] = {
            "values": values,
            "weights": self._weights(n),
            "right_censored": checks.mask(self.right_censored, n, "right_censored"),
            "left_censored": checks.mask(self.left_censored, n, "left_censored"),
            "entry": checks.bounds(self.entry, n, "entry", -math.inf),
            "exit": checks.bounds(self.exit, n, "exit", math.inf),
            "high": checks.bounds(self.high, n, "high", math.inf),
            "name": None if label is None else str(label),
        }
        self._set(**checked)
        self._drop_rows()
        if check:
            self.check_finite()
        if not self.complete:
            self._check_rows()

    def _weights(self, n: int) -> Vector | None:
        """Return the weights of either kind; those of a survey are scaled to the number of rows."""
        if self.probability_weights is None:
            return checks.weights(self.weights, n)
        if self.weights is not None:
            raise DataError("a sample has weights or probability_weights, not both; multiply them if that is meant")
        w = checks.weights(self.probability_weights, n, "probability_weights")
        return None if w is None else w * (n / w.sum())

    def _set(self, **fields: Any) -> None:
        for key, value in fields.items():
            object.__setattr__(self, key, value)

    def _keep(self, mask: NDArray[np.bool_]) -> None:
        """Keep the rows of the mask in every per-row field, and remember which ones they were."""
        kept = mask.copy() if self.kept is None else self.kept.copy()
        if self.kept is not None:
            kept[kept] = mask
        self._set(kept=kept, **{key: array[mask] for key, array in self._arrays().items()})

    def _drop_rows(self) -> None:
        """Drop missing rows if that was asked for, and rows of weight 0."""
        if self.missing == "drop":
            missing = np.isnan(self.values)
            if missing.all():
                raise DataError(f"all {self.values.size} values are missing; nothing is left to fit")
            if missing.any():
                self._set(dropped=int(missing.sum()))
                self._keep(~missing)
        if self.weights is not None and not self.weights.all():
            self._keep(self.weights > 0)
            if self.rows == 0:
                raise DataError("every row that is not missing has weight 0; nothing is left to fit")

    def check_finite(self) -> None:
        """Refuse NaN and infinities. One sum tells whether there are any; only then is the place searched.

        Raises
        ------
        DataError
            Naming the first such value and its index.
        """
        with np.errstate(all="ignore"):
            if self.high is not None or math.isfinite(float(self.values.sum(dtype=np.float64))):
                return
        bad = ~np.isfinite(self.values)
        if not bad.any():  # finite values whose sum overflows
            return
        i = int(np.flatnonzero(bad)[0])
        remedy = "; remove them, or pass missing='drop' (--drop-missing) to leave NaN out"
        raise DataError(
            f"{int(bad.sum())} of {self.values.size} values are not finite, first at index {i}: "
            f"{self.values[i]}{remedy}"
        )

    def _check_rows(self) -> None:
        """Truncation must leave the row possible, and a row has one kind of censoring."""
        if self.right_censored is not None and self.left_censored is not None:
            self._reject(self.right_censored & self.left_censored, "are marked both right- and left-censored")
        if self.high is not None and (self.right_censored is not None or self.left_censored is not None):
            raise DataError("a sample with interval ends takes no censoring masks; open an end with NaN instead")
        if self.high is not None:
            self._reject(self.values > self.high, "have low > high")
        if self.entry is not None and self.exit is not None:
            self._reject(self.entry >= self.exit, "have entry >= exit, which leaves nothing to observe")
        low, high, exact = self.ends()
        if self.entry is not None:
            unseen = np.where(exact, low < self.entry, high <= self.entry)
            self._reject(unseen, "lie below their entry, where they could not have been seen")
        if self.exit is not None:
            unseen = np.where(exact, low > self.exit, low >= self.exit)
            self._reject(unseen, "lie above their exit, where they could not have been seen")

    def _reject(self, bad: NDArray[np.bool_], what: str) -> None:
        if bad.any():
            i = int(np.flatnonzero(bad)[0])
            raise DataError(
                f"{int(bad.sum())} of {self.rows} rows {what}, first at index {i}: {self.values[i]}; correct or "
                "remove them"
            )

    @classmethod
    def intervals(cls, low: ArrayLike, high: ArrayLike, **more: Any) -> Sample:
        """Return a sample of rows known to lie in [low, high]; equal ends are exact, NaN is an open end.

        Parameters
        ----------
        low, high : array_like, shape (n,)
            Ends; NaN or an infinity is open.
        **more
            weights, probability_weights, entry, exit, name: as for `Sample`.

        Raises
        ------
        DataError
            Ends that cross, or rows that are open at both ends.

        Examples
        --------
        >>> import mlestat as mle
        >>> mle.Sample.intervals([1.0, 2.0], [1.0, 3.0]).complete
        False
        """
        lo = as_vector(low, "low").astype(np.float64)
        hi = as_vector(high, "high").astype(np.float64)
        checks.same_length(hi, lo.shape[0], "high")
        lo[np.isnan(lo)], hi[np.isnan(hi)] = -math.inf, math.inf
        for bad, what in (
            (lo > hi, "have low > high"),
            (np.isinf(lo) & np.isinf(hi), "are open at both ends"),
        ):
            if bad.any():
                i = int(np.flatnonzero(bad)[0])
                raise DataError(
                    f"{int(bad.sum())} of {lo.size} intervals {what}, first at index {i}: [{lo[i]}, {hi[i]}]; "
                    "correct them"
                )
        return cls(lo, high=None if (lo == hi).all() else hi, **more)

    @classmethod
    def events(cls, time: ArrayLike, event: ArrayLike, **more: Any) -> Sample:
        """Return a sample of times, right-censored where `event` is 0.

        Parameters
        ----------
        time : array_like, shape (n,)
            When the row was last seen.
        event : array_like, shape (n,)
            1 or True where the event was observed at that time, 0 or False where it had not happened yet.
        **more
            weights, probability_weights, entry, exit, name: as for `Sample`.

        Examples
        --------
        >>> import mlestat as mle
        >>> mle.Sample.events([3.0, 5.0], [1, 0]).right_censored.tolist()
        [False, True]
        """
        n = as_vector(time, "time").shape[0]
        observed = checks.mask(event, n, "event")
        return cls(time, right_censored=np.ones(n, dtype=bool) if observed is None else ~observed, **more)  # type: ignore[arg-type]

    @classmethod
    def binned(cls, edges: ArrayLike, counts: ArrayLike, **more: Any) -> Sample:
        """Return a sample known only as counts between edges, as `numpy.histogram` gives them.

        A bin holds its lower edge and not its upper one; the last bin holds both. For continuous families that makes no
        difference. Edges of ±inf are open ends.

        Raises
        ------
        DataError
            Edges that do not increase, or counts that are negative or do not match them.

        Examples
        --------
        >>> import mlestat as mle
        >>> mle.Sample.binned([0, 1, 2], [3, 5]).n
        8.0
        """
        e = as_vector(edges, "edges").astype(np.float64)
        c = as_vector(counts, "counts")
        if e.size != c.size + 1:
            raise DataError(f"edges must number one more than the counts, got {e.size} edges and {c.size} counts")
        if (bad := ~(np.diff(e) > 0)).any():
            i = int(np.flatnonzero(bad)[0])
            raise DataError(f"edges must increase, got {e[i + 1]:g} after {e[i]:g} at index {i + 1}; put them in order")
        if given := {"weights", "probability_weights"} & more.keys():
            raise DataError(f"bins take no {min(given)}: their counts are the weights; leave them out")
        checks.weights(c, c.size, "counts")
        sample = cls.intervals(e[:-1], e[1:], weights=c, **more)
        sample._set(half_open=True, last_edge=float(e[-1]))
        return sample

    @classmethod
    def from_scipy(cls, data: Any) -> Sample:
        """Return the sample that a `scipy.stats.CensoredData` holds.

        Examples
        --------
        >>> import mlestat as mle
        >>> from scipy.stats import CensoredData
        >>> mle.Sample.from_scipy(CensoredData([1.0, 2.0], right=[3.0])).counts_by_kind()
        {'exact': 2, 'right-censored': 1}
        """
        intervals = np.asarray(data._interval, dtype=np.float64).reshape(-1, 2)
        exact, left, right = (np.asarray(v, dtype=np.float64) for v in (data._uncensored, data._left, data._right))
        low = [exact, np.full(left.size, -math.inf), right, intervals[:, 0]]
        high = [exact, left, np.full(right.size, math.inf), intervals[:, 1]]
        return cls.intervals(np.concatenate(low), np.concatenate(high))

    @property
    def rows(self) -> int:
        """Number of rows kept."""
        return int(self.values.shape[0])

    @cached_property
    def n(self) -> float:
        """Sum of the weights; the number of rows where there are none."""
        return float(self.rows) if self.weights is None else float(self.weights.sum())

    def ends(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
        """Return the ends between which each row lies, and which rows are exact; truncation left aside.

        The arrays are kept and may be the sample's own: not to be changed.

        Examples
        --------
        >>> import mlestat as mle
        >>> low, high, exact = mle.Sample([1.0, 2.0], right_censored=[False, True]).ends()
        >>> low.tolist(), high.tolist(), exact.tolist()
        ([1.0, 2.0], [1.0, inf], [True, False])
        """
        return self._ends

    @cached_property
    def _ends(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
        low = high = self.values.astype(np.float64, copy=False)
        if self.high is not None:
            high = self.high
        exact = low == high
        for mask in (self.right_censored, self.left_censored):
            exact = exact if mask is None else exact & ~mask
        if self.right_censored is not None:
            high = np.where(self.right_censored, math.inf, high)
        if self.left_censored is not None:
            low = np.where(self.left_censored, -math.inf, low)
        return low, high, exact

    def stand_ins(self) -> Vector:
        """Return one finite value per row, for a rough start: the value, the only end, or the middle of two."""
        if self.high is None:
            return self.values
        low, high, _ = self.ends()
        with np.errstate(invalid="ignore"):
            middle = 0.5 * low + 0.5 * high
        return np.where(np.isinf(high), low, np.where(np.isinf(low), high, middle))

    def counts_by_kind(self) -> dict[str, int]:
        """Return how many rows are exact, censored either way, in intervals, and truncated; absent kinds left out."""
        low, high, exact = self.ends()
        entered = np.zeros(self.rows, dtype=bool) if self.entry is None else np.isfinite(self.entry)
        left = np.zeros(self.rows, dtype=bool) if self.exit is None else np.isfinite(self.exit)
        kinds = {
            "exact": exact,
            "right-censored": np.isinf(high),
            "left-censored": np.isinf(low),
            "interval-censored": np.isfinite(low) & np.isfinite(high) & ~exact,
            "left-truncated": entered,
            "right-truncated": left,
        }
        return {kind: int(mask.sum()) for kind, mask in kinds.items() if mask.any()}

    @property
    def weights_kind(self) -> str | None:
        """What the weights are: "frequency", "probability", or None where there are none."""
        if self.probability_weights is not None:
            return "probability"
        return None if self.weights is None else "frequency"

    @cached_property
    def centre(self) -> float:
        """A value near the mean, to take sums about: the weighted mean, or that of every so-manieth row of many."""
        values = self.stand_ins()
        with np.errstate(all="ignore"):
            if self.weights is not None:
                return float(np.einsum("i,i->", self.weights, values, dtype=np.float64)) / self.n
            few = values[:: -(-self.rows // CENTRE_ROWS)]
            return float(few.sum(dtype=np.float64)) / few.size

    @property
    def complete_values(self) -> bool:
        """Whether every row is exact; it may be truncated."""
        return self.right_censored is None and self.left_censored is None and self.high is None

    @property
    def complete(self) -> bool:
        """Whether every row is exact and nothing is truncated."""
        parts = (self.right_censored, self.left_censored, self.entry, self.exit, self.high)
        return all(part is None for part in parts)

    @cached_property
    def constant(self) -> bool:
        """Whether all values are equal. Looks at the first rows first, since that settles it nearly always."""
        first = self.values[0]
        return bool((self.values[:64] == first).all() and (self.values == first).all())

    @cached_property
    def magnitude(self) -> float:
        """Largest absolute value."""
        values = self.stand_ins()
        return max(abs(float(values.max())), abs(float(values.min())))

    def changed(self, **arrays: Any) -> Sample:
        """Return a copy with other arrays for some of its fields, one entry per row each, unchecked: for solvers."""
        copy = object.__new__(Sample)
        copy.__dict__.update({k: v for k, v in self.__dict__.items() if k not in CACHED})
        copy._set(**arrays)
        return copy

    def every(self, step: int) -> Sample:
        """Return each `step`-th row, in order: a small sample to start from."""
        if step == 1:
            return self
        return self.at(slice(None, None, step))

    def at(self, places: NDArray[np.intp] | slice) -> Sample:
        """Return these rows, in the order of `places`."""
        part = object.__new__(Sample)
        part.__dict__.update({k: v for k, v in self.__dict__.items() if k not in CACHED})
        part._set(**{key: value[places] for key, value in self._arrays().items()})
        return part

    def _arrays(self) -> dict[str, Vector]:
        return {key: getattr(self, key) for key in PER_ROW if getattr(self, key) is not None}


def as_sample(
    data: Sample | ArrayLike,
    weights: ArrayLike | None = None,
    missing: str = "raise",
    check: bool = True,
    probability_weights: ArrayLike | None = None,
) -> Sample:
    """Return `data` as a `Sample`; weights may come along with plain values only."""
    given = weights is not None or probability_weights is not None
    if type(data).__name__ == "CensoredData" and hasattr(data, "_uncensored"):
        data = Sample.from_scipy(data)
    if isinstance(data, Sample):
        if given:
            raise DataError("weights were given beside a Sample; pass them to Sample(…, weights=…) alone")
        return data
    return Sample(data, weights=weights, probability_weights=probability_weights, missing=missing, check=check)  # type: ignore[arg-type]
