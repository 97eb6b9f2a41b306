"""A person's file: cards, where each field came from, what changed, who looked.

Looking is logged, as everywhere."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.audit.trail import record
from app.audit.views import views
from app.beneficiaries.order_of_use import standing
from app.statements.person_file import person_file
from app.web.access import SEES, guarded
from app.web.pages.register.person import EDITORS, found
from app.web.site import Page, opened, site

pages = Blueprint("register", __name__)

VIEWS_SHOWN = 20


@pages.get("/people/<key:person_id>/file")
@guarded(*SEES)
def show(person_id: int) -> str:
    """What the register holds of a person, numbers masked; written to the log of looks first."""
    with opened() as page:
        found(page, person_id)
        username = page.officer.username
    here = site()
    with here.database.unit_of_work() as session:
        record(session, here.clock.now(), username, "cli:person:view", f"person:{person_id}")
    with opened() as page:
        return page.render(
            "pages/register/file.html",
            found=found(page, person_id),
            file=person_file(page.session, person_id),
            looks=views(page.session, person_id=person_id, limit=VIEWS_SHOWN),
            may=page.officer.is_one_of(*EDITORS),
            others=_others(page, person_id),
        )


def _others(page: Page, person_id: int) -> list[Any]:
    """Destinations that may be put first again."""
    rows = standing(page.session, [person_id])[person_id].rows
    return [one for one in rows[1:] if not one.banned]
