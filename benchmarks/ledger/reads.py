"""What is asked of books of a million items: one item's balance and history, the totals.

One item has ten years of months: an accrual and a commitment in each, as a paid month costs it.
Each call is made many times on a warm connection; its time is that of all its queries.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from datetime import date

from sqlalchemy.orm import Session

from app.db import Database
from benchmarks.harness import Bench
from benchmarks.ledger.books import (
    CELL,
    Month,
    make_books,
    opened,
    post_one,
    post_step,
    seal,
    settle_statistics,
)
from benchmarks.ledger.place import Place
from benchmarks.measure import Measured, measured
from ledger.balances import balance, trial_balance
from ledger.items import history, open_item_sums

ITEMS_PER_OBLIGATION = 5  # 1,000,000 items at 200,000 obligations a month
YEARS = range(2016, 2026)
BATCHES = 3  # in each round
MANY, FEW = 50, 1  # calls in a batch
AMOUNT = 500_000

Question = tuple[str, Callable[[Session], object], int, float | None]
"""What is asked, by which call, how many times a batch, within how many milliseconds if any."""


def run(bench: Bench, place: Place, obligations: int, rounds: int) -> None:
    """Rows of one database."""
    items = obligations * ITEMS_PER_OBLIGATION
    url = place.create()
    _build(url, items)
    place.checkpoint()
    for name, wall, cpu, goal in _ask(url, items, rounds, place.server_pid):
        bench.row(f"{place.kind}: {name}, wall", wall, "ms")
        bench.row(f"{place.kind}: {name}, CPU", cpu, "ms", at_most=goal)
    place.drop(url)


def _build(url: str, items: int) -> None:
    make_books(url, items, months=1)
    with opened(url) as database:
        post_step(database.unit_of_work, "accrue", Month.numbered(1, items))
        for year in YEARS:
            for month in range(1, 13):
                _month_of_one(database, items // 2, date(year, month, 1))
        seal(database)
        settle_statistics(database)


def _month_of_one(database: Database, item: int, day: date) -> None:
    post_one(database, "accrue", day, AMOUNT, credit_item=item)
    post_one(database, "commit", day, AMOUNT, debit_item=item)


def _questions(items: int) -> list[Question]:
    one = items // 2
    kind = "payable"
    return [
        ("balance of one item", lambda s: balance(s, kind, CELL, item=one), MANY, 1),
        ("history of an item of ten years", lambda s: history(s, kind, CELL, one), MANY, 1),
        ("trial balance", trial_balance, MANY, 5),
        (f"sum of {items:,} items", lambda s: balance(s, kind, CELL), FEW, 500),
        # Asked once a list, not by a person who waits: measured, without a target.
        (f"number and sum of {items:,} open items", open_item_sums, FEW, None),
    ]


def _ask(
    url: str, items: int, rounds: int, server_pid: int | None
) -> list[tuple[str, float, float, float | None]]:
    """(question, wall time, CPU time, target) of each, in milliseconds a call.

    Medians of several batches of calls: what the server does besides falls into one of them.
    """
    answers = []
    with opened(url) as database, database.view() as session:
        for name, ask, calls, goal in _questions(items):
            ask(session)
            costs = [_batch(session, ask, calls, server_pid) for _ in range(BATCHES * rounds)]
            wall = statistics.median(cost.wall_seconds for cost in costs)
            cpu = statistics.median(cost.cpu_seconds for cost in costs)
            answers.append((name, wall / calls * 1000, cpu / calls * 1000, goal))
    return answers


def _batch(
    session: Session, ask: Callable[[Session], object], calls: int, server_pid: int | None
) -> Measured:
    with measured(server_pid) as cost:
        for _ in range(calls):
            ask(session)
    return cost
