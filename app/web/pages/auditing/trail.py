"""The trail: who did what and when, by officer, thing, kind and day; each line opens."""

from __future__ import annotations

from flask import Blueprint

from app.audit.words import PROVED, dictionary
from app.errors import NotFound
from app.text import sort_key
from app.web.access import guarded
from app.web.pages.auditing.tabs import require_whole_province, tabs
from app.web.reading import trail as reading
from app.web.site import opened

pages = Blueprint("trail", __name__, url_prefix="/audit")


@pages.get("")
@guarded("auditor")
def index() -> str:
    """The newest lines first, 25 a page; `before` goes on to older ones."""
    with opened() as page:
        require_whole_province(page)
        chosen = reading.filtered(page.session, page.arguments)
        rows, further = reading.page_of(page.session, chosen)
        kinds = sorted(dictionary().items(), key=lambda one: sort_key(one[1]))
        return page.render("pages/auditing/trail.html", tabs=tabs(page, "trail"), rows=rows,
                           further=further, kinds=kinds, chosen=chosen)  # fmt: skip


@pages.get("/<key:trail_id>")
@guarded("auditor")
def show(trail_id: int) -> str:
    """One line: what was, what is, and its place in the chain."""
    with opened() as page:
        require_whole_province(page)
        found = reading.one_of(page.session, trail_id)
        if found is None:
            raise NotFound(page.say("audit.no_line"))
        return page.render("pages/auditing/line.html", found=found, row=found.row,
                           changes=reading.changes(found.row),
                           is_run=found.row.action == PROVED,
                           place=reading.place_of(found.row.object))  # fmt: skip
