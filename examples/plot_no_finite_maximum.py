"""
When there is no maximum
========================

Student's t on the flow of the Nile: the tails are lighter than a normal's, the likelihood rises for ever as
the degrees of freedom grow, and no finite maximum exists. The fit says so, and names the limit.
"""

import matplotlib.pyplot as plt
import numpy as np

import mlestat as mle

flow = np.loadtxt("data/nile.csv", skiprows=1)  # 10^8 cubic metres a year
try:
    mle.fit(mle.StudentT(), flow)
except mle.errors.NoFiniteMLE as error:
    print(error)

# %%
# With ``strict=False`` the fit comes back, with the limit in its verdict.
fit = mle.fit(mle.StudentT(), flow, strict=False)
print(fit.verdict.kind, fit.verdict.limit)

# %%
# The profile: for each number of degrees of freedom the best mu and sigma. It climbs towards the normal's
# log-likelihood and never reaches it.
dfs = np.geomspace(1, 1e4, 60)
profile = [mle.fit(mle.StudentT(df=df), flow).loglik for df in dfs]
normal = mle.fit(mle.Normal(), flow).loglik
figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
axes.semilogx(dfs, profile, lw=2, label="Student's t, df held")
axes.axhline(normal, color="C3", ls="--", label="Normal")
axes.set(xlabel="degrees of freedom", ylabel="log-likelihood", title="Nile: no finite maximum")
axes.legend()

# %%
# Daily returns of the DAX do have heavy tails: there the maximum exists.
returns = np.loadtxt("data/dax_returns.csv", skiprows=1)
heavy = mle.fit(mle.StudentT(), returns)
print(heavy.verdict.kind, heavy.params, heavy.loglik - mle.fit(mle.Normal(), returns).loglik)
plt.show()
