"""Families with power tails and of extremes: LogLogistic, Lomax, Gompertz, Pareto, GPD, GEV, Burr."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mpmath import mp, mpf
from oracles import DIGITS, Formula, Oracle
from scipy import stats

from families.entry import Case, Entry, multiples

# ------------------------------------------------------------------------------------------------ the formulas


def _generalised_log(xi: Any, y: Any) -> Any:
    """log(1 + ξy)/ξ, y at ξ = 0."""
    return mp.log1p(xi * y) / xi if xi else y


def _generalised_exp(xi: Any, t: Any) -> Any:
    """(e^{ξt} - 1)/ξ, t at ξ = 0."""
    return mp.expm1(xi * t) / xi if xi else t


def _of_raw(m: list[Any], exists: list[bool]) -> tuple[Any, ...]:
    """Mean, variance, skewness and kurtosis of a positive variable from its raw moments, inf or nan where none."""
    missing = [mp.inf, mp.inf if exists[0] else mp.nan, *([mp.inf if exists[1] else mp.nan] * 2)]
    with mp.extradps(40):
        m1, m2, m3, m4 = (v if e else mpf(1) for v, e in zip(m, exists, strict=True))
        variance = m2 - m1**2
        third, fourth = m3 - 3 * m1 * m2 + 2 * m1**3, m4 - 4 * m1 * m3 + 6 * m1**2 * m2 - 3 * m1**4
        values = [
            lambda: m1,
            lambda: variance,
            lambda: third / mp.sqrt(variance) ** 3,
            lambda: fourth / variance**2,
        ]
        return tuple(v() if e else missing[i] for i, (v, e) in enumerate(zip(values, exists, strict=True)))


def _burr_moments(c: Any, d: Any, scale: Any) -> tuple[Any, ...]:
    with mp.extradps(40):
        raw = [scale**j * d * mp.beta(d - j / c, 1 + j / c) if c * d > j else mpf(1) for j in (1, 2, 3, 4)]
        return _of_raw(raw, [bool(c * d > j) for j in (1, 2, 3, 4)])


def _burr_logpdf(x: Any, c: Any, d: Any, scale: Any) -> Any:
    z = mp.log(x / scale)
    return mp.log(c * d / scale) + (c - 1) * z - (d + 1) * mp.log1p(mp.exp(c * z))


def _burr_sf(x: Any, c: Any, d: Any, scale: Any) -> Any:
    return mp.exp(-d * mp.log1p((x / scale) ** c))


def _burr_cdf(x: Any, c: Any, d: Any, scale: Any) -> Any:
    return -mp.expm1(-d * mp.log1p((x / scale) ** c))


def _burr_units(x: Any, c: Any, d: Any, scale: Any) -> tuple[Any, ...]:
    return x / max(c, mpf(1)), c, d, scale / max(c, mpf(1))


def _burr_digits(x: float, theta: Sequence[float], _orders: tuple[int, ...]) -> int:
    """Far out the parameters meet in u = (x/scale)^c or 1/u alone, which is small beside the whole."""
    c, scale = theta[0], theta[-1]
    return DIGITS + int(min(400.0, c * abs(math.log10(x) - math.log10(scale))))


def _lomax_digits(x: float, theta: Sequence[float], _orders: tuple[int, ...]) -> int:
    """As for Burr, where x is far above the scale."""
    return DIGITS + 2 * int(max(0.0, math.log10(x or 1e-300) - math.log10(theta[-1])))


def _gev_digits(x: float, theta: Sequence[float], _orders: tuple[int, ...]) -> int:
    """Far above, the second derivative in x near ξ = 0 is that of e^-z, and mu and sigma meet in 1/z: small numbers."""
    xi, mu, sigma = theta
    z = max(0.0, (x - mu) / sigma)
    return DIGITS + int(min(400.0, z) if abs(xi) < 1e-6 else 1.5 * math.log10(1.0 + z))


def _by_hazard(quantile: Formula, slope: Formula, reach: float = 70.0) -> tuple[Formula, Formula, list[Any]]:
    """x = quantile(e^t), the point of the cumulative hazard e^t, whose density is exp(-e^t)."""
    points = [mpf(t) for t in (-reach, -30, -12, -6, -3, -1, 0, 1, 2, 3, 4)] + [mp.log(reach)]
    return lambda t: quantile(mp.exp(t)), lambda t: mp.exp(t) * slope(mp.exp(t)), points


def _burr_pieces(c: Any, d: Any, scale: Any) -> tuple[Formula, Formula, list[Any]]:
    def x_of(h: Any) -> Any:
        return scale * mp.expm1(h / d) ** (1 / c)

    return _by_hazard(x_of, lambda h: x_of(h) / (c * d * -mp.expm1(-h / d)))


def _lomax_moments(shape: Any, scale: Any) -> tuple[Any, ...]:
    with mp.extradps(40):
        raw = [scale**j * shape * mp.beta(shape - j, 1 + j) if shape > j else mpf(1) for j in (1, 2, 3, 4)]
        return _of_raw(raw, [bool(shape > j) for j in (1, 2, 3, 4)])


def _lomax_pieces(shape: Any, scale: Any) -> tuple[Formula, Formula, list[Any]]:
    return _by_hazard(lambda h: scale * mp.expm1(h / shape), lambda h: scale / shape * mp.exp(h / shape))


def _gompertz_pieces(shape: Any, scale: Any) -> tuple[Formula, Formula, list[Any]]:
    return _by_hazard(lambda h: scale * mp.log1p(h / shape), lambda h: scale / (shape + h))


def _gompertz_moments(shape: Any, scale: Any) -> tuple[Any, ...]:
    """By quadrature over the cumulative hazard: there is no closed form beyond the mean."""
    with mp.workdps(30):
        points = [mpf(0), *(mpf(10) ** i * min(shape, mpf(1)) for i in (-3, -1, 0)), mpf(1), mpf(10), mpf(80)]
        points = sorted(set(points))

        def mean_of(f: Formula) -> Any:
            return mp.quad(lambda h: f(mp.log1p(h / shape)) * mp.exp(-h), points)

        unit = mp.log1p(1 / shape)  # so that the rule's error is small beside what it integrates
        mean = mean_of(lambda y: y / unit)
        v, third, fourth = (mean_of(lambda y, j=j: (y / unit - mean) ** j) for j in (2, 3, 4))
        return scale * unit * mean, (scale * unit) ** 2 * v, third / mp.sqrt(v) ** 3, fourth / v**2


def _pareto_moments(shape: Any, minimum: Any) -> tuple[Any, ...]:
    raw = [shape * minimum**j / (shape - j) if shape > j else mpf(1) for j in (1, 2, 3, 4)]
    return _of_raw(raw, [bool(shape > j) for j in (1, 2, 3, 4)])


def _pareto_pieces(shape: Any, minimum: Any) -> tuple[Formula, Formula, list[Any]]:
    return _by_hazard(lambda h: minimum * mp.exp(h / shape), lambda h: minimum / shape * mp.exp(h / shape))


def _gpd_moments(xi: Any, sigma: Any) -> tuple[Any, ...]:
    raw = [sigma**j * mp.factorial(j) / mp.fprod(1 - i * xi for i in range(1, j + 1)) for j in (1, 2, 3, 4)]
    return _of_raw(raw, [bool(j * xi < 1) for j in (1, 2, 3, 4)])


def _gpd_units(x: Any, xi: Any, sigma: Any) -> tuple[Any, ...]:
    return x + sigma, mpf(1), sigma


def _gpd_pieces(xi: Any, sigma: Any) -> tuple[Formula, Formula, list[Any]]:
    return _by_hazard(
        lambda h: sigma * _generalised_exp(xi, h),
        lambda h: sigma * mp.exp(xi * h),
        float(70 / (1 + 2 * min(xi, mpf(0)))),
    )


def _gev_logpdf(x: Any, xi: Any, mu: Any, sigma: Any) -> Any:
    level = _generalised_log(xi, (x - mu) / sigma)
    return -mp.log(sigma) - (1 + xi) * level - mp.exp(-level)


def _gev_cdf(x: Any, xi: Any, mu: Any, sigma: Any) -> Any:
    return mp.exp(-mp.exp(-_generalised_log(xi, (x - mu) / sigma)))


def _gev_sf(x: Any, xi: Any, mu: Any, sigma: Any) -> Any:
    return -mp.expm1(-mp.exp(-_generalised_log(xi, (x - mu) / sigma)))


def _gev_moments(xi: Any, mu: Any, sigma: Any) -> tuple[Any, ...]:
    exists = [bool(j * xi < 1) for j in (1, 2, 3, 4)]
    if not xi:
        skewness = 12 * mp.sqrt(6) * mp.zeta(3) / mp.pi**3
        return mu + sigma * mp.euler, sigma**2 * mp.pi**2 / 6, skewness, mpf(27) / 5
    with mp.extradps(60):
        raw = [mp.gamma(1 - j * xi) if e else mpf(1) for j, e in zip((1, 2, 3, 4), exists, strict=True)]
        mean, variance, skewness, kurtosis = _of_raw(raw, exists)
        sign = mp.sign(xi)
        return (
            mu + sigma * (mean - 1) / xi if exists[0] else mean,
            sigma**2 * variance / xi**2,
            sign * skewness,
            kurtosis,
        )


def _gev_pieces(xi: Any, mu: Any, sigma: Any) -> tuple[Formula, Formula, list[Any]]:
    points = [mpf(t) for t in (-5, -3, -2, -1, 0, 1, 3, 7, 15, 30)] + [70 / (1 + 2 * min(xi, mpf(0)))]
    return lambda t: mu + sigma * _generalised_exp(xi, t), lambda t: sigma * mp.exp(xi * t), points


LOG_LOGISTIC = Oracle(
    "LogLogistic",
    ("shape", "scale"),
    lambda x, shape, scale: _burr_logpdf(x, shape, mpf(1), scale),
    lambda x, shape, scale: 1 / (1 + (x / scale) ** -shape),
    lambda x, shape, scale: 1 / (1 + (x / scale) ** shape),
    lambda shape, scale: _burr_moments(shape, mpf(1), scale),
    lambda x, shape, scale: (x / max(shape, mpf(1)), shape, scale / max(shape, mpf(1))),
    lambda shape, scale: _burr_pieces(shape, mpf(1), scale),
    positive=True,
    digits=_burr_digits,
)
LOMAX = Oracle(
    "Lomax",
    ("shape", "scale"),
    lambda x, shape, scale: mp.log(shape / scale) - (shape + 1) * mp.log1p(x / scale),
    lambda x, shape, scale: -mp.expm1(-shape * mp.log1p(x / scale)),
    lambda x, shape, scale: mp.exp(-shape * mp.log1p(x / scale)),
    _lomax_moments,
    lambda x, shape, scale: (x + scale, shape, scale),
    _lomax_pieces,
    positive=True,
    digits=_lomax_digits,
)
GOMPERTZ = Oracle(
    "Gompertz",
    ("shape", "scale"),
    lambda x, shape, scale: mp.log(shape / scale) + x / scale - shape * mp.expm1(x / scale),
    lambda x, shape, scale: -mp.expm1(-shape * mp.expm1(x / scale)),
    lambda x, shape, scale: mp.exp(-shape * mp.expm1(x / scale)),
    _gompertz_moments,
    lambda x, shape, scale: (scale / max(shape, mpf(1)), shape, scale),
    _gompertz_pieces,
    positive=True,
)
PARETO = Oracle(
    "Pareto",
    ("shape", "minimum"),
    lambda x, shape, minimum: mp.log(shape / minimum) - (shape + 1) * mp.log(x / minimum),
    lambda x, shape, minimum: -mp.expm1(-shape * mp.log(x / minimum)),
    lambda x, shape, minimum: mp.exp(-shape * mp.log(x / minimum)),
    _pareto_moments,
    lambda x, shape, minimum: (x, shape, minimum * min(mp.log(x / minimum) or mpf(1), mpf(1))),
    _pareto_pieces,
    positive=True,
)
GPD = Oracle(
    "GPD",
    ("xi", "sigma"),
    lambda x, xi, sigma: -mp.log(sigma) - (1 + xi) * _generalised_log(xi, x / sigma),
    lambda x, xi, sigma: -mp.expm1(-_generalised_log(xi, x / sigma)),
    lambda x, xi, sigma: mp.exp(-_generalised_log(xi, x / sigma)),
    _gpd_moments,
    _gpd_units,
    _gpd_pieces,
    positive=True,
    digits=_lomax_digits,
)
GEV = Oracle(
    "GEV",
    ("xi", "mu", "sigma"),
    _gev_logpdf,
    _gev_cdf,
    _gev_sf,
    _gev_moments,
    lambda x, xi, mu, sigma: (abs(x - mu) + sigma, mpf(1), abs(x - mu) + sigma, sigma),
    _gev_pieces,
    digits=_gev_digits,
)
BURR = Oracle(
    "Burr",
    ("c", "d", "scale"),
    _burr_logpdf,
    _burr_cdf,
    _burr_sf,
    _burr_moments,
    _burr_units,
    _burr_pieces,
    positive=True,
    digits=_burr_digits,
)

# ------------------------------------------------------------------------------------------------------- the rows

BELOW_ZERO = (-math.inf, -1.0, -1e-300)

ENTRIES = (
    Entry(
        LOG_LOGISTIC,
        rows=(
            Case("LogLogistic", (2.5, 3.0), multiples(1e-118, 1e-9, 0.3, 1.0, 4.0, 1e6, 1e115, unit=3.0)),
            Case("LogLogistic", (0.5, 2.0), multiples(1e-200, 1e-9, 0.3, 40.0, 1e200, unit=2.0)),
            Case("LogLogistic", (50.0, 10.0), multiples(1e-5, 0.9, 0.999, 1.0, 1.05, 900.0, unit=10.0)),
            Case("LogLogistic", (300.0, 5.0), multiples(0.1, 0.95, 0.999, 1.0, 1.001, 1.06, unit=5.0)),
            Case("LogLogistic", (2.5, 1e-300), multiples(1e-4, 0.3, 1.5, 1e4, 1e100, unit=1e-300), orders=1),
            Case("LogLogistic", (2.5, 1e300), multiples(1e-9, 0.3, 1.5, 1e4, unit=1e300), orders=1),
        ),
        ordinary=(2.5, 3.0),
        below=BELOW_ZERO,
        above=(math.inf,),
        out_of_range={"shape": (0.0, -1.2, math.nan), "scale": (0.0, -1.2, math.inf)},
        truths=((2.5, 3.0), (0.4, 10.0), (30.0, 0.2)),
        peer=lambda shape, scale: stats.fisk(shape, scale=scale),
        points=(0.05, 0.4, 1.3, 2.9, 17.0),
        more=((0.4, 2.0), (9.0, 3.5)),
        deep={"LogLogistic(50, 10)": (1e9, 1e-7)},
    ),
    Entry(
        LOMAX,
        rows=(
            Case("Lomax", (2.5, 3.0), multiples(0.0, 1e-25, 1e-9, 0.3, 4.0, 1e6, 1e115, unit=3.0)),
            Case("Lomax", (0.3, 2.0), multiples(1e-9, 0.3, 1.0, 1e6, 1e290, unit=2.0)),
            Case("Lomax", (60.0, 10.0), multiples(1e-9, 0.01, 0.3, 1.0, 9e4, unit=10.0)),
            Case("Lomax", (1e7, 1e7), (1e-9, 0.3, 1.0, 37.0, 690.0)),
            Case("Lomax", (2.5, 1e-300), multiples(1e-6, 0.3, 1.5, 1e4, 1e100, unit=1e-300), orders=1),
            Case("Lomax", (2.5, 1e300), multiples(1e-9, 0.3, 1.5, 1e4, unit=1e300), orders=1),
        ),
        ordinary=(2.5, 3.0),
        below=BELOW_ZERO,
        above=(math.inf,),
        out_of_range={"shape": (0.0, -1.2, math.nan), "scale": (0.0, -1.2, math.inf)},
        truths=((1.5, 3.0), (0.4, 10.0), (6.0, 0.2)),
        peer=lambda shape, scale: stats.lomax(shape, scale=scale),
        points=(0.05, 0.4, 1.3, 2.9, 17.0),
        more=((0.4, 2.0), (40.0, 30.0)),
        deep={"Lomax(60, 10)": (1e9, None)},
    ),
    Entry(
        GOMPERTZ,
        rows=(
            Case("Gompertz", (0.3, 2.0), multiples(0.0, 1e-25, 1e-9, 0.3, 1.5, 4.0, 7.7, unit=2.0)),
            Case("Gompertz", (1e-5, 9.0), multiples(1e-9, 0.3, 8.0, 11.5, 13.0, 17.9, unit=9.0)),
            Case("Gompertz", (40.0, 3.0), multiples(1e-9, 1e-3, 0.02, 0.3, 2.8, unit=3.0)),
            Case("Gompertz", (1e7, 1e7), (1e-9, 0.3, 1.0, 37.0, 690.0)),
            Case("Gompertz", (0.3, 1e-300), multiples(1e-6, 0.3, 1.5, 7.7, unit=1e-300), orders=1),
            Case("Gompertz", (0.3, 1e300), multiples(1e-9, 0.3, 1.5, 7.7, unit=1e300), orders=1),
        ),
        ordinary=(0.3, 2.0),
        below=BELOW_ZERO,
        above=(math.inf,),
        out_of_range={"shape": (0.0, -1.2, math.nan), "scale": (0.0, -1.2, math.inf)},
        truths=((0.3, 2.0), (1e-4, 10.0), (0.02, 0.2)),
        peer=lambda shape, scale: stats.gompertz(shape, scale=scale),
        points=(0.05, 0.4, 1.3, 2.9, 7.0),
        more=((1e-4, 2.0), (9.0, 3.0)),
        deep={"Gompertz(0.3, 2)": (21.0, None)},
    ),
    Entry(
        PARETO,
        rows=(
            Case("Pareto", (2.5, 0.5), multiples(1.0000001, 1.3, 4.0, 1e6, 1e115, unit=0.5)),
            Case("Pareto", (0.3, 0.02), multiples(1.00001, 3.0, 1e6, 1e290, unit=0.02)),
            Case("Pareto", (60.0, 10.0), multiples(1.0 + 1e-9, 1.01, 1.3, 2.0, 9e4, unit=10.0)),
            Case("Pareto", (1e6, 3.0), multiples(1.0 + 1e-12, 1.000001, 1.00001, 1.00068, unit=3.0)),
            Case("Pareto", (2.5, 1e-300), multiples(1.00001, 1.3, 1e4, 1e100, unit=1e-300), orders=1),
            Case("Pareto", (2.5, 1e300), multiples(1.0000001, 1.3, 1e4, unit=1e300), orders=1),
        ),
        ordinary=(2.5, 0.5),
        below=(-math.inf, -1.0, 0.0, 1e-310),
        above=(math.inf,),
        out_of_range={"shape": (0.0, -1.2, math.nan), "minimum": (0.0, -1.2, math.inf)},
        truths=((2.5, 0.5), (0.4, 10.0), (30.0, 0.2)),
        peer=lambda shape, minimum: stats.pareto(shape, scale=minimum),
        points=(0.6, 1.3, 2.9, 17.0),
        more=((0.4, 0.5), (40.0, 0.4)),
        deep={"Pareto(60, 10)": (1e9, None)},
    ),
    Entry(
        GPD,
        rows=(
            Case("GPD", (0.2, 2.0), multiples(0.0, 1e-25, 1e-9, 0.3, 1.0, 40.0, 1e6, 1e58, unit=2.0)),
            Case("GPD", (1.5, 3.0), multiples(1e-9, 0.3, 1.0, 1e6, 1e200, unit=3.0)),
            Case("GPD", (0.0, 2.0), multiples(1e-9, 0.3, 1.0, 37.0, 690.0, unit=2.0)),
            Case("GPD", (1e-8, 2.0), multiples(1e-9, 0.3, 1.0, 37.0, 690.0, unit=2.0)),
            Case("GPD", (-1e-4, 0.5), multiples(1e-9, 0.3, 1.0, 37.0, 660.0, unit=0.5)),
            Case("GPD", (-0.25, 2.0), multiples(1e-9, 0.3, 1.0, 3.0, 3.99, 3.9999999, unit=2.0)),
            Case("GPD", (0.2, 1e-300), multiples(1e-6, 0.3, 1.5, 1e4, 1e50, unit=1e-300), orders=1),
            Case("GPD", (0.2, 1e300), multiples(1e-9, 0.3, 1.5, 1e4, unit=1e300), orders=1),
        ),
        ordinary=(0.2, 2.0),
        below=BELOW_ZERO,
        above=(math.inf,),
        out_of_range={"xi": (math.nan, math.inf), "sigma": (0.0, -1.2, math.inf)},
        truths=((0.2, 2.0), (0.8, 10.0), (0.05, 0.2)),
        peer=lambda xi, sigma: stats.genpareto(xi, scale=sigma),
        points=(0.05, 0.4, 1.3, 2.9, 17.0),
        more=((-0.1, 2.0), (1e-8, 2.0), (2.0, 3.0)),
        deep={"GPD(0, 2)": (2e4, None), "GPD(0.2, 2)": (1e100, None)},
    ),
    Entry(
        GEV,
        rows=(
            Case("GEV", (0.2, 1.0, 2.0), tuple(1.0 + 2.0 * z for z in (-3.64, -2.0, -0.3, 1e-9, 0.7, 40.0, 1e6, 1e58))),
            Case("GEV", (0.9, 0.0, 3.0), tuple(3.0 * z for z in (-1.1, -0.3, 1e-9, 0.7, 40.0, 1e100))),
            Case("GEV", (0.0, -3.0, 0.5), tuple(-3.0 + 0.5 * z for z in (-6.53, -2.0, -0.3, 1e-5, 0.7, 8.0, 680.0))),
            Case("GEV", (1e-8, 0.0, 0.5), tuple(0.5 * z for z in (-6.53, -2.0, -0.3, 1e-9, 0.7, 8.0, 680.0))),
            # the end of this support, 1e6 + 2**-8, is a double
            Case("GEV", (-0.25, 1e6, 2**-10), tuple(1e6 + 2**-10 * z for z in (-13.0, -2.0, -0.3, 0.7, 3.0, 3.95))),
            Case("GEV", (0.2, 0.0, 1e-300), tuple(1e-300 * z for z in (-3.0, -0.3, 0.7, 40.0, 1e50)), orders=1),
            Case("GEV", (0.2, 1e300, 1e300), tuple(1e300 * (1.0 + z) for z in (-3.0, -0.3, 0.7, 40.0, 1e6)), orders=1),
        ),
        ordinary=(0.2, 1.0, 2.0),
        below=(-math.inf,),
        above=(math.inf,),
        out_of_range={"xi": (math.nan, math.inf), "mu": (math.nan,), "sigma": (0.0, -1.2, math.inf)},
        truths=((0.2, 1.0, 2.0), (0.6, -10.0, 0.3), (0.05, 30.0, 4.0)),
        peer=lambda xi, mu, sigma: stats.genextreme(-xi, loc=mu, scale=sigma),
        points=(-3.0, 0.4, 1.3, 2.9, 17.0),
        more=((-0.1, 2.0, 3.0), (1e-8, 1.0, 2.0), (0.3, 1.0, 2.0)),
        deep={"GEV(0, -3, 0.5)": (5e3, -9.0), "GEV(0.2, 1, 2)": (1e100, -8.0)},
    ),
    Entry(
        BURR,
        rows=(
            Case("Burr", (1.7, 2.5, 3.0), multiples(1e-174, 1e-9, 0.3, 1.0, 4.0, 1e6, 1e68, unit=3.0)),
            Case("Burr", (0.4, 0.5, 2.0), multiples(1e-250, 1e-9, 0.3, 40.0, 1e200, unit=2.0)),
            Case("Burr", (40.0, 0.06, 10.0), multiples(1e-5, 0.9, 0.999, 1.0, 1.05, 1e4, unit=10.0)),
            Case("Burr", (2.0, 1e6, 1e3), (1e-9, 0.3, 0.7, 2.0, 5.0, 26.0)),
            Case("Burr", (1.7, 2.5, 1e-300), multiples(1e-6, 0.3, 1.5, 1e4, 1e60, unit=1e-300), orders=1),
            Case("Burr", (1.7, 2.5, 1e300), multiples(1e-9, 0.3, 1.5, 1e4, unit=1e300), orders=1),
        ),
        ordinary=(1.7, 2.5, 3.0),
        below=BELOW_ZERO,
        above=(math.inf,),
        out_of_range={"c": (0.0, -1.2, math.nan), "d": (0.0, -1.2), "scale": (0.0, -1.2, math.inf)},
        truths=((1.7, 2.5, 3.0), (0.8, 0.6, 10.0), (5.0, 0.5, 0.2)),
        peer=lambda c, d, scale: stats.burr12(c, d, scale=scale),
        points=(0.05, 0.4, 1.3, 2.9, 17.0),
        more=((0.4, 3.0, 2.0), (9.0, 0.2, 3.5)),
        deep={"Burr(40, 0.06, 10)": (None, 1e-8), "Burr(2, 1e+06, 1000)": (1e3, None)},
    ),
)
