"""Files of an older system's balances: loaded by one officer, accepted by another.

All of it is written once. A `take_over` without an acceptance waits; its rows are what was read
from the file, already tied to our persons. The acceptance repeats who loaded it and the digest,
so that the database itself refuses a second signature of the same person or over something else.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from ledger.schema import STRICT, Day, Moment, Whole, metadata

take_over = Table(
    "take_over",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("balances_on", Day, nullable=False),
    Column("balance_rows", Whole, nullable=False),
    Column("balance_total", Whole, nullable=False),
    Column("unpaid_rows", Whole, nullable=False),
    Column("unpaid_total", Whole, nullable=False),
    Column("loaded_by", Whole, ForeignKey("officer.id"), nullable=False),
    Column("act_id", Whole, ForeignKey("act.id"), nullable=False, unique=True),
    Column("loaded_at", Moment, nullable=False),
    UniqueConstraint("id", "loaded_by", "digest"),
    CheckConstraint("balance_rows > 0 and unpaid_rows >= 0", name="counts"),
    **STRICT,
)

take_over_balance = Table(
    "take_over_balance",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("take_over_id", Whole, ForeignKey("take_over.id"), nullable=False, index=True),
    Column("line", Whole, nullable=False),
    Column("fund", Text, nullable=False),
    Column("programme", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("note", Text, nullable=False),
    UniqueConstraint("take_over_id", "line"),
    CheckConstraint("amount > 0", name="amount"),
    **STRICT,
)

take_over_unpaid = Table(
    "take_over_unpaid",
    metadata,
    Column("take_over_id", Whole, ForeignKey("take_over.id"), nullable=False),
    Column("line", Whole, nullable=False),
    Column("fund", Text, nullable=False),
    Column("programme", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False),
    Column("enrolment_id", Whole, ForeignKey("enrolment.id"), nullable=False),
    Column("period", Text, nullable=False),
    Column("component", Text, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("reason", Text, nullable=False),
    PrimaryKeyConstraint("take_over_id", "line"),
    UniqueConstraint(
        "take_over_id",
        "person_id",
        "programme",
        "period",
        "component",
        name="uq_take_over_unpaid_owed",
    ),
    Index("ix_take_over_unpaid_person", "person_id"),
    CheckConstraint("amount > 0", name="amount"),
    **STRICT,
)

take_over_acceptance = Table(
    "take_over_acceptance",
    metadata,
    Column("take_over_id", Whole, primary_key=True, autoincrement=False),
    Column("loaded_by", Whole, nullable=False),
    Column("digest", Text, nullable=False),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("act_id", Whole, ForeignKey("act.id"), nullable=False, unique=True),
    Column("accepted_at", Moment, nullable=False),
    ForeignKeyConstraint(
        ["take_over_id", "loaded_by", "digest"],
        ["take_over.id", "take_over.loaded_by", "take_over.digest"],
    ),
    CheckConstraint("officer_id <> loaded_by", name="two_persons"),
    **STRICT,
)
