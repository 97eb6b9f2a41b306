"""Houses at a stage: made once for each kind of database, copied for every test."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from app import schema
from app.clock import SteppedClock
from app.db import Database
from app.privacy import Keyring
from app.roles.grants import grant
from app.roles.logins import make_login
from tests.factories import KEY, ROLES, SERVICE, START, House, Stage
from tests.support.postgres import PostgresServer
from tests.support.province import contracts, institutions, ladder, officers


class Mould:
    """Houses at a stage, made once for each kind of database and copied for every test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[str, Stage], tuple[str, datetime]] = {}

    def on_sqlite(self, stage: Stage, home: Path) -> House:
        """A copy in a file of its own in `home`."""
        if ("sqlite", stage) not in self._made:
            # Two files may each have a stage of one name.
            path = str(self._folder / f"{len(self._made)}-{stage.__name__}.db")
            self._make("sqlite", stage, path, f"sqlite:///{path}")
        original, now = self._made["sqlite", stage]
        shutil.copy(original, home / "test.db")
        url = f"sqlite:///{home / 'test.db'}"
        return _opened(url, url, home, now)

    def on_postgresql(self, stage: Stage, home: Path, server: PostgresServer) -> House:
        """A copy in a database of its own; drop it with `server.drop_database`."""
        if ("postgresql", stage) not in self._made:
            name = server.create_database("mould")
            self._make("postgresql", stage, name, server.url(name), server.url(name, SERVICE))
        original, now = self._made["postgresql", stage]
        name = server.create_database(template=original)
        return _opened(server.url(name, SERVICE), server.url(name), home, now)

    def _make(self, kind: str, stage: Stage, name: str, owner: str, url: str = "") -> None:
        made = tiny_house(url or owner, owner, self._folder)
        stage(made)
        made.close()
        self._made[kind, stage] = (name, made.clock.now())


def _opened(url: str, owner: str, home: Path, now: datetime) -> House:
    opened = Database(url), Database(owner, owner=True)
    return House(*opened, Keyring(KEY), SteppedClock(now), home)


def tiny_house(url: str, owner: str, home: Path) -> House:
    """Set the province up in an empty database, as its owner."""
    house = _opened(url, owner, home, START)
    with house.owner.engine.begin() as connection:
        schema.create(connection)
        if not house.owner.is_sqlite:
            grant(connection, ROLES)
            make_login(connection, SERVICE, "app")
    with house.owner.signed_work() as session:
        institutions(session)
        contracts(session)
        officers(session, house.keyring)
        ladder(session, house.keyring, START)
    return house
