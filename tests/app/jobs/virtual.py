"""A job whose effects are counted, and workers in virtual time that die between any two steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.clock import FixedClock
from app.db import Database
from app.jobs.due import Job, due, run_due
from app.jobs.fence import LEASE
from app.jobs.runtime import Runtime
from app.schedule.runs import let_go_on, waiting_for_people
from app.schedule.slots import Rule, Slot

STEPS = 3
# No unique key: whether each effect happens once is for the fence alone to see to.
EFFECTS = "create table effect (job text, slot text, step bigint, owner text, at text)"
GRANTED = "grant select, insert on effect to public"


class Killed(BaseException):
    """The process is gone: nothing is caught, nothing is written down."""


def make_effects(owner: Database) -> None:
    """The table in which the effects are counted."""
    with owner.engine.begin() as connection:
        connection.execute(text(EFFECTS))
        if not owner.is_sqlite:
            connection.execute(text(GRANTED))


def counted(
    name: str, rule: Rule, line: str = "", between: Callable[[Runtime], None] = lambda _: None
) -> Job:
    """A job of three steps, each one effect, unless an earlier turn came so far."""

    def work(runtime: Runtime, slot: Slot) -> str:
        for step in range(1, STEPS + 1):
            between(runtime)
            with runtime.database.unit_of_work() as session:
                _effect(session, name, slot, step, runtime.worker)
            runtime.progress("steps", step, STEPS)
        return f"{STEPS} steps"

    return Job(name, rule, "counts", timedelta(days=400), line, work=work)


def _effect(session: Session, job: str, slot: Slot, step: int, owner: str) -> None:
    told = {"job": job, "slot": slot.name, "step": step}
    known = "select count(*) from effect where job = :job and slot = :slot and step = :step"
    if not session.scalar(text(known), told):
        values = {**told, "owner": owner, "at": slot.at.isoformat()}
        session.execute(text("insert into effect values (:job, :slot, :step, :owner, :at)"), values)


def effects(database: Database, jobs: Sequence[Job]) -> dict[tuple[str, str, int], int]:
    """How often each effect happened, by job, slot and step."""
    query = "select job, slot, step, count(*) from effect group by job, slot, step"
    names = {job.name for job in jobs}
    with database.view() as session:
        rows = session.execute(text(query)).all()
    return {(row[0], row[1], int(row[2])): int(row[3]) for row in rows if row[0] in names}


class Fuse:
    """Kills the worker at the end of a unit of work, before it is committed."""

    def __init__(self, burns: int | None) -> None:
        self.left = burns

    def __call__(self, _: Session) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed


def wake(
    runtime: Runtime, jobs: Sequence[Job], worker: str, now: datetime, fuse: int | None = None
) -> bool:
    """A scheduler looks what is due; False when it died over it."""
    database = runtime.database.checked(Fuse(fuse))
    mine = replace(runtime, database=database, worker=worker, clock=FixedClock(now))
    try:
        run_due(mine, jobs)
    except Killed:
        return False
    return True


def settle(runtime: Runtime, jobs: Sequence[Job], now: datetime) -> None:
    """All is well again: what died is taken over, and people let go on what waits for them."""
    for _ in range(1000):
        with runtime.database.unit_of_work() as session:
            for row in waiting_for_people(session, jobs):
                let_go_on(session, row.job, row.slot, "test", now)
        wake(runtime, jobs, "last", now)
        with runtime.database.view() as session:
            if not due(session, jobs, now):
                return
        now += LEASE.length + timedelta(seconds=1)
    raise AssertionError("never settled")
