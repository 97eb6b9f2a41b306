"""What the application itself cannot do to the books, whoever got hold of its connection.

On SQLite the statements run on the connection that the product opens, on PostgreSQL with the
application's login. Whatever is tried, nothing of the database may have changed afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import select

from ledger.proof import verify
from ledger.schema import metadata
from tests.app.roles.tampering import (
    EVERYWHERE,
    ON_POSTGRESQL,
    ON_SQLITE,
    SOUND,
    Try,
    every_write,
)
from tests.factories import House
from tests.support.mould import Mould
from tests.support.stages import september_closed

REFUSALS = (psycopg.Error, sqlite.Error)
KINDS = {"sqlite": {**EVERYWHERE, **ON_SQLITE}, "postgresql": {**EVERYWHERE, **ON_POSTGRESQL}}
Content = dict[str, list[tuple[Any, ...]]]


def _opened(kind: str, request: pytest.FixtureRequest, mould: Mould) -> Iterator[House]:
    home = request.getfixturevalue("tmp_path_factory").mktemp("tampered")
    if kind == "sqlite":
        made = mould.on_sqlite(september_closed, home)
    else:
        made = mould.on_postgresql(september_closed, home, request.getfixturevalue("postgres"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def on_sqlite(request: pytest.FixtureRequest, mould: Mould) -> Iterator[House]:
    yield from _opened("sqlite", request, mould)


@pytest.fixture(scope="module")
def on_postgresql(request: pytest.FixtureRequest, mould: Mould) -> Iterator[House]:
    yield from _opened("postgresql", request, mould)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def closed(request: pytest.FixtureRequest) -> House:
    house: House = request.getfixturevalue(f"on_{request.param}")
    return house


def content(house: House) -> Content:
    """Every row of every table."""
    return {name: rows_of(house, name) for name in metadata.tables}


def rows_of(house: House, name: str) -> list[tuple[Any, ...]]:
    """Every row of a table."""
    with house.owner.view() as session:
        found = session.execute(select(metadata.tables[name]))
        return sorted((tuple(row) for row in found), key=repr)


def attempt(house: House, tried: Try) -> None:
    """Run it as the application: what prepares it statement by statement, the rest as a whole."""
    held = house.database.engine.raw_connection()
    driver: Any = held.driver_connection
    if not house.database.is_sqlite:
        driver.autocommit = True
    try:
        for statement in tried.first:
            try:
                driver.execute(_named(house, statement))
            except REFUSALS:
                continue  # an intruder goes on all the same
        whole = ("begin", *tried.tamper, "commit") if len(tried.tamper) > 1 else tried.tamper
        for statement in whole:
            driver.execute(_named(house, statement))
    finally:
        held.invalidate()
        held.close()


def _named(house: House, statement: str) -> str:
    if "{" not in statement:
        return statement
    return statement.format(file=house.database.url.database, owner=house.owner.url.username)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        pytest.param(kind, name, marks=[pytest.mark.postgres] if kind == "postgresql" else [])
        for kind, tries in KINDS.items()
        for name in tries
    ],
)
def test_the_application_cannot(kind: str, name: str, request: pytest.FixtureRequest) -> None:
    house: House = request.getfixturevalue(f"on_{kind}")
    before, tried = content(house), KINDS[kind][name]
    with pytest.raises(REFUSALS) as refused:
        attempt(house, tried)
    assert re.search(tried.why, str(refused.value)), str(refused.value)
    assert content(house) == before


@pytest.mark.long_on_postgresql
def test_no_table_takes_a_write_that_it_should_not(closed: House) -> None:
    before = content(closed)
    for table, statement in every_write():
        with pytest.raises(REFUSALS, match=r"not authorized|permission denied"):
            attempt(closed, Try((statement,)))
        assert rows_of(closed, table) == before[table], statement
    assert content(closed) == before


@pytest.mark.postgres
def test_rows_that_are_copied_in_are_judged_as_well(on_postgresql: House) -> None:
    before = content(on_postgresql)
    with on_postgresql.database.engine.begin() as connection:
        driver: Any = connection.connection.driver_connection
        with (
            pytest.raises(psycopg.Error, match="sealed or unknown"),
            driver.cursor() as cursor,
            cursor.copy("copy posting from stdin") as out,
        ):
            out.write_row((1, 99, 1, 0, 99, 100, 0, -100))
        connection.rollback()
    assert content(on_postgresql) == before


def test_a_right_entry_passes_so_that_the_others_fail_for_their_reason(closed: House) -> None:
    with closed.database.engine.connect() as connection:
        for statement in SOUND:
            connection.exec_driver_sql(statement)
        connection.rollback()


def test_after_all_that_the_books_hold(closed: House) -> None:
    with closed.database.view() as session:
        assert [proof.name for proof in verify(session) if not proof.ok] == []
