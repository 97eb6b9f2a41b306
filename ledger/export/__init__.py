"""The books for outsiders: hledger and beancount text, CSV files with a checker beside them.

Whole, or the days of a span with the balances before it. Everything streams: memory grows with
the number of accounts, not of postings. Nothing here is an import.
"""

from ledger.export.csvfiles import export_csv
from ledger.export.journal import FORMATS, export_journal
from ledger.export.span import Span, whole_span

__all__ = ["FORMATS", "Span", "export_csv", "export_journal", "whole_span"]
