"""One world of the machine: a house on SQLite, its modelled providers, and what joins them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from flask.testing import FlaskClient
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import event

from app.channels.promises import NEVER_PROVEN, promising
from app.clock import local_date
from app.db import Database
from app.disbursement.claims import give_up_lost
from app.hooks.application import application
from app.jobs.runtime import Runtime
from bank_adapters.contract import BankAdapter
from bank_adapters.discovery import load
from tests.factories import BANK, POST, House
from tests.service.bank import Bank
from tests.service.post import Post
from tests.service.wire import Killed, Wire
from tests.support.calling import receiver_of, secrets_of_calls
from tests.support.channels import settings_of
from tests.support.providers import ADAPTERS


def _adapters() -> dict[str, BankAdapter]:
    loaded = load(ADAPTERS.values())
    return {one: promising(loaded[ADAPTERS[one]], NEVER_PROVEN) for one in (BANK, POST)}


ADAPTED = _adapters()


@dataclass
class World:
    """`seen` counts what happened; `errors` is how often the bank itself paid wrongly, by the
    reference of the payment."""

    house: House
    bank: Bank
    post: Post
    errors: Counter[str] = field(default_factory=Counter)
    workers: int = 1

    def __post_init__(self) -> None:
        path = str(self.house.database.url.database)
        self.sql = sqlite.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
        providers: dict[str, Bank | Post] = {BANK: self.bank, POST: self.post}
        self.wires = {
            code: Wire(one, ADAPTED[code], self.house.clock, self._gives_up)
            for code, one in providers.items()
        }

    def _gives_up(self) -> None:
        """Another worker takes what has been sending for too long for lost."""
        with self.house.database.unit_of_work() as session:
            give_up_lost(session, "another", self.house.clock.now())

    @property
    def runtime(self) -> Runtime:
        """What a job of the worker of now is handed."""
        couriers: dict[str, Any] = {code: (lambda one=one: one) for code, one in self.wires.items()}
        worker = f"w{self.workers}"
        return replace(self.house.runtime, adapters=ADAPTED, couriers=couriers, worker=worker)

    @cached_property
    def _receiver(self) -> tuple[Database, FlaskClient]:
        secrets_of_calls(self.house)
        database, house = receiver_of(self.house), self.house
        app = application(database, house.keyring, settings_of(house), house.clock)
        return database, app.test_client()

    def ring(self, headers: dict[str, str], body: bytes) -> int:
        """What our receiver answers to a call."""
        answer = self._receiver[1].post(f"/{BANK}", data=body, headers=headers)
        return int(answer.status_code)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What stands in the database, read beside the service."""
        with closing(self.sql.execute(query, values)) as found:
            return found.fetchall()

    def has_news(self) -> bool:
        """Whether files lie ready for us, or calls that are in no file yet."""
        waits = self.rows(_WAITING)
        return bool(self.bank.tray.files or self.post.tray.files or waits)

    def today(self) -> Any:
        """The day by our clock."""
        return local_date(self.house.clock.now())

    def runs(self, job: Callable[[], object], dies_at: int = 0) -> bool:
        """Run a job; with `dies_at` the process is killed at that commit, counted from 1: an odd
        number just before it, an even one just after. Gives whether it came to its end."""
        try:
            with _dying(self.house.database, dies_at):
                job()
        except Killed:
            self.house.database.engine.dispose()
            self.workers += 1
            return False
        return True

    def close(self) -> None:
        """Let go of the file; the house may be at another start next."""
        self.sql.close()
        if "_receiver" in self.__dict__:
            self._receiver[0].close()


@contextmanager
def _dying(database: Database, at: int) -> Iterator[None]:
    """Die at the given point of the transactions that are begun and committed meanwhile."""
    left, engine = at, database.engine

    def point(_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Killed

    if not at:
        yield
        return
    for name in ("begin", "commit"):
        event.listen(engine, name, point)
    try:
        yield
    finally:
        for name in ("begin", "commit"):
            event.remove(engine, name, point)


_WAITING = """select 1 from inbound_event where packed_in is null union all
    select 1 from inbound_file where state in ('received', 'read') limit 1"""
