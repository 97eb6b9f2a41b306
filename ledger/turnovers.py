"""The month of every account that a paying unit's entries touch: opening, debit, credit, end."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from ledger.balances import postings_of
from ledger.chart import Cell
from ledger.excerpt import Choice, theirs
from ledger.schema import whole_sum
from ledger.tables import account, entry, posting


class Turnover(NamedTuple):
    """An account's month in minor units, by the unit's entries; balances are credits minus
    debits."""

    path: str
    kind: str
    opening: int
    debit: int
    credit: int
    closing: int


def turnovers(session: Session, choice: Choice) -> list[Turnover]:
    """The month of every account that the unit's entries ever touched, by path."""
    before = entry.c.effective_on < choice.first
    signed = posting.c.credit - posting.c.debit

    def total(amount: ColumnElement[int], earlier: bool) -> ColumnElement[int]:
        part = case((before if earlier else ~before, amount), else_=0)
        return func.coalesce(whole_sum(part), 0)

    sums = total(signed, True), total(posting.c.debit, False), total(posting.c.credit, False)
    query = (
        select(account.c.path, account.c.kind, *sums)
        .join_from(posting, account, account.c.id == posting.c.account_id)
        .join(entry, entry.c.id == posting.c.entry_id)
        .where(entry.c.effective_on <= choice.last)
        .group_by(account.c.path, account.c.kind)
    )
    found = [
        Turnover(path, kind, opening, debit, credit, opening + credit - debit)
        for conditions in theirs(choice)
        for path, kind, opening, debit, credit in session.execute(query.where(*conditions))
    ]
    return sorted(found, key=lambda one: one.path)


def last_moved(session: Session, kind: str, until: date) -> dict[Cell, date]:
    """By cell the last day up to `until` on which an entry moved its account of this kind."""
    a = account.c
    chosen = select(a.id).where(a.kind == kind)
    place = (a.fund, a.programme, a.unit, a.provider)
    rows = session.execute(
        select(*place, func.max(entry.c.effective_on))
        .join_from(posting, account, a.id == posting.c.account_id)
        .join(entry, entry.c.id == posting.c.entry_id)
        .where(postings_of(session, chosen), entry.c.effective_on <= until)
        .group_by(*place)
    )
    return {Cell(*row[:4]): row[4] for row in rows}
