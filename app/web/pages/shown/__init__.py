"""What everyone who sees people and money may look at."""

from __future__ import annotations

from app.web.access import SEES
from app.web.menu import Entry
from app.web.pages import batches, closings, overview, payrolls, people
from app.web.reading import waits

BLUEPRINTS = (overview.pages, payrolls.pages, batches.pages, people.pages, closings.pages)
MENU = (
    Entry("overview.index", "overview", (), 10),
    Entry(
        "payrolls.index",
        "payrolls",
        SEES,
        30,
        waits.drafts,
        ("reviewing", "flags", "undoing", "submitting", "excluding"),
    ),
    Entry("batches.index", "batches", SEES, 50, waits.releases, ("releasing", "sending")),
    Entry(
        "people.index",
        "people",
        SEES,
        28,
        None,
        ("register", "editing", "own_page", "papers", "paying", "revealing"),
    ),
    Entry("closings.index", "closings", SEES, 80),
)
