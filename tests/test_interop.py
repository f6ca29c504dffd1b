"""The same formulas on PyTorch and JAX: equal values, and derivatives by their automatic differentiation equal to ours.

Run with `pytest -m interop`; skipped, and counted as skipped, where a library is missing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from cases import CASES, DISCRETE, FAMILIES, FREE_NAMES, NAMES, ORDINARY, model
from families import ENTRIES

import mlestat as mle

pytestmark = pytest.mark.interop

EQUAL = 1e-12
"""Relative, with the same absolute floor in units of the largest value: special functions differ by a few ulps."""

AUTOGRAD = 1e-9
"""Automatic first derivatives differentiate the formula as written, cancellations included."""

TORCH_TRIGAMMA = 1e-8
"""PyTorch's second derivatives of log-gamma come from its trigamma, which has 9 to 10 digits (2.8e-10 off at 2.5)."""

CONTINUOUS = [f for f in FAMILIES if f not in DISCRETE]

POINTS = {name: np.array(entry.points) for name, entry in ENTRIES.items()}

ROWS = [(family, theta) for family in FAMILIES for theta in (ORDINARY[family], *ENTRIES[family].more)]


def closely(got: Any, want: Any) -> None:
    want = np.asarray(want)
    finite = np.abs(want[np.isfinite(want)])
    np.testing.assert_allclose(np.asarray(got), want, rtol=EQUAL, atol=EQUAL * (finite.max() if finite.size else 1.0))


def free_values(family: str) -> list[float]:
    """The ordinary values of the parameters that are estimated."""
    return [ORDINARY[family][i] for i in ENTRIES[family].oracle.estimated]


def free_part(family: str, derivative: np.ndarray) -> np.ndarray:
    """The entries of a score or a Hessian that belong to parameters that are estimated."""
    free = ENTRIES[family].oracle.estimated
    return derivative[np.ix_(*(free for _ in range(derivative.ndim)))]


def row_id(row: tuple[str, tuple[float, ...]]) -> str:
    return f"{row[0]}{row[1]}"


# -- PyTorch ------------------------------------------------------------------------------------------------


@pytest.fixture
def torch() -> Any:
    return pytest.importorskip("torch", reason="PyTorch is not installed (extra 'torch')")


@pytest.mark.parametrize("row", ROWS, ids=row_id)
def test_torch_values(torch: Any, row: tuple[str, tuple[float, ...]]) -> None:
    family, theta = row
    d, x = mle.distributions.FAMILIES[family](*theta), POINTS[family]
    t = torch.tensor(x)
    for member in ("logpdf", "pdf", "score", "hessian", *(("dlogpdf", "d2logpdf") if family in CONTINUOUS else ())):
        got = getattr(d, member)(t)
        assert isinstance(got, torch.Tensor), member
        assert got.dtype == torch.float64
        closely(got.numpy(), getattr(d, member)(x))


@pytest.mark.parametrize("row", ROWS, ids=row_id)
def test_torch_differentiates_in_the_parameters(torch: Any, row: tuple[str, tuple[float, ...]]) -> None:
    """Parameters given as tensors that require a gradient: autograd's gradient is our score."""
    family, theta = row
    x = POINTS[family]
    known = mle.distributions.FAMILIES[family](*theta)
    for i, value in enumerate(x):
        point = torch.tensor([value], dtype=torch.float64)

        def logpdf(*p: Any, point: Any = point) -> Any:
            return mle.distributions.FAMILIES[family](*p).logpdf(point).sum()

        parameters = tuple(torch.tensor(t, dtype=torch.float64, requires_grad=True) for t in theta)
        gradient = torch.autograd.grad(logpdf(*parameters), parameters, allow_unused=True)
        got = [0.0 if g is None else float(g) for g in gradient]
        free = list(ENTRIES[family].oracle.estimated)
        got, want = np.array(got)[free], known.score(x)[i, free]
        if family == "Laplace" and value == theta[0]:
            continue
        size = np.abs(known.score(x)[:, free]).max(axis=0)
        assert np.all(np.abs(got - want) <= AUTOGRAD * (np.abs(want) + size))


@pytest.mark.parametrize("family", FAMILIES)
def test_torch_hessian_by_autograd(torch: Any, family: str) -> None:
    x = POINTS[family]
    known = mle.distributions.FAMILIES[family](*ORDINARY[family])

    def total(p: Any) -> Any:
        return model(family, **dict(zip(FREE_NAMES[family], p.unbind(), strict=True))).logpdf(torch.tensor(x)).sum()

    got = torch.autograd.functional.hessian(total, torch.tensor(free_values(family), dtype=torch.float64))
    want = free_part(family, known.hessian(x).sum(axis=0))
    np.testing.assert_allclose(got.numpy(), want, rtol=TORCH_TRIGAMMA, atol=TORCH_TRIGAMMA * np.abs(want).max())


@pytest.mark.parametrize("family", CONTINUOUS)
def test_torch_differentiates_in_x(torch: Any, family: str) -> None:
    d, x = mle.distributions.FAMILIES[family](*ORDINARY[family]), POINTS[family]
    t = torch.tensor(x, requires_grad=True)
    (first,) = torch.autograd.grad(d.logpdf(t).sum(), t, create_graph=True)
    closely(first.detach().numpy(), d.dlogpdf(x))
    if family == "Laplace":
        return  # the first derivative is constant on either side: autograd has nothing to differentiate
    (second,) = torch.autograd.grad(first.sum(), t) if first.requires_grad else (torch.zeros_like(t),)
    closely(second.numpy(), d.d2logpdf(x))


@pytest.mark.parametrize("family", FAMILIES)
def test_torch_gradcheck(torch: Any, family: str) -> None:
    """PyTorch's own finite differences against its derivatives of our formula."""
    x = torch.tensor(POINTS[family])
    parameters = tuple(torch.tensor(t, dtype=torch.float64, requires_grad=True) for t in free_values(family))

    def logpdf(*p: Any) -> Any:
        return model(family, **dict(zip(FREE_NAMES[family], p, strict=True))).logpdf(x)

    assert torch.autograd.gradcheck(logpdf, parameters, eps=1e-6, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
def test_torch_outside_the_support_leaves_gradients_whole(torch: Any, family: str) -> None:
    """A masked row must not turn the gradient of the others into NaN."""
    point = POINTS[family][1]
    x = torch.tensor([-1.0, float("nan"), point, float("inf")], dtype=torch.float64)
    inside = [v for v in (-1.0, point) if mle.distributions.FAMILIES[family](*ORDINARY[family]).support.contains(v)]
    parameters = tuple(torch.tensor(t, dtype=torch.float64, requires_grad=True) for t in free_values(family))
    values = model(family, **dict(zip(FREE_NAMES[family], parameters, strict=True))).logpdf(x)
    total = values[torch.isfinite(values)].sum()
    gradient = torch.autograd.grad(total, parameters)
    want = free_part(family, mle.distributions.FAMILIES[family](*ORDINARY[family]).score(np.array(inside)).sum(axis=0))
    np.testing.assert_allclose([float(g) for g in gradient], want, rtol=1e-10, atol=1e-12)


def test_torch_float32_stays_float32(torch: Any) -> None:
    x = torch.tensor([0.5, 1.0], dtype=torch.float32)
    got = mle.Normal(torch.tensor(0.0), torch.tensor(1.0)).logpdf(x)
    assert got.dtype == torch.float32


# -- JAX ----------------------------------------------------------------------------------------------------


@pytest.fixture
def jax() -> Any:
    module = pytest.importorskip("jax", reason="JAX is not installed (extra 'jax')")
    module.config.update("jax_enable_x64", True)
    return module


@pytest.mark.parametrize("row", ROWS, ids=row_id)
def test_jax_values(jax: Any, row: tuple[str, tuple[float, ...]]) -> None:
    family, theta = row
    d, x = mle.distributions.FAMILIES[family](*theta), POINTS[family]
    for member in ("logpdf", "pdf", "score", "hessian", *(("dlogpdf", "d2logpdf") if family in CONTINUOUS else ())):
        got = getattr(d, member)(jax.numpy.asarray(x))
        assert isinstance(got, jax.Array), member
        assert got.dtype == np.float64
        closely(got, getattr(d, member)(x))


@pytest.mark.parametrize("family", FAMILIES)
def test_jax_differentiates_and_compiles(jax: Any, family: str) -> None:
    """jit of the value, of the gradient and of the Hessian in the parameters; the parameters are traced."""
    x = POINTS[family]
    known = mle.distributions.FAMILIES[family](*ORDINARY[family])
    theta = jax.numpy.asarray(free_values(family))

    def total(p: Any, at: Any) -> Any:
        return model(family, **dict(zip(FREE_NAMES[family], p, strict=True))).logpdf(at).sum()

    at = jax.numpy.asarray(x)
    closely(jax.jit(total)(theta, at), known.logpdf(x).sum())
    closely(jax.jit(jax.grad(total))(theta, at), free_part(family, known.score(x).sum(axis=0)))
    closely(jax.jit(jax.hessian(total))(theta, at), free_part(family, known.hessian(x).sum(axis=0)))
    rows = jax.vmap(jax.grad(total), in_axes=(None, 0))(theta, at)
    closely(rows, known.score(x)[:, list(ENTRIES[family].oracle.estimated)])


@pytest.mark.parametrize("family", CONTINUOUS)
def test_jax_differentiates_in_x(jax: Any, family: str) -> None:
    d, x = mle.distributions.FAMILIES[family](*ORDINARY[family]), POINTS[family]
    first = jax.vmap(jax.grad(d.logpdf))(jax.numpy.asarray(x))
    closely(first, d.dlogpdf(x))
    closely(jax.vmap(jax.grad(jax.grad(d.logpdf)))(jax.numpy.asarray(x)), d.d2logpdf(x))


@pytest.mark.parametrize("family", FAMILIES)
def test_jax_outside_the_support_leaves_gradients_whole(jax: Any, family: str) -> None:
    point = POINTS[family][1]

    def total(p: Any) -> Any:
        member = model(family, **dict(zip(FREE_NAMES[family], p, strict=True)))
        values = member.logpdf(jax.numpy.asarray([-np.inf, np.nan, point]))
        return jax.numpy.where(jax.numpy.isfinite(values), values, 0.0).sum()

    got = jax.grad(total)(jax.numpy.asarray(free_values(family)))
    want = free_part(family, mle.distributions.FAMILIES[family](*ORDINARY[family]).score(np.array([point]))[0])
    np.testing.assert_allclose(got, want, rtol=1e-10, atol=1e-12)


# -- both ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_of_the_table_is_checked(family: str) -> None:
    assert family in {case.family for case in CASES.values()}
    assert len(ORDINARY[family]) == len(NAMES[family])
