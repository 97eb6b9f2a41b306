"""The pages of an auditor stand side by side; an administrator has two of them."""

from __future__ import annotations

from app.web.site import Page

_PAGES = (
    ("trail", ("auditor",)),
    ("rights", ("auditor", "admin")),
    ("proving", ("auditor",)),
    ("packs", ("auditor",)),
    ("controls", ("auditor", "admin")),
)


def tabs(page: Page, here: str) -> list[tuple[str, str, bool, None]]:
    """(words, address, whether it is this one, no count) of the pages that the officer may open."""
    return [
        (page.say(f"audit.tab.{name}"), page.link(f"{name}.index"), name == here, None)
        for name, roles in _PAGES
        if page.officer.is_one_of(*roles)
    ]


def require_whole_province(page: Page) -> None:
    """Raise Forbidden for an auditor of some units only; who grants roles does so everywhere."""
    if not page.officer.is_one_of("admin"):
        page.officer.require_everything()
