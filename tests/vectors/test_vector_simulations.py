"""What a fit of rows promises about repeated samples: coverage of its intervals, and errors of the size that it states.

Marked slow: `pytest -m slow`. Seeds are fixed. Each bound is five standard errors of the simulation wide (a false alarm
has probability 6e-7 per number, 2e-5 for all) beside what is known of Wald intervals at n = 200: they cover 95 % up to
2 %.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from vector_families import FAMILIES, ORDINARY

import mlestat as mle

pytestmark = pytest.mark.slow

REPLICATES = 400
ROWS = 200
ALARM = 5.0
WALD_BIAS = 0.02


@pytest.mark.parametrize("family", [f for f in FAMILIES if f != "Mixture"])
def test_intervals_cover_and_errors_are_of_the_stated_size(family: str) -> None:
    d = ORDINARY[family].distribution
    rng = np.random.default_rng(20_261_201)
    fits = [mle.fit(getattr(mle, family)(), d.sample(rng, ROWS), threads=1) for _ in range(REPLICATES)]
    truth = np.array([part.of(d.params) for part in d.parts().values()])
    names = fits[0].free
    covered = np.array(
        [[low < t < high for t, (low, high) in zip(truth, map(f.interval, names), strict=True)] for f in fits]
    )
    room = ALARM * math.sqrt(0.95 * 0.05 / REPLICATES) + WALD_BIAS
    assert np.all(np.abs(covered.mean(axis=0) - 0.95) <= room)
    found = np.array([[f.estimate_of(name) for name in names] for f in fits])
    stated = np.median([[f.error_of(name) for name in names] for f in fits], axis=0)
    spread = found.std(axis=0)
    assert np.all(np.abs(spread / stated - 1.0) <= ALARM / math.sqrt(2.0 * REPLICATES) + 0.05)
