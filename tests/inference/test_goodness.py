"""Goodness of fit: statistics beside stored references, p-values beside exact and simulated ones, all kinds of data."""

from __future__ import annotations

import json
import math
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from cases import ORDINARY, model
from data import REFERENCE, values_and_weights
from test_golden_families import MODELS

import mlestat as mle
from mlestat.errors import InputError, MlestatError, UnknownNameError, UnsupportedDataError
from mlestat.inference.edf import cell_statistics, censored_statistics, complete_statistics
from mlestat.inference.edf_tails import anderson_darling_limit_tail, table_p_value
from mlestat.inference.goodness import Goodness

CASES: list[dict[str, Any]] = json.loads((REFERENCE / "goodness_cases.json").read_text(encoding="utf-8"))
NAMES = ("ks", "cvm", "ad")

STATISTIC = 1e-9
"""Absolute and relative."""


def of_kind(kind: str) -> list[Any]:
    return [pytest.param(c, id=c["id"]) for c in CASES if c["kind"] == kind]


def fitted(case: dict[str, Any]) -> mle.Fit:
    x, w = values_and_weights(case)
    return mle.fit(MODELS[case["family"]][0](case), x, weights=w)


@pytest.mark.parametrize("case", [p for p in of_kind("gof_estimated") if "gof" in p.values[0]])
def test_statistics_at_the_estimate(case: dict[str, Any]) -> None:
    g = fitted(case).goodness(simulations=19)
    for name in NAMES:
        assert g[name].statistic == pytest.approx(case["gof"][name], rel=STATISTIC, abs=STATISTIC), name


@pytest.mark.parametrize("case", [p for p in of_kind("gof_estimated") if "gof_chisq" in p.values[0]])
def test_chi_square_of_counts(case: dict[str, Any]) -> None:
    x, w = values_and_weights(case)
    known = mle.Poisson() if case["family"] == "poisson" else mle.BetaBinomial(n=12)
    reference = case["gof_chisq"]
    first = list(range(1, len(reference["cells"])))
    g = mle.fit(known, x, weights=w).goodness(("chisq", "g2"), bins=first, least=0.0, method="table")
    assert [b["observed"] for b in g.bins] == reference["observed"]
    assert [b["expected"] for b in g.bins] == pytest.approx(reference["expected"], rel=STATISTIC)
    assert g["chisq"].statistic == pytest.approx(reference["pearson_X2"], rel=STATISTIC)
    assert g["g2"].statistic == pytest.approx(reference["G2"], rel=STATISTIC)
    assert g["chisq"].df == reference["df"]
    assert g["chisq"].p_value == pytest.approx(reference["p_pearson"], rel=STATISTIC)
    assert g["g2"].p_value == pytest.approx(reference["p_G2"], rel=STATISTIC)


SPECIFIED = {
    "exp-rate-0.01": mle.Exponential(100.0),
    "normal-35-14": mle.Normal(35.0, 14.0),
    "uniform-1851-1963": mle.Uniform(1851.0, 1963.0),
}


@pytest.mark.parametrize("case", of_kind("gof_specified"))
def test_a_known_distribution(case: dict[str, Any]) -> None:
    x, _ = values_and_weights(case)
    g = mle.fit(SPECIFIED[case["null_distribution"]], x).goodness()
    p = case["p_values"]
    assert g.simulations == 0
    for name in NAMES:
        assert g[name].statistic == pytest.approx(case[name], rel=STATISTIC), name
    assert g["ks"].p_value == pytest.approx(p["ks_exact"], rel=1e-10)
    # far out, scipy's W² tail is one minus its distribution function
    assert g["cvm"].p_value == pytest.approx(p["cvm_scipy"], rel=1e-9, abs=1e-15)
    # goftest takes the short formula for the limit, which is off by up to 2e-5 (the next test has the limit itself)
    assert g["ad"].p_value == pytest.approx(p["ad_goftest"], abs=2.5e-5)


@pytest.mark.parametrize("z", [0.1, 0.5, 1.0, 2.5, 6.0, 15.0])
def test_the_anderson_darling_limit(z: float) -> None:
    """Anderson and Darling (1952), eq. 4.35, summed by mpmath: another series, with nothing in common with ours."""

    def term(j: int, z: Any) -> Any:
        t = (4 * j + 1) ** 2 * mp.pi**2 / (8 * z)
        inner = mp.quad(lambda w: mp.exp(z / (8 * (1 + w * w)) - w * w * t), [0, 0.5, 1, 2, 4, 8, 16, 40])
        return mp.binomial(mp.mpf(-1) / 2, j) * (4 * j + 1) * mp.exp(-t) * inner * mp.sqrt(2 * mp.pi) / z

    with mp.workdps(30):
        tail = 1 - mp.fsum(term(j, mp.mpf(z)) for j in range(25))
    assert anderson_darling_limit_tail(z) == pytest.approx(float(tail), rel=1e-10)


@pytest.mark.parametrize("case", of_kind("gof_normality"))
def test_normality(case: dict[str, Any]) -> None:
    x, _ = values_and_weights(case)
    known = mle.fit(mle.Normal(float(x.mean()), float(x.std(ddof=1))), x).goodness()
    theirs = {"ks": case["lilliefors_D"], "cvm": case["cvm_W2"], "ad": case["ad_A2"]}
    for name in NAMES:
        assert known[name].statistic == pytest.approx(theirs[name], rel=STATISTIC), name
    p = {name: table_p_value(name, mle.Normal(), x)[0] for name in NAMES}  # type: ignore[index]
    assert p["ad"] == pytest.approx(case["p_values"]["ad_statsmodels"], rel=1e-9)
    assert p["cvm"] == pytest.approx(case["p_values"]["cvm_nortest"], rel=2e-2)
    if case["p_values"]["lilliefors_nortest_dallas_wilkinson"] < 0.1:
        assert p["ks"] == pytest.approx(case["p_values"]["lilliefors_nortest_dallas_wilkinson"], rel=1e-6)
    if "p_monte_carlo" in case:
        _close_to(fitted_normal(x), case)


def fitted_normal(x: np.ndarray) -> Goodness:
    return mle.fit(mle.Normal(), x).goodness(simulations=19_999, seed=1)


def _close_to(g: Goodness, case: dict[str, Any]) -> None:
    """Five standard errors of our simulation: a false alarm in 14 has probability 8e-6.

    Statistics at the maximum and with the denominator n - 1 differ, and their p-values a little more than by chance.
    """
    reference = {"ks": "lilliefors", "cvm": "cvm", "ad": "ad"}
    for name in NAMES:
        stored = case["p_monte_carlo"].get(name, case["p_monte_carlo"].get(reference[name]))
        assert abs(g[name].p_value - stored) < 5.0 * g[name].p_error + (
            0.03 * stored if "lilliefors_D" in case else 0.0
        )


@pytest.mark.parametrize("case", of_kind("gof_exponential"))
def test_exponentiality(case: dict[str, Any]) -> None:
    x, _ = values_and_weights(case)
    g = mle.fit(mle.Exponential(), x).goodness(simulations=19_999, seed=2)
    for name in NAMES:
        assert g[name].statistic == pytest.approx(case[name], rel=STATISTIC), name
    if "p_monte_carlo" in case:
        _close_to(g, case)
    table = mle.fit(mle.Exponential(), x).goodness("ks", method="table")
    assert table["ks"].p_value == pytest.approx(case["p_values"]["lilliefors_exp_statsmodels"], rel=1e-9)


# -- statistics ------------------------------------------------------------------------------------------


def test_weights_count_as_rows() -> None:
    x, w = np.array([0.3, 1.1, 2.0, 4.5]), np.array([1, 3, 2, 1])
    one = mle.fit(mle.Gamma(), x, weights=w).goodness(simulations=99)
    other = mle.fit(mle.Gamma(), np.repeat(x, w)).goodness(simulations=99)
    for name in NAMES:
        assert one[name].statistic == pytest.approx(other[name].statistic, rel=1e-9)
        assert one[name].p_value == pytest.approx(other[name].p_value, abs=0.03)  # the same draws, nearly the same fits


def test_the_censored_statistics_are_integrals() -> None:
    """By quadrature of their definition, on rows whose last one is censored and on rows whose last one is not."""
    rng = np.random.default_rng(5)
    u = np.sort(rng.random(12))
    for last in (True, False):
        event = rng.random(12) < 0.6
        event[-1] = last
        found = censored_statistics(u, 1.0 - u, event)
        s, curve = 1.0, [(0.0, 0.0)]
        for i in range(12):
            s *= 1.0 - event[i] / (12 - i)
            curve.append((float(u[i]), 1.0 - s))
        ends = [a for a, _ in curve] + ([1.0] if last else [])
        pieces = list(zip(ends[:-1], ends[1:], [c for _, c in curve], strict=False))
        square = math.fsum(float(mp.quad(lambda t, c=c: (c - t) ** 2, [a, b])) for a, b, c in pieces)
        weighed = math.fsum(float(mp.quad(lambda t, c=c: (c - t) ** 2 / (t * (1 - t)), [a, b])) for a, b, c in pieces)
        largest = max(max(abs(c - a), abs(c - b)) for a, b, c in pieces)
        assert float(found["cvm"]) == pytest.approx(12 * square, rel=1e-10)
        assert float(found["ad"]) == pytest.approx(12 * weighed, rel=1e-10)
        assert float(found["ks"]) == pytest.approx(largest, rel=1e-12)


def test_without_censoring_the_censored_statistics_are_the_plain_ones() -> None:
    u = np.random.default_rng(6).random((3, 40))
    plain, censored = complete_statistics(u, 1.0 - u), censored_statistics(u, 1.0 - u, np.ones(u.shape, dtype=bool))
    for name in NAMES:
        np.testing.assert_allclose(censored[name], plain[name], rtol=1e-10)


def test_cells_that_become_narrow_give_the_plain_statistics() -> None:
    u = np.random.default_rng(7).random(30)
    cells = 400_000
    counts = np.bincount((u * cells).astype(int), minlength=cells).astype(float)
    found, plain = cell_statistics(counts, np.full(cells, 1.0 / cells)), complete_statistics(u, 1.0 - u)
    for name in NAMES:
        assert float(found[name]) == pytest.approx(float(plain[name]), rel=1e-3)


def test_ks_of_counts_is_the_largest_difference_of_the_two_functions() -> None:
    k = mle.NegativeBinomial(4.0, 1.5).sample(3, 60)
    fit = mle.fit(mle.NegativeBinomial(), k)
    every = np.arange(0, 500)
    empirical = (k[:, None] <= every).mean(axis=0)
    assert fit.goodness("ks", simulations=19)["ks"].statistic == pytest.approx(
        np.abs(empirical - fit.distribution.cdf(every)).max(),
        rel=1e-12,  # type: ignore[union-attr]
    )


# -- every kind of data ----------------------------------------------------------------------------------


def _censored(side: str) -> tuple[Any, Any]:
    rng = np.random.default_rng(8)
    x, c = mle.Weibull(1.5, 2.0).sample(rng, 80), rng.exponential(3.0, 80)
    if side == "right":
        return mle.Weibull(), mle.Sample(np.minimum(x, c), right_censored=c < x)
    return mle.Weibull(), mle.Sample(np.maximum(x, 0.3 * c), left_censored=0.3 * c > x)


def _delayed() -> tuple[Any, Any]:
    rng = np.random.default_rng(9)
    x, entry = mle.Weibull(3.0, 2.0).sample(rng, 300), rng.exponential(1.0, 300)
    c = entry + rng.exponential(2.0, 300)
    seen = x > entry
    return mle.Weibull(), mle.Sample(np.minimum(x, c)[seen], right_censored=(c < x)[seen], entry=entry[seen])


def _truncated() -> tuple[Any, Any]:
    x = mle.Gamma(2.0, 1.0).sample(10, 150)
    x = x[(x > 0.5) & (x < 4.0)]
    return mle.Gamma(), mle.Sample(x, entry=0.5, exit=4.0)


def _zero_truncated() -> tuple[Any, Any]:
    k = mle.Poisson(2.0).sample(11, 120)
    return mle.Poisson(), mle.Sample(k[k > 0], entry=0.0)


def _binned() -> tuple[Any, Any]:
    edges = [0.0, 1.0, 2.0, 3.0, 5.0, 8.0]
    return mle.Gamma(), mle.Sample.binned(edges, np.histogram(mle.Gamma(2.0, 1.0).sample(12, 150), edges)[0])


def _mixture() -> tuple[Any, Any]:
    rng = np.random.default_rng(13)
    return mle.Mixture([mle.Normal(), mle.Normal()]), np.concatenate([rng.normal(size=60), rng.normal(5.0, 1.0, 60)])


KINDS: dict[str, Any] = {
    "right-censored": lambda: _censored("right"),
    "left-censored": lambda: _censored("left"),
    "delayed entry and censored": _delayed,
    "truncated": _truncated,
    "zero-truncated counts": _zero_truncated,
    "binned": _binned,
    "counts": lambda: (mle.Poisson(), mle.Poisson(3.0).sample(1, 90)),
    "counts of a heavy tail": lambda: (mle.Zipf(), mle.Zipf(2.2).sample(2, 90)),
    "large counts": lambda: (mle.Poisson(), mle.Poisson(1e6).sample(3, 90)),
    "frequency table": lambda: (mle.Poisson(), mle.Sample([0, 1, 2, 3, 4], weights=[109, 65, 22, 3, 1])),
    "known by row": lambda: (
        mle.Normal(sigma=np.linspace(1.0, 3.0, 60)),
        np.random.default_rng(4).normal(size=60) * np.linspace(1.0, 3.0, 60),
    ),
    "truncated model": lambda: (mle.Truncated(mle.Gamma(), lower=0.5), mle.Gamma(2.0, 1.0).sample(5, 60) + 0.5),
    "zero-inflated": lambda: (
        mle.ZeroInflated(mle.Poisson()),
        np.concatenate([np.zeros(30), mle.Poisson(3.0).sample(6, 60)]),
    ),
    "mixture": _mixture,
    "a prior": lambda: (mle.Normal(mu=mle.Normal(0.0, 1.0)), np.random.default_rng(7).normal(size=40)),
    "nothing free, censored": lambda: (mle.Weibull(1.5, 2.0), _censored("right")[1]),
    "nothing free, counts": lambda: (mle.Poisson(3.0), mle.Poisson(3.0).sample(8, 60)),
}


SLOW = ("mixture", "truncated model", "zero-inflated")
"""Kinds whose replicates are fitted one by one."""


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_data_has_a_p_value(kind: str) -> None:
    """Data from the family itself at fixed seeds: no p-value at the least of 199 (false alarm 1 in 200 each)."""
    known, data = KINDS[kind]()
    g = mle.fit(known, data, strict=False).goodness(simulations=19 if kind in SLOW else 199, seed=3)
    for test in g.tests:
        assert math.isfinite(test.statistic)
        assert 0.005 < test.p_value <= 1.0, test
        assert 0.0 <= test.p_error < 0.12


@pytest.mark.parametrize("kind", ["right-censored", "delayed entry and censored", "truncated", "binned", "counts"])
def test_a_wrong_family_is_found_out(kind: str) -> None:
    _, data = KINDS[kind]()
    wrong = {"counts": mle.Geometric()}.get(kind, mle.Exponential())
    assert mle.fit(wrong, data).goodness("ad", simulations=199)["ad"].p_value < 0.05


@pytest.mark.parametrize(
    "family", [name for name in ORDINARY if not mle.distributions.FAMILIES[name].known and name != "Burr"]
)
def test_every_family(family: str) -> None:
    """Transforms of a stack of members are those of each one: the statistics of a batch equal those of single fits."""
    rng = np.random.default_rng(20)
    truth = mle.distributions.FAMILIES[family](*ORDINARY[family])
    g = mle.fit(model(family), truth.sample(rng, 60), strict=False).goodness(("ks", "ad"), simulations=19)
    assert 0.0 < g["ks"].p_value <= 1.0
    assert math.isfinite(g["ad"].statistic) == (family not in ("Pareto", "Uniform"))
    assert math.isnan(g["ad"].p_value) == (family in ("Pareto", "Uniform"))


def test_the_seed_decides() -> None:
    fit = mle.fit(mle.Gamma(), mle.Gamma(2.0, 1.0).sample(0, 50))
    assert fit.goodness(seed=4, simulations=99) == fit.goodness(seed=4, simulations=99)
    assert fit.goodness(seed=4, simulations=99) != fit.goodness(seed=5, simulations=99)
    generator = np.random.default_rng(4)
    assert fit.goodness(seed=generator, simulations=99).tests == fit.goodness(seed=4, simulations=99).tests


def test_the_result_as_table_json_and_text() -> None:
    g = mle.fit(mle.Gamma(), mle.Gamma(2.0, 1.0).sample(0, 50)).goodness(("ad", "chisq"), simulations=99)
    assert list(g.to_frame().index) == ["ad", "chisq"]
    record = json.loads(g.to_json())
    assert record["tests"][0]["p_value"] == g["ad"].p_value
    assert record["tests"][0]["df"] is None
    assert sum(b["observed"] for b in record["bins"]) == 50
    assert record["bins"][-1]["high"] is None
    assert "Anderson-Darling" in str(g)
    assert "99 replicates, each refitted" in str(g)


def test_replicates_are_drawn_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    import mlestat.inference.refits as refits

    fit = mle.fit(mle.Gamma(), mle.Gamma(2.0, 1.0).sample(0, 50))
    whole = fit.goodness("ks", simulations=99)
    monkeypatch.setattr(refits, "ROWS_AT_ONCE", 500)
    assert fit.goodness("ks", simulations=99)["ks"].p_value == pytest.approx(whole["ks"].p_value, abs=0.2)


# -- bad input -------------------------------------------------------------------------------------------


def _fit(data: Any = (1.0, 2.0, 4.0, 3.0, 2.5), known: Any = None) -> mle.Fit:
    return mle.fit(mle.Gamma() if known is None else known, data, strict=False)


BAD: dict[str, tuple[Any, type[MlestatError], str]] = {
    "statistic": (lambda: _fit().goodness("kss"), UnknownNameError, "no statistic 'kss'; did you mean 'ks'"),
    "no statistic": (lambda: _fit().goodness(()), InputError, "empty"),
    "method": (lambda: _fit().goodness(method="tabel"), UnknownNameError, "did you mean 'table'"),
    "few simulations": (lambda: _fit().goodness(simulations=5), InputError, "at least 19.*got 5"),
    "half a simulation": (lambda: _fit().goodness(simulations=99.5), InputError, "whole number"),  # type: ignore[arg-type]
    "seed": (lambda: _fit().goodness(seed=-1), InputError, "seed.*got -1"),
    "text seed": (lambda: _fit().goodness(seed="x"), InputError, "seed.*'x'"),  # type: ignore[arg-type]
    "bins": (lambda: _fit().goodness("chisq", bins=[2.0, 1.0]), InputError, "increase"),
    "least": (lambda: _fit().goodness("chisq", least=-1.0), InputError, "least"),
    "few rows for bins": (lambda: _fit().goodness("chisq"), UnsupportedDataError, "5 rows are too few for two bins"),
    "no table": (lambda: _fit().goodness("ks", method="table"), UnsupportedDataError, "no table.*method='simulation'"),
    "point mass": (lambda: _fit([2.0, 2.0]).goodness(), InputError, "has none"),
    "survey weights": (
        lambda: mle.fit(mle.Gamma(), [1.0, 2.0, 4.0], probability_weights=[1, 2, 1]).goodness(),
        UnsupportedDataError,
        "sampling weights",
    ),
    "broken weights": (
        lambda: mle.fit(mle.Gamma(), [1.0, 2.0, 4.0], weights=[1, 1.5, 1]).goodness(),
        UnsupportedDataError,
        "whole frequency weights.*1.5",
    ),
    "overlapping intervals": (
        lambda: _fit(mle.Sample.intervals([0.0, 1.0, 2.0, 1.0], [2.0, 3.0, 5.0, 1.5]), mle.Exponential()).goodness(),
        UnsupportedDataError,
        "overlapping",
    ),
    "both sides": (
        lambda: _fit(mle.Sample.intervals([1.0, np.nan, 2.0], [1.0, 3.0, np.nan])).goodness(),
        UnsupportedDataError,
        "neither exact",
    ),
    "censored counts": (
        lambda: _fit(mle.Sample([1, 2, 4], right_censored=[0, 0, 1]), mle.Poisson()).goodness(),
        UnsupportedDataError,
        "whole numbers of which some are censored",
    ),
    "trials by row": (
        lambda: _fit([1, 2, 3], mle.Binomial(n=[4, 5, 6])).goodness(),
        UnsupportedDataError,
        "distributions of their own",
    ),
    "chi-square of censored rows": (
        lambda: _fit(mle.Sample([1.0, 2.0, 4.0], right_censored=[0, 0, 1])).goodness("chisq"),
        UnsupportedDataError,
        "every row's bin",
    ),
    "not computed": (lambda: _fit().goodness("ks", simulations=19)["ad"], UnknownNameError, "'ad' was computed"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(name: str) -> None:
    call, error, sentence = BAD[name]
    with pytest.raises(error, match=sentence):
        call()
