"""
Old Faithful: a mixture of two normals in two dimensions
========================================================

The geyser has short eruptions, after which it waits for less than an hour, and long ones with a longer wait.
A mixture of two multivariate normals describes both, says how sure it is of each number, and gives for every
eruption the probability of its kind.
"""

import matplotlib.pyplot as plt
import numpy as np

import mlestat as mle

rows = np.loadtxt("data/faithful.csv", delimiter=",", skiprows=1)  # minutes: eruption, wait
fit = mle.fit(mle.Mixture([mle.MultivariateNormal(), mle.MultivariateNormal()]), rows)
print(fit.summary())

# %%
# The likelihood of a mixture has no bound; the verdict says what was taken instead, and by which rule.
print(fit.verdict.sentence)

# %%
# Ellipses of distance 1 and 2 hold 39 % and 86 % of a normal distribution in two dimensions. Few eruptions lie
# between the kinds.
kind = fit.distribution.memberships(rows)[:, 1]
angle = np.linspace(0.0, 2.0 * np.pi, 200)
circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
figure, axes = plt.subplots(figsize=(7, 5), layout="constrained")
points = axes.scatter(*rows.T, c=kind, cmap="coolwarm", s=18)
for part in fit.distribution.components:
    for distance in (1.0, 2.0):
        axes.plot(*(part.mean + distance * circle @ np.linalg.cholesky(part.cov).T).T, color="0.3", lw=1)
figure.colorbar(points, label="probability of a long eruption")
axes.set(xlabel="eruption (min)", ylabel="wait for the next (min)", title="Old Faithful, 272 eruptions")

# %%
# A part of the rows is a distribution of its own: how long is the wait after a four-minute eruption of the
# long kind?
after = fit.distribution.components[1].conditional({0: 4.0})
print(after, np.sqrt(after.cov))
plt.show()
