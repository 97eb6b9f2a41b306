"""What is made ahead comes in its turn, by a thread or by processes of its own."""

from __future__ import annotations

import os
import time
from threading import Event
from typing import NoReturn

import pytest

from app.jobs.ahead import abreast, ahead, side_by_side


def test_the_next_thing_is_made_while_one_is_dealt_with() -> None:
    """One ahead and no more; a failure waits for its turn, and stops nobody else."""
    began = {name: Event() for name in "abcd"}

    def make(name: str) -> str:
        began[name].set()
        if name == "b":
            raise ValueError(name)
        return name.upper()

    with ahead(make, "abcd") as given:
        _, first = next(given)
        assert began["b"].wait(10)
        assert first() == "A"
        assert not began["c"].is_set()
        _, second = next(given)
        with pytest.raises(ValueError, match="b"):
            second()
        assert [made() for _, made in given] == ["C", "D"]


def test_whoever_stops_leaves_the_rest_unmade() -> None:
    made: list[int] = []

    with ahead(made.append, range(10)) as given:
        _, one = next(given)
        one()
    assert made in ([0], [0, 1])


def test_several_are_at_work_and_given_in_their_order() -> None:
    """The first ends only when the second has begun."""
    second = Event()

    def work(number: int) -> int:
        if number == 1:
            assert second.wait(10)
        if number == 2:
            second.set()
        return number

    assert list(abreast(work, [1, 2, 3, 4, 5], 2)) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("at_once", [1, 4])
def test_after_a_failure_nothing_more_begins(at_once: int) -> None:
    begun: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        return 1 // (number - 1)

    with pytest.raises(ZeroDivisionError):
        list(abreast(work, range(1, 100), at_once))
    assert len(begun) <= (1 if at_once == 1 else 1 + 2 * at_once)


@pytest.mark.parametrize("many", [False, True])
def test_processes_give_the_same_in_the_same_order(many: bool) -> None:
    assert list(side_by_side(abs, [-3, 2, -1, 0], many)) == [3, 2, 1, 0]
    with pytest.raises(ZeroDivisionError):
        list(side_by_side(_broken, [1], many))


def _broken(number: int) -> float:
    return number / 0


def test_processes_end_with_whoever_was_killed(tmp_path: object) -> None:
    """Else each would wait for ever for more to do."""
    child = os.fork()
    if not child:
        _killed(f"{tmp_path}/pid")
    os.waitpid(child, 0)
    with open(f"{tmp_path}/pid") as told:
        worker = int(told.read())
    for _ in range(100):
        if not os.path.exists(f"/proc/{worker}"):
            return
        time.sleep(0.1)
    pytest.fail(f"process {worker} is still there")


def _killed(path: str) -> NoReturn:
    worker = next(iter(side_by_side(_pid, range(9), many=True)))
    with open(path, "w") as told:
        told.write(str(worker))
    os.kill(os.getpid(), 9)
    raise AssertionError("unreachable")


def _pid(_: int) -> int:
    return os.getpid()
