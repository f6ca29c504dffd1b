"""A model from the text that writes it, as in Python: ``truncated(gamma, lower=1)``. Nothing in the text is executed.

The text is parsed by `ast` and walked. It may hold names of families and wrappers (case, hyphens and underscores do
not matter; without parentheses everything is free), families of scipy such as ``scipy.johnsonsu(loc=0)``, numbers,
`free`, `inf`, and lists. Everything else is refused.
"""

from __future__ import annotations

import ast
import math
import re
import warnings
from dataclasses import fields
from typing import Any

from mlestat.distributions import FAMILIES, VECTOR_FAMILIES, WRAPPERS, family, plain_name
from mlestat.distributions.base import Distribution
from mlestat.distributions.mixture import Mixture
from mlestat.distributions.multivariate.base import VectorDistribution
from mlestat.distributions.parameters import free
from mlestat.distributions.scipy_model import from_scipy
from mlestat.distributions.wrapper import Wrapper
from mlestat.errors import ParameterError, UnknownNameError, nearest

LONGEST = 2000
"""Characters of a text that is still taken for a model."""

MOST = 100
"""Components of a mixture that is written as ``[normal] * k``."""

SCIPY = "scipy."
"""What the names of scipy's families begin with."""

REMEDY = "write truncated(gamma, lower=1), for example"

HYPHEN = re.compile("(?<=[A-Za-z])-(?=[A-Za-z])")
"""A hyphen within a name, such as student-t; Python would read a minus."""

CONSTANTS = {"free": free, "inf": math.inf}

_BY_NAME = {plain_name(name): made for name, made in WRAPPERS.items()}


def written(text: str) -> Distribution | VectorDistribution:
    """Return the model that a text writes.

    Parameters
    ----------
    text : str
        A family's name, or families and wrappers put together as in Python.

    Raises
    ------
    UnknownNameError
        If a name is none of a family, a wrapper or an argument; the sentence offers the nearest ones.
    ParameterError
        If the text is no such expression, or a value is outside its domain.

    Examples
    --------
    >>> written("student-t")
    StudentT(df=free, mu=free, sigma=free)
    >>> written("truncated(gamma(shape=2), lower=1)").free
    ('scale',)
    >>> written("truncated(scipy.gamma(loc=0), lower=1)").free
    ('a', 'scale')
    >>> written("mixture([normal] * 2, weights=[0.3, 0.7])").free
    ('mu1', 'sigma1', 'mu2', 'sigma2')
    """
    text = HYPHEN.sub("_", " ".join(text.split()))
    if not any(c in text for c in "()[],="):
        return from_scipy(text[len(SCIPY) :]) if text.startswith(SCIPY) else _named(text)
    value = _value(_parsed(text), text)
    if not isinstance(value, (Distribution, VectorDistribution)):
        raise ParameterError(f"{text!r:.80} is no model but a value; {REMEDY}")
    return value


def _parsed(text: str) -> ast.expr:
    if len(text) > LONGEST:
        raise ParameterError(f"{text!r:.80} is no model: it is longer than {LONGEST} characters; {REMEDY}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python's own tokens are called in future is no matter here
            return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error) or "it is nested too deeply"
        raise ParameterError(f"{text!r:.80} is no model: {reason.rstrip('.')}; {REMEDY}") from None


def _value(node: ast.AST, text: str) -> Any:
    """Return what a part of the text stands for."""
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=ast.Constant() | ast.Name(id="inf")):
            number = _value(node.operand, text)
            return -number if isinstance(sign, ast.USub) else number
        case ast.Name(id=name):
            return CONSTANTS[name] if name in CONSTANTS else _named(name)
        case ast.List() | ast.Tuple():
            return [_value(entry, text) for entry in node.elts]
        case ast.BinOp(op=ast.Mult(), left=ast.List(), right=ast.Constant(value=int() as times)) if 0 < times <= MOST:
            return _value(node.left, text) * times
        case ast.Call(func=ast.Name(id=name)):
            return _built(name, node, text)
        case ast.Attribute(value=ast.Name(id="scipy"), attr=name):
            return from_scipy(name)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="scipy"), attr=name), args=[]):
            return from_scipy(name, **_keywords(node, text))
        case ast.Attribute(value=ast.Name(id=first), attr=second):  # gamma.by_mean
            return _named(f"{first}.{second}")
        case ast.Call(func=ast.Attribute(value=ast.Name(id=first), attr=second)):
            return _built(f"{first}.{second}", node, text)
    raise _refusal(node, text)


def _refusal(node: ast.AST, text: str) -> ParameterError:
    part = ast.get_source_segment(text, node) if isinstance(node, ast.expr) else text
    return ParameterError(
        f"{part!r:.60} cannot stand in a model; write families, wrappers, numbers, free, inf and lists, such as "
        "truncated(gamma, lower=1)"
    )


def _built(name: str, call: ast.Call, text: str) -> Distribution | VectorDistribution:
    """Return the family or wrapper of that name with these arguments."""
    made = _class(name)
    names = [f.name for f in fields(made)]
    values = [_value(argument, text) for argument in call.args]
    if made is Mixture and values and not isinstance(values[0], list):
        values = [values]  # mixture(normal, gamma) for mixture([normal, gamma])
    if len(values) > len(names):
        raise ParameterError(f"{made.__name__} takes {', '.join(names)}, got {len(values)} values; leave some out")
    given = dict(zip(names, values, strict=False))
    for keyword in call.keywords:
        if keyword.arg is None:
            raise _refusal(call, text)
        if keyword.arg not in names:
            raise UnknownNameError(f"{made.__name__} has no argument {keyword.arg!r}; {nearest(keyword.arg, names)}")
        if keyword.arg in given:
            raise ParameterError(f"{made.__name__} got {keyword.arg} twice; give it once")
        given[keyword.arg] = _value(keyword.value, text)
    _check_wraps(made, given)
    return made(**given)


def _keywords(call: ast.Call, text: str) -> dict[str, Any]:
    """Return the arguments of a family of scipy, which are given by name."""
    given: dict[str, Any] = {}
    for keyword in call.keywords:
        if keyword.arg is None or keyword.arg in given:
            raise _refusal(call, text)
        given[keyword.arg] = _value(keyword.value, text)
    return given


def _check_wraps(made: type[Any], given: dict[str, Any]) -> None:
    """Refuse a wrapper around nothing, or around a number."""
    if issubclass(made, Wrapper) and not isinstance(given.get("d"), Distribution):
        raise ParameterError(f"{made.__name__} wraps a distribution, first of all; write {made.__name__}(gamma)")
    if made is Mixture and not isinstance(given.get("components"), list):
        raise ParameterError("Mixture needs its components; write Mixture(normal, normal), for example")
    if made is Mixture and not isinstance(given.get("weights", free), (list, type(free))):
        raise ParameterError(
            f"weights of Mixture must be a list, got {given['weights']!r:.60}; write weights=[0.3, 0.7]"
        )


def _named(name: str) -> Distribution | VectorDistribution:
    """Return the family of a name that stands alone, everything free."""
    made = _class(name)
    if made.__name__ in WRAPPERS:
        _check_wraps(made, {})
    return made()


def _class(name: str) -> type[Distribution] | type[VectorDistribution]:
    if (wrapper := _BY_NAME.get(plain_name(name))) is not None:
        return wrapper
    try:
        return family(name)
    except UnknownNameError:
        names = [*FAMILIES, *VECTOR_FAMILIES, *WRAPPERS]
        raise UnknownNameError(f"no family is named {name!r}; {nearest(name, names)}") from None
