"""The estimate of a multivariate normal distribution: closed form from the second moments, its errors, its verdict.

Everything is computed in units near the columns' standard deviations, powers of two, so that a change of unit changes
the answer by that unit and nothing else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlestat.distributions.multivariate.domains import PositiveDefinite, units
from mlestat.distributions.multivariate.linear import inverse_of_lower, triangle
from mlestat.distributions.multivariate.normal import MultivariateNormal
from mlestat.distributions.parameters import free
from mlestat.errors import DataError
from mlestat.sentences import WORN
from mlestat.special import HALF_LOG_2PI
from mlestat.vectors.certificate import Estimated, correlation_of, maximum, nothing_free
from mlestat.vectors.moments import Moments, moments, over_blocks
from mlestat.vectors.sample import VectorSample, as_vectors
from mlestat.vectors.singular import Deficit, deficit
from mlestat.verdict import Verdict

Floats = NDArray[np.float64]


def read(
    model: MultivariateNormal,
    data: Any,
    weights: ArrayLike | None,
    probability_weights: ArrayLike | None,
    missing: str,
) -> VectorSample:
    """Return the data as rows of numbers, of as many columns as the model has dimensions."""
    sample = as_vectors(data, weights, probability_weights, missing, model.label)
    if model.size not in (None, sample.size):
        raise DataError(
            f"{model.label} has {model.size} dimensions, but the data have {sample.size} columns; give parameters "
            f"for {sample.size} columns, or leave them free"
        )
    return sample


def estimate(model: MultivariateNormal, sample: VectorSample, kind: str, threads: int) -> Estimated:
    """Return the maximum likelihood estimate."""
    found = moments(sample, threads)
    if not (np.isfinite(found.offset).all() and np.isfinite(found.second).all()):
        sample.check_finite()
    point = found.mean if model.mean is free else np.asarray(model.mean)
    second = found.about(point) if model.mean is not free else found.second
    if model.cov is not free:
        return _at(model, sample, _Solution(model, found, point, second, np.asarray(model.cov)), kind, threads)
    lack = deficit(second, np.abs(found.centre * found.factor), sample)
    cov = _in_user_unit(second, found.factor, sample)
    if lack is not None:
        return _unbounded(model, point, cov, lack)
    return _at(model, sample, _Solution(model, found, point, second, cov), kind, threads)


def _in_user_unit(second: Floats, factor: Floats, sample: VectorSample) -> Floats:
    """Return the covariance matrix, if float64 can hold it."""
    with np.errstate(all="ignore"):
        cov = second / factor / factor[:, None]
    lost = (np.diag(second) > 0.0) & ~((np.diag(cov) > 1e-290) & np.isfinite(np.diag(cov)))
    if lost.any():
        j = int(np.flatnonzero(lost)[0])
        raise DataError(
            f"{sample.said(j)} spreads over {math.sqrt(second[j, j]) / factor[j]:.3g}, and the variance of that "
            "is no float64 number; divide the column by a constant first"
        )
    return np.asarray(cov)


@dataclass(frozen=True, eq=False)
class _Solution:
    """A member with the statistics that judge it."""

    model: MultivariateNormal
    moments: Moments
    mean: Floats
    second: Floats
    """About `mean`, in the moments' unit."""
    cov: Floats

    @property
    def unit(self) -> Floats:
        """Powers of two near the standard deviations of the member."""
        return units(np.diag(self.cov))

    @property
    def scaled(self) -> Floats:
        """The member's covariance in that unit."""
        return np.asarray(self.cov / self.unit / self.unit[:, None])

    @property
    def spread(self) -> Floats:
        """The rows' second moments in that unit."""
        u = self.moments.factor * self.unit
        return np.asarray(self.second / u / u[:, None])


def _at(model: MultivariateNormal, sample: VectorSample, s: _Solution, kind: str, threads: int) -> Estimated:
    """Return log-likelihood, errors and verdict of a member."""
    factor = np.linalg.cholesky(s.scaled)
    whiten = inverse_of_lower(factor)
    n, d = s.moments.n, s.mean.size
    squares = float(np.sum((whiten @ s.spread) * whiten))
    log_det = 2.0 * float(np.sum(np.log(np.diag(factor))) + np.sum(np.log(s.unit)))
    loglik = -n * (d * HALF_LOG_2PI + 0.5 * log_det + 0.5 * squares)
    member = model.with_values({"mean": s.mean, "cov": s.cov})
    if not model.free:
        return Estimated(member, member.params, {}, np.empty((0, 0)), loglik, nothing_free())
    verdict = _verdict(s, whiten)
    if kind == "sandwich":
        se, correlation = _sandwich(sample, s, threads)
        return Estimated(member, member.params, se, correlation, loglik, verdict)
    return Estimated(member, member.params, _errors(s), partial(_correlation, model.free, s.scaled), loglik, verdict)


def _decrement(s: _Solution, whiten: Floats) -> float:
    """Return the distance to the maximum in standard errors: n |L⁻¹(x̄ - μ)|² + n/2 |L⁻¹ S L⁻ᵀ - 1|²."""
    total = 0.0
    if s.model.mean is free:
        gap = whiten @ ((s.moments.mean - s.mean) / s.unit)
        total += float(gap @ gap)
    if s.model.cov is free:
        total += 0.5 * float(np.sum((whiten @ s.spread @ whiten.T - np.eye(s.mean.size)) ** 2))
    return math.sqrt(s.moments.n * total)


def _verdict(s: _Solution, whiten: Floats) -> Verdict:
    """Return the verdict on the maximum.

    With c the condition of Σ⁻¹ at unit diagonal, the information of the mean has c and that of the covariance c² to
    within a factor of 2: it is made of products of two entries of Σ⁻¹. Nothing of it is inverted, so that the errors
    keep their digits; the determinant loses those of c.
    """
    precision = whiten.T @ whiten
    unit = 1.0 / np.sqrt(np.diag(precision))
    values = np.linalg.eigvalsh(precision * unit * unit[:, None])
    c = float(values[-1] / values[0]) if values[0] > 0.0 else math.inf
    lost = f"; rounding leaves the determinant about {max(0.0, 16.0 - math.log10(c)):.0f} digits" if c > WORN else ""
    return maximum(s.model, _decrement(s, whiten), c if s.model.cov is not free else c * c, 0, lost)


def _errors(s: _Solution) -> dict[str, Floats]:
    """Return the standard errors; observed and expected information agree at the maximum."""
    c, n = s.scaled, s.moments.n
    v = np.diag(c)
    all_errors = {
        "mean": np.sqrt(v / n) * s.unit,
        "cov": np.sqrt((np.outer(v, v) + c * c) / n) * s.unit * s.unit[:, None],
    }
    return {name: all_errors[name] for name in s.model.free}


def _correlation(names: tuple[str, ...], c: Floats) -> Floats:
    """Return the correlation of the estimates: of Σ for the mean, of Σ_ik Σ_jl + Σ_il Σ_jk for the covariance."""
    i, j = triangle(len(c))
    whole = {
        "mean": lambda: correlation_of(c),
        "cov": lambda: correlation_of(c[i[:, None], i] * c[j[:, None], j] + c[i[:, None], j] * c[j[:, None], i]),
    }
    blocks = [whole[name]() for name in names]
    out = np.zeros((sum(map(len, blocks)),) * 2)
    at = 0
    for block in blocks:
        out[at : at + len(block), at : at + len(block)] = block
        at += len(block)
    return out


def _sandwich(sample: VectorSample, s: _Solution, threads: int) -> tuple[dict[str, Floats], Floats]:
    """Return errors and correlation by the sandwich.

    Information times influence is score, so the sandwich is Σ w² ψ ψᵀ/n² with the influence functions ψ of mean and
    covariance themselves, r and r rᵀ - Σ: nothing is inverted.
    """
    d = s.mean.size
    i, j = triangle(d)
    names = s.model.free

    def block(at: slice) -> Floats:
        r = (sample.values[at] - s.mean) / s.unit
        columns = {"mean": lambda: r, "cov": lambda: r[:, i] * r[:, j] - s.scaled[i, j]}
        psi = np.concatenate([columns[name]() for name in names], axis=1)
        w = None if sample.weights is None else sample.weights[at]
        if w is not None:
            # a frequency is so many rows, a survey's weight one row that counts squared
            psi *= (w if sample.probability_weights is not None else np.sqrt(w))[:, None]
        return np.asarray(psi.T @ psi)

    columns = d * ("mean" in names) + i.size * ("cov" in names)
    cov = sum(over_blocks(sample.rows, columns, block, threads)) / s.moments.n**2
    errors, at = np.sqrt(np.diag(cov)), d if "mean" in names else 0
    se = {"mean": errors[:d] * s.unit} if "mean" in names else {}
    if "cov" in names:
        se["cov"] = PositiveDefinite().shaped(errors[at:], d) * s.unit * s.unit[:, None]
    return se, correlation_of(cov)


def _unbounded(model: MultivariateNormal, mean: Floats, cov: Floats, lack: Deficit) -> Estimated:
    """Return the fit of rows that lie on a plane: the density on it has no bound."""
    d = mean.size
    shapes = {"mean": (d,), "cov": (d, d)}
    count = {"mean": d, "cov": d * (d + 1) // 2}
    k = sum(count[name] for name in model.free)
    sentence = (
        f"no finite maximum: {lack.because}, so the log-likelihood of {model.label} grows without bound as the "
        f"covariance becomes singular; {lack.remedy}"
    )
    return Estimated(
        distribution=None,
        params={"mean": mean, "cov": cov},
        se={name: np.full(shapes[name], math.nan) for name in model.free},
        correlation=partial(np.full, (k, k), math.nan),
        loglik=math.inf,
        verdict=Verdict("unbounded", sentence, math.nan, math.nan, math.inf, lack.limit),
    )
