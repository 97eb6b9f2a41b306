"""One person registered twice: the other rows point to the one that stays, and end.

Nothing that was owed or paid is touched. The rows that go are on no list any more, whatever a
commune's workbook still says; what they were granted counts as granted to the person who stays,
so a month paid to both shows as paid too much, and no arrears are paid a second time. What is
still owed to a lost row is paid to the one that stays (`app.payroll.payable`). A programme
that only a lost row had is for the commune to list under the ID that stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, case, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from app.beneficiaries.history_tables import person_change
from app.beneficiaries.tables import enrolment, enrolment_change, person
from app.errors import Conflict, InputError
from app.events.proposals import next_list
from ledger.schema import Moment


def kept_of(session: Session, people: Sequence[int], wanted: int | None) -> int:
    """Who stays: the one asked for, or the one registered first.

    Raises InputError for somebody else's number or a case of one person, Conflict where one of
    them was merged before.
    """
    kept = min(people) if wanted is None else wanted
    if kept not in people or len(people) < 2:
        raise InputError("Chỉ gộp được những người có tên trong nghi vấn này.",
                         "Xem số bằng `ansinh doubles show`.")  # fmt: skip
    merged = select(person.c.id).where(
        person.c.id.in_(people), person.c.merged_into_id.is_not(None)
    )
    if session.scalars(merged).first() is not None:
        raise Conflict("Có hồ sơ đã được gộp trước đó.", "Chạy lại `ansinh doubles find`.")
    return kept


def merge(session: Session, people: Sequence[int], kept: int, now: datetime, actor: str) -> None:
    """Point the others to the one that stays, and end their enrolments with their last list."""
    lost = [one for one in people if one != kept]
    session.execute(update(person).where(person.c.id.in_(lost)).values(merged_into_id=kept))
    # Rows merged into a lost one earlier follow it.
    session.execute(
        update(person).where(person.c.merged_into_id.in_(lost)).values(merged_into_id=kept)
    )
    _told(session, lost, kept, now, actor)
    _end(session, lost, now)
    _look_again(session, kept, next_list(session, now))


def _told(session: Session, lost: Sequence[int], kept: int, now: datetime, actor: str) -> None:
    same = {"field": "merged_into_id", "old": "", "new": str(kept), "source": "doubles"}
    rows = [{"person_id": one, **same, "recorded_at": now, "recorded_by": actor} for one in lost]
    session.execute(insert(person_change), rows)


def _look_again(session: Session, kept: int, period: str) -> None:
    """What was granted to both is looked at by the next list, which names what ended as well."""
    c = enrolment.c
    ended = and_(c.stop_period < period, c.seen_period < period)
    session.execute(
        update(enrolment)
        .where(c.person_id == kept)
        .values(
            changed_period=period,
            seen_period=case((ended, period), else_=c.seen_period),
        )
    )


def _end(session: Session, lost: Sequence[int], now: datetime) -> None:
    """What still runs ends with the last list that named it."""
    c = enrolment.c
    goes_on = or_(c.stop_period.is_(None), c.stop_period > c.seen_period)
    theirs = and_(c.person_id.in_(lost), goes_on)
    columns = ["enrolment_id", "period", "field", "old", "new", "recorded_at"]
    told = (func.coalesce(c.stop_period, ""), c.seen_period, literal(now, Moment))
    known = enrolment_change.alias("known")
    twice = and_(known.c.enrolment_id == c.id, known.c.period == c.seen_period,
                 known.c.field == "stop_period")  # fmt: skip
    before = select(c.id, c.seen_period, literal("stop_period"), *told).where(
        theirs, ~select(known.c.id).where(twice).exists()
    )
    session.execute(insert(enrolment_change).from_select(columns, before, include_defaults=False))
    session.execute(
        update(enrolment).where(theirs).values(stop_period=c.seen_period, stop_cause="merged")
    )
