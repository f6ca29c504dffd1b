"""The table of names elsewhere: scipy's column is evaluated and compared, the page of the docs is the table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from cases import FAMILIES, ordinary
from families import ENTRIES
from scipy import stats

import mlestat as mle
from mlestat.distributions import FAMILIES as ALL
from mlestat.distributions import VECTOR_FAMILIES
from mlestat.errors import FreeParameterError, UntranslatableError
from mlestat.translate import TABLE, markdown, table

PAGE = Path(__file__).parents[1] / "docs" / "howto" / "translate.md"

WITHOUT = ("Kumaraswamy",)
"""Families of single numbers that scipy lacks."""


def test_every_family_has_a_line() -> None:
    assert set(TABLE) == {*ALL, *VECTOR_FAMILIES}
    assert [row["family"].split("(")[0] for row in table()] == [*ALL, *VECTOR_FAMILIES]


def test_the_page_shows_the_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.endswith(f"<!-- table -->\n{markdown()}\n"), "write mlestat.translate.markdown() below the mark"


@pytest.mark.parametrize("family", [f for f in FAMILIES if f not in WITHOUT])
def test_the_frozen_distribution_equals_ours(family: str) -> None:
    """Log-density and distribution function, at ordinary points and at ordinary parameters."""
    ours, scipys = ordinary(family), ordinary(family).to_scipy()
    x = np.array(ENTRIES[family].points)
    density = scipys.logpmf if ours.discrete else scipys.logpdf
    np.testing.assert_allclose(density(x), ours.logpdf(x), rtol=1e-9, atol=1e-12)
    if family == "VonMises":  # on the circle: scipy's goes on beyond a turn
        x = ours.mu + np.array([-2.5, -0.5, 0.0, 1.0, 3.0])
        np.testing.assert_allclose(np.diff(scipys.cdf(x)), np.diff(ours.cdf(x)), rtol=1e-8)
    else:
        np.testing.assert_allclose(scipys.cdf(x), ours.cdf(x), rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("family", [f for f in FAMILIES if f not in WITHOUT])
def test_it_comes_back_as_a_model(family: str) -> None:
    back = mle.from_scipy(ordinary(family).to_scipy())
    x = np.array(ENTRIES[family].points)
    np.testing.assert_allclose(back.logpdf(x), ordinary(family).logpdf(x), rtol=1e-9, atol=1e-12)


def test_families_of_rows() -> None:
    normal = mle.MultivariateNormal([1.0, 2.0], [[2.0, 0.5], [0.5, 1.0]])
    x = np.array([[0.0, 1.0], [2.0, 2.5]])
    np.testing.assert_allclose(normal.to_scipy().logpdf(x), normal.logpdf(x), rtol=1e-12)
    dirichlet, share = mle.Dirichlet([1.0, 2.0, 3.0]), np.array([0.2, 0.3, 0.5])
    assert dirichlet.to_scipy().logpdf(share) == pytest.approx(float(dirichlet.logpdf(share)))
    multinomial, counts = mle.Multinomial(5, [0.2, 0.3, 0.5]), np.array([1, 1, 3])
    assert multinomial.to_scipy().logpmf(counts) == pytest.approx(float(multinomial.logpdf(counts)))


def test_a_fit_goes_over() -> None:
    f = mle.fit(mle.GEV(), stats.genextreme.rvs(-0.1, size=200, random_state=3))
    frozen = f.distribution.to_scipy()
    assert frozen.kwds["c"] == -f.params["xi"]
    assert frozen.logpdf(1.0) == pytest.approx(float(f.distribution.logpdf(1.0)))


def test_a_threshold_is_a_loc() -> None:
    ours = mle.Shifted(mle.Shifted(mle.Weibull(1.5, 2.0), by=3.0), by=-1.0)
    assert ours.to_scipy().kwds["loc"] == 2.0
    assert ours.to_scipy().logpdf(4.0) == pytest.approx(float(ours.logpdf(4.0)))
    counts = mle.Shifted(mle.Geometric(0.3), by=2)
    assert counts.to_scipy().logpmf(4) == pytest.approx(float(counts.logpdf(4)))


@pytest.mark.parametrize(
    "ours",
    [
        mle.Kumaraswamy(2.0, 3.0),
        mle.Truncated(mle.Gamma(2.0, 3.0), lower=1.0),
        mle.Mixture([mle.Normal(0.0, 1.0), mle.Normal(3.0, 1.0)], weights=[0.5, 0.5]),
        mle.ZeroInflated(mle.Poisson(2.0), p=0.3),
        mle.LimitedFailure(mle.Weibull(1.5, 2.0), p=0.3),
        mle.Categorical([0.5, 0.5]),
    ],
    ids=lambda d: d.label,
)
def test_what_scipy_lacks(ours: mle.Distribution) -> None:
    with pytest.raises(UntranslatableError, match=r"scipy.stats has no family that equals .*; use its own members"):
        ours.to_scipy()


def test_a_free_parameter_cannot_go_over() -> None:
    with pytest.raises(FreeParameterError, match="to_scipy needs a number for every parameter"):
        mle.Gamma(shape=2.0).to_scipy()


def test_an_expression_that_is_wrong_would_be_seen() -> None:
    """The comparison above can fail: another sign of the GEV's shape does."""
    ours = ordinary("GEV")
    x = np.array(ENTRIES["GEV"].points)
    wrong = stats.genextreme(ours.xi, loc=ours.mu, scale=ours.sigma)
    assert np.abs(wrong.logpdf(x) - ours.logpdf(x)).max() > 1e-3
