"""Settlements of providers, money they lost or sent back, and the close of a month.

A `provider_settlement` says what became of the list of a month and of the money for it; it stands
when two finance officers accepted it, with difference 0, and then the days up to `until` are
closed for the provider's advance. `month_close` is what two officers confirmed when they closed a
month.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Table,
    Text,
    UniqueConstraint,
)

from ledger.schema import STRICT, Day, Moment, Whole, metadata

PLACE = ("fund", "programme", "unit", "provider")


def _place() -> tuple[Column[str], ...]:
    return tuple(Column(name, Text, nullable=False) for name in PLACE)


def _whole(*names: str) -> tuple[Column[int], ...]:
    return tuple(Column(name, Whole, nullable=False) for name in names)


# Of the list: how many payments and đồng. Of the money: what was there, came and went.
LIST_FIGURES = (
    "listed_count",
    "listed",
    "account_count",
    "account",
    "cash_count",
    "cash",
    "vouchers",
    "unpaid_count",
    "unpaid",
)
MONEY_FIGURES = (
    "opening",
    "received",
    "made_good",
    "other_in",
    "credited",
    "cash_out",
    "lost",
    "returned",
    "other_out",
    "unspent",
)

provider_settlement = Table(
    "provider_settlement",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("period", Text, nullable=False),
    *_place(),
    Column("since", Day, nullable=False),
    Column("until", Day, nullable=False),
    # Of what is unspent, as much came from nobody knows where.
    *_whole(*LIST_FIGURES, *MONEY_FIGURES, "suspense"),
    # SHA-256 over the payments of the list with what became of each.
    Column("lines_digest", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False, index=True),
    Column("accepted_at", Moment, nullable=False),
    UniqueConstraint("period", *PLACE),
    CheckConstraint("since <= until", name="days"),
    CheckConstraint("listed = account + cash + unpaid", name="list"),
    CheckConstraint("listed_count = account_count + cash_count + unpaid_count", name="count"),
    CheckConstraint("vouchers = cash_count", name="vouchers"),
    CheckConstraint(
        "opening + received + made_good + other_in"
        " = credited + cash_out + lost + returned + other_out + unspent",
        name="money",
    ),
    CheckConstraint("unspent >= suspense and suspense >= 0", name="unspent"),
    **STRICT,
)

provider_loss = Table(
    "provider_loss",
    metadata,
    Column("id", Whole, primary_key=True),
    *_place(),
    Column("report", Text, nullable=False),
    Column("lost_on", Day, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False, unique=True),
    Column("entry_id", Whole, nullable=False, unique=True),
    Column("recorded_at", Moment, nullable=False),
    UniqueConstraint("report", *PLACE),
    CheckConstraint("amount > 0", name="amount"),
    **STRICT,
)

loss_repayment = Table(
    "loss_repayment",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("loss_id", Whole, ForeignKey("provider_loss.id"), nullable=False),
    Column("document", Text, nullable=False),
    Column("received_on", Day, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False, unique=True),
    Column("entry_id", Whole, nullable=False, unique=True),
    Column("recorded_at", Moment, nullable=False),
    UniqueConstraint("loss_id", "document"),
    CheckConstraint("amount > 0", name="amount"),
    **STRICT,
)

unspent_return = Table(
    "unspent_return",
    metadata,
    Column("id", Whole, primary_key=True),
    *_place(),
    Column("slip", Text, nullable=False),
    Column("returned_on", Day, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False, unique=True),
    Column("due_entry_id", Whole, nullable=False, unique=True),
    Column("entry_id", Whole, nullable=False, unique=True),
    Column("recorded_at", Moment, nullable=False),
    UniqueConstraint("slip", *PLACE),
    CheckConstraint("amount > 0", name="amount"),
    **STRICT,
)

month_close = Table(
    "month_close",
    metadata,
    Column("period", Text, primary_key=True),
    Column("cells", Whole, nullable=False),
    Column("digest", Text, nullable=False),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False, unique=True),
    Column("closed_at", Moment, nullable=False),
    **STRICT,
)
