"""When approvals and releases are taken: inside office hours, on the 23rd and 24th at any hour.

The theft of a night is done while nobody looks. The two days before the Treasury's money is due
stay open, since a list that is not approved then is paid late.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.clock import TIME_ZONE
from app.errors import Refused
from app.reference.calendar import is_banking_day

ALWAYS = "always"
OPEN_DAYS = (23, 24)
_DAYS_AHEAD = 40
_WRITTEN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Hours:
    """From when until when on a working day, in Viet Nam's time; `always` leaves it open."""

    opens: time = time(7)
    closes: time = time(18)
    always: bool = False


OFFICE_HOURS = Hours()


def parse_hours(told: str) -> Hours:
    """'07:00-18:00' or 'always'. Raises ValueError for anything else."""
    if told == ALWAYS:
        return Hours(always=True)
    found = _WRITTEN.fullmatch(told)
    if found is None:
        raise ValueError(f"{told!r} is neither HH:MM-HH:MM nor {ALWAYS}")
    first, last, until, end = map(int, found.groups())
    hours = Hours(time(first, last), time(until, end))
    if hours.opens >= hours.closes:
        raise ValueError(f"{told!r} ends before it begins")
    return hours


def require_open(hours: Hours, now: datetime) -> None:
    """Raise Refused outside the hours, with the moment when they open."""
    local = now.astimezone(TIME_ZONE)
    if hours.always or _is_open(hours, local):
        return
    opens = _opening(hours, local)
    raise Refused(
        f"Ngoài giờ duyệt chi ({hours.opens:%H:%M}–{hours.closes:%H:%M} ngày làm việc,"
        " riêng ngày 23 và 24 cả ngày).",
        f"Mở lại lúc {opens:%H:%M ngày %d/%m/%Y}.",
    )


def _is_open(hours: Hours, local: datetime) -> bool:
    if local.day in OPEN_DAYS:
        return True
    return is_banking_day(local.date()) and hours.opens <= local.time() < hours.closes


def _opening(hours: Hours, local: datetime) -> datetime:
    """The first moment after `local` at which it is open; every month has its 23rd."""
    days = (local.date() + timedelta(days=ahead) for ahead in range(_DAYS_AHEAD))
    starts = (_start(hours, day) for day in days)
    return next(one for one in starts if one is not None and one > local)


def _start(hours: Hours, day: date) -> datetime | None:
    if day.day in OPEN_DAYS:
        return datetime.combine(day, time(0), TIME_ZONE)
    return datetime.combine(day, hours.opens, TIME_ZONE) if is_banking_day(day) else None
