"""
Old Faithful: a mixture of two normals
======================================

Waiting times between eruptions of the geyser have two humps. A mixture is a distribution like any other: it is fitted,
evaluated, compared, and its standard errors cover the weights as well.
"""

import matplotlib.pyplot as plt
import numpy as np

import mlestat as mle

waiting = np.genfromtxt("data/faithful.csv", delimiter=",", names=True)["waiting"]
fit = mle.fit(mle.Mixture([mle.Normal(), mle.Normal()]), waiting)
print(fit.summary())

# %%
# The components with their weights add up to the density. A row belongs to a component with the probability that its
# part has of the whole there.
d = fit.distribution
x = np.linspace(38, 100, 400)
parts = [w * c.pdf(x) for w, c in zip(d.weights, d.components, strict=True)]
figure, (top, below) = plt.subplots(
    2, 1, figsize=(8, 5.5), sharex=True, layout="constrained", gridspec_kw={"height_ratios": (3, 1)}
)
top.hist(waiting, bins=np.arange(41.5, 97, 3), density=True, color="0.8", edgecolor="white")
for part in parts:
    top.plot(x, part, ls="--", lw=1.5)
top.plot(x, d.pdf(x), color="C3", lw=2)
top.set(ylabel="density", title="waiting times and the two components")
below.plot(x, parts[1] / d.pdf(x), color="C1")
below.set(xlabel="minutes to the next eruption", ylabel="P(long wait)", ylim=(0, 1))

# %%
# How many components? AIC is lowest for two. The likelihood ratio is no test here: under one component fewer a weight
# lies at the edge of its domain.
for k in (1, 2, 3):
    model = mle.Normal() if k == 1 else mle.Mixture([mle.Normal()] * k)
    print(f"{k} component(s): AIC {mle.fit(model, waiting).aic:.1f}")

# %%
# The likelihood of a mixture of normals has no bound: one that shrinks onto a single value makes it as large as one
# likes. So the estimate is the highest *interior* maximum; spikes on a few rows are discarded as starts.
first, second = d.components
shares = [0.01, 0.99 * d.weights[0], 0.99 * d.weights[1]]
for sigma in (1.0, 1e-3, 1e-30, 1e-100):
    spiked = mle.Mixture([mle.Normal(waiting[0], sigma), first, second], weights=shares)
    print(f"a spike of sigma {sigma:g}: log-likelihood {spiked.logpdf(waiting).sum():.0f}")
plt.show()
