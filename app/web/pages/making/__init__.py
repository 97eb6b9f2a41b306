"""What a maker does with his payrolls."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages.making import excluding, opening, submitting

BLUEPRINTS = (opening.pages, submitting.pages, excluding.pages)
MENU: tuple[Entry, ...] = (Entry("opening.form", "opening", ("maker",), 25),)
