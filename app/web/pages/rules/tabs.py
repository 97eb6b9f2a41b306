"""The tabs above these pages."""

from __future__ import annotations

from app.web.site import Page

LOOKS = ("releaser", "auditor", "admin")
_TABS = ("rates", "places", "calendar", "hours", "limits")


def tabs(page: Page, here: str) -> list[tuple[str, str, bool, int | None]]:
    """(text, address, whether it is this one, no count) of each tab."""
    return [(page.say(f"rules.{one}"), page.link(f"{one}.index"), one == here, None)
            for one in _TABS]  # fmt: skip
