"""Migrations lead to the schema that a fresh database has, and nothing is half applied."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

import pytest
from click.testing import CliRunner
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from app import schema
from app.cli.main import cli
from app.db import Database
from app.errors import InputError
from app.migrations.statements import run_statements
from app.migrations.upgrade import FOLDER, upgrade
from ledger.schema import metadata
from tests.support.command import run_ansinh
from tests.support.schemas import schema_of

FIRST = FOLDER / "versions" / "0001_first_tables.py"


@pytest.fixture
def provinces(database_url: str) -> Iterator[tuple[Database, Database]]:
    """Two empty ones: two files of SQLite, or two schemas of one PostgreSQL database."""
    if database_url.startswith("sqlite"):
        both = Database(database_url, owner=True), Database(f"{database_url}-other", owner=True)
    else:
        plain = Database(database_url, owner=True)
        with plain.engine.begin() as connection:
            connection.execute(text("create schema north"))
            connection.execute(text("create schema south"))
        plain.close()
        both = (
            Database(database_url, "north", owner=True),
            Database(database_url, "south", owner=True),
        )
    yield both
    for one in both:
        one.close()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty one."""
    opened = Database(database_url, owner=True)
    yield opened
    opened.close()


def names(database: Database) -> set[str]:
    """Its tables."""
    with database.engine.connect() as connection:
        return set(inspect(connection).get_table_names())


def test_migrated_is_as_fresh(provinces: tuple[Database, Database]) -> None:
    """Columns, types, keys, checks, indexes, triggers and legal moves; also after a second time."""
    migrated, fresh = provinces
    version = upgrade(migrated.engine)
    with fresh.engine.begin() as connection:
        schema.create(connection)
        wanted = schema_of(connection)
    assert all(wanted.values()), "the catalogue was asked wrongly"
    assert upgrade(migrated.engine) == version
    with migrated.engine.begin() as connection:
        assert schema_of(connection) == wanted
        assert schema.missing_rules(connection) == []
    assert names(migrated) == {*metadata.tables, "alembic_version"}


def test_a_rule_of_an_earlier_version_goes(database: Database) -> None:
    """A trigger and a move that today's rules do not know, left by yesterday's."""
    upgrade(database.engine)
    with database.engine.begin() as connection:
        wanted = schema_of(connection)
        event = "before update on batch"
        if database.is_sqlite:
            connection.execute(text(f"create trigger old {event} begin select 1; end"))
        else:
            connection.execute(text(f"create trigger old {event} execute function append_only()"))
        connection.execute(text("insert into batch_move values ('done', 'built')"))
        assert schema_of(connection) != wanted
    upgrade(database.engine)
    with database.engine.begin() as connection:
        assert schema_of(connection) == wanted


def test_first_tables_without_a_version_are_taken_as_they_are(database: Database) -> None:
    """The demo of 0.1.0 made its tables without writing a version."""
    with database.engine.begin() as connection:
        run_statements(connection, FIRST)
        connection.execute(text("insert into installation values ('training', '1')"))
    upgrade(database.engine)
    with database.engine.begin() as connection:
        assert schema.missing_rules(connection) == []
        assert connection.scalar(text("select value from installation")) == "1"


def test_tables_that_no_release_made_are_refused(database: Database) -> None:
    with database.engine.begin() as connection:
        run_statements(connection, FIRST)
        connection.execute(text("drop table chain_link"))
    before = names(database)
    with pytest.raises(InputError, match=r"không ghi phiên bản.*thiếu bảng chain_link"):
        upgrade(database.engine)
    assert names(database) == before


def test_a_migration_that_breaks_off_leaves_nothing(database: Database) -> None:
    """Somebody else's index has the name of one of ours, far behind the first statements."""
    with database.engine.begin() as connection:
        connection.execute(text("create table theirs (n bigint)"))
        connection.execute(text("create index ix_instruction_batch_id on theirs (n)"))
    with pytest.raises(DBAPIError):
        upgrade(database.engine)
    assert names(database) == {"theirs"}
    with database.engine.begin() as connection:
        connection.execute(text("drop index ix_instruction_batch_id"))
    upgrade(database.engine)
    assert names(database) == {*metadata.tables, "alembic_version", "theirs"}


def test_a_newer_database_is_left_alone(database: Database, database_url: str) -> None:
    """An older program says what is newer and what to do, and touches nothing."""
    upgrade(database.engine)
    with database.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9001'"))
        connection.execute(text("create table of_later (n bigint)"))
        before = schema_of(connection)
    answered = CliRunner().invoke(cli, ["db", "upgrade", "--database", database_url])
    assert isinstance(answered.exception, InputError)
    with database.engine.begin() as connection:
        assert schema_of(connection) == before
        assert connection.scalar(text("select version_num from alembic_version")) == "9001"


def test_what_an_older_program_says(sqlite_url: str) -> None:
    """One sentence what happened, one what to do, no traceback."""
    database = Database(sqlite_url, owner=True)
    version = upgrade(database.engine)
    with database.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9001'"))
    database.close()
    done = run_ansinh(["db", "upgrade", "--database", sqlite_url])
    assert done.returncode == 1
    assert done.stderr.startswith("Lỗi: Cơ sở dữ liệu ở phiên bản 9001, mới hơn bản An Sinh")
    assert f"(chỉ biết đến {version})" in done.stderr
    assert "Cài bản An Sinh mới hơn" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.postgres
def test_two_upgrades_at_once(postgres_url: str) -> None:
    """Two machines start together: one upgrades, the other waits and finds it done."""
    done: list[str] = []

    def work() -> None:
        database = Database(postgres_url, owner=True)
        done.append(upgrade(database.engine))
        database.close()

    threads = [Thread(target=work) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(done) == 3
    assert len(set(done)) == 1
