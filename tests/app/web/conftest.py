"""A served month on each kind of database, made once; and officers who are signed in.

`client_as("maker")` is a browser of an officer, for whatever `application` the test has. A module
that serves the tiny province instead takes `application` from `served` (see `serving.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.config import Settings
from app.db import Database
from app.privacy import Keyring
from app.web.site import EXTENSION
from tests.app.web.month import KEY, fill
from tests.app.web.serving import Browser, ClientAs, application_of, signed_in


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
    served = application_of(Settings(database_url=month_url), Keyring(KEY))
    yield served
    served.extensions[EXTENSION].database.close()


@pytest.fixture
def client_as(application: Flask) -> ClientAs:
    """A browser in which an officer is signed in, by his user name."""
    return lambda username: signed_in(application, username)


@pytest.fixture
def client(client_as: ClientAs) -> Browser:
    """A reader of all pages: the checker of the whole province."""
    return client_as("checker")
