"""What commands write: lines for a terminal, JSON, and files that appear whole or not at all."""

from __future__ import annotations

import io
import json
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mlestat.errors import FileError, nearest

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BAD_INPUT = 2
NO_MAXIMUM = 3
PICTURES = (".png", ".svg", ".pdf")
DPI = 150  # sharp on a screen, 100 kB a picture


def complain(sentence: str, code: int = BAD_INPUT) -> int:
    """Say a fault in one line on standard error and return the exit code."""
    click.echo(f"mlestat: error: {' '.join(sentence.split())}", err=True)
    return code


def one_object(content: Mapping[str, Any]) -> str:
    """Return valid JSON: what is no finite number becomes null.

    Examples
    --------
    >>> from mlestat.cli.writing import one_object
    >>> print(one_object({"x": float("nan"), "names": ("a",)}))
    {
      "x": null,
      "names": [
        "a"
      ]
    }
    """
    return json.dumps(_plain(content), indent=2, allow_nan=False, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if hasattr(value, "tolist"):  # NumPy scalars and arrays
        return _plain(value.tolist())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def check_target(path: str | None, *, force: bool, endings: Sequence[str] = ()) -> Path | None:
    """Refuse, before anything is computed, a file that could not be written afterwards.

    Raises
    ------
    FileError
        If the ending is unknown, the directory is missing, or the file is there already.
    """
    if path is None:
        return None
    target = Path(path)
    if endings and target.suffix.lower() not in endings:
        remedy = nearest(target.suffix.lower() or target.name, endings)
        raise FileError(f"cannot tell the kind of picture from {path!r}; {remedy}")
    if not target.absolute().parent.is_dir():
        raise FileError(f"there is no directory {str(target.parent)!r} for {target.name!r}; make it first")
    if target.exists() and not target.is_file():
        raise FileError(f"{path!r} is no regular file; name a file to write to")
    if target.exists() and not force:
        raise FileError(f"{path!r} exists already; choose another name, or replace it with --force")
    return target


def write_file(target: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all: a neighbour is written, then renamed."""
    neighbour = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        try:
            neighbour.write_bytes(content)
            neighbour.replace(target)
        finally:
            neighbour.unlink(missing_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FileError(f"{str(target)!r} cannot be written: {reason}; choose another directory") from None


def write_picture(target: Path, figure: Figure) -> None:
    """Save a figure in the format of the file's ending."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format=target.suffix[1:].lower(), dpi=DPI)
    write_file(target, buffer.getvalue())
