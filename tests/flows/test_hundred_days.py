"""A hundred days with one bank: books = statement to the đồng, each fault found that day."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from time import monotonic

import pytest

from tests.factories import House, set_up
from tests.flows.days_faults import DIFFERENCE, KINDS
from tests.flows.days_run import DAYS, DayRun
from tests.support.diary import Diary
from tests.support.mould import Mould
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.flow

SEED, PEOPLE = 3, 50
FEWER = 45
"""Days on PostgreSQL, of which each takes three times as long; the long test has all of them."""
LONG_SEEDS, LONG_PEOPLE = 20, 150


def hundred_days(house: House, seed: int, people: int, days: int = DAYS) -> DayRun:
    """Every day is checked; at the end it is told what was met on the way."""
    began, run = monotonic(), DayRun(house, seed, people, days)
    run.run()
    print(f"seed {seed}: {len(run.bank.days)} days, {sum(run.planted.values())} faults,"
          f" planted {dict(run.planted)}, found {dict(run.found)}, {run.told()},"
          f" {monotonic() - began:.0f} s", flush=True)  # fmt: skip
    return run


def test_a_hundred_days(house: House) -> None:
    """Every kind of fault is planted at least once, and found the same day by its name; the last
    day's statement, which is wrong and adds up, by the books."""
    days = DAYS if house.database.is_sqlite else FEWER
    run = hundred_days(house, SEED, PEOPLE, days)
    assert run.found[DIFFERENCE] == run.planted["doctored"] == 1
    assert run.bank.late
    if days == DAYS:
        assert run.planted.keys() >= set(KINDS)


@pytest.mark.long
def test_twenty_seeds_on_sqlite(mould: Mould, tmp_path: Path) -> None:
    """Twenty seeds; what passed before is in var/long and not run again."""
    twenty("sqlite", partial(mould.on_sqlite, set_up), tmp_path)


@pytest.mark.long
@pytest.mark.postgres
def test_twenty_seeds_on_postgresql(mould: Mould, tmp_path: Path, postgres: PostgresServer) -> None:
    """The same with PostgreSQL."""

    def copy(home: Path) -> House:
        return mould.on_postgresql(set_up, home, postgres)

    twenty("postgresql", copy, tmp_path, postgres.drop_database)


def twenty(
    kind: str,
    copy: Callable[[Path], House],
    folder: Path,
    drop: Callable[[str], None] = lambda name: None,
) -> None:
    """One seed after the other, each in a copy that is then dropped."""
    diary = Diary(f"days-{kind}", LONG_SEEDS)
    while not diary.is_full:
        seed = len(diary.runs) + 1
        home = folder / str(seed)
        home.mkdir()
        with closing(copy(home)) as house:
            hundred_days(house, seed, LONG_PEOPLE)
        drop(str(house.database.url.database))
        shutil.rmtree(home)
        diary.note([float(seed)])
