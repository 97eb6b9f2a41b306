"""Statements that have not come: for which account, up to which day, and what has a hole.

A bank owes a statement that reaches every day on which our money may have moved: an order was to
be carried out, or the books say that it moved. What lies between two statements whose balances
join was told. A gap in their numbers, a missing page, or balances that do not join are told too.
An account with such a hole closes neither its days nor its month.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import local_date
from app.disbursement.funding import cell_of
from app.disbursement.states import BUILT, CANCELLED, RELEASED
from app.disbursement.tables import batch
from app.schedule.calendar import calendar_of
from app.text import mask_account
from app.units.tables import contract, provider
from ledger.chart import Cell
from ledger.turnovers import last_moved
from reconciliation.chain_of_statements import problems, told_until

LOOK_BACK = timedelta(days=62)
"""How far back holes are looked for: a month is closed soon after it ended."""


@dataclass(frozen=True, slots=True)
class Owed:
    """What a bank still has to tell of an account: `day` is the last one it should have told of,
    None for a hole between statements that came."""

    provider: str
    account: str
    cell: Cell
    day: date | None
    what: str

    @property
    def about(self) -> str:
        """The account as people may read it."""
        return f"tài khoản {mask_account(self.account)} tại {self.provider}"


def owed(session: Session, until: date) -> list[Owed]:
    """Everything that banks have not told of the days up to `until`, by provider and account."""
    return [one for code in _banks(session) for one in _of_bank(session, code, until)]


def late(session: Session, now: datetime) -> list[Owed]:
    """What is owed since the banking day before today, or longer."""
    today, calendar = local_date(now), calendar_of(session)
    return [
        one
        for one in owed(session, today - timedelta(days=1))
        if one.day is None or calendar.add_banking_days(one.day, 1) <= today
    ]


def _banks(session: Session) -> list[str]:
    query = select(provider.c.code).where(provider.c.holds_advance == 0)
    return list(session.scalars(query.order_by(provider.c.code)))


def moved_days(session: Session, until: date) -> Iterator[tuple[str, str, date]]:
    """(provider, account, day) of every bank account: the last day up to `until` on which our
    money may have moved there; accounts where it never did are left out."""
    for code in _banks(session):
        for row, day in _wanted(session, code, until):
            if day is not None:
                yield code, row.account, day


def _of_bank(session: Session, code: str, until: date) -> Iterator[Owed]:
    told = told_until(session, code)
    holes = problems(session, code, until - LOOK_BACK)
    for row, day in _wanted(session, code, until):
        reached = told.get(row.account)
        if day is not None and (reached is None or reached < day):
            what = f"chưa có sổ phụ đến ngày {day:%d/%m/%Y}"
            yield Owed(code, row.account, cell_of(row), day, what)
        for hole in holes.get(row.account, ()):
            yield Owed(code, row.account, cell_of(row), None, hole)


def _wanted(session: Session, code: str, until: date) -> list[tuple[Any, date | None]]:
    """The bank's accounts, each with the last day on which money may have moved there."""
    day = func.coalesce(batch.c.execute_on, batch.c.requested_on)
    due = (
        select(batch.c.contract_id, func.max(day).label("day"))
        .where(batch.c.state.not_in((BUILT, RELEASED, CANCELLED)), day <= until)
        .group_by(batch.c.contract_id)
        .subquery("due")
    )
    rows: Any = session.execute(
        select(contract, due.c.day)
        .outerjoin(due, due.c.contract_id == contract.c.id)
        .where(contract.c.provider == code)
        .order_by(contract.c.account, contract.c.id)
    ).all()
    moved = last_moved(session, "bank", until)
    newest = {cell_of(row): row.id for row in sorted(rows, key=lambda one: int(one.id))}
    found = []
    for row in rows:
        # Of a cell whose contract was followed by another the newest account is the one that moves.
        cell = cell_of(row)
        days = [row.day, moved.get(cell) if newest[cell] == row.id else None]
        known = [one for one in days if one is not None]
        found.append((row, max(known) if known else None))
    return found
