"""Slots: which moments a job is due, named by its rule and not by the clock that reads it.

A slot of a month is named by the day the rule says (the 18th), not by the banking day it falls
on: when the government moves a day off, the slot moves with its name and is still run once. All
times are Viet Nam's, which knows no daylight saving.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, Protocol

from app.clock import TIME_ZONE, local_date
from app.months import day_in, month_of, months_between, shift
from app.reference.calendar import Calendar

_ONE_DAY = timedelta(days=1)
_LONGEST_ROLL = timedelta(days=31)

Roll = Literal["back", "forward", "none"]
_ROLLS = {"back": ", lùi về ngày làm việc trước", "forward": ", sang ngày làm việc sau", "none": ""}


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """When a job is due (an aware moment), the slot's name, and the day that its rule says."""

    at: datetime
    name: str
    day: date

    @property
    def month(self) -> str:
        """The month the rule's day lies in, 'YYYY-MM'."""
        return month_of(self.day)

    @property
    def next_month(self) -> str:
        """The month after: whose list is made in this one."""
        return shift(self.month, 1)


class Rule(Protocol):
    """When a job is due."""

    @property
    def says(self) -> str:
        """The rule in Vietnamese words."""

    def slots(self, after: datetime, until: datetime, calendar: Calendar) -> Iterator[Slot]:
        """Every slot due later than `after` and not later than `until`, in order."""


@dataclass(frozen=True, slots=True)
class Every:
    """Every so many minutes (a divisor of 60) from the first to the last hour, both included."""

    minutes: int
    first_hour: int = 0
    last_hour: int = 23
    banking_days: bool = False

    @property
    def says(self) -> str:
        """The rule in Vietnamese words."""
        said = f"mỗi {self.minutes} phút"
        if (self.first_hour, self.last_hour) != (0, 23):
            said = f"{said}, từ {self.first_hour} giờ đến {self.last_hour} giờ 59"
        return f"{said}, ngày ngân hàng làm việc" if self.banking_days else said

    def slots(self, after: datetime, until: datetime, calendar: Calendar) -> Iterator[Slot]:
        """Named by the minute, e.g. '2026-10-12T08:30'."""
        for day in _days(local_date(after), local_date(until)):
            if self.banking_days and not calendar.is_banking_day(day):
                continue
            for hour in range(self.first_hour, self.last_hour + 1):
                for minute in range(0, 60, self.minutes):
                    at = datetime.combine(day, time(hour, minute), TIME_ZONE)
                    if after < at <= until:
                        yield Slot(at, f"{at:%Y-%m-%dT%H:%M}", day)


@dataclass(frozen=True, slots=True)
class Daily:
    """Once a day."""

    at: time
    banking_days: bool = False

    @property
    def says(self) -> str:
        """The rule in Vietnamese words."""
        at = f"{self.at:%H:%M}"
        return f"{at} ngày ngân hàng làm việc" if self.banking_days else f"{at} hằng ngày"

    def slots(self, after: datetime, until: datetime, calendar: Calendar) -> Iterator[Slot]:
        """Named by the day, e.g. '2026-10-12'."""
        for day in _days(local_date(after), local_date(until)):
            at = datetime.combine(day, self.at, TIME_ZONE)
            works = not self.banking_days or calendar.is_banking_day(day)
            if works and after < at <= until:
                yield Slot(at, day.isoformat(), day)


@dataclass(frozen=True, slots=True)
class Monthly:
    """On days of each month (1-28); on a day off it rolls back or forward to a banking day."""

    days: tuple[int, ...]
    at: time
    roll: Roll = "back"

    @property
    def says(self) -> str:
        """The rule in Vietnamese words."""
        days = ", ".join(str(day) for day in self.days)
        return f"{self.at:%H:%M} ngày {days} hằng tháng{_ROLLS[self.roll]}"

    def slots(self, after: datetime, until: datetime, calendar: Calendar) -> Iterator[Slot]:
        """Named by the day of the rule, e.g. '2026-10-18' though it ran on Friday the 16th."""
        first = month_of(local_date(after) - _LONGEST_ROLL)
        last = month_of(local_date(until) + _LONGEST_ROLL)
        days = [day_in(month, day) for month in months_between(first, last) for day in self.days]
        found = [self._slot(day, calendar) for day in days]
        yield from sorted(slot for slot in found if after < slot.at <= until)

    def _slot(self, day: date, calendar: Calendar) -> Slot:
        falls_on = day
        if self.roll == "back":
            falls_on = calendar.roll_back(day)
        elif self.roll == "forward":
            falls_on = calendar.roll_forward(day)
        return Slot(datetime.combine(falls_on, self.at, TIME_ZONE), day.isoformat(), day)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _ONE_DAY
