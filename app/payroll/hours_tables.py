"""When lists are approved and money is released: hours with a first day, each set by two persons.

`opens` and `closes` are 'HH:MM' in Viet Nam's time, of working days, or of every day where
`every_day` is 1; of one day the row with the newest first day counts, then the newest row.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table, Text

from ledger.schema import STRICT, Day, Moment, Whole, metadata

approval_hours = Table(
    "approval_hours",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("from_day", Day, nullable=False),
    Column("opens", Text, nullable=False),
    Column("closes", Text, nullable=False),
    Column("every_day", Whole, nullable=False),
    Column("reason", Text, nullable=False),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False, unique=True),
    Column("recorded_at", Moment, nullable=False),
    CheckConstraint("length(opens) = 5 and length(closes) = 5 and opens < closes", name="hours"),
    CheckConstraint("every_day in (0, 1)", name="every_day"),
    CheckConstraint("trim(reason) <> ''", name="reason"),
    **STRICT,
)
