"""What the upper tail of a family tends to: limits of models of which only values above a known point can be seen.

Far out many tails look like an exponential's or a power's. So where a sample is truncated from below, the likelihood
may rise as the family's centre runs away from the data for ever; what is left in the end is an Exponential distribution
from the point of truncation on, a Pareto one, or a Lomax one. Nothing here is looked at where all rows are whole.

Reference: Barr, Sherrill, *Am. Stat.* 53 (1999) 357-361, for the normal. Derivation: docs/theory/verdicts.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from mlestat.distributions.base import Distribution, Special
from mlestat.distributions.parameters import free

Path = Callable[[Distribution, float], Mapping[str, float]]

SMALLEST_LOG = -700.0
"""Below it exp is no normal double any more."""


def tail_limits(d: Distribution, start: float) -> tuple[Special, ...]:
    """Return the limits of the part of a free model above `start`.

    Examples
    --------
    >>> import mlestat as mle
    >>> [s.name for s in tail_limits(mle.LogNormal(), 2.0)]
    ['Pareto']
    """
    find = LIMITS.get(type(d).__name__)
    if find is None or any(v is not free for v in d.params.values()):
        return ()
    return find(start)


def _exponential(parameter: str, moving: Mapping[str, float], names: Mapping[str, str], path: Path) -> Special:
    from mlestat.distributions.exponential import Exponential

    return Special("Exponential", parameter, -math.inf, Exponential(), names, moving, path)


def _from(start: float, special: Special) -> tuple[Special, ...]:
    """The contained Exponential or Lomax, moved to the point of truncation."""
    from dataclasses import replace

    from mlestat.distributions.shifted import Shifted

    return (replace(special, model=Shifted(special.model, by=start)),)


def _normal(start: float) -> tuple[Special, ...]:
    def path(member: Distribution, v: float) -> Mapping[str, float]:
        scale = float(member.params["scale"])  # σ²/(start - μ)
        return {"mu": start - v * scale, "sigma": scale * math.sqrt(v)}

    return _from(start, _exponential("mu", {"sigma": math.inf}, {}, path))


def _same_scale(start: float) -> tuple[Special, ...]:
    """Logistic and GumbelMax: the tail falls like exp(-x/scale)."""

    def path(member: Distribution, v: float) -> Mapping[str, float]:
        scale = float(member.params["scale"])
        return {"mu": start - v * scale, "scale": scale}

    return _from(start, _exponential("mu", {}, {"scale": "scale"}, path))


def _gumbel_min(start: float) -> tuple[Special, ...]:
    """The hazard exp((x - μ)/s)/s, a Gompertz one from `start` on, is constant as s → ∞."""

    def path(member: Distribution, v: float) -> Mapping[str, float]:
        scale = float(member.params["scale"])
        return {"mu": start - v * scale * math.log(v), "scale": v * scale}

    return _from(start, _exponential("mu", {"scale": math.inf}, {}, path))


def _pareto(
    parameter: str, value: float, moving: Mapping[str, float], names: Mapping[str, str], path: Callable[..., object]
) -> Callable[[float], tuple[Special, ...]]:
    """A power of x beyond `start`; `path(start, exponent, v)` gives our parameters on the way to it."""

    def find(start: float) -> tuple[Special, ...]:
        from mlestat.distributions.pareto import Pareto

        if start <= 0.0:
            return ()

        def towards(member: Distribution, v: float) -> Mapping[str, float]:
            found = path(start, float(member.params["shape"]), v)
            assert isinstance(found, dict)
            return found

        edge = math.isfinite(value)
        return (Special("Pareto", parameter, value, Pareto(minimum=start), names, moving, towards, at_edge=edge),)

    return find


def _weibull_path(start: float, a: float, v: float) -> dict[str, float]:
    """(start/λ)^k k = a at k = 1/v."""
    return {"shape": 1.0 / v, "scale": math.exp(max(math.log(start) - v * math.log(a * v), SMALLEST_LOG))}


def _lomax(scale: str, names: Mapping[str, str], shape: object) -> Callable[[float], tuple[Special, ...]]:
    """Student t and Cauchy: (x - μ)^(-ν-1), as the scale falls to 0 beside a location below `start`."""

    def find(start: float) -> tuple[Special, ...]:
        from mlestat.distributions.lomax import Lomax

        def path(member: Distribution, v: float) -> Mapping[str, float]:
            reach = float(member.params["scale"])
            ours = {name: float(member.params[theirs]) for name, theirs in names.items()}
            return {**ours, "mu": start - reach, scale: reach / v}

        inner = Special("Lomax", scale, 0.0, Lomax(shape=shape), names, {"mu": math.nan}, path, at_edge=True)
        return _from(start, inner)

    return find


LIMITS: Mapping[str, Callable[[float], tuple[Special, ...]]] = {
    "Normal": _normal,
    "Logistic": _same_scale,
    "GumbelMax": _same_scale,
    "GumbelMin": _gumbel_min,
    "StudentT": _lomax("sigma", {"df": "shape"}, free),
    "Cauchy": _lomax("scale", {}, 1.0),
    "LogNormal": _pareto(
        "mu",
        -math.inf,
        {"sigma": math.inf},
        {},
        lambda start, a, v: {"mu": math.log(start) - v / a, "sigma": math.sqrt(v) / a},
    ),
    "Weibull": _pareto("shape", 0.0, {"scale": 0.0}, {}, _weibull_path),
    "LogLogistic": _pareto("scale", 0.0, {}, {"shape": "shape"}, lambda start, a, v: {"shape": a, "scale": start / v}),
    "InverseGamma": _pareto("scale", 0.0, {}, {"shape": "shape"}, lambda start, a, v: {"shape": a, "scale": start / v}),
    "Lomax": _pareto("scale", 0.0, {}, {"shape": "shape"}, lambda start, a, v: {"shape": a, "scale": start / v}),
    "Burr": _pareto(
        "scale", 0.0, {"c": math.nan, "d": math.nan}, {}, lambda start, a, v: {"c": 1.0, "d": a, "scale": start / v}
    ),
}
"""The limits by family."""
