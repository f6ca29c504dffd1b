"""Estimates straight from the rows, for families whose likelihood is not smooth and who know their own maximum."""

from __future__ import annotations

import numpy as np

from mlestat.likelihood import Objective
from mlestat.solvers.newton import Optimum
from mlestat.sources.array import Rows


def direct(objective: Objective, rows: Rows) -> Optimum | None:
    """Return the family's own solution, evaluated; None where it has none for these rows and free parameters."""
    if objective.model.regular or objective.model.priors or objective.jacobian or not rows.sample.complete:
        return None
    x = rows.values(slice(None))
    w = np.ones(x.size) if rows.sample.weights is None else rows.sample.weights
    values = objective.model._direct(x, w)
    if values is None:
        return None
    return Optimum(objective.at_values({name: float(values[name]) for name in objective.names}), 0.0, 0, True)
