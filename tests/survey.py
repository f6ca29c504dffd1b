"""The survey of scipy's continuous families: which, at which shapes, and the samples that each is fitted to.

Shapes are those at which scipy tests its families (scipy/stats/_distr_params.py, SciPy 1.17.1, BSD-3-Clause), the first
set of each. Left out, with the reason: `LEFT_OUT`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats

import mlestat as mle

N, LOC, SCALE, SEEDS = 200, 10.0, 3.0, tuple(range(8))

SHAPES: dict[str, tuple[float, ...]] = {
    "alpha": (3.570477051665046,),
    "anglit": (),
    "arcsine": (),
    "argus": (1.0,),
    "beta": (2.3098496451481823, 0.6268795430096368),
    "betaprime": (5.0, 6.0),
    "bradford": (0.29891359763170633,),
    "burr": (10.5, 4.3),
    "burr12": (10.0, 4.0),
    "cauchy": (),
    "chi": (78.0,),
    "chi2": (55.0,),
    "cosine": (),
    "crystalball": (2.0, 3.0),
    "dgamma": (1.1023326088288166,),
    "dweibull": (2.0685080649914673,),
    "expon": (),
    "exponnorm": (1.5,),
    "exponpow": (2.697119160358469,),
    "exponweib": (2.8923945291034436, 1.9505288745913174),
    "f": (29.0, 18.0),
    "fatiguelife": (29.0,),
    "fisk": (3.085754862225318,),
    "foldcauchy": (4.716467345583189,),
    "foldnorm": (1.952125337355587,),
    "gamma": (1.9932305483800778,),
    "genextreme": (-0.1,),
    "gengamma": (4.4162385429431925, 3.119309167924276),
    "genhalflogistic": (0.7727472780992932,),
    "genhyperbolic": (0.5, 1.5, -0.5),
    "geninvgauss": (2.3, 1.5),
    "genlogistic": (0.41192440799679475,),
    "gennorm": (1.2988442399460265,),
    "genpareto": (0.1,),
    "gibrat": (),
    "gompertz": (0.9474371307510525,),
    "gumbel_l": (),
    "gumbel_r": (),
    "halfcauchy": (),
    "halfgennorm": (0.6748054997000371,),
    "halflogistic": (),
    "halfnorm": (),
    "hypsecant": (),
    "invgamma": (4.066899613699307,),
    "invgauss": (0.14546264555347513,),
    "invweibull": (10.58,),
    "jf_skew_t": (8.0, 4.0),
    "johnsonsb": (4.317267509914106, 3.1837781130785063),
    "johnsonsu": (2.554395574161155, 2.2482281679651965),
    "kappa3": (1.0,),
    "kappa4": (-0.1, 0.1),
    "kstwobign": (),
    "landau": (),
    "laplace": (),
    "laplace_asymmetric": (2.0,),
    "levy": (),
    "levy_l": (),
    "loggamma": (0.4141193182605212,),
    "logistic": (),
    "loglaplace": (3.2505926592051435,),
    "lognorm": (0.9536822696057533,),
    "lomax": (1.8771398388773268,),
    "maxwell": (),
    "mielke": (10.4, 4.6),
    "moyal": (),
    "nakagami": (4.967379486666624,),
    "ncf": (27.0, 27.0, 0.41578441799226107),
    "nct": (14.0, 0.24045031331198066),
    "ncx2": (21.0, 1.0560465975116415),
    "norm": (),
    "norminvgauss": (1.25, 0.5),
    "pareto": (2.621716532144454,),
    "pearson3": (0.1,),
    "powerlaw": (1.659113328990585,),
    "powerlognorm": (2.1413923530064087, 0.44639540782048337),
    "powernorm": (4.445365225459078,),
    "rayleigh": (),
    "rdist": (1.6,),
    "recipinvgauss": (0.6300426780936912,),
    "rel_breitwigner": (36.545206797050334,),
    "rice": (0.7749725210111873,),
    "semicircular": (),
    "skewcauchy": (0.5,),
    "skewnorm": (4.0,),
    "t": (2.7433514990818093,),
    "trapezoid": (0.2, 0.8),
    "triang": (0.15785029824528218,),
    "truncexpon": (4.690772545681048,),
    "truncnorm": (-1.0978730080013919, 2.730675410903198),
    "truncpareto": (1.8, 5.3),
    "truncweibull_min": (2.5, 0.25, 1.75),
    "tukeylambda": (3.1321477856738267,),
    "uniform": (),
    "wald": (),
    "weibull_max": (2.8687961709100187,),
    "weibull_min": (1.7866166930421596,),
}

LEFT_OUT = {
    "studentized_range": "a density takes 0.3 s each",
    "levy_stable": "a density takes 0.8 ms each, by quadrature",
    "ksone": "a whole-number shape, never estimated; a density takes 0.4 ms each",
    "kstwo": "a whole-number shape, never estimated; a density takes 0.4 ms each",
    "irwinhall": "a whole-number shape, never estimated",
    "erlang": "the gamma with a whole-number shape, never estimated",
    "vonmises": "periodic on the whole line: with a free scale it is no density",
    "vonmises_line": "scipy's sampler wraps values into one period and ignores loc and scale",
    "wrapcauchy": "scipy's sampler wraps values into one period and ignores loc and scale",
    "reciprocal": "another name of loguniform",
    "loguniform": "a/b alone is identified beside loc and scale",
    "genexpon": "its three shapes and the scale are three numbers in all",
    "dpareto_lognorm": "its shape u is the logarithm of the scale",
    "gausshyper": "four shapes beside loc and scale: a density of six parameters on a bounded interval",
}


OWN: dict[str, Callable[[], Any]] = {
    "norm": mle.Normal,
    "logistic": mle.Logistic,
    "cauchy": mle.Cauchy,
    "laplace": mle.Laplace,
    "laplace_asymmetric": mle.AsymmetricLaplace,
    "gumbel_r": mle.GumbelMax,
    "gumbel_l": mle.GumbelMin,
    "t": mle.StudentT,
    "skewnorm": mle.SkewNormal,
    "gennorm": mle.GeneralizedNormal,
    "genextreme": mle.GEV,
    "uniform": mle.Uniform,
    "triang": mle.Triangular,
    "expon": lambda: mle.Shifted(mle.Exponential()),
    "halfnorm": lambda: mle.Shifted(mle.HalfNormal()),
    "gamma": lambda: mle.Shifted(mle.Gamma()),
    "weibull_min": lambda: mle.Shifted(mle.Weibull()),
    "lognorm": lambda: mle.Shifted(mle.LogNormal()),
    "rayleigh": lambda: mle.Shifted(mle.Rayleigh()),
    "maxwell": lambda: mle.Shifted(mle.Maxwell()),
    "invgamma": lambda: mle.Shifted(mle.InverseGamma()),
    "invgauss": lambda: mle.Shifted(mle.InverseGaussian()),
    "gengamma": lambda: mle.Shifted(mle.GeneralizedGamma()),
    "gompertz": lambda: mle.Shifted(mle.Gompertz()),
    "fisk": lambda: mle.Shifted(mle.LogLogistic()),
    "burr12": lambda: mle.Shifted(mle.Burr()),
    "genpareto": lambda: mle.Shifted(mle.GPD()),
    "lomax": lambda: mle.Shifted(mle.Lomax()),
}
"""Those that the library has itself, with location and scale free as in scipy."""


def sample(name: str, seed: int) -> np.ndarray:
    """The sample of that seed; the stream of `RandomState` is frozen."""
    return np.asarray(getattr(stats, name).rvs(*SHAPES[name], loc=LOC, scale=SCALE, size=N, random_state=seed))


def loglik(name: str, x: np.ndarray, parameters: tuple[float, ...]) -> float:
    """Log-likelihood by scipy at (shapes, loc, scale)."""
    family: Any = getattr(stats, name)
    with np.errstate(all="ignore"):
        return float(np.sum(family.logpdf(x, *parameters)))


def truth(name: str) -> tuple[float, ...]:
    """Parameters that the samples were drawn with."""
    return (*SHAPES[name], LOC, SCALE)
