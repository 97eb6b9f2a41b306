"""What came back, what is asked of the banks, what nobody knows yet, what is recovered."""

from __future__ import annotations

from app.web.access import SEES
from app.web.menu import Entry
from app.web.pages.returned import cases, doubts, people, recoveries
from app.web.reading import waits

BLUEPRINTS = (people.pages, cases.pages, doubts.pages, recoveries.pages)
MENU = (
    Entry("returned.index", "returned", SEES, 65),
    Entry("cases.index", "cases", ("releaser", "auditor"), 66, waits.cases),
)
