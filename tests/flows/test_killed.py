"""The demo killed with SIGKILL anywhere and started again ends as if nothing had been."""

from __future__ import annotations

import shutil
from pathlib import Path
from time import monotonic

import pytest

from tests.flows.demo import Month, kill_often, random_delays, same_month, sqlite_month, timed
from tests.support.diary import Diary
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.flow

KILLS, KILLS_A_RUN, PEOPLE = 20, 2, 60


@pytest.mark.long
def test_killed_twice(small_month: Month, tmp_path: Path) -> None:
    """The quick one: two kills in a small month, in the middle of sending and of collecting."""
    month = sqlite_month(tmp_path / "month", small_month.people)
    longest = small_month.result["seconds"] * 0.7
    struck = kill_often(month, random_delays("quick", 2, longest, longest / 3))
    assert struck
    same_month(month, small_month)


@pytest.mark.long
def test_twenty_kills_on_sqlite(tmp_path: Path) -> None:
    """Twenty random points; what was done before is in var/long and not done again."""

    def month(name: str) -> Month:
        return sqlite_month(tmp_path / name, PEOPLE)

    _twenty("sqlite", month)


@pytest.mark.long
@pytest.mark.postgres
def test_twenty_kills_on_postgresql(postgres: PostgresServer, tmp_path: Path) -> None:
    """The same with PostgreSQL, where the dead process leaves a backend behind."""

    def month(name: str) -> Month:
        return Month(tmp_path / name, postgres.url(postgres.create_database()), PEOPLE)

    _twenty("postgresql", month)


def _twenty(kind: str, new_month: object) -> None:
    assert callable(new_month)
    diary = Diary(f"killed-{kind}", KILLS)
    undisturbed: Month = new_month("undisturbed")
    seconds = timed(undisturbed)
    while not diary.is_full:
        number = len(diary.runs) + 1
        month: Month = new_month(f"run-{number}")
        began = monotonic()
        struck = kill_often(month, random_delays(f"{kind}-{number}", KILLS_A_RUN, seconds))
        if not struck:  # the machine is less busy now: draw from a shorter time
            seconds = monotonic() - began
        same_month(month, undisturbed)
        diary.note(struck)
        print(f"{kind} run {number}: killed after {struck} s of {seconds:.0f} s, same report")
        shutil.rmtree(month.out)
