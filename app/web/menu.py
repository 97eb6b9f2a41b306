"""What stands in the menu, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from app.access.viewer import Viewer


class Entry(NamedTuple):
    """A page in the menu: its words are `menu.<words>`, it shows to these roles, none is for all;
    entries stand by `order`."""

    endpoint: str
    words: str
    roles: tuple[str, ...]
    order: int

    def is_for(self, viewer: Viewer | None) -> bool:
        """Whether somebody finds it in his menu."""
        return viewer is not None and (not self.roles or viewer.is_one_of(*self.roles))

    def is_over(self, blueprint: str | None) -> bool:
        """Whether a page of this blueprint is beneath it."""
        return self.endpoint.partition(".")[0] == blueprint


FIRST = 7
"""So many entries stand in the bar; the others open beneath the last: a bar of two lines hides the
page on a phone."""


def split(menu: Sequence[Entry], viewer: Viewer | None) -> tuple[list[Entry], list[Entry]]:
    """What somebody finds in the bar, and what beneath its last entry."""
    his = [entry for entry in menu if entry.is_for(viewer)]
    return his[:FIRST], his[FIRST:]
