"""Changing one field of a person: the new value, and the ground for it."""

from __future__ import annotations

from flask import Blueprint

from app.beneficiaries.changes import FIELDS, LEVELS, OWNERS, set_field
from app.errors import NotFound
from app.statements.person_file import person_file
from app.web.access import guarded
from app.web.pages.register.person import EDITORS, REASON_MAX, actor, back, found
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.site import opened

CHOICES = {"phone-owner": OWNERS, "vneid-level": LEVELS}
"""Fields of which one of a few is chosen."""

pages = Blueprint("editing", __name__, url_prefix="/people/<key:person_id>/edit")


@pages.get("/<field>")
@guarded(*EDITORS)
def form(person_id: int, field: str) -> str:
    """The form for a new value of one field."""
    return _page(person_id, field, EMPTY)


@pages.post("/<field>")
@guarded(*EDITORS)
def change(person_id: int, field: str) -> Answer:
    """Set the field; the old value, who and why are kept."""

    def work(act: Act) -> Done:
        who = actor(act)
        done = set_field(act.session, act.keyring, who, person_id, field, act.get("value"))
        return back(act, person_id, "editing.done" if done else "editing.same")

    return acting(work, lambda form: _page(person_id, field, form), about="value")


def _page(person_id: int, field: str, form: Form) -> str:
    with opened() as page:
        if field not in FIELDS:
            raise NotFound(page.say("people.none"))
        row = found(page, person_id)
        file = person_file(page.session, person_id)
        home = file["household"]
        now = {**file["identity"], "household": home["number"] if home else ""}
        name = field.replace("-", "_")
        return page.render("pages/register/edit.html", form=form, found=row, field=field, name=name,
                           now=now[name], choices=CHOICES, longest=REASON_MAX)  # fmt: skip
