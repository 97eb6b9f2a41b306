"""Calling back: who was promised it, on which number, by when, and what became of each attempt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, insert, or_, select
from sqlalchemy.orm import Session

from app.access.scope import Scope
from app.access.tables import officer
from app.audit.trail import record
from app.beneficiaries.reached import is_verified, lives
from app.beneficiaries.tables import person
from app.clock import TIME_ZONE, local_date
from app.errors import Conflict, InputError, NotFound, Refused
from app.hotline.asking import Caller
from app.hotline.states import ATTEMPTS, NO_ANSWER, REASONS, RESULTS
from app.hotline.tables import hotline_attempt, hotline_call
from app.privacy import Keyring
from app.schedule.calendar import calendar_of
from ledger.bulk import insert_one

SOON, TODAY, NEXT_DAY = "soon", "today", "next_day"
TERMS: Mapping[str, timedelta | None] = {
    SOON: timedelta(hours=1),
    TODAY: timedelta(hours=4),
    NEXT_DAY: None,
}
"""By when somebody is called back: within an hour, within four, on the next working day."""
EVENING, MORNING, NIGHT = time(17), time(9), time(20)
"""When the working day ends; and nobody is called after `NIGHT`, but from the next `MORNING` on."""
SHOWN = 50
LEFT_LYING = timedelta(days=14)
"""So long other officers of the hotline see what one has left beyond its time."""


def promise(
    session: Session, whose: Scope, caller: Caller, about: str, term: str, now: datetime
) -> int:
    """Promise a known caller to be called back; gives the number, of the one that is there already
    in this call. Raises InputError, Refused where nobody vouches for a number."""
    if about not in REASONS or term not in TERMS:
        raise InputError("Chưa chọn việc hoặc giờ gọi lại.", "Chọn trong danh sách.")
    held = session.scalar(
        select(person.c.id).where(person.c.id == caller.person_id, is_verified()).with_for_update()
    )
    if held is None:
        raise Refused(
            "Người này chưa có số điện thoại được xác nhận.",
            "Mời người dân đến UBND xã ghi lại số điện thoại.",
        )
    if (number := promised(session, caller.lookup_id)) is not None:
        return number
    values = {"lookup_id": caller.lookup_id, "person_id": caller.person_id, "about": about}
    due = due_at(session, term, now)
    number = insert_one(session, hotline_call, **values, officer_id=whose.officer_id, due_at=due,
                        asked_at=now)  # fmt: skip
    record(session, now, whose.username, "hotline:call:promise", f"person:{caller.person_id}",
           f"call:{number}", after={"about": about, "due": due})  # fmt: skip
    return number


def may_be_called(session: Session, person_id: int) -> bool:
    """Whether somebody vouches for a number of the person."""
    query = select(person.c.id).where(person.c.id == person_id, is_verified())
    return session.scalar(query) is not None


def promised(session: Session, lookup_id: int) -> int | None:
    """The call back that was promised in a call, None for none."""
    query = select(hotline_call.c.id).where(hotline_call.c.lookup_id == lookup_id)
    return session.scalar(query)


def due_at(session: Session, term: str, now: datetime) -> datetime:
    """By when: a number of hours from now, but not in the night; or the evening of the next working
    day."""
    span, today = TERMS[term], local_date(now)
    if span is None:
        day = calendar_of(session).add_banking_days(today, 1)
        return datetime.combine(day, EVENING, TIME_ZONE)
    due, until = now + span, datetime.combine(today, NIGHT, TIME_ZONE)
    begins = datetime.combine(today, MORNING, TIME_ZONE)
    if due > until:
        return begins + timedelta(days=1)
    return max(due, begins)


def open_calls(session: Session, whose: Scope, now: datetime) -> Sequence[Row[Any]]:
    """(call, name, phone_tail, area_code, officer, attempts) of calls an officer has promised and
    of overdue ones that others of his communes have; what is due first stands first."""
    rows = session.execute(
        _calls().where(_his(whose, now), _is_open()).order_by(hotline_call.c.due_at).limit(SHOWN)
    )
    return rows.all()


def how_many(session: Session, whose: Scope, now: datetime, most: int) -> int:
    """How many calls wait for an officer, at most `most` + 1."""
    of_person = hotline_call.join(person, person.c.id == hotline_call.c.person_id)
    query = select(hotline_call.c.id).select_from(of_person).where(_his(whose, now), _is_open())
    bounded = query.limit(most + 1).subquery()
    return session.scalar(select(func.count()).select_from(bounded)) or 0


def call_of(session: Session, whose: Scope, number: int, now: datetime) -> Row[Any]:
    """A call that is this officer's to make, as `open_calls`. Raises NotFound; Conflict where it
    is done."""
    row = session.execute(
        _calls().where(hotline_call.c.id == number, _his(whose, now))
    ).one_or_none()
    if row is None:
        raise NotFound("Không có cuộc gọi lại này.", "Xem danh sách việc của bạn.")
    if not session.scalar(select(_is_open()).where(hotline_call.c.id == number)):
        raise Conflict("Cuộc gọi lại này đã xong.", "Xem danh sách việc của bạn.")
    return row


def number_of(session: Session, keyring: Keyring, whose: Scope, number: int, now: datetime) -> str:
    """The number to dial, in clear: kept in the trail. Raises as `call_of`, and Refused where
    nobody vouches for it any more."""
    row = call_of(session, whose, number, now)
    query = select(person.c.bound_key, person.c.phone_cipher)
    mine = person.c.id == row.person_id, is_verified(), lives()
    who = session.execute(query.where(*mine)).one_or_none()
    if who is None:
        raise Refused(
            "Người này chưa có số điện thoại được xác nhận.",
            "Mời người dân đến UBND xã ghi lại số điện thoại.",
        )
    record(session, now, whose.username, "hotline:call:number", f"person:{row.person_id}",
           f"call:{number}")  # fmt: skip
    return keyring.decrypt("person.phone", who.bound_key, who.phone_cipher)


def attempted(
    session: Session, whose: Scope, number: int, ordinal: int, result: str, now: datetime
) -> None:
    """Keep what became of an attempt, which is the `ordinal`-th. A call is done when somebody
    answered, or nobody did three times. Raises InputError, as `call_of`, and Conflict where this
    attempt is kept already."""
    if result not in RESULTS:
        raise InputError("Chưa chọn kết quả gọi.", "Chọn trong danh sách.")
    session.execute(
        select(person.c.id)
        .join(hotline_call, hotline_call.c.person_id == person.c.id)
        .where(hotline_call.c.id == number)
        .with_for_update(of=person)
    )
    row = call_of(session, whose, number, now)
    if row.attempts + 1 != ordinal:
        raise Conflict("Lần gọi này đã ghi rồi.", "Xem lại cuộc gọi.")
    values = {"call_id": number, "ordinal": ordinal, "officer_id": whose.officer_id}
    session.execute(insert(hotline_attempt).values(**values, result=result, called_at=now))
    record(session, now, whose.username, "hotline:call:attempt", f"person:{row.person_id}",
           f"call:{number}", after={"result": result, "in_time": now <= row.due_at})  # fmt: skip


def _calls() -> Any:
    tried = (
        select(func.count()).where(hotline_attempt.c.call_id == hotline_call.c.id).scalar_subquery()
    )
    columns = person.c.name, person.c.phone_tail, person.c.area_code
    return (
        select(hotline_call, *columns, officer.c.name.label("officer"), tried.label("attempts"))
        .join(person, person.c.id == hotline_call.c.person_id)
        .join(officer, officer.c.id == hotline_call.c.officer_id)
    )


def _his(whose: Scope, now: datetime) -> ColumnElement[bool]:
    """His own, and what others have left lying beyond its time; within his communes."""
    due = hotline_call.c.due_at
    left = and_(due < now, due > now - LEFT_LYING)
    mine = or_(hotline_call.c.officer_id == whose.officer_id, left)
    return mine & whose.within(person.c.area_code)


def _is_open() -> ColumnElement[bool]:
    """Nobody answered yet, and not three times nobody."""
    of = hotline_attempt.c
    done = or_(of.result != NO_ANSWER, of.ordinal == ATTEMPTS)
    return ~select(of.call_id).where(of.call_id == hotline_call.c.id, done).exists()
