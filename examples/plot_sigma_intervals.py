"""
Sigma intervals, normal and not
===============================

The interval of plus or minus 1, 2, 3 sigma holds 68.27 %, 95.45 % and 99.73 % of a normal distribution. For
another family the same two limits hold another share, and may leave the support; the central interval of
the same probability is what corresponds.
"""

import matplotlib.pyplot as plt
import numpy as np

import mlestat as mle

hours = np.loadtxt("data/aircondit.csv", skiprows=1)  # between failures of an air-conditioning unit
normal, gamma = mle.fit(mle.Normal(), hours), mle.fit(mle.Gamma(), hours)
print(f"log-likelihood: Normal {normal.loglik:.2f}, Gamma {gamma.loglik:.2f}")
print(mle.sigma_report(gamma))

# %%
# Probability in either tail of k sigma, exactly as far out as needed.
standard = mle.Normal(0, 1)
for k in range(1, 7):
    print(f"{k} sigma: inside {1 - 2 * standard.sf(k):.12f}, outside {2 * standard.sf(k):.6e}")

# %%
# The normal bands run below zero hours; the central intervals of the gamma do not.
figure, rows = plt.subplots(2, 1, figsize=(8, 5), sharex=True, layout="constrained")
x = np.linspace(-350, 700, 800)
for axes, fit in zip(rows, (normal, gamma), strict=True):
    d = fit.distribution
    inside = d.support.contains(x) if fit is gamma else np.ones(x.shape, bool)
    axes.plot(x[inside], d.pdf(x[inside]), lw=2)
    for k in (3, 2, 1):
        axes.axvspan(d.ppf(standard.cdf(-k)), d.isf(standard.sf(k)), color="C0", alpha=0.1, lw=0)
    axes.plot(hours, np.zeros_like(hours), "|", color="k", ms=14)
    axes.set(title=type(d).__name__, ylabel="density", ylim=(0, 0.012))
rows[-1].set_xlabel("hours between failures")
plt.show()
