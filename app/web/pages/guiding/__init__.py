"""How the work is done: a guide of two printed pages for each role."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages.guiding import guides

BLUEPRINTS = (guides.pages,)
MENU = (Entry("guides.index", "guides", (), 95),)
