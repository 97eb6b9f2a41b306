"""One complaint: what was said, what was known then, and the officer who answers it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for

from app.clock import local_date
from app.complaints.moving import BEST, LONGEST, ROLES, answer, close, take
from app.complaints.reading import complaint_of, evidence_of, steps_of
from app.complaints.states import ANSWERED, CHANNELS, CLOSED, RECEIVED, REOPENED, TAKEN
from app.statements.trace_text import trace_text
from app.web.access import SEES, guarded
from app.web.place import name_of
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.site import Page, kept_language, opened, site

pages = Blueprint("answering", __name__, url_prefix="/complaints")


@pages.get("/<key:complaint_id>")
@guarded(*SEES)
def show(complaint_id: int) -> str:
    """One complaint with its steps and, for who answers, the forms."""
    return _show(complaint_id, EMPTY)


@pages.get("/<key:complaint_id>/evidence")
@guarded(*SEES)
def evidence(complaint_id: int) -> str:
    """What was known of the payment when the complaint was opened, as it was frozen then."""
    with opened() as page:
        found = _found(page, complaint_id)
        told = evidence_of(page.session, site().keyring, complaint_id)
        lines = trace_text(told).splitlines() if told else []
        return page.render("pages/complaints/evidence.html", found=found, lines=lines)


@pages.post("/<key:complaint_id>/take")
@guarded(*ROLES)
def take_it(complaint_id: int) -> Answer:
    """Take it: from now on it is his to answer."""

    def work(act: Act) -> Done:
        _mine(act, complaint_id)
        take(act.session, act.keyring, act.officer.officer_id, complaint_id, act.now)
        return _done(act, complaint_id, "complaints.taken")

    return acting(work, lambda form: _show(complaint_id, form))


@pages.post("/<key:complaint_id>/answer")
@guarded(*ROLES)
def answer_it(complaint_id: int) -> Answer:
    """Answer in plain words; the person is told."""

    def work(act: Act) -> Done:
        act.require(words="complaints.words_missing")
        _mine(act, complaint_id)
        answer(act.session, act.keyring, act.officer.officer_id, complaint_id, act.get("words"),
               act.now)  # fmt: skip
        return _done(act, complaint_id, "complaints.answered")

    return acting(work, lambda form: _show(complaint_id, form), about="words")


@pages.post("/<key:complaint_id>/close")
@guarded(*ROLES)
def close_it(complaint_id: int) -> Answer:
    """Close what was answered, with what the person says of the answer."""

    def work(act: Act) -> Done:
        _mine(act, complaint_id)
        said = act.get("satisfaction")
        rating = int(said) if said.isascii() and said.isdigit() else None
        close(act.session, act.keyring, act.officer.officer_id, complaint_id, act.now, rating)
        return _done(act, complaint_id, "complaints.closed")

    return acting(work, lambda form: _show(complaint_id, form), about="satisfaction")


def _mine(act: Act, complaint_id: int) -> None:
    """Raise NotFound for one that his units do not answer."""
    act.officer.require_unit(complaint_of(act.session, complaint_id).row.unit_code)


def _done(act: Act, complaint_id: int, said: str) -> Done:
    address = url_for("answering.show", complaint_id=complaint_id, lang=kept_language())
    return Done(address, act.say(said, id=complaint_id))


def _found(page: Page, complaint_id: int) -> Any:
    found = complaint_of(page.session, complaint_id)
    page.officer.require_unit(found.row.unit_code)
    return found


def _show(complaint_id: int, form: Form) -> str:
    with opened() as page:
        found = _found(page, complaint_id)
        row, may = found.row, page.officer.is_one_of(*ROLES)
        waits = row.state in (RECEIVED, REOPENED, TAKEN)
        return page.render(
            "pages/complaints/show.html", form=form, row=row, name_of=name_of,
            channels=CHANNELS,
            is_overdue=found.is_overdue(local_date(site().clock.now())),
            steps=steps_of(page.session, site().keyring, complaint_id), most=LONGEST,
            may_take=may and waits and row.officer_id != page.officer.officer_id,
            may_answer=may and waits, may_close=may and row.state == ANSWERED,
            is_closed=row.state == CLOSED, stars=range(BEST, 0, -1),
        )  # fmt: skip
