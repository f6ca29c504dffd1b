"""The exponential power maximum on many rows: Newton's polish against the family's own score, and in few passes."""

from __future__ import annotations

import numpy as np
import pytest

import mlestat as mle
from mlestat.distributions import exponential_power_polish
from mlestat.distributions.exponential_power_polish import polish

OFF = 1e-8
"""Mean score that may be left, in units of a row's standard deviation; a standard error is 7e-3 of these rows."""


@pytest.mark.parametrize("power", [1.3, 2.0, 5.0])
@pytest.mark.parametrize("held", [(), ("mu",), ("scale",)])
def test_polish_finds_the_root_of_the_score(
    power: float, held: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From 2 % beside the truth, in at most six passes: with a wrong derivative it would take more."""
    x = mle.GeneralizedNormal(10.0, 2.0, power).sample(1, 20_000)
    w = np.random.default_rng(2).integers(1, 4, x.size).astype(float)
    w /= w.sum()
    passes = []
    means = exponential_power_polish._means
    monkeypatch.setattr(exponential_power_polish, "_means", lambda *a: passes.append(1) or means(*a))
    found = polish(
        x, w, 10.0 + 0.02 * ("mu" not in held), 2.0, 1.02 * power, move="mu" not in held, stretch="scale" not in held
    )
    assert found is not None
    assert len(passes) <= 6
    score = mle.GeneralizedNormal(*found).score(x)
    left = np.abs(w @ score) / score.std(axis=0)
    for i, name in enumerate(("mu", "scale", "power")):
        assert name in held or left[i] <= OFF, name


def test_polish_leaves_sharp_corners_and_far_starts_alone() -> None:
    x = mle.GeneralizedNormal(0.0, 1.0, 2.0).sample(1, 1000)
    w = np.full(x.size, 1e-3)
    assert polish(x, w, 0.0, 1.0, 0.9, move=True, stretch=True) is None
    assert polish(x, w, 3.0, 1.0, 2.0, move=True, stretch=True) is None


@pytest.mark.parametrize("power", [1.5, 3.0])
def test_many_rows_settle_where_all_of_them_have_their_maximum(power: float) -> None:
    """200,000 rows take the way through a subsample; the gradient over all rows tells."""
    x = mle.GeneralizedNormal(-1.0, 0.5, power).sample(3, 200_000)
    fit = mle.fit(mle.GeneralizedNormal(), x)
    score = fit.distribution.score(x)
    assert np.max(np.abs(score.mean(axis=0)) / score.std(axis=0)) <= OFF
    assert fit.loglik == pytest.approx(float(fit.distribution.logpdf(x).sum()), rel=1e-12)
