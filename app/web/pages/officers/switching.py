"""An account that two switch off and on again."""

from __future__ import annotations

from flask import Blueprint, url_for

from app.access.accounts import officer_row
from app.access.grants import last_day
from app.access.review import roles_held
from app.access.switching import switch, turns_in_words
from app.access.tables import DISABLE, ENABLE
from app.errors import InputError
from app.web.access import guarded
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.reading.settling import names
from app.web.second import both
from app.web.site import opened, site

pages = Blueprint("switching", __name__, url_prefix="/officers/<key:officer_id>/switch")


@pages.get("")
@guarded("admin")
def form(officer_id: int) -> str:
    """What stops when the account is switched off, or counts again."""
    return _form(officer_id, EMPTY)


@pages.post("")
@guarded("admin")
def switch_it(officer_id: int) -> Answer:
    """Switch an account off or on: an administrator and a second person sign."""

    def work(act: Act) -> Done:
        act.require(reason="officers.reason_missing")
        who, kind = officer_row(act.session, officer_id), act.get("kind")
        if kind not in (DISABLE, ENABLE):
            raise InputError(act.say("officers.no_kind"))
        signers = both(act)
        switch(act.session, act.keyring, officer_id, kind, act.get("reason"), signers, act.now)
        said = act.say(f"officers.{kind}d", who=who.name)
        return Done(url_for("officer.show", officer_id=officer_id), said)

    return acting(work, lambda form: _form(officer_id, form), about="reason")


def _form(officer_id: int, form: Form) -> str:
    with opened() as page:
        who, now = officer_row(page.session, officer_id), site().clock.now()
        held = sorted(roles_held(page.session, now)[officer_id])
        return page.render(
            "pages/officers/switch.html",
            who=who,
            form=form,
            kind=DISABLE if who.disabled_at is None else ENABLE,
            held=held,
            last_day=last_day,
            turns=turns_in_words(page.session, officer_id),
            names=names(page.session, {one.unit for one in held}),
        )
