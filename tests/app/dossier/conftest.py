"""One house with two closed months on each database, and one pack of it; nobody changes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.dossier.months import close_both_months, packed
from tests.factories import House
from tests.support.mould import tiny_house
from tests.support.postgres import PostgresServer


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def closed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """The house on each kind of database. Read it only."""
    home = tmp_path_factory.mktemp("closed")
    if request.param == "sqlite":
        url = f"sqlite:///{home / 'test.db'}"
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.url(server.create_database("closed"))
    house = close_both_months(tiny_house(url, url, home))
    yield house
    house.database.close()


@pytest.fixture(scope="session")
def closed_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The same house where the kind of database does not matter."""
    home = tmp_path_factory.mktemp("closed")
    url = f"sqlite:///{home / 'test.db'}"
    house = close_both_months(tiny_house(url, url, home))
    yield house
    house.database.close()


@pytest.fixture(scope="session")
def pack(closed_on_sqlite: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """October of the commune as a pack. Copy it before you change it."""
    output = tmp_path_factory.mktemp("packs") / "pack"
    packed(closed_on_sqlite, output)
    return output
