"""Banking days of Viet Nam: Monday to Friday, without public holidays.

Holidays come from the `holidays` package. It does not know every day the government
bridges or swaps late, so `data/calendar_overrides.csv` wins over it: kind `closed` shuts
a weekday, kind `open` opens a day the package calls a holiday.
"""

from __future__ import annotations

import csv
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
def is_banking_day(day: date) -> bool:
    """Whether banks settle on this day."""
    decided = overrides().get(day)
    if decided is not None:
        return decided
    return day.weekday() < 5 and day not in _holidays(day.year)


def roll_forward(day: date) -> date:
    """The day itself when banks work, else the first banking day after it."""
    while not is_banking_day(day):
        day += _ONE_DAY
    return day


def roll_back(day: date) -> date:
    """The day itself when banks work, else the last banking day before it."""
    while not is_banking_day(day):
        day -= _ONE_DAY
    return day


def next_banking_day(day: date) -> date:
    """The first banking day strictly after `day`."""
    return roll_forward(day + _ONE_DAY)


def add_banking_days(day: date, count: int) -> date:
    """`count` banking days after `day` (0 rolls forward). Raises ValueError when negative."""
    if count < 0:
        raise ValueError("count of banking days must not be negative")
    day = roll_forward(day)
    for _ in range(count):
        day = next_banking_day(day)
    return day
