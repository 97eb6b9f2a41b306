"""Whether money arrived: what people say of a payment, and a month's sample of a commune.

The seed of a sample is published before anybody draws; who is drawn follows from it and from the
payments alone. Nothing here ever changes.
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

from app.complaints.states import CHANNELS
from ledger.schema import STRICT, Moment, Whole, metadata

# The last row of a payment counts; who says "not received" has a complaint.
payment_confirmation = Table(
    "payment_confirmation",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("payment_id", Whole, ForeignKey("instruction.id"), nullable=False),
    Column("is_received", Whole, nullable=False),
    Column("channel", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("complaint_id", Whole, ForeignKey("complaint.id")),
    Column("said_at", Moment, nullable=False),
    Index("ix_payment_confirmation_payment", "payment_id", "id"),
    CheckConstraint("is_received in (0, 1)", name="is_received"),
    CheckConstraint(f"channel in {tuple(CHANNELS)}", name="channel"),
    CheckConstraint("is_received = 1 or complaint_id is not null", name="complaint"),
    **STRICT,
)

verification_sample = Table(
    "verification_sample",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("period", Text, nullable=False),
    Column("area_code", Text, nullable=False),
    Column("seed", Text, nullable=False),
    Column("z_thousandths", Whole, nullable=False),
    Column("margin_per_cent", Whole, nullable=False),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("published_at", Moment, nullable=False),
    UniqueConstraint("period", "area_code"),
    CheckConstraint("z_thousandths > 0 and margin_per_cent between 1 and 50", name="size"),
    **STRICT,
)

# `frame_digest` is over the references of all payments that could be drawn.
verification_draw = Table(
    "verification_draw",
    metadata,
    Column("sample_id", Whole, ForeignKey("verification_sample.id"), primary_key=True),
    Column("population", Whole, nullable=False),
    Column("size", Whole, nullable=False),
    Column("frame_digest", Text, nullable=False),
    Column("drawn_at", Moment, nullable=False),
    # Nobody for what was drawn before this was kept: the trail has it.
    Column("officer_id", Whole, ForeignKey("officer.id")),
    CheckConstraint("size between 1 and population", name="size"),
    **STRICT,
)

verification_row = Table(
    "verification_row",
    metadata,
    Column("sample_id", Whole, ForeignKey("verification_draw.sample_id"), nullable=False),
    Column("ordinal", Whole, nullable=False),
    Column("payment_id", Whole, ForeignKey("instruction.id"), nullable=False),
    PrimaryKeyConstraint("sample_id", "ordinal"),
    UniqueConstraint("sample_id", "payment_id"),
    CheckConstraint("ordinal > 0", name="ordinal"),
    **STRICT,
)

# What an officer of the commune was told by the person, who neither published nor drew the sample;
# `amount` in đồng where it was another. Whom nobody met may be visited again.
verification_visit = Table(
    "verification_visit",
    metadata,
    Column("sample_id", Whole, nullable=False),
    Column("ordinal", Whole, nullable=False),
    Column("turn", Whole, nullable=False),
    Column("result", Text, nullable=False),
    Column("amount", Whole),
    Column("complaint_id", Whole, ForeignKey("complaint.id")),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("visited_at", Moment, nullable=False),
    PrimaryKeyConstraint("sample_id", "ordinal", "turn"),
    ForeignKeyConstraint(
        ["sample_id", "ordinal"], ["verification_row.sample_id", "verification_row.ordinal"]
    ),
    CheckConstraint("turn > 0", name="turn"),
    CheckConstraint(
        "result in ('received', 'wrong_amount', 'not_received', 'not_met')", name="result"
    ),
    CheckConstraint("(result = 'wrong_amount') = (amount is not null)", name="amount"),
    CheckConstraint(
        "(result in ('wrong_amount', 'not_received')) = (complaint_id is not null)",
        name="complaint",
    ),
    **STRICT,
)
