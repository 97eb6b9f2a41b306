"""What stands in the menu, and for whom."""

from __future__ import annotations

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
