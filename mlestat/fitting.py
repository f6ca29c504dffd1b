"""fit(): model + data → Fit. Reads as the sentence it is: check, choose a source, solve, judge, report."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlestat.certificate import Certified, certified, collapse_verdict
from mlestat.distributions import family
from mlestat.distributions.base import Distribution, is_estimated
from mlestat.distributions.parameters import Role, roles
from mlestat.errors import DataError, InputError, NoFiniteMLE, SupportError, UnsupportedDataError
from mlestat.inference.information import covariance_kind
from mlestat.likelihood import Objective
from mlestat.result import Fit
from mlestat.sample import Sample, as_sample
from mlestat.solvers.choose import choose_source
from mlestat.sources.array import Rows, Statistics, default_threads

WORKING = 400
"""Binary exponent that the largest value of a family on x > 0 is brought to, to leave room for small ones."""

SMALLEST = 1e-300
"""Data of a positive family are not moved below this."""

FAR = 1e4
"""A location this many spreads from 0 is fitted about its centre."""

EXTREME = 1e100
"""Beyond this, or below its inverse, squares of the data leave float64: such data are fitted in another unit."""


def fit(
    model: Distribution | type[Distribution] | str,
    data: Sample | ArrayLike,
    *,
    weights: ArrayLike | None = None,
    covariance: str | None = None,
    strict: bool = True,
    jacobian: bool = False,
    missing: str = "raise",
    threads: int | None = None,
) -> Fit:
    """Fit a model to data by maximum likelihood, or by its mode where parameters have priors.

    Parameters
    ----------
    model : Distribution
        Each parameter a number (held), `free`, or a distribution (free, with that prior). A number may be an
        array with one value per row. A class or a family's name stands for the model with everything free.
    data : Sample or array_like, shape (n,)
        The observations.
    weights : array_like, shape (n,), optional
        Frequency weights: weight 2 is the row twice.
    covariance : {"observed", "expected", "sandwich"}, optional
        Information for the standard errors. Default: observed; expected for a family whose log-density has a corner.
    strict : bool
        Raise `NoFiniteMLE` if the likelihood has no finite maximum; else return the fit with that verdict.
    jacobian : bool
        Add ``log |dθ/dη|``: the mode of the posterior density of the link-scale parameters, not of the natural ones.
    missing : {"raise", "drop"}
        What to do with NaN.
    threads : int, optional
        Threads for sums over rows. Default: MLESTAT_NUM_THREADS, or all cores.

    Returns
    -------
    Fit
        Estimates, standard errors, log-likelihood, verdict.

    Raises
    ------
    DataError, SupportError
        The data cannot be used with this family.
    InputError
        An argument is wrong.
    NoFiniteMLE
        No finite maximum exists, and `strict`.

    Examples
    --------
    >>> import mlestat as mle
    >>> f = mle.fit(mle.Gamma(), [0.5, 1.2, 3.1, 0.8, 2.2])
    >>> f
    Fit(Gamma(shape=2.6 ± 1.5, scale=0.61 ± 0.40), n=5, loglik=-6.249, interior)
    """
    model = as_model(model)
    kind = covariance_kind(model, covariance)
    sample = as_sample(data, weights, missing, check=False)
    check_shape(model, sample)
    if not model.guards:
        check_values(model, sample)
    result = _fit(model, sample, kind, jacobian, _threads(threads))
    if strict and not result.verdict.finite:
        raise NoFiniteMLE(result.verdict.sentence, result)
    return result


def as_model(model: Any) -> Distribution:
    """Return a model from an instance, a class, or a family's name."""
    if isinstance(model, str):
        return family(model)()
    if isinstance(model, type) and issubclass(model, Distribution):
        return model()
    if not isinstance(model, Distribution):
        raise InputError(
            f"model must be a distribution such as Normal(), got {model!r:.60}; the data come second: fit(Normal(), x)"
        )
    return model


def _threads(threads: int | None) -> int:
    if threads is None:
        return default_threads()
    if threads < 1 or threads != int(threads):
        raise InputError(f"threads must be a whole number of at least 1, got {threads!r}")
    return threads


def check_shape(model: Distribution, sample: Sample) -> None:
    """Refuse data of a kind that this route cannot take, and parameters that are not aligned with the rows."""
    if not sample.complete:
        raise UnsupportedDataError(
            "fitting censored, truncated or binned rows is not supported yet; fit exact values, with "
            "weights if they are counts"
        )
    for name, value in model.params.items():
        if np.ndim(value) > 0 and np.shape(value) != (sample.rows,):
            raise DataError(
                f"{name} has shape {np.shape(value)}, but there are {sample.rows} rows; give one number, or one "
                "value per row"
            )


def check_values(model: Distribution, sample: Sample) -> None:
    """Refuse values that are not finite or outside the support."""
    sample.check_finite()
    if not model.support.holds(sample.values):
        _explain_support(model, sample.values)


def _explain_support(model: Distribution, values: NDArray[Any]) -> None:
    bad = np.flatnonzero(~model.support.contains(values.astype(np.float64)))
    if bad.size == 0:
        return
    zeros = " or model the zeros apart (ZeroInflated, or an interval reading)" if (values[bad] == 0).all() else ""
    raise SupportError(
        f"{bad.size} of {values.size} values are outside the support of {type(model).__name__} ({model.support}), "
        f"first at index {int(bad[0])}: {values[bad[0]]}; drop them,{zeros or ' or choose another family'}"
    )


# -- one fit ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unit:
    """The unit in which a fit is made: (x - shift) · factor, with a factor that is a power of two.

    1 and 0 for nearly all data. Squares of data beyond 1e100 would leave float64; a location far from 0 in
    units of its spread would round in each step.
    """

    factor: float = 1.0
    shift: float = 0.0

    @classmethod
    def of(cls, model: Distribution, sample: Sample) -> Unit:
        """Return the unit that brings extreme data near 1. Priors are in the user's unit, so those data stay."""
        centre = abs(sample.centre)
        if model.discrete or model.priors:
            return cls()
        if 1.0 / EXTREME < centre < EXTREME:
            return cls(shift=_far_location(model, sample))
        sample.check_finite()
        size = sample.magnitude
        if size == 0.0 or 1.0 / EXTREME < size < EXTREME:
            return cls()
        open_at_0 = model.support.lower == 0.0 and not model.support.contains(0.0)
        factor = 2.0 ** min((WORKING if open_at_0 else 0) - math.frexp(size)[1], 1022)
        # a positive value must not become 0; where it would, the data stay as they are
        return cls() if open_at_0 and float(sample.values.min()) * factor < SMALLEST else cls(factor)

    def into(self, model: Distribution) -> Distribution:
        """Return the model with its fixed values in this unit."""
        table = roles(type(model))
        fixed = {n: v for n, v in model.params.items() if not is_estimated(v)}
        return model.with_values({n: self._into(v, table[n]) for n, v in fixed.items()})

    def _into(self, value: Any, role: Role) -> Any:
        if role.unit == "data":
            return (value - self.shift if role.is_location else value) * self.factor
        return value + math.log(self.factor) if role.unit == "log data" else value

    def back(self, model: Distribution, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return parameter values in the user's unit; what the user fixed stays as given."""
        table = roles(type(model))
        return {
            n: self._back(v, table[n]) if is_estimated(getattr(model, n)) else getattr(model, n)
            for n, v in values.items()
        }

    def _back(self, value: Any, role: Role) -> Any:
        if role.unit == "data":
            return value / self.factor + (self.shift if role.is_location else 0.0)
        return value - math.log(self.factor) if role.unit == "log data" else value


def _far_location(model: Distribution, sample: Sample) -> float:
    """Return the centre of data that lie far from 0, for a family that is solved by steps in a location."""
    if model.sufficient or not any(role.is_location for role in roles(type(model)).values()):
        return 0.0
    few = sample.values[:: -(-sample.rows // 1000)].astype(np.float64)
    spread = float(np.median(np.abs(few - sample.centre)))
    return sample.centre if abs(sample.centre) > FAR * spread else 0.0


def _fit(model: Distribution, sample: Sample, kind: str, jacobian: bool, threads: int) -> Fit:
    """Solve in a convenient unit, certify, and return to the user's."""
    if sample.constant:
        check_values(model, sample)
    if sample.constant and (ends := model._collapse(float(sample.values[0]))) is not None:
        return _collapsed(model, sample, kind, ends)
    unit = Unit.of(model, sample)
    rows = Rows(sample, threads, unit.factor, unit.shift)
    inner = unit.into(model)
    source = choose_source(inner, rows)
    if isinstance(source, Statistics) and not np.isfinite(source.terms).all():
        check_values(model, sample)
        raise DataError(
            f"the {sample.rows} values, from {sample.values.min():g} to {sample.values.max():g}, span more orders of "
            f"magnitude than float64 can hold beside each other for {type(model).__name__}; take their logarithm "
            f"(LogNormal fits it) or fit a part of them"
        )
    objective = Objective(inner, source, jacobian)
    return _in_user_unit(model, sample, certified(objective, rows, kind), unit)


def _in_user_unit(model: Distribution, sample: Sample, found: Certified, unit: Unit) -> Fit:
    """Return the result with parameters, errors and log-likelihood in the unit of the data as given."""
    table = roles(type(model))
    se = {n: v / unit.factor if table[n].unit == "data" else v for n, v in found.se.items()}
    shift = 0.0 if model.discrete else sample.n * math.log(unit.factor)
    return Fit(
        model=model,
        distribution=_member_in_user_unit(model, found, unit),
        params=unit.back(model, found.params),
        se=se,
        correlation=found.correlation,
        free=model.free,
        covariance=found.covariance,
        loglik=found.loglik + shift,
        objective=found.objective + shift,
        sample=sample,
        verdict=found.verdict,
    )


def _member_in_user_unit(model: Distribution, found: Certified, unit: Unit) -> Distribution | None:
    """Return the fitted member, or the limit family's, in the user's unit."""
    member = found.distribution
    if member is None:
        return None
    template = model if type(member) is type(model) else type(member)()
    return member.with_values(unit.back(template, member.params))


def _collapsed(model: Distribution, sample: Sample, kind: str, ends: Mapping[str, float]) -> Fit:
    """Return the fit of constant data that this model can only approach."""
    k = len(model.free)
    height = 0.0 if model.discrete else math.inf
    return Fit(
        model=model,
        distribution=None,
        params={**model.params, **ends},
        se=dict.fromkeys(model.free, math.nan),
        correlation=np.full((k, k), math.nan),
        free=model.free,
        covariance=kind,
        loglik=height,
        objective=height,
        sample=sample,
        verdict=collapse_verdict(model, sample.values[0].item(), sample.rows, ends),
    )
