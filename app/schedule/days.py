"""The days of paying: the due day rolls forward, and a release lives three banking days."""

from __future__ import annotations

from datetime import date

from app.months import day_in
from app.reference.calendar import Calendar

RELEASE_DAYS = 3
"""Banking days after the release of a batch within which it may be sent."""


def due_on(calendar: Calendar, period: str, due_day: int) -> date:
    """The day a month is paid: the contract's day, on a day off the next banking day."""
    return calendar.roll_forward(day_in(period, due_day))


def pay_on(calendar: Calendar, period: str, due_day: int, today: date) -> date:
    """The day a batch that is built today is paid: the due day, or the next banking day once
    that is over."""
    return max(due_on(calendar, period, due_day), calendar.roll_forward(today))


def last_day_to_send(calendar: Calendar, released: date) -> date:
    """The last day on which a batch released on a day may be sent."""
    return calendar.add_banking_days(released, RELEASE_DAYS)
