"""Signing in: name and password, then the one-time code; each step has an id of its own.

Without the app a recovery code stands in for the one-time code. What was typed when the last
session was over comes along, and can be opened again afterwards.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.passwords import TRAINING_PASSWORD, matches, password_of
from app.access.recovery import use_code
from app.access.sessions import open_session, session_of
from app.access.sign_in_tables import PASSWORD
from app.access.signing_in import require_no_wait, who_key, with_code, with_password
from app.access.tables import officer
from app.errors import Conflict, Forbidden
from app.web import kept
from app.web.access import public, session_id
from app.web.arrival import serializable
from app.web.csrf import token_of
from app.web.pages.entry.demo import demo_users
from app.web.pages.entry.going import kept_arguments, on_to, where_to, with_cookie
from app.web.pages.entry.secret import browser
from app.web.posting import CODE, EMPTY, Answer, Form, refused, typed
from app.web.site import opened, site

pages = Blueprint("sign_in", __name__, url_prefix="/sign-in")


@pages.get("")
@public
def index() -> str:
    """The form for name and password; `user` fills the name."""
    return _form(Form({"username": request.args.get("user", "")[:80]}))


@pages.post("")
@public
def enter() -> Answer:
    """Look at name and password; a right one leads on to the code."""
    here, values, now, new = site(), typed(), site().clock.now(), secrets.token_urlsafe(32)
    username = values.get("username", "").strip()
    try:
        with here.database.view() as session:
            require_no_wait(session, who_key(here.keyring, username), browser(), now)
            found = password_of(session, username)
        # Outside of every transaction: it takes a while.
        right = matches(found[1] if found else None, values.get("password", ""))
        with here.database.signed_work() as session:
            who = found[0] if found and right else None
            with_password(session, here.keyring, username, who, new, browser(), now)
    except Forbidden as error:
        return refused(Form(values), error, _form, "username")
    if values.get(kept.FIELD):
        return with_cookie(_code_form(Form(values)), new)
    return on_to(url_for("sign_in.code", **kept_arguments()), new)


@pages.get("/code")
@public
def code() -> Answer:
    """The form for the one-time code; without a right password before it, the one for that."""
    return _code_form(EMPTY) if _waiting() else _from_the_start()


@pages.post("/code")
@public
def confirm() -> Answer:
    """Look at the code; a right one opens the session."""

    def work(session: Session, waiting: Any, new: str) -> None:
        here, typed_code = site(), "".join(typed().get(CODE, "").split())
        with_code(session, here.keyring, waiting, typed_code, new, here.clock.now())

    return _second(work, _code_form, CODE)


@pages.get("/recovery")
@public
def recovery() -> Answer:
    """The form for a recovery code in the place of the one-time code."""
    return _recovery_form(EMPTY) if _waiting() else _from_the_start()


@pages.post("/recovery")
@public
def recover() -> Answer:
    """Look at the recovery code; a right one is used up and opens the session."""

    def work(session: Session, waiting: Any, new: str) -> None:
        here, now, told = site(), site().clock.now(), browser()
        who = int(waiting.officer_id)
        name = session.scalar(select(officer.c.username).where(officer.c.id == who)) or ""
        use_code(
            session, here.keyring, name, who, typed().get("recovery", ""), "sign_in", told, now
        )
        open_session(session, who, new, now, agent=told.agent, address=told.address)

    return _second(work, _recovery_form, "recovery")


def _second(
    work: Callable[[Session, Any, str], None], again: Callable[[Form], str], about: str
) -> Answer:
    waiting, new = _waiting(), secrets.token_urlsafe(32)
    if waiting is None:
        return _from_the_start()
    try:
        serializable(lambda session: work(session, waiting, new))
    except (Forbidden, Conflict) as error:
        return refused(Form(typed()), error, again, about)
    return _in(int(waiting.officer_id), new)


def _in(officer_id: int, session_id: str) -> Answer:
    """To where he was going; with what he had typed before, to the page that opens it again."""
    here, text = site(), typed().get(kept.FIELD, "")
    found = kept.unpack(here.keyring, text, here.clock.now()) if text else None
    if found is None or found.officer_id not in (0, officer_id):
        return on_to(where_to(), session_id)
    with opened() as page:
        shown = page.render("pages/entry/kept.html", found=found, token=token_of(session_id))
    return with_cookie(shown, session_id)


def _from_the_start() -> Answer:
    return redirect(url_for("sign_in.index", **kept_arguments()), HTTPStatus.SEE_OTHER)


def _form(form: Form) -> str:
    with opened() as page:
        users = demo_users(page.session, site().clock.now()) if site().training else []
        return page.render("pages/entry/sign_in.html", form=form, users=users, is_over=False,
                           kept=kept_arguments(), demo_password=TRAINING_PASSWORD,
                           settings=site().settings)  # fmt: skip


def _code_form(form: Form) -> str:
    with opened() as page:
        return page.render("pages/entry/code.html", form=form, kept=kept_arguments())


def _recovery_form(form: Form) -> str:
    with opened() as page:
        return page.render("pages/entry/recovery.html", form=form, kept=kept_arguments())


def _waiting() -> Any:
    here = site()
    with here.database.view() as session:
        return session_of(session, session_id(), here.clock.now(), here.idle, PASSWORD)
