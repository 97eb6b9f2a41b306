"""What an officer keeps of his own entry: password, recovery codes, a fresh proof of himself."""

from __future__ import annotations

import hashlib
import secrets
from functools import partial

from flask import Blueprint, request, url_for
from sqlalchemy.orm import Session

from app.access.links import USE
from app.access.officers import Confirmation, confirm
from app.access.passwords import matches, password_of
from app.access.recovery import left, renew_codes
from app.access.sessions import end_all, end_session, open_session
from app.access.signing_in import remember, require_no_wait, who_key
from app.errors import Conflict, Forbidden, Remembered
from app.web.access import STEP_UP, guarded
from app.web.arrival import serializable
from app.web.pages.entry.going import on_to, where_to
from app.web.pages.entry.secret import browser, keep, new_hash, ten_codes
from app.web.posting import CODE, EMPTY, Act, Answer, Done, Faulty, Form, acting, refused, typed
from app.web.site import opened, site
from app.web.visitor import this_session, this_viewer

pages = Blueprint("own", __name__)


@pages.get("/password")
@guarded()
def password_form() -> str:
    """The form for a new password."""
    return _password_page(EMPTY)


@pages.post("/password")
@guarded()
def change_password() -> Answer:
    """Change the password, with the old one and a code; other sessions end."""
    here, values, mine = site(), typed(), this_viewer()
    if mine is None:
        raise LookupError("the route is not guarded")
    with here.database.view() as session:
        found = password_of(session, mine.username)
    # Outside of every transaction: both take a while.
    right = matches(found[1] if found else None, values.get("password_old", ""))
    try:
        kept = new_hash(values, mine.username, mine.name)
    except Faulty as error:
        return refused(Form(values), error, _password_page)

    def work(act: Act) -> Done:
        act.require(code="form.code_missing")
        _require_right(act, right)
        now, who = act.now, act.officer.officer_id
        digest = hashlib.sha256(f"{who}|password|{now.isoformat()}".encode()).hexdigest()
        confirm(act.session, act.keyring, who, act.code, now, Confirmation(USE, digest, 1, 0))
        keep(act.session, who, kept, now)
        end_all(act.session, who, now, "password", but=_digest())
        return Done(url_for("sessions.index"), act.say("secret.changed"))

    return acting(work, _password_page, about="password_old")


def _require_right(act: Act, right: bool) -> None:
    who, here = who_key(act.keyring, act.officer.username), browser()
    with act.session.info["apart"](f"sign_in:{who}") as alone:
        require_no_wait(alone, who, here, act.now)
        if not right:
            raise Remembered(
                act.say("secret.old_wrong"), "", partial(remember, who, here.bucket, act.now)
            )


@pages.get("/recovery-codes")
@guarded()
def codes_form() -> str:
    """How many recovery codes are left, and the form for ten new ones."""
    return _codes_form(EMPTY)


@pages.post("/recovery-codes")
@guarded()
def new_codes() -> Answer:
    """Ten new recovery codes, shown once; the old ones are dead."""
    here, mine, codes = site(), this_viewer(), ten_codes()
    code = "".join(typed().get(CODE, "").split())

    def work(session: Session) -> None:
        who = 0 if mine is None else mine.officer_id
        renew_codes(session, here.keyring, who, code, codes, here.clock.now())

    try:
        serializable(work)
    except (Forbidden, Conflict) as error:
        return refused(EMPTY, error, _codes_form, CODE)
    with opened() as page:
        return page.render("pages/entry/codes.html", codes=codes, first=False)


@pages.get("/step-up")
@guarded()
def step_up_form() -> str:
    """Before a page that asks for a fresh proof: the form for a code."""
    return _step_up_page(EMPTY)


@pages.post("/step-up")
@guarded()
def step_up() -> Answer:
    """A right code makes the session fresh, under a new id, and leads on."""
    here, mine, new = site(), this_viewer(), secrets.token_urlsafe(32)
    code = "".join(typed().get(CODE, "").split())

    def work(session: Session) -> None:
        now, who = here.clock.now(), 0 if mine is None else mine.officer_id
        digest = hashlib.sha256(f"{who}|{_digest()}|{now.isoformat()}".encode()).hexdigest()
        confirm(session, here.keyring, who, code, now, Confirmation(STEP_UP, digest, 1, 0))
        end_session(session, who, _digest(), now, STEP_UP)
        told = browser()
        open_session(session, who, new, now, agent=told.agent, address=told.address, fresh=True)

    try:
        serializable(work)
    except (Forbidden, Conflict) as error:
        return refused(EMPTY, error, _step_up_page, CODE)
    return on_to(where_to(), new)


def _digest() -> str:
    found = this_session()
    return "" if found is None else str(found.id_digest)


def _password_page(form: Form) -> str:
    with opened() as page:
        return page.render("pages/entry/password.html", form=form)


def _codes_form(form: Form) -> str:
    with opened() as page:
        count = left(page.session, page.officer.officer_id)
        return page.render("pages/entry/codes_form.html", form=form, left=count)


def _step_up_page(form: Form) -> str:
    with opened() as page:
        return page.render("pages/entry/step_up.html", form=form, going=request.args.get("next"))
