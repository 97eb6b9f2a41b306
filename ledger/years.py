"""Budget years: what the books hold at the end of one, whatever day its entries bear.

An entry of January may belong to the year before (adjustment period `2026-13`), so the balances
that a year leaves behind are those of its own entries and of every earlier year, not those of
the evening of 31 December.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ledger.balances import AccountBalance, postings_of
from ledger.chart import Cell
from ledger.periods import period_of
from ledger.schema import whole_sum
from ledger.tables import account, closed_period, entry, posting

ADJUSTED_UNTIL = (1, 31)
"""Month and day of the next year until which an entry may belong to this one."""


def last_adjustment_day(year: int) -> date:
    """The last day that an entry of the budget year may bear: 31 January of the next."""
    return date(year + 1, *ADJUSTED_UNTIL)


def year_balances(
    session: Session, year: int, *, kinds: Iterable[str] = ()
) -> list[AccountBalance]:
    """Every account as the budget year leaves it (credits minus debits), by path; one query.

    Accounts without a posting in these years are left out.
    """
    summed, names = _sums(year), list(kinds)
    if names:
        # What people are owed is nearly all there is, and is not asked for.
        chosen = select(account.c.id).where(account.c.kind.in_(names))
        summed = summed.where(postings_of(session, chosen))
    sums = summed.subquery("sums")
    query = select(account, sums.c.balance).join(sums, sums.c.account_id == account.c.id)
    rows = sorted(session.execute(query), key=lambda row: str(row.path))
    return [AccountBalance(r.id, r.path, r.kind, _cell(r), int(r.balance)) for r in rows]


def opening_balances(session: Session, year: int) -> list[AccountBalance]:
    """What a budget year begins with: every account that the year before leaves with a balance."""
    return [one for one in year_balances(session, year - 1) if one.balance]


def moved_by_year(session: Session) -> dict[int, dict[str, int]]:
    """What the entries of each budget year moved on each account (credits minus debits), by path.

    One reading of all postings, however many years there are; the earliest year first.
    """
    moved = whole_sum(posting.c.credit - posting.c.debit)
    sums = (
        select(entry.c.fiscal_year, posting.c.account_id, moved.label("moved"))
        .join_from(posting, entry, entry.c.id == posting.c.entry_id)
        .group_by(entry.c.fiscal_year, posting.c.account_id)
        .subquery("sums")
    )
    query = select(sums.c.fiscal_year, account.c.path, sums.c.moved)
    found: dict[int, dict[str, int]] = {}
    for year, path, amount in session.execute(
        query.join(account, account.c.id == sums.c.account_id).order_by(sums.c.fiscal_year)
    ):
        found.setdefault(year, {})[path] = int(amount)
    return found


def select_year_items(year: int, kind: str) -> Select[Any, Any, Any, Any]:
    """A SELECT of (fund, programme, item, balance) of the items that the year leaves open."""
    balance = whole_sum(posting.c.credit - posting.c.debit).label("balance")
    keys = (account.c.fund, account.c.programme, posting.c.item)
    return (
        select(*keys, balance)
        .join_from(posting, account, account.c.id == posting.c.account_id)
        .join(entry, entry.c.id == posting.c.entry_id)
        .where(account.c.kind == kind, entry.c.fiscal_year <= year)
        .group_by(*keys)
        .having(func.sum(posting.c.credit - posting.c.debit) != 0)
    )


def unclosed_months(session: Session, programme: str, year: int) -> tuple[list[str], list[str]]:
    """Months of the year that are not closed: (those with entries or after some, those before).

    A month before the programme's first entry was never worked in: nothing is in it to prove.
    """
    first = session.scalar(
        select(func.min(entry.c.effective_on)).where(entry.c.programme == programme)
    )
    closed = set(
        session.scalars(
            select(closed_period.c.period).where(closed_period.c.programme == programme)
        )
    )
    months = [f"{year}-{month:02}" for month in range(1, 13)]
    left = [month for month in months if month not in closed]
    start = period_of(first) if first else f"{year + 1}-01"
    return [one for one in left if one >= start], [one for one in left if one < start]


def _sums(year: int) -> Select[Any, Any]:
    total = whole_sum(posting.c.credit - posting.c.debit).label("balance")
    return (
        select(posting.c.account_id, total)
        .join_from(posting, entry, entry.c.id == posting.c.entry_id)
        .where(entry.c.fiscal_year <= year)
        .group_by(posting.c.account_id)
    )


def _cell(row: Any) -> Cell:
    return Cell(row.fund, row.programme, row.unit, row.provider)
