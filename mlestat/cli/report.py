"""`mlestat report`: one self-contained page about one or more columns."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from mlestat.cli import reading, rows, writing
from mlestat.cli.rows import Parts
from mlestat.errors import InputError
from mlestat.files import check_target, write_file

if TYPE_CHECKING:
    from mlestat.reports.fit_report import FitReport, FitReports
    from mlestat.tables import Table

ENDINGS = (".html", ".md", ".json")


@click.command(short_help="Write a page about columns: fit, intervals, pictures, likelihood explorer.")
@reading.table_options
@rows.data_options
@click.option(
    "-f",
    "--family",
    metavar="NAME",
    shell_complete=reading.complete_family,
    help="Family to fit; by default the one with the lowest AIC of all that the data allow.",
)
@click.option("--fix", "fixed", multiple=True, metavar="NAME=VALUE", help="Hold a parameter; needs --family.")
@click.option(
    "--discrete/--continuous",
    default=None,
    help="Families to rank; by default discrete ones where all values are whole numbers.",
)
@click.option("--level", type=reading.SHARE, default=0.95, show_default=True, help="Of the intervals.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the simulated p-values.")
@click.option("-o", "--output", required=True, metavar="FILE", help="Where to write it (.html, .md or .json).")
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
def report(
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
    family: str | None,
    fixed: tuple[str, ...],
    discrete: bool | None,
    level: float,
    seed: int,
    output: str,
    force: bool,
    **how: Any,
) -> int:
    """Write a report about columns of FILE ("-" is standard input): data, ranking of families, estimates, goodness of
    fit, sigma intervals, pictures, and a likelihood explorer with sliders.

    An HTML report is one file that needs no other and asks for none. Without --column, every column of numbers has a
    part of its own, after an index.

    \b
    Examples:
      mlestat report measurements.csv --column speed --continuous -o speed.html
      mlestat report lifetimes.csv --column hours --family weibull -o hours.html
      mlestat report table.csv -o all.html --force
      mlestat report table.csv -c x -f normal -o x.json

    Exits with 3 if a likelihood has no finite maximum, with 2 if a column could not be reported; what is known is
    written all the same.
    """  # noqa: D205, D301 - click wants the character \b and joins the lines
    if fixed and family is None:
        raise InputError("--fix holds a parameter of one family; name it with --family")
    model, by_row = (None, {}) if family is None else reading.model_of(family, fixed)
    parts = Parts(event, low, high, bins, entry, exit, weights, probability_weights, by_row)
    parts.check(columns)
    target = check_target(output, force=force, endings=ENDINGS)
    assert target is not None  # only no output has no target
    ends = [name for name in (low, high) if name is not None]
    table = reading.read(file, columns or ends, parts.columns, **how)
    names = ["low, high"] if ends else reading.columns_of(table, columns, parts.columns)
    report = partial(_report, table, parts, model, level=level, seed=seed, drop_missing=drop_missing, discrete=discrete)
    reports = _reports(table, names, report, lenient=not columns)
    from mlestat.reports.fit_report import written

    single = len(reports) == 1 and not reports.failed
    write_file(target, written(next(iter(reports.values())) if single else reports, target.suffix).encode())
    return _code(table, reports)


def _reports(table: Table, names: list[str], report: Callable[[str], FitReport], *, lenient: bool) -> FitReports:
    """Report each column; a column that nobody asked for by name may fail without stopping the others."""
    from mlestat.reports.fit_report import FitReports

    done: dict[str, FitReport] = {}
    failed: dict[str, str] = {}
    for name in reading.progress(names, "reporting"):
        try:
            done[name] = report(name)
        except InputError as error:
            if not lenient or len(names) == 1:
                raise
            failed[name] = str(error)
    return FitReports(done, failed, table.name)


def _report(
    table: Table,
    parts: Parts,
    model: Any,
    name: str,
    *,
    level: float,
    seed: int,
    drop_missing: bool,
    discrete: bool | None,
) -> FitReport:
    from mlestat.reports.chosen import best_fit
    from mlestat.reports.fit_report import FitReport

    taken = rows.take(table, name, parts, drop_missing=drop_missing)
    held = None if model is None else reading.held(model, taken.by_row)
    try:
        fit, ranking = best_fit(taken.sample, held, discrete)
    except InputError as error:
        raise reading.located(error, table, taken.called, taken.kept) from None
    return FitReport(fit, level, seed, ranking, taken.dropped)


def _code(table: Table, reports: FitReports) -> int:
    codes = [writing.complain(reason) for reason in reports.failed.values()]
    for name, found in reports.items():
        if not found.fit.verdict.finite:
            sentence = f"column {name!r} of {table.name}: {found.fit.verdict.sentence}"
            codes.append(writing.complain(sentence, writing.NO_MAXIMUM))
    return min(codes, default=0)  # bad input before a missing maximum
