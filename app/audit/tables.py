"""The trail: actor, action as `source:subject:action`, object, detail, what was and what is.

`audit_link` chains the lines: whoever changes, removes or reorders one breaks the links behind it.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, Text

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
    # Canonical JSON of what the act changed, '' where it changed nothing or says so in the detail.
    Column("before", Text, nullable=False, server_default=""),
    Column("after", Text, nullable=False, server_default=""),
    Index("ix_audit_event_at", "at", "id"),
    Index("ix_audit_event_action", "action", "at", "id"),
    Index("ix_audit_event_object", "object", "at"),
    Index("ix_audit_event_actor", "actor", "at"),
    **STRICT,
)

audit_link = Table(
    "audit_link",
    metadata,
    Column("position", Whole, primary_key=True, autoincrement=False),
    Column("event_id", Whole, ForeignKey("audit_event.id"), nullable=False, unique=True),
    Column("link", Text, nullable=False),
    **STRICT,
)
