"""Pictures of fits and reports. Every function draws on the Axes it is given, or makes a Figure of its own.

A Figure made here does not belong to pyplot: nothing global changes, nothing has to be closed, and no display
is needed. To see pictures in a window, pass axes from `plt.subplots()` and call `plt.show()`.

matplotlib itself cannot draw values or densities beyond about 1e±287; numbers in reports have no such limit.
"""

from mlestat.plots.bands import sequence, sigma_bands
from mlestat.plots.canvas import png
from mlestat.plots.cullen_frey import cullen_frey
from mlestat.plots.cumulative import cdf
from mlestat.plots.histogram import density
from mlestat.plots.likelihood import profile, surface
from mlestat.plots.overlay import overlay
from mlestat.plots.panel import diagnostics
from mlestat.plots.quantiles import pp, qq
from mlestat.plots.returns import return_level

__all__ = [
    "cdf",
    "cullen_frey",
    "density",
    "diagnostics",
    "overlay",
    "png",
    "pp",
    "profile",
    "qq",
    "return_level",
    "sequence",
    "sigma_bands",
    "surface",
]
