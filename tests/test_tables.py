"""Tables: a column reads the same however it is written; a fault gives one sentence with its place."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import sys
import threading
from datetime import date
from decimal import Decimal
from pathlib import Path

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlestat import tables
from mlestat.errors import (
    ColumnError,
    DataError,
    FileError,
    MissingExtraError,
    MlestatError,
    UnknownNameError,
)
from mlestat.tables import files, text

FRAME = pd.DataFrame({"speed": [850, 740, 900], "mass": [1.5, 2.25, 0.1], "town": ["Oslo", "Rome", "Bonn"]})


def as_csv(separator=",", **how):
    return FRAME.to_csv(index=False, sep=separator, **how).encode()


def as_parquet():
    buffer = io.BytesIO()
    FRAME.to_parquet(buffer)
    return buffer.getvalue()


def as_excel():
    buffer = io.BytesIO()
    FRAME.to_excel(buffer, index=False)
    return buffer.getvalue()


SAME_TABLE = {
    "t.csv": as_csv(),
    "semicolon.csv": as_csv(";"),
    "pipe.csv": as_csv("|"),
    "tab.csv": as_csv("\t"),
    "t.tsv": as_csv("\t"),
    "t.txt": as_csv("\t"),
    "no_ending": as_csv(),
    "decimal_comma.csv": as_csv(";", decimal=","),
    "crlf.csv": as_csv(lineterminator="\r\n"),
    "mac.csv": as_csv(lineterminator="\r"),
    "quoted.csv": as_csv(quoting=1),
    "row_labels.csv": FRAME.to_csv().encode(),
    "bom.csv": b"\xef\xbb\xbf" + as_csv(),
    "utf16.csv": as_csv().decode().encode("utf-16"),
    "blank_lines.csv": b"\n\n" + as_csv().replace(b"\n", b"\n\n"),
    "trailing_separators.csv": as_csv().replace(b"\n", b",\n"),
    "spaces.csv": as_csv().replace(b",", b", "),
    "t.csv.gz": gzip.compress(as_csv()),
    "t.tsv.bz2": bz2.compress(as_csv("\t")),
    "t.csv.xz": lzma.compress(as_csv()),
    "t.parquet": as_parquet(),
    "parquet_by_its_bytes": as_parquet(),
    "t.xlsx": as_excel(),
    "excel_by_its_bytes": as_excel(),
}


@pytest.mark.parametrize("name", SAME_TABLE)
def test_every_way_to_write_a_table_reads_the_same(tmp_path, name):
    (tmp_path / name).write_bytes(SAME_TABLE[name])
    table = tables.read_table(str(tmp_path / name), columns=["mass", "speed"])
    assert list(table.frame.columns) == ["mass", "speed"]
    speed, mass = table.column("speed"), table.column("mass")
    assert speed.values.dtype == np.int64
    assert speed.values.tolist() == [850, 740, 900]
    assert mass.values.tolist() == [1.5, 2.25, 0.1]
    assert (speed.dropped, speed.weights) == (0, None)
    whole = tables.read_table(str(tmp_path / name))
    assert whole.numeric_columns() == ["speed", "mass"]
    assert tables.column_names(whole.frame) == ["speed", "mass", "town"]


STREAMS = {
    "csv": (as_csv(), None),
    "tab": (as_csv("\t"), None),
    "tsv": (as_csv("\t"), "tsv"),
    "parquet": (as_parquet(), None),
    "excel": (as_excel(), "excel"),
    "gzip": (gzip.compress(as_csv()), None),
}


@pytest.mark.parametrize("kind", STREAMS)
def test_standard_input(monkeypatch, kind):
    content, format_ = STREAMS[kind]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    table = tables.read_table("-", columns=["speed"], format=format_)
    assert table.name == "standard input"
    assert table.column("speed").values.tolist() == [850, 740, 900]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_read_once(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    writer = threading.Thread(target=fifo.write_bytes, args=(as_csv(),))
    writer.start()
    assert tables.read_table(str(fifo)).column("speed").values.tolist() == [850, 740, 900]
    writer.join()


FRAMES = {
    "pandas": FRAME,
    "pandas nullable": FRAME.convert_dtypes(),
    "polars": pl.DataFrame(FRAME.to_dict("list")),
    "polars lazy": pl.LazyFrame(FRAME.to_dict("list")),
    "arrow": pa.table(FRAME.to_dict("list")),
    "narwhals": nw.from_native(FRAME),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_every_kind_of_frame_gives_the_same_columns(kind):
    frame = FRAMES[kind]
    assert tables.is_table(frame)
    assert tables.column_names(frame) == ["speed", "mass", "town"]
    assert tables.numeric_columns(frame) == ["speed", "mass"]
    assert tables.column(frame, "speed").tolist() == [850, 740, 900]
    assert tables.column(frame, "speed").dtype == np.int64
    assert tables.column(frame, "mass").tolist() == [1.5, 2.25, 0.1]
    with pytest.raises(DataError, match=r"'town'.*not numeric: 3 of 3.*'Oslo' at index 0"):
        tables.column(frame, "town")
    with pytest.raises(ColumnError, match="did you mean 'speed'"):
        tables.column(frame, "sped")


@pytest.mark.parametrize("data", [[1, 2], np.zeros(3), "x", None, {"x": [1]}, pd.Series([1.0]), pl.Series([1.0])])
def test_what_is_no_table(data):
    assert not tables.is_table(data)
    with pytest.raises(DataError, match="must be a pandas, Polars or Arrow data frame"):
        tables.column_names(data)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (pd.array([1, None], dtype="Int64"), [1.0, np.nan]),
        (pd.array([True, False]), [1, 0]),
        (pd.array([True, None], dtype="boolean"), [1.0, np.nan]),
        (pd.Categorical([3, 4]), [3.0, 4.0]),
        ([Decimal("1.5"), None], [1.5, np.nan]),
        (np.array([1, 2], dtype=np.float32), [1.0, 2.0]),
        (["1", " 2.5 "], [1.0, 2.5]),
        (["1", ""], [1.0, np.nan]),
        (["1e3", "-inf"], [1000.0, -np.inf]),
        ([2**70, 1], [2.0**70, 1.0]),
    ],
)
def test_what_counts_as_numbers(entries, expected):
    got = tables.column(pd.DataFrame({"x": entries}), "x")
    np.testing.assert_array_equal(got, expected)
    assert got.dtype.kind == np.asarray(expected).dtype.kind


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        (pd.to_datetime(["2020-01-01"]), "Datetime"),
        ([1 + 2j], "complex128"),
        ([date(2020, 1, 1)], "datetime.date"),
        (["1_000"], "'1_000' at index 0"),
        (["1,5"], "decimal ','"),
        ([[1, 2]], "[1, 2] at index 0"),
        (pd.period_range("2020", periods=1), "period"),
        (["x" * 1000], "xxx..."),
    ],
)
def test_what_does_not_count_as_numbers(entries, words):
    with pytest.raises(DataError) as caught:
        tables.column(pd.DataFrame({"x": entries}), "x")
    assert words in str(caught.value)
    assert len(str(caught.value)) < 250


def test_column_labels_that_are_no_text():
    frame = pd.DataFrame([[1.0, 2.0]], columns=[2020, 2021])
    assert tables.column(frame, "2021").tolist() == [2.0]
    assert tables.numeric_columns(frame) == ["2020", "2021"]


@pytest.mark.parametrize(
    "frame", [pd.DataFrame([[1, 2]], columns=["a", "a"]), pd.DataFrame([[1, 2]], columns=[0, "0"])]
)
def test_two_columns_of_one_name_are_refused(frame):
    with pytest.raises(ColumnError, match="a name of its own"):
        tables.column(frame, str(frame.columns[0]))


# What a text file holds, what of it is wanted, the error and words of its sentence.
FAULTS = [
    (b"", {}, FileError, ["is empty"]),
    (b"\n \n", {}, FileError, ["is blank"]),
    (b"a,b\n", {}, DataError, ["no rows"]),
    (b"\x00\x01\x02", {}, FileError, ["not a text table", "'\\x00'"]),
    (b"a\n\x1b[31mred\n", {}, FileError, ["control character '\\x1b' at position 2"]),
    (b"PK\x03\x04 no workbook", {}, FileError, ["not an Excel workbook"]),
    (b"PAR1 no table PAR1", {}, FileError, ["not a Parquet file"]),
    (b"\x1f\x8b no gzip", {}, FileError, ["t.csv"]),
    (gzip.compress(b"a\n" + b"1\n" * 1000)[:25], {}, FileError, ["damaged"]),
    (b"\xfd7zXZ\x00 no xz", {}, FileError, ["damaged"]),
    (b"speed,mass\n1,2\n", {"columns": ["sped"]}, ColumnError, ["'sped'", "did you mean 'speed'?"]),
    (b"speed,mass\n1,2\n", {"columns": ["zzz"]}, ColumnError, ["there are 'speed', 'mass'"]),
    (b"speed,mass\n1,2\n", {"columns": [""]}, ColumnError, ["no column ''"]),
    (b"a,a\n1,2\n", {}, ColumnError, ["2 columns named 'a'"]),
    (b'"",""\n1,2\n', {}, ColumnError, ["no line of column names"]),
    (b"850\n740\n", {}, ColumnError, ["no line of column names", "850", "--no-header"]),
    (b"850,1\n740,2\n", {"columns": ["x"]}, ColumnError, ["no line of column names"]),
    (b"a,b\n1,2\n3,4,5\n", {"columns": ["a"]}, DataError, ["line 3", "more fields than the 2"]),
    (b"a,b\n1,2,3\n3,4,5\n", {"columns": ["a"]}, DataError, ["line 2", "more fields"]),
    (b"x\n1,5\n2,5\n", {}, DataError, ["line 2", "decimal"]),
    (b'a,b\n1,"2\n3,4\n', {}, FileError, ["not a regular table", "quotes"]),
    (b"a" * (text.HEAD + 1), {}, FileError, ["first line is longer"]),
    (b'"' + b"a" * 200_000, {}, FileError, ["header", "quotes"]),
    (b"x\n1\n", {"format": "parquet"}, FileError, ["not a Parquet file"]),
    (b"x\n1\n", {"format": "excel"}, FileError, ["not an Excel workbook"]),
    (b"x\n1\n", {"format": "exel"}, UnknownNameError, ["did you mean 'excel'?"]),
]  # fmt: skip


@pytest.mark.parametrize(("content", "how", "kind", "words"), FAULTS, ids=range(len(FAULTS)))
def test_a_faulty_file_gives_one_sentence(tmp_path, content, how, kind, words):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(MlestatError) as caught:
        tables.read_table(str(tmp_path / "t.csv"), **how)
    assert type(caught.value) is kind
    for word in words:
        assert word in str(caught.value)
    assert "\n" not in str(caught.value)


# What a text file holds, and words of the sentence about its column x.
COLUMN_FAULTS = [
    (b"x,y\n1,2\nabc,3\n?,4\n", ["'x'", "2 of 3 values", "first 'abc' at line 3"]),
    (b'y,x\n"two\nlines",1\nb,"three\n\nlines"\n', ["at line 4"]),
    (b"x,y\n\n1,2\n\n\nabc,3\n", ["at line 6"]),
    (b"x\n1\n\n3\n\n\n", ["1 of 3 values", "missing", "first at line 3", "--drop-missing"]),
    (b"x,y\n1,2\n,3\nNA,4\nNaN,5\n \t,6\n", ["4 of 5 values", "first at line 3"]),
    (b"x,y\n1,2\ninf,3\n-inf,4\n", ["2 of 3 values", "infinite", "first inf at line 3"]),
    (b",\nx,y\n1,2\n,\n\nabc,3\n", ["1 of 3 values", "'abc' at line 6"]),
    (b"x,y\n1,2\nTrue,3\n", ["'True' at line 3"]),
    (b"x,y\n1,2\n0x1F,3\n", ["'0x1F' at line 3"]),
    (b"x\ty\n1\t2\n1,5\t2\n", ["'1,5' at line 3", "decimal comma"]),
]


@pytest.mark.parametrize(("content", "words"), COLUMN_FAULTS, ids=range(len(COLUMN_FAULTS)))
def test_a_faulty_column_gives_its_line(tmp_path, content, words):
    (tmp_path / "t.csv").write_bytes(content)
    table = tables.read_table(str(tmp_path / "t.csv"), columns=["x"])
    with pytest.raises(DataError) as caught:
        table.column("x")
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("name", ["t.xlsx", "t.parquet"])
def test_rows_of_other_files_are_counted_as_there(tmp_path, name):
    frame = pd.DataFrame({"x": ["1", "abc"]})
    (frame.to_excel if name == "t.xlsx" else frame.to_parquet)(tmp_path / name, index=False)
    place = "row 3" if name == "t.xlsx" else "row 2"  # the sheet's own count includes the header
    with pytest.raises(DataError, match=f"'abc' at {place};"):
        tables.read_table(str(tmp_path / name)).column("x")


def test_missing_rows_are_dropped_and_counted(tmp_path):
    (tmp_path / "t.csv").write_text("x,w\n1,1\n,2\n3,\n4,0.5\n")
    column = tables.read_table(str(tmp_path / "t.csv")).column("x", weights="w", missing="drop")
    np.testing.assert_array_equal(column.values, [1.0, np.nan, np.nan, 4.0])
    np.testing.assert_array_equal(column.weights, [1.0, 2.0, 1.0, 0.5])
    assert column.dropped == 2


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ("w", "1 of 3 values of column 'w'"),
        ("negative", "1 of 3 weights"),
        ("town", "not numeric"),
        ("wieghts", "no column 'wieghts'"),
    ],
)
def test_wrong_weights(weights, words):
    frame = pd.DataFrame({"x": [1, 2, 3], "w": [1, None, 1], "negative": [1, 2, -1.0], "town": list("abc")})
    with pytest.raises((DataError, ColumnError), match=words):
        tables.checked(frame, "x", weights=weights)


def test_missing_must_be_a_known_word():
    with pytest.raises(UnknownNameError, match="'raise' or 'drop', got 'ignore'"):
        tables.checked(FRAME, "speed", missing="ignore")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("nope.csv", "did you mean 'note.csv'"),
        ("none/x.csv", "there is no directory"),
        (".", "is a directory"),
        ("x" * 5000, "cannot be read"),
        ("bad\x1b[31m.csv", "bad\\x1b[31m.csv does not exist"),
    ],
)
def test_a_file_that_is_not_there(tmp_path, monkeypatch, path, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "note.csv").write_bytes(as_csv())
    with pytest.raises(FileError) as caught:
        tables.read_table(path)
    assert words in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    (tmp_path / "t.csv").write_bytes(as_csv())

    def refuse(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)  # a mode of 000 would not stop root
    with pytest.raises(FileError, match="cannot be read: permission denied"):
        tables.read_table(str(tmp_path / "t.csv"))


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero", "/dev/urandom"])
def test_devices_end(device):
    if not Path(device).exists():
        pytest.skip(f"this system has no {device}")
    with pytest.raises(FileError):
        tables.read_table(device)


@pytest.mark.parametrize(
    ("name", "module", "extra"), [("t.parquet", "pyarrow", "parquet"), ("t.xlsx", "openpyxl", "excel")]
)
def test_a_missing_extra_is_named(tmp_path, monkeypatch, name, module, extra):
    (tmp_path / name).write_bytes(SAME_TABLE[name])
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=rf'pip install "mlestat\[{extra}\]"'):
        tables.read_table(str(tmp_path / name))


def test_sheets(tmp_path):
    with pd.ExcelWriter(tmp_path / "t.xlsx") as book:
        FRAME.to_excel(book, sheet_name="first", index=False)
        FRAME[["mass"]].to_excel(book, sheet_name="second", startrow=2)
    path = str(tmp_path / "t.xlsx")
    assert tables.read_table(path).numeric_columns() == ["speed", "mass"]
    assert tables.read_table(path, sheet="second").column("mass").values.tolist() == [1.5, 2.25, 0.1]
    with pytest.raises(UnknownNameError, match="did you mean 'second'"):
        tables.read_table(path, sheet="secnd")


def test_without_a_header(tmp_path):
    (tmp_path / "t.csv").write_text("850;1,5\n740;2,5\n")
    table = tables.read_table(str(tmp_path / "t.csv"), header=False, columns=["2"])
    assert table.column("2").values.tolist() == [1.5, 2.5]
    pd.DataFrame([[1, 2], [3, 4]]).to_excel(tmp_path / "t.xlsx", header=False, index=False)
    assert tables.read_table(str(tmp_path / "t.xlsx"), header=False).column("1").values.tolist() == [1, 3]


def test_numbers_may_be_names_when_asked_for(tmp_path):
    (tmp_path / "t.csv").write_text("1900,1910\n1,2\n")
    assert tables.read_table(str(tmp_path / "t.csv"), columns=["1910"]).column("1910").values.tolist() == [2]


def test_decimal_marks(tmp_path):
    (tmp_path / "one.csv").write_text("x\n1,5\n2,5\n")
    assert tables.read_table(str(tmp_path / "one.csv"), decimal=",").column("x").values.tolist() == [1.5, 2.5]
    (tmp_path / "tab.tsv").write_text("x\ty\n1,500\t1\n")
    with pytest.raises(DataError, match="decimal comma"):  # 1,500 could be fifteen hundred
        tables.read_table(str(tmp_path / "tab.tsv")).column("x")
    assert tables.read_table(str(tmp_path / "tab.tsv"), decimal=",").column("x").values.tolist() == [1.5]


@pytest.mark.parametrize(
    "name",
    [
        "a b",
        "größe",
        "x/y",
        "<b>&amp;",
        "'; DROP TABLE",
        'say "hi"',
        "two\nlines",
        "a,b",
        "$x$",
        "=1+1",
        "名前",
        "x" * 2000,
    ],
)
def test_hostile_column_names(tmp_path, name):
    pd.DataFrame({name: [1, 2], "other": [3, 4]}).to_csv(tmp_path / "t.csv", index=False)
    table = tables.read_table(str(tmp_path / "t.csv"), columns=[name])
    assert table.column(name).values.tolist() == [1, 2]


def test_latin_1_names(tmp_path):
    (tmp_path / "t.csv").write_bytes("größe\n1\n".encode("latin-1"))
    assert tables.read_table(str(tmp_path / "t.csv")).numeric_columns() == ["größe"]


def test_only_the_columns_asked_for_are_kept(tmp_path):
    (tmp_path / "t.csv").write_bytes(as_csv())
    assert list(tables.read_table(str(tmp_path / "t.csv"), columns=["mass"]).frame.columns) == ["mass"]


def test_watch_sees_every_byte(tmp_path):
    (tmp_path / "t.csv").write_bytes(as_csv())
    seen = []

    def watch(stream, size):
        seen.append((stream.read(), size))
        stream.seek(0)
        return stream

    tables.read_table(str(tmp_path / "t.csv"), watch=watch)
    assert seen == [(as_csv(), len(as_csv()))]


@pytest.mark.parametrize("version", ["2.2.3", "3.0.0", "3.1.1", "10.0.0rc1"])
def test_the_option_for_exact_numbers_where_pandas_needs_it(version):
    assert bool(files._exact(version)) == (version in ("2.2.3", "3.0.0"))


@given(
    values=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=50),
    decimal=st.sampled_from(".,"),
)
def test_numbers_are_read_exactly(tmp_path_factory, values, decimal):
    path = tmp_path_factory.mktemp("exact") / "t.csv"
    written = [repr(v).replace(".", decimal) for v in values]
    path.write_text("x;y\n" + "".join(f"{v};1\n" for v in written))
    got = tables.read_table(str(path), decimal=decimal).column("x").values
    np.testing.assert_array_equal(got.astype(float), values)


def test_long_decimals_are_rounded_once(tmp_path):
    rng = np.random.default_rng(1)
    written = [f"{v:.40g}" for v in rng.normal(size=2000) * 10.0 ** rng.integers(-300, 300, size=2000)]
    (tmp_path / "t.csv").write_text("x\n" + "\n".join(written))
    got = tables.read_table(str(tmp_path / "t.csv")).column("x").values
    np.testing.assert_array_equal(got, [float(v) for v in written])


def checked_sentence(error):
    assert str(error).strip()
    assert type(error) is not MlestatError


@given(st.binary(max_size=300))
def test_no_bytes_cause_anything_but_an_mlestat_error(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "t.csv"
    path.write_bytes(content)
    try:
        table = tables.read_table(str(path))
        for name in table.frame.columns:
            table.column(name, missing="drop")
    except MlestatError as error:
        checked_sentence(error)


@given(st.text(alphabet='0123456789.,;\t|"\n\r eE-ax', max_size=80))
def test_no_text_causes_anything_but_an_mlestat_error(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "t.csv"
    path.write_bytes(content.encode())
    try:
        table = tables.read_table(str(path))
        for name in table.frame.columns:
            table.column(name, missing="drop")
    except MlestatError as error:
        checked_sentence(error)
