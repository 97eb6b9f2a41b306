"""Under which subject an issuer of OpenID Connect knows an officer, as two others linked it.

The newest row of an officer counts. Of the subject a keyed digest stands here: some issuers take
the number of the citizen for it.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, PrimaryKeyConstraint, Table, Text

from ledger.schema import STRICT, Moment, Whole, metadata

# `number` counts the turns of an officer; an empty `subject_key` is a link that was taken back.
officer_identity = Table(
    "officer_identity",
    metadata,
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("number", Whole, nullable=False),
    Column("subject_key", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False, unique=True),
    Column("recorded_at", Moment, nullable=False),
    PrimaryKeyConstraint("officer_id", "number"),
    CheckConstraint("number > 0", name="number"),
    Index("ix_officer_identity_subject", "subject_key"),
    **STRICT,
)
