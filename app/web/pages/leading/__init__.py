"""What whoever leads looks at: the month on one page."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages.leading import leader

LEADS = leader.LEADS
BLUEPRINTS = (leader.pages,)
MENU = (Entry("leader.index", "leader", LEADS, 70),)
