"""What amounts and days rest on: units and communes, rates, days off, hours, limits."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages.rules import calendar, hours, limits, places, rates

BLUEPRINTS = (places.pages, rates.pages, calendar.pages, hours.pages, limits.pages)
MENU = (Entry("rates.index", "rules", ("releaser", "auditor", "admin"), 88),)
