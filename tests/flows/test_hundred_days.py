"""A hundred days with one bank: books = statement to the đồng, each fault found that day."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

import pytest

from tests.factories import House, set_up
from tests.flows.days_faults import DIFFERENCE, KINDS
from tests.flows.days_run import DAYS, DayRun
from tests.flows.seeds import every_seed
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


def one_seed(house: House, seed: int) -> None:
    hundred_days(house, seed, LONG_PEOPLE)


@pytest.mark.long
def test_twenty_seeds_on_sqlite(mould: Mould, tmp_path: Path) -> None:
    """Twenty seeds; what passed before is in var/long and not run again."""
    every_seed("days-sqlite", LONG_SEEDS, one_seed, set_up, mould, tmp_path)


@pytest.mark.long
@pytest.mark.postgres
def test_twenty_seeds_on_postgresql(mould: Mould, tmp_path: Path, postgres: PostgresServer) -> None:
    """The same with PostgreSQL."""
    every_seed("days-postgresql", LONG_SEEDS, one_seed, set_up, mould, tmp_path, postgres)
