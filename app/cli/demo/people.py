"""The one-time code of a made-up person's own page, where nobody has the phone it went to."""

from __future__ import annotations

import re
import secrets
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.messaging.outbox import opened
from app.messaging.states import CODE
from app.messaging.tables import message
from app.messaging.terms import CODES_A_DAY, Plan, Terms
from app.privacy import Keyring
from app.self_service.deciding import decide
from app.self_service.entering import CODE_LASTS

_WAITING = 200
_CODE = re.compile(r"[0-9]{6}")
_NO_PLAN = Plan("02000000111", (Terms(date(2026, 1, 1), time(21), time(7), 0, 0, 0, CODES_A_DAY),))
"""What a training installation that sends nothing agrees with itself: a code stays in the house."""


def own_code(
    session: Session, keyring: Keyring, plan: Plan | None, person_id: int, now: datetime
) -> str:
    """The digits that the person's own page waits for; requests that wait are decided on first, as
    the job `send_codes` does. Raises NotFound where there is none, or none that still counts."""
    decide(session, keyring, plan or _NO_PLAN, secrets.token_bytes, now, _WAITING)
    mine = message.c
    query = select(message).where(
        mine.kind == CODE, mine.person_id == person_id, mine.queued_at > now - CODE_LASTS
    )
    row = session.execute(query.order_by(mine.id.desc()).limit(1)).one_or_none()
    found = _CODE.match(opened(keyring, row)[1]) if row is not None else None
    if found is None:
        raise NotFound(
            "Chưa có mã nào cho người này trong 5 phút qua.",
            "Mở /my, nhập số căn cước rồi chạy lại. Số điện thoại phải do cán bộ ghi vào hồ sơ.",
        )
    return found[0]
