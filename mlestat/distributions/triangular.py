r"""Triangular distribution.

Density :math:`f(x) = \frac{2}{h-l}\,\frac{x-l}{m-l}` for l < x ≤ m, :math:`\frac{2}{h-l}\,\frac{h-x}{h-m}` for
m ≤ x < h, with low l, mode m and high h; the mode may be one of the ends.

- Moments: with a = m - l and b = h - m, mean m + (b-a)/3, variance (a²+ab+b²)/18, skewness
  :math:`\sqrt2\,(b-a)(2a+b)(a+2b)/(5(a^2+ab+b^2)^{3/2})`, kurtosis 12/5.
- Score: 1/(h-l) + [x<m](1/a - 1/(x-l)) in l, -1/a left of m and 1/b right of it in m, -1/(h-l) + [x>m](1/(h-x) - 1/b)
  in h; there is a corner at x = m.
- Fisher information: infinite in l and h, where the squared score has no mean (its tail falls like 1/t); 1/(ab) in m.
  Estimates of l and h err by the root of 1/(n log n), that of m by the root of ab/n. Standard errors come from the
  squared scores of the rows themselves.
- MLE: the mode is a data value; for each of them the ends are a smooth problem with one solution. See
  triangular_fit.py.

References: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 2, 2nd ed. (1995), ch. 26, sec. 9;
Kotz, van Dorp, *Beyond Beta* (2004), ch. 1; Smith, "Maximum likelihood estimation in a class of nonregular cases",
*Biometrika* 72 (1985) 67-90, th. 3. Derivation: docs/theory/families/triangular.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from mlestat.arrays import Array, log, namespace, sign, where
from mlestat.distributions.base import Distribution, Matrix, Terms, Vector, is_estimated
from mlestat.distributions.evaluation import log_of_smaller
from mlestat.distributions.parameters import Parameter, parameter
from mlestat.distributions.starts import weighted_quantile
from mlestat.distributions.triangular_fit import search
from mlestat.errors import ParameterError
from mlestat.supports import Interval, Peaked, Real, Support

Floats = NDArray[np.float64]

OUTWARD = 0.1
"""Share of the data's range by which a rough start lies outside."""


@dataclass(frozen=True)
class Triangular(Distribution):
    """Triangular distribution between two ends, highest at the mode.

    Parameters
    ----------
    low, high : float, array, free or prior
        Ends, low < high, in units of x.
    mode : float, array, free or prior
        Where the density is highest, low ≤ mode ≤ high, in units of x.

    Raises
    ------
    ParameterError
        If a value is not finite, or the three are not in order.

    References
    ----------
    Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* vol. 2 (1995), ch. 26, sec. 9.

    Examples
    --------
    >>> import mlestat as mle
    >>> mle.fit(mle.Triangular(low=0.0, high=10.0), [1.0, 2.0, 3.0, 8.0]).params["mode"]
    1.0
    """

    low: Parameter = parameter(Real(), unit="data")
    mode: Parameter = parameter(Real(), unit="data")
    high: Parameter = parameter(Real(), unit="data")

    solver = "order statistic for the mode, Newton for the ends"
    aliases: ClassVar[tuple[str, ...]] = ("triang",)
    regular = False
    bounded_information = False
    kinks: ClassVar[tuple[str, ...]] = ("mode",)
    searched = "mode"

    def __post_init__(self) -> None:
        super().__post_init__()
        known = {n: v for n, v in self.params.items() if not is_estimated(v) and namespace(v).name == "numpy"}
        pairs = (("low", "mode", "<="), ("mode", "high", "<="), ("low", "high", "<"))
        for first, second, rule in (p for p in pairs if p[0] in known and p[1] in known):
            a, b = np.asarray(known[first]), np.asarray(known[second])
            if not np.all(a < b if rule == "<" else a <= b):
                raise ParameterError(
                    f"Triangular needs {first} {rule} {second}, got {first} = {known[first]} and {second} = "
                    f"{known[second]}; put them in order"
                )

    @property
    def support(self) -> Support:  # type: ignore[override]
        """Between the ends, where the density is not 0: an end belongs to it if the mode is there or may come there."""
        low = -math.inf if is_estimated(self.low) else self.low
        high = math.inf if is_estimated(self.high) else self.high
        return Interval(low, high, closed=True) if is_estimated(self.mode) else Peaked(low, high, peak=self.mode)

    @property
    def edges(self) -> tuple[str, ...]:  # type: ignore[override]
        """An end at the mode is a jump of the density: such an estimate is where the data end, and so is the mode."""
        if any(is_estimated(v) or np.ndim(v) > 0 for v in self.params.values()):
            return ()
        ends = ("low",) * (self.low == self.mode) + ("high",) * (self.high == self.mode)
        return (*ends, "mode") if ends else ()

    @property
    def _width(self) -> Array:
        """Distance of the ends; NaN where a solver has crossed them."""
        w = self.high - self.low
        return where(w > 0.0, w, math.nan)

    @property
    def _sides(self) -> tuple[Array, Array]:
        """Distances a and b of the mode from the ends; the width for one that is 0, as no row lies on that side."""
        a, b, w = self.mode - self.low, self.high - self.mode, self.high - self.low
        return where(a > 0.0, a, where(a == 0.0, w, math.nan)), where(b > 0.0, b, where(b == 0.0, w, math.nan))

    def _parts(self, x: Array) -> tuple[Array, Array, Array]:
        """How much x lies left of the mode (½ at it), x - low or a right of it, high - x or b left of it."""
        a, b = self._sides
        rise, fall = where(x < self.mode, x - self.low, a), where(x > self.mode, self.high - x, b)
        return 0.5 - 0.5 * sign(x - self.mode), rise, fall

    def _terms(self, x: Array) -> Terms:
        a, b = self._sides
        left, rise, fall = self._parts(x)
        right = 1.0 - left
        p, q, up, down = left / a, right / b, left / rise, right / fall
        return log(rise / a) + log(fall / b), p, q, p / a, q / b, up, down, up / rise, down / fall

    def _logpdf(self, t: Terms) -> Array:
        return t[0] + (math.log(2.0) - log(self._width))

    def _score(self, t: Terms) -> Vector:
        _, p, q, _, _, up, down, _, _ = t
        v = 1.0 / self._width
        return v + (p - up), q - p, (down - q) - v

    def _hessian(self, t: Terms) -> Matrix:
        _, _, _, p, q, _, _, up, down = t
        v = 1.0 / self._width
        v = v * v
        cross = 0.0 * p - v
        return (v + (p - up), -p, cross), (-p, p + q, -q), (cross, -q, v + (q - down))

    def _dlogpdf(self, x: Array) -> Array:
        left, rise, fall = self._parts(x)
        return left / rise - (1.0 - left) / fall

    def _d2logpdf(self, x: Array) -> Array:
        left, rise, fall = self._parts(x)
        return -left / rise / rise - (1.0 - left) / fall / fall

    def _dscore(self, x: Array) -> Vector:
        left, rise, fall = self._parts(x)
        return left / rise / rise, 0.0 * left, (1.0 - left) / fall / fall

    def _fisher(self) -> Matrix:
        """p and q tell whether there is anything to the left and to the right of the mode."""
        (a, b), w = self._sides, self._width
        p, q, v = 1.0 * (self.mode > self.low), 1.0 * (self.mode < self.high), 1.0 / w / w
        left, right = p / a / w, q / b / w
        low_mode, low_high, mode_high = left + (q - p) * v, (p + q - 1.0) * v, right - (q - p) * v
        return (
            (math.inf if p else v, low_mode, low_high),
            (low_mode, left + right, mode_high),
            (low_high, mode_high, math.inf if q else v),
        )

    def _tails(self, x: Array) -> tuple[Array, Array, Array]:
        """Whether x lies left of the mode, the tail on its own side of it, and the other tail: no term cancels."""
        a, b, w = self.mode - self.low, self.high - self.mode, self._width
        left = x < self.mode
        near = np.where(left, x - self.low, self.high - x)
        side, other = np.where(left, a, b), np.where(left, b, a)
        reached = near / np.where(side > 0.0, side, 1.0)
        valid = np.where((a >= 0.0) & (b >= 0.0), 1.0, math.nan)
        return left, valid * (reached * (near / w)), valid * (other + np.abs(x - self.mode) * (1.0 + reached)) / w

    def _cdf(self, x: Array) -> Array:
        left, own, other = self._tails(x)
        return np.where(left, own, other)

    def _sf(self, x: Array) -> Array:
        left, own, other = self._tails(x)
        return np.where(left, other, own)

    def _logcdf(self, x: Array) -> Array:
        left, own, other = self._tails(x)
        return log_of_smaller(np.where(left, own, other), np.where(left, other, own))

    def _logsf(self, x: Array) -> Array:
        left, own, other = self._tails(x)
        return log_of_smaller(np.where(left, other, own), np.where(left, own, other))

    def _logcdf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail_derivatives(x, upper=False)

    def _logsf_derivatives(self, x: Array) -> tuple[Vector, Matrix]:
        return self._tail_derivatives(x, upper=True)

    def _tail_derivatives(self, x: Array, *, upper: bool) -> tuple[Vector, Matrix]:
        """As seen from the end on x's own side of the mode: a mirror image changes the signs of first derivatives."""
        left = x < self.mode
        own = left != upper
        a, b = self.mode - self.low, self.high - self.mode
        z = np.where(left, x - self.low, self.high - x)
        parts = (np.where(left, b, a), np.where(left, a, b), self._width, np.abs(x - self.mode), z)
        o, m, e, oo, om, oe, mm, me, ee = (
            np.where(own, u, v) for u, v in zip(_own_tail(*parts), _other_tail(*parts), strict=True)
        )
        ll, hh = np.where(left, ee, oo), np.where(left, oo, ee)
        lm, mh = np.where(left, me, om), np.where(left, om, me)
        gradient = (np.where(left, -e, o), np.where(left, -m, m), np.where(left, -o, e))
        return gradient, ((ll, lm, oe), (lm, mm, mh), (oe, mh, hh))

    def _ppf(self, q: Array) -> Array:
        near, rest = self._quantile(q, self.mode - self.low, self.high - self.mode)
        return np.where(q * self._width < self.mode - self.low, self.low + near, self.mode + rest)

    def _isf(self, q: Array) -> Array:
        near, rest = self._quantile(q, self.high - self.mode, self.mode - self.low)
        return np.where(q * self._width < self.high - self.mode, self.high - near, self.mode - rest)

    def _quantile(self, q: Array, a: Array, b: Array) -> tuple[Array, Array]:
        """Distances of a quantile from the end on its side of the mode, and from the mode if it lies beyond it.

        The tail beyond the mode, at t from the far end, is t²/(wb): b - t is its distance from the mode.
        """
        w = self._width
        shrink = np.sqrt((1.0 - q) * (w / np.where(b > 0.0, b, w)))
        return np.sqrt(q * w) * np.sqrt(a), (q * w - a) / (1.0 + shrink)

    def _sample(self, rng: np.random.Generator, size: tuple[int, ...]) -> Array:
        return self._ppf(rng.random(size))  # NumPy's own overflows and underflows

    def _moments(self) -> tuple[Array, Array, Array, Array]:
        w = self._width
        a, b = self.mode - self.low, self.high - self.mode
        lean, a, b = (b - a) / w, a / w, b / w
        square = a * a + a * b + b * b
        skewness = math.sqrt(2.0) / 5.0 * lean * (2.0 * a + b) * (a + 2.0 * b) / square**1.5
        return self.mode + w * lean / 3.0, w * w * square / 18.0, skewness, 2.4

    def _direct(self, x: Floats, w: Floats) -> Mapping[str, float] | None:
        if any(np.ndim(v) > 0 for v in self.params.values()):
            return None
        held = [None if is_estimated(v) else float(v) for v in self.params.values()]
        return dict(zip(self.roles, search(x, w, *held), strict=True))

    def _at_corner(self, place: float) -> tuple[Mapping[str, float], ...]:
        """With the mode there, an end may have come to it."""
        return tuple({name: place} for name in ("low", "high") if is_estimated(self.params[name]))

    def _start(self, x: Floats, w: Floats) -> Mapping[str, float]:
        held = {n: v for n, v in self.params.items() if not is_estimated(v) and np.ndim(v) == 0}
        first, last = float(x.min()), float(x.max())
        reach = OUTWARD * (last - first) or OUTWARD * abs(first) or 1.0
        middle = held.get("mode", weighted_quantile(x, w, 0.5))
        low = held.get("low", min(first, middle) - reach)
        high = held.get("high", max(last, middle) + reach)
        return {"low": low, "mode": min(max(middle, low), high), "high": high}

    def _collapse(self, c: float) -> Mapping[str, float] | None:
        at_c = all(is_estimated(v) or np.all(v == c) for v in self.params.values())
        return {"low": c, "mode": c, "high": c} if at_c and len(self.free) > 0 else None


def _own_tail(a: Array, b: Array, w: Array, y: Array, z: Array) -> tuple[Array, ...]:
    """Derivatives of log z²/(wb), z = h - x, in l, m, h; then in ll, lm, lh, mm, mh, hh. y = x - m.

    2/z - 1/b - 1/w, which cancels next to the mode, is a sum of two quotients.
    """
    r, u, v = 1.0 / z, 1.0 / b, 1.0 / w
    beyond, across = y * u * r, (a + y) * v * r
    bend = -beyond * (u + r) - across * (v + r)
    return v, u, beyond + across, v * v, 0.0 * z, -v * v, u * u, -u * u, bend


def _other_tail(a: Array, b: Array, w: Array, y: Array, z: Array) -> tuple[Array, ...]:
    """The same of log N/w with N = w - z²/b = a + y (1 + z/b): with differences multiplied out, nothing cancels."""
    s, t = z / b, y / b
    n = a + y * (1.0 + s)
    u, v = 1.0 / n, 1.0 / w
    low, high = -s * z * u * v, -s * (a * (1.0 + t) + 2.0 * y) * u * v
    cross, k = -s * (a + y) * u * v * (t * u + v), s * s * u
    return (
        *(low, -k, high),
        *(low * (u + v), -k * u, cross),
        *(-2.0 * k / b - k * k, (k * t * t - 2.0 * t / b * s) * u, -high * (t * t * u + v) - 2.0 * t * t / b * u),
    )
