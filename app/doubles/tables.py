"""Doubts about people: the case, whom it is about, and the decision that ends it.

`subject` is the digest of the rule and what the case hangs on (a pair, an account, a phone), and
`facts` that of everything it was judged by: a second run finds the same case, and a decided one
is not asked again unless its facts differ. A decision repeats whether the case is exact and
blocking, so that the database itself refuses one that lacks its second officer.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)

from ledger.schema import STRICT, Moment, Whole, metadata

_HELD = "is_held = 1"

doubt = Table(
    "doubt",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("area_code", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("people", Whole, nullable=False),
    Column("is_exact", Whole, nullable=False),
    Column("is_blocking", Whole, nullable=False),
    Column("found_at", Moment, nullable=False),
    # When a later run found the facts gone, e.g. the account was repaired; nobody decided.
    Column("gone_at", Moment),
    UniqueConstraint("subject", "facts"),
    UniqueConstraint("id", "is_exact", "is_blocking"),
    CheckConstraint("is_exact = 1 or is_blocking = 0", name="near_asks"),
    **STRICT,
)

# `is_held`: left off the lists while the case blocks.
doubt_person = Table(
    "doubt_person",
    metadata,
    Column("doubt_id", Whole, ForeignKey("doubt.id"), nullable=False),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False, index=True),
    Column("is_held", Whole, nullable=False),
    PrimaryKeyConstraint("doubt_id", "person_id"),
    CheckConstraint("is_held in (0, 1)", name="is_held"),
    Index(
        "ix_doubt_person_held",
        "person_id",
        sqlite_where=text(_HELD),
        postgresql_where=text(_HELD),
    ),
    **STRICT,
)
HOLDS: ColumnElement[bool] = literal_column(f"doubt_person.{_HELD}", Boolean)
"""As a literal, so that the index of those few serves."""

doubt_decision = Table(
    "doubt_decision",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("doubt_id", Whole, nullable=False),
    # The decision that two others took back with this one; a case has one first decision.
    Column("replaces_id", Whole, unique=True),
    Column("is_exact", Whole, nullable=False),
    Column("is_blocking", Whole, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("until_period", Text),
    Column("kept_id", Whole, ForeignKey("person.id")),
    Column("reason", Text, nullable=False),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("act_id", Whole, ForeignKey("act.id"), nullable=False, unique=True),
    Column("second_id", Whole, ForeignKey("officer.id")),
    Column("second_act_id", Whole, ForeignKey("act.id"), unique=True),
    Column("decided_at", Moment, nullable=False),
    ForeignKeyConstraint(
        ["doubt_id", "is_exact", "is_blocking"],
        ["doubt.id", "doubt.is_exact", "doubt.is_blocking"],
    ),
    ForeignKeyConstraint(
        ["replaces_id", "doubt_id"], ["doubt_decision.id", "doubt_decision.doubt_id"]
    ),
    UniqueConstraint("id", "doubt_id"),
    Index(
        "uq_doubt_decision_first",
        "doubt_id",
        unique=True,
        sqlite_where=text("replaces_id is null"),
        postgresql_where=text("replaces_id is null"),
    ),
    CheckConstraint("verdict in ('different', 'merge', 'fraud', 'allowed')", name="verdict"),
    CheckConstraint("trim(reason) <> ''", name="reason"),
    CheckConstraint("(verdict = 'allowed') = (until_period is not null)", name="until"),
    CheckConstraint("(verdict = 'merge') = (kept_id is not null)", name="kept"),
    CheckConstraint("(second_id is null) = (second_act_id is null)", name="second_act"),
    CheckConstraint(
        "second_id is null or (second_id <> officer_id and second_act_id <> act_id)",
        name="two_persons",
    ),
    CheckConstraint(
        "second_id is not null"
        " or (is_blocking = 0 and verdict <> 'merge' and (is_exact = 0 or verdict <> 'allowed')"
        " and replaces_id is null)",
        name="second",
    ),
    **STRICT,
)
