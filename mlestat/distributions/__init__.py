"""The families, one per file, and the table that names them."""

from __future__ import annotations

from mlestat.distributions.asymmetric_laplace import AsymmetricLaplace
from mlestat.distributions.base import Distribution, Moments
from mlestat.distributions.bernoulli import Bernoulli
from mlestat.distributions.beta import Beta
from mlestat.distributions.beta_binomial import BetaBinomial
from mlestat.distributions.beta_by_mean import BetaByMean
from mlestat.distributions.binomial import Binomial
from mlestat.distributions.burr import Burr
from mlestat.distributions.cauchy import Cauchy
from mlestat.distributions.chi_squared import ChiSquared
from mlestat.distributions.exponential import Exponential
from mlestat.distributions.gamma import Gamma
from mlestat.distributions.gamma_by_mean import GammaByMean
from mlestat.distributions.generalized_gamma import GeneralizedGamma
from mlestat.distributions.generalized_normal import GeneralizedNormal
from mlestat.distributions.geometric import Geometric
from mlestat.distributions.gev import GEV
from mlestat.distributions.gompertz import Gompertz
from mlestat.distributions.gpd import GPD
from mlestat.distributions.gumbel import GumbelMax, GumbelMin
from mlestat.distributions.half_normal import HalfNormal
from mlestat.distributions.inverse_gamma import InverseGamma
from mlestat.distributions.inverse_gaussian import InverseGaussian
from mlestat.distributions.kumaraswamy import Kumaraswamy
from mlestat.distributions.laplace import Laplace
from mlestat.distributions.limited_failure import LimitedFailure
from mlestat.distributions.log_logistic import LogLogistic
from mlestat.distributions.log_series import LogSeries
from mlestat.distributions.logistic import Logistic
from mlestat.distributions.lognormal import LogNormal
from mlestat.distributions.lomax import Lomax
from mlestat.distributions.maxwell import Maxwell
from mlestat.distributions.mixture import Mixture
from mlestat.distributions.multivariate import (
    Categorical,
    Dirichlet,
    Multinomial,
    MultivariateNormal,
    VectorDistribution,
    VectorMoments,
)
from mlestat.distributions.negative_binomial import NegativeBinomial
from mlestat.distributions.normal import Normal
from mlestat.distributions.parameters import free
from mlestat.distributions.pareto import Pareto
from mlestat.distributions.poisson import Poisson
from mlestat.distributions.rayleigh import Rayleigh
from mlestat.distributions.scipy_model import FromScipy, from_scipy
from mlestat.distributions.shifted import Shifted
from mlestat.distributions.skew_normal import SkewNormal
from mlestat.distributions.student_t import StudentT
from mlestat.distributions.triangular import Triangular
from mlestat.distributions.truncated import Truncated
from mlestat.distributions.uniform import Uniform
from mlestat.distributions.von_mises import VonMises
from mlestat.distributions.weibull import Weibull
from mlestat.distributions.zero_inflated import ZeroInflated
from mlestat.distributions.zipf import Zipf
from mlestat.errors import UnknownNameError, nearest

FAMILIES: dict[str, type[Distribution]] = {
    f.family_name(): f
    for f in (
        Normal,
        LogNormal,
        HalfNormal,
        SkewNormal,
        GeneralizedNormal,
        Exponential,
        Gamma,
        GammaByMean,
        InverseGamma,
        GeneralizedGamma,
        ChiSquared,
        Weibull,
        Rayleigh,
        Maxwell,
        Gompertz,
        LogLogistic,
        Burr,
        Laplace,
        AsymmetricLaplace,
        Logistic,
        Cauchy,
        StudentT,
        GumbelMax,
        GumbelMin,
        GEV,
        GPD,
        Pareto,
        Lomax,
        Beta,
        BetaByMean,
        Kumaraswamy,
        Uniform,
        Triangular,
        InverseGaussian,
        VonMises,
        Bernoulli,
        Binomial,
        Geometric,
        Poisson,
        NegativeBinomial,
        BetaBinomial,
        Zipf,
        LogSeries,
    )
}
"""Every family of single numbers by its name."""

VECTOR_FAMILIES: dict[str, type[VectorDistribution]] = {
    f.__name__: f for f in (MultivariateNormal, Dirichlet, Categorical, Multinomial)
}
"""Every family of rows, or of labels, by its name."""


WRAPPERS: dict[str, type[Distribution]] = {
    w.__name__: w for w in (Truncated, Shifted, ZeroInflated, LimitedFailure, Mixture)
}
"""What makes a distribution from others, by its name."""


def plain_name(name: str) -> str:
    """Return a name as it is looked up: case, hyphens, underscores, dots and blanks do not matter."""
    return name.lower().replace("_", "").replace("-", "").replace(" ", "").replace(".", "")


_BY_PLAIN_NAME: dict[str, type[Distribution] | type[VectorDistribution]] = {
    plain_name(name): family
    for table in (FAMILIES, VECTOR_FAMILIES)
    for key, family in table.items()
    for name in (key, *family.aliases)
}


def family(name: str) -> type[Distribution] | type[VectorDistribution]:
    """Return the family of that name; case, hyphens, underscores and dots do not matter.

    Raises
    ------
    UnknownNameError
        If there is none; the sentence offers the nearest names.

    Examples
    --------
    >>> family("student-t").__name__
    'StudentT'
    """
    found = _BY_PLAIN_NAME.get(plain_name(name))
    if found is None:
        raise UnknownNameError(f"no family is named {name!r}; {nearest(name, [*FAMILIES, *VECTOR_FAMILIES])}")
    return found


__all__ = [
    "FAMILIES",
    "GEV",
    "GPD",
    "VECTOR_FAMILIES",
    "WRAPPERS",
    "AsymmetricLaplace",
    "Bernoulli",
    "Beta",
    "BetaBinomial",
    "BetaByMean",
    "Binomial",
    "Burr",
    "Categorical",
    "Cauchy",
    "ChiSquared",
    "Dirichlet",
    "Distribution",
    "Exponential",
    "FromScipy",
    "Gamma",
    "GammaByMean",
    "GeneralizedGamma",
    "GeneralizedNormal",
    "Geometric",
    "Gompertz",
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
    "Moments",
    "Multinomial",
    "MultivariateNormal",
    "NegativeBinomial",
    "Normal",
    "Pareto",
    "Poisson",
    "Rayleigh",
    "Shifted",
    "SkewNormal",
    "StudentT",
    "Triangular",
    "Truncated",
    "Uniform",
    "VectorDistribution",
    "VectorMoments",
    "VonMises",
    "Weibull",
    "ZeroInflated",
    "Zipf",
    "family",
    "free",
    "from_scipy",
    "plain_name",
]
