"""Cases that wait for an officer: changes in people's lives, doubts about people, reported deaths,
and what the registers of others say."""

from __future__ import annotations

from app.web.access import SEES
from app.web.menu import Entry
from app.web.pages.cases import deaths, doubles, events, news, outside
from app.web.reading import waits

BLUEPRINTS = (events.pages, news.pages, doubles.pages, deaths.pages, outside.pages)
MENU = (Entry("events.index", "events", SEES, 62, waits.events),)
