"""How much may be paid at once: limits with a first day, each set by two persons.

`line_month`: what one line of the programme `scope` may bring for each month in it. `account_day`:
what may leave one account at the provider `scope` on one day. '' is every programme or provider;
the newest row of the narrower scope counts.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table, Text

from ledger.schema import STRICT, Day, Moment, Whole, metadata

LINE_MONTH, ACCOUNT_DAY = "line_month", "account_day"

payment_limit = Table(
    "payment_limit",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("measure", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("from_day", Day, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("reason", Text, nullable=False),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False, unique=True),
    Column("recorded_at", Moment, nullable=False),
    CheckConstraint("measure in ('line_month', 'account_day')", name="measure"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("trim(reason) <> ''", name="reason"),
    **STRICT,
)
