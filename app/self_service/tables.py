"""Codes that people asked for, what became of each, what was typed, and the sessions they opened.

An ID that somebody typed stands here as its blind index, known here or not; a code as a keyed
digest. What was asked and typed goes again after a day; a session is kept as those of officers.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text
from sqlalchemy import text as sql

from ledger.schema import STRICT, Moment, Whole, metadata

PAGE, KIOSK, HELPED = "page", "kiosk", "helped"
PLACES = (PAGE, KIOSK, HELPED)
"""Where a person reads: on a phone of his own, at a kiosk, with an officer beside him."""
SENT, UNKNOWN, LIMITED, FULL, LATE = "sent", "unknown", "limited", "full", "late"
OUTCOMES = (SENT, UNKNOWN, LIMITED, FULL, LATE)
"""What became of a request: a code left for the phone; nobody, or no number that is vouched for;
the number had enough; the day's codes are spent; nobody looked in time."""

# The number is chance, for a message is told by it for ever and rows go again. `browser` is the
# digest of an id that only the browser has that asked.
own_code_request = Table(
    "own_code_request",
    metadata,
    Column("id", Whole, primary_key=True, autoincrement=False),
    Column("browser", Text, nullable=False, unique=True),
    Column("citizen_key", Text, nullable=False),
    Column("bucket", Whole, nullable=False),
    Column("place", Text, nullable=False),
    Column("helper_id", Whole, ForeignKey("officer.id")),
    Column("asked_at", Moment, nullable=False),
    Index("ix_own_code_request_citizen", "citizen_key", "asked_at"),
    Index("ix_own_code_request_bucket", "bucket", "asked_at"),
    Index("ix_own_code_request_asked_at", "asked_at", "id"),
    CheckConstraint(f"place in {PLACES}", name="place"),
    CheckConstraint("(place = 'helped') = (helper_id is not null)", name="helper"),
    **STRICT,
)

own_code = Table(
    "own_code",
    metadata,
    Column("request_id", Whole, ForeignKey("own_code_request.id"), primary_key=True,
           autoincrement=False),
    Column("outcome", Text, nullable=False),
    Column("person_id", Whole, ForeignKey("person.id")),
    Column("phone_key", Text, nullable=False),
    Column("code_key", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Index("ix_own_code_made_at", "made_at", "outcome"),
    Index("ix_own_code_phone", "phone_key", "made_at"),
    CheckConstraint(f"outcome in {OUTCOMES}", name="outcome"),
    CheckConstraint("(outcome = 'sent') = (code_key <> '')", name="code"),
    CheckConstraint("outcome <> 'sent' or (person_id is not null and phone_key <> '')",
                    name="whose"),
    **STRICT,
)  # fmt: skip

own_code_try = Table(
    "own_code_try",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("request_id", Whole, ForeignKey("own_code_request.id"), nullable=False, index=True),
    Column("citizen_key", Text, nullable=False),
    Column("is_right", Whole, nullable=False),
    Column("tried_at", Moment, nullable=False),
    Index("ix_own_code_try_citizen", "citizen_key", "tried_at"),
    Index("ix_own_code_try_tried_at", "tried_at"),
    CheckConstraint("is_right in (0, 1)", name="is_right"),
    **STRICT,
)

own_session = Table(
    "own_session",
    metadata,
    Column("id_digest", Text, primary_key=True),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False, index=True),
    Column("phone_key", Text, nullable=False),
    Column("request_id", Whole, nullable=False, index=True),
    Column("place", Text, nullable=False),
    Column("helper_id", Whole, ForeignKey("officer.id")),
    Column("opened_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("ended_by", Text, nullable=False, server_default=sql("''")),
    CheckConstraint(f"place in {PLACES}", name="place"),
    CheckConstraint("(place = 'helped') = (helper_id is not null)", name="helper"),
    CheckConstraint("(ended_at is null) = (ended_by = '')", name="ended"),
    **STRICT,
)
