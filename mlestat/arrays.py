"""One set of elementwise functions for NumPy, PyTorch and JAX: `log(x)` is the `log` of x's own library.

A family's formula is written once with these names and runs on each kind of array, with that library's
automatic differentiation intact. This file dispatches; it holds no formula and imports neither torch nor
jax unless such an array was passed in.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import scipy.special as sc

Array = Any
"""An array of any supported library, or a number."""


def _where(condition: Array, a: Array, b: Array) -> Array:
    """NumPy's `where`, but numbers stay numbers: a 0-d array would not mix with a tensor."""
    chosen: Array = np.where(condition, a, b)
    return chosen[()]


MANY = 256
"""Elements from which on a sum of reciprocals is faster than scipy's zeta, which takes 0.2 µs for each."""

RAISED = 9
"""Steps of the recurrence for trigamma: from a + 9 on its asymptotic series is exact to rounding."""

BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
"""Of even order from 2 on: ψ'(x) = 1/x + 1/(2x²) + Σ B_2j x^-(2j+1) (DLMF 5.15.8)."""


def _trigamma(a: Array) -> Array:
    """ψ'(a), a > 0: polygamma(1, a) = zeta(2, a), which scipy has as one ufunc instead of three; or by its sum."""
    if np.size(a) < MANY:
        return sc.zeta(2.0, a)
    low = np.minimum(a, 1e8)  # beyond, nine steps of the recurrence are lost in rounding anyway
    total = sum(1.0 / ((low + i) * (low + i)) for i in range(RAISED))
    x = low + RAISED
    r = 1.0 / (x * x)
    series = BERNOULLI[-1]
    for b in BERNOULLI[-2::-1]:
        series = series * r + b
    whole = total + 1.0 / x + r * (0.5 + series / x)
    return np.where(a > 1e8, (1.0 + 0.5 / a) / a, whole)


def _numpy() -> SimpleNamespace:
    return SimpleNamespace(
        name="numpy",
        asarray=np.asarray,
        log=np.log,
        log1p=np.log1p,
        exp=np.exp,
        expm1=np.expm1,
        sqrt=np.sqrt,
        sin=np.sin,
        abs=np.abs,
        sign=np.sign,
        floor=np.floor,
        isnan=np.isnan,
        where=_where,
        stack=np.stack,
        broadcast_to=np.broadcast_to,
        diagonal=np.diagonal,
        swapaxes=np.swapaxes,
        gammaln=sc.gammaln,
        digamma=sc.digamma,
        trigamma=_trigamma,
        xlogy=sc.xlogy,
        tanh=np.tanh,
        sigmoid=sc.expit,
        # as logaddexp(0, v), in a seventh of its time
        softplus=lambda v: np.maximum(v, 0.0) + np.log1p(np.exp(-np.abs(v))),
        log_ndtr=sc.log_ndtr,
    )


def _torch() -> SimpleNamespace:
    torch = importlib.import_module("torch")

    def where(condition: Array, a: Array, b: Array) -> Array:
        return torch.where(torch.as_tensor(condition), a, b)

    return SimpleNamespace(
        name="torch",
        asarray=lambda x: x if isinstance(x, torch.Tensor) else torch.as_tensor(x, dtype=torch.float64),
        log=torch.log,
        log1p=torch.log1p,
        exp=torch.exp,
        expm1=torch.expm1,
        sqrt=torch.sqrt,
        sin=torch.sin,
        abs=torch.abs,
        sign=torch.sign,
        floor=torch.floor,
        isnan=torch.isnan,
        where=where,
        stack=torch.stack,
        broadcast_to=torch.broadcast_to,
        diagonal=torch.diagonal,
        swapaxes=torch.swapaxes,
        gammaln=torch.special.gammaln,
        digamma=torch.special.digamma,
        # torch evaluates polygamma(1) by a short series, good to 10 digits only; its zeta is exact
        trigamma=lambda a: torch.special.zeta(2.0, a),
        xlogy=torch.special.xlogy,
        tanh=torch.tanh,
        sigmoid=torch.sigmoid,
        # torch's own softplus is cut off at 20, which leaves 9 digits
        softplus=lambda v: torch.logaddexp(torch.zeros_like(v), v),
        log_ndtr=torch.special.log_ndtr,
    )


def _jax() -> SimpleNamespace:
    jnp = importlib.import_module("jax.numpy")
    special = importlib.import_module("jax.scipy.special")
    return SimpleNamespace(
        name="jax",
        asarray=jnp.asarray,
        log=jnp.log,
        log1p=jnp.log1p,
        exp=jnp.exp,
        expm1=jnp.expm1,
        sqrt=jnp.sqrt,
        sin=jnp.sin,
        abs=jnp.abs,
        sign=jnp.sign,
        floor=jnp.floor,
        isnan=jnp.isnan,
        where=jnp.where,
        stack=jnp.stack,
        broadcast_to=jnp.broadcast_to,
        diagonal=jnp.diagonal,
        swapaxes=jnp.swapaxes,
        gammaln=special.gammaln,
        digamma=special.digamma,
        trigamma=lambda a: special.polygamma(1, a),
        xlogy=special.xlogy,
        tanh=jnp.tanh,
        sigmoid=special.expit,
        softplus=lambda v: jnp.logaddexp(0.0, v),
        log_ndtr=special.log_ndtr,
    )


_BY_TYPE: dict[type, SimpleNamespace] = {}


def _library(kind: type) -> SimpleNamespace:
    """The functions for arrays of type `kind`; looked up once per type."""
    found = _BY_TYPE.get(kind)
    if found is None:
        found = _BY_TYPE[kind] = _find(kind)
    return found


def _find(kind: type) -> SimpleNamespace:
    root = kind.__module__.partition(".")[0]
    if root == "torch":
        return _torch()
    if root in ("jax", "jaxlib"):
        return _jax()
    return _NUMPY


_NUMPY = _numpy()


def namespace(*arrays: Array) -> SimpleNamespace:
    """Return the functions of the first array that is not NumPy's, or NumPy's.

    Examples
    --------
    >>> namespace(1.0, 2.0).name
    'numpy'
    """
    for a in arrays:
        library = _library(type(a))
        if library is not _NUMPY:
            return library
    return _NUMPY


def _elementwise(name: str) -> Callable[[Array], Array]:
    def function(x: Array) -> Array:
        return getattr(_library(type(x)), name)(x)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Return `{name}` of every element, by the library that `x` belongs to."
    return function


log = _elementwise("log")
log1p = _elementwise("log1p")
exp = _elementwise("exp")
expm1 = _elementwise("expm1")
sqrt = _elementwise("sqrt")
sin = _elementwise("sin")
absolute = _elementwise("abs")
sign = _elementwise("sign")
gammaln = _elementwise("gammaln")
digamma = _elementwise("digamma")
trigamma = _elementwise("trigamma")
tanh = _elementwise("tanh")
sigmoid = _elementwise("sigmoid")
softplus = _elementwise("softplus")
log_ndtr = _elementwise("log_ndtr")


def where(condition: Array, a: Array, b: Array) -> Array:
    """Return `a` where the condition holds, else `b`."""
    return namespace(condition, a, b).where(condition, a, b)


def xlogy(x: Array, y: Array) -> Array:
    """Return `x log y`, which is 0 where x is 0."""
    return namespace(x, y).xlogy(x, y)
