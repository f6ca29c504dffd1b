"""`mlestat fit --by COLUMN`: one fit per group of rows, as a table or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mlestat.cli import reading, writing
from mlestat.errors import InputError
from mlestat.tables.streams import printable

if TYPE_CHECKING:
    from mlestat.cli.rows import Rows
    from mlestat.distributions.base import Distribution
    from mlestat.groups import GroupedFit
    from mlestat.tables import Table

TOLD = 20
"""Groups without a maximum whose sentences a terminal shows; JSON has all of them."""


def check(plot: str | None, model: Any) -> None:
    """Refuse what has no meaning for groups."""
    if plot is not None:
        raise InputError("--plot draws one fit; leave out --plot or --by")
    if reading.takes_rows(model):
        raise InputError(f"--by is for families of single numbers, not for {model.label}; leave it out")


def fit(
    table: Table,
    taken: Rows,
    model: Distribution,
    by: tuple[str, ...],
    *,
    covariance: str | None,
    threads: int | None,
) -> GroupedFit:
    """Fit each group of the rows that were taken; a key of several columns is a tuple."""
    from mlestat.fitting import fit as fit_model

    keys: Any = [table.frame[name].to_numpy()[taken.kept] for name in by]
    try:
        asked = reading.held(model, taken.by_row)
        key = keys[0] if len(by) == 1 else keys
        fits: GroupedFit = fit_model(asked, taken.sample, by=key, covariance=covariance, threads=threads)
        return fits
    except InputError as error:
        raise reading.located(error, table, taken.called, taken.kept) from None


def text(table: Table, taken: Rows, fits: GroupedFit, by: tuple[str, ...]) -> str:
    """Return the table of the groups, and why some have no maximum."""
    left_out = f", {taken.dropped} rows with missing values left out" if taken.dropped else ""
    named = " and ".join(printable(name) for name in by)
    head = f"{table.name}, {taken.title}, by {named}: {fits!r}{left_out}"
    frame = fits.to_frame()
    frame.index.names = list(by)
    failed = [name for name, good in zip(fits.names, fits.finite.tolist(), strict=True) if not good]
    told = [f"{printable(str(name))}: {fits.sentence(name)}" for name in failed[:TOLD]]
    more = [f"and {len(failed) - TOLD} more groups; --json has them all"] if len(failed) > TOLD else []
    shown = frame.to_string(float_format=lambda v: f"{v:.6g}")
    return "\n".join([head, "", shown, *([""] if told else []), *told, *more])


def content(taken: Rows, fits: GroupedFit, by: tuple[str, ...]) -> dict[str, Any]:
    """Return what JSON says of the groups."""
    return {"column": taken.name, "dropped": taken.dropped, "by": list(by), **fits.to_dict()}


def code(fits: GroupedFit) -> int:
    """Return 0, or 3 if a group has no maximum."""
    return 0 if bool(fits.finite.all()) else writing.NO_MAXIMUM


def show(table: Table, done: list[tuple[Rows, GroupedFit]], by: tuple[str, ...], *, as_json: bool) -> int:
    """Print the tables; return the exit code."""
    if as_json:
        records = [content(taken, fits, by) for taken, fits in done]
        click.echo(writing.one_object({"file": table.name, "fits": records}))
    else:
        click.echo("\n\n".join(text(table, taken, fits, by) for taken, fits in done))
    return max(code(fits) for _, fits in done)
