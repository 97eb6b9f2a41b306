"""A person's own page: the way in by ID and one-time code, and what he reads there."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.my import HELPERS
from app.web.pages.my import asking, beside, entering, months, telling

BLUEPRINTS = (asking.pages, beside.pages, entering.pages, months.pages, telling.pages)
MENU = (Entry("beside.index", "beside", HELPERS, 68),)
