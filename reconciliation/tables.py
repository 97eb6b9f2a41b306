"""What providers told us, what each line was matched with, and the closed cells.

A bank line is written once (`entry_key` is unique per account) and has exactly one
`line_match`; what could not be matched stands in `suspense_item` with owner and reason.
`year_closing` keeps what every account held when a budget year was closed for ever.
"""

from __future__ import annotations

from typing import Any

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
    text,
)

from ledger.schema import STRICT, Day, Moment, Whole, metadata


def _where(condition: str) -> dict[str, Any]:
    """An index over the rows of which this holds, on either database."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


_NAMED = "reference <> '' and bank_reference <> '' and kind in ('status', 'booked')"
_BOOKED = "kind = 'booked'"
_UNNAMED = "reference = '' and kind = 'booked'"
_ONCE = (
    "verdict not in ('credit_unknown', 'debit_unknown', 'conflict', 'noted', 'told_before')"
    " and withdrawn_by = 0"
)

inbound_file = Table(
    "inbound_file",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size_bytes", Whole, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("why", Text, nullable=False),
    # The version of the rule that made the lines of this file (reconciliation/entry_keys.py).
    Column("reader", Whole, server_default=text("1"), nullable=False),
    UniqueConstraint("provider", "sha256"),
    CheckConstraint("state in ('received', 'read', 'applied', 'quarantined')", name="state"),
    **STRICT,
)

repeated_file = Table(
    "repeated_file",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("file_id", Whole, ForeignKey("inbound_file.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("received_at", Moment, nullable=False),
    UniqueConstraint("file_id", "name"),
    **STRICT,
)

bank_report = Table(
    "bank_report",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("file_id", Whole, ForeignKey("inbound_file.id"), nullable=False, index=True),
    Column("provider", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("report_id", Text, nullable=False),
    Column("sequence", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("group_status", Text, nullable=False),
    Column("opening", Whole),
    Column("closing", Whole),
    Column("lines", Whole, nullable=False),
    Column("repeated", Whole, nullable=False),
    Column("booked", Whole, nullable=False),
    Column("last_day", Day),
    Column("group_reason", Text, server_default="", nullable=False),
    Column("from_day", Day),
    Column("to_day", Day),
    Column("page", Whole, server_default=text("0"), nullable=False),
    Column("is_last_page", Whole, server_default=text("1"), nullable=False),
    Index("ix_bank_report_account", "provider", "account", "kind"),
    **STRICT,
)

bank_line = Table(
    "bank_line",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("file_id", Whole, ForeignKey("inbound_file.id"), nullable=False, index=True),
    Column("provider", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("entry_key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("reference", Text, nullable=False),
    Column("booked_on", Day, nullable=False),
    Column("value_on", Day, nullable=False),
    Column("bank_reference", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("is_return", Whole, nullable=False),
    Column("voucher", Text, nullable=False),
    Column("counterparty", Text, nullable=False),
    Column("remittance", Text, nullable=False),
    # A reference of ours that stands elsewhere in a movement, '-' where it has none at all; which
    # message of ours it names, and how many payments it holds (0: not said); what was kept of it.
    Column("found_reference", Text, server_default="", nullable=False),
    Column("batch_reference", Text, server_default="", nullable=False),
    Column("batch_count", Whole, server_default=text("0"), nullable=False),
    Column("charge", Whole, server_default=text("0"), nullable=False),
    UniqueConstraint("provider", "account", "entry_key"),
    Index("ix_bank_line_reference", "reference"),
    # By the bank's own reference: what named a payment of ours, and movements that named none.
    Index("ix_bank_line_named", "bank_reference", **_where(_NAMED)),
    Index("ix_bank_line_unnamed", "provider", "booked_on", **_where(_UNNAMED)),
    # What an account moved since its last closed day.
    Index("ix_bank_line_booked", "provider", "account", "booked_on", **_where(_BOOKED)),
    **STRICT,
)

line_match = Table(
    "line_match",
    metadata,
    Column("bank_line_id", Whole, primary_key=True, autoincrement=False),
    Column("verdict", Text, nullable=False),
    Column("pass_name", Text, nullable=False),
    Column("target_id", Whole),
    Column("why", Text, nullable=False),
    # What took the verdict back; 0 while it stands. The line itself stays judged.
    Column("withdrawn_by", Whole, nullable=False, server_default=text("0")),
    Index("ix_line_match_target", "verdict", "target_id"),
    # But for what is only told, or waits in suspense, nothing is the target of two lines.
    Index("uq_line_match_target", "verdict", "target_id", unique=True, **_where(_ONCE)),
    # PostgreSQL would look up each line: a rule looks for them as a set (`app/schema/guards`).
    ForeignKeyConstraint(["bank_line_id"], ["bank_line.id"]).ddl_if(dialect="sqlite"),
    **STRICT,
)

_OPEN = text("resolved_at is null")

suspense_item = Table(
    "suspense_item",
    metadata,
    Column(
        "bank_line_id", Whole, ForeignKey("bank_line.id"), primary_key=True, autoincrement=False
    ),
    Column("kind", Text, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("owner", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("opened_on", Day, nullable=False),
    Column("resolved_at", Moment),
    Column("resolution", Text, nullable=False),
    Index("ix_suspense_item_open", "bank_line_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    **STRICT,
)

closing = Table(
    "closing",
    metadata,
    Column("period", Text, nullable=False),
    Column("fund", Text, nullable=False),
    Column("programme", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("opening", Whole, nullable=False),
    Column("funding", Whole, nullable=False),
    Column("not_ours_in", Whole, nullable=False),
    Column("credited", Whole, nullable=False),
    Column("cash_paid", Whole, nullable=False),
    Column("fees_and_not_ours_out", Whole, nullable=False),
    Column("back_to_treasury", Whole, nullable=False),
    Column("balance", Whole, nullable=False),
    Column("in_transit", Whole, nullable=False),
    Column("suspense", Whole, nullable=False),
    Column("unspent", Whole, nullable=False),
    Column("reported_balance", Whole),
    Column("closed_at", Moment, nullable=False),
    PrimaryKeyConstraint("period", "fund", "programme", "unit", "provider"),
    CheckConstraint(
        "opening + funding + not_ours_in"
        " = credited + cash_paid + fees_and_not_ours_out + back_to_treasury + balance",
        name="identity",
    ),
    CheckConstraint("balance = in_transit + suspense + unspent", name="balance"),
    CheckConstraint("reported_balance is null or reported_balance = balance", name="reported"),
    **STRICT,
)

year_closing = Table(
    "year_closing",
    metadata,
    Column("year", Whole, nullable=False),
    Column("path", Text, nullable=False),
    Column("balance", Whole, nullable=False),
    Column("closed_at", Moment, nullable=False),
    PrimaryKeyConstraint("year", "path"),
    CheckConstraint("balance <> 0", name="balance"),
    **STRICT,
)
