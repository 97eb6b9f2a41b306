"""From cash to account: who still takes cash and why, what is taken along, what banks answer."""

from __future__ import annotations

from app.web.access import SEES
from app.web.menu import Entry
from app.web.pages.cashless import people, progress, requests

BLUEPRINTS = (progress.pages, people.pages, requests.pages)
MENU = (Entry("cashless.index", "cashless", SEES, 64),)
