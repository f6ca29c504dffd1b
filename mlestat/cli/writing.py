"""What commands write: lines for a terminal, JSON, and files that appear whole or not at all."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mlestat.files import write_file

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


def write_picture(target: Path, figure: Figure) -> None:
    """Save a figure in the format of the file's ending."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format=target.suffix[1:].lower(), dpi=DPI)
    write_file(target, buffer.getvalue())
