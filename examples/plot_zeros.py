"""
Too many zeros
==============

Articles that 915 students of biochemistry published in their last three years. A Poisson distribution with their mean
expects 168 students without any; there are 275. Two explanations: some never publish (zero inflation), or students
differ (negative binomial).
"""

import matplotlib.pyplot as plt
import numpy as np

import mlestat as mle

articles = np.genfromtxt("data/biochemists.csv", delimiter=",", names=True)["art"]
fits = {
    "Poisson": mle.fit(mle.Poisson(), articles),
    "zero-inflated Poisson": mle.fit(mle.ZeroInflated(mle.Poisson()), articles),
    "negative binomial": mle.fit(mle.NegativeBinomial(), articles),
}
for name, fit in fits.items():
    zeros = 915 * float(fit.distribution.pdf(0))
    print(f"{name:22} AIC {fit.aic:7.1f}, zeros {zeros:5.1f}")

# %%
# Both have enough zeros. Only the second has also the long tail.
x = np.arange(0, 20)
observed = np.bincount(articles.astype(int), minlength=20)[:20]
figure, axes = plt.subplots(figsize=(8, 4), layout="constrained")
axes.bar(x, observed, color="0.85", label="observed")
for (name, fit), color in zip(fits.items(), ("C1", "C2", "C0"), strict=True):
    axes.plot(x, 915 * fit.distribution.pdf(x), "o-", color=color, ms=4, lw=1, label=name)
axes.set(xlabel="articles", ylabel="students", yscale="log", ylim=(0.5, 400), title="Articles of 915 students")
axes.set_xticks(range(0, 20, 2))
axes.legend(frameon=False)

# %%
# Beside a negative binomial nothing is left to inflate. The fit says so instead of returning a share of zero.
both = mle.fit(mle.ZeroInflated(mle.NegativeBinomial()), articles, strict=False)
print(both.verdict.sentence)
plt.show()
