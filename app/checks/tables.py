"""Checks: what another register was asked, what it answered, and deaths that it told.

All of it is written once; only a request's state moves on. A death that is told holds payments of
later months at once, until an officer says that it is not true.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from ledger.schema import STRICT, Day, Moment, Whole, metadata

SENT, ANSWERED, FAILED, MADE = "sent", "answered", "failed", "made"
CONFIRMED, REFUTED = "confirmed", "refuted"

check_request = Table(
    "check_request",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("source", Text, nullable=False),
    Column("area_code", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("since", Day),
    Column("people", Whole, nullable=False),
    Column("answered", Whole, nullable=False),
    # SHA-256 of the file that was made; '' where the request goes line by line over the network.
    Column("digest", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("moved_at", Moment, nullable=False),
    Column("fault", Text, nullable=False),
    CheckConstraint("channel in ('file', 'rest')", name="channel"),
    CheckConstraint("state in ('made', 'sent', 'answered', 'failed')", name="state"),
    CheckConstraint("answered >= 0 and answered <= people", name="answered"),
    Index("ix_check_request_source", "source", "area_code"),
    **STRICT,
)

# Whom a request asks about. A line of an answer is believed only if it repeats the same subject.
check_asked = Table(
    "check_asked",
    metadata,
    Column("request_id", Whole, ForeignKey("check_request.id"), nullable=False),
    Column("line", Whole, nullable=False),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False),
    # The blind index of the identity number, or of the account at its bank.
    Column("subject_key", Text, nullable=False),
    Column("destination_id", Whole, ForeignKey("destination.id")),
    PrimaryKeyConstraint("request_id", "line"),
    UniqueConstraint("request_id", "person_id"),
    **STRICT,
)

# The same answer twice is recognised by its digest.
check_answer = Table(
    "check_answer",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("request_id", Whole, ForeignKey("check_request.id"), nullable=False),
    Column("sha256", Text, nullable=False),
    Column("rows", Whole, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("received_by", Text, nullable=False),
    UniqueConstraint("request_id", "sha256"),
    **STRICT,
)

check_result = Table(
    "check_result",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("request_id", Whole, nullable=False),
    Column("line", Whole, nullable=False),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False),
    Column("source", Text, nullable=False),
    Column("result", Text, nullable=False),
    # Why, in words, with any name hidden but for its first letters.
    Column("details", Text, nullable=False),
    # What the register holds where it differs from ours: encrypted, shown with a reason only.
    Column("told_cipher", LargeBinary),
    Column("happened_on", Day),
    Column("amount", Whole),
    # When the other register looked: the latest look counts, whenever its answer came.
    Column("checked_at", Moment, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    UniqueConstraint("request_id", "line"),
    ForeignKeyConstraint(
        ["request_id", "line"], ["check_asked.request_id", "check_asked.line"], name="asked"
    ),
    CheckConstraint("amount is null or amount >= 0", name="amount"),
    Index("ix_check_result_latest", "source", "person_id", "checked_at"),
    **STRICT,
)

death_notice = Table(
    "death_notice",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("result_id", Whole, ForeignKey("check_result.id"), nullable=False, unique=True),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False, index=True),
    Column("died_on", Day),
    # The month of death is paid; where the day was not told, the month in which it was.
    Column("last_period", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    CheckConstraint("length(last_period) = 7", name="last_period"),
    **STRICT,
)

death_verdict = Table(
    "death_verdict",
    metadata,
    Column("notice_id", Whole, ForeignKey("death_notice.id"), primary_key=True),
    Column("verdict", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("act_id", Whole, ForeignKey("act.id"), nullable=False, unique=True),
    Column("decided_at", Moment, nullable=False),
    CheckConstraint("verdict in ('confirmed', 'refuted')", name="verdict"),
    CheckConstraint("length(evidence) >= 5", name="evidence"),
    **STRICT,
)
