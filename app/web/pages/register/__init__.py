"""A person's file in the register: what is held, where it came from, and what officers change."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages.register import editing, file, papers, paying, revealing

BLUEPRINTS = (file.pages, editing.pages, papers.pages, paying.pages, revealing.pages)
MENU: tuple[Entry, ...] = ()
