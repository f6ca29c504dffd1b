"""
Censored lifetimes, and return levels
=====================================

Of items that still work at the end only a lower bound is known. Beside the fit stands the Kaplan-Meier estimate,
which assumes no family. On the right: the value that is exceeded once in so many observations.
"""

import matplotlib.pyplot as plt
import numpy as np

import mlestat as mle

rng = np.random.default_rng(3)
life, end = mle.Weibull(1.8, 100.0).sample(rng, 60), 120.0
lifetimes = mle.Sample.events(np.minimum(life, end), life <= end, name="hours")
fit = mle.fit(mle.Weibull(), lifetimes)
flow = mle.Sample(np.loadtxt("data/nile.csv", skiprows=1), name="yearly flow")

figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4), layout="constrained")
mle.plots.cdf(fit, left)
mle.plots.return_level(mle.fit(mle.GumbelMax(), flow), right)
print(fit)
plt.show()
