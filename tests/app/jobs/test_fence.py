"""The fence of slots: each slot of a job once, whoever starts it and whoever dies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from app.clock import FixedClock
from app.jobs.fence import LEASE, run_slot
from app.jobs.runtime import Runtime
from app.jobs.tables import job_run
from tests.factories import START, House

SLOT = "2026-09-10T08:30"


def runtime(house: House, worker: str, minutes: int = 0) -> Runtime:
    """A worker whose clock stands so many minutes after the start."""
    clock = FixedClock(START + timedelta(minutes=minutes))
    return replace(house.runtime, worker=worker, clock=clock)


class Effects:
    """Counts what the work did; `dies` breaks off in the middle."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def by(self, worker: str) -> str:
        self.done.append(worker)
        return f"done by {worker}"

    def dies(self) -> str:
        raise ConnectionError("the machine went down")


def test_two_schedulers_start_a_slot_once(house: House) -> None:
    """Four threads at the same moment, as four machines: one effect."""
    effects, gate = Effects(), Barrier(4)

    def start(name: str) -> bool:
        gate.wait()
        return run_slot(runtime(house, name), "send", SLOT, lambda: effects.by(name))

    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(start, ("a", "b", "c", "d")))
    assert sorted(won) == [False, False, False, True]
    assert len(effects.done) == 1
    assert house.rows("select job, slot, state, fence, detail from job_run") == [
        ("send", SLOT, "finished", 1, f"done by {effects.done[0]}")
    ]


def test_a_finished_slot_is_not_run_again(house: House) -> None:
    effects = Effects()
    for minutes in (0, 5, 90, 10_000):
        run_slot(runtime(house, "a", minutes), "send", SLOT, lambda: effects.by("a"))
    assert effects.done == ["a"]
    run_slot(runtime(house, "a"), "send", "2026-09-10T08:40", lambda: effects.by("a"))
    run_slot(runtime(house, "a"), "collect", SLOT, lambda: effects.by("a"))
    assert house.count(job_run) == 3


def test_a_dead_worker_s_slot_is_taken_over_after_the_lease(house: House) -> None:
    """Not before: it may still be at work. The fence number tells the two apart."""
    effects = Effects()
    with pytest.raises(ConnectionError):
        run_slot(runtime(house, "a"), "send", SLOT, effects.dies)
    minutes = int(LEASE.total_seconds()) // 60
    assert not run_slot(runtime(house, "b", minutes), "send", SLOT, lambda: effects.by("b"))
    assert run_slot(runtime(house, "b", minutes + 1), "send", SLOT, lambda: effects.by("b"))
    assert effects.done == ["b"]
    assert house.rows("select owner, fence, state from job_run") == [("b", 2, "finished")]


def test_a_worker_goes_on_with_its_own_slot_at_once(house: House) -> None:
    """Killed and started again it need not wait for its own lease."""
    effects = Effects()
    with pytest.raises(ConnectionError):
        run_slot(runtime(house, "a"), "send", SLOT, effects.dies)
    assert run_slot(runtime(house, "a", 1), "send", SLOT, lambda: effects.by("a"))
    assert effects.done == ["a"]
