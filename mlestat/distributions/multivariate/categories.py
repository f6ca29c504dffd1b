"""Categories: labels of any kind as whole numbers 0, 1, … and back. No probability here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlestat.errors import ParameterError

Codes = NDArray[np.intp]

WIDEST = 1_000_000
"""Whole numbers up to this spread are looked up in a table."""

MISSING, UNKNOWN = -2, -1
"""Codes of a missing label, and of one that is no category."""


def as_categories(labels: Sequence[Any] | None) -> tuple[Any, ...] | None:
    """Return categories as a tuple of plain values, or None; refuse any that occurs twice.

    Examples
    --------
    >>> import numpy as np
    >>> as_categories(np.array([3, 1]))
    (3, 1)
    """
    if labels is None:
        return None
    if isinstance(labels, str) or not np.iterable(labels):
        raise ParameterError(f"categories must be a sequence of labels, got {labels!r:.60}; write ['a', 'b']")
    found = tuple(labels.tolist()) if hasattr(labels, "tolist") else tuple(labels)
    if len(set(found)) < len(found) or not found:
        raise ParameterError(f"categories must be different labels, at least one, got {labels!r:.60}")
    return found


def as_text(categories: Sequence[Any]) -> tuple[str, ...]:
    """Return different texts for different labels: 1 and "1" are told apart by their quotes.

    Examples
    --------
    >>> as_text(["a", 1]), as_text(["1", 1])
    (('a', '1'), ("'1'", '1'))
    """
    plain = tuple(map(str, categories))
    return plain if len(set(plain)) == len(plain) else tuple(map(repr, categories))


def is_missing(label: Any) -> bool:
    """Return whether a label stands for a missing one: None, NaN, NaT, or pandas' NA."""
    return label is None or str(label) in ("<NA>", "NaT") or (isinstance(label, float) and label != label)


def codes_of(labels: NDArray[Any], categories: Sequence[Any]) -> Codes:
    """Return each label's place among the categories; UNKNOWN or MISSING for those without one.

    Examples
    --------
    >>> import numpy as np
    >>> codes_of(np.array(["b", "a", "c"]), ["a", "b"]).tolist()
    [1, 0, -1]
    """
    places = {label: i for i, label in enumerate(categories)}
    if (span := _span(labels)) is not None:  # by a table from each number to its place
        low, width = span
        table = codes_of_list(list(range(low, low + width)), places)
        return table[labels.astype(np.intp) - low]
    return codes_of_list(labels.ravel().tolist(), places).reshape(labels.shape)


def _span(labels: NDArray[Any]) -> tuple[int, int] | None:
    """Return the smallest of whole numbers, and how many there are up to the largest; None if these are too many."""
    if labels.dtype.kind not in "biu" or labels.size == 0:
        return None
    low, high = int(labels.min()), int(labels.max())
    return (low, high - low + 1) if high - low < min(labels.size, WIDEST) else None


def codes_of_list(labels: list[Any], places: dict[Any, int]) -> Codes:
    """Return each label's place in the dictionary."""
    found = np.fromiter((places.get(label, UNKNOWN) for label in labels), dtype=np.intp, count=len(labels))
    for i in np.flatnonzero(found == UNKNOWN):
        if is_missing(labels[i]):
            found[i] = MISSING
    return found


def categories_in(labels: NDArray[Any]) -> tuple[Any, ...]:
    """Return the distinct labels that are not missing: in order where they have one, else as they appear.

    Examples
    --------
    >>> import numpy as np
    >>> categories_in(np.array(["b", "a", "b"]))
    ('a', 'b')
    """
    if (span := _span(labels)) is not None:
        found = np.flatnonzero(np.bincount((labels.astype(np.intp) - span[0]).ravel())) + span[0]
        return tuple(found.astype(labels.dtype).tolist())
    if labels.dtype.kind in "biu":
        return tuple(np.unique(labels).tolist())
    distinct = [label for label in dict.fromkeys(labels.ravel().tolist()) if not is_missing(label)]
    try:
        return tuple(sorted(distinct))
    except TypeError:
        return tuple(distinct)
