"""Fixtures for every test: a fresh database of each kind, the processes' environment clean."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import settings

from tests.factories import House, Stage, set_up
from tests.support.mould import Mould
from tests.support.once import build_once
from tests.support.postgres import PostgresServer, postgres_server
from tests.support.scratch import use_memory

use_memory()
build_once()

# The machine may be busy: time says nothing about an example. What failed is printed, not kept.
settings.register_profile("house", deadline=None, database=None, print_blob=True)
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Of some tests the run on PostgreSQL is long, that on SQLite is not."""
    for item in items:
        if item.get_closest_marker("long_on_postgresql") and item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.long)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shell that starts the tests must not change them."""
    for name in list(os.environ):
        if name.startswith("ANSINH_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The PostgreSQL server of this test process (each worker of xdist has its own)."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """The URL of a new, empty PostgreSQL database, dropped afterwards."""
    name = postgres.create_database()
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh empty database of each kind: the test runs once on SQLite, once on PostgreSQL."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture(scope="session")
def mould(tmp_path_factory: pytest.TempPathFactory) -> Mould:
    """Makes tiny provinces, each stage once."""
    return Mould(tmp_path_factory.mktemp("mould"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def house(request: pytest.FixtureRequest, mould: Mould, tmp_path: Path) -> Iterator[House]:
    """A tiny province on each kind of database; `@pytest.mark.stage(of=...)` says how far it is."""
    marker = request.node.get_closest_marker("stage")
    stage: Stage = marker.kwargs["of"] if marker else set_up
    if request.param == "sqlite":
        made = mould.on_sqlite(stage, tmp_path)
        yield made
        made.close()
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    made = mould.on_postgresql(stage, tmp_path, server)
    yield made
    made.close()
    server.drop_database(str(made.database.url.database))
