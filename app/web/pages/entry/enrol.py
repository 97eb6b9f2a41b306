"""The link that two gave an officer: his app reads the square, he sets his password, he gets ten
recovery codes. And the way back for one who forgot his password."""

from __future__ import annotations

import hashlib
from datetime import datetime

import segno
from flask import Blueprint
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.enrolling import otpauth
from app.access.links import USE, link_of, seed_to_show, use_link
from app.access.officers import Confirmation, confirm
from app.access.recovery import keep_codes, use_code
from app.access.tables import officer
from app.errors import Conflict, Forbidden, InputError
from app.web.access import public
from app.web.arrival import serializable
from app.web.pages.entry.secret import browser, keep, new_hash, ten_codes
from app.web.posting import CODE, EMPTY, Answer, Form, refused, typed
from app.web.site import opened, site

pages = Blueprint("enrol", __name__)


@pages.get("/enrol/<secret>")
@public
def form(secret: str) -> str:
    """What the link is for: the square while the app has confirmed nothing, and a new password."""
    return _form(secret, EMPTY)


@pages.post("/enrol/<secret>")
@public
def use(secret: str) -> Answer:
    """Set the password with a code of the app; the link is used up."""
    here, values, now, codes = site(), typed(), site().clock.now(), ten_codes()
    with here.database.view() as session:
        link = link_of(session, secret, now)
    code = "".join(values.get(CODE, "").split())

    def work(session: Session) -> None:
        mine = link_of(session, secret, now)
        use_link(session, here.keyring, mine, code, now)
        keep(session, mine.officer_id, kept, now)
        keep_codes(session, here.keyring, mine.officer_id, codes, now)

    try:
        kept = new_hash(values, link.username, link.name)
        serializable(work)
    except (InputError, Forbidden, Conflict) as error:
        return refused(Form(values), error, lambda typed: _form(secret, typed), CODE)
    return _done(codes)


@pages.get("/recover")
@public
def recover_form() -> str:
    """For one who forgot his password: a recovery code, a code of the app, a new password."""
    return _recover_form(EMPTY)


@pages.post("/recover")
@public
def recover() -> Answer:
    """Set a new password with a recovery code and a code of the app; both are used up."""
    here, values, now = site(), typed(), site().clock.now()
    username = values.get("username", "").strip()
    with here.database.view() as session:
        row = session.execute(
            select(officer.c.id, officer.c.name).where(
                officer.c.username == username, officer.c.disabled_at.is_(None)
            )
        ).one_or_none()

    def work(session: Session) -> None:
        _recovered(session, username, row.id if row else None, values, kept, now)

    try:
        kept = new_hash(values, username, row.name if row else "")
        serializable(work)
    except (InputError, Forbidden, Conflict) as error:
        return refused(Form(values), error, _recover_form, "recovery")
    with opened() as page:
        return page.render("pages/entry/recovered.html")


def _recovered(
    session: Session,
    username: str,
    officer_id: int | None,
    values: dict[str, str],
    kept: str,
    now: datetime,
) -> None:
    here, code = site(), "".join(values.get(CODE, "").split())
    use_code(session, here.keyring, username, officer_id, values.get("recovery", ""), "password",
             browser(), now)  # fmt: skip
    if officer_id is not None:
        digest = hashlib.sha256(f"{officer_id}|recovery|{now.isoformat()}".encode()).hexdigest()
        confirm(session, here.keyring, officer_id, code, now, Confirmation(USE, digest, 1, 0))
        keep(session, officer_id, kept, now)


def _recover_form(form: Form) -> str:
    with opened() as page:
        return page.render("pages/entry/recover.html", form=form)


def _form(secret: str, form: Form) -> str:
    with opened() as page:
        link = link_of(page.session, secret, site().clock.now())
        seed = seed_to_show(page.session, site().keyring, link.officer_id)
        square = segno.make(otpauth(link.username, seed), error="m", micro=False) if seed else None
        return page.render("pages/entry/enrol.html", form=form, link_=link, secret=secret,
                           seed=seed, square=_svg(square))  # fmt: skip


def _svg(square: segno.QRCode | None) -> str:
    """The square as a drawing that stands in the page; nothing of it is styled."""
    return square.svg_inline(scale=6, svgclass="qr", lineclass=None) if square else ""


def _done(codes: list[str]) -> str:
    with opened() as page:
        return page.render("pages/entry/codes.html", codes=codes, first=True)
