"""The families of the spine: Normal, LogNormal, Exponential, Laplace, Gamma, Weibull, StudentT and two of counts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

from mpmath import mp, mpf
from oracles import DIGITS, Formula, Oracle, heavy_line, integral_of_density, line, ray, sum_of_masses
from scipy import stats

from families.entry import Case, Entry, Z, along, around, counts_around, multiples

# ------------------------------------------------------------------------------------------------ the formulas


def _normal_logpdf(x: Any, mu: Any, sigma: Any) -> Any:
    return -(((x - mu) / sigma) ** 2) / 2 - mp.log(sigma) - mp.log(2 * mp.pi) / 2


def _normal_cdf(x: Any, mu: Any, sigma: Any) -> Any:
    return mp.erfc(-(x - mu) / sigma / mp.sqrt(2)) / 2


def _normal_sf(x: Any, mu: Any, sigma: Any) -> Any:
    return mp.erfc((x - mu) / sigma / mp.sqrt(2)) / 2


def _lognormal_moments(mu: Any, sigma: Any) -> tuple[Any, ...]:
    w = mp.exp(sigma**2)
    mean = mp.exp(mu + sigma**2 / 2)
    return mean, (w - 1) * mean**2, (w + 2) * mp.sqrt(w - 1), w**4 + 2 * w**3 + 3 * w**2 - 3


def _laplace_cdf(x: Any, mu: Any, scale: Any) -> Any:
    z = (x - mu) / scale
    return mp.exp(z) / 2 if z < 0 else 1 - mp.exp(-z) / 2


def _gamma_logpdf(x: Any, shape: Any, scale: Any) -> Any:
    return (shape - 1) * mp.log(x) - x / scale - shape * mp.log(scale) - mp.loggamma(shape)


def _gamma_cdf(x: Any, shape: Any, scale: Any) -> Any:
    if shape > 1000:
        return integral_of_density(GAMMA, (shape, scale), None, x)
    return mp.gammainc(shape, 0, x / scale, regularized=True)


def _gamma_sf(x: Any, shape: Any, scale: Any) -> Any:
    if shape > 1000:
        return integral_of_density(GAMMA, (shape, scale), x, None)
    if x / scale < shape:
        with mp.extradps(20):
            return 1 - mp.gammainc(shape, 0, x / scale, regularized=True)
    return mp.gammainc(shape, x / scale, regularized=True)


def _negative_binomial_logpdf(k: Any, mean: Any, size: Any) -> Any:
    coefficient = mp.loggamma(k + size) - mp.loggamma(size) - mp.loggamma(k + 1)
    return coefficient - size * mp.log1p(mean / size) + k * (mp.log(mean) - mp.log(size + mean))


def _negative_binomial_moments(mean: Any, size: Any) -> tuple[Any, ...]:
    p = size / (size + mean)
    variance = mean / p
    return mean, variance, (2 - p) / mp.sqrt(size * (1 - p)), 3 + 6 / size + p**2 / (size * (1 - p))


def _weibull_logpdf(x: Any, shape: Any, scale: Any) -> Any:
    z = x / scale
    return mp.log(shape) - mp.log(scale) + (shape - 1) * mp.log(z) - z**shape


def _weibull_moments(shape: Any, scale: Any) -> tuple[Any, ...]:
    g1, g2, g3, g4 = (mp.gamma(1 + i / shape) for i in (1, 2, 3, 4))
    v = g2 - g1**2
    skewness = (g3 - 3 * g1 * g2 + 2 * g1**3) / v**1.5
    kurtosis = (g4 - 4 * g1 * g3 + 6 * g1**2 * g2 - 3 * g1**4) / v**2
    return scale * g1, scale**2 * v, skewness, kurtosis


@cache
def _student_t_constant(df: Any, _precision: int) -> Any:
    """The costly part, kept: most steps of a derivative leave df alone."""
    return mp.loggamma((df + 1) / 2) - mp.loggamma(df / 2) - mp.log(df * mp.pi) / 2


def _student_t_logpdf(x: Any, df: Any, mu: Any, sigma: Any) -> Any:
    z = (x - mu) / sigma
    return _student_t_constant(df, mp.prec) - mp.log(sigma) - (df + 1) / 2 * mp.log1p(z**2 / df)


def _student_t_sf(x: Any, df: Any, mu: Any, sigma: Any) -> Any:
    z = (x - mu) / sigma
    if z < 0:
        return 1 - _student_t_sf(2 * mu - x, df, mu, sigma)
    if df > 1000:
        return integral_of_density(STUDENT_T, (df, mu, sigma), x, None)
    return mp.betainc(df / 2, mpf("0.5"), 0, df / (df + z**2), regularized=True) / 2


def _student_t_digits(x: float, theta: Sequence[float], orders: tuple[int, ...]) -> int:
    """A power tail forgets sigma: at |z| = 1e30 its part is 1e-60 of the whole.

    Beyond 1e70 that part is no double; derivatives in df alone are not concerned.
    """
    if not any((orders[0], *orders[2:])):
        return DIGITS
    _, mu, sigma = theta
    return DIGITS + 3 * int(min(70.0, max(0.0, math.log10(abs(x - mu) or sigma) - math.log10(sigma))))


def _student_t_moments(df: Any, mu: Any, sigma: Any) -> tuple[Any, ...]:
    mean = mu if df > 1 else mp.nan
    variance = sigma**2 * df / (df - 2) if df > 2 else (mp.inf if df > 1 else mp.nan)
    kurtosis = 3 + 6 / (df - 4) if df > 4 else (mp.inf if df > 2 else mp.nan)
    return mean, variance, mpf(0) if df > 3 else mp.nan, kurtosis


def _poisson_logpdf(k: Any, rate: Any) -> Any:
    return k * mp.log(rate) - rate - mp.loggamma(k + 1)


def _gamma_pieces(shape: Any, scale: Any) -> tuple[Formula, Formula, list[Any]]:
    """On the log scale: left tail exp(shape·t), right tail exp(-shape·(e^t - 1 - t)), both normal near the middle."""
    left = 70 / shape + 12 / mp.sqrt(shape)
    right = 12 / mp.sqrt(shape) if shape > 100 else mp.log(1 + 100 / shape)
    return ray(shape * scale, left, right)


def _weibull_pieces(shape: Any, scale: Any) -> tuple[Formula, Formula, list[Any]]:
    return ray(scale, 70 / shape, mp.log(70) / shape)


def _lognormal_pieces(mu: Any, sigma: Any) -> tuple[Formula, Formula, list[Any]]:
    _, _, points = line(mpf(0), sigma, 12.0)
    return lambda t: mp.exp(mu + sigma * t), lambda t: sigma * mp.exp(mu + sigma * t), points


def _student_t_pieces(df: Any, mu: Any, sigma: Any) -> tuple[Formula, Formula, list[Any]]:
    return heavy_line(mu, sigma, df) if df < 1000 else line(mu, sigma, 15.0)


def _exponential_moments(scale: Any) -> tuple[Any, ...]:
    return scale, scale**2, mpf(2), mpf(9)


def _gamma_moments(shape: Any, scale: Any) -> tuple[Any, ...]:
    return shape * scale, shape * scale**2, 2 / mp.sqrt(shape), 3 + 6 / shape


NORMAL = Oracle(
    "Normal",
    ("mu", "sigma"),
    _normal_logpdf,
    _normal_cdf,
    _normal_sf,
    lambda mu, sigma: (mu, sigma**2, mpf(0), mpf(3)),
    lambda x, mu, sigma: (sigma, sigma, sigma),
    lambda mu, sigma: line(mu, sigma, 15.0),
)
LOGNORMAL = Oracle(
    "LogNormal",
    ("mu", "sigma"),
    lambda x, mu, sigma: _normal_logpdf(mp.log(x), mu, sigma) - mp.log(x),
    lambda x, mu, sigma: _normal_cdf(mp.log(x), mu, sigma),
    lambda x, mu, sigma: _normal_sf(mp.log(x), mu, sigma),
    _lognormal_moments,
    lambda x, mu, sigma: (x * min(sigma, mpf(1)), sigma, sigma),
    _lognormal_pieces,
    positive=True,
)
EXPONENTIAL = Oracle(
    "Exponential",
    ("scale",),
    lambda x, scale: -x / scale - mp.log(scale),
    lambda x, scale: -mp.expm1(-x / scale),
    lambda x, scale: mp.exp(-x / scale),
    _exponential_moments,
    lambda x, scale: (scale, scale),
    lambda scale: ray(scale, mpf(70), mp.log(70)),
    positive=True,
)
LAPLACE = Oracle(
    "Laplace",
    ("mu", "scale"),
    lambda x, mu, scale: -abs(x - mu) / scale - mp.log(2 * scale),
    _laplace_cdf,
    lambda x, mu, scale: _laplace_cdf(2 * mu - x, mu, scale),
    lambda mu, scale: (mu, 2 * scale**2, mpf(0), mpf(6)),
    lambda x, mu, scale: (scale, scale, scale),
    lambda mu, scale: line(mu, scale, 75.0),
)
GAMMA = Oracle(
    "Gamma",
    ("shape", "scale"),
    _gamma_logpdf,
    _gamma_cdf,
    _gamma_sf,
    _gamma_moments,
    lambda x, shape, scale: (x, shape, scale),
    _gamma_pieces,
    positive=True,
)
WEIBULL = Oracle(
    "Weibull",
    ("shape", "scale"),
    _weibull_logpdf,
    lambda x, shape, scale: -mp.expm1(-((x / scale) ** shape)),
    lambda x, shape, scale: mp.exp(-((x / scale) ** shape)),
    _weibull_moments,
    lambda x, shape, scale: (x / max(shape, mpf(1)), shape, scale / max(shape, mpf(1))),
    _weibull_pieces,
    positive=True,
    digits=lambda x, theta, _: 60 + int(theta[0] * max(0.0, -math.log10(x / theta[1]))),
)
STUDENT_T = Oracle(
    "StudentT",
    ("df", "mu", "sigma"),
    _student_t_logpdf,
    lambda x, df, mu, sigma: _student_t_sf(2 * mu - x, df, mu, sigma),
    _student_t_sf,
    _student_t_moments,
    lambda x, df, mu, sigma: (max(sigma, abs(x - mu)), df, max(sigma, abs(x - mu)), sigma),
    _student_t_pieces,
    digits=_student_t_digits,
)
NEGATIVE_BINOMIAL = Oracle(
    "NegativeBinomial",
    ("mean", "size"),
    _negative_binomial_logpdf,
    lambda k, mean, size: sum_of_masses(NEGATIVE_BINOMIAL, (mean, size), k, upper=False),
    lambda k, mean, size: sum_of_masses(NEGATIVE_BINOMIAL, (mean, size), k, upper=True),
    _negative_binomial_moments,
    lambda k, mean, size: (mpf(1), mean, size),
    lambda mean, size: _gamma_pieces(1 / (1 / size + 1 / mean), mean / size + 1),
    discrete=True,
    ratio=lambda mean, size: lambda j: mean / (size + mean) * (size + j) / (j + 1),
)
POISSON = Oracle(
    "Poisson",
    ("rate",),
    _poisson_logpdf,
    lambda k, rate: sum_of_masses(POISSON, (rate,), k, upper=False),
    lambda k, rate: sum_of_masses(POISSON, (rate,), k, upper=True),
    lambda rate: (rate, rate, 1 / mp.sqrt(rate), 3 + 1 / rate),
    lambda k, rate: (mpf(1), rate),
    lambda rate: _gamma_pieces(rate, mpf(1)),
    discrete=True,
    ratio=lambda rate: lambda j: rate / (j + 1),
)


# ------------------------------------------------------------------------------------------------------- the rows

WIDE = tuple(s * v for v in (1e-9, 0.3, 1.5, 40.0, 1e8) for s in (-1.0, 1.0))
"""Points of a tail that falls like a power."""

ENTRIES = (
    Entry(
        NORMAL,
        rows=(
            Case("Normal", (0.0, 1.0), Z),
            Case("Normal", (1.5, 2.0), along(1.5, 2.0)),
            Case("Normal", (1e6, 1e-3), along(1e6, 1e-3)),
            Case("Normal", (-3e-150, 1e-150), along(-3e-150, 1e-150)),
            Case("Normal", (2e150, 1e150), along(2e150, 1e150)),
            Case("Normal", (3e-300, 1e-300), along(3e-300, 1e-300), orders=1),
            Case("Normal", (-2e300, 1e300), along(-2e300, 1e300), orders=1),
        ),
        ordinary=(1.5, 2.0),
        below=(-math.inf,),
        above=(math.inf,),
        out_of_range={"mu": (math.nan, math.inf), "sigma": (0.0, -1.2, math.nan, math.inf)},
        truths=((0.0, 1.0), (-50.0, 0.01), (1e4, 3e3)),
        peer=stats.norm,
        points=(0.05, 0.4, 1.3, 2.9, 17.0),
        deep={"Normal(1.5, 2)": (1.5 + 2.0 * 1e5, 1.5 - 2.0 * 1e5)},
    ),
    Entry(
        LOGNORMAL,
        rows=(
            Case("LogNormal", (0.0, 1.0), tuple(math.exp(z) for z in Z)),
            Case("LogNormal", (0.5, 0.8), tuple(math.exp(0.5 + 0.8 * z) for z in Z)),
            Case("LogNormal", (600.0, 2.0), tuple(math.exp(600 + 2 * z) for z in Z)),
            Case("LogNormal", (-650.0, 0.5), tuple(math.exp(-650 + 0.5 * z) for z in Z)),
            Case("LogNormal", (2.0, 1e-8), tuple(math.exp(2.0 + 1e-8 * z) for z in Z), tails=False),
            Case("LogNormal", (0.0, 50.0), (1e-300, 1e-20, 0.5, 1.0, 1e20, 1e300)),
        ),
        ordinary=(0.5, 0.8),
        below=(
            -math.inf,
            -1.0,
            -1e-300,
            0.0,
        ),
        above=(math.inf,),
        out_of_range={"mu": (math.nan, -math.inf), "sigma": (0.0, -1.2, math.inf)},
        truths=((0.0, 1.0), (5.0, 0.1), (-3.0, 2.5)),
        peer=lambda mu, sigma: stats.lognorm(sigma, scale=math.exp(mu)),
        points=(0.05, 0.4, 1.3, 2.9, 17.0),
        deep={"LogNormal(0.5, 0.8)": (math.exp(60.0), math.exp(-60.0))},
    ),
    Entry(
        EXPONENTIAL,
        rows=(
            Case("Exponential", (1.0,), multiples(0.0, 1e-300, 1e-9, 0.3, 1.0, 4.0, 690.0)),
            Case("Exponential", (2.5,), multiples(1e-9, 0.3, 1.0, 4.0, 690.0, unit=2.5)),
            Case("Exponential", (1e-150,), multiples(1e-9, 0.3, 1.0, 690.0, unit=1e-150)),
            Case("Exponential", (1e-300,), multiples(1e-5, 0.3, 1.0, 690.0, unit=1e-300), orders=1),
            Case("Exponential", (1e300,), multiples(1e-9, 0.3, 1.0, 690.0, unit=1e300), orders=1),
        ),
        ordinary=(2.5,),
        below=(
            -math.inf,
            -1.0,
            -1e-300,
        ),
        above=(math.inf,),
        out_of_range={"scale": (0.0, -1.2, math.nan, math.inf)},
        truths=((1.0,), (1e-6,), (300.0,)),
        peer=lambda scale: stats.expon(scale=scale),
        points=(0.05, 0.4, 1.3, 2.9, 17.0),
        deep={"Exponential(2.5)": (2.5e4, None)},
    ),
    Entry(
        LAPLACE,
        rows=(
            Case("Laplace", (0.0, 1.0), along(0.0, 1.0, (-690.0, *Z, 690.0))),
            Case("Laplace", (1.0, 2.0), along(1.0, 2.0, (-690.0, *Z, 690.0))),
            Case("Laplace", (1e6, 1e-3), along(1e6, 1e-3)),
            Case("Laplace", (2e-150, 1e-150), along(2e-150, 1e-150)),
            Case("Laplace", (0.0, 1e-300), along(0.0, 1e-300), orders=1),
            Case("Laplace", (0.0, 1e300), along(0.0, 1e300), orders=1),
        ),
        ordinary=(1.0, 2.0),
        below=(-math.inf,),
        above=(math.inf,),
        out_of_range={"mu": (math.inf,), "scale": (0.0, -1.2)},
        truths=((0.0, 1.0), (100.0, 0.5)),
        peer=stats.laplace,
        points=(0.05, 0.4, 1.3, 2.9, 17.0),
        deep={"Laplace(1, 2)": (2e5, -2e5)},
    ),
    Entry(
        GAMMA,
        rows=(
            Case("Gamma", (1.0, 1.0), multiples(1e-300, 1e-9, 0.3, 1.0, 4.0, 690.0)),
            Case("Gamma", (2.5, 3.0), multiples(1e-100, 1e-9, 0.3, 2.5, 4.0, 40.0, 690.0, unit=3.0)),
            Case("Gamma", (0.5, 2.0), multiples(1e-300, 1e-9, 0.3, 0.5, 4.0, 680.0, unit=2.0), tail_condition=10.0),
            Case("Gamma", (1e-3, 1.0), multiples(1e-300, 1e-30, 1e-3, 0.3, 4.0, 680.0), samples=False, tails=False),
            Case("Gamma", (200.0, 5.0), multiples(10.0, 100.0, 199.0, 200.0, 201.0, 400.0, 1200.0, unit=5.0)),
            Case("Gamma", (1e6, 1e-3), around(1e3, 1.0), tails=False),
            Case("Gamma", (1e10, 1e-10), around(1.0, 1e-5), tails=False),
            Case("Gamma", (2.5, 1e-150), multiples(1e-9, 0.3, 2.5, 40.0, 690.0, unit=1e-150)),
            Case("Gamma", (2.5, 1e-300), multiples(1e-5, 0.3, 2.5, 40.0, 690.0, unit=1e-300), orders=1),
            Case("Gamma", (2.5, 1e300), multiples(1e-9, 0.3, 2.5, 40.0, 690.0, unit=1e300), orders=1),
        ),
        ordinary=(2.5, 3.0),
        below=(
            -math.inf,
            -1.0,
            -1e-300,
        ),
        above=(math.inf,),
        out_of_range={"shape": (0.0, -1.2, math.nan), "scale": (0.0, -1.2, math.inf)},
        truths=((2.5, 3.0), (0.15, 1.0), (60.0, 0.01), (1.0, 20.0)),
        peer=lambda shape, scale: stats.gamma(shape, scale=scale),
        points=(0.05, 0.4, 1.3, 2.9, 17.0),
        more=((0.3, 2.0), (15.9, 1.0), (16.1, 1.0), (1e6, 1e-6)),
        deep={"Gamma(2.5, 3)": (3e4, None), "Gamma(200, 5)": (5e4, 1.0)},
    ),
    Entry(
        WEIBULL,
        rows=(
            Case("Weibull", (1.0, 1.0), multiples(1e-300, 1e-9, 0.3, 1.0, 4.0, 690.0)),
            Case("Weibull", (1.7, 3.0), multiples(1e-100, 1e-9, 0.3, 1.0, 4.0, 46.0, unit=3.0)),
            Case("Weibull", (0.5, 2.0), multiples(1e-300, 1e-9, 0.3, 1.0, 40.0, 4.7e5, unit=2.0)),
            Case("Weibull", (0.05, 1e-10), multiples(1e-280, 1e-20, 0.3, 1.0, 1e10, 1e50, unit=1e-10)),
            Case("Weibull", (50.0, 10.0), multiples(1e-6, 0.9, 0.99, 1.0, 1.01, 1.13, unit=10.0)),
            Case("Weibull", (1e4, 5.0), multiples(0.94, 0.999, 0.9999, 1.0, 1.0001, 1.00065, unit=5.0)),
            Case("Weibull", (2.0, 1e-150), multiples(1e-9, 0.3, 1.0, 4.0, 26.0, unit=1e-150)),
            Case("Weibull", (2.0, 1e-300), multiples(1e-5, 0.3, 1.0, 4.0, 26.0, unit=1e-300), orders=1),
            Case("Weibull", (2.0, 1e300), multiples(1e-9, 0.3, 1.0, 4.0, 26.0, unit=1e300), orders=1),
        ),
        ordinary=(1.7, 3.0),
        below=(
            -math.inf,
            -1.0,
            -1e-300,
        ),
        above=(math.inf,),
        out_of_range={"shape": (0.0, -1.2, math.inf), "scale": (0.0, -1.2, math.nan)},
        truths=((1.7, 3.0), (0.4, 10.0), (12.0, 0.2), (1.0, 1.0)),
        peer=lambda shape, scale: stats.weibull_min(shape, scale=scale),
        points=(0.05, 0.4, 1.3, 2.9, 17.0),
        more=((0.4, 2.0), (9.0, 3.0)),
        deep={"Weibull(1.7, 3)": (3e3, None)},
    ),
    Entry(
        STUDENT_T,
        rows=(
            Case("StudentT", (4.5, 1.0, 2.0), along(1.0, 2.0, (*WIDE, 1e60))),
            Case("StudentT", (1.0, 0.0, 1.0), (*WIDE, 1e290)),
            Case("StudentT", (0.3, 0.0, 1.0), (*WIDE, -1e200), tails=False),
            Case("StudentT", (4.0, 1e6, 1e-3), along(1e6, 1e-3, WIDE[:8]), tails=False),
            Case("StudentT", (30.0, -2.0, 0.1), along(-2.0, 0.1, WIDE)),
            Case("StudentT", (1e5, 0.0, 1.0), (*Z, 40.0), tails=False),
            Case("StudentT", (1e9, 0.0, 2.0), along(0.0, 2.0), tails=False),
            Case("StudentT", (1e15, 1.0, 2.0), along(1.0, 2.0), tails=False),
            Case("StudentT", (3.0, 0.0, 1e-150), along(0.0, 1e-150, WIDE)),
            Case("StudentT", (3.0, 0.0, 1e-300), along(0.0, 1e-300, WIDE[2:]), orders=1),
            Case("StudentT", (3.0, 0.0, 1e300), along(0.0, 1e300, WIDE[:10]), orders=1, tails=False),
        ),
        ordinary=(4.5, 1.0, 2.0),
        below=(-math.inf,),
        above=(math.inf,),
        out_of_range={"df": (0.0, -1.2, math.nan), "mu": (math.nan,), "sigma": (0.0, -1.2)},
        truths=((4.5, 1.0, 2.0), (1.2, 0.0, 1.0), (2.5, -30.0, 0.1), (15.0, 5.0, 5.0)),
        peer=stats.t,
        points=(0.05, 0.4, 1.3, 2.9, 17.0),
        more=((0.7, 0.0, 1.0), (40.0, 1.0, 2.0), (1e7, 0.0, 3.0)),
        deep={"StudentT(30, -2, 0.1)": (1e40, -1e40)},
    ),
    Entry(
        NEGATIVE_BINOMIAL,
        rows=(
            Case("NegativeBinomial", (4.0, 2.5), (0.0, 1.0, 3.0, 4.0, 20.0, 300.0, 1420.0)),
            Case("NegativeBinomial", (3.0, 2.0), (0.0, 1.0, 3.0, 40.0, 1300.0)),
            Case("NegativeBinomial", (0.5, 1e-3), (0.0, 1.0, 2.0, 50.0, 5000.0), tails=False),
            Case("NegativeBinomial", (10.0, 1e6), (0.0, 1.0, 9.0, 10.0, 30.0, 320.0)),
            Case("NegativeBinomial", (3.0, 1e10), (0.0, 1.0, 3.0, 10.0, 190.0)),
            Case("NegativeBinomial", (0.01, 1.0), (0.0, 1.0, 3.0, 37.0)),
            Case("NegativeBinomial", (1e3, 3.0), (0.0, 1.0, 500.0, 1000.0, 5000.0, 2.3e5), tails=False),
            Case("NegativeBinomial", (1e5, 1e9), counts_around(1e5, 316.0), tails=False),
        ),
        ordinary=(4.0, 2.5),
        below=(
            -math.inf,
            -1.0,
            -0.5,
        ),
        above=(math.inf,),
        out_of_range={"mean": (0.0, -1.2, math.inf), "size": (0.0, -1.2, math.nan)},
        truths=((4.0, 2.5), (0.7, 0.3), (80.0, 1.2), (3.0, 40.0)),
        peer=lambda mean, size: stats.nbinom(size, size / (size + mean)),
        points=(0.0, 1.0, 3.0, 8.0, 40.0),
        more=((4.0, 0.2), (4.0, 30.0), (4.0, 1e8)),
        deep={"NegativeBinomial(4, 2.5)": (1e5, None)},
    ),
    Entry(
        POISSON,
        rows=(
            Case("Poisson", (3.0,), (0.0, 1.0, 3.0, 10.0, 190.0)),
            Case("Poisson", (0.1,), (0.0, 1.0, 3.0, 120.0)),
            Case("Poisson", (1e-8,), (0.0, 1.0, 3.0, 35.0)),
            Case("Poisson", (50.0,), (0.0, 20.0, 50.0, 51.0, 100.0, 470.0), tails=False),
            Case("Poisson", (1e7,), counts_around(1e7, 3162.0), tails=False),
        ),
        ordinary=(3.0,),
        below=(
            -math.inf,
            -1.0,
            -0.5,
        ),
        above=(math.inf,),
        out_of_range={"rate": (0.0, -1.2, math.nan, math.inf)},
        truths=((3.0,), (0.2,), (500.0,)),
        peer=stats.poisson,
        points=(0.0, 1.0, 3.0, 8.0, 40.0),
        more=((0.3,), (30.0,)),
        deep={"Poisson(50)": (3000.0, None), "Poisson(1e+07)": (1.5e7, 5e6)},
    ),
)
