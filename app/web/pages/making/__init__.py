"""What a maker does with his payrolls."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages.making import submitting

BLUEPRINTS = (submitting.pages,)
MENU: tuple[Entry, ...] = ()
