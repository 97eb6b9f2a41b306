"""Books to measure: two months of a province, written by the books' own functions.

A month has `obligations` obligations. Its steps are those of the procedure: accrue (an entry of
50,000 obligations each), pay (commit, send and settle, a batch of 50,000 each), return (2 % come
back, an entry of one report). Every entry is a unit of work of its own, as in the jobs.
What is posted stands in the table `given` beforehand, as payroll lines do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Select, column, func, select, table, text
from sqlalchemy.orm import Session

from app.db import Database
from ledger.chain import seal_all
from ledger.chart import Cell
from ledger.journal import EntryDraft, post, post_many
from ledger.periods import close_period
from ledger.posting_rows import ITEMS_MAX
from ledger.schema import whole_sum
from tests.ledger.books import BOOKS, create_books

CELL = Cell("local", "pension", "01273", "banka")
STEPS = {
    "accrue": ("accrue",),
    "pay": ("commit", "send", "settle_bank"),
    "return": ("return_bank",),
}
"""The recipes of each step; an entry's key is its recipe and its first item."""
GIVEN = table("given", column("item"), column("amount"))
GIVEN_BACK = table("given_back", column("item"), column("amount"))
ONE_IN = 50  # comes back: 2 %
AMOUNT_LIMIT = 1_000_000  # more than any amount given
SEPTEMBER = date(2026, 9, 1)  # the first month; the second is October
NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)


Unit = Callable[[], AbstractContextManager[Session]]
"""What opens a unit of work."""


@dataclass(frozen=True)
class Month:
    """The obligations of a month, by first and last item, and the day it is paid."""

    first: int
    last: int
    day: date

    @classmethod
    def numbered(cls, number: int, obligations: int) -> Month:
        """The first or second month of so many obligations each."""
        last = number * obligations
        day = SEPTEMBER.replace(month=SEPTEMBER.month + number - 1)
        return cls(last - obligations + 1, last, day)

    def chunks(self, step: str) -> Iterator[tuple[int, int]]:
        """First and last item of each payroll, batch or report that is one itemised entry."""
        size = ITEMS_MAX * ONE_IN if step == "return" else ITEMS_MAX
        for first in range(self.first, self.last + 1, size):
            yield first, min(first + size - 1, self.last)


@contextmanager
def opened(url: str, *, owner: bool = False) -> Iterator[Database]:
    """The database as the service opens it, or as its owner does."""
    database = Database(url, owner=owner)
    try:
        yield database
    finally:
        database.close()


def make_books(url: str, obligations: int, months: int = 2) -> None:
    """Empty books, what is to be posted in so many months, and money enough at the bank."""
    with opened(url, owner=True) as database:
        create_books(database.engine, CELL)
        with database.unit_of_work() as session:
            _give(session, months * obligations)
            draft = _draft("fund_bank", 1, SEPTEMBER)
            post(session, draft, months * obligations * AMOUNT_LIMIT)
        settle_statistics(database)


def _give(session: Session, items: int) -> None:
    """The lines of payrolls, and the lines of reports of what came back."""
    for name in (GIVEN.name, GIVEN_BACK.name):
        columns = "item bigint primary key, amount bigint not null"
        session.execute(text(f"create table {name} ({columns})"))
    session.execute(
        text(
            "insert into given with recursive g(i) as (select 1 union all select i + 1 from g"
            f" where i < {items}) select i, 500000 + mod(i, 7) * 1000 from g"
        )
    )
    few = f"insert into given_back select * from given where mod(item, {ONE_IN}) = 0"
    session.execute(text(few))


def settle_statistics(database: Database) -> None:
    """Leave PostgreSQL as its daemon would between two months, and keep the daemon away.

    It would look once a minute, now in one run and now in another.
    """
    if database.is_sqlite:
        return
    with database.engine.begin() as connection:
        for one in (*(book.name for book in BOOKS), GIVEN.name, GIVEN_BACK.name):
            connection.execute(text(f"alter table {one} set (autovacuum_enabled = off)"))
        connection.execute(text("analyze"))


def post_month(database: Database, month: Month) -> None:
    """Every step of a month, then its close."""
    for step in STEPS:
        post_step(database.unit_of_work, step, month)
    with database.unit_of_work() as session:
        close_period(session, CELL.programme, f"{month.day:%Y-%m}", NOW)
    settle_statistics(database)


def read_once(database: Database) -> None:
    """A copy is cold: read it once, as books that are in use have been."""
    with database.view() as session:
        for name in ("posting", GIVEN.name, GIVEN_BACK.name):
            session.execute(text(f"select sum(item) from {name}")).one()


def write_out(database: Database) -> None:
    """Have the database write to its files all that is committed, as a checkpoint does."""
    if database.is_sqlite:
        database.close()  # the last connection that is closed does it
        return
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("checkpoint")


def rehearse(database: Database, month: Month) -> None:
    """Every step for the month's last obligation, taken back: a process that has done it before."""
    one = Month(month.last, month.last, month.day)
    with database.view() as session:
        for step in STEPS:
            post_step(lambda: nullcontext(session), step, one)


def post_step(unit: Unit, step: str, month: Month) -> None:
    """One step of a month by the books' own functions, an entry in each unit of work."""
    itemised, *others = STEPS[step]
    source = GIVEN_BACK if step == "return" else GIVEN
    for first, last in month.chunks(step):
        items = select(*source.c).where(source.c.item.between(first, last))
        total = _post_items(unit, _draft(itemised, first, month.day), items)
        for recipe in others:
            with unit() as session:
                post(session, _draft(recipe, first, month.day), total)


def _post_items(unit: Unit, draft: EntryDraft, items: Select[Any, Any]) -> int:
    """One entry over the items, which are counted and summed first, as the rooms do; the total."""
    with unit() as session:
        part = items.subquery()
        query = select(func.count(), whole_sum(part.c.amount))
        count, total = session.execute(query.select_from(part)).one()
        post_many(session, draft, items, count=count, total=total)
    return int(total)


def post_one(
    database: Database,
    recipe: str,
    day: date,
    amount: int,
    *,
    debit_item: int = 0,
    credit_item: int = 0,
) -> None:
    """An entry of two postings, named by its day."""
    with database.unit_of_work() as session:
        draft = EntryDraft(f"{recipe}:{day}", recipe, CELL, day, NOW, "bench")
        post(session, draft, amount, debit_item=debit_item, credit_item=credit_item)


def seal(database: Database) -> None:
    """Chain every entry, as the sealer does once a minute."""
    with database.unit_of_work() as session:
        seal_all(session)


def _draft(recipe: str, first: int, day: date) -> EntryDraft:
    return EntryDraft(f"{recipe}:{first}", recipe, CELL, day, NOW, "bench")
