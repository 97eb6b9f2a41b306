"""Holds: one officer stops money, two start it again, each with a code."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, url_for
from sqlalchemy import Row

from app.disbursement.clearing import MAY_CLEAR, MAY_SET, REASON_MAX, Officer, clear, stop
from app.disbursement.clearing import proposals as signed_by
from app.disbursement.holds import GLOBAL, RESTORED, SCOPES, standing
from app.errors import NotFound
from app.web.access import SEES, guarded
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.reading import holding as reading
from app.web.site import Page, opened, site

pages = Blueprint("holding", __name__, url_prefix="/holds")


@pages.get("")
@guarded(*SEES)
def index() -> str:
    """Every hold that stands, who signed to end it, and those that ended."""
    return _index(EMPTY)


@pages.post("")
@guarded(*MAY_SET)
def set_it() -> Answer:
    """Stop money for what was named; it counts at once."""

    def work(act: Act) -> Done:
        act.require(reason="holding.reason_missing", code="form.code_missing")
        scope, who = act.get("scope") or GLOBAL, _who(act)
        number = stop(act.session, act.keyring, who, scope, act.get("key"), act.get("reason"),
                      act.now)  # fmt: skip
        return Done(url_for("holding.index"), act.say("holding.set_done", id=number))

    return acting(work, _index, about="key")


@pages.get("/<key:hold_id>")
@guarded(*SEES)
def show(hold_id: int) -> str:
    """One hold, and the form with which two officers end it."""
    return _show(hold_id, EMPTY)


@pages.post("/<key:hold_id>")
@guarded(*MAY_CLEAR)
def clear_it(hold_id: int) -> Answer:
    """Sign the end of a hold; with the second officer's signature it is over."""
    with opened() as page:
        _found(page, hold_id)

    def work(act: Act) -> Done:
        act.require(code="form.code_missing")
        signed = clear(act.session, act.keyring, _who(act), hold_id, act.now)
        if signed.cleared:
            return Done(url_for("holding.index"), act.say("holding.cleared", id=hold_id))
        return Done(url_for("holding.index"), act.say("holding.proposed", id=hold_id))

    return acting(work, lambda form: _show(hold_id, form))


def _who(act: Act) -> Officer:
    return Officer(act.officer.officer_id, act.officer.username, act.code)


def _index(form: Form) -> str:
    with opened() as page:
        mine = partial(reading.seen_by, page.session, page.officer)
        return page.render(
            "pages/money/holds.html", form=form, rows=mine(standing(page.session)),
            signers=signed_by(page.session, site().clock.now()),
            over=mine(reading.cleared(page.session)), scopes=SCOPES, longest=REASON_MAX,
            may=page.officer.is_one_of(*MAY_SET),
        )  # fmt: skip


def _show(hold_id: int, form: Form) -> str:
    with opened() as page:
        found = _found(page, hold_id)
        signed = signed_by(page.session, site().clock.now()).get(hold_id, [])
        return page.render(
            "pages/money/hold.html", form=form, found=found, signers=signed,
            may=page.officer.is_one_of(*MAY_CLEAR) and found.cleared_at is None,
            mine=page.officer.username in signed,
            by_page=(found.scope, found.key) != (GLOBAL, RESTORED),
        )  # fmt: skip


def _found(page: Page, hold_id: int) -> Row[Any]:
    found = reading.one(page.session, hold_id)
    if found is None or not reading.seen_by(page.session, page.officer, [found]):
        raise NotFound(f"Không có lệnh dừng chi số {hold_id}.", "Xem danh sách lệnh dừng chi.")
    return found
