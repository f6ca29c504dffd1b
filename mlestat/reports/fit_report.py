"""`Fit.report`: everything that is known of a fit, as records, sections, pictures and the explorer's data.

Collects; how it looks is `document.py`'s business, and every number comes from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mlestat.errors import FileError, MlestatError
from mlestat.files import check_target, write_file
from mlestat.inference.intervals import Interval
from mlestat.reports import chosen
from mlestat.reports.estimates import estimates
from mlestat.reports.explorer import explorer
from mlestat.reports.pages import Page, Section, Table, count, number, plain, to_json, to_markdown
from mlestat.reports.pictures import Picture, pictures
from mlestat.reports.provenance import fingerprint, versions

if TYPE_CHECKING:
    from mlestat.inference.goodness import Goodness
    from mlestat.inference.selection import Comparison
    from mlestat.reports.records import SigmaReport
    from mlestat.result import Fit

ENDINGS = (".html", ".md", ".json")
"""How a report can be written."""


@dataclass(frozen=True, eq=False)
class FitReport:
    """A report of one fit.

    Attributes
    ----------
    fit : Fit
        What is reported.
    level : float
        Of all intervals.
    seed : int
        Of the simulations behind p-values.
    ranking : Comparison or None
        The comparison that the family was chosen by, if there was one.
    dropped : int
        Rows left out before the sample was made; those that it left out itself are added.

    Examples
    --------
    >>> import mlestat as mle
    >>> report = mle.fit(mle.Normal(), [9.0, 10.0, 11.0, 12.0]).report()
    >>> report.to_dict()["data"]["n"]
    4.0
    >>> report.to_html().startswith("<!doctype html>")
    True
    """

    fit: Fit
    level: float = 0.95
    seed: int = 0
    ranking: Comparison | None = None
    dropped: int = 0

    @property
    def title(self) -> str:
        """The column and the family."""
        name = self.fit.sample.name
        return self.fit.model.label if name is None else f"{name}: {self.fit.model.label}"

    @cached_property
    def profiles(self) -> dict[str, Interval | str]:
        """Profile-likelihood intervals by parameter, or a sentence why there is none."""
        return {name: self._profile(name) for name in self.fit.free}

    def _profile(self, name: str) -> Interval | str:
        try:
            return self.fit.interval(name, self.level, method="profile")
        except MlestatError as error:
            return str(error)

    @cached_property
    def goodness(self) -> Goodness | str:
        """The tests of fit, or a sentence why there are none."""
        return chosen.tests_of(self.fit, self.seed)

    @cached_property
    def sigma(self) -> SigmaReport | str:
        """The sigma intervals, or a sentence why there are none."""
        from mlestat.reports.sigma import sigma_report

        try:
            return sigma_report(self.fit, confidence=self.level)
        except MlestatError as error:
            return str(error)

    @cached_property
    def explorer(self) -> dict[str, Any] | None:
        """The data of the likelihood explorer."""
        return explorer(self.fit)

    @cached_property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures, to be drawn when they are needed."""
        return pictures(self.fit)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """What the page says, without pictures."""
        tests = chosen.goodness_section(self.goodness)
        found = [self._data(), self._ranking(), self._estimates(), tests, *self._sigma(), self._computed()]
        return tuple(section for section in found if section is not None)

    @property
    def page(self) -> Page:
        """The page as plain structure."""
        return Page(self.title, self.sections)

    def _data(self) -> Section:
        overview = self._overview()
        facts = [("rows", f"{overview['rows']}"), ("n", f"{count(overview['n'])} (sum of the weights)")]
        if overview["dropped"]:
            facts.append(("missing, left out", str(overview["dropped"])))
        facts += [(kind, str(rows)) for kind, rows in overview["kinds"].items() if len(overview["kinds"]) > 1]
        if overview["summary"]:
            values = overview["summary"]
            facts += [(name.replace("_", " "), number(values[name], values["sd"])) for name in values]
        return Section("Data", facts=tuple(facts))

    def _overview(self) -> dict[str, Any]:
        sample = self.fit.sample
        return {
            "column": sample.name,
            "rows": sample.rows,
            "n": sample.n,
            "dropped": sample.dropped + self.dropped,
            "kinds": sample.counts_by_kind(),
            "summary": describe(sample) if sample.complete else {},
        }

    def _ranking(self) -> Section | None:
        return None if self.ranking is None else chosen.ranking_section(self.ranking)

    def _estimates(self) -> Section:
        percent = f"{100 * self.level:g} %"
        headers = ("parameter", "estimate", "std. error", f"{percent} profile from", "to", f"{percent} Wald from", "to")
        rows = tuple(self._row(e) for e in estimates(self.fit, self.level))
        fit = self.fit
        facts = (
            ("family", fit.model.label),
            ("log-likelihood", number(fit.loglik, digits=10)),
            ("AIC, AICc, BIC", ", ".join(number(v, digits=8) for v in (fit.aic, fit.aicc, fit.bic))),
            ("covariance", fit.covariance),
            ("verdict", str(fit.verdict)),
        )
        reasons = tuple(f"{name}: {why}" for name, why in self.profiles.items() if isinstance(why, str))
        return Section("Estimates", tables=(Table(headers, rows),), facts=facts, sentences=reasons)

    def _row(self, e: Any) -> tuple[str, ...]:
        profile = self.profiles.get(e.name, "")
        low, high = (None, None) if isinstance(profile, str) else profile
        value = "one per row" if e.value is None else number(e.value, e.se)
        ends = (number(v, e.se) for v in (low, high, e.low, e.high))
        return (e.name, value, "fixed" if e.fixed else number(e.se), *ends)

    def _sigma(self) -> tuple[Section, ...]:
        if isinstance(self.sigma, str):
            return (Section("Sigma intervals", sentences=(self.sigma,)),)
        from mlestat.reports.render import sigma_page

        wanted = ("Sigma intervals", "Where values are to be expected", "Notes")
        return tuple(section for section in sigma_page(self.sigma).sections if section.title in wanted)

    def _computed(self) -> Section:
        facts = (
            *versions().items(),
            ("seed", str(self.seed)),
            ("SHA-256 of the data", fingerprint(self.fit.sample)),
        )
        return Section("How it was computed", facts=facts)

    def to_dict(self) -> dict[str, Any]:
        """Return everything that the page shows as plain values."""
        profiles = {
            name: {"reason": found} if isinstance(found, str) else {"low": found.low, "high": found.high}
            for name, found in self.profiles.items()
        }
        content: dict[str, Any] = plain(
            {
                "title": self.title,
                "data": self._overview(),
                "ranking": chosen.as_dict(self.ranking),
                "fit": self.fit.to_dict(),
                "level": self.level,
                "wald_intervals": {name: list(self.fit.interval(name, self.level)) for name in self.fit.free},
                "profile_intervals": profiles,
                "goodness": chosen.as_dict(self.goodness),
                "sigma": chosen.as_dict(self.sigma),
                "pictures": [{"title": p.title, "description": p.description} for p in self.pictures],
                "explorer": self.explorer,
                "computed": {**versions(), "seed": self.seed, "sha256": fingerprint(self.fit.sample)},
            }
        )
        return content

    def to_json(self, indent: int | None = 2) -> str:
        """Return `to_dict` as JSON; what is not finite becomes null."""
        return to_json(self.to_dict(), indent)

    def to_markdown(self) -> str:
        """Return the page as Markdown, pictures and explorer left out."""
        return to_markdown(self.page)

    def to_html(self) -> str:
        """Return the page as one self-contained HTML document."""
        from mlestat.reports.document import document

        return document(self.title, {"": self})

    def save(self, path: str | Path, *, force: bool = False) -> Path:
        """Write the report; the ending (.html, .md, .json) says how.

        The file appears whole or not at all.

        Raises
        ------
        FileError
            If the file is there already and `force` is False, or it cannot be written.
        """
        return save(self, path, force=force)

    def _repr_html_(self) -> str:
        return self.to_html()


@dataclass(frozen=True, eq=False)
class FitReports(Mapping[str, FitReport]):
    """Reports of several columns, by name; `failed` holds the reasons why others have none."""

    reports: Mapping[str, FitReport]
    failed: Mapping[str, str] = field(default_factory=dict)
    title: str = "Report"

    def __getitem__(self, name: str) -> FitReport:
        return self.reports[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.reports)

    def __len__(self) -> int:
        return len(self.reports)

    def to_dict(self) -> dict[str, Any]:
        """Return all reports as plain values."""
        return {"columns": {name: r.to_dict() for name, r in self.items()}, "failed": dict(self.failed)}

    def to_json(self, indent: int | None = 2) -> str:
        """Return `to_dict` as JSON."""
        return to_json(self.to_dict(), indent)

    def to_markdown(self) -> str:
        """Return one Markdown page: an index, then a part for each column."""
        from dataclasses import replace

        sections = list(self.index)
        for report in self.values():
            sections += [Section(report.title), *(replace(section, level=3) for section in report.sections)]
        return to_markdown(Page(self.title, tuple(sections)))

    @property
    def index(self) -> tuple[Section, ...]:
        """The overview: a row for each column, and what failed."""
        rows = tuple(_index_row(name, report) for name, report in self.items())
        sections = [Section("Columns", tables=(Table(("column", "family", "n", "log-likelihood", "verdict"), rows),))]
        if self.failed:
            sections.append(Section("Not reported", facts=tuple(self.failed.items())))
        return tuple(sections)

    def to_html(self) -> str:
        """Return one self-contained HTML document: an index, then a part for each column."""
        from mlestat.reports.document import document

        return document(self.title, self, self.index)

    def save(self, path: str | Path, *, force: bool = False) -> Path:
        """Write the reports; as `FitReport.save`."""
        return save(self, path, force=force)


def _index_row(name: str, report: FitReport) -> tuple[str, ...]:
    fit = report.fit
    return name, fit.model.label, count(fit.n), number(fit.loglik, digits=8), fit.verdict.kind


def save(report: FitReport | FitReports, path: str | Path, *, force: bool) -> Path:
    """Check the target before anything is computed, then write it whole."""
    target = check_target(path, force=force, endings=ENDINGS)
    assert target is not None
    write_file(target, written(report, target.suffix).encode())
    return target


def written(report: FitReport | FitReports, ending: str) -> str:
    """Return the report in the form of that ending."""
    forms = {".html": report.to_html, ".md": report.to_markdown, ".json": report.to_json}
    if ending.lower() not in forms:
        raise FileError(f"a report ends in {', '.join(forms)}, got {ending!r}; choose one of them")
    return forms[ending.lower()]().rstrip("\n") + "\n"


def describe(sample: Any) -> dict[str, float]:
    """Return mean, standard deviation (divisor n - 1) and quantiles of exact rows; weights count as repeated rows."""
    order = np.argsort(sample.values, kind="stable")
    x = sample.values[order].astype(np.float64)
    w = np.ones(x.shape) if sample.weights is None else sample.weights[order]
    # divided first: sums and squares of values near the largest float stay finite
    size = float(np.max(np.abs(x))) or 1.0
    mean = float(np.sum(w * (x / size)) / sample.n)
    spread = float(np.sum(w * (x / size - mean) ** 2))
    sd = size * float(np.sqrt(spread / (sample.n - 1.0))) if sample.n > 1.0 else float("nan")
    upto = np.cumsum(w) / w.sum()
    names = {"lower_quartile": 0.25, "median": 0.5, "upper_quartile": 0.75}
    # the middle of the values on either side where a share falls on a step
    quantiles = {
        name: 0.5 * float(x[np.searchsorted(upto, p - 1e-12)] + x[min(np.searchsorted(upto, p + 1e-12), x.size - 1)])
        for name, p in names.items()
    }
    return {"mean": mean * size, "sd": sd, "minimum": float(x[0]), **quantiles, "maximum": float(x[-1])}
