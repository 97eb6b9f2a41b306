"""Officers by person, and every act that was confirmed with a one-time code.

`person_key` is the blind index of the officer's own ID: one human being has one account.
A time step of a code is used once per officer, for ever. `seal` is a keyed digest of the act:
whoever writes rows by hand has no key, so an act that nobody confirmed does not pass as one.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from ledger.schema import STRICT, Moment, Whole, metadata

DISABLE, ENABLE = "disable", "enable"

officer = Table(
    "officer",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("username", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("person_key", Text, nullable=False, unique=True),
    Column("totp_secret", LargeBinary, nullable=False),
    # Since when the account is off; it follows from the newest `officer_switch`.
    Column("disabled_at", Moment),
    # The ID under the register's index, so that an officer is known among payees; '' for those
    # enrolled before it was written down.
    Column("citizen_key", Text, nullable=False, server_default=text("''")),
    **STRICT,
)

act = Table(
    "act",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("step", Text, nullable=False),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("timecode", Whole, nullable=False),
    Column("digest", Text, nullable=False),
    Column("things", Whole, nullable=False),
    Column("total", Whole, nullable=False),
    Column("acted_at", Moment, nullable=False),
    Column("seal", Text, nullable=False),
    UniqueConstraint("officer_id", "timecode"),
    **STRICT,
)

# Two officers, two human beings, who confirmed the same thing in one go.
joint_act = Table(
    "joint_act",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("step", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("officer_one", Whole, ForeignKey("officer.id"), nullable=False),
    Column("act_one", Whole, ForeignKey("act.id"), nullable=False, unique=True),
    Column("officer_two", Whole, ForeignKey("officer.id"), nullable=False),
    Column("act_two", Whole, ForeignKey("act.id"), nullable=False, unique=True),
    CheckConstraint("officer_one <> officer_two and act_one <> act_two", name="two_persons"),
    **STRICT,
)

# An account that two others switched off, or on again; `number` counts the turns of an officer.
officer_switch = Table(
    "officer_switch",
    metadata,
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("number", Whole, nullable=False),
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False, unique=True),
    Column("switched_at", Moment, nullable=False),
    PrimaryKeyConstraint("officer_id", "number"),
    CheckConstraint("kind in ('disable', 'enable')", name="kind"),
    **STRICT,
)
