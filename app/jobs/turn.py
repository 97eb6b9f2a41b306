"""A worker's turn at a slot: its fence number, how far it is, and the heart that beats for it.

Every unit of work of the turn ends by renewing the turn's row where it still bears this owner and
fence number, in the same transaction: a worker whose slot was taken over cannot commit one more
step. A thread renews it between and within long steps, so that a long job keeps its slot and
a dead one loses it soon.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

from sqlalchemy import Update, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.jobs.runtime import Runtime
from app.schedule.run_tables import FAILED, FINISHED, RUNNING, job_run
from ledger.bulk import written


@dataclass(frozen=True, slots=True)
class Lease:
    """How long a silent worker keeps a slot, and how often a living one says so.

    The machines' clocks must agree better than `length` (docs/operations/schedule.md).
    """

    length: timedelta = timedelta(seconds=60)
    beat: timedelta = timedelta(seconds=15)


class LostTurn(Conflict):
    """Another worker has taken this slot over: nothing more may be committed."""


class Turn:
    """The turn of `runtime.worker` at a slot of a job, under a fence number."""

    def __init__(self, runtime: Runtime, job: str, slot: str, fence: int, lease: Lease) -> None:
        self._outer, self._lease = runtime, lease
        self.job, self.slot, self.fence = job, slot, fence
        self._done = self._total = 0

    @property
    def runtime(self) -> Runtime:
        """The surroundings whose every unit of work asks whether the turn still holds, with the
        channels that are in force as it begins."""
        fenced = self._outer.database.checked(self.renew)
        connected = self._outer.connected()
        return replace(connected, database=fenced, progress=self._progress)

    def _progress(self, step: str, done: int, total: int) -> None:
        self._done, self._total = done, total
        self._outer.progress(step, done, total)

    def renew(self, session: Session) -> None:
        """Still here, and so far; raises LostTurn when the slot is another's by now."""
        now = self._outer.clock.now()
        lease_until = now + self._lease.length
        self._set(session, heartbeat_at=now, lease_until=lease_until)

    def finish(self, detail: str) -> None:
        """The slot is done, with one line of detail. Raises LostTurn."""
        now = self._outer.clock.now()
        with self._outer.database.unit_of_work() as session:
            self._set(session, state=FINISHED, finished_at=now, detail=detail, error="")

    def fail(self, error: str, failures: int, try_at: datetime | None) -> None:
        """The slot failed and is tried again at a moment, or waits for a person.

        Raises LostTurn.
        """
        with self._outer.database.unit_of_work() as session:
            self._set(session, state=FAILED, error=error, failures=failures, try_at=try_at)

    def _set(self, session: Session, **values: Any) -> None:
        if written(session, self._mine().values(done=self._done, total=self._total, **values)) != 1:
            raise LostTurn(
                f"Việc {self.job} ({self.slot}) đã do tiến trình khác làm tiếp.",
                "Không cần làm gì: phần dở dang được huỷ ở đây và làm ở đó.",
            )

    def _mine(self) -> Update:
        return update(job_run).where(
            job_run.c.job == self.job,
            job_run.c.slot == self.slot,
            job_run.c.owner == self._outer.worker,
            job_run.c.fence == self.fence,
            job_run.c.state == RUNNING,
        )

    @contextmanager
    def beating(self) -> Iterator[None]:
        """The heart beats while the body runs."""
        stop = Event()
        heart = Thread(target=self._beat, args=(stop,), name=f"heart of {self.job}", daemon=True)
        heart.start()
        try:
            yield
        finally:
            stop.set()
            heart.join()

    def _beat(self, stop: Event) -> None:
        while not stop.wait(self._lease.beat.total_seconds()):
            try:
                with self._outer.database.unit_of_work() as session:
                    self.renew(session)
            except LostTurn:
                return  # the worker learns it at the end of its step, and undoes that
            except SQLAlchemyError:
                # A long step holds SQLite's one pen, or the line is down. The next beat, or the end
                # of the step, renews; if neither does, the slot is rightly another's.
                continue
