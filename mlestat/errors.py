"""The errors of the library: one tree, one sentence each (what, value, where, remedy).

Input errors are also `ValueError`, so that code which knows nothing of mlestat catches them.
This file only names the kinds; the sentence is written where the fault is found.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlestat.result import Fit


class MlestatError(Exception):
    """Base of every error that the library raises on purpose."""


class InputError(MlestatError, ValueError):
    """What was passed in cannot be used."""


class ParameterError(InputError):
    """A parameter value is outside its domain or of the wrong kind."""


class FreeParameterError(InputError):
    """A distribution was evaluated while a parameter is still free, a prior or a predictor."""


class DataError(InputError):
    """The data cannot be read as a sample: empty, not numeric, not finite, wrong shape."""


class SupportError(DataError):
    """Some values lie outside the support of the family."""


class ColumnError(InputError):
    """The table has no such column."""


class FileError(InputError):
    """A file cannot be read or written."""


class UnknownNameError(InputError):
    """No family, option or method has that name."""


class UntranslatableError(InputError):
    """Another library has no distribution that equals this one."""


class UnsupportedDataError(MlestatError):
    """The data are well formed, but this route cannot fit data of that kind yet."""


class MissingExtraError(MlestatError, ImportError):
    """An optional package is needed; the sentence gives the install command."""


class NoFiniteMLE(MlestatError):
    """The likelihood has no finite maximum. The fit, with its verdict, is in `fit`.

    Attributes
    ----------
    fit : Fit
        Everything that was computed: estimates on the way to the limit, log-likelihood, verdict.
    """

    def __init__(self, sentence: str, fit: Fit) -> None:
        super().__init__(sentence)
        self.fit = fit

    def __reduce__(self) -> tuple[type[NoFiniteMLE], tuple[str, Fit]]:
        # An exception is rebuilt from its `args`, which hold the sentence alone: without this line
        # it could not cross from a worker process (concurrent.futures, pytest-xdist) to its parent.
        return type(self), (str(self), self.fit)


SHOWN = 12
"""Names that a sentence lists where none is close."""


def nearest(name: str, candidates: Iterable[str]) -> str:
    """Return a remedy that names the closest candidates, or all of them if none is close.

    Examples
    --------
    >>> nearest("gama", ["Gamma", "Normal"])
    "did you mean 'Gamma'?"
    >>> nearest("zzz", ["a", "b"])
    "there are 'a', 'b'"
    """
    names = list(candidates)
    lowered = {n.lower(): n for n in names}
    close = difflib.get_close_matches(name.lower(), lowered, n=3, cutoff=0.6)
    if close:
        return "did you mean " + " or ".join(repr(lowered[c]) for c in close) + "?"
    shown = ", ".join(repr(n) for n in names[:SHOWN])
    return f"there are {shown}" + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
