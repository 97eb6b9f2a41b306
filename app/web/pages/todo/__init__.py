"""What waits for whoever is signed in: the first page after the sign-in."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages.todo import home

BLUEPRINTS = (home.pages,)
MENU = (Entry("todo.index", "todo", (), 5, over=("numbers",)),)
