"""Columns out of data frames: pandas, Polars (eager or lazy) and Arrow, through narwhals.

A column comes out as a NumPy array of integers or float64; text, dates and complex numbers are refused with
the first such value and its place. This file reads no files and decides nothing about statistics.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

from mlestat.errors import ColumnError, DataError, UnknownNameError, nearest

if TYPE_CHECKING:
    import narwhals as nw
    import numpy as np
    from numpy.typing import NDArray

Missing = Literal["raise", "drop"]


@dataclass(frozen=True)
class Where:
    """How a table is named in an error, how a row is, and how the reader drops missing rows."""

    table: str = "the table"
    row: Callable[[int], str] = "index {}".format
    drop: str = 'missing="drop"'


IN_MEMORY = Where()


@dataclass(frozen=True)
class Column:
    """A column ready to fit: every value that is not missing is finite, every weight is at least 0.

    Attributes
    ----------
    name : str
        The column's name.
    values : ndarray of shape (n,)
        Integers where the column is whole, else float64. NaN in the rows to leave out, so that every other
        row keeps its place.
    weights : ndarray of shape (n,) or None
        The weight of each row; 1 in the rows to leave out.
    dropped : int
        How many rows are to be left out because their value or weight is missing.
    """

    name: str
    values: NDArray[Any]
    weights: NDArray[Any] | None = None
    dropped: int = 0

    @property
    def kept(self) -> NDArray[np.intp]:
        """Where the rows that a fit sees stand in the table: neither missing nor of weight 0."""
        import numpy as np

        there = ~np.isnan(self.values)
        return np.flatnonzero(there if self.weights is None else there & (self.weights > 0))


def is_table(data: object) -> bool:
    """Say whether `data` is a data frame that `column` can read.

    Examples
    --------
    >>> import pandas as pd
    >>> from mlestat.tables import is_table
    >>> is_table(pd.DataFrame({"x": [1, 2]})), is_table([1, 2])
    (True, False)
    """
    import narwhals as nw

    try:
        return isinstance(nw.from_native(data, pass_through=True), nw.DataFrame | nw.LazyFrame)
    except nw.exceptions.DuplicateError:  # a table all the same; whoever reads it tells which name occurs twice
        return True


def column_names(frame: Any) -> list[str]:
    """Return the names of the columns, in order.

    Examples
    --------
    >>> import pandas as pd
    >>> from mlestat.tables import column_names
    >>> column_names(pd.DataFrame({"x": [1, 2], "town": ["Oslo", "Rome"]}))
    ['x', 'town']
    """
    return [str(name) for name in _schema(frame)]


def numeric_columns(frame: Any) -> list[str]:
    """Return the names of the columns whose type is a number (not a truth value, date or text).

    Examples
    --------
    >>> import pandas as pd
    >>> from mlestat.tables import numeric_columns
    >>> numeric_columns(pd.DataFrame({"x": [1, 2], "town": ["Oslo", "Rome"]}))
    ['x']
    """
    return [str(name) for name, dtype in _schema(frame).items() if dtype.is_numeric()]


def column(frame: Any, name: str, *, where: Where = IN_MEMORY) -> NDArray[Any]:
    """Take one column out of a frame as numbers.

    Parameters
    ----------
    frame : pandas, Polars or Arrow table
        Also a lazy one: only this column is collected.
    name : str
        The column.
    where : Where
        How places are named in errors.

    Returns
    -------
    ndarray of shape (n,)
        Integers where the column has an integer or truth type and no missing value, else float64 with NaN
        where a value is missing.

    Raises
    ------
    ColumnError
        If there is no such column, or more than one.
    DataError
        If the column holds something other than numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> from mlestat.tables import column
    >>> column(pd.DataFrame({"x": [1, 2]}), "x")
    array([1, 2])
    """
    import narwhals as nw
    import numpy as np

    series = _series(frame, name, where)
    dtype = series.dtype
    if dtype == nw.Boolean or dtype.is_numeric():
        return _typed_numbers(series)
    if isinstance(dtype, nw.String | nw.Categorical | nw.Enum | nw.Object):
        return np.array(_parsed_numbers(series.to_list(), name, where), dtype=np.float64)
    native = series.to_native()
    kind = dtype if dtype != nw.Unknown else getattr(native, "dtype", getattr(native, "type", dtype))
    raise DataError(
        f"column {name!r} of {where.table} holds {kind}, not real numbers; "
        "convert it to numbers, or name another column"
    )


def checked(
    frame: Any,
    name: str,
    *,
    weights: str | None = None,
    missing: Missing = "raise",
    where: Where = IN_MEMORY,
) -> Column:
    """Take a column, and the weights beside it, and check them.

    Parameters
    ----------
    frame : pandas, Polars or Arrow table
        The table.
    name : str
        The column of values.
    weights : str, optional
        The column of weights.
    missing : {"raise", "drop"}
        What to do with a row whose value or weight is missing.
    where : Where
        How places are named in errors.

    Returns
    -------
    Column
        Values, weights and the number of rows to leave out: fit them with ``missing="drop"``.

    Raises
    ------
    ColumnError
        If a column does not exist.
    DataError
        If values are missing (unless dropped), infinite or no numbers, or a weight is negative.

    Examples
    --------
    >>> import pandas as pd
    >>> from mlestat.tables import checked
    >>> checked(pd.DataFrame({"x": [1.0, None, 3.0]}), "x", missing="drop").dropped
    1
    """
    import numpy as np

    if missing not in ("raise", "drop"):
        raise UnknownNameError(f"missing must be 'raise' or 'drop', got {missing!r}")
    values = column(frame, name, where=where)
    given = None if weights is None else column(frame, weights, where=where)
    lost = np.isnan(values) if given is None else np.isnan(values) | np.isnan(given)
    if missing == "raise" and lost.any():
        refuse_missing(name, values, where)
        refuse_missing(str(weights), given, where)
    refuse(np.isinf(values), values, f"values of column {name!r} of {where.table} are infinite", where)
    if given is not None:
        bad = np.isinf(given) | (given < 0)
        refuse(bad, given, f"weights in column {weights!r} of {where.table} are negative or infinite", where)
    if lost.any():
        values = np.where(lost, np.nan, values)
        given = None if given is None else np.where(np.isnan(given), 1.0, given)
    return Column(name, values, given, int(lost.sum()))


def find_column(wanted: str, names: Iterable[str], table: str) -> str:
    """Return `wanted` if it is one of `names`, else raise `ColumnError` with the nearest names."""
    counts = Counter(str(name) for name in names)
    if not counts[wanted]:
        remedy = nearest(wanted, [name for name in counts if name]) if counts else "it has no columns"
        raise ColumnError(f"{table} has no column {wanted!r}; {remedy}")
    if counts[wanted] > 1:
        raise ColumnError(f"{table} has {counts[wanted]} columns named {wanted!r}; give each column a name of its own")
    return wanted


def _frame(frame: Any) -> nw.DataFrame[Any] | nw.LazyFrame[Any]:
    import narwhals as nw

    try:
        found = nw.from_native(frame, pass_through=True)
    except nw.exceptions.DuplicateError as error:
        raise ColumnError(f"{' '.join(str(error).split())}; give each column a name of its own") from None
    if isinstance(found, nw.DataFrame | nw.LazyFrame):
        return found
    raise DataError(f"a table must be a pandas, Polars or Arrow data frame, got {type(frame).__name__}")


def _schema(frame: Any) -> dict[Any, nw.dtypes.DType]:
    return dict(_frame(frame).collect_schema())


def _series(frame: Any, name: str, where: Where) -> nw.Series[Any]:
    import narwhals as nw

    labels = list(_schema(frame))
    names = [str(label) for label in labels]  # pandas allows labels that are no text
    label = labels[names.index(find_column(str(name), names, where.table))]
    chosen = _frame(frame).select(nw.col(label))
    series: nw.Series[Any] = (chosen.collect() if isinstance(chosen, nw.LazyFrame) else chosen)[:, 0]
    return series


def _typed_numbers(series: nw.Series[Any]) -> NDArray[Any]:
    import narwhals as nw
    import numpy as np

    whole = series.dtype.is_integer() or series.dtype == nw.Boolean
    if whole and not series.null_count():
        values = series.to_numpy()
        return values.astype(np.int64) if values.dtype.kind not in "iu" else values
    return np.asarray(series.cast(nw.Float64()).to_numpy(), dtype=np.float64)


def _parsed_numbers(entries: list[Any], name: str, where: Where) -> list[float]:
    parsed = [_number(entry) for entry in entries]
    bad = [i for i, value in enumerate(parsed) if value is None]
    if bad:
        first = repr(entries[bad[0]])
        shown = first if len(first) <= 40 else f"{first[:37]}..."
        raise DataError(
            f"column {name!r} of {where.table} is not numeric: {len(bad)} of {len(entries)} values are no "
            f"numbers, first {shown} at {where.row(bad[0])}; {_text_remedy(entries[bad[0]])}"
        )
    return [value for value in parsed if value is not None]


def _number(entry: object) -> float | None:
    """Return the number that an entry of a mixed column means, NaN for a blank, None for all else."""
    from decimal import Decimal

    if entry is None:
        return math.nan
    if isinstance(entry, Real | Decimal):
        return float(entry)
    if not isinstance(entry, str) or "_" in entry:  # float() reads "1_000", which no table means
        return None
    try:
        return float(entry) if entry.strip() else math.nan
    except ValueError:
        return None


def _text_remedy(entry: object) -> str:
    if isinstance(entry, str) and re.fullmatch(r"\s*[+-]?\d+,\d+([eE][+-]?\d+)?\s*", entry):
        return "if that is a decimal comma, read the file with decimal ','"
    return "correct or blank these values, or name another column"


def refuse_missing(name: str, values: NDArray[Any] | None, where: Where) -> None:
    """Raise `DataError` if values of a column are missing: how many, and where the first one is."""
    import numpy as np

    if values is None or not np.isnan(values).any():
        return
    lost = np.isnan(values)
    raise DataError(
        f"{int(lost.sum())} of {lost.size} values of column {name!r} of {where.table} are missing, first at "
        f"{where.row(int(lost.argmax()))}; fill them in, or leave these rows out with {where.drop}"
    )


def refuse(
    bad: NDArray[np.bool_],
    values: NDArray[Any],
    what: str,
    where: Where,
    remedy: str = "correct or remove these rows",
) -> None:
    """Raise `DataError` if a row is bad: how many there are, the first one's value, and where it is."""
    if bad.any():
        first = int(bad.argmax())
        raise DataError(f"{int(bad.sum())} of {bad.size} {what}, first {values[first]} at {where.row(first)}; {remedy}")
