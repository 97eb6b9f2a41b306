"""Calls back: those that wait for the officer, the number to dial, and what became of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for

from app.access.role_tables import DESK
from app.beneficiaries.masks import masked_phone
from app.hotline.asking import desk_scope
from app.hotline.calling import attempted, call_of, number_of, open_calls
from app.hotline.states import ATTEMPTS, RESULTS
from app.web.access import guarded
from app.web.pages.hotline.apart import scope_here
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.site import kept_language, opened, site
from app.web.typed import is_number

pages = Blueprint("hotline_calls", __name__, url_prefix="/hotline/calls")


@pages.get("")
@guarded(DESK)
def index() -> str:
    """The officer's own, and what others of his communes have left beyond its time."""
    with opened() as page:
        now = site().clock.now()
        rows = open_calls(page.session, scope_here(page), now)
        return page.render("pages/hotline/calls.html", rows=rows, now=now, masked=masked_phone)


@pages.get("/<key:call_id>")
@guarded(DESK)
def show(call_id: int) -> str:
    """One call: whom, about what, by when."""
    return _page(call_id, EMPTY)


@pages.post("/<key:call_id>/number")
@guarded(DESK)
def number(call_id: int) -> Answer:
    """The number to dial, on this answer alone; that it was fetched is kept."""

    def work(act: Act) -> Done:
        whose = desk_scope(act.session, act.officer.username, act.now)
        found = number_of(act.session, act.keyring, whose, call_id, act.now)
        return Done("", shown=lambda: _page(call_id, EMPTY, found))

    return acting(work, lambda form: _page(call_id, form))


@pages.post("/<key:call_id>/end")
@guarded(DESK)
def end(call_id: int) -> Answer:
    """Keep what became of an attempt."""

    def work(act: Act) -> Done:
        whose = desk_scope(act.session, act.officer.username, act.now)
        told = act.get("ordinal")
        ordinal = int(told) if is_number(told) else 0
        attempted(act.session, whose, call_id, ordinal, act.get("result"), act.now)
        return Done(url_for("hotline_calls.index", lang=kept_language()), act.say("hotline.kept"))

    return acting(work, lambda form: _page(call_id, form), about="result")


def _page(call_id: int, form: Form, dial: str = "") -> str:
    with opened() as page:
        now = site().clock.now()
        row: Any = call_of(page.session, scope_here(page), call_id, now)
        return page.render("pages/hotline/call.html", form=form, row=row, now=now, dial=dial,
                           results=RESULTS, most=ATTEMPTS, masked=masked_phone)  # fmt: skip
