"""What every family offers: names, fields, shapes, broadcasting, support, and the refusal to evaluate what is free."""

from __future__ import annotations

import dataclasses
import math
import pickle
from operator import attrgetter

import numpy as np
import pytest
from cases import CASES, DISCRETE, FAMILIES, HOLES, NAMES, ORDINARY, OUTSIDE, ordinary
from families import ENTRIES

import mlestat as mle
from mlestat.errors import DataError, FreeParameterError, ParameterError, UnknownNameError

EVALUATIONS = ("logpdf", "pdf", "cdf", "sf", "logcdf", "logsf", "score", "hessian", "dlogpdf", "d2logpdf")
QUANTILES = ("ppf", "isf")
INSIDE = np.array([1.0, 2.0, 5.0])
ELEMENTWISE = tuple(m for m in (*EVALUATIONS, *QUANTILES) if m not in ("score", "hessian"))


def members(family: str, names: tuple[str, ...]) -> list[str]:
    return [m for m in names if not (family in DISCRETE and m in ("dlogpdf", "d2logpdf"))]


def arguments(member: str) -> np.ndarray:
    return np.array([0.1, 0.5, 0.9]) if member in QUANTILES else INSIDE


def test_every_family_of_the_library_is_in_the_table() -> None:
    assert set(mle.distributions.FAMILIES) == {case.family for case in CASES.values()}


@pytest.mark.parametrize("family", FAMILIES)
def test_fields(family: str) -> None:
    cls = mle.distributions.FAMILIES[family]
    written = attrgetter(family)(mle)  # a class, or a function of one
    assert type(written()) is cls
    assert repr(written()) == f"{family}({', '.join(f'{name}=free' for name in NAMES[family])})"
    assert cls.parameter_names() == NAMES[family]
    assert tuple(f.name for f in dataclasses.fields(cls)) == NAMES[family]
    assert all(value is mle.free for value in cls().params.values())
    d = ordinary(family)
    assert d.params == dict(zip(NAMES[family], ORDINARY[family], strict=True))
    assert d.discrete is (family in DISCRETE)
    assert d == ordinary(family)
    assert hash(d) == hash(ordinary(family))
    assert pickle.loads(pickle.dumps(d)) == d
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(d, NAMES[family][0], 1.0)


def test_free_survives_pickling() -> None:
    assert pickle.loads(pickle.dumps(mle.Gamma())).shape is mle.free


@pytest.mark.parametrize("family", FAMILIES)
def test_scalars_give_scalars(family: str) -> None:
    d, x = ordinary(family), ENTRIES[family].points[1]
    for member in members(family, ELEMENTWISE):
        value = getattr(d, member)(0.5 if member in QUANTILES else x)
        assert isinstance(value, np.float64), (member, type(value))
        assert value == getattr(d, member)(np.array([0.5 if member in QUANTILES else x]))[0]
    k = len(NAMES[family])
    assert np.shape(d.score(x)) == (k,)
    assert np.shape(d.hessian(x)) == (k, k)


@pytest.mark.parametrize("family", FAMILIES)
def test_shapes_and_kinds_of_input(family: str) -> None:
    d = ordinary(family)
    for member in members(family, ELEMENTWISE):
        flat = getattr(d, member)(arguments(member))
        assert flat.shape == (3,)
        assert flat.dtype == np.float64
        square = getattr(d, member)(np.tile(arguments(member), (2, 1)))
        np.testing.assert_array_equal(square, np.tile(flat, (2, 1)))
        np.testing.assert_array_equal(getattr(d, member)(arguments(member).tolist()), flat)
        assert getattr(d, member)(np.empty(0)).shape == (0,)
    np.testing.assert_array_equal(d.logpdf([1, 2, 5]), d.logpdf(INSIDE))
    np.testing.assert_array_equal(d.logpdf(INSIDE.astype(np.float32)), d.logpdf(INSIDE))
    k = len(NAMES[family])
    assert d.score(np.ones((2, 3))).shape == (2, 3, k)
    assert d.hessian(np.ones((2, 3))).shape == (2, 3, k, k)


@pytest.mark.parametrize("family", FAMILIES)
def test_input_is_never_changed(family: str) -> None:
    x = np.array([1.0, -1.0, 2.0, math.nan])
    before = x.copy()
    x.flags.writeable = False
    for member in members(family, EVALUATIONS):
        getattr(ordinary(family), member)(x)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("family", FAMILIES)
def test_parameters_may_be_arrays(family: str) -> None:
    """One value of each parameter per row, and a column of parameters against a row of data."""
    cls = mle.distributions.FAMILIES[family]
    theta = [np.array([t, t * 1.5, t * 2.0]) for t in ORDINARY[family]]
    aligned = cls(*theta)
    for member in members(family, (*EVALUATIONS, *QUANTILES)):
        got = getattr(aligned, member)(arguments(member))
        for i in range(3):
            alone = getattr(cls(*(t[i] for t in theta)), member)(arguments(member)[i])
            np.testing.assert_allclose(got[i], alone, rtol=1e-15, err_msg=member)
    column = cls(*(t[:, None] for t in theta))
    for member in members(family, ELEMENTWISE):
        got = getattr(column, member)(arguments(member))
        assert got.shape == (3, 3), member
        np.testing.assert_allclose(
            got.diagonal(), getattr(aligned, member)(arguments(member)), rtol=1e-15, err_msg=member
        )


@pytest.mark.parametrize("family", FAMILIES)
def test_outside_the_support(family: str) -> None:
    d = ordinary(family)
    below, above = OUTSIDE[family]
    holes = HOLES if d.discrete else ()
    for x in (*below, *above, *holes):
        assert d.logpdf(x) == -math.inf, x
        assert d.pdf(x) == 0.0, x
        assert np.all(np.isnan(d.score(x))), x
        assert np.all(np.isnan(d.hessian(x))), x
    for x in holes:
        assert d.cdf(x) == d.cdf(math.floor(x))
        assert d.sf(x) == d.sf(math.floor(x))


@pytest.mark.parametrize("family", FAMILIES)
def test_nan_stays_nan(family: str) -> None:
    for member in members(family, (*EVALUATIONS, *QUANTILES)):
        out = getattr(ordinary(family), member)(np.array([math.nan, 0.5]))
        assert np.all(np.isnan(out[0])), member


def test_the_support_is_named() -> None:
    assert str(mle.Gamma().support) == "x > 0"
    assert str(mle.Normal().support) == "any real x"
    assert str(mle.Poisson().support).startswith("x = 0, 1, 2")


@pytest.mark.parametrize("x", [0.0])
@pytest.mark.parametrize("family", ["LogNormal", "Exponential", "Gamma", "Weibull"])
def test_the_lower_end_belongs_to_the_support_or_not(family: str, x: float) -> None:
    """The support decides: 0 is a waiting time of an exponential, and no value of a lognormal, gamma or Weibull."""
    d = ordinary(family)
    assert bool(d.support.contains(x)) is (family == "Exponential")
    assert d.logpdf(x) == (-math.log(2.5) if family == "Exponential" else -math.inf)
    assert d.cdf(x) == 0.0
    assert d.sf(x) == 1.0


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_free_cannot_be_evaluated_and_is_named(family: str) -> None:
    cls = mle.distributions.FAMILIES[family]
    for name in NAMES[family]:
        others = {n: v for n, v in zip(NAMES[family], ORDINARY[family], strict=True) if n != name}
        half_free = cls(**others)
        assert half_free.params[name] is mle.free
        calls = [(m, (arguments(m),)) for m in members(family, (*EVALUATIONS, *QUANTILES))]
        calls += [("fisher", ()), ("moments", ()), ("sample", (0, 3))]
        for member, args in calls:
            with pytest.raises(FreeParameterError, match=rf"\b{name}\b"):
                getattr(half_free, member)(*args)


def test_a_prior_is_as_free_as_free() -> None:
    model = mle.Normal(mu=mle.Normal(0, 10), sigma=2.0)
    with pytest.raises(FreeParameterError, match="mu"):
        model.logpdf([1.0])


OUT_OF_RANGE = {name: entry.out_of_range for name, entry in ENTRIES.items()}


@pytest.mark.parametrize("family", FAMILIES)
def test_parameters_out_of_range_are_refused(family: str) -> None:
    cls = mle.distributions.FAMILIES[family]
    assert tuple(OUT_OF_RANGE[family]) == NAMES[family]
    for name, values in OUT_OF_RANGE[family].items():
        for value in values:
            with pytest.raises(ParameterError, match=name) as caught:
                cls(**{name: value})
            assert str(value) in str(caught.value)
        with pytest.raises(ParameterError, match=rf"{name}.*index 1"):
            cls(**{name: np.array([dict(zip(NAMES[family], ORDINARY[family], strict=True))[name], math.nan])})


def test_parameters_of_the_wrong_kind_are_refused() -> None:
    for value in ("2", None, True, 1j, {}, object()):
        with pytest.raises(ParameterError, match="sigma"):
            mle.Normal(sigma=value)


@pytest.mark.parametrize("family", DISCRETE)
def test_counts_have_no_derivative_in_x(family: str) -> None:
    for member in ("dlogpdf", "d2logpdf"):
        with pytest.raises(DataError, match=member):
            getattr(ordinary(family), member)([1.0])


@pytest.mark.parametrize("family", FAMILIES)
def test_text_and_complex_numbers_are_refused(family: str) -> None:
    for bad in (["a"], [1j], [None]):
        with pytest.raises(DataError):
            ordinary(family).logpdf(bad)


ALIASES = {
    "gamma": "Gamma",
    "GAMMA": "Gamma",
    "student_t": "StudentT",
    "student-t": "StudentT",
    "t": "StudentT",
    "negbin": "NegativeBinomial",
    "negative_binomial": "NegativeBinomial",
    "Log-Normal": "LogNormal",
    "poisson": "Poisson",
    "Gamma.by_mean": "Gamma.by_mean",
    "gamma-by-mean": "Gamma.by_mean",
    "beta_by_mean": "Beta.by_mean",
}


@pytest.mark.parametrize(("alias", "family"), ALIASES.items())
def test_families_by_name(alias: str, family: str) -> None:
    assert mle.distributions.family(alias) is mle.distributions.FAMILIES[family]


def test_an_unknown_family_names_its_neighbours() -> None:
    with pytest.raises(UnknownNameError, match=r"gama.*[Gg]amma"):
        mle.distributions.family("gama")
