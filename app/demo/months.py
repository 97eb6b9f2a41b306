"""Months as 'YYYY-MM' text."""

from __future__ import annotations

from datetime import date


def first_day(period: str) -> date:
    """The first day of the month."""
    return date(int(period[:4]), int(period[5:]), 1)


def shown(period: str) -> str:
    """'10/2026' for '2026-10'."""
    return f"{period[5:]}/{period[:4]}"
