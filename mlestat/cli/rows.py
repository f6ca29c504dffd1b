"""What is known about each row of a table: exact, censored, in an interval or a bin, truncated, weighted.

Columns (or numbers) play parts; here they are read, checked in the file's own terms (a line, not an index), and put
together as one `Sample`. What the parts mean for the likelihood is the sample's business.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mlestat.cli.reading import complete_column, located
from mlestat.errors import DataError, InputError
from mlestat.tables.frames import refuse, refuse_missing
from mlestat.tables.streams import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from mlestat.sample import Sample
    from mlestat.tables import Table

    Floats = NDArray[np.float64]

Command = TypeVar("Command", bound=Callable[..., Any])

EXCLUDE = (
    ("event", "low", "--event says that rows are exact or right-censored, an interval says so itself"),
    ("column", "low", "the rows are what lies between --low and --high"),
    ("bins", "weights", "the counts of the bins are the weights"),
    ("bins", "probability-weights", "the counts of the bins are frequencies"),
    ("weights", "probability-weights", "a row is so many rows, or stands for so many members of the population"),
)
"""Pairs of options that cannot stand together, and why."""


def data_options(command: Command) -> Command:
    """Add the options that say what is known about each row."""
    options = [
        _column_option("--event", "Column of 1 (or true) for exact rows, 0 (or false) for right-censored ones."),
        _column_option("--low", "Column of lower ends, with --high in place of --column; blank is open, equal exact."),
        _column_option("--high", "Column of upper ends."),
        _column_option("--bins", "Column of counts: rows are bins of a histogram from --low to --high."),
        _column_option("--entry", "Left truncation, a number or a column: rows could only be seen above it.", "X"),
        _column_option("--exit", "Right truncation, likewise: rows could only be seen up to it.", "X"),
        _column_option("--probability-weights", "Column of sampling weights of a survey (sandwich standard errors)."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def _column_option(name: str, text: str, metavar: str = "NAME") -> Callable[[Command], Command]:
    return click.option(name, metavar=metavar, shell_complete=complete_column, help=text)


@dataclass(frozen=True)
class Parts:
    """Which columns say what about a row; `entry` and `exit` may be numbers, `by_row` is of known parameters."""

    event: str | None = None
    low: str | None = None
    high: str | None = None
    bins: str | None = None
    entry: str | None = None
    exit: str | None = None
    weights: str | None = None
    probability_weights: str | None = None
    by_row: Mapping[str, str] = field(default_factory=dict)

    def check(self, columns: Iterable[str]) -> None:
        """Refuse options that contradict or need each other, and a column with two parts.

        Raises
        ------
        InputError
            In one sentence with the options.
        """
        given = {name.replace("_", "-"): value for name, value in vars(self).items()}
        given |= {"column": next(iter(columns), None), "low": self.low or self.high}
        for one, other, why in EXCLUDE:
            if given[one] is not None and given[other] is not None:
                raise InputError(f"--{one} and --{other} exclude each other: {why}; leave one out")
        if (self.low is None) != (self.high is None):
            missing, there = ("--high", "--low") if self.high is None else ("--low", "--high")
            raise InputError(f"{there} needs {missing}; name both columns, and leave an open end blank")
        if self.bins is not None and self.low is None:
            raise InputError("--bins needs --low and --high, the columns of the edges of each bin; name them")
        seen: dict[str, str] = {}
        for part, name in [*(("values", c) for c in columns), *self._named()]:
            if seen.setdefault(name, part) != part:
                raise InputError(f"column {name!r} cannot be both {seen[name]} and {part}; name another")

    def _named(self) -> Iterator[tuple[str, str]]:
        for name in ("event", "low", "high", "bins", "entry", "exit", "weights", "probability_weights"):
            value = getattr(self, name)
            if value is not None and number(value) is None:
                yield name.replace("_", " "), value
        yield from self.by_row.items()

    @property
    def columns(self) -> list[str]:
        """The columns beside those of values."""
        return [name for _, name in self._named()]


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of a table, ready to fit.

    Attributes
    ----------
    called : str
        The column, or the two with the ends, in a sentence.
    name : str
        The same as a label.
    sample : Sample
        The rows that are kept.
    dropped : int
        How many rows were left out because something is missing.
    by_row : dict of ndarray
        The value of known parameters for each row.
    kept : ndarray of int
        Where each row stands in the table.
    """

    called: str
    name: str
    sample: Sample
    dropped: int
    by_row: Mapping[str, NDArray[Any]]
    kept: NDArray[np.intp]

    @property
    def title(self) -> str:
        """What heads the report of these rows."""
        return f"{self.called.partition(' ')[0]} {printable(self.name)}"


def number(text: str) -> float | None:
    """Return the number that a text is, or None for a column's name."""
    try:
        return float(text)
    except ValueError:
        return None


def take(table: Table, name: str, parts: Parts, *, drop_missing: bool) -> Rows:
    """Take the rows: read every column that has a part, check it, and leave out what is missing if asked to.

    `name` is the column of values; it has no meaning for rows between two columns.
    """
    import numpy as np

    called = f"column {name!r}"
    if parts.low is not None:
        called, name = f"columns {parts.low!r} and {parts.high!r}", f"{parts.low}, {parts.high}"

    taking = _Taking(table, drop_missing)
    if parts.low is None:
        values = {"values": taking.column(name)}
        refuse(
            np.isinf(values["values"]), values["values"], f"values of {taking.called(name)} are infinite", table.where
        )
    else:
        values = taking.ends(parts.low, str(parts.high))
    if parts.event is not None:
        values["event"] = taking.event(parts.event)
    for key in ("weights", "probability_weights", "bins"):
        if (column := getattr(parts, key)) is not None:
            values[key] = taking.weights(column, "counts" if key == "bins" else "weights")
    for key in ("entry", "exit"):
        if (text := getattr(parts, key)) is not None:
            values[key] = taking.bound(text)
    by_row = {parameter: taking.column(column) for parameter, column in parts.by_row.items()}
    kept = taking.kept(values)
    chosen = {key: v if np.ndim(v) == 0 else v[kept] for key, v in values.items()}
    if parts.bins is not None:
        kept = kept[_bin_order(chosen, table, kept)]
    try:
        sample = _sample(name, chosen)
    except InputError as error:
        raise located(error, table, called, kept) from None
    return Rows(called, name, sample, taking.dropped, {n: v[kept] for n, v in by_row.items()}, kept)


class _Taking:
    """Reads columns and remembers which rows miss something."""

    def __init__(self, table: Table, drop_missing: bool) -> None:
        self.table, self.drop_missing = table, drop_missing
        self.lost: Any = False
        self.dropped = 0

    def parts(self, name: str, parts: Parts) -> dict[str, Any]:
        """Return a column for each part; a bound of truncation may be a number."""
        found = self.ends(parts.low, str(parts.high)) if parts.low is not None else {"values": self.values(name)}
        if parts.event is not None:
            found["event"] = self.event(parts.event)
        for key in ("weights", "probability_weights", "bins"):
            if (column := getattr(parts, key)) is not None:
                found[key] = self.weights(column, "counts" if key == "bins" else "weights")
        for key in ("entry", "exit"):
            if (text := getattr(parts, key)) is not None:
                found[key] = self.bound(text)
        return found

    def called(self, name: str) -> str:
        return f"column {name!r} of {self.table.name}"

    def column(self, name: str) -> NDArray[Any]:
        """Return a column in which nothing may be missing, unless such rows are left out."""
        import numpy as np

        values = self.table.numbers(name)
        if not self.drop_missing:
            refuse_missing(name, values, self.table.where)
        self.lost = self.lost | np.isnan(values)
        return values

    def values(self, name: str) -> NDArray[Any]:
        import numpy as np

        values = self.column(name)
        refuse(np.isinf(values), values, f"values of {self.called(name)} are infinite", self.table.where)
        return values

    def event(self, name: str) -> NDArray[Any]:
        import numpy as np

        values = self.column(name)
        bad = ~np.isnan(values) & ~np.isin(values, (0, 1))
        what = f"values of {self.called(name)} are neither 1 (observed) nor 0 (right-censored)"
        refuse(bad, values, what, self.table.where, "recode the column")
        return values

    def weights(self, name: str, what: str) -> NDArray[Any]:
        import numpy as np

        values = self.column(name)
        bad = np.isinf(values) | (values < 0)
        refuse(bad, values, f"{what} in {self.called(name)} are negative or infinite", self.table.where)
        return values

    def bound(self, text: str) -> Any:
        """Return a bound of truncation: a number, or a column in which a blank is an open end."""
        given = number(text)
        return self.table.numbers(text) if given is None else given

    def ends(self, low: str, high: str) -> dict[str, Any]:
        """Return the ends of intervals; a blank is an open end, two blanks are a missing row."""
        import numpy as np

        where, lo, hi = self.table.where, self.table.numbers(low), self.table.numbers(high)
        nothing = np.isnan(lo) & np.isnan(hi)
        called = f"{low!r} and {high!r} of {self.table.name}"
        if not self.drop_missing:
            remedy = f"fill one in, or leave these rows out with {where.drop}"
            refuse(nothing, lo, f"rows of columns {called} have neither end", where, remedy)
        refuse(lo > hi, lo, f"rows of columns {called} have low > high", where, "swap or correct them")
        self.lost = self.lost | nothing
        return {"low": lo.astype(np.float64), "high": hi.astype(np.float64)}

    def kept(self, values: Mapping[str, Any]) -> NDArray[np.intp]:
        """Return the rows to keep: nothing missing, and a weight unless all are 0."""
        import numpy as np

        rows = len(self.table.frame)
        lost = np.broadcast_to(self.lost, (rows,))
        self.dropped = int(lost.sum())
        if self.dropped == rows:
            raise DataError(
                f"all {rows} rows of {self.table.name} miss something that is needed; nothing is left to fit"
            )
        kept = ~lost
        for key in ("weights", "probability_weights", "bins"):
            if key in values and (values[key][kept] > 0).any():
                kept &= values[key] > 0
        return np.flatnonzero(kept)


def _bin_order(chosen: dict[str, Any], table: Table, kept: NDArray[np.intp]) -> NDArray[np.intp]:
    """Put bins in increasing order, open ends as infinities; refuse those that are empty or overlap."""
    import numpy as np

    chosen["low"] = np.where(np.isnan(chosen["low"]), -math.inf, chosen["low"])
    chosen["high"] = np.where(np.isnan(chosen["high"]), math.inf, chosen["high"])
    order = np.lexsort((chosen["high"], chosen["low"]))
    low, high = chosen["low"][order], chosen["high"][order]
    empty = np.append(low[1:] < high[:-1], False) | (low == high)
    if empty.any():
        at = int(empty.argmax())
        what = "has no width" if low[at] == high[at] else "overlaps the next one"
        place = table.where.row(int(kept[order[at]]))
        raise DataError(
            f"the bin from {low[at]:g} to {high[at]:g} at {place} of {table.name} {what}; "
            "bins must lie beside each other; for other intervals use --weights in place of --bins"
        )
    for key in ("low", "high", "bins"):
        chosen[key] = chosen[key][order]
    return order


def _sample(name: str, values: Mapping[str, Any]) -> Sample:
    from mlestat.sample import Sample

    more = {key: values[key] for key in ("weights", "probability_weights", "entry", "exit") if key in values}
    more["name"] = name
    if "bins" in values:
        return Sample.binned(*_edges_and_counts(values["low"], values["high"], values["bins"]), **more)
    if "low" in values:
        return Sample.intervals(values["low"], values["high"], **more)
    if "event" in values:
        return Sample.events(values["values"], values["event"], **more)
    return Sample(values["values"], **more)


def _edges_and_counts(low: Floats, high: Floats, counts: NDArray[Any]) -> tuple[Floats, Floats]:
    """Return one row of edges, with an empty bin in each gap.

    Examples
    --------
    >>> import numpy as np
    >>> edges, counts = _edges_and_counts(np.array([0.0, 3.0]), np.array([1.0, 4.0]), np.array([5, 6]))
    >>> edges.tolist(), counts.tolist()
    ([0.0, 1.0, 3.0, 4.0], [5.0, 0.0, 6.0])
    """
    import numpy as np

    edges = np.unique(np.concatenate((low, high)))
    filled = np.zeros(edges.size - 1)
    filled[np.searchsorted(edges, low)] = counts
    return edges, filled
