"""A figure as inline SVG for a page with a strict content security policy: no style attributes, unique ids, a title.

matplotlib writes style attributes, which such a policy refuses; they become presentation attributes, which a style
sheet may override (dark mode). Ids get a prefix, because many pictures share one page.
"""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SVG = "http://www.w3.org/2000/svg"
XLINK = "{http://www.w3.org/1999/xlink}href"
REFERENCE = re.compile(r"url\(#([^)]+)\)")
NUMBER = re.compile(r"-?\d+\.\d{3,}")
FONT = re.compile(r"(?:(?P<style>italic|oblique)\s+)?(?:(?P<weight>bold|\d{3})\s+)?(?P<size>[\d.]+px)\s+(?P<family>.+)")

SETTINGS: Any = {"svg.fonttype": "none", "svg.hashsalt": "mlestat", "path.simplify": True}
"""Letters stay letters: they can be read aloud, searched and selected, and need no outlines."""


def inline_svg(figure: Figure, prefix: str, title: str, description: str) -> str:
    """Return a figure as an `<svg>` element for HTML, accessible by its title and description.

    Parameters
    ----------
    figure : matplotlib Figure
        What to draw; its background is left out, so that the page's shows.
    prefix : str
        Put before every id; letters, digits and dashes, different for each picture of a page.
    title, description : str
        What a screen reader says; any text, escaped here.

    Examples
    --------
    >>> import mlestat as mle
    >>> ax = mle.plots.density(mle.fit(mle.Normal(), [1.0, 2.0, 4.0]))
    >>> text = inline_svg(ax.figure, "p1", "Density <&>", "Three values.")
    >>> "style=" in text, '<title id="p1-title">Density &lt;&amp;&gt;</title>' in text
    (False, True)
    """
    root = ET.fromstring(_written(figure))
    for child in list(root):
        if child.tag == f"{{{SVG}}}metadata":
            root.remove(child)
    for parent in list(root.iter()):
        _clean(parent, prefix)
        for style in parent.findall(f"{{{SVG}}}defs/{{{SVG}}}style"):
            parent.find(f"{{{SVG}}}defs").remove(style)  # type: ignore[union-attr]
    for size in ("width", "height", "version"):
        root.attrib.pop(size, None)
    root.attrib.update({"role": "img", "aria-labelledby": f"{prefix}-title", "aria-describedby": f"{prefix}-desc"})
    for index, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = ET.Element(f"{{{SVG}}}{tag}", {"id": f"{prefix}-{tag}"})
        element.text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
        root.insert(index, element)
    ET.register_namespace("", SVG)
    return ET.tostring(root, encoding="unicode").replace(f' xmlns="{SVG}"', "")


def _written(figure: Figure) -> bytes:
    import matplotlib as mpl

    buffer = io.BytesIO()
    with mpl.rc_context(SETTINGS):
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def _clean(node: ET.Element, prefix: str) -> None:
    """Turn style into attributes, prefix ids and references, shorten numbers."""
    node.attrib.update(_declarations(node.attrib.pop("style", "")))
    node.attrib.pop("font-family", None)  # the page's own
    if "id" in node.attrib:
        node.attrib["id"] = f"{prefix}-{node.attrib['id']}"
    if XLINK in node.attrib:
        node.attrib["href"] = f"#{prefix}-{node.attrib.pop(XLINK).removeprefix('#')}"
    for name, value in list(node.attrib.items()):
        if name != "id" and "url(#" in value:
            node.attrib[name] = REFERENCE.sub(rf"url(#{prefix}-\1)", value)
        elif name in ("d", "x", "y", "transform"):
            node.attrib[name] = NUMBER.sub(lambda m: f"{float(m.group()):.2f}", " ".join(value.split()))
    node.tail = None
    if node.text is not None and not node.text.strip():
        node.text = None


def _declarations(style: str) -> list[tuple[str, str]]:
    pairs = [part.partition(":") for part in style.split(";") if ":" in part]
    found = [(name.strip(), value.strip()) for name, _, value in pairs]
    return [entry for name, value in found for entry in (_font(value) if name == "font" else [(name, value)])]


def _font(value: str) -> list[tuple[str, str]]:
    """The shorthand is no presentation attribute; its parts are. The family is left to the page."""
    match = FONT.match(value)
    if match is None:
        return []
    parts = (("font-style", match["style"]), ("font-weight", match["weight"]), ("font-size", match["size"]))
    return [(name, text) for name, text in parts if text]
