r"""Shifted: a distribution moved by a threshold.

Density :math:`f(x - \text{by})`. With y = x - by the derivatives in the threshold are those in x with the other sign:
score :math:`-f'(y)/f(y)`, second derivative :math:`(\log f)''(y)`, mixed ones :math:`-\partial s/\partial y`.

- MLE: for a density that falls from its lower end on (Exponential, HalfNormal, Lomax, GPD) the threshold is the
  smallest
  value, without a standard error. For others (Weibull, Gamma, LogNormal, …) the likelihood is unbounded as the
  threshold
  runs to the smallest value; an interior local maximum is the estimate, where there is one (Smith, *Biometrika* 72
  (1985) 67-90; Cheng, Amin, *JRSS B* 45 (1983) 394-403).
- Limits as by → -∞: Weibull → GumbelMin, Gamma and LogNormal → Normal.

Derivation: docs/theory/wrappers.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array
from mlestat.distributions.base import Distribution, Matrix, Special, Terms, Vector, is_estimated
from mlestat.distributions.parameters import Parameter, Role, free
from mlestat.distributions.wrapper import Wrapper, bordered
from mlestat.errors import ParameterError
from mlestat.supports import Integers, Moved, Real

FALLING = ("Exponential", "HalfNormal", "Lomax", "GPD", "Gompertz")
"""Families whose likelihood rises until the threshold is the smallest value, where it is finite: a density that falls
from its lower end on, or a Gompertz distribution, which cut off from below is one again."""

EXPONENTS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "Weibull": lambda p: p["shape"],
    "Gamma": lambda p: p["shape"],
    "Gamma.by_mean": lambda p: p["shape"],
    "LogLogistic": lambda p: p["shape"],
    "GeneralizedGamma": lambda p: free if free in (p["shape"], p["power"]) else p["shape"] * p["power"],
    "Burr": lambda p: p["c"],
    "Beta": lambda p: p["a"],
    "Beta.by_mean": lambda p: free if free in (p["mean"], p["precision"]) else p["mean"] * p["precision"],
    "Kumaraswamy": lambda p: p["a"],
    "ChiSquared": lambda p: p["df"] if is_estimated(p["df"]) else 0.5 * p["df"],
}
"""Families whose density goes like y^(e - 1) at its lower end, with e: for e < 1 it is infinite there."""

SPREADING = {"LogNormal": "sigma", "InverseGamma": "shape"}
"""Families whose density is 0 at its lower end for each member, but not for a sequence of them, unless this parameter
is held: their likelihood is unbounded (Hill, *JASA* 58 (1963) 72-84, for the lognormal)."""

BEHIND = (1e-3, 0.03, 0.3, 1.0, 4.0)
"""Thresholds at these many standard deviations below the smallest value are tried as starts."""


@dataclass(frozen=True)
class Shifted(Wrapper):
    """A distribution of x - by.

    Parameters
    ----------
    d : Distribution
        Any univariate family, free parameters and all.
    by : float, free or prior
        The threshold, any real number, in units of x; a whole number where the family is discrete.

    Raises
    ------
    ParameterError
        If `by` is not a finite number, or not a known whole one for a discrete family.

    References
    ----------
    Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 1 (1994), sec. 21.2.

    Examples
    --------
    >>> import mlestat as mle
    >>> f = mle.fit(mle.Shifted(mle.Exponential()), [3.0, 4.0, 8.0])
    >>> f.params["by"], f.params["scale"], f.verdict.kind
    (3.0, 2.0, 'boundary')
    """

    by: Parameter = free

    own: ClassVar[Mapping[str, Role]] = {"by": Role(Real(), unit="data")}

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.d.discrete and (is_estimated(self.by) or np.any(np.asarray(self.by) % 1.0 != 0.0)):
            raise ParameterError(f"by must be a known whole number for the discrete {self.d.label}, got {self.by!r}")

    @property
    def support(self) -> Any:  # type: ignore[override]
        """The wrapped support, moved; any real number while the threshold is to be estimated."""
        if is_estimated(self.by):
            return Real()
        inner = self.d.support
        if isinstance(inner, Integers):
            return Integers(inner.first + self.by, inner.last + self.by)
        return Moved(inner, self.by)

    @property
    def regular(self) -> bool:  # type: ignore[override]
        """Not where the threshold is to be an end of the data."""
        return self.d.regular and not (self.edges and is_estimated(self.by))

    @property
    def edges(self) -> tuple[str, ...]:  # type: ignore[override]
        """The threshold, where the likelihood rises until it is the smallest value."""
        return ("by",) if self.d.family_name() in FALLING and not self.d.edges else self.d.edges

    @property
    def searched(self) -> str:  # type: ignore[override]
        """The wrapped one's, unless it and the threshold move alike."""
        return "" if is_estimated(self.by) else self.d.searched

    def _corners(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.d._corners(x - self.by)

    @property
    def _exponent(self) -> Any:
        """e of a density like y^(e - 1) at its lower end; nan for other families."""
        found = EXPONENTS.get(self.d.family_name())
        return math.nan if found is None else found(self.d.params)

    @property
    def has_smooth_threshold(self) -> bool:
        """Whether the threshold is estimated and is no extreme of the data."""
        return is_estimated(self.by) and not self.edges and math.isfinite(float(np.min(self.d.support.lower)))

    def _edges_at(self, low: float, high: float) -> Mapping[str, float]:
        return {"by": low} if self.edges == ("by",) and self.by is free else {}

    def _terms(self, x: Array) -> Terms:
        y = x - self.by
        if self.d.discrete:
            return self.d._terms(y)
        return (*self.d._terms(y), self.d._dlogpdf(y), self.d._d2logpdf(y), *self.d._dscore(y))

    def _inner(self, t: Terms) -> Terms:
        return t if self.d.discrete else t[: len(t) - 2 - len(self.d.roles)]

    def _logpdf(self, t: Terms) -> Array:
        return self.d._logpdf(self._inner(t))

    def _score(self, t: Terms) -> Vector:
        return self._derivatives(t)[0]

    def _hessian(self, t: Terms) -> Matrix:
        return self._derivatives(t)[1]

    def _derivatives(self, t: Terms) -> tuple[Vector, Matrix]:
        inner = self.d._score(self._inner(t)), self.d._hessian(self._inner(t))
        if self.d.discrete:
            nothing = tuple(math.nan for _ in inner[0])
            return bordered(inner, math.nan, nothing, math.nan)
        at = len(t) - 2 - len(self.d.roles)
        slope, bend, mixed = t[at], t[at + 1], t[at + 2 :]
        return bordered(inner, -slope, tuple(-v for v in mixed), bend)

    def _dlogpdf(self, x: Array) -> Array:
        return self.d._dlogpdf(x - self.by)

    def _d2logpdf(self, x: Array) -> Array:
        return self.d._d2logpdf(x - self.by)

    def _dscore(self, x: Array) -> Vector:
        return (*self.d._dscore(x - self.by), -self.d._d2logpdf(x - self.by))

    def _cdf(self, x: Array) -> Array:
        return self.d._cdf(x - self.by)

    def _sf(self, x: Array) -> Array:
        return self.d._sf(x - self.by)

    def _logcdf(self, x: Array) -> Array:
        return self.d._logcdf(x - self.by)

    def _logsf(self, x: Array) -> Array:
        return self.d._logsf(x - self.by)

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail(x, self.d._logcdf_derivatives, self.d._logcdf, 1.0)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail(x, self.d._logsf_derivatives, self.d._logsf, -1.0)

    def _tail(self, x: Array, derivatives: Any, log_tail: Any, sign: float) -> tuple[Vector, Matrix]:
        """With r = f/P the tail's slope in y is ± r, its bend ± r (log f)' - r²; mixed: ± r (s - ∇log P)."""
        y = x - self.by
        inner = derivatives(y)
        if self.d.discrete:
            nothing = tuple(math.nan for _ in inner[0])
            return bordered(inner, math.nan, nothing, math.nan)
        t = self.d._terms(y)
        r = np.exp(self.d._logpdf(t) - log_tail(y))
        mixed = tuple(-sign * r * (s - g) for s, g in zip(self.d._score(t), inner[0], strict=True))
        return bordered(inner, -sign * r, mixed, sign * r * self.d._dlogpdf(y) - r * r)

    def _ppf(self, q: Array) -> Array:
        return self.by + self.d._ppf(q)

    def _isf(self, q: Array) -> Array:
        return self.by + self.d._isf(q)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return self.by + self.d._sample(rng, size)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        mean, *rest = self.d._moments()
        return (mean + self.by, *rest)

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        return self._starts(x, w)[0]

    def _starts(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> tuple[Mapping[str, float], ...]:
        if not is_estimated(self.by):
            return tuple({**start, "by": self.by} for start in self.d._starts(x - self.by, w))
        spread = float(np.std(x)) or 1.0
        low = float(x.min())
        places = [low - share * spread for share in BEHIND]
        if math.isinf(self.d.support.lower):
            places = [0.0]
        return tuple({**start, "by": by} for by in places for start in self.d._starts(x - by, w))

    def _unbounded(self) -> str | None:
        if not is_estimated(self.by):
            return self.d._unbounded()
        e, spreading = self._exponent, SPREADING.get(self.d.family_name())
        endless = is_estimated(e) or e < 1.0 or (spreading is not None and is_estimated(self.d.params[spreading]))
        return "as the threshold runs to the smallest value" if endless else self.d._unbounded()

    def _specials(self) -> tuple[Special, ...]:
        """What the wrapped family tends to, and what a threshold that runs to -∞ leaves."""
        if not is_estimated(self.by):
            return tuple(self._specials_within())
        # what is contained inside may itself be unbounded: an interior maximum is not comparable with it
        found = [s for s in self._specials_within() if s.is_limit]
        limit = LIMITS.get(self.d.family_name())
        if limit is not None and self.by is free and all(v is free for v in self.d.params.values()):
            model, moving, towards = limit()
            found.append(Special(type(model).__name__, "by", -math.inf, model, {}, moving, towards))
        return tuple(found)

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        if not is_estimated(self.by):
            return self.d._collapse(c - self.by)
        return {**dict.fromkeys(self.d.free, math.nan), "by": c}


def _weibull_limit() -> tuple[Distribution, Mapping[str, float], Any]:
    from mlestat.distributions.gumbel import GumbelMin

    def towards(member: Distribution, value: float) -> Mapping[str, float]:
        mu, scale = float(member.params["mu"]), float(member.params["scale"])
        return {"shape": value, "scale": value * scale, "by": mu - value * scale}

    return GumbelMin(), {"shape": math.inf, "scale": math.inf}, towards


def _gamma_limit() -> tuple[Distribution, Mapping[str, float], Any]:
    from mlestat.distributions.normal import Normal

    def towards(member: Distribution, value: float) -> Mapping[str, float]:
        mu, sigma = float(member.params["mu"]), float(member.params["sigma"])
        return {"shape": value * value, "scale": sigma / value, "by": mu - value * sigma}

    return Normal(), {"shape": math.inf, "scale": 0.0}, towards


def _gamma_by_mean_limit() -> tuple[Distribution, Mapping[str, float], Any]:
    limit, _, plain = _gamma_limit()

    def towards(member: Distribution, value: float) -> Mapping[str, float]:
        near = plain(member, value)
        return {"mean": near["shape"] * near["scale"], "shape": near["shape"], "by": near["by"]}

    return limit, {"mean": math.inf, "shape": math.inf}, towards


def _lognormal_limit() -> tuple[Distribution, Mapping[str, float], Any]:
    from mlestat.distributions.normal import Normal

    def towards(member: Distribution, value: float) -> Mapping[str, float]:
        mu, sigma = float(member.params["mu"]), float(member.params["sigma"])
        return {"mu": math.log(value * sigma), "sigma": 1.0 / value, "by": mu - value * sigma}

    return Normal(), {"mu": math.inf, "sigma": 0.0}, towards


def _loglogistic_limit() -> tuple[Distribution, Mapping[str, float], Any]:
    from mlestat.distributions.logistic import Logistic

    def towards(member: Distribution, value: float) -> Mapping[str, float]:
        mu, scale = float(member.params["mu"]), float(member.params["scale"])
        return {"shape": value, "scale": value * scale, "by": mu - value * scale}

    return Logistic(), {"shape": math.inf, "scale": math.inf}, towards


def _inverse_gaussian_limit() -> tuple[Distribution, Mapping[str, float], Any]:
    from mlestat.distributions.normal import Normal

    def towards(member: Distribution, value: float) -> Mapping[str, float]:
        mu, sigma = float(member.params["mu"]), float(member.params["sigma"])
        return {"mean": value * sigma, "shape": value**3 * sigma, "by": mu - value * sigma}

    return Normal(), {"mean": math.inf, "shape": math.inf}, towards


def _inverse_gamma_limit() -> tuple[Distribution, Mapping[str, float], Any]:
    from mlestat.distributions.normal import Normal

    def towards(member: Distribution, value: float) -> Mapping[str, float]:
        mu, sigma = float(member.params["mu"]), float(member.params["sigma"])
        square = value * value
        return {"shape": square + 2.0, "scale": value * sigma * (square + 1.0), "by": mu - value * sigma}

    return Normal(), {"shape": math.inf, "scale": math.inf}, towards


LIMITS = {
    "Weibull": _weibull_limit,
    "Gamma": _gamma_limit,
    "Gamma.by_mean": _gamma_by_mean_limit,
    "LogNormal": _lognormal_limit,
    "LogLogistic": _loglogistic_limit,
    "InverseGaussian": _inverse_gaussian_limit,
    "InverseGamma": _inverse_gamma_limit,
}
"""What a family tends to as its threshold runs to -∞."""
