"""The fence of slots: each slot of a job once, whoever starts it and whoever dies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from time import monotonic, sleep
from typing import Any

import psutil
import pytest
from sqlalchemy import text

from app.clock import FixedClock, local_date
from app.errors import Unavailable
from app.jobs.fence import LEASE, PAUSES, Outcome, Work, run_slot
from app.jobs.runtime import Runtime
from app.jobs.turn import Lease, LostTurn
from app.schedule.run_tables import job_run
from app.schedule.slots import Slot
from tests.factories import START, House

SLOT = Slot(START, "2026-09-10T08:30", local_date(START))
LATER = Slot(START, "2026-09-10T08:40", local_date(START))


class Killed(BaseException):
    """The process is gone: nothing is caught, nothing is written down."""


def runtime(house: House, worker: str, seconds: float = 0) -> Runtime:
    """A worker whose clock stands so many seconds after the start."""
    clock = FixedClock(START + timedelta(seconds=seconds))
    return replace(house.runtime, worker=worker, clock=clock)


class Effects:
    """Counts what the work did; `dies` breaks off in the middle, `fails` says why."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def by(self, worker: str) -> Work:
        def work(_: Runtime) -> str:
            self.done.append(worker)
            return f"done by {worker}"

        return work

    def dies(self, _: Runtime) -> str:
        raise Killed

    def fails(self, _: Runtime) -> str:
        raise Unavailable("Không có đường truyền tới 0123456789.", "Thử lại.")


def test_two_schedulers_start_a_slot_once(house: House) -> None:
    """Four threads at the same moment, as four machines: one effect."""
    effects, gate = Effects(), Barrier(4)

    def start(name: str) -> Outcome:
        gate.wait()
        return run_slot(runtime(house, name), "send", SLOT, effects.by(name))

    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(start, ("a", "b", "c", "d")))
    assert won.count(Outcome.RAN) == 1
    assert len(effects.done) == 1
    assert house.rows("select job, slot, state, fence, detail from job_run") == [
        ("send", SLOT.name, "finished", 1, f"done by {effects.done[0]}")
    ]


def test_a_finished_slot_is_not_run_again(house: House) -> None:
    effects = Effects()
    for minutes in (0, 5, 90, -60, 10_000):
        run_slot(runtime(house, "a", minutes * 60), "send", SLOT, effects.by("a"))
    assert effects.done == ["a"]
    run_slot(runtime(house, "a"), "send", LATER, effects.by("a"))
    run_slot(runtime(house, "a"), "collect", SLOT, effects.by("a"))
    assert house.count(job_run) == 3


def test_a_dead_worker_s_slot_is_free_within_two_minutes(house: House) -> None:
    """Not before its lease ends: it may still be at work. The fence number tells the two apart."""
    effects = Effects()
    with pytest.raises(Killed):
        run_slot(runtime(house, "a"), "send", SLOT, effects.dies)
    lease = LEASE.length.total_seconds()
    assert lease < 100
    early = run_slot(runtime(house, "b", lease), "send", SLOT, effects.by("b"))
    assert early is Outcome.BUSY
    late = run_slot(runtime(house, "b", lease + 1), "send", SLOT, effects.by("b"))
    assert late is Outcome.RAN
    assert effects.done == ["b"]
    assert house.rows("select owner, fence, state, attempts from job_run") == [
        ("b", 2, "finished", 2)
    ]


def test_a_clock_put_back_does_not_keep_a_dead_worker_s_slot(house: House) -> None:
    effects = Effects()
    with pytest.raises(Killed):
        run_slot(runtime(house, "a"), "send", SLOT, effects.dies)
    assert run_slot(runtime(house, "b", -3600), "send", SLOT, effects.by("b")) is Outcome.RAN


def test_a_worker_goes_on_with_its_own_slot_at_once(house: House) -> None:
    """Killed and started again under its name it need not wait for its own lease."""
    effects = Effects()
    with pytest.raises(Killed):
        run_slot(runtime(house, "a"), "send", SLOT, effects.dies)
    assert run_slot(runtime(house, "a", 60), "send", SLOT, effects.by("a")) is Outcome.RAN


def test_a_worker_that_lost_its_slot_commits_no_step_more(house: House) -> None:
    """The first stands still in the middle; the other takes over and ends; the first wakes up."""
    effects = Effects()

    def stands_still(mine: Runtime) -> str:
        _step(mine, "one")
        after = runtime(house, "b", 3600)
        assert run_slot(after, "send", SLOT, effects.by("b")) is Outcome.RAN
        _step(mine, "two")
        return "never said"

    with pytest.raises(LostTurn):
        run_slot(runtime(house, "a"), "send", SLOT, stands_still)
    assert house.rows("select object from audit_event where action = 'test:step:do'") == [("one",)]
    assert house.rows("select owner, fence, state, detail, error from job_run") == [
        ("b", 2, "finished", "done by b", "")
    ]


@pytest.mark.parametrize("how", ["unit of work", "serializable"])
def test_every_kind_of_unit_of_work_asks_for_the_fence(house: House, how: str) -> None:
    def overtaken(mine: Runtime) -> str:
        run_slot(runtime(house, "b", 3600), "send", SLOT, lambda _: "done by b")
        if how == "serializable":
            mine.database.serializable(lambda session: _audit(session, "late"))
        _step(mine, "late")
        return "never said"

    with pytest.raises(LostTurn):
        run_slot(runtime(house, "a"), "send", SLOT, overtaken)
    assert house.rows("select object from audit_event where action = 'test:step:do'") == []


def test_a_long_step_keeps_its_slot_by_its_heartbeat(house: House) -> None:
    """Real seconds: the lease is shorter than the step, the heart beats within it."""
    quick = Lease(timedelta(seconds=1), timedelta(milliseconds=100))
    began = monotonic()

    class Running:
        def now(self) -> object:
            return START + timedelta(seconds=monotonic() - began)

    def clocked(name: str) -> Runtime:
        return replace(house.runtime, worker=name, clock=Running())  # type: ignore[arg-type]

    def takes_long(mine: Runtime) -> str:
        mine.progress("parts", 1, 3)
        sleep(1.5)
        other = run_slot(clocked("b"), "send", SLOT, Effects().by("b"), lease=quick)
        assert other is Outcome.BUSY
        assert house.rows("select done, total, owner from job_run") == [(1, 3, "a")]
        return "at last"

    assert run_slot(clocked("a"), "send", SLOT, takes_long, lease=quick) is Outcome.RAN
    assert house.rows("select detail, done, total, fence from job_run") == [("at last", 1, 3, 1)]


def test_a_failure_is_told_in_words_and_tried_again_after_growing_pauses(house: House) -> None:
    """Then a person must let it go on; nothing of it is a number of somebody's."""
    effects, at = Effects(), 0.0
    for pause in PAUSES:
        with pytest.raises(Unavailable):
            run_slot(runtime(house, "a", at), "send", SLOT, effects.fails)
        just_before = at + pause.total_seconds() - 1
        for who in ("a", "b"):
            waits = run_slot(runtime(house, who, just_before), "send", SLOT, effects.by(who))
            assert waits is Outcome.WAITS
        at += pause.total_seconds()
    with pytest.raises(Unavailable):
        run_slot(runtime(house, "a", at), "send", SLOT, effects.fails)
    stuck = run_slot(runtime(house, "a", at + 10**7), "send", SLOT, effects.by("a"))
    assert stuck is Outcome.STUCK
    ((state, attempts, failures, error, try_at),) = house.rows(
        "select state, attempts, failures, error, try_at from job_run"
    )
    assert (state, attempts, failures, try_at) == ("failed", 6, 6, None)
    assert error == "Không có đường truyền tới *****789. Thử lại."
    asked = run_slot(runtime(house, "a", at), "send", SLOT, effects.by("a"), at_once=True)
    assert asked is Outcome.RAN


def test_a_slot_that_kills_every_worker_stops_some_day(house: House) -> None:
    effects, lease = Effects(), LEASE.length.total_seconds() + 1
    for number in range(len(PAUSES) + 1):
        with pytest.raises(Killed):
            run_slot(runtime(house, f"w{number}", number * lease), "send", SLOT, effects.dies)
    last = runtime(house, "last", 10 * lease)
    assert run_slot(last, "send", SLOT, effects.by("last")) is Outcome.STUCK
    ((state, error),) = house.rows("select state, error from job_run")
    assert (state, error) == ("failed", "Tiến trình làm việc này đã dừng giữa chừng 6 lần.")


def _step(mine: Runtime, name: str) -> None:
    with mine.database.unit_of_work() as session:
        _audit(session, name)


def _audit(session: object, name: str) -> None:
    session.execute(  # type: ignore[attr-defined]
        text(
            "insert into audit_event (at, actor, action, object, detail)"
            " values ('2026-09-10 00:00:00+00', 'a', 'test:step:do', :name, '')"
        ),
        {"name": name},
    )


def test_what_a_job_freed_is_given_back(house: House) -> None:
    """Blocks of a thread's heap that lie below one which is kept: glibc would keep them all."""
    kept: list[Any] = []

    def work(_: Runtime) -> str:
        blocks = [bytearray(2_000) for _ in range(50_000)]
        kept.append(bytearray(2_000))
        del blocks
        kept.append(_memory_mb())
        return ""

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run_slot, house.runtime, "collect", SLOT, work).result()
    assert kept[-1] - _memory_mb() > 80


def _memory_mb() -> float:
    return psutil.Process().memory_info().rss / 1_000_000
