"""What the register knew before, where a value comes from, and whom it has forgotten."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from ledger.schema import STRICT, Day, Moment, Whole, metadata

# An ID is issued anew after a correction of sex or birth year: the old one still finds its person.
citizen_change = Table(
    "citizen_change",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False),
    Column("old_key", Text, nullable=False, unique=True),
    Column("old_cipher", LargeBinary, nullable=False),
    Column("old_tail", Text, nullable=False),
    Column("new_key", Text, nullable=False),
    Column("new_tail", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("changed_on", Day, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("recorded_by", Text, nullable=False),
    CheckConstraint("reason in ('reissued', 'corrected')", name="reason"),
    CheckConstraint("old_key <> new_key", name="differs"),
    **STRICT,
)

# Of a field that is stored encrypted only the last digits stand here.
person_change = Table(
    "person_change",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False, index=True),
    Column("field", Text, nullable=False),
    Column("old", Text, nullable=False),
    Column("new", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("recorded_by", Text, nullable=False),
    CheckConstraint("old <> new", name="differs"),
    **STRICT,
)

# Who vouches for a field today; a field without a row is as the commune's list gave it.
field_source = Table(
    "field_source",
    metadata,
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False),
    Column("field", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("confirmed_at", Moment, nullable=False),
    Column("reference", Text, nullable=False),
    PrimaryKeyConstraint("person_id", "field"),
    CheckConstraint(
        "source in ('import', 'officer', 'population', 'civil_status', 'insurance', 'bank',"
        " 'person')",
        name="source",
    ),
    **STRICT,
)

# The mark of a destination that was erased with its person: lists of then are proved by it.
destination_mark = Table(
    "destination_mark",
    metadata,
    Column("destination_id", Whole, ForeignKey("destination.id"), nullable=False),
    Column("mark", Text, nullable=False),
    PrimaryKeyConstraint("destination_id"),
    **STRICT,
)

erasure = Table(
    "erasure",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False, unique=True),
    Column("reason", Text, nullable=False),
    Column("asked_by", Whole, ForeignKey("officer.id"), nullable=False),
    Column("confirmed_by", Whole, ForeignKey("officer.id"), nullable=False),
    Column("erased_at", Moment, nullable=False),
    CheckConstraint("asked_by <> confirmed_by", name="two_persons"),
    **STRICT,
)
