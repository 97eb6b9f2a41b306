"""The whole month by the real command, with the bank as a process behind real SFTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.flows import walk
from tests.flows.conftest import SMALL, WHOLE
from tests.flows.demo import Month
from tests.support.command import run_ansinh
from tests.support.postgres import PostgresServer, postgres_server

pytestmark = pytest.mark.flow

QUESTIONS = [
    walk.closed,
    walk.settled,
    walk.proven,
    walk.reported,
    walk.traced,
    walk.healthy,
    walk.balanced,
]
TAKEN_AWAY = [
    walk.read_by_hledger,
    walk.read_by_beancount,
    walk.read_by_our_checker,
    walk.packed_for_an_auditor,
]


@pytest.mark.parametrize("asks", QUESTIONS)
def test_month_on_sqlite(small_month: Month, asks: Callable[[Month], None]) -> None:
    asks(small_month)


@pytest.mark.parametrize("asks", TAKEN_AWAY)
def test_what_is_taken_away_from_sqlite(
    small_month: Month, tmp_path: Path, asks: Callable[[Month, Path], None]
) -> None:
    asks(small_month, tmp_path)


@pytest.fixture
def durable() -> Iterator[PostgresServer]:
    """A server that keeps what it acknowledged: the doctor refuses any other."""
    with postgres_server({"max_connections": "50"}) as server:
        yield server


@pytest.mark.postgres
def test_month_on_postgresql(durable: PostgresServer, small_month: Month, tmp_path: Path) -> None:
    """The same month on the other database: byte for byte the same report."""
    month = Month(tmp_path / "month", durable.url(durable.create_database()), SMALL).make()
    assert month.report == small_month.report
    walk.closed(month)
    walk.healthy(month)


@pytest.mark.long
@pytest.mark.postgres
def test_whole_month(durable: PostgresServer, whole_month: Month, tmp_path: Path) -> None:
    """Sixty people on both databases, with every question."""
    url = durable.url(durable.create_database())
    other = Month(tmp_path / "month", url, WHOLE).make()
    assert other.report == whole_month.report
    for name, month in (("sqlite", whole_month), ("postgresql", other)):
        folder = tmp_path / name
        folder.mkdir()
        for asks in QUESTIONS:
            asks(month)
        for asks_with_folder in TAKEN_AWAY:
            asks_with_folder(month, folder)


@pytest.mark.postgres
def test_doctor_refuses_a_server_that_may_forget(postgres: PostgresServer, tmp_path: Path) -> None:
    """The tests' own server runs without fsync; no money may rest on such a one."""
    url = postgres.url(postgres.create_database())
    run_ansinh(["db", "upgrade", "--database", url])
    done = run_ansinh(["doctor", "--database", url, "--json"])
    assert done.returncode == 1
    assert "fsync" in done.stdout
