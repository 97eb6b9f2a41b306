"""The fence: one row per job and slot, so that two schedulers start a slot once.

Besides, from when on a job's slots count, and which schedulers were seen when.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, PrimaryKeyConstraint, Table, Text, text

from ledger.schema import STRICT, Moment, Whole, metadata

RUNNING, FINISHED, FAILED = "running", "finished", "failed"

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
    Column("due_at", Moment),
    Column("heartbeat_at", Moment),
    # How often it was begun, and how often it failed since a person let it go on.
    Column("attempts", Whole, nullable=False, server_default=text("1")),
    Column("failures", Whole, nullable=False, server_default=text("0")),
    Column("error", Text, nullable=False, server_default=text("''")),
    # When a failed slot is tried again; none when a person must let it go on.
    Column("try_at", Moment),
    PrimaryKeyConstraint("job", "slot"),
    CheckConstraint("state in ('running', 'finished', 'failed')", name="state"),
    **STRICT,
)

# Slots before this moment are nobody's: a new installation does not run last month's.
job_since = Table(
    "job_since",
    metadata,
    Column("job", Text, primary_key=True),
    Column("since", Moment, nullable=False),
    **STRICT,
)

scheduler_seen = Table(
    "scheduler_seen",
    metadata,
    Column("worker", Text, primary_key=True),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    **STRICT,
)
