"""A scheduler as a process of its own, on a clock that a file tells: to be killed by a test.

`python -m tests.app.jobs.schedule_run URL CLOCK WORKER`: APScheduler wakes it every 40 ms of real
time; what is due, and how long a lease lasts, the clock in the file says.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from time import sleep

from app.clock import TIME_ZONE
from app.db import Database
from app.jobs.due import Job
from app.jobs.runtime import Runtime
from app.jobs.scheduler import build_scheduler
from app.jobs.turn import Lease
from app.privacy import Keyring
from app.schedule.slots import Daily, Every, Monthly
from tests.app.jobs.virtual import counted

BEGAN = datetime(2026, 2, 10, 0, 0, tzinfo=TIME_ZONE)
ENDED = BEGAN + timedelta(days=10, hours=8)
LEASE = Lease(timedelta(hours=2), timedelta(milliseconds=30))
WAKES = timedelta(milliseconds=40)


@dataclass(frozen=True)
class FileClock:
    """A clock that reads what another process wrote."""

    path: Path

    def now(self) -> datetime:
        return datetime.fromisoformat(self.path.read_text())

    def tell(self, moment: datetime) -> None:
        """Set the clock of every process that reads this file."""
        new = self.path.with_suffix(".new")
        new.write_text(moment.isoformat())
        new.replace(self.path)


def _a_moment(_: Runtime) -> None:
    sleep(0.03)  # so that a kill strikes between two steps too


def jobs() -> tuple[Job, ...]:
    """Half-hours in one line with days, and the days of a month around Tết."""
    return (
        counted("half", Every(30), "line", _a_moment),
        counted("day", Daily(time(7)), "line", _a_moment),
        counted("bank", Daily(time(9), banking_days=True), "", _a_moment),
        counted("month", Monthly((12, 18), time(7)), "line", _a_moment),
    )


def main(url: str, clock: str, worker: str) -> None:
    path = Path(clock)
    runtime = Runtime(Database(url), FileClock(path), Keyring(bytes(32)), path.parent, worker)
    build_scheduler(runtime, jobs(), WAKES, LEASE).start()


if __name__ == "__main__":
    main(*sys.argv[1:])
