"""Many writers at once on hot accounts of PostgreSQL, and everything they did, with its time.

Beside them run entries of 50,000 items, and a sealer. Whoever waits for a lock for more than a
second, and for how long, stands in the server's log.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from random import Random

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.orm import Session

from ledger.chain import seal_all, seal_chain
from ledger.chart import Cell
from ledger.errors import LedgerError
from tests.ledger.books import TODAY, create_books
from tests.ledger.linear import Lines, Operation
from tests.ledger.model import CONTROLS, Event, Model, Place, Wish
from tests.ledger.wishes import carry_out
from tests.support.postgres import PostgresServer

WRITERS, BULK, BULK_EVERY = 64, 50_000, 5.0
HOT = [Cell("local", "pension", f"unit-{number}", "banka") for number in range(50)]
HOT_ITEMS = range(1, 21)
SHARED_KEYS = 12
TELLS_WAITS = "-c log_lock_waits=on -c deadlock_timeout=1s"
RECIPES = (
    *("fund_bank", "fund_bank", "accrue", "commit", "commit", "cancel_commitment"),
    *("send", "settle_bank", "owe_treasury", "refund_bank"),
)
_WAITED = re.compile(r"(?:still waiting for|acquired) \w+ on .* after ([0-9.]+) ms")
CALIBRATING, BLOCK = 0.5, bytes(1 << 22)
_LINES = """
select a.path, p.item, p.entry_id, p.balance from posting p join account a on a.id = p.account_id
order by p.account_id, p.item, p.seq
"""


def neighbours(cores: int = 2) -> float:
    """How many times longer than its computing a loop takes, on as many cores as a crowd needs.

    1.0 on a machine with nothing else to do. The loop waits for no lock and no disk, so only other
    programs can make it longer; hashing lets go of the interpreter, so the cores work side by side.
    """
    with ThreadPoolExecutor(cores) as threads:
        loops = list(threads.map(lambda _: _loop(), range(cores)))
    return max(1.0, sum(wall for wall, _ in loops) / sum(computed for _, computed in loops))


def _loop() -> tuple[float, float]:
    """Seconds that went by, and seconds computed in them."""
    began, computed = time.monotonic(), time.thread_time()
    while time.thread_time() - computed < CALIBRATING:
        hashlib.sha256(BLOCK)
    return time.monotonic() - began, time.thread_time() - computed


@dataclass
class Crowd:
    """Books on a server, the model of how they began, and the history since."""

    server: PostgresServer
    name: str
    engine: Engine
    model: Model
    history: list[Operation] = field(default_factory=list)
    broken: list[Exception] = field(default_factory=list)
    _log_from: int = 0

    @classmethod
    def on(cls, server: PostgresServer) -> Crowd:
        """Fresh books with the hot accounts, some money, and hot obligations."""
        name = server.create_database("crowd")
        options = {"connect_args": {"options": TELLS_WAITS}}
        engine = create_engine(server.url(name), pool_size=WRITERS + 4, **options)
        create_books(engine, *HOT)
        crowd = cls(server, name, engine, Model(frozenset(HOT)))
        crowd._log_from = server.log.stat().st_size
        for number, cell in enumerate(HOT):
            crowd._begin(f"money:{number}", "fund_bank", cell, {0: 200})
        crowd._begin("due", "accrue", HOT[0], dict.fromkeys(HOT_ITEMS, 100))
        return crowd

    def run(self, each: int, seconds: float = 0.0, pause: float = 1.0) -> None:
        """Bulks for so long, one at least; meanwhile every writer, `each` times at least, and the
        sealer. Writers pause for up to `pause` seconds, so that they wait for locks, not for us."""
        bulks = threading.Thread(target=self._guarded, args=(self._bulks, seconds))
        writers = [
            threading.Thread(target=self._guarded, args=(self._write, seed, each, bulks, pause))
            for seed in range(WRITERS)
        ]
        done = threading.Event()
        sealer = threading.Thread(target=self._guarded, args=(self._seal, done))
        for thread in (bulks, sealer, *writers):
            thread.start()
        for thread in (bulks, *writers):
            thread.join()
        done.set()
        sealer.join()

    def lines(self) -> Lines:
        """What the books say, without what they began with."""
        lines: defaultdict[Place, list[tuple[int, int]]] = defaultdict(list)
        with self.engine.connect() as connection:
            for path, item, entry_id, balance in connection.execute(text(_LINES)):
                if entry_id not in self.model.entries:
                    lines[path, item].append((entry_id, balance))
        return lines

    def longest_wait(self) -> float:
        """Seconds of the longest wait for a lock, 0 where none was longer than a second."""
        with self.server.log.open("rb") as log:
            log.seek(self._log_from)
            said = log.read().decode(errors="replace")
        return max((float(found) / 1000 for found in _WAITED.findall(said)), default=0.0)

    def close(self) -> None:
        self.engine.dispose()
        self.server.drop_database(self.name)

    def _begin(self, key: str, recipe: str, cell: Cell, items: dict[int, int]) -> None:
        event = Event(key, recipe, cell, TODAY, tuple(items.items()), alone=recipe in CONTROLS)
        with Session(self.engine) as session:
            self.model.write(event, carry_out(session, event).entry_id)
            session.commit()

    def _guarded(self, work: Callable[..., None], *given: object) -> None:
        """What goes wrong in a thread is kept for the test."""
        try:
            work(*given)
        except Exception as error:
            self.broken.append(error)

    def _bulks(self, seconds: float) -> None:
        """Entries of 50,000 obligations that nobody else moves, on accounts that all move."""
        with self.engine.connect() as connection:
            end, number = time.monotonic() + seconds, 0
            while number == 0 or time.monotonic() < end:
                number += 1
                for recipe in ("accrue", "commit"):
                    items = tuple((number * BULK + one, 5) for one in range(BULK))
                    wish = Event(f"{recipe}:{number}", recipe, HOT[0], TODAY, items)
                    self._perform(wish, connection)
                time.sleep(min(BULK_EVERY, max(0.0, end - time.monotonic())))

    def _write(self, seed: int, each: int, bulks: threading.Thread, pause: float) -> None:
        chance, number = Random(seed), 0
        while number < each or bulks.is_alive():
            number += 1
            time.sleep(chance.uniform(0, pause))
            self._perform(_wish(chance, f"{seed}:{number}"))

    def _seal(self, done: threading.Event) -> None:
        while not done.wait(0.2):
            with Session(self.engine) as session:
                seal_chain(session)
                session.commit()
        with Session(self.engine) as session:
            seal_all(session)
            session.commit()

    def _perform(self, wish: Wish, bind: Engine | Connection | None = None) -> None:
        start = time.monotonic()
        try:
            with Session(bind or self.engine) as session:
                posted = carry_out(session, wish)
                session.commit()
        except LedgerError as error:
            answer = {"refusal": type(error).__name__}
        else:
            answer = {"entry_id": posted.entry_id, "is_new": posted.is_new}
        self.history.append(Operation(start, time.monotonic(), wish, **answer))


def _wish(chance: Random, key: str) -> Event:
    """Any of the recipes; now and then under a key that others use too, for the same or not."""
    if chance.random() < 0.1:
        number = chance.randrange(SHARED_KEYS)
        shared = _wish_of(Random(number), f"shared:{number}")
        (item, amount), *others = shared.items
        more = chance.choice((0, 0, 1))
        return replace(shared, items=((item, amount + more), *others))
    return _wish_of(chance, key)


def _wish_of(chance: Random, key: str) -> Event:
    recipe = chance.choice(RECIPES)
    cell = chance.choice([*HOT, *[HOT[0]] * 10])
    if recipe in CONTROLS:
        return Event(key, recipe, cell, TODAY, ((0, chance.randint(1, 100)),), alone=True)
    items = sorted(chance.sample(HOT_ITEMS, chance.randint(1, 3)))
    return Event(key, recipe, cell, TODAY, tuple((one, chance.randint(1, 60)) for one in items))
