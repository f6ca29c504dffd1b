"""Censored and truncated rows, taken apart and summed part by part, against one row after the other.

The reference evaluates each row alone, by the general formula for an interval; parts that are open on one side, tails
that are affine in the row terms, tables of repeated ends and rows that say nothing must not show.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from cases import model, ordinary

import mlestat as mle
from mlestat.distributions import FAMILIES, between
from mlestat.distributions.between import log_between_by_hazard, log_between_derivatives
from mlestat.likelihood import totals
from mlestat.solvers.choose import choose_source, source_like
from mlestat.sources.array import Rows
from mlestat.sources.condensed import FEW, Condensed
from mlestat.sources.incomplete import Incomplete, Tail, split

AGREE = 1e-10
"""Of the sum of the rows' sizes: the general formula takes a tail by way of its complement, which costs some digits."""

AFFINE = tuple(name for name, family in FAMILIES.items() if family.affine_tail)
FIXED = tuple(
    name for name, family in FAMILIES.items() if not isinstance(family.support, property) and not family().discrete
)
"""Continuous families whose support no parameter moves."""

CLOSED_TAILS = (
    *AFFINE,
    "Normal",
    "LogNormal",
    "Logistic",
    "GumbelMin",
    "LogLogistic",
    "Laplace",
    "Geometric",
    "Kumaraswamy",
)


def sample_of(family: str, kind: str) -> mle.Sample:
    """60 rows of one kind; with entry and exit, all that could have been seen."""
    d, rng = ordinary(family), np.random.default_rng(5)
    x = np.sort(d.sample(rng, 60).astype(float))
    lower, upper = (float(d.ppf(q)) for q in (0.05, 0.97))
    inner = (x > lower) & (x < upper)
    w = rng.integers(1, 4, 60).astype(float)
    mask = rng.random(60) < 0.5
    if kind == "right":
        return mle.Sample(x, right_censored=mask, weights=w)
    if kind == "left":
        return mle.Sample(x, left_censored=mask)
    if kind == "both":
        return mle.Sample.intervals(np.where(mask, x, -math.inf), np.where(mask, math.inf, x))
    if kind == "intervals":
        return mle.Sample.intervals(x[::2], x[1::2])
    entry = np.where(mask, lower, -math.inf)[inner]
    if kind == "entry":
        return mle.Sample(x[inner], entry=entry, weights=w[inner])
    if kind == "exit":
        return mle.Sample(x[inner], exit=upper)
    return mle.Sample(x[inner], right_censored=mask[inner], entry=entry, exit=np.where(mask, math.inf, upper)[inner])


def row_by_row(d: Any, sample: mle.Sample) -> tuple[float, np.ndarray, np.ndarray, float]:
    """Value, score and Hessian of the rows' log-likelihoods, and the sum of the sizes of what is added."""
    low, high, exact = sample.ends()
    entry = np.full(low.shape, -math.inf) if sample.entry is None else sample.entry
    leave = np.full(low.shape, math.inf) if sample.exit is None else sample.exit
    k = len(d.roles)
    value, score, hessian, size = 0.0, np.zeros(k), np.zeros((k, k)), 0.0
    for i in range(sample.rows):
        w = 1.0 if sample.weights is None else sample.weights[i]
        if exact[i]:
            parts = [(1.0, float(d.logpdf(low[i])), d.score(low[i]), d.hessian(low[i]))]
        else:
            # the whole numbers of [low, high], but those above a right-censored row
            below = (
                math.ceil(low[i]) - 1.0 if d.discrete and sample.high is not None and math.isfinite(low[i]) else low[i]
            )
            parts = [(1.0, *one_row(d, max(below, entry[i]), min(high[i], leave[i])))]
        if entry[i] > -math.inf or leave[i] < math.inf:
            parts.append((-1.0, *one_row(d, entry[i], leave[i])))
        for sign, v, g, h in parts:
            value, score, hessian = value + sign * w * v, score + sign * w * g, hessian + sign * w * h
            size += w * (abs(v) + float(np.abs(g).max()) + float(np.abs(h).max()))
    return value, score, hessian, size


def one_row(d: Any, low: float, high: float) -> tuple[float, np.ndarray, np.ndarray]:
    """One interval by the general formula; the other tail stands in where the interval is open on one side."""
    value, g, h = log_between_derivatives(d, np.array([low]), np.array([high]))
    return float(value[0]), np.array([v[0] for v in g]), np.array([[v[0] for v in row] for row in h])


@pytest.mark.parametrize("family", CLOSED_TAILS)
@pytest.mark.parametrize("kind", ["right", "left", "both", "intervals", "entry", "exit", "all"])
def test_parts_sum_to_the_rows(family: str, kind: str) -> None:
    sample, d = sample_of(family, kind), ordinary(family)
    source = choose_source(model(family), Rows(sample))
    assert isinstance(source, Incomplete)
    found = totals(d, source)
    *wanted, size = row_by_row(d, sample)
    for a, b in zip(found, wanted, strict=True):
        assert np.max(np.abs(np.asarray(a) - np.asarray(b))) <= AGREE * size


@pytest.mark.parametrize("family", AFFINE)
def test_affine_tails_are_the_tails(family: str) -> None:
    """log S from the row terms, and its derivatives by central differences of `logsf` in the parameters."""
    d = ordinary(family)
    x = d.ppf(np.array([1e-6, 0.1, 0.5, 0.9, 1.0 - 1e-6]))
    value, gradient, _ = d._survival(d._terms(x))
    np.testing.assert_allclose(value, d.logsf(x), rtol=1e-13)
    for name, slope in zip(d.roles, gradient, strict=True):
        theta, step = float(d.params[name]), 1e-6
        ends = (d.with_values({name: theta * (1.0 + s)}).logsf(x) for s in (step, -step))
        up, down = ends
        np.testing.assert_allclose(slope, (up - down) / (2.0 * step * theta), rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("family", AFFINE)
def test_rows_that_may_be_anywhere_change_nothing(family: str) -> None:
    """Right-censored and entered at 0: no family on x > 0 learns from that."""
    x = ordinary(family).sample(3, 50)
    rows = np.concatenate([x, np.zeros(20)])
    censored = np.concatenate([np.arange(50) % 3 == 0, np.ones(20, dtype=bool)])
    plain = mle.fit(model(family), mle.Sample(x, right_censored=censored[:50]), strict=False)
    more = mle.fit(model(family), mle.Sample(rows, right_censored=censored, entry=np.zeros(70) - 1.0), strict=False)
    assert more.loglik == pytest.approx(plain.loglik, rel=1e-12)
    assert more.params == pytest.approx(plain.params, rel=1e-7)


def test_a_contained_exponential_needs_the_time_at_risk_alone() -> None:
    """The parts of a Weibull's rows serve its exponential, whose own are sufficient statistics."""
    sample = mle.Sample([1.0, 2.0, 5.0, 7.0], right_censored=[0, 1, 0, 1], entry=[0.5, 0.0, 2.0, 1.0])
    weibull = choose_source(mle.Weibull(), Rows(sample))
    source = source_like(weibull, mle.Exponential(), Rows(sample))
    assert isinstance(source, Incomplete)
    assert all(isinstance(part, Tail) and not isinstance(part.source, Rows) for part, _ in source.signed)
    at_risk = 15.0 - 3.5
    for scale in (0.5, 3.0):
        value, score, hessian = totals(mle.Exponential(scale), source)
        assert value == pytest.approx(-2.0 * math.log(scale) - at_risk / scale, rel=1e-14)
        assert score[0] == pytest.approx(-2.0 / scale + at_risk / scale**2, rel=1e-13)
        assert hessian[0, 0] == pytest.approx(2.0 / scale**2 - 2.0 * at_risk / scale**3, rel=1e-13)
    assert mle.fit(mle.Exponential(), sample).params["scale"] == pytest.approx(at_risk / 2.0, rel=1e-8)


@pytest.mark.parametrize("shape", [2.5, 0.3])
def test_a_pareto_of_censored_rows_starts_at_its_smallest_exact_value(shape: float) -> None:
    """Sums over exact rows do not look at the support, so a search must: it ran off to a minimum of 1e241.

    The maximum is a formula: with the minimum m at the smallest exact value, shape = failures over the total of
    log(x/m), where a censored row below m may be anywhere.
    """
    x = mle.Pareto(shape, 0.5).sample(3, 50)
    censored = np.arange(50) % 3 == 0
    fit = mle.fit(mle.Pareto(), mle.Sample(x, right_censored=censored))
    m = x[~censored].min()
    distance = np.maximum(np.log(x / m), 0.0).sum()
    best = (~censored).sum() / distance
    assert fit.params["minimum"] == pytest.approx(m, rel=1e-12)
    assert fit.params["shape"] == pytest.approx(best, rel=1e-9)
    expected = (~censored).sum() * math.log(best / m) - best * distance - np.log(x[~censored] / m).sum()
    assert fit.loglik == pytest.approx(expected, abs=1e-9)


# -- narrow and wide intervals ---------------------------------------------------------------------------


def shrinking(d: Any) -> tuple[np.ndarray, np.ndarray]:
    """Intervals from either tail, of shares of it between a thousandth and nearly all."""
    start, share = (v.ravel() for v in np.meshgrid([1e-6, 0.02, 0.3], [1e-3, 0.3, 0.55, 0.85, 0.89, 0.95, 0.999]))
    return np.concatenate([d.isf(start), d.ppf(start * share)]), np.concatenate([d.isf(start * share), d.ppf(start)])


@pytest.mark.parametrize("family", [name for name in FIXED if not FAMILIES[name].costly_tails])
def test_a_difference_of_tails_and_a_quadrature_agree(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The two ways about the share at which they change over: each is checked against mpmath on its own."""
    d = ordinary(family)
    low, high = shrinking(d)
    first = log_between_derivatives(d, low, high)
    monkeypatch.setattr(between, "NARROW", {False: 0.5, True: 0.5})
    second = log_between_derivatives(d, low, high)
    assert_together(first, second)


@pytest.mark.parametrize("family", AFFINE)
def test_an_interval_by_the_hazard_is_the_interval(family: str) -> None:
    d = ordinary(family)
    low, high = shrinking(d)
    assert_together(log_between_by_hazard(d, low, high), log_between_derivatives(d, low, high))


def assert_together(first: Any, second: Any) -> None:
    """Each derivative relative to the largest of its kind among the rows; the value absolutely."""
    np.testing.assert_allclose(first[0], second[0], rtol=1e-12, atol=1e-12)
    for a, b in ((np.array(first[1]), np.array(second[1])), (np.array(first[2]), np.array(second[2]))):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=AGREE * np.abs(b).max())


# -- condensed rows --------------------------------------------------------------------------------------


def one_sided(family: str, side: str, n: int) -> tuple[Any, Any]:
    """A part whose rows are all open on one side, with weights and ties, and its member."""
    d, rng = ordinary(family), np.random.default_rng(11)
    x = np.asarray(d.sample(rng, n), dtype=float)
    x[: n // 20] = np.round(x[: n // 20], 1)
    x = x[(x > d.support.lower) & (x < d.support.upper)]
    sample = mle.Sample(x, weights=rng.integers(1, 4, x.size), **{f"{side}_censored": np.ones(x.size, dtype=bool)})
    (part,) = split(Rows(sample), d).inside
    return part, d


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("family", FIXED)
def test_condensed_rows_sum_to_the_rows(family: str, side: str) -> None:
    """At a member, and at another one 3 % away with what was kept of the first: corners move, panels are halved."""
    part, d = one_sided(family, side, 1500)
    condensed = Condensed(part, d.support)
    for member in (d, d.with_values({name: 1.03 * float(v) for name, v in d.params.items()})):
        for a, b in zip(condensed.totals(member), part.totals(member), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-12 * np.abs(b).max())


@pytest.mark.parametrize("family", ["Normal", "Gamma", "Beta", "StudentT", "InverseGamma"])
def test_condensing_pays(family: str) -> None:
    part, d = one_sided(family, "right", 6000)
    condensed = Condensed(part, d.support)
    condensed.totals(d)
    assert sum(20 if j - i > FEW else j - i for i, j, _, _ in condensed.panels) < 600


def test_tied_rows_at_a_corner_are_a_point() -> None:
    """Half of the rows lie where a Laplace has its corner: the panels about it shrink to a point, and no further."""
    x = np.concatenate([np.zeros(2500), np.linspace(-3.0, 3.0, 2500)])
    (part,) = split(Rows(mle.Sample(x, right_censored=np.ones(5000, dtype=bool))), mle.Laplace(0.0, 1.0)).inside
    for mu in (0.0, 1e-7):
        found = Condensed(part, mle.Laplace().support).totals(mle.Laplace(mu, 1.0))
        np.testing.assert_allclose(found[0], part.totals(mle.Laplace(mu, 1.0))[0], rtol=1e-12)


def test_many_censored_rows_are_fitted_as_few_are() -> None:
    """A gamma of 20,000 rows by way of condensed tails; its gradient, row by row, vanishes."""
    rng = np.random.default_rng(2)
    life, end = mle.Gamma(2.5, 3.0).sample(rng, 20_000), mle.Gamma(2.5, 4.0).sample(rng, 20_000)
    sample = mle.Sample(np.minimum(life, end), right_censored=life > end)
    fit = mle.fit(mle.Gamma(), sample)
    member, rows = fit.distribution, Rows(sample)
    parts = split(rows, member)
    exact = member.score(parts.exact.sample.values).sum(axis=0)
    (tail,) = parts.inside
    value, score, _ = tail.totals(member)
    assert np.max(np.abs(exact + score) * np.array([fit.se["shape"], fit.se["scale"]])) <= 1e-6
    assert fit.loglik == pytest.approx(float(member.logpdf(parts.exact.sample.values).sum()) + value, rel=1e-13)
