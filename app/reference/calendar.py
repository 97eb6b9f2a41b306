"""Banking days of Viet Nam: Monday to Friday, without public holidays.

Holidays come from the `holidays` package. It does not know every day the government
bridges or swaps late, so `data/calendar_overrides.csv` wins over it: kind `closed` shuts
a weekday, kind `open` opens a day the package calls a holiday. What two officers have set since
wins over both (`app/schedule`): a `Calendar` is handed their days.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

import holidays

_ONE_DAY = timedelta(days=1)


@cache
def overrides() -> dict[date, bool]:
    """Days that the table decides: True is open, False is closed."""
    text = files("app.reference").joinpath("data/calendar_overrides.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {date.fromisoformat(row["date"]): row["kind"] == "open" for row in rows}


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("VN", years=year))


@cache
def holiday_name(day: date) -> str:
    """The public holiday of this day in Vietnamese, '' on any other day."""
    return str(holidays.country_holidays("VN", years=day.year, language="vi").get(day) or "")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Banking days as they are known: `decided` are the days set since, True is open."""

    decided: Mapping[date, bool] = field(default_factory=dict)

    def is_banking_day(self, day: date) -> bool:
        """Whether banks settle on this day."""
        decided = self.decided.get(day, overrides().get(day))
        if decided is not None:
            return decided
        return day.weekday() < 5 and day not in _holidays(day.year)

    def roll_forward(self, day: date) -> date:
        """The day itself when banks work, else the first banking day after it."""
        while not self.is_banking_day(day):
            day += _ONE_DAY
        return day

    def roll_back(self, day: date) -> date:
        """The day itself when banks work, else the last banking day before it."""
        while not self.is_banking_day(day):
            day -= _ONE_DAY
        return day

    def next_banking_day(self, day: date) -> date:
        """The first banking day strictly after `day`."""
        return self.roll_forward(day + _ONE_DAY)

    def add_banking_days(self, day: date, count: int) -> date:
        """`count` banking days after `day` (0 rolls forward). Raises ValueError when negative."""
        if count < 0:
            raise ValueError("count of banking days must not be negative")
        day = self.roll_forward(day)
        for _ in range(count):
            day = self.next_banking_day(day)
        return day


SHIPPED = Calendar()
"""The calendar as it is shipped, for what has no database at hand."""

FIRST_YEAR, LAST_YEAR = 2026, 2045


@cache
def unusual_days() -> Mapping[date, bool]:
    """Days from `FIRST_YEAR` to `LAST_YEAR` that the shipped calendar does not decide by their day
    of the week: True is open."""
    first, last = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    said = ((day, SHIPPED.is_banking_day(day)) for day in days)
    return {day: is_open for day, is_open in said if is_open != (day.weekday() < 5)}


is_banking_day = SHIPPED.is_banking_day
roll_forward = SHIPPED.roll_forward
roll_back = SHIPPED.roll_back
next_banking_day = SHIPPED.next_banking_day
add_banking_days = SHIPPED.add_banking_days
