"""The review of access: who holds what, who does not use it, what runs out, what does not agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from flask import Blueprint

from app.access.conflicts import CONFLICTS
from app.access.review import IDLE_DAYS, WARN_DAYS, Reviewed, review
from app.web.access import guarded
from app.web.pages.auditing.tabs import require_whole_province, tabs
from app.web.paging import paging
from app.web.site import opened, site

pages = Blueprint("rights", __name__, url_prefix="/audit/access")

CHOICES: Mapping[str, Callable[[Reviewed], bool]] = {
    "all": lambda one: bool(one.roles),
    "idle": lambda one: one.idle and bool(one.roles),
    "expiring": lambda one: bool(one.expiring),
    "conflicts": lambda one: bool(one.conflicts),
    "off": lambda one: one.disabled,
    "none": lambda one: not one.roles and not one.disabled,
}
"""What the list may be narrowed to."""


@pages.get("")
@guarded("auditor", "admin")
def index() -> str:
    """Officers by user name, with what is to be looked at."""
    with opened() as page:
        require_whole_province(page)
        now = site().clock.now()
        found = review(page.session, now, now - timedelta(days=IDLE_DAYS))
        asked = page.arguments.get("show", "")
        chosen = asked if asked in CHOICES else "all"
        rows = [one for one in found if CHOICES[chosen](one)]
        paged = paging(page.arguments.get("page"), len(rows))
        counts = {name: sum(map(is_so, found)) for name, is_so in CHOICES.items()}
        return page.render(
            "pages/auditing/rights.html", tabs=tabs(page, "rights"), chosen=chosen, counts=counts,
            rows=rows[paged.offset : paged.offset + paged.size], paging=paged,
            days={"idle": IDLE_DAYS, "warn": WARN_DAYS}, pairs=CONFLICTS,
        )  # fmt: skip
