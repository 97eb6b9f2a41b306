"""Asking for a code: the request is written down, whoever it is for; a job decides and sends.

Nothing here looks whether anybody has this ID, so no answer and no clock can tell. What is counted
are IDs as they were typed, and addresses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.errors import Forbidden
from app.self_service.tables import PAGE, own_code_request

Dice = Callable[[int], bytes]
"""Gives so many bytes of chance that nobody can guess, e.g. `secrets.token_bytes`."""
SPANS = (
    (timedelta(seconds=60), 1),
    (timedelta(minutes=15), 3),
    (timedelta(days=1), 6),
)
"""How many codes in which time: for an ID as it was typed, and for a phone number."""
ADDRESS_SPAN, ADDRESS_MAX = timedelta(hours=1), 20
_ID_BYTES = 7


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks: the index of the ID that was typed, the browser's own id, the bucket of its
    address, where it stands, and the officer beside the person, if any."""

    citizen_key: str
    browser: str
    bucket: int
    place: str = PAGE
    helper_id: int | None = None


def browser_digest(browser: str) -> str:
    """How the id of a browser stands in the table."""
    return hashlib.sha256(f"own|{browser}".encode()).hexdigest()


def ask(session: Session, told: Asked, dice: Dice, now: datetime) -> None:
    """Write down that a code is wanted. Raises Forbidden, the same for everybody, where one was
    wanted a moment ago or too often; that is not counted."""
    # One at a time from an address as well: requests for many IDs at once are counted one by one.
    turns = f"own_code:{told.citizen_key}", f"own_code:bucket:{told.bucket}"
    with session.info["apart"](*turns) as alone:
        _require_patience(alone, told, now)
        values = {"id": int.from_bytes(dice(_ID_BYTES)), "browser": browser_digest(told.browser)}
        who = {"citizen_key": told.citizen_key, "bucket": told.bucket}
        where = {"place": told.place, "helper_id": told.helper_id}
        alone.execute(insert(own_code_request).values(**values, **who, **where, asked_at=now))


def _require_patience(session: Session, told: Asked, now: datetime) -> None:
    of = own_code_request.c
    for span, most in SPANS:
        _require(session, of.citizen_key == told.citizen_key, span, most, now)
    _require(session, of.bucket == told.bucket, ADDRESS_SPAN, ADDRESS_MAX, now)


def _require(session: Session, mine: Any, span: timedelta, most: int, now: datetime) -> None:
    """Raise Forbidden until the oldest of the last `most` requests is older than `span`."""
    at = own_code_request.c.asked_at
    query = select(at).where(mine, at > now - span).order_by(at.desc()).offset(most - 1).limit(1)
    if (oldest := session.scalar(query)) is not None:
        _refuse(int((oldest + span - now).total_seconds()) + 1)


def _refuse(seconds: int) -> None:
    """Raise Forbidden with how long to wait, rounded up."""
    minutes = -(-seconds // 60)
    if minutes <= 1:
        raise Forbidden(f"Vừa có người xin mã. Chờ {seconds} giây rồi xin lại.")
    if minutes <= 60:
        raise Forbidden(f"Vừa có người xin mã. Chờ {minutes} phút rồi xin lại.")
    raise Forbidden(f"Đã xin mã nhiều lần. Chờ {-(-minutes // 60)} giờ rồi xin lại.")
