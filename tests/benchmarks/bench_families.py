"""Times a whole fit of every family beside its own `logpdf` on the same rows, and small fits, and prints the ratios.

    python tests/benchmarks/bench_families.py [--rows N] [--only WORD] [--turns N] [--part large | small]
    python -m pytest tests/benchmarks/bench_families.py -m benchmark -s

The promise: at n = 1e6, on one thread, a fit with its covariance, log-likelihood and verdict costs no more than 12
evaluations of the family's `logpdf` at the estimate. At n = 100 it takes less than 1 ms where the estimate is a
closed form and 3 ms where Newton's method finds up to two parameters. Families come from the library's own table and
their parameters from tests/cases.py, so a new one is timed by itself. Exit code 1 if a promise is broken.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [folder for folder in (str(HERE), str(HERE.parent)) if folder not in sys.path]

from timing import Task, best, in_turns, shown, word  # noqa: E402  (before NumPy: it holds libraries to one thread)

# isort: split
import numpy as np  # noqa: E402
import pytest  # noqa: E402
from cases import ORDINARY, model, ordinary  # noqa: E402

import mlestat as mle  # noqa: E402
from mlestat.distributions import FAMILIES  # noqa: E402

EVALUATIONS = 12.0
"""A fit of many rows costs at most this many evaluations of `logpdf`."""

CLOSED, NEWTON = 1e-3, 3e-3
"""Seconds that a fit of 100 rows may take: by a closed form, and by Newton's method in up to two parameters."""

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def rows_of(family: str, n: int) -> Any:
    """A sample of the family at its ordinary parameters."""
    d = ordinary(family)
    rng = np.random.default_rng(20_260_101)
    parts = [d.sample(rng, min(n, 100_000)) for _ in range(-(-n // 100_000))]
    return np.concatenate(parts)[:n]


def fitted(family: str, x: Any, threads: int) -> Task:
    """A whole fit: estimates, covariance, log-likelihood, verdict."""
    return lambda: mle.fit(model(family), x, threads=threads, strict=False).cov


def report_large(family: str, n: int, turns: int) -> bool:
    """Print the line of one family at many rows; whether it holds 12 evaluations on one thread."""
    x = rows_of(family, n)
    found = mle.fit(model(family), x, strict=False)
    at = ordinary(family) if found.distribution is None else found.distribution
    one, many, peer = in_turns([fitted(family, x, 1), fitted(family, x, CORES), lambda: at.logpdf(x)], turns)
    ok = one <= EVALUATIONS * peer and found.verdict.finite
    print(
        f"{family:20} {shown(peer)}   {shown(one)} {one / peer:7.2f}   {shown(many)} {many / peer:7.2f}   "
        f"{found.verdict.kind:9} {found.verdict.steps:3d} steps   {word(ok)}",
        flush=True,
    )
    return ok


def report_small(family: str, repeats: int) -> bool:
    """Print the line of one family at 100 rows; whether it holds its limit, where it has one."""
    x = rows_of(family, 100)
    found = mle.fit(model(family), x, strict=False)
    ours = best(fitted(family, x, 1), repeats)
    closed = found.model.solver.startswith("closed form")
    limit = CLOSED if closed else NEWTON if found.k <= 2 else None
    ok = limit is None or ours < limit
    asked = "no limit" if limit is None else f"< {limit * 1e3:.0f} ms"
    print(f"{family:20} {shown(ours)}   {found.model.solver:45.45} {found.k} free   {asked:9} {word(ok)}", flush=True)
    return ok


def report(part: str, names: list[str], n: int, turns: int) -> Iterator[bool]:
    """Print one table and yield whether each line holds."""
    if part == "large":
        print(f"n = {n}: `logpdf` on one thread; fit on one thread and on {CORES}, and each over `logpdf`, at most 12")
        yield from (report_large(name, n, turns) for name in names)
    else:
        print("n = 100, one thread")
        yield from (report_small(name, 2 * turns) for name in names)


def wanted(word_: str) -> list[str]:
    """The families whose names contain the word; one that has no entry in the tests' table is an error."""
    missing = FAMILIES.keys() - ORDINARY.keys()
    if missing:
        raise SystemExit(f"no ordinary parameters in tests/cases.py for {', '.join(sorted(missing))}")
    return [name for name in FAMILIES if word_.lower() in name.lower()]


@pytest.mark.benchmark
@pytest.mark.parametrize("family", tuple(FAMILIES))
def test_a_fit_costs_twelve_evaluations(family: str) -> None:
    assert report_large(family, 1_000_000, 3)


@pytest.mark.benchmark
@pytest.mark.parametrize("family", tuple(FAMILIES))
def test_a_small_fit_takes_milliseconds(family: str) -> None:
    assert report_small(family, 5)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", default="", help="only families whose name contains this word")
    parser.add_argument("--turns", type=int, default=4, help="times that everything is measured")
    parser.add_argument("--part", choices=("large", "small"), help="only one of the two tables")
    arguments = parser.parse_args()
    print(
        f"Python {sys.version.split()[0]}, NumPy {np.__version__}, {CORES} cores, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    names = wanted(arguments.only)
    parts = [arguments.part] if arguments.part else ["large", "small"]
    results = [ok for part in parts for ok in report(part, names, arguments.rows, arguments.turns)]
    print(f"{sum(results)} of {len(results)} promises kept")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
