"""Closed forms: the estimate straight from sufficient statistics."""

from __future__ import annotations

import math

import numpy as np

from mlestat.likelihood import Objective
from mlestat.solvers.newton import Optimum, ascent
from mlestat.sources.array import Statistics


def closed_form(objective: Objective) -> Optimum | None:
    """Return the family's own solution, evaluated; None where it has none for these free parameters."""
    source, model = objective.source, objective.model
    if not isinstance(source, Statistics) or model.priors or objective.jacobian:
        return None
    with np.errstate(all="ignore"):  # what is not finite is told below
        values = model._mle(source.terms, source.at)
    if values is None or not all((math.isfinite(v) and v != 0.0) or n not in model.free for n, v in values.items()):
        return None
    here = objective.at_values({name: float(values[name]) for name in objective.names})
    _, decrement, definite = ascent(here)
    return Optimum(here, decrement, 0, definite)
