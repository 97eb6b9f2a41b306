"""Signing in: name and password, then the one-time code; each step has an id of its own."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Any

from flask import Blueprint, redirect, request, url_for
from sqlalchemy.orm import Session

from app.access.passwords import matches, password_of
from app.access.sessions import session_of
from app.access.sign_in_tables import PASSWORD
from app.access.signing_in import Browser, require_no_wait, who_key, with_code, with_password
from app.errors import Conflict, Forbidden, InputError
from app.signing.visits import bucket_of
from app.web.access import public, session_id
from app.web.pages.entry.demo import DEMO_PASSWORD, demo_users
from app.web.posting import CODE, EMPTY, Answer, Form, refused, typed
from app.web.site import asked_language, opened, site

pages = Blueprint("sign_in", __name__, url_prefix="/sign-in")

BROWSER_SAYS_MAX = 200


@pages.get("")
@public
def index() -> str:
    """The form for name and password; `user` fills the name."""
    return _form(Form({"username": request.args.get("user", "")[:80]}))


@pages.post("")
@public
def enter() -> Answer:
    """Look at name and password; a right one leads on to the code."""
    here, values = site(), typed()
    username, password = values.get("username", "").strip(), values.get("password", "")
    now, browser, new = here.clock.now(), _browser(), secrets.token_urlsafe(32)
    try:
        with here.database.view() as session:
            require_no_wait(session, who_key(here.keyring, username), browser, now)
            found = password_of(session, username)
        # Outside of every transaction: it takes a while.
        right = matches(found[1] if found else None, password)
        with here.database.signed_work() as session:
            who = found[0] if found and right else None
            with_password(session, here.keyring, username, who, new, browser, now)
    except (Forbidden, InputError) as error:
        kept = Form({name: text for name, text in values.items() if name != "password"})
        return refused(kept, error, _form, "username")
    return _on(url_for("sign_in.code", **_kept()), new)


@pages.get("/code")
@public
def code() -> Answer:
    """The form for the one-time code; without a right password before it, the one for that."""
    if _waiting() is None:
        return redirect(url_for("sign_in.index", **_kept()), HTTPStatus.SEE_OTHER)
    return _code_form(EMPTY)


@pages.post("/code")
@public
def confirm() -> Answer:
    """Look at the code; a right one opens the session."""
    here, waiting, new = site(), _waiting(), secrets.token_urlsafe(32)
    if waiting is None:
        return redirect(url_for("sign_in.index", **_kept()), HTTPStatus.SEE_OTHER)
    typed_code = "".join(typed().get(CODE, "").split())

    def work(session: Session) -> None:
        with_code(session, here.keyring, waiting, typed_code, new, here.clock.now())

    try:
        here.database.serializable(work)
    except (Forbidden, Conflict) as error:
        return refused(EMPTY, error, _code_form, CODE)
    return _on(_next(), new)


def _form(form: Form) -> str:
    with opened() as page:
        users = demo_users(page.session, site().clock.now()) if site().training else []
        return page.render("pages/entry/sign_in.html", form=form, users=users, kept=_kept(),
                           demo_password=DEMO_PASSWORD)  # fmt: skip


def _code_form(form: Form) -> str:
    with opened() as page:
        return page.render("pages/entry/code.html", form=form, kept=_kept())


def _waiting() -> Any:
    here = site()
    with here.database.view() as session:
        return session_of(session, session_id(), here.clock.now(), here.idle, PASSWORD)


def _browser() -> Browser:
    address = request.remote_addr or ""
    return Browser(request.user_agent.string[:BROWSER_SAYS_MAX], address, bucket_of(address))


def _kept() -> dict[str, Any]:
    """What leads on through the steps: where he was going, and the language."""
    language = asked_language()
    return {"next": request.args.get("next"), "lang": None if language == "vi" else language}


def _next() -> str:
    """Where he was going: an address of ours, else the overview."""
    asked = request.args.get("next", "")
    is_ours = asked.startswith("/") and not asked.startswith("//") and "\\" not in asked
    plain = is_ours and asked.isascii() and asked.isprintable()
    language = asked_language()
    home = url_for("overview.index", lang=None if language == "vi" else language)
    return asked if plain else home


def _on(address: str, session_id: str) -> Answer:
    here, answer = site(), redirect(address, HTTPStatus.SEE_OTHER)
    answer.set_cookie(here.cookie, session_id, secure=here.settings.behind_tls, httponly=True,
                      samesite="Lax", path="/")  # fmt: skip
    return answer
