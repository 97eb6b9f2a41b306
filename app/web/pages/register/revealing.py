"""One number of a person in clear: with a reason, logged, a few an hour, and on no other page."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy.orm import Session

from app.access.scope import scope_of
from app.beneficiaries.revealing import FIELDS, ROLES, reveal
from app.errors import Forbidden, InputError, NotFound, Refused
from app.web.access import guarded
from app.web.pages.register.person import REASON_MAX, found
from app.web.posting import EMPTY, Answer, Form, refused, typed
from app.web.site import opened, site

pages = Blueprint("revealing", __name__, url_prefix="/people/<key:person_id>/reveal")


@pages.get("/<which>")
@guarded(*ROLES)
def form(person_id: int, which: str) -> str:
    """The form for the reason."""
    return _page(person_id, which, EMPTY)


@pages.post("/<which>")
@guarded(*ROLES)
def show(person_id: int, which: str) -> Answer:
    """The number, once the look at it is committed to the trail; it is kept nowhere else."""
    here, form = site(), Form(typed())
    username = _username(person_id, which)

    def work(session: Session) -> str:
        now = here.clock.now()
        scope = scope_of(session, username, now, ROLES)
        return reveal(session, here.keyring, scope, person_id, which, form.get("reason"), now,
                      here.settings.reveals_per_hour)  # fmt: skip

    try:
        value = here.database.serializable(work)
    except (InputError, Forbidden, Refused) as error:
        return refused(form, error, lambda again: _page(person_id, which, again), "reason")
    return _page(person_id, which, form, value, shown=True)


def _username(person_id: int, which: str) -> str:
    with opened() as page:
        found(page, person_id)
        if which not in FIELDS:
            raise NotFound(page.say("people.none"))
        return page.officer.username


def _page(person_id: int, which: str, form: Form, value: str = "", *, shown: bool = False) -> str:
    with opened() as page:
        row = found(page, person_id)
        if which not in FIELDS:
            raise NotFound(page.say("people.none"))
        return page.render("pages/register/reveal.html", form=form, found=row, field=which,
                           value=value, shown=shown, per_hour=site().settings.reveals_per_hour,
                           longest=REASON_MAX)  # fmt: skip
