"""Names and parameters of the families in scipy, R, Stan and MATLAB: one table, for people and for `to_scipy`.

The column of scipy is code: its expressions are evaluated, so that ``Distribution.to_scipy`` and the page of the
documentation cannot differ. The other columns are text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from mlestat.errors import UntranslatableError

if TYPE_CHECKING:
    from mlestat.distributions.base import Distribution
    from mlestat.distributions.multivariate.base import VectorDistribution
    from mlestat.distributions.scipy_model import FromScipy

FUNCTIONS = {"exp": np.exp, "log": np.log, "sqrt": np.sqrt}
"""What an expression of the table may use besides our parameters."""


@dataclass(frozen=True)
class Translation:
    """One family elsewhere.

    Attributes
    ----------
    scipy : str
        Its name in scipy.stats; empty where there is none.
    arguments : mapping
        scipy's arguments as expressions in our parameters.
    r : str
        ``package::suffix(arguments)``; d, p, q or r in front of the suffix. R's own families are in ``stats``.
    stan, matlab : str
        Name and arguments; MATLAB's is that of ``makedist`` where it has the family. Empty where there is none.
    """

    scipy: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    r: str = ""
    stan: str = ""
    matlab: str = ""

    def scipy_text(self) -> str:
        """Return scipy's column as it would be typed.

        Examples
        --------
        >>> TABLE["Gamma"].scipy_text()
        'gamma(a=shape, scale=scale)'
        """
        return f"{self.scipy}({', '.join(f'{k}={v}' for k, v in self.arguments.items())})" if self.scipy else ""


TABLE: dict[str, Translation] = {
    "Normal": Translation(
        "norm", {"loc": "mu", "scale": "sigma"},
        "stats::norm(mean = mu, sd = sigma)", "normal(mu, sigma)", 'Normal(mu = mu, sigma = sigma)',
    ),
    "LogNormal": Translation(
        "lognorm", {"s": "sigma", "scale": "exp(mu)"},
        "stats::lnorm(meanlog = mu, sdlog = sigma)", "lognormal(mu, sigma)", "Lognormal(mu = mu, sigma = sigma)",
    ),
    "HalfNormal": Translation(
        "halfnorm", {"scale": "sigma"},
        "extraDistr::hnorm(sigma = sigma)", "normal(0, sigma) T[0, ]", "HalfNormal(mu = 0, sigma = sigma)",
    ),
    "SkewNormal": Translation(
        "skewnorm", {"a": "alpha", "loc": "mu", "scale": "sigma"},
        "sn::sn(xi = mu, omega = sigma, alpha = alpha)", "skew_normal(mu, sigma, alpha)", "",
    ),
    "GeneralizedNormal": Translation(
        "gennorm", {"beta": "power", "loc": "mu", "scale": "scale"},
        "gnorm::gnorm(mu = mu, alpha = scale, beta = power)", "", "",
    ),
    "Exponential": Translation(
        "expon", {"scale": "scale"},
        "stats::exp(rate = 1 / scale)", "exponential(1 / scale)", "Exponential(mu = scale)",
    ),
    "Gamma": Translation(
        "gamma", {"a": "shape", "scale": "scale"},
        "stats::gamma(shape = shape, scale = scale)", "gamma(shape, 1 / scale)", "Gamma(a = shape, b = scale)",
    ),
    "Gamma.by_mean": Translation(
        "gamma", {"a": "shape", "scale": "mean / shape"},
        "stats::gamma(shape = shape, scale = mean / shape)", "gamma(shape, shape / mean)",
        "Gamma(a = shape, b = mean / shape)",
    ),
    "InverseGamma": Translation(
        "invgamma", {"a": "shape", "scale": "scale"},
        "extraDistr::invgamma(alpha = shape, beta = scale)", "inv_gamma(shape, scale)", "",
    ),
    "GeneralizedGamma": Translation(
        "gengamma", {"a": "shape", "c": "power", "scale": "scale"},
        "flexsurv::gengamma.orig(shape = power, scale = scale, k = shape)", "", "",
    ),
    "ChiSquared": Translation(
        "chi2", {"df": "df"},
        "stats::chisq(df = df)", "chi_square(df)", "Gamma(a = df / 2, b = 2)",
    ),
    "Weibull": Translation(
        "weibull_min", {"c": "shape", "scale": "scale"},
        "stats::weibull(shape = shape, scale = scale)", "weibull(shape, scale)", "Weibull(A = scale, B = shape)",
    ),
    "Rayleigh": Translation(
        "rayleigh", {"scale": "scale"},
        "extraDistr::rayleigh(sigma = scale)", "rayleigh(scale)", "Rayleigh(B = scale)",
    ),
    "Maxwell": Translation(
        "maxwell", {"scale": "scale"},
        "shotGroups::Maxwell(sigma = scale)", "", "",
    ),
    "Gompertz": Translation(
        "gompertz", {"c": "shape", "scale": "scale"},
        "flexsurv::gompertz(shape = 1 / scale, rate = shape / scale)", "", "",
    ),
    "LogLogistic": Translation(
        "fisk", {"c": "shape", "scale": "scale"},
        "flexsurv::llogis(shape = shape, scale = scale)", "loglogistic(scale, shape)",
        "Loglogistic(mu = log(scale), sigma = 1 / shape)",
    ),
    "Burr": Translation(
        "burr12", {"c": "c", "d": "d", "scale": "scale"},
        "actuar::burr(shape1 = d, shape2 = c, scale = scale)", "", "Burr(alpha = scale, c = c, k = d)",
    ),
    "Laplace": Translation(
        "laplace", {"loc": "mu", "scale": "scale"},
        "extraDistr::laplace(mu = mu, sigma = scale)", "double_exponential(mu, scale)", "",
    ),
    "AsymmetricLaplace": Translation(
        "laplace_asymmetric",
        {
            "kappa": "sqrt(quantile / (1 - quantile))",
            "loc": "mu",
            "scale": "scale / sqrt(quantile * (1 - quantile))",
        },
        "ald::ALD(mu = mu, sigma = scale, p = quantile)", "skew_double_exponential(mu, 2 * scale, quantile)", "",
    ),
    "Logistic": Translation(
        "logistic", {"loc": "mu", "scale": "scale"},
        "stats::logis(location = mu, scale = scale)", "logistic(mu, scale)", "Logistic(mu = mu, sigma = scale)",
    ),
    "Cauchy": Translation(
        "cauchy", {"loc": "mu", "scale": "scale"},
        "stats::cauchy(location = mu, scale = scale)", "cauchy(mu, scale)",
        "tLocationScale(mu = mu, sigma = scale, nu = 1)",
    ),
    "StudentT": Translation(
        "t", {"df": "df", "loc": "mu", "scale": "sigma"},
        "extraDistr::lst(df = df, mu = mu, sigma = sigma)", "student_t(df, mu, sigma)",
        "tLocationScale(mu = mu, sigma = sigma, nu = df)",
    ),
    "GumbelMax": Translation(
        "gumbel_r", {"loc": "mu", "scale": "scale"},
        "evd::gumbel(loc = mu, scale = scale)", "gumbel(mu, scale)",
        "GeneralizedExtremeValue(k = 0, sigma = scale, mu = mu)",
    ),
    "GumbelMin": Translation(
        "gumbel_l", {"loc": "mu", "scale": "scale"},
        "ordinal::gumbel(location = mu, scale = scale, max = FALSE)", "gumbel(-mu, scale) of -x",
        "ExtremeValue(mu = mu, sigma = scale)",
    ),
    "GEV": Translation(
        "genextreme", {"c": "-xi", "loc": "mu", "scale": "sigma"},
        "evd::gev(loc = mu, scale = sigma, shape = xi)", "",
        "GeneralizedExtremeValue(k = xi, sigma = sigma, mu = mu)",
    ),
    "GPD": Translation(
        "genpareto", {"c": "xi", "scale": "sigma"},
        "evd::gpd(loc = 0, scale = sigma, shape = xi)", "pareto_type_2(0, sigma / xi, 1 / xi) for xi > 0",
        "GeneralizedPareto(k = xi, sigma = sigma, theta = 0)",
    ),
    "Pareto": Translation(
        "pareto", {"b": "shape", "scale": "minimum"},
        "extraDistr::pareto(a = shape, b = minimum)", "pareto(minimum, shape)",
        "GeneralizedPareto(k = 1 / shape, sigma = minimum / shape, theta = minimum)",
    ),
    "Lomax": Translation(
        "lomax", {"c": "shape", "scale": "scale"},
        "extraDistr::lomax(lambda = 1 / scale, kappa = shape)", "pareto_type_2(0, scale, shape)",
        "GeneralizedPareto(k = 1 / shape, sigma = scale / shape, theta = 0)",
    ),
    "Beta": Translation(
        "beta", {"a": "a", "b": "b"},
        "stats::beta(shape1 = a, shape2 = b)", "beta(a, b)", "Beta(a = a, b = b)",
    ),
    "Beta.by_mean": Translation(
        "beta", {"a": "mean * precision", "b": "(1 - mean) * precision"},
        "extraDistr::prop(size = precision, mean = mean)", "beta_proportion(mean, precision)",
        "Beta(a = mean * precision, b = (1 - mean) * precision)",
    ),
    "Kumaraswamy": Translation("", {}, "extraDistr::kumar(a = a, b = b)", "", ""),
    "Uniform": Translation(
        "uniform", {"loc": "low", "scale": "high - low"},
        "stats::unif(min = low, max = high)", "uniform(low, high)", "Uniform(Lower = low, Upper = high)",
    ),
    "Triangular": Translation(
        "triang", {"c": "(mode - low) / (high - low)", "loc": "low", "scale": "high - low"},
        "extraDistr::triang(a = low, b = high, c = mode)", "", "Triangular(A = low, B = mode, C = high)",
    ),
    "InverseGaussian": Translation(
        "invgauss", {"mu": "mean / shape", "scale": "shape"},
        "statmod::invgauss(mean = mean, shape = shape)", "", "InverseGaussian(mu = mean, lambda = shape)",
    ),
    "VonMises": Translation(
        "vonmises", {"kappa": "kappa", "loc": "mu"},
        "circular::vonmises(mu = mu, kappa = kappa)", "von_mises(mu, kappa)", "",
    ),
    "Bernoulli": Translation(
        "bernoulli", {"p": "p"},
        "stats::binom(size = 1, prob = p)", "bernoulli(p)", "Binomial(N = 1, p = p)",
    ),
    "Binomial": Translation(
        "binom", {"n": "n", "p": "p"},
        "stats::binom(size = n, prob = p)", "binomial(n, p)", "Binomial(N = n, p = p)",
    ),
    "Geometric": Translation(
        "geom", {"p": "p", "loc": "-1"},
        "stats::geom(prob = p)", "neg_binomial(1, p / (1 - p))", "NegativeBinomial(R = 1, P = p)",
    ),
    "Poisson": Translation(
        "poisson", {"mu": "rate"},
        "stats::pois(lambda = rate)", "poisson(rate)", "Poisson(lambda = rate)",
    ),
    "NegativeBinomial": Translation(
        "nbinom", {"n": "size", "p": "size / (size + mean)"},
        "stats::nbinom(mu = mean, size = size)", "neg_binomial_2(mean, size)",
        "NegativeBinomial(R = size, P = size / (size + mean))",
    ),
    "BetaBinomial": Translation(
        "betabinom", {"n": "n", "a": "a", "b": "b"},
        "extraDistr::bbinom(size = n, alpha = a, beta = b)", "beta_binomial(n, a, b)", "",
    ),
    "Zipf": Translation("zipf", {"a": "exponent"}, "VGAM::zeta(shape = exponent - 1)", "", ""),
    "LogSeries": Translation("logser", {"p": "p"}, "extraDistr::lgser(theta = p)", "", ""),
    "MultivariateNormal": Translation(
        "multivariate_normal", {"mean": "mean", "cov": "cov"},
        "mvtnorm::mvnorm(mean = mean, sigma = cov)", "multi_normal(mean, cov)", "mvnpdf(x, mean, cov)",
    ),
    "Dirichlet": Translation(
        "dirichlet", {"alpha": "alpha"}, "extraDistr::dirichlet(alpha = alpha)", "dirichlet(alpha)", "",
    ),
    "Categorical": Translation(
        "", {}, "extraDistr::cat(prob = p)", "categorical(p)", "Multinomial(Probabilities = p)",
    ),
    "Multinomial": Translation(
        "multinomial", {"n": "n", "p": "p"}, "stats::multinom(size = n, prob = p)", "multinomial(p)", "mnpdf(x, p)",
    ),
}  # fmt: skip
"""By the families' names."""


def to_scipy(d: Distribution | VectorDistribution) -> Any:
    """Return the frozen distribution of scipy.stats that equals a known member; see `Distribution.to_scipy`."""
    import scipy.stats

    from mlestat.distributions.shifted import Shifted

    d._known("to_scipy")
    if getattr(d, "by_search", False):
        member = cast("FromScipy", d)
        return member.family.generic(**member.params)
    by = 0.0
    while isinstance(d, Shifted):
        by, d = by + d.by, d.d
    row = TABLE.get(_name(d))
    if row is None or not row.scipy:
        raise UntranslatableError(
            f"scipy.stats has no family that equals {d.label}; use its own members (logpdf, cdf, ppf, sample, …)"
        )
    arguments = {key: evaluated(text, d.params) for key, text in row.arguments.items()}
    if np.any(by):
        arguments["loc"] = arguments.get("loc", 0.0) + by
    return getattr(scipy.stats, row.scipy)(**arguments)


def _name(d: Distribution | VectorDistribution) -> str:
    """Return what the table calls a model's family."""
    from mlestat.distributions import FAMILIES

    kind = type(d)
    return next((name for name, family in FAMILIES.items() if family is kind), kind.__name__)


def evaluated(expression: str, parameters: Mapping[str, Any]) -> Any:
    """Return the value of an expression of the table.

    Examples
    --------
    >>> evaluated("mean / shape", {"mean": 3.0, "shape": 2.0})
    1.5
    """
    return eval(expression, {"__builtins__": {}}, {**FUNCTIONS, **parameters})


def table() -> list[dict[str, str]]:
    """Return the table as rows of text: family, scipy, R, Stan and MATLAB; empty where there is no such family.

    Examples
    --------
    >>> table()[0]["r"]
    'stats::norm(mean = mu, sd = sigma)'
    """
    rows = ((name, TABLE[name]) for name in _families() if name in TABLE)
    return [
        {"family": _ours(name), "scipy": t.scipy_text(), "r": t.r, "stan": t.stan, "matlab": t.matlab}
        for name, t in rows
    ]


def _families() -> dict[str, Any]:
    from mlestat.distributions import FAMILIES, VECTOR_FAMILIES

    return {**FAMILIES, **VECTOR_FAMILIES}


def _ours(name: str) -> str:
    return f"{name}({', '.join(_families()[name].parameter_names())})"


def markdown() -> str:
    """Return the table in Markdown, as the documentation shows it.

    Examples
    --------
    >>> markdown().splitlines()[0]
    '| mlestat | scipy.stats | R | Stan | MATLAB |'
    """
    lines = ["| mlestat | scipy.stats | R | Stan | MATLAB |", "|---|---|---|---|---|"]
    for row in table():
        cells = (f"`{text}`" if text else "–" for text in row.values())
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
