"""Units of work, views, serializable work, and what each database is told when it is opened."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Barrier, Thread

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app.db import SAFE_SQLITE, Database, _is_safe, check_durable
from app.errors import SettingsError
from tests.support.postgres import PostgresServer, postgres_server

metadata = MetaData()
counter = Table(
    "counter", metadata, Column("id", Integer, primary_key=True), Column("n", Integer, unique=True)
)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with one row: counter 1 is 0."""
    opened = Database(database_url, owner=True)
    with opened.engine.begin() as connection:
        metadata.create_all(connection)
        connection.execute(insert(counter).values(id=1, n=0))
    yield opened
    opened.close()


def value(database: Database) -> int:
    with database.view() as session:
        return int(session.scalars(select(counter.c.n).where(counter.c.id == 1)).one())


def test_all_or_nothing(database: Database) -> None:
    with database.unit_of_work() as session:
        session.execute(text("update counter set n = 7"))
    broken = ("update counter set n = 8", "insert into counter values (1, 1)")
    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        _ = [session.execute(text(one)) for one in broken]
    assert value(database) == 7


def test_a_view_leaves_nothing_behind(database: Database) -> None:
    with database.view() as session:
        session.execute(text("update counter set n = 9"))
    assert value(database) == 0


def test_a_snapshot_answers_as_of_one_moment(database: Database) -> None:
    with database.snapshot() as session:
        first = session.scalars(select(counter.c.n)).one()
        with database.unit_of_work() as other:
            other.execute(text("update counter set n = 5"))
        assert session.scalars(select(counter.c.n)).one() == first == 0
    assert value(database) == 5


def test_serializable_work_loses_no_update(database: Database) -> None:
    """Four threads read and add one, at once and five times each: twenty, or an error is seen."""
    gate, failed = Barrier(4), []

    def add(session: Session) -> None:
        n = session.scalars(select(counter.c.n).where(counter.c.id == 1)).one()
        session.execute(text("update counter set n = :n where id = 1"), {"n": n + 1})

    def work() -> None:
        gate.wait()
        for _ in range(5):
            try:
                database.serializable(add)
            except DBAPIError as error:
                failed.append(error)

    threads = [Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert value(database) + len(failed) == 20
    assert value(database) >= 5


class InTheWay(Exception):
    """What PostgreSQL says of a work that another was in the way of."""

    sqlstate = "40001"


def test_what_begins_again_does_so_alone(database: Database) -> None:
    """Or the last of many would be in somebody's way each time, and fail."""
    tried, order = [], []

    def other() -> None:
        database.serializable(lambda _: order.append("other"))

    def work(_: Session) -> None:
        tried.append(Thread(target=other))
        if len(tried) == 1:
            raise OperationalError("", {}, InTheWay())
        tried[0].start()
        tried[0].join(0.3)
        order.append("again")

    database.serializable(work)
    tried[0].join()
    assert order == ["again", "other"]


def test_a_refusal_of_the_database_is_not_tried_again(database: Database) -> None:
    tried = []

    def work(session: Session) -> None:
        tried.append(1)
        session.execute(insert(counter).values(id=2, n=0))

    with pytest.raises(IntegrityError):
        database.serializable(work)
    assert tried == [1]


def test_sqlite_is_opened_as_it_must(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    wanted = {"foreign_keys": 1, "recursive_triggers": 1, "trusted_schema": 0, "synchronous": 2}
    with database.engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"pragma {name}").scalar() for name in wanted}
        assert connection.exec_driver_sql("pragma journal_mode").scalar() == "wal"
    database.close()
    assert found == wanted


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 51, 3), True),
        ((3, 51, 2), False),
        ((3, 50, 7), True),
        ((3, 50, 6), False),
        ((3, 44, 6), True),
        ((3, 44, 5), False),
        ((3, 45, 9), False),
        ((3, 40, 1), False),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_versions_with_the_wal_reset_bug(version: tuple[int, ...], safe: bool) -> None:
    assert _is_safe(version) is safe
    assert max(SAFE_SQLITE) == (3, 51, 3)


@pytest.mark.postgres
def test_a_server_that_may_forget_is_refused(postgres_url: str) -> None:
    database = Database(postgres_url)
    with pytest.raises(SettingsError, match="fsync, full_page_writes, synchronous_commit"):
        check_durable(database)
    database.close()


@pytest.fixture(scope="module")
def durable() -> Iterator[PostgresServer]:
    with postgres_server({}) as server:
        yield server


@pytest.mark.postgres
def test_a_server_that_keeps_its_word_is_taken(durable: PostgresServer, sqlite_url: str) -> None:
    for url in (durable.url("postgres"), sqlite_url):
        database = Database(url)
        check_durable(database)
        database.close()


@pytest.mark.postgres
def test_two_provinces_in_two_schemas(postgres_url: str) -> None:
    """A province is a schema: the same tables, apart."""
    for name in ("north", "south"):
        plain = Database(postgres_url)
        with plain.engine.begin() as connection:
            connection.exec_driver_sql(f"create schema {name}")
        plain.close()
        database = Database(postgres_url, name)
        with database.engine.begin() as connection:
            metadata.create_all(connection)
            connection.execute(insert(counter).values(id=1, n=len(name)))
        assert value(database) == 5
        database.close()
