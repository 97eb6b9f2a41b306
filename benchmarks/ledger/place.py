"""A database to measure in, and copies of it: each measurement starts from the same books."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import make_url

from tests.support.postgres import BENCH_SETTINGS, PostgresServer, postgres_server


@dataclass
class Place:
    """A folder, and for PostgreSQL a server, in which databases are made, copied and dropped."""

    kind: str
    folder: Path
    server: PostgresServer | None
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def server_pid(self) -> int | None:
        return self.server.pid if self.server else None

    def create(self) -> str:
        """The URL of a new empty database."""
        if self.server:
            return self.server.url(self.server.create_database("bench"))
        return f"sqlite:///{self.folder}/bench-{next(self._numbers)}.db"

    def copy(self, url: str) -> str:
        """The URL of a new database with the same content; nobody may be connected to it."""
        if self.server:
            name = self.server.create_database("bench", template=name_of(url))
            return self.server.url(name)
        new = self.create()
        shutil.copyfile(name_of(url), name_of(new))  # closed, so the log is in the file
        return new

    def drop(self, url: str) -> None:
        """Remove a database."""
        if self.server:
            self.server.drop_database(name_of(url))
        else:
            for path in Path(name_of(url)).parent.glob(f"{Path(name_of(url)).name}*"):
                path.unlink()

    def checkpoint(self) -> None:
        """Write everything out, so that the next measurement starts even."""
        if self.server:
            self.server.checkpoint()


def name_of(url: str) -> str:
    """The name of a database, or the path of its file."""
    return make_url(url).database or ""


@contextmanager
def place(kind: str) -> Iterator[Place]:
    """A place of a kind (see harness.KINDS), removed at the end."""
    with tempfile.TemporaryDirectory(prefix="ansinh-bench-") as folder:
        if kind == "sqlite":
            yield Place(kind, Path(folder), None)
            return
        with postgres_server(BENCH_SETTINGS) as server:
            yield Place(kind, Path(folder), server)
