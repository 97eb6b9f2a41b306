"""Long work: asking for it, how far it is, and what came of it."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages.waiting import tasks

BLUEPRINTS = (tasks.pages,)
MENU: tuple[Entry, ...] = ()
