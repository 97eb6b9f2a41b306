"""Batches that a bank debited as one sum, and their payments that the sum does not hold.

What of a lump is not confirmed yet stands on the account `unallocated`, one item a batch.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table

from ledger.schema import STRICT, Day, Moment, Whole, metadata

lump = Table(
    "lump",
    metadata,
    Column("batch_id", Whole, ForeignKey("batch.id"), primary_key=True, autoincrement=False),
    Column("bank_line_id", Whole, ForeignKey("bank_line.id"), nullable=False, unique=True),
    Column("lines", Whole, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("booked_on", Day, nullable=False),
    Column("entry_id", Whole, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    CheckConstraint("lines > 0 and amount > 0", name="size"),
    **STRICT,
)

# Payments of the batch that were over before the bank took its lump, which is smaller by them.
lump_left_out = Table(
    "lump_left_out",
    metadata,
    Column(
        "instruction_id", Whole, ForeignKey("instruction.id"), primary_key=True,
        autoincrement=False,
    ),
    Column("batch_id", Whole, ForeignKey("lump.batch_id"), nullable=False),
    **STRICT,
)  # fmt: skip
