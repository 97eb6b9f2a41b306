"""Papers of a commune that people are handed or hear: statements, decisions, the loudspeaker."""

from __future__ import annotations

from app.web.access import SEES
from app.web.menu import Entry
from app.web.pages.papers import commune

BLUEPRINTS = (commune.pages,)
MENU = (Entry("commune_papers.index", "commune_papers", SEES, 66),)
