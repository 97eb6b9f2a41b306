"""Officers, listed and searched, with the roles that count for each now."""

from __future__ import annotations

from flask import Blueprint

from app.access.accounts import STATES, accounts, matching
from app.access.grants import last_day
from app.access.role_tables import ROLES
from app.web.access import guarded
from app.web.paging import paging
from app.web.reading.settling import names
from app.web.site import opened, site

pages = Blueprint("officers", __name__)
LOOKS = ("auditor", "admin")
"""Who reads of officers; only administrators act."""


@pages.get("/officers")
@guarded(*LOOKS)
def index() -> str:
    """Officers by name, by role and by what is to be looked at."""
    with opened() as page:
        now, asked = site().clock.now(), page.arguments
        everybody = accounts(page.session, now)
        role, state = asked.get("role", ""), asked.get("state", "")
        found = matching(everybody, now, asked.get("q", ""), role, state if state in STATES else "")
        paged = paging(asked.get("page"), len(found))
        shown = found[paged.offset : paged.offset + paged.size]
        return page.render(
            "pages/officers/list.html",
            rows=shown,
            paging=paged,
            now=now,
            last_day=last_day,
            roles=ROLES,
            states=STATES,
            counts={one: len(matching(everybody, now, state=one)) for one in STATES},
            names=names(page.session, {had.unit for one in shown for had in one.roles}),
        )
