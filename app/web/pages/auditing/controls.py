"""The list of controls that a system of level 3 answers to, filled from what runs here."""

from __future__ import annotations

from flask import Blueprint

from app.access.review import review
from app.web.access import guarded
from app.web.pages.auditing.tabs import require_whole_province, tabs
from app.web.reading import controls as reading
from app.web.site import opened, site

pages = Blueprint("controls", __name__, url_prefix="/audit/controls")


@pages.get("")
@guarded("auditor", "admin")
def index() -> str:
    """What is on, what is off and how it is put on, and what nobody can know from here."""
    here = site()
    with opened() as page:
        require_whole_province(page)
        now = here.clock.now()
        reviewed = review(page.session, now, now)
        groups = reading.controls(reading.Seen(here, page.session, now, reviewed))
        return page.render("pages/auditing/controls.html", now=now, tabs=tabs(page, "controls"),
                           groups=groups, counts=reading.counts(groups))  # fmt: skip
