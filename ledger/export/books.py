"""Reading the books for an export: accounts, entries with their postings, sums of a span.

While others write to PostgreSQL, read in one REPEATABLE READ transaction: an export is many
statements and must see one state of the books.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, case, func, or_, select
from sqlalchemy.orm import Session

from ledger.chart import KINDS, Cell, Kind, PublicAccount
from ledger.export.span import Span
from ledger.schema import whole_sum
from ledger.tables import account, chain_link, entry, entry_seal, posting

FETCH_ROWS = 5_000

PublicChart = Mapping[str, PublicAccount]


@dataclass(frozen=True, slots=True)
class Account:
    """An account with its kind and its codes. `side` is its normal side: debit, credit, either."""

    id: int
    path: str
    kind: Kind
    cell: Cell
    currency: str
    side: str

    @property
    def codes(self) -> tuple[str, ...]:
        """Its own codes in the order of the kind's dimensions; "" where it has none."""
        return tuple(getattr(self.cell, dimension) for dimension in self.kind.dimensions)


def read_accounts(session: Session) -> dict[int, Account]:
    """Every account by id."""
    rows = session.execute(select(account).order_by(account.c.id))
    return {row.id: _account(row) for row in rows}


def _account(row: Row[Any]) -> Account:
    cell = Cell(row.fund, row.programme, row.unit, row.provider)
    side = ("either", "credit", "debit")[row.guard]
    return Account(row.id, row.path, KINDS[row.kind], cell, row.currency, side)


def read_entries(session: Session, span: Span) -> Iterator[tuple[Row[Any], Iterator[Row[Any]]]]:
    """Every entry of the span in the order of ids, with its postings by line.

    Two streams side by side, joined here. The header has every column of the entry, and
    `position`, `voucher`, `link`, `postings`, `total` and `digest`; the first three are None
    until the entry is sealed into the chain. Read an entry's postings before the next entry.
    """
    stream = {"yield_per": FETCH_ROWS}
    link, seal = chain_link.c, entry_seal.c
    headers = session.execute(
        select(entry, link.position, link.voucher, seal.postings, seal.total, seal.digest)
        .outerjoin(chain_link, link.entry_id == entry.c.id)
        .outerjoin(entry_seal, seal.entry_id == entry.c.id)
        .where(span.within)
        .order_by(entry.c.id)
        .execution_options(**stream)
    )
    rows = session.execute(
        select(posting)
        .join(entry, entry.c.id == posting.c.entry_id)
        .where(span.within)
        .order_by(posting.c.entry_id, posting.c.line)
        .execution_options(**stream)
    )
    groups = groupby(rows, key=attrgetter("entry_id"))
    nothing: tuple[int, Iterator[Row[Any]]] = (0, iter(()))
    entry_id, group = next(groups, nothing)
    for header in headers:
        if header.id != entry_id:
            yield header, iter(())  # robbed of its postings: the reader shall see it
            continue
        yield header, group
        entry_id, group = next(groups, nothing)


def count_postings(session: Session, span: Span) -> int:
    """How many postings the entries of the span have."""
    query = select(func.coalesce(whole_sum(entry_seal.c.postings), 0))
    query = query.join(entry, entry.c.id == entry_seal.c.entry_id)
    return session.execute(query.where(span.within)).scalar_one()


def read_movements(session: Session, span: Span) -> Iterator[Row[Any]]:
    """What each entry of the span moved on each account, account by account.

    By the account's number, then by its id, then by entry. Rows: account_id, entry_id,
    effective_on, fiscal_year, voucher (None until sealed), reason, items, debit, credit.
    """
    number = _number()
    query = _movements(span).order_by(number, posting.c.account_id, posting.c.entry_id)
    return iter(session.execute(query.execution_options(yield_per=FETCH_ROWS)))


def read_vouchers(session: Session, span: Span) -> Iterator[Row[Any]]:
    """The same rows entry by entry, each account by its number: the lines of a voucher.

    They have `recorded_at` and `source` of the entry besides.
    """
    query = _movements(span, entry.c.recorded_at, entry.c.source)
    query = query.order_by(posting.c.entry_id, _number(), posting.c.account_id)
    return iter(session.execute(query.execution_options(yield_per=FETCH_ROWS)))


def _number() -> ColumnElement[str]:
    """The number of an account's kind."""
    return case({kind.code: kind.number for kind in KINDS.values()}, value=account.c.kind)


def _movements(span: Span, *more: ColumnElement[Any]) -> Select[Any]:
    keys = (posting.c.account_id, posting.c.entry_id)
    facts = (entry.c.effective_on, entry.c.fiscal_year, chain_link.c.voucher, entry.c.reason, *more)
    return (
        select(
            *keys,
            *facts,
            func.count().label("items"),
            whole_sum(posting.c.debit).label("debit"),
            whole_sum(posting.c.credit).label("credit"),
        )
        .join(entry, entry.c.id == posting.c.entry_id)
        .join(account, account.c.id == posting.c.account_id)
        .outerjoin(chain_link, chain_link.c.entry_id == entry.c.id)
        .where(span.within)
        .group_by(*keys, *facts, account.c.kind)
    )


class Sums(NamedTuple):
    """An account's span in minor units; a balance is credits minus debits."""

    account_id: int
    opening: int
    debit: int
    credit: int

    @property
    def closing(self) -> int:
        """The balance at the end of the last day."""
        return self.opening + self.credit - self.debit


def read_sums(session: Session, span: Span) -> list[Sums]:
    """Every account posted to until the end of the span, by path; one query."""
    opening = case((span.before, posting.c.credit - posting.c.debit), else_=0)
    debit = case((span.within, posting.c.debit), else_=0)
    credit = case((span.within, posting.c.credit), else_=0)
    sums = (
        select(
            posting.c.account_id,
            whole_sum(opening).label("opening"),
            whole_sum(debit).label("debit"),
            whole_sum(credit).label("credit"),
        )
        .join(entry, entry.c.id == posting.c.entry_id)
        .where(or_(span.before, span.within))
        .group_by(posting.c.account_id)
        .subquery()
    )
    rows = session.execute(select(sums, account.c.path).join(account, account.c.id == sums.c[0]))
    # Sorted here: a database's collation must not decide an order.
    return [Sums(*row[:4]) for row in sorted(rows, key=lambda row: str(row.path))]


def read_item_sums(session: Session, span: Span) -> Iterator[Row[Any]]:
    """What every item held before and after the span: (account_id, item, opening, closing).

    An account that is not itemised is one item, 0. Items that neither moved nor were open are
    left out.
    """
    change = posting.c.credit - posting.c.debit
    opening, closing = whole_sum(case((span.before, change), else_=0)), whole_sum(change)
    query = (
        select(
            posting.c.account_id,
            posting.c.item,
            opening.label("opening"),
            closing.label("closing"),
        )
        .join(entry, entry.c.id == posting.c.entry_id)
        .where(or_(span.before, span.within))
        .group_by(posting.c.account_id, posting.c.item)
        .having(or_(opening != 0, func.count(case((span.within, 1))) > 0))
        .order_by(posting.c.account_id, posting.c.item)
    )
    return iter(session.execute(query.execution_options(yield_per=FETCH_ROWS)))


def read_chain(session: Session, span: Span) -> Iterator[Row[Any]]:
    """The links from the first to the last entry of the span, and the one before the first.

    Rows: position, entry, fiscal_year, voucher, digest, link. None is missing in between: a
    link whose entry is of other days is there with None for the entry.
    """
    link = chain_link.c
    ends = (
        select(func.min(link.position) - 1, func.max(link.position))
        .join(entry, entry.c.id == link.entry_id)
        .where(span.within)
    )
    low, high = session.execute(ends).one()
    query = (
        select(
            link.position,
            case((span.within, link.entry_id)).label("entry"),
            link.fiscal_year,
            link.voucher,
            entry_seal.c.digest,
            link.link,
        )
        .join(entry_seal, entry_seal.c.entry_id == link.entry_id)
        .join(entry, entry.c.id == link.entry_id)
        .where(link.position.between(low, high))
        .order_by(link.position)
    )
    return iter(session.execute(query.execution_options(yield_per=FETCH_ROWS)))
