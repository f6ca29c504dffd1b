r"""Student t distribution with location and scale.

Density :math:`f(x) = \frac{\Gamma((\nu+1)/2)}{\Gamma(\nu/2)\sqrt{\pi\nu}\,\sigma}(1+q)^{-(\nu+1)/2}` with :math:`q =
r^2/\nu`, :math:`r = (x-\mu)/\sigma`,
any real x. σ is a scale, not a standard deviation.

- Moments: mean μ (ν > 1), variance σ²ν/(ν-2) (ν > 2), kurtosis 3 + 6/(ν-4) (ν > 4).
- With b = q/(1+q) and :math:`M = \log(1+q) - b`, both of full relative accuracy as ν → ∞: score
  :math:`\frac{\nu+1}{\nu}\frac{r}{(1+q)\sigma}` in μ, :math:`((\nu+1)b-1)/\sigma` in σ, :math:`C'(\nu) - \tfrac12 M
  + b/(2\nu)` in ν.
- Fisher information: see `_fisher` (Lange, Little, Taylor 1989, appendix B).
- Sufficient statistics: none of fixed dimension.
- MLE: Newton over the rows. For sample kurtosis at most 3 the likelihood may rise for ever as ν → ∞; the limit is
  the normal.
  For ν below 1/(n-1) it is unbounded at every data value (σ → 0), so the estimate is the interior maximum, as
  everywhere in the literature.

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 2, 2nd ed. (1995), ch. 28;
Lange, Little, Taylor, "Robust statistical modeling using the t distribution", *JASA* 84 (1989) 881-896;
Fernández, Steel, "Multivariate Student-t regression models: pitfalls and inference", *Biometrika* 86 (1999) 153-167.
Derivation: docs/theory/families/student_t.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.arrays import Array, log, log1p, sqrt, where
from mlestat.distributions.base import Distribution, Escape, Matrix, Special, Terms, Vector, is_estimated
from mlestat.distributions.heavy import atom_escape, heavy_locations
from mlestat.distributions.normal import Normal
from mlestat.distributions.parameters import Parameter, free, parameter
from mlestat.special import (
    ATANH_SERIES,
    HALF_LOG_2PI,
    NEAR_ONE,
    excess,
    polynomial,
    square_shares,
    stirling,
    stirling_derivative,
    stirling_second_derivative,
    stirling_second_difference,
)
from mlestat.supports import Positive, Real
from mlestat.tails import log_t_tail, polish

START_DF = (0.5, 1.0, 2.0, 4.0, 8.0, 20.0, 100.0)
"""Degrees of freedom that are tried as a start; the best by likelihood is taken."""

CLUSTERS = (0.3, 0.03)
"""Scales, in spreads of the data, at which places are looked for where the likelihood may have several peaks."""


@dataclass(frozen=True)
class StudentT(Distribution):
    """Student t distribution with `df` degrees of freedom, location `mu` and scale `sigma`.

    Parameters
    ----------
    df : float, array, free or prior
        Degrees of freedom, > 0; 1 is the Cauchy, infinity the normal.
    mu : float, array, free or prior
        Location, any real number, in units of x.
    sigma : float, array, free or prior
        Scale (not the standard deviation), > 0, in units of x.

    Raises
    ------
    ParameterError
        If a value is outside its domain.

    References
    ----------
    Lange, Little, Taylor, "Robust statistical modeling using the t distribution", *JASA* 84 (1989) 881-896.

    Examples
    --------
    >>> import mlestat as mle
    >>> f = mle.fit(mle.StudentT(), [-9.0, -1.0, -0.5, -0.2, 0.0, 0.1, 0.4, 0.7, 1.2, 30.0])
    >>> f.verdict.kind, f.params["df"] < 2
    ('interior', True)
    """

    df: Parameter = parameter(Positive())
    mu: Parameter = parameter(Real(), unit="data")
    sigma: Parameter = parameter(Positive(), unit="data")

    support = Real()
    solver = "Newton over the rows"
    aliases: ClassVar[tuple[str, ...]] = ("t", "student")
    costly_tails = True

    def _terms(self, x: Array) -> Terms:
        near, big, yw, s, w, b = self._shares(x - self.mu)
        rw = sqrt(self.df) * yw
        m = log1p(s) + 2.0 * log(big) - b
        m = where(near & (s < NEAR_ONE), _small_m(s, w), m)
        return m, b, b * b, rw, rw * b, rw * w, w * (w - b)

    def _shares(self, distance: Array) -> tuple[Array, Array, Array, Array, Array, Array]:
        """The weights of `special.square_shares` at y = r/√ν."""
        return square_shares(distance * (1.0 / self.sigma / sqrt(self.df)))

    def _logpdf(self, t: Terms) -> Array:
        m, b, *_ = t
        return _constant(self.df) - log(self.sigma) - 0.5 * (self.df + 1.0) * (m + b)

    def _score(self, t: Terms) -> Vector:
        m, b, _, rw, *_ = t
        v, s = self.df, self.sigma
        return (
            _constant_derivative(v) - 0.5 * m + 0.5 * b / v,
            (v + 1.0) / v * rw / s,
            ((v + 1.0) * b - 1.0) / s,
        )

    def _hessian(self, t: Terms) -> Matrix:
        _, b, bb, rw, rwb, rww, wwb = t
        v, s = self.df, self.sigma
        df_df = _constant_second_derivative(v) + ((v + 1.0) * bb - 2.0 * b) / (2.0 * v * v)
        df_mu = ((v + 1.0) * rwb - rw) / (v * v * s)
        df_sigma = ((v + 1.0) * bb - b) / (v * s)
        mu_mu = -(v + 1.0) / v * wwb / (s * s)
        mu_sigma = -2.0 * (v + 1.0) / v * rww / (s * s)
        sigma_sigma = (1.0 - (v + 1.0) * (3.0 * b - 2.0 * bb)) / (s * s)
        return (df_df, df_mu, df_sigma), (df_mu, mu_mu, mu_sigma), (df_sigma, mu_sigma, sigma_sigma)

    def _dlogpdf(self, x: Array) -> Array:
        return -(self.df + 1.0) / self.df * self._terms(x)[3] / self.sigma

    def _d2logpdf(self, x: Array) -> Array:
        *_, w, b = self._shares(x - self.mu)
        return -(self.df + 1.0) / self.df * (w - b) * w / self.sigma / self.sigma

    def _dscore(self, x: Array) -> Vector:
        # x and mu enter by their difference alone
        (_, df_mu, _), (_, mu_mu, mu_sigma), _ = self._hessian(self._terms(x))
        return -df_mu, -mu_mu, -mu_sigma

    def _fisher(self) -> Matrix:
        v, s = self.df, self.sigma
        leading = (5.0 * v + 3.0) / (2.0 * v**2 * (v + 1.0) ** 2 * (v + 3.0))
        df_df = leading - 0.25 * stirling_second_difference(0.5 * v)
        df_sigma = -2.0 / (s * (v + 1.0) * (v + 3.0))
        return (
            (df_df, 0.0, df_sigma),
            (0.0, (v + 1.0) / ((v + 3.0) * s * s), 0.0),
            (df_sigma, 0.0, 2.0 * v / ((v + 3.0) * s * s)),
        )

    def _cdf(self, x: Array) -> Array:
        return self._below(x - self.mu)

    def _sf(self, x: Array) -> Array:
        return self._below(self.mu - x)

    def _logcdf(self, x: Array) -> Array:
        return self._log_below(x - self.mu)

    def _logsf(self, x: Array) -> Array:
        return self._log_below(self.mu - x)

    def _below(self, distance: Array) -> Array:
        """P(X - μ ≤ distance)."""
        tail = np.exp(self._log_tail(distance))
        return np.where(distance < 0.0, tail, 1.0 - tail)

    def _log_below(self, distance: Array) -> Array:
        tail = self._log_tail(distance)
        return np.where(distance < 0.0, tail, np.log1p(-np.exp(tail)))

    def _log_tail(self, distance: Array) -> Array:
        """Return log P(X - μ > |distance|)."""
        near, big, _, s, w, b = self._shares(distance)
        log_w = -np.log1p(s) - 2.0 * np.log(big)
        return log_t_tail(self.df, near, s, w, b, log_w)

    def _ppf(self, q: Array) -> Array:
        return self.mu + self.sigma * self._standard_quantile(q)

    def _isf(self, q: Array) -> Array:
        return self.mu - self.sigma * self._standard_quantile(q)

    def _standard_quantile(self, q: Array) -> Array:
        """Quantile at μ = 0, σ = 1: scipy's, or the power law of the far tail, polished."""
        a, p = 0.5 * self.df, np.minimum(q, 1.0 - q)
        log_w = (np.log(2.0 * p) + np.log(a) + sc.betaln(a, 0.5)) / a
        far = -np.sqrt(self.df) * np.exp(-0.5 * np.minimum(log_w, 0.0))
        start = sc.stdtrit(self.df, p)
        z = np.where((log_w < -10.0) | ~np.isfinite(start), far, np.minimum(start, -5e-324))
        standard = self.with_values({"mu": 0.0, "sigma": 1.0})
        z = polish(z, np.log(p), standard._log_tail, lambda v: standard._logpdf(standard._terms(v)), 1.0)
        return np.where(q < 0.5, z, np.where(q > 0.5, -z, 0.0))

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return self.mu + self.sigma * rng.standard_t(self.df, size)

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        v = np.asarray(self.df, dtype=float)
        spread = np.where(v > 2.0, v / (v - 2.0), np.where(v > 1.0, math.inf, math.nan))
        kurtosis = np.where(v > 4.0, 3.0 + 6.0 / (v - 4.0), np.where(v > 2.0, math.inf, math.nan))
        mean, skewness = np.where(v > 1.0, self.mu, math.nan), np.where(v > 3.0, 0.0, math.nan)
        return mean[()], (self.sigma * self.sigma * spread)[()], skewness[()], kurtosis[()]

    def _start(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> Mapping[str, float]:
        return self._starts(x, w)[0]

    def _starts(self, x: NDArray[np.float64], w: NDArray[np.float64]) -> tuple[Mapping[str, float], ...]:
        """At each place, the degrees of freedom of the highest likelihood; the highest place first."""
        fixed = {name: float(np.mean(v)) for name, v in self.params.items() if not is_estimated(v)}
        found = [self._at(x, w, mu, scale, fixed) for mu, scale in self._places(x, w, fixed)]
        found.sort(key=lambda pair: -pair[0])
        return tuple(values for _, values in found)

    def _places(
        self, x: NDArray[np.float64], w: NDArray[np.float64], fixed: Mapping[str, float]
    ) -> list[tuple[float, float | None]]:
        """Where the location may have peaks: about the median; at clusters too if the scale is held, or df below 1."""
        if "mu" in fixed:
            return [(fixed["mu"], None)]
        middle = float(np.median(x))
        df = fixed.get("df", 1.0)
        if "sigma" in fixed:
            return [(mu, None) for mu in heavy_locations(x, w, fixed["sigma"], df)]
        if df >= 1.0:  # one peak (Kent, Tyler, Ann. Statist. 19 (1991) 2102-2119)
            return [(middle, None)]
        spread = _spread(np.abs(x - middle), w)
        clusters = [(mu, s * spread) for s in CLUSTERS for mu in heavy_locations(x, w, s * spread, df)]
        return [(middle, None), *clusters]

    def _at(
        self,
        x: NDArray[np.float64],
        w: NDArray[np.float64],
        mu: float,
        scale: float | None,
        fixed: Mapping[str, float],
    ) -> tuple[float, Mapping[str, float]]:
        spread = _spread(np.abs(x - mu), w)
        best: tuple[float, Mapping[str, float]] = (-math.inf, {})
        for df in START_DF if "df" not in fixed else (fixed["df"],):
            sigma = spread / float(sc.stdtrit(df, 0.75)) if scale is None else scale
            values = {"df": df, "mu": mu, "sigma": sigma, **fixed}
            model = self.with_values(values)
            height = float(np.average(model._logpdf(model._terms(x)), weights=w))
            best = max(best, (height, values), key=lambda pair: pair[0])
        return best

    def _specials(self) -> tuple[Special, ...]:
        if self.df is not free:
            return ()
        return (Special("Normal", "df", math.inf, Normal(self.mu, self.sigma), {"mu": "mu", "sigma": "sigma"}),)

    def _unbounded(self) -> str | None:
        """Free degrees of freedom fall so low that a single value, or the most tied one, is worth a spike."""
        if not (is_estimated(self.df) and is_estimated(self.sigma) and is_estimated(self.mu)):
            return None
        return "for tiny df, as sigma falls to 0 on a data value"

    def _escape(self, x: NDArray[np.float64], w: NDArray[np.float64] | None, reached: float) -> Escape | None:
        """With df held, a share df/(1 + df) of the weight on one value lets sigma fall to 0 there."""
        if self.sigma is not free or is_estimated(self.df) or np.ndim(self.df) > 0 or np.ndim(self.mu) > 0:
            return None
        mu = None if is_estimated(self.mu) else float(self.mu)
        found = atom_escape(x, w, float(self.df), float(_constant(self.df)), mu)
        return None if found is None else found._replace(ends={**found.ends, "sigma": 0.0, "df": math.nan})

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        at_c = is_estimated(self.mu) or self.mu == c
        df = self.df if not is_estimated(self.df) else math.nan
        return {"df": df, "mu": c, "sigma": 0.0} if self.sigma is free and at_c else None


def _small_m(q: Array, w: Array) -> Array:
    """M = log(1+q) - q/(1+q) for 0 ≤ q < 0.05: q² w/(2+q) + 2 z³ (1/3 + z²/5 + …) with z = q/(2+q)."""
    half = 1.0 / (2.0 + q)
    z = q * half
    zz = z * z
    return q * q * w * half + 2.0 * z * zz * polynomial(zz, ATANH_SERIES)


def _spread(distance: NDArray[np.float64], w: NDArray[np.float64]) -> float:
    """Median distance; where half of the rows are tied, the mean one."""
    middle = float(np.median(distance))
    return middle if middle > 0.0 else float(np.average(distance, weights=w))


def _constant(v: Array) -> Array:
    """log Γ((ν+1)/2) - log Γ(ν/2) - ½ log νπ, with a = ν/2: -½ log 2π - a·excess(1/2a) + δ(a+½) - δ(a)."""
    a = 0.5 * v
    return stirling(a + 0.5) - stirling(a) - a * excess(0.5 / a) - HALF_LOG_2PI


def _constant_derivative(v: Array) -> Array:
    """½ [ψ(a+½) - ψ(a) - 1/2a]."""
    a = 0.5 * v
    y = 0.5 / a
    return 0.5 * (y * y / (1.0 + y) - excess(y) + stirling_derivative(a + 0.5) - stirling_derivative(a))


def _constant_second_derivative(v: Array) -> Array:
    """¼ [ψ'(a+½) - ψ'(a) + 1/2a²]."""
    a = 0.5 * v
    remainder = stirling_second_derivative(a + 0.5) - stirling_second_derivative(a)
    return 0.25 * (remainder - 0.25 / (a * (a + 0.5) ** 2))
