"""What is owed: one obligation per programme, person, period and component.

The obligation's id is the opaque `item` of the books. Arrears of one decree are owed to a
person once: `arrears_grant` is unique per programme, person, enrolment and decree; its
`period` is the month whose obligation carries them.
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
    Column("amount", Whole, nullable=False),
    UniqueConstraint("programme", "person_id", "enrolment_id", "basis"),
    CheckConstraint("amount > 0 and months > 0", name="amount"),
    **STRICT,
)
