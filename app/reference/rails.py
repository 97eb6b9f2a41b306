"""Rails between banks: which one takes an amount at an hour, and the last moment of a day.

The rows are dated and name their source; `confirmed` says whether the hour was read in an
official text. A bank's own hour, under its code, wins over the one of all banks ('*'). The rail
`list` is the hand-over of a whole list to a provider. A day is of the kind `every_day`,
`month_end` (the last two banking days of a month), `year_end` (those of December, where a row
says so) or `normal`; on any other day only `every_day` counts.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache
from importlib.resources import files

from app.reference.calendar import Calendar

INSTANT, LOW_VALUE, HIGH_VALUE, LIST = "napas247", "low_value", "high_value", "list"
EVERY_DAY, NORMAL, MONTH_END, YEAR_END = "every_day", "normal", "month_end", "year_end"
ALL_BANKS = "*"
LAST_DAYS = 2
_MIDNIGHT = "24:00"


@dataclass(frozen=True, slots=True)
class Rail:
    """What a rail takes: from `from_amount` up to but not including `below_amount` (None: no
    end), in đồng."""

    code: str
    name: str
    from_amount: int
    below_amount: int | None
    valid_from: date
    valid_to: date | None
    source: str
    confirmed: bool

    def takes(self, amount: int, day: date) -> bool:
        """Whether this amount may go over it on a day."""
        fits = amount >= self.from_amount and (not self.below_amount or amount < self.below_amount)
        return fits and _in_force(self.valid_from, self.valid_to, day)


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when a rail works on a kind of day; `closes` None is the end of the day."""

    rail: str
    bank: str
    day_kind: str
    opens: time
    closes: time | None
    valid_from: date
    valid_to: date | None
    source: str
    confirmed: bool


def _in_force(first: date, last: date | None, day: date) -> bool:
    return first <= day and (last is None or day <= last)


def _rows(name: str) -> Iterable[dict[str, str]]:
    text = files("app.reference").joinpath(f"data/{name}.csv").read_text("utf-8")
    return csv.DictReader(text.splitlines())


def _dates(row: Mapping[str, str]) -> tuple[date, date | None]:
    last = row["valid_to"]
    return date.fromisoformat(row["valid_from"]), date.fromisoformat(last) if last else None


@cache
def rails() -> tuple[Rail, ...]:
    """Every rail, the one that is preferred first."""
    return tuple(
        Rail(
            row["rail"], row["name"], int(row["from_amount"]),
            int(row["below_amount"]) if row["below_amount"] else None,
            *_dates(row), row["source"], row["confirmed"] == "yes",
        )
        for row in _rows("rails")
    )  # fmt: skip


def hours_from(rows: Iterable[Mapping[str, str]]) -> tuple[Hours, ...]:
    """Hours as the table's rows say them."""
    return tuple(
        Hours(
            row["rail"], row["bank"], row["day_kind"], time.fromisoformat(row["opens"]),
            None if row["closes"] == _MIDNIGHT else time.fromisoformat(row["closes"]),
            *_dates(row), row["source"], row["confirmed"] == "yes",
        )
        for row in rows
    )  # fmt: skip


@cache
def shipped_hours() -> tuple[Hours, ...]:
    """The hours that are shipped."""
    return hours_from(_rows("cutoffs"))


def is_month_end(calendar: Calendar, day: date) -> bool:
    """Whether a banking day is one of the last two of its month."""
    for _ in range(LAST_DAYS):
        following = calendar.next_banking_day(day)
        if (following.year, following.month) != (day.year, day.month):
            return True
        day = following
    return False


def _kinds(calendar: Calendar, day: date) -> tuple[str, ...]:
    """The kinds of a day, the one that wins first."""
    if not calendar.is_banking_day(day):
        return (EVERY_DAY,)
    if not is_month_end(calendar, day):
        return NORMAL, EVERY_DAY
    ends = (YEAR_END, MONTH_END) if day.month == 12 else (MONTH_END,)
    return *ends, NORMAL, EVERY_DAY


def hours_of(
    rail: str, bank: str, day: date, calendar: Calendar, table: Iterable[Hours] = ()
) -> Hours | None:
    """When a rail works at a bank on a day: the newest row of the bank, else of all; None when it
    does not."""
    known = [
        one
        for one in (table or shipped_hours())
        if one.rail == rail and _in_force(one.valid_from, one.valid_to, day)
    ]
    for code in dict.fromkeys((bank, ALL_BANKS)):
        for kind in _kinds(calendar, day):
            mine = [one for one in known if (one.bank, one.day_kind) == (code, kind)]
            if mine:
                return max(mine, key=lambda one: one.valid_from)
    return None


def last_moment(
    rail: str, bank: str, day: date, calendar: Calendar, zone: tzinfo, table: Iterable[Hours] = ()
) -> datetime | None:
    """The end of a rail's hours on a day, None when it does not work on it."""
    hours = hours_of(rail, bank, day, calendar, table)
    if hours is None:
        return None
    if hours.closes is None:
        return datetime.combine(day + timedelta(days=1), time(0), zone)
    return datetime.combine(day, hours.closes, zone)


def rail_of(
    amount: int, bank: str, is_instant: bool, at: datetime, calendar: Calendar,
    table: Iterable[Hours] = (),
) -> Rail:  # fmt: skip
    """The rail that takes an amount to a bank at a moment (in Viet Nam's time).

    `is_instant` says whether the bank takes instant transfers. The first rail that is open, else
    the first that takes the amount at all and opens later. Raises ValueError for no amount.
    """
    day = at.date()
    fits = [
        one for one in rails() if one.takes(amount, day) and (is_instant or one.code != INSTANT)
    ]
    if not fits:
        raise ValueError(f"no rail takes {amount} on {day}")
    return next((one for one in fits if _is_open(one.code, bank, at, calendar, table)), fits[0])


def _is_open(
    rail: str, bank: str, at: datetime, calendar: Calendar, table: Iterable[Hours]
) -> bool:
    hours = hours_of(rail, bank, at.date(), calendar, table)
    if hours is None:
        return False
    return hours.opens <= at.time() and (hours.closes is None or at.time() < hours.closes)
