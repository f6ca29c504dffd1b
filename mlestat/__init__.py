"""mlestat: statistics by maximum likelihood.

A model is a distribution, and each of its parameters is a number, free, a prior, or a predictor; fitting
maximises log-likelihood plus log-prior. Names are imported when first used, so that the import is quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from mlestat._version import __version__

if TYPE_CHECKING:
    from mlestat import distributions, errors, links, supports
    from mlestat.distributions import (
        GEV,
        GPD,
        AsymmetricLaplace,
        Bernoulli,
        Beta,
        BetaBinomial,
        Binomial,
        Burr,
        Categorical,
        Cauchy,
        ChiSquared,
        Dirichlet,
        Distribution,
        Exponential,
        Gamma,
        GeneralizedGamma,
        GeneralizedNormal,
        Geometric,
        Gompertz,
        GumbelMax,
        GumbelMin,
        HalfNormal,
        InverseGamma,
        InverseGaussian,
        Kumaraswamy,
        Laplace,
        LimitedFailure,
        Logistic,
        LogLogistic,
        LogNormal,
        LogSeries,
        Lomax,
        Maxwell,
        Mixture,
        Multinomial,
        MultivariateNormal,
        NegativeBinomial,
        Normal,
        Pareto,
        Poisson,
        Rayleigh,
        Shifted,
        SkewNormal,
        StudentT,
        Triangular,
        Truncated,
        Uniform,
        VonMises,
        Weibull,
        ZeroInflated,
        Zipf,
        free,
        from_scipy,
    )
    from mlestat.errors import MlestatError, NoFiniteMLE
    from mlestat.fitting import fit
    from mlestat.groups import GroupedFit
    from mlestat.inference.tests import likelihood_ratio_test, vuong_test
    from mlestat.reports.sigma import sigma_report
    from mlestat.result import Fit
    from mlestat.sample import Sample
    from mlestat.verdict import Verdict

_HOMES = {
    "mlestat.distributions": (
        "AsymmetricLaplace", "Bernoulli", "Beta", "BetaBinomial", "Binomial", "Burr", "Categorical", "Cauchy",
        "ChiSquared", "Dirichlet", "Distribution", "Exponential", "GEV", "GPD", "Gamma", "GeneralizedGamma",
        "GeneralizedNormal", "Geometric", "Gompertz", "GumbelMax", "GumbelMin", "HalfNormal", "InverseGamma",
        "InverseGaussian", "Kumaraswamy", "Laplace", "LimitedFailure", "LogLogistic", "LogNormal", "LogSeries",
        "Logistic", "Lomax", "Maxwell", "Mixture", "Multinomial", "MultivariateNormal", "NegativeBinomial", "Normal",
        "Pareto", "Poisson", "Rayleigh", "Shifted", "SkewNormal", "StudentT", "Triangular", "Truncated", "Uniform",
        "VonMises", "Weibull", "ZeroInflated", "Zipf", "free", "from_scipy",
    ),
    "mlestat.errors": ("MlestatError", "NoFiniteMLE"),
    "mlestat.fitting": ("fit",),
    "mlestat.groups": ("GroupedFit",),
    "mlestat.inference.tests": ("likelihood_ratio_test", "vuong_test"),
    "mlestat.reports.sigma": ("sigma_report",),
    "mlestat.result": ("Fit",),
    "mlestat.sample": ("Sample",),
    "mlestat.verdict": ("Verdict",),
}  # fmt: skip
_HOME = {name: module for module, names in _HOMES.items() for name in names}
_MODULES = ("distributions", "errors", "links", "plots", "reports", "supports")

__all__ = [
    "GEV",
    "GPD",
    "AsymmetricLaplace",
    "Bernoulli",
    "Beta",
    "BetaBinomial",
    "Binomial",
    "Burr",
    "Categorical",
    "Cauchy",
    "ChiSquared",
    "Dirichlet",
    "Distribution",
    "Exponential",
    "Fit",
    "Gamma",
    "GeneralizedGamma",
    "GeneralizedNormal",
    "Geometric",
    "Gompertz",
    "GroupedFit",
    "GumbelMax",
    "GumbelMin",
    "HalfNormal",
    "InverseGamma",
    "InverseGaussian",
    "Kumaraswamy",
    "Laplace",
    "LimitedFailure",
    "LogLogistic",
    "LogNormal",
    "LogSeries",
    "Logistic",
    "Lomax",
    "Maxwell",
    "Mixture",
    "MlestatError",
    "Multinomial",
    "MultivariateNormal",
    "NegativeBinomial",
    "NoFiniteMLE",
    "Normal",
    "Pareto",
    "Poisson",
    "Rayleigh",
    "Sample",
    "Shifted",
    "SkewNormal",
    "StudentT",
    "Triangular",
    "Truncated",
    "Uniform",
    "Verdict",
    "VonMises",
    "Weibull",
    "ZeroInflated",
    "Zipf",
    "__version__",
    "distributions",
    "errors",
    "fit",
    "free",
    "from_scipy",
    "likelihood_ratio_test",
    "links",
    "sigma_report",
    "supports",
    "vuong_test",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"mlestat.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'mlestat' has no attribute {name!r}{_remedy(name)}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def _remedy(name: str) -> str:
    """The nearest public names, for a mistyped one; nothing for the private names that tools look up."""
    from mlestat.errors import nearest

    return "" if name.startswith("_") else f"; {nearest(name, __all__)}"


def __dir__() -> list[str]:
    return sorted([*__all__, *_MODULES])
