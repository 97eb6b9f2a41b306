"""What is done for a caller who was known: a complaint, the last notice again, a call back."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, url_for
from sqlalchemy.orm import Session

from app.access.role_tables import DESK
from app.access.scope import Scope
from app.access.sessions import put_flash
from app.complaints.moving import LONGEST
from app.complaints.opening import open_complaint
from app.complaints.reading import complaint_of, payments_of
from app.complaints.states import KINDS
from app.hotline.asking import caller_of
from app.hotline.calling import promise
from app.hotline.resending import resend
from app.messaging.terms import read_plan
from app.statements.reading import person_of
from app.web import catalogue
from app.web.access import guarded
from app.web.pages.hotline.apart import caller_here, caller_in, counted
from app.web.pages.hotline.telling import shown
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.site import asked_language, kept_language, opened, site
from app.web.typed import is_number
from app.web.visitor import this_session

pages = Blueprint("hotline_help", __name__, url_prefix="/hotline/<key:lookup_id>")
CHANNEL = "hotline"


@pages.get("/complaint")
@guarded(DESK)
def complaint_form(lookup_id: int) -> str:
    """What the caller complains of, before it is written down."""
    return _complaint(lookup_id, EMPTY)


@pages.post("/complaint")
@guarded(DESK)
def complain(lookup_id: int) -> Answer:
    """Open a complaint; the one that is open about the same, else."""

    def work(act: Act) -> Done:
        act.require(kind="complaints.kind_missing")
        _, caller = caller_in(act, lookup_id)
        paid = act.get("payment")
        number = open_complaint(
            act.session, act.keyring, act.officer.username, caller.person_id, CHANNEL,
            act.get("kind"), act.get("words"), int(paid) if is_number(paid) else None, act.now,
        )  # fmt: skip
        due = complaint_of(act.session, number).row.due_on
        return _done(lookup_id, act.say("hotline.complained", id=number, day=f"{due:%d/%m/%Y}"))

    return acting(work, lambda form: _complaint(lookup_id, form), about="words")


@pages.post("/resend")
@guarded(DESK)
def send_again(lookup_id: int) -> Answer:
    """Send the last notice once more, to the number in the register."""
    plan, mine = read_plan(site().settings.messages), this_session()

    def work(session: Session, whose: Scope, now: datetime) -> str:
        caller = caller_of(session, whose, lookup_id, now)
        tail = resend(session, site().keyring, plan, whose, caller, now)
        if mine is not None:
            said = catalogue.say(asked_language(), "hotline.resent", tail=tail)
            put_flash(session, mine.id_digest, said)
        return _person(lookup_id)

    return counted(work, lambda form: shown(lookup_id, form))


@pages.post("/call")
@guarded(DESK)
def call_back(lookup_id: int) -> Answer:
    """Promise to call back."""

    def work(act: Act) -> Done:
        whose, caller = caller_in(act, lookup_id)
        promise(act.session, whose, caller, caller.reason, act.get("term"), act.now)
        return _done(lookup_id, act.say("hotline.promised"))

    return acting(work, lambda form: shown(lookup_id, form), about="term")


def _done(lookup_id: int, said: str) -> Done:
    return Done(_person(lookup_id), said)


def _person(lookup_id: int) -> str:
    return url_for("hotline_person.show", lookup_id=lookup_id, lang=kept_language())


def _complaint(lookup_id: int, form: Form) -> str:
    with opened() as page:
        caller = caller_here(page, lookup_id)
        return page.render(
            "pages/hotline/complaint.html", form=form, lookup_id=lookup_id, kinds=KINDS,
            who=person_of(page.session, caller.person_id), most=LONGEST,
            payments=payments_of(page.session, caller.person_id),
        )  # fmt: skip
