"""Signing in through the issuer of the settings: out to it, and back with its word.

What binds the two is a cookie that only we can read: the answer is taken in the browser that left
for it, within ten minutes. Without an issuer in the settings neither address is here.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from flask import Blueprint, make_response, redirect, request, url_for
from sqlalchemy.orm import Session

from app.access.issuer import Way, address_of, new_way, subject_of
from app.access.signing_in import remember, require_no_wait, who_key, with_identity
from app.config import Settings
from app.errors import AnSinhError, Forbidden, NotFound, Refused, Unavailable
from app.web import catalogue
from app.web.access import public
from app.web.pages.entry.going import on_to, ours
from app.web.pages.entry.secret import browser
from app.web.posting import Answer
from app.web.site import asked_language, opened, site

pages = Blueprint("issuer", __name__, url_prefix="/sign-in/issuer")

LONGEST = timedelta(minutes=10)
GOING_MAX = 1_000
"""Letters of an address to go on to: a browser drops a cookie that is too long."""
_PURPOSE = "web.issuer"


class Left(NamedTuple):
    """Who left for the issuer: the way that he goes, where he was going here, in which language."""

    way: Way
    going: str
    language: str


@pages.get("")
@public
def leave() -> Answer:
    """Off to the issuer, with a way of one's own in a cookie."""
    settings, way, now = _settings(), new_way(), site().clock.now()
    try:
        with site().database.view() as session:
            require_no_wait(session, "", browser(), now)
        address = address_of(settings, way, _back(settings))
    except (Unavailable, Refused, Forbidden) as error:
        return _failed(error)
    answer = redirect(address, HTTPStatus.SEE_OTHER)
    going = request.args.get("next", "")
    fits = going.isascii() and len(going) <= GOING_MAX
    left = Left(way, going if fits else "", asked_language())
    answer.set_cookie(_cookie(), _packed(left, now), max_age=LONGEST, httponly=True,
                      secure=site().settings.behind_tls, samesite="Lax", path="/")  # fmt: skip
    return answer


@pages.get("/back")
@public
def back() -> Answer:
    """Back from the issuer: whoever it means is in, where two have linked him."""
    settings, new = _settings(), secrets.token_urlsafe(32)
    try:
        left = _answered(settings)
        _let_in(settings, _subject(settings, left.way), new)
        answer = on_to(ours(left.going, left.language), new)
    except (Unavailable, Refused, Forbidden) as error:
        answer = make_response(_failed(error))
    answer.delete_cookie(_cookie(), secure=site().settings.behind_tls, httponly=True)
    return answer


def _settings() -> Settings:
    found = site().settings
    if not found.oidc_issuer:
        raise NotFound(catalogue.say(asked_language(), "issuer.none"))
    return found


def _back(settings: Settings) -> str:
    return settings.public_url.rstrip("/") + url_for("issuer.back")


def _answered(settings: Settings) -> Left:
    """Whoever left in this browser and is answered. Raises Refused for another one's answer, and
    where the issuer says no."""
    left, state = _left(), request.args.get("state", "")
    if left is None or not hmac.compare_digest(left.way.state.encode(), state.encode()):
        raise Refused(
            "Lần đăng nhập này không bắt đầu từ trình duyệt này, hoặc đã quá 10 phút.",
            "Bắt đầu lại từ trang đăng nhập.",
        )
    # RFC 9207: an answer that names another issuer is another's.
    if request.args.get("iss", settings.oidc_issuer) != settings.oidc_issuer:
        raise Refused("Trả lời đến từ một nơi đăng nhập khác.", "Báo người quản trị.")
    if "error" in request.args or not request.args.get("code"):
        raise Refused("Nơi đăng nhập không xác nhận.", "Đăng nhập lại, hoặc dùng mật khẩu.")
    return left


def _subject(settings: Settings, way: Way) -> str:
    """Whom the code stands for. A word that is not right counts as a wrong password does."""
    here, told, now = site(), browser(), site().clock.now()
    with here.database.view() as session:
        require_no_wait(session, "", told, now)
    try:
        return subject_of(settings, way, request.args["code"], _back(settings), now)
    except Refused:
        who = who_key(here.keyring, f"{settings.oidc_issuer}|{told.address}")
        with here.database.unit_of_work() as session:
            remember(who, told.bucket, now, session)
        raise


def _let_in(settings: Settings, subject: str, new: str) -> None:
    here, told, now = site(), browser(), site().clock.now()

    def work(session: Session) -> None:
        with_identity(session, here.keyring, settings.oidc_issuer, subject, new, told, now)

    here.database.serializable(work)


def _cookie() -> str:
    return f"{site().cookie}-issuer"


def _packed(left: Left, now: datetime) -> str:
    told = json.dumps([*_fields(left.way), left.going, left.language, now.isoformat()])
    return base64.urlsafe_b64encode(site().keyring.encrypt(_PURPOSE, "", told)).decode()


def _fields(way: Way) -> tuple[str, str, str]:
    return way.state, way.nonce, way.verifier


def _left() -> Left | None:
    """Who left for the issuer in this browser lately, None for nobody."""
    try:
        packed = base64.urlsafe_b64decode(request.cookies.get(_cookie(), ""))
        told = json.loads(site().keyring.decrypt(_PURPOSE, "", packed))
    except (ValueError, InvalidTag):
        return None
    *fields, going, language, at = told
    if site().clock.now() - datetime.fromisoformat(at) > LONGEST:
        return None
    return Left(Way(*fields), going, language)


def _failed(error: AnSinhError) -> Any:
    is_away = isinstance(error, Unavailable)
    status = HTTPStatus.SERVICE_UNAVAILABLE if is_away else HTTPStatus.FORBIDDEN
    with opened() as page:
        return page.render("pages/entry/issuer.html", said=error.on_page), status
