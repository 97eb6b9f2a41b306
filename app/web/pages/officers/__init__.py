"""People who work here: their accounts, roles and sessions, as administrators keep them."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages.officers import entries, granting, lending, listing, people, switching, tokens

BLUEPRINTS = (
    listing.pages,
    people.pages,
    granting.pages,
    switching.pages,
    entries.pages,
    tokens.pages,
    lending.pages,
)
MENU = (
    Entry("officers.index", "officers", ("admin",), 12),
    Entry("officers.index", "officers", ("auditor",), 90),
    Entry("lending.index", "lending", lending.LENDS, 95),
)
