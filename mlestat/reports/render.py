"""What a sigma report says: its page, its dictionary, its data frame. It computes nothing new."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from mlestat.reports.bands import Band
from mlestat.reports.estimates import estimate_row
from mlestat.reports.outlook import Limits, percent
from mlestat.reports.pages import (
    Page,
    Section,
    Table,
    count,
    number,
    p_value,
    plain,
    to_html,
    to_json,
    to_markdown,
    to_text,
)

if TYPE_CHECKING:
    import pandas as pd

    from mlestat.reports.sigma import SigmaReport, SigmaReports

__all__ = [
    "sigma_dict",
    "sigma_frame",
    "sigma_frames",
    "sigma_page",
    "sigma_pages",
    "to_html",
    "to_json",
    "to_markdown",
    "to_text",
]

SHOWN = 8
"""How many rows outside a band are written out; the data hold them all."""


def sigma_page(report: SigmaReport) -> Page:
    """Return the page of one report."""
    title = "Sigma report" if report.column is None else f"Sigma report: {report.column}"
    return Page(title, _sections(report, 2))


def sigma_pages(reports: SigmaReports) -> Page:
    """Return one page with all reports of a table, and what failed."""
    overview = Table(
        ("column", "family", "n", "mean", "sigma", "sample_sd", "verdict"),
        tuple(_overview_row(name, report) for name, report in reports.items()),
    )
    sections = [Section("Columns", tables=(overview,) if reports else ())]
    if reports.failed:
        sections.append(Section("Not reported", facts=tuple(reports.failed.items())))
    for name, report in reports.items():
        sections += [Section(name, level=2), *_sections(report, 3)]
    return Page("Sigma reports", tuple(sections))


def _overview_row(name: str, report: SigmaReport) -> tuple[str, ...]:
    s = report.sigma
    family = report.fit.model.label
    numbers = (number(report.mean, s), number(s), number(report.sample_sd))
    return (name, family, count(report.n), *numbers, report.fit.verdict.kind)


def _sections(report: SigmaReport, level: int) -> tuple[Section, ...]:
    sections = [Section("", facts=_facts(report)), _estimates(report, level)]
    if report.bands:
        sections.append(_bands(report, level))
    sections += [_outlook(report, level), Section("Notes", sentences=report.notes, level=level)]
    return tuple(sections)


def _facts(report: SigmaReport) -> tuple[tuple[str, str], ...]:
    fit = report.fit
    rows = "" if report.rows == report.n else f" in {report.rows} rows"
    error = "one value has no standard error" if report.mean_se is None else f"standard error {number(report.mean_se)}"
    missing = f", {report.dropped} missing left out" if report.dropped else ""
    return (
        ("family", fit.model.label),
        ("n", f"{count(report.n)}{rows}{missing}"),
        ("mean", f"{number(report.mean, report.mean_se)} ({error})"),
        ("sigma", f"{number(report.sigma)} (maximum likelihood, divisor n)"),
        ("sample_sd", f"{number(report.sample_sd)} (divisor n - 1)"),
        ("log-likelihood", number(fit.loglik, digits=8)),
        ("verdict", str(fit.verdict)),
    )


def _estimates(report: SigmaReport, level: int) -> Section:
    headers = ("parameter", "estimate", "std. error", f"{percent(report.confidence)} from", "to")
    return Section("Estimates", tables=(Table(headers, tuple(map(estimate_row, report.estimates))),), level=level)


def _bands(report: SigmaReport, level: int) -> Section:
    interval = f"{percent(report.confidence)} (Wilson)"
    headers = ("", "lower", "upper", "expected", "observed", interval, "inside", "below", "above", "p-value")
    rows = tuple(_band_row(band, report.sigma) for band in report.bands)
    outside = tuple((f"outside ±{band.k:g} sigma", _outside(band, report.sigma)) for band in report.bands)
    return Section("Sigma intervals", tables=(Table(headers, rows),), facts=outside, level=level)


def _band_row(band: Band, scale: float) -> tuple[str, ...]:
    return (
        f"±{band.k:g} sigma",
        number(band.lower, scale),
        number(band.upper, scale),
        _share(band.expected, band.expected_outside),
        f"{100 * band.share:.2f}%",
        f"{100 * band.share_low:.2f} to {100 * band.share_high:.2f}%",
        count(band.inside),
        count(band.below),
        count(band.above),
        p_value(band.p_value),
    )


def _share(inside: float, outside: float) -> str:
    """Write a share as a percentage with as many decimals as show two digits of what is missing to 100 %.

    Examples
    --------
    >>> from mlestat.reports.render import _share
    >>> _share(0.6826894921370859, 0.3173105078629141), _share(0.9999999980268246, 1.9731752900753963e-09)
    ('68.2689%', '99.99999980%')
    >>> _share(1.0, 2.257e-19)
    '1 - 2.3e-19'
    """
    if outside < 1e-12:
        return f"1 - {outside:.2g}"
    decimals = max(4, 1 - math.floor(math.log10(100.0 * outside)))
    return f"{100.0 * inside:.{decimals}f}%"


def _outside(band: Band, scale: float) -> str:
    if not band.rows.size:
        return "none"
    furthest = np.argsort(-np.abs(band.values - 0.5 * (band.lower + band.upper)), kind="stable")[:SHOWN]
    chosen = np.sort(furthest)
    listed = ", ".join(f"{band.rows[i]} ({number(float(band.values[i]), scale)})" for i in chosen)
    if band.rows.size > SHOWN:
        return f"{band.rows.size} rows, the {SHOWN} furthest out: {listed}"
    return f"rows {listed}" if band.rows.size > 1 else f"row {listed}"


def _outlook(report: SigmaReport, level: int) -> Section:
    return Section(
        "Where values are to be expected",
        facts=(
            ("tolerance interval", _limits(report.tolerance, report.sigma)),
            ("prediction interval", _limits(report.prediction, report.sigma)),
        ),
        level=level,
    )


def _limits(limits: Limits, scale: float) -> str:
    if limits.lower is None:
        return f"{limits.method}."
    ends = f"{number(limits.lower, scale)} to {number(limits.upper, scale)}"
    return f"{ends}. {limits.meaning} Method: {limits.method}."


COUNTS = ("inside", "below", "above")


def _whole(x: float) -> float:
    """Return a whole number as an integer: counts are read that way, sums of fractional weights are not."""
    return int(x) if x == round(x) else x


def sigma_dict(report: SigmaReport) -> dict[str, Any]:
    """Return the report as plain values."""
    fit = report.fit
    content: dict[str, Any] = plain(
        {
            "column": report.column,
            "family": fit.model.label,
            "n": _whole(report.n),
            "rows": report.rows,
            "dropped": report.dropped,
            "center": report.center,
            "mean": report.mean,
            "mean_se": report.mean_se,
            "sigma": report.sigma,
            "sample_sd": report.sample_sd,
            "loglik": fit.loglik,
            "verdict": {"kind": fit.verdict.kind, "sentence": fit.verdict.sentence},
            "estimates": {
                e.name: {"value": e.value, "se": e.se, "low": e.low, "high": e.high, "fixed": e.fixed}
                for e in report.estimates
            },
            "confidence": report.confidence,
            "content": report.content,
            "bands": [
                {**vars(band), **{name: _whole(getattr(band, name)) for name in COUNTS}} for band in report.bands
            ],
            "tolerance": vars(report.tolerance),
            "prediction": vars(report.prediction),
            "notes": report.notes,
        }
    )
    return content


BAND_COLUMNS = (
    "lower",
    "upper",
    "expected",
    "expected_outside",
    "share",
    "share_low",
    "share_high",
    "inside",
    "below",
    "above",
    "p_value",
)
"""Columns of the table, in order: fields of `Band`."""


def sigma_frame(report: SigmaReport) -> pd.DataFrame:
    """Return one row for each k."""
    import pandas as pd

    records = [[getattr(band, name) for name in BAND_COLUMNS] for band in report.bands]
    index = pd.Index([band.k for band in report.bands], name="k", dtype=float)
    return pd.DataFrame(records, columns=list(BAND_COLUMNS), index=index, dtype=float)


def sigma_frames(reports: SigmaReports) -> pd.DataFrame:
    """Return the rows of all columns, indexed by column and k."""
    import pandas as pd

    frames = [sigma_frame(report) for report in reports.values()]
    keys = [(name, k) for (name, report) in reports.items() for k in (band.k for band in report.bands)]
    index = pd.MultiIndex.from_tuples(keys, names=("column", "k")) if keys else None
    return (
        pd.concat(frames).set_axis(index)
        if index is not None
        else pd.DataFrame(columns=list(BAND_COLUMNS), dtype=float)
    )
