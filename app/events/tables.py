"""What happened to people, what is proposed for it, and what officers decided.

A proposal names the line that ends and the one that begins; it changes nothing. `entered_by` is
the officer who entered it, 0 where the service found it by itself: whoever entered a proposal does
not decide upon it. A move has two decisions, one of each commune.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from app.events.states import KINDS
from ledger.schema import STRICT, Day, Moment, Whole, metadata

_KINDS = ", ".join(f"'{kind}'" for kind in KINDS)

life_event = Table(
    "life_event",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("happened_on", Day),
    Column("happened_period", Text, nullable=False),
    Column("known_period", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("source", Text, nullable=False),
    # Finding the same thing twice finds it once.
    Column("digest", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("entered_by", Whole, nullable=False),
    # What ends: a line and its last payable month; death and move end every line.
    Column("enrolment_id", Whole, ForeignKey("enrolment.id")),
    Column("stop_period", Text),
    # What begins, '' for nothing.
    Column("programme", Text, nullable=False, server_default=text("''")),
    Column("group_code", Text, nullable=False, server_default=text("''")),
    Column("table_key", Text, nullable=False, server_default=text("''")),
    Column("from_period", Text),
    Column("amount", Whole, nullable=False, server_default=text("0")),
    Column("recorded_at", Moment, nullable=False),
    UniqueConstraint("id", "entered_by"),
    Index("ix_life_event_state", "state", "kind"),
    CheckConstraint(f"kind in ({_KINDS})", name="kind"),
    CheckConstraint("amount >= 0", name="amount"),
    CheckConstraint("(group_code = '') = (from_period is null)", name="begins"),
    **STRICT,
)

life_event_move = Table(
    "life_event_move",
    metadata,
    Column("from_state", Text, nullable=False),
    Column("to_state", Text, nullable=False),
    PrimaryKeyConstraint("from_state", "to_state"),
    **STRICT,
)

life_event_decision = Table(
    "life_event_decision",
    metadata,
    Column("event_id", Whole, nullable=False),
    Column("side", Text, nullable=False),
    Column("entered_by", Whole, nullable=False),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("verdict", Text, nullable=False),
    Column("decision_number", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("known_period", Text, nullable=False),
    Column("decided_at", Moment, nullable=False),
    PrimaryKeyConstraint("event_id", "side"),
    UniqueConstraint("event_id", "officer_id"),
    ForeignKeyConstraint(["event_id", "entered_by"], ["life_event.id", "life_event.entered_by"]),
    CheckConstraint("side in ('', 'from', 'to')", name="side"),
    CheckConstraint("verdict in ('confirmed', 'refused')", name="verdict"),
    CheckConstraint("officer_id <> entered_by", name="two_persons"),
    CheckConstraint("verdict = 'confirmed' or reason <> ''", name="reason"),
    **STRICT,
)

# A move as both communes see it: the old one pays up to `last_period`, the new one from then on.
transfer = Table(
    "transfer",
    metadata,
    Column("event_id", Whole, ForeignKey("life_event.id"), primary_key=True, autoincrement=False),
    Column("from_area", Text, nullable=False, index=True),
    Column("to_area", Text, nullable=False, index=True),
    Column("last_period", Text, nullable=False),
    CheckConstraint("from_area <> to_area", name="moves"),
    **STRICT,
)

# Children and cared-for people for whom somebody is paid; a correction is a further version.
dependant = Table(
    "dependant",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False),
    Column("number", Whole, nullable=False),
    Column("version", Whole, nullable=False),
    Column("name", Text, nullable=False),
    Column("birth", Text, nullable=False),
    Column("relation", Text, nullable=False),
    Column("disability", Text, nullable=False, server_default=text("''")),
    Column("counts", Whole, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("recorded_by", Text, nullable=False),
    UniqueConstraint("person_id", "number", "version"),
    CheckConstraint("disability in ('', 'extreme', 'severe', 'light')", name="disability"),
    CheckConstraint("counts in (0, 1)", name="counts"),
    **STRICT,
)

# A school's paper: until when the person, or the numbered dependant (0: none), is studying.
study = Table(
    "study",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False),
    Column("number", Whole, nullable=False),
    Column("studying_until", Day, nullable=False),
    Column("paper", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("recorded_by", Text, nullable=False),
    UniqueConstraint("person_id", "number", "studying_until"),
    **STRICT,
)
