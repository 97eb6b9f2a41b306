"""What was decided and done about money that a budget year leaves over.

A `carry_over` is a signed decision that lets a cell keep money; the newest row of its number
counts, so that a wrong amount is put right by another row and 0 takes it back. `treasury_due` is
what two officers accepted to hand back, `treasury_refund` what went back by a slip.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table, Text, UniqueConstraint

from ledger.schema import STRICT, Day, Moment, Whole, metadata

PLACE = ("fund", "programme", "unit", "provider")

carry_over = Table(
    "carry_over",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("budget_year", Whole, nullable=False),
    Column("fund", Text, nullable=False),
    Column("programme", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("decided_on", Day, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("act_id", Whole, ForeignKey("act.id"), nullable=False, unique=True),
    Column("recorded_at", Moment, nullable=False),
    CheckConstraint("amount >= 0", name="amount"),
    **STRICT,
)

treasury_due = Table(
    "treasury_due",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("budget_year", Whole, nullable=False),
    Column("fund", Text, nullable=False),
    Column("programme", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("recipe", Text, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("fiscal_year", Whole, nullable=False),
    Column("entry_id", Whole, nullable=False, unique=True),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False),
    UniqueConstraint("joint_id", *PLACE, "recipe"),
    CheckConstraint("recipe in ('owe_treasury', 'owe_recovered')", name="recipe"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("fiscal_year >= budget_year", name="years"),
    **STRICT,
)

treasury_refund = Table(
    "treasury_refund",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("budget_year", Whole, nullable=False),
    Column("fund", Text, nullable=False),
    Column("programme", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("slip", Text, nullable=False),
    Column("paid_on", Day, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("entry_id", Whole, nullable=False, unique=True),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False, unique=True),
    UniqueConstraint("slip", *PLACE),
    CheckConstraint("amount > 0", name="amount"),
    **STRICT,
)
