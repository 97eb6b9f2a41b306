"""Fresh books again and again, and their loss in the middle of a transaction."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from ledger.chart import Cell
from tests.ledger.books import create_books, engine_for
from tests.support.postgres import PostgresServer


class Bench(Protocol):
    """Makes books with accounts of the same cells, and crashes them."""

    kind: str
    crashes: tuple[str, ...]
    """The ways in which `crash` can lose a connection."""

    def fresh(self) -> Engine:
        """New books, nothing posted; those before are thrown away."""

    def crash(self, session: Session, how: str) -> Engine:
        """Lose the session's connection as it stands; the books as they are after it."""

    def close(self) -> None:
        """Throw the last books away."""


class SqliteBench:
    """Each book is a copy of one file; a crash leaves what was in the files at that moment."""

    kind, crashes = "sqlite", ("files",)

    def __init__(self, folder: Path, *cells: Cell) -> None:
        self._folder, self._made = folder, 0
        self._mould = folder / "mould.db"
        engine = engine_for(f"sqlite:///{self._mould}")
        create_books(engine, *cells)
        engine.dispose()
        self._engine = engine

    def fresh(self) -> Engine:
        self._forget()
        return self._opened(self._mould)

    def crash(self, session: Session, how: str) -> Engine:
        # The files as the power cut leaves them; the process that held them open is gone.
        broken = self._engine
        engine = self._opened(_file(broken))
        session.invalidate()
        self._remove(broken)
        return engine

    def close(self) -> None:
        self._forget()

    def _opened(self, old: Path) -> Engine:
        self._made += 1
        new = self._folder / f"books-{self._made}.db"
        for suffix in ("", "-wal"):
            if (part := Path(f"{old}{suffix}")).exists():
                shutil.copyfile(part, f"{new}{suffix}")
        self._engine = engine_for(f"sqlite:///{new}")
        return self._engine

    def _forget(self) -> None:
        if _file(self._engine) != self._mould:
            self._remove(self._engine)

    def _remove(self, engine: Engine) -> None:
        engine.dispose()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{_file(engine)}{suffix}").unlink(missing_ok=True)


def _file(engine: Engine) -> Path:
    return Path(str(engine.url.database))


class PostgresBench:
    """Each book is a copy of one database; a crash ends the backend, or the client's socket."""

    kind, crashes = "postgresql", ("terminated", "socket")

    def __init__(self, server: PostgresServer, *cells: Cell) -> None:
        self._server = server
        self._mould = self._name = server.create_database("mould")
        self._engine = engine_for(server.url(self._mould))
        create_books(self._engine, *cells)

    def fresh(self) -> Engine:
        self._drop()
        self._name = self._server.create_database("bench", self._mould)
        self._engine = engine_for(self._server.url(self._name))
        return self._engine

    def crash(self, session: Session, how: str) -> Engine:
        connection = session.connection().connection.dbapi_connection
        assert connection is not None
        if how == "terminated":
            with self._engine.begin() as other:
                pid = connection.info.backend_pid
                other.execute(text("select pg_terminate_backend(:pid, 10000)"), {"pid": pid})
        else:
            wire = socket.socket(fileno=os.dup(connection.pgconn.socket))
            wire.shutdown(socket.SHUT_RDWR)
            wire.close()
        session.invalidate()
        return self._engine

    def close(self) -> None:
        self._drop()
        self._server.drop_database(self._mould)

    def _drop(self) -> None:
        self._engine.dispose()
        if self._name != self._mould:
            self._server.drop_database(self._name)
