"""A fit as a problem to solve: the model, its unit, its rows and the objective, ready for a solver.

What `fit` solves once, profiles and tests solve again with a parameter held.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.likelihood import Objective
from mlestat.sample import Sample
from mlestat.solvers.choose import choose_source
from mlestat.sources.array import Rows, Statistics, default_threads, pairs
from mlestat.unit import Unit

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Problem:
    """A model and its data in a convenient unit.

    Examples
    --------
    >>> import mlestat as mle
    >>> Problem.of(mle.Gamma(), mle.Sample([1.0, 2.0, 6.0])).objective.names
    ('shape', 'scale')
    """

    model: Distribution
    sample: Sample
    unit: Unit
    rows: Rows
    objective: Objective

    @classmethod
    def of(cls, model: Distribution, sample: Sample, *, jacobian: bool = False, threads: int | None = None) -> Problem:
        """Choose unit and source."""
        unit = Unit.of(model, sample)
        inner, table = pairs(model, sample)
        rows = Rows(table, default_threads() if threads is None else threads, unit.factor, unit.shift)
        inner = unit.into(inner)
        return cls(model, sample, unit, rows, Objective(inner, choose_source(inner, rows), jacobian, rows))

    @property
    def representable(self) -> bool:
        """Whether sufficient statistics of these data fit into doubles."""
        source = self.objective.source
        return not isinstance(source, Statistics) or bool(np.isfinite(source.terms).all())
