"""What commands read: the options that every command with a FILE shares, and the columns they choose."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar, cast

import click

from mlestat.errors import ColumnError, DataError, InputError, ParameterError, UnknownNameError, nearest
from mlestat.tables.files import FORMATS, Table, read_table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlestat.distributions.base import Distribution
    from mlestat.tables.frames import Column

Command = TypeVar("Command", bound=Callable[..., Any])
Item = TypeVar("Item")

EXAMPLE = "multivariate_normal(mean=[0, 0])"

BIG_FILE = 20_000_000  # bytes; smaller files are read before a progress bar could be seen


class _Share(click.FloatRange):
    """A number between 0 and 1, both excluded; click's own range lets NaN through."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        return number if number == number else self.fail("nan is not in the range 0<x<1.", param, ctx)


SHARE = _Share(0, 1, min_open=True, max_open=True)


def table_options(command: Command) -> Command:
    """Add the FILE argument and the options that say how to read it."""
    options = [
        click.argument("file", metavar="FILE"),
        click.option(
            "-c",
            "--column",
            "columns",
            multiple=True,
            metavar="NAME",
            shell_complete=complete_column,
            help="Column to use; may be repeated.",
        ),
        click.option(
            "-w",
            "--weights",
            metavar="NAME",
            shell_complete=complete_column,
            help="Column of frequency weights.",
        ),
        click.option("--drop-missing", is_flag=True, help="Leave out rows in which something is missing."),
        click.option("--sheet", metavar="NAME", help="Sheet of an Excel file; the first by default."),
        click.option("--format", "format_", type=click.Choice(FORMATS), help="Told from FILE by default."),
        click.option("--no-header", is_flag=True, help="There is no line of names; columns are 1, 2, …"),
        click.option("--decimal", type=click.Choice([".", ","]), help="Decimal mark of a text file."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def read(
    file: str,
    columns: Sequence[str],
    others: Sequence[str],
    *,
    sheet: str | None,
    format_: str | None,
    no_header: bool,
    decimal: str | None,
) -> Table:
    """Read the columns that are needed: those named with the others, or all."""
    needed = list(dict.fromkeys([*columns, *others])) if columns else None
    return read_table(
        file, columns=needed, sheet=sheet, format=format_, header=not no_header, decimal=decimal, watch=_watch
    )


def columns_of(table: Table, columns: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return the columns to report: those named, or every column of numbers that has no other part."""
    if columns:
        return list(dict.fromkeys(columns))
    names = [str(name) for name in table.frame.columns if name not in others]
    numeric = [name for name in table.numeric_columns() if name not in others]
    if not numeric and len(names) == 1:
        return names  # reading it as numbers says which value is none
    if not numeric:
        raise DataError(f"{table.name} has no column of numbers; {nearest('', names)}")
    return numeric


def only_column(table: Table, columns: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return the columns named, or the one column of numbers; several need a choice."""
    found = columns_of(table, columns, others)
    if len(found) > 1 and not columns:
        raise ColumnError(
            f"{table.name} has {len(found)} columns of numbers; choose with --column: {nearest('', found)}"
        )
    return found


def take(table: Table, name: str, weights: str | None, *, drop_missing: bool) -> Column:
    """Take one column, checked."""
    return table.column(name, weights=weights, missing="drop" if drop_missing else "raise")


def takes_rows(model: object) -> bool:
    """Return whether the model is of rows of several numbers, or of labels."""
    from mlestat.distributions.multivariate import VectorDistribution

    return isinstance(model, VectorDistribution)


def model_of(family: str, fixed: Iterable[str] = ()) -> tuple[Any, dict[str, str]]:
    """Return the model that the text writes, with the numbers of ``--fix name=value`` held.

    Where the value is no number it is a column; these come back by the name of their parameter.
    """
    from mlestat.distributions.notation import written

    model: Any = written(family)
    if takes_rows(model) and (fixed := tuple(fixed)):
        raise ParameterError(
            f"--fix holds a single number, and the parameters of {model.label} are vectors; write them in the family: "
            f"--family '{EXAMPLE}'"
        )
    values, columns = dict[str, float](), dict[str, str]()
    for text in fixed:
        name, value = _fixed(text, model)
        if isinstance(value, float):
            values[name] = value
        else:
            columns[name] = value
    return held(model, values), columns


def held(model: Distribution, values: Mapping[str, Any]) -> Distribution:
    """Return the model with these parameters held, checked."""
    from mlestat.distributions.base import check_parameter

    for name, value in values.items():
        check_parameter(name, value, model.roles[name])
    return model.with_values(values)


def _fixed(text: str, model: Distribution) -> tuple[str, float | str]:
    names = list(model.roles)
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not value:
        raise ParameterError(f"--fix needs NAME=VALUE, got {text!r}; write --fix {names[0]}=1, for example")
    if name not in names:
        raise UnknownNameError(f"{model.label} has no parameter {name!r}; {nearest(name, names)}")
    try:
        return name, float(value)
    except ValueError:
        return name, value


def located(error: InputError, table: Table, called: str, kept: NDArray[np.intp]) -> InputError:
    """Return an error of the same type that also says what column it is about, and the line in place of an index.

    `kept` says where the rows that were checked stand in the table.
    """

    def place(found: re.Match[str]) -> str:
        return table.where.row(int(kept[int(found[1])]))

    return type(error)(f"{called} of {table.name}: {re.sub(r'index ([0-9]+)', place, str(error))}")


def progress(items: Sequence[Item], what: str) -> Iterable[Item]:
    """Show a bar over items that take long, on a terminal alone."""
    if len(items) < 2 or not sys.stderr.isatty():
        return items
    from tqdm import tqdm

    return cast("Iterable[Item]", tqdm(items, desc=what, delay=0.5, leave=False))


def _watch(stream: BinaryIO, size: int) -> BinaryIO:
    if size < BIG_FILE or not sys.stderr.isatty():
        return stream
    return cast("BinaryIO", _Counted(stream, size))


class _Counted(io.BufferedIOBase):
    """A stream that moves a progress bar as it is read."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        from tqdm import tqdm

        self._stream = stream
        self._bar = tqdm(total=size, desc="reading", unit="B", unit_scale=True, delay=0.5, leave=False)

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        chunk = self._stream.read(-1 if size is None else size)
        self._bar.update(len(chunk))
        return chunk

    read1 = read

    def close(self) -> None:
        self._bar.close()
        super().close()


def complete_column(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Offer the columns of the file on the command line."""
    # click leaves the arguments unassigned where the last option still waits for its value
    file = context.params.get("file") or next(iter(context.args), "")
    try:
        names = read_table(str(file), sheet=context.params.get("sheet")).frame.columns
    except Exception:  # noqa: BLE001 - a completion that cannot help must be silent
        return []
    return [str(name) for name in names if str(name).startswith(incomplete)]


def complete_family(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Offer the names of the families and wrappers."""
    from mlestat.distributions import FAMILIES, VECTOR_FAMILIES, WRAPPERS

    return [name for name in (*FAMILIES, *VECTOR_FAMILIES, *WRAPPERS) if name.lower().startswith(incomplete.lower())]
