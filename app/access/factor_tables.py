"""What proves that an officer is himself: seeds of one-time codes, in an app or in a token.

The newest factor of an officer is the live one; whoever has none yet uses the seed of his enrolment
(`officer.totp_secret`). Rows never change: a new factor makes the old one dead.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from ledger.schema import STRICT, Moment, Whole, metadata

# A file of seeds that came with a box of tokens, known again by its digest.
token_file = Table(
    "token_file",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("sha256", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("tokens", Whole, nullable=False),
    Column("act_id", Whole, ForeignKey("act.id"), nullable=False, unique=True),
    Column("imported_at", Moment, nullable=False),
    CheckConstraint("tokens > 0", name="tokens"),
    **STRICT,
)

# A hardware token. `seed` is bound to the serial number: copied to another row it opens nothing.
token = Table(
    "token",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("serial", Text, nullable=False, unique=True),
    Column("seed", LargeBinary, nullable=False),
    Column("digits", Whole, nullable=False),
    Column("period", Whole, nullable=False),
    Column("algorithm", Text, nullable=False),
    Column("file_id", Whole, ForeignKey("token_file.id"), nullable=False),
    CheckConstraint("digits in (6, 8) and period in (30, 60)", name="shows"),
    CheckConstraint("algorithm in ('SHA1', 'SHA256')", name="algorithm"),
    **STRICT,
)

# Lost or broken: it opens nothing any more, and no other officer is given it.
token_block = Table(
    "token_block",
    metadata,
    Column("token_id", Whole, ForeignKey("token.id"), primary_key=True),
    Column("blocked_by", Whole, ForeignKey("officer.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("blocked_at", Moment, nullable=False),
    **STRICT,
)

# A new factor, handed over in person by two: an app's seed, or a token, which is one officer's for
# good. For a day after it nothing is confirmed but what stops money.
factor = Table(
    "factor",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("number", Whole, nullable=False),
    Column("seed", LargeBinary),
    Column("token_id", Whole, ForeignKey("token.id"), unique=True),
    Column("reason", Text, nullable=False),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False, unique=True),
    Column("enrolled_at", Moment, nullable=False),
    UniqueConstraint("officer_id", "number"),
    CheckConstraint("(seed is null) <> (token_id is null)", name="one_kind"),
    **STRICT,
)

# A code that was wrong. Written after the unit of work that asked was taken back.
code_failure = Table(
    "code_failure",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("step", Text, nullable=False),
    Column("failed_at", Moment, nullable=False),
    Index("ix_code_failure_officer", "officer_id", "failed_at"),
    **STRICT,
)
