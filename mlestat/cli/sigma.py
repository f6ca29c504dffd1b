"""`mlestat sigma`: the sigma report of one or more columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mlestat.cli import reading, writing
from mlestat.cli.rows import Parts
from mlestat.errors import InputError, ParameterError
from mlestat.files import check_target, write_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

    from mlestat.reports.sigma import SigmaReport, SigmaReports
    from mlestat.tables import Table

MOST_PICTURED = 20  # columns; a longer figure could be neither read nor, from about 50 on, stored
INCHES = (8.0, 4.0)  # of one picture


@click.command(short_help="Report sigma, tolerance and prediction intervals of columns.")
@reading.table_options
@click.option(
    "-k",
    "--k",
    "widths",
    multiple=True,
    type=float,
    default=(1, 2, 3),
    show_default=True,
    metavar="K",
    help="Half-width in sigmas; may be repeated.",
)
@click.option(
    "-f",
    "--family",
    default="normal",
    show_default=True,
    metavar="NAME",
    shell_complete=reading.complete_family,
    help="Family that the limits come from.",
)
@click.option("--fix", "fixed", multiple=True, metavar="NAME=VALUE", help="Hold a parameter; repeatable.")
@click.option(
    "--confidence",
    type=reading.SHARE,
    default=0.95,
    show_default=True,
    help="Confidence level of all intervals.",
)
@click.option(
    "--content",
    type=reading.SHARE,
    default=0.95,
    show_default=True,
    help="Share of all values that the tolerance interval is to hold.",
)
@click.option("--text", "form", flag_value="text", default="text", help="Print text (the default).")
@click.option("--markdown", "form", flag_value="markdown", help="Print Markdown.")
@click.option("--html", "form", flag_value="html", help="Print one HTML page with its pictures.")
@click.option("--json", "form", flag_value="json", help="Print one JSON object.")
@click.option("-o", "--output", metavar="FILE", help="Write the report to FILE instead.")
@click.option("--plot", metavar="FILE", help="Save the plots with the bands (.png, .svg or .pdf).")
@click.option("--force", is_flag=True, help="Replace files that exist.")
def sigma(
    file: str,
    columns: tuple[str, ...],
    weights: str | None,
    drop_missing: bool,
    widths: tuple[float, ...],
    family: str,
    fixed: tuple[str, ...],
    confidence: float,
    content: float,
    form: str,
    output: str | None,
    plot: str | None,
    force: bool,
    **how: Any,
) -> int:
    """Report how many values of FILE ("-" is standard input) lie within ±k sigma, and how many should.

    Without --column, every column of numbers is reported. For a family other than the normal, ±k sigma
    stands for the central interval of the same probability.

    \b
    Examples:
      mlestat sigma measurements.csv
      mlestat sigma measurements.csv --column speed -k 1 -k 2 -k 3 -k 4.5 --plot speed.png
      mlestat sigma lifetimes.csv --column hours --family weibull --html -o hours.html
      mlestat sigma counts.csv --column count --weights freq --family poisson --json

    Exits with 3 if a likelihood has no finite maximum, with 2 if a column could not be reported; what is
    known is printed all the same.
    """  # noqa: D301 - click wants the character \b
    model, by_row = reading.model_of(family, fixed)
    if reading.takes_rows(model):
        raise InputError(f"a sigma report is for families of single numbers, not for {model.label}; use mlestat fit")
    if by_row:
        name, value = next(iter(by_row.items()))
        raise ParameterError(
            f"--fix {name} needs a number in a sigma report, got {value!r}; its limits belong to one distribution"
        )
    parts = Parts(weights=weights)
    parts.check(columns)
    options = {"family": model, "k": widths, "confidence": confidence, "content": content}
    page = check_target(output, force=force)
    picture = check_target(plot, force=force, endings=writing.PICTURES)
    table = reading.read(file, columns, parts.columns, **how)
    names = reading.columns_of(table, columns, parts.columns)
    if picture is not None and len(names) > MOST_PICTURED:
        raise InputError(f"--plot draws up to {MOST_PICTURED} columns, got {len(names)}; name some with --column")
    reports = _reports(table, names, weights, drop_missing, options, lenient=not columns)
    _deliver(_written(table, reports, form), page)
    if picture is not None and reports:
        writing.write_picture(picture, _figure(reports))
    return _code(table, reports)


def _reports(
    table: Table,
    names: list[str],
    weights: str | None,
    drop_missing: bool,
    options: Mapping[str, Any],
    *,
    lenient: bool,
) -> SigmaReports:
    """Report each column; a column that nobody asked for by name may fail without stopping the others."""
    from mlestat.reports.sigma import SigmaReports

    done: dict[str, SigmaReport] = {}
    failed: dict[str, str] = {}
    for name in reading.progress(names, "reporting"):
        try:
            done[name] = _report(table, name, weights, drop_missing, options)
        except InputError as error:
            if not lenient or len(names) == 1:
                raise
            failed[name] = str(error)
    return SigmaReports(done, failed)


def _report(
    table: Table, name: str, weights: str | None, drop_missing: bool, options: Mapping[str, Any]
) -> SigmaReport:
    from dataclasses import replace

    from mlestat.reports.sigma import sigma_report

    column = reading.take(table, name, weights, drop_missing=drop_missing)
    try:
        report = sigma_report(column.values, weights=column.weights, missing="drop", **options)
    except InputError as error:
        raise reading.located(error, table, f"column {name!r}", column.kept) from None
    named: SigmaReport = replace(report, column=name)
    return named


def _written(table: Table, reports: SigmaReports, form: str) -> str:
    only = next(iter(reports.values())) if len(reports) == 1 and not reports.failed else reports
    if form == "json":
        return writing.one_object({"file": table.name, **reports.to_dict()})
    if form == "markdown":
        return only.to_markdown()
    if form == "html":
        return only.to_html()
    return f"{table.name}\n\n{only}"


def _deliver(text: str, page: Any) -> None:
    if page is None:
        click.echo(text.rstrip("\n"))
    else:
        write_file(page, (text.rstrip("\n") + "\n").encode())


def _figure(reports: SigmaReports) -> Figure:
    """Draw both pictures of every column, one below the other: their titles need the width."""
    from matplotlib.figure import Figure

    width, height = INCHES
    figure = Figure(figsize=(width, 2 * height * len(reports)), layout="constrained")
    axes = figure.subplots(2 * len(reports), 1)
    for i, report in enumerate(reports.values()):
        report.plot(axes[2 * i])
        report.plot_sequence(axes[2 * i + 1])
    for line in (line for ax in axes for line in ax.lines):
        # matplotlib gives a line without points a box in the corner of the page, and would leave room for it
        line.set_in_layout(len(line.get_xdata()) > 0)
    return figure


def _code(table: Table, reports: SigmaReports) -> int:
    codes = [writing.complain(reason) for reason in reports.failed.values()]
    for name, report in reports.items():
        verdict = report.fit.verdict
        if not verdict.finite:
            sentence = f"column {name!r} of {table.name}: {verdict.sentence}"
            codes.append(writing.complain(sentence, writing.NO_MAXIMUM))
    return min(codes, default=0)  # bad input before a missing maximum
