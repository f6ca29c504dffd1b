"""Which family fits, and how well: what `mlestat.compare` and `Fit.goodness` found, as sections of a report."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mlestat.distributions.base import Distribution
from mlestat.errors import DataError, MlestatError
from mlestat.fitting import fit
from mlestat.inference.selection import Comparison, compare
from mlestat.reports.pages import Section, Table, number, p_value, plain
from mlestat.sample import Sample

if TYPE_CHECKING:
    from mlestat.inference.goodness import Goodness
    from mlestat.result import Fit

ALWAYS = ("k", "loglik", "aic", "aicc", "bic", "delta", "weight")
"""Columns of a ranking; others where they were computed."""

WHERE_COMPUTED = ("cv", "p_value", "frequency")

DIGITS = {"loglik": 8, "aic": 8, "aicc": 8, "bic": 8, "weight": 3, "delta": 4}


def best_fit(sample: Sample, model: Distribution | None, discrete: bool | None = None) -> tuple[Fit, Comparison | None]:
    """Return the fit of a model; without one the best of all families that the data allow, with their ranking."""
    if model is not None:
        return fit(model, sample, strict=False), None
    found = compare(sample, discrete=discrete)
    if not found.candidates:
        raise DataError(f"no family could be fitted to these {sample.rows} rows; name one to see why")
    return found.best, found


def tests_of(fit: Fit, seed: int) -> Goodness | str:
    """Return the tests of fit, or a sentence why there are none."""
    try:
        return fit.goodness(seed=seed)
    except MlestatError as error:
        return str(error)


def ranking_section(ranking: Comparison) -> Section:
    """Return the ranking as a section: a line for each family, and why others have none."""
    records = ranking.table
    names = [*ALWAYS, *(n for n in WHERE_COMPUTED if any(not math.isnan(r[n]) for r in records))]
    headers = ("family", *(name.replace("_", " ") for name in names), "remark")
    rows = tuple(_ranked(record, names) for record in records)
    if not any(row[-1] for row in rows):
        headers, rows = headers[:-1], tuple(row[:-1] for row in rows)
    criterion = ranking.criterion.upper()
    note = f"Ranked by {criterion}, the smaller the better; delta is the distance to the best, weight Akaike's."
    failed = tuple((str(name), f"not compared: {reason}") for name, reason in ranking.failed.items())
    title = "Ranking of families"
    return Section(title, facts=failed, tables=(Table(headers, rows),), sentences=(note, *ranking.notes))


def _ranked(record: Mapping[str, Any], names: Sequence[str]) -> tuple[str, ...]:
    marks = [*(["tied with the best"] if record["tied"] else []), *([record["note"]] if record["note"] else [])]
    cells = (number(float(record[name]), digits=DIGITS.get(name, 6)) for name in names)
    return (record["family"], *cells, "; ".join(marks))


def goodness_section(found: Goodness | str) -> Section:
    """Return the tests of fit as a section."""
    title = "Goodness of fit"
    if isinstance(found, str):
        return Section(title, sentences=(found,))
    rows = tuple(
        (
            t.label,
            number(t.statistic),
            p_value(None if math.isnan(t.p_value) else t.p_value),
            _error(t.p_error),
            t.source,
        )
        for t in found.tests
    )
    headers = ("statistic", "value", "p-value", "Monte-Carlo error", "p-value from")
    notes = ["A small p-value says that the family does not describe the data."]
    if found.simulations:
        notes.append(f"Each of {found.simulations} replicates was fitted anew; seed {found.seed}.")
    if found.failed:
        notes.append(f"{found.failed} replicates had no maximum and are left out.")
    return Section(title, tables=(Table(headers, rows),), sentences=tuple(notes))


def _error(value: float) -> str:
    return "-" if not value > 0.0 else f"{value:.1g}"


def as_dict(result: Any) -> Any:
    """Return a result for JSON; a sentence why there is none as its reason."""
    return None if result is None else {"reason": result} if isinstance(result, str) else plain(result.to_dict())
