"""The records of a sigma report: one column (`SigmaReport`) or a table (`SigmaReports`).

Their members only pass the data on: to `render.py` for words, to `mlestat.plots` for pictures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlestat.distributions.base import Distribution
from mlestat.reports.bands import Band
from mlestat.reports.estimates import Estimate
from mlestat.reports.outlook import Limits
from mlestat.result import Fit

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False)
class SigmaReport:
    """The sigma report of one column.

    Attributes
    ----------
    column : str or None
        Name of the column, where known.
    fit : Fit
        The fit that the report is about.
    distribution : Distribution or None
        Where the limits come from: the fitted distribution, or the one that the fit runs to; None where there
        is neither.
    n, rows, dropped : float, int, int
        Sum of the weights, rows used, rows left out because they were missing.
    center : float
        `mu` of a normal family, otherwise the median of the fitted distribution.
    mean, mean_se : float, float or None
        Mean of the values and its standard error `sample_sd / sqrt(n)`.
    sigma, sample_sd : float, float or None
        Standard deviation of the values with divisor n, which is the normal maximum likelihood estimate, and
        with divisor n - 1.
    estimates : tuple of Estimate
        Parameters of the family.
    bands : tuple of Band
        One for each k, in increasing order; empty where the fit has no distribution to take limits from.
    tolerance, prediction : Limits
        Where a share `content` of all values lies, and where the next value lies.
    confidence, content : float
        Of all intervals here; share of the population in the tolerance interval.
    notes : tuple of str
        What a reader must know to read the numbers right.
    positions : ndarray of int, shape (rows,)
        Where each row used stood in the data as given, counted from 0.

    Examples
    --------
    >>> import mlestat as mle
    >>> r = mle.sigma_report([9.9, 10.2, 10.0, 10.4, 9.7], k=2)
    >>> round(r.sigma, 4), round(r.sample_sd, 4), r.bands[0].inside
    (0.2417, 0.2702, 5.0)
    """

    column: str | None
    fit: Fit
    distribution: Distribution | None
    n: float
    rows: int
    dropped: int
    center: float
    mean: float
    mean_se: float | None
    sigma: float
    sample_sd: float | None
    estimates: tuple[Estimate, ...]
    bands: tuple[Band, ...]
    tolerance: Limits
    prediction: Limits
    confidence: float
    content: float
    notes: tuple[str, ...]
    positions: NDArray[np.intp]

    def __repr__(self) -> str:
        name = "" if self.column is None else f"{self.column!r}: "
        return f"<SigmaReport {name}n={self.n:g}, {self.fit.distribution!r}, {self.fit.verdict.kind}>"

    def __str__(self) -> str:
        from mlestat.reports import render

        return render.to_text(render.sigma_page(self))

    def to_markdown(self) -> str:
        """Return the report as Markdown; names are escaped, so that they stay text."""
        from mlestat.reports import render

        return render.to_markdown(render.sigma_page(self))

    def to_html(self, pictures: bool = True) -> str:
        """Return one self-contained HTML page, by default with both pictures in it."""
        from mlestat.reports import render

        return render.to_html(render.sigma_page(self), _pictures([self]) if pictures else ())

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values, ready for JSON: what is not finite is None."""
        from mlestat.reports import render

        return render.sigma_dict(self)

    def to_json(self, indent: int | None = None) -> str:
        """Return `to_dict()` as JSON."""
        from mlestat.reports import render

        return render.to_json(self.to_dict(), indent)

    @property
    def table(self) -> pd.DataFrame:
        """One row for each k: limits, expected and observed share, Wilson interval, p-value, counts."""
        from mlestat.reports import render

        return render.sigma_frame(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the histogram, the fitted density and the bands; see `mlestat.plots.sigma_bands`."""
        from mlestat.plots import sigma_bands

        return sigma_bands(self, ax)

    def plot_sequence(self, ax: Axes | None = None) -> Axes:
        """Draw the values in their order with the limits as lines; see `mlestat.plots.sequence`."""
        from mlestat.plots import sequence

        return sequence(self, ax)


@dataclass(frozen=True, eq=False)
class SigmaReports(Mapping[str, SigmaReport]):
    """The sigma reports of a table: a mapping from column to `SigmaReport`.

    Attributes
    ----------
    reports : dict
        The columns that could be reported.
    failed : dict
        The others, each with the reason in one sentence.
    """

    reports: dict[str, SigmaReport]
    failed: dict[str, str]

    def __repr__(self) -> str:
        return f"<SigmaReports {list(self.reports)}, failed: {list(self.failed)}>"

    def __getitem__(self, column: str) -> SigmaReport:
        if column in self.failed:
            raise KeyError(f"column {column!r} has no report: {self.failed[column]}")
        return self.reports[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self.reports)

    def __len__(self) -> int:
        return len(self.reports)

    def __str__(self) -> str:
        from mlestat.reports import render

        return render.to_text(render.sigma_pages(self))

    def to_markdown(self) -> str:
        """Return all reports as one Markdown document."""
        from mlestat.reports import render

        return render.to_markdown(render.sigma_pages(self))

    def to_html(self, pictures: bool = True) -> str:
        """Return all reports as one self-contained HTML page."""
        from mlestat.reports import render

        return render.to_html(render.sigma_pages(self), _pictures(self.values()) if pictures else ())

    def to_dict(self) -> dict[str, Any]:
        """Return `{"columns": {name: report}, "failed": {name: reason}}`, ready for JSON."""
        return {
            "columns": {name: report.to_dict() for name, report in self.items()},
            "failed": dict(self.failed),
        }

    def to_json(self, indent: int | None = None) -> str:
        """Return `to_dict()` as JSON."""
        from mlestat.reports import render

        return render.to_json(self.to_dict(), indent)

    @property
    def table(self) -> pd.DataFrame:
        """The tables of all columns in one, indexed by column and k."""
        from mlestat.reports import render

        return render.sigma_frames(self)


def _pictures(reports: Iterable[SigmaReport]) -> tuple[tuple[str, bytes], ...]:
    """Return both pictures of every report as PNG, with their captions."""
    from mlestat.plots import png, sequence, sigma_bands

    pictures = []
    for report in reports:
        name = "" if report.column is None else f" of {report.column}"
        pictures.append((f"Values{name} with the fitted distribution and its bands", png(sigma_bands(report))))
        pictures.append((f"Values{name} in their order", png(sequence(report))))
    return tuple(pictures)
