"""The HTML page about what is published."""

from report.page import render_report

__all__ = ["render_report"]
