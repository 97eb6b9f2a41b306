"""When approvals and releases are taken: inside office hours, on the 23rd and 24th at any hour.

The theft of a night is done while nobody looks. The two days before the Treasury's money is due
stay open, since a list that is not approved then is paid late. Other hours are announced: two
finance officers set them for a later day. The database keeps the same hours by the time of the
act (`app/schema/guards/hours.py`), so they are rows and no setting of the machine.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import Signer, confirm_together
from app.audit.trail import record
from app.clock import TIME_ZONE, local_date
from app.errors import InputError, Refused
from app.payroll.hours_tables import approval_hours
from app.privacy import Keyring
from app.reference.calendar import Calendar
from app.schedule.calendar import calendar_of
from ledger.bulk import insert_one

STEP = "approval_hours"
OPEN_DAYS = (23, 24)
OPENS, CLOSES = "07:00", "18:00"
_DAYS_AHEAD = 40
_WRITTEN = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


@dataclass(frozen=True, slots=True)
class Hours:
    """From when until when ('HH:MM', Viet Nam's time) on working days, or on every day, from a
    first day on."""

    from_day: date = date.min
    opens: str = OPENS
    closes: str = CLOSES
    every_day: bool = False
    reason: str = ""

    @property
    def about(self) -> str:
        """The hours, as an act of two names them."""
        return f"{STEP}:{self.from_day.isoformat()}"

    @property
    def digest(self) -> str:
        """SHA-256 over all of it: what the two officers confirm."""
        said = (self.about, self.opens, self.closes, int(self.every_day), self.reason.strip())
        return hashlib.sha256("|".join(map(str, said)).encode()).hexdigest()

    def told(self) -> str:
        """In words, e.g. '07:00–18:00 ngày làm việc, riêng ngày 23 và 24 cả ngày'."""
        days = "mọi ngày" if self.every_day else "ngày làm việc"
        return f"{self.opens}–{self.closes} {days}, riêng ngày 23 và 24 cả ngày"


OFFICE_HOURS = Hours()


def hours_set(session: Session) -> list[Hours]:
    """Every set of hours, the one that counts least first."""
    row = approval_hours.c
    rows = session.execute(select(approval_hours).order_by(row.from_day, row.id))
    return [hours_of(one) for one in rows]


def hours_of(row: Any) -> Hours:
    """A row of the table of hours, as it was confirmed."""
    return Hours(row.from_day, row.opens, row.closes, bool(row.every_day), row.reason)


def hours_on(known: Sequence[Hours], day: date) -> Hours:
    """The hours of a day: those that were set, else office hours."""
    return next((one for one in reversed(known) if one.from_day <= day), OFFICE_HOURS)


def set_hours(
    session: Session, keyring: Keyring, signers: Sequence[Signer], hours: Hours, now: datetime
) -> int:
    """Two finance officers announce hours for a later day; gives the row's id.

    Raises InputError for hours, a day or a reason that cannot be, and as `confirm_together` does.
    """
    _require_sound(hours, now)
    before = hours_on(hours_set(session), hours.from_day)
    what = Confirmation(STEP, hours.digest, 1, 0)
    joint = confirm_together(session, keyring, signers, hours.about, now, what)
    values: dict[str, Any] = {"from_day": hours.from_day, "opens": hours.opens}
    values |= {"closes": hours.closes, "every_day": int(hours.every_day)}
    values |= {"reason": hours.reason.strip(), "joint_id": joint, "recorded_at": now}
    number = insert_one(session, approval_hours, **values)
    who = ",".join(str(one.officer_id) for one in signers)
    was, after = {"hours": before.told()}, {"hours": hours.told(), "reason": hours.reason.strip()}
    record(session, now, who, "payroll:hours:set", hours.about, before=was, after=after)
    return number


def _require_sound(hours: Hours, now: datetime) -> None:
    if not (_WRITTEN.fullmatch(hours.opens) and _WRITTEN.fullmatch(hours.closes)):
        raise InputError("Giờ phải viết HH:MM.", "Ví dụ --opens 07:00 --closes 18:00.")
    if hours.opens >= hours.closes:
        raise InputError("Giờ mở phải trước giờ đóng.", "Ví dụ --opens 07:00 --closes 18:00.")
    if hours.from_day <= local_date(now):
        raise InputError("Giờ duyệt chi phải báo trước.", "Chọn từ ngày mai trở đi.")
    if not hours.reason.strip():
        raise InputError("Đổi giờ duyệt chi phải có lý do.", "Ghi số văn bản làm căn cứ.")


def require_open(session: Session, now: datetime) -> None:
    """Raise Refused outside the hours, with the moment when they open."""
    known, calendar = hours_set(session), calendar_of(session)
    local = now.astimezone(TIME_ZONE)
    today = hours_on(known, local.date())
    if _is_open(today, calendar, local):
        return
    raise Refused(
        f"Ngoài giờ duyệt chi ({today.told()}).",
        f"Mở lại lúc {_opening(known, calendar, local):%H:%M ngày %d/%m/%Y}.",
    )


def _is_open(hours: Hours, calendar: Calendar, local: datetime) -> bool:
    if local.day in OPEN_DAYS:
        return True
    works = hours.every_day or calendar.is_banking_day(local.date())
    return works and hours.opens <= f"{local:%H:%M}" < hours.closes


def _opening(known: Sequence[Hours], calendar: Calendar, local: datetime) -> datetime:
    """The first moment after `local` at which it is open; every month has its 23rd."""
    days = (local.date() + timedelta(days=ahead) for ahead in range(_DAYS_AHEAD))
    starts = (_start(hours_on(known, day), calendar, day) for day in days)
    return next(one for one in starts if one is not None and one > local)


def _start(hours: Hours, calendar: Calendar, day: date) -> datetime | None:
    if day.day in OPEN_DAYS:
        return datetime.combine(day, time(0), TIME_ZONE)
    opens = datetime.combine(day, time.fromisoformat(hours.opens), TIME_ZONE)
    return opens if hours.every_day or calendar.is_banking_day(day) else None
