"""Whether the service is well, for administrators: each check with what to do."""

from __future__ import annotations

from flask import Blueprint

from app.web.access import guarded
from app.web.reading.checks import BAD, checks
from app.web.site import opened, site

pages = Blueprint("checks", __name__)


@pages.get("/checks")
@guarded("admin")
def index() -> str:
    """What is wrong first, each with what to do; then what is well."""
    with opened() as page:
        found = checks(page.session, site(), site().clock.now())
        found.sort(key=lambda one: one.state != BAD)
        bad = sum(one.state == BAD for one in found)
        return page.render("pages/running/checks.html", checks=found, bad=bad)
