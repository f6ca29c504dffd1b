"""The nine families written anew in mpmath from the textbook formulas, as the second opinion of every test.

Nothing here comes from the library: densities, distribution functions and moments are the formulas of Johnson, Kotz,
Kemp and Balakrishnan; derivatives are taken numerically at 50 and more digits; expectations are integrals or sums.
Slow and simple on purpose. No test, no tolerance and no stored number lives here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from mpmath import mp, mpf

DIGITS = 60
"""Working precision: log-densities at shape 1e10 lose up to 20 digits, third derivatives up to 20 more."""

QUADRATURE_DIGITS = 30
"""Integrals are compared to 1e-10 at best, so they run with fewer digits."""

Formula = Callable[..., Any]


@dataclass(frozen=True)
class Oracle:
    """One family: parameters in the library's order, formulas on mpmath numbers.

    `frame(*theta)` gives (location, unit) pairs: the natural unit of a step in x and in each parameter; derivatives
    are taken in multiples of it, so that sigma = 1e-300 differentiates as well as sigma = 1.
    `pieces(*theta)` gives the substitution x(t), dx/dt and the break points in t for an integral over the support.
    """

    name: str
    parameters: tuple[str, ...]
    logpdf: Formula
    cdf: Formula
    sf: Formula
    moments: Formula
    units: Formula
    pieces: Formula
    discrete: bool = False
    positive: bool = False


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
        return _integral_of_density(GAMMA, (shape, scale), None, x)
    return mp.gammainc(shape, 0, x / scale, regularized=True)


def _gamma_sf(x: Any, shape: Any, scale: Any) -> Any:
    if shape > 1000:
        return _integral_of_density(GAMMA, (shape, scale), x, None)
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
        return _integral_of_density(STUDENT_T, (df, mu, sigma), x, None)
    return mp.betainc(df / 2, mpf("0.5"), 0, df / (df + z**2), regularized=True) / 2


def _student_t_moments(df: Any, mu: Any, sigma: Any) -> tuple[Any, ...]:
    mean = mu if df > 1 else mp.nan
    variance = sigma**2 * df / (df - 2) if df > 2 else (mp.inf if df > 1 else mp.nan)
    kurtosis = 3 + 6 / (df - 4) if df > 4 else (mp.inf if df > 2 else mp.nan)
    return mean, variance, mpf(0) if df > 3 else mp.nan, kurtosis


def _poisson_logpdf(k: Any, rate: Any) -> Any:
    return k * mp.log(rate) - rate - mp.loggamma(k + 1)


# ------------------------------------------------------------------------------------------- where the mass lies


def _line(center: Any, unit: Any, reach: float = 60.0) -> tuple[Formula, Formula, list[Any]]:
    """x = center + unit·t, for tails that fall at least like exp(-|t|)."""
    points = [mpf(t) for t in (-reach, -20, -8, -3, 0, 3, 8, 20, reach)]
    return lambda t: center + unit * t, lambda t: unit, points


def _heavy_line(center: Any, unit: Any, df: Any) -> tuple[Formula, Formula, list[Any]]:
    """x = center + unit·sinh t: a power tail of exponent df falls like exp(-df·t)."""
    reach = 60 / min(df, mpf(1)) + 6
    points = [-reach, -reach / 4, mpf(-4), mpf(-1), mpf(0), mpf(1), mpf(4), reach / 4, reach]
    return lambda t: center + unit * mp.sinh(t), lambda t: unit * mp.cosh(t), points


def _ray(center: Any, left: Any, right: Any) -> tuple[Formula, Formula, list[Any]]:
    """x = center·exp t, from `left` to `right` in t, with more points where the mass is."""
    fractions = (1, mpf("0.4"), mpf("0.15"), mpf("0.05"))
    near = [
        -mpf(d) for d in (300, 40, 8, 2) if d < left / 20
    ]  # the right tail starts at 0, however long the left one is
    points = [-left * f for f in fractions] + near + [mpf(0)] + [right * f for f in reversed(fractions)]
    return lambda t: center * mp.exp(t), lambda t: center * mp.exp(t), points


def _gamma_pieces(shape: Any, scale: Any) -> tuple[Formula, Formula, list[Any]]:
    """On the log scale: left tail exp(shape·t), right tail exp(-shape·(e^t - 1 - t)), both normal near the middle."""
    left = 70 / shape + 12 / mp.sqrt(shape)
    right = 12 / mp.sqrt(shape) if shape > 100 else mp.log(1 + 100 / shape)
    return _ray(shape * scale, left, right)


def _weibull_pieces(shape: Any, scale: Any) -> tuple[Formula, Formula, list[Any]]:
    return _ray(scale, 70 / shape, mp.log(70) / shape)


def _lognormal_pieces(mu: Any, sigma: Any) -> tuple[Formula, Formula, list[Any]]:
    _, _, points = _line(mpf(0), sigma, 12.0)
    return lambda t: mp.exp(mu + sigma * t), lambda t: sigma * mp.exp(mu + sigma * t), points


def _student_t_pieces(df: Any, mu: Any, sigma: Any) -> tuple[Formula, Formula, list[Any]]:
    return _heavy_line(mu, sigma, df) if df < 1000 else _line(mu, sigma, 15.0)


def _exponential_moments(scale: Any) -> tuple[Any, ...]:
    return scale, scale**2, mpf(2), mpf(9)


def _gamma_moments(shape: Any, scale: Any) -> tuple[Any, ...]:
    return shape * scale, shape * scale**2, 2 / mp.sqrt(shape), 3 + 6 / shape


# ------------------------------------------------------------------------------------------------- the families

NORMAL = Oracle(
    "Normal",
    ("mu", "sigma"),
    _normal_logpdf,
    _normal_cdf,
    _normal_sf,
    lambda mu, sigma: (mu, sigma**2, mpf(0), mpf(3)),
    lambda x, mu, sigma: (sigma, sigma, sigma),
    lambda mu, sigma: _line(mu, sigma, 15.0),
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
    lambda scale: _ray(scale, mpf(70), mp.log(70)),
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
    lambda mu, scale: _line(mu, scale, 75.0),
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
)
NEGATIVE_BINOMIAL = Oracle(
    "NegativeBinomial",
    ("mean", "size"),
    _negative_binomial_logpdf,
    lambda k, mean, size: _sum_of_masses(NEGATIVE_BINOMIAL, (mean, size), k, upper=False),
    lambda k, mean, size: _sum_of_masses(NEGATIVE_BINOMIAL, (mean, size), k, upper=True),
    _negative_binomial_moments,
    lambda k, mean, size: (mpf(1), mean, size),
    lambda mean, size: _gamma_pieces(1 / (1 / size + 1 / mean), mean / size + 1),
    discrete=True,
)
POISSON = Oracle(
    "Poisson",
    ("rate",),
    _poisson_logpdf,
    lambda k, rate: _sum_of_masses(POISSON, (rate,), k, upper=False),
    lambda k, rate: _sum_of_masses(POISSON, (rate,), k, upper=True),
    lambda rate: (rate, rate, 1 / mp.sqrt(rate), 3 + 1 / rate),
    lambda k, rate: (mpf(1), rate),
    lambda rate: _gamma_pieces(rate, mpf(1)),
    discrete=True,
)

ORACLES = {
    o.name: o for o in (NORMAL, LOGNORMAL, EXPONENTIAL, LAPLACE, GAMMA, NEGATIVE_BINOMIAL, WEIBULL, STUDENT_T, POISSON)
}


# ---------------------------------------------------------------------------------- integrals and sums over the mass


def _integral_of_density(o: Oracle, theta: tuple[Any, ...], low: Any, high: Any) -> Any:
    """Probability of low < X < high where the density is nearly normal: panels half as wide as its curve in x."""
    sd = mp.sqrt(o.moments(*theta)[1])
    mean = o.moments(*theta)[0]
    start, outward = (high, -1) if low is None else (low, 1)
    if (start - mean) * outward < 0:  # the longer side: what is missing to one
        other = (
            _integral_of_density(o, theta, start, None) if low is None else _integral_of_density(o, theta, None, start)
        )
        return 1 - other
    width = sd * 2 / (1 + abs(start - mean) / sd / 4)
    points = [start + outward * width * i for i in range(41)]
    peak = o.logpdf(start, *theta)
    with mp.workdps(QUADRATURE_DIGITS):
        total = mp.quad(lambda x: mp.exp(o.logpdf(x, *theta) - peak), points, maxdegree=6)
    return abs(total) * mp.exp(peak)


def _sum_of_masses(o: Oracle, theta: tuple[Any, ...], k: Any, *, upper: bool) -> Any:
    """P(X > k) or P(X <= k), summed outward from the boundary by the ratio of neighbouring masses."""
    k = mp.floor(k)
    if k < 0:
        return mpf(1) if upper else mpf(0)
    mean = o.moments(*theta)[0]
    if upper and k + 1 < mean:
        return 1 - _sum_of_masses(o, theta, k, upper=False)
    if not upper and k > mean:
        return 1 - _sum_of_masses(o, theta, k, upper=True)
    with mp.workdps(QUADRATURE_DIGITS):
        first = k + 1 if upper else k
        ratio = _mass_ratio(o, theta)
        term = total = mpf(1)
        j = int(first)
        while term > total * mpf(10) ** -25 and (upper or j > 0):
            term = term * ratio(j) if upper else term / ratio(j - 1)
            total += term
            j += 1 if upper else -1
    return total * mp.exp(o.logpdf(first, *theta))


def _mass_ratio(o: Oracle, theta: tuple[Any, ...]) -> Formula:
    """P(X = j + 1) / P(X = j)."""
    if o.name == "Poisson":
        (rate,) = theta
        return lambda j: rate / (j + 1)
    mean, size = theta
    q = mean / (size + mean)
    return lambda j: q * (size + j) / (j + 1)


def exact(values: Sequence[float] | np.ndarray) -> tuple[Any, ...]:
    """The doubles as mpmath numbers, nothing rounded."""
    return tuple(mpf(float(v)) for v in values)


def _mass(o: Oracle, theta: tuple[Any, ...], x: Any) -> Any:
    return mp.exp(o.logpdf(x, *theta))


@cache
def _panel() -> tuple[tuple[Any, Any], ...]:
    """Nodes and weights of Gauss and Legendre's rule on (-1, 1), as doubles: 1e-15 is enough for an expectation."""
    nodes, weights = np.polynomial.legendre.leggauss(60)
    return tuple(zip(exact(nodes), exact(weights), strict=True))


def _integral(f: Formula, points: list[Any]) -> Any:
    """Sum over the panels between the points; `f` may return a number or an array of numbers."""
    total: Any = 0
    for low, high in pairwise(points):
        middle, half = (low + high) / 2, (high - low) / 2
        for node, weight in _panel():
            total = total + half * weight * f(middle + half * node)
    return total


def expect(o: Oracle, theta: tuple[Any, ...], g: Formula) -> Any:
    """E[g(X)], g a number or an array: an integral, or a sum; a sum over a wide range by Euler and Maclaurin."""
    with mp.workdps(QUADRATURE_DIGITS):
        mean, variance = o.moments(*theta)[:2] if o.discrete else (None, None)
        if not o.discrete or mean > 2000:  # smooth and far from 0: sum and integral agree to exp(-2π²·2000)
            return _expect_integral(o, theta, g)
        last = int(mean + 15 * mp.sqrt(variance)) + 60
        if _mass(o, theta, last) < mpf(10) ** -24:
            return sum(_mass(o, theta, k) * g(mpf(k)) for k in range(last + 1))
        shape = np.shape(g(mpf(1)))
        if not shape:
            return _expect_long_sum(o, theta, g, 120)
        parts = [_expect_long_sum(o, theta, lambda k, i=i: g(k)[i], 120) for i in np.ndindex(shape)]
        return np.array(parts, dtype=object).reshape(shape)


def _expect_integral(o: Oracle, theta: tuple[Any, ...], g: Formula) -> Any:
    x_of, slope, points = o.pieces(*theta)

    def integrand(t: Any) -> Any:
        x = x_of(t)
        return _mass(o, theta, x) * slope(t) * g(x)

    return _integral(integrand, points)


def _expect_long_sum(o: Oracle, theta: tuple[Any, ...], g: Formula, head: int) -> Any:
    """The first terms one by one, the rest by Euler and Maclaurin (DLMF 2.10.1), four corrections."""

    def term(k: Any) -> Any:
        return _mass(o, theta, k) * g(k)

    a = mpf(head)
    reach = 80 * o.moments(*theta)[1] / o.moments(*theta)[0]  # the tail falls by exp(-1) in about mean/size + 1
    points = [a + reach * f for f in (0, mpf("0.005"), mpf("0.025"), mpf("0.1"), mpf(1) / 3, 1)]
    total = mp.fsum(term(mpf(k)) for k in range(head)) + _integral(term, points) + term(a) / 2
    for order, bernoulli in ((1, mpf(1) / 12), (3, mpf(-1) / 720), (5, mpf(1) / 30240), (7, mpf(-1) / 1209600)):
        total -= bernoulli * mp.diff(term, a, order)
    return total


# -------------------------------------------------------------------------------------------------- derivatives


def derivative(o: Oracle, x: float, theta: Sequence[float], orders: tuple[int, ...]) -> Any:
    """Partial derivative of the log-density, `orders` = (in x, in each parameter …), exact to about 30 digits."""
    with mp.workdps(_digits(o, x, theta, orders)):
        return _derivative(o, *exact([x]), exact(theta), orders)


def _digits(o: Oracle, x: float, theta: Sequence[float], orders: tuple[int, ...]) -> int:
    """Digits for a derivative. A power tail forgets sigma: at |z| = 1e30 its part is 1e-60 of the whole.

    Beyond 1e70 that part is no double; derivatives in df alone are not concerned.
    """
    if o.name != "StudentT" or not any((orders[0], *orders[2:])):
        return DIGITS
    _, mu, sigma = theta
    return DIGITS + 3 * int(min(70.0, max(0.0, math.log10(abs(x - mu) or sigma) - math.log10(sigma))))


def _derivative(o: Oracle, x: Any, theta: tuple[Any, ...], orders: tuple[int, ...]) -> Any:
    point = (x, *theta)
    if not any(orders):
        return o.logpdf(*point)
    units = o.units(*point)
    moving = [i for i, n in enumerate(orders) if n]

    def along(*steps: Any) -> Any:
        moved = list(point)
        for i, step in zip(moving, steps, strict=True):
            moved[i] = point[i] + units[i] * step
        return o.logpdf(*moved)

    which = tuple(orders[i] for i in moving)
    value = mp.diff(along, (0,) * len(moving), which) if len(moving) > 1 else mp.diff(along, 0, which[0])
    for i, n in zip(moving, which, strict=True):
        value /= units[i] ** n
    return value


def add(orders: tuple[int, ...], i: int) -> tuple[int, ...]:
    """The orders with one more derivative in argument i."""
    return tuple(n + (j == i) for j, n in enumerate(orders))


@cache
def value_and_condition(name: str, x: float, theta: tuple[float, ...], orders: tuple[int, ...]) -> tuple[Any, Any]:
    """A derivative of the log-density with its condition Σ |argument · d value / d argument|, both mpmath numbers.

    An error of c·(|value| + condition) is what changing each argument and the result by c relative could cause: no
    algorithm on doubles can promise c < 1e-16, and a stable one does not exceed a small multiple of it.
    """
    o = ORACLES[name]
    value = derivative(o, x, theta, orders)
    arguments = exact([x, *theta])
    start = 1 if o.discrete else 0  # a count is exact
    with mp.workdps(DIGITS):
        parts = [abs(a * derivative(o, x, theta, add(orders, i))) for i, a in enumerate(arguments) if a and i >= start]
        return value, mp.fsum(parts)


def unit_orders(k: int, *which: int) -> tuple[int, ...]:
    """Orders for derivatives in the parameters numbered `which` of k."""
    orders = [0] * (k + 1)
    for j in which:
        orders[j + 1] += 1
    return tuple(orders)


def score(o: Oracle, x: float, theta: Sequence[float]) -> np.ndarray:
    """Score, shape (k,), as doubles."""
    k = len(theta)
    return np.array([float(derivative(o, x, theta, unit_orders(k, j))) for j in range(k)])


def hessian(o: Oracle, x: float, theta: Sequence[float]) -> np.ndarray:
    """Hessian in the parameters, shape (k, k), as doubles."""
    k = len(theta)
    out = np.empty((k, k))
    for i in range(k):
        for j in range(i + 1):
            out[i, j] = out[j, i] = float(derivative(o, x, theta, unit_orders(k, i, j)))
    return out


def total_loglik(o: Oracle, x: Sequence[float], theta: Sequence[float], weights: Sequence[float] | None = None) -> Any:
    """Σ w log f(x), an mpmath number."""
    with mp.workdps(DIGITS):
        t = exact(theta)
        w = [mpf(1)] * len(x) if weights is None else exact(weights)
        return mp.fsum(wi * o.logpdf(xi, *t) for xi, wi in zip(exact(x), w, strict=True))


@cache
def fisher(name: str, theta: tuple[float, ...]) -> Any:
    """Expected information of one observation, E[score scoreᵀ], an array (k, k) of mpmath numbers."""
    o = ORACLES[name]
    with mp.workdps(QUADRATURE_DIGITS):
        t = exact(theta)
        k = len(t)
        center = o.pieces(*t)[0](mpf("0.1"))
        units = np.array(o.units(center, *t)[1:], dtype=object)  # so that the integrand is of order one

        def outer(x: Any) -> Any:
            s = np.array([_derivative(o, x, t, unit_orders(k, j)) for j in range(k)], dtype=object) * units
            return np.outer(s, s)

        return expect(o, t, outer) / np.outer(units, units)


def probability(name: str, x: float, theta: Sequence[float], *, upper: bool) -> Any:
    """P(X > x) or P(X <= x), an mpmath number good to 25 digits relative."""
    o = ORACLES[name]
    with mp.workdps(DIGITS):
        return (o.sf if upper else o.cdf)(*exact([x]), *exact(theta))


def as_floats(values: Sequence[Any]) -> list[float]:
    """Doubles, with NaN and infinities kept."""
    return [math.nan if mp.isnan(v) else float(v) for v in values]
