"""Everything an officer was granted: from when to when, by whom, and why it ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.granting import EMERGENCY_LONGEST, Terms
from app.access.role_tables import EMERGENCY, STANDING, role_end, role_grant
from app.access.tables import joint_act, officer
from app.clock import TIME_ZONE, local_date
from app.errors import InputError

_MINUTES_MOST = int(EMERGENCY_LONGEST.total_seconds()) // 60


class Granted(NamedTuple):
    """A grant as it was given: `unit` '' for the whole province, `department` '' for every
    programme, `cap` in đồng for a role that is lent; `by` are the user names of the two, none for
    one that founded the installation; `ended_at` when it was taken back before its time."""

    number: int
    role: str
    unit: str
    department: str
    kind: str
    since: datetime
    until: datetime
    cap: int | None
    by: tuple[str, ...]
    ended_at: datetime | None
    ended_for: str | None

    def is_open(self, now: datetime) -> bool:
        """Whether it is neither over nor taken back; it may begin later."""
        return self.ended_at is None and self.until > now


def grants_of(session: Session, officer_id: int) -> list[Granted]:
    """Every grant of an officer in the order it was given; two queries."""
    rows = session.execute(
        select(role_grant, role_end.c.ended_at, role_end.c.reason, joint_act.c.officer_one,
               joint_act.c.officer_two)
        .outerjoin(role_end, role_end.c.grant_id == role_grant.c.id)
        .outerjoin(joint_act, joint_act.c.id == role_grant.c.joint_id)
        .where(role_grant.c.officer_id == officer_id)
        .order_by(role_grant.c.id)
    ).all()  # fmt: skip
    wanted = {one for row in rows for one in (row.officer_one, row.officer_two)}
    named = select(officer.c.id, officer.c.username).where(officer.c.id.in_(wanted))
    names = {row.id: row.username for row in session.execute(named)}
    return [_granted(row, _named(names, row.officer_one, row.officer_two)) for row in rows]


def _named(names: Mapping[int, str], *numbers: int | None) -> tuple[str, ...]:
    return tuple(sorted(names[one] for one in numbers if one is not None))


class Lent(NamedTuple):
    """A role that was lent, and the name of who has it."""

    granted: Granted
    borrower: str


def lent_by(session: Session, officer_id: int) -> list[Lent]:
    """What an officer has lent, in the order it was lent; whoever has it now."""
    lent, own = role_grant, role_grant.alias("own")
    rows = session.execute(
        select(lent, role_end.c.ended_at, role_end.c.reason, officer.c.name)
        .join(own, own.c.id == lent.c.lent_id)
        .join(officer, officer.c.id == lent.c.officer_id)
        .outerjoin(role_end, role_end.c.grant_id == lent.c.id)
        .where(own.c.officer_id == officer_id)
        .order_by(lent.c.id)
    ).all()
    return [Lent(_granted(row, ()), row.name) for row in rows]


def _granted(row: Any, by: tuple[str, ...]) -> Granted:
    return Granted(
        row.id, row.role, row.unit_code, row.department, row.kind, row.valid_from,
        row.valid_until, row.cap, by, row.ended_at, row.reason,
    )  # fmt: skip


def terms_asked(
    role: str,
    unit: str,
    department: str,
    since: date | None,
    until: date | None,
    minutes: int,
    now: datetime,
) -> Terms:
    """What is asked for with days as people say them: from the first moment of `since` (now where
    that is over or None) to the last of `until`; or for so many `minutes` in an emergency.

    Raises InputError unless just one end is named, and for more minutes than an emergency lasts.
    """
    if (until is None) == (minutes == 0):
        raise InputError(
            "Ghi ngày hết hạn, hoặc số phút của quyền xem khẩn cấp.", "Ví dụ 30/06/2027."
        )
    begins = max(now, day_begins(since)) if since else now
    if until is not None:
        return Terms(role, unit, begins, day_ends(until), department, STANDING)
    if not 0 < minutes <= _MINUTES_MOST:
        raise InputError("Số phút khẩn cấp không dùng được.", f"Ghi từ 1 đến {_MINUTES_MOST} phút.")
    return Terms(role, unit, begins, now + timedelta(minutes=minutes), department, EMERGENCY)


def day_begins(day: date) -> datetime:
    """The first moment of a day here."""
    return datetime.combine(day, time(), TIME_ZONE)


def day_ends(day: date) -> datetime:
    """The first moment after a day here."""
    return day_begins(day + timedelta(days=1))


def last_day(until: datetime) -> date:
    """The last day here on which what counts up to a moment still counts."""
    return local_date(until - timedelta(microseconds=1))
