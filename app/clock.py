"""What time it is, as a thing one is handed. Only this file asks the machine.

Moments are aware datetimes. They are kept in UTC and shown in Viet Nam's time; a
banking day, a due day and a period are days of `TIME_ZONE`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

TIME_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    """Anything that tells the time as an aware datetime."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock, in Viet Nam's time."""

    def now(self) -> datetime:
        return datetime.now(TIME_ZONE)


def elapsed() -> float:
    """Seconds since some moment of this machine, the same for all its processes: tells how long
    something waited, whatever a clock is set to meanwhile."""
    return time.monotonic()


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still: for tests and for what is computed as of a moment."""

    moment: datetime

    def __post_init__(self) -> None:
        refuse_naive(self.moment)

    def now(self) -> datetime:
        return self.moment


class SteppedClock:
    """A clock that its owner moves on: the demo lives a month in a minute on it.

    With `tick`, every reading moves it on by that much, so that no two moments are
    equal and two runs of the same month read the same moments.
    """

    def __init__(self, start: datetime, tick: timedelta = timedelta(0)) -> None:
        refuse_naive(start)
        self._moment = start
        self._tick = tick

    def now(self) -> datetime:
        moment = self._moment
        self._moment = moment + self._tick
        return moment

    def advance(self, step: timedelta) -> None:
        """Move on by `step`. Raises ValueError for a step backwards."""
        self.move_to(self._moment + step)

    def move_to(self, moment: datetime) -> None:
        """Move on to `moment`. Raises ValueError when it lies in this clock's past."""
        refuse_naive(moment)
        if moment < self._moment:
            raise ValueError(f"a clock does not go back: {moment} is before {self._moment}")
        self._moment = moment


def midnight(moment: datetime) -> datetime:
    """When the day of `TIME_ZONE` began that a moment lies in."""
    return moment.astimezone(TIME_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)


def refuse_naive(moment: datetime) -> None:
    """Raise ValueError for a moment without a time zone."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError(f"a moment needs a time zone: {moment!r}")


def local_date(moment: datetime) -> date:
    """The day in Viet Nam on which `moment` falls."""
    refuse_naive(moment)
    return moment.astimezone(TIME_ZONE).date()
