"""The month of every account that a paying unit's entries touch: opening, debit, credit, end."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

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
