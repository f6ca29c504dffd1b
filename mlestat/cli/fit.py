"""`mlestat fit`: fit one family to one or more columns, and print or save what is known afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from mlestat.cli import reading, writing
from mlestat.cli.reading import take
from mlestat.errors import InputError
from mlestat.tables.streams import printable

if TYPE_CHECKING:
    from mlestat.distributions.base import Distribution
    from mlestat.result import Fit
    from mlestat.tables import Column, Table


@click.command(short_help="Fit a family to a column by maximum likelihood.")
@reading.table_options
@click.option(
    "-f",
    "--family",
    required=True,
    metavar="NAME",
    shell_complete=reading.complete_family,
    help="Family to fit, for example gamma; `mlestat families` lists them.",
)
@click.option("--fix", "fixed", multiple=True, metavar="NAME=VALUE", help="Hold a parameter; repeatable.")
@click.option(
    "--covariance",
    type=click.Choice(["observed", "expected", "sandwich"]),
    help="What the standard errors come from; by default observed, or expected for a family with corners.",
)
@click.option(
    "--level",
    type=reading.SHARE,
    default=0.95,
    show_default=True,
    help="Confidence level of the intervals.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--plot", metavar="FILE", help="Save the diagnostic plots (.png, .svg or .pdf).")
@click.option("--force", is_flag=True, help="Replace FILE of --plot if it exists.")
@click.option("--threads", type=click.IntRange(min=1), help="Threads to use; by default as many as help.")
def fit(
    file: str,
    columns: tuple[str, ...],
    weights: str | None,
    drop_missing: bool,
    family: str,
    fixed: tuple[str, ...],
    covariance: str | None,
    level: float,
    as_json: bool,
    plot: str | None,
    force: bool,
    threads: int | None,
    **how: Any,
) -> int:
    """Fit a family to a column of FILE ("-" is standard input) by maximum likelihood.

    FILE is CSV, TSV, Parquet or Excel. Without --column, it must have one column of numbers.

    \b
    Examples:
      mlestat fit lifetimes.csv --column hours --family weibull
      mlestat fit counts.csv --column count --weights freq --family poisson
      mlestat fit prices.csv --family student_t --fix df=4 --plot fit.png
      mlestat fit survey.xlsx --sheet 2024 --column income --family lognormal --drop-missing
      cut -f 3 table.tsv | mlestat fit - --family gamma --json

    Exits with 3 if the likelihood has no finite maximum; what is known is printed all the same.
    """  # noqa: D301 - click wants the character \b
    model = reading.model_of(family, fixed)
    target = writing.check_target(plot, force=force, endings=writing.PICTURES)
    table = reading.read(file, columns, weights, **how)
    names = reading.only_column(table, columns, weights)
    if target is not None and len(names) > 1:
        raise InputError(f"--plot draws one column, got {len(names)}; name one with --column")
    results = [
        _fit_column(table, take(table, name, weights, drop_missing=drop_missing), model, covariance, threads)
        for name in reading.progress(names, "fitting")
    ]
    click.echo(_json(table, results, level) if as_json else _text(table, results, level))
    if target is not None:
        writing.write_picture(target, results[0].fit.plot())
    return max(_verdict_code(result, table) for result in results)


@dataclass(frozen=True)
class _Fitted:
    """A column with its fit."""

    column: Column
    fit: Fit

    def text(self, table: Table, level: float) -> str:
        """Return what the terminal says of the column."""
        from mlestat.reports.summary import summary

        left_out = f", {self.column.dropped} rows with missing values left out" if self.column.dropped else ""
        head = f"{table.name}, column {printable(self.column.name)}, n = {self.fit.n:g}{left_out}"
        return f"{head}\n\n{summary(self.fit, level)}"

    def content(self, level: float) -> dict[str, Any]:
        """Return what JSON says of the column; its intervals are of the level that was asked for."""
        intervals = {name: list(self.fit.interval(name, level)) for name in self.fit.free}
        return {
            **self.fit.to_dict(),
            "column": self.column.name,
            "dropped": self.column.dropped,
            "level": level,
            "intervals": intervals,
        }


def _fit_column(
    table: Table, column: Column, model: Distribution, covariance: str | None, threads: int | None
) -> _Fitted:
    from mlestat.fitting import fit as fit_model
    from mlestat.sample import Sample

    try:
        sample = Sample(column.values, weights=column.weights, missing="drop", name=column.name)
        return _Fitted(column, fit_model(model, sample, covariance=covariance, strict=False, threads=threads))
    except InputError as error:
        raise reading.located(error, table, column.name) from None


def _text(table: Table, results: list[_Fitted], level: float) -> str:
    return "\n\n".join(result.text(table, level) for result in results)


def _json(table: Table, results: list[_Fitted], level: float) -> str:
    return writing.one_object({"file": table.name, "fits": [result.content(level) for result in results]})


def _verdict_code(result: _Fitted, table: Table) -> int:
    verdict = result.fit.verdict
    if verdict.finite:
        return 0
    return writing.complain(f"column {result.column.name!r} of {table.name}: {verdict.sentence}", writing.NO_MAXIMUM)
