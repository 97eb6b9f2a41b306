"""What is owed: one obligation per programme, person, period and component.

The obligation's id is the opaque `item` of the books. `arrears_grant` tells the arrears that the
obligation of its `period` carries, or that were paid just before that list: consecutive months with
the same sum, and why. Those of one decree are granted once for an enrolment and month.
`overpayment` is a finding: what a month was granted beyond what is due by all that the list of
`period` knew; the newest one counts. It is recovered by a `recovery_decision` only, which names the
findings it is about; what the person paid back is a `recovery_receipt`.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from ledger.schema import STRICT, Day, Moment, Whole, metadata

# A gift is given once a person, in whichever programme (`campaigns`).
IS_GIFT = "substr(component, 1, 5) = 'gift:'"
# Literal words, so that both databases know that the index serves.
IS_AHEAD = "component in ('ahead', 'ahead_carer')"
# Arrears paid between two lists, e.g. 'difference:2:monthly': the number is that of the list.
DIFFERENCE = "difference:"
IS_DIFFERENCE = "substr(component, 1, 11) = 'difference:'"

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
    Index(
        "uq_obligation_gift",
        "person_id",
        "component",
        unique=True,
        sqlite_where=text(IS_GIFT),
        postgresql_where=text(IS_GIFT),
    ),
    Index(
        "ix_obligation_ahead",
        "period",
        "person_id",
        sqlite_where=text(IS_AHEAD),
        postgresql_where=text(IS_AHEAD),
    ),
    Index(
        "ix_obligation_difference",
        "period",
        "person_id",
        sqlite_where=text(IS_DIFFERENCE),
        postgresql_where=text(IS_DIFFERENCE),
    ),
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
    # 0 for those that a monthly list carries, else the number of a list of differences before it.
    Column("list_number", Whole, nullable=False, server_default="0"),
    UniqueConstraint("enrolment_id", "period", "first_period", "list_number"),
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

# A decision to recover, by two officers; the books hold it under the id of their joint act.
recovery_decision = Table(
    "recovery_decision",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("number", Text, nullable=False),
    Column("decided_on", Day, nullable=False),
    Column("signer", Text, nullable=False),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False),
    Column("programme", Text, ForeignKey("programme.code"), nullable=False),
    Column("unit_code", Text, ForeignKey("paying_unit.code"), nullable=False),
    Column("amount", Whole, nullable=False),
    Column("maker_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("approver_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False, unique=True),
    Column("entry_id", Whole, nullable=False, unique=True),
    Column("recorded_at", Moment, nullable=False),
    Column("notice_id", Whole, ForeignKey("recovery_notice.id")),
    UniqueConstraint("number", "decided_on", "person_id", "programme"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("approver_id <> maker_id", name="not_the_maker"),
    **STRICT,
)

recovery_finding = Table(
    "recovery_finding",
    metadata,
    Column("decision_id", Whole, ForeignKey("recovery_decision.id"), nullable=False),
    Column("overpayment_id", Whole, ForeignKey("overpayment.id"), nullable=False, index=True),
    Column("amount", Whole, nullable=False),
    PrimaryKeyConstraint("decision_id", "overpayment_id"),
    CheckConstraint("amount > 0", name="amount"),
    **STRICT,
)

recovery_receipt = Table(
    "recovery_receipt",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("decision_id", Whole, ForeignKey("recovery_decision.id"), nullable=False),
    Column("document", Text, nullable=False),
    Column("received_on", Day, nullable=False),
    Column("provider", Text, ForeignKey("provider.code"), nullable=False),
    Column("amount", Whole, nullable=False),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False, unique=True),
    Column("entry_id", Whole, nullable=False, unique=True),
    Column("recorded_at", Moment, nullable=False),
    UniqueConstraint("decision_id", "document"),
    CheckConstraint("amount > 0", name="amount"),
    **STRICT,
)
