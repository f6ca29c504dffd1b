"""Reports: what a fit says, as records first and as text, Markdown, HTML, JSON and data frames last."""

from mlestat.reports.fit_report import FitReport, FitReports
from mlestat.reports.sigma import SigmaReport, SigmaReports, sigma_report
from mlestat.reports.summary import Summary

__all__ = ["FitReport", "FitReports", "SigmaReport", "SigmaReports", "Summary", "sigma_report"]
