"""The estimate of a Dirichlet distribution: Newton's method on the means of log shares, its errors, its verdict.

The log-likelihood is concave in α, so Newton's steps, halved until they rise, lead to the maximum from anywhere. Its
matrix is a diagonal less z 1 1ᵀ; the one difference in which digits could be lost, 1 - z Σ 1/d_j, is written in the
remainders τ(a) = a ψ'(a) - 1 as -τ(α₀) + (1 + τ(α₀)) Σ m_j τ(α_j)/(1 + τ(α_j)), whose terms are 1/(2 α) and not 1.

Reference: Minka, *Estimating a Dirichlet distribution* (2000), eq. 15-18 and 23.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlestat.distributions.multivariate.dirichlet import Dirichlet, log_density
from mlestat.distributions.multivariate.rows import OFF_SIMPLEX
from mlestat.distributions.parameters import free
from mlestat.errors import DataError, SupportError
from mlestat.solvers.newton import DECREMENT, MAX_STEPS
from mlestat.special import digamma_less_log, stirling_second_derivative
from mlestat.vectors.certificate import Estimated, condition_of, correlation_of, interior, nothing_free
from mlestat.vectors.moments import over_blocks
from mlestat.vectors.sample import VectorSample, as_vectors
from mlestat.verdict import Verdict

Floats = NDArray[np.float64]

NEAR = 0.5
"""Shares above this much of the centre have their logarithm from log1p of the difference, which keeps small spreads."""

INDISTINCT = 1e13
"""Sum of α above which the rows differ by no more than the rounding of shares, about 1e-16 of them squared twice."""


def read(
    model: Dirichlet, data: Any, weights: ArrayLike | None, probability_weights: ArrayLike | None, missing: str
) -> VectorSample:
    """Return rows of shares that add to 1."""
    sample = as_vectors(data, weights, probability_weights, missing, model.label)
    if sample.size < 2:
        raise DataError("Dirichlet needs at least two shares a row, got one column; a single share goes to Beta")
    if model.size not in (None, sample.size):
        raise DataError(
            f"Dirichlet has {model.size} concentrations, but the data have {sample.size} columns; give one for each"
        )
    return sample


def _check_shares(sample: VectorSample) -> None:
    """Refuse rows off the simplex, which the pass has shown to be there."""
    sample.check_finite()
    bad = sample.values <= 0
    if bad.any():
        i, j = (int(v) for v in np.argwhere(bad)[0])
        raise SupportError(
            f"{int(bad.any(axis=1).sum())} of {sample.rows} rows hold a share that is not > 0, first at index {i}, "
            f"{sample.said(j)}: {sample.values[i, j]}; a Dirichlet has no density there, so give what was measured as "
            "0 its detection limit, or fit Multinomial to the counts"
        )
    sums = sample.values.sum(axis=1, dtype=np.float64)
    off = np.flatnonzero(np.abs(sums - 1.0) > OFF_SIMPLEX)
    if off.size:
        i = int(off[0])
        raise SupportError(
            f"{off.size} of {sample.rows} rows do not add to 1, first at index {i}: their sum is {sums[i]:.10g}; "
            "divide each row by its sum"
        )


@dataclass(frozen=True, eq=False)
class _Logs:
    """Sufficient statistics: means of log(x_j/c_j) about a centre c near the mean, and the rows for a second look."""

    centre: Floats
    mean: Floats
    sample: VectorSample

    def ratio(self, alpha: Floats) -> Floats:
        """Return the mean of log(x_j/m_j) for m = α/α₀."""
        m = alpha / alpha.sum()
        return self.mean + _log_ratio(self.centre, m)

    def score(self, alpha: Floats) -> Floats:
        """Return the mean score."""
        return np.asarray(self.ratio(alpha) + digamma_less_log(alpha.sum()) - digamma_less_log(alpha))

    def height(self, alpha: Floats) -> float:
        """Return the mean log-likelihood."""
        return float(log_density(self.ratio(alpha), alpha))


def _log_ratio(x: Floats, c: Floats) -> Floats:
    """Return log(x/c), to full precision where the two are close."""
    near = x > NEAR * c
    return np.asarray(np.where(near, np.log1p((np.where(near, x, c) - c) / c), np.log(np.where(near, 1.0, x / c))))


def statistics(sample: VectorSample, threads: int = 1) -> _Logs:
    """Return the statistics by one pass, which also shows whether every row is on the simplex."""
    w = sample.weights
    few = sample.values[:: -(-sample.rows // 1000)].astype(float)
    centre = few.mean(axis=0)
    centre = centre / centre.sum()
    c = centre[:, None]
    # of rows that spread far the logarithm itself is as good, and quicker
    narrow = bool((np.abs(few - centre) < NEAR * centre).all())

    def block(at: slice) -> tuple[Floats, float, float]:
        x = np.ascontiguousarray(sample.values[at].T, dtype=float)
        t = _log_ratio(x, c) if narrow else np.log(x / c)
        off = float(np.abs(x.sum(axis=0) - 1.0).max())
        return (t.sum(axis=1) if w is None else t @ w[at]), off, float(x.min())

    parts = list(over_blocks(sample.rows, sample.size, block, threads))
    total = np.asarray(sum(part[0] for part in parts))
    on_simplex = max(part[1] for part in parts) <= OFF_SIMPLEX and min(part[2] for part in parts) > 0.0
    if not (on_simplex and np.isfinite(total).all()):
        _check_shares(sample)
    return _Logs(centre, total / sample.n, sample)


def estimate(model: Dirichlet, sample: VectorSample, kind: str, threads: int) -> Estimated:
    """Return the maximum likelihood estimate."""
    stats = statistics(sample, threads)
    if model.alpha is not free:
        alpha = np.asarray(model.alpha)
        return Estimated(model, model.params, {}, np.empty((0, 0)), sample.n * stats.height(alpha), nothing_free())
    first = sample.values[0]
    if (sample.values[:64] == first).all() and (sample.values == first).all():
        return _point(model, sample)
    alpha, steps, decrement, converged = _maximise(stats, sample.n)
    if not (converged and alpha.sum() < INDISTINCT):
        return _hidden(model, alpha, decrement)
    inverse = _Curvature(alpha).inverse() / sample.n
    if kind == "sandwich":
        inverse = inverse @ _outer_scores(stats, alpha, threads) @ inverse
    member = model.with_values({"alpha": alpha})
    verdict = interior(model, decrement, condition_of(member.fisher()), steps)
    return Estimated(
        distribution=member,
        params=member.params,
        se={"alpha": np.sqrt(np.diag(inverse))},
        correlation=correlation_of(inverse),
        loglik=sample.n * stats.height(alpha),
        verdict=verdict,
    )


@dataclass(frozen=True, eq=False)
class _Curvature:
    """Minus the Hessian of one row, diag d - z 1 1ᵀ with d = ψ'(α) and z = ψ'(α₀), and its inverse."""

    alpha: Floats

    def solve(self, right: Floats) -> Floats:
        """Return the inverse times a vector, by Sherman and Morrison's formula."""
        total, share = float(self.alpha.sum()), self.alpha / self.alpha.sum()
        excess, of_total = _trigamma_excess(self.alpha), float(_trigamma_excess(np.float64(total)))
        # 1/d_j = α_j/(1 + τ_j), z = (1 + τ₀)/α₀
        over = self.alpha / (1.0 + excess)
        gap = -of_total + (1.0 + of_total) * float(np.sum(share * excess / (1.0 + excess)))
        pull = (1.0 + of_total) / total * float(over @ right) / gap
        return np.asarray(over * (right + pull))

    def inverse(self) -> Floats:
        """Return the inverse matrix."""
        columns = np.stack([self.solve(unit) for unit in np.eye(self.alpha.size)])
        return np.asarray(0.5 * (columns + columns.T))


def _trigamma_excess(a: Any) -> Any:
    """Return a ψ'(a) - 1, about 1/(2a), without cancellation."""
    return a * stirling_second_derivative(a) + 0.5 / a


def _start(stats: _Logs) -> Floats:
    """Return Minka's start: the mean, with the sum of a narrow distribution that has this Kullback-Leibler gap."""
    gap = -float(stats.centre @ stats.mean)
    k = stats.centre.size
    return np.asarray(stats.centre * (0.5 * (k - 1.0) / gap if gap > 0.0 else 1.0))


def _maximise(stats: _Logs, n: float) -> tuple[Floats, int, float, bool]:
    """Return α, the number of Newton's steps, the last decrement, and whether that is as good as 0."""
    alpha = _start(stats)
    tolerance = DECREMENT * min(1.0, math.sqrt(n))
    for steps in range(MAX_STEPS):
        score = stats.score(alpha)
        step = _Curvature(alpha).solve(score)
        decrement = math.sqrt(max(n * float(score @ step), 0.0))
        # along α the score is a sum of terms of size α₀ that cancel: what their rounding moves is no step
        rounding = (64.0 + 4.0 * alpha.sum()) * np.finfo(float).eps * alpha
        if decrement <= tolerance or (np.abs(step) <= rounding).all():
            return alpha, steps, decrement, True
        further = _climb(stats, alpha, step)
        if further is None:
            return alpha, steps, decrement, False
        alpha = further
    return alpha, MAX_STEPS, decrement, False


def _climb(stats: _Logs, alpha: Floats, step: Floats) -> Floats | None:
    """Halve the step until it stays positive and rises; None if rounding is all that is left."""
    here = stats.height(alpha)
    noise = 1e-14 * (abs(here) + 1.0)
    for halvings in range(60):
        there = alpha + 0.5**halvings * step
        if (there > 0.0).all() and stats.height(there) >= here - noise:
            return np.asarray(there)
    return None


def _outer_scores(stats: _Logs, alpha: Floats, threads: int) -> Floats:
    """Return Σ w s sᵀ, or Σ w² s sᵀ for the weights of a survey."""
    sample, m = stats.sample, alpha / alpha.sum()
    shift = digamma_less_log(alpha.sum()) - digamma_less_log(alpha)

    def block(at: slice) -> Floats:
        s = _log_ratio(sample.values[at].astype(float), m) + shift
        if sample.weights is not None:
            w = sample.weights[at]
            s *= (w if sample.probability_weights is not None else np.sqrt(w))[:, None]
        return np.asarray(s.T @ s)

    return np.asarray(sum(over_blocks(sample.rows, sample.size, block, threads)))


def _point(model: Dirichlet, sample: VectorSample) -> Estimated:
    """Return the fit of equal rows."""
    what = "there is a single row" if sample.rows == 1 else f"all {sample.rows} rows are equal"
    sentence = (
        f"no finite maximum: {what}, so the log-likelihood of Dirichlet grows without bound as the sum of alpha → ∞; "
        "the limit is a point mass; hold alpha, or collect rows that differ"
    )
    verdict = Verdict("unbounded", sentence, math.nan, math.nan, math.inf, "point mass")
    return _without_errors(sample.size, np.full(sample.size, math.inf), verdict, math.inf)


def _hidden(model: Dirichlet, alpha: Floats, decrement: float) -> Estimated:
    """Return the fit of rows that rounding has made nearly equal."""
    sentence = (
        f"rounding hides the maximum: the rows differ too little for shares of 16 digits (the sum of alpha reached "
        f"{alpha.sum():.3g}); hold alpha, or fit MultivariateNormal to differences from their mean"
    )
    return _without_errors(alpha.size, alpha, Verdict("flat", sentence, decrement, decrement, math.inf), math.nan)


def _without_errors(k: int, alpha: Floats, verdict: Verdict, loglik: float) -> Estimated:
    nothing = np.full(k, math.nan)
    return Estimated(None, {"alpha": alpha}, {"alpha": nothing}, np.full((k, k), math.nan), loglik, verdict)
