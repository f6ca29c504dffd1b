"""Stop watch and table cells that the benchmarks share.

Imported before NumPy, it holds every library to one thread, or to as many as BENCH_THREADS says. BENCH_CLOCK=cpu counts
processor time instead of time on the wall: for one thread on a machine that others use as well.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

THREADS = int(os.environ.get("BENCH_THREADS", "1"))

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "MLESTAT_NUM_THREADS"):
    os.environ[variable] = str(THREADS)

clock = time.process_time if os.environ.get("BENCH_CLOCK") == "cpu" else time.perf_counter

Task = Callable[[], Any]

BATCH = 0.005
"""Seconds that a batch of short tasks takes at least."""


def best(task: Task, repeats: int) -> float:
    """Best of several runs, in seconds; short tasks are run in batches of about 5 ms."""
    start = clock()
    task()
    once = clock() - start
    batch = max(1, int(BATCH / max(once, 1e-7)))
    times = [once] if batch == 1 else []
    for _ in range(repeats):
        start = clock()
        for _ in range(batch):
            task()
        times.append((clock() - start) / batch)
    return min(times)


def in_turns(tasks: list[Task], turns: int, repeats: int = 1) -> list[float]:
    """Best time of each task, measured in turns so that a disturbance meets all of them."""
    times = [[best(task, repeats) for task in tasks] for _ in range(turns)]
    return [min(column) for column in zip(*times, strict=True)]


def shown(t: float) -> str:
    return f"{t * 1e6:8.1f} µs" if t < 1e-3 else f"{t * 1e3:8.2f} ms" if t < 1 else f"{t:8.2f} s "


def word(ok: bool) -> str:
    return "ok" if ok else "MISSED"
