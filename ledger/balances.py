"""What the books say: balances, movements, open items, the trial balance.

A balance is credits minus debits: above zero on an account that normally has a credit
(payable, transit), below zero on one that normally has a debit (bank, advance). The balance
of today is carried by the last posting of each (account, item); the balance of an earlier day
is summed from the postings effective on or before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    ScalarSelect,
    Select,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.orm import Session

from ledger.chart import KINDS, Cell, account_ids, path_of
from ledger.periods import days_of
from ledger.recipes import RECIPES
from ledger.schema import whole_sum
from ledger.tables import account, chain_link, entry, posting
from ledger.totals import latest_totals


def balance(
    session: Session, kind: str, cell: Cell, *, item: int | None = None, on: date | None = None
) -> int:
    """Balance of an account, or of one of its items; of today, or as of the end of a day.

    Raises UnknownAccount when the account was never opened.
    """
    if on is None and (item is not None or not KINDS[kind].itemised):
        values = {"p_path": path_of(kind, cell), "p_item": item or 0}
        found = session.scalar(_last_balance(), values)
        if found is not None:
            return int(found)
    number = account_ids(session, [kind], cell)[kind]
    query = select(whole_sum(posting.c.credit - posting.c.debit))
    query = query.where(posting.c.account_id == number)
    if item is not None:
        query = query.where(posting.c.item == item)
    if on is not None:
        query = query.join(entry, entry.c.id == posting.c.entry_id)
        query = query.where(entry.c.effective_on <= on)
    return session.scalar(query) or 0


def cell_balances(session: Session, kinds: Iterable[str], cell: Cell) -> dict[str, int]:
    """Today's balance of some kinds of account in a cell, by kind; one query by index."""
    paths = {path_of(kind, cell): kind for kind in kinds}
    rows = session.execute(_last_by_path(), {"p_paths": list(paths)})
    found = {paths[path]: int(total) for path, total in rows}
    return {kind: found.get(kind, 0) for kind in paths.values()}


@cache
def _last_by_path() -> Select[Any, Any]:
    """The balance of each of the accounts p_paths that was posted to."""
    return (
        select(account.c.path, func.sum(posting.c.balance))
        .join(posting, posting.c.account_id == account.c.id)
        .where(account.c.path.in_(bindparam("p_paths", expanding=True)))
        .where(posting.c.seq == _last_seq())
        .group_by(account.c.path)
    )


class AccountBalance(NamedTuple):
    """An account and its balance (credits minus debits)."""

    account_id: int
    path: str
    kind: str
    cell: Cell
    balance: int


def account_balances(
    session: Session,
    *,
    on: date | None = None,
    programme: str | None = None,
    kinds: Iterable[str] = (),
    cell: Cell | None = None,
) -> list[AccountBalance]:
    """Every account that was ever posted to, by path, with its balance; one query. With a `cell`,
    those of these kinds in it."""
    kinds = list(kinds)
    chosen = select(account)
    if cell is not None:
        chosen = chosen.where(account.c.path.in_([path_of(kind, cell) for kind in kinds]))
    if programme is not None:
        chosen = chosen.where(account.c.programme == programme)
    if kinds:
        chosen = chosen.where(account.c.kind.in_(kinds))
    balances = _sums(on, postings_of(session, chosen) if kinds else None).subquery("balances")
    query = chosen.add_columns(balances.c.balance)
    found = session.execute(query.join(balances, balances.c.account_id == account.c.id))
    # Sorted here: a database's collation must not decide an order.
    rows = sorted(found, key=lambda row: row.path)
    return [AccountBalance(r.id, r.path, r.kind, cell_of_row(r), int(r.balance)) for r in rows]


class TrialLine(NamedTuple):
    """A line of the trial balance: a kind of account in a programme, one side filled."""

    number: str
    kind: str
    name: str
    programme: str
    debit: int
    credit: int


def trial_balance(session: Session, *, on: date | None = None) -> list[TrialLine]:
    """Balances by kind and programme as of the end of the chain; both sides add up to the same.

    From the control totals, so it takes as long for ten years as for a month. What was written
    since the last sealing (a minute ago at most) is not in it. With `on`, what happened after
    that day is taken off again.
    """
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for one in latest_totals(session):
        sums[one.kind, one.programme] += one.credits - one.debits
    if on is not None:
        for kind, programme, moved in session.execute(_moved_after(on)):
            sums[kind, programme] -= moved
    lines = [
        TrialLine(KINDS[kind].number, kind, KINDS[kind].name, programme, max(-by, 0), max(by, 0))
        for (kind, programme), by in sums.items()
    ]
    return sorted(lines)


def _moved_after(on: date) -> Select[Any, Any, Any]:
    """(kind, programme, credits minus debits) of what chained entries moved after a day."""
    later = (
        select(posting.c.account_id, whole_sum(posting.c.credit - posting.c.debit).label("moved"))
        .join_from(entry, posting, posting.c.entry_id == entry.c.id)
        .join(chain_link, chain_link.c.entry_id == entry.c.id)
        .where(entry.c.effective_on > on)
        .group_by(posting.c.account_id)
        .subquery("later")
    )
    return (
        select(account.c.kind, account.c.programme, whole_sum(later.c.moved))
        .join_from(later, account, account.c.id == later.c.account_id)
        .group_by(account.c.kind, account.c.programme)
    )


class Movement(NamedTuple):
    """What one recipe moved on one control account between two days."""

    fund: str
    programme: str
    unit: str
    provider: str
    kind: str
    recipe: str
    debit: int
    credit: int


def movements_by_cell(
    session: Session, period: str, programme: str | None = None
) -> list[Movement]:
    """Movements of every control account in a month (`2026-10`), by recipe; one query."""
    return movements_between(session, *days_of(period), programme=programme)


def movements_between(
    session: Session, first: date, last: date, programme: str | None = None
) -> list[Movement]:
    """Movements of every control account from `first` to `last`, both included, by recipe."""
    chosen = select(account.c.id).where(account.c.itemised == 0)
    if programme is not None:
        chosen = chosen.where(account.c.programme == programme)
    a = account.c
    keys = (a.fund, a.programme, a.unit, a.provider, a.kind, entry.c.kind.label("recipe"))
    query = (
        select(*keys, func.sum(posting.c.debit), func.sum(posting.c.credit))
        .join_from(posting, account, account.c.id == posting.c.account_id)
        .join(entry, entry.c.id == posting.c.entry_id)
        .where(postings_of(session, chosen), posting.c.item == 0)
        .where(entry.c.effective_on.between(first, last))
        .group_by(*keys)
    )
    rows = session.execute(query).all()
    return sorted(Movement._make((*row[:6], int(row[6]), int(row[7]))) for row in rows)


def item_movements(
    session: Session, first: date, last: date, kinds: Iterable[str]
) -> list[Movement]:
    """Movements of itemised accounts of these kinds from `first` to `last`, both included, by
    recipe, items summed.

    For kinds of few items: what waits to be explained, and not what people are owed.
    """
    a = account.c
    keys = (a.fund, a.programme, a.unit, a.provider, a.kind, entry.c.kind.label("recipe"))
    chosen = select(account.c.id).where(a.itemised == 1, a.kind.in_(sorted(kinds)))
    query = (
        select(*keys, func.sum(posting.c.debit), func.sum(posting.c.credit))
        .join_from(posting, account, a.id == posting.c.account_id)
        .join(entry, entry.c.id == posting.c.entry_id)
        .where(postings_of(session, chosen), entry.c.effective_on.between(first, last))
        .group_by(*keys)
    )
    rows = session.execute(query).all()
    return sorted(Movement._make((*row[:6], int(row[6]), int(row[7]))) for row in rows)


def movements(session: Session, cell: Cell, period: str) -> dict[str, int]:
    """What each recipe moved in a cell in a month, seen on the control account it touches.

    A kind that is kept without provider (expense) counts with all its providers. Recipes
    that did not occur are left out; read them with `.get(name, 0)`.
    """
    moved: defaultdict[str, int] = defaultdict(int)
    for one in movements_by_cell(session, period, cell.programme):
        recipe = RECIPES[one.recipe]
        side = recipe.credit if KINDS[recipe.debit].itemised else recipe.debit
        here = Cell(one.fund, one.programme, one.unit, one.provider)
        if one.kind == side and path_of(side, here) == path_of(side, cell):
            by = one.debit - one.credit
            moved[one.recipe] += by if side == recipe.debit else -by
    return dict(moved)


@cache
def _last_balance() -> Select[Any]:
    """The balance that the last posting of an item carries, or of an account without items."""
    return (
        select(posting.c.balance)
        .join_from(account, posting, posting.c.account_id == account.c.id)
        .where(account.c.path == bindparam("p_path"), posting.c.item == bindparam("p_item"))
        .order_by(posting.c.seq.desc())
        .limit(1)
    )


def _last_seq() -> ScalarSelect[int]:
    """The last sequence of a posting's (account, item), looked up for that row by the index.

    For few accounts: of `_is_last` PostgreSQL would make a join over all postings there are.
    """
    any_ = posting.alias("any")
    return (
        select(func.max(any_.c.seq))
        .where(any_.c.account_id == posting.c.account_id, any_.c.item == posting.c.item)
        .correlate(posting)
        .scalar_subquery()
    )


def postings_of(session: Session, chosen: Select[Any]) -> ColumnElement[bool]:
    """Whether a posting is of one of these accounts, so that both databases go by the index and not
    over all postings.

    Nearly all of them are of what people are owed. PostgreSQL knows that the other accounts have
    few, but only of accounts that it is told by number: they are looked up first.
    """
    numbers = chosen.with_only_columns(account.c.id)
    if session.get_bind().dialect.name != "postgresql":
        return posting.c.account_id.in_(numbers)
    known = list(session.scalars(numbers))
    return posting.c.account_id == any_(bindparam(None, known, ARRAY(BigInteger)))


def _sums(on: date | None, where: ColumnElement[bool] | None) -> Select[Any, Any]:
    """(account_id, balance) of every account posted to, of the chosen ones if any are."""
    total = whole_sum(posting.c.credit - posting.c.debit).label("balance")
    query = select(posting.c.account_id, total).select_from(posting)
    if where is not None:
        query = query.where(where)
    if on is not None:
        query = query.join(entry, entry.c.id == posting.c.entry_id)
        query = query.where(entry.c.effective_on <= on)
    return query.group_by(posting.c.account_id)


def cell_of_row(row: Any) -> Cell:
    """The cell of a row of the table `account`."""
    return Cell(row.fund, row.programme, row.unit, row.provider)
