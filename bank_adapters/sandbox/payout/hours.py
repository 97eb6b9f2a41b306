"""The bank's time: its clock, the days under which it books, and its cut-off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ..bankdays import OPENS, VIETNAM
from .moving import When
from .settings import Settings

Clock = Callable[[], datetime]


def own_clock() -> datetime:
    """The machine's time in Viet Nam."""
    return datetime.now(VIETNAM)


class Hours:
    """What time means at this bank."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._calendar, self._cut_off, self._clock = settings.calendar, settings.cut_off, clock

    def now(self) -> When:
        """The moment, and the day under which it is booked."""
        return self.when(int(self._clock().timestamp()))

    def when(self, at: int) -> When:
        """The same for a moment in seconds since 1970."""
        day = self._calendar.booking_date(datetime.fromtimestamp(at, VIETNAM))
        return When(at, day.isoformat())

    def execution(self, when: When) -> int:
        """When a payment taken then is executed; 0 for at once."""
        if not self.is_late(when):
            return 0
        after = self._calendar.after(datetime.fromtimestamp(when.at, VIETNAM).date())
        return int(datetime.combine(after, OPENS, VIETNAM).timestamp())

    def is_late(self, when: When) -> bool:
        """Whether the moment lies behind the cut-off or on no banking day."""
        if self._cut_off is None:
            return False
        local = datetime.fromtimestamp(when.at, VIETNAM)
        return not self._calendar.is_banking_day(local.date()) or local.time() >= self._cut_off
