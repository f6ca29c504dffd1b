"""Times each speed promise beside its peer in the same process and prints time, peer, ratio and target.

    python tests/benchmarks/bench_spine.py [--quick] [--only WORD]

Never part of the test run: a time is a fact about a machine, a ratio nearly one about the code. One thread on each side
(`threads=1`; NumPy's and SciPy's loops have one), best of several repeats, ours and the peer's in
turn so that a disturbance meets both. Exit code 1 if a promise is broken.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from timing import Task, best, shown, word  # before NumPy: it holds every library to one thread

# isort: split
import numpy as np
from scipy import special, stats

import mlestat as mle

MEGABYTE = 2**20


@dataclass(frozen=True)
class Line:
    """One promise: `ours` is to be at most `target` times `peer`."""

    name: str
    ours: Task
    peer: Task
    peer_name: str
    target: float
    repeats: int = 7
    peer_repeats: int | None = None


def measure(line: Line) -> tuple[float, float]:
    """Best times of both sides, measured in three turns."""
    ours, peers = [], []
    for _ in range(3):
        ours.append(best(line.ours, -(-line.repeats // 3)))
        peers.append(best(line.peer, -(-(line.peer_repeats or line.repeats) // 3)))
    return min(ours), min(peers)


def fit(model: Any, x: np.ndarray) -> Task:
    """A whole fit: estimates, covariance, log-likelihood, verdict."""
    return lambda: mle.fit(model, x, threads=1).cov


def large(n: int, rng: np.random.Generator) -> Iterator[Line]:
    x = rng.normal(3.0, 2.0, n)
    yield Line(f"Normal, n = {n:.0e}", fit(mle.Normal(), x), x.sum, "x.sum()", 4.0)
    yield Line(f"Normal, n = {n:.0e}", fit(mle.Normal(), x), lambda: (x.mean(), x.std()), "(x.mean(), x.std())", 1.0)
    y = rng.gamma(2.5, 3.0, n)
    yield Line(
        f"Gamma, n = {n:.0e}", fit(mle.Gamma(), y), lambda: (np.log(y).sum(), y.sum()), "np.log(x).sum() + x.sum()", 0.9
    )


def against_scipy(n: int, rng: np.random.Generator, *, quick: bool) -> Iterator[Line]:
    w = 3.0 * rng.weibull(1.7, n)
    yield Line(
        f"Weibull, n = {n:.0e}",
        fit(mle.Weibull(), w),
        lambda: stats.weibull_min.fit(w, floc=0),
        "scipy fit(floc=0)",
        1 / 20,
        7,
        1,
    )
    t = 1.0 + 2.0 * rng.standard_t(4.5, n)
    if not quick:
        yield Line(
            f"StudentT, n = {n:.0e}", fit(mle.StudentT(), t), lambda: stats.t.fit(t), "scipy t.fit", 1 / 100, 7, 1
        )
    k = rng.negative_binomial(2.5, 2.5 / 6.5, n)
    f = k.astype(float)
    yield Line(
        f"NegativeBinomial, n = {n:.0e}",
        fit(mle.NegativeBinomial(), f),
        lambda: special.gammaln(f),
        "one pass of gammaln(x)",
        3.0,
    )
    yield Line(
        f"NegativeBinomial (integers), n = {n:.0e}",
        fit(mle.NegativeBinomial(), k),
        lambda: special.gammaln(f),
        "one pass of gammaln(x)",
        3.0,
    )


CLOSED = ("Normal", "LogNormal", "Exponential", "Laplace", "Poisson")
TRUE = {
    "Normal": (1.0, 2.0),
    "LogNormal": (0.5, 0.8),
    "Exponential": (2.5,),
    "Laplace": (1.0, 2.0),
    "Gamma": (2.5, 3.0),
    "Weibull": (1.7, 3.0),
    "StudentT": (4.5, 1.0, 2.0),
    "Poisson": (3.0,),
    "NegativeBinomial": (4.0, 2.5),
}


def memory_of_a_fit(family: str, n: int) -> tuple[float, float]:
    """Peak of what a fit allocates beside its data, and the size of the data, in MB; in a fresh process, all threads.

    By tracemalloc, which sees every array of NumPy; the system's peak would hold the making of the data, too.
    """
    code = f"""
import tracemalloc, numpy as np, mlestat as mle
d = mle.{family}(*{TRUE[family]!r})
rng = np.random.default_rng(0)
x = np.concatenate([d.sample(rng, 100_000) for _ in range({n} // 100_000)])
mle.fit(mle.{family}(), x[:1000])
tracemalloc.start()
mle.fit(mle.{family}(), x).cov
print(tracemalloc.get_traced_memory()[1], x.nbytes)
"""
    environment = {k: v for k, v in os.environ.items() if k != "MLESTAT_NUM_THREADS"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    extra, data = map(int, done.stdout.split())
    return extra / MEGABYTE, data / MEGABYTE


def report_ratio(line: Line) -> bool:
    ours, peer = measure(line)
    ok = ours <= line.target * peer
    target = f"≤ {line.target:g} ×" if line.target >= 0.5 else f"{1 / line.target:.0f} × faster"
    ratio = f"{ours / peer:.2f} ×" if line.target >= 0.5 else f"{peer / ours:.0f} × faster"
    print(
        f"{line.name:36} {shown(ours)}   {line.peer_name:26} {shown(peer)}   {ratio:>14}   "
        f"target {target:14} {word(ok)}",
        flush=True,
    )
    return ok


def report_small(family: str, repeats: int) -> bool:
    x = getattr(mle, family)(*TRUE[family]).sample(1, 100)
    ours = best(fit(getattr(mle, family)(), x), repeats)
    limit = 1e-3 if family in CLOSED else 3e-3
    ok = ours < limit
    print(
        f"{family + ', n = 100':36} {shown(ours)}   {'':56}   target < {limit * 1e3:.0f} ms         {word(ok)}",
        flush=True,
    )
    return ok


def report_memory(family: str, n: int) -> bool:
    extra, data = memory_of_a_fit(family, n)
    ok = extra <= 50
    print(
        f"{f'{family}, n = {n:.0e}, memory':36} data {data:.0f} MB, "
        f"peak above them {extra:4.1f} MB{'':34} target ≤ 50 MB        {word(ok)}",
        flush=True,
    )
    return ok


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, no StudentT peer (20 s)")
    parser.add_argument("--only", default="", help="run only lines whose name contains this word")
    arguments = parser.parse_args()
    rng = np.random.default_rng(20_260_101)
    n = 1_000_000 if arguments.quick else 10_000_000
    print(
        f"Python {sys.version.split()[0]}, NumPy {np.__version__}, one thread of {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}"
    )
    wanted = arguments.only.lower()
    results = []
    for make in (lambda: large(n, rng), lambda: against_scipy(n // 10, rng, quick=arguments.quick)):
        results += [report_ratio(line) for line in make() if wanted in line.name.lower()]
    repeats = 5 if arguments.quick else 20
    results += [report_small(family, repeats) for family in TRUE if wanted in f"{family}, n = 100".lower()]
    results += [report_memory(family, n) for family in TRUE if wanted in f"{family}, memory".lower()]
    print(f"{sum(results)} of {len(results)} promises kept")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
