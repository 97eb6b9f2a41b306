"""The disk is full at the commit of sending, of its outcome, of the bank's word, or at the journal.

The disk is a real one, of a few megabytes; it is filled to the last byte in the transaction, right
before its commit. Nothing may have left without a durable row that says so, and once there is
space again everything goes on: paid once, proven. The bank forgets: it pays a file that comes
twice twice.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.db import Database
from app.disbursement import journal
from app.jobs.collecting import collect_and_apply
from app.jobs.resending import resend_in_doubt
from app.jobs.sending import send_batches
from tests.app.disbursement.test_sending import september_released
from tests.factories import SEPTEMBER, House
from tests.peers.forgetful import World, forgetful_world
from tests.peers.test_121_timeout_is_no_failure import statement
from tests.support.mould import Mould
from tests.support.postgres import OwnServer, own_server
from tests.support.small_disk import SmallDisk, small_disk
from tests.support.standing import nothing_broken

pytestmark = pytest.mark.flow

# A server as in production, but for its size; a segment of its journal is made when it is needed.
SETTINGS = {
    "shared_buffers": "32MB",
    "max_wal_size": "64MB",
    "min_wal_size": "32MB",
    "wal_recycle": "off",
}
CLAIMED = "select count(*) from batch where state = 'sending'"
SENT = "select count(*) from batch where state = 'sent'"
APPLIED = "select count(*) from outcome"


class Full:
    """Fills a disk at the end of the first unit of work in which a query finds something."""

    def __init__(self, disk: SmallDisk, query: str, server: OwnServer | None) -> None:
        self._disk, self._query, self._server = disk, query, server
        self.was = False

    def __call__(self, session: Session) -> None:
        if self.was or not session.scalar(text(self._query)):
            return
        self.was = True
        self._disk.fill()
        if self._server is not None:
            _next_segment(self._server)


_RESERVED = """select count(*) from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$'
    and name > pg_walfile_name(pg_current_wal_insert_lsn())"""


def _next_segment(server: OwnServer) -> None:
    """What PostgreSQL writes next needs a new file; the space of the last one was reserved,
    and sometimes that of one more."""
    name = "postgres"
    owner = Database(server.running.url(name), owner=True)
    with suppress(OperationalError), owner.engine.connect() as connection:
        while True:
            was_reserved = connection.scalar(text(_RESERVED))
            connection.execute(text("select pg_logical_emit_message(false, 'an', 'sinh')"))
            connection.execute(text("select pg_switch_wal()"))
            if not was_reserved:
                break
    owner.close()


class Place:
    """A house whose database, or whose folder, lies on a small disk; and the bank."""

    def __init__(self, world: World, disk: SmallDisk, server: OwnServer | None) -> None:
        self.world, self._disk, self._server = world, disk, server

    def full_when(self, query: str, job: Callable[..., object], on_database: bool = True) -> None:
        """Run a job on a disk that is full from the commit on at which the query finds something;
        then there is space again, and PostgreSQL is started if it went down."""
        full = Full(self._disk, query, self._server if on_database else None)
        checked = self.world.house.database.checked(full)
        broken = replace(self.world.runtime, database=checked, abreast=1)
        try:
            if on_database:
                with pytest.raises(OperationalError):
                    job(broken)
            else:
                job(broken)
            assert full.was
        finally:
            self._disk.free()
            if self._server is not None and on_database:
                self._server.stop(signal.SIGQUIT)
                self._server.start()

    def states(self) -> list[str]:
        return [self.world.house.batch_state(one) for one in (1, 2)]


@contextmanager
def sqlite_place(mould: Mould, home: Path) -> Iterator[Place]:
    with small_disk(24) as disk:
        house = mould.on_sqlite(september_released, disk.path)
        yield from _with_bank(replace(house, home=home), home, disk)


@dataclass(frozen=True)
class FullServer:
    """A server of its own with all its data on a small disk, and what makes houses on it."""

    disk: SmallDisk
    server: OwnServer
    mould: Mould


@pytest.fixture(scope="module")
def full_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FullServer]:
    """For all tests of this file: it is full, and has space again, in each of them."""
    with small_disk(320) as disk, own_server(SETTINGS, disk.path) as server:
        yield FullServer(disk, server, Mould(tmp_path_factory.mktemp("mould")))


@contextmanager
def postgresql_place(full: FullServer, home: Path) -> Iterator[Place]:
    house = full.mould.on_postgresql(september_released, home, full.server.running)
    # A database is copied with the numbers that the original's sequences had reserved in the log:
    # until the first checkpoint a crash would set them back.
    full.server.running.checkpoint()
    yield from _with_bank(house, home, full.disk, full.server)


def _with_bank(
    house: House, root: Path, disk: SmallDisk, server: OwnServer | None = None
) -> Iterator[Place]:
    with forgetful_world(house, root) as world:
        yield Place(world, disk, server)
    house.close()


KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, mould: Mould, tmp_path: Path) -> Iterator[Place]:
    """The database lies on the small disk."""
    if request.param == "sqlite":
        made = sqlite_place(mould, tmp_path)
    else:
        made = postgresql_place(request.getfixturevalue("full_server"), tmp_path)
    with made as found:
        yield found


@pytest.fixture
def folder_place(house: House, tmp_path: Path) -> Iterator[Place]:
    """Outgoing files and the send journal lie on the small disk; the bank's own disk has room."""
    with small_disk(8) as disk:
        yield from _with_bank(replace(house, home=disk.path), tmp_path, disk)


def test_full_at_the_commit_of_sending(place: Place) -> None:
    """Nothing is claimed, noted or sent; with space again it is all sent, once."""
    place.full_when(CLAIMED, send_batches)
    world = place.world
    assert (world.bank.files, place.states()) == ([], ["released", "released"])
    assert journal.read(world.house.home / journal.NAME).lines == ()
    assert world.house.ask("select count(*) from entry where kind = 'send'") == 0
    world.house.later()
    assert send_batches(world.runtime) == "2 sent"
    settles(world)


def test_full_at_the_commit_of_the_outcome_of_sending(place: Place) -> None:
    """The file is at the bank and a durable row says that it may be; it is not sent again, and
    the statement settles it."""
    place.full_when(SENT, send_batches)
    world = place.world
    assert len(world.bank.files) == 1
    assert place.states() == ["sending", "released"]
    assert len(journal.read(world.house.home / journal.NAME).lines) == 1
    world.house.clock.advance(timedelta(minutes=11))
    assert send_batches(world.runtime) == "1 sent"
    assert place.states() == ["in_doubt", "sent"]
    world.house.on("2026-09-10", "14:00")
    assert resend_in_doubt(world.runtime) == "0 of 1 in doubt"
    settles(world)


def test_full_at_the_commit_of_the_banks_word(place: Place) -> None:
    """Half a statement is not applied: all of it is, once there is space."""
    world = place.world
    send_batches(world.runtime)
    world.bank.answers("STM.xml", statement(world, 1, 2))
    entries = world.house.ask("select count(*) from entry")
    place.full_when(APPLIED, collect_and_apply)
    assert world.house.ask("select count(*) from entry") == entries
    assert world.house.ask("select count(*) from outcome") == 0
    settles(world)


@pytest.mark.stage(of=september_released)
def test_full_at_the_send_journal(folder_place: Place) -> None:
    """No line in the journal, no byte at the bank; the trouble stands until it is sent."""
    world = folder_place.world
    folder_place.full_when(CLAIMED, send_batches, on_database=False)
    assert (world.bank.files, folder_place.states()[0]) == ([], "in_doubt")
    lines = journal.read(world.house.home / journal.NAME)
    assert (lines.lines, lines.unreadable) == ((), ())
    standing = "select count(*) from trouble where ended_at is null"
    assert world.house.ask(standing) > 0
    world.house.later()
    send_batches(world.runtime)
    assert folder_place.states() == ["sent", "sent"]
    assert world.house.ask(standing) == 0
    settles(world)


def settles(world: World) -> None:
    """The statement comes, again perhaps: both are paid, once, and every proof holds."""
    house = world.house
    world.bank.answers("STM.xml", statement(world, 1, 2))
    house.on("2026-09-11", "17:45")
    collect_and_apply(world.runtime)
    sent = [house.reference(number, SEPTEMBER) for number in (1, 2)]
    assert [house.state(one) for one in sent] == ["settled", "settled"]
    assert world.paid() == dict.fromkeys(sent, 1)
    assert house.ask("select count(*) from hold where cleared_at is null") == 0
    nothing_broken(house)
