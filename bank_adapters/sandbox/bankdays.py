"""The institution's calendar: its clock, banking days and hours.

Moments are texts in ISO 8601 at +07:00 (Vietnam has no summer time), whole seconds, so
that text order is time order.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
OPENS = time(8, 0)
CLOSES = time(17, 0)
DAY_END = time(17, 30)
RETURN_TIME = time(9, 0)
ANSWER_TIME = time(10, 0)
RETURN_DAYS = 3
LATE_RETURN_DAY = 13
POST_PAYING_DAYS = 5
POST_SETTLEMENT_DAY = 18


def moment(text: str) -> datetime:
    """Read an ISO moment that states its offset; ValueError when it does not."""
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError(f"'{text}' states no offset; write it like 2026-10-05T09:00:00+07:00")
    return read.astimezone(VIETNAM).replace(microsecond=0)


class Calendar:
    """Banking days are Monday to Friday less the holidays of the configuration."""

    def __init__(self, holidays: Collection[date] = ()) -> None:
        self._holidays = frozenset(holidays)

    def is_banking_day(self, day: date) -> bool:
        """Whether the bank books on this day."""
        return day.weekday() < 5 and day not in self._holidays

    def after(self, day: date, count: int = 1) -> date:
        """The `count`-th banking day after `day`."""
        for _ in range(count):
            day += timedelta(days=1)
            while not self.is_banking_day(day):
                day += timedelta(days=1)
        return day

    def on_or_after(self, day: date) -> date:
        """`day` itself when the bank is open, else the next day it is."""
        return day if self.is_banking_day(day) else self.after(day)

    def booking_date(self, at: datetime) -> date:
        """The day under which a movement at this moment stands in the statement."""
        if self.is_banking_day(at.date()) and at.time() < DAY_END:
            return at.date()
        return self.after(at.date())

    def execution(self, arrival: datetime, requested: date) -> datetime:
        """When a payment file is executed: at once in banking hours, else when they begin."""
        if requested > arrival.date():
            return _at(self.on_or_after(requested), OPENS)
        if self.is_banking_day(arrival.date()):
            if OPENS <= arrival.time() < CLOSES:
                return arrival
            if arrival.time() < OPENS:
                return _at(arrival.date(), OPENS)
        return _at(self.after(arrival.date()), OPENS)

    def return_at(self, executed: datetime) -> datetime:
        """When an executed payment comes back."""
        return _at(self.after(executed.date(), RETURN_DAYS), RETURN_TIME)

    def late_return_at(self, executed: datetime) -> datetime:
        """When a payment comes back after its month was closed."""
        next_month = (executed.date().replace(day=1) + timedelta(days=32)).replace(
            day=LATE_RETURN_DAY
        )
        return _at(self.on_or_after(next_month), RETURN_TIME)

    def list_start(self, arrival: datetime) -> datetime:
        """When a list provider sets the money of a list aside."""
        return _at(self.after(arrival.date()), OPENS)

    def list_answer(self, provider: str, arrival: datetime) -> datetime:
        """When a list provider answers; the post office settles on a fixed day of the month."""
        day = self.after(arrival.date())
        if provider == "postoffice":
            day = max(day, arrival.date().replace(day=POST_SETTLEMENT_DAY))
        return _at(day, ANSWER_TIME)

    def paid_on(self, provider: str, start: date, answer: date, number: int) -> date:
        """The day on which a line is paid; the post office spreads them over five days."""
        if provider != "postoffice":
            return answer
        first = self.on_or_after(start)
        return min(self.after(first, number % POST_PAYING_DAYS), answer)


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, VIETNAM)
