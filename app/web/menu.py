"""What stands in the menu, and for whom; how many things wait behind it; where one is in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.access.viewer import Viewer

Waits = Callable[[Session, Viewer, datetime], int]
"""How many things wait for somebody behind an entry; bounded (`app.web.reading.waits`)."""


class Entry(NamedTuple):
    """A page in the menu: its words are `menu.<words>`, it shows to these roles, none is for all;
    entries stand by `order`. `waits` counts what its badge tells; `over` are blueprints of other
    areas beneath it, `area` those of its own."""

    endpoint: str
    words: str
    roles: tuple[str, ...]
    order: int
    waits: Waits | None = None
    over: tuple[str, ...] = ()
    area: frozenset[str] = frozenset()

    def is_for(self, viewer: Viewer | None) -> bool:
        """Whether somebody finds it in his menu."""
        return viewer is not None and (not self.roles or viewer.is_one_of(*self.roles))

    def is_over(self, blueprint: str | None) -> bool:
        """Whether pages of this blueprint are beneath it by name."""
        return blueprint in (self.endpoint.partition(".")[0], *self.over)


MOST = 99
"""So many things a badge counts; where more wait it says so."""
FIRST = 7
"""So many entries stand in the bar; the others open beneath the last: a bar of two lines hides the
page on a phone."""


def split(menu: Sequence[Entry], viewer: Viewer | None) -> tuple[list[Entry], list[Entry]]:
    """What somebody finds in the bar, and what beneath its last entry."""
    his = [entry for entry in menu if entry.is_for(viewer)]
    return his[:FIRST], his[FIRST:]


def told(count: int) -> str:
    """A count as a badge shows it: '99+' above what was counted."""
    return f"{MOST}+" if count > MOST else str(count)


def here(his: Sequence[Entry], endpoint: str | None, blueprint: str | None) -> Entry | None:
    """The one entry that a page stands beneath: its own, else that of its blueprint, else the first
    of its area."""
    ways: tuple[Callable[[Entry], bool], ...] = (
        lambda one: one.endpoint == endpoint,
        lambda one: one.is_over(blueprint),
        lambda one: blueprint in one.area,
    )
    return next((one for way in ways for one in his if way(one)), None)
