"""Who is signed in: passwords, sessions of the pages, and what was tried in vain.

A password is a row that never changes; the newest of an officer counts. A session is known by the
digest of its id: whoever reads the table can take none over.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, PrimaryKeyConstraint, Table, Text
from sqlalchemy import text as sql

from ledger.schema import STRICT, Moment, Whole, metadata

PASSWORD, FULL = "password", "full"

officer_password = Table(
    "officer_password",
    metadata,
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("number", Whole, nullable=False),
    # Argon2id with its parameters and salt, as one text.
    Column("hash", Text, nullable=False),
    Column("set_at", Moment, nullable=False),
    PrimaryKeyConstraint("officer_id", "number"),
    **STRICT,
)

# `stage` is 'password' until the one-time code has come; `act_id` is the act of that code. `flash`
# is what the next page tells once. `fresh_at` is when a code of this session was last right.
web_session = Table(
    "web_session",
    metadata,
    Column("id_digest", Text, primary_key=True),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("stage", Text, nullable=False),
    Column("act_id", Whole, ForeignKey("act.id"), unique=True),
    Column("opened_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("fresh_at", Moment),
    Column("ended_at", Moment),
    Column("ended_by", Text, nullable=False, server_default=sql("''")),
    Column("agent", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("flash", Text, nullable=False, server_default=sql("''")),
    CheckConstraint("stage in ('password', 'full')", name="stage"),
    CheckConstraint("stage = 'full' or act_id is null", name="code"),
    CheckConstraint("(ended_at is null) = (ended_by = '')", name="ended"),
    Index("ix_web_session_officer", "officer_id", "opened_at"),
    **STRICT,
)

# A name with a wrong password. `who` is a keyed digest of the name that was typed, known here or
# not; `bucket` stands for the address. Rows go again after a day.
sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("who", Text, nullable=False),
    Column("bucket", Whole, nullable=False),
    Column("failed_at", Moment, nullable=False),
    Index("ix_sign_in_failure_who", "who", "failed_at"),
    Index("ix_sign_in_failure_bucket", "bucket", "failed_at"),
    Index("ix_sign_in_failure_failed_at", "failed_at"),
    **STRICT,
)
