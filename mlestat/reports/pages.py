"""Pages: a report as plain structure (facts, tables, sentences), and that as text, Markdown and HTML.

What a page says is decided by the report that builds it; how it looks is decided here, once for all reports.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Template

WIDTH = 110
"""Columns of the text form."""

MARKDOWN_SPECIAL = re.compile(r"[\\`*_\[\]<>#!|~$&@]|:(?=//)|(?<=www)\.", re.IGNORECASE)
"""What could turn a name into markup, a link or mathematics."""


@dataclass(frozen=True)
class Table:
    """Cells as they are to be read; the first column holds labels."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A part of a page: a heading, then tables, facts (label and value), sentences."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    tables: tuple[Table, ...] = ()
    sentences: tuple[str, ...] = ()
    level: int = 2


@dataclass(frozen=True)
class Page:
    """A document: a title and its sections."""

    title: str
    sections: tuple[Section, ...]


def number(x: float | None, scale: float | None = None, digits: int = 6) -> str:
    """Write a number with six digits, or as many more as it takes to show a thousandth of `scale`.

    Examples
    --------
    >>> from mlestat.reports.pages import number
    >>> number(1000000.00123), number(1000000.00123, scale=0.001), number(None)
    ('1e+06', '1000000.00123', '-')
    """
    if x is None or math.isnan(x):
        return "-"
    if scale and x and math.isfinite(x) and math.isfinite(scale):
        digits = min(17, max(digits, math.ceil(math.log10(abs(x)) - math.log10(scale)) + 4))
    return f"{x:.{digits}g}"


def count(x: float) -> str:
    """Write a count: whole where it is whole.

    Examples
    --------
    >>> from mlestat.reports.pages import count
    >>> count(12.0), count(2.5)
    ('12', '2.5')
    """
    return f"{x:.0f}" if x == round(x) else f"{x:.6g}"


def p_value(p: float | None) -> str:
    """Write a p-value with three digits; a dash stands for none."""
    return "-" if p is None else f"{p:.3g}" if p < 0.0995 else f"{p:.3f}"


def to_text(page: Page) -> str:
    """Return the page as text of at most `WIDTH` columns (tables may be wider)."""
    parts = [one_line(page.title), "=" * len(one_line(page.title))]
    for section in page.sections:
        parts += ["", *_text_section(section)]
    return "\n".join(line.rstrip() for line in parts) + "\n"


def one_line(text: str) -> str:
    """Return the text with line breaks and control characters made visible: no name draws its own lines."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _text_section(section: Section) -> list[str]:
    title = one_line(section.title)
    lines = [title, ("=" if section.level < 2 else "-") * len(title)] if title else []
    for table in section.tables:
        lines += _text_table(table)
    lines += [""] if section.tables and section.facts else []
    width = max((len(one_line(label)) for label, _ in section.facts), default=0)
    for label, value in section.facts:
        lines += _wrapped(f"{one_line(label):<{width}}  {one_line(value)}", "", " " * (width + 2))
    for sentence in section.sentences:
        lines += _wrapped(one_line(sentence), "* ", "  ")
    return lines


def _wrapped(text: str, first: str, other: str) -> list[str]:
    import textwrap

    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=other, break_on_hyphens=False)


def _text_table(table: Table) -> list[str]:
    cells = [[one_line(cell) for cell in row] for row in (table.headers, *table.rows)]
    widths = [max(len(row[j]) for row in cells) for j in range(len(table.headers))]
    rows = ["  ".join(_aligned(cell, widths[j], j) for j, cell in enumerate(row)) for row in cells]
    return [rows[0], "-" * len(rows[0]), *rows[1:]]


def _aligned(cell: str, width: int, column: int) -> str:
    return cell.ljust(width) if column == 0 else cell.rjust(width)


def to_markdown(page: Page) -> str:
    """Return the page as Markdown with pipe tables; every special character of a name is escaped."""
    parts = [f"# {_md(page.title)}", ""]
    for section in page.sections:
        if section.title:
            parts += [f"{'#' * section.level} {_md(section.title)}", ""]
        for table in section.tables:
            rule = [":--", *("--:" for _ in table.headers[1:])]
            parts += [_md_row(table.headers), "|" + "|".join(rule) + "|", *map(_md_row, table.rows), ""]
        if section.facts:
            parts += [*(f"- **{_md(label)}**: {_md(value)}" for label, value in section.facts), ""]
        if section.sentences:
            parts += [*(f"- {_md(sentence)}" for sentence in section.sentences), ""]
    return "\n".join(parts).rstrip() + "\n"


def _md(text: str) -> str:
    return MARKDOWN_SPECIAL.sub(r"\\\g<0>", one_line(text))


def _md_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_md(cell) for cell in cells) + " |"


def to_html(page: Page, pictures: Sequence[tuple[str, bytes]] = ()) -> str:
    """Return the page as one self-contained HTML document: text escaped, pictures (caption, PNG) inside."""
    encoded = [(caption, base64.b64encode(png).decode("ascii")) for caption, png in pictures]
    return _template().render(page=page, pictures=encoded)


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("mlestat.reports", "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("page.html")


def plain(value: Any) -> Any:
    """Return the value for JSON: what is not finite becomes None, NumPy's numbers and arrays Python's."""
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def to_json(data: dict[str, Any], indent: int | None = None) -> str:
    """Return standard JSON, which knows no NaN and no infinity."""
    return json.dumps(plain(data), indent=indent, allow_nan=False, ensure_ascii=False)
