"""How far a world has come when an example begins: made once, the file copied for each.

All examples of a test go through one engine: what it has compiled stays compiled.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from app.clock import SteppedClock
from app.disbursement import journal
from bank_adapters.contract import ReportKind
from bank_adapters.sandbox.account_report import bank_reference
from tests.app.disbursement.evidence_office import office_promises
from tests.factories import BANK, POST, SEPTEMBER, House, booked, in_cash, report, row
from tests.service.acts import build, collect, money_comes, release, send
from tests.service.bank import Bank
from tests.service.post import Post
from tests.service.world import World
from tests.support.calling import may_call
from tests.support.mould import tiny_house

STRAY = 3_000_000
"""Money of unknown origin that came before: errors of the bank do not empty the account."""
PEOPLE = (row(1), row(2), row(3), in_cash(4), in_cash(5))


def listed(world: World) -> None:
    """September's list is open; the bank may call, and has said how long it may still pay."""
    house = world.house
    may_call(house)
    office_promises(house, BANK, "expires", days=1)
    house.register(SEPTEMBER, *PEOPLE)
    house.on("2026-09-03")
    first = world.bank.moves("credit", STRAY, world.today(), text="khong ro")
    world.bank.told.add(first["id"])
    line = booked("", STRAY, "2026-09-03", bank_reference=bank_reference(first["id"]))
    house.receives(BANK, report(ReportKind.ADVICE, world.bank.account, line))
    house.list_month(SEPTEMBER)


def approved(world: World) -> None:
    """September is approved, and its money has come."""
    world.house.on("2026-09-08")
    world.house.approve_month(SEPTEMBER)
    money_comes(world, SEPTEMBER)
    collect(world)


def sent(world: World) -> None:
    """September has left to both providers."""
    world.house.on("2026-09-09")
    build(world)
    release(world)
    send(world)
    world.house.clock.advance(timedelta(minutes=1))


STARTS: tuple[Callable[[World], None], ...] = (listed, approved, sent)


@dataclass
class Moulds:
    """One house in `folder`, and what it and its providers were at each start."""

    folder: Path
    made: dict[str, tuple[datetime, Bank, Post, bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        url = f"sqlite:///{self._file}"
        self.house: House = tiny_house(url, url, self.folder)
        bank, post = Bank(self.house.account(BANK), 0), Post(self.house.account(POST))
        for start in STARTS:
            world = World(self.house, bank, post)
            start(world)
            world.close()
            self._let_go()
            shutil.copy(self._file, self._mould(start.__name__))
            noted = self._journal.read_bytes() if self._journal.exists() else b""
            self.made[start.__name__] = deepcopy((self.house.clock.now(), bank, post, noted))

    @contextmanager
    def world_at(self, name: str) -> Iterator[World]:
        """A world that has come so far; the one before is gone."""
        self._let_go()
        for ending in ("-wal", "-shm"):
            Path(f"{self._file}{ending}").unlink(missing_ok=True)
        shutil.copy(self._mould(name), self._file)
        now, bank, post, noted = deepcopy(self.made[name])
        self._journal.write_bytes(noted)
        self.house.clock = SteppedClock(now)
        world = World(self.house, bank, post)
        try:
            yield world
        finally:
            world.close()

    def close(self) -> None:
        """Let go of the house."""
        self.house.close()

    def _let_go(self) -> None:
        self.house.database.close()
        self.house.owner.close()

    @property
    def _file(self) -> Path:
        return self.folder / "test.db"

    @property
    def _journal(self) -> Path:
        return self.folder / journal.NAME

    def _mould(self, name: str) -> Path:
        return self.folder / f"{name}.db"
