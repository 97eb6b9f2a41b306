"""Payrolls: one per kind, period, paying unit and programme; lines never change once submitted.

`round` counts the submissions: 0 before the first; `digest` and `maker_id` are those of the last.
The lines of a payroll that was undone stand as they were approved, and are marked `undone`, so
that its successor may list the same obligations anew.
"""

from __future__ import annotations

from sqlalchemy import (
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

# An obligation is accrued by its first line only; later lines pay what is already owed.
REPEATED_CAUSES = ("carried", "follow_up")
# The month's own lists of a unit: everybody's, and that of whoever acts for the unit or is near one
# who does, which officers of the province check and approve.
STAFF = "staff"
MONTH_LISTS = ("monthly", STAFF)
_REPEATED = "cause in ('carried', 'follow_up')"
_OPEN = text("state in ('draft', 'submitted', 'checked')")
_FIRST = "cause not in ('carried', 'follow_up') and undone = 0"

payroll = Table(
    "payroll",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("number", Whole, nullable=False),
    Column("unit_code", Text, ForeignKey("paying_unit.code"), nullable=False),
    Column("programme", Text, ForeignKey("programme.code"), nullable=False),
    Column("fund", Text, ForeignKey("fund.code"), nullable=False),
    Column("state", Text, nullable=False),
    Column("lines", Whole, nullable=False),
    Column("total", Whole, nullable=False),
    Column("digest", Text),
    Column("maker_id", Whole, ForeignKey("officer.id")),
    Column("opened_at", Moment, nullable=False),
    Column("campaign", Text, nullable=False, server_default=""),
    Column("round", Whole, nullable=False, server_default=text("0")),
    UniqueConstraint("period", "unit_code", "programme", "kind", "number"),
    CheckConstraint(
        "kind in ('monthly', 'difference', 'follow_up', 'campaign', 'staff')", name="kind"
    ),
    CheckConstraint("(kind = 'campaign') = (campaign <> '')", name="campaign"),
    CheckConstraint(
        "state = 'draft' or state = 'void' or (digest is not null and maker_id is not null)",
        name="submitted",
    ),
    # What waits for an act, for the badges of the menu.
    Index("ix_payroll_open", "state", sqlite_where=_OPEN, postgresql_where=_OPEN),
    **STRICT,
)

payroll_move = Table(
    "payroll_move",
    metadata,
    Column("from_state", Text, nullable=False),
    Column("to_state", Text, nullable=False),
    PrimaryKeyConstraint("from_state", "to_state"),
    **STRICT,
)

payroll_line = Table(
    "payroll_line",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("payroll_id", Whole, nullable=False),
    Column("line", Whole, nullable=False),
    Column("obligation_id", Whole, nullable=False),
    Column("person_id", Whole, nullable=False, index=True),
    Column("destination_id", Whole, nullable=False),
    Column("contract_id", Whole, nullable=False),
    Column("method", Text, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("cause", Text, nullable=False),
    Column("undone", Whole, nullable=False, server_default=text("0")),
    UniqueConstraint("payroll_id", "obligation_id"),
    UniqueConstraint("payroll_id", "line"),
    # Whether what is owed stands on a list is asked of everything a unit owes: the index answers.
    Index("ix_payroll_line_obligation_id", "obligation_id", "undone"),
    Index(
        "uq_payroll_line_first",
        "obligation_id",
        unique=True,
        sqlite_where=text(_FIRST),
        postgresql_where=text(_FIRST),
    ),
    Index(
        "ix_payroll_line_repeated",
        "payroll_id",
        sqlite_where=text(_REPEATED),
        postgresql_where=text(_REPEATED),
    ),
    CheckConstraint("amount > 0", name="amount"),
    # PostgreSQL would look up each line four times: it checks what they refer to as a set instead,
    # in a trigger (`app/schema`). All these rows are kept for ever.
    *(
        ForeignKeyConstraint([f"{one}_id"], [f"{one}.id"]).ddl_if(dialect="sqlite")
        for one in ("payroll", "obligation", "destination", "contract")
    ),
    **STRICT,
)

# The condition as the index has it, so that both databases take the index.
REPEATED_LINE: ColumnElement[bool] = literal_column(f"payroll_line.{_REPEATED}")

bridge = Table(
    "bridge",
    metadata,
    Column("payroll_id", Whole, ForeignKey("payroll.id"), nullable=False),
    Column("cause", Text, nullable=False),
    Column("people", Whole, nullable=False),
    Column("amount", Whole, nullable=False),
    PrimaryKeyConstraint("payroll_id", "cause"),
    **STRICT,
)

# Who left, as it was known when the list was opened: a line of last month's list that did not
# come back. What is told of a person later does not change what was signed.
bridge_left = Table(
    "bridge_left",
    metadata,
    Column("payroll_id", Whole, ForeignKey("payroll.id"), nullable=False),
    Column("line_id", Whole, ForeignKey("payroll_line.id"), nullable=False),
    Column("cause", Text, nullable=False),
    PrimaryKeyConstraint("payroll_id", "line_id"),
    **STRICT,
)

flag = Table(
    "flag",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("payroll_id", Whole, ForeignKey("payroll.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("is_blocking", Whole, nullable=False),
    Column("people", Whole, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("seen_by", Whole, ForeignKey("officer.id")),
    Column("owner", Text, nullable=False, server_default="maker"),
    Column("digest", Text, nullable=False, server_default=""),
    Column("gone_at", Moment),
    UniqueConstraint("payroll_id", "kind"),
    **STRICT,
)

# What an officer answered to a flag, over the digest of the people it was about: another set of
# people asks again. A blocking flag that may be accepted needs a one-time code and a reason.
flag_decision = Table(
    "flag_decision",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("flag_id", Whole, ForeignKey("flag.id"), nullable=False),
    Column("digest", Text, nullable=False),
    Column("choice", Text, nullable=False),
    Column("reason_code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("act_id", Whole, ForeignKey("act.id")),
    Column("decided_at", Moment, nullable=False),
    UniqueConstraint("flag_id", "digest", "officer_id"),
    CheckConstraint("choice in ('seen', 'accepted')", name="choice"),
    CheckConstraint(
        "choice = 'seen' or (act_id is not null and reason_code <> '' and reason <> '')",
        name="accepted",
    ),
    **STRICT,
)

# How much a list may differ from last month's before somebody must say why: in per cent of last
# month's people or money, and never for less than `floor` people or đồng. '' = every programme.
change_limit = Table(
    "change_limit",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("programme", Text, nullable=False),
    Column("measure", Text, nullable=False),
    Column("from_period", Text, nullable=False),
    Column("per_cent", Whole, nullable=False),
    Column("floor", Whole, nullable=False),
    Column("reason", Text, nullable=False),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False, unique=True),
    Column("recorded_at", Moment, nullable=False),
    CheckConstraint("measure in ('total', 'people', 'missing', 'accounts')", name="measure"),
    CheckConstraint("per_cent >= 0 and floor >= 0", name="figures"),
    CheckConstraint("reason <> ''", name="reason"),
    **STRICT,
)
