"""
Profile likelihood and confidence regions
=========================================

A profile is the highest log-likelihood at each value of one parameter. The values that lie less than 1.92 below the
top are the 95 % interval; for two parameters at once the drop is 3.00. Neither is symmetric on 12 values.
"""

import matplotlib.pyplot as plt
import numpy as np

import mlestat as mle

hours = mle.Sample(np.loadtxt("data/aircondit.csv", skiprows=1), name="hours between failures")
fit = mle.fit(mle.Weibull(), hours)
figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4), layout="constrained")
mle.plots.profile(fit, "shape", left)
mle.plots.surface(fit, ("shape", "scale"), right)

# %%
# A shape of 1, the exponential, lies inside the interval.
print(fit.interval("shape", method="profile"))
plt.show()
