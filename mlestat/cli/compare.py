"""`mlestat compare`: rank families on one or more columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mlestat.cli import reading, writing
from mlestat.cli.reading import take
from mlestat.errors import InputError
from mlestat.tables.streams import printable

if TYPE_CHECKING:
    from mlestat.inference.selection import Comparison
    from mlestat.sample import Sample
    from mlestat.tables import Table


@click.command(short_help="Rank families on a column by AIC or another criterion.")
@reading.table_options
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
      mlestat compare counts.csv --column count --weights freq --goodness chisq
      mlestat compare prices.csv --folds 10 --plot shape.png --json
    """  # noqa: D301 - click wants the character \b
    options = {name: how.pop(name) for name in ("sheet", "format_", "no_header", "decimal")}
    target = writing.check_target(plot, force=force, endings=writing.PICTURES)
    table = reading.read(file, columns, weights, **options)
    names = reading.only_column(table, columns, weights)
    if target is not None and len(names) > 1:
        raise InputError(f"--plot draws one column, got {len(names)}; name one with --column")
    chosen = [name.strip() for text in families for name in text.split(",") if name.strip()] or None
    compared = []
    for name in names:
        column = take(table, name, weights, drop_missing=drop_missing)
        compared.append((column, *_compare(table, column, chosen, how)))
    click.echo(_json(table, compared) if as_json else "\n\n".join(_text(table, *one) for one in compared))
    if target is not None:
        from mlestat.plots import cullen_frey

        _, sample, result = compared[0]
        axes = cullen_frey(sample, seed=how["seed"], discrete=result.best.model.discrete)
        writing.write_picture(target, axes.figure)  # type: ignore[arg-type]


def _compare(table: Table, column: Any, chosen: list[str] | None, how: dict[str, Any]) -> tuple[Sample, Comparison]:
    from mlestat.inference.selection import compare as compare_families
    from mlestat.sample import Sample

    try:
        sample = Sample(column.values, weights=column.weights, missing="drop", name=column.name)
        return sample, compare_families(sample, chosen, **how)
    except InputError as error:
        raise reading.located(error, table, column.name) from None


def _text(table: Table, column: Any, sample: Sample, result: Comparison) -> str:
    left_out = f", {column.dropped} rows with missing values left out" if column.dropped else ""
    return f"{table.name}, column {printable(column.name)}, n = {sample.n:g}{left_out}\n\n{result}"


def _json(table: Table, compared: list[tuple[Any, Sample, Comparison]]) -> str:
    records = [{"column": column.name, "dropped": column.dropped, **result.to_dict()} for column, _, result in compared]
    return writing.one_object({"file": table.name, "comparisons": records})
