"""The parameters about the estimate of a family of rows, on the plain scale of their single numbers.

What `mlestat.inference.functions` needs for the standard error of a function, such as a correlation: the estimate, a
square root of its covariance, and the distribution at any place. Where numbers obey an equation the root has fewer
columns, so that every step keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.multivariate.parts import flat, shaped
from mlestat.errors import InputError

if TYPE_CHECKING:
    from mlestat.distributions.multivariate.base import VectorDistribution
    from mlestat.result import Fit

Floats = NDArray[np.float64]

DEPENDENT = 1e-12
"""Eigenvalues of a correlation matrix below this are those of an equation between the numbers."""


@dataclass(frozen=True, eq=False)
class VectorRegion:
    """The neighbourhood of a fit."""

    fit: Fit

    @property
    def _domains(self) -> dict[str, Any]:
        return {name: domain for name, domain in self.fit.model.domains.items() if name in self.fit.se}

    @cached_property
    def centre(self) -> Floats:
        """The free numbers, in the order of `fit.free`."""
        return flat(self._domains, self.fit.params) if self.fit.free else np.empty(0)

    @cached_property
    def root(self) -> Floats:
        """A square root of the covariance, shape (free numbers, dimensions that they move in)."""
        errors = np.array([self.fit.error_of(name) for name in self.fit.free])
        if not np.isfinite(errors).all():
            missing = ", ".join(n for n, e in zip(self.fit.free, errors, strict=True) if not np.isfinite(e))
            raise InputError(
                f"{missing} has no standard error ({self.fit.verdict.kind}), so neither has a function of it; hold it "
                "at its estimate"
            )
        values, vectors = np.linalg.eigh(self.fit.correlation)
        kept = values > DEPENDENT * values[-1]
        return np.asarray(errors[:, None] * vectors[:, kept] * np.sqrt(values[kept]))

    @property
    def size(self) -> int:
        """Number of dimensions in which the numbers move."""
        return int(self.root.shape[1]) if self.fit.free else 0

    def member(self, numbers: Floats) -> VectorDistribution:
        """Return the distribution with these free numbers."""
        values = shaped(self._domains, self.fit.sample.size, numbers)
        fitted = self.fit.distribution
        assert fitted is not None  # functions are asked of fits with a finite maximum alone
        member: VectorDistribution = fitted.with_values(values)
        return member
