"""The work that waits, runs or is done; whoever asked may close the page meanwhile. And what took
long to find out, kept for pages to show."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text
from sqlalchemy import text as sql

from ledger.schema import STRICT, Moment, Whole, metadata

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"

# `arguments` is a JSON object; `done` of `total` steps, 0 of 0 while nobody knows. `path` is the
# file of the result, beneath the folder of the house, '' for none; `error` a sentence for people.
web_task = Table(
    "web_task",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("arguments", Text, nullable=False),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("lease_until", Moment),
    Column("finished_at", Moment),
    Column("owner", Text, nullable=False, server_default=sql("''")),
    Column("fence", Whole, nullable=False, server_default=sql("0")),
    Column("done", Whole, nullable=False, server_default=sql("0")),
    Column("total", Whole, nullable=False, server_default=sql("0")),
    Column("path", Text, nullable=False, server_default=sql("''")),
    Column("error", Text, nullable=False, server_default=sql("''")),
    CheckConstraint("state in ('waiting', 'running', 'done', 'failed')", name="state"),
    CheckConstraint("(finished_at is null) = (state in ('waiting', 'running'))", name="finished"),
    CheckConstraint("(error = '') = (state <> 'failed')", name="failed"),
    Index("ix_web_task_state", "state", "id"),
    Index("ix_web_task_officer", "officer_id", "id"),
    **STRICT,
)

# What a job found out of everything, by name: `content` is JSON. The next time it is written over.
long_answer = Table(
    "long_answer",
    metadata,
    Column("name", Text, primary_key=True),
    Column("made_at", Moment, nullable=False),
    Column("content", Text, nullable=False),
    **STRICT,
)
