"""The officers' assistant: a question in plain words, answered from the own work and the guides."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages.assistant import asking

BLUEPRINTS = (asking.pages,)
MENU = (Entry("assistant.form", "assistant", (), 94),)
