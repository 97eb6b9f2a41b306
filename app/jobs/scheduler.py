"""When jobs run: APScheduler wakes each line of jobs, the rules say which slots are due, and the
fence makes each slot run once.

A process of its own; a second one beside it, on this machine or another, changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import insert, update

from app.clock import TIME_ZONE
from app.jobs.due import Job, register, run_due
from app.jobs.fence import LEASE
from app.jobs.runtime import Runtime
from app.jobs.schedule import JOBS, lines
from app.jobs.turn import Lease
from app.schedule.run_tables import scheduler_seen
from ledger.bulk import written

WAKES_EVERY = timedelta(seconds=20)


def build_scheduler(
    runtime: Runtime,
    jobs: tuple[Job, ...] = JOBS,
    every: timedelta = WAKES_EVERY,
    lease: Lease = LEASE,
) -> BlockingScheduler:
    """The scheduler with every line of jobs; two slots of one line never overlap in it."""
    scheduler = BlockingScheduler(timezone=TIME_ZONE)
    _wake(scheduler, "seen", every, partial(be_seen, runtime))
    for name, line in lines(jobs).items():
        _wake(scheduler, name, every, partial(run_due, runtime, line, lease))
    return scheduler


def _wake(
    scheduler: BlockingScheduler, name: str, every: timedelta, work: Callable[[], object]
) -> None:
    trigger = IntervalTrigger(seconds=every.total_seconds(), timezone=TIME_ZONE)
    scheduler.add_job(
        work, trigger, id=name, coalesce=True, max_instances=1, misfire_grace_time=None
    )


def run_scheduler(runtime: Runtime) -> None:
    """Run until stopped; slots count from the first start of a scheduler that knew the job."""
    register(runtime, JOBS)
    be_seen(runtime)
    build_scheduler(runtime).start()


def be_seen(runtime: Runtime) -> None:
    """Write down that this scheduler lives."""
    now = runtime.clock.now()
    with runtime.database.unit_of_work() as session:
        mine = update(scheduler_seen).where(scheduler_seen.c.worker == runtime.worker)
        if not written(session, mine.values(seen_at=now)):
            values = {"worker": runtime.worker, "started_at": now, "seen_at": now}
            session.execute(insert(scheduler_seen).values(values))
