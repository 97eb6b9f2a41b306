"""Typing a code: five tries a request, ten wrong ones a day for an ID, known here or not.

A request of an ID that nobody has is answered after the same questions to the database and the
same work as any other: its code is never right.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Row, func, insert, select
from sqlalchemy.orm import Session

from app.errors import Forbidden, Remembered
from app.privacy import Keyring
from app.self_service.asking import browser_digest
from app.self_service.deciding import code_key
from app.self_service.sessions import Opened, open_session
from app.self_service.tables import own_code, own_code_request, own_code_try, own_session

CODE_LASTS = timedelta(minutes=5)
TAPPED_TWICE = timedelta(seconds=30)
"""Who taps the button twice sends the code twice; the first answer never reaches him."""
TRIES, DAY_FAILURES = 5, 10
DAY = timedelta(days=1)


def enter(
    session: Session, keyring: Keyring, browser: str, code: str, session_id: str, now: datetime
) -> None:
    """Open a session where the code of this browser's request is right.

    Raises Remembered where it is wrong, Forbidden where no more may be tried.
    """
    request = _request(session, browser)
    if request is None:
        raise Forbidden("Mã này không còn dùng được.", "Xin mã mới.")
    with session.info["apart"](f"own_code:{request.citizen_key}") as alone:
        _require_tries(alone, request, now)
        if not _is_right(alone, keyring, request, code, now):
            raise Remembered(
                "Mã chưa đúng hoặc đã hết hạn.",
                "Xem lại tin nhắn mới nhất. Quá 5 phút thì xin mã mới.",
                partial(_remember, request, now),
            )
    _keep(session, request, now, is_right=True)
    whose = Opened(request.person_id, request.phone_key, request.id, request.place,
                   request.helper_id)  # fmt: skip
    open_session(session, whose, session_id, now)


def asked_by(session: Session, browser: str, now: datetime) -> bool:
    """Whether this browser asked for a code that may still be typed; the same for everybody."""
    found = _request(session, browser)
    return found is not None and found.asked_at > now - 3 * CODE_LASTS


def _request(session: Session, browser: str) -> Row[Any] | None:
    of = own_code.c
    query = (
        select(own_code_request, of.person_id, of.phone_key, of.code_key, of.made_at)
        .select_from(own_code_request)
        .outerjoin(own_code, of.request_id == own_code_request.c.id)
        .where(own_code_request.c.browser == browser_digest(browser))
    )
    return session.execute(query).one_or_none()


def _require_tries(session: Session, request: Row[Any], now: datetime) -> None:
    of = own_code_try.c
    wrong = select(func.count()).where(of.is_right == 0)
    if (session.scalar(wrong.where(of.request_id == request.id)) or 0) >= TRIES:
        raise Forbidden("Đã nhập sai 5 lần. Mã này không còn dùng được.", "Xin mã mới.")
    mine = wrong.where(of.citizen_key == request.citizen_key, of.tried_at > now - DAY)
    if (session.scalar(mine) or 0) >= DAY_FAILURES:
        raise Forbidden(
            "Đã nhập sai quá nhiều lần trong một ngày.",
            "Ngày mai thử lại, hoặc mang căn cước đến UBND xã.",
        )


def _is_right(
    session: Session, keyring: Keyring, request: Row[Any], code: str, now: datetime
) -> bool:
    """Whether the digits are those that were sent, in time and not used before."""
    used = session.scalar(
        select(func.min(own_session.c.opened_at, type_=own_session.c.opened_at.type)).where(
            own_session.c.request_id == request.id
        )
    )
    is_same = hmac.compare_digest(request.code_key or "", code_key(keyring, request, code))
    in_time = (request.made_at or request.asked_at) > now - CODE_LASTS
    return is_same and in_time and (used is None or used > now - TAPPED_TWICE)


def _remember(request: Row[Any], now: datetime, session: Session) -> None:
    _keep(session, request, now, is_right=False)


def _keep(session: Session, request: Row[Any], now: datetime, *, is_right: bool) -> None:
    values = {"request_id": request.id, "citizen_key": request.citizen_key, "tried_at": now}
    session.execute(insert(own_code_try).values(**values, is_right=int(is_right)))
