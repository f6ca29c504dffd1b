"""GroupedFit: the table of many fits, one row per group, and each group's own Fit on demand."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.errors import UnknownNameError, nearest
from mlestat.groups.keys import Keys
from mlestat.verdict import FINITE

if TYPE_CHECKING:
    import pandas as pd

    from mlestat.result import Fit

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class GroupedFit:
    """Many fits of one model, one per group.

    Attributes
    ----------
    model : Distribution
        As asked for.
    keys : Keys
        The groups: `keys.names` in rising order.
    params : dict of ndarray, shape (groups,)
        Every parameter's value; where no maximum exists, the value it runs to; nan where the group has bad rows.
    se : dict of ndarray, shape (groups,)
        Standard errors of the free parameters; nan where there is none.
    loglik : ndarray, shape (groups,)
        Log-likelihood in nats, with all constants; for a limit, its supremum.
    n : ndarray, shape (groups,)
        Sum of weights; the number of rows where there are none.
    status : ndarray of str, shape (groups,)
        The verdict's kind ("interior", "boundary", "limit", "unbounded", "flat"), or "error" for bad rows.
    steps : ndarray of int, shape (groups,)
        Newton steps taken.
    covariance : str
        The information that `se` comes from.

    Examples
    --------
    >>> import mlestat as mle
    >>> f = mle.fit(mle.Exponential(), [1.0, 3.0, 10.0, 30.0, 0.0], by=["a", "a", "b", "b", "c"])
    >>> f
    GroupedFit(Exponential(scale=free), 3 groups: 2 interior, 1 unbounded)
    >>> f.params["scale"].tolist()
    [2.0, 20.0, 0.0]
    >>> f["b"].params
    {'scale': 20.0}
    """

    model: Distribution
    keys: Keys
    params: Mapping[str, Floats]
    se: Mapping[str, Floats]
    loglik: Floats
    n: Floats
    status: NDArray[Any]
    steps: NDArray[np.intp]
    covariance: str
    _sentences: dict[int, str]
    _single: Callable[[int], Fit]

    @property
    def names(self) -> list[Any]:
        """The groups' names, in rising order."""
        return self.keys.names

    @property
    def free(self) -> tuple[str, ...]:
        """The free parameters, in field order."""
        return self.model.free

    @property
    def k(self) -> int:
        """Number of free parameters."""
        return len(self.free)

    @property
    def aic(self) -> Floats:
        """Akaike's criterion of each group, -2 loglik + 2 k."""
        return -2.0 * self.loglik + 2.0 * self.k

    @property
    def bic(self) -> Floats:
        """Schwarz's criterion of each group, -2 loglik + k log n."""
        with np.errstate(divide="ignore"):
            return np.asarray(-2.0 * self.loglik + self.k * np.log(self.n))

    @property
    def finite(self) -> NDArray[np.bool_]:
        """Whether each group has a maximum."""
        return np.isin(self.status, FINITE)

    @property
    def failed(self) -> dict[Any, str]:
        """The groups without a maximum or with bad rows, by name, with the sentence that says why."""
        return {self.names[i]: self.sentence(self.names[i]) for i in np.flatnonzero(~self.finite).tolist()}

    def sentence(self, name: Any) -> str:
        """Return what the verdict says of a group, or why its rows cannot be fitted."""
        i = self._place(name)
        if i not in self._sentences:
            self._sentences[i] = self._single(i).verdict.sentence
        return self._sentences[i]

    def __getitem__(self, name: Any) -> Fit:
        """Return the group's own fit, `strict=False`.

        Raises
        ------
        UnknownNameError
            If there is no such group.
        DataError
            If its rows cannot be fitted.
        """
        return self._single(self._place(name))

    def _place(self, name: Any) -> int:
        try:
            return self.keys.place(name)
        except (KeyError, TypeError):
            known = [str(n) for n in self.names]
            raise UnknownNameError(f"no group is named {name!r}; {nearest(str(name), known)}") from None

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.names)

    def to_frame(self) -> pd.DataFrame:
        """Return the table: estimates, standard errors, log-likelihood, AIC, n and status per group.

        Examples
        --------
        >>> import mlestat as mle
        >>> mle.fit(mle.Exponential(), [1.0, 3.0, 10.0, 30.0], by=["a", "a", "b", "b"]).to_frame()["scale"].tolist()
        [2.0, 20.0]
        """
        import pandas as pd

        names = self.names
        several = bool(names) and isinstance(names[0], tuple)
        index = pd.MultiIndex.from_tuples(names) if several else pd.Index(names, name="group")
        columns: dict[str, Any] = {"n": self.n}
        for name, values in self.params.items():
            columns[name] = values
            if name in self.se:
                columns[f"{name}_se"] = self.se[name]
        columns |= {"loglik": self.loglik, "aic": self.aic, "bic": self.bic, "status": self.status}
        return pd.DataFrame(columns, index=index)

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the data as plain values, one record per group."""
        return {
            "family": self.model.label,
            "free": list(self.free),
            "covariance": self.covariance,
            "groups": [self._record(i) for i in range(len(self))],
        }

    def _record(self, i: int) -> dict[str, Any]:
        name, good = self.names[i], bool(self.finite[i])
        return {
            "group": list(name) if isinstance(name, tuple) else name,
            "n": float(self.n[i]),
            "parameters": {p: float(v[i]) for p, v in self.params.items()},
            "se": {p: float(v[i]) for p, v in self.se.items()},
            "loglik": float(self.loglik[i]),
            "status": str(self.status[i]),
            "sentence": None if good else self.sentence(name),
        }

    def to_json(self, indent: int | None = 2) -> str:
        """Return `to_dict` as JSON; what is not finite becomes null."""
        from mlestat.result import finite_only

        return json.dumps(finite_only(self.to_dict()), indent=indent, allow_nan=False, ensure_ascii=False, default=str)

    def __repr__(self) -> str:
        counts = Counter(self.status.tolist())
        told = ", ".join(f"{count} {kind}" for kind, count in counts.most_common())
        return f"GroupedFit({self.model!r}, {len(self)} groups: {told})"
