"""
Michelson's speed of light: fit, report, picture
================================================

In 1879 Albert Michelson measured the speed of light in air a hundred times. One call fits the normal
distribution; the fit knows its standard errors, its log-likelihood with all constants, and whether what it
found is a maximum at all.
"""

import matplotlib.pyplot as plt
import numpy as np

import mlestat as mle

speed = np.loadtxt("data/michelson.csv", skiprows=1)  # km/s
fit = mle.fit(mle.Normal(), speed)
print(fit.summary())

# %%
# The verdict is part of the result, in words and in numbers.
print(fit.verdict.sentence)

# %%
# The sigma report says what share of the values was expected within 1, 2 and 3 sigma, and what share was
# there.
print(mle.sigma_report(fit))

# %%
# The picture: data, density, and the bands of 1, 2 and 3 sigma.
mu, sigma = fit.params["mu"], fit.params["sigma"]
x = np.linspace(mu - 3.6 * sigma, mu + 3.6 * sigma, 400)
figure, axes = plt.subplots(figsize=(8, 4), layout="constrained")
axes.hist(speed, bins=np.arange(299_605, 300_086, 40), density=True, color="0.75", edgecolor="white")
axes.plot(x, fit.distribution.pdf(x), color="C0", lw=2)
for k in (3, 2, 1):
    axes.axvspan(mu - k * sigma, mu + k * sigma, color="C0", alpha=0.08, lw=0)
axes.set(
    xlabel="speed of light in air (km/s)",
    ylabel="density",
    title=f"$\\mu$ = {mu:.1f}, $\\sigma$ = {sigma:.1f} km/s",
)
axes.xaxis.set_major_formatter("{x:.0f}")

# %%
# Stigler (1977) gives 299 734.5 km/s as what Michelson's apparatus should have shown, from the speed of
# light known today. The mean is about 118 km/s higher, fifteen standard errors: a standard error measures
# scatter, not bias.
print((speed.mean() - 299_734.5) / fit.se["mu"])
plt.show()
