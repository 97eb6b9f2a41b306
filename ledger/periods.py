"""Closed periods: a month of a programme, after which nothing is posted into it.

A budget year has a thirteenth period, `2026-13`: entries dated in January that belong to the
year before (adjustment period, decision 0016). The database refuses an entry into a closed
period (`ledger/triggers.py`); these functions close one and say where a late fact goes: to the
first open day. An account of money may be closed day by day besides: a bank account with its
statement, an advance with the provider's settlement.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, insert, select, text
from sqlalchemy.orm import Session

from ledger.chain import head, seal_all
from ledger.chart import Cell, account_ids, path_of
from ledger.errors import WrongPeriod
from ledger.tables import account, closed_day, closed_period
from ledger.triggers import ADJUSTMENT

MONEY = ("bank", "advance")
"""The kinds of accounts that hold money at a provider."""


def period_of(day: date, fiscal_year: int | None = None) -> str:
    """The period of a day, e.g. `2026-10`; of a day of January in the year before, `2026-13`."""
    if fiscal_year is not None and fiscal_year != day.year:
        return f"{fiscal_year}-{ADJUSTMENT}"
    return f"{day:%Y-%m}"


def days_of(period: str) -> tuple[date, date]:
    """First and last day of a period; raises ValueError when it is not like `2026-10`.

    Those of `2026-13` are January 2027.
    """
    year, _, month = period.partition("-")
    if month == str(ADJUSTMENT):
        period = f"{int(year) + 1}-01"
    first = date.fromisoformat(f"{period}-01")
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def close_period(session: Session, programme: str, period: str, now: datetime) -> bool:
    """Close a period for ever, once the chain holds every entry of it; False when it was closed.

    Raises WrongPeriod for a period that has not begun, for the adjustment period of a year whose
    December is open, and for a programme without accounts.

    On PostgreSQL this waits until every entry of the programme that is being written has
    been committed or given up, so that none slips in behind the close; and it must run at READ
    COMMITTED, else it could not see them.
    """
    if is_closed(session, programme, period):
        return False
    _refuse_wrong(session, programme, period, now)
    hold_writers(session, [programme])
    seal_all(session)  # one sealer at a time, hence one close at a time
    known = session.execute(select(func.count()).select_from(closed_period)).scalar_one()
    values = {"programme": programme, "period": period, "closed_at": now, "number": known + 1}
    position = head(session).position
    session.execute(insert(closed_period).values(**values, position=position))
    return True


def _refuse_wrong(session: Session, programme: str, period: str, now: datetime) -> None:
    if days_of(period)[0] > now.date():
        raise WrongPeriod(f"{period} has not begun")
    year, _, month = period.partition("-")
    if month == str(ADJUSTMENT) and not is_closed(session, programme, f"{year}-12"):
        raise WrongPeriod(f"{period} is closed after {year}-12")
    query = select(account.c.id).where(account.c.programme == programme).limit(1)
    if session.scalar(query) is None:
        raise WrongPeriod(f"the programme {programme!r} has no accounts")


def hold_writers(session: Session, programmes: Iterable[str]) -> None:
    """Wait for the entries of these programmes that are being written, and keep further ones
    waiting until the end of the transaction; so what is read from here on does not change.

    Takes the lock that writers share (`ledger/triggers.py`); on SQLite a writer is alone.
    """
    if session.get_bind().dialect.name == "postgresql":
        lock = "select pg_advisory_xact_lock(hashtextextended(current_schema() || '/' || :one, 0))"
        for one in sorted(programmes):
            session.execute(text(lock), {"one": one})


def is_closed(session: Session, programme: str, period: str) -> bool:
    """Whether the month is closed for the programme."""
    query = select(closed_period.c.period).where(
        closed_period.c.programme == programme, closed_period.c.period == period
    )
    return session.scalar(query) is not None


def close_day(session: Session, kind: str, cell: Cell, day: date, now: datetime) -> bool:
    """Close the days up to `day` for ever for one account of a cell; False when they were closed.

    As `close_period` this waits for the programme's entries that are being written, and must run
    at READ COMMITTED.
    """
    hold_writers(session, [cell.programme])
    number = account_ids(session, [kind], cell)[kind]
    last = session.scalar(_last_closed(closed_day.c.account_id == number))
    if last is not None and last >= day:
        return False
    row = {"account_id": number, "day": day, "closed_at": now}
    session.execute(insert(closed_day).values(row))
    return True


def closed_through(session: Session, cell: Cell) -> date | None:
    """The last day that is closed for the money of a cell; None when none is."""
    paths = [path_of(kind, cell) for kind in MONEY]
    mine = select(account.c.id).where(account.c.path.in_(paths))
    return session.scalar(_last_closed(closed_day.c.account_id.in_(mine)))


def _last_closed(which: ColumnElement[bool]) -> Select[date | None]:
    return select(func.max(closed_day.c.day)).where(which)


def first_open_day(
    session: Session, programme: str, wanted: date, cell: Cell | None = None
) -> date:
    """The wanted day when its period is open, else the first day of the next open period.

    For an entry that moves the money of a `cell` the days that are closed for it do not count.
    """
    if cell is not None and (last := closed_through(session, cell)) is not None:
        wanted = max(wanted, last + timedelta(days=1))
    closed = set(
        session.scalars(
            select(closed_period.c.period).where(
                closed_period.c.programme == programme,
                closed_period.c.period >= period_of(wanted),
            )
        )
    )
    day = wanted
    while not closed.isdisjoint((period_of(day), f"{day.year}-{ADJUSTMENT}")):
        day = days_of(period_of(day))[1] + timedelta(days=1)
    return day
