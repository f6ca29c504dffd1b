"""Bands: the interval of ±k sigma, or of the same probability, and what is expected and seen inside.

Knows distributions and samples, not reports and not text.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.distributions.normal import Normal
from mlestat.reports.coverage import binomial_p_value, normal_coverage, wilson
from mlestat.result import Fit
from mlestat.sample import Sample

EDGE = 8.0 * np.finfo(float).eps
"""A value this close to a limit, relative to the limits' size, counts as inside. Two values are exactly at ±1
sigma of their own fit, and so is every value of as many zeros as ones; rounding must not decide who is in."""


@dataclass(frozen=True, eq=False)
class Band:
    """What lies inside ±k sigma, or inside the central interval of the same probability.

    Attributes
    ----------
    k : float
        Half-width in sigmas.
    lower, upper : float
        Limits, data units. Values at a limit are inside.
    expected, expected_outside : float
        Probability inside and outside under the fitted distribution; each has all its digits. For a discrete
        family this is the probability that the interval really has, which is at least that of the normal ±k
        sigma.
    inside, below, above : float
        Observed counts; sums of weights where there are weights.
    share, share_low, share_high : float
        Observed share inside, with its Wilson interval.
    p_value : float or None
        Exact two-sided binomial p-value of the count, taking the limits as known. None for weights that are
        no whole numbers and for data that do not vary.
    rows, values : ndarray
        Rows outside, as positions counted from 0, and their values.
    """

    k: float
    lower: float
    upper: float
    expected: float
    expected_outside: float
    inside: float
    below: float
    above: float
    share: float
    share_low: float
    share_high: float
    p_value: float | None
    rows: NDArray[np.intp]
    values: NDArray[Any]


def described_by(fit: Fit) -> Distribution | None:
    """Return the distribution that limits are taken from: the fitted one, or the one it runs to, or none.

    A normal family on values that are all equal has no distribution, but it has limits: its one value.
    """
    if any(np.ndim(value) for value in fit.params.values()):
        return None
    if fit.distribution is None and isinstance(fit.model, Normal):
        return fit.model.with_values(fit.params)
    return None if fit.verdict.kind in ("unbounded", "flat") else fit.distribution


def center(described: Distribution) -> float:
    """Return mu of a normal family, else the median."""
    return float(described.mu if isinstance(described, Normal) else described.ppf(0.5))


def _interval(described: Distribution, k: float) -> tuple[float, float]:
    """Return ±k sigma of a normal family, or the central interval of the same probability."""
    if isinstance(described, Normal):
        return described.mu - k * described.sigma, described.mu + k * described.sigma
    tail = normal_coverage(k).tail
    if tail == 0.0:  # k > 38: the probability is below the smallest float
        return described.support.lower, described.support.upper
    return float(described.ppf(tail)), float(described.isf(tail))


def _expected(described: Distribution, k: float, lower: float, upper: float) -> tuple[float, float]:
    """Return the probability inside and outside; a discrete family says what it really holds."""
    if not described.discrete:
        coverage = normal_coverage(k)
        return coverage.inside, coverage.outside
    outside = float(described.cdf(lower - 1.0)) + float(described.sf(upper))
    return 1.0 - outside, outside


def band(described: Distribution, k: float, sample: Sample, positions: NDArray[np.intp], confidence: float) -> Band:
    """Return the band of half-width k: limits, expected and observed share, rows outside."""
    lower, upper = _interval(described, k)
    expected, outside = _expected(described, k, lower, upper)
    slack = EDGE * max(abs(lower), abs(upper)) if math.isfinite(lower) and math.isfinite(upper) else 0.0
    is_below, is_above = sample.values < lower - slack, sample.values > upper + slack
    is_out = is_below | is_above
    below, above, inside = (_count(mask, sample.weights) for mask in (is_below, is_above, ~is_out))
    inside = min(inside, sample.n)  # sums of weights in another order may differ in the last digit
    low, high = wilson(inside, sample.n, confidence)
    testable = lower < upper and whole_count(sample) is not None
    return Band(
        k=k,
        lower=lower,
        upper=upper,
        expected=expected,
        expected_outside=outside,
        inside=inside,
        below=below,
        above=above,
        share=inside / sample.n,
        share_low=low,
        share_high=high,
        p_value=binomial_p_value(round(below + above), round(sample.n), outside) if testable else None,
        rows=positions[is_out],
        values=sample.values[is_out],
    )


def _count(mask: NDArray[np.bool_], weights: NDArray[np.float64] | None) -> float:
    return float(np.count_nonzero(mask)) if weights is None else float(weights[mask].sum())


def whole_count(sample: Sample) -> int | None:
    """Return the number of values, or None if the weights do not stand for repeated rows."""
    whole = sample.weights is None or bool((sample.weights == np.floor(sample.weights)).all())
    return round(sample.n) if whole else None
