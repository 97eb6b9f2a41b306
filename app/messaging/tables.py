"""The outbox, what was counted of it, what gateways told, and what people wish.

Phone and text of a message are encrypted, bound to its kind and event; the phone has the blind
index of the register beside it. One message per (kind, event), for ever.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from app.messaging.states import ASKED, EVENTS, HEARD, KINDS, OUTCOMES, REASONS
from ledger.schema import STRICT, Day, Moment, Whole, metadata

_WAITS = text("state in ('queued', 'sending', 'in_doubt')")
_ASKED = text(f"state = 'queued' and kind in {ASKED}")
_UNREAD = text("read_at is null")
_NOWHERE = text("reason = 'no_such_number'")

message = Table(
    "message",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("event_id", Whole, nullable=False),
    # Nobody where a question came from a number that nobody here has.
    Column("person_id", Whole, ForeignKey("person.id"), index=True),
    Column("phone_key", Text, nullable=False, index=True),
    Column("phone_cipher", LargeBinary, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("text_cipher", LargeBinary, nullable=False),
    Column("parts", Whole, nullable=False),
    # What it may cost, in VND, counted before it was queued.
    Column("cost", Whole, nullable=False),
    Column("state", Text, nullable=False),
    Column("queued_at", Moment, nullable=False),
    Column("try_at", Moment, nullable=False),
    Column("give_up_at", Moment, nullable=False),
    Column("attempts", Whole, nullable=False, server_default=text("0")),
    # How often it was handed over and nobody knows whether it was taken.
    Column("doubts", Whole, nullable=False, server_default=text("0")),
    Column("owner", Text, nullable=False, server_default=text("''")),
    Column("lease_until", Moment),
    Column("gateway", Text, nullable=False, server_default=text("''")),
    # What the gateway calls it.
    Column("gateway_id", Text, nullable=False, server_default=text("''")),
    Column("sent_at", Moment),
    Column("ended_at", Moment),
    Column("reason", Text, nullable=False, server_default=text("''")),
    UniqueConstraint("kind", "event_id"),
    Index("ix_message_waits", "state", "try_at", "id", sqlite_where=_WAITS,
          postgresql_where=_WAITS),
    Index("ix_message_asked", "try_at", "id", sqlite_where=_ASKED, postgresql_where=_ASKED),
    Index("ix_message_nowhere", "phone_key", sqlite_where=_NOWHERE, postgresql_where=_NOWHERE),
    CheckConstraint(f"kind in {KINDS}", name="kind"),
    CheckConstraint(f"reason in {REASONS}", name="reason"),
    CheckConstraint("kind = 'answer' or person_id is not null", name="somebody"),
    CheckConstraint("parts > 0 and cost >= 0 and attempts >= doubts and doubts >= 0", name="size"),
    CheckConstraint("state <> 'sending' or lease_until is not null", name="claimed"),
    CheckConstraint("state not in ('failed', 'delivered') or ended_at is not null", name="ended"),
    **STRICT,
)  # fmt: skip

message_move = Table(
    "message_move",
    metadata,
    Column("from_state", Text, nullable=False),
    Column("to_state", Text, nullable=False),
    PrimaryKeyConstraint("from_state", "to_state"),
    **STRICT,
)

# How far the events of a kind were read: all of them (subject 0), or those of one batch or list.
message_mark = Table(
    "message_mark",
    metadata,
    Column("kind", Text, nullable=False),
    Column("subject", Whole, nullable=False),
    Column("last_id", Whole, nullable=False),
    Column("is_done", Whole, nullable=False),
    Column("read_at", Moment, nullable=False),
    PrimaryKeyConstraint("kind", "subject"),
    CheckConstraint(f"kind in {EVENTS}", name="kind"),
    CheckConstraint("is_done in (0, 1)", name="is_done"),
    **STRICT,
)

# What was spent on a day: on all messages, on a prefix, and on help for numbers nobody here has.
message_count = Table(
    "message_count",
    metadata,
    Column("day", Day, nullable=False),
    Column("scope", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("messages", Whole, nullable=False),
    Column("cost", Whole, nullable=False),
    PrimaryKeyConstraint("day", "scope", "key"),
    CheckConstraint("scope in ('all', 'prefix', 'stranger')", name="scope"),
    CheckConstraint("messages >= 0 and cost >= 0", name="size"),
    **STRICT,
)

# What gateways told, once each by the gateway's name of it; who asked is in the cipher.
inbound_message = Table(
    "inbound_message",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("gateway", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("body_cipher", LargeBinary, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("read_at", Moment),
    Column("outcome", Text, nullable=False, server_default=text("''")),
    UniqueConstraint("gateway", "kind", "name"),
    Index("ix_inbound_message_unread", "id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
    CheckConstraint(f"kind in {HEARD}", name="kind"),
    CheckConstraint(f"outcome in {OUTCOMES}", name="outcome"),
    CheckConstraint("(read_at is null) = (outcome = '')", name="read"),
    **STRICT,
)

# Of whom an answer tells, several people may have one number; everybody who has the number where
# it tells of nobody: what was asked is forgotten with them.
answered_question = Table(
    "answered_question",
    metadata,
    Column("inbound_id", Whole, ForeignKey("inbound_message.id"), nullable=False),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False, index=True),
    PrimaryKeyConstraint("inbound_id", "person_id"),
    **STRICT,
)

# The last row of a person and wish counts.
message_wish = Table(
    "message_wish",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False),
    Column("wish", Text, nullable=False),
    Column("is_on", Whole, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Index("ix_message_wish_person", "person_id", "wish", "id"),
    CheckConstraint("wish in ('no_messages', 'no_amounts')", name="wish"),
    CheckConstraint("is_on in (0, 1)", name="is_on"),
    **STRICT,
)
