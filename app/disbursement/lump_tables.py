"""Batches that a bank debited as one sum, and their payments that the sum does not hold.

What of a lump is not confirmed yet stands on the account `unallocated`, one item a batch. A batch
has one lump that stands; one that two officers took back is kept and marked.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Select,
    Table,
    select,
    text,
)

from ledger.schema import STRICT, Day, Moment, Whole, metadata

_STANDS: dict[str, Any] = {
    "sqlite_where": text("withdrawn_by = 0"), "postgresql_where": text("withdrawn_by = 0"),
}  # fmt: skip

lump = Table(
    "lump",
    metadata,
    Column("batch_id", Whole, ForeignKey("batch.id"), nullable=False),
    Column("bank_line_id", Whole, ForeignKey("bank_line.id"), primary_key=True,
           autoincrement=False),
    Column("lines", Whole, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("booked_on", Day, nullable=False),
    Column("entry_id", Whole, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    # What took it back; 0 while it stands.
    Column("withdrawn_by", Whole, nullable=False, server_default=text("0")),
    Index("uq_lump_batch_id", "batch_id", unique=True, **_STANDS),
    CheckConstraint("lines > 0 and amount > 0", name="size"),
    **STRICT,
)  # fmt: skip

# Payments of the batch that were over before the bank took its lump, which is smaller by them, or
# that came back out of it.
lump_left_out = Table(
    "lump_left_out",
    metadata,
    Column("instruction_id", Whole, ForeignKey("instruction.id"), nullable=False),
    Column("bank_line_id", Whole, ForeignKey("lump.bank_line_id"), nullable=False),
    PrimaryKeyConstraint("instruction_id", "bank_line_id"),
    **STRICT,
)


def lump_of(batch_id: ColumnElement[int] | int) -> Select[Any]:
    """The number of a batch if it was debited as one sum and that stands."""
    return select(lump.c.batch_id).where(lump.c.batch_id == batch_id, lump.c.withdrawn_by == 0)
