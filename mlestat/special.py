"""Functions of one argument that keep their digits where the textbook form cancels.

They are what is left of log Γ, ψ and log1p after the large leading terms are taken out by hand, so that
a density with shape 1e10 is as exact as one with shape 2. Each runs on NumPy, PyTorch and JAX.

The remainders follow Stirling's series (NIST DLMF 5.11.1, https://dlmf.nist.gov/5.11#E1), the use of them
in densities follows C. Loader, "Fast and accurate computation of binomial probabilities" (2000).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.arrays import Array, absolute, digamma, exp, expm1, gammaln, log, log1p, log_ndtr, trigamma, where, xlogy

HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)

SERIES_FROM = 16.0
"""From this argument on six terms of Stirling's series are exact to 1e-17 (first term left out)."""

NEAR_ONE = 0.05
"""|e| below which e - log1p(e) comes from the series in e / (2 + e): five terms reach 1e-18. Beyond it the
difference itself is good to 5e-15."""

ATANH_SERIES = tuple(1.0 / (2 * i + 3) for i in range(5))
"""(atanh z - z)/z³ in powers of z²."""


ATANH_FULL = tuple(1.0 / (2 * i + 3) for i in range(12))
"""The same, far enough for |z| ≤ FROM_LOGS."""

FROM_LOGS = 0.2
"""|z| above which (atanh z)/z - 1 comes from the logarithm: what is left there is good to 2e-14."""

ZETA_TERMS = 10
"""Terms that the zeta function sums before Euler and Maclaurin's formula takes over."""

BERNOULLI = (
    1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160, -691 / 1307674368000, 1 / 74724249600,
    -3617 / 10670622842880000, 43867 / 5109094217170944000,
)  # fmt: skip
"""B_2j/(2j)!; with ZETA_TERMS what is left out is below 1e-17 of the sum for any exponent above 1."""


def polynomial(x: Array, coefficients: tuple[float, ...]) -> Array:
    """Return c0 + c1 x + c2 x² + … by Horner's rule."""
    total: Array = coefficients[-1]
    for c in coefficients[-2::-1]:
        total = total * x + c
    return total


def excess(e: Array) -> Array:
    """Return `e - log1p(e)`, at least 0, to full relative precision for e > -1.

    With z = e/(2+e), log1p(e) = 2 atanh(z), so the difference is e z - 2 z³ (1/3 + z²/5 + …).

    Examples
    --------
    >>> float(excess(1e-9))   # the direct difference gives 0 or 1e-25
    4.99999999...e-19
    """
    inside = (e < NEAR_ONE) & (e > -NEAR_ONE)
    near: Array = where(inside, e, 0.0 * e)
    z = near / (2.0 + near)
    zz = z * z
    series = near * z - 2.0 * z * zz * polynomial(zz, ATANH_SERIES)
    return where(inside, series, e - log1p(e))


def square_shares(y: Array) -> tuple[Array, Array, Array, Array, Array, Array]:
    """With q = y²: whether |y| < 1; max(|y|, 1); y w; min(q, 1/q); w = 1/(1+q); b = q/(1+q).

    Written in 1/y where |y| ≥ 1, so that no square overflows and w keeps its digits.

    Examples
    --------
    >>> [float(v) for v in square_shares(2.0)[2:]]
    [0.4, 0.25, 0.2, 0.8]
    """
    size = absolute(y)
    near = size < 1.0
    big = where(near, 1.0, size)
    smaller = y / big / big
    s = smaller * smaller
    v = 1.0 / (1.0 + s)
    sv = s * v
    return near, big, smaller * v, s, where(near, v, sv), where(near, sv, v)


FRACTION_FROM = 5.0
"""From here on FRACTION_TERMS terms of the continued fraction of the normal tail are exact to 4e-17."""

FRACTION_TERMS = 28


def normal_hazard(y: Array) -> tuple[Array, Array, Array]:
    """Return log Φ(y), ζ = φ(y)/Φ(y) and ζ + y, each to full relative precision, also for y → -∞.

    With t = -y, ζ = t + 1/(t + 2/(t + 3/(t + …))) (Laplace; DLMF 7.9.1).

    Examples
    --------
    >>> [float(v) for v in normal_hazard(-1e8)]
    [-5000000000000019.0, 100000000.0, 1e-08]
    """
    far = y < -FRACTION_FROM
    t, near = where(far, -y, FRACTION_FROM), where(far, 0.0, y)
    gap: Array = t
    for k in range(FRACTION_TERMS, 1, -1):
        gap = t + k / gap
    gap = 1.0 / gap
    log_p = log_ndtr(near)
    ratio = exp(-0.5 * near * near - HALF_LOG_2PI - log_p)
    log_far = -0.5 * t * t - HALF_LOG_2PI - log(t + gap)
    return where(far, log_far, log_p), where(far, t + gap, ratio), where(far, gap, ratio + near)


def _large(a: Array) -> tuple[Any, Array]:
    """Where the series holds, and an argument that is safe to put into it."""
    large = a > SERIES_FROM
    return large, where(large, a, 0.0 * a + SERIES_FROM)


def stirling(a: Array) -> Array:
    """Return log Γ(a) - (a - ½) log a + a - ½ log 2π, which is 1/(12a) - 1/(360a³) + …

    Examples
    --------
    >>> float(stirling(1e10) * 12e10)
    1.0
    """
    large, b = _large(a)
    r = 1.0 / (b * b)
    series = polynomial(r, (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360)) / b
    direct = gammaln(a) - (a - 0.5) * log(a) + a - HALF_LOG_2PI
    return where(large, series, direct)


def stirling_derivative(a: Array) -> Array:
    """Return ψ(a) - log a + 1/(2a), the derivative of `stirling`: -1/(12a²) + 1/(120a⁴) - …"""
    large, b = _large(a)
    r = 1.0 / (b * b)
    series = r * polynomial(r, (-1 / 12, 1 / 120, -1 / 252, 1 / 240, -1 / 132, 691 / 32760))
    direct = digamma(a) - log(a) + 0.5 / a
    return where(large, series, direct)


def digamma_less_log(a: Array) -> Array:
    """Return ψ(a) - log a, near -1/(2a), without cancellation."""
    return stirling_derivative(a) - 0.5 / a


def stirling_second_derivative(a: Array) -> Array:
    """Return ψ'(a) - 1/a - 1/(2a²), the second derivative of `stirling`: 1/(6a³) - 1/(30a⁵) + …"""
    large, b = _large(a)
    r = 1.0 / (b * b)
    series = r / b * polynomial(r, (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730))
    direct = trigamma(a) - 1.0 / a - 0.5 / (a * a)
    return where(large, series, direct)


def stirling_second_difference(a: Array) -> Array:
    """Return δ''(a + ½) - δ''(a) for δ = `stirling`, near -1/(4a⁴), to full relative precision.

    Term by term: c (a+½)^-p - c a^-p = c a^-p expm1(-p log1p(1/2a)).
    """
    large, b = _large(a)
    step = log1p(0.5 / b)
    series = sum(
        c * b**-p * expm1(-p * step)
        for p, c in ((3.0, 1 / 6), (5.0, -1 / 30), (7.0, 1 / 42), (9.0, -1 / 30), (11.0, 5 / 66), (13.0, -691 / 2730))
    )
    direct = stirling_second_derivative(a + 0.5) - stirling_second_derivative(a)
    return where(large, series, direct)


def log_factorial_remainder(x: Array) -> Array:
    """Return log x! - x log x + x for x = 0, 1, …: 0 at 0, then ½ log(2πx) + `stirling`(x)."""
    large, b = _large(x)
    r = 1.0 / (b * b)
    series = polynomial(r, (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360)) / b
    return where(large, HALF_LOG_2PI + 0.5 * log(b) + series, gammaln(x + 1.0) - xlogy(x, x) + x)


ATANH_NEAR = 0.2
"""|z| below which (atanh z - z)/z³ comes from its series: 13 terms reach 1e-18."""

ATANH_LONG = tuple(1.0 / (2 * i + 3) for i in range(13))


def reduced(xi: Array, y: Array) -> tuple[Array, Array, Array, Array]:
    """Return L = log1p(ξy)/ξ, smooth through ξ = 0 where it is y, with its first and second derivative in ξ.

    The fourth value is w = 1/(1 + ξy), the derivative of L in y. With ρ = y/(2 + ξy), z = ξρ and
    A = (atanh z - z)/z³, all terms of like sign for ξy > 0:

        L = 2ρ (1 + z²A),    L' = -ρ² (1 + w + 2zA),    L'' = ρ³ ((1 + w)² + 4A).

    Not a number beyond the end, where ξy ≤ -1.

    Examples
    --------
    >>> [float(v) for v in reduced(0.0, 3.0)]
    [3.0, -4.5, 18.0, 1.0]
    """
    e = xi * y
    w = 1.0 / (1.0 + e)
    rho = y / (2.0 + e)
    z = xi * rho
    near = (z < ATANH_NEAR) & (z > -ATANH_NEAR)
    small, large = where(near, z, 0.0 * z), where(near, 0.0 * z + 0.5, z)
    a = where(
        near,
        polynomial(small * small, ATANH_LONG),
        (0.5 * log1p(where(near, 0.0 * e, e)) - large) / (large * large * large),
    )
    zz = z * z
    return 2.0 * rho * (1.0 + zz * a), -rho * rho * (1.0 + w + 2.0 * z * a), rho**3 * ((1.0 + w) ** 2 + 4.0 * a), w


def from_reduced(xi: Array, level: Array, scale: Array) -> Array:
    """Return scale·(e^{ξL} - 1)/ξ, the inverse of `reduced`; NumPy only. At a finite end it is exactly -scale/ξ.

    Examples
    --------
    >>> float(from_reduced(-0.5, 1e3, 3.0)), float(from_reduced(0.0, 7.0, 3.0))
    (6.0, 21.0)
    """
    a = xi * level
    far = np.abs(a) > 1.0
    return np.where(
        far, scale * np.expm1(a) / np.where(far, xi, 1.0), scale * (level * sc.exprel(np.where(far, 0.0, a)))
    )


def root_mean_square(x: NDArray[np.float64], w: NDArray[np.float64]) -> float:
    """Return √(Σ w x² / Σ w) without overflow; 0 for zeros.

    Examples
    --------
    >>> import numpy as np
    >>> root_mean_square(np.array([1e200, 7e200]), np.array([1.0, 1.0])) / 1e200
    5.0
    """
    largest = float(np.max(np.abs(x)))
    return largest * math.sqrt(float(np.average((x / (largest or 1.0)) ** 2, weights=w)))


def poisson_deviance(x: Array, expected: Array) -> Array:
    """Return x log(x/E) + E - x for E expected: x (u - 1 - log u) with u = E/x, which is E at x = 0."""
    positive = x > 0.0
    count = where(positive, x, 1.0)
    u = expected / count
    # u - 1 is exact from the difference where u is near 1; log u from u itself where it is far from 1
    near = u > 0.5
    value = count * where(near, excess((expected - count) / count), (u - 1.0) - log(where(near, 0.5, u)))
    return where(positive, value, expected)


def h_difference(x: Array, s: Array) -> Array:
    """Return h(x+s) - h(s) for h(a) = ψ(a) - log a = δ'(a) - 1/(2a)."""
    return stirling_derivative(x + s) - stirling_derivative(s) + 0.5 * x / (s * (x + s))


def h_slope_difference(x: Array, s: Array) -> Array:
    """Return h'(x+s) - h'(s) for h'(a) = ψ'(a) - 1/a = δ''(a) + 1/(2a²)."""
    y = x + s
    return stirling_second_derivative(y) - stirling_second_derivative(s) - 0.5 * x * (y + s) / (s * s * y * y)


def log_ratio_excess(z: Array, log_odds: Array) -> Array:
    """Return (atanh z)/z - 1 for 0 < z < 1, where `log_odds` is log((1+z)/(1-z)) = 2 atanh z.

    Examples
    --------
    >>> import math
    >>> float(log_ratio_excess(1e-6, 2.0 * math.atanh(1e-6)))
    3.33333333333...e-13
    """
    inside = z < FROM_LOGS
    near = where(inside, z, 0.0 * z)
    zz = near * near
    return where(inside, zz * polynomial(zz, ATANH_FULL), log_odds / (2.0 * where(inside, 0.0 * z + 1.0, z)) - 1.0)


def zeta_sums(s: Array, a: Array) -> tuple[Array, Array, Array]:
    """Return a^s ζ(s, a) = Σ ((a+k)/a)^-s and the first two derivatives of that in s, for s > 1 and a > 0.

    Examples
    --------
    >>> round(float(zeta_sums(2.0, 1.0)[0]), 14)   # π²/6
    1.64493406684823
    """
    end, over = a + float(ZETA_TERMS), 1.0 / (s - 1.0)
    rest = exp(-s * log1p(ZETA_TERMS / a)) * end * over
    total, first, second = with_derivatives(rest, -log1p(ZETA_TERMS / a) - over, over * over)
    for part in zeta_parts(s, a):
        value, slope, bend = with_derivatives(*part)
        total, first, second = total + value, first + slope, second + bend
    return total, first, second


def with_derivatives(value: Array, slope: Array, bend: Array) -> tuple[Array, Array, Array]:
    """Return a value with its first two derivatives, from those of its logarithm."""
    return value, value * slope, value * (slope * slope + bend)


def zeta_parts(s: Array, a: Array) -> Iterator[tuple[Array, Array, Array]]:
    """Yield the parts of a^s ζ(s, a) but the integral, each with first and second derivative of its logarithm in s.

    Euler and Maclaurin's formula (DLMF 25.11.7 with 2.10.1): some terms, then from there on the integral, half a term
    and odd derivatives of the term.
    """
    for k in range(ZETA_TERMS):
        w = log1p(k / a)
        yield exp(-s * w), -w, 0.0 * s
    end, w = a + float(ZETA_TERMS), log1p(ZETA_TERMS / a)
    last = exp(-s * w)
    yield 0.5 * last, -w, 0.0 * s
    rising, slope, bend = s / end, 1.0 / s, -1.0 / (s * s)
    for j, c in enumerate(BERNOULLI):
        yield last * rising * c, slope - w, bend
        for i in (2 * j + 1, 2 * j + 2):
            rising = rising * ((s + float(i)) / end)
            slope, bend = slope + 1.0 / (s + float(i)), bend - 1.0 / ((s + float(i)) * (s + float(i)))


SETTLED = 1e-8
"""A relative step of Newton's method below this leaves an error of its square: nothing."""


def or_one(mean: Array) -> Array:
    """Return the mean where it is positive, else 1: the scale at which sufficient statistics are taken.

    Examples
    --------
    >>> or_one(np.array([2.0, 0.0])).tolist()
    [2.0, 1.0]
    """
    return np.where(mean > 0.0, mean, 1.0)[()]


def inverse_digamma(y: Array) -> Array:
    """Return a with ψ(a) = y, elementwise, by Newton's method from the start of Minka (2002).

    Examples
    --------
    >>> round(float(inverse_digamma(0.42278433509846713)), 12)
    2.0
    """
    y = np.asarray(y, dtype=float)
    a = np.where(y >= -2.22, np.exp(np.maximum(y, -2.22)) + 0.5, -1.0 / (np.minimum(y, -2.22) + 0.5772156649015329))
    for _ in range(100):
        step = (digamma(a) - y) / trigamma(a)
        a = a - step
        if not np.any(np.abs(step) > SETTLED * a):
            break
    return a[()]


def shape_from_log_ratio(s: Array) -> Array:
    """Return the gamma shape k with log k - ψ(k) = s, where s = log(mean x) - mean(log x); NaN where s is not positive.

    Newton's method in 1/k, which converges from Greenwood and Durand's start in about four steps for any s
    (T. Minka, *Estimating a gamma distribution*, 2002, eq. 10).

    Examples
    --------
    >>> round(float(shape_from_log_ratio(0.11593151565841242)), 9)   # log 4.5 - digamma(4.5)
    4.5
    """
    s = np.asarray(s, dtype=float)
    s = np.where(s > 0.0, s, np.nan)
    k = (3.0 - s + np.sqrt((s - 3.0) ** 2 + 24.0 * s)) / (12.0 * s)
    for _ in range(100):
        gap = 0.5 / k - stirling_derivative(k) - s  # log k - psi(k) - s, without cancellation
        slope = -0.5 / k - k * stirling_second_derivative(k)  # k times its derivative
        new = 1.0 / (1.0 / k + gap / (slope * k))
        done = not np.any(np.abs(new - k) > SETTLED * k)
        k = np.where(new > 0.0, new, 0.5 * k)
        if done:
            break
    return k[()]
