"""`mlestat fit` for families of rows: the columns together are one set of rows; labels are a single column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mlestat.cli.reading import columns_of, located
from mlestat.cli.rows import Parts, Rows
from mlestat.errors import ColumnError, InputError, nearest
from mlestat.tables.frames import refuse, refuse_missing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlestat.distributions.multivariate import VectorDistribution
    from mlestat.result import Fit
    from mlestat.tables import Table


def check(model: VectorDistribution, parts: Parts, **options: object) -> None:
    """Refuse options that are for rows of a single number.

    Raises
    ------
    InputError
        Naming the first such option.
    """
    alone = ("event", "low", "high", "bins", "entry", "exit")
    given = {**{name: getattr(parts, name) for name in alone}, **options}
    for name, value in given.items():
        if value is not None:
            raise InputError(f"--{name} is for single columns of numbers, not for {model.label}; leave it out")


def fit(
    table: Table,
    model: VectorDistribution,
    columns: Sequence[str],
    parts: Parts,
    *,
    drop_missing: bool,
    covariance: str | None,
    threads: int | None,
) -> tuple[Rows, Fit]:
    """Fit the model to the columns named, or to all columns of numbers that have no other part."""
    import numpy as np
    import pandas as pd

    from mlestat.distributions.multivariate import Categorical
    from mlestat.fitting import fit as fit_model

    labelled = isinstance(model, Categorical)
    names = _only(table, columns, parts) if labelled else columns_of(table, columns, parts.columns)
    data = {name: table.frame[name].to_numpy() if labelled else table.numbers(name) for name in names}
    weighing = {key: name for key in ("weights", "probability_weights") if (name := getattr(parts, key)) is not None}
    weights = {key: _weights(table, name) for key, name in weighing.items()}
    lost = np.zeros(len(table.frame), dtype=bool)
    for name, values in [*data.items(), *((weighing[key], w) for key, w in weights.items())]:
        missing = np.asarray(pd.isna(values))
        if not drop_missing:
            refuse_missing(name, np.where(missing, np.nan, 0.0), table.where)
        lost |= missing
    kept = np.flatnonzero(~lost)
    called = f"column {names[0]!r}" if len(names) == 1 else f"columns {', '.join(map(repr, names))}"
    frame = pd.DataFrame({name: values[kept] for name, values in data.items()})
    try:
        chosen: dict[str, Any] = {key: w[kept] for key, w in weights.items()}
        found = fit_model(model, frame, covariance=covariance, strict=False, threads=threads, **chosen)
    except InputError as error:
        raise located(error, table, called, kept) from None
    return Rows(called, ", ".join(names), found.sample, int(lost.sum()), {}, kept), found


def _only(table: Table, columns: Sequence[str], parts: Parts) -> list[str]:
    """Return the column of labels: the one named, or the only one that has no other part."""
    names = list(columns) or [str(name) for name in table.frame.columns if name not in parts.columns]
    if len(names) != 1:
        raise ColumnError(f"labels are one column, got {len(names)}; choose with --column: {nearest('', names)}")
    return names


def _weights(table: Table, name: str) -> NDArray[np.float64]:
    import numpy as np

    values: NDArray[np.float64] = table.numbers(name)
    bad = np.isinf(values) | (values < 0)
    refuse(bad, values, f"weights in column {name!r} of {table.name} are negative or infinite", table.where)
    return values
