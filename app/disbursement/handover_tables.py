"""Files that officers carry to a bank by hand: one took the file, another saw it handed over."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from ledger.schema import STRICT, Moment, Whole, metadata

handover = Table(
    "handover",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("batch_id", Whole, ForeignKey("batch.id"), nullable=False, unique=True),
    Column("sha256", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("taken_by", Whole, ForeignKey("officer.id"), nullable=False),
    Column("act_id", Whole, ForeignKey("act.id"), nullable=False, unique=True),
    Column("taken_at", Moment, nullable=False),
    UniqueConstraint("id", "taken_by", "sha256"),
    CheckConstraint("trim(reason) <> ''", name="reason"),
    **STRICT,
)

handover_receipt = Table(
    "handover_receipt",
    metadata,
    Column("handover_id", Whole, primary_key=True, autoincrement=False),
    Column("taken_by", Whole, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("receipt", Text, nullable=False),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("act_id", Whole, ForeignKey("act.id"), nullable=False, unique=True),
    Column("confirmed_at", Moment, nullable=False),
    ForeignKeyConstraint(
        ["handover_id", "taken_by", "sha256"],
        ["handover.id", "handover.taken_by", "handover.sha256"],
    ),
    CheckConstraint("officer_id <> taken_by", name="two_persons"),
    CheckConstraint("trim(receipt) <> ''", name="receipt"),
    **STRICT,
)
