"""Closed periods: a month of a programme, after which nothing is posted into it.

The database refuses the entry (`ledger/triggers.py`); these functions close a month and say
where a late fact goes: to the first open day.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ledger.chain import seal_all
from ledger.tables import closed_period


def period_of(day: date) -> str:
    """The period a day lies in, e.g. `2026-10`."""
    return f"{day:%Y-%m}"


def days_of(period: str) -> tuple[date, date]:
    """First and last day of a period; raises ValueError when it is not like `2026-10`."""
    first = date.fromisoformat(f"{period}-01")
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def close_period(session: Session, programme: str, period: str, now: datetime) -> bool:
    """Close a month for ever and seal the chain; False when it was closed before.

    On PostgreSQL this waits until every entry of the programme that is being written has
    been committed or given up, so that none slips in behind the close.
    """
    days_of(period)
    if is_closed(session, programme, period):
        return False
    session.execute(insert(closed_period).values(programme=programme, period=period, closed_at=now))
    seal_all(session)
    return True


def is_closed(session: Session, programme: str, period: str) -> bool:
    """Whether the month is closed for the programme."""
    query = select(closed_period.c.period).where(
        closed_period.c.programme == programme, closed_period.c.period == period
    )
    return session.scalar(query) is not None


def first_open_day(session: Session, programme: str, wanted: date) -> date:
    """The wanted day when its period is open, else the first day of the next open period."""
    closed = set(
        session.scalars(
            select(closed_period.c.period).where(
                closed_period.c.programme == programme,
                closed_period.c.period >= period_of(wanted),
            )
        )
    )
    day = wanted
    while period_of(day) in closed:
        day = days_of(period_of(day))[1] + timedelta(days=1)
    return day
