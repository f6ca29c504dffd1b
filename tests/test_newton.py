"""Newton's method on objectives whose course is known: the way to a limit, a plateau, a plain maximum."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np

from mlestat.likelihood import Evaluation
from mlestat.solvers.newton import RUNAWAY, maximise


class Known:
    """An objective of one dimensionless parameter that counts how often it is asked."""

    def __init__(self, f: Any, noise: float = 1e-14) -> None:
        self.f, self.noise, self.asked = f, noise, 0
        self.dimensionless = np.ones(1)
        self.source = SimpleNamespace(n=1.0)

    def __call__(self, eta: np.ndarray) -> Evaluation:
        self.asked += 1
        value, slope, bend = self.f(float(eta[0]))
        member: Any = SimpleNamespace(_lost=lambda: False)
        return Evaluation(member, eta, value, value, np.array([slope]), np.array([[bend]]), np.array([[-bend]]))

    def resolution(self, here: Evaluation) -> float:
        return self.noise


def rising(eta: float) -> tuple[float, float, float]:
    """-exp(-η): the supremum is at infinity, and every Newton step is 1."""
    e = math.exp(-eta)
    return -e, e, -e


def test_the_way_to_a_limit_takes_strides() -> None:
    objective: Any = Known(rising, noise=0.0)
    found = maximise(objective, np.zeros(1))
    assert not found.converged
    assert found.at.eta[0] > RUNAWAY
    assert objective.asked <= 13  # steps of 1 would be 37


def test_a_plateau_ends_the_search() -> None:
    """Far out on a saddle-shaped plateau no step gains more than rounding: not 200 steps, but one look."""
    objective: Any = Known(lambda eta: (-1.0, 1e-12, 1e-9))
    found = maximise(objective, np.zeros(1))
    assert not found.converged
    assert objective.asked == 1


def test_a_start_that_is_known_is_not_evaluated_again() -> None:
    objective: Any = Known(lambda eta: (-((eta - 3.0) ** 2), -2.0 * (eta - 3.0), -2.0))
    found = maximise(objective, objective(np.zeros(1)))
    assert found.converged
    assert abs(found.at.eta[0] - 3.0) < 1e-12
    assert objective.asked == 2
