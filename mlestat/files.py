"""Files that are written: checked before anything is computed, and there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from mlestat.errors import FileError, nearest


def check_target(path: str | Path | None, *, force: bool, endings: Sequence[str] = ()) -> Path | None:
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
        raise FileError(f"cannot tell the kind of file from {str(path)!r}; {remedy}")
    if not target.absolute().parent.is_dir():
        raise FileError(f"there is no directory {str(target.parent)!r} for {target.name!r}; make it first")
    if target.exists() and not target.is_file():
        raise FileError(f"{str(path)!r} is no regular file; name a file to write to")
    if target.exists() and not force:
        raise FileError(f"{str(path)!r} exists already; choose another name, or replace it with --force (force=True)")
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
