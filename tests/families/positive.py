"""More families on x > 0: half-normal, Rayleigh, Maxwell, chi-squared, inverse Gaussian, the other gammas."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mpmath import mp, mpf
from oracles import DIGITS, Formula, Oracle, ray
from scipy import stats

from families.entry import Case, Entry, along, around, multiples
from families.spine import GAMMA

# ------------------------------------------------------------------------------------------------ the formulas


def _standardised(raw: list[Any]) -> tuple[Any, ...]:
    """Mean, variance, skewness and kurtosis from the first four raw moments."""
    m1, m2, m3, m4 = raw
    v = m2 - m1**2
    return m1, v, (m3 - 3 * m1 * m2 + 2 * m1**3) / v**1.5, (m4 - 4 * m1 * m3 + 6 * m1**2 * m2 - 3 * m1**4) / v**2


def _chi_moments(df: int, scale: Any) -> tuple[Any, ...]:
    """The length of a vector of df normal components: E X^j = scale^j 2^(j/2) Γ((df+j)/2) / Γ(df/2)."""
    half = mpf(1) / 2
    return _standardised(
        [(scale * mp.sqrt(2)) ** j * mp.gamma((df + j) * half) / mp.gamma(df * half) for j in range(1, 5)]
    )


def _far_below(x: float, theta: Sequence[float], _orders: tuple[int, ...]) -> int:
    """Far below the scale the term in (x/scale)² is small beside the logarithms."""
    return DIGITS + 2 * int(max(0.0, math.log10(theta[-1]) - math.log10(x or theta[-1])))


def _maxwell_logpdf(x: Any, scale: Any) -> Any:
    return mp.log(2 / mp.pi) / 2 + 2 * mp.log(x) - 3 * mp.log(scale) - x**2 / (2 * scale**2)


def _chi_squared_logpdf(x: Any, df: Any) -> Any:
    return (df / 2 - 1) * mp.log(x) - x / 2 - df / 2 * mp.log(2) - mp.loggamma(df / 2)


def _inverse_gamma_logpdf(x: Any, shape: Any, scale: Any) -> Any:
    return shape * mp.log(scale) - (shape + 1) * mp.log(x) - scale / x - mp.loggamma(shape)


def _inverse_gamma_moments(shape: Any, scale: Any) -> tuple[Any, ...]:
    """E X^j = scale^j / ((shape-1)…(shape-j)) where shape > j, by central moments; infinite above."""
    k, s = shape, scale
    mean = s / (k - 1) if k > 1 else mp.inf
    variance = s**2 / ((k - 1) ** 2 * (k - 2)) if k > 2 else (mp.inf if k > 1 else mp.nan)
    skewness = 4 * mp.sqrt(k - 2) / (k - 3) if k > 3 else (mp.inf if k > 2 else mp.nan)
    kurtosis = 3 + 6 * (5 * k - 11) / ((k - 3) * (k - 4)) if k > 4 else (mp.inf if k > 2 else mp.nan)
    return mean, variance, skewness, kurtosis


def _inverse_gamma_pieces(shape: Any, scale: Any) -> tuple[Formula, Formula, list[Any]]:
    """Those of 1/x."""
    y, slope, points = GAMMA.pieces(shape, mpf(1))
    return lambda t: scale / y(t), lambda t: scale * slope(t) / y(t) ** 2, points


def _inverse_gaussian_logpdf(x: Any, mean: Any, shape: Any) -> Any:
    return mp.log(shape / (2 * mp.pi * x**3)) / 2 - shape * (x - mean) ** 2 / (2 * mean**2 * x)


def _ncdf(z: Any) -> Any:
    return mp.erfc(-z / mp.sqrt(2)) / 2


def _inverse_gaussian_cdf(x: Any, mean: Any, shape: Any) -> Any:
    root = mp.sqrt(shape / x)
    return _ncdf(root * (x / mean - 1)) + mp.exp(2 * shape / mean) * _ncdf(-root * (x / mean + 1))


def _inverse_gaussian_sf(x: Any, mean: Any, shape: Any) -> Any:
    root = mp.sqrt(shape / x)
    return _ncdf(-root * (x / mean - 1)) - mp.exp(2 * shape / mean) * _ncdf(-root * (x / mean + 1))


def _inverse_gaussian_pieces(mean: Any, shape: Any) -> tuple[Formula, Formula, list[Any]]:
    """On the log scale exp(-(shape/mean)(cosh t - 1))."""
    reach = mp.acosh(1 + 75 * mean / shape)
    fractions = [mpf(f) / 20 for f in (-20, -14, -10, -6, -3, -1, 0, 1, 3, 6, 10, 14, 20)]
    return lambda t: mean * mp.exp(t), lambda t: mean * mp.exp(t), [reach * f for f in fractions]


def _near_mean(x: Any, mean: Any, shape: Any) -> tuple[Any, ...]:
    width = min(mpf(1), mp.sqrt(mean / shape))
    return x * width, mean * width, shape


def _generalized_gamma_logpdf(x: Any, shape: Any, scale: Any, power: Any) -> Any:
    z = (x / scale) ** power
    return mp.log(power / x) + shape * mp.log(z) - z - mp.loggamma(shape)


def _generalized_gamma_moments(shape: Any, scale: Any, power: Any) -> tuple[Any, ...]:
    with mp.extradps(40):  # central moments of a narrow distribution cancel
        log_gamma = mp.loggamma(shape)
        return _standardised([scale**j * mp.exp(mp.loggamma(shape + j / power) - log_gamma) for j in range(1, 5)])


def _generalized_gamma_pieces(shape: Any, scale: Any, power: Any) -> tuple[Formula, Formula, list[Any]]:
    """Those of the gamma variable z, whose logarithm is stretched by 1/power."""
    z, _, points = GAMMA.pieces(shape, mpf(1))

    def x(t: Any) -> Any:
        return scale * z(t) ** (1 / power)

    return x, lambda t: x(t) / power, points


def _generalized_gamma_digits(x: float, theta: Sequence[float], _orders: tuple[int, ...]) -> int:
    """Where z is tiny, its part of a derivative is small beside that of the logarithms."""
    _, scale, power = theta
    return DIGITS + int(min(100.0, max(0.0, 2.0 * power * (math.log10(scale) - math.log10(x)))))


def _generalized_gamma_units(x: Any, shape: Any, scale: Any, power: Any) -> tuple[Any, ...]:
    """x and the scale move by the relative width of the distribution, the power by what moves z as much."""
    width = min(mpf(1), 1 / (power * mp.sqrt(shape)))
    return x * width, shape, scale * width, power * min(mpf(1), 1 / (mp.sqrt(shape) * (1 + abs(mp.log(shape)))))


HALF_NORMAL = Oracle(
    "HalfNormal",
    ("sigma",),
    lambda x, sigma: mp.log(2 / mp.pi) / 2 - mp.log(sigma) - x**2 / (2 * sigma**2),
    lambda x, sigma: mp.erf(x / sigma / mp.sqrt(2)),
    lambda x, sigma: mp.erfc(x / sigma / mp.sqrt(2)),
    lambda sigma: _chi_moments(1, sigma),
    lambda x, sigma: (x or sigma, sigma),
    lambda sigma: ray(sigma, mpf(70), mp.log(13)),
    positive=True,
    digits=_far_below,
)
RAYLEIGH = Oracle(
    "Rayleigh",
    ("scale",),
    lambda x, scale: mp.log(x) - 2 * mp.log(scale) - x**2 / (2 * scale**2),
    lambda x, scale: -mp.expm1(-(x**2) / (2 * scale**2)),
    lambda x, scale: mp.exp(-(x**2) / (2 * scale**2)),
    lambda scale: _chi_moments(2, scale),
    lambda x, scale: (x, scale),
    lambda scale: ray(scale, mpf(40), mp.log(13)),
    positive=True,
    digits=_far_below,
)
MAXWELL = Oracle(
    "Maxwell",
    ("scale",),
    _maxwell_logpdf,
    lambda x, scale: mp.gammainc(mpf(3) / 2, 0, x**2 / (2 * scale**2), regularized=True),
    lambda x, scale: (
        mp.erfc(x / scale / mp.sqrt(2)) + mp.sqrt(2 / mp.pi) * x / scale * mp.exp(-(x**2) / (2 * scale**2))
    ),
    lambda scale: _chi_moments(3, scale),
    lambda x, scale: (x, scale),
    lambda scale: ray(scale, mpf(30), mp.log(13)),
    positive=True,
    digits=_far_below,
)
CHI_SQUARED = Oracle(
    "ChiSquared",
    ("df",),
    _chi_squared_logpdf,
    lambda x, df: GAMMA.cdf(x, df / 2, mpf(2)),
    lambda x, df: GAMMA.sf(x, df / 2, mpf(2)),
    lambda df: (df, 2 * df, mp.sqrt(8 / df), 3 + 12 / df),
    lambda x, df: (x, df),
    lambda df: GAMMA.pieces(df / 2, mpf(2)),
    positive=True,
)
INVERSE_GAMMA = Oracle(
    "InverseGamma",
    ("shape", "scale"),
    _inverse_gamma_logpdf,
    lambda x, shape, scale: GAMMA.sf(1 / x, shape, 1 / scale),
    lambda x, shape, scale: GAMMA.cdf(1 / x, shape, 1 / scale),
    _inverse_gamma_moments,
    lambda x, shape, scale: (x, shape, scale),
    _inverse_gamma_pieces,
    positive=True,
)
INVERSE_GAUSSIAN = Oracle(
    "InverseGaussian",
    ("mean", "shape"),
    _inverse_gaussian_logpdf,
    _inverse_gaussian_cdf,
    _inverse_gaussian_sf,
    lambda mean, shape: (mean, mean**3 / shape, 3 * mp.sqrt(mean / shape), 3 + 15 * mean / shape),
    _near_mean,
    _inverse_gaussian_pieces,
    positive=True,
)

GENERALIZED_GAMMA = Oracle(
    "GeneralizedGamma",
    ("shape", "scale", "power"),
    _generalized_gamma_logpdf,
    lambda x, shape, scale, power: GAMMA.cdf((x / scale) ** power, shape, mpf(1)),
    lambda x, shape, scale, power: GAMMA.sf((x / scale) ** power, shape, mpf(1)),
    _generalized_gamma_moments,
    _generalized_gamma_units,
    _generalized_gamma_pieces,
    positive=True,
    digits=_generalized_gamma_digits,
)

GAMMA_BY_MEAN = Oracle(
    "Gamma.by_mean",
    ("mean", "shape"),
    lambda x, mean, shape: GAMMA.logpdf(x, shape, mean / shape),
    lambda x, mean, shape: GAMMA.cdf(x, shape, mean / shape),
    lambda x, mean, shape: GAMMA.sf(x, shape, mean / shape),
    lambda mean, shape: GAMMA.moments(shape, mean / shape),
    lambda x, mean, shape: (x, mean, shape),
    lambda mean, shape: GAMMA.pieces(shape, mean / shape),
    positive=True,
)

# ------------------------------------------------------------------------------------------------------- the rows

RIDGE = (-30.0, -6.0, -1.0, 0.0, 1e-3, 2.0, 8.0, 22.0)
"""Standardised values of log x, which is skewed to the left."""

BELOW = (-math.inf, -1.0, -1e-300, 0.0)

ENTRIES = (
    Entry(
        GAMMA_BY_MEAN,
        rows=(
            Case("Gamma.by_mean", (7.5, 2.5), multiples(1e-9, 0.3, 2.5, 4.0, 40.0, 690.0, unit=3.0)),
            Case("Gamma.by_mean", (1e3, 200.0), multiples(50.0, 500.0, 995.0, 1000.0, 1005.0, 2000.0, 6000.0)),
            Case("Gamma.by_mean", (1.0, 1.0), multiples(1e-300, 1e-9, 0.3, 1.0, 4.0, 690.0)),
            Case("Gamma.by_mean", (1.0, 0.5), multiples(1e-300, 1e-9, 0.3, 0.5, 4.0, 340.0), tail_condition=10.0),
            Case("Gamma.by_mean", (1.0, 1e6), around(1.0, 1e-3), tails=False),
            Case("Gamma.by_mean", (1.0, 1e10), around(1.0, 1e-5), tails=False),
            Case("Gamma.by_mean", (1e-150, 2.5), multiples(1e-9, 0.3, 1.0, 16.0, 276.0, unit=1e-150)),
            Case("Gamma.by_mean", (1e-300, 2.5), multiples(1e-5, 0.3, 1.0, 16.0, 276.0, unit=1e-300), orders=1),
            Case("Gamma.by_mean", (1e300, 2.5), multiples(1e-9, 0.3, 1.0, 16.0, 276.0, unit=1e300), orders=1),
        ),
        ordinary=(7.5, 2.5),
        below=BELOW[:-1],
        above=(math.inf,),
        out_of_range={"mean": (0.0, -1.2, math.nan), "shape": (0.0, -1.2, math.inf)},
        truths=((7.5, 2.5), (0.15, 0.15), (0.6, 60.0), (20.0, 1.0)),
        peer=lambda mean, shape: stats.gamma(shape, scale=mean / shape),
        points=(0.05, 0.4, 1.3, 2.9, 17.0),
        more=((0.6, 0.3), (15.9, 15.9), (16.1, 16.1), (1.0, 1e6)),
        deep={"Gamma.by_mean(7.5, 2.5)": (3e4, None), "Gamma.by_mean(1000, 200)": (5e4, 1.0)},
    ),
    Entry(
        HALF_NORMAL,
        rows=(
            Case("HalfNormal", (1.0,), multiples(0.0, 1e-300, 1e-9, 0.3, 1.0, 4.0, 37.0)),
            Case("HalfNormal", (2.5,), multiples(1e-9, 0.3, 1.0, 4.0, 13.0, 37.0, unit=2.5)),
            Case("HalfNormal", (1e-150,), multiples(1e-9, 0.3, 1.0, 37.0, unit=1e-150)),
            Case("HalfNormal", (1e-300,), multiples(1e-5, 0.3, 1.0, 37.0, unit=1e-300), orders=1),
            Case("HalfNormal", (1e300,), multiples(1e-9, 0.3, 1.0, 37.0, unit=1e300), orders=1),
        ),
        ordinary=(2.5,),
        below=BELOW[:-1],
        above=(math.inf,),
        out_of_range={"sigma": (0.0, -1.2, math.nan, math.inf)},
        truths=((1.0,), (1e-6,), (300.0,)),
        peer=lambda sigma: stats.halfnorm(scale=sigma),
        points=(0.05, 0.4, 1.3, 2.9, 17.0),
        deep={"HalfNormal(2.5)": (400.0, None)},
    ),
    Entry(
        RAYLEIGH,
        rows=(
            Case("Rayleigh", (1.0,), multiples(1e-300, 1e-145, 1e-9, 0.3, 1.0, 1.5, 4.0, 37.0)),
            Case("Rayleigh", (2.5,), multiples(1e-9, 0.3, 1.0, 4.0, 37.0, unit=2.5)),
            Case("Rayleigh", (1e-150,), multiples(1e-9, 0.3, 1.0, 37.0, unit=1e-150)),
            Case("Rayleigh", (1e-300,), multiples(1e-5, 0.3, 1.0, 37.0, unit=1e-300), orders=1),
            Case("Rayleigh", (1e300,), multiples(1e-9, 0.3, 1.0, 37.0, unit=1e300), orders=1),
        ),
        ordinary=(2.5,),
        below=BELOW,
        above=(math.inf,),
        out_of_range={"scale": (0.0, -1.2, math.nan, math.inf)},
        truths=((1.0,), (1e-6,), (300.0,)),
        peer=lambda scale: stats.rayleigh(scale=scale),
        points=(0.05, 0.4, 1.3, 2.9, 17.0),
        deep={"Rayleigh(1)": (140.0, 1e-170)},
    ),
    Entry(
        MAXWELL,
        rows=(
            Case("Maxwell", (1.0,), multiples(1e-300, 1e-96, 1e-9, 0.3, 0.999, 1.0, 1.5, 4.0, 37.0)),
            Case("Maxwell", (2.5,), multiples(1e-9, 0.3, 1.0, 4.0, 37.0, unit=2.5)),
            Case("Maxwell", (1e-150,), multiples(1e-9, 0.3, 1.0, 37.0, unit=1e-150)),
            Case("Maxwell", (1e-300,), multiples(1e-5, 0.3, 1.0, 37.0, unit=1e-300), orders=1),
            Case("Maxwell", (1e300,), multiples(1e-9, 0.3, 1.0, 37.0, unit=1e300), orders=1),
        ),
        ordinary=(2.5,),
        below=BELOW,
        above=(math.inf,),
        out_of_range={"scale": (0.0, -1.2, math.nan, math.inf)},
        truths=((1.0,), (1e-6,), (300.0,)),
        peer=lambda scale: stats.maxwell(scale=scale),
        points=(0.05, 0.4, 1.3, 2.9, 17.0),
        deep={"Maxwell(1)": (140.0, 1e-170)},
    ),
    Entry(
        CHI_SQUARED,
        rows=(
            Case("ChiSquared", (1.0,), (1e-300, 1e-9, 0.3, 1.0, 4.0, 1360.0)),
            Case("ChiSquared", (3.0,), (1e-150, 1e-9, 0.3, 2.5, 40.0, 1380.0)),
            Case("ChiSquared", (0.1,), (1e-300, 1e-30, 1e-3, 0.3, 4.0, 1340.0)),
            Case("ChiSquared", (250.0,), (10.0, 100.0, 249.0, 250.0, 251.0, 400.0, 2100.0)),
            Case("ChiSquared", (1e6,), around(1e6, math.sqrt(2e6)), tails=False),
            Case("ChiSquared", (2e10,), around(2e10, 2e5), tails=False),
        ),
        ordinary=(3.0,),
        below=BELOW,
        above=(math.inf,),
        out_of_range={"df": (0.0, -1.2, math.nan, math.inf)},
        truths=((3.0,), (0.4,), (250.0,)),
        peer=stats.chi2,
        points=(0.05, 0.4, 1.3, 2.9, 17.0),
        more=((0.3,), (31.9,), (32.1,), (1e6,)),
        deep={"ChiSquared(3)": (2e4, None), "ChiSquared(250)": (3e4, 0.01)},
    ),
    Entry(
        INVERSE_GAMMA,
        rows=(
            Case("InverseGamma", (1.0, 1.0), (1 / 690, 0.1, 0.3, 1.0, 4.0, 1e9)),
            Case("InverseGamma", (2.5, 3.0), multiples(1 / 680, 0.02, 0.3, 0.4, 4.0, 1e9, unit=3.0)),
            Case("InverseGamma", (0.5, 2.0), multiples(1 / 680, 0.3, 2.0, 40.0, 1e11, unit=2.0)),
            Case("InverseGamma", (200.0, 5e3), multiples(1 / 1200, 1 / 400, 0.005, 0.00502, 0.01, 0.1, unit=5e3)),
            Case("InverseGamma", (1e6, 1e3), around(1e-3, 1e-6)[2:7], tails=False),
            Case("InverseGamma", (1e10, 1e10), along(1.0, 1e-5, (-36.0, -6.0, -1.0, 1e-3, 2.0, 36.0)), tails=False),
            Case("InverseGamma", (2.5, 1e-150), multiples(1 / 680, 0.3, 0.4, 4.0, 1e9, unit=1e-150)),
            Case("InverseGamma", (2.5, 1e-300), multiples(1 / 680, 0.3, 0.4, 4.0, 1e9, unit=1e-300), orders=1),
            Case("InverseGamma", (2.5, 1e300), multiples(1 / 680, 0.3, 0.4, 4.0, 1e7, unit=1e300), orders=1),
        ),
        ordinary=(2.5, 3.0),
        below=BELOW,
        above=(math.inf,),
        out_of_range={"shape": (0.0, -1.2, math.nan), "scale": (0.0, -1.2, math.inf)},
        truths=((2.5, 3.0), (0.3, 10.0), (60.0, 0.01), (1.0, 20.0)),
        peer=lambda shape, scale: stats.invgamma(shape, scale=scale),
        points=(0.05, 0.4, 1.3, 2.9, 17.0),
        more=((0.3, 2.0), (15.9, 16.0), (16.1, 16.0), (1e6, 1e6)),
        deep={"InverseGamma(2.5, 3)": (1e200, 3e-4), "InverseGamma(200, 5000)": (5e3, 0.1)},
    ),
    Entry(
        INVERSE_GAUSSIAN,
        rows=(
            Case("InverseGaussian", (1.0, 1.0), (7.5e-4, 0.02, 0.3, 1.0, 1.0 + 1e-9, 4.0, 90.0, 1320.0)),
            Case("InverseGaussian", (2.0, 3.0), (2.3e-3, 0.1, 0.7, 1.9, 2.0, 6.0, 1740.0)),
            Case("InverseGaussian", (1.0, 1e-3), (7.7e-7, 1e-4, 0.5, 1.0, 30.0, 2e4, 1.29e6)),
            Case("InverseGaussian", (3.0, 1e-6), (1e-9, 1e-6, 3.0, 1e4, 1e10)),
            Case("InverseGaussian", (1.0, 1e6), along(1.0, 1e-3, (-36.0, -5.0, -0.7, 1e-6, 1.0, 9.0, 36.0))),
            Case("InverseGaussian", (0.02, 2e8), along(0.02, 2e-7, (-36.0, -5.0, -0.7, 1e-6, 1.0, 9.0, 36.0))),
            Case("InverseGaussian", (2e-150, 3e-150), multiples(2.3e-3, 0.7, 1.9, 6.0, 1700.0, unit=1e-150)),
            Case("InverseGaussian", (2e-300, 3e-300), multiples(2.3e-3, 0.7, 1.9, 6.0, 1700.0, unit=1e-300), orders=1),
            Case("InverseGaussian", (2e300, 3e300), multiples(2.3e-3, 0.7, 1.9, 6.0, 1700.0, unit=1e300), orders=1),
        ),
        ordinary=(2.0, 3.0),
        below=BELOW,
        above=(math.inf,),
        out_of_range={"mean": (0.0, -1.2, math.nan), "shape": (0.0, -1.2, math.inf)},
        truths=((2.0, 3.0), (1.0, 0.05), (100.0, 2e4)),
        peer=lambda mean, shape: stats.invgauss(mean / shape, scale=shape),
        points=(0.05, 0.4, 1.3, 2.9, 17.0),
        more=((1.0, 0.02), (2.0, 300.0)),
        deep={"InverseGaussian(2, 3)": (3e4, 1e-4), "InverseGaussian(1, 1e+06)": (1.2, 0.8)},
    ),
    Entry(
        GENERALIZED_GAMMA,
        rows=(
            Case("GeneralizedGamma", (2.0, 3.0, 1.5), multiples(1e-9, 0.3, 1.3, 4.0, 78.0, unit=3.0)),
            Case("GeneralizedGamma", (0.5, 1.0, 2.0), (1e-15, 1e-9, 0.3, 1.0, 4.0, 26.0)),
            Case("GeneralizedGamma", (0.05, 5.0, 20.0), multiples(0.02, 0.3, 0.9, 1.1, 1.38, unit=5.0)),
            Case("GeneralizedGamma", (0.05, 2.0, 20.0), (1e-300, 1e-20, 0.3, 1.8, 2.2, 2.76), orders=1),
            Case("GeneralizedGamma", (1e-3, 1.0, 2e3), (1e-150, 1e-9, 0.3, 0.999, 1.001, 1.00326), orders=1),
            Case("GeneralizedGamma", (400.0, 1e-15, 0.1), tuple(1.05e11 * math.exp(0.5 * z) for z in RIDGE)),
            Case("GeneralizedGamma", (1e3, 1e-90, 10**-1.5), tuple(8.6e4 * math.exp(z) for z in RIDGE), tails=False),
            Case("GeneralizedGamma", (1e8, 2.0, 5.0), around(2 * 10**1.6, 0.0016), tails=False),
            Case("GeneralizedGamma", (2.0, 1e-150, 1.5), multiples(1e-9, 0.3, 1.3, 4.0, 78.0, unit=1e-150)),
            Case("GeneralizedGamma", (2.0, 1e-300, 1.5), multiples(1e-5, 0.3, 1.3, 4.0, 78.0, unit=1e-300), orders=1),
            Case("GeneralizedGamma", (2.0, 1e300, 1.5), multiples(1e-9, 0.3, 1.3, 4.0, 78.0, unit=1e300), orders=1),
        ),
        ordinary=(1.2, 3.0, 1.5),
        below=BELOW,
        above=(math.inf,),
        out_of_range={"shape": (0.0, -1.2, math.nan), "scale": (0.0, -1.2, math.inf), "power": (0.0, -1.2, math.inf)},
        truths=((2.0, 3.0, 1.5), (0.5, 1.0, 2.0), (30.0, 1e-3, 0.3), (0.2, 5.0, 6.0)),
        peer=lambda shape, scale, power: stats.gengamma(shape, power, scale=scale),
        points=(0.05, 0.4, 1.3, 2.9, 17.0),
        more=((0.3, 2.0, 4.0), (15.9, 0.2, 0.8), (16.1, 0.2, 0.8), (1e6, 1e-6, 1.0)),
        deep={"GeneralizedGamma(2, 3, 1.5)": (3e3, 1e-150), "GeneralizedGamma(0.05, 5, 20)": (10.0, None)},
    ),
)
