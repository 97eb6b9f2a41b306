"""The trail: actor, action as `source:subject:action`, object, detail."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from ledger.schema import STRICT, Moment, Whole, metadata

audit_event = Table(
    "audit_event",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index("ix_audit_event_object", "object", "at"),
    Index("ix_audit_event_actor", "actor", "at"),
    **STRICT,
)
