"""A run of entries of many postings each, in a process of its own that can be killed anywhere.

It posts as the jobs do: one unit of work for each entry, keys that stay the same, so that it may
be started again. `POINTS` are moments at which it can be told to kill itself.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from typing import Any

from sqlalchemy import Engine, event

from app.db import Database
from ledger.chain import seal_all
from tests.ledger.books import PENSION, TODAY
from tests.ledger.model import CONTROLS, Event
from tests.ledger.wishes import carry_out

AMOUNT = 7

# (event of the engine, how its statement begins): before or after what the process dies.
POINTS = {
    "after the header": ("after_cursor_execute", "INSERT INTO entry "),
    "after the items": ("after_cursor_execute", "INSERT INTO posting "),
    "before the seal": ("before_cursor_execute", "INSERT INTO entry_seal "),
    "after the seal": ("after_cursor_execute", "INSERT INTO entry_seal "),
    "before the commit": ("commit", ""),
    "after the commit": ("", ""),
    "in the chain": ("after_cursor_execute", "INSERT INTO chain_link "),
}

# Forks processes that have imported everything already: else a test would wait for imports.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])


@dataclass(frozen=True)
class Run:
    """Which books, how many items an entry has, and where the process kills itself, if it does.

    `dies_in` is the entry (by its place in the plan) at whose `point` it happens.
    """

    url: str
    items: int
    point: str = ""
    dies_in: int = 2

    def start(self) -> ForkServerProcess:
        """Start it."""
        process = _FORKS.Process(target=run, args=(self,))
        process.start()
        return process

    def to_its_end(self) -> None:
        """Run it undisturbed."""
        process = self.start()
        process.join()
        assert process.exitcode == 0

    def killed_after(self, seconds: float) -> bool:
        """Start it and SIGKILL it; False when it came to its end before."""
        process = self.start()
        process.join(seconds)
        process.kill()
        process.join()
        assert process.exitcode in (0, -signal.SIGKILL)
        return process.exitcode != 0


def plan(items: int) -> list[Event]:
    """What is posted, in this order: a month whose list is paid, a half of it carried over."""
    everyone = tuple((item, AMOUNT) for item in range(1, items + 1))
    half, total = everyone[: items // 2], items * AMOUNT
    steps = {
        "fund_bank": ((0, total),),
        "accrue": everyone,
        "commit": everyone,
        "send": ((0, total),),
        "carry_over": half,
        "settle_bank": ((0, total - len(half) * AMOUNT),),
    }
    return [
        Event(f"run:{recipe}", recipe, PENSION, TODAY, pairs, alone=recipe in CONTROLS)
        for recipe, pairs in steps.items()
    ]


def run(order: Run) -> None:
    """Post the plan and seal it; what was posted before gives its first answer."""
    database = Database(order.url)
    for place, wish in enumerate(plan(order.items)):
        if order.point and place == order.dies_in:
            _die_at(database.engine, *POINTS[order.point])
        with database.unit_of_work() as session:
            carry_out(session, wish)
        if order.point == "after the commit" and place == order.dies_in:
            _die()
    with database.unit_of_work() as session:
        seal_all(session)
    database.close()


def _die_at(engine: Engine, name: str, beginning: str) -> None:
    if name == "commit":
        event.listen(engine, name, lambda _: _die())
    elif name:
        event.listen(engine, name, _dying(beginning))


def _dying(beginning: str) -> Callable[..., None]:
    def listener(_: Any, __: Any, statement: str, *___: Any) -> None:
        if statement.startswith(beginning):
            _die()

    return listener


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
