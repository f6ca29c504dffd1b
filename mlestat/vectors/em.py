"""Passes over the rows of a mixture of normals: expectation and maximisation, and the derivatives for Newton's steps.

Rows are held column by column, about their mean and in units near their standard deviations, so that every product is
one of matrices. Sums are taken about the current mean of each component: one that is narrow and far from the others
keeps its digits. Several members may be stepped at once: their states are stacked in leading axes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.multivariate.linear import halves, triangle
from mlestat.distributions.multivariate.normal import second_derivatives
from mlestat.special import HALF_LOG_2PI
from mlestat.vectors.moments import over_blocks

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Columns:
    """Rows, column by column: shape (d, n), and their weights, if any; `surveyed` says that these count squared."""

    values: Floats
    weights: Floats | None
    surveyed: bool = False
    threads: int = 1

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.values.shape[1])

    @property
    def size(self) -> int:
        """Number of columns."""
        return int(self.values.shape[0])

    @property
    def n(self) -> float:
        """Sum of the weights."""
        return float(self.rows) if self.weights is None else float(self.weights.sum())

    def every(self, step: int) -> Columns:
        """Return every `step`-th row."""
        if step <= 1:
            return self
        w = None if self.weights is None else self.weights[::step]
        return Columns(np.ascontiguousarray(self.values[:, ::step]), w)


@dataclass(frozen=True, eq=False)
class Held:
    """What of a mixture is given: weights or None, and per component its mean and covariance or None."""

    weights: Floats | None
    means: tuple[Floats | None, ...]
    covs: tuple[Floats | None, ...]

    @property
    def count(self) -> int:
        """Number of components."""
        return len(self.means)

    @property
    def loose(self) -> list[int]:
        """Components whose covariance is free."""
        return [k for k, c in enumerate(self.covs) if c is None]

    def state(self) -> State:
        """Return the member, where everything is given."""
        assert self.weights is not None
        means, covs = ([v for v in table if v is not None] for table in (self.means, self.covs))
        return State(self.weights, np.stack(means), np.stack(covs))

    def places(self, d: int) -> NDArray[np.intp]:
        """Return the places of the free numbers among those of `State.flat`."""
        k, m = self.count, d + d * (d + 1) // 2
        found = list(range(k - 1)) if self.weights is None else []
        for c in range(k):
            at = k - 1 + c * m
            found += list(range(at, at + d)) if self.means[c] is None else []
            found += list(range(at + d, at + m)) if self.covs[c] is None else []
        return np.array(found, dtype=np.intp)


@dataclass(frozen=True, eq=False)
class State:
    """A member: weights (…, K), means (…, K, d), covariance matrices (…, K, d, d)."""

    weights: Floats
    means: Floats
    covs: Floats

    def __getitem__(self, at: Any) -> State:
        return State(self.weights[at], self.means[at], self.covs[at])

    def flat(self) -> Floats:
        """Return the numbers of a single member: the weights but the last, then each mean and upper triangle."""
        i, j = triangle(self.means.shape[-1])
        return np.concatenate([self.weights[:-1], np.concatenate([self.means, self.covs[:, i, j]], axis=1).ravel()])

    @classmethod
    def of(cls, numbers: Floats, k: int, d: int) -> State | None:
        """Return the member with these numbers; None if it is outside the domain."""
        weights = np.append(numbers[: k - 1], 1.0 - numbers[: k - 1].sum())
        table = numbers[k - 1 :].reshape(k, -1)
        covs = np.empty((k, d, d))
        i, j = triangle(d)
        covs[:, i, j] = covs[:, j, i] = table[:, d:]
        state = cls(weights, table[:, :d], covs)
        return state if state.sound() else None

    def sound(self) -> Any:
        """Return which members are inside the domain: a mask, or a single answer."""
        finite: Any = np.isfinite(self.means).all((-1, -2)) & np.isfinite(self.covs).all((-1, -2, -3))
        covs = np.where(finite[..., None, None, None], self.covs, np.eye(self.covs.shape[-1]))
        definite = (np.linalg.eigvalsh(covs)[..., 0] > 0.0).all(-1)
        return finite & definite & (self.weights > 0.0).all(-1)


@dataclass(frozen=True, eq=False)
class Step:
    """What expectation and maximisation find: the height where they began, the masses there, where they lead."""

    loglik: Floats
    masses: Floats
    state: State


@dataclass(frozen=True, eq=False)
class Slopes:
    """Log-likelihood, gradient, Hessian, the middle of the sandwich and masses; in the order of `State.flat`."""

    loglik: float
    gradient: Floats
    hessian: Floats
    outer: Floats
    masses: Floats


class _Block:
    """What both passes need of a block: gaps (…, K, d, rows), the same made white, responsibilities (…, K, rows)."""

    def __init__(self, data: Columns, state: State, whiten: Floats, constants: Floats, at: slice) -> None:
        self.weights = None if data.weights is None else data.weights[at]
        self.gaps = data.values[:, at] - state.means[..., None]
        self.white = whiten @ self.gaps
        logs = constants[..., None] - 0.5 * np.einsum("...ij,...ij->...j", self.white, self.white)
        top = logs.max(axis=-2)
        shares = np.exp(logs - top[..., None, :])
        total = shares.sum(axis=-2)
        self.shares = shares / total[..., None, :]
        heights = top + np.log(total)
        self.loglik = heights.sum(axis=-1) if self.weights is None else heights @ self.weights
        self.weighted = self.shares if self.weights is None else self.shares * self.weights


def _prepared(state: State) -> tuple[Floats, Floats]:
    """Return L⁻¹ of each component, and log w - log det L - d/2 log 2π."""
    factors = np.linalg.cholesky(state.covs)
    log_dets = np.log(np.diagonal(factors, axis1=-2, axis2=-1)).sum(axis=-1)
    return np.linalg.inv(factors), np.log(state.weights) - log_dets - state.means.shape[-1] * HALF_LOG_2PI


def step(data: Columns, state: State, held: Held) -> Step:
    """Return one step of expectation and maximisation, from each member."""
    whiten, constants = _prepared(state)

    def block(at: slice) -> tuple[Floats, Floats, Floats, Floats]:
        b = _Block(data, state, whiten, constants, at)
        first = np.einsum("...kij,...kj->...ki", b.gaps, b.weighted)
        second = (b.gaps * b.weighted[..., None, :]) @ np.swapaxes(b.gaps, -1, -2)
        return b.loglik, b.weighted.sum(axis=-1), first, second

    columns = state.means.size
    loglik, *sums = (sum(parts) for parts in zip(*over_blocks(data.rows, columns, block, data.threads), strict=True))
    return Step(np.asarray(loglik), sums[0], _maximised(state, held, *sums))


def _maximised(state: State, held: Held, masses: Floats, first: Floats, second: Floats) -> State:
    """Return the members that the weighted moments make; those of an empty component are not finite."""
    with np.errstate(all="ignore"):
        shift = first / masses[..., None]
        spread = second / masses[..., None, None]
    weights = masses / masses.sum(axis=-1, keepdims=True) if held.weights is None else state.weights
    means, covs = state.means.copy(), state.covs.copy()
    for k, (mean, cov) in enumerate(zip(held.means, held.covs, strict=True)):
        moved = shift[..., k, :]
        if mean is None:
            means[..., k, :] += moved
        if cov is None:
            # about a mean that is held, which is where the gaps were taken from, nothing is taken off
            found = spread[..., k, :, :] - (moved[..., :, None] * moved[..., None, :] if mean is None else 0.0)
            covs[..., k, :, :] = 0.5 * (found + np.swapaxes(found, -1, -2))
    return State(weights, means, covs)


def from_shares(data: Columns, shares: Floats, held: Held) -> State:
    """Return the members that responsibilities of shape (…, K, n) make of the rows."""
    k, d = held.count, data.size
    w = shares if data.weights is None else shares * data.weights
    masses = w.sum(axis=-1)
    with np.errstate(all="ignore"):
        means = (w @ data.values.T) / masses[..., None]
    for i, mean in enumerate(held.means):
        means[..., i, :] = means[..., i, :] if mean is None else mean
    gaps = data.values - means[..., None]
    begin = State(
        np.broadcast_to(1.0 / k if held.weights is None else held.weights, masses.shape),
        means,
        np.broadcast_to(np.stack([np.eye(d) if c is None else c for c in held.covs]), (*means.shape, d)),
    )
    first = np.einsum("...kij,...kj->...ki", gaps, w)
    return _maximised(begin, held, masses, first, (gaps * w[..., None, :]) @ np.swapaxes(gaps, -1, -2))


def slopes(data: Columns, state: State) -> Slopes:
    """Return the derivatives of the log-likelihood at a member, by one pass.

    With the score of component k, s_k, the Hessian is Σ r_k (h_k + s_k s_kᵀ) in its own block, Σ ± r_k/w_k s_k beside
    the weights, less Σ s sᵀ for the scores s of the mixture. Σ r_k h_k follows from Σ r_k u and Σ r_k u uᵀ.
    """
    whiten, constants = _prepared(state)
    k, d = state.means.shape
    i, j = triangle(d)
    m, last = d + i.size, k - 1
    half = halves(d)[:, None]
    precision = np.swapaxes(whiten, -1, -2) @ whiten

    def block(at: slice) -> tuple[float, Floats, Floats, Floats, Floats]:
        b = _Block(data, state, whiten, constants, at)
        u = np.swapaxes(whiten, -1, -2) @ b.white
        s = np.concatenate([u, (u[:, i] * u[:, j] - precision[:, i, j, None]) * half], axis=1)
        shared = b.shares[:, None] * s
        ratio = b.shares / state.weights[:, None]
        whole = np.concatenate([ratio[:last] - ratio[last], shared.reshape(k * m, -1)])
        weighted = whole if b.weights is None else whole * b.weights
        own = (shared if b.weights is None else shared * b.weights) @ np.swapaxes(s, -1, -2)
        ru = b.weighted[:, None] * u
        moments = np.concatenate(
            [b.weighted.sum(-1)[:, None], ru.sum(-1), (ru @ np.swapaxes(u, -1, -2)).reshape(k, -1)], axis=1
        )
        outer = weighted @ whole.T
        squared = outer if not (data.surveyed and b.weights is not None) else (weighted * b.weights) @ whole.T
        return float(b.loglik), np.concatenate([weighted.sum(axis=1), moments.ravel()]), outer, squared, own

    parts = list(zip(*over_blocks(data.rows, last + k * m, block, data.threads), strict=True))
    sums, outer, squared, own = (np.asarray(sum(part)) for part in parts[1:])
    gradient, moments = sums[: last + k * m], sums[last + k * m :].reshape(k, -1)
    hessian = -outer
    for c in range(k):
        at = slice(last + c * m, last + (c + 1) * m)
        mass = moments[c, 0]
        u, uu = moments[c, 1 : d + 1] / mass, moments[c, d + 1 :].reshape(d, d) / mass
        hessian[at, at] += own[c] + mass * second_derivatives(precision[c], u, uu)
        slope = gradient[at] / state.weights[c] * (1.0 if c < last else -1.0)
        for row in [c] if c < last else range(last):
            hessian[row, at] += slope
            hessian[at, row] += slope
    return Slopes(math.fsum(parts[0]), gradient, 0.5 * (hessian + hessian.T), squared, moments[:, 0])
