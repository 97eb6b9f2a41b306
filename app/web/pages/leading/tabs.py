"""The leader's pages stand side by side; some are about the whole province only."""

from __future__ import annotations

from app.web.site import Page

_PAGES = (
    ("leader.index", False),
    ("boards.ready", False),
    ("boards.league", False),
    ("boards.goals", False),
    ("boards.restated", True),
    ("indicator_papers.index", True),
)
"""Each with whether only who sees the whole province may open it."""


def tabs(page: Page, here: str) -> list[tuple[str, str, bool, None]]:
    """(words, address, whether it is this one, no count) of the pages that the officer may open."""
    return [
        (page.say(f"leading.tab.{name.replace('.', '_')}"), page.link(name), name == here, None)
        for name, is_whole in _PAGES
        if page.officer.sees_everything or not is_whole
    ]
