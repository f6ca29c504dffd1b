"""
Lifetimes of which most are censored
====================================

4156 integrated circuits were tested for 1370 hours (Meeker 1987). Only 28 failed, the last one after 593 hours; of
the other 4128 all that is known is that they lived longer. What share will fail in ten years?
"""

import matplotlib.pyplot as plt
import numpy as np

import mlestat as mle

circuits = np.genfromtxt("data/circuits.csv", delimiter=",", names=True)
test = mle.Sample.events(circuits["hours"], circuits["failed"], weights=circuits["count"], name="hours")
weibull = mle.fit(mle.Weibull(), test)
limited = mle.fit(mle.LimitedFailure(mle.Weibull()), test)
print(limited.summary())

# %%
# A Weibull has every circuit fail some day. LimitedFailure lets only a share p fail at all, the defective ones. One
# parameter more raises the log-likelihood by ten.
print(f"log-likelihood: Weibull {weibull.loglik:.1f}, limited failure {limited.loglik:.1f}")

# %%
# The steps are the product-limit estimate (Kaplan and Meier), which knows no model. The limited failures follow it; a
# Weibull cannot, since it has to keep 4128 circuits alive and still fail them later. Ten years are 87,660 hours.
figure, axes = plt.subplots(figsize=(8, 4.2), layout="constrained")
mle.plots.cdf(limited, axes)
axes.lines[-1].remove()  # the fitted curve on a linear axis; both are drawn below
hours = np.geomspace(0.05, 1e5, 300)
for fit, color in ((weibull, "C1"), (limited, "C0")):
    axes.plot(hours, fit.distribution.cdf(hours), color=color, lw=2, label=fit.model.label)
axes.set(xscale="log", xlim=(0.05, 1e5), ylim=(0, 0.02), title="Share that has failed", xlabel="hours")
axes.axvspan(1370, 1e5, color="0.9", zorder=0)
axes.text(1500, 0.0185, "after the test")
axes.legend(loc="upper left", frameon=False)

# %%
ten_years = 87_660.0
for fit in (weibull, limited):
    print(f"{fit.model.label:24} {float(fit.distribution.cdf(ten_years)):.2%} fail within ten years")

# %%
# ``fit.plot()`` draws the four usual pictures for censored rows too; bars and positions are those of the product-
# limit estimate, and what lies beyond the last failure is told.
mle.plots.diagnostics(limited, plt.figure(figsize=(9, 7), layout="constrained"))
plt.show()
