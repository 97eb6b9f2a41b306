"""The tables of the books. Only this package and the migrations see them.

An entry is complete when its seal is written: the seal carries the number of postings, the
total and the digest, and the database refuses a commit without it (deferred foreign key).
A posting carries the running balance of its (account, item): `unique (account, item, seq)`
makes two writers collide instead of paying twice. Triggers: `ledger/triggers.py`.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)

from ledger.schema import STRICT, Day, Moment, Whole, metadata

account = Table(
    "account",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("path", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False, index=True),
    Column("fund", Text, nullable=False),
    Column("programme", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("guard", Whole, nullable=False),
    Column("itemised", Whole, nullable=False),
    CheckConstraint("guard in (0, 1, 2)", name="guard"),
    CheckConstraint("itemised in (0, 1)", name="itemised"),
    **STRICT,
)

# Every entry needs its seal at commit. The constraint runs against the seal's own foreign key,
# so PostgreSQL gets it by ALTER TABLE once both tables are there.
_SEALED = ForeignKeyConstraint(
    ["id"],
    ["entry_seal.entry_id"],
    name="fk_entry_sealed",
    deferrable=True,
    initially="DEFERRED",
    use_alter=True,
)

entry = Table(
    "entry",
    metadata,
    Column("id", Whole, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("programme", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("effective_on", Day, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("fiscal_year", Whole, nullable=False),
    Column("reason", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("reverses_id", Whole, ForeignKey("entry.id"), unique=True),
    Column("content", Text, nullable=False),
    Column("corrects_id", Whole, ForeignKey("entry.id")),
    _SEALED,
    **STRICT,
)


@event.listens_for(entry, "before_create")
def _seal_again(*_: object, **__: object) -> None:
    """Once added by ALTER TABLE, SQLAlchemy leaves a constraint out of every later CREATE TABLE.

    A process that makes PostgreSQL tables first would make SQLite tables without it.
    """
    _SEALED._create_rule = None


entry_seal = Table(
    "entry_seal",
    metadata,
    Column("entry_id", Whole, ForeignKey("entry.id"), primary_key=True, autoincrement=False),
    Column("postings", Whole, nullable=False),
    Column("total", Whole, nullable=False),
    Column("digest", Text, nullable=False),
    CheckConstraint("postings between 2 and 50001", name="postings"),
    CheckConstraint("total > 0 and total <= 1000000000000000", name="total"),
    **STRICT,
)

posting = Table(
    "posting",
    metadata,
    Column("entry_id", Whole, nullable=False),
    Column("line", Whole, nullable=False),
    Column("account_id", Whole, nullable=False),
    Column("item", Whole, nullable=False),
    Column("seq", Whole, nullable=False),
    Column("debit", Whole, nullable=False),
    Column("credit", Whole, nullable=False),
    Column("balance", Whole, nullable=False),
    PrimaryKeyConstraint("entry_id", "line"),
    UniqueConstraint("account_id", "item", "seq"),
    CheckConstraint("seq > 0", name="seq"),
    CheckConstraint("debit >= 0 and credit >= 0 and (debit = 0) <> (credit = 0)", name="sides"),
    CheckConstraint("debit <= 1000000000000000 and credit <= 1000000000000000", name="size"),
    sqlite_with_rowid=False,
    **STRICT,
)


@event.listens_for(posting, "after_create")
def _leave_room(_: Table, connection: Connection, **__: object) -> None:
    """Leave half of each page of the index of items empty, on PostgreSQL.

    Items are added in order, and each gets its second posting beside the first: full pages would
    all be split when a month is paid (docs/decisions/0013).
    """
    if connection.dialect.name == "postgresql":
        room = "alter index uq_posting_account_id_item_seq set (fillfactor = 50)"
        connection.execute(text(room))


chain_link = Table(
    "chain_link",
    metadata,
    Column("position", Whole, primary_key=True, autoincrement=False),
    Column("entry_id", Whole, ForeignKey("entry_seal.entry_id"), nullable=False, unique=True),
    Column("fiscal_year", Whole, nullable=False),
    Column("voucher", Whole, nullable=False),
    Column("link", Text, nullable=False),
    UniqueConstraint("fiscal_year", "voucher"),
    **STRICT,
)

# Running totals of a kind of account in a fund and programme, as of a position of the chain.
control_total = Table(
    "control_total",
    metadata,
    Column("kind", Text, nullable=False),
    Column("fund", Text, nullable=False),
    Column("programme", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("position", Whole, nullable=False),
    Column("debits", Whole, nullable=False),
    Column("credits", Whole, nullable=False),
    PrimaryKeyConstraint("kind", "fund", "programme", "currency", "position"),
    CheckConstraint("debits >= 0 and credits >= 0", name="totals"),
    sqlite_with_rowid=False,
    **STRICT,
)

closed_period = Table(
    "closed_period",
    metadata,
    Column("programme", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("closed_at", Moment, nullable=False),
    # The how-manieth close, and the end of the chain then: no entry of the period stands behind it.
    # -1: closed by a version that did not write it down.
    Column("number", Whole, nullable=False, unique=True),
    Column("position", Whole, nullable=False),
    PrimaryKeyConstraint("programme", "period"),
    CheckConstraint("length(period) = 7", name="period"),
    **STRICT,
)

# Days that are closed for one account: no entry dated on or before the last of them moves it. A
# bank account closes with its statement, an advance with the provider's settlement.
closed_day = Table(
    "closed_day",
    metadata,
    Column("account_id", Whole, ForeignKey("account.id"), nullable=False),
    Column("day", Day, nullable=False, index=True),
    Column("closed_at", Moment, nullable=False),
    PrimaryKeyConstraint("account_id", "day"),
    **STRICT,
)

# What a close changes, so that PostgreSQL itself refuses a writer whose snapshot is older: such a
# writer would not see the close (`ledger/triggers.py`). One row for each programme.
period_gate = Table(
    "period_gate",
    metadata,
    Column("programme", Text, primary_key=True),
    Column("closes", Whole, nullable=False),
    **STRICT,
)
