"""What providers called to say, exactly as they said it; nothing is changed but where it went.

`body` is the whole call (moment, signature, bytes), encrypted: it names people and accounts.
`body_digest` is a keyed digest of the bytes. `packed_in` is the file in which the matcher got it.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, Text, UniqueConstraint, text

from ledger.schema import STRICT, Moment, Whole, metadata

_WAITING = text("packed_in is null")

inbound_event = Table(
    "inbound_event",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("provider", Text, ForeignKey("provider.code"), nullable=False),
    Column("event_id", Text, nullable=False),
    Column("body_digest", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("packed_in", Whole, ForeignKey("inbound_file.id")),
    UniqueConstraint("provider", "event_id", "body_digest"),
    Index(
        "ix_inbound_event_waiting",
        "provider",
        "id",
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    ),
    **STRICT,
)
