"""The summary of a fit, as statsmodels' tables: what was fitted, how well, every parameter with its error.

Numbers first (`Summary` is a record), layout last: statsmodels lays out the text and LaTeX, the shared HTML
page escapes what statsmodels' own HTML does not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mlestat.reports.estimates import Estimate, estimate_row, estimates
from mlestat.reports.pages import Page, Section, Table, count, number, one_line, to_html
from mlestat.result import Fit
from mlestat.sample import Sample

OVER_ROWS = "Newton over the rows"
"""How rows that are not all complete are solved, whatever the family has for complete ones."""

if TYPE_CHECKING:
    from statsmodels.iolib.table import SimpleTable

LATEX_SPECIAL = str.maketrans(
    {c: f"\\{c}" for c in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {
        "<": "$<$",
        ">": "$>$",
        "|": "$|$",
        "∞": r"$\infty$",
        "→": r"$\rightarrow$",
        "±": r"$\pm$",
        "≥": r"$\ge$",
        "≤": r"$\le$",
    }
)

ESCAPED: dict[str, Any] = {"replacements": {}}
"""Tells statsmodels that LaTeX cells are escaped: its own escaping leaves out backslash and braces."""


@dataclass(frozen=True)
class Summary:
    """The tables of a fit; `print` shows them.

    Attributes
    ----------
    facts : tuple of (label, text)
        Family, number of values, log-likelihood, information criteria, kind of covariance.
    estimates : tuple of Estimate
        One for each parameter, fixed ones included.
    rows : str
        How many rows are exact, censored, in intervals and truncated, and what their weights are.
    verdict : str
        Kind and sentence.
    level : float
        Of the Wald intervals, which are symmetric on the link scale and mapped back.

    Examples
    --------
    >>> import mlestat as mle
    >>> s = mle.fit(mle.Normal(), [9.9, 10.2, 10.0, 10.4, 9.7]).summary()
    >>> [e.name for e in s.estimates]
    ['mu', 'sigma']
    """

    facts: tuple[tuple[str, str], ...]
    estimates: tuple[Estimate, ...]
    rows: str
    verdict: str
    level: float

    def __str__(self) -> str:
        return self.as_text()

    def _repr_html_(self) -> str:
        return self.as_html()

    def as_text(self) -> str:
        """Return the tables as text."""
        import textwrap

        head, body = (table.as_text().splitlines() for table in self._tables())
        width = max(map(len, head + body))
        # the lower rule of the head is the upper rule of the body
        lines = [_ruled(line, width) for line in head[:-1] + body]
        title = "Maximum likelihood fit".center(width).rstrip()
        sentences = (line for text in self._sentences() for line in textwrap.wrap(one_line(text), max(width, 78)))
        return "\n".join([title, *lines, *sentences])

    def _sentences(self) -> tuple[str, ...]:
        return f"Rows: {self.rows}", f"Verdict: {self.verdict}"

    def as_latex(self) -> str:
        """Return the tables as LaTeX; special characters are escaped."""
        tables = [table.as_latex_tabular() for table in self._tables(_latex)]
        return "\n".join([*tables, *map(_latex, self._sentences())])

    def as_html(self) -> str:
        """Return the tables as one self-contained HTML page; everything is escaped."""
        headers, rows = self._rows()
        sections = (
            Section("", facts=self.facts),
            Section("Parameters", tables=(Table(headers, rows),)),
            Section("", sentences=self._sentences()),
        )
        return to_html(Page("Maximum likelihood fit", sections))

    def _rows(self) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        tail = 0.5 * (1.0 - self.level)
        headers = ("", "estimate", "std err", f"[{tail:.4g}", f"{1.0 - tail:.4g}]")
        return headers, tuple(map(estimate_row, self.estimates))

    def _tables(self, write: Any = one_line) -> tuple[SimpleTable, SimpleTable]:
        from statsmodels.iolib.table import SimpleTable
        from statsmodels.iolib.tableformatting import fmt_params

        headers, rows = self._rows()
        half = math.ceil(len(self.facts) / 2)
        right = [*self.facts[half:], ("", "")][:half]
        pairs = [
            (f"{a}:", b, f"  {c}:" if c else "", d) for (a, b), (c, d) in zip(self.facts[:half], right, strict=True)
        ]
        head = SimpleTable(
            [[write(cell) for cell in row] for row in pairs],
            txt_fmt=fmt_params | {"data_aligns": "lr"},
            ltx_fmt=ESCAPED,
        )
        body = SimpleTable(
            [[write(cell) for cell in row[1:]] for row in rows],
            [write(cell) for cell in headers[1:]],
            [write(row[0]) for row in rows],
            txt_fmt=fmt_params,
            ltx_fmt=ESCAPED,
        )
        return head, body


def _ruled(line: str, width: int) -> str:
    """Lengthen a rule to the full width; leave any other line alone."""
    return line[0] * width if line and not line.strip("=-") else line.rstrip()


def _latex(text: str) -> str:
    return one_line(text).translate(LATEX_SPECIAL)


def summary(fit: Fit, level: float = 0.95) -> Summary:
    """Return the summary of a fit.

    Parameters
    ----------
    fit : Fit
        What `mlestat.fit` returned.
    level : float
        Of the Wald intervals, in (0, 1).

    Examples
    --------
    >>> import mlestat as mle
    >>> from mlestat.reports.summary import summary
    >>> s = summary(mle.fit(mle.Exponential(), [1.0, 2.0, 6.0]), level=0.9)
    >>> round(s.estimates[0].value, 12), s.level
    (3.0, 0.9)
    """
    facts = (
        ("Family", fit.model.label),
        ("Solver", fit.model.solver if fit.sample.complete else OVER_ROWS),
        ("Covariance", str(fit.covariance)),
        ("n", count(fit.n)),
        ("Log-likelihood", number(fit.loglik, digits=8)),
        ("AIC", number(fit.aic, digits=8)),
        ("AICc", number(fit.aicc, digits=8)),
        ("BIC", number(fit.bic, digits=8)),
    )
    return Summary(facts, estimates(fit, level), rows_of(fit.sample), str(fit.verdict), level)


def rows_of(sample: Sample) -> str:
    """Return how many rows are of which kind, and what their weights are.

    Examples
    --------
    >>> import mlestat as mle
    >>> rows_of(mle.Sample.events([3.0, 5.0, 4.0], [1, 0, 1], weights=[2, 1, 1], entry=1.0))
    '2 exact, 1 right-censored; all left-truncated; frequency weights, which sum to 4'
    """
    kinds = sample.counts_by_kind()
    truncated = [
        f"{'all' if kinds[side] == sample.rows else kinds[side]} {side}"
        for side in ("left-truncated", "right-truncated")
        if side in kinds
    ]
    seen = ", ".join(f"{number} {kind}" for kind, number in kinds.items() if not kind.endswith("truncated"))
    parts = [seen, *([", ".join(truncated)] if truncated else []), *_weights_of(sample)]
    return "; ".join(parts)


def _weights_of(sample: Sample) -> tuple[str, ...]:
    if sample.weights is None:
        return ()
    if sample.weights_kind == "frequency":
        return (f"frequency weights, which sum to {count(float(sample.weights.sum()))}",)
    effective = float(sample.weights.sum()) ** 2 / float(
        np.square(sample.weights).sum()
    )  # Kish, Survey Sampling (1965), sec. 11.7
    worth = f"probability weights, worth {effective:.4g} equal ones"
    return (f"{worth}; the likelihood is a pseudo-likelihood, so AIC, AICc and BIC compare no models",)
