"""Times goodness of fit and compare beside their peers in the same process and prints the ratios.

    python tests/benchmarks/bench_goodness.py [--quick]

Never part of the test run. One thread on each side. The peer's loop is timed on fewer replicates and scaled up: it
fits them one after the other. Exit code 1 if a promise is broken.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "MLESTAT_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np  # noqa: E402  (the variables above are read at import)
from scipy import stats  # noqa: E402

import mlestat as mle  # noqa: E402

REPLICATES = 9999


def word(kept: bool) -> str:
    """What a line ends with."""
    return "ok" if kept else "MISSED"


def goodness_of_fit(peer_replicates: int) -> bool:
    """Anderson-Darling of a Weibull, n = 100, every replicate refitted."""
    x = mle.Weibull(1.7, 3.0).sample(0, 100)
    fit = mle.fit(mle.Weibull(), x, threads=1)
    ours = []
    for _ in range(5):
        start = time.perf_counter()
        fit.goodness("ad", simulations=REPLICATES)
        ours.append(time.perf_counter() - start)
    start = time.perf_counter()
    stats.goodness_of_fit(
        stats.weibull_min, x, known_params={"loc": 0}, statistic="ad", n_mc_samples=peer_replicates, rng=0
    )
    peer = (time.perf_counter() - start) * REPLICATES / peer_replicates
    ratio = peer / min(ours)
    print(
        f"goodness of fit, Weibull, n = 100, {REPLICATES} refits   {min(ours):.2f} s   scipy's goodness_of_fit "
        f"{peer:.0f} s ({peer_replicates} refits, scaled up)   {ratio:.0f} × faster   target 50 × faster   "
        f"{word(ratio >= 50)}"
    )
    return ratio >= 50


def compare_all(rows: int) -> bool:
    """All continuous families, without simulated p-values; the time of each."""
    x = mle.Gamma(2.5, 1.3).sample(0, rows)
    mle.compare(x[:300])
    start = time.perf_counter()
    c = mle.compare(x, threads=1)
    spent = time.perf_counter() - start
    each = sorted(c.candidates, key=lambda f: -f.seconds)
    print(f"compare, {len(each)} families, n = {rows:.0e}   {spent:.2f} s   target 3 s   {word(spent < 3)}")
    print("  " + ", ".join(f"{f.name} {f.seconds:.3f}" for f in each))
    return spent < 3


def main() -> int:
    """Run the lines."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer replicates of the peer")
    arguments = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, NumPy {np.__version__}, load {os.getloadavg()[0]:.1f}")
    kept = [goodness_of_fit(99 if arguments.quick else 499), compare_all(100_000)]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
