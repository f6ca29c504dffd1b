"""Coverage of nominal 95 % profile intervals, by simulation, for each regular family.

Marked slow. A profile interval holds the true value if and only if the likelihood-ratio statistic of that value is at
most 3.84, so two fits per sample and parameter settle it: one free, one with the value held, all samples at once.
MLESTAT_COVERAGE sets the number of samples per family (default 1,000). The band is 94 to 96 % beside four standard
errors of the simulation: a false alarm has probability 6e-5 per parameter at most, 5e-3 for all of them.
`python tests/inference/test_coverage.py 20000` prints the table of docs/theory/intervals.md.
"""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pytest
import scipy.special as sc
from cases import FAMILIES, FREE_NAMES, IRREGULAR, NAMES, ORDINARY, model, ordinary

import mlestat as mle

pytestmark = pytest.mark.slow

SAMPLES = int(os.environ.get("MLESTAT_COVERAGE", "1000"))
CUT = 3.841458820694124
BAND = 0.01
ALARM = 4.0

SLOW = ("GeneralizedGamma", "Burr", "SkewNormal", "GeneralizedNormal")
"""Fitted one by one: a tenth of the samples."""

REGULAR = tuple(f for f in FAMILIES if f not in IRREGULAR)


def coverage(family: str, rows: int, samples: int) -> dict[str, tuple[float, float, int]]:
    """Shares of profile and Wald intervals that hold each parameter's true value, and how many samples there were."""
    x = np.asarray(ordinary(family).sample(np.random.default_rng(20_261_125), (samples, rows))).T
    free = mle.fit(model(family), x)
    truth = dict(zip(NAMES[family], ORDINARY[family], strict=True))
    found = {}
    for name in FREE_NAMES[family]:
        held = mle.fit(model(family, **{name: truth[name]}), x)
        counted = (free.status != "error") & np.isfinite(held.loglik)
        drop = 2.0 * (free.loglik - held.loglik)[counted]
        found[name] = (float(np.mean(drop <= CUT)), _wald(free, name, truth[name]), int(counted.sum()))
    return found


def _wald(free: mle.GroupedFit, name: str, truth: float) -> float:
    """Share of link-scale Wald intervals, where there is a maximum."""
    link = free.model.roles[name].link
    sound = np.isfinite(free.se[name]) & free.finite
    value, se = free.params[name][sound], free.se[name][sound]
    z = (link.forward(value) - link.forward(truth)) / (se / np.abs(link.derivative(value)))
    return float(np.mean(np.abs(z) <= sc.ndtri(0.975)))


@pytest.mark.parametrize("family", REGULAR)
def test_profile_intervals_cover(family: str) -> None:
    samples = SAMPLES // 10 if family in SLOW else SAMPLES
    for name, (share, _, count) in coverage(family, 200, samples).items():
        allowed = BAND + ALARM * math.sqrt(0.95 * 0.05 / count)
        assert abs(share - 0.95) <= allowed, (name, share, count)


def _table(samples: int) -> None:
    print("| family | parameter | profile 200 | Wald 200 | profile 50 | Wald 50 | profile 30 | Wald 30 |")
    print("|---|---|---|---|---|---|---|---|")
    for family in REGULAR:
        count = samples // 20 if family in SLOW else samples
        shares = [coverage(family, rows, count) for rows in (200, 50, 30)]
        for name in shares[0]:
            cells = " | ".join(f"{100 * s[name][0]:.1f} | {100 * s[name][1]:.1f}" for s in shares)
            print(f"| {family} | {name} | {cells} |", flush=True)


if __name__ == "__main__":
    _table(int(sys.argv[1]))
