"""`mlestat fit`: fit one family to one or more columns, and print or save what is known afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from mlestat.cli import by as grouped
from mlestat.cli import reading, rows, together, writing
from mlestat.cli.rows import Parts, Rows
from mlestat.errors import InputError
from mlestat.files import check_target

if TYPE_CHECKING:
    from mlestat.distributions.base import Distribution
    from mlestat.result import Fit
    from mlestat.tables import Table


@click.command(short_help="Fit a family to a column by maximum likelihood.")
@reading.table_options
@rows.data_options
@click.option(
    "-f",
    "--family",
    required=True,
    metavar="MODEL",
    shell_complete=reading.complete_family,
    help="Family to fit, for example gamma, or 'truncated(gamma, lower=1)'; `mlestat families` lists them.",
)
@click.option(
    "--fix",
    "fixed",
    multiple=True,
    metavar="NAME=VALUE",
    help="Hold a parameter at a number, or at the number that a column has for each row; repeatable.",
)
@click.option(
    "--by",
    multiple=True,
    metavar="COLUMN",
    help="One fit per group of rows with equal values there, all at once; repeatable, for a key of several columns.",
)
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
    event: str | None,
    low: str | None,
    high: str | None,
    bins: str | None,
    entry: str | None,
    exit: str | None,
    probability_weights: str | None,
    family: str,
    fixed: tuple[str, ...],
    by: tuple[str, ...],
    covariance: str | None,
    level: float,
    as_json: bool,
    plot: str | None,
    force: bool,
    threads: int | None,
    **how: Any,
) -> int:
    """Fit a family to a column of FILE ("-" is standard input) by maximum likelihood.

    FILE is CSV, TSV, Parquet or Excel. Without --column, it must have one column of numbers. Families of rows
    (multivariate_normal, dirichlet, multinomial) take all columns together, and categorical a column of labels.

    \b
    Examples:
      mlestat fit lifetimes.csv --column hours --family weibull
      mlestat fit counts.csv --column count --weights freq --family poisson
      mlestat fit trial.csv --column days --event died --family weibull
      mlestat fit assay.csv --low from --high to --family lognormal
      mlestat fit losses.csv --column loss --family 'truncated(lognormal, lower=5)'
      mlestat fit wide.csv --column minutes --family 'mixture(normal, normal)'
      mlestat fit iris.csv --column length --column width --family multivariate_normal
      mlestat fit lifetimes.csv --column hours --family weibull --by plane
      mlestat fit prices.csv --family student_t --fix df=4 --plot fit.png
      mlestat fit survey.xlsx --sheet 2024 --column income --family lognormal --drop-missing
      cut -f 3 table.tsv | mlestat fit - --family gamma --json

    Exits with 3 if the likelihood, or that of a group, has no finite maximum; what is known is printed all the same.
    """  # noqa: D301 - click wants the character \b
    model, by_row = reading.model_of(family, fixed)
    parts = Parts(event, low, high, bins, entry, exit, weights, probability_weights, by_row)
    parts.check(columns)
    if by:
        grouped.check(plot, model)
    if reading.takes_rows(model):
        together.check(model, parts, plot=plot)
        table = reading.read(file, columns, parts.columns, **how)
        fitted = together.fit(
            table, model, columns, parts, drop_missing=drop_missing, covariance=covariance, threads=threads
        )
        results = [_Fitted(*fitted)]
        click.echo(_json(table, results, level) if as_json else _text(table, results, level))
        return _verdict_code(results[0], table)
    target = check_target(plot, force=force, endings=writing.PICTURES)
    ends = [name for name in (low, high) if name is not None]
    others = [*parts.columns, *by]
    table = reading.read(file, columns or ends, others, **how)
    names = ["low, high"] if ends else reading.only_column(table, columns, others)
    if target is not None and len(names) > 1:
        raise InputError(f"--plot draws one column, got {len(names)}; name one with --column")
    if by:
        taken = [rows.take(table, name, parts, drop_missing=drop_missing) for name in names]
        done = [(r, grouped.fit(table, r, model, by, covariance=covariance, threads=threads)) for r in taken]
        return grouped.show(table, done, by, as_json=as_json)
    results = [
        _fit_rows(table, rows.take(table, name, parts, drop_missing=drop_missing), model, covariance, threads)
        for name in reading.progress(names, "fitting")
    ]
    click.echo(_json(table, results, level) if as_json else _text(table, results, level))
    if target is not None:
        writing.write_picture(target, results[0].fit.plot())
    return max(_verdict_code(result, table) for result in results)


@dataclass(frozen=True)
class _Fitted:
    """Rows with their fit."""

    rows: Rows
    fit: Fit

    def text(self, table: Table, level: float) -> str:
        """Return what the terminal says of the rows."""
        from mlestat.reports.summary import summary

        left_out = f", {self.rows.dropped} rows with missing values left out" if self.rows.dropped else ""
        head = f"{table.name}, {self.rows.title}, n = {self.fit.n:g}{left_out}"
        return f"{head}\n\n{summary(self.fit, level)}"

    def content(self, level: float) -> dict[str, Any]:
        """Return what JSON says of the rows; its intervals are of the level that was asked for."""
        intervals = {name: list(self.fit.interval(name, level)) for name in self.fit.free}
        return {
            **self.fit.to_dict(),
            "column": self.rows.name,
            "dropped": self.rows.dropped,
            "level": level,
            "intervals": intervals,
        }


def _fit_rows(table: Table, taken: Rows, model: Distribution, covariance: str | None, threads: int | None) -> _Fitted:
    from mlestat.fitting import fit as fit_model

    try:
        model = reading.held(model, taken.by_row)
        return _Fitted(taken, fit_model(model, taken.sample, covariance=covariance, strict=False, threads=threads))
    except InputError as error:
        raise reading.located(error, table, taken.called, taken.kept) from None


def _text(table: Table, results: list[_Fitted], level: float) -> str:
    return "\n\n".join(result.text(table, level) for result in results)


def _json(table: Table, results: list[_Fitted], level: float) -> str:
    return writing.one_object({"file": table.name, "fits": [result.content(level) for result in results]})


def _verdict_code(result: _Fitted, table: Table) -> int:
    verdict = result.fit.verdict
    if verdict.finite:
        return 0
    return writing.complain(f"{result.rows.called} of {table.name}: {verdict.sentence}", writing.NO_MAXIMUM)
