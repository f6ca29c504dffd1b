"""Fit: the frozen result of a fit, with what can be read off it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlestat._version import __version__
from mlestat.distributions.multivariate.base import refuse_vectors, shown
from mlestat.errors import InputError, nearest
from mlestat.inference.intervals import Interval, check_level, wald
from mlestat.links import Identity
from mlestat.verdict import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure

    from mlestat.distributions.multivariate.parts import Part
    from mlestat.inference.bootstrap import Bootstrap
    from mlestat.inference.functions import Quantity
    from mlestat.inference.goodness import Goodness
    from mlestat.inference.profile import Profile
    from mlestat.inference.tests import HypothesisTest
    from mlestat.reports.fit_report import FitReport
    from mlestat.reports.summary import Summary


METHODS = ("wald", "profile", "bootstrap")

Model = Any
"""A `Distribution`, or a `VectorDistribution`: what is for single numbers alone refuses the latter at its door."""


@dataclass(frozen=True, eq=False, repr=False)
class Fit:
    """A fitted model.

    Attributes
    ----------
    model : Distribution or VectorDistribution
        As asked for: numbers, free parameters and priors.
    distribution : Distribution, VectorDistribution or None
        The fitted distribution; for a verdict "limit" the family at the edge; None where the limit is a single point.
    params : dict
        Every parameter's value by name; where no maximum exists, the value it runs to. An array where a parameter is a
        vector or a matrix.
    se : dict
        Standard errors of the free parameters, natural scale, in their shapes; nan where there is none.
    correlation : ndarray, shape (k, k)
        Correlation of the free parameters.
    free : tuple of str
        The free parameters, in field order: the order of `cov`. Of a vector or a matrix its single numbers, such as
        ``mean[0]`` and ``cov[0,1]``.
    covariance : {"observed", "expected", "sandwich"}
        The information that `se` and `cov` come from.
    loglik : float
        Log-likelihood in nats, with all constants; for a limit, its supremum.
    objective : float
        Log-likelihood plus log-priors: what was maximised.
    sample : Sample
        The data.
    verdict : Verdict
        How it ended.
    parts : dict
        The single numbers of vector parameters by their names; empty where every parameter is one number.
    redundant : int
        Equations that the free parameters always fulfil, such as probabilities that add to 1; `k` leaves them out.

    Examples
    --------
    >>> import mlestat as mle
    >>> f = mle.fit(mle.Exponential(), [1.0, 2.0, 6.0])
    >>> f
    Fit(Exponential(scale=3.0 ± 1.7), n=3, loglik=-6.296, interior)
    """

    model: Model
    distribution: Model | None
    params: Mapping[str, Any]
    se: Mapping[str, Any]
    correlation: NDArray[np.float64]
    free: tuple[str, ...]
    covariance: str
    loglik: float
    objective: float
    sample: Any
    verdict: Verdict
    parts: Mapping[str, Part] = field(default_factory=dict)
    redundant: int = 0

    @property
    def n(self) -> float:
        """Sum of weights; the number of rows where there are none; of multinomial counts the number of trials."""
        n: float = self.sample.n
        return n

    @property
    def k(self) -> int:
        """Number of free parameters, less the equations between them."""
        return len(self.free) - self.redundant

    @property
    def names(self) -> tuple[str, ...]:
        """All parameters, fixed ones included; of vectors and matrices the single numbers."""
        within: dict[str, list[str]] = {}
        for name, part in self.parts.items():
            within.setdefault(part.parameter, []).append(name)
        return tuple(number for name in self.params for number in within.get(name, [name]))

    def estimate_of(self, name: str) -> Any:
        """Return the estimate of a parameter, or of a single number of a vector."""
        part = self.parts.get(name)
        return self.params[name] if part is None else part.of(self.params)

    def error_of(self, name: str) -> float:
        """Return the standard error of a free parameter, or of a single number of a vector."""
        part = self.parts.get(name)
        error: float = self.se[name] if part is None else part.of(self.se)
        return error

    @property
    def cov(self) -> NDArray[np.float64]:
        """Covariance of the free parameters, shape (k, k), natural scale, in the order of `free`."""
        with np.errstate(all="ignore"):
            s = np.array([self.error_of(name) for name in self.free])
            return self.correlation * np.outer(s, s)

    @property
    def aic(self) -> float:
        """Akaike's criterion, -2 loglik + 2 k (Akaike 1974)."""
        return -2.0 * self.loglik + 2.0 * self.k

    @property
    def aicc(self) -> float:
        """AIC with the small-sample term 2k(k+1)/(n-k-1) (Hurvich, Tsai 1989); inf if n ≤ k + 1."""
        room = self.n - self.k - 1.0
        return self.aic + 2.0 * self.k * (self.k + 1.0) / room if room > 0.0 else math.inf

    @property
    def bic(self) -> float:
        """Schwarz's criterion, -2 loglik + k log n; n is the sum of the weights."""
        return -2.0 * self.loglik + self.k * math.log(self.n)

    def interval(self, name: str, level: float = 0.95, method: str = "wald", scale: str = "link") -> Interval:
        """Return a confidence interval for a free parameter.

        Parameters
        ----------
        name : str
            A free parameter.
        level : float
            In (0, 1).
        method : {"wald", "profile", "bootstrap"}
            Wald; all values that a likelihood-ratio test does not reject, an end that it never reaches being open (the
            end of the domain); or bias-corrected and accelerated from 999 replicates (see `bootstrap` for more).
        scale : {"link", "natural"}
            Where a Wald interval is symmetric: on the link scale, from which it is mapped back and stays in the domain,
            or on the parameter's own.

        Raises
        ------
        InputError
            Unknown parameter, one that was not free, a level outside (0, 1), or an unknown method.

        Examples
        --------
        >>> import mlestat as mle
        >>> low, high = mle.fit(mle.Normal(), [1.0, 2.0, 6.0]).interval("mu", level=0.9)
        >>> low < 3.0 < high
        True
        """
        if method not in METHODS:
            raise InputError(
                f"method must be one of {', '.join(METHODS)}, got {method!r}; {nearest(str(method), METHODS)}"
            )
        if scale not in ("link", "natural"):
            raise InputError(f"scale must be 'link' or 'natural', got {scale!r}")
        name = self._full_name(name)
        if name not in self.free:
            known = "fixed, so it has no interval" if name in self.names else "not a parameter"
            known = "made of several numbers" if name in self.params and self.parts else known
            raise InputError(f"{name!r} is {known} of this {self.model.label} fit; {nearest(str(name), self.free)}")
        if method == "profile":
            return self.profile(name).interval(level)
        if method == "bootstrap":
            whole = self.sample.complete and self.sample.probability_weights is None
            return self.bootstrap(kind="parametric" if whole else "rows").interval(name, level, "bca")
        link = self.parts[name].link if name in self.parts else self.model.roles[name].link
        return wald(self.estimate_of(name), self.error_of(name), link if scale == "link" else Identity(), level)

    def _full_name(self, name: str) -> str:
        """Return the name of a vector's number for one by position: ``mean[0]`` for ``mean[height]``."""
        if name in self.parts:
            return name
        return next((full for full, part in self.parts.items() if part.position == name), name)

    def _single_numbers(self, doing: str) -> None:
        """Refuse what families of rows do not have."""
        refuse_vectors(self.model, doing, "interval() has those of its numbers, quantity() those of their functions")

    def profile(self, name: str) -> Profile:
        """Return the profile likelihood of a free parameter: its curve, intervals, and open ends.

        Examples
        --------
        >>> import mlestat as mle
        >>> f = mle.fit(mle.Normal(), [1.0, 2.0, 6.0])
        >>> round(f.profile("mu").drop(3.0), 9)
        0.0
        """
        from mlestat.inference.profile import Profile

        self._single_numbers("a profile")
        return Profile(self, name)

    def test(self, name: str, value: float, method: str = "lr") -> HypothesisTest:
        """Test that a parameter has a value, by likelihood ratio ("lr"), "wald" or "score".

        Examples
        --------
        >>> import mlestat as mle
        >>> mle.fit(mle.Normal(), [1.0, 2.0, 6.0]).test("mu", 0.0).p_value < 0.1
        True
        """
        from mlestat.inference.tests import parameter_test

        self._single_numbers("a test")
        return parameter_test(self, name, value, method)

    def quantity(self, function: Callable[[Any], Any], **options: Any) -> Quantity:
        """Return any function of the fitted distribution with its interval; see `mlestat.inference.functions.quantity`.

        Examples
        --------
        >>> import mlestat as mle
        >>> f = mle.fit(mle.Normal(), [1.0, 2.0, 6.0])
        >>> round(f.quantity(lambda d: d.mu / d.sigma).value, 6)
        1.388730
        """
        from mlestat.inference.functions import quantity

        return quantity(self, function, **options)

    def quantile(self, q: float, **options: Any) -> Quantity:
        """Return the q-quantile with its interval; `level`, `method` ("delta", "profile") as for `quantity`."""
        from mlestat.inference.functions import quantile

        self._single_numbers("quantile")
        return quantile(self, q, **options)

    def exceedance(self, x: Any, **options: Any) -> Quantity:
        """Return P(X > x) with its interval, which stays in [0, 1]."""
        from mlestat.inference.functions import exceedance

        self._single_numbers("exceedance")
        return exceedance(self, x, **options)

    def mean(self, **options: Any) -> Quantity:
        """Return the fitted distribution's mean with its interval."""
        from mlestat.inference.functions import mean

        self._single_numbers("mean")
        return mean(self, **options)

    def return_level(self, period: float, **options: Any) -> Quantity:
        """Return what is exceeded once in `period` observations on average, with its interval."""
        from mlestat.inference.functions import return_level

        self._single_numbers("return_level")
        return return_level(self, period, **options)

    def hazard(self, x: Any, **options: Any) -> Quantity:
        """Return the hazard f(x)/S(x) with its interval."""
        from mlestat.inference.functions import hazard

        self._single_numbers("hazard")
        return hazard(self, x, **options)

    def goodness(
        self,
        statistics: str | Sequence[str] = ("ks", "cvm", "ad"),
        *,
        simulations: int = 999,
        seed: int | np.random.Generator = 0,
        method: str = "auto",
        bins: Sequence[float] | None = None,
        least: float = 5.0,
    ) -> Goodness:
        """Test whether the family describes the data; the p-values know that parameters were estimated.

        Parameters are those of `mlestat.inference.goodness.goodness`.

        Examples
        --------
        >>> import mlestat as mle
        >>> g = mle.fit(mle.Normal(5.0, 2.0), [3.0, 4.5, 5.0, 7.5]).goodness("ks")
        >>> round(g["ks"].statistic, 6), g["ks"].source
        (0.25, 'exact distribution of D')
        """
        from mlestat.inference.goodness import goodness

        self._single_numbers("goodness")
        return goodness(self, statistics, simulations=simulations, seed=seed, method=method, bins=bins, least=least)

    def bootstrap(
        self, replicates: int = 999, *, kind: str = "parametric", seed: int = 0, progress: bool = False
    ) -> Bootstrap:
        """Repeat the fit on drawn samples, all at once; see `mlestat.inference.bootstrap.bootstrap`.

        Examples
        --------
        >>> import mlestat as mle
        >>> boot = mle.fit(mle.Exponential(), [1.0, 2.0, 6.0]).bootstrap(200, seed=3)
        >>> boot.replicates, boot.failed
        (200, 0)
        """
        from mlestat.inference.bootstrap import bootstrap

        self._single_numbers("bootstrap")
        return bootstrap(self, replicates, kind=kind, seed=seed, progress=progress)

    def summary(self) -> Summary:
        """Return the fit as statsmodels' tables; `str()` of it is text."""
        from mlestat.reports.summary import summary

        return summary(self)

    def plot(self) -> Figure:
        """Draw histogram and density, QQ, PP, empirical and fitted cdf; return the figure."""
        from mlestat.plots import diagnostics

        refuse_vectors(self.model, "plot", "fit and plot a single column, or draw from distribution.sample()")

        return diagnostics(self)

    def report(
        self, path: str | Path | None = None, *, level: float = 0.95, seed: int = 0, force: bool = False
    ) -> FitReport:
        """Return a report: data, estimates, goodness of fit, sigma intervals, pictures and the likelihood explorer.

        Parameters
        ----------
        path : str or Path, optional
            Where to write it; the ending says how: .html (one self-contained page), .md or .json.
        level : float
            Of the intervals, in (0, 1).
        seed : int
            Of the simulations behind p-values.
        force : bool
            Whether to replace a file that is there.

        Raises
        ------
        InputError
            For a level outside (0, 1).
        FileError
            If the file is there already, or cannot be written.

        Examples
        --------
        >>> import mlestat as mle
        >>> page = mle.fit(mle.Exponential(), [1.0, 2.0, 6.0]).report().to_html()
        >>> "Likelihood explorer" in page
        True
        """
        from mlestat.reports.fit_report import FitReport, save

        report = FitReport(self, check_level(level), seed)
        if path is not None:
            save(report, path, force=force)
        return report

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the data as plain values."""
        return {
            "mlestat": __version__,
            "family": self.model.label,
            "column": self.sample.name,
            "n": self.n,
            "rows": self.sample.rows,
            "rows_by_kind": self.sample.counts_by_kind(),
            "weights": self.sample.weights_kind,
            "dropped": self.sample.dropped,
            "parameters": {name: self._parameter(name) for name in self.names},
            "free": list(self.free),
            "covariance": self.covariance,
            "cov": self.cov.tolist(),
            "loglik": self.loglik,
            "objective": self.objective,
            "k": self.k,
            "aic": self.aic,
            "aicc": self.aicc,
            "bic": self.bic,
            "verdict": self.verdict.to_dict(),
        }

    def _parameter(self, name: str) -> dict[str, Any]:
        estimate = np.asarray(self.estimate_of(name)).tolist()
        if name not in self.free:
            return {"estimate": estimate, "fixed": True}
        prior = self.model.priors.get(name)
        low, high = self.interval(name)
        return {
            "estimate": estimate,
            "fixed": False,
            "prior": None if prior is None else str(prior),
            "se": self.error_of(name),
            "wald_95": [low, high],
        }

    def to_json(self, indent: int | None = 2) -> str:
        """Return `to_dict` as JSON; what is not finite becomes null."""
        return json.dumps(finite_only(self.to_dict()), indent=indent, allow_nan=False, ensure_ascii=False)

    def __repr__(self) -> str:
        vectors = {part.parameter for part in self.parts.values() if part.index}
        parts = ", ".join(self._shown_vector(n) if n in vectors else self._shown(n) for n in self.params)
        return f"Fit({self.model.label}({parts}), n={self.n:g}, loglik={self.loglik:.4g}, {self.verdict.kind})"

    def _shown_vector(self, name: str) -> str:
        return f"{name}={shown(self.params[name])}" + " fixed" * (name not in self.se)

    def _shown(self, name: str) -> str:
        value = self.params[name]
        if name not in self.free:
            return f"{name}={value} fixed" if np.ndim(value) == 0 else f"{name}=one per row"
        se = self.se[name]
        if not (math.isfinite(se) and se > 0.0 and math.isfinite(value)):
            return f"{name}={value:.6g}"
        places = max(0, 1 - math.floor(math.log10(se)))
        if places <= 12 and abs(value) < 1e9:
            return f"{name}={value:.{places}f} ± {se:.{places}f}"
        return f"{name}={value:.6g} ± {se:.2g}"


class OnDemand:
    """A matrix that may be given as what computes it, which is called when it is first read.

    With 100 dimensions a normal distribution has 5150 free numbers, whose correlations few will look at.
    """

    def __get__(self, fit: Any, owner: type[Any]) -> Any:
        """Return the matrix, computed once."""
        if fit is None:
            return self
        value = fit.__dict__["correlation"]
        if callable(value):
            value = fit.__dict__["correlation"] = value()
        return value

    def __set__(self, fit: Any, value: Any) -> None:
        """Keep the matrix, or what computes it."""
        fit.__dict__["correlation"] = value


Fit.correlation = OnDemand()  # type: ignore[assignment]  # after the dataclass, which would take it for a default


def finite_only(value: Any) -> Any:
    """Return a copy for JSON, which knows neither nan nor inf."""
    if isinstance(value, dict):
        return {key: finite_only(v) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite_only(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
