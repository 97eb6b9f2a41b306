"""What is owed: one obligation per programme, person, period and component.

The obligation's id is the opaque `item` of the books. `arrears_grant` tells the arrears that the
obligation of its `period` carries: consecutive months with the same sum, and why. Those of one
decree are granted once for an enrolment and month. `overpayment` is a finding: what a month was
granted beyond what is due by all that the list of `period` knew; the newest one counts.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from ledger.schema import STRICT, Whole, metadata

obligation = Table(
    "obligation",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("programme", Text, nullable=False),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False),
    Column("period", Text, nullable=False),
    Column("component", Text, nullable=False),
    Column("enrolment_id", Whole, ForeignKey("enrolment.id"), nullable=False),
    Column("unit_code", Text, nullable=False),
    Column("regular", Whole, nullable=False),
    Column("arrears", Whole, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("arrears_basis", Text, nullable=False),
    Column("reason", Text, nullable=False),
    UniqueConstraint("programme", "person_id", "period", "component"),
    Index("ix_obligation_unit", "period", "unit_code", "programme"),
    CheckConstraint("regular >= 0 and arrears >= 0", name="parts"),
    CheckConstraint("amount = regular + arrears and amount > 0", name="amount"),
    **STRICT,
)

arrears_grant = Table(
    "arrears_grant",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("programme", Text, nullable=False),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False),
    Column("enrolment_id", Whole, ForeignKey("enrolment.id"), nullable=False),
    Column("basis", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("first_period", Text, nullable=False),
    Column("last_period", Text, nullable=False),
    Column("months", Whole, nullable=False),
    Column("monthly", Whole, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("is_decree", Whole, nullable=False),
    UniqueConstraint("enrolment_id", "period", "first_period"),
    Index("ix_arrears_grant_person", "person_id"),
    Index(
        "uq_arrears_grant_decree",
        "enrolment_id",
        "basis",
        "first_period",
        unique=True,
        sqlite_where=text("is_decree = 1"),
        postgresql_where=text("is_decree = 1"),
    ),
    CheckConstraint("monthly > 0 and months > 0 and amount = monthly * months", name="amount"),
    CheckConstraint("first_period <= last_period and last_period < period", name="past"),
    **STRICT,
)

overpayment = Table(
    "overpayment",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("programme", Text, nullable=False),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False),
    Column("component", Text, nullable=False),
    Column("month", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("reason", Text, nullable=False),
    UniqueConstraint("person_id", "programme", "component", "month", "period"),
    CheckConstraint("amount >= 0", name="amount"),
    CheckConstraint("month < period", name="past"),
    **STRICT,
)
