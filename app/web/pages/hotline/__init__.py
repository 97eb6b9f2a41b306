"""For officers of the hotline: finding a caller, asking, telling, and calling back."""

from __future__ import annotations

from app.access.role_tables import DESK
from app.web.menu import Entry
from app.web.pages.hotline import calls, checking, finding, helping, telling
from app.web.reading import waits

BLUEPRINTS = (finding.pages, calls.pages, checking.pages, telling.pages, helping.pages)
MENU = (
    Entry("hotline.index", "hotline", (DESK,), 8),
    Entry("hotline_calls.index", "hotline_calls", (DESK,), 9, waits.calls),
)
