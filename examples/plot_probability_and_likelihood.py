"""
Probability is an area, likelihood is a height
==============================================

Probability: the parameters are given, and the area under the density over an interval is asked for.
Likelihood: the data are given, and the height of the density at the data is read as a function of the
parameters.
"""

import matplotlib.pyplot as plt
import numpy as np

import mlestat as mle

inches = np.loadtxt("data/precip.csv", skiprows=1)  # yearly precipitation of 70 cities
fit = mle.fit(mle.Normal(), inches)
d = fit.distribution
a, b = 40.0, 50.0
print(f"P({a:g} < X <= {b:g}) = {d.cdf(b) - d.cdf(a):.4f}")
print(f"observed share {np.mean((a < inches) & (inches <= b)):.4f}")

# %%
# Left: an area, with mu and sigma fixed. Right: the heights at three of the data; their product over all
# rows is the likelihood.
x = np.linspace(-5, 80, 400)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True, layout="constrained")
for axes in (left, right):
    axes.plot(x, d.pdf(x), lw=2)
    axes.set_xlabel("precipitation (inches a year)")
between = (x >= a) & (x <= b)
left.fill_between(x[between], d.pdf(x[between]), alpha=0.4)
left.set(title="probability: area, given parameters", ylabel="density")
three = inches[[2, 10, 40]]
right.vlines(three, 0, d.pdf(three), color="C3")
right.plot(three, d.pdf(three), "o", color="C3")
right.set_title("likelihood: height, at given data")

# %%
# A likelihood of 70 rows is a product of 70 small numbers. Its logarithm is a sum that no computer loses.
print(f"likelihood {np.prod(d.pdf(inches)):.3e}, log-likelihood {fit.loglik:.6f} = {d.logpdf(inches).sum():.6f}")
plt.show()
