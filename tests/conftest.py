"""Makes the helpers beside this file importable (`cases`, `oracles`, `data`) and keeps hypothesis deterministic."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import settings

HERE = Path(__file__).parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

settings.register_profile("mlestat", derandomize=True, database=None, deadline=None, max_examples=25)
settings.load_profile("mlestat")

ROWS_BY_DEFAULT = 2
"""Rows of each family that the default run examines: mpmath makes all of them a matter of half an hour."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the further rows of the families beyond the first nine to the thorough run."""
    from families import ENTRIES, spine

    first = {e.oracle.name for e in spine.ENTRIES}
    rest = {row.id for name, entry in ENTRIES.items() for row in entry.rows[ROWS_BY_DEFAULT:] if name not in first}
    for item in items:
        values = getattr(item, "callspec", None)
        if values is not None and rest & {v for v in values.params.values() if isinstance(v, str)}:
            item.add_marker(pytest.mark.thorough)
