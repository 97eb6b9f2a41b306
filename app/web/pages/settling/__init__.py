"""Settling with providers, closing days, months and the year: what is missing, who signs."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages.settling import (
    days,
    losses,
    months,
    settlements,
    year,
    year_papers,
    year_signing,
)

BLUEPRINTS = (days.pages, losses.pages, months.pages, settlements.pages, year.pages,
              year_papers.pages, year_signing.pages)  # fmt: skip
MENU = (
    Entry("settlements.index", "settlements", ("releaser", "auditor"), 52),
    Entry(
        "closing_month.index",
        "closing",
        ("releaser", "auditor"),
        54,
        None,
        ("closing_days", "year_end", "year_papers", "year_signing"),
    ),
)
