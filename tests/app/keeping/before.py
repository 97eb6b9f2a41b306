"""A September on the eve of a loss: what stands sent, released, built and unbuilt at the backup."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import select, text

from app.db import Database
from app.disbursement import batches
from app.disbursement.tables import batch
from app.jobs.month_end import seal_chain
from app.jobs.sending import send_batches
from app.keeping.backup import Backup, back_up
from app.keeping.backup import House as Kept
from app.keeping.restore import Order, Restored, restore
from app.migrations.upgrade import FOLDER
from app.reference.banks import TEST_BANK_B
from app.roles.grants import renew
from app.units.tables import contract
from tests.factories import (
    BANK,
    COMMUNE,
    LIST_BANK,
    OTHER_COMMUNE,
    POST,
    SEPTEMBER,
    House,
    in_cash,
    row,
)
from tests.support.postgres import PostgresServer
from tests.support.providers import Providers

KEY = b"t" * 32
"""The field key of the tiny province (tests/factories.py)."""
TENTH, ELEVENTH = date(2026, 9, 10), date(2026, 9, 11)


def stamp(database: Database) -> None:
    """Say which migration the tables are of, and give rights on that table, as an upgrade does."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.stamp(config, "head")
        if not database.is_sqlite:
            renew(connection)


def september_approved(house: House) -> None:
    """Both communes' lists are approved and their money has come; nothing is built."""
    stamp(house.owner)
    with house.owner.unit_of_work() as session:
        session.execute(text("insert into installation values ('home', '/old/machine')"))
    by_list = {"bank_bin": TEST_BANK_B, "account": "190000021000"}
    house.register(SEPTEMBER, row(1), row(2, **by_list), in_cash(3))
    house.register(SEPTEMBER, row(11), in_cash(12), commune=OTHER_COMMUNE)
    house.on("2026-09-09")
    for payroll_id, unit in zip(house.list_month(SEPTEMBER), (COMMUNE, OTHER_COMMUNE), strict=True):
        house.submit([payroll_id], f"maker.{unit}")
        house.approve("check", [payroll_id], f"checker.{unit}")
        house.approve("approve", [payroll_id], f"approver.{unit}")
    house.fund(SEPTEMBER)


@dataclass
class Story:
    """The house, its providers, and the numbers of its batches by what became of them.

    `sent` before the backup; `released` and `built` at the backup and sent after it; `waiting`
    released for the next day; `unknown` built and sent after the backup.
    """

    house: House
    providers: Providers
    sent: int = 0
    released: int = 0
    built: int = 0
    waiting: int = 0
    unknown: int = 0

    @property
    def kept(self) -> Kept:
        """The house as it is backed up."""
        run = self.house.runtime
        return Kept(self.house.owner, self.house.home, run.anchors, self.house.keyring)

    def build(self, unit: str, provider: str, on: date = TENTH) -> int:
        """Build one batch of September."""
        with self.house.work() as session:
            pairs = {there: listed for listed, there in batches.unbuilt(session, SEPTEMBER)}
            number = session.scalars(
                select(contract.c.id).where(
                    contract.c.id.in_(pairs), contract.c.unit_code == unit,
                    contract.c.provider == provider,
                )
            ).one()  # fmt: skip
            now = self.house.later()
            (built,) = batches.build(session, pairs[number], number, on, now)
            return built

    def send(self) -> str:
        """The job that sends."""
        self.house.later()
        return send_batches(self.providers.connected(self.house.runtime))

    def message(self, number: int) -> str:
        """A batch's message id."""
        return str(self.house.ask(select(batch.c.message_id).where(batch.c.id == number)))

    def states(self) -> list[str]:
        """The states of the batches that stood before the backup."""
        known = (self.sent, self.released, self.built, self.waiting)
        return [self.house.batch_state(number) for number in known]


def until_backup(house: House, root: Path) -> Story:
    """September up to the moment of the backup, on the 10th."""
    (house.home / "keys").mkdir()
    (house.home / "keys" / "field.key").write_bytes(KEY)
    story = Story(house, Providers(root / "providers"))
    story.sent = story.build(COMMUNE, BANK)
    story.released = story.build(COMMUNE, LIST_BANK)
    story.built = story.build(COMMUNE, POST)
    story.waiting = story.build(OTHER_COMMUNE, BANK, ELEVENTH)
    house.on("2026-09-10")
    house.release([story.sent])
    assert story.send() == "1 sent"
    house.release([story.released, story.waiting])
    seal_chain(house.runtime)
    return story


def after_backup(story: Story) -> None:
    """What the backup does not know: three batches leave."""
    story.house.release([story.built])
    story.unknown = story.build(OTHER_COMMUNE, POST)
    story.house.release([story.unknown])
    assert story.send() == "3 sent"
    seal_chain(story.house.runtime)


def taken(story: Story, output: Path) -> Backup:
    """A backup, a minute later."""
    return back_up(story.kept, output, story.house.later())


def empty_house(house: House, home: Path, server: PostgresServer | None) -> House:
    """A new machine: an empty database of the same kind, an empty home folder."""
    url = f"sqlite:///{home / 'books' / 'ansinh.db'}"
    if server is not None:
        url = server.url(server.create_database("restored"))
    database = Database(url, owner=True)  # who restores owns what is made
    return replace(house, database=database, owner=database, home=home / "home")


def restored(story: Story, made: Backup, new: House, **changes: object) -> Restored:
    """Restore into the new machine with what outlived the old one; the story goes on there."""
    old = story.house
    order = Order(
        backup=made.folder,
        target=new.database,
        home=new.home,
        anchors=new.runtime.anchors,
        journal=old.home / "send-journal.jsonl",
        keys=old.home / "keys",
        surviving=old.home / "anchors.jsonl",
    )
    done = restore(replace(order, **changes), old.later())  # type: ignore[arg-type]
    story.house = new
    return done
