"""Packs for auditors: a unit's month as a folder that proves itself, made by a worker."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import select

from app.audit.words import PACKED
from app.errors import NotFound
from app.units.tables import paying_unit
from app.web import typed
from app.web.access import guarded
from app.web.asking import asked
from app.web.pages.auditing.tabs import tabs
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.reading import trail as reading
from app.web.site import Page, opened

pages = Blueprint("packs", __name__, url_prefix="/audit/packs")


@pages.get("")
@guarded("auditor")
def index() -> str:
    """The form, and the packs that were made."""
    return _index(EMPTY)


@pages.post("")
@guarded("auditor")
def make() -> Answer:
    """Ask for the pack of a unit's month; whoever asked fetches it when it is made."""

    def work(act: Act) -> Done:
        act.require(unit="audit.unit_missing", month="audit.month_missing")
        period, unit = typed.month(act, "month"), act.get("unit")
        try:
            act.officer.require_unit(unit)
        except NotFound:
            raise Faulty([Problem("unit", act.say("audit.unit_missing"))]) from None
        arguments = {"unit": unit, "period": period, "officer": act.officer.username}
        return asked(act, "audit_pack", arguments)

    return acting(work, _index)


def _index(form: Form) -> str:
    with opened() as page:
        rows = reading.newest(page.session, PACKED) if page.officer.sees_everything else []
        return page.render("pages/auditing/packs.html", form=form, rows=rows,
                           units=_units(page), tabs=tabs(page, "packs"))  # fmt: skip


def _units(page: Page) -> list[tuple[str, str]]:
    """(code, name) of the paying units that the officer sees, by name."""
    mine = page.officer.within_units(paying_unit.c.code)
    query = select(paying_unit.c.code, paying_unit.c.name).where(mine)
    rows = page.session.execute(query.order_by(paying_unit.c.sort_key))
    return [(row.code, row.name) for row in rows]
