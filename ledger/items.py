"""Items of itemised accounts: what is open, and every posting of one item.

An item is a number of the caller's: an obligation, a bank line, a batch, a case. Its balance is
carried by its last posting; that of an earlier day is summed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Session

from ledger.balances import cell_of_row, postings_of
from ledger.chart import Cell, account_ids, path_of
from ledger.schema import whole_sum
from ledger.tables import account, entry, posting


class OpenItems(NamedTuple):
    """An itemised account: how many of its items are not zero, and their sum."""

    path: str
    kind: str
    cell: Cell
    items: int
    balance: int


def open_item_sums(
    session: Session,
    *,
    on: date | None = None,
    programme: str | None = None,
    kinds: Iterable[str] = (),
) -> list[OpenItems]:
    """Open items of every itemised account that has some, or of those of some kinds, by path; one
    query.

    Name the kinds where what people are owed is not asked for: theirs are nearly all items there
    ever were.
    """
    chosen = select(account.c.id).where(account.c.itemised == 1)
    if programme is not None:
        chosen = chosen.where(account.c.programme == programme)
    if names := sorted(kinds):
        chosen = chosen.where(account.c.kind.in_(names))
    items = item_balances(on, postings_of(session, chosen)).subquery()
    query = (
        select(account, func.count().label("items"), func.sum(items.c.balance).label("balance"))
        .join(items, items.c.account_id == account.c.id)
        .where(items.c.balance != 0)
        .group_by(*account.c)
    )
    rows = session.execute(query).all()
    found = [OpenItems(r.path, r.kind, cell_of_row(r), r.items, int(r.balance)) for r in rows]
    return sorted(found, key=lambda one: one.path)


def open_items(session: Session, kind: str) -> dict[int, int]:
    """By item, the balance of every open item of a kind of account, over all cells; one query."""
    balance = whole_sum(posting.c.credit - posting.c.debit)
    rows = session.execute(
        select(posting.c.item, balance)
        .join(account, account.c.id == posting.c.account_id)
        .where(account.c.kind == kind, posting.c.item != 0)
        .group_by(posting.c.item)
        .having(balance != 0)
    )
    return {row[0]: int(row[1]) for row in rows}


def select_open_items(session: Session, kind: str, cell: Cell) -> Select[Any, Any]:
    """A SELECT of (item, amount) of the open items of an account, fit for `post_many`.

    `amount` is above zero on either side: what is left to be paid, or to be claimed.
    """
    number = account_ids(session, [kind], cell)[kind]
    held = item_balances(where=posting.c.account_id == number).subquery("held")
    amount = func.abs(held.c.balance).label("amount")
    return select(held.c.item, amount).where(held.c.balance != 0)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One posting of an item: which entry, when, which recipe, and the balance after it."""

    entry_id: int
    effective_on: date
    recipe: str
    source: str
    debit: int
    credit: int
    balance: int


def history(session: Session, kind: str, cell: Cell, item: int) -> list[HistoryLine]:
    """Every posting of one item of an account, oldest first.

    Raises UnknownAccount when the account was never opened.
    """
    values = {"p_path": path_of(kind, cell), "p_item": item}
    rows = session.execute(_history(), values).all()
    if not rows:
        account_ids(session, [kind], cell)
    return [HistoryLine(*row) for row in rows]


@cache
def _history() -> Select[Any, Any, Any, Any, Any, Any, Any]:
    """Built once: for one item building a statement would take longer than running it."""
    return (
        select(
            entry.c.id,
            entry.c.effective_on,
            entry.c.kind,
            entry.c.source,
            posting.c.debit,
            posting.c.credit,
            posting.c.balance,
        )
        .join_from(account, posting, posting.c.account_id == account.c.id)
        .join(entry, entry.c.id == posting.c.entry_id)
        .where(account.c.path == bindparam("p_path"), posting.c.item == bindparam("p_item"))
        .order_by(posting.c.seq)
    )


def item_balances(
    on: date | None = None, where: ColumnElement[bool] | None = None
) -> Select[Any, Any, Any]:
    """(account_id, item, balance) of every item posted to, or of some postings (`postings_of`)."""
    # Summed: to seek the last posting of each of a million items takes four times as long.
    keys = (posting.c.account_id, posting.c.item)
    total = whole_sum(posting.c.credit - posting.c.debit).label("balance")
    query = select(*keys, total).select_from(posting).where(posting.c.item != 0)
    if where is not None:
        query = query.where(where)
    if on is not None:
        query = query.join(entry, entry.c.id == posting.c.entry_id)
        query = query.where(entry.c.effective_on <= on)
    return query.group_by(*keys)
