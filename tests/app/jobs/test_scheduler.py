"""APScheduler says when; each slot has one effect, whoever asks, and the jobs are all there."""

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
from app.jobs.runtime import Runtime
from app.jobs.scheduler import JOBS, Job, build_scheduler, start_due
from app.jobs.tables import job_run
from app.privacy import Keyring

NOON = datetime(2026, 10, 12, 12, 0, tzinfo=TIME_ZONE)


@pytest.fixture
def runtime(database_url: str, tmp_path: Path) -> Iterator[Runtime]:
    with closing(Database(database_url, owner=True)) as owner, owner.engine.begin() as connection:
        schema.create(connection)
    database = Database(database_url)
    yield Runtime(database, FixedClock(NOON), Keyring(bytes(32)), tmp_path, worker="one")
    database.close()


def counted(effects: list[datetime]) -> Job:
    def work(_: Runtime, at: datetime) -> str:
        effects.append(at)
        return "done"

    return Job("counted", "* * * * *", work, "counts")


def test_a_slot_has_one_effect_whoever_asks(runtime: Runtime) -> None:
    effects: list[datetime] = []
    job = counted(effects)
    other = replace(runtime, worker="two")
    assert start_due(runtime, job, NOON)
    assert not start_due(other, job, NOON)
    assert not start_due(runtime, job, NOON + timedelta(seconds=30))
    assert start_due(other, job, NOON + timedelta(minutes=1))
    assert len(effects) == 2


def test_a_broken_slot_is_taken_over_by_its_worker_and_by_others_after_the_lease(
    runtime: Runtime,
) -> None:
    def fails(_: Runtime, at: datetime) -> str:
        raise Unavailable("no line")

    with pytest.raises(Unavailable):
        start_due(runtime, Job("shaky", "* * * * *", fails, "fails"), NOON)
    effects: list[datetime] = []
    again = replace(counted(effects), name="shaky")
    other = replace(runtime, worker="two")
    assert not start_due(other, again, NOON)
    later = replace(other, clock=FixedClock(NOON + timedelta(hours=1)))
    assert start_due(later, again, NOON)
    with runtime.database.view() as session:
        row = session.execute(select(job_run).where(job_run.c.job == "shaky")).one()
    assert (row.state, row.owner, row.fence) == ("finished", "two", 2)


def test_every_job_is_scheduled_and_runs_on_an_empty_house(runtime: Runtime) -> None:
    scheduler = build_scheduler(runtime)
    assert {job.id for job in scheduler.get_jobs()} == {job.name for job in JOBS}
    for job in JOBS:
        assert start_due(runtime, job, NOON), job.name
        assert job.says
