"""How sending goes: the counters, what came back with the next act, and batches that wait."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint
from sqlalchemy import ColumnElement

from app.channels.declared import declared
from app.disbursement.doubts import next_steps
from app.disbursement.reasons import reason_of
from app.web.access import SEES, guarded
from app.web.asking import asked, poll
from app.web.paging import paging
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.reading import sending as reading
from app.web.site import Page, opened, site

pages = Blueprint("sending", __name__, url_prefix="/batches/sending")
STOP_POLLING = 286
"""What htmx takes for: answered, ask no more."""
WAITING_SHOWN = 50


@pages.get("")
@guarded(*SEES)
def index() -> str:
    """The whole page; its counters are asked for anew while something waits."""
    return _index(EMPTY)


@pages.get("/progress")
@guarded(*SEES)
def progress() -> tuple[str, int]:
    """The part of the page that changes, for a script to put in its place."""
    with opened() as page:
        going = reading.going(page.session, _where(page))
        status = STOP_POLLING if not going.waiting.payments else HTTPStatus.OK
        return page.render("pages/money/progress.html", going=going, poll=poll(page)), status


@pages.post("")
@guarded("releaser")
def go_on() -> Answer:
    """Send what is released and has not gone; what left the house is not sent again."""

    def work(act: Act) -> Done:
        act.officer.require_everything()
        return asked(act, "send_batches", {})

    return acting(work, _index)


def _index(form: Form) -> str:
    with opened() as page:
        where = _where(page)
        going = reading.going(page.session, where)
        asked = page.arguments.get("show", "")
        kind = asked if asked in reading.CLASSES else "back"
        paged = paging(page.arguments.get("page"), getattr(going, kind).payments)
        known = declared(page.session, site().settings.adapters)
        steps = {one.batch_id: one for one in next_steps(page.session, known, page.as_of)}
        return page.render(
            "pages/money/sending.html", form=form, going=going, paging=paged, steps=steps,
            kind=kind, rows=reading.listed(page.session, where, kind, paged.size, paged.offset),
            poll=poll(page), waiting=reading.unfinished(page.session, where, WAITING_SHOWN),
            why=reason_of,
            may=page.officer.is_one_of("releaser") and page.officer.sees_everything,
        )  # fmt: skip


def _where(page: Page) -> list[ColumnElement[bool]]:
    return reading.of_month(page.period, reading.within(page.officer))
