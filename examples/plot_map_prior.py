"""
A prior in place of a parameter
===============================

A distribution as the value of a parameter is its prior; the fit then maximises log-likelihood plus log-
prior (MAP). A normal prior is the same as a penalty on the squared distance: it pulls the estimate towards
its centre, less the more data there are.
"""

import matplotlib.pyplot as plt
import numpy as np

import mlestat as mle

times = np.loadtxt("data/newcomb.csv", skiprows=1)  # deviations from 24800 ns
prior = mle.Normal(33.0, 1.0)  # about 33 is what is expected from today's speed of light
sizes = np.unique(np.geomspace(5, times.size, 12).astype(int))

plain, pulled = [], []
for n in sizes:
    likelihood = mle.fit(mle.Normal(), times[:n])
    plain.append((likelihood.params["mu"], likelihood.se["mu"]))
    posterior = mle.fit(mle.Normal(mu=prior), times[:n])
    pulled.append((posterior.params["mu"], posterior.se["mu"]))

figure, axes = plt.subplots(figsize=(7, 3.8), layout="constrained")
for name, rows, color, shift in (
    ("maximum likelihood", plain, "C0", -0.4),
    ("with the prior", pulled, "C1", 0.4),
):
    estimate, se = np.array(rows).T
    axes.errorbar(sizes + shift, estimate, se, fmt="o", color=color, label=name, capsize=3)
axes.axhline(33.0, color="0.5", ls=":", label="centre of the prior")
axes.set(
    xlabel="number of measurements",
    ylabel="mu (ns - 24800)",
    title="Newcomb's light: a prior matters less as data grow",
)
axes.legend()

# %%
# The two outliers of Newcomb's series pull a normal mean far more than a location of Student's t.
print("Normal:", mle.fit(mle.Normal(), times).params)
print("Student's t:", mle.fit(mle.StudentT(), times).params)
plt.show()
