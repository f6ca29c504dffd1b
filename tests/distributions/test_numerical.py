"""Numerical derivatives: against functions whose derivatives are known, smooth and narrow, near an edge, and noisy."""

from __future__ import annotations

import numpy as np
import pytest

from mlestat.distributions.numerical import SHARE, derivatives
from mlestat.distributions.second_order import Scalar

CLOSE = 1e-9
"""What order 8 with steps of 1/32 of the length promises, relative to the second derivative."""


def at(*coordinates: float) -> np.ndarray:
    return np.array(coordinates)[:, None]


@pytest.mark.parametrize("order", [4, 8])
def test_polynomials_of_the_order_are_exact(order: int) -> None:
    power = order  # the first derivative of order p is exact up to degree p
    value, g, h = derivatives(lambda q, rows: q[0] ** power, at(1.3), at(0.1), order=order, rounds=1)
    assert value[0] == pytest.approx(1.3**power, rel=1e-15)
    assert g[0, 0] == pytest.approx(power * 1.3 ** (power - 1), rel=1e-12)
    assert h[0, 0, 0] == pytest.approx(power * (power - 1) * 1.3 ** (power - 2), rel=1e-10)


def test_gradient_and_hessian_of_three_variables() -> None:
    def f(q: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return np.sin(q[0]) * np.exp(q[1]) / q[2]

    x, y, z = 0.7, -0.4, 1.9
    _, g, h = derivatives(f, at(x, y, z), np.full((3, 1), SHARE))
    s, c, e = np.sin(x), np.cos(x), np.exp(y)
    np.testing.assert_allclose(g[:, 0], [c * e / z, s * e / z, -s * e / z**2], rtol=1e-11)
    expected = np.array(
        [
            [-s * e / z, c * e / z, -c * e / z**2],
            [c * e / z, s * e / z, -s * e / z**2],
            [-c * e / z**2, -s * e / z**2, 2 * s * e / z**3],
        ]
    )
    np.testing.assert_allclose(h[:, :, 0], expected, rtol=CLOSE, atol=CLOSE)


@pytest.mark.parametrize("width", [1.0, 0.1, 0.01, 1e-3])
def test_a_narrow_function_gets_a_smaller_step(width: float) -> None:
    """log(1 + (x/width)²) has its singularities at the distance `width`, the step is for a length of 1."""
    x = np.linspace(-2.0, 2.0, 41)[None, :] * width
    _, g, h = derivatives(lambda q, rows: np.log1p((q[0] / width) ** 2), x, np.full(x.shape, SHARE))
    z = x[0] / width
    np.testing.assert_allclose(g[0] * width, 2 * z / (1 + z * z), atol=1e-7)
    np.testing.assert_allclose(h[0, 0] * width**2, 2 * (1 - z * z) / (1 + z * z) ** 2, atol=1e-6)


def test_rows_beyond_a_barrier_are_done_with_steps_that_stay_inside() -> None:
    """log(x) is not a number below 0: rows near 0 need steps of their own."""
    x = np.array([[1e-3, 0.01, 0.1, 1.0]])
    with np.errstate(all="ignore"):
        _, g, h = derivatives(lambda q, rows: np.log(q[0]), x, np.full(x.shape, 0.05))
    np.testing.assert_allclose(g[0] * x[0], 1.0, rtol=1e-6)
    np.testing.assert_allclose(h[0, 0] * x[0] ** 2, -1.0, rtol=1e-5)


def test_what_has_no_step_has_no_slope() -> None:
    _, g, h = derivatives(lambda q, rows: q[0] ** 2 + q[1] ** 2, at(3.0, 4.0), np.array([[0.1], [0.0]]))
    assert g[:, 0] == pytest.approx([6.0, 0.0], rel=1e-11)
    assert h[:, :, 0] == pytest.approx(np.array([[2.0, 0.0], [0.0, 0.0]]), rel=1e-9)


def test_no_coordinate_is_a_value_alone() -> None:
    value, g, h = derivatives(lambda q, rows: rows + 1.0 + np.zeros(q.shape[1:]), np.empty((0, 3)), np.empty((0, 3)))
    assert value.tolist() == [1.0, 2.0, 3.0]
    assert g.shape == (0, 3)
    assert h.shape == (0, 0, 3)


def test_many_rows_are_taken_in_parts() -> None:
    x = np.linspace(0.1, 5.0, 100_001)[None, :]
    _, g, _ = derivatives(lambda q, rows: np.exp(-q[0]) * (rows % 7 + 1.0), x, np.full(x.shape, SHARE))
    np.testing.assert_allclose(g[0], -np.exp(-x[0]) * (np.arange(x.size) % 7 + 1.0), rtol=1e-10)


def test_scalars_obey_the_rules_of_calculus() -> None:
    """(a b)/(a + b) of two variables, by hand."""
    a, b = Scalar.variable(2.0, 0, 2), Scalar.variable(3.0, 1, 2)
    f = a * b * (a + b).inverse() - Scalar.constant(1.0, 2)
    assert f.value[0] == pytest.approx(0.2)
    assert f.first[:, 0] == pytest.approx([9 / 25, 4 / 25])
    assert f.second[:, :, 0] == pytest.approx(np.array([[-18 / 125, 12 / 125], [12 / 125, -8 / 125]]))
    assert Scalar.variable(np.array([1.0, 2.0]), 0, 1).over(4).value.tolist() == [1.0, 1.0, 2.0, 2.0]
