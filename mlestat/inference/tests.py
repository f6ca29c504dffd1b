r"""Tests of hypotheses: likelihood ratio, Wald and score; nested models with the boundary corrected; Vuong's test.

With :math:`\tilde\theta` the maximum under the hypothesis, U the score, I the information and V its inverse:

- likelihood ratio :math:`2[\ell(\hat\theta) - \ell(\tilde\theta)]` (Wilks 1938);
- Wald :math:`(\hat\eta - \eta_0)^2 / V_{\eta\eta}`, on the link scale;
- score :math:`U^2 / (I_{\psi\psi} - I_{\psi o} I_{oo}^{-1} I_{o\psi})` at :math:`\tilde\theta` (Rao 1948).

Each is chi-squared with one degree of freedom per parameter held, if the hypothesis is inside the parameter space. On
its edge (no Student t has infinitely many degrees of freedom) half of the samples are best explained there, and the
distribution is the mixture :math:`\tfrac12\chi^2_{d-1} + \tfrac12\chi^2_d` (Chernoff 1954; Self, Liang, *JASA* 82
(1987) 605-610, case 5).
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.special as sc

from mlestat.errors import DataError, InputError, nearest
from mlestat.inference.profile import Profile
from mlestat.likelihood import row_logliks
from mlestat.problem import Problem
from mlestat.solvers.choose import solve

if TYPE_CHECKING:
    from mlestat.result import Fit

METHODS = ("lr", "wald", "score")

SAME = 1e-9
"""Relative rounding within which two log-likelihoods are the same."""


@dataclass(frozen=True)
class HypothesisTest:
    """A test statistic with its reference distribution and p-value.

    Attributes
    ----------
    method : str
        "likelihood ratio", "Wald", "score" or "Vuong".
    hypothesis : str
        What was tested, in words.
    statistic : float
        The statistic: chi-squared, or a standard normal deviate for Vuong's test.
    df : float
        Degrees of freedom; nan for Vuong's test.
    p_value : float
        Probability of such a statistic or a larger one under the hypothesis.
    on_boundary : bool
        Whether the hypothesis lies on the edge of the parameter space, so that the reference is a mixture.
    note : str
        What to keep in mind.
    """

    method: str
    hypothesis: str
    statistic: float
    df: float
    p_value: float
    on_boundary: bool = False
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return asdict(self)

    def __str__(self) -> str:
        name = "z" if math.isnan(self.df) else f"chi2({self.df:g})"
        edge = ", on the boundary" if self.on_boundary else ""
        return f"{self.method} test of {self.hypothesis}: {name} = {self.statistic:.6g}, p = {self.p_value:.4g}{edge}"


def chi_squared_tail(statistic: float, df: float, *, on_boundary: bool = False) -> float:
    """Return P(χ² > statistic); with one parameter on its boundary, of the half-and-half mixture with one df less.

    Examples
    --------
    >>> round(chi_squared_tail(3.841458820694124, 1), 6)
    0.05
    >>> round(chi_squared_tail(2.705543454095404, 1, on_boundary=True), 6)
    0.05
    """
    whole = float(sc.chdtrc(df, statistic))
    if not on_boundary:
        return whole
    less = float(sc.chdtrc(df - 1.0, statistic)) if df > 1.0 else float(statistic <= 0.0)
    return 0.5 * whole + 0.5 * less


def parameter_test(fit: Fit, name: str, value: float, method: str = "lr") -> HypothesisTest:
    """Test that a parameter has a value.

    Parameters
    ----------
    fit : Fit
        A fit with a finite maximum.
    name : str
        A free parameter.
    value : float
        Inside its domain.
    method : {"lr", "wald", "score"}
        Which statistic.

    Raises
    ------
    InputError
        Unknown parameter or method, or a value outside the domain.

    Examples
    --------
    >>> import mlestat as mle
    >>> f = mle.fit(mle.Weibull(), [1.0, 2.0, 6.0, 3.0, 2.5])
    >>> print(parameter_test(f, "shape", 1.0))
    likelihood ratio test of shape = 1: chi2(1) = 2.43192, p = 0.1189
    """
    if method not in METHODS:
        raise InputError(f"method must be one of {', '.join(METHODS)}, got {method!r}; {nearest(str(method), METHODS)}")
    profile = Profile(fit, name)
    role = fit.model.roles[name]
    if not bool(role.support.contains(np.float64(value))):
        raise InputError(f"{name} = {value:g} is outside its domain ({str(role.support).replace('x', name, 1)})")
    statistic = {"lr": _likelihood_ratio, "wald": _wald, "score": _score}[method](fit, profile, name, float(value))
    label = {"lr": "likelihood ratio", "wald": "Wald", "score": "score"}[method]
    return HypothesisTest(label, f"{name} = {value:g}", statistic, 1.0, chi_squared_tail(statistic, 1.0))


def _likelihood_ratio(fit: Fit, profile: Profile, name: str, value: float) -> float:
    return 2.0 * profile.drop(value)


def _wald(fit: Fit, profile: Profile, name: str, value: float) -> float:
    link = fit.model.roles[name].link
    se = fit.se[name] / float(link.derivative(np.float64(fit.params[name])))
    return float((link.forward(np.float64(fit.params[name])) - link.forward(np.float64(value))) / se) ** 2


def _score(fit: Fit, profile: Profile, name: str, value: float) -> float:
    """Score and information at the best member that has the value; expected information where there is one."""
    held = fit.model.with_values({name: value})
    problem = Problem.of(held, fit.sample)
    member = solve(problem.objective, problem.rows).at.model
    free = Problem.of(fit.model, fit.sample)
    values = {
        n: free.unit.inward_value(problem.unit.outward_value(member.params[n], fit.model.roles[n]), fit.model.roles[n])
        for n in fit.free
    }
    here = free.objective.at_values(values)
    plain = fit.sample.complete and not any(np.ndim(v) > 0 for v in fit.model.params.values())
    order = [list(fit.model.roles).index(n) for n in fit.free]
    a = free.objective.source.n * here.model.fisher()[np.ix_(order, order)] if plain else here.observed
    j = fit.free.index(name)
    others = [i for i in range(len(fit.free)) if i != j]
    rest = a[j, others] @ np.linalg.solve(a[np.ix_(others, others)], a[others, j]) if others else 0.0
    slope = float(fit.model.roles[name].link.derivative(here.model.params[name]))
    return float((here.gradient[j] / slope) ** 2 / (a[j, j] - rest))


def likelihood_ratio_test(restricted: Fit, full: Fit, *, on_boundary: bool | None = None) -> HypothesisTest:
    """Test a model against one that contains it, both fitted to the same data.

    Parameters
    ----------
    restricted, full : Fit
        The contained model and the containing one.
    on_boundary : bool, optional
        Whether one of the parameters that `restricted` holds lies on the edge of its domain. Found out by itself where
        the library knows that the contained family is a limit of the other.

    Raises
    ------
    InputError
        If the fits are not of the same data, or `full` has no more free parameters, or is less likely.

    Examples
    --------
    >>> import mlestat as mle
    >>> x = [1.0, 2.0, 6.0, 3.0, 2.5]
    >>> print(likelihood_ratio_test(mle.fit(mle.Exponential(), x), mle.fit(mle.Weibull(), x)))
    likelihood ratio test of Exponential against Weibull: chi2(1) = 2.43192, p = 0.1189
    """
    _same_data(restricted, full)
    df = full.k - restricted.k
    gain = full.loglik - restricted.loglik
    if df < 1:
        raise InputError(
            f"the full model must have more free parameters than the restricted one, got {full.k} and {restricted.k}; "
            "give the smaller model first"
        )
    if gain < -SAME * (1.0 + abs(full.loglik)):
        raise InputError(
            f"{full.model.label} is less likely than {restricted.model.label} by {-gain:g}, so it does not contain it; "
            "for models that are not nested use vuong_test"
        )
    edge = _is_limit(restricted, full) if on_boundary is None else on_boundary
    statistic = 2.0 * max(gain, 0.0)
    told = f"{restricted.model.label} against {full.model.label}"
    p = chi_squared_tail(statistic, float(df), on_boundary=edge)
    return HypothesisTest("likelihood ratio", told, statistic, float(df), p, edge)


def _is_limit(restricted: Fit, full: Fit) -> bool:
    """Whether the library knows the restricted family as a limit of the full one."""
    family = type(restricted.model)
    return any(s.is_limit and type(s.model) is family for s in full.model._specials())


def _same_data(first: Fit, second: Fit) -> None:
    same = first.sample.rows == second.sample.rows and bool((first.sample.values == second.sample.values).all())
    if not (same and first.n == second.n):
        raise InputError("the two fits are of different data; fit both models to the same sample")


def vuong_test(first: Fit, second: Fit, *, correction: str = "none") -> HypothesisTest:
    """Test which of two models that are not nested is closer to the truth.

    Parameters
    ----------
    first, second : Fit
        Fits of the same rows.
    correction : {"none", "aic", "bic"}
        Taken off the log-likelihood difference, for different numbers of parameters.

    Returns
    -------
    HypothesisTest
        A standard normal deviate: positive where `first` is closer; two-sided p-value.

    References
    ----------
    Vuong, *Econometrica* 57 (1989) 307-333, eqs. 5.1 and 5.7.

    Examples
    --------
    >>> import mlestat as mle
    >>> x = mle.Gamma(2.0, 1.0).sample(0, 200)
    >>> vuong_test(mle.fit(mle.Gamma(), x), mle.fit(mle.LogNormal(), x)).statistic > 0
    True
    """
    _same_data(first, second)
    if correction not in ("none", "aic", "bic"):
        raise InputError(f"correction must be 'none', 'aic' or 'bic', got {correction!r}")
    if first.distribution is None or second.distribution is None:
        raise InputError("a fit that has no distribution cannot be compared row by row")
    d = row_logliks(first.distribution, first.sample) - row_logliks(second.distribution, second.sample)
    w = np.ones(d.size) if first.sample.weights is None else np.asarray(first.sample.weights, dtype=float)
    n = first.n
    mean = float(w @ d) / n
    spread = math.sqrt(float(w @ (d - mean) ** 2) / n)
    if not spread > 0.0:
        raise DataError("the two models give every row the same log-likelihood, so nothing tells them apart")
    penalty = {"none": 0.0, "aic": 1.0, "bic": 0.5 * math.log(n)}[correction] * (first.k - second.k)
    z = (n * mean - penalty) / (math.sqrt(n) * spread)
    told = f"{first.model.label} against {second.model.label}"
    note = "for models that neither contain each other nor share members"
    return HypothesisTest("Vuong", told, z, math.nan, 2.0 * float(sc.ndtr(-abs(z))), note=note)
