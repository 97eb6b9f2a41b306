"""What is due now: every slot of a line of jobs that nobody finished, oldest first.

Jobs of one line wait for each other: the list is opened before it is locked, after an outage too.
A job that repeats (a later slot does what an earlier one left) waits for no slot that failed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.jobs.fence import LEASE, Outcome, run_slot
from app.jobs.runtime import Runtime
from app.jobs.turn import Lease
from app.schedule.calendar import calendar_of
from app.schedule.plan import Planned
from app.schedule.run_tables import job_since
from app.schedule.runs import due_slots, since
from app.schedule.slots import Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Planned):
    """A job as it is planned, with what does it."""

    work: Callable[[Runtime, Slot], str]

    @property
    def queue(self) -> str:
        """The line, or the job's own."""
        return self.line or self.name


@dataclass(frozen=True, slots=True)
class Due:
    """A slot of a job that is to be run."""

    slot: Slot
    job: Job


def register(runtime: Runtime, jobs: Sequence[Job]) -> None:
    """Slots of these jobs count from now on, unless they do already."""
    for job in jobs:
        try:
            with runtime.database.unit_of_work() as session:
                if since(session, job.name) is None:
                    values = {"job": job.name, "since": runtime.clock.now()}
                    session.execute(insert(job_since).values(values))
        except IntegrityError:
            continue  # another scheduler was faster, and its moment is as good


def due(session: Session, jobs: Sequence[Job], now: datetime) -> list[Due]:
    """Slots of these jobs up to now that are not finished, oldest first, within each horizon."""
    calendar = calendar_of(session)
    found = [
        (slot.at, place, Due(slot, job))
        for place, job in enumerate(jobs)
        for slot in due_slots(session, job, now, calendar)
    ]
    return [one for *_, one in sorted(found, key=lambda each: (each[0], each[1]))]


def run_due(runtime: Runtime, jobs: Sequence[Job], lease: Lease = LEASE) -> int:
    """Run what is due of one line of jobs, oldest first; gives how many slots were run.

    Ends at a slot that is another worker's, and at one that waits or is stuck unless its job
    repeats. Raises what a job raised, after it was written down in the slot's row.
    """
    with runtime.database.view() as session:
        waiting = due(session, jobs, runtime.clock.now())
    ran = 0
    for one in waiting:
        outcome = run_slot(runtime, one.job.name, one.slot, _work(one), lease=lease)
        ran += outcome is Outcome.RAN
        failed = outcome in (Outcome.WAITS, Outcome.STUCK)
        if outcome is Outcome.BUSY or (failed and not one.job.repeats):
            break
    return ran


def _work(one: Due) -> Callable[[Runtime], str]:
    return lambda runtime: one.job.work(runtime, one.slot)
