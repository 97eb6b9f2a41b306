"""A phone is lost: whatever it opened is over, and the codes that went to it open nothing any more.

Ended is what reads of the person: his own sessions, and those of others with the same number.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from app.access.scope import scope_of
from app.audit.trail import record
from app.beneficiaries.reached import may_be_answered
from app.beneficiaries.tables import person
from app.clock import local_date
from app.errors import InputError, NotFound
from app.messaging.outbox import Notice, queue
from app.messaging.states import SIGNED_OUT
from app.messaging.terms import Plan
from app.privacy import Keyring
from app.self_service.asking import Dice
from app.self_service.sessions import LASTS
from app.self_service.tables import SENT, own_code, own_session

ROLES = ("maker", "checker")
"""Who does it: officers of the person's commune, or of the whole province."""
_HOUR = timedelta(hours=1)
_CHANCE = 7
_TEXT = (
    "Trang xem tien cua Ong/Ba da duoc dong tren moi may ngay {day}."
    " Khong yeu cau viec nay, goi {help}"
)


def live_sessions(session: Session, person_id: int, now: datetime) -> int:
    """How many sessions may read of the person now. Raises NotFound."""
    return _live(session, _who(session, person_id), now)


def _live(session: Session, row: Row[Any], now: datetime) -> int:
    mine = own_session.c
    alive = or_(*(
        (mine.place == place)
        & (mine.seen_at > now - lasts.idle)
        & (mine.opened_at > now - lasts.longest)
        for place, lasts in LASTS.items()
    ))  # fmt: skip
    query = select(func.count()).where(mine.ended_at.is_(None), _reads_of(row), alive)
    return session.scalar(query) or 0


def end_all(
    session: Session,
    keyring: Keyring,
    plan: Plan | None,
    username: str,
    person_id: int,
    ground: str,
    dice: Dice,
    now: datetime,
) -> int:
    """End every session that reads of a person, on a ground; gives how many were live.

    The person is told by SMS where any was live and the number may still be answered. Raises
    InputError without a ground, NotFound for a person who is not known, and as `Scope.require` does
    for one who does not live where the officer looks after people.
    """
    if not ground.strip():
        raise InputError("Chưa ghi lý do.", "Ghi người dân báo gì, ví dụ mất điện thoại.")
    row = _who(session, person_id)
    scope_of(session, username, now, ROLES).require(row.area_code)
    # One at a time: the button may be pressed twice.
    session.execute(select(person.c.id).where(person.c.id == person_id).with_for_update())
    live = _live(session, row, now)
    ended = update(own_session).where(own_session.c.ended_at.is_(None), _reads_of(row))
    session.execute(ended.values(ended_at=now, ended_by="officer"))
    _spoil_codes(session, keyring, person_id, row.phone_key, now)
    record(session, now, username, "self:session:end", f"person:{person_id}", ground.strip(),
           after={"sessions": live})  # fmt: skip
    if plan is not None and live and row.is_answered:
        queue(session, keyring, plan, [_notice(keyring, plan, row, dice, now)], now)
    return live


def _who(session: Session, person_id: int) -> Row[Any]:
    """(id, area_code, phone_key, phone_cipher, bound_key, is_answered) of a person."""
    of = person.c
    query = select(of.id, of.area_code, of.phone_key, of.phone_cipher, of.bound_key,
                   may_be_answered().label("is_answered"))  # fmt: skip
    row = session.execute(query.where(of.id == person_id)).one_or_none()
    if row is None:
        raise NotFound(f"Không có người hưởng số {person_id}.", "Kiểm tra lại số.")
    return row


def _reads_of(row: Row[Any]) -> ColumnElement[bool]:
    mine = own_session.c
    shared = mine.phone_key == row.phone_key
    return or_(mine.person_id == row.id, shared) if row.phone_key else mine.person_id == row.id


def _spoil_codes(
    session: Session, keyring: Keyring, person_id: int, phone_key: str, now: datetime
) -> None:
    """Codes that left within the hour in which a code is typed: no digits are right any more. That
    they were asked for, sent and tried still counts, else who has the phone could begin anew."""
    of = own_code.c
    whose = or_(of.person_id == person_id, (of.phone_key == phone_key) & (of.phone_key != ""))
    sent = whose & (of.outcome == SENT) & (of.made_at > now - _HOUR)
    rows = [dict(row) for row in session.execute(select(own_code).where(sent)).mappings()]
    if not rows:
        return
    session.execute(delete(own_code).where(of.request_id.in_([one["request_id"] for one in rows])))
    nothing = keyring.index("own_code.code", "")
    session.execute(insert(own_code), [{**one, "code_key": nothing} for one in rows])


def _notice(keyring: Keyring, plan: Plan, row: Row[Any], dice: Dice, now: datetime) -> Notice:
    phone = keyring.decrypt("person.phone", row.bound_key, row.phone_cipher)
    text = _TEXT.format(day=f"{local_date(now):%d/%m}", help=plan.help_number)
    event = int.from_bytes(dice(_CHANCE))
    return Notice(SIGNED_OUT, event, row.id, row.phone_key, phone, text=text)
