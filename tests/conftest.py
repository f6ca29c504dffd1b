"""Makes the helpers beside this file importable (`cases`, `oracles`, `data`) and keeps hypothesis deterministic."""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import settings

HERE = Path(__file__).parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

settings.register_profile("mlestat", derandomize=True, database=None, deadline=None, max_examples=25)
settings.load_profile("mlestat")
