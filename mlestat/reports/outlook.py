"""Outlook: the tolerance interval (a share of all values) and the prediction interval (the next value).

Chooses an honest route and says which one it took; the numbers come from `limits.py`. Where no exact route
exists for so few values, the answer is None, or an interval that calls itself plug-in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mlestat.distributions.base import Distribution
from mlestat.distributions.lognormal import LogNormal
from mlestat.distributions.normal import Normal
from mlestat.distributions.parameters import free
from mlestat.fitting import fit as fit_model
from mlestat.reports import limits
from mlestat.reports.bands import whole_count
from mlestat.result import Fit
from mlestat.sample import Sample

RANKED = "order statistics, whatever the distribution"


@dataclass(frozen=True)
class Limits:
    """A tolerance or prediction interval: its ends, or None; how it was made; what it means."""

    lower: float | None
    upper: float | None
    method: str
    meaning: str


@dataclass(frozen=True)
class _Spread:
    """Mean and sample_sd of normal values, or of the logarithms of log-normal ones."""

    n: float
    mean: float
    sample_sd: float
    log: bool

    @property
    def kind(self) -> str:
        return "log-normal" if self.log else "normal"

    @property
    def around(self) -> str:
        return "mean ± k sample_sd of the logarithms" if self.log else "mean ± k sample_sd"

    def ends(self, factor: float) -> tuple[float, float]:
        low, high = self.mean - factor * self.sample_sd, self.mean + factor * self.sample_sd
        return (_exp(low), _exp(high)) if self.log else (low, high)


def tolerance(fit: Fit, described: Distribution | None, content: float, confidence: float) -> Limits:
    """Return limits that hold a share of the population: by known parameters, the normal factor or ranks."""
    share, sure = percent(content), percent(confidence)
    meaning = f"With {sure} confidence at least {share} of all values from this source lie between these limits."
    if described is not None and not fit.free:
        return Limits(*_central(described, content), f"parameters known: the central {share}", meaning)
    spread = _normal_spread(fit)
    if spread is None:
        return _rank_tolerance(fit.sample, content, confidence, meaning)
    k = limits.normal_tolerance_factor(spread.n, content, confidence)
    return Limits(*spread.ends(k), f"exact {spread.kind} tolerance factor: {spread.around}, k = {k:.5g}", meaning)


def prediction(fit: Fit, described: Distribution | None, confidence: float) -> Limits:
    """Return limits for the next value: by known parameters, Student's t, ranks, at last plug-in."""
    sure = percent(confidence)
    meaning = f"The next single value lies between these limits with probability {sure}."
    if described is not None and not fit.free:
        return Limits(*_central(described, confidence), f"parameters known: the central {sure}", meaning)
    spread = _normal_spread(fit)
    if spread is None:
        return _rank_prediction(fit.sample, confidence, meaning) or _plug_in(fit.sample, described, confidence)
    k = limits.normal_prediction_factor(spread.n, confidence)
    method = f"exact {spread.kind} prediction: {spread.around}, k = t sqrt(1 + 1/n) = {k:.5g}"
    return Limits(*spread.ends(k), method, meaning)


def wholly_free(model: Distribution, *families: type[Distribution]) -> bool:
    """Whether the model is one of these families with nothing known beforehand."""
    return isinstance(model, families) and all(value is free for value in model.params.values())


def percent(share: float) -> str:
    """Write a share as a percentage."""
    return f"{100.0 * share:.6g}%"


def _central(described: Distribution, share: float) -> tuple[float, float]:
    tail = 0.5 * (1.0 - share)
    return float(described.ppf(tail)), float(described.isf(tail))


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _normal_spread(fit: Fit) -> _Spread | None:
    """Return what the exact normal intervals need, for a normal or log-normal family and values that vary."""
    log = isinstance(fit.model, LogNormal)
    if not (log or isinstance(fit.model, Normal)) or fit.sample.constant or fit.sample.n <= 1.0:
        return None
    normal = fit
    # the interval is about the data, not about parameters that were held or had a prior
    if not wholly_free(fit.model, Normal, LogNormal):
        values = np.log(fit.sample.values) if log else fit.sample.values
        normal = fit_model(Normal(), Sample(values, weights=fit.sample.weights), strict=False)
    n = fit.sample.n
    return _Spread(n, normal.params["mu"], normal.params["sigma"] * math.sqrt(n / (n - 1.0)), log)


def _rank_tolerance(sample: Sample, content: float, confidence: float, meaning: str) -> Limits:
    n = whole_count(sample)
    if n is None:
        return Limits(None, None, f"not available: {RANKED}, need weights that are whole numbers", meaning)
    r = limits.rank_tolerance(n, content, confidence)
    if r is None:
        need = limits.rank_tolerance_size(content, confidence)
        return Limits(None, None, f"not available: {RANKED}, need {need} values, and there are {n}", meaning)
    return Limits(*_ranked(sample, r, n), f"{RANKED} (Wilks): the {_ends(r)} value", meaning)


def _rank_prediction(sample: Sample, confidence: float, meaning: str) -> Limits | None:
    n = whole_count(sample)
    r = None if n is None else limits.rank_prediction(n, confidence)
    if n is None or r is None:
        return None
    return Limits(*_ranked(sample, r, n), f"{RANKED}: the {_ends(r)} value", meaning)


def _plug_in(sample: Sample, described: Distribution | None, confidence: float) -> Limits:
    need = f"{RANKED}, need {limits.rank_prediction_size(confidence)} values"
    if described is None or (sample.constant and not described.discrete):
        return Limits(None, None, f"not available: {need}", "The next single value lies between these limits.")
    sure = percent(confidence)
    meaning = (
        f"These limits hold {sure} of the fitted distribution; as its parameters were estimated, the next "
        "value lies outside them more often than that."
    )
    return Limits(*_central(described, confidence), f"plug-in, for want of a better one: {need}", meaning)


def _ranked(sample: Sample, r: int, n: int) -> tuple[float, float]:
    """Return the r-th smallest and the r-th largest value, rows counted by weight."""
    if sample.weights is None:
        chosen = np.partition(sample.values, (r - 1, n - r))
        return float(chosen[r - 1]), float(chosen[n - r])
    order = np.argsort(sample.values, kind="stable")
    low, high = np.searchsorted(np.cumsum(sample.weights[order]), (r, n - r + 1))
    return float(sample.values[order[low]]), float(sample.values[order[high]])


def _ends(r: int) -> str:
    if r == 1:
        return "smallest and the largest"
    suffix = "th" if 10 <= r % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(r % 10, "th")
    return f"{r}{suffix} smallest and the {r}{suffix} largest"
