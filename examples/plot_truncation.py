"""
Floods: rows that are there because they are large
==================================================

The peaks of the River Nidd were written down only above 65 cubic metres a second. A fit that takes them for all peaks
describes the wrong river; the likelihood of truncated rows knows why they are there.
"""

import matplotlib.pyplot as plt
import numpy as np

import mlestat as mle

flow = np.loadtxt("data/nidd.csv", skiprows=1)
naive = mle.fit(mle.LogNormal(), flow)
whole = mle.fit(mle.LogNormal(), mle.Sample(flow, entry=65.0, name="m³/s"))
seen = mle.fit(mle.Truncated(mle.LogNormal(), lower=65.0), flow)
print(whole.summary())

# %%
# Truncation as a property of the rows and as a part of the model are one likelihood. The first reports all peaks, the
# second those that can be seen.
for fit in (whole, seen):
    print(f"{fit.model.label:30} mu {fit.params['mu']:.4f}, log-likelihood {fit.loglik:.6f}")

# %%
# The density that was fitted to all peaks, cut off at 65 and raised to area 1, follows the histogram. The naive one
# has its top where the record begins.
x = np.linspace(40, 320, 500)
figure, axes = plt.subplots(figsize=(8, 4), layout="constrained")
axes.hist(flow, bins=np.arange(65, 320, 12), density=True, color="0.8", edgecolor="white")
axes.plot(x, naive.distribution.pdf(x), color="C1", lw=2, label="as if all peaks were there")
axes.plot(x[x > 65], seen.distribution.pdf(x[x > 65]), color="C0", lw=2, label="given that it exceeds 65")
axes.axvline(65, color="0.4", ls=":")
axes.set(xlabel="peak flow (m³/s)", ylabel="density", title="River Nidd, 154 peaks above 65 m³/s")
axes.legend(frameon=False)

# %%
# It matters in the tail: the peak that one in a hundred of those above 65 exceeds.
for name, d in (("naive", naive.distribution), ("truncated", seen.distribution)):
    print(f"{name:10} {float(d.isf(0.01)):.0f} m³/s")
plt.show()
