"""`python -m mlestat` is the command `mlestat`."""

from __future__ import annotations

from mlestat.cli import main

if __name__ == "__main__":
    main()
