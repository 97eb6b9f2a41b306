"""Banking days of this installation: the shipped calendar, and what two officers set since."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import Signer, confirm_together
from app.audit.trail import record
from app.errors import InputError, Refused
from app.privacy import Keyring
from app.reference.calendar import Calendar, holiday_name
from app.schedule.tables import calendar_day
from ledger.bulk import insert_one

STEP = "set_calendar"
KINDS = ("open", "closed")
TEXT_MAX = 300
WEEKEND = 5
"""The number of Saturday, where Monday is 0."""


@dataclass(frozen=True, slots=True)
class MovedDay:
    """A day that banks work ('open') or not ('closed'), its name, and the decision that says so."""

    day: date
    kind: str
    name: str
    source: str

    @property
    def about(self) -> str:
        """The day, as an act of two names it."""
        return f"calendar:{self.day.isoformat()}"

    @property
    def digest(self) -> str:
        """SHA-256 over all of it: what the two officers confirm."""
        said = "|".join(("calendar", self.day.isoformat(), self.kind, self.name, self.source))
        return hashlib.sha256(said.encode()).hexdigest()


def calendar_of(session: Session) -> Calendar:
    """The calendar with every day that was set; of one day the newest counts."""
    rows = session.execute(select(calendar_day.c.day, calendar_day.c.kind).order_by("id"))
    return Calendar({row.day: row.kind == "open" for row in rows})


class UnusualDay(NamedTuple):
    """A day that differs from Monday to Friday, or that two officers set: whether banks work on it,
    what it is called, and the decision where it was set."""

    day: date
    is_open: bool
    name: str
    source: str


def unusual_days(session: Session, year: int) -> list[UnusualDay]:
    """The days of a year that differ from Monday to Friday or were set, in their order."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    known = {row.day: row for row in days_set(session, first, last)}
    days = calendar_of(session)
    every = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [
        UnusualDay(
            day,
            days.is_banking_day(day),
            known[day].name if day in known else holiday_name(day),
            known[day].source if day in known else "",
        )
        for day in every
        if day in known or days.is_banking_day(day) != (day.weekday() < WEEKEND)
    ]


def days_set(session: Session, first: date, last: date) -> list[Row[Any]]:
    """What was set for the days from `first` to `last`, in the order it was set."""
    query = select(calendar_day).where(calendar_day.c.day.between(first, last))
    return list(session.execute(query.order_by(calendar_day.c.day, calendar_day.c.id)))


def set_day(
    session: Session, keyring: Keyring, signers: Sequence[Signer], moved: MovedDay, now: datetime
) -> int:
    """Two finance officers set what a day is; gives the row's id. What was set before stays.

    Raises InputError without a name or a decision, Refused when the day is so already, and as
    `confirm_together` does.
    """
    _refuse_untold(moved)
    known = days_set(session, moved.day, moved.day)
    if known and (known[-1].kind, known[-1].source) == (moved.kind, moved.source):
        raise Refused(
            f"Ngày {moved.day:%d/%m/%Y} đã được đặt như vậy rồi.", "Xem: ansinh calendar show."
        )
    what = Confirmation(step=STEP, digest=moved.digest, things=1, total=0)
    joint = confirm_together(session, keyring, signers, moved.about, now, what)
    number = insert_one(
        session,
        calendar_day,
        day=moved.day,
        kind=moved.kind,
        name=moved.name,
        source=moved.source,
        joint_id=joint,
        recorded_at=now,
    )
    names = ",".join(str(one.officer_id) for one in signers)
    said = f"{moved.kind}: {moved.name} ({moved.source})"
    was = {"kind": known[-1].kind, "source": known[-1].source} if known else {}
    after = {"kind": moved.kind, "source": moved.source}
    record(session, now, names, "schedule:calendar:set", moved.about, said, before=was, after=after)
    return number


def _refuse_untold(moved: MovedDay) -> None:
    if moved.kind not in KINDS:
        raise InputError(f"Loại ngày “{moved.kind}” không có.", "Ghi open (làm việc) hoặc closed.")
    if not moved.name.strip() or not moved.source.strip():
        raise InputError(
            "Thiếu tên ngày hoặc văn bản quyết định.",
            "Ghi --name và --source, ví dụ “Công văn 123/BNV ngày 02/01/2026”.",
        )
    if max(len(moved.name), len(moved.source)) > TEXT_MAX:
        raise InputError(f"Tên hoặc văn bản dài quá {TEXT_MAX} ký tự.", "Ghi ngắn lại.")
