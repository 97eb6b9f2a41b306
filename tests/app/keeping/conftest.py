"""A machine that will be lost, and the one that takes over, on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.keeping.before import Story, empty_house, until_backup
from tests.factories import House


@pytest.fixture
def story(house: House, tmp_path: Path) -> Story:
    """September up to the moment of the backup."""
    return until_backup(house, tmp_path)


@pytest.fixture
def new(house: House, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[House]:
    """The machine that takes over."""
    server = None if house.database.is_sqlite else request.getfixturevalue("postgres")
    made = empty_house(house, tmp_path / "new", server)
    yield made
    made.database.close()
    if server is not None:
        server.drop_database(str(made.database.url.database))
