"""Many fits at once: one per group of rows, or one per column."""

from mlestat.groups.result import GroupedFit

__all__ = ["GroupedFit"]
