"""A small set of books to test with: an engine of its own, a few accounts, short words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pysqlite3.dbapi2
from sqlalchemy import Engine, Select, create_engine, event, literal, select, union_all
from sqlalchemy.orm import Session

from ledger import tables, triggers
from ledger.balances import balance
from ledger.chain import seal_all
from ledger.chart import Cell, open_accounts
from ledger.journal import EntryDraft, Posted, post, post_many, reverse
from ledger.schema import Whole

NOW = datetime(2026, 10, 5, 8, 30, tzinfo=UTC)
LATER = datetime(2028, 3, 1, 8, 30, tzinfo=UTC)  # when the months of the tests are over
TODAY = date(2026, 10, 5)
PENSION = Cell("local", "pension", "01273", "banka")
MERIT = Cell("central", "merit", "01273", "banka")
PRAGMAS = (
    "foreign_keys=ON",
    "journal_mode=WAL",
    "synchronous=FULL",
    "recursive_triggers=ON",
    "busy_timeout=10000",
    "trusted_schema=OFF",
)


def engine_for(url: str) -> Engine:
    """An engine; SQLite with the settings that the books need, as `app/db.py` gives them."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=70)
    engine = create_engine(url, module=pysqlite3.dbapi2)

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def create_books(engine: Engine, *cells: Cell) -> None:
    """The tables and rules of the books, and the accounts of the cells."""
    with engine.begin() as connection:
        tables.metadata.create_all(connection, tables=BOOKS)
        triggers.install(connection)
    with Session(engine) as session:
        open_accounts(session, cells)
        session.commit()


BOOKS = [
    tables.account,
    tables.entry,
    tables.entry_seal,
    tables.posting,
    tables.chain_link,
    tables.control_total,
    tables.closed_period,
    tables.closed_day,
    tables.period_gate,
]


@dataclass
class Books:
    """A session on fresh books, and entries in few words."""

    session: Session
    engine: Engine
    written: int = 0

    def draft(self, recipe: str, cell: Cell = PENSION, key: str = "", **more: Any) -> EntryDraft:
        """A header; without a key it gets one of its own."""
        self.written += 1
        given: dict[str, Any] = {"effective_on": TODAY, "recorded_at": NOW, "source": "test"}
        return EntryDraft(key or f"key:{self.written}", recipe, cell, **{**given, **more})

    def post(
        self, recipe: str, amount: int, *, debit_item: int = 0, credit_item: int = 0, **more: Any
    ) -> Posted:
        """An entry of two postings."""
        draft = self.draft(recipe, **more)
        return post(self.session, draft, amount, debit_item=debit_item, credit_item=credit_item)

    def post_many(self, recipe: str, items: Mapping[int, int], **more: Any) -> Posted:
        """An entry with a posting per item."""
        draft = self.draft(recipe, **more)
        return post_many(
            self.session, draft, rows(items), count=len(items), total=sum(items.values())
        )

    def balance(self, kind: str, cell: Cell = PENSION, **more: Any) -> int:
        """Balance of an account."""
        return balance(self.session, kind, cell, **more)

    def month(self) -> None:
        """Three people, one paid, one returned, all committed; not committed to the database."""
        self.post("fund_bank", 3_000)
        self.post_many("accrue", {1: 500, 2: 600, 3: 700}, key="accrue")
        self.post_many("commit", {1: 500, 2: 600, 3: 700}, key="commit")
        self.post("send", 1_800)
        self.post("settle_bank", 1_800)
        self.post("return_bank", 600, credit_item=2)


def awkward_months(books: Books) -> None:
    """October and November with everything that could trip a format; the last entry unsealed."""
    session, november = books.session, TODAY + timedelta(days=30)
    awkward = [Cell("local", "pension", "01273", "bank_a"), Cell("local", "pension", "", "bank-a")]
    open_accounts(session, [*awkward, Cell("local", "pension", "01273", "bank-a")])
    books.month()
    books.post_many("accrue", {4: 40, 10**12: 50}, cell=MERIT, reason='Quý 3; "bù"\n| truy lĩnh')
    books.post("fund_bank", 7, cell=awkward[0], key="k,1", source="slip \\ 9; x", reason="=1+1")
    books.post("fund_bank", 8, cell=awkward[1], effective_on=november)
    books.post("fund_bank", 9, cell=Cell("local", "pension", "01273", "bank-a"), reason="'quoted'")
    books.post_many("commit", {2: 600}, effective_on=november, reason="@again\r\nnext")
    back = books.post("accrue", 70, credit_item=8)
    undone = {"key": "undone", "effective_on": november, "recorded_at": NOW, "source": "test"}
    reverse(session, back.entry_id, **undone)
    books.post("accrue", 71, credit_item=8, effective_on=november, corrects_id=back.entry_id)
    seal_all(session)
    books.post("fund_bank", 10**15)


def rows(items: Mapping[int, int]) -> Select[Any, Any]:
    """A SELECT of (item, amount)."""
    each = [
        select(literal(item, Whole).label("item"), literal(amount, Whole).label("amount"))
        for item, amount in items.items()
    ]
    given = union_all(*each).subquery("given")
    return select(given.c.item, given.c.amount)
