"""A budget year closed for ever: its balances written down, and proved to be still the same.

What the next year begins with is what this one ended with, account by account: both are the
balances of all entries of budget years up to this one, now and at the close.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from ledger.proofs import Offenders, Proof
from ledger.years import moved_by_year, opening_balances
from reconciliation.tables import year_closing


def closed_years(session: Session) -> list[int]:
    """The budget years that are closed, oldest first."""
    return list(session.scalars(select(year_closing.c.year).distinct().order_by("year")))


def last_closed_year(session: Session) -> int | None:
    """The newest closed year, None when none is."""
    last: int | None = session.scalar(select(func.max(year_closing.c.year)))
    return last


def write_year(session: Session, year: int, balances: dict[str, int], now: datetime) -> None:
    """Write down the balances of a year by path; those that are not 0."""
    rows = [
        {"year": year, "path": path, "balance": balance, "closed_at": now}
        for path, balance in balances.items()
    ]
    session.execute(insert(year_closing), rows)


def left_by(session: Session, year: int) -> dict[str, int]:
    """What the year leaves behind by the entries as they stand: path to balance, none of 0."""
    return {one.path: one.balance for one in opening_balances(session, year + 1)}


def _left(moved: dict[int, dict[str, int]], year: int) -> dict[str, int]:
    """The balances that all years up to this one leave, none of 0."""
    left: Counter[str] = Counter()
    for one in (each for each in moved if each <= year):
        left.update(moved[one])
    return {path: balance for path, balance in left.items() if balance}


def written_down(session: Session, year: int) -> dict[str, int]:
    """The balances that were written down at the close of a year, by path."""
    rows = session.execute(
        select(year_closing.c.path, year_closing.c.balance).where(year_closing.c.year == year)
    )
    return {row.path: row.balance for row in rows}


def digest_of(year: int, balances: Iterable[tuple[str, int]]) -> str:
    """What the officers who close a year confirm: SHA-256 over its balances by path."""
    lines = [f"year|{year}", *(f"{path}|{balance}" for path, balance in sorted(balances))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def prove_years(session: Session) -> Proof:
    """Every closed year leaves what it left at its close, and the next began with just that."""
    wrong, accounts, years = Offenders(), 0, closed_years(session)
    moved = moved_by_year(session) if years else {}
    for year in years:
        then, now = written_down(session, year), _left(moved, year)
        accounts += len(then)
        for path in sorted(then.keys() | now.keys()):
            if then.get(path) != now.get(path):
                wrong.add(f"{year} {path}")
    return wrong.proof("closed_years", years=len(years), accounts=accounts)
