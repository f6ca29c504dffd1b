"""Families of scipy as models: against the library's own families, whose derivatives are formulas, and closed forms."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from cases import FREE_NAMES, NAMES, ORDINARY, model, ordinary
from families import ENTRIES
from scipy import stats

import mlestat as mle
from mlestat.errors import (
    DataError,
    FreeParameterError,
    InputError,
    NoFiniteMLE,
    ParameterError,
    SupportError,
    UnknownNameError,
)
from mlestat.translate import TABLE

SAME = 1e-6
"""Two routes to one maximum agree to this part of a standard error, and their errors relatively (the promise)."""

DERIVATIVE = 1e-7
"""Numerical derivatives of a row, in units of the row's own parameters: order 8 promises 1e-9 of the information."""

SHARED = tuple(name for name in ENTRIES if name in TABLE and TABLE[name].scipy and name != "Triangular")
"""Families that scipy and we have; scipy's triangular one puts its corner into a shape."""

SMOOTH = tuple(n for n in SHARED if mle.distributions.FAMILIES[n].regular and n not in ("Pareto", "Uniform"))

MIXED = ("InverseGaussian", "NegativeBinomial", "Gamma.by_mean", "Beta.by_mean")

ALIKE = tuple(n for n in SMOOTH if n not in MIXED)
"""Of these, the ones of which scipy's parameters do not mix ours: a derivative in one holds the same others."""


def theirs(family: str, **held: Any) -> Any:
    """Our family at its ordinary parameters, by scipy, all known."""
    return mle.from_scipy(ordinary(family).to_scipy(), **held)


def counterparts(family: str) -> dict[str, str]:
    """From our names to scipy's, for parameters that are the same number in both."""
    return {text: key for key, text in TABLE[family].arguments.items() if text in FREE_NAMES[family]}


def open_model(family: str) -> Any:
    """Scipy's family with the parameters free that ours has, and loc and scale held where ours has none."""
    row, known = TABLE[family], set(NAMES[family]) - set(FREE_NAMES[family])
    values = dict(zip(NAMES[family], ORDINARY[family], strict=True))
    generic = getattr(stats, row.scipy)
    standard = {"loc": 0.0} if hasattr(generic, "logpmf") else {"loc": 0.0, "scale": 1.0}
    if family == "Geometric":
        standard = {"loc": -1.0}
    given = {k: v for k, v in standard.items() if k not in row.arguments or family == "Geometric"}
    given |= {key: values[text] for key, text in row.arguments.items() if text in known}
    return mle.from_scipy(generic, **given)


def sample_of(family: str, n: int = 150, seed: int = 3) -> np.ndarray:
    peer = ENTRIES[family].peer(*ORDINARY[family])
    return np.asarray(peer.rvs(n, random_state=np.random.default_rng(seed)), dtype=float)


# -- evaluation ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", SHARED)
def test_evaluates_as_our_family(family: str) -> None:
    ours, scipys = ordinary(family), theirs(family)
    x = np.array(ENTRIES[family].points)
    np.testing.assert_allclose(scipys.logpdf(x), ours.logpdf(x), rtol=1e-9, atol=1e-12)
    if family != "VonMises":  # scipy's distribution function goes on beyond a turn
        np.testing.assert_allclose(scipys.cdf(x), ours.cdf(x), rtol=1e-8, atol=1e-14)
        np.testing.assert_allclose(scipys.logsf(x), ours.logsf(x), rtol=1e-6, atol=1e-12)
    q = np.array([0.01, 0.3, 0.99])
    np.testing.assert_allclose(scipys.ppf(q), ours.ppf(q), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("family", ALIKE)
def test_score_and_hessian_are_those_of_our_formulas(family: str) -> None:
    """For parameters that are the same number in both; in units of the information of one row."""
    ours, scipys = ordinary(family), theirs(family)
    x = sample_of(family, 40)
    pairs = counterparts(family)
    mine = [NAMES[family].index(n) for n in pairs]
    other = [scipys.family.names.index(n) for n in pairs.values()]
    unit = np.sqrt(np.diag(ours.fisher()))[mine]
    score = (scipys.score(x)[:, other] - ours.score(x)[:, mine]) / unit
    assert np.abs(score).max() <= DERIVATIVE
    hessian = scipys.hessian(x)[:, other][:, :, other] - ours.hessian(x)[:, mine][:, :, mine]
    assert np.abs(hessian / unit / unit[:, None]).max() <= 100 * DERIVATIVE


@pytest.mark.parametrize("family", [f for f in ALIKE if f != "VonMises"])
def test_tails_have_the_derivatives_of_our_formulas(family: str) -> None:
    ours, scipys = ordinary(family), theirs(family)
    x = sample_of(family, 12)
    pairs = counterparts(family)
    mine = [NAMES[family].index(n) for n in pairs]
    other = [scipys.family.names.index(n) for n in pairs.values()]
    unit = np.sqrt(np.diag(ours.fisher()))[mine]
    for member in ("_logcdf_derivatives", "_logsf_derivatives"):
        with np.errstate(all="ignore"):
            (g, h), (gg, hh) = getattr(ours, member)(x), getattr(scipys, member)(x)
        for i, j in zip(mine, other, strict=True):
            np.testing.assert_allclose(gg[j] + 0.0 * x, g[i] + 0.0 * x, rtol=1e-6, atol=1e-7 * unit.max())
            np.testing.assert_allclose(hh[j][j] + 0.0 * x, h[i][i] + 0.0 * x, rtol=1e-4, atol=1e-5 * unit.max() ** 2)


def test_derivatives_in_x() -> None:
    ours, scipys = mle.StudentT(4.0, 1.0, 2.0), mle.from_scipy(stats.t(4.0, 1.0, 2.0))
    x = np.linspace(-7.0, 9.0, 17)
    np.testing.assert_allclose(scipys.dlogpdf(x), ours.dlogpdf(x), atol=1e-10)
    np.testing.assert_allclose(scipys.d2logpdf(x), ours.d2logpdf(x), atol=1e-9)
    for a, b in zip(scipys._dscore(x), ours._dscore(x), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-8)


@pytest.mark.parametrize("xi", [-0.6, -0.3, -0.1, -0.05, -0.01, -1e-4, 0.0, 1e-4, 0.05, 0.1, 0.5])
def test_an_end_of_the_support_may_move_with_a_shape(xi: float) -> None:
    """Rows near an end, ends far away, and shapes at which the end jumps to infinity."""
    for ours, scipys, turn in (
        (mle.GEV(xi, 1.0, 2.0), mle.from_scipy(stats.genextreme(-xi, 1.0, 2.0)), np.array([-1.0, 1.0, 1.0])),
        (mle.GPD(xi, 2.0), mle.from_scipy(stats.genpareto(xi, scale=2.0)), np.array([1.0, 1.0])),
    ):
        x = ours.sample(5, 500)
        total = scipys.hessian(x).sum(axis=0)
        total = (total if len(turn) == 3 else total[::2, ::2]) * np.outer(turn, turn)
        exact = np.linalg.inv(ours.hessian(x).sum(axis=0)).diagonal()
        np.testing.assert_allclose(np.linalg.inv(total).diagonal(), exact, rtol=SAME)


@pytest.mark.parametrize("family", ["Gamma", "Normal", "Laplace", "GEV", "Poisson", "Beta"])
def test_expected_information(family: str) -> None:
    pairs = counterparts(family)
    scipys = theirs(family)
    mine = [NAMES[family].index(n) for n in pairs]
    other = [scipys.family.names.index(n) for n in pairs.values()]
    np.testing.assert_allclose(
        scipys.fisher()[np.ix_(other, other)], ordinary(family).fisher()[np.ix_(mine, mine)], rtol=1e-5, atol=1e-8
    )


def test_moments_samples_and_quantiles_are_scipys() -> None:
    d = mle.from_scipy(stats.johnsonsu(2.0, 1.5, loc=1.0, scale=3.0))
    mean, variance, _, kurtosis = d.moments()
    frozen = stats.johnsonsu(2.0, 1.5, loc=1.0, scale=3.0)
    assert (mean, variance) == pytest.approx(frozen.stats("mv"))
    assert kurtosis == pytest.approx(float(frozen.stats("k")) + 3.0)
    assert d.sample(4, 5).tolist() == frozen.rvs(5, random_state=np.random.default_rng(4)).tolist()
    assert d.sample(4, (2, 3)).shape == (2, 3)
    assert d.isf(1e-12) == pytest.approx(frozen.isf(1e-12))


# -- fits against our own --------------------------------------------------------------------------------


def assert_same(family: str, ours: mle.Fit, scipys: mle.Fit) -> None:
    assert scipys.loglik == pytest.approx(ours.loglik, rel=1e-11, abs=1e-8)
    assert scipys.verdict.kind == ours.verdict.kind
    for mine, other in counterparts(family).items():
        if mine not in ours.free or mine in (*type(ours.model).kinks, *type(ours.model).edges):
            continue
        assert abs(scipys.params[other] - ours.params[mine]) <= SAME * ours.se[mine], mine
        assert scipys.se[other] == pytest.approx(ours.se[mine], rel=SAME), mine


@pytest.mark.parametrize("family", SHARED)
def test_fits_as_our_family(family: str) -> None:
    x = sample_of(family)
    assert_same(family, mle.fit(model(family), x), mle.fit(open_model(family), x))


CENSORED = ("Gamma", "Weibull", "StudentT", "LogNormal", "Normal", "Logistic", "GPD", "Gompertz", "InverseGaussian")


@pytest.mark.parametrize("family", CENSORED)
def test_censored_rows(family: str) -> None:
    x, limit = sample_of(family, 120, 1), sample_of(family, 120, 2)
    rows = mle.Sample.events(np.minimum(x, limit), x <= limit)
    assert_same(family, mle.fit(model(family), rows), mle.fit(open_model(family), rows))


def rows_of(kind: str) -> mle.Sample:
    x = sample_of("Gamma", 120)
    if kind == "intervals":
        return mle.Sample.intervals(np.floor(x), np.floor(x) + 1.0)
    if kind == "bins":
        counts, edges = np.histogram(x, bins=8, range=(0.0, float(x.max())))
        return mle.Sample.binned(edges, counts)
    if kind == "left":
        return mle.Sample(np.maximum(x, 2.0), left_censored=x < 2.0)
    seen = x[x > 1.0]
    return mle.Sample(seen, entry=np.full(seen.size, 1.0), exit=np.full(seen.size, 50.0))


@pytest.mark.parametrize("kind", ["intervals", "bins", "left", "truncated"])
def test_other_incomplete_rows(kind: str) -> None:
    rows = rows_of(kind)
    assert_same("Gamma", mle.fit(mle.Gamma(), rows), mle.fit(mle.from_scipy(stats.gamma, loc=0), rows))


def test_counts_in_intervals() -> None:
    rows = mle.Sample.intervals([0, 1, 2, 3, 1, 5], [1, 3, 2, math.inf, 1, 8])
    assert_same("Poisson", mle.fit(mle.Poisson(), rows), mle.fit(mle.from_scipy(stats.poisson), rows))


@pytest.mark.parametrize(
    "how",
    [
        {"weights": np.arange(150) % 4},
        {"probability_weights": 0.5 + (np.arange(150) % 7)},
        {"covariance": "sandwich"},
        {"covariance": "expected"},
        {"jacobian": True},
    ],
    ids=lambda how: next(iter(how)) + str(how.get("covariance", "")),
)
def test_weights_and_covariances(how: dict[str, Any]) -> None:
    x = sample_of("Gamma")
    assert_same("Gamma", mle.fit(mle.Gamma(), x, **how), mle.fit(mle.from_scipy(stats.gamma, loc=0), x, **how))


def test_priors() -> None:
    x, prior = sample_of("Gamma"), mle.Gamma(20.0, 0.1)
    a = mle.fit(mle.Gamma(shape=prior), x)
    b = mle.fit(mle.from_scipy(stats.gamma, a=prior, loc=0), x)
    assert b.objective == pytest.approx(a.objective, abs=1e-8)
    assert_same("Gamma", a, b)


def test_a_prior_with_a_corner() -> None:
    x = sample_of("Normal")
    f = mle.fit(mle.from_scipy(stats.norm, loc=mle.Laplace(0.0, 1e-4)), x)
    assert f.params["loc"] == 0.0
    assert f.verdict.kind == "boundary"


def test_known_parameters_may_go_by_row() -> None:
    x, mu, n = sample_of("Normal"), np.linspace(0.0, 3.0, 150), np.repeat([5.0, 9.0, 20.0], 20)
    assert_same(
        "Normal",
        mle.fit(mle.Normal(mu=mu), x),
        mle.fit(mle.from_scipy(stats.norm, loc=mu), x),
    )
    k = stats.binom.rvs(n.astype(int), 0.3, random_state=5)
    a, b = mle.fit(mle.Binomial(n=n), k), mle.fit(mle.from_scipy(stats.binom, n=n), k)
    assert b.params["p"] == pytest.approx(a.params["p"], abs=SAME * a.se["p"])
    assert b.se["p"] == pytest.approx(a.se["p"], rel=SAME)


def test_many_rows_are_searched_in_part_and_fitted_in_full() -> None:
    x = mle.Gamma(2.0, 3.0).sample(6, 30_000)
    assert_same("Gamma", mle.fit(mle.Gamma(), x), mle.fit(mle.from_scipy(stats.gamma, loc=0), x))


@pytest.mark.parametrize("factor", [1e-250, 1e-3, 20_000.0, 1e250])
def test_another_unit_gives_the_scaled_answer(factor: float) -> None:
    x = sample_of("StudentT")
    a, b = mle.fit(mle.from_scipy(stats.t), x), mle.fit(mle.from_scipy(stats.t), x * factor)
    assert b.params["df"] == pytest.approx(a.params["df"], rel=1e-7)
    for name in ("loc", "scale"):
        assert b.params[name] / factor == pytest.approx(a.params[name], rel=1e-7)
        assert b.se[name] / factor == pytest.approx(a.se[name], rel=SAME)


def test_a_location_far_from_zero() -> None:
    x = 1e6 + 1e-3 * sample_of("StudentT")
    assert_same("StudentT", mle.fit(mle.StudentT(), x), mle.fit(mle.from_scipy(stats.t), x))


# -- wrappers ----------------------------------------------------------------------------------------------

GAMMA, WEIBULL = {"loc": 0}, {"loc": 0}


def both(wrap: Callable[[Any], Any], ours: Any, scipys: Any, x: Any) -> tuple[mle.Fit, mle.Fit]:
    return mle.fit(wrap(ours), x), mle.fit(wrap(scipys), x)


@pytest.mark.parametrize("wrapper", ["truncated", "zeros", "limited", "shifted", "mixture"])
def test_wrappers(wrapper: str) -> None:
    rng = np.random.default_rng(8)
    x = mle.Gamma(2.0, 3.0).sample(rng, 150)
    gamma = mle.from_scipy(stats.gamma, loc=0)
    if wrapper == "truncated":
        a, b = both(lambda d: mle.Truncated(d, lower=1.0), mle.Gamma(), gamma, x[x > 1.0])
    elif wrapper == "zeros":
        a, b = both(mle.ZeroInflated, mle.Gamma(), gamma, np.where(rng.random(150) < 0.3, 0.0, x))
    elif wrapper == "limited":
        fails = rng.random(150) < 0.6
        rows = mle.Sample.events(np.where(fails, x, 40.0), fails)
        a, b = both(mle.LimitedFailure, mle.Gamma(), gamma, rows)
    elif wrapper == "shifted":
        # one threshold for both: the searches of the wrapper itself have tests of their own
        a, b = both(lambda d: mle.Shifted(d, by=-1.0), mle.Gamma(), gamma, x)
    else:
        both_sides = np.concatenate([x, rng.normal(40.0, 3.0, 60)])
        a, b = both(lambda d: mle.Mixture([d, mle.Normal()]), mle.Gamma(), gamma, both_sides)
    assert b.loglik == pytest.approx(a.loglik, abs=1e-7)
    np.testing.assert_allclose(list(b.se.values()), list(a.se.values()), rtol=1e-5)
    assert b.verdict.sentence.endswith("derivatives are numerical")
    assert b.model.solver.endswith("numerical derivatives")


def test_zero_inflated_counts() -> None:
    x = np.where(np.arange(150) % 3 == 0, 0, stats.poisson.rvs(3.0, size=150, random_state=2))
    a, b = both(mle.ZeroInflated, mle.Poisson(), mle.from_scipy(stats.poisson), x)
    assert b.params["p"] == pytest.approx(a.params["p"], abs=SAME)
    assert b.se["mu"] == pytest.approx(a.se["rate"], rel=SAME)


def test_a_truncated_family_without_a_lower_end() -> None:
    x = stats.skellam.rvs(5.0, 3.0, size=300, random_state=1)
    f = mle.fit(mle.Truncated(mle.from_scipy(stats.skellam), lower=-1), x[x >= -1])
    assert abs(f.params["mu1"] - 5.0) < 4.0 * f.se["mu1"]
    assert f.model.support.lower == -1.0


# -- edges, corners, poles, limits ---------------------------------------------------------------------------


def test_both_ends_rest_on_the_data() -> None:
    x = sample_of("Uniform")
    f = mle.fit(mle.from_scipy(stats.uniform), x)
    assert f.verdict.kind == "boundary"
    assert f.params["loc"] == pytest.approx(x.min(), rel=1e-15)
    assert f.loglik == pytest.approx(-x.size * math.log(np.ptp(x)), rel=1e-12)
    assert np.isfinite(stats.uniform.logpdf(x, **f.params)).all()


@pytest.mark.parametrize("place", [0.0, 5.0, 1e6, -1e6])
def test_rounding_leaves_no_value_outside(place: float) -> None:
    """pareto ends at loc + scale: scipy divides, and its own density at our estimate must hold every row."""
    for family in (stats.pareto, stats.uniform, stats.truncexpon):
        x = place + family.rvs(*[2.5] * family.numargs, size=60, random_state=4)
        f = mle.fit(mle.from_scipy(family), x, strict=False)
        assert f.verdict.kind == "boundary"
        assert np.isfinite(family.logpdf(x, **f.params)).all()
        assert float(np.sum(f.distribution.logpdf(x))) == pytest.approx(f.loglik, rel=1e-7, abs=1e-6)


def test_standard_errors_beside_an_edge() -> None:
    """A shifted exponential: loc is the smallest value, and scale, from the rest, has the error scale/√n."""
    x = 5.0 + sample_of("Exponential")
    f = mle.fit(mle.from_scipy(stats.expon), x)
    assert f.params["loc"] == x.min()
    assert f.params["scale"] == pytest.approx(x.mean() - x.min(), rel=1e-7)
    assert f.se["scale"] == pytest.approx(f.params["scale"] / math.sqrt(x.size), rel=SAME)
    assert math.isnan(f.se["loc"])


def test_an_end_that_moves_with_a_shape_rests_on_the_data() -> None:
    """A truncated normal between unknown bounds: the bounds are the extremes, the rest is our Truncated normal."""
    x = stats.truncnorm.rvs(-1.0, 2.0, loc=5.0, scale=3.0, size=400, random_state=3)
    f = mle.fit(mle.from_scipy(stats.truncnorm), x)
    known = mle.fit(mle.Truncated(mle.Normal(), lower=float(x.min()), upper=float(x.max())), x)
    assert f.loglik == pytest.approx(known.loglik, abs=1e-7)
    # scipy's loc and scale are our mu and sigma; their errors are told for a and b here, which the ends leave free
    assert f.params["loc"] == pytest.approx(known.params["mu"], abs=1e-4 * known.se["mu"])
    assert f.params["scale"] == pytest.approx(known.params["sigma"], abs=1e-4 * known.se["sigma"])


def test_an_end_at_which_scipy_has_no_density() -> None:
    """tukeylambda with lam > 1 is U-shaped between finite ends: they rest on the data."""
    x = stats.tukeylambda.rvs(3.0, size=200, random_state=0)
    f = mle.fit(mle.from_scipy(stats.tukeylambda), x)
    assert f.verdict.kind == "boundary"
    assert f.loglik > stats.tukeylambda.logpdf(x, 3.0).sum()
    a, b = f.params["loc"] + f.params["scale"] / f.params["lam"] * np.array([-1.0, 1.0])
    assert (a, b) == pytest.approx((x.min(), x.max()), abs=1e-9)


def test_a_shape_at_a_closed_end_of_its_domain() -> None:
    """rice with b = 0 is Rayleigh; half of its samples have their maximum there."""
    x = stats.rayleigh.rvs(scale=2.0, size=300, random_state=12)
    f = mle.fit(mle.from_scipy(stats.rice, loc=0), x)
    assert f.params["b"] == 0.0
    assert f.verdict.kind == "boundary"
    assert "its domain: b = 0" in f.verdict.sentence
    rayleigh = mle.fit(mle.Rayleigh(), x)
    assert f.loglik == pytest.approx(rayleigh.loglik, abs=1e-8)
    assert f.se["scale"] == pytest.approx(rayleigh.se["scale"], rel=SAME)


def test_a_corner_upon_a_value() -> None:
    """scipy's triangular family against every value as its mode, the ends by a simplex search."""
    from scipy.optimize import minimize

    x = stats.triang.rvs(0.3, loc=1.0, scale=2.0, size=40, random_state=2)
    f = mle.fit(mle.from_scipy(stats.triang), x)

    def cost(u: np.ndarray, mode: float) -> float:
        low, high = x.min() - math.exp(u[0]), x.max() + math.exp(u[1])
        return -float(np.sum(stats.triang.logpdf(x, (mode - low) / (high - low), low, high - low)))

    best = max(-minimize(cost, [-3.0, -3.0], args=(m,), method="Nelder-Mead").fun for m in np.sort(x)[5:25])
    assert f.loglik >= best - 1e-6
    mode = f.params["loc"] + f.params["c"] * f.params["scale"]
    assert np.abs(x - mode).min() < 1e-9


def test_a_corner_whose_place_is_a_prior_or_held() -> None:
    x = sample_of("Laplace")
    held = mle.fit(mle.from_scipy(stats.laplace, loc=1.0), x)
    assert held.params["scale"] == pytest.approx(np.abs(x - 1.0).mean(), rel=1e-7)
    fixed = mle.fit(mle.from_scipy(stats.triang, loc=0.0, scale=1.0), np.array([0.2, 0.3, 0.35, 0.6, 0.9]))
    assert fixed.params["c"] == pytest.approx(0.3, abs=1e-9) or fixed.params["c"] == pytest.approx(0.35, abs=1e-9)


def test_a_pole_leaves_the_interior_maximum_and_says_so() -> None:
    x = stats.gamma.rvs(2.5, loc=3.0, size=300, random_state=1)
    f = mle.fit(mle.from_scipy(stats.gamma), x)
    assert f.verdict.kind == "interior"
    assert "unbounded as the lower end of the support runs to the smallest value" in f.verdict.sentence
    shifted = mle.fit(mle.Shifted(mle.Gamma()), x)
    assert f.loglik == pytest.approx(shifted.loglik, abs=1e-8)
    assert f.params["loc"] == pytest.approx(shifted.params["by"], abs=SAME * shifted.se["by"])


def test_no_note_of_a_pole_that_nothing_can_reach() -> None:
    """With loc held no end moves; and rows that are censored beyond the largest value keep the end away from it."""
    x = sample_of("Gamma")
    assert "unbounded" not in mle.fit(mle.from_scipy(stats.gamma, loc=0), x).verdict.sentence
    rows = mle.Sample.events(np.minimum(x, 6.0), x < 6.0)
    assert "unbounded" not in mle.fit(mle.from_scipy(stats.genpareto, loc=0), rows, strict=False).verdict.sentence


def test_a_pole_without_an_interior_maximum() -> None:
    x = stats.gamma.rvs(0.4, loc=3.0, size=200, random_state=1)
    with pytest.raises(NoFiniteMLE, match="no interior maximum, and is unbounded as the lower end"):
        mle.fit(mle.from_scipy(stats.gamma), x)
    f = mle.fit(mle.from_scipy(stats.gamma), x, strict=False)
    assert f.verdict.kind == "unbounded"
    assert f.loglik == math.inf


def test_a_limit_names_the_parameters_that_run() -> None:
    """Uniform quantiles have lighter tails than any t: df → ∞, whose limit is the normal."""
    x = np.linspace(-1.0, 1.0, 101)
    f = mle.fit(mle.from_scipy(stats.t), x, strict=False)
    assert f.verdict.kind == "limit"
    assert "df → ∞" in f.verdict.sentence
    normal = mle.fit(mle.Normal(), x)
    assert f.loglik == pytest.approx(normal.loglik, abs=1e-5)
    assert f.loglik <= normal.loglik + 1e-9


def test_a_limit_within_another_shape() -> None:
    """norminvgauss on one-sided data: b → a, the edge of |b| < a."""
    x = stats.invgauss.rvs(0.7, size=150, random_state=6)
    f = mle.fit(mle.from_scipy(stats.norminvgauss), x, strict=False)
    reached = stats.norminvgauss.logpdf(x, *stats.norminvgauss.fit(x)).sum()
    assert f.loglik >= reached - 1e-6


def test_several_maxima_are_told() -> None:
    """A Cauchy's location has a maximum at each of two far clusters."""
    x = np.array([-10.0, -9.8, -10.1, -10.3, 10.0, 10.2, 9.9])
    f = mle.fit(mle.from_scipy(stats.cauchy, scale=1.0), x)
    assert f.params["loc"] == pytest.approx(-10.05, abs=0.2)
    assert "lower local maxima" in f.verdict.sentence


def test_constant_data_collapse() -> None:
    f = mle.fit(mle.from_scipy(stats.johnsonsu), np.full(5, 2.0), strict=False)
    assert f.verdict.kind == "unbounded"
    assert (f.params["loc"], f.params["scale"]) == (2.0, 0.0)


# -- whole numbers ----------------------------------------------------------------------------------------------

COUNTS = {
    "geom": (0.3,), "yulesimon": (3.0,), "planck": (0.5,), "dlaplace": (0.8,), "zipf": (2.5,), "nbinom": (3.5, 0.4),
    "logser": (0.6,), "boltzmann": (1.4, 19), "zipfian": (1.25, 10), "betabinom": (5, 2.3, 0.63), "skellam": (5.0, 3.0),
    "betanbinom": (5, 9.3, 1.0), "bernoulli": (0.3,), "poisson": (2.5,), "binom": (5, 0.4), "hypergeom": (30, 12, 6),
    "nchypergeom_fisher": (140, 80, 60, 0.5), "randint": (7, 31), "nhypergeom": (20, 7, 1),
}  # fmt: skip


@pytest.mark.parametrize("name", COUNTS)
def test_every_family_of_counts(name: str) -> None:
    family, theta = getattr(stats, name), COUNTS[name]
    x = family.rvs(*theta, size=200, random_state=5)
    plain = mle.from_scipy(name)
    known = {k: v for k, v in zip(plain.family.names, theta, strict=False) if k in plain.known}
    f = mle.fit(mle.from_scipy(name, **known), x)
    assert f.verdict.kind == "interior"
    assert f.loglik >= family.logpmf(x, *theta).sum() - 1e-9
    assert f.params["loc"] == 0.0
    for name_, true in zip(plain.family.names, theta, strict=False):
        if name_ in f.free:
            assert abs(f.params[name_] - true) <= 4.5 * f.se[name_]  # 7 in a million for each of 17


# -- what comes in ----------------------------------------------------------------------------------------------


def test_every_continuous_family_of_scipy_is_described() -> None:
    """Names, domains and links of all of them; a model with everything free, and one with nothing."""
    from scipy.stats import _distr_params

    names = {n for n, _ in (*_distr_params.distcont, *_distr_params.distdiscrete) if isinstance(n, str)}
    assert len(names) > 120
    shapes = dict(p for p in (*_distr_params.distcont, *_distr_params.distdiscrete) if isinstance(p[0], str))
    for name in sorted(names - {"poisson_binom"}):
        model = mle.from_scipy(name)
        assert set(model.free) == set(model.family.names) - set(model.family.defaults)
        for role in model.roles.values():
            eta = role.link.forward(role.link.inverse(np.float64(0.3)))
            assert eta == pytest.approx(0.3)
        frozen = mle.from_scipy(getattr(stats, name)(*shapes[name]))
        assert not frozen.free
        assert frozen.to_scipy().dist.name == name


def test_a_family_made_elsewhere() -> None:
    class MyWeibull(stats.rv_continuous):
        def _pdf(self, x: Any, k: Any) -> Any:
            return k * x ** (k - 1.0) * np.exp(-(x**k))

    x = sample_of("Weibull")
    ours, scipys = mle.fit(mle.Weibull(), x), mle.fit(mle.from_scipy(MyWeibull(a=0.0, name="mine"), loc=0), x)
    assert scipys.params["k"] == pytest.approx(ours.params["shape"], abs=SAME * ours.se["shape"])
    assert scipys.se["k"] == pytest.approx(ours.se["shape"], rel=SAME)
    assert scipys.model.label == "scipy.mine"


def test_a_histogram_is_known() -> None:
    frozen = stats.rv_histogram(np.histogram(sample_of("Normal"), bins=10))
    d = mle.from_scipy(frozen)
    assert d.free == ()
    assert d.label == "scipy.rv_histogram"
    with pytest.raises(ParameterError, match="has steps, so loc has no estimate"):
        mle.from_scipy(frozen, loc=mle.free)


def test_frozen_distributions_names_and_text() -> None:
    d = mle.from_scipy(stats.gamma(2, scale=3))
    assert d == mle.from_scipy("gamma", a=2.0, loc=0.0, scale=3.0)
    assert repr(d) == "from_scipy(gamma, a=2.0, loc=0.0, scale=3.0)"
    assert mle.from_scipy(stats.gamma(2, scale=3), scale=mle.free).free == ("scale",)
    assert (d.a, d.scale) == (2.0, 3.0)
    x = sample_of("Gamma")
    text = mle.fit("truncated(scipy.gamma(loc=0), upper=100)", x)
    assert text.params["a"] == pytest.approx(
        mle.fit(mle.Truncated(mle.Gamma(), upper=100.0), x).params["shape"], rel=1e-6
    )
    assert mle.fit("scipy.norm", x).model == mle.from_scipy("norm")


def test_goes_through_pickle_and_reports() -> None:
    f = mle.fit(mle.from_scipy(stats.gamma, loc=0), sample_of("Gamma"))
    again = pickle.loads(pickle.dumps(f))
    assert again.model == f.model
    assert again.to_json() == f.to_json()
    assert "numerical derivatives" in str(f.summary())
    assert "derivatives are numerical" in str(f.summary())
    assert f.interval("a", method="profile").low < f.params["a"]
    assert str(mle.sigma_report(f))


def test_scipy_stats_is_imported_when_it_is_needed() -> None:
    code = "import mlestat, sys; mlestat.from_scipy; mlestat.Gamma; print('scipy.stats' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: mle.from_scipy(stats.multivariate_normal), "multivariate_normal is multivariate"),
        (lambda: mle.from_scipy(stats.multivariate_normal([0, 0])), "multivariate_normal is multivariate"),
        (lambda: mle.from_scipy(stats.dirichlet), "dirichlet is multivariate"),
        (lambda: mle.from_scipy(stats.kstest), "needs a univariate family of scipy.stats"),
        (lambda: mle.from_scipy(3.0), "got 3.0"),
        (lambda: mle.from_scipy(stats.poisson_binom), "one probability per trial"),
        (lambda: mle.from_scipy(stats.gamma, shape=2.0), "'shape' is no parameter of scipy's gamma; did you mean"),
        (lambda: mle.from_scipy(stats.poisson, scale=2.0), "'scale' is no parameter of scipy's poisson"),
    ],
)  # fmt: skip
def test_what_is_no_family_or_no_parameter(wrong: Callable[[], Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        wrong()


@pytest.mark.skipif(not hasattr(stats, "Normal"), reason="SciPy < 1.15 has no distributions of the new kind")
def test_distributions_of_the_new_kind() -> None:
    for thing in (stats.Normal, stats.Normal()):
        with pytest.raises(InputError, match="scipy's new kind"):
            mle.from_scipy(thing)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: mle.from_scipy(stats.gamma, a=-1.0), "a must be a finite number with a > 0, got -1"),
        (lambda: mle.from_scipy(stats.gamma, scale=0.0), "scale must be"),
        (lambda: mle.from_scipy(stats.truncnorm, a=2.0, b=1.0), "no member with a=2.0, b=1.0"),
        (lambda: mle.from_scipy(stats.binom, n=2.5), "n of scipy.binom must be a whole number"),
        (lambda: mle.from_scipy(stats.binom, n=mle.Normal(5.0, 1.0)), "n is known, never estimated"),
        (lambda: mle.from_scipy(stats.poisson, loc=0.5), "loc of scipy.poisson must be a whole number"),
    ],
)
def test_values_out_of_range(wrong: Callable[[], Any], sentence: str) -> None:
    with pytest.raises(ParameterError, match=sentence):
        wrong()


def test_what_is_known_must_be_given() -> None:
    with pytest.raises(FreeParameterError, match=r"n of scipy.binom is a whole number.*from_scipy\(binom, n=10\)"):
        mle.fit(mle.from_scipy(stats.binom), [1, 2])
    with pytest.raises(FreeParameterError, match=r"scipy.gamma.logpdf needs a number for every parameter"):
        mle.from_scipy(stats.gamma).logpdf(1.0)


def test_an_unknown_name() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'johnsonsu'"):
        mle.from_scipy("jonsonsu")
    with pytest.raises(UnknownNameError, match="did you mean 'gamma'"):
        mle.fit("scipy.gama", [1.0, 2.0])


def test_data_that_the_family_cannot_have() -> None:
    with pytest.raises(SupportError, match=r"1 of 3 values are outside the support of scipy.gamma \(x > 0\)"):
        mle.fit(mle.from_scipy(stats.gamma, loc=0), [-1.0, 2.0, 3.0])
    with pytest.raises(SupportError, match=r"outside the support of scipy\.poisson"):
        mle.fit(mle.from_scipy(stats.poisson), [1.5, 2.0])
    with pytest.raises(SupportError, match=r"outside the support of scipy\.uniform"):
        mle.fit(mle.from_scipy(stats.uniform, loc=0.0, scale=1.0), [0.5, 2.0])
    with pytest.raises(DataError, match=r"no parameters of scipy\.truncexpon were found"):
        mle.fit(mle.from_scipy(stats.truncexpon, b=2.0, loc=0.0, scale=mle.Uniform(1.0, 1.5)), [0.5, 9.0])
