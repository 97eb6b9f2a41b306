"""What waits for an officer, with the last day for it; every line leads to what it counts."""

from __future__ import annotations

from flask import Blueprint

from app.clock import local_date
from app.tasks.asking import tasks_of
from app.tasks.tables import RUNNING, WAITING
from app.web.access import guarded
from app.web.reading import todo as reading
from app.web.site import opened

pages = Blueprint("todo", __name__)


@pages.get("/work")
@guarded()
def index() -> str:
    """What waits for the officer, and the long work he asked for that still runs."""
    with opened() as page:
        found = reading.chores(page.session, page.officer, page.as_of)
        mine = tasks_of(page.session, page.officer.officer_id)
        return page.render(
            "pages/todo/home.html",
            chores=[one for one in found if one.number],
            done=[one for one in found if not one.number],
            today=local_date(page.as_of),
            running=[one for one in mine if one.state in (WAITING, RUNNING)],
        )
