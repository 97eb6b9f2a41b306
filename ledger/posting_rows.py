"""The statements that write postings: each row carries on the last one of its (account, item).

Rows come from a SELECT of (item, amount), be it over tables of the caller or over numbers
handed in as one parameter; never row by row. The last posting is looked up by key for each row
and never joined over the table: a plan must not grow with the age of the books.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Float,
    FromClause,
    Insert,
    Numeric,
    Select,
    String,
    Text,
    bindparam,
    cast,
    func,
    insert,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.orm import Session

from ledger.errors import Unbalanced
from ledger.money import MAXIMUM_AMOUNT
from ledger.schema import Whole
from ledger.tables import posting

Items = Select[*tuple[Any, ...]]
"""A SELECT of (item, amount)."""

Columns = tuple[ColumnElement[int], ...]
"""line, account_id, item, debit, credit of a new posting."""

ITEMS_MAX = 50_000
ITEM_END = 2**63
_COLUMNS = ("entry_id", "line", "account_id", "item", "debit", "credit", "seq", "balance")
_ENTRY = bindparam("p_entry", type_=Whole)
_ACCOUNT = bindparam("p_account", type_=Whole)
_ZERO: ColumnElement[int] = literal(0, Whole)
_PAST, _BEFORE = posting.alias("past"), posting.alias("before")


def given(session: Session, items: Iterable[tuple[int, int]]) -> Items:
    """Numbers from outside as a SELECT of (item, amount): one statement with one parameter.

    Of more than an entry holds no more is read than shows it. Raises Unbalanced for what is no
    such pair: a database would round 1.5 and wrap 2^63.
    """
    pairs = [_whole_pair(pair) for pair in islice(items, ITEMS_MAX + 1)]
    if on_postgresql(session):
        columns = [literal([pair[place] for pair in pairs], ARRAY(Whole)) for place in (0, 1)]
        rows = func.unnest(*columns).table_valued("item", "amount", name="given").render_derived()
        return select(rows.c.item, rows.c.amount)
    text = literal(json.dumps(pairs), Text)
    each = func.json_each(text).table_valued("value", name="given").c.value
    item, amount = (
        cast(func.json_extract(each, literal_column(f"'$[{place}]'", String)), Whole)
        for place in (0, 1)
    )
    return select(item.label("item"), amount.label("amount"))


def selected(items: Items) -> Items:
    """A SELECT as it is; Unbalanced where a column may hold fractions, which would be rounded."""
    if any(isinstance(column.type, Numeric | Float) for column in items.selected_columns):
        raise Unbalanced("items and amounts are whole numbers: the SELECT may give fractions")
    return items


def require_item(item: int) -> int:
    """Give back an item, 0 for none; Unbalanced unless it is a whole number of 64 bits."""
    if type(item) is not int or not -ITEM_END <= item < ITEM_END:
        raise Unbalanced(f"an item is a whole number of 64 bits, not {item!r}")
    return item


def _whole_pair(pair: Any) -> tuple[int, int]:
    try:
        item, amount = pair
    except (TypeError, ValueError):
        raise Unbalanced(f"a posting is an item and an amount, not {pair!r}") from None
    if type(amount) is not int or not 0 < amount <= MAXIMUM_AMOUNT or not require_item(item):
        raise Unbalanced(f"item {item!r} cannot be posted with the amount {amount!r}")
    return item, amount


def on_postgresql(session: Session) -> bool:
    """Whether the books lie in PostgreSQL, else in SQLite."""
    return session.get_bind().dialect.name == "postgresql"


def insert_items(session: Session, items: Items, is_debit: bool, all_new: bool) -> Insert:
    """One posting per row of `items`; takes p_entry and p_account.

    Its line is its item. `all_new` says that no item was posted to before, so that none is
    looked up; where that is wrong the database refuses.
    """
    new = items.subquery("new_items")
    columns = (new.c.item, _ACCOUNT, new.c.item, *_sides(new.c.amount, is_debit))
    return _first(new, columns) if all_new else _carried_on(on_postgresql(session), new, columns)


def insert_one(session: Session, is_debit: bool) -> Insert:
    """A single posting; takes p_entry, p_account, p_line, p_item and p_amount."""
    return _insert_one(on_postgresql(session), is_debit)


@cache
def _insert_one(lateral: bool, is_debit: bool) -> Insert:
    names = ("line", "item", "amount")
    new = select(*(bindparam(f"p_{n}", type_=Whole).label(n) for n in names)).subquery("new_items")
    columns = (new.c.line, _ACCOUNT, new.c.item, *_sides(new.c.amount, is_debit))
    return _carried_on(lateral, new, columns)


def insert_mirror(session: Session, items: bool) -> Insert:
    """The opposite of every posting of the entry p_reversed, of its items or of its controls."""
    old = posting.alias("old")
    chosen = old.c.item != 0 if items else old.c.item == 0
    new = (
        select(old.c.line, old.c.account_id, old.c.item, old.c.debit, old.c.credit)
        .where(old.c.entry_id == bindparam("p_reversed", type_=Whole), chosen)
        .subquery("mirrored")
    )
    c = new.c
    columns = (c.line, c.account_id, c.item, c.credit, c.debit)
    return _carried_on(on_postgresql(session), new, columns)


def _sides(amount: ColumnElement[int], is_debit: bool) -> tuple[ColumnElement[int], ...]:
    return (amount, _ZERO) if is_debit else (_ZERO, amount)


def _first(new: FromClause, columns: Columns) -> Insert:
    """Insert the rows of `new` as the first postings of their items."""
    *_, debit, credit = columns
    return _insert(new, columns, literal(1, Whole), credit - debit)


def _carried_on(lateral: bool, new: FromClause, columns: Columns) -> Insert:
    """Insert the rows of `new`, with the sequence and balance that follow the last posting's."""
    _, account_id, item, debit, credit = columns
    of_item = (_PAST.c.account_id == account_id, _PAST.c.item == item)
    if lateral:
        last = select(_PAST.c.seq, _PAST.c.balance).where(*of_item).order_by(_PAST.c.seq.desc())
        before: Any = last.limit(1).lateral("before")
        joined = new.outerjoin(before, true())
    else:  # SQLite has no lateral joins, and goes by the index here all the same
        before = _BEFORE
        latest = select(func.max(_PAST.c.seq)).where(*of_item).scalar_subquery()
        keys = (before.c.account_id == account_id) & (before.c.item == item)
        joined = new.outerjoin(before, keys & (before.c.seq == latest))
    seq = func.coalesce(before.c.seq, 0) + 1
    return _insert(joined, columns, seq, func.coalesce(before.c.balance, 0) + credit - debit)


def _insert(
    source: FromClause, columns: Columns, seq: ColumnElement[int], balance: ColumnElement[int]
) -> Insert:
    # `where true`: else SQLite takes ON of a join for that of an upsert.
    rows = select(_ENTRY, *columns, seq, balance).select_from(source).where(true())
    return insert(posting).from_select(list(_COLUMNS), rows, include_defaults=False)
