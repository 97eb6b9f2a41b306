"""Who may do what, from when to when: roles granted by two persons, lent, and ended.

A grant is a row that never changes. It counts from `valid_from` up to `valid_until`, unless a
`role_end` came before; a role that is lent counts for the borrower and not for the lender.
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
)

from ledger.schema import STRICT, Moment, Whole, metadata

ROLES = ("maker", "checker", "approver", "releaser", "auditor", "admin", "desk", "helper")
SEES = ("maker", "checker", "approver", "releaser", "auditor")
"""The roles that see people and money at their unit. Who grants roles sees neither; who answers the
hotline sees a person after the person was asked, and nobody else; a helper sees what a person
opens before him."""
DESK = "desk"
"""Who answers the hotline."""
HELPER = "helper"
"""Who helps old people look, of the commune's digital team: nothing else, and nothing of money."""
FOUNDING, STANDING, DELEGATED, EMERGENCY = "founding", "standing", "delegated", "emergency"
KINDS = {
    FOUNDING: "ban đầu",
    STANDING: "hai người cấp",
    DELEGATED: "giao thay",
    EMERGENCY: "khẩn cấp, chỉ xem",
}

# `unit_code` '' is the whole province, `department` '' every programme. `joint_id` are the two who
# granted: for a role that is lent, lender and borrower. `cap` is the most that a borrower may
# approve of one payroll, in đồng.
role_grant = Table(
    "role_grant",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("role", Text, nullable=False),
    Column("unit_code", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("valid_from", Moment, nullable=False),
    Column("valid_until", Moment, nullable=False),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), unique=True),
    Column("lent_id", Whole, ForeignKey("role_grant.id")),
    Column("cap", Whole),
    Column("granted_at", Moment, nullable=False),
    CheckConstraint(
        "role in ('maker', 'checker', 'approver', 'releaser', 'auditor', 'admin', 'desk',"
        " 'helper')",
        name="role",
    ),
    CheckConstraint("kind in ('founding', 'standing', 'delegated', 'emergency')", name="kind"),
    CheckConstraint("valid_from < valid_until", name="term"),
    CheckConstraint("(kind = 'founding') = (joint_id is null)", name="by_two"),
    CheckConstraint(
        "(kind = 'delegated') = (lent_id is not null)"
        " and (kind = 'delegated') = (cap is not null) and (cap is null or cap > 0)",
        name="lent",
    ),
    Index("ix_role_grant_officer", "officer_id", "role"),
    Index("ix_role_grant_lent_id", "lent_id"),
    **STRICT,
)

# A grant ends once: by two together, or by one with a code (the holder, the lender, an admin).
role_end = Table(
    "role_end",
    metadata,
    Column("grant_id", Whole, ForeignKey("role_grant.id"), primary_key=True),
    Column("ended_at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    Column("act_id", Whole, ForeignKey("act.id"), unique=True),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), unique=True),
    CheckConstraint("(act_id is null) <> (joint_id is null)", name="by_whom"),
    **STRICT,
)

# Two roles that no person holds at a time: at one unit ('unit'), or anywhere ('everywhere').
role_conflict = Table(
    "role_conflict",
    metadata,
    Column("role", Text, nullable=False),
    Column("other", Text, nullable=False),
    Column("reach", Text, nullable=False),
    Column("why", Text, nullable=False),
    PrimaryKeyConstraint("role", "other"),
    CheckConstraint("role <> other and reach in ('unit', 'everywhere')", name="pair"),
    **STRICT,
)
