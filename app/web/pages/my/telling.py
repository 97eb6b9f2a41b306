"""What a person tells on his own page: that money came or did not; and what was answered."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, redirect
from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import Session

from app.complaints.confirming import confirm_payment
from app.complaints.moving import BEST, rate, username_of
from app.complaints.reading import last_answer, of_person
from app.complaints.states import ANSWERED, CLOSED, NOT_RECEIVED
from app.complaints.tables import complaint
from app.errors import InputError, NotFound
from app.messaging.terms import read_plan
from app.self_service.people import require_seen
from app.self_service.tables import HELPED, KIOSK
from app.statements.letterheads import commune_body
from app.web import my
from app.web.posting import EMPTY, Answer, Form, refused, typed
from app.web.reading import my as reading
from app.web.reading import people
from app.web.site import Page, opened, site

pages = Blueprint("my_telling", __name__, url_prefix="/my/<key:someone_id>")


@pages.get("/not-received/<key:payment_id>")
@my.mine
def form(someone_id: int, payment_id: int) -> str:
    """What is told, before it is told: which payment did not come."""
    return _form(someone_id, payment_id, EMPTY)


@pages.post("/not-received/<key:payment_id>")
@my.mine
def tell(someone_id: int, payment_id: int) -> Answer:
    """Open a complaint with what is known of the payment; the one that is open already, else."""
    values = typed()
    try:
        with site().database.unit_of_work() as session:
            require_seen(session, my.whose(), someone_id)
            _heard(session, someone_id, payment_id, is_received=False, said=values.get("words", ""))
    except InputError as error:
        return refused(
            Form(values), error, lambda kept: _form(someone_id, payment_id, kept), "words"
        )
    with opened() as page:
        address = page.link("my_telling.told", someone_id=someone_id)
    return redirect(address, HTTPStatus.SEE_OTHER)


@pages.post("/received")
@my.mine
def came(someone_id: int) -> Answer:
    """Keep that a month's money came. Raises NotFound where none of it has left for there."""
    period = typed().get("period", "")
    with site().database.unit_of_work() as session:
        require_seen(session, my.whose(), someone_id)
        there = reading.arrived(reading.parts(session, someone_id, period))
        for payment_id in there:
            _heard(session, someone_id, payment_id, is_received=True)
    with opened() as page:
        if not there:
            raise NotFound(page.say("my.no_month"))
        address = page.link("my_months.show", someone_id=someone_id, period=period)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _heard(
    session: Session, person_id: int, payment_id: int, *, is_received: bool, said: str = ""
) -> None:
    place, who = _place_and_who(session)
    confirm_payment(session, site().keyring, who, person_id, payment_id, is_received, place,
                    site().clock.now(), said)  # fmt: skip


def _place_and_who(session: Session) -> tuple[str, str]:
    """Where the person speaks, and in whose name it stands: of that place, or of the officer beside
    the person."""
    told = my.whose()
    place = "kiosk" if told.place == KIOSK else "page"
    return place, username_of(session, told.helper_id) if told.helper_id else place


@pages.get("/told")
@my.mine
def told(someone_id: int) -> str:
    """What was told of this person's money, until when it is answered, and the answers."""
    with opened() as page:
        found = _found(page, someone_id)
        rows = of_person(page.session, someone_id, _read_here(someone_id))
        answers = {one.row.id: last_answer(page.session, site().keyring, one.row.id)
                   for one in rows if one.row.state in (ANSWERED, CLOSED)}  # fmt: skip
        return my.rendered(page, "pages/my/told.html", found=found, rows=rows, answers=answers,
                           plan=read_plan(site().settings.messages), best=BEST,
                           commune=commune_body(found.area_code))  # fmt: skip


def _read_here(person_id: int) -> ColumnElement[bool]:
    """What may be read: everything of one's own; of others with the same number only that money
    did not come. What somebody says of officers, or of this very family, is not the phone's."""
    if person_id == my.whose().person_id:
        return true()
    return complaint.c.kind == NOT_RECEIVED


@pages.post("/told/<key:complaint_id>")
@my.mine
def rate_it(someone_id: int, complaint_id: int) -> Answer:
    """Keep how content the person is with an answer that is read here. Raises NotFound where
    somebody helps: how good the answer is says the person alone."""
    if my.whose().place == HELPED:
        raise NotFound("Không có trang này.", "Quay lại trang của bạn.")
    said = typed().get("rating", "")
    with site().database.unit_of_work() as session:
        require_seen(session, my.whose(), someone_id)
        shown = of_person(session, someone_id, _read_here(someone_id))
        if complaint_id not in [one.row.id for one in shown]:
            raise NotFound("Không có trang này.", "Quay lại trang của bạn.")
        rating = int(said) if said.isascii() and said.isdigit() else 0
        rate(session, site().keyring, _place_and_who(session)[1], complaint_id, rating,
             site().clock.now())  # fmt: skip
    with opened() as page:
        address = page.link("my_telling.told", someone_id=someone_id)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _found(page: Page, person_id: int) -> Any:
    require_seen(page.session, my.whose(), person_id)
    return people.one(page.session, person_id)


def _form(person_id: int, payment_id: int, form: Form) -> str:
    with opened() as page:
        found = _found(page, person_id)
        part = _part(page, person_id, payment_id)
        return my.rendered(page, "pages/my/not_received.html", found=found, part=part, form=form,
                           plan=read_plan(site().settings.messages))  # fmt: skip


def _part(page: Page, person_id: int, payment_id: int) -> reading.Part:
    """The payment of one of the last twelve months. Raises NotFound for any other."""
    for month in people.months(page.session, person_id)[: reading.MONTHS]:
        for one in reading.parts(page.session, person_id, month.period):
            if one.payment_id == payment_id:
                return one
    raise NotFound(page.say("my.no_month"))
