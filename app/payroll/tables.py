"""Payrolls: one per kind, period, paying unit and programme; lines never change once submitted.

`round` counts the submissions: 0 before the first; `digest` and `maker_id` are those of the last.
The lines of a payroll that was undone stand as they were approved, and are marked `undone`, so
that its successor may list the same obligations anew.
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
    UniqueConstraint,
    text,
)

from ledger.schema import STRICT, Moment, Whole, metadata

# An obligation is accrued by its first line only; later lines pay what is already owed.
REPEATED_CAUSES = ("carried", "follow_up")
_FIRST = "cause not in ('carried', 'follow_up') and undone = 0"

payroll = Table(
    "payroll",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("number", Whole, nullable=False),
    Column("unit_code", Text, ForeignKey("paying_unit.code"), nullable=False),
    Column("programme", Text, ForeignKey("programme.code"), nullable=False),
    Column("fund", Text, ForeignKey("fund.code"), nullable=False),
    Column("state", Text, nullable=False),
    Column("lines", Whole, nullable=False),
    Column("total", Whole, nullable=False),
    Column("digest", Text),
    Column("maker_id", Whole, ForeignKey("officer.id")),
    Column("opened_at", Moment, nullable=False),
    Column("campaign", Text, nullable=False, server_default=""),
    Column("round", Whole, nullable=False, server_default=text("0")),
    UniqueConstraint("period", "unit_code", "programme", "kind", "number"),
    UniqueConstraint("id", "maker_id", "digest"),
    CheckConstraint("kind in ('monthly', 'follow_up', 'campaign')", name="kind"),
    CheckConstraint("(kind = 'campaign') = (campaign <> '')", name="campaign"),
    CheckConstraint(
        "state = 'draft' or state = 'void' or (digest is not null and maker_id is not null)",
        name="submitted",
    ),
    **STRICT,
)

payroll_move = Table(
    "payroll_move",
    metadata,
    Column("from_state", Text, nullable=False),
    Column("to_state", Text, nullable=False),
    PrimaryKeyConstraint("from_state", "to_state"),
    **STRICT,
)

payroll_line = Table(
    "payroll_line",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("payroll_id", Whole, ForeignKey("payroll.id"), nullable=False),
    Column("line", Whole, nullable=False),
    Column("obligation_id", Whole, ForeignKey("obligation.id"), nullable=False, index=True),
    Column("person_id", Whole, nullable=False, index=True),
    Column("destination_id", Whole, ForeignKey("destination.id"), nullable=False),
    Column("contract_id", Whole, ForeignKey("contract.id"), nullable=False),
    Column("method", Text, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("cause", Text, nullable=False),
    Column("undone", Whole, nullable=False, server_default=text("0")),
    UniqueConstraint("payroll_id", "obligation_id"),
    UniqueConstraint("payroll_id", "line"),
    Index(
        "uq_payroll_line_first",
        "obligation_id",
        unique=True,
        sqlite_where=text(_FIRST),
        postgresql_where=text(_FIRST),
    ),
    CheckConstraint("amount > 0", name="amount"),
    **STRICT,
)

bridge = Table(
    "bridge",
    metadata,
    Column("payroll_id", Whole, ForeignKey("payroll.id"), nullable=False),
    Column("cause", Text, nullable=False),
    Column("people", Whole, nullable=False),
    Column("amount", Whole, nullable=False),
    PrimaryKeyConstraint("payroll_id", "cause"),
    **STRICT,
)

flag = Table(
    "flag",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("payroll_id", Whole, ForeignKey("payroll.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("is_blocking", Whole, nullable=False),
    Column("people", Whole, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("seen_by", Whole, ForeignKey("officer.id")),
    UniqueConstraint("payroll_id", "kind"),
    **STRICT,
)
