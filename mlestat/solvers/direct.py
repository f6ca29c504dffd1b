"""Estimates straight from the rows, for families whose likelihood is not smooth and who know their own maximum."""

from __future__ import annotations

import numpy as np

from mlestat.distributions.base import Distribution
from mlestat.errors import InputError
from mlestat.likelihood import Objective
from mlestat.solvers.newton import Optimum, maximise
from mlestat.sources.array import Rows


def direct(objective: Objective, rows: Rows) -> Optimum | None:
    """Return the family's own solution, evaluated; None where it has none for these rows and free parameters."""
    model = objective.model
    if type(model)._direct is Distribution._direct or not rows.sample.complete:
        return None
    x = rows.values(slice(None))
    found = model._direct(x, np.ones(x.size) if rows.sample.weights is None else rows.sample.weights)
    if found is None:
        return None
    values = {name: float(found[name]) for name in objective.names}
    if model.priors or objective.jacobian:
        if not model.edges:
            return None
        values |= _beside_edges(objective, values)
    return Optimum(objective.at_values(values), 0.0, 0, True, proven=True)


def _beside_edges(objective: Objective, values: dict[str, float]) -> dict[str, float]:
    """Return the other parameters under their priors, the ends of the support being where the data put them."""
    model = objective.model
    if pinned := [name for name in model.edges if name in model.priors]:
        raise InputError(
            f"{pinned[0]} is an end of the support of {model.label} and is set by an extreme of the data; "
            "a prior on it is not supported, give it a number or leave it free"
        )
    inner = objective.of(model.with_values({name: values[name] for name in model.edges if name in values}))
    if not inner.names:
        return {}
    member = maximise(inner, inner.eta(values)).at.model
    return {name: float(member.params[name]) for name in inner.names}
