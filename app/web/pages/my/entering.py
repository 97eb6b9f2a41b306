"""The way in: an ID, the code that came to the phone, and out again. The same for everybody."""

from __future__ import annotations

import re
import secrets
from http import HTTPStatus

from flask import Blueprint, make_response, redirect, request

from app.beneficiaries.staging import citizen_index
from app.errors import Forbidden, NotFound, Remembered
from app.messaging.terms import read_plan
from app.self_service.asking import Asked, ask
from app.self_service.entering import asked_by, enter
from app.self_service.sessions import end_session
from app.signing.visits import bucket_of
from app.web import my
from app.web.access import public
from app.web.posting import EMPTY, Answer, Form, refused, typed
from app.web.site import opened, site

pages = Blueprint("my", __name__, url_prefix="/my")
ID, CODE, KEY = "citizen_id", "code", "key"
_ID, _CODE = re.compile(r"\d{12}"), re.compile(r"\d{6}")


@pages.get("")
@public
def index() -> Answer:
    """The form for the ID; whoever is in already goes on to what he reads."""
    if my.recognised():
        return redirect(_link("my_months.show", someone_id=my.whose().person_id),
                        HTTPStatus.SEE_OTHER)  # fmt: skip
    return _id_form(EMPTY)


@pages.get("/kiosk")
@public
def kiosk() -> Answer:
    """Where a kiosk begins, and where it comes back to: whoever was there is out. Raises NotFound
    where the settings have no kiosks."""
    here = site()
    if not here.settings.kiosk:
        raise NotFound("Không có trang này.", "Quay lại trang của bạn.")
    if my.recognised():
        with here.database.unit_of_work() as session:
            end_session(session, my.whose().id_digest, here.clock.now(), "wiped")
        my.forget()
    if my.at_kiosk():
        answer = make_response(_id_form(EMPTY))
    else:
        answer = make_response(redirect(_link("my.kiosk"), HTTPStatus.SEE_OTHER))
        answer.set_cookie(my.KIOSK_COOKIE, "1", secure=here.settings.behind_tls, httponly=True,
                          samesite="Strict", path="/")  # fmt: skip
    answer.delete_cookie(my.cookie_name(), path="/", secure=here.settings.behind_tls,
                         httponly=True, samesite="Strict")  # fmt: skip
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@pages.post("/code")
@public
def ask_it() -> Answer:
    """Write down that a code is wanted; whoever it is, the next page is for the code."""
    here, values, new = site(), typed(), secrets.token_urlsafe(32)
    citizen_id = _digits(values.get(ID, ""))
    if values.get(KEY):
        return _id_form(Form({ID: _pressed(citizen_id, values[KEY], 12)}))
    if not _ID.fullmatch(citizen_id):
        return _id_form(my.wrong(values, ID, "my.id_wrong")), HTTPStatus.UNPROCESSABLE_ENTITY
    key, bucket = citizen_index(here.keyring, citizen_id), bucket_of(request.remote_addr or "")
    told = Asked(key, new, bucket, my.place(), my.beside())
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
    if values.get(KEY):
        return _code_form(Form({CODE: _pressed(digits, values[KEY], 6)}))
    if not _CODE.fullmatch(digits):
        return _code_form(my.wrong(values, CODE, "my.code_wrong")), HTTPStatus.UNPROCESSABLE_ENTITY
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


def _pressed(digits: str, key: str, most: int) -> str:
    """What stands in the field after a key of the keypad, where no script runs."""
    if key in ("back", "clear"):
        return digits[:-1] if key == "back" else ""
    return (digits + key)[:most] if key.isdecimal() and len(key) == 1 else digits


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
