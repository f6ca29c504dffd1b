r"""Many rows open on one side, condensed: sums over them of costly smooth functions from their values at few nodes.

With parameters that are the same for all rows, log S and its derivatives are smooth functions of the end x alone. On a
panel of x each is a Chebyshev series, f = Σ c_j T_j, whose coefficients come from its values at N nodes; so its sum
over the panel's rows is Σ c_j M_j with the moments M_j = Σ w T_j(x_i), which no parameter changes. Panels are halved
until the last coefficients vanish, at every member anew; one with few rows is summed row by row. So a
family whose tails are quadratures or continued fractions pays for some hundred nodes instead of for every row, with
nothing lost but rounding.

Reference: Trefethen, *Approximation Theory and Approximation Practice* (2013), ch. 3 and 8.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.distributions.between import log_tail_derivatives
from mlestat.distributions.starts import ranked
from mlestat.sources.incomplete import Between
from mlestat.supports import Support

Floats = NDArray[np.float64]
Panel = tuple[int, int, float, float]
"""Rows from i to j, and the ends of the panel, in the coordinate."""

CONDENSED_FROM = 4_096
"""Rows from which the nodes are fewer than a tenth of them."""

NODES = 20
"""Nodes of a panel."""

FEW = 2 * NODES
"""Rows up to which a panel is summed row by row."""

NARROWEST = 1e-9
"""Width of a panel, relative to where it is, below which it counts as a point."""

ROUNDED_VALUE = 1e-13
"""Last coefficients of log P, relative to the largest: what is left out is smaller still."""

ROUNDED_SLOPE = 1e-11
"""The same of its derivatives, which are good to 1e-10 themselves (docs/theory/censoring)."""

_ANGLES = np.pi * (np.arange(NODES) + 0.5) / NODES
_POINTS = np.cos(_ANGLES)
_TO_SERIES = np.cos(np.outer(np.arange(NODES), _ANGLES)) * np.where(np.arange(NODES) > 0, 2.0, 1.0)[:, None] / NODES


class Condensed:
    """The rows of a part that is open on one side; it remembers the panels and moments that served so far."""

    def __init__(self, part: Between, support: Support) -> None:
        self.upper = part.open_end == "upper"
        x = part.rows.values(slice(None)) if self.upper else part.high
        weights = part.rows.sample.weights
        self.x, self.w = ranked(x, np.ones(x.size) if weights is None else np.asarray(weights, dtype=np.float64))
        forward, self.back = coordinate(support, self.x)
        self.y = forward(self.x)
        self.panels: list[Panel] = [(0, x.size, float(self.y[0]), float(self.y[-1]))]
        self.moments: dict[Panel, Floats] = {}

    def totals(self, member: Distribution) -> tuple[float, Floats, Floats]:
        """Return the sum over the rows of log P, with its first and second derivatives."""
        k = len(member.roles)
        lower = np.tril_indices(k)
        while True:
            wide = [p for p in self.panels if _is_wide(p)]
            rows = [np.arange(p[0], p[1]) for p in self.panels if not _is_wide(p)]
            alone = np.concatenate([np.empty(0, dtype=np.intp), *rows])
            nodes = [self.back(0.5 * (a + b) + 0.5 * (b - a) * _POINTS) for _, _, a, b in wide]
            f = self._functions(member, np.concatenate([*nodes, self.x[alone]]), lower)
            series = f[:, : NODES * len(wide)].reshape(len(f), len(wide), NODES) @ _TO_SERIES.T
            rough = _rough(series)
            if not rough.any():
                break
            self._halve({p for p, bad in zip(wide, rough, strict=True) if bad})
        sums = f[:, NODES * len(wide) :] @ self.w[alone]
        if wide:
            sums = sums + np.einsum("fpj,pj->f", series, np.array([self._moments(p) for p in wide]))
        hessian = np.zeros((k, k))
        hessian[lower] = sums[k + 1 :]
        return float(sums[0]), sums[1 : k + 1], hessian + np.tril(hessian, -1).T

    def _functions(self, member: Distribution, x: Floats, lower: tuple[NDArray[np.intp], ...]) -> Floats:
        """The value, gradient and lower triangle of the Hessian at each x, one row per function."""
        value, g, h = log_tail_derivatives(member, x, upper=self.upper)
        columns = (value, *g, *(h[i][j] for i, j in zip(*lower, strict=True)))
        return np.stack([np.broadcast_to(c, x.shape) for c in columns])

    def _halve(self, bad: set[Panel]) -> None:
        """Cut panels in the middle; a half without rows is left out."""
        kept: list[Panel] = []
        for i, j, a, b in self.panels:
            if (i, j, a, b) not in bad:
                kept.append((i, j, a, b))
                continue
            middle = 0.5 * (a + b)
            cut = i + int(np.searchsorted(self.y[i:j], middle))
            kept += [p for p in ((i, cut, a, middle), (cut, j, middle, b)) if p[0] < p[1]]
        self.panels = kept

    def _moments(self, panel: Panel) -> Floats:
        """Σ w T_j over the panel's rows."""
        if panel not in self.moments:
            i, j, a, b = panel
            t, w = (2.0 * self.y[i:j] - (a + b)) / (b - a), self.w[i:j]
            before, now = w, w * t
            sums = [before.sum(), now.sum()]
            for _ in range(2, NODES):
                before, now = now, 2.0 * t * now - before
                sums.append(now.sum())
            self.moments[panel] = np.array(sums)
        return self.moments[panel]


def _is_wide(panel: Panel) -> bool:
    """Whether nodes serve a panel; not where it has few rows, or is a point on which many rows are tied."""
    i, j, a, b = panel
    return j - i > FEW and b - a > NARROWEST * max(abs(a), abs(b), 1.0)


def _rough(series: Floats) -> NDArray[np.bool_]:
    """Tell the panels on which some series has not come to its end; one that is not finite counts as such."""
    allowed = np.where(np.arange(series.shape[0]) == 0, ROUNDED_VALUE, ROUNDED_SLOPE)[:, None]
    size = np.abs(series)
    return np.asarray(~(size[..., -2:].max(axis=-1) <= allowed * size.max(axis=-1)).all(axis=0))


def coordinate(support: Support, x: Floats) -> tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]:
    """Return a coordinate in which tails are smooth, and its inverse; `x` are sorted values.

    Examples
    --------
    >>> from mlestat.supports import Positive
    >>> forward, back = coordinate(Positive(), np.array([1.0, 2.0]))
    >>> back(forward(np.array([3.0]))).round(12).tolist()
    [3.0]
    """
    low, high = support.lower, support.upper
    if np.isfinite(low) and np.isfinite(high):
        return lambda v: np.log((v - low) / (high - v)), lambda y: low + (high - low) / (1.0 + np.exp(-y))
    if np.isfinite(low):
        return lambda v: np.log(v - low), lambda y: low + np.exp(y)
    centre = float(x[x.size // 2])
    unit = float(x[3 * x.size // 4] - x[x.size // 4]) or 1.0
    return lambda v: np.arcsinh((v - centre) / unit), lambda y: centre + unit * np.sinh(y)
