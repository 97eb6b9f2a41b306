"""How an officer comes in: a new account, the link for his password, a new square for his app.

The link and the square are shown once, to the one they are for.
"""

from __future__ import annotations

from datetime import datetime
from secrets import token_urlsafe

import pyotp
import segno
from flask import Blueprint, url_for

from app.access.accounts import entry_of, officer_row
from app.access.enrolling import NewOfficer, enrol, otpauth
from app.access.factors import factor_in_words, re_enrol
from app.access.links import give_link
from app.web.access import guarded
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.second import both
from app.web.site import opened, site

pages = Blueprint("entries", __name__)


@pages.get("/officers/new")
@guarded("admin")
def form() -> str:
    """A new officer, who stands before the two who vouch for him."""
    return _form(EMPTY)


@pages.post("/officers/new")
@guarded("admin")
def enrol_it() -> Answer:
    """Open an account by two; the link for its password is the next step."""

    def work(act: Act) -> Done:
        act.require(username="officers.username_missing", name="officers.name_missing",
                    citizen="officers.citizen_missing")  # fmt: skip
        new = NewOfficer(act.get("username"), act.get("name"), act.get("citizen"))
        secret = pyotp.random_base32()
        number = enrol(act.session, act.keyring, new, secret, both(act), act.now)
        said = act.say("officers.enrolled", who=new.name)
        return Done(url_for("entries.link_form", officer_id=number), said)

    return acting(work, _form, about="username")


def _form(form: Form) -> str:
    with opened() as page:
        return page.render("pages/officers/new.html", form=form)


@pages.get("/officers/<key:officer_id>/link")
@guarded("admin")
def link_form(officer_id: int) -> str:
    """The link by which an officer sets his password himself; two give it."""
    return _link_form(officer_id, EMPTY)


@pages.post("/officers/<key:officer_id>/link")
@guarded("admin")
def give_it(officer_id: int) -> Answer:
    """Give an officer a link by two; it is shown once."""
    secret = token_urlsafe(32)

    def work(act: Act) -> Done:
        officer_row(act.session, officer_id)
        until = give_link(act.session, act.keyring, officer_id, secret, both(act), act.now)
        return Done("", shown=lambda: _link(officer_id, secret, until))

    return acting(work, lambda form: _link_form(officer_id, form))


def _link_form(officer_id: int, form: Form) -> str:
    with opened() as page:
        who = officer_row(page.session, officer_id)
        entry = entry_of(page.session, officer_id, site().clock.now())
        return page.render("pages/officers/link.html", who=who, form=form, entry_=entry)


def _link(officer_id: int, secret: str, until: datetime) -> str:
    path = url_for("enrol.form", secret=secret)
    public = site().settings.public_url
    address = f"{public}{path}" if public else url_for("enrol.form", secret=secret, _external=True)
    with opened() as page:
        who = officer_row(page.session, officer_id)
        return page.render("pages/officers/link_given.html", who=who, address=address,
                           until=until, square=_square(address))  # fmt: skip


def _square(text: str) -> str:
    """A square as a drawing that stands in the page; nothing of it is styled."""
    made = segno.make(text, error="m", micro=False)
    return made.svg_inline(scale=6, svgclass="qr", lineclass=None)


@pages.get("/officers/<key:officer_id>/re-enrol")
@guarded("admin")
def re_enrol_form(officer_id: int) -> str:
    """A new square for an officer whose telephone is lost; two give it."""
    return _re_enrol_form(officer_id, EMPTY)


@pages.post("/officers/<key:officer_id>/re-enrol")
@guarded("admin")
def re_enrol_it(officer_id: int) -> Answer:
    """Make what the officer used before worthless, and show him a new square once."""
    secret = pyotp.random_base32()

    def work(act: Act) -> Done:
        act.require(reason="officers.reason_missing")
        officer_row(act.session, officer_id)
        re_enrol(act.session, act.keyring, officer_id, secret, act.get("reason"), both(act),
                 act.now)  # fmt: skip
        return Done("", shown=lambda: _new_square(officer_id, secret))

    return acting(work, lambda form: _re_enrol_form(officer_id, form), about="reason")


def _re_enrol_form(officer_id: int, form: Form) -> str:
    with opened() as page:
        who = officer_row(page.session, officer_id)
        factor = factor_in_words(page.session, officer_id)
        return page.render("pages/officers/re_enrol.html", who=who, form=form, factor=factor)


def _new_square(officer_id: int, secret: str) -> str:
    with opened() as page:
        who = officer_row(page.session, officer_id)
        square = _square(otpauth(who.username, secret))
        return page.render("pages/officers/square.html", who=who, secret=secret, square=square)
