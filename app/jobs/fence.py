"""Each slot of a job once: one row, won by an insert or by taking over a dead owner's lease."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from app.jobs.runtime import Runtime
from app.jobs.tables import job_run
from ledger.bulk import written

LEASE = timedelta(minutes=30)


def run_slot(runtime: Runtime, job: str, slot: str, work: Callable[[], str]) -> bool:
    """Run `work` unless this slot was finished before; False when there was nothing to do.

    `work` is a loop of idempotent steps and gives one line of detail. A slot left running
    by this very worker, or past its lease, is taken over and continued.
    """
    now = runtime.clock.now()
    if not _win(runtime, job, slot, now):
        return False
    detail = work()
    with runtime.database.unit_of_work() as session:
        session.execute(
            update(job_run)
            .where(job_run.c.job == job, job_run.c.slot == slot)
            .values(state="finished", finished_at=runtime.clock.now(), detail=detail)
        )
    return True


def _win(runtime: Runtime, job: str, slot: str, now: datetime) -> bool:
    """Take the slot: insert its row, or take over a row whose owner is gone."""
    mine = (job_run.c.job == job, job_run.c.slot == slot)
    try:
        with runtime.database.unit_of_work() as session:
            state = session.scalar(select(job_run.c.state).where(*mine))
            if state is None:
                session.execute(insert(job_run).values(_row(runtime, job, slot, now)))
                return True
            if state == "finished":
                return False
            free = or_(job_run.c.owner == runtime.worker, job_run.c.lease_until < now)
            taken = written(
                session,
                update(job_run)
                .where(*mine, free)
                .values(
                    owner=runtime.worker,
                    fence=job_run.c.fence + 1,
                    lease_until=now + LEASE,
                    state="running",
                ),
            )
            return taken == 1
    except IntegrityError:
        return False  # another scheduler inserted the row first


def _row(runtime: Runtime, job: str, slot: str, now: datetime) -> dict[str, object]:
    return {
        "job": job,
        "slot": slot,
        "state": "running",
        "owner": runtime.worker,
        "fence": 1,
        "started_at": now,
        "lease_until": now + LEASE,
        "done": 0,
        "total": 0,
        "detail": "",
    }
