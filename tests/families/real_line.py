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
    points = [a * mpf(f) for f in ((0, 0.3, 1) if abs(a) < 5 else (0, 0.03, 0.1, 0.3, 1))]
    return integral(lambda x: mp.exp(-(h**2) * (1 + x**2) / 2) / (1 + x**2), points) / (2 * mp.pi)


def _thin_tail(h: Any, a: Any) -> Any:
    """P(Z < -h) for a > 0, twice the same integral from a on, its exponential taken out."""
    fall = 1 / (h**2 * a + h)
    points = [fall * f for f in (0, 2, 10, 35, 80)]
    rest = integral(lambda s: mp.exp(-(h**2) * s * (a + s / 2)) / (1 + (a + s) ** 2), points)
    return mp.exp(-(h**2) * (1 + a**2) / 2) * rest / mp.pi


def _standard_skew_cdf(z: Any, a: Any) -> Any:
    if a < 0:
        return _standard_skew_sf(-z, -a)
    if -z * a > 3.3:
        return _thin_tail(-z, a)
    return mp.ncdf(z) - 2 * _owen(z, a)


def _standard_skew_sf(z: Any, a: Any) -> Any:
    if a < 0:
        return _standard_skew_cdf(-z, -a)
    if abs(z) * a > 3.3:
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


def _check_logpdf(x: Any, mu: Any, scale: Any, quantile: Any) -> Any:
    z = (x - mu) / scale
    return mp.log(quantile * (1 - quantile) / scale) - z * (quantile if z > 0 else quantile - 1)


def _check_cdf(x: Any, mu: Any, scale: Any, quantile: Any) -> Any:
    z = (x - mu) / scale
    return quantile * mp.exp((1 - quantile) * z) if z < 0 else 1 - (1 - quantile) * mp.exp(-quantile * z)


def _check_moments(mu: Any, scale: Any, quantile: Any) -> tuple[Any, ...]:
    """By the cumulants of two exponential variables."""
    up, down = 1 / quantile, 1 / (1 - quantile)
    v = up**2 + down**2
    skewness = 2 * (up**3 - down**3) / v**1.5
    return mu + scale * (up - down), scale**2 * v, skewness, 3 + 6 * (up**4 + down**4) / v**2


def _check_pieces(mu: Any, scale: Any, quantile: Any) -> tuple[Formula, Formula, list[Any]]:
    right = [t / quantile for t in (3, 8, 20, 75)]
    left = [-t / (1 - quantile) for t in (75, 20, 8, 3)]
    return lambda t: mu + scale * t, lambda t: scale, [*left, mpf(0), *right]


ASYMMETRIC_LAPLACE = Oracle(
    "AsymmetricLaplace",
    ("mu", "scale", "quantile"),
    _check_logpdf,
    _check_cdf,
    lambda x, mu, scale, quantile: _check_cdf(2 * mu - x, mu, scale, 1 - quantile),
    _check_moments,
    lambda x, mu, scale, quantile: (scale, scale, scale, min(quantile, 1 - quantile)),
    _check_pieces,
    corner=lambda mu, scale, quantile: quantile,
)


def _von_mises_logpdf(x: Any, mu: Any, kappa: Any) -> Any:
    return kappa * mp.cos(x - mu) - mp.log(2 * mp.pi * mp.besseli(0, kappa))


def _von_mises_cdf(x: Any, mu: Any, kappa: Any) -> Any:
    """P(mu - π < X <= x), by panels outward from x that reach as far as the mass does."""
    y = x - mu - 2 * mp.pi * mp.nint((x - mu) / (2 * mp.pi))
    if y > 0:
        return 1 - _von_mises_cdf(mu - y, mu, kappa)
    width = 1 / (kappa * abs(mp.sin(y)) + mp.sqrt(kappa))
    ends = [y - width * t for t in (0, 2, 8, 25, 70) if y - width * t > -mp.pi]
    if y - 70 * width < -mp.pi:
        ends.append(-mp.pi)
    scaled = integral(lambda t: mp.exp(-2 * kappa * mp.sin((y - t) / 2) * mp.sin(-(y + t) / 2)), ends)
    return -scaled * mp.exp(kappa * mp.cos(y)) / (2 * mp.pi * mp.besseli(0, kappa))


def _von_mises_pieces(mu: Any, kappa: Any) -> tuple[Formula, Formula, list[Any]]:
    width = 1 / mp.sqrt(kappa)
    half = [width * t for t in (1, 3, 8, 15) if width * t < mp.pi]
    half.append(min(mp.pi, 20 * width))
    return lambda t: mu + t, lambda t: mpf(1), [-t for t in reversed(half)] + [mpf(0)] + half


def _von_mises_moments(mu: Any, kappa: Any) -> tuple[Any, ...]:
    """Of the angle in (mu - π, mu + π]."""
    _, _, points = _von_mises_pieces(mpf(0), kappa)
    second, fourth = (integral(lambda t, n=n: t**n * mp.exp(_von_mises_logpdf(t, 0, kappa)), points) for n in (2, 4))
    return mu, second, mpf(0), fourth / second**2


def _von_mises_units(x: Any, mu: Any, kappa: Any) -> tuple[Any, ...]:
    step = min(mpf(1), 1 / mp.sqrt(kappa))
    return step, step, kappa


VON_MISES = Oracle(
    "VonMises",
    ("mu", "kappa"),
    _von_mises_logpdf,
    _von_mises_cdf,
    lambda x, mu, kappa: _von_mises_cdf(2 * mu - x, mu, kappa),
    _von_mises_moments,
    _von_mises_units,
    _von_mises_pieces,
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


def _by_check(mu: float, scale: float, quantile: float, *u: float) -> tuple[float, ...]:
    """Points where the exponent is u, on both sides."""
    ends = [(mu - scale * v / (1.0 - quantile), mu + scale * v / quantile) for v in u]
    return tuple(x for pair in ends for x in pair)


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
            Case("GeneralizedNormal", (0.0, 1e-3, 0.7), _by_power(0.0, 1e-3, 0.7, 1e-2, 0.3, 1.5, 37.0)),
            Case("GeneralizedNormal", (0.0, 1e-150, 4.0), _by_power(0.0, 1e-150, 4.0, 1e-9, 0.3, 1.5, 37.0, 690.0)),
            Case("GeneralizedNormal", (1e6, 1e-3, 3.0), _by_power(1e6, 1e-3, 3.0, 1e-2, 1.5, 37.0)),
            Case("GeneralizedNormal", (1.0, 2.0, 20.0), _by_power(1.0, 2.0, 20.0, 1e-6, 0.3, 37.0)),
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
            Case("SkewNormal", (0.0, 1.0, 1.0), (-26.0, *Z[2:-1]), tails=False),
            Case("SkewNormal", (1.5, 2.0, 3.0), along(1.5, 2.0, (-11.0, -0.3, 1e-9, 0.7, 37.0))),
            Case("SkewNormal", (1e6, 1e-3, -2.0), along(1e6, 1e-3, (-3.0, -0.3, 1e-9, 0.7, 16.0)), tails=False),
            Case("SkewNormal", (0.0, 1e-150, 0.0), along(0.0, 1e-150, (-37.0, -1.5, 1e-9, 0.7))),
            Case("SkewNormal", (0.0, 1.0, 20.0), (-1.8, -0.3, -0.01, 1e-9, 0.05, 0.7, 8.0), tails=False),
            Case("SkewNormal", (0.0, 1e300, -0.4), along(0.0, 1e300), orders=1, tails=False),
        ),
        ordinary=(1.5, 2.0, 2.0),
        out_of_range={"mu": (math.nan, math.inf), "sigma": (0.0, -1.2), "alpha": (math.nan, math.inf)},
        truths=((0.0, 1.0, 3.0), (-50.0, 0.01, 0.0), (1e4, 3e3, -1.5), (0.0, 1.0, 30.0)),
        peer=lambda mu, sigma, alpha: stats.skewnorm(alpha, mu, sigma),
        more=((1.5, 2.0, -4.0), (1.5, 2.0, 0.0), (1.5, 2.0, 40.0)),
        deep={"SkewNormal(1.5, 2, 3)": (1.5 + 2.0 * 1e4, 1.5 - 2.0 * 1e4)},
        **LINE,
    ),
    Entry(
        ASYMMETRIC_LAPLACE,
        rows=(
            Case("AsymmetricLaplace", (0.0, 1.0, 0.5), _by_check(0.0, 1.0, 0.5, 1e-9, 0.3, 1.5, 37.0, 690.0)),
            Case("AsymmetricLaplace", (1.5, 2.0, 0.3), _by_check(1.5, 2.0, 0.3, 1e-9, 0.3, 1.5, 37.0, 690.0)),
            Case("AsymmetricLaplace", (1e6, 1e-3, 0.9), _by_check(1e6, 1e-3, 0.9, 1e-4, 0.3, 1.5, 37.0)),
            Case("AsymmetricLaplace", (0.0, 1e-150, 1e-3), _by_check(0.0, 1e-150, 1e-3, 1e-9, 0.3, 1.5, 37.0)),
            Case("AsymmetricLaplace", (0.0, 1e290, 0.5), _by_check(0.0, 1e290, 0.5, 1e-9, 0.3, 1.5, 37.0), orders=1),
        ),
        ordinary=(1.5, 2.0, 0.3),
        out_of_range={"mu": (math.nan, math.inf), "scale": (0.0, -1.2), "quantile": (0.0, 1.0, -0.5, math.nan)},
        truths=((0.0, 1.0, 0.5), (-50.0, 0.01, 0.2), (1e4, 3e3, 0.9)),
        peer=lambda mu, scale, quantile: stats.laplace_asymmetric(
            math.sqrt(quantile / (1 - quantile)), mu, scale / math.sqrt(quantile * (1 - quantile))
        ),
        more=((1.5, 2.0, 0.02), (1.5, 2.0, 0.97)),
        deep={"AsymmetricLaplace(1.5, 2, 0.3)": (1e5, -1e5)},
        **LINE,
    ),
    Entry(
        VON_MISES,
        rows=(
            Case("VonMises", (0.0, 2.0), (-3.14159, -2.0, -0.3, -1e-5, 1e-9, 0.7, 3.1)),
            Case("VonMises", (1.5, 400.0), along(1.5, 1.0, (-2.36, -0.05, 1e-9, 0.1, 2.36))),
            Case("VonMises", (0.0, 1e-3), (-3.14159, -2.0, 1e-9, 0.7, 3.1)),
            Case("VonMises", (-2.0, 1e10), along(-2.0, 1e-5, (-37.0, 1e-4, 0.7, 8.0))),
            Case("VonMises", (0.5, 29.0), along(0.5, 1.0, (-3.0, -1.0, -0.2, 0.3, 2.5))),
        ),
        ordinary=(1.5, 2.0),
        out_of_range={"mu": (math.nan, math.inf), "kappa": (0.0, -1.2, math.inf)},
        truths=((0.0, 1.0), (2.5, 0.2), (-1.0, 40.0), (0.3, 1e5)),
        peer=lambda mu, kappa: stats.vonmises(kappa, loc=mu),
        more=((1.5, 0.01), (1.5, 29.9), (1.5, 30.1), (1.5, 1e4)),
        deep={"VonMises(1.5, 400)": (4.6, -1.6)},
        **LINE,
    ),
)
