"""Figures about tickets for those who lead: each report is a table that can be counted again from the events."""

from hotline.reports.catalogue import REPORTS
from hotline.reports.shapes import Line, Report, Span, Table

__all__ = ["REPORTS", "Line", "Report", "Span", "Table"]
