"""64 writers on 50 hot accounts of PostgreSQL while one bulk entry is written."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter

import pytest
from sqlalchemy import Engine, func, literal, select
from sqlalchemy.orm import Session

from ledger.balances import account_balances, balance, history
from ledger.chart import Cell
from ledger.errors import Overdrawn
from ledger.journal import EntryDraft, post, post_many
from ledger.proof import verify
from ledger.schema import Whole
from tests.ledger.books import NOW, TODAY, create_books, engine_for

WRITERS, CELLS, EACH, BULK = 64, 50, 4, 20_000
HOT = [Cell("local", "pension", f"unit-{number}", "banka") for number in range(CELLS)]


@pytest.mark.postgres
def test_writers_queue_and_lose_nothing(postgres_url: str) -> None:
    engine = engine_for(postgres_url)
    create_books(engine, *HOT)
    waits: list[float] = []
    tally: Counter[str] = Counter()
    threads = [
        threading.Thread(target=_write, args=(engine, seed, waits, tally))
        for seed in range(WRITERS)
    ]
    threads.append(threading.Thread(target=_bulk, args=(engine,)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with Session(engine) as session:
        paid = sum(-one.balance for one in account_balances(session, kinds=["bank"]))
        assert paid == tally["paid in"] - tally["paid out"]
        assert tally["writes"] == WRITERS * EACH
        assert all(proof.ok for proof in verify(session))
        lines = history(session, "bank", HOT[0], 0)
        assert all(line.balance <= 0 for line in lines)
        assert balance(session, "payable", HOT[0]) == BULK * 5
    assert max(waits) < 5, f"a writer waited {max(waits):.1f} s"
    engine.dispose()


def _write(engine: Engine, seed: int, waits: list[float], tally: Counter[str]) -> None:
    """Pay in and pay out on random accounts; a payment above the balance is refused."""
    chance = random.Random(seed)
    for number in range(EACH):
        cell = chance.choice(HOT)
        amount = chance.randint(1, 100)
        recipe = "fund_bank" if number % 2 == 0 else "park_debit"
        draft = EntryDraft(f"{seed}:{number}", recipe, cell, TODAY, NOW, "test")
        started = time.monotonic()
        with Session(engine) as session:
            try:
                post(session, draft, amount, debit_item=0 if recipe == "fund_bank" else seed + 1)
                session.commit()
            except Overdrawn:
                tally["refused"] += 1
            else:
                tally["paid in" if recipe == "fund_bank" else "paid out"] += amount
        tally["writes"] += 1
        waits.append(time.monotonic() - started)


def _bulk(engine: Engine) -> None:
    """One entry of many items in the midst of it."""
    numbers = func.generate_series(1, BULK, type_=Whole).column_valued("number")
    items = select(numbers.label("item"), literal(5, Whole).label("amount"))
    draft = EntryDraft("bulk", "accrue", HOT[0], TODAY, NOW, "test")
    with Session(engine) as session:
        post_many(session, draft, items, count=BULK, total=BULK * 5)
        session.commit()
