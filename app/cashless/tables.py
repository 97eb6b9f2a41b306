"""Campaigns, what a bank was asked, what it answered, and what became of first payments.

Everything is written once. What has become of a person on a list is the last of its answers;
`STATES` says which may follow which.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from ledger.schema import STRICT, Day, Moment, Whole, metadata

ASKED, OPENED, REFUSED, NAME_DIFFERS, VISIT = "asked", "opened", "refused", "name_differs", "visit"

# State of a person on a list to states that may follow; each is reached once at most.
STATES: Mapping[str, tuple[str, ...]] = {
    ASKED: (OPENED, REFUSED, NAME_DIFFERS, VISIT),
    VISIT: (OPENED, REFUSED, NAME_DIFFERS),
    NAME_DIFFERS: (OPENED, REFUSED),
    OPENED: (),
    REFUSED: (),
}
_MOVES = ", ".join(f"'{one}>{other}'" for one in STATES for other in STATES[one])

account_campaign = Table(
    "account_campaign",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("starts_on", Day, nullable=False),
    Column("ends_on", Day, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("recorded_by", Text, nullable=False),
    CheckConstraint("starts_on <= ends_on", name="days"),
    **STRICT,
)

# How many people of a commune shall be paid into an account at the end; more is welcome.
account_target = Table(
    "account_target",
    metadata,
    Column("campaign_id", Whole, ForeignKey("account_campaign.id"), nullable=False),
    Column("area_code", Text, nullable=False),
    Column("people", Whole, nullable=False),
    PrimaryKeyConstraint("campaign_id", "area_code"),
    CheckConstraint("people > 0", name="people"),
    **STRICT,
)

account_request = Table(
    "account_request",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("campaign_id", Whole, ForeignKey("account_campaign.id")),
    Column("bank_bin", Text, nullable=False),
    Column("area_code", Text, nullable=False),
    Column("profile", Text, nullable=False),
    Column("lines", Whole, nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("asked_by", Text, nullable=False),
    CheckConstraint("lines > 0", name="lines"),
    CheckConstraint("reason <> ''", name="reason"),
    **STRICT,
)

# The owner of the account is the person, or who takes the money for them.
account_request_line = Table(
    "account_request_line",
    metadata,
    Column("request_id", Whole, ForeignKey("account_request.id"), nullable=False),
    Column("line", Whole, nullable=False),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False, index=True),
    Column("reference", Text, nullable=False, unique=True),
    Column("owner_kind", Text, nullable=False),
    Column("owner_name", Text, nullable=False),
    Column("owner_key", Text, nullable=False),
    PrimaryKeyConstraint("request_id", "line"),
    UniqueConstraint("request_id", "person_id"),
    CheckConstraint("owner_kind in ('self', 'guardian', 'authorised')", name="owner_kind"),
    **STRICT,
)

account_answer = Table(
    "account_answer",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("request_id", Whole, ForeignKey("account_request.id"), nullable=False, index=True),
    Column("sha256", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("lines", Whole, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("proposed_by", Whole, ForeignKey("officer.id"), nullable=False),
    Column("confirmed_by", Whole, ForeignKey("officer.id"), nullable=False),
    CheckConstraint("proposed_by <> confirmed_by", name="two_persons"),
    **STRICT,
)

account_answer_line = Table(
    "account_answer_line",
    metadata,
    Column("request_id", Whole, nullable=False),
    Column("line", Whole, nullable=False),
    Column("answer_id", Whole, ForeignKey("account_answer.id"), nullable=False, index=True),
    Column("old_state", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=text("''")),
    Column("destination_id", Whole, ForeignKey("destination.id"), unique=True),
    PrimaryKeyConstraint("request_id", "line", "state"),
    UniqueConstraint("request_id", "line", "old_state"),
    ForeignKeyConstraint(
        ["request_id", "line"], ["account_request_line.request_id", "account_request_line.line"]
    ),
    CheckConstraint(f"old_state || '>' || state in ({_MOVES})", name="moves"),
    CheckConstraint("(state = 'opened') = (destination_id is not null)", name="opened"),
    **STRICT,
)

# The first payment into a destination that arrived, and the first that came back.
account_follow_up = Table(
    "account_follow_up",
    metadata,
    Column("destination_id", Whole, ForeignKey("destination.id"), nullable=False),
    Column("result", Text, nullable=False),
    Column("instruction_id", Whole, ForeignKey("instruction.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("happened_on", Day, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    PrimaryKeyConstraint("destination_id", "result"),
    CheckConstraint("result in ('credited', 'returned')", name="result"),
    **STRICT,
)
