"""APScheduler wakes, the rules name slots, each slot has one effect, and the jobs are all there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app import schema
from app.clock import TIME_ZONE, FixedClock
from app.db import Database
from app.errors import Unavailable
from app.jobs.due import Job, register, run_due
from app.jobs.fence import Outcome, run_slot
from app.jobs.runtime import Runtime
from app.jobs.schedule import JOBS, lines
from app.jobs.scheduler import be_seen, build_scheduler
from app.privacy import Keyring
from app.schedule.plan import MONTH
from app.schedule.run_tables import job_run, scheduler_seen
from app.schedule.slots import Every, Slot

NOON = datetime(2026, 10, 12, 12, 0, tzinfo=TIME_ZONE)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def runtime(database_url: str, tmp_path: Path) -> Iterator[Runtime]:
    with closing(Database(database_url, owner=True)) as owner, owner.engine.begin() as connection:
        schema.create(connection)
    database = Database(database_url)
    yield Runtime(database, FixedClock(NOON), Keyring(bytes(32)), tmp_path, worker="one")
    database.close()


def at(runtime: Runtime, moment: datetime, worker: str = "one") -> Runtime:
    return replace(runtime, clock=FixedClock(moment), worker=worker)


class Told:
    """A job that tells its slots, and fails at those it is told to fail at."""

    def __init__(self, name: str = "told", repeats: bool = False, line: str = "") -> None:
        self.slots: list[str] = []
        self.fails: set[str] = set()
        hour = timedelta(hours=1)
        self.job = Job(name, Every(10), "tells", hour, line, repeats=repeats, work=self._work)

    def _work(self, _: Runtime, slot: Slot) -> str:
        if slot.name[-5:] in self.fails:
            raise Unavailable("Không có đường truyền.")
        self.slots.append(slot.name[-5:])
        return "told"


def test_missed_slots_run_once_oldest_first_within_the_horizon(runtime: Runtime) -> None:
    """Nothing from before the first start; after an outage of two hours the last hour's."""
    told = Told()
    jobs = [told.job]
    register(runtime, jobs)
    assert run_due(runtime, jobs) == 0
    assert run_due(at(runtime, NOON + 25 * MINUTE), jobs) == 2
    assert told.slots == ["12:10", "12:20"]
    back = at(runtime, NOON + 145 * MINUTE, "two")
    assert run_due(back, jobs) == 6
    assert run_due(back, jobs) == 0
    assert told.slots[2:] == ["13:30", "13:40", "13:50", "14:00", "14:10", "14:20"]


def test_a_clock_put_back_or_forward_gives_no_second_effect(runtime: Runtime) -> None:
    told = Told()
    jobs = [told.job]
    register(runtime, jobs)
    for minutes in (30, -30, 15, 60, 0, 61):
        run_due(at(runtime, NOON + minutes * MINUTE), jobs)
        register(at(runtime, NOON + minutes * MINUTE), jobs)
    assert told.slots == ["12:10", "12:20", "12:30", "12:40", "12:50", "13:00"]


def test_a_line_waits_for_what_failed_in_it(runtime: Runtime) -> None:
    """The list is not locked before it was opened, however often the opening fails."""
    first, second = Told("open", line="month"), Told("lock", line="month")
    jobs = [first.job, second.job]
    register(runtime, jobs)
    first.fails = {"12:10"}
    now = NOON + 25 * MINUTE
    with pytest.raises(Unavailable):
        run_due(at(runtime, now), jobs)
    assert run_due(at(runtime, now), jobs) == 0
    assert first.slots == second.slots == []
    first.fails = set()
    assert run_due(at(runtime, now + MINUTE), jobs) == 4
    assert first.slots == second.slots == ["12:10", "12:20"]


def test_a_job_that_repeats_goes_on_past_what_failed(runtime: Runtime) -> None:
    told = Told(repeats=True)
    jobs = [told.job]
    register(runtime, jobs)
    told.fails = {"12:10"}
    with pytest.raises(Unavailable):
        run_due(at(runtime, NOON + 10 * MINUTE), jobs)
    assert run_due(at(runtime, NOON + 10.5 * MINUTE), jobs) == 0
    told.fails = set()
    assert run_due(at(runtime, NOON + 20 * MINUTE), jobs) == 2
    assert told.slots == ["12:10", "12:20"]


def test_slots_of_one_job_do_not_overlap_on_two_machines(runtime: Runtime) -> None:
    told = Told(repeats=True)
    jobs = [told.job]
    register(runtime, jobs)
    now = NOON + 20 * MINUTE

    def meanwhile(_: Runtime) -> str:
        assert run_due(at(runtime, now, "two"), jobs) == 0
        return "told"

    (one, two) = [
        Slot(NOON + step * MINUTE, f"2026-10-12T12:{step}", NOON.date()) for step in (10, 20)
    ]
    assert run_slot(at(runtime, now), "told", one, meanwhile) is Outcome.RAN
    assert run_due(at(runtime, now, "two"), jobs) == 1
    assert told.slots == [two.name[-5:]]


def test_every_job_is_scheduled_and_runs_on_an_empty_house(runtime: Runtime) -> None:
    scheduler = build_scheduler(runtime)
    assert {job.id for job in scheduler.get_jobs()} == {"seen", *lines()}
    assert [job.name for job in lines()[MONTH]] == [
        "open_payrolls", "remind", "lock_list", "request_funding"
    ]  # fmt: skip
    for job in JOBS:
        slot = Slot(NOON, "2026-10-12", NOON.date())
        work = lambda mine, job=job, slot=slot: job.work(mine, slot)  # noqa: E731
        assert run_slot(runtime, job.name, slot, work) is Outcome.RAN, job.name
        assert job.says
        assert job.rule.says
    with runtime.database.view() as session:
        assert set(session.scalars(select(job_run.c.state))) == {"finished"}


def test_a_scheduler_is_seen(runtime: Runtime) -> None:
    be_seen(runtime)
    be_seen(at(runtime, NOON + MINUTE))
    be_seen(at(runtime, NOON, "two"))
    with runtime.database.view() as session:
        rows = session.execute(select(scheduler_seen).order_by("worker")).all()
    assert [(row.worker, row.started_at, row.seen_at - NOON) for row in rows] == [
        ("one", NOON, MINUTE),
        ("two", NOON, timedelta(0)),
    ]
