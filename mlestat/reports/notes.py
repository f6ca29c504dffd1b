"""Notes: what must be known to read the numbers of a sigma report right, one sentence each."""

from __future__ import annotations

from collections.abc import Sequence

from mlestat.distributions.base import Distribution
from mlestat.distributions.normal import Normal
from mlestat.reports.bands import Band
from mlestat.result import Fit


def sigma_notes(fit: Fit, described: Distribution | None, bands: Sequence[Band]) -> tuple[str, ...]:
    """Return what must be known to read the numbers right, in the order in which a reader meets them."""
    notes = []
    if described is None:
        notes.append("The fit has no distribution to take limits from, so there are no sigma intervals.")
    elif fit.verdict.kind == "limit" and fit.distribution is not None:
        notes.append(f"No finite maximum exists; the limits are those of {described!r}, which the fit runs to.")
    if described is not None:
        notes.append(_kind_note(described))
    tested = any(band.p_value is not None for band in bands)
    if tested and fit.free:
        notes.append(
            "Wilson intervals and p-values take the limits as known. They were estimated from the same "
            "values, which makes the count inside steadier than a binomial one: the p-values are too large "
            "rather than too small."
        )
    if bands and not tested:
        reason = "the limits coincide" if bands[-1].lower == bands[-1].upper else "the weights are no whole numbers"
        notes.append(f"There are no p-values: {reason}.")
    notes.append("sigma has divisor n (the normal maximum likelihood estimate), sample_sd has divisor n - 1.")
    return tuple(notes)


def _kind_note(described: Distribution) -> str:
    if isinstance(described, Normal):
        return "Limits are mu ± k sigma of the fit; expected is what a normal distribution holds there."
    same = "Limits are the central interval with the probability that ±k sigma of a normal distribution has"
    if described.discrete:
        return f"{same}, or the next larger one of whole numbers; expected is what it really holds."
    return f"{same}; they are quantiles, not multiples of a standard deviation."
