"""Delimited text: encoding, separator, decimal mark, header and the line that a row stands on.

Everything is decided on the first megabyte. The values themselves are read by pandas in `files`; this file
converts no number.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from mlestat.errors import FileError

HEAD = 1 << 20  # bytes looked at before a file is believed to be a table; also the longest header line
SEPARATORS = "\t;|,"  # in the order in which a tie is settled: a decimal comma makes ',' look regular too
SAMPLE_RECORDS = 50  # enough to tell a separator from a stray character
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
DECIMAL_COMMA = re.compile(r"\s*[+-]?\d*,\d+([eE][+-]?\d+)?\s*")
DECIMAL_POINT = re.compile(r"\s*[+-]?\d*\.\d+([eE][+-]?\d+)?\s*")


@dataclass(frozen=True)
class Dialect:
    """How a text table is written."""

    encoding: str
    separator: str
    decimal: str


def dialect_of(head: bytes, name: str, *, separator: str | None, decimal: str | None) -> Dialect:
    """Tell the dialect of a text table from its first bytes, or raise `FileError` if it is no text."""
    encoding = _encoding(head)
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(head)
    control = CONTROL.search(text)
    if control:
        raise FileError(
            f"{name} is not a text table: it holds the control character {control.group()!r} at position "
            f"{control.start()}; CSV, TSV, Parquet and Excel files can be read"
        )
    separator = separator or _separator(text, decimal)
    return Dialect(encoding, separator, decimal or _decimal(text, separator))


def open_text(stream: BinaryIO, dialect: Dialect) -> io.TextIOWrapper:
    """Decode a stream, keeping its line ends: the parser must see those inside quotes as they are."""
    return io.TextIOWrapper(stream, encoding=dialect.encoding, errors="replace", newline="")


def read_record(text: io.TextIOBase, separator: str, name: str) -> tuple[list[str], str]:
    """Take the first record that is not blank, and the raw text that it was read from.

    Raises
    ------
    FileError
        If the record is longer than a header can be.
    """
    taken: list[str] = []
    try:
        for fields in csv.reader(_lines(text, taken, name), delimiter=separator, skipinitialspace=True):
            if any(field.strip() for field in fields):
                return [field.strip() for field in fields], "".join(taken)
            taken.clear()
    except csv.Error as error:
        raise FileError(f"the header of {name} cannot be read: {error}; check its quotes") from None
    return [], ""


def line_of(text: io.TextIOBase, separator: str, row: int, *, header: bool, single: bool) -> int | None:
    """Return the line, counted from 1, on which a row of a text table starts.

    A blank line is a row (with a missing value) only where the table has a `single` column; separators alone are a row
    of missing values, but no header.
    """
    reader = csv.reader(text, delimiter=separator)
    before, seen, inside = 0, -1 if header else 0, False
    try:
        for fields in reader:
            blank = not any(field.strip() for field in fields)
            if not blank or (inside and (single or len(fields) > 1)):
                if seen == row:
                    return before + 1
                seen, inside = seen + 1, True
            before = reader.line_num
    except csv.Error:
        return None  # a field too long for the csv module: the caller names the row instead
    return None


class HeaderReplaced(io.TextIOBase):
    """A text whose header line is replaced, and whose blank lines at the end are left out.

    pandas takes the width of a table from its header. Ours has one column more than the file, so that a row
    with too many fields shows itself in that column instead of losing a value.
    """

    def __init__(self, width: int, separator: str, pushed_back: str, text: io.TextIOBase) -> None:
        self._ready = separator.join(str(i) for i in range(width + 1)) + "\n" + pushed_back
        self._held = ""
        self._text = text

    def readable(self) -> bool:
        """Return True: this is a stream to read from."""
        return True

    def read(self, size: int | None = -1) -> str:
        """Return the next characters, "" at the end; line ends wait until something follows them."""
        while not self._ready:
            chunk = self._text.read(size)
            if not chunk:
                return ""
            body = chunk.rstrip("\r\n")
            if body:
                self._ready, self._held = self._held + body, ""
            self._held += chunk[len(body) :]
        out, self._ready = self._ready, ""
        return out


def _lines(text: io.TextIOBase, taken: list[str], name: str) -> Iterator[str]:
    while line := text.readline(HEAD):
        if len(line) >= HEAD:
            raise FileError(f"{name} is not a table: its first line is longer than {HEAD} characters")
        taken.append(line)
        yield line


def _encoding(head: bytes) -> str:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "latin-1"  # every byte has a meaning there; only names can differ, never a number
    return "utf-8"


def _records(text: str, separator: str) -> list[list[str]]:
    # The last line of the sample may be cut in the middle, so it is left out when there are others.
    lines = text.splitlines(keepends=True)
    lines = lines[:-1] if len(lines) > 1 and len(text) >= HEAD // 4 else lines
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True)
    records: list[list[str]] = []
    try:
        for fields in reader:
            if any(field.strip() for field in fields):
                records.append(fields)
            if len(records) == SAMPLE_RECORDS:
                break
    except csv.Error:
        return records
    return records


def _separator(text: str, decimal: str | None) -> str:
    """Choose the separator under which most sampled records are as wide as the header."""
    best, best_score = ("," if decimal != "," else ";"), (0.0, 1)
    for separator in SEPARATORS:
        if separator == decimal:
            continue
        records = _records(text, separator)
        width = len(records[0]) if records else 0
        score = (sum(len(r) == width for r in records) / len(records), width) if width > 1 else (0.0, 0)
        if score > best_score:
            best, best_score = separator, score
    return best


def _decimal(text: str, separator: str) -> str:
    """Tell a decimal comma, in files separated by ';' alone: elsewhere 1,234 may be one thousand."""
    if separator != ";":
        return "."
    fields = [field for record in _records(text, separator)[1:] for field in record]
    commas = any(DECIMAL_COMMA.fullmatch(field) for field in fields)
    points = any(DECIMAL_POINT.fullmatch(field) for field in fields)
    return "," if commas and not points else "."
