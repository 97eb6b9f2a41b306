"""What whoever leads looks at: the month on one page, communes compared, what is handed on."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages.leading import boards, leader, papers

LEADS = leader.LEADS
BLUEPRINTS = (leader.pages, boards.pages, papers.pages)
MENU = (Entry("leader.index", "leader", LEADS, 70),)
