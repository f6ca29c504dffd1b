"""
The recipe: slide mu, then vary sigma
=====================================

Maximum likelihood for the normal distribution in two steps: hold sigma and slide mu until the likelihood is
highest; then hold mu and vary sigma. For the normal the best mu does not depend on sigma, so one round is
enough.
"""

import matplotlib.pyplot as plt
import numpy as np

import mlestat as mle

speed = np.loadtxt("data/michelson.csv", skiprows=1)
guess = 120.0
mus = np.linspace(299_780, 299_930, 301)
by_mu = np.array([mle.Normal(m, guess).logpdf(speed).sum() for m in mus])
best_mu = mus[by_mu.argmax()]
sigmas = np.linspace(55, 140, 341)
by_sigma = np.array([mle.Normal(best_mu, s).logpdf(speed).sum() for s in sigmas])
best_sigma = sigmas[by_sigma.argmax()]

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
left.plot(mus, by_mu)
left.plot(best_mu, by_mu.max(), "o", color="C3")
left.set(title=f"sigma held at {guess:g}: best mu {best_mu:.1f}", xlabel="mu (km/s)", ylabel="log-likelihood")
left.xaxis.set_major_locator(plt.MaxNLocator(4))
left.xaxis.set_major_formatter("{x:.0f}")
right.plot(sigmas, by_sigma)
right.plot(best_sigma, by_sigma.max(), "o", color="C3")
right.set(title=f"mu held: best sigma {best_sigma:.2f}", xlabel="sigma (km/s)")

# %%
# At the top the slope, the score, is zero. The library does not search: it has the solution in closed form,
# mean and root mean square deviation.
fit = mle.fit(mle.Normal(), speed)
print(fit.params, speed.mean(), speed.std())
print("score:", fit.distribution.score(speed).sum(axis=0))

# %%
# Holding a parameter is written as a number in its place.
print(mle.fit(mle.Normal(sigma=guess), speed).params)
plt.show()
