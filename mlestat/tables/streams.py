"""Bytes of a file or of standard input, plain or compressed, that can be read from the start again.

A fault of the system becomes a sentence that names the file. What the bytes mean is `files`' business.
"""

from __future__ import annotations

import io
import lzma
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, cast

from mlestat.errors import FileError, nearest
from mlestat.tables import text

GZIP, BZIP2, XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"
PARQUET, ZIP = b"PAR1", b"PK\x03\x04"  # an Excel workbook is a zip archive
Watch = Callable[[BinaryIO, int], BinaryIO]


@dataclass(frozen=True)
class Source:
    """Bytes that can be read from the start again and again.

    Attributes
    ----------
    name : str
        What the source is called in errors and reports.
    open_raw : callable
        Returns the bytes as they are stored.
    size : int
        How many are stored.
    """

    name: str
    open_raw: Callable[[], BinaryIO]
    size: int

    @cached_property
    def head(self) -> bytes:
        """The first bytes, decompressed: enough to tell what the rest is."""
        with self.open() as stream:
            return stream.read(text.HEAD)

    @contextmanager
    def open(self, watch: Watch | None = None) -> Iterator[BinaryIO]:
        """Open the bytes at the start, decompressed; `watch` may wrap the stored ones."""
        with self.open_raw() as raw:  # closed here, because decompressors leave it open
            magic = raw.read(6)
            raw.seek(0)
            with _decompressed(raw if watch is None else watch(raw, self.size), magic) as stream:
                yield stream


def open_source(path: str) -> Source:
    """Return the source of that path; "-" is standard input."""
    if path == "-":
        return _kept(sys.stdin.buffer, "standard input")
    file, name = Path(path), printable(path)
    with faults_named(name):
        if file.is_dir():
            raise FileError(f"{name} is a directory; name a file in it")
        if not file.exists():
            raise FileError(f"{name} does not exist{_neighbour(file)}")
        if file.is_file():
            return Source(name, lambda: file.open("rb"), file.stat().st_size)
        with file.open("rb") as pipe:  # a pipe or device gives its bytes once
            return _kept(pipe, name)


def _kept(stream: BinaryIO, name: str) -> Source:
    """Keep what a pipe gives, once its beginning is known to be no endless device."""
    head = stream.read(text.HEAD)
    if len(head) == text.HEAD and not head.startswith((GZIP, BZIP2, XZ, PARQUET, ZIP)):
        text.dialect_of(head, name, separator=",", decimal=".")
    data = head + stream.read()
    return Source(name, lambda: io.BytesIO(data), len(data))


def _decompressed(raw: BinaryIO, magic: bytes) -> BinaryIO:
    import bz2
    import gzip

    if magic.startswith(GZIP):
        return cast("BinaryIO", gzip.GzipFile(fileobj=raw))
    if magic.startswith(BZIP2):
        return cast("BinaryIO", bz2.BZ2File(raw))
    if magic == XZ:
        return cast("BinaryIO", lzma.LZMAFile(raw))
    return raw


@contextmanager
def faults_named(name: str) -> Iterator[None]:
    """Turn what the system or a decompressor says into one sentence about the file."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (EOFError, zlib.error, lzma.LZMAError):
        raise FileError(f"{name} is damaged: its compressed data break off; fetch it again") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FileError(f"{name} cannot be read: {reason}") from None


def _neighbour(file: Path) -> str:
    try:
        names = [other.name for other in file.absolute().parent.iterdir()]
    except OSError:
        return f": there is no directory {printable(str(file.parent))}"
    hint = nearest(file.name, names) if names else ""
    return f"; {hint}" if hint.startswith("did you mean") else "; check the name and the directory"


def printable(name: str) -> str:
    """Return a name as it can stand in a line of text: control characters escaped, all else as it is."""
    return name if name.isprintable() else repr(name)[1:-1]
