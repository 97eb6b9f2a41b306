"""The way in: an ID, the code that came to the phone, and out again. The same for everybody."""

from __future__ import annotations

import re
import secrets
from http import HTTPStatus

from flask import Blueprint, redirect, request

from app.beneficiaries.staging import citizen_index
from app.errors import Forbidden, Remembered
from app.messaging.terms import read_plan
from app.self_service.asking import Asked, ask
from app.self_service.entering import asked_by, enter
from app.signing.visits import bucket_of
from app.web import my
from app.web.access import public
from app.web.posting import EMPTY, Answer, Form, Problem, refused, typed
from app.web.site import opened, site

pages = Blueprint("my", __name__, url_prefix="/my")
ID, CODE = "citizen_id", "code"
_ID, _CODE = re.compile(r"\d{12}"), re.compile(r"\d{6}")


@pages.get("")
@public
def index() -> Answer:
    """The form for the ID; whoever is in already goes on to what he reads."""
    if my.recognised():
        return redirect(_link("my_months.show", someone_id=my.whose().person_id),
                        HTTPStatus.SEE_OTHER)  # fmt: skip
    return _id_form(EMPTY)


@pages.post("/code")
@public
def ask_it() -> Answer:
    """Write down that a code is wanted; whoever it is, the next page is for the code."""
    here, values, new = site(), typed(), secrets.token_urlsafe(32)
    citizen_id = _digits(values.get(ID, ""))
    if not _ID.fullmatch(citizen_id):
        return _id_form(_wrong(values, ID, "my.id_wrong")), HTTPStatus.UNPROCESSABLE_ENTITY
    told = Asked(citizen_index(here.keyring, citizen_id), new, bucket_of(request.remote_addr or ""))
    try:
        with here.database.signed_work() as session:
            ask(session, told, secrets.token_bytes, here.clock.now())
    except Forbidden as error:
        return refused(Form(values), error, _id_form, ID)
    return my.on_to(_link("my.code"), new)


@pages.get("/code")
@public
def code() -> Answer:
    """The form for the six digits, in the browser that asked for them."""
    return _code_form(EMPTY) if _has_asked() else my.to_the_way_in()


@pages.post("/enter")
@public
def enter_it() -> Answer:
    """Look at the six digits; right ones open a session."""
    here, values, new = site(), typed(), secrets.token_urlsafe(32)
    if not _has_asked():
        return my.to_the_way_in()
    digits = _digits(values.get(CODE, ""))
    if not _CODE.fullmatch(digits):
        return _code_form(_wrong(values, CODE, "my.code_wrong")), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with here.database.signed_work() as session:
            enter(session, here.keyring, my.own_id(), digits, new, here.clock.now())
    except (Forbidden, Remembered) as error:
        return refused(Form({}), error, _code_form, CODE)
    return my.on_to(_link("my.index"), new)


@pages.post("/leave")
@my.mine
def leave() -> Answer:
    """Out: the session is over, and nothing of it is left in the browser."""
    return my.leave("left")


def _has_asked() -> bool:
    here = site()
    with here.database.view() as session:
        return asked_by(session, my.own_id(), here.clock.now())


def _digits(text: str) -> str:
    """What was typed, without the gaps and dots that people put into numbers."""
    return re.sub(r"[\s.\-]", "", text)


def _wrong(values: dict[str, str], field: str, words: str) -> Form:
    with opened() as page:
        return Form(values, (Problem(field, page.say(words), page.language),))


def _link(endpoint: str, **values: object) -> str:
    with opened() as page:
        return page.link(endpoint, **values)


def _id_form(form: Form) -> str:
    plan = read_plan(site().settings.messages)
    with opened() as page:
        return my.rendered(page, "pages/my/id.html", form=form, plan=plan)


def _code_form(form: Form) -> str:
    plan = read_plan(site().settings.messages)
    with opened() as page:
        return my.rendered(page, "pages/my/code.html", form=form, plan=plan)
