"""The other way: the same rows into the same tables, keys, indexes and CHECKs, without a trigger.

By COPY on PostgreSQL, by the driver's executemany on SQLite. The rows come from a month that
the books' functions wrote, so they are the same to the last column. They are made ready
beforehand, as COPY's binary form or as tuples in memory, a unit of work for each chunk.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import Database
from benchmarks.ledger.books import STEPS, Month
from ledger.tables import posting

TRIGGERS = {
    "sqlite": "select name, tbl_name from sqlite_master where type = 'trigger'",
    "postgresql": "select tgname, tgrelid::regclass::text from pg_trigger where not tgisinternal",
}
COLUMNS = ", ".join(posting.c.keys())
VALUES = ", ".join("?" * len(posting.c))
BLOCK = 1 << 20


def drop_triggers(database: Database) -> None:
    """Leave the tables with what CREATE TABLE and CREATE INDEX give."""
    kind = database.engine.dialect.name
    with database.engine.begin() as connection:
        for name, of in connection.execute(text(TRIGGERS[kind])).all():
            on = "" if database.is_sqlite else f" on {of}"
            connection.execute(text(f"drop trigger {name}{on}"))


def make_ready(database: Database, month: Month, folder: Path) -> None:
    """Write the postings of a month to files, one for each chunk of a step."""
    for step in STEPS:
        for first, path in _files(step, month, folder):
            keys = ", ".join(f"'{recipe}:{first}'" for recipe in STEPS[step])
            rows = (
                f"select {COLUMNS} from posting where entry_id in"
                f" (select id from entry where key in ({keys})) order by entry_id, line"
            )
            with database.view() as session, path.open("wb") as file:
                if database.is_sqlite:
                    pickle.dump([tuple(row) for row in session.execute(text(rows))], file)
                else:
                    cursor = _driver(session).cursor()
                    with cursor.copy(f"copy ({rows}) to stdout (format binary)") as out:
                        file.writelines(out)


def load(database: Database, step: str, month: Month, folder: Path) -> list[Any]:
    """What `write` takes: for each chunk of the step, its tuples or its blocks of bytes."""
    chunks: list[Any] = []
    for _, path in _files(step, month, folder):
        with path.open("rb") as file:
            rows = pickle.load(file) if database.is_sqlite else list(_blocks(file))  # noqa: S301
            chunks.append(rows)
    return chunks


def write(database: Database, chunks: list[Any]) -> None:
    """Each chunk into the table of the postings, and committed."""
    for chunk in chunks:
        with database.unit_of_work() as session:
            cursor = _driver(session).cursor()
            if database.is_sqlite:
                cursor.executemany(f"insert into posting ({COLUMNS}) values ({VALUES})", chunk)
            else:
                with cursor.copy(f"copy posting ({COLUMNS}) from stdin (format binary)") as into:
                    for block in chunk:
                        into.write(block)


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block


def _files(step: str, month: Month, folder: Path) -> Iterator[tuple[int, Path]]:
    for first, _ in month.chunks(step):
        yield first, folder / f"{step}-{first}.rows"


def _driver(session: Session) -> Any:
    return session.connection().connection.driver_connection
