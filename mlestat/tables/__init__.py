"""Tables: the one door through which columns of numbers enter, from a file or from a data frame.

`frames` takes columns out of pandas, Polars and Arrow tables; `files` reads CSV, TSV, Parquet and Excel;
`streams` holds the bytes of a file or of standard input; `text` knows the conventions of delimited text.
Nothing here knows a distribution, and pandas and narwhals are imported only when a table is met.
"""

from __future__ import annotations

from mlestat.tables.files import FORMATS, Table, read_table
from mlestat.tables.frames import Column, checked, column, column_names, is_table, numeric_columns

__all__ = [
    "FORMATS",
    "Column",
    "Table",
    "checked",
    "column",
    "column_names",
    "is_table",
    "numeric_columns",
    "read_table",
]
