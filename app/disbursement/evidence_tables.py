"""What evidence may do, what providers promised, cases for people, payments that never came.

`evidence_rule` is a table of what is so, written from `app/disbursement/evidence.py`. A case is
about one payment or one batch and moves no money by itself; what two officers found about
payments that never arrived is a `horizon_decision`, which the database asks its evidence of.
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
    text,
)

from ledger.schema import STRICT, Day, Moment, Whole, metadata

evidence_rule = Table(
    "evidence_rule",
    metadata,
    Column("rule", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("word", Text, nullable=False),
    Column("needs", Text, nullable=False),
    Column("from_state", Text, nullable=False),
    Column("to_state", Text, nullable=False),
    Column("effect", Text, nullable=False),
    Column("rank", Whole, nullable=False),
    PrimaryKeyConstraint("source", "word", "needs", "from_state"),
    **STRICT,
)

# What a provider declared and two officers confirmed; the newest row of a promise counts.
provider_promise = Table(
    "provider_promise",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("provider", Text, ForeignKey("provider.code"), nullable=False),
    Column("promise", Text, nullable=False),
    Column("is_made", Whole, nullable=False),
    Column("days", Whole, nullable=False),
    Column("source", Text, nullable=False),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False, unique=True),
    Column("recorded_at", Moment, nullable=False),
    CheckConstraint("promise in ('acsc_settles', 'all_or_nothing', 'expires')", name="promise"),
    CheckConstraint("is_made in (0, 1)", name="is_made"),
    CheckConstraint("days >= 0 and (promise = 'expires' or days = 0)", name="days"),
    CheckConstraint("trim(source) <> ''", name="source"),
    **STRICT,
)

_OPEN = text("state = 'open'")

bank_case = Table(
    "bank_case",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("instruction_id", Whole, ForeignKey("instruction.id"), index=True),
    Column("batch_id", Whole, ForeignKey("batch.id")),
    Column("bank_line_id", Whole, ForeignKey("bank_line.id"), unique=True),
    Column("hold_id", Whole, ForeignKey("hold.id")),
    Column("still_due", Whole),
    Column("why", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("act_id", Whole, ForeignKey("act.id"), unique=True),
    Column("answer", Text, nullable=False, server_default=""),
    Column("ended_at", Moment),
    Column("end_act_id", Whole, ForeignKey("act.id"), unique=True),
    CheckConstraint("kind in ('conflict', 'recall', 'duplicate', 'late_settlement')", name="kind"),
    CheckConstraint("state in ('open', 'refused', 'succeeded', 'closed')", name="state"),
    CheckConstraint("(instruction_id is null) <> (batch_id is null)", name="about"),
    CheckConstraint("(kind = 'recall') = (still_due is not null)", name="still_due"),
    CheckConstraint("kind <> 'recall' or act_id is not null", name="asked_by"),
    CheckConstraint("(state = 'open') = (ended_at is null)", name="ended"),
    CheckConstraint("kind = 'recall' or state in ('open', 'closed')", name="recall"),
    Index(
        "uq_bank_case_recall",
        "instruction_id",
        unique=True,
        sqlite_where=text("kind = 'recall' and state = 'open'"),
        postgresql_where=text("kind = 'recall' and state = 'open'"),
    ),
    Index("ix_bank_case_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    **STRICT,
)

# What else was said of the payment of an open case: the case grows, one line after the other.
bank_case_line = Table(
    "bank_case_line",
    metadata,
    Column("case_id", Whole, ForeignKey("bank_case.id"), nullable=False, index=True),
    Column(
        "bank_line_id", Whole, ForeignKey("bank_line.id"), primary_key=True, autoincrement=False
    ),
    Column("kind", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("hold_id", Whole, ForeignKey("hold.id"), nullable=False),
    Column("added_at", Moment, nullable=False),
    CheckConstraint("kind in ('conflict', 'duplicate', 'late_settlement')", name="kind"),
    **STRICT,
)

# Payments of a batch that never came: the statement over the last day on which they could have been
# executed, that over the next banking day (it may be the same), and what the bank answered after.
horizon_decision = Table(
    "horizon_decision",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("batch_id", Whole, ForeignKey("batch.id"), nullable=False, index=True),
    Column("last_day", Day, nullable=False),
    Column("statement_id", Whole, ForeignKey("bank_report.id"), nullable=False),
    Column("next_statement_id", Whole, ForeignKey("bank_report.id"), nullable=False),
    Column("enquiry", Text, nullable=False),
    Column("enquired_on", Day, nullable=False),
    Column("lines", Whole, nullable=False),
    Column("total", Whole, nullable=False),
    Column("digest", Text, nullable=False),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False, unique=True),
    Column("recorded_at", Moment, nullable=False),
    CheckConstraint("lines > 0 and total > 0", name="size"),
    CheckConstraint("trim(enquiry) <> ''", name="enquiry"),
    **STRICT,
)
