"""Days of a bank account that are closed: its statement was taken for final.

Nothing that a bank tells later can move the account on such a day: a booked line that is new there
contradicts the statement, and its file is kept apart (`lines.py`); the database refuses the line.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    PrimaryKeyConstraint,
    Table,
    Text,
    bindparam,
    func,
    select,
)
from sqlalchemy.orm import Session

from ledger.schema import STRICT, Day, Moment, Whole, metadata

bank_day = Table(
    "bank_day",
    metadata,
    Column("provider", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("day", Day, nullable=False),
    Column("since", Day, nullable=False),
    Column("report_id", Whole, ForeignKey("bank_report.id"), nullable=False),
    Column("lines", Whole, nullable=False),
    Column("opening", Whole, nullable=False),
    Column("came", Whole, nullable=False),
    Column("went", Whole, nullable=False),
    Column("balance", Whole, nullable=False),
    Column("act_id", Whole, ForeignKey("act.id"), nullable=False, index=True),
    Column("closed_at", Moment, nullable=False),
    PrimaryKeyConstraint("provider", "account", "day"),
    CheckConstraint("since <= day", name="days"),
    CheckConstraint("opening + came - went = balance", name="balance"),
    **STRICT,
)


def closed_until(session: Session, provider: str, account: str) -> date | None:
    """The last closed day of an account, None where none is."""
    found: date | None = session.scalar(_LAST, {"of_provider": provider, "of_account": account})
    return found


_LAST = select(func.max(bank_day.c.day)).where(
    bank_day.c.provider == bindparam("of_provider"), bank_day.c.account == bindparam("of_account")
)
