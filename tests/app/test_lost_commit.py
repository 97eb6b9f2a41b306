"""The reply to a COMMIT is lost: whoever asks again with the same key gets one entry, not two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import event, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.db import Database
from ledger.balances import balance
from ledger.errors import Conflict
from ledger.journal import EntryDraft, Posted, post_many
from ledger.proof import verify
from tests.ledger.books import NOW, PENSION, TODAY, create_books, engine_for
from tests.support.breaking_wire import BreakingWire, breaking_wire
from tests.support.postgres import PostgresServer

DRAFT = EntryDraft("payroll:1", "accrue", PENSION, TODAY, NOW, "test")
ITEMS = [(1, 500), (2, 600)]


@dataclass
class BreakingFile:
    """What a SQLite file looks like when the disk answers late or never."""

    breaks: str | None = None
    broke: int = 0

    def into(self, database: Database) -> None:
        """Every connection of the database from now on commits through this."""
        file, driver = self, database.engine.dialect.loaded_dbapi

        class Connection(driver.Connection):  # type: ignore[misc, name-defined]
            def commit(self) -> None:
                if file.breaks != "before":
                    super().commit()
                if file.breaks:
                    file.broke += 1
                    raise driver.OperationalError("disk I/O error")

        @event.listens_for(database.engine, "do_connect")
        def _connect(_: Any, __: Any, ___: Any, given: dict[str, Any]) -> None:
            given["factory"] = Connection


@dataclass
class Faulty:
    """A database whose next commit fails: "before" it is carried out, or "after"."""

    database: Database
    wire: BreakingWire | BreakingFile

    @contextmanager
    def broken(self, breaks: str) -> Iterator[None]:
        """Inside, the reply of a commit does not arrive."""
        self.wire.breaks, broke = breaks, self.wire.broke
        with pytest.raises(OperationalError):
            yield
        assert self.wire.broke == broke + 1
        self.wire.breaks = None


@pytest.fixture
def faulty(database_url: str, request: pytest.FixtureRequest) -> Iterator[Faulty]:
    """Books behind a wire, or on a disk, that can break."""
    owner = engine_for(database_url)
    create_books(owner, PENSION)
    owner.dispose()
    if database_url.startswith("sqlite"):
        database, file = Database(database_url), BreakingFile()
        file.into(database)
        yield Faulty(database, file)
        database.close()
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with breaking_wire(server.folder) as wire:
        behind = make_url(database_url).update_query_dict({"host": str(wire.folder)})
        database = Database(behind.render_as_string(hide_password=False))
        yield Faulty(database, wire)
        database.close()


def _work(draft: EntryDraft, items: list[tuple[int, int]]) -> Callable[[Session], Posted]:
    return lambda session: post_many(session, draft, items)


def _in_a_unit_of_work(database: Database, work: Callable[[Session], Posted]) -> Posted:
    with database.unit_of_work() as session:
        return work(session)


@pytest.mark.parametrize("do", [_in_a_unit_of_work, Database.serializable])
@pytest.mark.parametrize("breaks", ["before", "after"])
def test_a_retry_posts_once(faulty: Faulty, breaks: str, do: Callable[..., Posted]) -> None:
    database = faulty.database
    with faulty.broken(breaks):
        do(database, _work(DRAFT, ITEMS))
    first = do(database, _work(DRAFT, ITEMS))
    assert first.is_new == (breaks == "before")
    assert do(database, _work(DRAFT, ITEMS)) == replace(first, is_new=False)
    for other in (_work(DRAFT, [(1, 500), (2, 601)]), _work(replace(DRAFT, source="x"), ITEMS)):
        with pytest.raises(Conflict):
            do(database, other)
    with database.view() as session:
        assert session.scalar(text("select count(*) from entry")) == 1
        assert balance(session, "payable", PENSION) == 1_100
        assert all(proof.ok for proof in verify(session))
