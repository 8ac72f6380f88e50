"""Write the HTML report on the published warehouse."""

from report.page import render_report

__all__ = ["render_report"]
