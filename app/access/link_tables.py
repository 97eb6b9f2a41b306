"""How an officer comes to his password and back to it: links that are used once, recovery codes.

Rows never change; that a link or a code was used is a row of its own.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, PrimaryKeyConstraint, Table, Text

from ledger.schema import STRICT, Moment, Whole, metadata

# The newest link of an officer counts, until it is used or over. `joint_id` are the two who gave
# it; none for those who founded the installation. The link itself is known to its holder only.
enrolment_link = Table(
    "enrolment_link",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), unique=True),
    Column("made_at", Moment, nullable=False),
    Column("valid_until", Moment, nullable=False),
    CheckConstraint("made_at < valid_until", name="term"),
    **STRICT,
)

enrolment_link_use = Table(
    "enrolment_link_use",
    metadata,
    Column("link_id", Whole, ForeignKey("enrolment_link.id"), primary_key=True),
    Column("act_id", Whole, ForeignKey("act.id"), nullable=False, unique=True),
    Column("used_at", Moment, nullable=False),
    **STRICT,
)

# Ten at a time, the newest ten count. `digest` is keyed: a code of 130 bits cannot be guessed back.
recovery_code = Table(
    "recovery_code",
    metadata,
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("batch", Whole, nullable=False),
    Column("ordinal", Whole, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("made_at", Moment, nullable=False),
    PrimaryKeyConstraint("officer_id", "batch", "ordinal"),
    CheckConstraint("ordinal between 1 and 10", name="ten"),
    **STRICT,
)

recovery_use = Table(
    "recovery_use",
    metadata,
    Column("digest", Text, ForeignKey("recovery_code.digest"), primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("used_at", Moment, nullable=False),
    CheckConstraint("purpose in ('sign_in', 'password')", name="purpose"),
    **STRICT,
)
