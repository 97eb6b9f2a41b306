"""What everyone who sees people and money may look at, and the two pages that are for anyone."""

from __future__ import annotations

from app.web.access import SEES
from app.web.menu import Entry
from app.web.pages import batches, closings, health, overview, payrolls, people, verify

BLUEPRINTS = (
    overview.pages,
    payrolls.pages,
    batches.pages,
    people.pages,
    closings.pages,
    health.pages,
    verify.pages,
)
MENU = (
    Entry("overview.index", "overview", (), 10),
    Entry("payrolls.index", "payrolls", SEES, 30),
    Entry("batches.index", "batches", SEES, 50),
    Entry("people.index", "people", SEES, 28),
    Entry("closings.index", "closings", SEES, 80),
)
