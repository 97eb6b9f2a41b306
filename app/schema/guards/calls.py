"""Calls of providers: each goes into one file of its provider, once and for ever."""

from __future__ import annotations

from app.schema.guards.guard import Guard

_COMES_LOOSE = Guard(
    "inbound_event_loose",
    "inbound_event",
    "new.packed_in is not null",
    "inbound_event: a call comes before its file",
    "insert",
)

_PACKED_ONCE = Guard(
    "inbound_event_packed",
    "inbound_event",
    """old.packed_in is not null or not exists (select 1 from {schema}inbound_file f
      where f.id = new.packed_in and f.provider = new.provider and f.state = 'received')""",
    "inbound_event: a call goes into one new file of its provider",
)

GUARDS = (_COMES_LOOSE, _PACKED_ONCE)
