"""What the hotline keeps: numbers of rows, moments and words of lists; nothing of a person.

A look-up names those it found; a check is of one of them and asks three questions; its verdict
opens the person to that officer for a while. All of it is written once.
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
)

from app.hotline.states import ATTEMPTS, REASONS, RESULTS
from ledger.schema import STRICT, Moment, Whole, metadata

# `keys` says which things were typed beside the digits.
hotline_lookup = Table(
    "hotline_lookup",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("keys", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Index("ix_hotline_lookup_officer", "officer_id", "asked_at"),
    CheckConstraint(f"reason in {REASONS}", name="reason"),
    CheckConstraint("keys in ('name', 'birth', 'name birth')", name="keys"),
    **STRICT,
)

# `found_by` is the number whose digits fit: a question about it would answer itself.
hotline_hit = Table(
    "hotline_hit",
    metadata,
    Column("lookup_id", Whole, ForeignKey("hotline_lookup.id"), nullable=False),
    Column("ordinal", Whole, nullable=False),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False, index=True),
    Column("found_by", Text, nullable=False),
    PrimaryKeyConstraint("lookup_id", "ordinal"),
    UniqueConstraint("lookup_id", "person_id"),
    CheckConstraint("ordinal between 1 and 5", name="few"),
    CheckConstraint("found_by in ('id', 'phone')", name="found_by"),
    **STRICT,
)

# `questions` are three words of `states.QUESTIONS`, drawn once.
hotline_check = Table(
    "hotline_check",
    metadata,
    Column("lookup_id", Whole, ForeignKey("hotline_lookup.id"), primary_key=True,
           autoincrement=False),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False),
    Column("questions", Text, nullable=False),
    Column("begun_at", Moment, nullable=False),
    Index("ix_hotline_check_person", "person_id", "begun_at"),
    Index("ix_hotline_check_officer", "officer_id", "begun_at"),
    **STRICT,
)  # fmt: skip

hotline_verdict = Table(
    "hotline_verdict",
    metadata,
    Column("lookup_id", Whole, ForeignKey("hotline_check.lookup_id"), primary_key=True,
           autoincrement=False),
    Column("right_answers", Whole, nullable=False),
    Column("is_passed", Whole, nullable=False),
    Column("answered_at", Moment, nullable=False),
    CheckConstraint("right_answers between 0 and 3", name="right"),
    CheckConstraint("is_passed = case when right_answers >= 2 then 1 else 0 end", name="passed"),
    **STRICT,
)  # fmt: skip

# A notice that was sent once more; a call has one.
hotline_resend = Table(
    "hotline_resend",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("lookup_id", Whole, ForeignKey("hotline_verdict.lookup_id"), nullable=False,
           unique=True),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False, index=True),
    Column("message_id", Whole, ForeignKey("message.id"), nullable=False),
    Column("asked_at", Moment, nullable=False),
    **STRICT,
)  # fmt: skip

# Somebody is to be called back, on the number that the register has.
hotline_call = Table(
    "hotline_call",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("lookup_id", Whole, ForeignKey("hotline_verdict.lookup_id"), nullable=False,
           unique=True),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False, index=True),
    Column("about", Text, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Index("ix_hotline_call_officer", "officer_id", "due_at"),
    Index("ix_hotline_call_due", "due_at", "id"),
    CheckConstraint(f"about in {REASONS}", name="about"),
    CheckConstraint("due_at > asked_at", name="due"),
    **STRICT,
)  # fmt: skip

hotline_attempt = Table(
    "hotline_attempt",
    metadata,
    Column("call_id", Whole, ForeignKey("hotline_call.id"), nullable=False),
    Column("ordinal", Whole, nullable=False),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("result", Text, nullable=False),
    Column("called_at", Moment, nullable=False),
    PrimaryKeyConstraint("call_id", "ordinal"),
    CheckConstraint(f"ordinal between 1 and {ATTEMPTS}", name="ordinal"),
    CheckConstraint(f"result in {RESULTS}", name="result"),
    **STRICT,
)
