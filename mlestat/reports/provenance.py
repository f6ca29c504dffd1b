"""How a report was computed: versions, seed, and a fingerprint of the data, so that it can be computed again."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import version

import numpy as np

from mlestat._version import __version__
from mlestat.sample import PER_ROW, Sample

PACKAGES = ("numpy", "scipy", "statsmodels", "matplotlib")
"""Whose versions may change a digit or a picture."""


def fingerprint(sample: Sample) -> str:
    """Return the SHA-256 of the sample: the bytes of its arrays (little-endian float64), each after its name.

    Examples
    --------
    >>> import mlestat as mle
    >>> fingerprint(mle.Sample([1.0, 2.0]))[:16]
    '08b91c9e25282112'
    >>> fingerprint(mle.Sample([1, 2])) == fingerprint(mle.Sample([1.0, 2.0]))
    True
    """
    digest = hashlib.sha256()
    for name in PER_ROW:
        array = getattr(sample, name)
        if array is not None:
            digest.update(name.encode())
            digest.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
    return digest.hexdigest()


def versions() -> dict[str, str]:
    """Return the versions of Python, this library and what it computes with."""
    return {"mlestat": __version__, "python": platform.python_version(), **{name: version(name) for name in PACKAGES}}
