"""Who must approve a payroll, and who did: the ladder, rounds, approvals, and ways back.

A ladder is set as a whole by two persons and dated by a month. Each submission is a round with
the steps that the ladder asked for then; an approval repeats the round's maker and digest, so that
the database itself refuses a maker who approves, or an approval of other lines.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from ledger.schema import STRICT, Moment, Whole, metadata

_DUTY = "in ('check', 'approve')"
_HELD = "held_at in ('unit', 'province')"

# One step of a ladder; '' in a scope is any. `above` is in đồng: needed where a total is greater.
approval_rule = Table(
    "approval_rule",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False),
    Column("from_period", Text, nullable=False),
    Column("programme", Text, nullable=False),
    Column("unit_code", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ordinal", Whole, nullable=False),
    Column("duty", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("held_at", Text, nullable=False),
    Column("quorum", Whole, nullable=False),
    Column("above", Whole, nullable=False),
    UniqueConstraint("joint_id", "programme", "unit_code", "kind", "ordinal"),
    CheckConstraint(f"duty {_DUTY}", name="duty"),
    CheckConstraint(_HELD, name="held_at"),
    CheckConstraint("ordinal > 0 and quorum > 0 and above >= 0", name="numbers"),
    CheckConstraint("ordinal > 1 or above = 0", name="first"),
    **STRICT,
)

# `act_id` is unknown of submissions that an earlier version took.
payroll_round = Table(
    "payroll_round",
    metadata,
    Column("payroll_id", Whole, ForeignKey("payroll.id"), nullable=False),
    Column("round", Whole, nullable=False),
    Column("maker_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("digest", Text, nullable=False),
    Column("lines", Whole, nullable=False),
    Column("total", Whole, nullable=False),
    Column("act_id", Whole, ForeignKey("act.id")),
    Column("submitted_at", Moment, nullable=False),
    PrimaryKeyConstraint("payroll_id", "round"),
    UniqueConstraint("payroll_id", "round", "maker_id", "digest"),
    **STRICT,
)

# The steps that a round needs, as the ladder stood; of earlier versions there is no rule.
payroll_step = Table(
    "payroll_step",
    metadata,
    Column("payroll_id", Whole, nullable=False),
    Column("round", Whole, nullable=False),
    Column("ordinal", Whole, nullable=False),
    Column("duty", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("held_at", Text, nullable=False),
    Column("quorum", Whole, nullable=False),
    Column("rule_id", Whole, ForeignKey("approval_rule.id")),
    PrimaryKeyConstraint("payroll_id", "round", "ordinal"),
    UniqueConstraint("payroll_id", "round", "ordinal", "duty"),
    ForeignKeyConstraint(
        ["payroll_id", "round"], ["payroll_round.payroll_id", "payroll_round.round"]
    ),
    CheckConstraint(f"duty {_DUTY}", name="duty"),
    CheckConstraint(_HELD, name="held_at"),
    CheckConstraint("ordinal > 0 and quorum > 0", name="numbers"),
    **STRICT,
)

approval = Table(
    "approval",
    metadata,
    Column("payroll_id", Whole, nullable=False),
    Column("round", Whole, nullable=False),
    Column("ordinal", Whole, nullable=False),
    Column("step", Text, nullable=False),
    Column("maker_id", Whole, nullable=False),
    Column("digest", Text, nullable=False),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("act_id", Whole, ForeignKey("act.id"), nullable=False),
    PrimaryKeyConstraint("payroll_id", "round", "ordinal", "officer_id"),
    UniqueConstraint("payroll_id", "round", "officer_id"),
    ForeignKeyConstraint(
        ["payroll_id", "round", "maker_id", "digest"],
        [
            "payroll_round.payroll_id",
            "payroll_round.round",
            "payroll_round.maker_id",
            "payroll_round.digest",
        ],
    ),
    ForeignKeyConstraint(
        ["payroll_id", "round", "ordinal", "step"],
        [
            "payroll_step.payroll_id",
            "payroll_step.round",
            "payroll_step.ordinal",
            "payroll_step.duty",
        ],
    ),
    CheckConstraint("officer_id <> maker_id", name="not_the_maker"),
    **STRICT,
)

# A round that ended without approval: sent back by who should have acted, or taken back.
payroll_return = Table(
    "payroll_return",
    metadata,
    Column("payroll_id", Whole, nullable=False),
    Column("round", Whole, nullable=False),
    Column("kind", Text, nullable=False),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("act_id", Whole, ForeignKey("act.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("returned_at", Moment, nullable=False),
    PrimaryKeyConstraint("payroll_id", "round"),
    ForeignKeyConstraint(
        ["payroll_id", "round"], ["payroll_round.payroll_id", "payroll_round.round"]
    ),
    CheckConstraint("kind in ('return', 'withdraw')", name="kind"),
    CheckConstraint("length(reason) >= 5", name="reason"),
    **STRICT,
)

# A line that was taken off a draft, as it stood; `digest_before` is that of the lines until then.
payroll_exclusion = Table(
    "payroll_exclusion",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("payroll_id", Whole, ForeignKey("payroll.id"), nullable=False),
    Column("round", Whole, nullable=False),
    Column("line", Whole, nullable=False),
    Column("obligation_id", Whole, ForeignKey("obligation.id"), nullable=False),
    Column("person_id", Whole, nullable=False),
    Column("destination_id", Whole, ForeignKey("destination.id"), nullable=False),
    Column("contract_id", Whole, ForeignKey("contract.id"), nullable=False),
    Column("method", Text, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("cause", Text, nullable=False),
    Column("digest_before", Text, nullable=False),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("act_id", Whole, ForeignKey("act.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("excluded_at", Moment, nullable=False),
    UniqueConstraint("payroll_id", "line"),
    CheckConstraint("length(reason) >= 5", name="reason"),
    **STRICT,
)

# An approved payroll that two persons undid before anything of it left: `successor_id` is the
# draft that takes its place, `root_id` the first payroll of such a chain.
payroll_undo = Table(
    "payroll_undo",
    metadata,
    Column("payroll_id", Whole, ForeignKey("payroll.id"), nullable=False),
    Column("round", Whole, nullable=False),
    Column("root_id", Whole, ForeignKey("payroll.id"), nullable=False),
    Column("successor_id", Whole, ForeignKey("payroll.id"), nullable=False, unique=True),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False, unique=True),
    Column("reason", Text, nullable=False),
    Column("undone_at", Moment, nullable=False),
    PrimaryKeyConstraint("payroll_id"),
    CheckConstraint("length(reason) >= 5", name="reason"),
    **STRICT,
)
