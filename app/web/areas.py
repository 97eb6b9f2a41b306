"""The areas of the pages: each package in `pages` names its blueprints and its part of the menu."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from types import ModuleType

from app.web import pages
from app.web.menu import Entry


def areas() -> list[ModuleType]:
    """Every area, by name: a package with `BLUEPRINTS` and `MENU`."""
    found = (one for one in pkgutil.iter_modules(pages.__path__) if one.ispkg)
    return [import_module(f"{pages.__name__}.{one.name}") for one in found]


def menu() -> tuple[Entry, ...]:
    """The whole menu in its order."""
    entries = (
        entry._replace(area=frozenset(one.name for one in area.BLUEPRINTS))
        for area in areas()
        for entry in area.MENU
    )
    return tuple(sorted(entries, key=lambda one: (one.order, one.endpoint)))
