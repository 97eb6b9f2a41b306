"""What the register knows of a person besides: household, disability, decisions, payee.

All but households and decisions are versions: a change is a further row, the last one counts.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)

from ledger.schema import STRICT, Day, Moment, Whole, metadata

_NAMED = "citizen_key <> ''"

household = Table(
    "household",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("area_code", Text, nullable=False),
    Column("number", Text, nullable=False),
    UniqueConstraint("area_code", "number"),
    **STRICT,
)

# Poor and near-poor households are decided upon month by month; the last row up to a month counts.
household_poverty = Table(
    "household_poverty",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("household_id", Whole, ForeignKey("household.id"), nullable=False),
    Column("from_period", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("decision_number", Text, nullable=False),
    Column("decided_on", Day),
    Column("recorded_at", Moment, nullable=False),
    UniqueConstraint("household_id", "from_period", "level"),
    CheckConstraint("level in ('poor', 'near_poor', 'none')", name="level"),
    **STRICT,
)

disability = Table(
    "disability",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("degree", Text, nullable=False),
    Column("certificate", Text, nullable=False),
    Column("certified_on", Day),
    Column("recorded_at", Moment, nullable=False),
    UniqueConstraint("person_id", "certificate", "degree", "kind"),
    Index("ix_disability_person", "person_id", "id"),
    CheckConstraint("degree in ('extreme', 'severe', 'light')", name="degree"),
    **STRICT,
)

# The paper behind an enrolment: found by commune, number and date.
decision = Table(
    "decision",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("area_code", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("decided_on", Day, nullable=False),
    Column("kind", Text, nullable=False),
    Column("signer", Text, nullable=False),
    Column("signer_title", Text, nullable=False),
    Column("document_name", Text, nullable=False, server_default=text("''")),
    Column("document_sha256", Text, nullable=False, server_default=text("''")),
    Column("recorded_at", Moment, nullable=False),
    Column("recorded_by", Text, nullable=False),
    UniqueConstraint("area_code", "number", "decided_on"),
    CheckConstraint("kind in ('grant', 'adjust', 'stop', 'other')", name="kind"),
    **STRICT,
)

# Who takes the money when it is not the person: no row, and the person does.
payee = Table(
    "payee",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False),
    Column("version", Whole, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("citizen_key", Text, nullable=False),
    Column("citizen_cipher", LargeBinary),
    Column("citizen_tail", Text, nullable=False),
    Column("relation", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("signed_on", Day),
    Column("valid_until", Day),
    Column("source", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    UniqueConstraint("person_id", "version"),
    CheckConstraint("kind in ('self', 'guardian', 'authorised')", name="kind"),
    CheckConstraint("kind = 'self' or document <> ''", name="document"),
    # Most lists name no ID of who takes the money: who looks for one says that he looks for one.
    Index(
        "ix_payee_named",
        "citizen_key",
        sqlite_where=text(_NAMED),
        postgresql_where=text(_NAMED),
    ),
    **STRICT,
)
NAMES_AN_ID: ColumnElement[bool] = literal_column(f"payee.{_NAMED}", Boolean)
"""As a literal, so that the index of those serves."""

# Destinations of a person in their order of use; the highest version is in force.
destination_order = Table(
    "destination_order",
    metadata,
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False),
    Column("version", Whole, nullable=False),
    Column("rank", Whole, nullable=False),
    Column("destination_id", Whole, ForeignKey("destination.id"), nullable=False),
    PrimaryKeyConstraint("person_id", "version", "rank"),
    UniqueConstraint("person_id", "version", "destination_id"),
    CheckConstraint("rank > 0", name="rank"),
    **STRICT,
)

# Whether an account is the person's: the last check tells.
destination_check = Table(
    "destination_check",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("destination_id", Whole, ForeignKey("destination.id"), nullable=False, index=True),
    Column("result", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("checked_at", Moment, nullable=False),
    Column("checked_by", Text, nullable=False),
    CheckConstraint(
        "result in ('exact', 'close', 'different', 'not_found', 'confirmed')", name="result"
    ),
    **STRICT,
)
