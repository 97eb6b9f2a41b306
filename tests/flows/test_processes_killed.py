"""SIGKILL of web, worker and scheduler in turn at random points of a month with a real bank.

The bank is the sandbox, a process of its own, over SFTP and folders; its own book tells how often
each payment was executed. Killed processes are started again and go on from the database alone.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from itertools import cycle
from pathlib import Path
from random import Random

import pytest

from tests.factories import House
from tests.flows.crew import (
    LEASE_IS_OVER,
    Crew,
    approved_of,
    crew_of,
    every_doubt_has_a_step,
    everything_paid_once,
    moments,
)
from tests.support.diary import Diary
from tests.support.mould import Mould
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.flow

ROLES = ("worker", "scheduler", "web")
KILLS, LONG_KILLS = 10, 200
PEOPLE, LONG_PEOPLE = 24, 400
QUICKLY, SLOWLY = 0.12, 0.8
"""Seconds within which a kill strikes once the job is in its hands: about as long as it takes."""

few, many = approved_of(PEOPLE), approved_of(LONG_PEOPLE)


def killed_month(crew: Crew, seed: str, longest: float) -> list[float]:
    """Live the month; kill ten times where there is work. Gives seconds after it began."""
    rng, roles, struck = Random(seed), cycle(ROLES), []
    with crew.working():
        crew.answers()
        for moment in moments():
            crew.release()
            if len(struck) < KILLS:
                struck.append(_strike(crew, next(roles), moment, rng.uniform(0.0, longest)))
                moment += LEASE_IS_OVER
            crew.at(moment)
            crew.settled_down()
            every_doubt_has_a_step(crew)
        crew.answers()
    return struck


def _strike(crew: Crew, role: str, moment: datetime, after: float) -> float:
    with crew.alone(role):
        crew.at(moment)
        crew.at_work("worker" if role == "web" else role)
        if role == "web":
            crew.answers()
        time.sleep(after)
        hands = crew.kill(role)
    print(f"{role} killed {after:.3f} s into {hands or 'nothing'}")
    return round(after, 3)


@pytest.mark.long_on_postgresql
@pytest.mark.stage(of=few)
def test_ten_kills_in_a_month(house: House) -> None:
    """Two officers release a batch before each; banks are paid, lists and statements come in."""
    with crew_of(house) as crew:
        assert len(killed_month(crew, "quick", QUICKLY)) == KILLS
        everything_paid_once(crew)


@pytest.mark.long
def test_two_hundred_kills_on_sqlite(mould: Mould, tmp_path: Path) -> None:
    """Twenty months of 400 payments, ten kills in each; what was done before is not done again."""

    @contextmanager
    def new_house(name: str) -> Iterator[House]:
        home = tmp_path / name
        home.mkdir()
        house = mould.on_sqlite(many, home)
        yield house
        house.close()
        shutil.rmtree(home)

    _two_hundred("sqlite", new_house)


@pytest.mark.long
@pytest.mark.postgres
def test_two_hundred_kills_on_postgresql(
    mould: Mould, postgres: PostgresServer, tmp_path: Path
) -> None:
    """The same with PostgreSQL, where a dead process leaves a backend behind."""

    @contextmanager
    def new_house(name: str) -> Iterator[House]:
        home = tmp_path / name
        home.mkdir()
        house = mould.on_postgresql(many, home, postgres)
        yield house
        house.close()
        postgres.drop_database(str(house.database.url.database))
        shutil.rmtree(home)

    _two_hundred("postgresql", new_house)


def _two_hundred(kind: str, new_house: Callable[[str], AbstractContextManager[House]]) -> None:
    diary = Diary(f"processes-killed-{kind}", LONG_KILLS)
    while not diary.is_full:
        number, began = len(diary.runs) + 1, time.monotonic()
        with new_house(f"run-{number}") as house, crew_of(house) as crew:
            struck = killed_month(crew, f"{kind}-{number}", SLOWLY)
            everything_paid_once(crew)
        diary.note(struck)
        print(f"{kind} run {number}: {len(struck)} kills, {time.monotonic() - began:.0f} s")
