"""The formulas of the families of rows on PyTorch and JAX: equal values, and their automatic derivatives equal to ours.

Run with `pytest -m interop`; skipped, and counted as skipped, where a library is missing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from vector_families import CONTINUOUS, FAMILIES, ORDINARY, Case

import mlestat as mle

pytestmark = pytest.mark.interop

EQUAL = 1e-12
"""Relative to the largest value: linear algebra and special functions differ by a few ulps."""

TRIGAMMA = 1e-8
"""PyTorch's second derivatives of log-gamma come from its trigamma, which has 9 to 10 digits."""


def closely(got: Any, want: Any, digits: float = EQUAL) -> None:
    want = np.asarray(want)
    np.testing.assert_allclose(np.asarray(got), want, rtol=digits, atol=digits * np.abs(want).max())


def points(case: Case) -> np.ndarray:
    """Rows; labels by their places, since these libraries know whole numbers alone."""
    if case.family == "Categorical":
        return np.array([x[0] for x in case.rows])
    return np.array(case.rows, dtype=float)


def ours(case: Case) -> np.ndarray:
    """What NumPy's functions take for the same rows."""
    return np.array(case.distribution.names)[points(case)] if case.family == "Categorical" else points(case)


def rebuilt(case: Case, numbers: Any, stack: Any) -> Any:
    """The distribution with its parameters made of these single numbers, which may be traced."""
    d = case.distribution
    values, at = {}, 0
    for name, domain in d.domains.items():
        places = domain.places(d.size)
        values[name] = shaped(places, numbers[at : at + len(places)], d.size, stack)
        at += len(places)
    return d.with_values(values)


def shaped(places: Any, numbers: Any, size: int, stack: Any) -> Any:
    index = [place for place, _ in places]
    if index == [()]:
        return numbers[0]
    if len(index[0]) == 1:
        return numbers
    table = {ij: numbers[n] for n, ij in enumerate(index)}
    return stack([stack([table[min(i, j), max(i, j)] for j in range(size)]) for i in range(size)])


# -- PyTorch -----------------------------------------------------------------------------------------------


@pytest.fixture
def torch() -> Any:
    return pytest.importorskip("torch", reason="PyTorch is not installed (extra 'torch')")


@pytest.mark.parametrize("family", FAMILIES)
def test_torch_values(torch: Any, family: str) -> None:
    case = ORDINARY[family]
    x = torch.tensor(points(case))
    continuous = ("dlogpdf",) if family in CONTINUOUS else ()
    for member in ("logpdf", "pdf", "score", "hessian", *continuous):
        got = getattr(case.distribution, member)(x)
        assert isinstance(got, torch.Tensor), member
        assert got.dtype == torch.float64
        closely(got.numpy(), getattr(case.distribution, member)(ours(case)))


@pytest.mark.parametrize("family", FAMILIES)
def test_torch_differentiates_in_the_parameters(torch: Any, family: str) -> None:
    case = ORDINARY[family]
    x = torch.tensor(points(case))

    def total(numbers: Any) -> Any:
        return rebuilt(case, numbers, torch.stack).logpdf(x).sum()

    theta = torch.tensor(case.theta, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(total(theta), theta)
    closely(gradient.numpy(), case.distribution.score(ours(case)).sum(axis=0), 1e-10)
    hessian = torch.autograd.functional.hessian(total, torch.tensor(case.theta, dtype=torch.float64))
    closely(hessian.numpy(), case.distribution.hessian(ours(case)).sum(axis=0), TRIGAMMA)


@pytest.mark.parametrize("family", [f for f in FAMILIES if f in CONTINUOUS])
def test_torch_differentiates_in_x(torch: Any, family: str) -> None:
    case = ORDINARY[family]
    x = torch.tensor(points(case), requires_grad=True)
    (first,) = torch.autograd.grad(case.distribution.logpdf(x).sum(), x)
    closely(first.numpy(), case.distribution.dlogpdf(points(case)), 1e-11)


def test_torch_parameters_make_torch_values(torch: Any) -> None:
    d = mle.MultivariateNormal(torch.zeros(2, dtype=torch.float64), torch.eye(2, dtype=torch.float64))
    assert isinstance(d.logpdf(np.zeros((3, 2))), torch.Tensor)
    closely(d.mahalanobis(np.array([[3.0, 4.0]])).numpy(), [5.0])


@pytest.mark.parametrize("family", ["MultivariateNormal", "Dirichlet", "Multinomial"])
def test_torch_outside_the_support_leaves_gradients_whole(torch: Any, family: str) -> None:
    """A masked row must not turn the gradient of the others into NaN."""
    case = ORDINARY[family]
    good = points(case)[:1]
    bad = np.vstack([good, np.full_like(good, np.nan), np.full_like(good, -np.inf)])
    theta = torch.tensor(case.theta, dtype=torch.float64, requires_grad=True)
    values = rebuilt(case, theta, torch.stack).logpdf(torch.tensor(bad))
    (gradient,) = torch.autograd.grad(values[torch.isfinite(values)].sum(), theta)
    closely(gradient.numpy(), case.distribution.score(good)[0], 1e-10)


# -- JAX --------------------------------------------------------------------------------------------------------


@pytest.fixture
def jax() -> Any:
    module = pytest.importorskip("jax", reason="JAX is not installed (extra 'jax')")
    module.config.update("jax_enable_x64", True)
    return module


@pytest.mark.parametrize("family", FAMILIES)
def test_jax_values(jax: Any, family: str) -> None:
    case = ORDINARY[family]
    x = jax.numpy.asarray(points(case))
    continuous = ("dlogpdf",) if family in CONTINUOUS else ()
    for member in ("logpdf", "pdf", "score", "hessian", *continuous):
        got = getattr(case.distribution, member)(x)
        assert isinstance(got, jax.Array), member
        assert got.dtype == np.float64
        closely(got, getattr(case.distribution, member)(ours(case)))


@pytest.mark.parametrize("family", FAMILIES)
def test_jax_differentiates_and_compiles(jax: Any, family: str) -> None:
    case = ORDINARY[family]
    theta, x = jax.numpy.asarray(case.theta), jax.numpy.asarray(points(case))

    def total(numbers: Any, at: Any) -> Any:
        return rebuilt(case, numbers, jax.numpy.stack).logpdf(at).sum()

    closely(jax.jit(total)(theta, x), case.distribution.logpdf(ours(case)).sum())
    closely(jax.jit(jax.grad(total))(theta, x), case.distribution.score(ours(case)).sum(axis=0), 1e-10)
    closely(jax.jit(jax.hessian(total))(theta, x), case.distribution.hessian(ours(case)).sum(axis=0), 1e-9)


@pytest.mark.parametrize("family", [f for f in FAMILIES if f in CONTINUOUS])
def test_jax_differentiates_in_x(jax: Any, family: str) -> None:
    case = ORDINARY[family]
    first = jax.vmap(jax.grad(case.distribution.logpdf))(jax.numpy.asarray(points(case)))
    closely(first, case.distribution.dlogpdf(points(case)), 1e-11)
