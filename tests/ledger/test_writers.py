"""64 writers on 50 hot accounts of PostgreSQL while bulk entries are written."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ledger.chain import head
from ledger.chart import Cell
from ledger.proof import verify
from tests.ledger.books import TODAY
from tests.ledger.crowd import BULK, WRITERS, Crowd, neighbours
from tests.ledger.linear import NotSequentialError, Operation, accept
from tests.ledger.model import Event, Model, Place
from tests.support.postgres import PostgresServer

LIMIT = 1.0
"""Seconds that anybody may wait for a lock."""


@pytest.mark.postgres
def test_writers_queue_and_lose_nothing(postgres: PostgresServer) -> None:
    """One writer alone could have made it all, and nobody waited for a second.

    The judge is the server's log (`log_lock_waits`, `deadlock_timeout` of a second): a wait for a
    lock that was longer stands there. The limit is one second. Only where other programs occupied
    the machine before the crowd came is it longer, by as much as they made a loop longer that has
    nothing to do with the books (`neighbours`); how slow the crowd itself is excuses nothing.
    """
    limit = LIMIT * neighbours()
    crowd = Crowd.on(postgres)
    crowd.run(each=4)
    _check(crowd, limit)
    crowd.close()


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.parametrize("part", range(5))
def test_ten_minutes_of_writers(postgres: PostgresServer, part: int) -> None:
    """Five times two minutes, on fresh books each; the limit is the same."""
    limit = LIMIT * neighbours()
    crowd = Crowd.on(postgres)
    crowd.run(each=4, seconds=120)
    _check(crowd, limit)
    crowd.close()


def _check(crowd: Crowd, limit: float) -> None:
    assert crowd.broken == []
    answers = Counter(one.refusal or one.is_new for one in crowd.history)
    assert answers[True] > WRITERS
    assert all(one.is_new for one in crowd.history if len(one.wish.items) == BULK)
    assert {"Overdrawn", "Conflict", False} <= answers.keys()
    began = len(crowd.model.entries)
    order = accept(crowd.history, crowd.lines(), crowd.model)
    assert len(order) == len(crowd.history)
    with Session(crowd.engine) as session:
        assert head(session).position == began + answers[True]
        assert [proof for proof in verify(session) if not proof.ok] == []
    waited = crowd.longest_wait()
    assert waited <= limit, f"waited {waited:.2f} s for a lock, the limit is {limit:.2f} s"


# ---------------------------------------------------------------------- the judge is judged
@pytest.mark.postgres
def test_a_wait_of_more_than_a_second_is_seen(postgres: PostgresServer) -> None:
    """Also where whoever waited gave up and never had the lock."""
    crowd = Crowd.on(postgres)
    with crowd.engine.connect() as holder, crowd.engine.connect() as waiter:
        holder.execute(text("lock table entry"))
        waiter.execute(text("set local lock_timeout = '1500ms'"))
        with pytest.raises(OperationalError, match="lock timeout"):
            waiter.execute(text("lock table entry"))
    assert crowd.longest_wait() >= LIMIT
    crowd.close()


CELL = Cell("local", "pension", "01273", "banka")
FUNDING = ("funding/local/pension/01273/banka", 0)


def _wrote(start: float, end: float, entry_id: int, recipe: str, amount: int) -> Operation:
    wish = Event(f"key:{entry_id}", recipe, CELL, TODAY, ((0, amount),), alone=True)
    return Operation(start, end, wish, entry_id, is_new=True)


def _refused(start: float, end: float, amount: int) -> Operation:
    wish = Event(f"refused:{start}", "owe_treasury", CELL, TODAY, ((0, amount),), alone=True)
    return Operation(start, end, wish, refusal="Overdrawn")


FIRST, SECOND = _wrote(0, 2, 1, "fund_bank", 10), _wrote(1, 3, 2, "fund_bank", 5)
LATER = replace(SECOND, end=3.5)
AGAIN = replace(FIRST, start=5, end=6, is_new=False)
OWED = _wrote(4, 6, 3, "owe_treasury", 12)


def _lines(*entries: Operation) -> dict[Place, list[tuple[int, int]]]:
    """What the books would hold after these, in this order."""
    model, lines = Model(frozenset([CELL])), defaultdict(list)
    for one in entries:
        model.write(one.wish, one.entry_id)
        for place, _ in model.entries[one.entry_id].moves:
            lines[place].append((one.entry_id, model.balances[place]))
    return lines


@pytest.mark.parametrize(
    ("history", "order"),
    [
        ((FIRST, SECOND, OWED), (FIRST, SECOND, OWED)),
        ((FIRST, SECOND, OWED), (SECOND, FIRST, OWED)),
        ((FIRST, AGAIN), (FIRST,)),
        ((FIRST, SECOND, _refused(1, 4, 12)), (FIRST, SECOND)),
        ((FIRST, SECOND, _refused(2.5, 4, 16)), (FIRST, SECOND)),
        ((FIRST, SECOND, OWED, _refused(5, 7, 4)), (FIRST, SECOND, OWED)),
        # Refused between the two, though the second was over before the answer came.
        ((FIRST, LATER, _refused(2.5, 4, 12)), (FIRST, LATER)),
    ],
)
def test_what_one_writer_could_have_made_is_accepted(
    history: tuple[Operation, ...], order: tuple[Operation, ...]
) -> None:
    found = accept(history, _lines(*order), Model(frozenset([CELL])))
    assert sorted(found, key=history.index) == list(history)


@pytest.mark.parametrize(
    ("why", "history", "lines"),
    [
        ("contradicts", (FIRST, OWED), {FUNDING: [(3, 0), (1, 0)]}),
        ("contradicts", (replace(AGAIN, start=0, end=1), replace(FIRST, start=1.5)), {}),
        ("fits no moment", (FIRST, SECOND, _refused(4, 5, 12)), _lines(FIRST, SECOND)),
        ("fits no moment", (FIRST, SECOND, _refused(2.5, 4, 10)), _lines(FIRST, SECOND)),
        ("should have been refused", (FIRST, OWED), _lines(FIRST, OWED)),
        ("the books say 11", (FIRST,), {**_lines(FIRST), FUNDING: [(1, 11)]}),
        ("nobody wrote", (FIRST,), _lines(FIRST, SECOND)),
    ],
)
def test_what_one_writer_could_not_have_made_is_not(
    why: str, history: tuple[Operation, ...], lines: dict[Place, list[tuple[int, int]]]
) -> None:
    with pytest.raises(NotSequentialError, match=why):
        accept(history, lines, Model(frozenset([CELL])))
