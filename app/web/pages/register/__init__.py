"""A person's file: what is held, where it came from, what officers change; a commune's list."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages.register import (
    editing,
    file,
    importing,
    list_files,
    numbers,
    own_page,
    papers,
    paying,
    revealing,
)

BLUEPRINTS = (
    file.pages,
    editing.pages,
    numbers.pages,
    own_page.pages,
    papers.pages,
    paying.pages,
    revealing.pages,
    importing.pages,
    list_files.pages,
)
MENU = (Entry("importing.index", "lists", ("maker",), 20),)
