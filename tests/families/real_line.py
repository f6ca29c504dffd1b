"""Families on the whole line beside the normal's: logistic, Cauchy, Gumbel and the skewed and peaked ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mpmath import mp, mpf
from oracles import DIGITS, Formula, Oracle, heavy_line, integral, line
from scipy import stats

from families.entry import WIDE, Case, Entry, Z, along

# ------------------------------------------------------------------------------------------------ the formulas


def _logistic_logpdf(x: Any, mu: Any, scale: Any) -> Any:
    z = abs(x - mu) / scale
    return -z - mp.log(scale) - 2 * mp.log1p(mp.exp(-z))


def _cauchy_logpdf(x: Any, mu: Any, scale: Any) -> Any:
    return mp.log(scale) - mp.log(mp.pi) - mp.log(scale**2 + (x - mu) ** 2)


def _cauchy_sf(x: Any, mu: Any, scale: Any) -> Any:
    return mp.atan2(scale, x - mu) / mp.pi


def _power_digits(x: float, theta: Sequence[float], orders: tuple[int, ...]) -> int:
    """As for Student's t: a power tail forgets the scale."""
    mu, scale = theta
    return DIGITS + 3 * int(min(70.0, max(0.0, math.log10(abs(x - mu) or scale) - math.log10(scale))))


def _exponential_digits(x: float, theta: Sequence[float], orders: tuple[int, ...]) -> int:
    """Far out the curvature is exp(-|z|) of the log-density itself."""
    mu, scale = theta
    return DIGITS + int(abs(x - mu) / scale)


def _gumbel_logpdf(x: Any, mu: Any, scale: Any) -> Any:
    z = (x - mu) / scale
    return -z - mp.exp(-z) - mp.log(scale)


def _gumbel_cdf(x: Any, mu: Any, scale: Any) -> Any:
    return mp.exp(-mp.exp(-(x - mu) / scale))


def _gumbel_sf(x: Any, mu: Any, scale: Any) -> Any:
    return -mp.expm1(-mp.exp(-(x - mu) / scale))


def _gumbel_moments(sign: int) -> Formula:
    def moments(mu: Any, scale: Any) -> tuple[Any, ...]:
        skewness = sign * 12 * mp.sqrt(6) * mp.zeta(3) / mp.pi**3
        return mu + sign * mp.euler * scale, (mp.pi * scale) ** 2 / 6, skewness, mpf(27) / 5

    return moments


def _gumbel_pieces(sign: int) -> Formula:
    """From z = -5, where the density is exp(-148), to z = 75."""

    def pieces(mu: Any, scale: Any) -> tuple[Formula, Formula, list[Any]]:
        points = sorted(sign * mpf(t) for t in (-5, -3, -1, 1, 4, 12, 30, 75))
        return lambda t: mu + scale * t, lambda t: scale, points

    return pieces


def _by_scale(x: Any, mu: Any, scale: Any) -> tuple[Any, ...]:
    return scale, scale, scale


LOGISTIC = Oracle(
    "Logistic",
    ("mu", "scale"),
    _logistic_logpdf,
    lambda x, mu, scale: 1 / (1 + mp.exp(-(x - mu) / scale)),
    lambda x, mu, scale: 1 / (1 + mp.exp((x - mu) / scale)),
    lambda mu, scale: (mu, (mp.pi * scale) ** 2 / 3, mpf(0), mpf(21) / 5),
    _by_scale,
    lambda mu, scale: line(mu, scale, 75.0),
    digits=_exponential_digits,
)
CAUCHY = Oracle(
    "Cauchy",
    ("mu", "scale"),
    _cauchy_logpdf,
    lambda x, mu, scale: _cauchy_sf(2 * mu - x, mu, scale),
    _cauchy_sf,
    lambda mu, scale: (mp.nan, mp.nan, mp.nan, mp.nan),
    lambda x, mu, scale: (max(scale, abs(x - mu)), max(scale, abs(x - mu)), scale),
    lambda mu, scale: heavy_line(mu, scale, mpf(1)),
    digits=_power_digits,
)
GUMBEL_MAX = Oracle(
    "GumbelMax",
    ("mu", "scale"),
    _gumbel_logpdf,
    _gumbel_cdf,
    _gumbel_sf,
    _gumbel_moments(1),
    _by_scale,
    _gumbel_pieces(1),
    digits=_exponential_digits,
)
GUMBEL_MIN = Oracle(
    "GumbelMin",
    ("mu", "scale"),
    lambda x, mu, scale: _gumbel_logpdf(-x, -mu, scale),
    lambda x, mu, scale: _gumbel_sf(-x, -mu, scale),
    lambda x, mu, scale: _gumbel_cdf(-x, -mu, scale),
    _gumbel_moments(-1),
    _by_scale,
    _gumbel_pieces(-1),
    digits=_exponential_digits,
)


def _power_logpdf(x: Any, mu: Any, scale: Any, power: Any) -> Any:
    return mp.log(power) - mp.log(2 * scale) - mp.loggamma(1 / power) - (abs(x - mu) / scale) ** power


def _power_cdf(x: Any, mu: Any, scale: Any, power: Any) -> Any:
    if x > mu:
        return 1 - _power_cdf(2 * mu - x, mu, scale, power)
    return mp.gammainc(1 / power, ((mu - x) / scale) ** power, regularized=True) / 2


def _power_moments(mu: Any, scale: Any, power: Any) -> tuple[Any, ...]:
    g1, g3, g5 = (mp.gamma(j / power) for j in (1, 3, 5))
    return mu, scale**2 * g3 / g1, mpf(0), g5 * g1 / g3**2


def _power_pieces(mu: Any, scale: Any, power: Any) -> tuple[Formula, Formula, list[Any]]:
    """z = t^9, which takes the corner out of every power of |z|; the density ends where |z|^power is 80."""
    reach = mp.mpf(80) ** (1 / power / 9)
    fractions = (0.1, 0.4, 0.6, 0.75, 0.85, 0.92, 0.96, 0.98, 0.985, 0.99, 0.993, 0.995, 0.997, 1)
    half = [reach * mpf(f) for f in fractions]
    points = [-t for t in reversed(half)] + [mpf(0)] + half
    return lambda t: mu + scale * t**9, lambda t: 9 * scale * t**8, points


def _power_units(x: Any, mu: Any, scale: Any, power: Any) -> tuple[Any, ...]:
    """A step short enough not to cross the corner."""
    step = max(min(scale, abs(x - mu)), scale * mpf(10) ** -12)
    return step, step, scale, power


GENERALIZED_NORMAL = Oracle(
    "GeneralizedNormal",
    ("mu", "scale", "power"),
    _power_logpdf,
    _power_cdf,
    lambda x, mu, scale, power: _power_cdf(2 * mu - x, mu, scale, power),
    _power_moments,
    _power_units,
    _power_pieces,
)


def _skew_logpdf(x: Any, mu: Any, sigma: Any, alpha: Any) -> Any:
    z = (x - mu) / sigma
    return mp.log(2 / sigma) - z**2 / 2 - mp.log(2 * mp.pi) / 2 + mp.log(mp.erfc(-alpha * z / mp.sqrt(2)) / 2)


def _owen(h: Any, a: Any) -> Any:
    """T(h, a), by its defining integral over (0, a)."""
    points = [a * mpf(f) for f in (0, 0.05, 0.2, 0.5, 1)]
    return integral(lambda x: mp.exp(-(h**2) * (1 + x**2) / 2) / (1 + x**2), points) / (2 * mp.pi)


def _thin_tail(h: Any, a: Any) -> Any:
    """P(Z < -h) for a > 0, twice the same integral from a on, its exponential taken out."""
    fall = 1 / (h**2 * a + h)
    points = [fall * f for f in (0, 1, 4, 10, 25, 80)]
    rest = integral(lambda s: mp.exp(-(h**2) * s * (a + s / 2)) / (1 + (a + s) ** 2), points)
    return mp.exp(-(h**2) * (1 + a**2) / 2) * rest / mp.pi


def _standard_skew_cdf(z: Any, a: Any) -> Any:
    if a < 0:
        return _standard_skew_sf(-z, -a)
    if -z * a > 3:
        return _thin_tail(-z, a)
    return mp.ncdf(z) - 2 * _owen(z, a)


def _standard_skew_sf(z: Any, a: Any) -> Any:
    if a < 0:
        return _standard_skew_cdf(-z, -a)
    if abs(z) * a > 3:
        return 2 * mp.ncdf(-z) - _thin_tail(z, a) if z > 0 else 1 - _thin_tail(-z, a)
    return mp.ncdf(-z) + 2 * _owen(z, a)


def _skew_moments(mu: Any, sigma: Any, alpha: Any) -> tuple[Any, ...]:
    m = mp.sqrt(2 / mp.pi) * alpha / mp.sqrt(1 + alpha**2)
    v = 1 - m**2
    return mu + sigma * m, sigma**2 * v, (4 - mp.pi) / 2 * m**3 / v**1.5, 3 + 2 * (mp.pi - 3) * m**4 / v**2


def _skew_pieces(mu: Any, sigma: Any, alpha: Any) -> tuple[Formula, Formula, list[Any]]:
    """More points near 0, where a large shape makes the density rise steeply."""
    half = [mpf(t) for t in (0.05, 0.2, 0.7, 2, 5, 15)]
    return lambda t: mu + sigma * t, lambda t: sigma, [-t for t in reversed(half)] + [mpf(0)] + half


def _skew_digits(x: float, theta: Sequence[float], orders: tuple[int, ...]) -> int:
    """On the thick side the shape's part of the log-density is exp(-(αz)²/2), until no double holds it."""
    mu, sigma, alpha = theta
    y = alpha * (x - mu) / sigma
    return DIGITS + int(0.22 * y * y) if 0 < y < 39 else DIGITS


SKEW_NORMAL = Oracle(
    "SkewNormal",
    ("mu", "sigma", "alpha"),
    _skew_logpdf,
    lambda x, mu, sigma, alpha: _standard_skew_cdf((x - mu) / sigma, alpha),
    lambda x, mu, sigma, alpha: _standard_skew_sf((x - mu) / sigma, alpha),
    _skew_moments,
    lambda x, mu, sigma, alpha: (sigma / (1 + abs(alpha)), sigma / (1 + abs(alpha)), sigma, 1 + abs(alpha)),
    _skew_pieces,
    digits=_skew_digits,
)


# ------------------------------------------------------------------------------------------------------- the rows

SLOW = (-690.0, -37.0, -3.0, -0.7, -1e-9, 1e-5, 0.3, 1.5, 8.0, 690.0)
"""Standardised points of tails that fall like exp(-|z|)."""

EXTREMES = (-6.5, -3.0, -0.7, -1e-9, 1e-5, 0.3, 1.5, 8.0, 37.0, 690.0)
"""Standardised points of a largest value: exp(-exp 6.5) is 5e-289."""

INNER = SLOW[1:-1]
MILD = EXTREMES[:-1]

LINE = {"below": (-math.inf,), "above": (math.inf,), "points": (0.05, 0.4, 1.3, 2.9, 17.0)}


def _mirrored(z: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(-t for t in z)


def _by_power(mu: float, scale: float, power: float, *u: float) -> tuple[float, ...]:
    """Points where |z|^power is u, on both sides."""
    return tuple(mu + s * scale * v ** (1.0 / power) for v in u for s in (-1.0, 1.0))


ENTRIES = (
    Entry(
        LOGISTIC,
        rows=(
            Case("Logistic", (0.0, 1.0), SLOW),
            Case("Logistic", (1.5, 2.0), along(1.5, 2.0, INNER)),
            Case("Logistic", (1e6, 1e-3), along(1e6, 1e-3, INNER)),
            Case("Logistic", (-3e-150, 1e-150), along(-3e-150, 1e-150, INNER)),
            Case("Logistic", (0.0, 1e300), along(0.0, 1e300, INNER), orders=1),
        ),
        ordinary=(1.5, 2.0),
        out_of_range={"mu": (math.nan, math.inf), "scale": (0.0, -1.2, math.nan)},
        truths=((0.0, 1.0), (-50.0, 0.01), (1e4, 3e3)),
        peer=stats.logistic,
        deep={"Logistic(1.5, 2)": (2e4, -2e4)},
        **LINE,
    ),
    Entry(
        CAUCHY,
        rows=(
            Case("Cauchy", (0.0, 1.0), (*WIDE, 1e290)),
            Case("Cauchy", (1.5, 2.0), along(1.5, 2.0, (*WIDE, -1e200))),
            Case("Cauchy", (1e6, 1e-3), along(1e6, 1e-3, WIDE)),
            Case("Cauchy", (0.0, 1e-150), along(0.0, 1e-150, WIDE)),
            Case("Cauchy", (0.0, 1e290), along(0.0, 1e290, WIDE), orders=1),
        ),
        ordinary=(1.5, 2.0),
        out_of_range={"mu": (math.nan, math.inf), "scale": (0.0, -1.2, math.nan)},
        truths=((0.0, 1.0), (-50.0, 0.01), (1e4, 3e3)),
        peer=stats.cauchy,
        **LINE,
    ),
    Entry(
        GUMBEL_MAX,
        rows=(
            Case("GumbelMax", (0.0, 1.0), EXTREMES),
            Case("GumbelMax", (1.5, 2.0), along(1.5, 2.0, MILD)),
            Case("GumbelMax", (1e6, 1e-3), along(1e6, 1e-3, MILD)),
            Case("GumbelMax", (-3e-150, 1e-150), along(-3e-150, 1e-150, MILD)),
            Case("GumbelMax", (0.0, 1e300), along(0.0, 1e300, MILD), orders=1),
        ),
        ordinary=(1.5, 2.0),
        out_of_range={"mu": (math.nan, math.inf), "scale": (0.0, -1.2, math.nan)},
        truths=((0.0, 1.0), (-50.0, 0.01), (1e4, 3e3)),
        peer=stats.gumbel_r,
        deep={"GumbelMax(1.5, 2)": (2e4, -30.0)},
        **LINE,
    ),
    Entry(
        GUMBEL_MIN,
        rows=(
            Case("GumbelMin", (0.0, 1.0), _mirrored(EXTREMES)),
            Case("GumbelMin", (1.5, 2.0), along(1.5, 2.0, _mirrored(MILD))),
            Case("GumbelMin", (1e6, 1e-3), along(1e6, 1e-3, _mirrored(MILD))),
            Case("GumbelMin", (-3e-150, 1e-150), along(-3e-150, 1e-150, _mirrored(MILD))),
        ),
        ordinary=(1.5, 2.0),
        out_of_range={"mu": (math.nan, math.inf), "scale": (0.0, -1.2, math.nan)},
        truths=((0.0, 1.0), (-50.0, 0.01), (1e4, 3e3)),
        peer=stats.gumbel_l,
        deep={"GumbelMin(1.5, 2)": (30.0, -2e4)},
        **LINE,
    ),
    Entry(
        GENERALIZED_NORMAL,
        rows=(
            Case("GeneralizedNormal", (0.0, 1.0, 1.0), _by_power(0.0, 1.0, 1.0, 1e-9, 0.3, 1.5, 37.0, 690.0)),
            Case("GeneralizedNormal", (1.5, 2.0, 1.5), _by_power(1.5, 2.0, 1.5, 1e-5, 0.3, 1.5, 37.0, 690.0)),
            Case("GeneralizedNormal", (1e6, 1e-3, 0.7), _by_power(1e6, 1e-3, 0.7, 1e-2, 0.3, 1.5, 37.0)),
            Case("GeneralizedNormal", (0.0, 1e-150, 4.0), _by_power(0.0, 1e-150, 4.0, 1e-9, 0.3, 1.5, 37.0, 690.0)),
            Case("GeneralizedNormal", (0.0, 1.0, 60.0), _by_power(0.0, 1.0, 60.0, 1e-20, 0.3, 1.5, 690.0)),
            Case("GeneralizedNormal", (0.0, 1e300, 2.0), _by_power(0.0, 1e300, 2.0, 1e-5, 0.3, 37.0), orders=1),
        ),
        ordinary=(1.5, 2.0, 1.5),
        out_of_range={"mu": (math.nan, math.inf), "scale": (0.0, -1.2), "power": (0.0, -1.0, math.nan)},
        truths=((0.0, 1.0, 1.5), (-50.0, 0.01, 1.0), (1e4, 3e3, 2.0), (0.0, 1.0, 0.7), (2.0, 1.0, 6.0)),
        peer=lambda mu, scale, power: stats.gennorm(power, mu, scale),
        more=((1.5, 2.0, 0.6), (1.5, 2.0, 3.0)),
        deep={"GeneralizedNormal(1.5, 2, 1.5)": (1e4, -1e4)},
        **LINE,
    ),
    Entry(
        SKEW_NORMAL,
        rows=(
            Case("SkewNormal", (0.0, 1.0, 1.0), (-26.0, *Z[2:-1])),
            Case("SkewNormal", (1.5, 2.0, 3.0), along(1.5, 2.0, (-11.0, *Z[2:-2], 37.0))),
            Case("SkewNormal", (1e6, 1e-3, -2.0), along(1e6, 1e-3, (-3.0, -0.3, 1e-9, 0.7, 16.0))),
            Case("SkewNormal", (0.0, 1e-150, 0.0), along(0.0, 1e-150)),
            Case("SkewNormal", (0.0, 1.0, 20.0), (-1.8, -0.3, -0.01, 1e-9, 0.05, 0.7, 8.0)),
            Case("SkewNormal", (0.0, 1e300, -0.4), along(0.0, 1e300), orders=1),
        ),
        ordinary=(1.5, 2.0, 2.0),
        out_of_range={"mu": (math.nan, math.inf), "sigma": (0.0, -1.2), "alpha": (math.nan, math.inf)},
        truths=((0.0, 1.0, 3.0), (-50.0, 0.01, 0.0), (1e4, 3e3, -1.5), (0.0, 1.0, 30.0)),
        peer=lambda mu, sigma, alpha: stats.skewnorm(alpha, mu, sigma),
        more=((1.5, 2.0, -4.0), (1.5, 2.0, 0.0), (1.5, 2.0, 40.0)),
        deep={"SkewNormal(1.5, 2, 3)": (1.5 + 2.0 * 1e4, 1.5 - 2.0 * 1e4)},
        **LINE,
    ),
)
