"""Tail probabilities and their logarithms where the library functions lose digits or underflow.

scipy.special gives the incomplete gamma and beta functions as numbers. In the far tails, and for large
parameters, this file takes over: with the logarithm of the same function, from series whose terms are all
positive, a continued fraction, or Temme's uniform expansion. NumPy only.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import scipy.special as sc
from numpy.typing import NDArray

from mlestat.arrays import Array
from mlestat.special import ZETA_TERMS, excess, normal_hazard, polynomial, with_derivatives, zeta_parts

Floats = NDArray[np.float64]

TINY = 1e-280
"""Below this a tail probability is recomputed in logs, so that its logarithm keeps its digits."""

LARGE = 1e4
"""Gamma shapes from which on Temme's expansion, with three terms, is exact to rounding for |η| < 1."""

MAX_TERMS = 100_000
"""More terms than any series or fraction below needs: they are only used far out, where ratios are small."""


def _together(*arrays: Array) -> list[Floats]:
    """Return all as float64 of one shape."""
    shape = np.broadcast_shapes(*(np.shape(a) for a in arrays))
    return [np.broadcast_to(np.asarray(a, dtype=np.float64), shape) for a in arrays]


def _log_of(p: Array, complement: Array) -> Floats:
    """Return log p, from whichever of p and 1 - p is the smaller and so the more accurate one."""
    with np.errstate(divide="ignore"):
        return np.array(np.where(p < 0.5, np.log(p), np.log1p(-complement)), dtype=np.float64)


def _until_settled(step: Callable[[int], bool]) -> None:
    """Run `step(1)`, `step(2)`, … until it says that it has settled."""
    for i in range(1, MAX_TERMS):
        if step(i):
            return


# -- incomplete gamma -------------------------------------------------------------------------------


def log_gammainc(a: Array, x: Array) -> Floats:
    """Return log P(a, x), the lower regularised incomplete gamma function, also where P underflows.

    Examples
    --------
    >>> round(float(log_gammainc(1000.0, 1.0)), 6)
    -5913.127179
    """
    a, x = _together(a, x)
    p, q = sc.gammainc(a, x), sc.gammaincc(a, x)
    value = _log_of(p, q)
    deep = (p < TINY) & (x > 0.0)
    value[deep] = _log_lower_series(a[deep], x[deep])
    return _with_expansion(value, a, x, -1.0)


def log_gammaincc(a: Array, x: Array) -> Floats:
    """Return log Q(a, x), the upper regularised incomplete gamma function, also where Q underflows.

    Examples
    --------
    >>> round(float(log_gammaincc(2.5, 10_000.0)), 6)
    -9986.469022
    """
    a, x = _together(a, x)
    p, q = sc.gammainc(a, x), sc.gammaincc(a, x)
    value = _log_of(q, p)
    deep = (q < TINY) & (x < math.inf) & (x > a)
    value[deep] = _log_upper_fraction(a[deep], x[deep])
    return _with_expansion(value, a, x, 1.0)


def gammainc(a: Array, x: Array) -> Floats:
    """Return P(a, x), with full relative precision also for large a.

    Examples
    --------
    >>> float(gammainc(1e10, 0.99963e10))   # 37 standard deviations below
    4.83582...e-300
    """
    return np.where(np.asarray(a) < LARGE, sc.gammainc(a, x), np.exp(log_gammainc(a, x)))


def gammaincc(a: Array, x: Array) -> Floats:
    """Return Q(a, x), with full relative precision also for large a."""
    return np.where(np.asarray(a) < LARGE, sc.gammaincc(a, x), np.exp(log_gammaincc(a, x)))


def _log_lower_series(a: Floats, x: Floats) -> Floats:
    """P = x^a e^-x / Γ(a+1) · (1 + x/(a+1) + x²/((a+1)(a+2)) + …), DLMF 8.11.4."""
    term, total = np.ones_like(x), np.ones_like(x)

    def step(i: int) -> bool:
        np.multiply(term, x / (a + i), out=term)
        np.add(total, term, out=total)
        return bool((term <= 1e-17 * total).all())

    _until_settled(step)
    return a * np.log(x) - x - sc.gammaln(a + 1.0) + np.log(total)


def _log_upper_fraction(a: Floats, x: Floats) -> Floats:
    """Continued fraction of DLMF 8.9.2 by Lentz's method (Press et al., *Numerical Recipes*, 3rd ed., 6.2.7)."""
    b = x + 1.0 - a
    c = np.full_like(x, 1e300)
    d = 1.0 / b
    h = d.copy()

    def step(i: int) -> bool:
        nonlocal b, c, d, h
        an = -i * (i - a)
        b = b + 2.0
        d = 1.0 / (an * d + b)
        c = b + an / c
        h = h * (d * c)
        return bool((np.abs(d * c - 1.0) <= 4e-16).all())  # two units in the last place: products round

    _until_settled(step)
    return a * np.log(x) - x - sc.gammaln(a) + np.log(h)


# Coefficients of η^n in Temme's C_0, C_1, C_2 (DLMF 8.12.9), from the series of λ in η.
_C0 = (
    -0.33333333333333333, 0.083333333333333333, -0.014814814814814815, 0.0011574074074074074, 0.0003527336860670194,
    -0.00017875514403292181, 3.9192631785224378e-5, -2.1854485106799922e-6, -1.85406221071516e-6,
    8.296711340953086e-7, -1.7665952736826079e-7, 6.7078535434014986e-9, 1.0261809784240308e-8,
    -4.3820360184533532e-9, 9.1476995822367902e-10, -2.551419399494625e-11, -5.8307721325504251e-11,
    2.4361948020667416e-11,
)  # fmt: skip
_C1 = (
    -0.0018518518518518519, -0.0034722222222222222, 0.0026455026455026455, -0.00099022633744855967,
    0.00020576131687242798, -4.0187757201646091e-7, -1.8098550334489978e-5, 7.6491609160811101e-6,
    -1.6120900894563446e-6, 4.6471278028074343e-9, 1.378633446915721e-7, -5.752545603517705e-8,
)  # fmt: skip
_C2 = (
    0.0041335978835978836, -0.0026813271604938272, 0.00077160493827160494, 2.0093878600823045e-6,
    -0.00010736653226365161, 5.2923448829120125e-5, -1.2760635188618728e-5,
)  # fmt: skip


def _with_expansion(value: Floats, a: Floats, x: Floats, side: float) -> Floats:
    """Replace the entries with large a and x near it by Temme's expansion. `side` is 1 for Q, -1 for P.

    With ½η² = λ - 1 - log λ for λ = x/a, Q = e^{-aη²/2} (½ erfcx(η√(a/2)) + S/√(2πa)), S = ΣC_k(η) a^-k
    (Temme 1979; DLMF 8.12.3), and P with the signs of η and S reversed. Both are sums of like size on their own
    side of the centre, where they are the smaller one.
    """
    mu = np.where(a > 0.0, (x - a) / a, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        eta = np.sign(mu) * np.sqrt(2.0 * excess(mu))
    here = (a >= LARGE) & (np.abs(eta) < 1.0)
    if not here.any():
        return value
    big, e = a[here], eta[here]
    smaller_side = np.where(e >= 0.0, 1.0, -1.0)
    s = polynomial(e, _C0) + polynomial(e, _C1) / big + polynomial(e, _C2) / (big * big)
    z = np.abs(e) * np.sqrt(0.5 * big)
    log_small = np.log(0.5 * sc.erfcx(z) + smaller_side * s / np.sqrt(2.0 * math.pi * big)) - z * z
    value[here] = np.where(smaller_side == side, log_small, np.log1p(-np.exp(log_small)))
    return value


# -- normal tail over density -------------------------------------------------------------------------


def mills(z: Array) -> Floats:
    """Return Mills' ratio M(z) = Φ(-z)/φ(z) = ∫ exp(-zs - s²/2) ds over s > 0.

    Examples
    --------
    >>> round(float(mills(1e5) * 1e5), 9)
    1.0
    """
    value: Floats = math.sqrt(0.5 * math.pi) * sc.erfcx(np.asarray(z) * math.sqrt(0.5))
    return value


_MILLS_SERIES = tuple((-1.0) ** i * math.prod(range(1, 2 * i + 2, 2)) for i in range(15))
"""1, -3, 15, -105, …: 1 - z M(z) in powers of 1/z², times z² (DLMF 7.12.1)."""

MILLS_FROM = 14.0
"""From here on fifteen terms of that series are exact to rounding; below, 1 - z M(z) itself loses two digits."""


def mills_remainders(z: Array) -> tuple[Floats, Floats]:
    """Return N = 1 - z M(z) and 1 - z² N for z ≥ 0, near 1/z² and 3/z² for large z, without cancellation.

    Examples
    --------
    >>> [round(float(v) * 1e10, 9) for v in mills_remainders(1e5)]
    [1.0, 3.0]
    """
    z = np.asarray(z, dtype=np.float64)
    far = z > MILLS_FROM
    r = 1.0 / np.where(far, z, MILLS_FROM) ** 2
    small = np.where(far, 0.0, z)
    first = np.where(far, r * polynomial(r, _MILLS_SERIES), 1.0 - small * mills(small))
    return first, np.where(far, -r * polynomial(r, _MILLS_SERIES[1:]), 1.0 - small * small * first)


def mills_difference(z: Array, gap: Array) -> Floats:
    """Return M(z) - M(z + gap), gap ≥ 0, to full relative precision however small the gap.

    Where the two are close, from ∫ exp(-zs - s²/2) (1 - exp(-gap·s)) ds by the trapezoidal rule in t, with
    s = exp(t - exp(-t)) in units of 1/(1+z): it is exact to rounding with 80 nodes (Mori, Sugihara 2001, *J. Comput.
    Appl. Math.* 127, 287-296).

    Examples
    --------
    >>> round(float(mills_difference(0.0, 1e-12)) * 1e12, 9)   # M'(0) = -1
    1.0
    """
    z, gap = _together(z, gap)
    near, far = mills(z), mills(z + gap)
    value: Floats = np.array(near - far)
    close = far > 0.5 * near
    if close.any():
        value[close] = _mills_integral(z[close], gap[close])
    return value


def _mills_integral(z: Floats, gap: Floats) -> Floats:
    t, step = np.linspace(-3.8, 4.2, 80, retstep=True)
    s = np.exp(t - np.exp(-t)) / (1.0 + np.maximum(z, 0.0))[:, None]
    inner = np.exp(-s * (z[:, None] + 0.5 * s)) * -np.expm1(-gap[:, None] * s)
    total: Floats = np.sum(s * (1.0 + np.exp(-t)) * step * inner, axis=1)
    return total


# -- incomplete beta --------------------------------------------------------------------------------


def log_betainc_series(a: Array, b: Array, log_x: Array, log_y: Array) -> Floats:
    """Return log I_x(a, b) in its lower tail, x < a/(a+b), from log x and log y = log(1 - x).

    Of two series (DLMF 8.17.8, and the same after Pfaff's transformation) the one that falls off faster:
    x^a y^b / (a B(a, b)) · Σ x^n (a+b)_n/(a+1)_n, for x well below 1, or
    x^a y^(b-1) / (a B(a, b)) · Σ (x/y)^n (b-1)(b-2)…(b-n)/(a+1)_n, for x near 1 and large a.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(log_betainc_series(2.0, 3.0, np.log(1e-200), 0.0)), 6)   # log 6x²
    -919.242278
    """
    a, b, log_x, log_y = _together(a, b, log_x, log_y)
    x, odds = np.exp(log_x), np.exp(log_x - log_y)
    transformed = odds * (np.abs(b - 1.0) + 1.0) / (a + 1.0) < x * (a + b) / (a + 1.0)
    term, total = np.ones_like(x), np.ones_like(x)

    def step(i: int) -> bool:
        ratio = np.where(transformed, odds * (b - i), x * (a + b + (i - 1))) / (a + i)
        np.multiply(term, ratio, out=term)
        np.add(total, term, out=total)
        return bool((np.abs(term) <= 1e-17 * total).all())

    _until_settled(step)
    power = np.where(transformed, b - 1.0, b)
    value: Floats = a * log_x + power * log_y - np.log(a) - sc.betaln(a, b) + np.log(total)
    return value


def beta_fraction(a: Array, b: Array, x: Array, y: Array) -> Floats:
    """Return a B(a, b) I_x(a, b) / (x^a y^b) for y = 1 - x, also for b = 0, in its lower tail, x < (a+1)/(a+b+2).

    Continued fraction of Didonato and Morris, *ACM Trans. Math. Softw.* 18 (1992) 360-373, eq. 9, by Lentz's method: x
    and y enter on their own, so that it keeps its digits at either end.

    Examples
    --------
    >>> round(float(beta_fraction(2.0, 1.0, 0.1, 0.9)), 12)   # I_x(2, 1) = x², 2 B(2, 1) = 1
    1.111111111111
    """
    a, b, x, y = _together(a, b, x, y)
    drift = a * y - b * x + 1.0
    f = c = a / (a + 1.0) * drift
    d = np.zeros_like(x)

    def step(n: int) -> bool:
        nonlocal c, d, f
        odd = a + (2 * n - 1)
        numerator = (a + (n - 1)) * (a + b + (n - 1)) / odd * (n * (b - n) / odd) * x * x
        denominator = n + n * (b - n) * x / odd + (a + n) / (odd + 2.0) * (drift + n * (1.0 + y))
        d = 1.0 / (denominator + numerator * d)
        c = denominator + numerator / c
        f = f * (c * d)
        return bool((np.abs(c * d - 1.0) <= 4e-16).all() or not np.isfinite(f).any())

    with np.errstate(all="ignore"):
        _until_settled(step)
        value: Floats = a / f
    return value


def log_t_tail(v: Array, near: Array, s: Array, w: Array, b: Array, log_w: Array) -> Floats:
    """Return log ½ I_w(ν/2, ½), the upper tail of Student's t at q = t²/ν, where w = 1/(1+q) and b = q/(1+q).

    Parameters
    ----------
    v : array
        Degrees of freedom.
    near, s, w, b, log_w : array
        Whether q < 1, the smaller of q and 1/q, and the weights with the logarithm of the first.
    """
    v, s, w, b, log_w = _together(v, s, w, b, log_w)
    near = np.broadcast_to(near, w.shape)
    a = 0.5 * v
    tail = 0.5 * np.where(near, _complement(a, b), sc.betainc(a, 0.5, w))
    with np.errstate(divide="ignore"):
        value = np.array(np.log(tail))
    many = v >= LARGE
    normal = many & near & (s < 0.1)
    value[normal] = _log_t_tail_normal(v[normal], s[normal])
    deep = ((tail < TINY) | many) & ~normal
    value[deep] = log_betainc_series(a[deep], 0.5, log_w[deep], np.log(b[deep])) - math.log(2.0)
    return value


def _complement(a: Floats, b: Floats) -> Floats:
    """1 - I_b(½, a), from whichever of the two is not close to 1."""
    p = sc.betainc(0.5, a, b)
    return np.where(p < 0.5, 1.0 - p, sc.betaincc(0.5, a, b))


def _log_t_tail_normal(v: Floats, q: Floats) -> Floats:
    """Student's tail through the normal's, for many degrees of freedom.

    Hill (1970), *Commun. ACM* 13, 617-619 (algorithm 395), with one term more; for ν ≥ 10⁴ and q < 0.1 what is
    left out is below 1e-15 of the tail.
    """
    a = v - 0.5
    c = 48.0 * a * a
    u = np.sqrt(a * np.log1p(q))
    u2 = u * u
    second = u * (u2 + 3.0) / c
    third = u * (((4.0 * u2 + 33.0) * u2 + 240.0) * u2 + 855.0) / (10.0 * c * c)
    fourth = u * polynomial(u2, (1788885.0, 543375.0, 89775.0, 9801.0, 788.0, 64.0)) / (210.0 * c**3)
    value: Floats = sc.log_ndtr(-(u + second - third + fourth))
    return value


def scaled_exp1(z: Array) -> Floats:
    """Return e^z E1(z), also where E1 underflows: by its asymptotic series (DLMF 6.12.1) from z = 50 on.

    Examples
    --------
    >>> round(float(scaled_exp1(1e6)) * 1e6, 9)
    0.999999
    """
    (z,) = _together(z)
    far = z >= 50.0
    series = polynomial(-1.0 / np.where(far, z, 50.0), tuple(float(math.factorial(i)) for i in range(26)))
    near = np.where(far, 50.0, z)
    return np.where(far, series / np.where(far, z, 1.0), np.exp(near) * sc.exp1(near))


def zeta_between(s: Array, k: Array) -> tuple[Floats, Floats, Floats]:
    """Return 1 + 2^-s + … + k^-s with its first two derivatives in s, each with all its digits for s near 1.

    The difference of ζ(s, 1) and ζ(s, k+1) part by part, with one integral between their ends.

    Examples
    --------
    >>> round(float(zeta_between(2.0, 3.0)[0]), 14)   # 1 + 1/4 + 1/9
    1.36111111111111
    """
    s, k = _together(s, k)
    sums = list(_power_integral(s, ZETA_TERMS + 1.0, k + (ZETA_TERMS + 1.0)))
    for sign, a in ((1.0, np.ones_like(k)), (-1.0, k + 1.0)):
        scale, log_a = sign * np.exp(-s * np.log(a)), np.log(a)
        for value, slope, bend in zeta_parts(s, a):
            for i, v in enumerate(with_derivatives(scale * value, slope - log_a, bend)):
                sums[i] = sums[i] + v
    return sums[0], sums[1], sums[2]


def _power_integral(s: Floats, low: float, high: Floats) -> tuple[Floats, Floats, Floats]:
    """∫ x^-s dx from low to high with derivatives in s: in u = log(x/low) incomplete gamma functions of (s-1) u."""
    over, w = s - 1.0, math.log(low)
    end = over * np.log(high / low)
    j0, j1, j2 = (sc.gamma(m) * sc.gammainc(m, end) / over**m for m in (1.0, 2.0, 3.0))
    scale = np.exp(-over * w)
    return scale * j0, -scale * (w * j0 + j1), scale * (w * w * j0 + 2.0 * w * j1 + j2)


def polish(
    z: Floats,
    log_q: Array,
    log_tail: Callable[[Floats], Floats],
    logpdf: Callable[[Floats], Array],
    rises: float,
) -> Floats:
    """Return z moved by Newton's steps in log|z| until its tail probability is q to rounding.

    In log|z| a power tail is a straight line and an exponential one nearly so; z must have the sign of the answer.
    `rises` is 1 for a lower tail, which grows with z, and -1 for an upper one.
    """
    for _ in range(3):
        tail = log_tail(z)
        slope = rises * z * np.exp(logpdf(z) - tail)
        step = (log_q - tail) / np.where(slope == 0.0, math.inf, slope)
        z = z * np.exp(np.clip(np.where(np.isfinite(step), step, 0.0), -5.0, 5.0))
    return z


def log_tail_slopes(z: Array) -> tuple[Array, Array]:
    """Return first and second derivatives in z of the log of a normal's upper tail, log Q(z).

    With m = φ/Q (the inverse Mills ratio) they are -m and -m(m - z). Far out m - z, nearly 1/z, comes from its
    continued fraction m - z = 1/(z + 2/(z + 3/(z + …))) (Abramowitz, Stegun 1964, eq. 26.2.14), which loses nothing.

    Examples
    --------
    >>> first, second = log_tail_slopes(0.0)
    >>> round(float(first), 12), round(float(second), 12)
    (-0.797884560803, -0.636619772368)
    """
    _, m, rest = normal_hazard(-np.asarray(z, dtype=float))
    return -m, -m * rest


# -- skew-normal ------------------------------------------------------------------------------------


def log_skew_normal_tails(z: Array, alpha: Array) -> tuple[Floats, Floats]:
    """Return log F and log S of the standard skew-normal, each to relative precision in its own tail.

    For α ≥ 0 and h ≥ 0, F(-h) is the integral of `_log_thin_tail`, S(h) = 2Φ(-h) - F(-h) with F(-h) ≤ Φ(-h), and
    F(h) = erf(h/√2) + F(-h): no difference loses digits. A negative α mirrors z.

    Examples
    --------
    >>> round(float(log_skew_normal_tails(-10.0, 3.0)[0]), 6)
    -509.154197
    """
    z, alpha = _together(z, alpha)
    mirrored = alpha < 0.0
    y, a = np.where(mirrored, -z, z), np.abs(alpha)
    h = np.minimum(np.abs(y), 1e150)
    thin, normal = _log_thin_tail(h, a), sc.log_ndtr(-h)
    with np.errstate(all="ignore"):
        thick = normal + np.log(2.0 - np.exp(thin - normal))
        below = np.log(sc.erf(h * math.sqrt(0.5)) + np.exp(thin))
    below = np.where(thick < -1.0, np.log1p(-np.exp(thick)), below)
    log_f = np.where(y < 0.0, thin, below)
    log_s = np.where(y < 0.0, np.log1p(-np.exp(thin)), thick)
    return np.where(mirrored, log_s, log_f), np.where(mirrored, log_f, log_s)


def _log_thin_tail(h: Floats, a: Floats) -> Floats:
    """log F(-h) = log (1/π) ∫_a^∞ exp(-h²(1+x²)/2)/(1+x²) dx, from Owen's T(h, ∞) - T(h, a) (Owen 1956).

    Far out, with x = a + s and s = exp(π/2 sinh t) on the scale of the fall (Takahasi, Mori 1974), by the trapezoidal
    rule in t. Near the middle the integrand falls on two scales, and 2 T(ah, 1/a) - erf(h/√2) Φ(-ah) loses nothing.
    """
    scale = 1.0 / (h * h * a + h + 1.0 / (1.0 + a))
    total = np.zeros_like(h)
    for s, weight in zip(*_exp_sinh(), strict=True):
        step = s * scale
        x = a + step
        total += weight * np.exp(-h * h * step * (a + 0.5 * step)) / (1.0 + x * x)
    far = np.log(scale * total / math.pi) - 0.5 * h * h * (1.0 + a * a)
    near = (h < 2.0) & (a * h < 1.0)
    u, v = np.where(near, h, 0.0), np.where(near, a * h, 0.0)
    with np.errstate(divide="ignore"):
        middle = 2.0 * sc.owens_t(v, 1.0 / a) - sc.erf(u * math.sqrt(0.5)) * sc.ndtr(-v)
    value: Floats = np.where(near, np.log(middle), far)
    return value


def _exp_sinh(nodes: int = 121, reach: float = 3.7) -> tuple[Floats, Floats]:
    """Nodes and weights of the double exponential rule on (0, ∞)."""
    t, step = np.linspace(-reach, reach, nodes, retstep=True)
    s = np.exp(0.5 * math.pi * np.sinh(t))
    return s, float(step) * 0.5 * math.pi * np.cosh(t) * s
