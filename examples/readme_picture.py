"""Draw docs/images/michelson.png, the picture of the README: `cd examples; python readme_picture.py`."""

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np

import mlestat as mle

speed = np.loadtxt("data/michelson.csv", skiprows=1)
fit = mle.fit(mle.Normal(), speed)
report = mle.sigma_report(fit)
mu, sigma = fit.params["mu"], fit.params["sigma"]

x = np.linspace(mu - 3.5 * sigma, mu + 3.5 * sigma, 500)
figure, axes = plt.subplots(figsize=(9, 4.2), dpi=110, layout="constrained")
axes.hist(speed, bins=np.arange(299_605, 300_086, 40), density=True, color="0.8", edgecolor="white")
axes.plot(x, fit.distribution.pdf(x), color="#1f4e79", lw=2.5)
peak = fit.distribution.pdf(mu)
for height, band in zip((1.32, 1.44, 1.56), report.bands, strict=True):
    axes.axvspan(band.lower, band.upper, color="#1f77b4", alpha=0.09, lw=0)
    y = height * peak
    axes.annotate("", (band.lower, y), (band.upper, y), arrowprops={"arrowstyle": "<->", "color": "#1f4e79"})
    text = f"±{band.k:g}σ: {100 * band.share:.0f} % of the values, {100 * band.expected:.2f} % expected"
    axes.text(mu, y + 0.01 * peak, text, ha="center", va="bottom", fontsize=9)
title = f"Michelson 1879: μ = {mu:.1f} ± {fit.se['mu']:.1f}, σ = {sigma:.1f} ± {fit.se['sigma']:.1f} km/s"
axes.set(
    ylim=(0, 1.7 * peak),
    xlim=(x[0], x[-1]),
    title=title,
    xlabel="speed of light in air (km/s)",
    ylabel="density",
)
axes.xaxis.set_major_formatter("{x:.0f}")
figure.savefig("../docs/images/michelson.png")
