"""The test session's own databases: real, fresh, of both kinds."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from tests.support.postgres import MAJOR_MIN, PostgresServer


@pytest.mark.parametrize("turn", [1, 2])
def test_a_database_is_fresh_each_time(database_url: str, turn: int) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE turns (n BIGINT)"))
        connection.execute(text("INSERT INTO turns VALUES (:n)"), {"n": turn})
        assert connection.scalar(text("SELECT sum(n) FROM turns")) == turn
    engine.dispose()


@pytest.mark.postgres
def test_postgres_is_of_the_promised_version(postgres: PostgresServer, postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        version = connection.scalar(text("SHOW server_version_num"))
        assert int(version) // 10_000 >= MAJOR_MIN
        assert connection.scalar(text("SHOW listen_addresses")) == ""
    engine.dispose()
