"""Complaints and their steps.

What people say and what they are answered is encrypted, and so is the evidence of the payment,
frozen as it stood when the complaint was opened. A complaint moves by a step that is written with
it; one is open for a person, payment and kind at a time.
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
    text,
)

from app.complaints.states import CHANNELS, KINDS, STATES
from ledger.schema import STRICT, Day, Moment, Whole, metadata

_OPEN = text("state <> 'closed'")
_ALONE = text("state <> 'closed' and payment_id is null")

# `unit_code` is the unit that answers, '' the province; `officer_id` who has taken it.
complaint = Table(
    "complaint",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False),
    Column("payment_id", Whole, ForeignKey("instruction.id")),
    Column("channel", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("area_code", Text, nullable=False),
    Column("unit_code", Text, nullable=False),
    Column("evidence_cipher", LargeBinary, nullable=False),
    # SHA-256 of the evidence; '' where there is none.
    Column("evidence_digest", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("steps", Whole, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("due_on", Day, nullable=False),
    Column("officer_id", Whole, ForeignKey("officer.id")),
    Column("answered_at", Moment),
    Column("closed_at", Moment),
    # What the person says of the answer, from 1 to 5.
    Column("satisfaction", Whole),
    Index("uq_complaint_open", "person_id", "kind", "payment_id", unique=True,
          sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("uq_complaint_open_alone", "person_id", "kind", unique=True, sqlite_where=_ALONE,
          postgresql_where=_ALONE),
    Index("ix_complaint_waits", "due_on", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_complaint_unit", "unit_code", "due_on", "id"),
    Index("ix_complaint_person", "person_id", "id"),
    Index("ix_complaint_opened", "opened_at", "area_code"),
    CheckConstraint(f"channel in {tuple(CHANNELS)}", name="channel"),
    CheckConstraint(f"kind in {tuple(KINDS)}", name="kind"),
    CheckConstraint("steps > 0", name="steps"),
    CheckConstraint("kind <> 'not_received' or evidence_digest <> ''", name="evidence"),
    CheckConstraint("state in ('received', 'reopened') or officer_id is not null", name="taken"),
    CheckConstraint("state not in ('answered', 'closed') or answered_at is not null",
                    name="answered"),
    CheckConstraint("state <> 'closed' or closed_at is not null", name="closed"),
    CheckConstraint("satisfaction between 1 and 5", name="satisfaction"),
    **STRICT,
)  # fmt: skip

complaint_move = Table(
    "complaint_move",
    metadata,
    Column("from_state", Text, nullable=False),
    Column("to_state", Text, nullable=False),
    PrimaryKeyConstraint("from_state", "to_state"),
    **STRICT,
)

# The first is what was said; `actor` is an officer's user name or the edge where somebody spoke.
complaint_step = Table(
    "complaint_step",
    metadata,
    Column("complaint_id", Whole, ForeignKey("complaint.id"), nullable=False),
    Column("seq", Whole, nullable=False),
    Column("state", Text, nullable=False),
    Column("words_cipher", LargeBinary, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("complaint_id", "seq"),
    CheckConstraint(f"state in {tuple(STATES)}", name="state"),
    CheckConstraint("seq > 0", name="seq"),
    **STRICT,
)
