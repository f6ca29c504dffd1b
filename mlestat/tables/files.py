"""Tables out of files: CSV, TSV, Parquet, Excel and standard input, read by pandas.

Only the columns asked for are read, numbers exactly (the nearest float64). A fault is one sentence with the
file and the line. The command line stands on this file; from Python, frames read elsewhere serve as well.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from mlestat.errors import ColumnError, DataError, FileError, MissingExtraError, UnknownNameError, nearest
from mlestat.tables import frames, text
from mlestat.tables.frames import Column, Missing, Where
from mlestat.tables.streams import PARQUET, ZIP, Source, Watch, faults_named, open_source

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

FORMATS = ("csv", "tsv", "parquet", "excel")


@dataclass(frozen=True)
class Table:
    """A table that was read from a file.

    Attributes
    ----------
    frame : pandas.DataFrame
        The columns that were asked for.
    name : str
        The file, as it is named in reports and errors.
    where : Where
        How places in this file are named in errors.
    """

    frame: pd.DataFrame
    name: str
    where: Where

    def numeric_columns(self) -> list[str]:
        """Return the names of the columns of numbers."""
        return frames.numeric_columns(self.frame)

    def numbers(self, name: str) -> NDArray[Any]:
        """Take a column as numbers, NaN where one is missing; see `mlestat.tables.column`."""
        return frames.column(self.frame, name, where=self.where)

    def column(self, name: str, *, weights: str | None = None, missing: Missing = "raise") -> Column:
        """Take a column and its weights; see `mlestat.tables.checked`."""
        return frames.checked(self.frame, name, weights=weights, missing=missing, where=self.where)


def read_table(
    path: str,
    *,
    columns: Sequence[str] | None = None,
    format: str | None = None,
    sheet: str | None = None,
    header: bool = True,
    decimal: str | None = None,
    watch: Watch | None = None,
) -> Table:
    r"""Read a table from a file or from standard input.

    Parameters
    ----------
    path : str
        The file, plain or compressed (gzip, bzip2, xz); "-" is standard input.
    columns : sequence of str, optional
        The columns to read; all that have a name by default.
    format : {"csv", "tsv", "parquet", "excel"}, optional
        Told from the first bytes and the file's extension by default.
    sheet : str, optional
        The sheet of an Excel workbook; the first by default.
    header : bool
        False if a text file or a sheet has no line of names; its columns are then called "1", "2", …
    decimal : {".", ","}, optional
        The decimal mark of a text file; told from the file where the separator is ";", else a point.
    watch : callable, optional
        Called with the open file and its size in bytes, and returns the stream to read (a progress bar).

    Returns
    -------
    Table
        The frame, with the name of its file and of its rows.

    Raises
    ------
    FileError
        If the file is missing, empty, damaged or no table.
    ColumnError
        If a column is not there, or is there twice.
    DataError
        If there are no rows, or a row has more fields than the header.
    MissingExtraError
        If the format needs a package that is not installed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from mlestat.tables import read_table
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "speeds.csv")
    >>> _ = path.write_text("run;speed\n1;850,5\n2;740\n")
    >>> read_table(str(path), columns=["speed"]).column("speed").values
    array([850.5, 740. ])
    >>> folder.cleanup()
    """
    source = open_source(path)
    with faults_named(source.name):
        if not source.head:
            raise FileError(f"{source.name} is empty; a table with a line of column names is needed")
        chosen = _format(format, source, sheet)
        if chosen == "parquet":
            return _read_parquet(source, columns, watch)
        if chosen == "excel":
            return _read_excel(source, columns, sheet, header=header)
        separator = "\t" if chosen == "tsv" else None
        return _TextReader(source, separator, decimal, header=header).read(columns, watch)


def _format(wanted: str | None, source: Source, sheet: str | None) -> str:
    if wanted is not None:
        if wanted not in FORMATS:
            raise UnknownNameError(f"there is no format {wanted!r}; {nearest(wanted, FORMATS)}")
        return wanted
    suffixes = [s.lower() for s in Path(source.name).suffixes if s.lower() not in (".gz", ".bz2", ".xz")]
    last = suffixes[-1] if suffixes else ""
    if source.head.startswith(PARQUET) or last in (".parquet", ".pq"):
        return "parquet"
    if source.head.startswith(ZIP) or last in (".xlsx", ".xlsm") or sheet is not None:
        return "excel"
    return "tsv" if last in (".tsv", ".tab") else "csv"


def _chosen(columns: Sequence[str] | None, names: Sequence[str], table: str) -> list[str]:
    """Return the columns to read, each once and each there; by default all that have a name."""
    wanted = [name for name in names if name] if columns is None else list(columns)
    if not wanted:
        raise ColumnError(f"{table} has no named columns; add a line of column names")
    return [frames.find_column(name, names, table) for name in dict.fromkeys(wanted)]


def _nonempty(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    if not len(frame):
        raise DataError(f"{name} has column names but no rows; a fit needs at least one value")
    return frame


class _TextReader:
    """One CSV or TSV file: its dialect, its header, its rows."""

    def __init__(self, source: Source, separator: str | None, decimal: str | None, *, header: bool) -> None:
        self.source, self.header = source, header
        self.dialect = text.dialect_of(source.head, source.name, separator=separator, decimal=decimal)
        with self._open() as stream:
            first, _ = text.read_record(stream, self.dialect.separator, source.name)
        if not first:
            raise FileError(f"{source.name} is blank; a table with a line of column names is needed")
        self.names = first if header else [str(i + 1) for i in range(len(first))]

    def read(self, columns: Sequence[str] | None, watch: Watch | None) -> Table:
        if self.header:
            self._refuse_numbers_as_names(columns)
        wanted = _chosen(columns, self.names, self.source.name)
        frame = self._parse([self.names.index(name) for name in wanted], watch)
        self._refuse_extra_fields(frame.pop(frame.columns[-1]))
        frame.columns = wanted
        return Table(_nonempty(frame, self.source.name), self.source.name, self._where())

    @contextmanager
    def _open(self, watch: Watch | None = None) -> Iterator[io.TextIOWrapper]:
        with self.source.open(watch) as stream, text.open_text(stream, self.dialect) as decoded:
            yield decoded

    def _where(self) -> Where:
        return Where(self.source.name, self._place, "--drop-missing")

    def _place(self, row: int) -> str:
        with self._open() as stream:
            line = text.line_of(stream, self.dialect.separator, row, header=self.header, single=len(self.names) == 1)
        return f"row {row + 1}" if line is None else f"line {line}"

    def _parse(self, positions: list[int], watch: Watch | None) -> pd.DataFrame:
        import pandas as pd

        width, separator = len(self.names), self.dialect.separator
        order = sorted(positions)
        with self._open(watch) as stream:
            _, raw = text.read_record(stream, separator, self.source.name)
            body = text.HeaderReplaced(width, separator, "" if self.header else raw, stream)
            try:
                frame = pd.read_csv(
                    cast("io.StringIO", body),
                    sep=separator,
                    decimal=self.dialect.decimal,
                    usecols=[*order, width],
                    index_col=False,
                    low_memory=False,
                    skip_blank_lines=width > 1,
                    **_exact(pd.__version__),
                )
            except (pd.errors.ParserError, OverflowError) as error:
                reason = str(error).removeprefix("Error tokenizing data. C error: ")
                sentence = f"{self.source.name} is not a regular table: {reason}; check its quotes"
                raise FileError(sentence) from None
            ordered: pd.DataFrame = frame[[*(str(i) for i in positions), str(width)]]
            return ordered

    def _refuse_extra_fields(self, extra: pd.Series[Any]) -> None:
        if extra.notna().any():
            row = int(extra.notna().to_numpy().argmax())
            width = len(self.names)
            raise DataError(
                f"{self._place(row)} of {self.source.name} has more fields than the {width} of the first "
                f"line; check its separators ({self.dialect.separator!r} is used) and its decimal marks"
            )

    def _refuse_numbers_as_names(self, columns: Sequence[str] | None) -> None:
        if set(columns or ()) & set(self.names) or not all(_is_number(name) for name in self.names):
            return
        shown = ", ".join(self.names[:5])
        raise ColumnError(
            f"{self.source.name} has no line of column names: its first line is {shown}; "
            "add one, or use --no-header and the columns 1, 2, …"
        )


def _exact(version: str) -> dict[str, Any]:
    """Return what makes pandas read the nearest float64: since 3.1 it always does, without an option."""
    major, minor = (int(part) for part in version.split(".")[:2])
    return {} if (major, minor) >= (3, 1) else {"float_precision": "round_trip"}


def _is_number(field: str) -> bool:
    try:
        float(field.replace(",", "."))
    except ValueError:
        return False
    return True


def _read_parquet(source: Source, columns: Sequence[str] | None, watch: Watch | None) -> Table:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise MissingExtraError('reading Parquet needs pyarrow: pip install "mlestat[parquet]"') from None

    try:
        with source.open(watch) as stream:
            file = parquet.ParquetFile(stream)
            stored = [name for name in file.schema_arrow.names if not name.startswith("__index_level_")]
            wanted = _chosen(columns, stored, source.name)
            frame = file.read(columns=wanted).to_pandas(ignore_metadata=True)[wanted]
    except ArrowException as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise FileError(f"{source.name} is not a Parquet file that can be read: {reason}") from None
    where = Where(source.name, lambda row: f"row {row + 1}", "--drop-missing")
    return Table(_nonempty(frame, source.name), source.name, where)


def _read_excel(source: Source, columns: Sequence[str] | None, sheet: str | None, *, header: bool) -> Table:
    grid = _sheet(source, sheet)
    if not len(grid):
        raise FileError(f"the sheet of {source.name} is empty; a table with a row of column names is needed")
    filled = grid.notna().iloc[0]
    first = [str(cell).strip() if there else "" for cell, there in zip(grid.iloc[0], filled, strict=True)]
    names = first if header else [str(i + 1) for i in range(len(first))]
    wanted = _chosen(columns, names, source.name)
    body = grid.iloc[int(header) :, [names.index(name) for name in wanted]]
    rows = body.index.to_numpy() + 1  # as the workbook counts them
    frame = body.infer_objects().reset_index(drop=True)
    frame.columns = wanted
    where = Where(source.name, lambda row: f"row {rows[row]}", "--drop-missing")
    return Table(_nonempty(frame, source.name), source.name, where)


def _sheet(source: Source, sheet: str | None) -> pd.DataFrame:
    from zipfile import BadZipFile

    import pandas as pd

    try:
        import openpyxl  # noqa: F401 - pandas reads through it
    except ImportError:
        raise MissingExtraError('reading Excel needs openpyxl: pip install "mlestat[excel]"') from None
    try:
        with source.open() as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and validations, which hold no data
            book = pd.ExcelFile(io.BytesIO(stream.read()), engine="openpyxl")
            names = [str(name) for name in book.sheet_names]
            if sheet is not None and sheet not in names:
                raise UnknownNameError(f"{source.name} has no sheet {sheet!r}; {nearest(sheet, names)}")
            grid = book.parse(names[0] if sheet is None else sheet, header=None, dtype=object)
            return grid.iloc[int(grid.notna().any(axis=1).to_numpy().argmax()) :] if len(grid) else grid
    except (BadZipFile, KeyError, ValueError) as error:
        if isinstance(error, UnknownNameError):
            raise
        raise FileError(f"{source.name} is not an Excel workbook that can be read: {error}") from None
