"""A report as one HTML file: everything inline, allowed by its hash, and nothing else allowed at all.

The content security policy has no source but the hashes of the one script and the one style sheet; names and numbers
pass through jinja2's escaping; the explorer's data are JSON in which no tag can start.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from mlestat.reports.pages import Section, one_line, plain
from mlestat.reports.svg import inline_svg

if TYPE_CHECKING:
    from jinja2 import Template

    from mlestat.reports.fit_report import FitReport
    from mlestat.reports.pictures import Picture


def document(title: str, reports: Mapping[str, FitReport], index: Sequence[Section] = ()) -> str:
    """Return the HTML document of one or more reports.

    Parameters
    ----------
    title : str
        Of the document.
    reports : mapping of str to FitReport
        A part for each; a single one needs no name.
    index : sequence of Section
        What stands before them, if there are several.
    """
    style, script = _asset("report.css"), _asset("densities.js") + _asset("explorer.js")
    parts = [_part(f"r{i}", name, report) for i, (name, report) in enumerate(reports.items())]
    script = f"'use strict';\n{{\n{script}}}\n" if any(part["explorer"] for part in parts) else ""
    policy = {"default-src": "'none'", "style-src": _hash(style), "base-uri": "'none'", "form-action": "'none'"}
    if script:
        policy["script-src"] = _hash(script)
    return _template().render(
        title=one_line(title),
        policy="; ".join(f"{name} {value}" for name, value in policy.items()),
        style=style,
        script=script,
        index=index,
        parts=parts,
    )


def _part(prefix: str, name: str, report: FitReport) -> dict[str, Any]:
    """Return what the template needs of one report. Sections of several are one level down."""
    data = report.explorer
    pictures = [_drawn(picture, f"{prefix}-p{k}") for k, picture in enumerate(report.pictures)]
    return {
        "id": prefix,
        "name": one_line(name),
        "title": one_line(report.title),
        "sections": report.sections[:-1],
        "computed": report.sections[-1],
        "pictures": pictures,
        "explorer": data,
        "json": "" if data is None else _safe_json(data),
    }


def _drawn(picture: Picture, prefix: str) -> dict[str, str]:
    figure: Any = picture.draw().figure
    svg = inline_svg(figure, prefix, picture.title, picture.description)
    return {"title": picture.title, "description": picture.description, "svg": svg}


def _safe_json(data: Any) -> str:
    """Return JSON that may stand inside a script element: no `<`, so that no tag can end or begin there."""
    text = json.dumps(plain(data), allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"


@cache
def _asset(name: str) -> str:
    text = (files("mlestat.reports") / "templates" / name).read_text(encoding="utf-8")
    if "</" in text:  # would end the element that it is put into
        raise ValueError(f"{name} must not hold '</'")
    return text


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("mlestat.reports", "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("report.html")
