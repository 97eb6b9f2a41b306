"""What officers leave at the workbench: notes under a line, and where each of them was last.

A note is written once. A place is one row an officer: it moves with him, and others see by it that
somebody is at work on an account or a line.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, text

from ledger.schema import STRICT, Day, Moment, Whole, metadata

line_note = Table(
    "line_note",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("bank_line_id", Whole, ForeignKey("bank_line.id"), nullable=False),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("said", Text, nullable=False),
    # Until when the bank is to answer, where it was asked.
    Column("answer_by", Day),
    Column("written_at", Moment, nullable=False),
    CheckConstraint("trim(said) <> ''", name="said"),
    Index("ix_line_note_line", "bank_line_id", "id"),
    **STRICT,
)

bench_place = Table(
    "bench_place",
    metadata,
    Column("officer_id", Whole, ForeignKey("officer.id"), primary_key=True, autoincrement=False),
    Column("contract_id", Whole, ForeignKey("contract.id"), nullable=False),
    Column("period", Text, nullable=False),
    Column("tab", Text, nullable=False),
    Column("page", Whole, nullable=False),
    # The line he has open, 0 for none.
    Column("line_id", Whole, nullable=False, server_default=text("0")),
    Column("seen_at", Moment, nullable=False),
    Index("ix_bench_place_contract", "contract_id"),
    **STRICT,
)
