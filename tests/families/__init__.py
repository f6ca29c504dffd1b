"""One entry per family, in the order of the library's table: everything that the tests know about it."""

from __future__ import annotations

from families import bounded, counts, extremes, positive, real_line, spine
from families.entry import Case, Entry

MODULES = (spine, real_line, positive, extremes, bounded, counts)
ENTRIES: dict[str, Entry] = {e.oracle.name: e for module in MODULES for e in module.ENTRIES}

__all__ = ["ENTRIES", "Case", "Entry"]
