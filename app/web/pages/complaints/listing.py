"""Complaints by the day they are to be answered, and how many of a month were closed."""

from __future__ import annotations

import re
from datetime import date

from flask import Blueprint
from sqlalchemy import ColumnElement

from app.access.viewer import Viewer
from app.clock import local_date
from app.complaints.counting import counted
from app.complaints.reading import PAGE, Place, waiting
from app.complaints.states import KINDS
from app.complaints.tables import complaint
from app.months import month_of
from app.web.access import SEES, guarded
from app.web.place import name_of
from app.web.site import opened, site
from app.web.typed import read_month

pages = Blueprint("complaints", __name__, url_prefix="/complaints")
_PLACE = re.compile(r"(\d{4}-\d{2}-\d{2})-(\d{1,18})")


@pages.get("")
@guarded(*SEES)
def index() -> str:
    """Complaints that the officer's units answer, the nearest day first: those open, or closed."""
    with opened() as page:
        closed, kind = page.arguments.get("show") == "closed", page.arguments.get("kind", "")
        kind = kind if kind in KINDS else ""
        after = _place(page.arguments.get("after", ""))
        rows = waiting(page.session, mine(page.officer), after, kind, closed)
        today = local_date(site().clock.now())
        more = rows[PAGE - 1].row if len(rows) > PAGE else None
        return page.render("pages/complaints/list.html", rows=rows[:PAGE], closed=closed,
                           kind=kind, kinds=KINDS, today=today, name_of=name_of,
                           after=f"{more.due_on}-{more.id}" if more else "",
                           is_first=after is None)  # fmt: skip


@pages.get("/count")
@guarded(*SEES)
def count() -> str:
    """How many complaints of a month were closed, of those received: each commune."""
    with opened() as page:
        asked = page.arguments.get("period", "")
        period = read_month(asked) if asked else month_of(local_date(site().clock.now()))
        rows = counted(page.session, period, mine(page.officer))
        return page.render("pages/complaints/count.html", rows=rows, period=period,
                           name_of=name_of)  # fmt: skip


def mine(officer: Viewer) -> ColumnElement[bool]:
    """The condition that an officer's units answer it; the province's own see everything."""
    return officer.within_units(complaint.c.unit_code)


def _place(text: str) -> Place | None:
    """Where a page begins; the first one where the address says nothing that can be read."""
    found = _PLACE.fullmatch(text)
    try:
        return Place(date.fromisoformat(found[1]), int(found[2])) if found else None
    except ValueError:
        return None
