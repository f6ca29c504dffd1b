"""Times fits of censored and truncated rows beside SurPyval, lifelines and reliability in the same process.

    python tests/benchmarks/bench_censored.py [--rows N] [--turns N] [--only WORD]
    BENCH_THREADS=2 python tests/benchmarks/bench_censored.py
    python -m pytest tests/benchmarks/bench_censored.py -m benchmark -s

The promise: a Weibull of n = 1e6 rows, four in ten right-censored, with and without left truncation, at least 20 times
faster than lifelines and SurPyval, and never less likely. The other lines are for information. Every side may use the
same number of threads. The peers come with `pip install -e ".[peers]"`; one that is missing is told, not timed.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if str(Path(__file__).parent) not in sys.path:
    sys.path.insert(0, str(Path(__file__).parent))

from timing import THREADS, Task, in_turns, shown, word  # before NumPy: it holds every library to as many threads

# isort: split
import numpy as np
import pytest

import mlestat as mle

PROMISED = 20.0
"""How many times faster a censored Weibull is."""

SLACK = 1e-9
"""Relative: what a log-likelihood of so many terms may be rounded by."""


@dataclass(frozen=True)
class Peer:
    """A library's fit, and our parameters from it."""

    library: str
    fit: Task
    parameters: Callable[[Any], dict[str, float]]


@dataclass(frozen=True)
class Line:
    """One kind of rows: our fit, those of the peers, and by how much it must be faster."""

    name: str
    model: Any
    sample: Callable[[], mle.Sample]
    peers: tuple[Peer, ...]
    target: float | None = None


def library(name: str) -> Any:
    """A peer's module, or None where it is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(name)
    except ImportError:
        return None


def lives(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times, whether the failure was seen (six in ten), and ages of entry, of rows that were still alive then."""
    rng = np.random.default_rng(20_260_101)
    failure, end, entry = 3.0 * rng.weibull(1.7, n), 3.6 * rng.weibull(1.7, n), 0.5 * rng.uniform(size=n)
    time, event = np.minimum(failure, end), (failure <= end).astype(int)
    alive = time > entry
    return time[alive], event[alive], entry[alive]


def weibull_of_lifelines(fit: Any) -> dict[str, float]:
    return {"shape": float(fit.rho_), "scale": float(fit.lambda_)}


def weibull_of_surpyval(fit: Any) -> dict[str, float]:
    return {"shape": float(fit.params[1]), "scale": float(fit.params[0])}


def weibulls(n: int) -> Iterator[Line]:
    """The promise, in two variants."""
    lifelines, surpyval, reliability = map(library, ("lifelines", "surpyval", "reliability"))
    time, event, entry = lives(n)
    for name, ages in (("right-censored", None), ("right-censored, entered late", entry)):
        peers = []
        if lifelines is not None:
            task = lambda ages=ages: lifelines.WeibullFitter().fit(time, event, entry=ages)  # noqa: E731
            peers.append(Peer("lifelines", task, weibull_of_lifelines))
        if surpyval is not None:
            task = lambda ages=ages: surpyval.Weibull.fit(time, 1 - event, tl=ages)  # noqa: E731
            peers.append(Peer("SurPyval", task, weibull_of_surpyval))
        sample = lambda ages=ages: mle.Sample.events(time, event, entry=ages)  # noqa: E731
        yield Line(f"Weibull, {name}", mle.Weibull(), sample, tuple(peers), PROMISED)
    if reliability is not None:
        few, seen = time[:10_000], event[:10_000] == 1
        task = lambda: _reliability_weibull(few, seen)  # noqa: E731
        peer = Peer("reliability", task, lambda fit: {"shape": float(fit.beta), "scale": float(fit.alpha)})
        yield Line("Weibull, 1e4 rows", mle.Weibull(), lambda: mle.Sample.events(few, seen), (peer,))


def _reliability_weibull(time: np.ndarray, seen: np.ndarray) -> Any:
    from reliability.Fitters import Fit_Weibull_2P

    return Fit_Weibull_2P(
        failures=time[seen], right_censored=time[~seen], show_probability_plot=False, print_results=False, method="MLE"
    )


def others(n: int) -> Iterator[Line]:
    """For information: intervals, and families whose tails are no formula of the row terms."""
    lifelines, surpyval = map(library, ("lifelines", "surpyval"))
    time, event, _ = lives(n)
    low, high = 0.9 * time, 1.2 * time
    peers = []
    if lifelines is not None:
        task = lambda: lifelines.WeibullFitter().fit_interval_censoring(low, high)  # noqa: E731
        peers.append(Peer("lifelines", task, weibull_of_lifelines))
    if surpyval is not None:
        task = lambda: surpyval.Weibull.fit(xl=low, xr=high)  # noqa: E731
        peers.append(Peer("SurPyval", task, weibull_of_surpyval))
    yield Line("Weibull, intervals", mle.Weibull(), lambda: mle.Sample.intervals(low, high), tuple(peers))
    sample = lambda: mle.Sample.events(time, event)  # noqa: E731
    peers = []
    if lifelines is not None:
        task = lambda: lifelines.LogNormalFitter().fit(time, event)  # noqa: E731
        peers.append(Peer("lifelines", task, lambda fit: {"mu": float(fit.mu_), "sigma": float(fit.sigma_)}))
    if surpyval is not None:
        task = lambda: surpyval.LogNormal.fit(time, 1 - event)  # noqa: E731
        peers.append(
            Peer("SurPyval", task, lambda fit: dict(zip(("mu", "sigma"), map(float, fit.params), strict=True)))
        )
    yield Line("LogNormal, right-censored", mle.LogNormal(), sample, tuple(peers))
    peers = []
    if surpyval is not None:
        task = lambda: surpyval.Gamma.fit(time, 1 - event)  # noqa: E731
        peers.append(
            Peer("SurPyval", task, lambda fit: {"shape": float(fit.params[0]), "scale": 1.0 / float(fit.params[1])})
        )
    yield Line("Gamma, right-censored", mle.Gamma(), sample, tuple(peers))


def height(line: Line, parameters: dict[str, float]) -> float:
    """The log-likelihood of parameters, by our own sum over the rows."""
    return mle.fit(type(line.model)(**parameters), line.sample()).loglik


def report(line: Line, turns: int) -> bool:
    """Print one line per peer; whether all of them are as much slower as promised, and none is likelier."""
    fit = mle.fit(line.model, line.sample(), threads=THREADS)
    ours: Task = lambda: mle.fit(line.model, line.sample(), threads=THREADS).cov  # noqa: E731
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        times = in_turns([ours, *(peer.fit for peer in line.peers)], turns)
        above = [fit.loglik - height(line, peer.parameters(peer.fit())) for peer in line.peers]
    if not line.peers:
        print(f"{line.name:32} {fit.n:9.0f} rows   {shown(times[0])}   no peer is installed", flush=True)
    held = True
    for peer, t, gain in zip(line.peers, times[1:], above, strict=True):
        ratio = t / times[0]
        ok = gain >= -SLACK * abs(fit.loglik) and (line.target is None or ratio >= line.target)
        asked = "for information" if line.target is None else f"target {line.target:.0f} ×"
        print(
            f"{line.name:32} {fit.n:9.0f} rows   {shown(times[0])}   {peer.library:12} {shown(t)}   "
            f"{ratio:7.1f} × faster, {gain:+.1e} in log-likelihood   {asked:16} {word(ok)}",
            flush=True,
        )
        held &= ok
    return held


@pytest.mark.benchmark
def test_a_censored_weibull_is_twenty_times_faster() -> None:
    for peer in ("lifelines", "surpyval"):
        if library(peer) is None:
            pytest.skip(f"{peer} is not installed: pip install -e .[peers]")
    held = [report(line, 1) for line in weibulls(1_000_000)]
    assert all(held)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--more-rows", type=int, default=100_000, help="rows of the lines for information")
    parser.add_argument("--turns", type=int, default=3, help="times that everything is measured")
    parser.add_argument("--only", default="", help="only lines whose name contains this word")
    arguments = parser.parse_args()
    for name in ("lifelines", "surpyval", "reliability"):
        print(f"{name} {getattr(library(name), '__version__', 'is not installed')}")
    print(
        f"Python {sys.version.split()[0]}, NumPy {np.__version__}, threads {THREADS} of {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    lines = [*weibulls(arguments.rows), *others(arguments.more_rows)]
    results = [report(line, arguments.turns) for line in lines if arguments.only.lower() in line.name.lower()]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
