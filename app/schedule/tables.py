"""Days that the government moved, locks of a month's list, and reminders: all written once."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table, Text, UniqueConstraint

from ledger.schema import STRICT, Day, Moment, Whole, metadata

# A day that banks work or not, whatever the shipped calendar says; of one day the newest counts.
calendar_day = Table(
    "calendar_day",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("day", Day, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False, unique=True),
    Column("recorded_at", Moment, nullable=False),
    CheckConstraint("kind in ('open', 'closed')", name="kind"),
    CheckConstraint("name <> '' and source <> ''", name="told"),
    **STRICT,
)

# Where the shipped calendar differs from Monday to Friday, so that the database knows it too.
shipped_day = Table(
    "shipped_day",
    metadata,
    Column("day", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    CheckConstraint("kind in ('open', 'closed')", name="kind"),
    **STRICT,
)

# A month's list is fixed while it has a lock that two officers have not lifted.
period_lock = Table(
    "period_lock",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("period", Text, nullable=False, index=True),
    Column("locked_at", Moment, nullable=False),
    Column("locked_by", Text, nullable=False),
    **STRICT,
)

period_unlock = Table(
    "period_unlock",
    metadata,
    Column("lock_id", Whole, ForeignKey("period_lock.id"), primary_key=True),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False, unique=True),
    Column("reason", Text, nullable=False),
    Column("unlocked_at", Moment, nullable=False),
    CheckConstraint("reason <> ''", name="reason"),
    **STRICT,
)

# What an officer is reminded of, once for each day of the rule: how many payrolls of the month
# wait for which act of his.
reminder = Table(
    "reminder",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("slot", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("payrolls", Whole, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    UniqueConstraint("slot", "step", "officer_id"),
    CheckConstraint("step in ('submit', 'check', 'approve')", name="step"),
    CheckConstraint("payrolls > 0", name="payrolls"),
    **STRICT,
)
