"""`mlestat compare`: rank families on one or more columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mlestat.cli import reading, rows, writing
from mlestat.cli.rows import Parts, Rows
from mlestat.errors import InputError
from mlestat.files import check_target

if TYPE_CHECKING:
    from mlestat.inference.selection import Comparison
    from mlestat.tables import Table


@click.command(short_help="Rank families on a column by AIC or another criterion.")
@reading.table_options
@rows.data_options
@click.option(
    "-f",
    "--families",
    multiple=True,
    metavar="NAMES",
    shell_complete=reading.complete_family,
    help="Families, separated by commas or repeated; by default all whose support holds the data.",
)
@click.option(
    "--criterion",
    type=click.Choice(["aic", "aicc", "bic", "cv"]),
    default="aic",
    show_default=True,
    help="What ranks them; cv is the held-out log score.",
)
@click.option("--discrete/--continuous", default=None, help="Whether whole numbers are counts; by default they are.")
@click.option("--folds", type=click.IntRange(min=0), default=0, help="Folds of the held-out log score.")
@click.option(
    "--goodness", type=click.Choice(["ks", "cvm", "ad", "chisq", "g2"]), help="Add p-values of this statistic."
)
@click.option(
    "--simulations", type=click.IntRange(min=19), default=199, show_default=True, help="Replicates of a p-value."
)
@click.option("--bootstrap", type=click.IntRange(min=0), default=0, help="Samples for the selection frequency.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of all that is drawn.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--plot", metavar="FILE", help="Save Cullen and Frey's picture (.png, .svg or .pdf).")
@click.option("--force", is_flag=True, help="Replace FILE of --plot if it exists.")
@click.option("--threads", type=click.IntRange(min=1), help="Threads to use; by default as many as help.")
def compare(
    file: str,
    columns: tuple[str, ...],
    weights: str | None,
    drop_missing: bool,
    event: str | None,
    low: str | None,
    high: str | None,
    bins: str | None,
    entry: str | None,
    exit: str | None,
    probability_weights: str | None,
    families: tuple[str, ...],
    as_json: bool,
    plot: str | None,
    force: bool,
    **how: Any,
) -> None:
    """Fit families to a column of FILE ("-" is standard input) and rank them.

    FILE is CSV, TSV, Parquet or Excel. Without --column, it must have one column of numbers.

    \b
    Examples:
      mlestat compare lifetimes.csv --column hours
      mlestat compare lifetimes.csv --column hours --families gamma,weibull,lognormal --criterion bic
      mlestat compare trial.csv --column days --event died --goodness ad
      mlestat compare counts.csv --column count --weights freq --goodness chisq
      mlestat compare prices.csv --folds 10 --plot shape.png --json
    """  # noqa: D301 - click wants the character \b
    options = {name: how.pop(name) for name in ("sheet", "format_", "no_header", "decimal")}
    parts = Parts(event, low, high, bins, entry, exit, weights, probability_weights)
    parts.check(columns)
    target = check_target(plot, force=force, endings=writing.PICTURES)
    ends = [name for name in (low, high) if name is not None]
    table = reading.read(file, columns or ends, parts.columns, **options)
    names = ["low, high"] if ends else reading.only_column(table, columns, parts.columns)
    if target is not None and len(names) > 1:
        raise InputError(f"--plot draws one column, got {len(names)}; name one with --column")
    chosen = _separated(families)
    compared = []
    for name in names:
        taken = rows.take(table, name, parts, drop_missing=drop_missing)
        compared.append((taken, _compare(table, taken, chosen, how)))
    click.echo(_json(table, compared) if as_json else "\n\n".join(_text(table, *one) for one in compared))
    if target is not None:
        from mlestat.plots import cullen_frey

        taken, result = compared[0]
        axes = cullen_frey(taken.sample, seed=how["seed"], discrete=result.best.model.discrete)
        writing.write_picture(target, axes.figure)  # type: ignore[arg-type]


def _separated(families: tuple[str, ...]) -> list[str] | None:
    """Split names at commas outside brackets, so that `truncated(gamma, lower=1)` stays whole."""
    names = [""]
    for text in families:
        depth = 0
        for c in text:
            depth += (c in "([") - (c in ")]")
            if c == "," and depth == 0:
                names.append("")
            else:
                names[-1] += c
        names.append("")
    return [name.strip() for name in names if name.strip()] or None


def _compare(table: Table, taken: Rows, chosen: list[str] | None, how: dict[str, Any]) -> Comparison:
    from mlestat.inference.selection import compare as compare_families

    try:
        return compare_families(taken.sample, chosen, **how)
    except InputError as error:
        raise reading.located(error, table, taken.called, taken.kept) from None


def _text(table: Table, taken: Rows, result: Comparison) -> str:
    left_out = f", {taken.dropped} rows with missing values left out" if taken.dropped else ""
    return f"{table.name}, {taken.title}, n = {result.n:g}{left_out}\n\n{result}"


def _json(table: Table, compared: list[tuple[Rows, Comparison]]) -> str:
    records = [{"column": taken.name, "dropped": taken.dropped, **result.to_dict()} for taken, result in compared]
    return writing.one_object({"file": table.name, "comparisons": records})
