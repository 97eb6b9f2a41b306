"""Money on its way: what the Treasury gave, batches and their release, sending, holds."""

from __future__ import annotations

from app.web.access import SEES
from app.web.menu import Entry
from app.web.pages.money import funds, holding, releasing, sending

BLUEPRINTS = (funds.pages, releasing.pages, sending.pages, holding.pages)
MENU = (Entry("funds.index", "funds", SEES, 40),)
