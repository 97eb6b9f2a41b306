"""Fresh books on each database; and books that are shared, where a test commits nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.ledger.benches import Bench, PostgresBench, SqliteBench
from tests.ledger.books import MERIT, PENSION, Books, create_books, engine_for
from tests.ledger.histories import CELLS
from tests.support.postgres import PostgresServer

DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on fresh books with the accounts of two programmes."""
    engine = engine_for(database_url)
    create_books(engine, PENSION, MERIT)
    yield engine
    engine.dispose()


@pytest.fixture(params=DATABASES)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """Fresh books again and again, which can be lost."""
    made: Bench
    if request.param == "sqlite":
        made = SqliteBench(tmp_path, *CELLS)
    else:
        made = PostgresBench(request.getfixturevalue("postgres"), *CELLS)
    yield made
    made.close()


@pytest.fixture
def books(engine: Engine) -> Iterator[Books]:
    """A session on fresh books."""
    with Session(engine) as session:
        yield Books(session, engine)


@pytest.fixture(scope="module", params=DATABASES)
def shared_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """Like `engine`, for all tests of a file."""
    engine = engine_for(_shared_url(request, tmp_path_factory.mktemp("books")))
    create_books(engine, PENSION, MERIT)
    yield engine
    engine.dispose()


def _shared_url(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'books.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.url(server.create_database("books"))


@pytest.fixture
def scratch(shared_engine: Engine) -> Iterator[Books]:
    """A session on shared books, undone after the test: nothing may be committed."""
    with Session(shared_engine) as session:
        yield Books(session, shared_engine)
        session.rollback()
