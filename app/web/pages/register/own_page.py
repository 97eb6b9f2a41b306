"""A person's own page, as officers see it: what is open, and ending it where the phone is lost."""

from __future__ import annotations

import secrets

from flask import Blueprint

from app.messaging.terms import read_plan
from app.self_service.ending import ROLES, end_all, live_sessions
from app.web.access import guarded
from app.web.pages.register.person import REASON_MAX, back, found
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.site import opened, site

pages = Blueprint("own_page", __name__, url_prefix="/people/<key:person_id>/own-page")


@pages.get("")
@guarded(*ROLES)
def form(person_id: int) -> str:
    """How many sessions are open, and the button that ends them."""
    return _page(person_id, EMPTY)


@pages.post("")
@guarded(*ROLES)
def end(person_id: int) -> Answer:
    """End them all; the person is told."""

    def work(act: Act) -> Done:
        act.require(ground="own_page.ground_missing")
        plan = read_plan(site().settings.messages)
        end_all(act.session, act.keyring, plan, act.officer.username, person_id,
                act.get("ground"), secrets.token_bytes, act.now)  # fmt: skip
        return back(act, person_id, "own_page.done")

    return acting(work, lambda form: _page(person_id, form), about="ground")


def _page(person_id: int, form: Form) -> str:
    with opened() as page:
        row = found(page, person_id)
        live = live_sessions(page.session, person_id, site().clock.now())
        return page.render("pages/register/own_page.html", form=form, found=row, live=live,
                           longest=REASON_MAX)  # fmt: skip
