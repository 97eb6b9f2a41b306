"""A served month on each kind of database, made once: the pages only read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.config import Settings
from app.db import Database
from app.web.application import create_app
from app.web.site import EXTENSION
from tests.app.web.month import fill


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def month_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database that holds the month."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('month') / 'month.db'}"
    else:
        server = request.getfixturevalue("postgres")
        url = server.url(server.create_database())
    database = Database(url, owner=True)
    fill(database)
    database.close()
    return url


@pytest.fixture
def application(month_url: str) -> Iterator[Flask]:
    """The service of that month."""
    served = create_app(Settings(database_url=month_url))
    yield served
    served.extensions[EXTENSION].database.close()


@pytest.fixture
def client(application: Flask) -> FlaskClient:
    """A reader of the pages."""
    return application.test_client()
