"""Writing down what a person says at the counter, on the hotline or at home."""

from __future__ import annotations

from flask import Blueprint, url_for

from app.complaints.moving import LONGEST, ROLES, area_of
from app.complaints.opening import open_complaint
from app.complaints.reading import complaint_of, of_person, payments_of
from app.complaints.states import CHANNELS, KINDS
from app.errors import NotFound
from app.statements.reading import person_of
from app.web.access import guarded
from app.web.pages.complaints.listing import mine
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.site import kept_language, opened

pages = Blueprint("complaint_opening", __name__, url_prefix="/people")


@pages.get("/<key:person_id>/complaint")
@guarded(*ROLES)
def form(person_id: int) -> str:
    """The form, with the person's complaints so far."""
    return _form(person_id, EMPTY)


@pages.post("/<key:person_id>/complaint")
@guarded(*ROLES)
def open_it(person_id: int) -> Answer:
    """Open it; the one that is open already about the same is led to."""

    def work(act: Act) -> Done:
        act.require(kind="complaints.kind_missing", channel="complaints.channel_missing")
        act.officer.require_area(area_of(act.session, person_id))
        paid = act.get("payment")
        number = open_complaint(
            act.session, act.keyring, act.officer.username, person_id, act.get("channel"),
            act.get("kind"), act.get("words"), int(paid) if paid.isdecimal() else None, act.now,
        )  # fmt: skip
        unit = complaint_of(act.session, number).row.unit_code
        his = act.officer.sees_everything or unit in (act.officer.units or ())
        lang = kept_language()
        page = (url_for("answering.show", complaint_id=number, lang=lang) if his
                else url_for("complaint_opening.form", person_id=person_id, lang=lang))  # fmt: skip
        return Done(page, act.say("complaints.opened", id=number))

    return acting(work, lambda form: _form(person_id, form), about="words")


def _form(person_id: int, form: Form) -> str:
    with opened() as page:
        who = person_of(page.session, person_id)
        if not page.officer.sees_area(who.area_code):
            raise NotFound(page.say("complaints.nobody"))
        before = of_person(page.session, person_id, mine(page.officer))
        payments = payments_of(page.session, person_id)
        return page.render("pages/complaints/open.html", form=form, who=who, kinds=KINDS,
                           channels=CHANNELS, most=LONGEST, payments=payments,
                           before=before)  # fmt: skip
