"""What a fit promises about repeated samples: coverage of its intervals, and errors of the size that it states.

Marked slow: `pytest -m slow`. MLESTAT_REPLICATES sets the number of replicates (default 600, about 10 s in all);
seeds are fixed. Each bound is five standard errors of the simulation wide (a false alarm has probability 6e-7 per
check, 3e-5 for all of them) beside what is known of the method itself: Wald intervals at n = 200 cover 95 % up
to about 1.5 %.
"""

from __future__ import annotations

import math
import os

import numpy as np
import pytest

import mlestat as mle

pytestmark = pytest.mark.slow

REPLICATES = int(os.environ.get("MLESTAT_REPLICATES", "600"))
ROWS = 200
ALARM = 5.0
WALD_BIAS = 0.015

TRUTHS = (
    mle.Normal(10.0, 2.0),
    mle.LogNormal(1.0, 0.5),
    mle.Exponential(3.0),
    mle.Laplace(0.0, 1.0),
    mle.Gamma(2.5, 3.0),
    mle.Weibull(1.5, 2.0),
    mle.StudentT(4.0, 1.0, 2.0),
    mle.Poisson(4.0),
    mle.NegativeBinomial(4.0, 2.0),
)


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda d: type(d).__name__)
def test_intervals_cover_and_errors_are_of_the_stated_size(truth: mle.Distribution) -> None:
    rng = np.random.default_rng(20_261_123)
    samples = truth.sample(rng, (REPLICATES, ROWS))
    fits = [mle.fit(type(truth)(), x, strict=False, threads=1) for x in samples]
    fits = [f for f in fits if f.verdict.finite]
    assert len(fits) >= 0.97 * REPLICATES  # a t sample now and then has lighter tails than a normal one
    for name, value in truth.params.items():
        inside = np.mean([low < value < high for low, high in (f.interval(name) for f in fits)])
        slack = WALD_BIAS + ALARM * math.sqrt(0.95 * 0.05 / len(fits))
        assert abs(inside - 0.95) < slack, (name, inside)


@pytest.mark.parametrize(
    "truth", [d for d in TRUTHS if not isinstance(d, mle.StudentT)], ids=lambda d: type(d).__name__
)
def test_the_spread_of_the_estimates_is_the_expected_one(truth: mle.Distribution) -> None:
    """Link-scale spread over replicates against the expected information; a second-order term of 1/n is allowed for."""
    rng = np.random.default_rng(11)
    fits = [mle.fit(type(truth)(), x, threads=1) for x in truth.sample(rng, (REPLICATES, ROWS))]
    expected = np.sqrt(np.diag(np.linalg.inv(ROWS * truth.fisher())))
    for name, se in zip(truth.parameter_names(), expected, strict=True):
        spread = float(np.std([f.params[name] for f in fits]))
        assert abs(spread / se - 1.0) < ALARM * math.sqrt(0.75 / len(fits)) + 12.0 / ROWS, (name, spread, se)
