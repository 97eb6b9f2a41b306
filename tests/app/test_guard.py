"""SQLite's guard by itself, on both drivers; what it stops in full stands in roles/tampering.py."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from types import ModuleType
from typing import Any

import pysqlite3.dbapi2
import pytest
from sqlalchemy.exc import DatabaseError

from app.db import Database
from app.guard import guard

# A table that is written once, one that moves on, one that rows pass through, the owner's.
TABLES = """
create table posting (n integer primary key);
create table hold (n integer primary key, reason text);
create table import_row (n integer);
create table payroll_move (n integer);
create trigger hold_told after insert on hold begin
  update posting set n = n + 1; delete from payroll_move; end;
insert into posting values (1), (5);
insert into payroll_move values (1);
"""
ALLOWED = (
    "insert into posting values (9)",
    "insert into hold values (1, 'x')",
    "update hold set reason = 'y'",
    "insert into hold values (1, 'z') on conflict (n) do update set reason = 'z'",
    "insert into import_row select n from hold returning n",
    "delete from import_row",
    "with recursive up(n) as (select 1 union all select n + 1 from up where n < 9)"
    " select count(*) from up join hold on true",
    "pragma table_info(hold)",
    "pragma foreign_keys",
    "pragma integrity_check",
    "savepoint one",
    "release one",
)
REFUSED = (
    "update posting set n = 2",
    "delete from posting",
    "insert into posting values (1) on conflict (n) do update set n = 3",
    "delete from hold",
    "update import_row set n = 1",
    "insert into payroll_move values (2)",
    "insert into sqlite_sequence values ('posting', 1)",
    "drop trigger hold_told",
    "drop table import_row",
    "create table mine (n)",
    "create index mine on posting (n)",
    "create temporary table posting (n)",
    "alter table posting add column x",
    "attach ':memory:' as other",
    "pragma foreign_keys = off",
    "pragma recursive_triggers = off",
    "pragma writable_schema = on",
    "pragma ignore_check_constraints = on",
    "pragma wal_checkpoint",
    "pragma user_version",
)


@pytest.fixture(params=[sqlite3, pysqlite3.dbapi2], ids=["standard", "pysqlite3"])
def connection(request: pytest.FixtureRequest) -> Iterator[Any]:
    driver: ModuleType = request.param
    with closing(driver.connect(":memory:", isolation_level=None)) as opened:
        opened.executescript(TABLES)
        opened.set_authorizer(guard)
        yield opened


def test_everyday_work_goes_through(connection: Any) -> None:
    for statement in ALLOWED:
        connection.execute(statement).fetchall()


def test_a_trigger_does_its_own_work(connection: Any) -> None:
    connection.execute("insert into hold values (7, 'x')")
    assert connection.execute("select sum(n) from posting").fetchone() == (8,)
    assert connection.execute("select count(*) from payroll_move").fetchone() == (0,)


@pytest.mark.parametrize("statement", REFUSED)
def test_the_rest_is_refused(connection: Any, statement: str) -> None:
    with pytest.raises(Exception, match=r"not authorized|no such table: sqlite_sequence"):
        connection.execute(statement)


def test_the_product_opens_a_guarded_connection_unless_it_says_owner(sqlite_url: str) -> None:
    with closing(Database(sqlite_url, owner=True)) as owner, owner.engine.begin() as made:
        made.exec_driver_sql("create table hold (n integer)")
    with closing(Database(sqlite_url)) as database:
        for _ in range(2):
            with pytest.raises(DatabaseError, match="not authorized"), database.view() as session:
                session.connection().exec_driver_sql("drop table hold")
            database.engine.dispose()
