"""Size of the goodness-of-fit tests: on data from the family itself, p < 0.05 in 5 % of samples. Slow.

To draw 999 refits for each of many samples would take hours. One refit per sample is enough (Giacomini, Politis, White,
*Econometric Theory* 29 (2013) 567-589): the replicates of all samples together have the distribution that p-values are
read off. With 20,000 samples the share of rejections has a standard error of √2 · 0.00154 = 0.0022; the bound of one
per cent is 4.6 of them, which a test of exact size exceeds with probability 4e-6 per pair, 8e-5 for all of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mlestat as mle
from mlestat.inference.bins import Bins
from mlestat.inference.layouts import layout_of
from mlestat.inference.refits import chunks, members

pytestmark = pytest.mark.slow

SAMPLES = 20_000
LEVEL = 0.05
BOUND = 0.01
ROWS = 50


def _censored(rng: np.random.Generator) -> mle.Sample:
    x, bound = mle.Weibull(1.5, 2.0).sample(rng, ROWS), rng.exponential(4.0, ROWS)
    return mle.Sample(np.minimum(x, bound), right_censored=bound < x)


def _truncated(rng: np.random.Generator) -> mle.Sample:
    x = mle.Exponential(2.0).sample(rng, 4 * ROWS)
    return mle.Sample(x[(x > 1.0)][:ROWS], entry=1.0)


def _binned(rng: np.random.Generator) -> mle.Sample:
    edges = [0.0, 1.0, 2.0, 3.0, 4.5, 7.0, 12.0]
    return mle.Sample.binned(edges, np.histogram(mle.Gamma(2.5, 1.0).sample(rng, 4 * ROWS), edges)[0])


PAIRS: dict[str, tuple[Any, str, Any]] = {
    "normal, ks": (mle.Normal(1.0, 2.0), "ks", None),
    "normal, ad": (mle.Normal(1.0, 2.0), "ad", None),
    "exponential, cvm": (mle.Exponential(3.0), "cvm", None),
    "gamma, ks": (mle.Gamma(2.5, 3.0), "ks", None),
    "gamma, ad": (mle.Gamma(0.7, 3.0), "ad", None),
    "weibull, cvm": (mle.Weibull(1.5, 2.0), "cvm", None),
    "weibull, chisq": (mle.Weibull(1.5, 2.0), "chisq", None),
    "lognormal, ad": (mle.LogNormal(0.0, 1.0), "ad", None),
    "logistic, ks": (mle.Logistic(0.0, 1.0), "ks", None),
    "beta, ad": (mle.Beta(2.0, 3.0), "ad", None),
    "inverse gaussian, cvm": (mle.InverseGaussian(2.0, 3.0), "cvm", None),
    "poisson, ks": (mle.Poisson(4.0), "ks", None),
    "poisson, chisq": (mle.Poisson(4.0), "chisq", None),
    "geometric, ad": (mle.Geometric(0.3), "ad", None),
    "weibull censored, ad": (mle.Weibull(1.5, 2.0), "ad", _censored),
    "exponential truncated, ks": (mle.Exponential(2.0), "ks", _truncated),
    "gamma binned, chisq": (mle.Gamma(2.5, 1.0), "chisq", _binned),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_size(pair: str) -> None:
    truth, name, make = PAIRS[pair]
    rng = np.random.default_rng(20_261_125)
    model = type(truth)()
    sample = mle.Sample(truth.sample(rng, ROWS)) if make is None else make(rng)
    layout = layout_of(model, truth, sample, Bins.asked(None, 5.0))
    seen, replicated = [], []
    for m in chunks(SAMPLES, layout.rows):
        drawn = layout.draw(truth, rng, m)
        for stack in members(drawn.refit(model), model):
            part = drawn.take(stack.places)
            seen.append(part.statistics(stack.model, {name})[name])
            again = part.draw(stack.model, rng, stack.places.size)
            others = members(again.refit(model), model)
            replicated += [again.take(o.places).statistics(o.model, {name})[name] for o in others]
    critical = np.quantile(np.concatenate(replicated), 1.0 - LEVEL)
    # statistics of whole numbers tie: a tie at the critical value counts by halves
    t = np.concatenate(seen)
    size = float((t > critical + 1e-10).mean())
    ties = float((np.abs(t - critical) <= 1e-10).mean())
    print(f"{pair}: {size:.4f}" + (f" to {size + ties:.4f}" if ties > 0.001 else ""))
    assert size < LEVEL + BOUND
    assert size + ties > LEVEL - BOUND


def test_p_values_of_the_whole_route() -> None:
    """2,000 samples with 99 replicates: p ≤ 0.05 has probability 5/100 exactly, since the exponential's statistics do
    not depend on the scale; standard error 0.0049, bound 4 of them (false alarm 6e-5).
    """
    rng = np.random.default_rng(7)
    truth = mle.Exponential(2.0)
    p = [
        mle.fit(mle.Exponential(), truth.sample(rng, 30), threads=1)
        .goodness("ad", simulations=99, seed=rng)["ad"]
        .p_value
        for _ in range(2000)
    ]
    assert abs(np.mean(np.array(p) <= 0.05) - 0.05) < 0.0195
