"""A person's own page: the way in by ID and one-time code, and what he reads there."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages.my import entering, months, telling

BLUEPRINTS = (entering.pages, months.pages, telling.pages)
MENU: tuple[Entry, ...] = ()
