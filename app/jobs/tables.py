"""The fence: one row per job and slot, so that two schedulers start a slot once."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, PrimaryKeyConstraint, Table, Text

from ledger.schema import STRICT, Moment, Whole, metadata

job_run = Table(
    "job_run",
    metadata,
    Column("job", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("fence", Whole, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("lease_until", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("done", Whole, nullable=False),
    Column("total", Whole, nullable=False),
    Column("detail", Text, nullable=False),
    PrimaryKeyConstraint("job", "slot"),
    CheckConstraint("state in ('running', 'finished', 'failed')", name="state"),
    **STRICT,
)
