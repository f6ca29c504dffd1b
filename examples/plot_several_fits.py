"""
Several families on the same data
=================================

The densities of three families over one histogram, and the QQ plot of the best. The band holds all points at once
with 95 % probability, so one point outside it is worth a look.
"""

import matplotlib.pyplot as plt
import numpy as np

import mlestat as mle

precipitation = mle.Sample(np.loadtxt("data/precip.csv", skiprows=1), name="precipitation (inches)")
fits = [mle.fit(model, precipitation) for model in (mle.Normal(), mle.Gamma(), mle.Weibull())]
best = min(fits, key=lambda fit: fit.aic)

figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4), layout="constrained")
mle.plots.overlay(fits, left)
mle.plots.qq(best, right)
right.set_title(f"{best.model.label}: QQ plot")
for fit in fits:
    print(f"{fit.model.label:8} AIC {fit.aic:.2f}")
plt.show()
