"""Ageing: how long items have been open, by account and bracket of days."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ledger.items import item_balances
from ledger.schema import whole_sum
from ledger.tables import account, entry, posting

BRACKETS = (30, 60, 90, 180, 365)
"""Upper ends of the brackets, in days; what is older falls in the last one, None."""


class Aged(NamedTuple):
    """Open items of an account in a bracket: `days` at most (None: older than all brackets)."""

    path: str
    kind: str
    days: int | None
    items: int
    balance: int


def ageing(session: Session, kind: str, on: date) -> list[Aged]:
    """Open items of every account of a kind as of a day, by bracket, youngest first.

    An item's age runs from the date of its first posting: for an obligation the day it became
    due, for a bank line the day it came. Balances are credits minus debits, in minor units.
    """
    sums: defaultdict[tuple[str, int], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for path, began, items, balance in session.execute(_open_since(kind, on)):
        place = (path, _bracket((on - began).days))
        count, total = sums[place]
        sums[place] = (count + items, total + balance)
    return [
        Aged(path, kind, [*BRACKETS, None][place], *found)
        for (path, place), found in sorted(sums.items())
    ]


def _bracket(days: int) -> int:
    return next((place for place, end in enumerate(BRACKETS) if days <= end), len(BRACKETS))


def _open_since(kind: str, on: date) -> Select[Any, Any, Any, Any]:
    """(path, day of the first posting, items, balance) of the open items of a kind."""
    chosen = select(account.c.id).where(account.c.kind == kind)
    held = item_balances(on, posting.c.account_id.in_(chosen)).subquery("held")
    first = posting.alias("first")
    return (
        select(account.c.path, entry.c.effective_on, func.count(), whole_sum(held.c.balance))
        .select_from(held)
        .join(account, account.c.id == held.c.account_id)
        .join(
            first,
            (first.c.account_id == held.c.account_id)
            & (first.c.item == held.c.item)
            & (first.c.seq == 1),
        )
        .join(entry, entry.c.id == first.c.entry_id)
        .where(held.c.balance != 0)
        .group_by(account.c.path, entry.c.effective_on)
    )
