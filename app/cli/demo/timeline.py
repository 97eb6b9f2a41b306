"""The calendar of a payment month: which job or act falls on which moment.

List and money before the 25th of the month before, payment on the due day,
repairs and re-issue in the week after, settlement on the 19th, close on the last day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.clock import TIME_ZONE
from app.months import day_in, shift
from app.reference.calendar import add_banking_days, is_banking_day, next_banking_day, roll_forward
from ledger.periods import days_of

LIST_DAY, DUE_DAY, SETTLEMENT_DAY = 20, 10, 19


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One thing that happens at a moment: its slot's name, and the name of the act."""

    at: datetime
    order: int
    act: str
    period: str

    @property
    def slot(self) -> str:
        """The slot of the fence, unique for ever."""
        return f"{self.period}@{self.at:%Y-%m-%dT%H:%M}"


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a payment month."""

    listed: date
    approved: date
    funded: date
    built: date
    due: date
    repaired: date
    followed: date
    settled: date
    closed: date


def days(period: str) -> Days:
    """The days of a payment month, on banking days."""
    listed = roll_forward(day_in(shift(period, -1), LIST_DAY))
    approved = next_banking_day(listed)
    due, settled = roll_forward(day_in(period, DUE_DAY)), day_in(period, SETTLEMENT_DAY)
    # What is paid again is answered before the settlement, however many holidays lie before it.
    followed = min(add_banking_days(due, 4), _banking_day_before(settled))
    return Days(
        listed=listed,
        approved=approved,
        funded=next_banking_day(approved),
        built=_banking_day_before(due),
        due=due,
        repaired=_banking_day_before(followed),
        followed=followed,
        settled=settled,
        closed=days_of(period)[1],
    )


def steps(period: str) -> list[Step]:
    """Every step of a month, in time order."""
    found = [
        Step(datetime.combine(day, time.fromisoformat(at), TIME_ZONE), number, act, period)
        for number, (day, at, act) in enumerate(_plan(days(period)))
    ]
    return sorted(found)


def _plan(d: Days) -> Iterator[tuple[date, str, str]]:
    yield d.listed, "08:00", "import"
    yield d.listed, "14:00", "open_payrolls"
    yield d.approved, "08:30", "submit"
    yield d.approved, "10:00", "check"
    yield d.approved, "14:00", "approve"
    yield d.funded, "09:00", "request_funding"
    yield d.funded, "10:00", "treasury"
    yield d.funded, "11:00", "collect"
    yield d.built, "09:00", "build"
    yield d.built, "14:00", "release"
    yield d.due, "08:30", "send"
    yield d.due, "10:00", "collect"
    yield d.due, "14:00", "resend"
    yield d.due, "14:30", "collect"
    yield d.due, "17:45", "collect"
    yield from _daily(d)
    yield d.repaired, "18:00", "repair"
    yield d.followed, "08:30", "follow_up"
    yield d.followed, "08:40", "submit"
    yield d.followed, "09:00", "check"
    yield d.followed, "09:20", "approve"
    yield d.followed, "09:30", "build_follow_up"
    yield d.followed, "09:40", "release"
    yield d.followed, "10:30", "send"
    yield d.followed, "11:30", "collect"
    yield d.followed, "14:00", "resend"
    yield d.followed, "14:30", "collect"
    yield d.settled, "12:00", "collect"
    yield d.settled, "20:30", "follow_accounts"
    yield d.settled, "20:40", "close_days"
    yield d.settled, "22:00", "settle"
    yield d.settled, "22:15", "check_settlement"
    yield d.closed, "18:00", "collect"
    yield d.closed, "18:02", "close_days"
    yield d.closed, "18:30", "seal_chain"
    yield d.closed, "18:45", "proofs"
    yield d.closed, "19:00", "close"


def _daily(d: Days) -> Iterator[tuple[date, str, str]]:
    """Twice each banking day from the day after payment to the settlement day."""
    day = d.due + timedelta(days=1)
    while day < d.settled:
        if is_banking_day(day):
            yield day, "10:45", "collect"
            yield day, "17:45", "collect"
        day += timedelta(days=1)


def _banking_day_before(day: date) -> date:
    day -= timedelta(days=1)
    while not is_banking_day(day):
        day -= timedelta(days=1)
    return day


Act = Callable[[Step], str]
