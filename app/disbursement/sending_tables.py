"""What stands in the way of sending and collecting, and what providers were asked about.

A trouble stands until the same work succeeds; of one thing at one provider one stands at a time.
An enquiry is one question about one batch in doubt: what came of it is a file like any other.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from ledger.schema import STRICT, Moment, Whole, metadata

_OPEN = "ended_at is null"

trouble = Table(
    "trouble",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("provider", Text, nullable=False),
    # 'send', 'collect', 'names', 'enquire', 'pack', 'calls', 'batch:<id>' or 'file:<id>'
    Column("subject", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("times", Whole, nullable=False),
    Column("ended_at", Moment),
    Index(
        "uq_trouble_open",
        "provider",
        "subject",
        unique=True,
        sqlite_where=text(_OPEN),
        postgresql_where=text(_OPEN),
    ),
    CheckConstraint("times > 0", name="times"),
    **STRICT,
)

enquiry = Table(
    "enquiry",
    metadata,
    Column("batch_id", Whole, ForeignKey("batch.id"), nullable=False),
    Column("number", Whole, nullable=False),
    Column("asked_at", Moment, nullable=False),
    # The name of the file that holds the answer, '' when the provider gave none.
    Column("file_name", Text, nullable=False),
    Column("error", Text, nullable=False),
    PrimaryKeyConstraint("batch_id", "number"),
    CheckConstraint("number > 0", name="number"),
    CheckConstraint("(file_name = '') <> (error = '')", name="answer"),
    **STRICT,
)
