"""What users pass as a matrix or as labels, as NumPy arrays: arrays, lists, and pandas, Polars or Arrow data.

Data frames come through narwhals, which is imported only if the data are no NumPy array or list.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlestat.checks import as_vector
from mlestat.errors import DataError
from mlestat.sample import Sample

LABEL_KINDS = "biufUSO"


@dataclass(frozen=True, eq=False)
class Labels:
    """Labels as they came, with all categories of a categorical column, and the column's name."""

    values: NDArray[Any]
    categories: tuple[Any, ...] | None = None
    name: str | None = None


def read_matrix(data: Any, family: str) -> tuple[NDArray[Any], tuple[str, ...] | None]:
    """Return rows of real numbers, shape (n, d), and the names of the columns, if they have names.

    Raises
    ------
    DataError
        Not two-dimensional, empty, or not numeric.

    Examples
    --------
    >>> import pandas as pd
    >>> read_matrix(pd.DataFrame({"a": [1, 2], "b": [3.0, 4.0]}), "MultivariateNormal")
    (array([[1., 3.],
           [2., 4.]]), ('a', 'b'))
    """
    if _is_frame(data):
        from mlestat.tables import column, column_names

        names = tuple(column_names(data))
        if not names:
            raise DataError("the table has no columns; a fit needs at least one")
        return _not_empty(np.column_stack([column(data, name) for name in names])), names
    if isinstance(data, Sample):
        data = data.values
    if isinstance(data, np.ma.MaskedArray):
        data = np.ma.filled(data.astype(float), math.nan)
    return _not_empty(_real(_two_dimensional(data, family))), None


def _is_frame(data: Any) -> bool:
    if type(data).__module__.partition(".")[0] in ("builtins", "numpy", "mlestat"):
        return False
    from mlestat.tables import is_table

    return is_table(data)


def _two_dimensional(data: Any, family: str) -> NDArray[Any]:
    if isinstance(data, (str, bytes, dict)):
        raise DataError(f"data must be rows of numbers, got {type(data).__name__} {data!r:.60}; pass a list of rows")
    try:
        array = np.asarray(data)
        if array.dtype.kind in "US":  # NumPy turned the numbers beside a text into text as well
            array = np.asarray(data, dtype=object)
    except (ValueError, TypeError) as error:
        raise DataError(f"data cannot be read as an array ({error}); pass rows of equal length") from None
    if array.ndim != 2:
        raise DataError(
            f"{family} takes rows of several numbers, shape (n, d), got shape {array.shape}; pass one row per "
            "observation, or for a single column a family such as Normal"
        )
    return array


def _real(array: NDArray[Any]) -> NDArray[Any]:
    """Return the array with a real dtype, or say which entry is no number."""
    if array.dtype.kind in "biuf" and array.dtype.itemsize in (1, 2, 4, 8) and array.dtype != np.float16:
        return array
    columns = [as_vector(array[:, j], f"column {j}") for j in range(array.shape[1])]
    return np.column_stack(columns) if columns else array.astype(float)


def _not_empty(array: NDArray[Any]) -> NDArray[Any]:
    if array.size == 0:
        raise DataError(f"data is empty (shape {array.shape}); a fit needs at least one row and one column")
    return array


def read_labels(data: Any) -> Labels:
    """Return labels, shape (n,), of numbers, text or anything that can be told apart.

    Raises
    ------
    DataError
        Not one-dimensional, or empty.

    Examples
    --------
    >>> import pandas as pd
    >>> read_labels(pd.Series(["x", "y"], dtype=pd.CategoricalDtype(["y", "x", "z"]), name="kind"))
    Labels(values=array(['x', 'y'], dtype=object), categories=('y', 'x', 'z'), name='kind')
    """
    if type(data).__module__.partition(".")[0] not in ("builtins", "numpy", "mlestat"):
        found = _from_series(data)
        if found is not None:
            return found
    if isinstance(data, (str, bytes, dict)):
        raise DataError(f"labels must be a sequence, got {type(data).__name__} {data!r:.60}; pass a list or an array")
    array = np.ma.filled(data.astype(object), None) if isinstance(data, np.ma.MaskedArray) else _array_of(data)
    if array.ndim != 1 or array.size == 0:
        raise DataError(
            f"labels must have one dimension and at least one entry, got shape {array.shape}; counts per category go "
            "to Multinomial, or to weights beside the labels"
        )
    return Labels(array)


def _array_of(data: Any) -> NDArray[Any]:
    """Return an array of the labels as they are: NumPy alone would turn numbers beside text into text."""
    if isinstance(data, np.ndarray):
        return data if data.dtype.kind in LABEL_KINDS else data.astype(object)
    if not np.iterable(data):
        return np.asarray(data)
    items = list(data)
    kinds = {type(item) for item in items}
    if any(isinstance(item, (list, np.ndarray)) for item in items):
        return np.empty((len(items), 1))
    if len(kinds) == 1 and kinds <= {int, float, bool, str}:
        return np.array(items)
    out = np.empty(len(items), dtype=object)
    out[:] = items
    return out


def _from_series(data: Any) -> Labels | None:
    """Return the labels of a pandas, Polars or Arrow column, or of a table of one column."""
    import narwhals as nw

    found = nw.from_native(data, pass_through=True, allow_series=True)
    if isinstance(found, nw.LazyFrame):
        found = found.collect()
    if isinstance(found, nw.DataFrame):
        if len(found.columns) != 1:
            raise DataError(
                f"labels must be one column, got a table of {len(found.columns)}; choose one, or fit Multinomial to "
                "counts"
            )
        found = found[:, 0]
    if not isinstance(found, nw.Series):
        return None
    categories = _all_categories(found)
    name = None if found.name in (None, "") else str(found.name)
    numeric = found.dtype.is_numeric() and not found.null_count()
    values = np.asarray(found.to_numpy()) if numeric else _array_of(found.to_list()).astype(object)
    return Labels(_filled(values), categories, name)


def _all_categories(series: Any) -> tuple[Any, ...] | None:
    """Return the categories that a column declares, seen or not; None if it declares none.

    Polars keeps one pool of categories for all its categorical columns, so that only an Enum tells a column's own.
    """
    import narwhals as nw

    if series.implementation.is_pandas_like() and series.dtype in (nw.Categorical, nw.Enum):
        return tuple(series.to_native().cat.categories.tolist())
    return tuple(series.dtype.categories) if series.dtype == nw.Enum else None


def _filled(values: NDArray[Any]) -> NDArray[Any]:
    if values.size == 0:
        raise DataError("labels are empty (0 rows); a fit needs at least one")
    return values
