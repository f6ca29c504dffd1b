"""
What mu and sigma do to the curve
=================================

A smaller mu shifts the normal density to the left. A smaller sigma makes it taller and narrower: the area
stays 1.
"""

import matplotlib.pyplot as plt
import numpy as np

import mlestat as mle

data = np.loadtxt("data/michelson.csv", skiprows=1)
mu, sigma = mle.fit(mle.Normal(), data).params.values()
x = np.linspace(mu - 5 * sigma, mu + 5 * sigma, 600)

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), sharex=True, sharey=True, layout="constrained")
for shift in (-150, -75, 0):
    left.plot(x, mle.Normal(mu + shift, sigma).pdf(x), label=f"$\\mu$ = {mu + shift:.0f}")
for factor in (0.5, 1, 2):
    right.plot(x, mle.Normal(mu, factor * sigma).pdf(x), label=f"$\\sigma$ = {factor * sigma:.0f}")
left.set(title="mu shifts", ylabel="density")
right.set(title="sigma stretches")
for axes in (left, right):
    axes.plot(data, np.zeros_like(data), "|", color="0.4", ms=12)
    axes.set_xlabel("speed of light (km/s)")
    axes.xaxis.set_major_locator(plt.MaxNLocator(4))
    axes.xaxis.set_major_formatter("{x:.0f}")
    axes.legend()

# %%
# The height at the centre is 1/(sigma * sqrt(2 pi)): half the sigma, twice the height.
for factor in (0.5, 1, 2):
    print(f"sigma x {factor}: height {mle.Normal(mu, factor * sigma).pdf(mu):.6f}")
plt.show()
