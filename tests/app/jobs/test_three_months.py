"""Three months in virtual time: two schedulers, crashes, outages, wrong clocks; each slot once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import count
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.clock import TIME_ZONE, FixedClock
from app.errors import Conflict
from app.jobs.due import Job, due, register
from app.jobs.fence import LEASE
from app.jobs.runtime import Runtime
from app.jobs.schedule import lines
from app.months import month_of, shift
from app.payroll.tables import payroll
from app.reference.calendar import SHIPPED
from app.schedule.plan import MONTH
from app.schedule.slots import Monthly
from app.schedule.tables import period_lock
from tests.app.jobs.virtual import STEPS, counted, effects, make_effects, settle, wake
from tests.factories import House, row

BEGAN = datetime(2026, 1, 2, 6, 0, tzinfo=TIME_ZONE)
ENDED = datetime(2026, 4, 2, 6, 0, tzinfo=TIME_ZONE)
HOUR = timedelta(hours=1)
NUMBERS = count(1)
BEFORE = ("2026-09", "2026-10", "2026-11")


class Move(NamedTuple):
    """After so many hours a scheduler wakes, with a clock that is wrong by `off` hours; it dies
    after `fuse` units of work, or is overtaken in the middle by the other one."""

    hours: int
    worker: str
    off: int
    fuse: int | None
    overtaken: bool


MOVES = st.builds(
    Move,
    st.sampled_from((1, 7, 24, 24, 50, 200)),
    st.sampled_from(("a", "b")),
    st.sampled_from((0, 0, 0, -1, 24)),
    st.one_of(st.none(), st.integers(0, 12)),
    st.booleans(),
)


@pytest.fixture
def counting(house: House) -> House:
    make_effects(house.owner)
    return house


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(MOVES, min_size=5, max_size=30))
def test_each_slot_has_one_effect(counting: House, moves: list[Move]) -> None:
    world = World(counting)
    for move in moves:
        world.make(move)
    world.overtakes = None
    settle(counting.runtime, world.jobs, max(ENDED, world.now))
    world.prove()


class World:
    """Two schedulers of one line of jobs; each example has jobs of its own names."""

    def __init__(self, house: House) -> None:
        self.house, self.now, self.turns = house, BEGAN, 0
        number = next(NUMBERS)
        self.overtakes: str | None = None
        self.jobs: tuple[Job, ...] = (
            counted(f"open {number}", Monthly((5, 18), time(7)), "line", self._between),
            counted(f"lock {number}", Monthly((5, 24), time(18)), "line", self._between),
            counted(f"pay {number}", Monthly((10,), time(9), "forward"), "line", self._between),
        )
        register(replace(house.runtime, clock=FixedClock(BEGAN)), self.jobs)

    def make(self, move: Move) -> None:
        self.now += move.hours * HOUR
        self.overtakes = {"a": "b", "b": "a"}[move.worker] if move.overtaken else None
        seen = self.now + move.off * HOUR
        try:
            wake(self.house.runtime, self.jobs, move.worker, seen, move.fuse)
        except Conflict:
            assert move.overtaken

    def _between(self, runtime: Runtime) -> None:
        """In the middle of its work a worker stands still, and the other takes over."""
        if self.overtakes is not None:
            other, self.overtakes = self.overtakes, None
            late = runtime.clock.now() + LEASE.length * 2
            wake(self.house.runtime, self.jobs, other, late)

    def prove(self) -> None:
        until = max(ENDED, self.now)
        found = effects(self.house.database, self.jobs)
        assert set(found.values()) == {1}
        ran = {(job, slot) for job, slot, _ in found}
        wanted = set(self._slots(until))
        assert wanted <= ran <= {*wanted, *self._slots(until + 25 * HOUR)}
        assert len(found) == len(ran) * STEPS

    def _slots(self, until: datetime) -> Iterator[tuple[str, str]]:
        for job in self.jobs:
            for slot in job.rule.slots(BEGAN, until, SHIPPED):
                yield job.name, slot.name


@pytest.mark.long_on_postgresql
def test_three_months_of_the_real_jobs_of_the_list(house: House) -> None:
    """Schedulers that die after ever more units of work open, remind and lock each month once."""
    jobs, now = lines()[MONTH], datetime(2026, 9, 1, 12, 0, tzinfo=TIME_ZONE)
    register(replace(house.runtime, clock=FixedClock(now)), jobs)
    for _ in range(90):
        now += 24 * HOUR
        if now.day == 10:
            house.register(shift(month_of(now.date()), 1), row(1), row(2))
        fuse = 0
        while due_now(house, jobs, now):
            now += LEASE.length + timedelta(seconds=1)
            if wake(house.runtime, jobs, "ab"[fuse % 2], now, fuse):
                break
            fuse += 3
    settle(house.runtime, jobs, now)
    months = ["2026-10", "2026-11", "2026-12"]
    listed = house.rows(select(payroll.c.period, payroll.c.lines).order_by("period"))
    assert listed == [(month, 2) for month in months]
    locks = house.rows(select(period_lock.c.period).order_by("id"))
    assert locks == [(month,) for month in months]
    reminded = Counter(house.rows("select slot, period, officer_id, step from reminder"))
    assert set(reminded.values()) == {1}
    days = {slot for slot, *_ in reminded}
    assert days == {f"{before}-{day}" for before in BEFORE for day in (20, 22, 23, 24)}


def due_now(house: House, jobs: tuple[Job, ...], now: datetime) -> int:
    with house.database.view() as session:
        return len(due(session, jobs, now))
