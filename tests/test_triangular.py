"""The triangular's maximum against every order statistic, held parts, boundaries, rows that are not exact, its errors.

The reference solves the two score equations of the ends by one-dimensional roots, for each data value as mode. No
formula of the library is in it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from mpmath import mp
from oracles import ORACLES, score
from scipy import optimize, stats

import mlestat as mle
from mlestat.distributions.triangular_fit import SINGLE

SAME = 1e-9
"""Of a log-likelihood per row."""


def pdf(x: np.ndarray, low: float, mode: float, high: float) -> np.ndarray:
    """The density as one would write it, on values between the ends."""
    up, down = (x - low) / ((mode - low) or 1.0), (high - x) / ((high - mode) or 1.0)
    return 2.0 / (high - low) * np.where(x < mode, up, np.where(x > mode, down, 1.0))


def loglik(x: np.ndarray, theta: tuple[float, float, float], w: np.ndarray | float = 1.0) -> float:
    with np.errstate(divide="ignore"):
        return float(np.sum(w * np.log(pdf(x, *theta))))


def test_the_reference_density_is_scipys() -> None:
    x = np.linspace(-1.0, 2.0, 31)
    for low, mode, high in ((-1.0, 0.3, 2.0), (-1.0, -1.0, 2.0), (-1.0, 2.0, 2.0)):
        want = stats.triang((mode - low) / (high - low), low, high - low).pdf(x)
        np.testing.assert_allclose(pdf(x, low, mode, high), want, rtol=1e-12, atol=1e-15)


def best_ends(x: np.ndarray, w: np.ndarray, mode: float) -> tuple[float, float, float]:
    """With A(a) = Σ w d/(a - d) to the left and B(b) likewise: A = n a/(a+b), B = n b/(a+b), and A falls in a."""
    n = w.sum()
    left, right = x < mode, x > mode
    d, e = mode - x[left], x[right] - mode

    def out(distance: np.ndarray, weight: np.ndarray, total: float) -> float:
        """The distance of an end at which Σ w d/(a - d) is `total`."""
        top = distance.max()
        f = lambda s: float(np.sum(weight * distance / (s + (top - distance)))) - total  # noqa: E731
        return top + optimize.brentq(f, 1e-14 * top, 2.0 * n / total * top + top, xtol=1e-300, rtol=1e-15)

    if not left.any():
        return mode, mode, mode + out(e, w[right], n)
    if not right.any():
        return mode - out(d, w[left], n), mode, mode

    def balance(log_share: float) -> float:
        share = 1.0 / (1.0 + math.exp(-log_share))
        a, b = out(d, w[left], n * share), out(e, w[right], n * (1.0 - share))
        return a / (a + b) - share

    t = optimize.brentq(balance, -30.0, 30.0, xtol=1e-14)
    share = 1.0 / (1.0 + math.exp(-t))
    return mode - out(d, w[left], n * share), mode, mode + out(e, w[right], n * (1.0 - share))


def brute(x: np.ndarray, w: np.ndarray, modes: np.ndarray | None = None) -> tuple[float, tuple[float, float, float]]:
    """The highest of all order statistics."""
    tops = [best_ends(x, w, m) for m in (np.unique(x) if modes is None else modes)]
    return max((loglik(x, top, w), top) for top in tops)


def samples() -> list[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(1)
    makers: tuple[Callable[[int], np.ndarray], ...] = (
        lambda n: rng.triangular(0.0, 0.3, 1.0, n),
        lambda n: rng.normal(5.0, 2.0, n),
        lambda n: rng.exponential(3.0, n),
        lambda n: rng.integers(0, 9, n).astype(float),
        lambda n: np.concatenate([rng.normal(0.0, 1.0, n - n // 2), rng.normal(7.0, 1.0, n // 2)]),
        rng.standard_cauchy,
        lambda n: rng.uniform(-1.0, 1.0, n),
    )
    data = [make(n) for n in (2, 3, 4, 7, 15, 25) for make in makers]
    return [(x, rng.integers(1, 5, x.size).astype(float)) for x in data if np.ptp(x) > 0.0]


def test_the_maximum_is_the_highest_of_all_order_statistics() -> None:
    for i, (x, w) in enumerate(samples()):
        weights = w if i % 2 else np.ones(x.size)
        fit = mle.fit(mle.Triangular(), x, weights=weights)
        height, best = brute(x, weights)
        assert abs(fit.loglik - height) <= SAME * x.size, x
        assert loglik(x, tuple(fit.params.values()), weights) >= height - SAME * x.size, x
        assert fit.verdict.kind == ("boundary" if best[1] in (best[0], best[2]) else "interior")


@pytest.mark.parametrize("size", [SINGLE + 1, 2_000, 20_000])
@pytest.mark.parametrize("shape", ["triangular", "two clusters", "skewed", "rounded"])
def test_many_rows_in_cells(shape: str, size: int) -> None:
    """Cells of rows change nothing: the modes nearby and others all over the data are not higher."""
    rng = np.random.default_rng(size)
    x = {
        "triangular": lambda: rng.triangular(0.0, 0.3, 1.0, size),
        "two clusters": lambda: np.concatenate(
            [rng.normal(0.0, 1.0, size - size // 2), rng.normal(7.0, 1.0, size // 2)]
        ),
        "skewed": lambda: rng.gamma(1.3, 1.0, size),
        "rounded": lambda: np.round(rng.normal(0.0, 1.0, size), 2),
    }[shape]()
    fit = mle.fit(mle.Triangular(), x)
    values = np.unique(x)
    at = int(np.searchsorted(values, fit.params["mode"]))
    assert values[at] == fit.params["mode"]
    near, all_over = np.arange(max(at - 8, 0), at + 9), np.linspace(0, values.size - 1, 12).astype(int)
    height, _ = brute(x, np.ones(size), values[np.unique([i for i in (*near, *all_over) if i < values.size])])
    assert fit.loglik >= height - 1e-9 * size
    assert loglik(x, tuple(fit.params.values())) == pytest.approx(fit.loglik, rel=1e-12)


def test_gaps_are_bounded_from_above() -> None:
    """What prunes must not prune the maximum: few modes at once, so that every level of the search is used."""
    from mlestat.distributions import triangular_fit

    rng = np.random.default_rng(9)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(triangular_fit, "KNOTS", 3)
        patch.setattr(triangular_fit, "SINGLE", 8)
        patch.setattr(triangular_fit, "EVEN", 6)
        for _ in range(25):
            x = rng.standard_normal(rng.integers(9, 60)) * rng.choice([1.0, 1e-3, 1e5]) + rng.choice([0.0, 50.0])
            low, mode, high = triangular_fit.search(x, np.ones(x.size), None, None, None)
            height, best = brute(x, np.ones(x.size))
            assert mode == best[1] or abs(loglik(x, (low, mode, high)) - height) <= SAME * x.size


def test_cells_sum_like_their_rows() -> None:
    """The mean of log(y + s) in a cell from four moments, with two slopes: the fifth power of its half width is left.

    All rows to the left of a mode at their end; then their mirror image, all rows to the right of a mode at 0.
    """
    from mlestat.distributions.triangular_fit import Cells, Held, Places

    y = np.linspace(0.0, 1.0, 400) ** 3  # skewed within each cell
    edges = np.concatenate([np.arange(200), np.arange(200, 390, 10), np.arange(390, 400)])
    mirrored = np.sort(400 - np.append(edges[1:], 400))
    share = np.full(400, 1.0 / 400)
    for side, values, starts in ((0, y, edges), (1, 1.0 - y[::-1], mirrored)):
        found = []
        for cells in (Cells.of(values, share, starts), Cells.of(values, share, np.arange(400))):
            first = np.array([0 if side else cells.edges.size])
            place = Places(np.array([1.0 - side]), first, first)
            found.append(place.sides(cells, Held(math.nan, math.nan))[side])
        for out in (1e-3, 0.3):
            rough, exact = (s.at(np.array([out])) for s in found)
            np.testing.assert_allclose(np.ravel(rough), np.ravel(exact), rtol=1e-10)


HELD: dict[str, dict[str, float]] = {
    "low": {"low": -0.2},
    "mode": {"mode": 0.35},
    "high": {"high": 1.3},
    "ends": {"low": -0.2, "high": 1.3},
    "low and mode": {"low": -0.2, "mode": 0.35},
    "mode and high": {"mode": 0.35, "high": 1.3},
    "mode outside": {"mode": -0.5},
    "mode beyond": {"mode": 1.5},
    "low at the mode": {"low": -0.2, "mode": -0.2},
    "high at the mode": {"mode": 1.3, "high": 1.3},
}


@pytest.mark.parametrize("name", HELD)
def test_held_parameters(name: str) -> None:
    """Against a simplex search of what is left, for every data value as mode where that is free."""
    held = HELD[name]
    x = np.random.default_rng(3).triangular(0.0, 0.3, 1.0, 25)
    fit = mle.fit(mle.Triangular(**held), x)

    def member(mode: float, z: Any) -> tuple[float, float, float]:
        low = held.get("low", min(x.min(), mode) - math.exp(z[0]))
        return low, mode, held.get("high", max(x.max(), mode) + math.exp(z[1]))

    best = -math.inf
    for mode in [held["mode"]] if "mode" in held else np.sort(x):
        found = optimize.minimize(
            lambda z, m=mode: -loglik(x, member(m, z)),
            [-2.0, -2.0],
            method="Nelder-Mead",
            options={"xatol": 1e-8, "fatol": 1e-11, "maxiter": 2000},
        )
        best = max(best, -found.fun)
    assert fit.loglik >= best - 1e-8
    assert fit.loglik <= best + 1e-5  # an end that closes up to the mode is only approached on a log scale
    assert {n: fit.params[n] for n in held} == held


def test_right_triangles() -> None:
    """The mode comes to an end: fixed there, estimated there, with the ends' own verdict and no error for them."""
    x = np.random.default_rng(4).exponential(1.0, 60)
    fit = mle.fit(mle.Triangular(), x)
    assert fit.params["low"] == fit.params["mode"] == x.min()
    assert fit.verdict.kind == "boundary"
    assert "low" in fit.verdict.sentence
    assert "mode" in fit.verdict.sentence
    assert math.isnan(fit.se["low"])
    assert math.isnan(fit.se["mode"])
    assert fit.se["high"] > 0.0
    mirrored = mle.fit(mle.Triangular(), -x)
    assert mirrored.params["high"] == mirrored.params["mode"] == -x.min()
    assert mirrored.loglik == pytest.approx(fit.loglik, rel=1e-14)
    fixed = mle.fit(mle.Triangular(low=0.0, mode=0.0), x)
    assert fixed.verdict.kind == "interior"
    d = mle.Triangular(0.0, 0.0, 2.0)
    assert (float(d.pdf(0.0)), float(d.pdf(2.0)), float(d.cdf(1.0)), float(d.ppf(0.75))) == (1.0, 0.0, 0.75, 1.0)
    assert bool(d.support.contains(0.0))
    assert not bool(d.support.contains(2.0))
    at_low = mle.fit(mle.Triangular(low=float(x.min())), x)  # only a mode at it has a density there
    assert at_low.params["mode"] == x.min()
    with pytest.raises(mle.errors.SupportError, match="Triangular"):
        mle.fit(mle.Triangular(low=float(x.min()), mode=1.0), x)


@pytest.mark.parametrize(
    ("held", "want"),
    [
        ({}, None),
        ({"mode": 1.0}, None),
        ({"low": 1.0}, None),
        ({"low": 0.0}, {"mode": 1.0, "high": 1.0}),
        ({"low": 0.0, "high": 3.0}, {"mode": 1.0}),
        ({"mode": 0.0}, {"low": 0.0, "high": 2.0}),
    ],
    ids=str,
)
def test_constant_data(held: dict[str, float], want: dict[str, float] | None) -> None:
    """A point mass where the ends can close on the value; else a maximum: 2(h-1)/h² is highest at h = 2."""
    fit = mle.fit(mle.Triangular(**held), [1.0, 1.0, 1.0], strict=False)
    if want is None:
        assert fit.verdict.kind == "unbounded"
        assert fit.loglik == math.inf
        return
    assert fit.verdict.finite
    assert {n: fit.params[n] for n in want} == pytest.approx(want, rel=1e-12)


def test_parameters_in_order() -> None:
    for theta in ((1.0, 0.0, 2.0), (0.0, 3.0, 2.0), (1.0, 1.0, 1.0), (2.0, 2.0, 1.0)):
        with pytest.raises(mle.errors.ParameterError, match=r"Triangular needs .*put them in order"):
            mle.Triangular(*theta)
    with pytest.raises(mle.errors.ParameterError, match="low < high"):
        mle.Triangular(low=2.0, high=1.0)
    assert mle.Triangular(low=0.0).mode is mle.free


@pytest.mark.parametrize(
    ("factor", "shift"), [(1e-300, 0.0), (1e300, 0.0), (20000.0, 0.0), (2.0**-10, 1e6), (1.0, -1e9)]
)
def test_equivariant(factor: float, shift: float) -> None:
    """A change of unit and origin changes the answer by that; the shifted values are exact multiples of 2^-20."""
    x = np.round(np.random.default_rng(6).triangular(0.0, 0.3, 1.0, 300) * 2**12) / 2**12
    one, other = mle.fit(mle.Triangular(), x), mle.fit(mle.Triangular(), x * factor + shift)
    for name in one.free:
        error = abs((other.params[name] - shift) / factor - one.params[name])
        assert error <= 1e-10 * one.se[name] + 2.0 * np.spacing(abs(shift)) / factor, name
        assert other.se[name] / factor == pytest.approx(one.se[name], rel=1e-10 if not shift else 1e-5)
    assert other.loglik == pytest.approx(one.loglik - 300 * math.log(factor), rel=1e-10)


# -- standard errors -----------------------------------------------------------------------------------------


def test_the_errors_come_from_the_squared_scores() -> None:
    x = np.random.default_rng(7).triangular(0.0, 0.3, 1.0, 80)
    fit = mle.fit(mle.Triangular(), x)
    assert fit.covariance == "outer product"
    s = np.array(
        [score(ORACLES["Triangular"], v, tuple(fit.params.values())) for v in x.tolist() if v != fit.params["mode"]]
    )
    at_mode = np.array([fit.distribution.score(fit.params["mode"])])
    want = np.linalg.inv(s.T @ s + at_mode.T @ at_mode)
    np.testing.assert_allclose(fit.cov, want, rtol=1e-8)
    expected = mle.fit(mle.Triangular(), x, covariance="expected")
    a, b = fit.params["mode"] - fit.params["low"], fit.params["high"] - fit.params["mode"]
    assert expected.se["mode"] == pytest.approx(math.sqrt(a * b / 80), rel=1e-12)
    assert math.isnan(expected.se["low"])  # infinite information: known better than 1/√n
    with pytest.raises(mle.errors.InputError, match="Triangular"):
        mle.fit(mle.Triangular(), x, covariance="observed")


@pytest.mark.slow
@pytest.mark.parametrize("truth", [(0.0, 0.3, 1.0), (-2.0, 0.0, 2.0)])
def test_intervals_cover(truth: tuple[float, float, float]) -> None:
    """95 % intervals at n = 400: the errors are normal only up to 1/log n, and intervals cover 90 to 97 %.

    A hit is binomial; five standard errors of the simulation beside that band fail by chance with 6e-7 per bound.
    """
    rng = np.random.default_rng(8)
    fits = [mle.fit(mle.Triangular(), rng.triangular(*truth, 400), threads=1) for _ in range(600)]
    fits = [f for f in fits if f.verdict.kind == "interior"]
    assert len(fits) > 590
    for name, value in zip(("low", "mode", "high"), truth, strict=True):
        inside = np.mean([low < value < high for low, high in (f.interval(name) for f in fits)])
        slack = 5.0 * math.sqrt(0.1 * 0.9 / len(fits))
        assert 0.90 - slack < inside < 0.97 + slack, (name, inside)


# -- rows that are not exact, priors ---------------------------------------------------------------------------


def cdf(x: np.ndarray, low: float, mode: float, high: float) -> np.ndarray:
    y = np.clip(x, low, high)
    left = (y - low) ** 2 / ((high - low) * ((mode - low) or 1.0))
    return np.where(y < mode, left, 1.0 - (high - y) ** 2 / ((high - low) * ((high - mode) or 1.0)))


def incomplete(low: np.ndarray, high: np.ndarray, entry: float) -> Callable[[Any], float]:
    """Minus the log-likelihood of intervals and exact values beyond an entry."""
    exact = low == high

    def cost(theta: Any) -> float:
        a, m, b = theta
        if not a <= m <= b or not a < b:
            return math.inf
        with np.errstate(all="ignore"):
            below = [cdf(v, a, m, b) for v in (high, np.maximum(low, entry), np.array(entry))]
            density = np.where((low >= a) & (low <= b), pdf(low, a, m, b), 0.0)
            inside = np.where(exact, density, below[0] - below[1])
            value = float(np.sum(np.log(inside)) - low.size * np.log1p(-below[2]))
        return -value if math.isfinite(value) else math.inf

    return cost


def multistart(cost: Callable[[Any], float], ends: tuple[float, float], modes: np.ndarray) -> float:
    """The lowest cost from many starts, ends outside the data by a distance and the mode at each place in turn."""
    first, last = ends
    reach = last - first
    best = math.inf
    for mode in modes:
        for out in (0.02, 0.3):
            begin = [min(first, mode) - out * reach, mode, max(last, mode) + out * reach]
            for _ in range(2):
                found = optimize.minimize(cost, begin, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-10})
                begin = found.x
            best = min(best, found.fun)
    return best


INCOMPLETE: dict[str, Callable[[np.ndarray], tuple[np.ndarray, np.ndarray, float]]] = {
    "right-censored": lambda x: (np.minimum(x, 0.6), np.where(x > 0.6, math.inf, x), -math.inf),
    "left-censored": lambda x: (np.where(x < 0.2, -math.inf, x), np.maximum(x, 0.2), -math.inf),
    "in bins": lambda x: (np.floor(x * 8) / 8, np.floor(x * 8) / 8 + 0.125, -math.inf),
    "half in bins": lambda x: (
        np.where(np.arange(x.size) % 2, x, np.floor(x * 5) / 5),
        np.where(np.arange(x.size) % 2, x, np.floor(x * 5) / 5 + 0.2),
        -math.inf,
    ),
    "truncated": lambda x: (x[x > 0.1], x[x > 0.1], 0.1),
}


@pytest.mark.parametrize("name", INCOMPLETE)
def test_rows_that_are_not_exact(name: str) -> None:
    """Never below a search from many starts; the log-likelihood of the estimate anew."""
    x = np.random.default_rng(11).triangular(0.0, 0.3, 1.0, 30)
    low, high, entry = INCOMPLETE[name](x)
    more = {} if math.isinf(entry) else {"entry": entry}
    fit = mle.fit(mle.Triangular(), mle.Sample.intervals(low, high, **more))
    cost = incomplete(low, high, entry)
    finite = np.concatenate([low[np.isfinite(low)], high[np.isfinite(high)]])
    best = -multistart(cost, (finite.min(), finite.max()), np.linspace(finite.min(), finite.max(), 5))
    assert fit.loglik >= best - 1e-8
    assert -cost(tuple(fit.params.values())) == pytest.approx(fit.loglik, abs=1e-9)
    assert fit.verdict.finite


@pytest.mark.parametrize("seed", [0, 3, 6])
def test_the_search_finds_what_the_proof_finds(seed: int) -> None:
    """A threshold of 0 changes nothing but the way: complete rows, of which the maximum is known."""
    rng = np.random.default_rng(seed)
    x = rng.triangular(0.0, 0.3, 1.0, 200) if seed % 2 == 0 else rng.gamma(2.0, 1.0, 60)
    proven, searched = (mle.fit(d, x) for d in (mle.Triangular(), mle.Shifted(mle.Triangular(), by=0.0)))
    assert searched.loglik == pytest.approx(proven.loglik, abs=1e-9)
    moved = mle.fit(mle.Shifted(mle.Triangular(), by=2.0), x + 2.0)
    assert moved.params["mode"] == pytest.approx(proven.params["mode"], abs=1e-9)


def test_narrow_intervals_are_exact_rows() -> None:
    x = np.random.default_rng(11).triangular(0.0, 0.3, 1.0, 30)[:15]
    exact, narrow = mle.fit(mle.Triangular(), x), mle.fit(mle.Triangular(), mle.Sample.intervals(x - 5e-7, x + 5e-7))
    for name in exact.free:  # an end that rests on a value moves with the end of its interval
        allowed = 1e-4 * exact.se[name] if math.isfinite(exact.se[name]) else 1e-6
        assert abs(narrow.params[name] - exact.params[name]) <= allowed
    vacuous = mle.fit(mle.Triangular(), mle.Sample(x, entry=-math.inf, exit=math.inf))
    for name in exact.free:
        allowed = 1e-6 * exact.se[name] if math.isfinite(exact.se[name]) else 1e-12
        assert abs(vacuous.params[name] - exact.params[name]) <= allowed


def test_many_censored_rows_start_from_a_part() -> None:
    x = mle.Triangular(0.0, 0.3, 1.0).sample(1, 4_500)
    fit = mle.fit(mle.Triangular(), mle.Sample(np.minimum(x, 0.8), right_censored=x > 0.8))
    values = np.unique(x[x <= 0.8])
    at = int(np.searchsorted(values, fit.params["mode"]))
    for mode in values[[at - 100, at - 1, at + 1, at + 100]]:
        held = mle.fit(mle.Triangular(mode=float(mode)), mle.Sample(np.minimum(x, 0.8), right_censored=x > 0.8))
        assert held.loglik <= fit.loglik + 1e-8
    assert abs(fit.params["mode"] - 0.3) <= 5.0 * fit.se["mode"]


def test_priors() -> None:
    """Any prior on any of the three: not below a scan; a narrow one holds its parameter off the data values."""
    x = np.random.default_rng(13).triangular(0.0, 0.3, 1.0, 40)
    prior = mle.Beta.by_mean(0.6, 400.0)
    fit = mle.fit(mle.Triangular(mode=prior), x)
    scan = [mle.fit(mle.Triangular(mode=float(m)), x).loglik + float(prior.logpdf(m)) for m in np.sort(x)]
    assert fit.objective >= max(scan) - 1e-9
    narrow = mle.fit(mle.Triangular(mode=mle.Normal(0.4, 1e-4)), x)
    assert abs(narrow.params["mode"] - 0.4) <= 1e-3
    low = mle.fit(mle.Triangular(low=mle.Normal(-0.5, 1e-4)), x)
    assert low.params["low"] == pytest.approx(-0.5, abs=1e-3)
    assert low.params["mode"] in x


def test_a_high_precision_check_of_one_maximum() -> None:
    """Four values, by mpmath: the ends for the second value as mode are the roots of two score equations."""
    x = [0.125, 0.375, 0.5, 1.0]
    fit = mle.fit(mle.Triangular(mode=0.375), x)
    with mp.workdps(40):

        def equations(low: Any, high: Any) -> tuple[Any, Any]:
            w, a, b = high - low, mp.mpf("0.375") - low, high - mp.mpf("0.375")
            left = 4 / w + 1 / a - 1 / (mp.mpf("0.125") - low)
            return left, -4 / w + 1 / (high - mp.mpf("0.5")) + 1 / (high - 1) - 2 / b

        root = mp.findroot(equations, (mp.mpf(fit.params["low"]), mp.mpf(fit.params["high"])))
    assert fit.params["low"] == pytest.approx(float(root[0]), rel=1e-14)
    assert fit.params["high"] == pytest.approx(float(root[1]), rel=1e-14)
